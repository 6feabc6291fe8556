"""A closed loop of clients: each sends a request that was made ahead, reads the whole answer, and sends the
next.
"""

import asyncio
import itertools
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import uvloop

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
# A server that does not answer at all ends the run (seconds).
PATIENCE = 120.0


class LoadFailed(Exception):
    """An answer that was no success, or none at all: figures of it would mean nothing."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request: its head, and its body apart, so that large ones are not copied."""

    head: bytes
    body: bytes = field(default=b"", repr=False)


class Run:
    """One run: `total` requests, taken in turn from those that were made ahead."""

    def __init__(self, requests: Sequence[Sent], total: int) -> None:
        self._requests: Iterator[Sent] = itertools.islice(itertools.cycle(requests), total)
        self._left = total
        self.slowest = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def next(self) -> Sent | None:
        """The next request, None when all are sent."""
        return next(self._requests, None)

    def answered(self, after: float) -> None:
        """An answer is whole, so many seconds after its request was sent."""
        self.slowest = max(self.slowest, after)
        self._left -= 1
        if self._left == 0 and not self.done.done():
            self.done.set_result(None)

    def fail(self, reason: str) -> None:
        if not self.done.done():
            self.done.set_exception(LoadFailed(reason))


class Client(asyncio.Protocol):
    """One connection of the loop."""

    def __init__(self, run: Run, port: int) -> None:
        self._run = run
        self._port = port
        self._head = b""
        self._left = 0
        self._close = False
        self._sent = 0.0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        if self._left == 0:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            head, data = self._head[:end], self._head[end + 4 :]
            self._head = b""
            self._begin(head)
        self._left -= len(data)
        if self._left == 0:
            self._finished()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._left or self._head:
            self._run.fail(f"the connection ended in the middle of an answer: {exc}")

    def _begin(self, head: bytes) -> None:
        length = _LENGTH.search(head)
        if head[9:10] != b"2" or length is None:
            self._run.fail(head.decode("latin-1"))
            self._transport.abort()
            return
        self._close = _CLOSE.search(head) is not None
        self._left = int(length[1])

    def _finished(self) -> None:
        self._run.answered(time.perf_counter() - self._sent)
        if self._close:
            self._transport.close()
            loop = asyncio.get_running_loop()
            self._again = loop.create_task(connect(self._run, self._port))
        else:
            self._send()

    def _send(self) -> None:
        request = self._run.next()
        if request is None:
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request.head)
        if request.body:
            self._transport.write(request.body)


async def connect(run: Run, port: int) -> None:
    """One more client of the run."""
    try:
        await asyncio.get_running_loop().create_connection(lambda: Client(run, port), "127.0.0.1", port)
    except OSError as error:
        run.fail(f"cannot connect: {error}")


@dataclass(frozen=True, slots=True)
class Driven:
    """How long the whole run took, and its slowest answer (seconds)."""

    seconds: float
    slowest: float


def drive(port: int, requests: Sequence[Sent], total: int, clients: int) -> Driven:
    """Send `total` requests from `clients` connections. Raises LoadFailed."""

    async def run() -> Driven:
        began = time.perf_counter()
        running = Run(requests, total)
        await asyncio.gather(*(connect(running, port) for _ in range(min(clients, total))))
        try:
            await asyncio.wait_for(running.done, PATIENCE)
        except TimeoutError:
            raise LoadFailed(f"not answered within {PATIENCE:.0f} s") from None
        return Driven(time.perf_counter() - began, running.slowest)

    return uvloop.run(run())
