"""kill -9 while clients write: what was acknowledged is there, nothing is torn, and the server is ready
again at once.

Rounds: `DEPUTIZE_KILL_ROUNDS` (20; `make soak` runs a thousand).
"""

import hashlib
import itertools
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import botocore.config
import pytest
from botocore.exceptions import BotoCoreError, ClientError

ROUNDS = int(os.environ.get("DEPUTIZE_KILL_ROUNDS", "20"))
BUCKET = "kill"
# Acknowledgements after which the server is killed, in turn: at once, in the thick of it, later.
AFTER = (1, 7, 19, 40)
LARGE = 96 * 1024
ACCOUNT = "111111111111"


def program() -> str:
    return str(Path(sys.executable).with_name("deputize"))


def content(key: str) -> bytes:
    """The bytes that belong to a key: what is found under it is these, or it is torn."""
    seed = hashlib.sha256(key.encode()).digest()
    return seed if key.startswith("small") else seed * (LARGE // len(seed))


@dataclass
class Server:
    """A server as a child process, always on the same port and data."""

    data: Path
    port: int
    process: "subprocess.Popen[str] | None" = None

    def start(self) -> float:
        """Start it; returns after how many seconds it was ready."""
        began = time.monotonic()
        self.process = subprocess.Popen(
            [program(), "serve", "--data", str(self.data), "--port", str(self.port)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("Ready"):
                return time.monotonic() - began
        raise AssertionError("the server did not start")

    def kill(self, how: int) -> int:
        assert self.process is not None
        assert self.process.stdout is not None
        self.process.send_signal(how)
        code = self.process.wait(30)
        self.process.stdout.close()
        return code


@dataclass
class Acknowledged:
    """What the server said was done."""

    keys: list[str] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def note(self, kind: list[str], name: str) -> None:
        with self.changed:
            kind.append(name)
            self.changed.notify_all()

    @property
    def count(self) -> int:
        return len(self.keys) + len(self.users) + len(self.policies)

    def reach(self, count: int) -> None:
        """Until so many acknowledgements have come."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.count >= count, timeout=30)


def client(service: str, port: int, key: dict[str, str]) -> Any:
    return boto3.session.Session().client(
        service,
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        config=botocore.config.Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=5),
    )


def until_killed(write: Callable[[int], None], turn: "itertools.count[int]") -> None:
    """Write one thing after the other, until the server is gone."""
    try:
        for number in turn:
            write(number)
    except (BotoCoreError, ClientError):
        return


@pytest.mark.slow
def test_kill(tmp_path: Path) -> None:
    data = tmp_path / "data"
    made = subprocess.run(
        [program(), "account", "create", "Kill", "--id", ACCOUNT, "--admin", "admin", "--data", str(data)],
        check=True,
        capture_output=True,
        text=True,
    )
    admin = json.loads(made.stdout)["Admin"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        server = Server(data, probe.getsockname()[1])
    s3, iam = client("s3", server.port, admin), client("iam", server.port, admin)
    known = Acknowledged()
    turns = {name: itertools.count() for name in ("small", "more", "large", "user", "policy")}
    ready = [server.start()]
    s3.create_bucket(Bucket=BUCKET)
    iam.create_user(UserName="writer")

    def put(kind: str) -> Callable[[int], None]:
        def write(number: int) -> None:
            key = f"{kind}/{number}"
            s3.put_object(Bucket=BUCKET, Key=key, Body=content(key))
            known.note(known.keys, key)

        return write

    def user(number: int) -> None:
        iam.create_user(UserName=f"user{number}")
        known.note(known.users, f"user{number}")

    def policy(number: int) -> None:
        document = {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Deny", "Action": f"s3:X{number}", "Resource": "*"},
        }
        iam.put_user_policy(UserName="writer", PolicyName="p", PolicyDocument=json.dumps(document))
        known.note(known.policies, f"s3:X{number}")

    writers = {
        "small": put("small"),
        "more": put("small/more"),
        "large": put("large"),
        "user": user,
        "policy": policy,
    }
    for number in range(ROUNDS):
        threads = [
            threading.Thread(target=until_killed, args=(write, turns[name]))
            for name, write in writers.items()
        ]
        for thread in threads:
            thread.start()
        known.reach(known.count + AFTER[number % len(AFTER)])
        assert server.kill(signal.SIGKILL) == -signal.SIGKILL
        for thread in threads:
            thread.join(30)
        ready.append(server.start())
        check(s3, iam, known)
    assert server.kill(signal.SIGTERM) == 0
    print(
        f"{ROUNDS} rounds, {known.count} acknowledged; ready after {statistics.median(ready):.2f} s (median)"
    )
    assert statistics.median(ready) < 1.0
    for one in (s3, iam):
        one.close()


def check(s3: Any, iam: Any, known: Acknowledged) -> None:
    """Nothing acknowledged is missing, nothing is torn; what was not acknowledged is there whole or not at
    all.
    """
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
    sizes = {one["Key"]: one["Size"] for page in pages for one in page.get("Contents", [])}
    assert set(known.keys) <= set(sizes)
    for key, size in sizes.items():
        assert size == len(content(key)), key
    for key in list(sizes)[-12:] + known.keys[-24:]:
        assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == content(key), key
    users = {
        user["UserName"] for page in iam.get_paginator("list_users").paginate() for user in page["Users"]
    }
    assert set(known.users) <= users
    if known.policies:
        document = iam.get_user_policy(UserName="writer", PolicyName="p")["PolicyDocument"]
        stored = int(document["Statement"]["Action"].removeprefix("s3:X"))
        assert stored >= int(known.policies[-1].removeprefix("s3:X"))
