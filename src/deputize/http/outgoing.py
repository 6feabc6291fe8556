"""The writing side of a connection: answers, their bodies from memory or from files, and back-pressure."""

import asyncio
import email.utils
import http
import os
from collections.abc import Callable

from deputize.protocol.message import Answer, FileSlice

# Files up to this size go out in one write with their head.
SMALL_FILE = 64 * 1024
# Bytes per sendfile call: other connections get their turn in between.
SLICE = 1024 * 1024
BODILESS = frozenset({204, 304})
REASONS = {status.value: status.phrase for status in http.HTTPStatus}


class TooSlow(Exception):
    """The client did not take an answer in time."""


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


def head_of(answer: Answer, *, date: str, close: bool, old: bool) -> bytes:
    """Status line and headers; `old` clients (HTTP/1.0) are told that the connection stays open."""
    lines = [f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    lines += [f"date: {date}", "server: Deputize"]
    if answer.status not in BODILESS:
        lines.append(f"content-length: {length_of(answer)}")
    if close:
        lines.append("connection: close")
    elif old:
        lines.append("connection: keep-alive")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def length_of(answer: Answer) -> int:
    """The body's length."""
    if answer.length is not None:
        return answer.length
    return answer.body.length if isinstance(answer.body, FileSlice) else len(answer.body)


class Outgoing:
    """Writes to `transport`. No more than the current answer's piece is ever held in memory."""

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport, timeout: float) -> None:
        self._loop = loop
        self._transport = transport
        self._timeout = timeout
        self._drained: asyncio.Future[None] | None = None
        self._full = False
        transport.set_write_buffer_limits(high=0)

    def pause(self) -> None:
        """The transport holds bytes that the socket did not take."""
        self._full = True

    def resume(self) -> None:
        self._full = False
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)

    async def send(self, head: bytes, body: bytes | FileSlice) -> None:
        """Write an answer and wait until the socket has all of it. Raises TooSlow, ConnectionError."""
        if isinstance(body, bytes):
            self._transport.write(head + body if len(body) < SMALL_FILE else head)
            if len(body) >= SMALL_FILE:
                await self._write_pieces(body)
            await self._flushed()
            return
        with body.file:
            if body.length <= SMALL_FILE:
                self._transport.write(head + os.pread(body.file.fileno(), body.length, body.offset))
                await self._flushed()
            else:
                self._transport.write(head)
                await self._flushed()
                await self._send_file(body)

    async def _write_pieces(self, body: bytes) -> None:
        view = memoryview(body)
        for start in range(0, len(view), SLICE):
            await self._flushed()
            self._transport.write(view[start : start + SLICE])

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
            raise ConnectionResetError("the client went away")

    async def _send_file(self, body: FileSlice) -> None:
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
                    raise ConnectionAbortedError("the file is shorter than its record says")
                offset += sent
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
            raise ConnectionResetError("the client went away")


def _done(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def _expire(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_exception(TooSlow())
