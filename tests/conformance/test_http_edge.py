"""Requests over a raw socket: what is taken, what is refused, and that nothing hides behind a refusal."""

import pytest
from tests.conformance.http_edge import edge, read_until, reply_on

from deputize.protocol.message import Answer, Body, Head

CLOSE = b"Host: a\r\nConnection: close\r\n"
# Were this ever executed, the handler's record would tell.
HIDDEN = b"DELETE /hidden HTTP/1.1\r\nHost: a\r\n\r\n"


def test_head_reaches_the_handler_as_it_was_written() -> None:
    with edge() as server:
        reply = server.one(
            b"GET /a%2Fb//c/../%C3%A4?x=1&y=%20?z HTTP/1.1\r\nHost: Bucket.Example\r\n"
            b"X-Amz-Meta-A:  two  words \t\r\nx-empty:\r\nX-Amz-Meta-A: caf\xe9\r\nConnection: close\r\n\r\n"
        )
        (head,) = server.heads
    assert (reply.status, reply.body) == (200, b"hello")
    assert (head.method, head.path, head.query) == ("GET", "/a%2Fb//c/../%C3%A4", "x=1&y=%20?z")
    assert head.headers == (
        ("host", "Bucket.Example"),
        ("x-amz-meta-a", "two  words"),
        ("x-empty", ""),
        ("x-amz-meta-a", "café"),
        ("connection", "close"),
    )
    assert (head.peer, head.secure) == ("127.0.0.1", False)


def lines(*headers: bytes, first: bytes = b"PUT / HTTP/1.1") -> bytes:
    return b"\r\n".join([first, *headers, b"", b""])


REFUSED = {
    "content-length beside transfer-encoding": (
        400,
        lines(b"Host: a", b"Content-Length: 5", b"Transfer-Encoding: chunked"),
    ),
    "transfer-encoding beside content-length": (
        400,
        lines(b"Host: a", b"Transfer-Encoding: chunked", b"Content-Length: 5"),
    ),
    "content-length twice": (400, lines(b"Host: a", b"Content-Length: 1", b"Content-Length: 1")),
    "content-length as a list": (400, lines(b"Host: a", b"Content-Length: 1, 1")),
    "content-length with a sign": (400, lines(b"Host: a", b"Content-Length: +1")),
    "content-length below zero": (400, lines(b"Host: a", b"Content-Length: -1")),
    "content-length in hex": (400, lines(b"Host: a", b"Content-Length: 0x1")),
    "content-length empty": (400, lines(b"Host: a", b"Content-Length:")),
    "content-length superscript": (400, lines(b"Host: a", b"Content-Length: \xb2")),
    "content-length of 19 digits": (413, lines(b"Host: a", b"Content-Length: 9999999999999999999")),
    "transfer-encoding twice": (
        400,
        lines(b"Host: a", b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"),
    ),
    "transfer-encoding xchunked": (400, lines(b"Host: a", b"Transfer-Encoding: xchunked")),
    "transfer-encoding identity": (400, lines(b"Host: a", b"Transfer-Encoding: identity")),
    "transfer-encoding gzip, chunked": (400, lines(b"Host: a", b"Transfer-Encoding: gzip, chunked")),
    "transfer-encoding in upper case": (400, lines(b"Host: a", b"Transfer-Encoding: CHUNKED")),
    "transfer-encoding in 1.0": (
        400,
        lines(b"Host: a", b"Transfer-Encoding: chunked", first=b"PUT / HTTP/1.0"),
    ),
    "no host": (400, lines(b"X: y")),
    "no host in 1.0": (400, lines(b"X: y", first=b"GET / HTTP/1.0")),
    "two hosts": (400, lines(b"Host: a", b"Host: a")),
    "empty host": (400, lines(b"Host:")),
    "obs-fold": (400, lines(b"Host: a", b"X: y", b" z")),
    "space before the colon": (400, lines(b"Host: a", b"X : y")),
    "no colon": (400, lines(b"Host: a", b"X")),
    "NUL in a value": (400, lines(b"Host: a", b"X: y\x00z")),
    "DEL in a value": (400, lines(b"Host: a", b"X: y\x7fz")),
    "control character in a value": (400, lines(b"Host: a", b"X: y\x01z")),
    "bare CR": (400, b"GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n"),
    "bare LF between headers": (400, b"GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"),
    "bare LF throughout": (400, b"GET / HTTP/1.1\nHost: a\n\n"),
    "bare LF as the blank line": (400, b"GET / HTTP/1.1\r\nHost: a\r\n\n"),
    "absolute form": (400, lines(b"Host: a", first=b"GET http://a/ HTTP/1.1")),
    "asterisk form": (400, lines(b"Host: a", first=b"OPTIONS * HTTP/1.1")),
    "fragment": (400, lines(b"Host: a", first=b"GET /a#b HTTP/1.1")),
    "two spaces": (400, lines(b"Host: a", first=b"GET  / HTTP/1.1")),
    "space in the target": (400, lines(b"Host: a", first=b"GET /a b HTTP/1.1")),
    "tab in the target": (400, lines(b"Host: a", first=b"GET /a\tb HTTP/1.1")),
    "NUL in the target": (400, lines(b"Host: a", first=b"GET /\x00 HTTP/1.1")),
    "no version": (400, lines(b"Host: a", first=b"GET /")),
    "another protocol": (400, lines(b"Host: a", first=b"GET / RTSP/1.0")),
    "two empty lines": (400, b"\r\n\r\n"),
    "version 0.9": (505, lines(b"Host: a", first=b"GET / HTTP/0.9")),
    "version 1.2": (505, lines(b"Host: a", first=b"GET / HTTP/1.2")),
    "version 2.0": (505, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "connect": (501, lines(b"Host: a", first=b"CONNECT a:1 HTTP/1.1")),
    "patch": (501, lines(b"Host: a", first=b"PATCH / HTTP/1.1")),
    "trace": (501, lines(b"Host: a", first=b"TRACE / HTTP/1.1")),
    "a method of lower case": (501, lines(b"Host: a", first=b"get / HTTP/1.1")),
    "a method nobody knows": (501, lines(b"Host: a", first=b"BREW / HTTP/1.1")),
    "another expectation": (417, lines(b"Host: a", b"Expect: 200-ok", b"Content-Length: 1")),
    "upgrade with a body": (
        400,
        lines(b"Host: a", b"Connection: upgrade", b"Upgrade: h2c", b"Content-Length: 38"),
    ),
    "upgrade with a chunked body": (
        400,
        lines(b"Host: a", b"Connection: upgrade", b"Upgrade: h2c", b"Transfer-Encoding: chunked"),
    ),
    "101 headers": (431, lines(b"Host: a", *(b"X: y" for _ in range(100)))),
    "too long headers": (431, lines(b"Host: a", b"X: " + b"y" * 16384)),
    "too long a target": (414, lines(b"Host: a", first=b"GET /" + b"x" * 20000 + b" HTTP/1.1")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_and_nothing_behind_it_is_executed(name: str) -> None:
    status, request = REFUSED[name]
    with edge() as server:
        reply = server.one(request + HIDDEN)
        assert server.heads == []
    assert reply.status == status
    assert reply.headers["connection"] == "close"
    assert reply.headers["server"] == "Deputize"
    assert reply.headers["content-type"] == "application/xml"
    assert reply.body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>')
    if status == 400:
        assert b"<Code>BadRequest</Code>" in reply.body


def test_a_head_without_an_end_is_refused_at_the_limit() -> None:
    with edge() as server:
        with server.open() as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nX: " + b"y" * 16384)
            assert reply_on(connection).status == 431
            assert connection.recv(1) == b""
        assert server.heads == []


def test_a_head_exactly_at_the_limit_is_taken() -> None:
    room = 16 * 1024 - len(lines(b"Host: a", b"Connection: close", b"X: "))
    with edge() as server:
        assert server.one(lines(b"Host: a", b"Connection: close", b"X: " + b"y" * room)).status == 200
        assert server.one(lines(b"Host: a", b"Connection: close", b"X: y" + b"y" * room)).status == 431


def test_a_hundred_headers_are_taken() -> None:
    headers = [b"Host: a", b"Connection: close", *(b"X: y" for _ in range(98))]
    with edge() as server:
        assert server.one(lines(*headers)).status == 200


def test_head_may_come_byte_by_byte() -> None:
    with edge() as server, server.open() as connection:
        for byte in b"GET /slow HTTP/1.1\r\n" + CLOSE + b"\r\n":
            connection.sendall(bytes([byte]))
        assert reply_on(connection).status == 200
        assert [head.path for head in server.heads] == ["/slow"]


def test_one_empty_line_before_a_request_is_passed_over() -> None:
    with edge() as server:
        assert server.one(b"\r\nGET / HTTP/1.1\r\n" + CLOSE + b"\r\n").status == 200


@pytest.mark.parametrize(
    ("version", "connection", "stays"),
    [
        ("1.1", None, True),
        ("1.1", "keep-alive", True),
        ("1.1", "close", False),
        ("1.1", "x, Close", False),
        ("1.0", None, False),
        ("1.0", "Keep-Alive", True),
        ("1.0", "close", False),
    ],
)
@pytest.mark.parametrize("body", [b"", b"abc"])
def test_keep_alive(version: str, connection: str | None, stays: bool, body: bytes) -> None:
    option = f"Connection: {connection}\r\n" if connection else ""
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    request = f"PUT / HTTP/{version}\r\nHost: a\r\n{option}{length}\r\n".encode() + body
    with edge() as server, server.open() as client:
        client.sendall(request)
        first = reply_on(client)
        assert first.body == (body or b"hello")
        assert first.headers.get("connection") == (
            "close" if not stays else "keep-alive" if connection else None
        )
        if stays:
            client.sendall(b"GET /again HTTP/1.1\r\n" + CLOSE + b"\r\n")
            assert reply_on(client).status == 200
        assert client.recv(1) == b""


def test_pipelined_requests_are_answered_in_order() -> None:
    async def name_path(head: Head, body: Body) -> Answer:
        return Answer(200, (), head.path.encode() + await body.read(100))

    middle = b"".join(
        b"PUT /%d HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n-%d" % (n, n) for n in range(1, 9)
    )
    request = b"GET /0 HTTP/1.1\r\nHost: a\r\n\r\n" + middle + b"GET /9 HTTP/1.1\r\n" + CLOSE + b"\r\n"
    with edge(name_path) as server:
        answered = [reply.body.decode() for reply in server.talk(request)]
    assert answered == ["/0", *(f"/{n}-{n}" for n in range(1, 9)), "/9"]


def test_upgrade_is_passed_over() -> None:
    request = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"
    with edge() as server:
        answered = server.talk(request + b"GET /next HTTP/1.1\r\n" + CLOSE + b"\r\n")
        assert [head.path for head in server.heads] == ["/", "/next"]
    assert [reply.status for reply in answered] == [200, 200]


def test_half_closed_client_gets_its_answer() -> None:
    with edge() as server, server.open() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.shutdown(1)
        assert reply_on(connection).status == 200
        assert connection.recv(1) == b""


def test_a_client_that_leaves_within_the_head_gets_no_answer() -> None:
    with edge() as server, server.open() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost")
        connection.shutdown(1)
        assert connection.recv(1) == b""
        assert server.heads == []


def test_health_is_told_before_the_handler() -> None:
    with edge(health=lambda: {"ready": True, "enforced": ["signatures"]}) as server:
        with server.open() as connection:
            connection.sendall(b"GET /_health HTTP/1.1\r\nHost: a\r\n\r\n")
            got = reply_on(connection)
            connection.sendall(b"HEAD /_health HTTP/1.1\r\nHost: a\r\n\r\n")
            head = read_until(connection, b"\r\n\r\n")
        assert server.heads == []
        assert (got.status, got.headers["content-type"]) == (200, "application/json")
        assert got.body == b'{"ready": true, "enforced": ["signatures"]}\n'
        assert b"content-length: %d\r\n" % len(got.body) in head
        assert server.one(b"PUT /_health HTTP/1.1\r\n" + CLOSE + b"\r\n").body == b"hello"
        assert [head.path for head in server.heads] == ["/_health"]


def broken() -> dict[str, object]:
    raise OSError


@pytest.mark.parametrize("report", [lambda: {"ready": False}, dict, lambda: {"ready": "no"}, broken])
def test_health_of_a_server_that_is_not_ready(report: object) -> None:
    assert callable(report)
    with edge(health=report) as server:
        assert server.one(b"GET /_health HTTP/1.1\r\n" + CLOSE + b"\r\n").status == 503
