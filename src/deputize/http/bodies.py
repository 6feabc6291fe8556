"""A request's body as the gateway reads it: counted or chunked, with its time limit, `100 Continue` sent
at the first read.
"""

from collections.abc import AsyncIterator

from deputize.config import HttpLimits
from deputize.errors import ApiError
from deputize.http.framing import Framed, Refused
from deputize.http.incoming import ClientGone, Incoming, TimedOut

PIECE = 128 * 1024


class RequestBody:
    """`protocol.message.Body` over what comes in on a connection."""

    def __init__(self, framed: Framed, incoming: Incoming, limits: HttpLimits) -> None:
        self._incoming = incoming
        self._limits = limits
        self._chunked = framed.chunked
        self._remaining = framed.length
        self._length = None if framed.chunked is not None else framed.length
        self._expects_continue = framed.expects_continue
        self._window = 0
        self._broken = False

    @property
    def length(self) -> int | None:
        return self._length

    @property
    def finished(self) -> bool:
        """Whether nothing of the body is left to read, and the next byte begins a request."""
        if self._chunked is not None:
            return self._chunked.done and not self._chunked.overrun and not self._broken
        return self._remaining == 0

    async def read(self, limit: int) -> bytes:
        """Raises ApiError EntityTooLarge, and what `chunks` raises."""
        if self.finished:
            return b""
        if self._remaining > limit:
            raise _too_large(self._remaining, limit)
        pieces: list[bytes] = []
        size = 0
        async for piece in self.chunks():
            size += len(piece)
            if size > limit:
                raise _too_large(size, limit)
            pieces.append(piece)
        return b"".join(pieces)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Raises ApiError RequestTimeout for a body that stalls, IncompleteBody for one that ends early and
        for chunks that are malformed, and ClientGone.
        """
        if self._expects_continue and not self.finished:
            if not self._incoming.buffer:
                self._incoming.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._expects_continue = False
        self._incoming.deadline_in(self._limits.body_time)
        if self._chunked is None:
            while self._remaining:
                await self._arrived()
                piece = self._incoming.take(min(self._remaining, PIECE))
                self._remaining -= len(piece)
                self._progress(len(piece))
                yield piece
        else:
            while not self._chunked.done:
                await self._arrived()
                for piece in self._feed(self._incoming.take(PIECE)):
                    self._progress(len(piece))
                    yield piece
        self._incoming.no_deadline()

    def _feed(self, data: bytes) -> list[bytes]:
        if self._chunked is None:
            return []
        try:
            return self._chunked.feed(data)
        except Refused as refused:
            self._broken = True
            raise ApiError("IncompleteBody", refused.reason, status=400) from None

    async def _arrived(self) -> None:
        try:
            while not self._incoming.buffer:
                await self._incoming.more()
        except ClientGone:
            if self._incoming.gone:
                raise
            raise _ended_early(chunked=self._chunked is not None) from None
        except TimedOut:
            raise ApiError(
                "RequestTimeout",
                "Your socket connection to the server was not read from or written to within the timeout "
                "period. Idle connections will be closed.",
                status=400,
            ) from None

    def _progress(self, size: int) -> None:
        """The time limit begins anew with every `body_least` bytes: dripping does not do."""
        self._window += size
        if self._window >= self._limits.body_least:
            self._window = 0
            self._incoming.deadline_in(self._limits.body_time)


def _ended_early(*, chunked: bool) -> ApiError:
    """Who sends no more may still read (S3 API, "List of error codes")."""
    return ApiError(
        "IncompleteBody",
        "The request body terminated unexpectedly"
        if chunked
        else "You did not provide the number of bytes specified by the Content-Length HTTP header",
        status=400,
    )


def _too_large(size: int, limit: int) -> ApiError:
    return ApiError(
        "EntityTooLarge",
        "Your proposed upload exceeds the maximum allowed size",
        ProposedSize=str(size),
        MaxSizeAllowed=str(limit),
    )
