"""The bytes of objects as the rest of the server has them: sealed where they are kept, unless the operator
said otherwise, and as they were uploaded wherever they are read.

A blob says in its row how it is kept, so the switch may be turned at any time. `customer` is a key that a
client brings with each request: what it seals opens with it alone, whatever the switch says.
"""

import os
import secrets
import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import BinaryIO

from deputize.blobs.api import BlobStore, Staged
from deputize.model.storage import CUSTOMER, PLAIN, SEALED, Blob
from deputize.protocol.message import FileSlice, Pieces
from deputize.secrets.keyring import Keyring
from deputize.secrets.segments import KEPT, SEGMENT, Segments, sealed_size

# Segments that are read at once.
BATCH = 4
# Bytes of a blob's id, and of the time at its front where it stands in the database (milliseconds).
ID, TIME = 16, 6


def kept_size(size: int, form: str) -> int:
    """How many bytes are kept of a blob of `size` bytes in this format, which is not PARTS."""
    return size if form == PLAIN else sealed_size(size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """`seals`: whether new blobs are sealed."""

    store: BlobStore
    keyring: Keyring
    seals: bool

    def format(self, customer: bytes | None = None) -> str:
        """How new blobs are kept."""
        return CUSTOMER if customer is not None else SEALED if self.seals else PLAIN

    def stage(self, customer: bytes | None = None) -> Staged:
        """Begin a blob in a file. Raises what `BlobStore.stage` raises."""
        staged = self.store.stage()
        if self.format(customer) == PLAIN:
            return staged
        return SealedFile(staged, self.keyring.segments(staged.id, customer))

    def inline(self, data: bytes, customer: bytes | None = None) -> Blob:
        """A new blob that is small enough to stand in the database."""
        blob, form = _next_id(), self.format(customer)
        kept = self.keyring.segments(blob, customer).seal(0, data, last=True) if form != PLAIN else data
        return Blob(id=blob, size=len(data), format=form, data=kept)

    def read(
        self, blob: Blob, offset: int, length: int, customer: bytes | None = None
    ) -> bytes | FileSlice | Pieces:
        """`length` bytes of the blob, which is not one of several, from `offset` on. Raises
        FileNotFoundError; Damaged if they are not what was stored, be it only when they are taken.
        """
        if blob.data is not None:
            plain = blob.data if blob.format == PLAIN else self._opened(blob, blob.data, customer)
            return plain if length == blob.size else plain[offset : offset + length]
        file = self.store.open(blob.id)
        if blob.format == PLAIN:
            return FileSlice(file, offset, length)
        pieces = _unsealed(file, self._segments(blob, customer), blob.size, offset, length)
        next(pieces)  # from here on the file is closed even if nobody takes a piece
        return Pieces(pieces, length)

    def _opened(self, blob: Blob, data: bytes, customer: bytes | None) -> bytes:
        return self._segments(blob, customer).unseal(0, data, last=True)

    def _segments(self, blob: Blob, customer: bytes | None) -> Segments:
        return self.keyring.segments(blob.id, customer if blob.format == CUSTOMER else None)

    def delete(self, blob: bytes) -> None:
        """Remove the blob's file; harmless if it has none."""
        self.store.delete(blob)


class SealedFile:
    """A blob that is sealed on its way into its file, a segment at a time."""

    def __init__(self, staged: Staged, segments: Segments) -> None:
        self.id = staged.id
        self._staged = staged
        self._segments = segments
        self._number = 0
        self._held = bytearray()

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        # A segment that may be the last waits to be sealed as such.
        while len(self._held) + len(view) > SEGMENT:
            lacking = SEGMENT - len(self._held)
            if self._held:
                self._held += view[:lacking]
                self._seal(self._held, last=False)
                self._held = bytearray()
            else:
                self._seal(view[:lacking], last=False)
            view = view[lacking:]
        self._held += view

    def commit(self) -> bytes:
        self._seal(self._held, last=True)
        return self._staged.commit()

    def abort(self) -> None:
        self._staged.abort()

    def _seal(self, plain: bytearray | memoryview, *, last: bool) -> None:
        self._staged.write(self._segments.seal(self._number, plain, last=last))
        self._number += 1


def _next_id() -> bytes:
    """Random, but for the time at its front: what is written at a time then lies together in the database,
    and a commit writes fewer pages (RFC 9562, 5.7, has the same reason). Files want names that differ at
    the front, and are named at random.
    """
    return (time.time_ns() // 1_000_000).to_bytes(TIME, "big") + secrets.token_bytes(ID - TIME)


def _unsealed(
    file: BinaryIO, segments: Segments, size: int, offset: int, length: int
) -> Generator[bytes, None, None]:
    """First nothing, then the bytes, a segment at a time. The file is closed at the end."""
    final = max(0, size - 1) // SEGMENT
    first, end = offset // SEGMENT, (offset + length - 1) // SEGMENT + 1
    kept = bytearray(BATCH * KEPT)
    with file, memoryview(kept) as view:
        yield b""
        for number in range(first, end if length else first):
            place = (number - first) % BATCH * KEPT
            if place == 0:
                read = os.preadv(file.fileno(), [kept], number * KEPT)
            plain = segments.unseal(number, view[place : min(place + KEPT, read)], last=number == final)
            base = number * SEGMENT
            yield plain[max(0, offset - base) : offset + length - base]
