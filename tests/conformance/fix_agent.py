"""`agents`: starts `deputize agent`'s server in this process, over the data of the world, with its clock."""

import asyncio
import http.client
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvloop
from tests.conformance.fix_iam import Home

from deputize.cli.agent.command import agent_of, start
from deputize.cli.agent.sessions import Here

INSTANCE = "i-0123456789abcdef0"


@dataclass(frozen=True)
class Running:
    """An agent that listens on `port`; `token` is what the container's programs send."""

    port: int
    token: str | None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def send(self, method: str, path: str, **headers: str) -> tuple[int, str]:
        """Status and body of the answer; `_` in a header's name is a hyphen."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(
                method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
            )
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def metadata_token(self, ttl: int = 60) -> str:
        status, token = self.send("PUT", "/latest/api/token", X_aws_ec2_metadata_token_ttl_seconds=str(ttl))
        assert status == 200
        return token

    def get(self, path: str, token: str | None = None) -> tuple[int, str]:
        """From the metadata service, with a token."""
        return self.send("GET", path, X_aws_ec2_metadata_token=token or self.metadata_token())

    def credentials(self, role: str = "") -> Any:
        status, body = self.get(f"/latest/meta-data/iam/security-credentials/{role}")
        assert status == 200
        return json.loads(body) if role else body


Agents = Callable[..., Running]


@pytest.fixture
def agents(home: Home) -> Iterator[Agents]:
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    servers = []

    def run(coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(20)

    def begin(instance_profile: str | None = None, role: str | None = None) -> Running:
        world = home.world
        here = Here(opened=world.opened, clock=world.clock, region="eu-west-1", name=INSTANCE)
        made = agent_of(here, instance_profile, role)
        servers.append(run(start(made, 0, world.clock)))
        return Running(servers[-1].port, made.container.token if made.container is not None else None)

    yield begin
    for server in servers:
        run(server.drain(1.0))
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()
