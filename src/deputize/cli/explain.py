"""`deputize explain`: why calls were refused, for whoever runs the installation."""

import datetime
import heapq
import json
import time
from pathlib import Path
from typing import Any

import click

from deputize.cli.common import existing_data_option, fail, opened, require_installation
from deputize.cli.main import STARTED
from deputize.domain import explanations
from deputize.model.account import Account
from deputize.model.denial import Denial
from deputize.store.api import Snapshot
from deputize.store.queue import NOTE_DELAY

HELP = """Say why a call was refused, or list the calls that were.

\b
  deputize explain                     the latest refused calls of all accounts
  deputize explain --last              why the latest one was refused
  deputize explain 7F3C0A1B2C3D4E5F    why the request with this id was

The whole decision is shown, policies of other accounts included: callers are told far less. Each account's
latest 1000 that policies decided are kept; of anonymous callers none. Whatever else is refused (a signature,
a token that has expired, bad input) says itself what is wrong.
"""
# So long after the command began, what was refused before is in the database (seconds): a note waits for
# others, then for its commit.
SETTLED = NOTE_DELAY + 0.5


@click.command(help=HELP)
@click.argument("request", metavar="[REQUEST_ID]", required=False)
@click.option("--last", is_flag=True, help="Explain the latest one.")
@click.option("--account", metavar="A", help="Only of this account: its id, name or alias.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="List so many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@existing_data_option
def explain(
    request: str | None, last: bool, account: str | None, limit: int, as_json: bool, data: Path
) -> None:
    """Reads what is kept and prints it."""
    require_installation(data)
    with opened(data) as installation:
        time.sleep(max(0.0, STARTED + SETTLED - time.monotonic()))
        with installation.store.snapshot() as db:
            names = {one.id: one.name for one in db.accounts.page()}
            if request is not None:
                found = [one for one in (explanations.denial(db, request),) if one is not None]
            else:
                found = _recent(db, account, 1 if last else limit)
    if request is not None and not found:
        fail(
            f"no refusal by policies with request id {request} is kept",
            "other errors say themselves what is wrong; deputize explain lists the refusals that are kept",
        )
    single = last or request is not None
    if as_json:
        printed: Any = [_json(one, full=single) for one in found]
        click.echo(json.dumps(printed[0] if single and printed else printed, indent=2))
    elif not found:
        click.echo("No refused call is kept.")
    elif single:
        click.echo(_text(found[0], names))
    else:
        click.echo("\n".join(_line(one, names) for one in found))


def _recent(db: Snapshot, wanted: str | None, limit: int) -> list[Denial]:
    accounts = [one for one in db.accounts.page() if wanted is None or _is(one, wanted)]
    if wanted is not None and not accounts:
        fail(f"there is no account {wanted}", "deputize account list shows them", code=2)
    found = (one for account in accounts for one in explanations.recent(db, account.id, limit))
    return heapq.nlargest(limit, found, key=lambda one: one.at)


def _is(account: Account, wanted: str) -> bool:
    return wanted in (account.id, account.name, account.alias)


def _moment(kept: Denial) -> str:
    return datetime.datetime.fromtimestamp(kept.at / 1000, datetime.UTC).strftime("%Y-%m-%d %H:%M:%S")


def _line(kept: Denial, names: dict[str, str]) -> str:
    account = names.get(kept.account, kept.account)
    who = kept.caller.rpartition(":")[2]
    return f"{_moment(kept)}  {kept.id}  {who} of {account}: {kept.action} on {kept.resource}"


def _text(kept: Denial, names: dict[str, str]) -> str:
    """The decision for a person, and what would have allowed the call."""
    lines = [f"{_moment(kept)} UTC, request {kept.id}", *str(kept.explanation["text"]).split("\n")]
    account = names.get(kept.account, "?")
    lines.insert(3, f"         of {account} ({kept.account})")
    if "note" in kept.explanation:
        lines += ["", kept.explanation["note"]]
    missing = explanations.missing(kept)
    if missing is not None:
        lines += ["", f"to allow it, add to the {missing[0]}:", f"  {json.dumps(missing[1])}"]
    return "\n".join([*lines, "", "the caller was told", f"  {kept.message}"])


def _json(kept: Denial, *, full: bool) -> dict[str, Any]:
    made = {
        "requestId": kept.id,
        "time": _moment(kept).replace(" ", "T") + "Z",
        "account": kept.account,
        "caller": kept.caller,
        "action": kept.action,
        "resource": kept.resource,
        "resourceAccount": kept.owner,
        "message": kept.message,
    }
    if not full:
        return made
    return {**made, **{name: value for name, value in kept.explanation.items() if name != "text"}}
