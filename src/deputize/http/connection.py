"""One connection: requests one after the other, each answered before the next is looked at."""

import asyncio
import logging
import time
import weakref
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import cast

from deputize.config import HttpLimits
from deputize.http import access_log, health
from deputize.http.bodies import RequestBody
from deputize.http.framing import Framed, Refused, end_of_head, parse_head
from deputize.http.incoming import READ, ClientGone, Incoming, TimedOut
from deputize.http.outgoing import Dates, Outgoing, TooSlow, content_of, head_of
from deputize.http.proxies import Proxies
from deputize.http.refusal import refusal
from deputize.protocol.message import Answer, Body, Head, let_go

log = logging.getLogger("deputize.http")
Handler = Callable[[Head, Body], Awaitable[Answer]]


@dataclass(slots=True, kw_only=True)
class Serving:
    """What all connections of a server share. `draining`: each closes after the answer it is at.

    `handshakes` holds those that are not agreed on TLS yet, as long as their transport does; if they never
    agree, nobody tells. `received` is where the event loop puts what it reads, one connection's after the
    other's.
    """

    handler: Handler
    limits: HttpLimits
    report: health.Report
    clock: Callable[[], float]
    dates: Dates
    proxies: Proxies
    connections: "set[Connection]" = field(default_factory=set)
    handshakes: "weakref.WeakSet[Connection]" = field(default_factory=weakref.WeakSet)
    received: memoryview = field(default_factory=lambda: memoryview(bytearray(READ)))
    draining: bool = False


class Connection(asyncio.BufferedProtocol):
    """The event loop calls in here; a task of its own answers the requests."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._incoming: Incoming
        self._outgoing: Outgoing
        self._transport: asyncio.Transport
        self._task: asyncio.Task[None]
        self._peer = ""
        self._tls: str | None = None
        self._idle = False
        self._lost = False
        self._lingering = False
        self._unread = 0

    # --- called by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        loop = asyncio.get_running_loop()
        # uvloop's transports are of no class of asyncio's.
        self._transport = transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self._peer = peer[0] if peer else ""
        secured = transport.get_extra_info("ssl_object")
        self._tls = secured.version().removeprefix("TLSv") if secured is not None else None
        self._incoming = Incoming(loop, transport)
        self._outgoing = Outgoing(loop, transport, self._serving.limits.write_time)
        self._outgoing.unbuffered()
        self._serving.handshakes.discard(self)
        self._serving.connections.add(self)
        self._task = loop.create_task(self._serve())
        self._task.add_done_callback(self._over)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - it asks for far more
        return self._serving.received

    def buffer_updated(self, nbytes: int) -> None:
        if self._lingering:
            self._unread += nbytes
            if self._unread > self._serving.limits.linger:
                self._transport.pause_reading()  # until the time is up, the answer may still be read
            return
        self._incoming.arrived(self._serving.received[:nbytes])

    def eof_received(self) -> bool:
        self._incoming.end()
        # The answer may still be read; TLS has no half-close.
        return not self._lingering and self._tls is None

    def pause_writing(self) -> None:
        self._outgoing.pause()

    def resume_writing(self) -> None:
        self._outgoing.resume()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio calls it by this name
        self._lost = True
        self._incoming.close()
        self._outgoing.resume()
        self._over()

    # --- called by the server

    def close_if_idle(self) -> None:
        """Between two requests there is nothing to finish."""
        if self._idle:
            self._transport.close()

    async def cut_off(self) -> None:
        """End it, whatever it is at."""
        self._transport.abort()
        self._task.cancel()
        await asyncio.wait([self._task])

    def _over(self, _task: object = None) -> None:
        """A request in flight outlives its socket: the connection counts until both are done."""
        if self._lost and self._task.done():
            self._serving.connections.discard(self)

    # --- the task

    async def _serve(self) -> None:
        try:
            while await self._one():
                pass
        except (ConnectionError, TooSlow):
            self._transport.abort()
        except Exception:
            log.exception("a connection failed")
            self._transport.abort()

    async def _one(self) -> bool:
        """Answer one request; says whether the connection goes on."""
        try:
            framed = await self._head()
        except Refused as refused:
            await self._refuse(refused)
            return False
        if framed is None:
            self._transport.close()
            return False
        return await self._respond(framed)

    async def _refuse(self, refused: Refused) -> None:
        at, began = self._serving.clock(), time.perf_counter()
        answer = refusal(refused.status, refused.reason)
        await self._send(answer, "", close=True, old=False)
        self._record(None, answer, at=at, began=began)
        self._linger()

    async def _respond(self, framed: Framed) -> bool:
        serving, head = self._serving, framed.head
        at, began = serving.clock(), time.perf_counter()
        body = RequestBody(framed, self._incoming, serving.limits)
        answer: Answer | None = None
        waited = 0.0
        self._outgoing.sent = 0
        try:
            answer = health.answer(head, serving.report) or await serving.handler(head, body)
            waited = time.perf_counter() - began
            close = not (body.finished and framed.keep_alive) or serving.draining
            old = framed.keep_alive and head.get("connection") is not None
            await self._send(answer, head.method, close=close, old=old)
        finally:
            if answer is not None:
                let_go(answer.body)
                if answer.sent is not None:
                    answer.sent(self._outgoing.sent, time.perf_counter() - began, waited)
            self._record(head, answer, at=at, began=began)
        if close:
            self._finish(complete=body.finished)
            return False
        if self._incoming.buffer:
            await asyncio.sleep(0)  # pipelined requests: other connections get their turn in between
        return True

    async def _send(self, answer: Answer, method: str, *, close: bool, old: bool) -> None:
        date = self._serving.dates.now()
        content, length = content_of(answer, method)
        try:
            head = head_of(answer, length, date=date, close=close, old=old)
        except ValueError:
            log.exception("an answer cannot be sent")
            answer = refusal(500, "We encountered an internal error. Please try again.")
            content, length = content_of(answer, method)
            head = head_of(answer, length, date=date, close=close, old=old)
        await self._outgoing.send(head, content)

    def _record(self, head: Head | None, answer: Answer | None, *, at: float, began: float) -> None:
        seconds = time.perf_counter() - began
        peer = head.peer if head is not None else self._peer
        access_log.record(peer, head, answer, at=at, seconds=seconds, sent=self._outgoing.sent)

    async def _head(self) -> Framed | None:
        """The next request's head; None when the client has no more. Raises Refused."""
        incoming, limits = self._incoming, self._serving.limits
        if not await self._begun():
            return None
        end = end_of_head(incoming.buffer, 0, limits) or await self._end_of_head()
        if end is None:
            return None
        incoming.no_deadline()
        framed = parse_head(
            incoming.take(end), limits, self._peer, secure=self._tls is not None, tls=self._tls
        )
        head = self._serving.proxies.seen_through(framed.head)
        return framed if head is framed.head else replace(framed, head=head)

    async def _end_of_head(self) -> int | None:
        """Where a head ends that did not come in one piece; None when the client sends no more."""
        incoming, limits = self._incoming, self._serving.limits
        incoming.deadline_in(limits.head_time)
        try:
            while not incoming.ended:
                searched = len(incoming.buffer)
                await incoming.more()
                if (end := end_of_head(incoming.buffer, searched, limits)) is not None:
                    return end
        except TimedOut:
            raise Refused(408, "The head of the request did not come in time.") from None
        return None

    async def _begun(self) -> bool:
        """Until the first byte of a request; False when none comes. One empty line before it may come early
        (RFC 9112, 2.2); `parse_head` passes it over.
        """
        incoming = self._incoming
        self._idle = True
        incoming.deadline_in(self._serving.limits.idle_time)
        try:
            while b"\r\n".startswith(incoming.buffer):
                if incoming.ended:
                    return False
                await incoming.more()
        except (TimedOut, ClientGone):
            return False
        finally:
            self._idle = False
        return True

    def _finish(self, *, complete: bool) -> None:
        """Close after the last answer."""
        if complete and not self._incoming.buffer:
            self._transport.close()
        else:
            self._linger()

    def _linger(self) -> None:
        """Half-close, and read a bounded rest of what the client still sends: closing at once would make
        it see a reset instead of the answer.
        """
        self._lingering = True
        self._incoming.take(len(self._incoming.buffer))
        if self._incoming.ended:
            self._transport.close()
            return
        if self._transport.can_write_eof():
            self._transport.write_eof()
        asyncio.get_running_loop().call_later(self._serving.limits.linger_time, self._transport.abort)
