"""The HTTP edge on a real socket with a handler of the test's own: what the tests of it share."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvloop

from deputize.config import HttpLimits
from deputize.http.proxies import NOBODY, Proxies
from deputize.http.server import Server, listen, serve
from deputize.protocol.message import Answer, Body, Head

NOW = 1_767_225_600.0
DATE = "Thu, 01 Jan 2026 00:00:00 GMT"
Handler = Callable[[Head, Body], Awaitable[Answer]]


@dataclass(frozen=True)
class Reply:
    """An answer as it stood on the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Edge:
    """A running server and what its handler saw."""

    server: Server
    loop: asyncio.AbstractEventLoop
    heads: list[Head] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def open(self, *, receive_buffer: int | None = None) -> socket.socket:
        """A connection; whoever waits longer than 10 seconds on it fails."""
        connection = socket.socket()
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.settimeout(10)
        try:
            connection.connect(("127.0.0.1", self.server.port))
        except OSError:
            connection.close()
            raise
        return connection

    def talk(self, request: bytes) -> list[Reply]:
        """Send `request`, leave the connection open, and return all answers until the server closes it."""
        with self.open() as connection:
            connection.sendall(request)
            return replies(rest_of(connection))

    def one(self, request: bytes) -> Reply:
        """Send `request` and return the only answer, after which the server closes."""
        (reply,) = self.talk(request)
        return reply

    def run(self, work: Awaitable[Any]) -> "Future[Any]":
        """Do `work` on the server's loop."""

        async def wrapped() -> Any:
            return await work

        return asyncio.run_coroutine_threadsafe(wrapped(), self.loop)

    def call(self, act: Callable[[], object]) -> None:
        """Do `act` on the server's loop and wait for it."""

        async def wrapped() -> None:
            act()

        self.run(wrapped()).result(10)

    async def echo(self, head: Head, body: Body) -> Answer:
        """The handler unless a test gives another: reads the body and answers with it."""
        self.heads.append(head)
        content = await body.read(1 << 20)
        self.bodies.append(content)
        return Answer(200, (("content-type", "text/plain"),), content or b"hello")


@contextmanager
def edge(
    handler: Handler | None = None,
    *,
    health: Callable[[], Mapping[str, object]] = lambda: {"ready": True},
    drain: float = 5.0,
    tls: ssl.SSLContext | None = None,
    proxies: Proxies = NOBODY,
    **limits: Any,
) -> Iterator[Edge]:
    """A server with `handler` (or `Edge.echo`) and, where named, other limits than the defaults."""
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    made: list[Edge] = []

    async def call(head: Head, body: Body) -> Answer:
        return await (handler or made[0].echo)(head, body)

    try:
        starting = serve(
            call,
            listen("127.0.0.1", 0),
            limits=HttpLimits(**limits),
            health=health,
            clock=lambda: NOW,
            tls=tls,
            proxies=proxies,
        )
        server = asyncio.run_coroutine_threadsafe(starting, loop).result(10)
        made.append(Edge(server, loop))
        try:
            yield made[0]
        finally:
            made[0].run(server.drain(drain)).result(15)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def wait_until(seen: Callable[[], bool]) -> None:
    """Until another thread has come so far; fails after 10 seconds."""
    waited = threading.Event()
    for _ in range(1000):
        if seen():
            return
        waited.wait(0.01)
    raise AssertionError("it never came")


def rest_of(connection: socket.socket) -> bytes:
    """All that still comes, until the server closes its side."""
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def read_until(connection: socket.socket, mark: bytes) -> bytes:
    """What comes up to and including `mark`."""
    received = b""
    while not received.endswith(mark):
        byte = connection.recv(1)
        assert byte, f"closed after {received!r}"
        received += byte
    return received


def reply_on(connection: socket.socket, *, head_only: bool = False) -> Reply:
    """The next answer on a connection that stays open."""
    head = read_until(connection, b"\r\n\r\n")
    length = 0 if head_only else int(_headers(head).get("content-length", "0"))
    body = b""
    while len(body) < length:
        piece = connection.recv(length - len(body))
        assert piece, "closed within an answer"
        body += piece
    return _reply(head, body)


def replies(raw: bytes, *, head_only: bool = False) -> list[Reply]:
    """The answers in `raw`, each with its whole body; answers to HEAD have none."""
    found = []
    while raw:
        head, blank, raw = raw.partition(b"\r\n\r\n")
        assert blank, f"no answer: {head!r}"
        length = 0 if head_only else int(_headers(head).get("content-length", "0"))
        assert len(raw) >= length, "closed within an answer"
        found.append(_reply(head, raw[:length]))
        raw = raw[length:]
    return found


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    return dict(line.split(": ", 1) for line in lines if line)


def _reply(head: bytes, body: bytes) -> Reply:
    return Reply(int(head.split(b" ", 2)[1]), _headers(head), body)
