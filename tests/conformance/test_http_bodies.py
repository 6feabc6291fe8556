"""Request bodies over a raw socket: counted and chunked, awaited, refused, cut off."""

import asyncio
import socket
import struct
import threading

import pytest
from tests.conformance.http_edge import edge, read_until, reply_on

from deputize.errors import ApiError
from deputize.http.incoming import ClientGone
from deputize.protocol.message import Answer, Body, Head

CHUNKED = b"PUT /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
NEXT = b"GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


def put(length: int, *headers: bytes) -> bytes:
    return b"\r\n".join([b"PUT /p HTTP/1.1", b"Host: a", b"Content-Length: %d" % length, *headers, b"", b""])


async def refuse(head: Head, body: Body) -> Answer:
    """A handler that answers without reading."""
    return Answer(403, (), b"no")


async def refuse_the_large(head: Head, body: Body) -> Answer:
    """A handler that answers what went wrong with the body, as the gateway does."""
    try:
        return Answer(200, (), await body.read(8))
    except ApiError as error:
        return Answer(error.status or 400, (), f"{error.code}|{error.message}|{dict(error.detail)}".encode())


def test_counted_body_ends_where_its_length_says() -> None:
    with edge() as server:
        answered = server.talk(put(3) + b"abc" + NEXT)
        assert server.bodies == [b"abc", b""]
    assert [reply.body for reply in answered] == [b"abc", b"hello"]


def test_chunked_body_is_put_together_and_its_trailers_are_no_headers() -> None:
    body = b"3;name=value\r\nabc\r\nA\r\n0123456789\r\n0\r\nx-amz-checksum-crc32: AAAAAA==\r\n\r\n"
    with edge() as server:
        with server.open() as connection:
            connection.sendall(CHUNKED + body)
            assert reply_on(connection).body == b"abc0123456789"
            connection.sendall(NEXT)
            assert reply_on(connection).status == 200
        first, _ = server.heads
        assert first.get("x-amz-checksum-crc32") is None


def test_chunked_body_has_no_length() -> None:
    async def tell(head: Head, body: Body) -> Answer:
        before = body.length
        await body.read(100)
        return Answer(200, (), repr((before, body.length)).encode())

    with edge(tell) as server, server.open() as connection:
        connection.sendall(CHUNKED + b"0\r\n\r\n")
        assert reply_on(connection).body == b"(None, None)"
        connection.sendall(put(2) + b"ab")
        assert reply_on(connection).body == b"(2, 2)"


@pytest.mark.parametrize(
    "body",
    [
        b"3\nabc\n0\n\n",
        b"0x3\r\nabc\r\n0\r\n\r\n",
        b"-3\r\nabc\r\n0\r\n\r\n",
        b"+3\r\nabc\r\n0\r\n\r\n",
        b"3 \r\nabc\r\n0\r\n\r\n",
        b"3\r\nabcd\r\n0\r\n\r\n",
        b"3\r\nabc0\r\n\r\n",
        b"ffffffffffffffffff\r\nabc",
        b"\r\nabc\r\n0\r\n\r\n",
        b"3\r\nabc\r\n0\r\nX : y\r\n\r\n",
        b"3\r\nabc\r\n0\r\nX: y\r\n z\r\n\r\n",
    ],
)
def test_malformed_chunks_are_refused_and_nothing_behind_them_is_executed(body: bytes) -> None:
    with edge(refuse_the_large) as server:
        reply = server.one(CHUNKED + body + NEXT)
    assert (reply.status, reply.headers["connection"]) == (400, "close")
    assert reply.body.startswith(b"IncompleteBody|")


@pytest.mark.parametrize(
    "body",
    [
        b"3;" + b"x" * 20000 + b"\r\nabc\r\n0\r\n\r\n",
        b"1\r\na\r\n" + b"1;" + b"x" * 20000 + b"\r\nb\r\n0\r\n\r\n",
        b"1;" + b"x" * 20000,
        b"1;" + b"x" * 50 + b"\r\na\r\n1;" * 500,
        b"0\r\n" + b"X: " + b"y" * 20000,
        b"0\r\n" + b"X: y\r\n" * 101 + b"\r\n",
    ],
)
def test_endless_extensions_and_trailers_are_refused(body: bytes) -> None:
    with edge(refuse_the_large) as server:
        reply = server.one(CHUNKED + body)
    assert (reply.status, reply.headers["connection"]) == (400, "close")
    assert reply.body.startswith(b"IncompleteBody|")


def test_small_chunks_are_no_attack() -> None:
    with edge() as server, server.open() as connection:
        connection.sendall(CHUNKED + b"1\r\na\r\n" * 50_000 + b"0\r\n\r\n")
        assert reply_on(connection).body == b"a" * 50_000


@pytest.mark.parametrize(
    "following",
    [
        b"POST /hidden HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        b"DELETE /hidden HTTP/1.1\r\nHost: a\r\n\r\n",
        b"G",
        b"\x00garbage",
    ],
)
def test_what_follows_a_chunked_body_at_once_is_neither_body_nor_request(following: bytes) -> None:
    with edge() as server:
        reply = server.one(CHUNKED + b"3\r\nabc\r\n0\r\n\r\n" + following)
        assert [head.path for head in server.heads] == ["/c"]
        assert server.bodies == [b"abc"]
    assert (reply.body, reply.headers["connection"]) == (b"abc", "close")


@pytest.mark.parametrize("request_", [put(6) + b"abcdef" + NEXT, CHUNKED + b"3\r\nabc\r\n0\r\n\r\n" + NEXT])
def test_request_behind_an_unread_body_is_never_executed(request_: bytes) -> None:
    with edge(refuse) as server:
        reply = server.one(request_)
    assert (reply.status, reply.headers["connection"]) == (403, "close")


def test_early_answer_is_seen_and_not_a_reset() -> None:
    with edge(refuse) as server:
        for _ in range(20):
            with server.open() as connection:
                connection.sendall(put(1 << 20))
                for _ in range(16):
                    connection.sendall(bytes(1 << 16))
                reply = reply_on(connection)
                assert (reply.status, reply.body) == (403, b"no")
                assert connection.recv(1) == b""


def test_early_answer_is_seen_when_the_rest_is_more_than_is_read() -> None:
    with edge(refuse, linger=1000) as server, server.open() as connection:
        connection.sendall(put(1 << 30) + bytes(100_000))
        assert reply_on(connection).status == 403
        assert connection.recv(1) == b""


def test_lingering_ends() -> None:
    with edge(refuse, linger_time=0.05) as server, server.open() as connection:
        connection.sendall(put(10))
        assert reply_on(connection).status == 403
        assert connection.recv(1) == b""
        with pytest.raises(ConnectionError):  # the server let go: sending on runs into a reset
            for _ in range(10_000_000):
                connection.sendall(b"x")


def test_continue_is_sent_at_the_first_read() -> None:
    with edge() as server, server.open() as connection:
        connection.sendall(put(3, b"Expect: 100-continue", b"Connection: close"))
        assert read_until(connection, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"abc")
        assert reply_on(connection).body == b"abc"
        assert connection.recv(1) == b""


def test_continue_for_a_chunked_body() -> None:
    with edge() as server, server.open() as connection:
        connection.sendall(CHUNKED[:-2] + b"Expect: 100-Continue\r\n\r\n")
        assert read_until(connection, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"3\r\nabc\r\n0\r\n\r\n")
        assert reply_on(connection).body == b"abc"


def test_no_continue_when_the_body_is_refused() -> None:
    with edge(refuse) as server, server.open() as connection:
        connection.sendall(put(3, b"Expect: 100-continue"))
        reply = reply_on(connection)
        assert (reply.status, reply.headers["connection"]) == (403, "close")
        connection.sendall(b"GET")  # neither a body nor the beginning of a request any more
        connection.shutdown(1)
        assert connection.recv(1) == b""


def test_no_continue_for_a_body_that_is_too_large() -> None:
    with edge(refuse_the_large) as server, server.open() as connection:
        connection.sendall(put(9, b"Expect: 100-continue"))
        reply = reply_on(connection)
        assert reply.body.startswith(b"EntityTooLarge|")


@pytest.mark.parametrize(
    "request_",
    [
        put(3, b"Expect: 100-continue") + b"abc",
        put(3, b"Expect: 100-continue").replace(b"HTTP/1.1", b"HTTP/1.0") + b"abc",
        put(0, b"Expect: 100-continue"),
    ],
)
def test_no_continue_where_nobody_waits_for_it(request_: bytes) -> None:
    with edge() as server, server.open() as connection:
        connection.sendall(request_)
        assert reply_on(connection).status == 200


@pytest.mark.parametrize("request_", [put(9) + b"123456789", CHUNKED + b"fffffff\r\n" + b"x" * 1000])
def test_body_longer_than_the_limit(request_: bytes) -> None:
    with edge(refuse_the_large) as server:
        reply = server.one(request_)
    assert reply.body.startswith(b"EntityTooLarge|")
    assert b"'MaxSizeAllowed': '8'" in reply.body
    assert reply.headers["connection"] == "close"


def test_chunked_body_longer_than_the_limit_that_came_whole() -> None:
    """Its end is known, so that the connection may go on."""
    with edge(refuse_the_large) as server, server.open() as connection:
        connection.sendall(CHUNKED + b"9\r\n123456789\r\n0\r\n\r\n")
        assert reply_on(connection).body.startswith(b"EntityTooLarge|")
        connection.sendall(put(2) + b"ab")
        assert reply_on(connection).body == b"ab"


@pytest.mark.parametrize("request_", [put(8) + b"12345678", CHUNKED + b"8\r\n12345678\r\n0\r\n\r\n"])
def test_body_of_just_the_limit(request_: bytes) -> None:
    with edge(refuse_the_large) as server, server.open() as connection:
        connection.sendall(request_)
        reply = reply_on(connection)
    assert (reply.body, reply.headers.get("connection")) == (b"12345678", None)


BEGUN = [put(8), put(8) + b"1234", CHUNKED + b"9\r\n1234"]


@pytest.mark.parametrize("begun", BEGUN)
def test_client_that_ends_early_and_still_reads_is_told_so(begun: bytes) -> None:
    with edge(refuse_the_large) as server, server.open() as connection:
        connection.sendall(begun)
        connection.shutdown(socket.SHUT_WR)
        reply = reply_on(connection)
        assert reply.body.startswith(b"IncompleteBody|")
        assert reply.headers["connection"] == "close"
        assert connection.recv(1) == b""


@pytest.mark.parametrize("begun", BEGUN)
def test_client_that_vanishes_raises_in_the_handler(begun: bytes) -> None:
    raised: list[BaseException] = []
    asked, seen = threading.Event(), threading.Event()

    async def watch(head: Head, body: Body) -> Answer:
        asked.set()
        try:
            async for _ in body.chunks():
                pass
        except BaseException as error:
            raised.append(error)
            seen.set()
            raise
        return Answer(200)

    with edge(watch) as server:
        with server.open() as connection:
            connection.sendall(begun)
            assert asked.wait(10)
            # Closing resets the connection, so that not even the end of the body is seen.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        assert seen.wait(10)
    assert [type(error) for error in raised] == [ClientGone]


def test_body_that_nobody_reads_stays_with_the_client() -> None:
    """Back-pressure: the server takes in a bounded part, whatever the client would like to send."""
    waiting, release = threading.Event(), threading.Event()

    async def hold(head: Head, body: Body) -> Answer:
        waiting.set()
        await asyncio.to_thread(release.wait, 10)
        return Answer(403)

    with edge(hold) as server, server.open() as connection:
        connection.sendall(put(1 << 30))
        assert waiting.wait(10)
        connection.settimeout(0.3)
        sent = 0
        try:
            while sent < 1 << 28:
                sent += connection.send(bytes(1 << 16))
        except TimeoutError:
            pass
        release.set()
    assert sent < 1 << 26
