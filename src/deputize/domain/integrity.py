"""Whether stored bytes are what their records say: they are there, have their size, open, and have the entity
tag and the checksums of their row.

What is sealed with a client's own key opens for nobody else: of that, all bytes are read, and no more can be
said than that they are as many as they should be.
"""

import hashlib
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from deputize.blobs.vault import Vault, kept_size
from deputize.gateway.bodies import contents
from deputize.model.multipart import BlobPart, Part
from deputize.model.storage import CUSTOMER, PARTS, PLAIN, Blob, StoredObject
from deputize.protocol import checksums
from deputize.protocol.message import Content, FileSlice
from deputize.secrets.envelope import Damaged
from deputize.store.api import Store

# So many parts are read at once.
PAGE = 1000


class Wrong(Exception):
    """What is stored is not what its record says."""


@dataclass(frozen=True, slots=True)
class Digests:
    """The entity tag of bytes that were read, and their checksums by AWS's names, base64."""

    etag: str
    checksums: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verifier:
    """`advance` is told how many bytes were read, piece by piece. Rows are read in snapshots of their own:
    whoever asks looks again whether the object is still there before it believes what is Wrong.
    """

    store: Store
    vault: Vault
    advance: Callable[[int], None]

    def check_version(self, found: StoredObject) -> None:
        """Raises Wrong."""
        blob = self._row(found.blob)
        _same("size", blob.size, found.size)
        digests = self._of_parts(found, blob) if blob.format == PARTS else self._of_one(found, blob)
        if digests is not None:
            _check(digests, found.etag, found.checksums)

    def check_upload(self, part: Part) -> None:
        """Raises Wrong."""
        blob = self._row(part.blob)
        _same("size", blob.size, part.size)
        digests = self._digests(blob, part.checksums, sealed=part.encrypted)
        if digests is not None:
            _check(digests, part.etag, part.checksums)

    def _of_one(self, found: StoredObject, blob: Blob) -> Digests | None:
        _same("number of parts", 0, found.parts)
        return self._digests(blob, found.checksums, sealed=found.encrypted)

    def _of_parts(self, found: StoredObject, blob: Blob) -> Digests | None:
        """Each part, and what follows from them for the whole."""
        digests: list[Digests] = []
        sizes: list[int] = []
        for part in self._parts(blob):
            try:
                _same("beginning", part.start, sum(sizes))
                one = self._of_part(part, found)
            except Wrong as wrong:
                raise Wrong(f"part {part.number}: {wrong}") from None
            sizes.append(part.size)
            digests += [one] if one is not None else []
        _same("size", sum(sizes), found.size)
        _same("number of parts", len(sizes), found.parts)
        if len(digests) < len(sizes):
            return None
        md5s = hashlib.md5(b"".join(bytes.fromhex(one.etag) for one in digests), usedforsecurity=False)
        whole = {name: _whole(name, found.checksum_type, digests, sizes) for name in found.checksums}
        return Digests(f"{md5s.hexdigest()}-{len(sizes)}", whole)

    def _of_part(self, part: BlobPart, whole: StoredObject) -> Digests | None:
        blob = self._row(part.part)
        _same("size", blob.size, part.size)
        digests = self._digests(blob, {*part.checksums, *whole.checksums}, sealed=whole.encrypted)
        if digests is not None:
            _check(digests, digests.etag, part.checksums)
        return digests

    def _parts(self, blob: Blob) -> Iterator[BlobPart]:
        after = 0
        while True:
            with self.store.snapshot() as db:
                page = db.objects.parts(blob.id, after=after, limit=PAGE)
            if not page:
                return
            yield from page
            after = page[-1].number

    def _row(self, blob: bytes) -> Blob:
        with self.store.snapshot() as db:
            found = db.objects.blob(blob)
        if found is None:
            raise Wrong(f"its bytes {blob.hex()} have no row")
        return found

    def _digests(self, blob: Blob, algorithms: Collection[str], *, sealed: bool) -> Digests | None:
        """Reads a blob, which is not one of several; None if only its client could open it."""
        if sealed and blob.format == PLAIN:
            raise Wrong("its row says that it is encrypted, and it is not")
        md5 = hashlib.md5(usedforsecurity=False)
        hashers = {name: checksums.hasher(name) for name in algorithms}
        try:
            _same("kept size", self._kept(blob), kept_size(blob.size, blob.format))
            for piece in contents(self._read(blob)):
                md5.update(piece)
                for one in hashers.values():
                    one.update(piece)
                self.advance(len(piece))
        except FileNotFoundError:
            raise Wrong(f"its file {blob.id.hex()} is missing") from None
        except (OSError, EOFError) as error:
            raise Wrong(f"its file {blob.id.hex()} cannot be read: {error}") from None
        except Damaged:
            raise Wrong(f"its bytes {blob.id.hex()} were changed: they do not open") from None
        if blob.format == CUSTOMER:
            return None
        return Digests(md5.hexdigest(), {name: one.base64() for name, one in hashers.items()})

    def _read(self, blob: Blob) -> Content:
        """The blob's bytes, or those that are kept of one that only its client could open."""
        if blob.format != CUSTOMER:
            return self.vault.read(blob, 0, blob.size)
        if blob.data is not None:
            return blob.data
        return FileSlice(self.vault.store.open(blob.id), 0, kept_size(blob.size, blob.format))

    def _kept(self, blob: Blob) -> int:
        if blob.data is not None:
            return len(blob.data)
        with self.vault.store.open(blob.id) as file:
            return os.fstat(file.fileno()).st_size


def _whole(algorithm: str, kind: str, digests: Sequence[Digests], sizes: Sequence[int]) -> str:
    values = [one.checksums[algorithm] for one in digests]
    if kind == "COMPOSITE":
        return checksums.composite(algorithm, values)
    return checksums.full_object(algorithm, zip(values, sizes, strict=True))


def _check(digests: Digests, etag: str, stated: Mapping[str, str]) -> None:
    _same("ETag", digests.etag, etag)
    for name, value in stated.items():
        _same(name, digests.checksums[name], value)


def _same(what: str, found: object, said: object) -> None:
    if found != said:
        raise Wrong(f"the {what} is {found}, and should be {said}")
