"""Several workers: what one does holds in all, and the death of one ends nobody else's work."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3
import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from tests.conformance.fix_hooks import hook
from tests.conformance.http_edge import read_until, reply_on, wait_until
from tests.conformance.test_cli import PROGRAM, children_of, create, run, serving

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

READ = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:List*", "Resource": "*"}}


def holds(process: int, connection: socket.socket) -> bool:
    """Whether this process has the server's side of a connection, as the kernel tells."""
    ours, theirs = connection.getsockname()[1], connection.getpeername()[1]
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, *rest = line.split()
        if int(local.split(":")[1], 16) == theirs and int(remote.split(":")[1], 16) == ours:
            name = f"socket:[{rest[6]}]"
            links = Path(f"/proc/{process}/fd").iterdir()
            return name in {str(link.readlink()) for link in links}
    return False


@contextmanager
def stopped(processes: list[int]) -> Iterator[None]:
    """They stand still meanwhile."""
    for process in processes:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in processes:
            os.kill(process, signal.SIGCONT)


@dataclass
class Servers:
    """`deputize serve --workers 2` and an administrator."""

    process: "subprocess.Popen[str]"
    port: int
    data: Path
    admin: dict[str, str]

    @property
    def workers(self) -> list[int]:
        return children_of(self.process.pid)

    def connection_to(self, worker: int) -> socket.socket:
        """A connection that this worker has taken: the others stand still until it has."""
        with stopped([one for one in self.workers if one != worker]):
            connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
            connection.sendall(b"GET /_health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert json.loads(reply_on(connection).body)["ready"] is True
            assert holds(worker, connection)
        return connection

    def head(
        self, method: str, path: str, service: str, key: dict[str, str], body: bytes = b"", **headers: str
    ) -> bytes:
        """A signed request's head."""
        request = AWSRequest(method=method, url=f"http://localhost:{self.port}{path}", data=body)
        request.headers["Host"] = f"localhost:{self.port}"
        for name, value in headers.items():
            request.headers[name.replace("_", "-")] = value
        signer = botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth
        signer(Credentials(key["AccessKeyId"], key["SecretAccessKey"]), service, "us-east-1").add_auth(
            request
        )
        lines = [
            f"{method} {path} HTTP/1.1",
            *(f"{name}: {value}" for name, value in request.headers.items()),
        ]
        return "\r\n".join([*lines, "", ""]).encode()

    def iam(self, connection: socket.socket, action: str, **parameters: str) -> bytes:
        """Call IAM as the administrator; the answer's body."""
        form = urlencode({"Action": action, "Version": "2010-05-08", **parameters}).encode()
        head = self.head(
            "POST",
            "/",
            "iam",
            self.admin,
            form,
            Content_Type="application/x-www-form-urlencoded",
            Content_Length=str(len(form)),
        )
        connection.sendall(head + form)
        reply = reply_on(connection)
        assert reply.status == 200, reply.body
        return reply.body

    def lists(self, connection: socket.socket, key: dict[str, str]) -> int:
        """The status that listing all buckets gets."""
        connection.sendall(self.head("GET", "/", "s3", key))
        return reply_on(connection).status


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    data = tmp_path / "data"
    admin = create(data, "Shared", "--id", "111111111111", "--admin", "admin")["Admin"]
    log = ("--access-log", str(tmp_path / "access.jsonl"))
    with serving(data, "--workers", "2", *log) as (process, url, _):
        yield Servers(process, int(url.rpartition(":")[2]), data, admin)


def test_a_revoked_right_is_gone_in_every_worker_with_the_next_request(servers: Servers) -> None:
    here, there = (servers.connection_to(worker) for worker in servers.workers)
    with here, there:
        servers.iam(here, "CreateUser", UserName="reader")
        answer = servers.iam(there, "CreateAccessKey", UserName="reader").decode()
        key = {
            name: re.findall(f"<{name}>(.*)</{name}>", answer)[0]
            for name in ("AccessKeyId", "SecretAccessKey")
        }
        policy = {"UserName": "reader", "PolicyName": "p"}
        for changing in (here, there) * 5:
            assert [servers.lists(one, key) for one in (here, there)] == [403, 403]
            servers.iam(changing, "PutUserPolicy", **policy, PolicyDocument=json.dumps(READ))
            assert [servers.lists(one, key) for one in (here, there, here)] == [200, 200, 200]
            servers.iam(changing, "DeleteUserPolicy", **policy)
        servers.iam(here, "UpdateAccessKey", **key_of(key), Status="Inactive", UserName="reader")
        assert [servers.lists(one, key) for one in (there, here)] == [403, 403]


def key_of(key: dict[str, str]) -> dict[str, str]:
    return {"AccessKeyId": key["AccessKeyId"]}


def test_one_dies_the_other_goes_on_and_a_new_one_comes(servers: Servers) -> None:
    first, second = servers.workers
    with servers.connection_to(second) as going_on, servers.connection_to(first) as lost:
        os.kill(first, signal.SIGKILL)
        assert lost.recv(1) == b""
        assert servers.lists(going_on, servers.admin) == 200
        wait_until(lambda: len(servers.workers) == 2 and first not in servers.workers)
        (new,) = set(servers.workers) - {second}
        with servers.connection_to(new) as connection:
            assert servers.lists(connection, servers.admin) == 200
        assert servers.lists(going_on, servers.admin) == 200


def test_stopping_answers_what_is_in_flight_in_every_worker(servers: Servers) -> None:
    connections = [servers.connection_to(worker) for worker in servers.workers]
    connections[0].sendall(servers.head("PUT", "/flight", "s3", servers.admin))
    assert reply_on(connections[0]).status == 200
    for number, connection in enumerate(connections):
        head = servers.head(
            "PUT",
            f"/flight/{number}",
            "s3",
            servers.admin,
            b"in flight",
            Content_Length="9",
            Expect="100-continue",
        )
        connection.sendall(head)
        assert read_until(connection, b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    servers.process.send_signal(signal.SIGTERM)
    assert servers.process.stderr is not None
    assert servers.process.stderr.readline().startswith("Stopping")
    for connection in connections:
        connection.sendall(b"in flight")
        reply = reply_on(connection)
        assert (reply.status, reply.headers.get("connection")) == (200, "close")
        connection.close()
    assert servers.process.wait(20) == 0


def test_workers_end_with_their_parent(servers: Servers) -> None:
    workers = servers.workers
    servers.process.kill()
    servers.process.wait(20)
    wait_until(lambda: not any(serves(worker) for worker in workers))


def serves(process: int) -> bool:
    """Whether it lives: one that nobody waits for may stay as a zombie, without a command line."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes() != b""
    except FileNotFoundError:
        return False


def test_writers_of_three_processes_take_turns(servers: Servers) -> None:
    """Both workers write while the command line does."""
    done = threading.Event()
    waits: dict[str, list[float]] = {}

    def write(name: str, connection: socket.socket) -> None:
        number = 0
        waits[name] = []
        while not done.is_set():
            began = time.monotonic()
            servers.iam(connection, "CreateUser", UserName=f"{name}{number}")
            waits[name].append(time.monotonic() - began)
            number += 1

    connections = [servers.connection_to(worker) for worker in servers.workers]
    threads = [
        threading.Thread(target=write, args=(name, connection))
        for name, connection in zip(("a", "b"), connections, strict=True)
    ]
    for thread in threads:
        thread.start()
    try:
        for number in range(5):
            made = run("account", "create", f"Made{number}", "--data", str(servers.data))
            assert made.returncode == 0, made.stderr
            assert "waited" not in made.stderr
    finally:
        done.set()
        for thread in threads:
            thread.join(30)
    for connection in connections:
        connection.close()
    servers.process.terminate()
    servers.process.wait(20)
    assert servers.process.stderr is not None
    assert "waited" not in servers.process.stderr.read()
    for name, times in waits.items():
        print(f"{name}: {len(times)} writes, the longest took {max(times):.3f} s")  # noqa: T201
        assert times


def test_every_line_of_the_access_log_is_whole(servers: Servers, tmp_path: Path) -> None:
    """Beyond the size of any buffer, too."""
    paths = [f"/{letter}/" + letter * 12_000 for letter in "abcdef"]

    def ask(path: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", servers.port, timeout=20)
        for _ in range(20):
            connection.request("GET", path)
            connection.getresponse().read()
        connection.close()

    threads = [threading.Thread(target=ask, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    servers.process.terminate()
    assert servers.process.wait(20) == 0
    lines: list[Any] = [json.loads(line) for line in (tmp_path / "access.jsonl").read_text().splitlines()]
    assert sorted(line["path"] for line in lines) == sorted(path for path in paths for _ in range(20))


def test_the_parent_has_one_thread_and_nothing_of_the_data(servers: Servers) -> None:
    """Whatever it had, the workers that it forks would inherit."""
    parent = Path(f"/proc/{servers.process.pid}")
    assert len(list((parent / "task").iterdir())) == 1
    held = [str(link.readlink()) for link in (parent / "fd").iterdir()]
    assert [one for one in held if one.startswith(str(servers.data))] == []


def test_one_worker_is_one_process(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as (process, _, _):
        assert children_of(process.pid) == []


@pytest.mark.parametrize("count", ["0", "-1", "65", "two"])
def test_numbers_of_workers_that_are_none(tmp_path: Path, count: str) -> None:
    done = subprocess.run(
        [PROGRAM, "serve", "--data", str(tmp_path / "d"), "--workers", count], capture_output=True, timeout=20
    )
    assert done.returncode == 2
    assert b"--workers" in done.stderr


def test_of_several_workers_one_tells(tmp_path: Path) -> None:
    """The operator's way: a target is named at the start, and each message comes once."""
    data = tmp_path / "data"
    made = create(data, "Shared", "--admin", "admin")
    account, keys = made["Account"]["Id"], made["Admin"]
    with hook() as told, serving(data, "--workers", "2", "--notify", f"hook={told.url}") as (_, url, banner):
        assert "token=" not in banner
        s3 = boto3.client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
        )
        s3.create_bucket(Bucket="telling")
        queue = {"QueueArn": f"arn:aws:sqs:us-east-1:{account}:hook", "Events": ["s3:ObjectCreated:*"]}
        s3.put_bucket_notification_configuration(
            Bucket="telling", NotificationConfiguration={"QueueConfigurations": [queue]}
        )
        assert told.message()["Event"] == "s3:TestEvent"
        for number in range(20):
            s3.put_object(Bucket="telling", Key=f"{number:02}", Body=b"")
        s3.close()
        keys_told = [told.record()["s3"]["object"]["key"] for _ in range(20)]
        assert keys_told == [f"{number:02}" for number in range(20)]
        assert told.silent()
