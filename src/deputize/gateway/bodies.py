"""Bodies on their way in and out: an upload is staged before the transaction, a download is opened after
it.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

from deputize.blobs.api import BlobStore, Staged
from deputize.errors import ApiError
from deputize.gateway.call import Upload
from deputize.model.storage import Blob
from deputize.protocol import checksums
from deputize.protocol.message import Body, FileSlice, Head
from deputize.protocol.sigv4_stream import Chain, ChunkedPayload, form_of
from deputize.store.api import Snapshot

# Bytes up to this many stand in the database: one fsync instead of three (docs/decisions).
INLINE_LIMIT = 32 * 1024
# Pieces of at least this size are hashed and written in a thread; smaller ones are not worth the hand-over.
THREAD_PIECE = 64 * 1024
# The largest object one PUT may bring (S3 guide, "Uploading objects").
UPLOAD_LIMIT = 5 * 1024**3
# The checksum that S3 computes when the client sends none (since December 2024).
DEFAULT_CHECKSUM = "CRC64NVME"


@dataclass(frozen=True, slots=True)
class StoredBytes:
    """What a handler answers as a streaming body: `length` bytes of `blob` from `offset`."""

    blob: bytes
    offset: int
    length: int


def verify(
    head: Head,
    stated: checksums.ChecksumHeader | None,
    signed_sha256: str | None,
    sha256: str,
    md5: bytes,
    checksum: checksums.Hasher | None,
) -> None:
    """Compare what arrived with what was promised: the signed payload hash, Content-MD5, and the stated
    checksum.

    Raises XAmzContentSHA256Mismatch, BadDigest, InvalidDigest.
    """
    if signed_sha256 is not None and not hmac.compare_digest(signed_sha256, sha256):
        raise ApiError(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
            ClientComputedContentSHA256=signed_sha256,
            S3ComputedContentSHA256=sha256,
        )
    promised = checksums.content_md5(head)
    if promised is not None and promised != md5:
        raise ApiError(
            "BadDigest",
            "The Content-MD5 you specified did not match what we received.",
            ExpectedDigest=base64.b64encode(promised).decode(),
            CalculatedDigest=base64.b64encode(md5).decode(),
        )
    if stated is not None and checksum is not None:
        stated.verify(checksum)


class Staging:
    """An upload on its way in: held in memory while it is small, in a file of the blob store's beyond
    that.
    """

    def __init__(self, blobs: BlobStore, algorithm: str) -> None:
        self._blobs = blobs
        self._file: Staged | None = None
        self._held = bytearray()
        self._size = 0
        self._sha256 = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._algorithm = algorithm
        self._checksum = checksums.hasher(algorithm)

    def take(self, piece: bytes) -> None:
        """Hash and keep `piece`."""
        self._size += len(piece)
        for hasher in (self._sha256, self._md5, self._checksum):
            hasher.update(piece)
        if self._file is None and self._size > INLINE_LIMIT:
            self._file = self._blobs.stage()
            self._file.write(bytes(self._held))
            self._held.clear()
        if self._file is None:
            self._held += piece
        else:
            self._file.write(piece)

    def verify(self, head: Head, stated: checksums.ChecksumHeader | None, sha256: str | None) -> None:
        """Compare what arrived with what was promised; raises XAmzContentSHA256Mismatch or BadDigest."""
        verify(head, stated, sha256, self._sha256.hexdigest(), self._md5.digest(), self._checksum)

    def finish(self) -> Upload:
        """Make the bytes durable; returns what the object's row will name."""
        if self._file is None:
            identity = secrets.token_bytes(16)
            blob = Blob(id=identity, size=self._size, data=bytes(self._held))
        else:
            blob = Blob(id=self._file.commit(), size=self._size)
        return Upload(
            blob=blob, md5=self._md5.hexdigest(), checksums={self._algorithm: self._checksum.base64()}
        )

    def abort(self) -> None:
        """Forget the bytes."""
        if self._file is not None:
            self._file.abort()


async def stage(
    head: Head, body: Body, blobs: BlobStore, *, sha256: str | None, chain: Chain | None
) -> Upload:
    """Take in `body` and verify every promise that `head` makes about it.

    `sha256` is the payload hash that was signed (hex), None when the payload is unsigned or comes in
    chunks; `chain` is how those are signed. Raises MissingContentLength, EntityTooLarge,
    XAmzContentSHA256Mismatch, BadDigest, InvalidDigest, IncompleteBody, MalformedTrailerError,
    SignatureDoesNotMatch; nothing is kept then.
    """
    form = form_of(head)
    length = body.length if form is None else form.length
    if length is None:
        raise ApiError("MissingContentLength", "You must provide the Content-Length HTTP header.")
    if length > UPLOAD_LIMIT:
        raise too_large(length)
    stated = checksums.requested(head)
    trailing = checksums.announced(head)
    staging = Staging(blobs, stated.algorithm if stated is not None else trailing or DEFAULT_CHECKSUM)
    try:
        if form is None:
            await _take(staging, body.chunks())
        else:
            payload = ChunkedPayload(form, chain)
            await _take(staging, _decoded(payload, body.chunks()))
            trailers = payload.finish()
            if trailing is not None:
                stated = checksums.of_trailer(trailing, trailers)
        staging.verify(head, stated, sha256)
        if length <= INLINE_LIMIT:
            return staging.finish()
        return await asyncio.to_thread(staging.finish)
    except BaseException:
        staging.abort()
        raise


async def _take(staging: Staging, pieces: AsyncIterator[bytes]) -> None:
    async for piece in pieces:
        if len(piece) < THREAD_PIECE:
            staging.take(piece)
        else:
            await asyncio.to_thread(staging.take, piece)


async def _decoded(payload: ChunkedPayload, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        for part in payload.feed(piece):
            yield part


def discard(blobs: BlobStore, upload: Upload) -> None:
    """An upload whose command was refused: its file goes."""
    if upload.blob.data is None:
        blobs.delete(upload.blob.id)


def opened(db: Snapshot, blobs: BlobStore, wanted: StoredBytes) -> bytes | FileSlice:
    """The bytes of a streaming answer; opened while the snapshot still stands, so that the file is there."""
    blob = db.objects.blob(wanted.blob)
    if blob is None:
        raise LookupError("an object names a blob that has no row")
    if blob.data is not None:
        return blob.data[wanted.offset : wanted.offset + wanted.length]
    return FileSlice(blobs.open(blob.id), wanted.offset, wanted.length)


def too_large(size: int) -> ApiError:
    return ApiError(
        "EntityTooLarge",
        "Your proposed upload exceeds the maximum allowed size",
        ProposedSize=str(size),
        MaxSizeAllowed=str(UPLOAD_LIMIT),
    )
