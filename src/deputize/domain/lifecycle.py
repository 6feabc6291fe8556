"""Applies the lifecycle rules of buckets: what has had its time expires (S3 guide, "Expiring objects" and
"Lifecycle configuration elements").

Objects are looked at in pages of a snapshot, and each is looked at again in the transaction that deletes it.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import TypeVar

from deputize.domain import notifications
from deputize.domain.notifications import Cause
from deputize.domain.objects import mark_deleted, protected
from deputize.model.bucket_rules import LifecycleRule
from deputize.model.multipart import MultipartUpload
from deputize.model.storage import Bucket, DeleteMarker, ListedVersion, StoredObject
from deputize.protocol.scalars import LAST_SECOND
from deputize.store.api import Store, Transaction

T = TypeVar("T")
DAY = 86_400
LAST_DAY = LAST_SECOND // DAY * DAY
# So many objects are read at once, and deleted in one transaction at most.
PAGE = 1000
BATCH = 100


def covers(rule: LifecycleRule, found: StoredObject) -> bool:
    """Whether the rule's filter covers this object."""
    return (
        found.key.startswith(rule.prefix.encode())
        and (rule.larger is None or found.size > rule.larger)
        and (rule.smaller is None or found.size < rule.smaller)
        and rule.tags.items() <= dict(found.tags).items()
    )


def due(since: int, days: int) -> int:
    """When `days` after `since` are over: at the next midnight, UTC (epoch seconds); on the last day that can
    be told, if they are millions.
    """
    return min(-(-(since + days * DAY) // DAY) * DAY, LAST_DAY)


def expiry(rules: Sequence[LifecycleRule], found: StoredObject) -> tuple[int, LifecycleRule] | None:
    """When this current version expires first, and by which rule."""
    ends = [
        (_end(rule, found), rule) for rule in rules if rule.enabled and rule.expires and covers(rule, found)
    ]
    return min(ends, key=lambda end: end[0], default=None)


def _end(rule: LifecycleRule, found: StoredObject | DeleteMarker) -> int:
    """When a rule that `expires` lets this current version expire."""
    return rule.date if rule.date is not None else due(found.modified, rule.days or 0)


def upload_end(rules: Sequence[LifecycleRule], upload: MultipartUpload) -> tuple[int, LifecycleRule] | None:
    """When this upload is aborted first, and by which rule."""
    ends = [
        (due(upload.initiated, rule.upload_days), rule)
        for rule in rules
        if rule.enabled and rule.upload_days is not None and upload.key.startswith(rule.prefix.encode())
    ]
    return min(ends, key=lambda end: end[0], default=None)


def apply(store: Store, now: float, targets: Collection[str] = ()) -> int:
    """Let expire what is due in every bucket; returns how many versions, markers and uploads went. `targets`
    are those of notifications.
    """
    cause = notifications.by_lifecycle(now, targets)
    with store.snapshot() as db:
        buckets = [one for one in db.buckets.page() if any(rule.enabled for rule in one.lifecycle)]
    return sum(
        _current(store, bucket, cause) + _older(store, bucket, cause) + _uploads(store, bucket, now)
        for bucket in buckets
    )


def _current(store: Store, bucket: Bucket, cause: Cause) -> int:
    count, after = 0, b""
    while True:
        with store.snapshot() as db:
            page = db.objects.page(bucket.id, after=after, limit=PAGE)
        ended = [
            one.key for one in page.entries if isinstance(one, StoredObject) and _over(bucket, one, cause.at)
        ]
        count += _each(store, ended, partial(_expire, bucket=bucket.name, cause=cause))
        if page.last is None:
            return count
        after = page.last


def _over(bucket: Bucket, found: StoredObject, now: float) -> bool:
    end = expiry(bucket.lifecycle, found)
    return end is not None and end[0] <= now


def _expire(db: Transaction, key: bytes, *, bucket: str, cause: Cause) -> bool:
    """Delete a current version as its bucket deletes: by a marker, or for good where no versions are kept."""
    here = db.buckets.get(bucket)
    found = db.objects.get(here.id, key) if here is not None else None
    if here is None or found is None or not _over(here, found, cause.at):
        return False
    if here.versioning:
        marker = mark_deleted(db, here, key, int(cause.at))
        notifications.announce(db, here, "LifecycleExpiration:DeleteMarkerCreated", marker, cause)
    else:
        db.objects.delete(here.id, key, found.version, int(cause.at))
        notifications.announce(db, here, "LifecycleExpiration:Delete", found, cause)
    return True


# --- versions that are not current


def _older(store: Store, bucket: Bucket, cause: Cause) -> int:
    if not bucket.versioning or not any(
        rule.enabled and (rule.noncurrent_days is not None or rule.markers or rule.expires)
        for rule in bucket.lifecycle
    ):
        return 0
    count, ended = 0, list[StoredObject | DeleteMarker]()
    for versions in _keys(store, bucket):
        ended += _ended(bucket, versions, cause.at)
        if len(ended) >= PAGE:
            count += _each(store, ended, partial(_remove, bucket=bucket, cause=cause))
            ended = []
    return count + _each(store, ended, partial(_remove, bucket=bucket, cause=cause))


def _keys(store: Store, bucket: Bucket) -> Iterator[list[ListedVersion]]:
    """The versions of each key, from new to old."""
    after, version = b"", ""
    key, versions = b"", list[ListedVersion]()
    while True:
        with store.snapshot() as db:
            page = db.objects.versions(bucket.id, after=after, after_version=version, limit=PAGE)
        for entry in page.entries:
            if isinstance(entry, bytes):
                continue
            if entry.version.key != key:
                if versions:
                    yield versions
                key, versions = entry.version.key, []
            versions.append(entry)
        if not page.truncated:
            break
        after, version = key, versions[-1].version.version
    if versions:
        yield versions


def _ended(
    bucket: Bucket, versions: Sequence[ListedVersion], now: float
) -> Iterator[StoredObject | DeleteMarker]:
    """The versions of one key that are over."""
    newest = versions[0].version
    if len(versions) == 1 and isinstance(newest, DeleteMarker) and _marker_ends(bucket, newest, now):
        yield newest
    replaced = newest.modified
    older = versions[1:] if versions[0].latest else versions
    for rank, entry in enumerate(older):
        one = entry.version
        if any(_noncurrent_ends(rule, one, rank, replaced, now) for rule in bucket.lifecycle):
            yield one
        replaced = one.modified


def _marker_ends(bucket: Bucket, marker: DeleteMarker, now: float) -> bool:
    """Whether a delete marker that is alone goes: at once where that is asked for, else once it is as old as
    objects that expire (S3 guide, "Removing expired object delete markers in a versioning-enabled bucket").
    """
    return any(
        rule.enabled
        and _covers_marker(rule, marker)
        and (rule.markers or (rule.expires and _end(rule, marker) <= now))
        for rule in bucket.lifecycle
    )


def _covers_marker(rule: LifecycleRule, marker: DeleteMarker) -> bool:
    return marker.key.startswith(rule.prefix.encode()) and not rule.tags


def _noncurrent_ends(
    rule: LifecycleRule, one: StoredObject | DeleteMarker, rank: int, replaced: int, now: float
) -> bool:
    """`rank` counts the newer versions that are not current either, `replaced` is when the next newer one
    came.
    """
    if not rule.enabled or rule.noncurrent_days is None or rank < rule.noncurrent_kept:
        return False
    covered = _covers_marker(rule, one) if isinstance(one, DeleteMarker) else covers(rule, one)
    return covered and due(replaced, rule.noncurrent_days) <= now


def _remove(db: Transaction, found: StoredObject | DeleteMarker, *, bucket: Bucket, cause: Cause) -> bool:
    """Delete a version for good, unless it is locked, or has become current meanwhile, or it or its bucket's
    rules have changed.
    """
    key, version = found.key, found.version
    here, current = _ruled(db, bucket), db.objects.get(bucket.id, key)
    if here is None or db.objects.version(bucket.id, key, version) != found or protected(found, cause.at):
        return False
    if current is not None and current.version == version:
        return False
    db.objects.delete(bucket.id, key, version, int(cause.at))
    notifications.announce(db, here, "LifecycleExpiration:Delete", found, cause)
    return True


def _ruled(db: Transaction, bucket: Bucket) -> Bucket | None:
    """The bucket as it is now; None if it has other rules than those by which something was chosen: it may
    have taken hours to come so far, and what its owner said meanwhile counts.
    """
    here = db.buckets.get(bucket.name)
    same = here is not None and (here.id, here.lifecycle) == (bucket.id, bucket.lifecycle)
    return here if same else None


# --- uploads that are not completed


def _uploads(store: Store, bucket: Bucket, now: float) -> int:
    some_end = any(rule.enabled and rule.upload_days is not None for rule in bucket.lifecycle)
    count, after, upload = 0, b"", ""
    while some_end:
        with store.snapshot() as db:
            page = db.uploads.page(bucket.id, after=after, after_id=upload, limit=PAGE)
        begun = [one for one in page.entries if isinstance(one, MultipartUpload)]
        ended = [one for one in begun if _stale(bucket, one, now)]
        count += _each(store, ended, partial(_abort, bucket=bucket, now=now))
        if not page.truncated:
            break
        after, upload = begun[-1].key, begun[-1].id
    return count


def _stale(bucket: Bucket, upload: MultipartUpload, now: float) -> bool:
    end = upload_end(bucket.lifecycle, upload)
    return end is not None and end[0] <= now


def _abort(db: Transaction, upload: MultipartUpload, *, bucket: Bucket, now: float) -> bool:
    if _ruled(db, bucket) is None or db.uploads.get(upload.bucket, upload.key, upload.id) is None:
        return False
    db.uploads.remove(upload, int(now))
    return True


def _each(store: Store, items: Sequence[T], delete: Callable[[Transaction, T], bool]) -> int:
    """Delete the items, some in one transaction; returns how many went."""

    def some(db: Transaction, batch: Sequence[T]) -> int:
        return sum(delete(db, item) for item in batch)

    batches = (items[start : start + BATCH] for start in range(0, len(items), BATCH))
    return sum(store.write(partial(some, batch=batch)).result() for batch in batches)
