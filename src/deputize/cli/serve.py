"""`deputize serve`: the server in the foreground, until Ctrl-C or SIGTERM."""

import asyncio
import logging
import re
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
import uvloop

from deputize import app
from deputize.app import Opened
from deputize.cli import banner
from deputize.cli.common import data_option, fail, opened
from deputize.cli.main import STARTED
from deputize.cli.workers import STOPPING, Supervisor, WorkerFailed
from deputize.config import BASE_HOSTS, Settings
from deputize.http.access_log import LineFile
from deputize.http.proxies import Proxies, network
from deputize.http.server import listen
from deputize.http.tls import Certificate, TlsRefused
from deputize.latch import Latch

log = logging.getLogger("deputize.cli")

# Requests in flight have this long to finish when the server stops (seconds).
GRACE = 10.0
# What workers may take beyond that before they are killed.
MARGIN = 5.0
# A name of two labels or more, or `localhost`'s kind; the last label is no number, or it would be an address.
HOST_NAME = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was asked for, checked."""

    data: Path
    settings: Settings
    certificate: Certificate | None
    proxies: Proxies
    latch: Latch


@click.command()
@data_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=4566, show_default=True, help="The API's port; 0 takes a free one.")
@click.option("--console-port", default=4567, show_default=True, help="Kept for the web console.")
@click.option(
    "--base-host",
    "base_hosts",
    metavar="NAME",
    multiple=True,
    help="A DNS name of this server: BUCKET.NAME, s3.REGION.NAME and their like are understood. Repeatable; "
    f"{' and '.join(BASE_HOSTS)} always are.",
)
@click.option(
    "--tls-cert", metavar="FILE", type=click.Path(path_type=Path), help="Serve https with this PEM chain."
)
@click.option(
    "--tls-key",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The certificate's key (PEM), closed to other users. SIGHUP reads both files again.",
)
@click.option(
    "--trusted-proxy",
    "trusted",
    metavar="CIDR",
    multiple=True,
    help="Believe X-Forwarded-For and X-Forwarded-Proto from proxies in this network. Repeatable.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes that share the port and the data.",
)
@click.option(
    "--access-log",
    type=click.Path(path_type=Path),
    help="Where a line of JSON per request goes; `-` is stdout.",
)
def serve(
    data: Path,
    host: str,
    port: int,
    console_port: int,  # noqa: ARG001
    base_hosts: tuple[str, ...],
    tls_cert: Path | None,
    tls_key: Path | None,
    trusted: tuple[str, ...],
    workers: int,
    access_log: Path | None,
) -> None:
    """Start the server: IAM, STS and S3 on one port.

    \b
    deputize serve
    deputize serve --data ./data --port 9000 --access-log access.jsonl
    deputize serve --host 0.0.0.0 --base-host s3.example.com --tls-cert chain.pem --tls-key key.pem
    """
    plan = Plan(
        data=data,
        settings=Settings(base_hosts=tuple(dict.fromkeys([*map(_base_host, base_hosts), *BASE_HOSTS]))),
        certificate=_certificate(tls_cert, tls_key),
        proxies=_proxies(trusted),
        latch=Latch(),
    )
    _log_to(access_log)
    with opened(data, plan.settings) as installation:
        accounts = banner.known_accounts(installation)
    sockets = _listening(host, port)

    def ready() -> None:
        banner.show(
            url=banner.url_of(host, sockets[0].getsockname()[1], tls=plan.certificate is not None),
            host=host,
            data=data,
            accounts=accounts,
            took=time.monotonic() - STARTED,
        )

    if workers == 1:
        _work(plan, sockets, ready, None)
    else:
        _supervise(plan, sockets, workers, ready)


def _supervise(plan: Plan, sockets: list[socket.socket], workers: int, ready: Callable[[], None]) -> None:
    work = partial(_work, plan, sockets)
    hang_up = plan.certificate is not None
    supervisor = Supervisor(workers, work, sockets, grace=GRACE + MARGIN, hang_up=hang_up)
    try:
        supervisor.run(ready)
    except WorkerFailed:
        fail("a worker could not start", "it says why above")


def _work(plan: Plan, sockets: list[socket.socket], ready: Callable[[], None], lifeline: int | None) -> None:
    """Serve until told to stop: the whole of a single server, and of a worker, whose `lifeline` ends with its
    parent.
    """
    if lifeline is not None and plan.certificate is not None:
        _reload(plan.certificate)  # the parent has what was there at its own start
    with opened(plan.data, plan.settings, plan.latch) as installation:
        uvloop.run(_run(installation, plan, sockets, ready, lifeline))


def _base_host(name: str) -> str:
    lower = name.lower().removesuffix(".")
    if HOST_NAME.fullmatch(lower) is None:
        fail(f"--base-host {name} is no DNS name", "give the name alone: no scheme, port or address", code=2)
    return lower


def _certificate(chain: Path | None, key: Path | None) -> Certificate | None:
    if chain is None and key is None:
        return None
    if chain is None or key is None:
        given, missing = ("--tls-cert", "--tls-key") if key is None else ("--tls-key", "--tls-cert")
        fail(f"{given} is given without {missing}", "TLS needs both, plain HTTP neither", code=2)
    try:
        return Certificate(chain, key)
    except TlsRefused as refused:
        fail(str(refused), refused.hint, code=2)


def _proxies(networks: tuple[str, ...]) -> Proxies:
    try:
        return Proxies([network(one) for one in networks])
    except ValueError as error:
        fail(f"--trusted-proxy: {error}", "give a network such as 10.0.0.0/8, or one address", code=2)


def _listening(host: str, port: int) -> list[socket.socket]:
    try:
        return listen(host, port)
    except OSError as error:
        fail(
            f"cannot listen on {host}:{port}: {error.strerror}",
            "is another server running there? name another --port",
        )


async def _run(
    installation: Opened,
    plan: Plan,
    sockets: list[socket.socket],
    ready: Callable[[], None],
    lifeline: int | None,
) -> None:
    certificate = plan.certificate
    running = await app.serve(
        installation,
        sockets,
        tls=certificate.context if certificate is not None else None,
        proxies=plan.proxies,
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for received in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(received, stop.set)
    if certificate is not None:
        loop.add_signal_handler(signal.SIGHUP, _reload, certificate)
    if lifeline is not None:
        loop.add_reader(lifeline, stop.set)
    ready()
    await stop.wait()
    if lifeline is None:
        click.echo(STOPPING, err=True)
    else:
        loop.remove_reader(lifeline)
    await running.drain(GRACE)


def _reload(certificate: Certificate) -> None:
    try:
        certificate.reload()
    except TlsRefused as refused:
        log.error("the old certificate stays: %s; %s", refused, refused.hint)


def _log_to(access_log: Path | None) -> None:
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
    log = logging.getLogger("deputize.access")
    log.propagate = False
    if access_log is None:
        log.setLevel(logging.CRITICAL)
        return
    try:
        handler = LineFile(None if str(access_log) == "-" else access_log)
    except OSError as error:
        fail(f"cannot write {access_log}: {error.strerror}", "name another --access-log", code=2)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
