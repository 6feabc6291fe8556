"""Bodies on their way in and out: an upload is staged before the transaction, a download is opened after
it.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Sequence
from dataclasses import field
from typing import TypeVar

from deputize.blobs.api import Staged
from deputize.blobs.vault import Vault
from deputize.errors import ApiError
from deputize.gateway.call import Upload
from deputize.model.multipart import BlobPart
from deputize.model.storage import PARTS, Blob
from deputize.protocol import checksums
from deputize.protocol.message import Body, Content, FileSlice, Head, Pieces
from deputize.protocol.sigv4_stream import Chain, ChunkedPayload, form_of
from deputize.records import record
from deputize.store.api import Snapshot

T = TypeVar("T")

# Bytes up to this many stand in the database: one fsync instead of three (docs/decisions).
INLINE_LIMIT = 32 * 1024
# Pieces of at least this size are hashed and written in a thread; smaller ones are not worth the hand-over.
THREAD_PIECE = 64 * 1024
# What a copy reads at a time.
COPY_PIECE = 1024 * 1024
# The largest object one PUT may bring (S3 guide, "Uploading objects").
UPLOAD_LIMIT = 5 * 1024**3
# The checksum that S3 computes when the client sends none (since December 2024).
DEFAULT_CHECKSUM = "CRC64NVME"


@record()
class StoredBytes:
    """What a handler answers as a streaming body: `length` bytes of `blob` from `offset`, opened with the
    client's key `customer` if they are sealed with one.
    """

    blob: bytes
    offset: int
    length: int
    customer: bytes | None = field(default=None, repr=False)


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

    def __init__(self, vault: Vault, *algorithms: str, customer: bytes | None = None) -> None:
        """`algorithms` are the checksums to compute; the first is the one that `verify` compares. `customer`
        is a key of the client's own to seal the bytes with.
        """
        self._vault = vault
        self._customer = customer
        self._file: Staged | None = None
        self._held = bytearray()
        self._size = 0
        self._sha256 = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._checksums = {algorithm: checksums.hasher(algorithm) for algorithm in algorithms}

    def take(self, piece: bytes) -> None:
        """Hash and keep `piece`."""
        self._size += len(piece)
        self._sha256.update(piece)
        self._md5.update(piece)
        for checksum in self._checksums.values():
            checksum.update(piece)
        if self._file is None and self._size > INLINE_LIMIT:
            self._file = self._vault.stage(self._customer)
            self._file.write(bytes(self._held))
            self._held.clear()
        if self._file is None:
            self._held += piece
        else:
            self._file.write(piece)

    def verify(self, head: Head, stated: checksums.ChecksumHeader | None, sha256: str | None) -> None:
        """Compare what arrived with what was promised; raises XAmzContentSHA256Mismatch or BadDigest."""
        checksum = next(iter(self._checksums.values()))
        verify(head, stated, sha256, self._sha256.hexdigest(), self._md5.digest(), checksum)

    def finish(self) -> Upload:
        """Make the bytes durable; returns what the object's row will name."""
        if self._file is None:
            blob = self._vault.inline(bytes(self._held), self._customer)
        else:
            form = self._vault.format(self._customer)
            blob = Blob(id=self._file.commit(), size=self._size, format=form)
        computed = {algorithm: hasher.base64() for algorithm, hasher in self._checksums.items()}
        etag = self._md5.hexdigest() if self._customer is None else secrets.token_hex(16)
        return Upload(blob=blob, etag=etag, checksums=computed)

    def abort(self) -> None:
        """Forget the bytes."""
        if self._file is not None:
            self._file.abort()


async def stage(
    head: Head,
    body: Body,
    vault: Vault,
    *,
    sha256: str | None,
    chain: Chain | None,
    also: str | None = None,
    customer: bytes | None = None,
) -> Upload:
    """Take in `body` and verify every promise that `head` makes about it.

    `sha256` is the payload hash that was signed (hex), None when the payload is unsigned or comes in
    chunks; `chain` is how those are signed; `also` is a checksum to compute beside the stated one; `customer`
    is a key of the client's own to seal the bytes with. Raises MissingContentLength, EntityTooLarge,
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
    algorithm = stated.algorithm if stated is not None else trailing or also or DEFAULT_CHECKSUM
    staging = Staging(vault, algorithm, also or algorithm, customer=customer)
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
        return await _in_thread(staging.finish)
    except BaseException:
        staging.abort()
        raise


async def stage_file(
    head: Head,
    pieces: AsyncIterator[bytes],
    vault: Vault,
    sizes: tuple[int, int],
    customer: bytes | None = None,
) -> Upload:
    """Take in the file of a form and verify what `head`, made of its fields, promises about it. `sizes` are
    the least and the most bytes. Raises EntityTooSmall, EntityTooLarge, BadDigest, InvalidDigest; nothing is
    kept then.
    """
    stated = checksums.requested(head)
    algorithm = stated.algorithm if stated is not None else DEFAULT_CHECKSUM
    staging = Staging(vault, algorithm, customer=customer)
    try:
        await _take(staging, _within(pieces, sizes))
        staging.verify(head, stated, None)
        return await _in_thread(staging.finish)
    except BaseException:
        staging.abort()
        raise


async def _within(pieces: AsyncIterator[bytes], sizes: tuple[int, int]) -> AsyncIterator[bytes]:
    (least, most), size = sizes, 0
    async for piece in pieces:
        size += len(piece)
        if size > most:
            raise too_large(size, most)
        yield piece
    if size < least:
        raise ApiError(
            "EntityTooSmall",
            "Your proposed upload is smaller than the minimum allowed size",
            status=400,
            ProposedSize=str(size),
            MinSizeAllowed=str(least),
        )


async def _take(staging: Staging, pieces: AsyncIterator[bytes]) -> None:
    async for piece in pieces:
        if len(piece) < THREAD_PIECE:
            staging.take(piece)
        else:
            await _in_thread(staging.take, piece)


async def _decoded(payload: ChunkedPayload, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The payload, in pieces as large as they came: chunks of a byte each must not cost a hand-over each."""
    async for piece in pieces:
        yield b"".join(payload.feed(piece))


def discard(vault: Vault, upload: Upload) -> None:
    """An upload whose command was refused: its file goes."""
    if upload.blob.data is None:
        vault.delete(upload.blob.id)


async def copy(source: Content, vault: Vault, algorithm: str | None, customer: bytes | None = None) -> Upload:
    """Stage bytes that are stored already. The files of `source` are closed, whatever happens."""
    staging = Staging(vault, algorithm or DEFAULT_CHECKSUM, customer=customer)
    pieces = contents(source)
    try:
        # Piece by piece, so that a long copy leaves the threads to others in between.
        while await _in_thread(_copy_piece, pieces, staging):
            pass
        return await _in_thread(staging.finish)
    except BaseException:
        staging.abort()
        raise
    finally:
        pieces.close()


async def _in_thread(work: Callable[..., T], *arguments: object) -> T:
    """What `work` returns. If the request is cut off meanwhile, the thread comes to its end first: nobody may
    close a file that it writes or syncs.
    """
    running = asyncio.ensure_future(asyncio.to_thread(work, *arguments))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


def _copy_piece(pieces: Iterator[bytes], staging: Staging) -> bool:
    """Stage the next piece; says whether there was one."""
    piece = next(pieces, None)
    if piece is not None:
        staging.take(piece)
    return piece is not None


def contents(source: Content) -> Generator[bytes, None, None]:
    """The bytes of `source`, at most COPY_PIECE at a time. Raises EOFError for a file that ends early."""
    if isinstance(source, bytes):
        yield source
    elif isinstance(source, Pieces):
        with contextlib.closing(source.opened) as pieces:
            for piece in pieces:
                yield from contents(piece)
    else:
        with source.file as file:
            at, end = source.offset, source.offset + source.length
            while at < end:
                piece = os.pread(file.fileno(), min(COPY_PIECE, end - at), at)
                if not piece:
                    raise EOFError("a file is shorter than its record says")
                at += len(piece)
                yield piece


def opened(db: Snapshot, vault: Vault, wanted: StoredBytes) -> Content:
    """The bytes of a streaming answer; opened while the snapshot still stands, so that the file is there."""
    blob = db.objects.blob(wanted.blob)
    if blob is None:
        raise LookupError("an object names a blob that has no row")
    if blob.format != PARTS:
        return vault.read(blob, wanted.offset, wanted.length, wanted.customer)
    if not wanted.length:
        return b""
    found = db.objects.pieces(blob.id, wanted.offset, wanted.length)
    cuts = [_cut(db, piece, wanted) for piece in found]
    return Pieces(_pieces(vault, cuts, wanted.customer), wanted.length)


def _cut(db: Snapshot, piece: BlobPart, wanted: StoredBytes) -> tuple[Blob, int, int]:
    """The blob of a piece, its bytes too if they are inline, and what is wanted of it. Parts are 5 MiB at
    least, but for the last, so at most one is inline.
    """
    blob = db.objects.blob(piece.part)
    if blob is None:
        raise LookupError("a blob of several names one that has no row")
    start = max(wanted.offset, piece.start)
    end = min(wanted.offset + wanted.length, piece.start + piece.size)
    return blob, start - piece.start, end - start


def _pieces(
    vault: Vault, cuts: Sequence[tuple[Blob, int, int]], customer: bytes | None
) -> Generator[bytes | FileSlice, None, None]:
    """Each piece is opened when its turn comes, for there may be 10,000 of them and few descriptors.

    Nothing holds the files that are not open yet: those of an object that is replaced meanwhile are garbage,
    and stay until the sweep's grace is over. Who reads more slowly than that gets an answer that is cut off.
    """
    for blob, offset, length in cuts:
        found = vault.read(blob, offset, length, customer)
        if isinstance(found, Pieces):
            yield from found.opened
        else:
            yield found


def too_large(size: int, most: int = UPLOAD_LIMIT) -> ApiError:
    return ApiError(
        "EntityTooLarge",
        "Your proposed upload exceeds the maximum allowed size",
        ProposedSize=str(size),
        MaxSizeAllowed=str(most),
    )
