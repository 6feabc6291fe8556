"""What `deputize serve` says when it is ready: where it is, what it enforces, and what to do next."""

import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import click

from deputize.app import Opened

ENFORCED = "signatures, IAM policies, trust policies, bucket policies, block public access."
NewBuckets = Literal["current", "legacy"]
NEW_BUCKETS: dict[NewBuckets, str] = {
    "current": "start with ACLs off and all public access blocked, as on AWS today.",
    "legacy": "start with ACLs on and no public access blocked (--new-buckets legacy).",
}
ENCRYPTED = {True: "secrets and objects encrypted", False: "secrets encrypted, new objects not encrypted"}
LOCAL = ("127.0.0.1", "::1", "localhost")


def url_of(host: str, port: int, *, tls: bool) -> str:
    """Where clients reach the server."""
    return f"{'https' if tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"


def known_accounts(installation: Opened) -> str:
    """The first accounts by name, or how to make one."""
    with installation.store.snapshot() as db:
        accounts = [one for one in db.accounts.page(limit=1000) if not one.external]
    if not accounts:
        return "none yet: deputize account create Development --admin admin"
    names = ", ".join(f"{one.name} ({one.id})" for one in accounts[:3])
    return names + (f" and {len(accounts) - 3} more" if len(accounts) > 3 else "")


def show(
    *,
    url: str,
    console: str,
    host: str,
    data: Path,
    accounts: str,
    buckets: NewBuckets,
    encrypted: bool,
    took: float,
) -> None:
    """Print it; `took` is how long the start was (seconds)."""
    shown = str(data).replace(str(Path.home()), "~", 1) if data.is_relative_to(Path.home()) else str(data)
    lines = [
        click.style(f"Deputize {version('deputize')}", bold=True),
        f"  API       {url}      export AWS_ENDPOINT_URL={url}",
        f"  Console   {console}/_console/      sign in here",
        f"  Data      {shown}    SQLite and files; {ENCRYPTED[encrypted]}",
        f"  Enforced  {ENFORCED}",
        "            No default credentials.",
        f"  Buckets   {NEW_BUCKETS[buckets]}",
        f"  Accounts  {accounts}",
    ]
    if host not in LOCAL and url.startswith("http:"):
        warning = "other machines can reach these ports, and nothing is encrypted: --tls-cert, --tls-key"
        lines.append(click.style(f"  Warning   {warning}", fg="yellow"))
    lines.append(f"Ready in {took:.1f} s. Ctrl-C stops.")
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    click.echo("\n".join(lines), color=colour)
    sys.stdout.flush()
