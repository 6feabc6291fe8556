"""What a connection may cost, and how the server stops. Limits are tiny here, so that nobody waits."""

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.conformance.http_edge import Edge, edge, read_until, reply_on, wait_until

from deputize.errors import ApiError
from deputize.protocol.message import Answer, Body, FileSlice, Head

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
COUNTED = b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"
MIB = 1 << 20


async def tell(head: Head, body: Body) -> Answer:
    """Reads the body, and answers what went wrong with it, as the gateway does."""
    try:
        return Answer(200, (), b"%d" % len(await body.read(MIB)))
    except ApiError as error:
        return Answer(error.status or 400, (), f"{error.code}: {error.message}".encode())


@pytest.mark.parametrize("begun", [b"G", b"GET / HTTP/1.1\r\nHost", b"GET / HTTP/1.1\r\nHost: a\r\n"])
def test_head_that_does_not_end_in_time(begun: bytes) -> None:
    with edge(head_time=0.05) as server:
        reply = server.one(begun)
        assert server.heads == []
    assert (reply.status, reply.headers["connection"]) == (408, "close")
    assert b"<Code>RequestTimeout</Code>" in reply.body


@contextmanager
def dripping(client: socket.socket, drop: bytes) -> Iterator[None]:
    """Sends `drop` again and again, meanwhile."""
    stop = threading.Event()

    def drip() -> None:
        with contextlib.suppress(OSError):
            while not stop.wait(0.02):
                client.sendall(drop)

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)


def test_dripping_a_head_gains_no_time() -> None:
    with edge(head_time=0.2) as server, server.open() as client:
        client.sendall(b"GET / HTTP/1.1\r\nX: ")
        with dripping(client, b"y"):
            assert reply_on(client).status == 408


def test_idle_connections_are_closed_without_an_answer() -> None:
    with edge(idle_time=0.05) as server, server.open() as client:
        assert client.recv(1) == b""


def test_connection_that_is_idle_after_an_answer_is_closed() -> None:
    with edge(idle_time=0.2) as server, server.open() as client:
        client.sendall(GET)
        assert reply_on(client).status == 200
        assert client.recv(1) == b""


@pytest.mark.parametrize(
    "begun", [COUNTED, COUNTED + b"abc", CHUNKED, CHUNKED + b"3\r\nab", CHUNKED + b"5;x"]
)
def test_body_that_stalls(begun: bytes) -> None:
    with edge(tell, body_time=0.05) as server:
        reply = server.one(begun)
    assert (reply.status, reply.headers["connection"]) == (400, "close")
    assert reply.body == (
        b"RequestTimeout: Your socket connection to the server was not read from or written to within the "
        b"timeout period. Idle connections will be closed."
    )


@pytest.mark.parametrize(("head", "drop"), [(COUNTED, b"x"), (CHUNKED, b"1\r\nx\r\n")])
def test_dripping_a_body_gains_no_time(head: bytes, drop: bytes) -> None:
    with edge(tell, body_time=0.2, body_least=1000) as server, server.open() as client:
        client.sendall(head)
        with dripping(client, drop):
            assert reply_on(client).body.startswith(b"RequestTimeout")


def test_chunk_extensions_are_no_progress() -> None:
    with edge(tell, body_time=0.1, body_least=10) as server, server.open() as client:
        client.sendall(CHUNKED + b"3;" + b"x" * 1000)
        assert reply_on(client).body.startswith(b"RequestTimeout")


def test_body_that_goes_on_takes_longer_than_the_limit() -> None:
    with edge(tell, body_time=0.3, body_least=10) as server, server.open() as client:
        client.sendall(COUNTED.replace(b"100000", b"100"))
        pause = threading.Event()
        for _ in range(10):
            pause.wait(0.06)
            client.sendall(b"x" * 10)
        assert reply_on(client).body == b"100"


def test_the_servers_own_time_is_not_the_clients() -> None:
    """A handler that is slow between two pieces (a disk) does not make the client too slow."""

    async def slow(head: Head, body: Body) -> Answer:
        size = 0
        async for piece in body.chunks():
            size += len(piece)
            if size == 3:
                client.sendall(b"def")
                await asyncio.sleep(0.25)
        return Answer(200, (), b"%d" % size)

    with edge(slow, body_time=0.1) as server, server.open() as client:
        client.sendall(COUNTED.replace(b"100000", b"9") + b"abc")
        answered = threading.Timer(0.3, client.sendall, [b"ghi"])
        answered.start()
        assert reply_on(client).body == b"9"
        answered.join(10)


def test_body_that_stalls_after_a_slow_handler_still_ends() -> None:
    async def slow(head: Head, body: Body) -> Answer:
        async for _ in body.chunks():
            await asyncio.sleep(0.15)
        return Answer(200)

    async def told(head: Head, body: Body) -> Answer:
        try:
            return await slow(head, body)
        except ApiError as error:
            return Answer(400, (), error.code.encode())

    with edge(told, body_time=0.05) as server:
        assert server.one(COUNTED + b"abc").body == b"RequestTimeout"


@pytest.mark.parametrize("kind", ["file", "bytes"])
def test_client_that_does_not_read_is_cut_off(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    path = tmp_path / "f"
    path.write_bytes(bytes(64 * MIB))
    files = []

    async def give(head: Head, body: Body) -> Answer:
        if kind == "bytes":
            return Answer(200, (), bytes(64 * MIB))
        files.append(path.open("rb"))
        return Answer(200, (), FileSlice(files[-1], 0, 64 * MIB))

    caplog.set_level(logging.INFO, "deputize.access")
    with edge(give, write_time=0.1) as server, server.open(receive_buffer=4096) as client:
        client.sendall(GET)
        wait_until(lambda: any(record.name == "deputize.access" for record in caplog.records))
        assert all(file.closed for file in files)
        received = 0
        with contextlib.suppress(ConnectionResetError):
            while piece := client.recv(65536):
                received += len(piece)
    assert received < 64 * MIB


def test_too_many_connections() -> None:
    with edge(connections=2) as server, server.open() as first, server.open() as second:
        for client in (first, second):
            client.sendall(GET)
            assert reply_on(client).status == 200
        with server.open() as third:
            reply = reply_on(third)
            assert (reply.status, reply.headers["connection"]) == (503, "close")
            assert reply.headers["server"] == "Deputize"
            assert b"<Code>ServiceUnavailable</Code>" in reply.body
            assert third.recv(1) == b""
        first.sendall(GET)
        assert reply_on(first).status == 200
        second.shutdown(1)
        assert second.recv(1) == b""
        with server.open() as fourth:
            fourth.sendall(GET)
            assert reply_on(fourth).status == 200


class Gate:
    """A handler that answers when it is let."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.ended = threading.Event()
        self.open = asyncio.Event()

    async def __call__(self, head: Head, body: Body) -> Answer:
        self.entered.set()
        try:
            await self.open.wait()
        finally:
            self.ended.set()
        return Answer(200, (), b"done")


def refuses_connections(server: Edge) -> bool:
    try:
        server.open().close()
    except ConnectionRefusedError:
        return True
    return False


def test_drain_closes_the_idle_and_finishes_what_is_in_flight() -> None:
    gate = Gate()
    with edge(gate) as server, server.open() as idle, server.open() as busy:
        busy.sendall(GET + GET)
        assert gate.entered.wait(10)
        drained = server.run(server.server.drain(10.0))
        assert idle.recv(1) == b""
        assert refuses_connections(server)
        assert not drained.done()
        server.call(gate.open.set)
        reply = reply_on(busy)
        assert (reply.body, reply.headers["connection"]) == (b"done", "close")
        assert busy.recv(1) == b""  # the second request was not begun
        busy.close()
        drained.result(10)


def test_drain_cuts_off_what_does_not_end() -> None:
    gate = Gate()
    with edge(gate, drain=0.1) as server, server.open() as busy:
        busy.sendall(GET)
        assert gate.entered.wait(10)
        server.run(server.server.drain(0.05)).result(10)
        assert gate.ended.is_set()
        with contextlib.suppress(ConnectionResetError):
            assert busy.recv(1) == b""


def test_drain_waits_for_a_request_whose_client_left() -> None:
    gate = Gate()
    with edge(gate) as server:
        with server.open() as busy:
            busy.sendall(GET)
            assert gate.entered.wait(10)
        drained = server.run(server.server.drain(10.0))
        server.run(asyncio.sleep(0.05)).result(10)
        assert not drained.done()
        server.call(gate.open.set)
        drained.result(10)
        assert gate.ended.is_set()


def test_a_handler_that_fails_harms_its_own_connection_alone() -> None:
    async def fail(head: Head, body: Body) -> Answer:
        if head.path == "/fail":
            raise LookupError("never")
        return Answer(200)

    with edge(fail) as server, server.open() as other, server.open() as client:
        client.sendall(GET.replace(b"/ ", b"/fail "))
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(1) == b""
        other.sendall(GET)
        assert read_until(other, b"\r\n\r\n").startswith(b"HTTP/1.1 200 ")
