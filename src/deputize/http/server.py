"""Listening, and stopping without losing a request."""

import asyncio
from collections.abc import Callable
from typing import cast

from deputize.config import HttpLimits
from deputize.http import health
from deputize.http.connection import Connection, Handler, Serving
from deputize.http.outgoing import Dates, content_of, head_of
from deputize.http.refusal import refusal

BACKLOG = 1024
# How often a drain looks whether all connections are done (seconds).
DRAIN_STEP = 0.01
BUSY = refusal(503, "There are too many connections. Please try again.")


class TooMany(asyncio.Protocol):
    """A connection beyond the limit: told so, and closed."""

    def __init__(self, dates: Dates) -> None:
        self._dates = dates

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        content, length = content_of(BUSY, "")
        head = head_of(BUSY, length, date=self._dates.now(), close=True, old=False)
        cast(asyncio.Transport, transport).write(head + cast(bytes, content))
        transport.close()


class Server:
    """A listening server."""

    def __init__(self, listener: asyncio.Server, serving: Serving) -> None:
        self._listener = listener
        self._serving = serving
        self.port: int = listener.sockets[0].getsockname()[1]

    async def drain(self, timeout: float) -> None:
        """Take no more connections, finish the requests in flight for up to `timeout` seconds, then cut
        off the rest.
        """
        serving = self._serving
        serving.draining = True
        self._listener.close()
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        while serving.connections and loop.time() < until:
            for connection in tuple(serving.connections):
                connection.close_if_idle()
            await asyncio.sleep(DRAIN_STEP)
        for connection in tuple(serving.connections):
            await connection.cut_off()


async def serve(
    handler: Handler,
    host: str,
    port: int,
    *,
    limits: HttpLimits,
    health: health.Report,
    clock: Callable[[], float],
) -> Server:
    """Answer requests on `host` and `port` (0 takes a free one) with `handler`. Raises OSError."""
    serving = Serving(
        handler=handler, limits=limits, report=health, clock=clock, dates=Dates(clock), connections=set()
    )

    def connect() -> asyncio.Protocol:
        return (
            Connection(serving) if len(serving.connections) < limits.connections else TooMany(serving.dates)
        )

    listener = await asyncio.get_running_loop().create_server(connect, host, port, backlog=BACKLOG)
    return Server(listener, serving)
