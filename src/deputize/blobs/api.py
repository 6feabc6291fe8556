"""What the rest of the server sees of stored bytes: immutable blobs under random ids."""

from collections.abc import Iterator
from typing import BinaryIO, Protocol


class Staged(Protocol):
    """A blob being written. Until `commit` nobody else sees it."""

    @property
    def id(self) -> bytes:
        """What the blob will be found by."""

    def write(self, data: bytes) -> None:
        """Append. Raises BlobsFull, BlobsBroken, BlobsUnavailable (`deputize.blobs.errors`)."""

    def commit(self) -> bytes:
        """Make the bytes durable; returns the blob's id. Raises what `write` raises, and then
        nothing is kept.
        """

    def abort(self) -> None:
        """Forget the bytes, those too that `commit` made a blob of which nobody knows yet."""


class BlobStore(Protocol):
    """Where blobs are. Ids are 16 random bytes, never a user's key."""

    def stage(self) -> Staged:
        """Begin a blob. Raises what `Staged.write` raises."""

    def open(self, blob: bytes) -> BinaryIO:
        """The blob's bytes, which stay readable when it is deleted meanwhile. Raises FileNotFoundError."""

    def delete(self, blob: bytes) -> None:
        """Remove the blob; harmless if it is gone already."""

    def older(self, before: float) -> Iterator[bytes]:
        """Ids of all blobs that were written before `before` (epoch seconds of the file system)."""

    def clear_staged(self, before: float) -> None:
        """Remove what was begun before `before` and never committed: a crash leaves such files."""
