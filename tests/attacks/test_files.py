"""T30: what users write is in no path that the server gives to the kernel, and no file outside of the data
directory is touched. strace tells which paths those are.
"""

import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.attacks.wire import Request, Signer, code_of, md5
from tests.conformance.http_edge import Reply, replies, wait_until
from tests.conformance.test_s3_post import BOUNDARY, form
from tests.faults.server import Server
from tests.faults.test_disk import needed, traced
from tests.fix_world import Keys

# Stands in all that users write, and in nothing else.
MARK = "usertext"
BUCKET = f"bucket-{MARK}"
LARGE = bytes(range(256)) * 400
KEYS = [
    MARK,
    f"../{MARK}",
    f"../../{MARK}",
    f"a/../../../{MARK}",
    f"/{MARK}",
    f"/etc/{MARK}",
    f"/dev/shm/{MARK}",
    f"dev/null/{MARK}",
    f"CON/{MARK}",
    f"C:\\{MARK}",
    f"..\\..\\{MARK}",
    f"{MARK}\0.txt",
    f"{MARK}\n",
    f"~/{MARK}",
    f"file:///{MARK}",
    f"planted-{MARK}",
    f"../blobs/planted-{MARK}",
    "/".join(["x" * 250] * 4) + f"/{MARK}",
    "ü" * 508 + MARK,
]
# What may change something, and every way to open a file for writing.
CHANGES = re.compile(r"^\d+ +(?:rename|unlink|mkdir|rmdir|link|symlink|chmod|chown|truncate|utime|mknod)")
WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND")
PATH = re.compile(r'"((?:[^"\\]|\\.)*)"')


@contextmanager
def watched(server: Server, log: Path) -> Iterator[None]:
    """Meanwhile every call of the server's that takes a path is written to `log`."""
    assert server.process is not None
    command = [needed("strace"), "-f", "-q", "-p", str(server.process.pid), "-s", "4096"]
    with subprocess.Popen([*command, "-e", "trace=%file", "-o", str(log)], stderr=subprocess.PIPE) as tracer:
        pid = server.process.pid
        wait_until(lambda: tracer.poll() is not None or traced(pid))
        assert tracer.poll() is None
        try:
            yield
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.wait(20)


class Sender:
    """Sends requests, signed by the administrator or not at all."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.keys = Keys(server.keys["AccessKeyId"], server.keys["SecretAccessKey"])
        self.host = ("Host", f"127.0.0.1:{server.port}")

    def signed(
        self,
        method: str,
        path: str,
        *query: str,
        body: bytes = b"",
        headers: tuple[tuple[str, str], ...] = (),
        service: str = "s3",
    ) -> Reply:
        request = Request(method, path, query, (self.host, *headers), body)
        return self.send(Signer(self.keys, time.time(), service=service).sign(request))

    def send(self, request: Request) -> Reply:
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=20) as connection:
            connection.sendall(request.raw())
            pieces = []
            while piece := connection.recv(65536):
                pieces.append(piece)
        (reply,) = replies(b"".join(pieces), head_only=request.method == "HEAD")
        return reply


def each_key(sender: Sender) -> None:
    """Stored, read, copied, deleted: what it names is an object and nothing else."""
    for key in KEYS:
        path = f"/{BUCKET}/{quote(key, safe='')}"
        assert sender.signed("PUT", path, body=LARGE).status == 200, key
        assert sender.signed("GET", path).body == LARGE
        source = ("x-amz-copy-source", f"/{BUCKET}/{quote(key, safe='')}")
        assert sender.signed("PUT", f"/{BUCKET}/copy-{MARK}", headers=(source,)).status == 200
        assert sender.signed("DELETE", path).status == 204


def each_id(sender: Sender) -> None:
    """Ids that name files, of uploads and of versions."""
    for one in (f"../../{MARK}", f"/etc/{MARK}", f"{MARK}", f"planted-{MARK}"):
        name = quote(one, safe="")
        for method, query in (
            ("GET", (f"uploadId={name}",)),
            ("DELETE", (f"uploadId={name}",)),
            ("PUT", ("partNumber=1", f"uploadId={name}")),
        ):
            reply = sender.signed(method, f"/{BUCKET}/{MARK}", *query, body=LARGE if method == "PUT" else b"")
            assert (reply.status, code_of(reply)) == (404, "NoSuchUpload")
        reply = sender.signed("GET", f"/{BUCKET}/copy-{MARK}", f"versionId={name}")
        assert (reply.status, code_of(reply)) == (400, "InvalidArgument")


def the_rest(sender: Sender) -> None:
    """Names of buckets, of a form's file, of IAM, in batches and in listings."""
    for bucket in (f"..%2F{MARK}", f"{MARK}%2F..", "..", "%2e%2e"):
        reply = sender.signed("GET", f"/{bucket}/{MARK}")
        assert reply.status in (400, 404), reply
        assert sender.signed("PUT", f"/{bucket}").status in (400, 404, 405, 409)
    kind = ("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    body = form({"key": f"../{MARK}/${{filename}}"}, LARGE, name=f"../../{MARK}")
    assert sender.send(Request("POST", f"/{BUCKET}", (), (sender.host, kind), body)).status == 403
    batch = f"<Delete><Object><Key>../{MARK}</Key></Object></Delete>".encode()
    reply = sender.signed("POST", f"/{BUCKET}", "delete", body=batch, headers=(("Content-MD5", md5(batch)),))
    assert reply.status == 200
    assert sender.signed("GET", f"/{BUCKET}", "list-type=2", f"prefix=..%2F{MARK}").status == 200
    kind = ("Content-Type", "application/x-www-form-urlencoded")
    for path in (f"/{MARK}/", f"/../{MARK}/"):
        named = f"UserName={MARK}{len(path)}&Path={quote(path, safe='')}".encode()
        asked = b"Action=CreateUser&Version=2010-05-08&" + named
        reply = sender.signed("POST", "/", body=asked, headers=(kind,), service="iam")
        assert reply.status == 200


def test_t30_no_path_has_text_of_users(tmp_path: Path) -> None:
    """T30. Links that stand in the data directory under the same names lead nowhere either."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    server = Server.new(tmp_path / "data")
    server.start()
    sender = Sender(server)
    for folder in (server.data, server.data / "blobs", server.data / "blobs" / "staging"):
        (folder / f"planted-{MARK}").symlink_to(outside / "secret")
    assert sender.signed("PUT", f"/{BUCKET}").status == 200
    log = tmp_path / "calls"
    with watched(server, log):
        each_key(sender)
        each_id(sender)
        the_rest(sender)
    assert server.kill(signal.SIGTERM) == 0
    calls = log.read_text().splitlines()
    blobs = str(server.data / "blobs")
    assert sum(blobs in call for call in calls) > 3 * len(KEYS)
    assert [call for call in calls if MARK in call or str(outside) in call] == []
    changing = [call for call in calls if CHANGES.match(call) or WRITES.search(call)]
    paths = {path for call in changing for path in PATH.findall(call)}
    assert len(paths) > 2 * len(KEYS)
    assert {path for path in paths if not path.startswith(str(server.data))} == set()
    assert (outside / "secret").read_bytes() == b"secret"
    assert [path.name for path in outside.iterdir()] == ["secret"]
