"""What S3 costs where there is much of it: `python -m benchmarks.s3`, on a quiet machine.

Prints a table: what was found beside what is aimed at. `--keys` sets how large the listed bucket is.
"""

import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from benchmarks import measure, scene, servers, signing
from benchmarks.cases import Case, Make, Side, writes
from benchmarks.load import LoadFailed, drive
from benchmarks.scene import BUCKET, LARGE_CONTENT, LARGE_KEY, SMALL_KEYS, Scene
from benchmarks.servers import Missing, Server
from benchmarks.signing import Keys
from deputize import app
from deputize.config import Settings
from deputize.model.storage import Blob, StoredObject
from deputize.store.api import Transaction

KEYS = 1_000_000
PREFIXES = 1_000
LISTED = "listed"
# Keys that one transaction puts in.
TOGETHER = 10_000
ROUNDS = 5
UPLOADS = 64
READS, WRITES = 6_000, 4_000
EMPTY = "d41d8cd98f00b204e9800998ecf8427e"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    found: str
    aim: str


@dataclass(frozen=True, slots=True)
class Ready:
    """The servers over copies of one data directory, and who asks them."""

    nginx: Server
    sealed: Server
    plain: Server
    workers: Server
    admin: Keys
    made: Scene


def fill(data: Path, keys: int) -> None:
    """Put so many empty objects under PREFIXES prefixes into the bucket LISTED: through the API it would take
    an hour.
    """
    with app.open_installation(data, environ={}, settings=Settings()) as opened:
        steps = range(0, keys, TOGETHER)
        with click.progressbar(steps, label="filling a bucket", file=sys.stderr) as firsts:
            for first in firsts:
                numbers = range(first, min(first + TOGETHER, keys))
                opened.store.write(partial(_objects, numbers=numbers)).result()


def _objects(db: Transaction, numbers: range) -> None:
    bucket = db.buckets.get(LISTED)
    if bucket is None:
        raise LookupError(LISTED)
    for number in numbers:
        blob = Blob(id=secrets.token_bytes(16), size=0, data=b"")
        key = f"{number % PREFIXES:03}/{number // PREFIXES:06}".encode()
        found = StoredObject(
            bucket=bucket.id,
            key=key,
            size=0,
            etag=EMPTY,
            modified=number,
            blob=blob.id,
            owner=bucket.account,
            headers={"content-type": "binary/octet-stream"},
            checksums={"CRC64NVME": "AAAAAAAAAAA="},
        )
        db.objects.put(found, blob, now=number)


def listings(server: Server, admin: Keys) -> tuple[Row, Row]:
    """Pages of a large bucket."""
    middle = f"/{LISTED}?list-type=2&start-after=500%2F"
    rolled = f"/{LISTED}?delimiter=%2F&list-type=2"
    keys = _cpu(server, _gets(admin, [middle]), clients=4, total=100)
    prefixes = _cpu(server, _gets(admin, [rolled]), clients=4, total=40)
    return (
        Row("ListObjectsV2, 1000 keys", f"{keys * 1e3:.1f} ms of CPU", "under 5"),
        Row("ListObjectsV2, 1000 common prefixes", f"{prefixes * 1e3:.1f} ms of CPU", "under 40"),
    )


def large_reads(ready: Ready) -> list[Row]:
    """GET 64 MiB beside nginx, the sides in turns."""
    target = f"/{BUCKET}/{LARGE_KEY}"
    found: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        nginx = _cpu(ready.nginx, lambda port: [signing.plain(port, target)], clients=2, total=8)
        for name, server in (("as it is", ready.plain), ("sealed", ready.sealed)):
            ours = _cpu(server, _gets(ready.made.user, [target]), clients=2, total=8)
            found.setdefault(name, []).append(nginx / ours)
    plain, sealed = (f"{statistics.median(ratios):.2f} of nginx's efficiency" for ratios in found.values())
    return [
        Row("GET 64 MiB, stored as it is", plain, "at least 0.6"),
        Row("GET 64 MiB, encrypted at rest", sealed, "at least 0.2"),
    ]


def large_writes(ready: Ready, home: Path) -> list[Row]:
    """PUT 64 MiB beside what anybody would have to do with the bytes, in turns."""
    source = home / "64MiB"
    source.write_bytes(LARGE_CONTENT)
    make = writes(ready.made.user, body=LARGE_CONTENT, keys=(LARGE_KEY,))
    found: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        bare = _written(source, home / "copy")
        for name, server in (("as it is", ready.plain), ("sealed", ready.sealed)):
            found.setdefault(name, []).append(drive(server.port, make(server.port), 1, 1).seconds / bare)
    plain, sealed = (f"{statistics.median(ratios):.2f} times" for ratios in found.values())
    told = "PUT 64 MiB to dd conv=fsync, md5sum and sha256sum, wall time"
    return [Row(f"{told}: stored as it is", plain, "at most 1.3"), Row(f"{told}: encrypted", sealed, "")]


def _written(source: Path, copy: Path) -> float:
    """How long the plain programs take (seconds)."""
    began = time.perf_counter()
    dd = ["dd", f"if={source}", f"of={copy}", "bs=1M", "conv=fsync", "status=none"]
    for command in (dd, ["md5sum", str(copy)], ["sha256sum", str(copy)]):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def many_uploads(ready: Ready) -> list[Row]:
    """The server's memory, at its most, during uploads side by side."""
    make = writes(ready.made.user, body=LARGE_CONTENT, keys=(LARGE_KEY,))
    drive(ready.sealed.port, make(ready.sealed.port), UPLOADS, UPLOADS)
    peak = ready.sealed.peak()
    return [Row(f"memory, {UPLOADS} uploads of 64 MiB at once", f"{peak / 1e6:.0f} MB", "under 200")]


def two_workers(ready: Ready) -> list[Row]:
    """What a second process costs each request, and whether both get to write."""
    reads = _gets(ready.made.user, [f"/{BUCKET}/{key}" for key in SMALL_KEYS])
    grown = [
        _cpu(ready.workers, reads, 32, READS) / _cpu(ready.sealed, reads, 32, READS) for _ in range(ROUNDS)
    ]
    make = writes(ready.made.user)
    slowest = drive(ready.workers.port, make(ready.workers.port), WRITES, 32).slowest
    return [
        Row(
            "two workers: CPU per GET of 1 KiB to that of one",
            f"{statistics.median(grown):.2f}",
            "at most 1.15",
        ),
        Row("two workers: the slowest PUT of 1 KiB at 32 clients", f"{slowest:.2f} s", "under 1"),
    ]


def _gets(who: Keys, targets: Sequence[str]) -> Make:
    return lambda port: [signing.s3(port, who, "GET", target) for target in targets]


def _cpu(server: Server, make: Make, clients: int, total: int) -> float:
    """Seconds of CPU per request."""
    side = Side(server=server.name, who="", make=make, round=total)
    return measure.measure(server, Case(name="", clients=clients, sides=(side,)), side, total).cpu


@click.command()
@click.option("--keys", default=KEYS, show_default=True)
def main(keys: int) -> None:
    """Measure large buckets, large objects, many uploads and two workers."""
    home = Path(tempfile.mkdtemp(prefix="deputize-bench-"))
    home.chmod(0o755)
    try:
        rows = _run(home, keys)
    except (Missing, LoadFailed) as error:
        click.echo(f"\n{error}", err=True)
        sys.exit(1)
    finally:
        shutil.rmtree(home)
    click.echo(f"| of {keys:,} keys | found | aim |\n|---|--:|--:|")
    for row in rows:
        click.echo(f"| {row.what} | {row.found} | {row.aim} |")


def _run(home: Path, keys: int) -> list[Row]:
    with ExitStack() as stack:
        ready = _ready(home, keys, stack)
        return [
            *listings(ready.sealed, ready.admin),
            *two_workers(ready),
            *large_reads(ready),
            *large_writes(ready, home),
            *many_uploads(ready),
        ]


def _ready(home: Path, keys: int, stack: ExitStack) -> Ready:
    """Everything that is measured, started."""
    data, plain, shared = home / "data", home / "plain", home / "shared"
    admin = scene.administrator(data)
    with servers.deputize(data) as server:
        made = scene.build(server.port, admin)
        scene.client("s3", server.port, admin).create_bucket(Bucket=LISTED)
    for copy in (plain, shared):
        shutil.copytree(data, copy)
    fill(data, keys)
    ready = Ready(
        nginx=stack.enter_context(servers.nginx(home / "nginx", scene.files())),
        sealed=stack.enter_context(servers.deputize(data)),
        plain=stack.enter_context(servers.deputize(plain, options=["--plaintext-objects"])),
        workers=stack.enter_context(servers.deputize(shared, options=["--workers", "2"])),
        admin=admin,
        made=made,
    )
    scene.client("s3", ready.plain.port, admin).put_object(Bucket=BUCKET, Key=LARGE_KEY, Body=LARGE_CONTENT)
    return ready


if __name__ == "__main__":
    main()
