"""The one place that knows every part and joins them; it owns the clock and the background jobs."""

import asyncio
import logging
import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deputize.accessanalyzer.operations import accessanalyzer
from deputize.blobs.api import BlobStore
from deputize.blobs.local import LocalBlobs
from deputize.config import HttpLimits, Settings
from deputize.domain import sweep
from deputize.gateway.installation import Installation
from deputize.gateway.last_use import LastUse
from deputize.gateway.operation import Service
from deputize.gateway.spine import Gateway
from deputize.http.proxies import NOBODY, Proxies
from deputize.http.server import Server
from deputize.http.server import serve as serve_http
from deputize.iam.operations import iam
from deputize.latch import Latch
from deputize.s3.operations import s3
from deputize.secrets.keyring import Keyring
from deputize.store.api import Store
from deputize.store.lock import JobLock
from deputize.store.sqlite import SqliteStore
from deputize.sts.operations import sts

log = logging.getLogger("deputize.app")

DATABASE = "deputize.db"
JOBS_LOCK = "jobs-lock"
# Seconds between two rounds of the background jobs, and rounds between two looks at every file.
SWEEP_INTERVAL = 60.0
ORPHAN_ROUNDS = 24 * 60


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


def services() -> Mapping[str, Service]:
    """Every service, by the name its model has."""
    return {service.name: service for service in (iam, sts, s3, accessanalyzer)}


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
) -> Iterator[Opened]:
    """Open the installation in `data`, making what is missing. A disk error closes `latch`, which several
    processes may share, and while it is closed nothing is written.

    Raises DataRefused, and what the key ring raises when the root key is missing or another one; nothing is
    changed then.
    """
    claim_directory(data)
    keyring = Keyring.open(data, environ)
    latch = latch or Latch()
    store = SqliteStore.open(data / DATABASE, latch)
    jobs = JobLock(data / JOBS_LOCK)
    try:
        yield Opened(
            store=store,
            jobs=jobs,
            keyring=keyring,
            blobs=LocalBlobs(data / "blobs", latch),
            settings=settings,
        )
    finally:
        store.close()
        jobs.close()


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers. `port` is the one it listens on."""

    http: Server
    jobs: "asyncio.Task[None]"

    @property
    def port(self) -> int:
        return self.http.port

    async def drain(self, timeout: float) -> None:
        """Stop taking requests, let those in flight finish for up to `timeout` seconds, stop the background
        jobs.
        """
        self.jobs.cancel()
        await self.http.drain(timeout)


async def serve(
    opened: Opened,
    sockets: Sequence[socket.socket],
    *,
    clock: Callable[[], float] = time.time,
    limits: HttpLimits = HttpLimits(),  # noqa: B008 - frozen
    tls: ssl.SSLContext | None = None,
    proxies: Proxies = NOBODY,
) -> Running:
    """Answer requests on `sockets` until drained, by TLS if a context is given."""
    installation = Installation(keyring=opened.keyring, blobs=opened.blobs, settings=opened.settings)
    gateway = Gateway(
        store=opened.store,
        installation=installation,
        services=services(),
        clock=clock,
        last_use=LastUse(opened.store),
    )
    http = await serve_http(
        gateway.answer,
        sockets,
        limits=limits,
        health=lambda: health(opened),
        clock=clock,
        tls=tls,
        proxies=proxies,
    )
    return Running(http, asyncio.create_task(_background(opened, clock)))


def health(opened: Opened) -> Mapping[str, object]:
    """What `/_health` tells: whether the server is ready, and what it enforces. Nothing else."""
    enforced = ["signatures", "identity policies", "trust policies", "bucket policies", "block public access"]
    return {"ready": opened.store.health().writable, "enforced": enforced}


async def _background(opened: Opened, clock: Callable[[], float]) -> None:
    """The jobs that nobody waits for, a round every SWEEP_INTERVAL seconds, in one of the processes that
    share the data.
    """
    number = 0
    while True:
        await asyncio.sleep(SWEEP_INTERVAL)
        try:
            if opened.jobs.take():
                await asyncio.to_thread(clean, opened, clock(), files=number % ORPHAN_ROUNDS == 0)
                number += 1
        except Exception:
            log.exception("a background job failed; the next round tries again")


def clean(opened: Opened, now: float, *, files: bool) -> None:
    """One round of the background jobs; with `files`, every file is looked at as well."""
    sweep.sweep(opened.store, opened.blobs, now)
    sweep.forget(opened.store, now)
    if files:
        sweep.orphans(opened.store, opened.blobs, now)
