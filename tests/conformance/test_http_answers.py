"""Answers on a raw socket: their headers, bodies from memory and from files, and the line each leaves in
the access log.
"""

import json
import logging
import os
import resource
import socket
import struct
from pathlib import Path
from typing import BinaryIO

import pytest
from tests.conformance.http_edge import DATE, Handler, edge, read_until, reply_on, rest_of, wait_until

from deputize.protocol.message import Answer, Body, FileSlice, Head

CLOSE = b"Host: a\r\nConnection: close\r\n\r\n"
GET = b"GET /k HTTP/1.1\r\n" + CLOSE
GET_ON = b"GET /k HTTP/1.1\r\nHost: a\r\n\r\n"
HEAD_ON = b"HEAD /k HTTP/1.1\r\nHost: a\r\n\r\n"
MIB = 1 << 20


def giving(answer: Answer) -> Handler:
    """A handler that answers with `answer`."""

    async def handle(head: Head, body: Body) -> Answer:
        return answer

    return handle


class Files:
    """A handler that answers with a slice of a file, and remembers what it opened."""

    def __init__(self, path: Path, content: bytes, *, offset: int = 0, length: int | None = None) -> None:
        path.write_bytes(content)
        self._path, self._offset = path, offset
        self._length = len(content) - offset if length is None else length
        self.opened: list[BinaryIO] = []
        self.status = 200

    async def __call__(self, head: Head, body: Body) -> Answer:
        file = self._path.open("rb")
        self.opened.append(file)
        return Answer(self.status, (("etag", '"e"'),), FileSlice(file, self._offset, self._length))

    @property
    def all_closed(self) -> bool:
        return bool(self.opened) and all(file.closed for file in self.opened)


def test_every_answer_has_date_server_and_length() -> None:
    with edge(giving(Answer(200, (("x-amz-request-id", "R"),), b"abc"))) as server, server.open() as client:
        client.sendall(GET)
        raw = rest_of(client)
    assert raw == (
        b"HTTP/1.1 200 OK\r\nx-amz-request-id: R\r\ndate: " + DATE.encode() + b"\r\nserver: Deputize\r\n"
        b"content-length: 3\r\nconnection: close\r\n\r\nabc"
    )


@pytest.mark.parametrize(
    ("answer", "length"),
    [(Answer(200, (), b"abc"), b"3"), (Answer(200, length=12345), b"12345"), (Answer(404, (), b""), b"0")],
)
def test_answers_to_head_have_a_length_and_no_body(answer: Answer, length: bytes) -> None:
    with edge(giving(answer)) as server, server.open() as client:
        client.sendall(HEAD_ON + GET_ON)
        assert b"content-length: " + length + b"\r\n" in read_until(client, b"\r\n\r\n")
        assert client.recv(8) == b"HTTP/1.1"


@pytest.mark.parametrize("status", [204, 304])
@pytest.mark.parametrize("method", [b"GET", b"HEAD"])
def test_no_content(status: int, method: bytes) -> None:
    with edge(giving(Answer(status, (), b"never"))) as server, server.open() as client:
        client.sendall(GET_ON.replace(b"GET", method) + GET)
        assert b"content-length" not in read_until(client, b"\r\n\r\n")
        assert client.recv(8) == b"HTTP/1.1"


def test_length_is_that_of_the_body_whatever_the_answer_says() -> None:
    with edge(giving(Answer(200, (), b"abc", length=99))) as server:
        assert server.one(GET).body == b"abc"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-a", "b\r\nx-injected: 1"),
        ("x-a", "b\nx-injected: 1"),
        ("x-a", "b\rx-injected: 1"),
        ("x-a\r\nx-injected", "1"),
        ("x-a", "b\x00"),
        ("x-a", "b\x7f"),
        ("x-a", "snow \u2603"),
    ],
)
def test_what_cannot_stand_in_a_header_becomes_an_error(tmp_path: Path, name: str, value: str) -> None:
    with edge(giving(Answer(200, ((name, value),), b"abc"))) as server:
        reply = server.one(GET)
    assert reply.status == 500
    assert b"<Code>InternalError</Code>" in reply.body
    assert "x-injected" not in reply.headers


def test_latin_1_and_tabs_may_stand_in_a_header() -> None:
    with edge(giving(Answer(200, (("x-a", "caf\xe9\tb"),)))) as server:
        assert server.one(GET).headers["x-a"] == "caf\xe9\tb"


@pytest.mark.parametrize("size", [0, 1, 65536, 65537, 3 * MIB + 7])
def test_bytes_of_any_size(size: int) -> None:
    content = os.urandom(size)
    with edge(giving(Answer(200, (), content))) as server, server.open() as client:
        client.sendall(GET_ON + GET)
        assert reply_on(client).body == content
        assert reply_on(client).body == content


@pytest.mark.parametrize("size", [0, 1, 65536, 65537, 3 * MIB + 7])
def test_files_of_any_size_are_sent_and_closed(tmp_path: Path, size: int) -> None:
    files = Files(tmp_path / "f", os.urandom(size + 10), offset=7, length=size)
    expected = (tmp_path / "f").read_bytes()[7 : 7 + size]
    with edge(files) as server, server.open() as client:
        client.sendall(GET_ON + GET)
        assert reply_on(client).body == expected
        assert reply_on(client).body == expected
        assert client.recv(1) == b""
    assert len(files.opened) == 2
    assert files.all_closed


@pytest.mark.parametrize(("method", "status"), [(b"HEAD", 200), (b"GET", 304), (b"GET", 204)])
def test_file_that_is_not_sent_is_closed(tmp_path: Path, method: bytes, status: int) -> None:
    files = Files(tmp_path / "f", b"x" * MIB)
    files.status = status
    with edge(files) as server, server.open() as client:
        client.sendall(GET.replace(b"GET", method))
        head = rest_of(client)
    assert head.endswith(b"\r\n\r\n")
    assert (b"content-length: %d\r\n" % MIB in head) is (method == b"HEAD")
    assert files.all_closed


def test_file_behind_a_header_that_cannot_be_sent_is_closed(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    file = (tmp_path / "f").open("rb")
    with edge(giving(Answer(200, (("x", "\n"),), FileSlice(file, 0, 3)))) as server:
        assert server.one(GET).status == 500
    assert file.closed


@pytest.mark.parametrize("size", [100, MIB])
def test_file_shorter_than_its_slice_cuts_the_connection(tmp_path: Path, size: int) -> None:
    files = Files(tmp_path / "f", b"x" * size, length=size + 1)
    with edge(files) as server, server.open() as client:
        client.sendall(GET_ON + GET_ON)
        received = b""
        with pytest.raises((AssertionError, ConnectionError)):
            received = reply_on(client).body
    assert received == b""
    assert files.all_closed
    assert len(files.opened) == 1


def test_file_is_closed_when_the_client_vanishes(tmp_path: Path) -> None:
    files = Files(tmp_path / "f", b"x" * (64 * MIB))
    with edge(files) as server:
        with server.open(receive_buffer=4096) as client:
            client.sendall(GET)
            client.recv(1000)
            # Closing with SO_LINGER 0 sends a reset.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wait_until(lambda: files.all_closed)


@pytest.mark.parametrize("kind", ["file", "bytes"])
def test_slow_readers_hold_no_memory(tmp_path: Path, kind: str) -> None:
    size = 64 * MIB
    shared = Answer(200, (), bytes(size))
    handler: Handler = Files(tmp_path / "f", bytes(size)) if kind == "file" else giving(shared)
    with edge(handler) as server:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        clients = [server.open(receive_buffer=4096) for _ in range(8)]
        for client in clients:
            client.sendall(GET)
        for client in clients:
            assert client.recv(100).startswith(b"HTTP/1.1 200 OK")
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        for client in clients:
            client.close()
    assert grown < 32 * 1024  # KiB; copies would be 512 MiB


def test_slow_reader_gets_the_whole_file(tmp_path: Path) -> None:
    content = os.urandom(2 * MIB)
    files = Files(tmp_path / "f", content)
    with edge(files) as server, server.open(receive_buffer=4096) as client:
        client.sendall(GET_ON + GET_ON.replace(b"/k", b"/2"))
        for _ in range(2):
            assert reply_on(client).body == content


def access_lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    return [json.loads(record.message) for record in caplog.records if record.name == "deputize.access"]


def test_access_log_has_a_line_per_request(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "deputize.access")
    secret = b"X-Amz-Signature=c0ffee&X-Amz-Credential=AKIDEXAMPLE"
    answer = Answer(403, (("x-amzn-requestid", "R-1"),), b"four")
    with edge(giving(answer)) as server, server.open() as client:
        client.sendall(
            b"GET /b/k%0A?" + secret + b" HTTP/1.1\r\nHost: a\r\n"
            b"Authorization: AWS4-HMAC-SHA256 c0ffee\r\n\r\nHEAD /b HTTP/1.1\r\n" + CLOSE
        )
        assert rest_of(client).count(b"HTTP/1.1 403") == 2
    first, second = access_lines(caplog)
    took = first.pop("ms")
    assert isinstance(took, float)
    assert 0 < took < 10_000
    assert first == {
        "at": 1767225600.0,
        "request": "R-1",
        "peer": "127.0.0.1",
        "method": "GET",
        "path": "/b/k%0A",
        "status": 403,
        "bytes": 4,
    }
    assert (second["method"], second["path"], second["bytes"]) == ("HEAD", "/b", 0)
    assert "c0ffee" not in caplog.text
    assert "AKIDEXAMPLE" not in caplog.text


def test_access_log_tells_of_refused_requests(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "deputize.access")
    with edge() as server:
        server.one(b"GET /secret\n\n")
        server.one(b"GET /secret HTTP/1.1\r\nX: \x00secret\r\n\r\n")
    lines = access_lines(caplog)
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [(None, None, 400)] * 2
    assert "secret" not in caplog.text


def test_access_log_tells_how_far_an_answer_got(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.INFO, "deputize.access")
    files = Files(tmp_path / "f", bytes(64 * MIB))
    with edge(files) as server:
        with server.open(receive_buffer=4096) as client:
            client.sendall(GET)
            client.recv(1000)
        wait_until(lambda: files.all_closed)
    (line,) = access_lines(caplog)
    assert line["status"] == 200
    sent = line["bytes"]
    assert isinstance(sent, int)
    assert 0 < sent < 64 * MIB


def test_access_log_tells_of_clients_that_left(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "deputize.access")
    with edge() as server, server.open() as client:
        client.sendall(b"PUT /p HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
        client.shutdown(1)
        assert client.recv(1) == b""
    (line,) = access_lines(caplog)
    assert (line["method"], line["status"], line["bytes"]) == ("PUT", None, 0)
