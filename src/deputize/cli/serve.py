"""`deputize serve`: the server in the foreground, until Ctrl-C or SIGTERM."""

import asyncio
import logging
import os
import signal
import sys
import time
from importlib.metadata import version
from pathlib import Path

import click
import uvloop

from deputize import app
from deputize.app import Opened
from deputize.cli.common import data_option, fail, opened
from deputize.cli.main import STARTED

# Requests in flight have this long to finish when the server stops (seconds).
GRACE = 10.0
ENFORCED = "signatures, IAM policies, trust policies, bucket policies, block public access."


@click.command()
@data_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=4566, show_default=True, help="The API's port; 0 takes a free one.")
@click.option("--console-port", default=4567, show_default=True, help="Kept for the web console.")
@click.option(
    "--access-log",
    type=click.Path(path_type=Path),
    help="Where a line of JSON per request goes; `-` is stdout.",
)
def serve(data: Path, host: str, port: int, console_port: int, access_log: Path | None) -> None:  # noqa: ARG001
    """Start the server: IAM, STS and S3 on one port.

    \b
    deputize serve
    deputize serve --data ./data --port 9000 --access-log access.jsonl
    """
    _log_to(access_log)
    with opened(data) as installation:
        try:
            uvloop.run(_run(installation, data, host, port))
        except OSError as error:
            fail(
                f"cannot listen on {host}:{port}: {error.strerror}",
                "is another server running there? name another --port",
            )


async def _run(installation: Opened, data: Path, host: str, port: int) -> None:
    running = await app.serve(installation, host=host, port=port)
    stop = asyncio.Event()
    for received in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(received, stop.set)
    _banner(installation, data, host, running.port, time.monotonic() - STARTED)
    await stop.wait()
    click.echo("Stopping: requests in flight are finished first.", err=True)
    await running.drain(GRACE)


def _log_to(access_log: Path | None) -> None:
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s"
    )
    log = logging.getLogger("deputize.access")
    log.propagate = False
    if access_log is None:
        log.setLevel(logging.CRITICAL)
        return
    handler = logging.StreamHandler(sys.stdout) if str(access_log) == "-" else logging.FileHandler(access_log)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)


def _banner(installation: Opened, data: Path, host: str, port: int, took: float) -> None:
    """Where it is, what it enforces, and what to do next."""
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    with installation.store.snapshot() as db:
        accounts = [one for one in db.accounts.page(limit=1000) if not one.external]
    if accounts:
        names = ", ".join(f"{one.name} ({one.id})" for one in accounts[:3])
        known = names + (f" and {len(accounts) - 3} more" if len(accounts) > 3 else "")
    else:
        known = "none yet: deputize account create Development --admin admin"
    shown = str(data).replace(str(Path.home()), "~", 1) if data.is_relative_to(Path.home()) else str(data)
    lines = [
        click.style(f"Deputize {version('deputize')}", bold=True),
        f"  API       {url}      export AWS_ENDPOINT_URL={url}",
        f"  Data      {shown}    SQLite and files; secrets encrypted, objects not encrypted",
        f"  Enforced  {ENFORCED}",
        "            No default credentials.",
        f"  Accounts  {known}",
    ]
    if host not in ("127.0.0.1", "::1", "localhost"):
        lines.append(
            click.style(
                "  Warning   other machines can reach this port, and TLS is not offered yet", fg="yellow"
            )
        )
    lines.append(f"Ready in {took:.1f} s. Ctrl-C stops.")
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    click.echo("\n".join(lines), color=colour)
    sys.stdout.flush()
