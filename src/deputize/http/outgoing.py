"""The writing side of a connection: answers, their bodies from memory or from files, and back-pressure."""

import asyncio
import email.utils
import http
import os
import re
from collections.abc import Callable

from deputize.http.incoming import ClientGone
from deputize.protocol.message import Answer, Content, FileSlice, Pieces

# Bodies up to this size go out in one write with their head.
SMALL = 64 * 1024
# Bytes per sendfile call: other connections get their turn in between.
SLICE = 1024 * 1024
# Bytes of a file that are encrypted at once.
PIECE = 256 * 1024
BODILESS = frozenset({204, 304})
# Control characters but the tab.
UNSENDABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
REASONS = {status.value: status.phrase for status in http.HTTPStatus}


class TooSlow(Exception):
    """The client did not take an answer in time."""


class Truncated(Exception):
    """A file ends before its slice does. The answer is cut off: nothing else tells the client."""


class Dates:
    """The Date header's value, made once a second."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._second = -1
        self._text = ""

    def now(self) -> str:
        second = int(self._clock())
        if second != self._second:
            self._second, self._text = second, email.utils.formatdate(second, usegmt=True)
        return self._text


def head_of(answer: Answer, length: int | None, *, date: str, close: bool, old: bool) -> bytes:
    """Status line and headers; `length` is for Content-Length, None leaves it out. `old` clients (HTTP/1.0)
    are told that the connection stays open.

    Raises ValueError for what cannot stand in a header: CR and LF would begin another one (RFC 9110, 5.5).
    """
    lines = [f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    lines += [f"date: {date}", "server: Deputize"]
    if length is not None:
        lines.append(f"content-length: {length}")
    if close:
        lines.append("connection: close")
    elif old:
        lines.append("connection: keep-alive")
    text = "".join(lines)
    if not text.isprintable() and UNSENDABLE.search(text):  # the expression takes twenty times as long
        raise ValueError("an answer's header has control characters")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def content_of(answer: Answer, method: str) -> tuple[Content, int | None]:
    """What to send as the body of an answer to `method`, and its Content-Length (None: no such header).

    Answers to HEAD, 204 and 304 have no body (RFC 9110, 6.4.1); HEAD's say how long it would be.
    """
    size = len(answer.body) if isinstance(answer.body, bytes) else answer.body.length
    if answer.status in BODILESS:
        return b"", None
    if method == "HEAD":
        return b"", size if answer.length is None else answer.length
    return answer.body, size


class Outgoing:
    """Writes to `transport`. No more than the current answer's piece is ever held in memory."""

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport, timeout: float) -> None:
        self._loop = loop
        self._transport = transport
        self._timeout = timeout
        self._drained: asyncio.Future[None] | None = None
        self._full = False
        # Bytes of the current answer's body that the socket took.
        self.sent = 0
        self._encrypted = transport.get_extra_info("ssl_object") is not None

    def unbuffered(self) -> None:
        """From here on the transport says so as soon as it holds something back; it may say so at once."""
        # uvloop's TLS pauses from the mark on and not beyond it: at 0, it would be paused for ever.
        self._transport.set_write_buffer_limits(high=1 if self._encrypted else 0)

    def pause(self) -> None:
        """The transport holds bytes that the socket did not take."""
        self._full = True

    def resume(self) -> None:
        self._full = False
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)

    async def send(self, head: bytes, body: Content) -> None:
        """Write an answer and wait until the socket has all of it. A file is left open, but those of Pieces,
        which are closed here. Raises TooSlow, ConnectionError, and FileNotFoundError for a piece whose file
        is gone: the answer is cut off, as there is no other way to say so any more.
        """
        self.sent = 0
        if not isinstance(body, Pieces):
            await self._send(head, body)
            return
        for piece in body.opened:
            try:
                await self._send(head, piece)
            finally:
                if isinstance(piece, FileSlice):
                    piece.file.close()
            head = b""

    async def _send(self, head: bytes, body: bytes | FileSlice) -> None:
        if isinstance(body, FileSlice) and body.length <= SMALL:
            body = _read(body)
        if isinstance(body, FileSlice):
            self._transport.write(head)
            await self._flushed()
            await self._send_file(body)
        elif len(body) <= SMALL:
            self._transport.write(head + body)
            await self._flushed()
            self.sent += len(body)
        else:
            self._transport.write(head)
            await self._write_pieces(body)

    async def _write_pieces(self, body: bytes) -> None:
        view = memoryview(body)
        for start in range(0, len(view), SLICE):
            self._transport.write(view[start : start + SLICE])
            await self._flushed()
            self.sent += min(SLICE, len(body) - start)

    async def _flushed(self) -> None:
        """Until the transport holds nothing back."""
        while self._full:
            before = self._transport.get_write_buffer_size()
            self._drained = self._loop.create_future()
            timer = self._loop.call_later(self._timeout, _expire, self._drained)
            try:
                await self._drained
            except TooSlow:
                if self._transport.get_write_buffer_size() >= before:
                    raise
            finally:
                timer.cancel()
                self._drained = None
        if self._transport.is_closing():
            raise ClientGone("the client went away")

    async def _send_file(self, body: FileSlice) -> None:
        """By the kernel where nothing is encrypted, else read and written piece by piece."""
        if not self._encrypted:
            await self._sendfile(body)
            return
        for start in range(0, body.length, PIECE):
            piece = FileSlice(body.file, body.offset + start, min(PIECE, body.length - start))
            self._transport.write(_read(piece))
            await self._flushed()
            self.sent += piece.length
            await asyncio.sleep(0)

    async def _sendfile(self, body: FileSlice) -> None:
        """On a duplicate of the socket's descriptor, since event loops keep the original to themselves."""
        descriptor = os.dup(self._transport.get_extra_info("socket").fileno())
        try:
            offset, end = body.offset, body.offset + body.length
            while offset < end:
                try:
                    sent = os.sendfile(descriptor, body.file.fileno(), offset, min(SLICE, end - offset))
                except BlockingIOError:
                    await self._writable(descriptor)
                    continue
                if sent == 0:
                    raise Truncated("a file is shorter than its record says")
                offset += sent
                self.sent += sent
                await asyncio.sleep(0)
        finally:
            os.close(descriptor)

    async def _writable(self, descriptor: int) -> None:
        ready: asyncio.Future[None] = self._loop.create_future()
        self._loop.add_writer(descriptor, _done, ready)
        timer = self._loop.call_later(self._timeout, _expire, ready)
        try:
            await ready
        finally:
            timer.cancel()
            self._loop.remove_writer(descriptor)
        if self._transport.is_closing():
            raise ClientGone("the client went away")


def _read(body: FileSlice) -> bytes:
    data = os.pread(body.file.fileno(), body.length, body.offset)
    if len(data) != body.length:
        raise Truncated("a file is shorter than its record says")
    return data


def _done(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _expire(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_exception(TooSlow())
