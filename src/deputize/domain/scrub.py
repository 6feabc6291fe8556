"""Looks at everything that is stored, while a server may be running, and names what is wrong; never writes.

Rows are read in pages of snapshots. What seems wrong is looked up once more before it is told: an object that
was replaced meanwhile is no error.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from deputize.domain.integrity import Verifier, Wrong
from deputize.domain.sweep import GRACE
from deputize.model.multipart import MultipartUpload, Part
from deputize.model.storage import Bucket, StoredObject
from deputize.store.api import Snapshot, Store

# So many rows are read at once.
PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A version, a part of an upload, or a file without a row. `problem` is None if all is well. Names are
    empty, and `part` is 0, where there are none. `closed`: its bytes open with a client's own key alone, so
    they were counted and not verified.
    """

    problem: str | None
    bucket: str = ""
    key: bytes = b""
    version: str = ""
    upload: str = ""
    part: int = 0
    file: str = ""
    closed: bool = False


class _Unreadable(Exception):
    """Rows that the database gives, and nobody understands."""


def scrub(verifier: Verifier, now: float) -> Iterator[Seen]:
    """Every version and every part of an upload; of files that no row names those that were written over the
    sweep's grace before `now`.
    """
    for bucket in _buckets(verifier.store):
        try:
            yield from _versions(verifier, bucket)
            yield from _uploads(verifier, bucket)
        except _Unreadable as unreadable:
            yield Seen(bucket=bucket.name, problem=str(unreadable))
    blobs = verifier.vault.store
    for blob in blobs.older(now - GRACE):
        if _is_orphan(verifier, blob):
            yield Seen(file=blob.hex(), problem="no row names this file")


def _buckets(store: Store) -> Iterator[Bucket]:
    after = ""
    while True:
        with store.snapshot() as db:
            page = db.buckets.page(after=after, limit=PAGE)
        if not page:
            return
        yield from page
        after = page[-1].name


def _versions(verifier: Verifier, bucket: Bucket) -> Iterator[Seen]:
    after, version, more = b"", "", True
    while more:
        with _readable("versions", after), verifier.store.snapshot() as db:
            page = db.objects.versions(bucket.id, after=after, after_version=version, limit=PAGE)
        for entry in page.entries:
            if isinstance(entry, bytes):  # there is no delimiter, and so no common prefix
                continue
            after, version = entry.version.key, entry.version.version
            if isinstance(entry.version, StoredObject):
                problem = _of_version(verifier, entry.version)
                closed = bool(entry.version.customer)
                yield Seen(bucket=bucket.name, key=after, version=version, problem=problem, closed=closed)
        more = page.truncated


def _of_version(verifier: Verifier, found: StoredObject) -> str | None:
    def still(db: Snapshot) -> bool:
        here = db.objects.version(found.bucket, found.key, found.version)
        return isinstance(here, StoredObject) and here.blob == found.blob

    return _problem(verifier.store, lambda: verifier.check_version(found), still)


def _uploads(verifier: Verifier, bucket: Bucket) -> Iterator[Seen]:
    after, upload, more = b"", "", True
    while more:
        with _readable("uploads", after), verifier.store.snapshot() as db:
            page = db.uploads.page(bucket.id, after=after, after_id=upload, limit=PAGE)
        for entry in page.entries:
            if isinstance(entry, MultipartUpload):
                after, upload = entry.key, entry.id
                yield from _parts(verifier, bucket, entry)
        more = page.truncated


def _parts(verifier: Verifier, bucket: Bucket, upload: MultipartUpload) -> Iterator[Seen]:
    after = 0
    while True:
        with _readable("parts", upload.key), verifier.store.snapshot() as db:
            page = db.uploads.parts(upload.id, after=after, limit=PAGE)
        if not page:
            return
        for part in page:
            after = part.number
            problem = _of_part(verifier, part)
            yield Seen(
                bucket=bucket.name,
                key=upload.key,
                upload=upload.id,
                part=after,
                problem=problem,
                closed=bool(part.customer),
            )


def _of_part(verifier: Verifier, found: Part) -> str | None:
    def still(db: Snapshot) -> bool:
        here = db.uploads.parts(found.upload, after=found.number - 1, limit=1)
        return [one.blob for one in here] == [found.blob]

    return _problem(verifier.store, lambda: verifier.check_upload(found), still)


def _problem(store: Store, check: Callable[[], None], still: Callable[[Snapshot], bool]) -> str | None:
    """What `check` finds wrong, if what it looked at is `still` there. A row that makes no sense (a checksum
    that is none) may let it raise anything.
    """
    try:
        check()
    except Exception as error:
        wrong = str(error) if isinstance(error, Wrong) else f"its row makes no sense: {error!r}"
        with store.snapshot() as db:
            return wrong if still(db) else None
    return None


def _is_orphan(verifier: Verifier, blob: bytes) -> bool:
    """The sweep deletes a file before the row that remembers it, so a file without a row is nobody's."""
    with verifier.store.snapshot() as db:
        if db.objects.known(blob):
            return False
    try:
        verifier.vault.store.open(blob).close()
    except FileNotFoundError:
        return False
    return True


@contextmanager
def _readable(what: str, after: bytes) -> Iterator[None]:
    """Around what reads and decodes a page of rows."""
    try:
        yield
    except Exception as error:
        place = f" from {after.decode(errors='replace')} on" if after else ""
        raise _Unreadable(f"its {what}{place} cannot be read: {error!r}") from error
