"""An empty body and then another, over one connection that the client keeps."""

import hashlib
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from tests.conformance.clients.clients import HERE
from tests.fix_world import World
from tests.programs import PATH, need

from deputize.http.connection import Connection

NODE = HERE / "js" / "pooled.mjs"


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every connection that the server takes."""
    made: list[Any] = []
    taken: Callable[..., None] = Connection.connection_made

    def take(self: Connection, transport: Any) -> None:
        made.append(transport)
        taken(self, transport)

    monkeypatch.setattr(Connection, "connection_made", take)
    return made


def test_boto3(world: World, connections: list[Any]) -> None:
    s3 = world.client("s3", world.account("Pool").admin, max_pool_connections=1)
    s3.create_bucket(Bucket="pool")
    for body in (b"", b"x", b"", b"y" * 100_000):
        put = s3.put_object(Bucket="pool", Key="k", Body=body)
        assert put["ETag"] == f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        assert s3.get_object(Bucket="pool", Key="k")["Body"].read() == body
    assert len(connections) == 1


def test_node(world: World, connections: list[Any]) -> None:
    need("node")
    admin = world.account("Pool").admin
    world.client("s3", admin).create_bucket(Bucket="pool")
    before = len(connections)
    done = subprocess.run(
        ["node", "--no-warnings", str(NODE), "pool"],
        env={
            "PATH": PATH,
            "AWS_ENDPOINT_URL": world.url,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": admin.id,
            "AWS_SECRET_ACCESS_KEY": admin.secret,
        },
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["0", "1", "0", "100000"]
    assert len(connections) - before == 1
