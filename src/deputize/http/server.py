"""Listening, and stopping without losing a request."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import cast

from deputize.config import HttpLimits
from deputize.http import health
from deputize.http.connection import Connection, Handler, Serving
from deputize.http.outgoing import Dates, content_of, head_of
from deputize.http.proxies import NOBODY, Proxies
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

    def __init__(self, listeners: Sequence[asyncio.Server], serving: Serving) -> None:
        self._listeners = listeners
        self._serving = serving
        self.port: int = listeners[0].sockets[0].getsockname()[1]

    async def drain(self, timeout: float) -> None:
        """Take no more connections, finish the requests in flight for up to `timeout` seconds, then cut
        off the rest.
        """
        serving = self._serving
        serving.draining = True
        for listener in self._listeners:
            listener.close()
        loop = asyncio.get_running_loop()
        until = loop.time() + timeout
        while serving.connections and loop.time() < until:
            for connection in tuple(serving.connections):
                connection.close_if_idle()
            await asyncio.sleep(DRAIN_STEP)
        for connection in tuple(serving.connections):
            await connection.cut_off()


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets that listen on every address of `host`, at `port` (0 takes a free one, the same for all).
    Raises OSError.
    """
    sockets: list[socket.socket] = []
    absent: OSError | None = None
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    try:
        for family, _, _, _, address in dict.fromkeys(found):
            chosen = sockets[0].getsockname()[1] if sockets else port
            try:
                sockets.append(_listener(family, (address[0], chosen, *address[2:])))
            except OSError as error:
                if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                    raise
                absent = error  # `localhost` is named in both families, also where one is switched off
        if absent is not None and not sockets:
            raise absent
    except BaseException:
        for listener in sockets:
            listener.close()
        raise
    return sockets


def _listener(family: int, address: tuple[str | int, ...]) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener


async def serve(
    handler: Handler,
    sockets: Sequence[socket.socket],
    *,
    limits: HttpLimits,
    health: health.Report,
    clock: Callable[[], float],
    tls: ssl.SSLContext | None = None,
    proxies: Proxies = NOBODY,
) -> Server:
    """Answer requests on `sockets` (from `listen`) with `handler`, by TLS if a context is given."""
    serving = Serving(
        handler=handler, limits=limits, report=health, clock=clock, dates=Dates(clock), proxies=proxies
    )

    def connect() -> asyncio.BaseProtocol:
        if len(serving.connections) + len(serving.handshakes) >= limits.connections:
            return TooMany(serving.dates)
        connection = Connection(serving)
        if tls is not None:
            serving.handshakes.add(connection)
        return connection

    loop = asyncio.get_running_loop()
    # How long a handshake may take, and how long a closed connection waits for the client to close as well.
    patience = (limits.head_time, limits.linger_time) if tls is not None else (None, None)
    listeners = [
        await loop.create_server(
            connect,
            sock=one,
            backlog=BACKLOG,
            ssl=tls,
            ssl_handshake_timeout=patience[0],
            ssl_shutdown_timeout=patience[1],
        )
        for one in sockets
    ]
    return Server(listeners, serving)
