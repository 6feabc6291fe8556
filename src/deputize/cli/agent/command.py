"""`deputize agent`: a process on this machine that hands a role's credentials to programs beside it."""

import asyncio
import logging
import re
import secrets
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import uvloop

from deputize.cli.agent.container import PATH, Container
from deputize.cli.agent.metadata import FORBIDDEN, NOT_FOUND, Metadata
from deputize.cli.agent.sessions import Absent, Here, profile_at, role_at
from deputize.cli.common import PORT, existing_data_option, fail, opened, require_installation
from deputize.config import HttpLimits, Settings
from deputize.http.server import Server, listen, serve
from deputize.protocol.message import Answer, Body, Head
from deputize.protocol.partitions import partition_of
from deputize.store.errors import StoreUnavailable

log = logging.getLogger("deputize.agent")

HOST = "127.0.0.1"
# By these names alone: a page of some other name that resolves to this machine gets nothing.
HOSTS = (HOST, "localhost")
# What STS takes as the name of a session.
NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
GRACE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """What the agent serves: an instance's metadata, a container's credentials, or both."""

    metadata: Metadata | None
    container: Container | None

    async def answer(self, head: Head, _body: Body) -> Answer:
        """The answer to any request; raises nothing."""
        try:
            return await self._answer(head)
        except StoreUnavailable:
            return Answer(503)
        except Exception:
            log.exception("a request for %s failed", head.path)
            return Answer(500)

    async def _answer(self, head: Head) -> Answer:
        host = (head.get("host") or "").rpartition(":")
        if (host[0] or host[2]) not in HOSTS:
            return FORBIDDEN
        if self.container is not None and head.path == PATH:
            return await self.container.answer(head)
        if self.metadata is not None and head.path.startswith("/latest/"):
            return await self.metadata.answer(head)
        return NOT_FOUND


async def start(agent: Agent, port: int, clock: Callable[[], float]) -> Server:
    """Serve on `port` of the loopback address (0 takes a free one). Raises OSError."""
    sockets = listen(HOST, port)
    ready = {"ready": True}
    return await serve(agent.answer, sockets, limits=HttpLimits(), health=lambda: ready, clock=clock)


def agent_of(here: Here, instance_profile: str | None, role: str | None) -> Agent:
    """An agent for what is named; raises Absent."""
    if role is not None:
        role_at(here.opened, role)
    return Agent(
        metadata=Metadata(here, profile_at(here.opened, instance_profile)) if instance_profile else None,
        container=Container(here, role) if role is not None else None,
    )


@click.command()
@existing_data_option
@click.option(
    "--instance-profile",
    metavar="NAME|ARN",
    help="Serve the instance metadata service (IMDSv2) of an instance with this profile.",
)
@click.option("--role", metavar="ARN", help="Serve the container credentials of a task with this role.")
@click.option(
    "--port", type=PORT, default=1338, show_default=True, help="The port on 127.0.0.1; 0 takes a free one."
)
@click.option("--region", default=Settings().region, show_default=True, help="The region to say.")
@click.option(
    "--name", metavar="ID", help="The instance's or task's id, which names the sessions; random if left out."
)
def agent(
    data: Path, instance_profile: str | None, role: str | None, port: int, region: str, name: str | None
) -> None:
    """Hand a role's credentials to programs on this machine, as EC2 and ECS do.

    The role must trust ec2.amazonaws.com for --instance-profile, ecs-tasks.amazonaws.com for --role; each
    session is authorized and recorded as any other. Sessions are renewed at half their time. The agent reads
    the data directory itself, so it runs as the server's user, and serves 127.0.0.1 alone.

    \b
    deputize agent --instance-profile web
    deputize agent --role arn:aws:iam::111122223333:role/worker
    """
    if instance_profile is None and role is None:
        fail("there is nothing to serve", "name an --instance-profile or a --role", code=2)
    if partition_of(region) is None:
        fail(f"{region} is no region", code=2)
    named = name or (secrets.token_hex(16) if instance_profile is None else f"i-{secrets.token_hex(9)[:17]}")
    if not NAME.fullmatch(named):
        fail(f"{named} is no name of a session", "2 to 64 letters, digits and +=,.@_-", code=2)
    require_installation(data)
    with opened(data) as installation:
        here = Here(opened=installation, clock=time.time, region=region, name=named)
        try:
            made = agent_of(here, instance_profile, role)
            uvloop.run(_run(here, made, port))
        except Absent as absent:
            fail(str(absent))
        except OSError as error:
            fail(f"cannot listen on {HOST}:{port}: {error.strerror}", "name another --port")


async def _run(here: Here, made: Agent, port: int) -> None:
    server = await start(made, port, here.clock)
    stop = asyncio.Event()
    for received in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(received, stop.set)
    url = f"http://{HOST}:{server.port}"
    click.echo(f"Ready, as {here.name} in {here.region}. For the programs that shall have the role:")
    if made.metadata is not None:
        click.echo(f"  export AWS_EC2_METADATA_SERVICE_ENDPOINT={url}")
    if made.container is not None:
        click.echo(f"  export AWS_CONTAINER_CREDENTIALS_FULL_URI={url}{PATH}")
        click.echo(f"  export AWS_CONTAINER_AUTHORIZATION_TOKEN={made.container.token}")
    await stop.wait()
    await server.drain(GRACE)
