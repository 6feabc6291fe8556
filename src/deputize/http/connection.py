"""One connection: requests one after the other, each answered before the next is looked at."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from html import escape
from typing import cast

from deputize.config import HttpLimits
from deputize.http import access_log, health
from deputize.http.bodies import RequestBody
from deputize.http.framing import Framed, Refused, end_of_head, parse_head
from deputize.http.incoming import Incoming, TimedOut
from deputize.http.outgoing import Dates, Outgoing, TooSlow, head_of, length_of
from deputize.protocol.message import Answer, Body, FileSlice, Head

log = logging.getLogger("deputize.http")
Handler = Callable[[Head, Body], Awaitable[Answer]]
CODES = {
    408: "RequestTimeout",
    414: "RequestUriTooLong",
    431: "RequestHeaderSectionTooLarge",
    501: "NotImplemented",
}


@dataclass(slots=True, kw_only=True)
class Serving:
    """What all connections of a server share. `draining`: each closes after the answer it is at."""

    handler: Handler
    limits: HttpLimits
    report: health.Report
    clock: Callable[[], float]
    dates: Dates
    connections: "set[Connection]"
    draining: bool = False


class Connection(asyncio.Protocol):
    """The event loop calls in here; a task of its own answers the requests."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._incoming: Incoming
        self._outgoing: Outgoing
        self._transport: asyncio.Transport
        self._task: asyncio.Task[None] | None = None
        self._peer = ""
        self._idle = False
        self._lingering = False
        self._unread = 0

    # --- called by the event loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        loop = asyncio.get_running_loop()
        # uvloop's transports are of no class of asyncio's.
        self._transport = transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self._peer = peer[0] if peer else ""
        self._incoming = Incoming(loop, transport)
        self._outgoing = Outgoing(loop, transport, self._serving.limits.write_time)
        self._serving.connections.add(self)
        self._task = loop.create_task(self._serve())

    def data_received(self, data: bytes) -> None:
        if self._lingering:
            self._unread += len(data)
            if self._unread > self._serving.limits.linger:
                self._transport.abort()
            return
        self._incoming.arrived(data)

    def eof_received(self) -> bool:
        self._incoming.end()
        return not self._lingering  # the answer may still be read

    def pause_writing(self) -> None:
        self._outgoing.pause()

    def resume_writing(self) -> None:
        self._outgoing.resume()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio calls it by this name
        self._serving.connections.discard(self)
        self._incoming.close()
        self._outgoing.resume()

    # --- called by the server

    def close_if_idle(self) -> None:
        """Between two requests there is nothing to finish."""
        if self._idle:
            self._transport.close()

    def abort(self) -> None:
        self._transport.abort()

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
            answer = _refusal(refused)
            await self._outgoing.send(self._head_of(answer, close=True, old=False), answer.body)
            self._linger()
            return False
        if framed is None:
            self._transport.close()
            return False
        return await self._respond(framed)

    async def _respond(self, framed: Framed) -> bool:
        serving = self._serving
        began = asyncio.get_running_loop().time()
        at = serving.clock()
        body = RequestBody(framed, self._incoming, serving.limits)
        answer = health.answer(framed.head, serving.report) or await serving.handler(framed.head, body)
        complete = body.drop_buffered()
        close = not (complete and framed.keep_alive) or serving.draining
        content = b"" if framed.head.method == "HEAD" else answer.body
        if isinstance(answer.body, FileSlice) and isinstance(content, bytes):
            answer.body.file.close()
        old = framed.keep_alive and framed.head.get("connection") is not None
        await self._outgoing.send(self._head_of(answer, close=close, old=old), content)
        took = asyncio.get_running_loop().time() - began
        access_log.record(framed.head, answer, at=at, seconds=took, sent=length_of(answer) if content else 0)
        if not close:
            return True
        if complete:
            self._transport.close()
        else:
            self._linger()
        return False

    async def _head(self) -> Framed | None:
        """The next request's head; None when the client has no more. Raises Refused."""
        incoming, limits = self._incoming, self._serving.limits
        if not await self._begun():
            return None
        incoming.deadline_in(limits.head_time)
        searched = 0
        try:
            while (end := end_of_head(incoming.buffer, searched, limits)) is None:
                searched = len(incoming.buffer)
                if incoming.ended:
                    return None
                await incoming.more()
        except TimedOut:
            raise Refused(408, "The head of the request did not come in time.") from None
        incoming.no_deadline()
        return parse_head(incoming.take(end), limits, self._peer, secure=False)

    async def _begun(self) -> bool:
        """Until the first byte of a request; False when none comes."""
        incoming = self._incoming
        if incoming.buffer.startswith(b"\r\n"):
            incoming.take(2)  # one empty line before a request is passed over (RFC 9112, 2.2)
        self._idle = True
        incoming.deadline_in(self._serving.limits.idle_time)
        try:
            while not incoming.buffer:
                if incoming.ended:
                    return False
                await incoming.more()
        except (TimedOut, ConnectionResetError):
            return False
        finally:
            self._idle = False
        return True

    def _head_of(self, answer: Answer, *, close: bool, old: bool) -> bytes:
        return head_of(answer, date=self._serving.dates.now(), close=close, old=old)

    def _linger(self) -> None:
        """Half-close, and read a bounded rest of what the client still sends: closing at once would make
        it see a reset instead of the answer.
        """
        self._lingering = True
        self._unread = len(self._incoming.buffer)
        self._incoming.take(self._unread)
        if self._incoming.ended or self._unread > self._serving.limits.linger:
            self._transport.close()
            return
        if self._transport.can_write_eof():
            self._transport.write_eof()
        asyncio.get_running_loop().call_later(self._serving.limits.linger_time, self._transport.abort)


def _refusal(refused: Refused) -> Answer:
    """In S3's form, which clients show best."""
    code = CODES.get(refused.status, "BadRequest")
    written = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>{escape(refused.reason)}</Message></Error>"
    )
    return Answer(refused.status, (("content-type", "application/xml"),), written.encode())
