"""`deputize serve`: the server in the foreground, until Ctrl-C or SIGTERM."""

import asyncio
import errno
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
from typing import Literal

import click
import uvloop

from deputize import app
from deputize.app import Opened
from deputize.cli import banner
from deputize.cli.common import PORT, data_option, fail, opened
from deputize.cli.main import STARTED
from deputize.cli.workers import STOPPING, Supervisor, WorkerFailed
from deputize.config import BASE_HOSTS, Settings
from deputize.gateway.attempts import Guesses
from deputize.gateway.fetch import FetchRefused, checked
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
QUEUE_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}", re.ASCII)
LOOPBACK_URL = re.compile(r"http://127\.0\.0\.1:\d{1,5}", re.ASCII)
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
    guesses: Guesses


@dataclass(frozen=True, slots=True)
class Listening:
    """The sockets of the API and of the console, which workers share."""

    api: list[socket.socket]
    console: list[socket.socket]


@click.command()
@data_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=PORT, default=4566, show_default=True, help="The API's port; 0 takes a free one."
)
@click.option(
    "--console-port",
    type=PORT,
    show_default="the one after --port",
    help="The web console's port; 0 takes a free one.",
)
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
@click.option(
    "--oidc-test-provider",
    metavar="URL",
    help="Ask this provider (`deputize idp`) for the keys of all OpenID Connect issuers, in their place. "
    "Whoever has its keys is whoever they like.",
)
@click.option(
    "--insecure-oidc-loopback",
    is_flag=True,
    help="Let OpenID Connect providers be http URLs of 127.0.0.1, for tests; never where strangers are users",
)
@click.option(
    "--new-buckets",
    type=click.Choice(["current", "legacy"]),
    default="current",
    show_default=True,
    help="What buckets start with: ACLs off and public access blocked, as on AWS today, or as before 2023.",
)
@click.option(
    "--notify",
    "notify",
    metavar="NAME=URL",
    multiple=True,
    help="Tell this URL what happens in buckets that notify the queue arn:aws:sqs:REGION:ACCOUNT:NAME. "
    "Repeatable.",
)
@click.option(
    "--plaintext-objects",
    is_flag=True,
    help="Store new objects as they are, not encrypted; no answer claims encryption then.",
)
def serve(
    data: Path,
    host: str,
    port: int,
    console_port: int | None,
    base_hosts: tuple[str, ...],
    tls_cert: Path | None,
    tls_key: Path | None,
    trusted: tuple[str, ...],
    workers: int,
    access_log: Path | None,
    oidc_test_provider: str | None,
    insecure_oidc_loopback: bool,
    new_buckets: Literal["current", "legacy"],
    notify: tuple[str, ...],
    plaintext_objects: bool,
) -> None:
    """Start the server: IAM, STS and S3 on one port, the web console on another.

    \b
    deputize serve
    deputize serve --data ./data --port 9000 --access-log access.jsonl
    deputize serve --host 0.0.0.0 --base-host s3.example.com --tls-cert chain.pem --tls-key key.pem
    """
    plan = Plan(
        data=data,
        settings=Settings(
            base_hosts=_names(host, base_hosts),
            insecure_oidc_loopback=insecure_oidc_loopback,
            oidc_test_provider=_test_provider(oidc_test_provider),
            new_buckets=new_buckets,
            encrypt_objects=not plaintext_objects,
            notify=dict(map(_target, notify)),
        ),
        certificate=_certificate(tls_cert, tls_key),
        proxies=_proxies(trusted),
        latch=Latch(),
        guesses=Guesses(),
    )
    _log_to(access_log)
    with opened(data, plan.settings) as installation:
        accounts = banner.known_accounts(installation)
    listening = Listening(
        api=_listening(host, port, "--port"),
        console=_listening(host, _after(port) if console_port is None else console_port, "--console-port"),
    )

    def ready() -> None:
        tls = plan.certificate is not None
        banner.show(
            url=banner.url_of(host, listening.api[0].getsockname()[1], tls=tls),
            console=banner.url_of(host, listening.console[0].getsockname()[1], tls=tls),
            host=host,
            data=data,
            accounts=accounts,
            buckets=new_buckets,
            encrypted=not plaintext_objects,
            took=time.monotonic() - STARTED,
        )

    if workers == 1:
        _work(plan, listening, ready, None)
    else:
        _supervise(plan, listening, workers, ready)


def _supervise(plan: Plan, listening: Listening, workers: int, ready: Callable[[], None]) -> None:
    work = partial(_work, plan, listening)
    sockets = (*listening.api, *listening.console)
    supervisor = Supervisor(workers, work, sockets, grace=GRACE + MARGIN)
    try:
        supervisor.run(ready)
    except WorkerFailed:
        fail("a worker could not start", "it says why above")


def _work(plan: Plan, listening: Listening, ready: Callable[[], None], lifeline: int | None) -> None:
    """Serve until told to stop: the whole of a single server, and of a worker, whose `lifeline` ends with its
    parent.
    """
    if lifeline is not None:
        _reload(plan.certificate)  # the parent has what was there at its own start
    with opened(plan.data, plan.settings, plan.latch, plan.guesses) as installation:
        uvloop.run(_run(installation, plan, listening, ready, lifeline))


def _names(host: str, base_hosts: tuple[str, ...]) -> tuple[str, ...]:
    """The server's own names: those given, the one to listen on if it is one, and those of every server."""
    own = [host.lower()] if HOST_NAME.fullmatch(host.lower()) else []
    return tuple(dict.fromkeys([*map(_base_host, base_hosts), *own, *BASE_HOSTS]))


def _test_provider(url: str | None) -> str | None:
    if url is not None and LOOPBACK_URL.fullmatch(url) is None:
        fail(f"--oidc-test-provider {url} is not on this machine", "give http://127.0.0.1:PORT", code=2)
    return url


def _target(given: str) -> tuple[str, str]:
    """A target of notifications: its name and its URL, which may hold a secret."""
    name, _, url = given.partition("=")
    if QUEUE_NAME.fullmatch(name) is None:
        fail("--notify names no queue", "give NAME=URL, NAME of letters, digits, - and _", code=2)
    try:
        checked(url, plain=True)
    except FetchRefused:
        fail(f"--notify {name} has no URL that can be told anything", "give NAME=https://...", code=2)
    return name, url


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


def _after(port: int) -> int:
    """The port that the console takes beside the API's."""
    return port + 1 if 0 < port < 65535 else 0


def _listening(host: str, port: int, option: str) -> list[socket.socket]:
    try:
        return listen(host, port)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        hint = f"is another server running there? name another {option}"
        fail(
            f"cannot listen on {host}:{port}: {error.strerror}",
            hint if taken else f"name an address of this machine with --host, or another {option}",
        )


async def _run(
    installation: Opened,
    plan: Plan,
    listening: Listening,
    ready: Callable[[], None],
    lifeline: int | None,
) -> None:
    certificate = plan.certificate
    running = await app.serve(
        installation,
        listening.api,
        console=listening.console,
        tls=certificate.context if certificate is not None else None,
        proxies=plan.proxies,
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for received in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(received, stop.set)
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


def _reload(certificate: Certificate | None) -> None:
    """Without TLS there is nothing to read again, and SIGHUP is no reason to end."""
    if certificate is None:
        return
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
