"""What IAM and STS cost in a large account: `python -m benchmarks.iam`, on a quiet machine.

Prints CPU per call beside what is aimed at. `--users` sets how large the account is.
"""

import itertools
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from benchmarks import measure, scene, servers, signing, syncs
from benchmarks.cases import Case, Make, Side
from benchmarks.load import LoadFailed, Sent
from benchmarks.measure import Figure
from benchmarks.servers import Missing, Server
from benchmarks.signing import Keys
from deputize import app
from deputize.config import Settings
from deputize.domain import accounts
from deputize.model import ids
from deputize.model.identity import User
from deputize.store.api import Transaction

USERS = 100_000
QUOTA = 10 * USERS
ROUNDS = 5
# Milliseconds of CPU for a page of 1000 users, calls per second of one core, acknowledgements per fsync.
PAGE_AIM, ASSUME_AIM, SYNC_AIM = 10.0, 2_000, 8.0
_names = itertools.count()


def fill(data: Path, users: int) -> None:
    """Put users into the only account, and let it hold more: through the API it would take an hour."""

    def command(db: Transaction) -> None:
        (account,) = db.accounts.page()
        accounts.set_quota(db, account.id, "users", QUOTA, now=1)
        for number in range(users):
            name = f"user-{number:07}"
            unique = ids.unique_id("AIDA", account.id)
            db.users.put(User(account=account.id, partition="aws", name=name, path="/", id=unique, created=1))

    with app.open_installation(data, environ={}, settings=Settings()) as opened:
        opened.store.write(command).result()


def trusting(port: int, admin: Keys) -> str:
    """The ARN of a new role that trusts its account."""
    account = scene.client("sts", port, admin).get_caller_identity()["Account"]
    allow = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam = scene.client("iam", port, admin)
    arn: str = iam.create_role(RoleName="UpdateApp", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    return arn


def cases(admin: Keys, role: str) -> dict[str, Case]:
    """What is measured, by name."""
    page = {"Action": "ListUsers", "MaxItems": "1000"}
    assume = {"Action": "AssumeRole", "RoleArn": role, "RoleSessionName": "David-ProdUpdate"}
    return {
        "ListUsers": _case("ListUsers", 4, lambda port: [signing.iam(port, admin, page)], 100),
        "AssumeRole": _case("AssumeRole", 32, lambda port: [signing.sts(port, admin, assume)], 2_000),
    }


def _case(name: str, clients: int, make: Make, total: int) -> Case:
    return Case(
        name=name, clients=clients, sides=(Side(server="deputize", who="admin", make=make, round=total),)
    )


def created(admin: Keys, total: int, port: int) -> list[Sent]:
    """CreateUser under so many new names."""
    return [
        signing.iam(port, admin, {"Action": "CreateUser", "UserName": f"new-{next(_names)}"})
        for _ in range(total)
    ]


def cpu(server: Server, case: Case, rounds: int) -> float:
    """Seconds of CPU per call: the median of the rounds."""
    figures: Sequence[Figure] = [
        measure.measure(server, case, case.sides[0], case.sides[0].round) for _ in range(rounds)
    ]
    return measure.median(figures).cpu


@click.command()
@click.option("--users", default=USERS, show_default=True)
@click.option("--rounds", default=ROUNDS, show_default=True)
def main(users: int, rounds: int) -> None:
    """Measure an account with many users."""
    home = Path(tempfile.mkdtemp(prefix="deputize-bench-"))
    data = home / "data"
    try:
        admin = scene.administrator(data)
        fill(data, users)
        with servers.deputize(data) as server:
            made = cases(admin, trusting(server.port, admin))
            found = {name: cpu(server, case, rounds) for name, case in made.items()}
        calls = 2_000
        make = partial(created, admin, calls + syncs.CLIENTS)
        per_sync = syncs.acknowledged_per_sync(data, make, calls, home / "syncs")
    except (Missing, LoadFailed) as error:
        click.echo(f"\n{error}", err=True)
        sys.exit(1)
    finally:
        shutil.rmtree(home)
    click.echo(f"of {users:,} users:")
    click.echo(f"  a page of 1000: {found['ListUsers'] * 1e3:.1f} ms of CPU (aim: below {PAGE_AIM:g})")
    click.echo(f"  AssumeRole: {1 / found['AssumeRole']:,.0f} a second and core (aim: {ASSUME_AIM:,})")
    counted = "not counted: strace is missing" if per_sync is None else f"{per_sync:.1f}"
    click.echo(f"  CreateUser at {syncs.CLIENTS} clients: {counted} per fsync (aim: {SYNC_AIM:g})")


if __name__ == "__main__":
    main()
