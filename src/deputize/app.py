"""The one place that knows every part and joins them; it owns the clock and the background jobs."""

import asyncio
import logging
import math
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from deputize.accessanalyzer.operations import accessanalyzer
from deputize.blobs.api import BlobStore
from deputize.blobs.local import LocalBlobs
from deputize.blobs.vault import Vault
from deputize.config import HttpLimits, Settings
from deputize.console import sessions
from deputize.console.api import ConsoleApi
from deputize.console.back_off import BackOff
from deputize.console.calls import calls
from deputize.console.desk import Desk
from deputize.console.doorkeeper import Doorkeeper
from deputize.console.pages import BUILT, Pages
from deputize.console.port import ConsolePort
from deputize.domain import lifecycle, sweep
from deputize.domain.deliver import Delivery
from deputize.domain.token_issuer import published
from deputize.gateway import fetch
from deputize.gateway.attempts import Guesses
from deputize.gateway.installation import Installation
from deputize.gateway.last_use import LastUse
from deputize.gateway.operation import Service
from deputize.gateway.spine import Gateway
from deputize.http.proxies import NOBODY, Proxies
from deputize.http.server import Server
from deputize.http.server import serve as serve_http
from deputize.iam.operations import iam
from deputize.latch import Latch
from deputize.protocol.message import Answer, Body, Head
from deputize.s3 import log_delivery
from deputize.s3.operations import s3
from deputize.s3.website_endpoint import WebsiteEndpoint
from deputize.s3control.operations import s3control
from deputize.secrets.keyring import Keyring
from deputize.store.api import Store
from deputize.store.lock import JobLock
from deputize.store.sqlite import SqliteStore
from deputize.sts.operations import sts

log = logging.getLogger("deputize.app")
T = TypeVar("T")

DATABASE = "deputize.db"
BLOBS = "blobs"
JOBS_LOCK = "jobs-lock"
# Seconds between two rounds of the background jobs; rounds between two looks at every file, and between two
# at what has had its time.
SWEEP_INTERVAL = 60.0
ORPHAN_ROUNDS = 24 * 60
LIFECYCLE_ROUNDS = 60
# And between two deliveries of server access logs.
LOG_ROUNDS = 5
# Seconds until what happened in buckets is told.
DELIVERY_INTERVAL = 1.0


class DataRefused(Exception):
    """The data directory cannot be used: what is wrong, and in `hint` what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An installation's parts, open for use."""

    store: Store
    jobs: JobLock
    keyring: Keyring
    blobs: BlobStore
    settings: Settings
    guesses: Guesses

    @property
    def installation(self) -> Installation:
        """What calls share, new for each server."""
        vault = Vault(store=self.blobs, keyring=self.keyring, seals=self.settings.encrypt_objects)
        return Installation(keyring=self.keyring, vault=vault, settings=self.settings, guesses=self.guesses)


def services() -> Mapping[str, Service]:
    """Every service, by the name its model has."""
    return {service.name: service for service in (iam, sts, s3, s3control, accessanalyzer)}


def claim_directory(data: Path) -> None:
    """Make the data directory, for its owner alone; raises DataRefused if others have any right to it."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = data.stat()
    if status.st_uid != os.geteuid():
        raise DataRefused(f"{data} belongs to another user", "chown it, or name another: --data DIR")
    if status.st_mode & 0o077:
        raise DataRefused(f"{data} is open to other users", f"chmod 700 {data}")


@contextmanager
def open_installation(
    data: Path,
    environ: Mapping[str, str] = os.environ,
    settings: Settings = Settings(),  # noqa: B008 - frozen
    latch: Latch | None = None,
    guesses: Guesses | None = None,
) -> Iterator[Opened]:
    """Open the installation in `data`, making what is missing. A disk error closes `latch`, and while it is
    closed nothing is written; several processes may share it, and `guesses`, which count for all of them.

    Raises DataRefused, and what the key ring raises when the root key is missing or another one; nothing is
    changed then.
    """
    claim_directory(data)
    latch = latch or Latch()
    blobs = LocalBlobs(data / BLOBS, latch)
    _refuse_lost_database(data / DATABASE, blobs)
    keyring = Keyring.open(data, environ)
    store = SqliteStore.open(data / DATABASE, latch)
    jobs = JobLock(data / JOBS_LOCK)
    try:
        yield Opened(
            store=store,
            jobs=jobs,
            keyring=keyring,
            blobs=blobs,
            settings=settings,
            guesses=guesses or Guesses(),
        )
    finally:
        store.close()
        jobs.close()


def _refuse_lost_database(database: Path, blobs: LocalBlobs) -> None:
    """No database is made anew beside stored objects: it would name none of them, and the sweep would remove
    all.
    """
    if database.exists() and database.stat().st_size:
        return
    if any(blobs.older(math.inf)):
        raise DataRefused(
            f"{database} is missing or empty, and there are objects that it named", "restore a backup"
        )


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers. `port` is the API's, `console_port` the console's if there is one."""

    http: Server
    console: Server | None
    jobs: Sequence["asyncio.Task[None]"]
    stopping: threading.Event

    @property
    def port(self) -> int:
        return self.http.port

    @property
    def console_port(self) -> int | None:
        return None if self.console is None else self.console.port

    async def drain(self, timeout: float) -> None:
        """Stop taking requests, let those in flight finish for up to `timeout` seconds, stop the background
        jobs.
        """
        self.stopping.set()
        for job in self.jobs:
            job.cancel()
        servers = (self.http,) if self.console is None else (self.http, self.console)
        ending = asyncio.wait(self.jobs, timeout=timeout)
        await asyncio.gather(*(server.drain(timeout) for server in servers), ending)


async def serve(
    opened: Opened,
    sockets: Sequence[socket.socket],
    *,
    console: Sequence[socket.socket] = (),
    pages: Path = BUILT,
    clock: Callable[[], float] = time.time,
    limits: HttpLimits = HttpLimits(),  # noqa: B008 - frozen
    tls: ssl.SSLContext | None = None,
    proxies: Proxies = NOBODY,
) -> Running:
    """Answer requests on `sockets` until drained, by TLS if a context is given; on those of the `console`
    with its `pages` as well.
    """
    installation = opened.installation
    gateway = Gateway(
        store=opened.store,
        installation=installation,
        services=services(),
        clock=clock,
        last_use=LastUse(opened.store),
    )
    listening = partial(
        serve_http, limits=limits, health=lambda: health(opened), clock=clock, tls=tls, proxies=proxies
    )

    websites = WebsiteEndpoint(gateway)

    async def answer(head: Head, body: Body) -> Answer:
        """Websites have names of their own; what anybody may read of token issuers stands beside the API."""
        return (
            await websites.answer(head) or published(opened.store, head) or await gateway.answer(head, body)
        )

    http = await listening(answer, sockets)
    doorkeeper = Doorkeeper(BackOff(installation.guesses))
    desk = Desk(gateway=gateway, api_port=http.port, doorkeeper=doorkeeper)
    api = ConsoleApi(calls=calls(desk), clock=clock)
    port = ConsolePort(desk=desk, pages=Pages(pages), api=api)
    beside = await listening(port.answer, console) if console else None
    stopping = threading.Event()
    jobs = (_background(opened, gateway), _deliver(opened, clock, stopping))
    return Running(http, beside, [asyncio.create_task(job) for job in jobs], stopping)


def health(opened: Opened) -> Mapping[str, object]:
    """What `/_health` tells: whether the server is ready, and what it enforces. Nothing else."""
    enforced = ["signatures", "identity policies", "trust policies", "bucket policies", "block public access"]
    return {"ready": opened.store.health().writable, "enforced": enforced}


async def _background(opened: Opened, gateway: Gateway) -> None:
    """The jobs that nobody waits for, a round every SWEEP_INTERVAL seconds, in one of the processes that
    share the data.
    """
    number, clock = 0, gateway.clock

    async def cleaning() -> None:
        await asyncio.to_thread(clean, opened, clock(), files=number % ORPHAN_ROUNDS == 0)

    async def rules() -> None:
        await asyncio.to_thread(lifecycle.apply, opened.store, clock(), opened.settings.notify)

    async def logs() -> None:
        await log_delivery.deliver(gateway, clock())

    while True:
        await asyncio.sleep(SWEEP_INTERVAL)
        try:
            ours = opened.jobs.take()
        except OSError:
            log.exception("whose the background jobs are is not known; the next round asks again")
            continue
        if not ours:
            continue
        for every, job in ((1, cleaning), (LIFECYCLE_ROUNDS, rules), (LOG_ROUNDS, logs)):
            if number % every == 0:
                await _tried(job())
        number += 1


async def _tried(job: Coroutine[Any, Any, None]) -> None:
    """One job of a round. That it fails keeps no other from its turn."""
    try:
        await job
    except Exception:
        log.exception("a background job failed; its next round tries again")


async def _deliver(opened: Opened, clock: Callable[[], float], stopping: threading.Event) -> None:
    """Tells what happened in buckets, in the process that does the background jobs. When it is cancelled it
    ends with what is being told, so that this is not told again.
    """
    targets = opened.settings.notify
    delivery = Delivery(store=opened.store, targets=targets, post=fetch.post, stopped=stopping.is_set)
    while True:
        await asyncio.sleep(DELIVERY_INTERVAL)
        try:
            while opened.jobs.take() and await _whole(asyncio.to_thread(delivery.round, clock())) > 0:
                pass
        except Exception:
            log.exception("notifications were not delivered; the next round tries again")


async def _whole(work: Coroutine[Any, Any, T]) -> T:
    """What `work` returns; whoever waits for it is not cancelled before it has ended."""
    running = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


def clean(opened: Opened, now: float, *, files: bool) -> None:
    """One round of the background jobs; with `files`, every file is looked at as well."""
    sweep.sweep(opened.store, opened.blobs, now)
    sweep.forget(opened.store, now)
    sessions.forget(opened.store, now)
    if files:
        sweep.orphans(opened.store, opened.blobs, now)
