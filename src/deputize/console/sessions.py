"""Sessions of the console: beginning one, finding it by its cookie, telling of it, ending it.

Nobody's right to anything hangs on a session alone: it only says who signed in, and what they may do is asked
of the records with every call.
"""

import dataclasses
import datetime
from collections.abc import Iterator
from functools import partial
from typing import Any

from deputize.console import cookies
from deputize.console.api import Asked, ConsoleError, Told, signed_out
from deputize.console.desk import Desk, acting
from deputize.gateway.caller import Caller
from deputize.model.console import ConsoleSession, SwitchedRole
from deputize.protocol.auth_errors import AuthProblem
from deputize.store.api import Snapshot, Store, Transaction

# Sign-in sessions last twelve hours (IAM guide, "Sign in to the AWS Management Console as an IAM user").
SECONDS = 12 * 3600
# The most sessions of one browser, so that their cookies fit into a request.
MOST = 10
# What the pages call who signed in, by the kind of principal that they are.
KINDS = {"user": "user", "root": "root", "role-session": "federated", "federated-user": "federated"}


def known(db: Snapshot, asked: Asked) -> ConsoleSession:
    """The session that the call names. Raises ConsoleError unless this browser has it and it goes on."""
    name = asked.text("session", 64)
    for row in present(db, asked):
        if row.id == name:
            return row
    raise signed_out()


def present(db: Snapshot, asked: Asked) -> Iterator[ConsoleSession]:
    """This browser's sessions that go on."""
    for name, value in cookies.presented(asked.head, asked.site):
        row = db.console_sessions.get(name)
        if row is not None and cookies.proves(value, row) and _goes_on(db, row, asked.now):
            yield row


def _goes_on(db: Snapshot, row: ConsoleSession, now: float) -> bool:
    if row.ended or row.expires <= now:
        return False
    base = None if row.base is None else db.console_sessions.get(row.base)
    return row.base is None or (base is not None and not base.ended)


def origin_of(db: Snapshot, row: ConsoleSession) -> ConsoleSession:
    """The session that goes on in `row`'s name: itself, or the one that its role was switched to from."""
    found = row if row.base is None else db.console_sessions.get(row.base)
    if found is None:
        raise signed_out()
    return found


def begin(db: Transaction, asked: Asked, row: ConsoleSession) -> None:
    """Remember a new session. Raises ConsoleError when this browser has too many."""
    if len(list(present(db, asked))) >= MOST:
        raise ConsoleError(
            409, "TooManySessions", f"This browser has {MOST} sessions. Sign out of one of them first."
        )
    db.console_sessions.put(row)


def told(db: Snapshot, row: ConsoleSession) -> dict[str, Any]:
    """A session as the pages know it. Raises ConsoleError when who signed in is no longer there."""
    caller = caller_of(db, row)
    who = {"name": session_name(caller), "arn": caller.arn, "account": caller.account}
    who |= alias_of(db, caller.account)
    common = {"id": row.id, "expires": moment(row.expires), "mfa": row.acts.mfa_at is not None}
    if row.role is None:
        return {**common, **who, "kind": KINDS[caller.principal.kind]}
    role = row.role
    arn = f"arn:{row.acts.partition}:sts::{role.account}:assumed-role/{role.base_name}/{who['name']}"
    found = {"kind": "role", "name": role.name, "arn": arn, "account": role.account}
    return {
        **common,
        **found,
        **alias_of(db, role.account),
        **shown(role),
        "base": {**who, "session": row.base},
    }


def shown(role: SwitchedRole) -> dict[str, str]:
    """How a role is shown in the navigation bar."""
    return {"displayName": role.display_name, **({"color": role.color} if role.color is not None else {})}


def caller_of(db: Snapshot, row: ConsoleSession) -> Caller:
    """Who signed in. Raises ConsoleError when they are no longer there."""
    try:
        return acting(db, row)
    except AuthProblem:
        raise signed_out() from None


def session_name(caller: Caller) -> str:
    """Whom a role session is named after: the user, or the federated session's own name."""
    return "root" if caller.root else caller.name or caller.arn.rpartition("/")[2]


def alias_of(db: Snapshot, account_id: str) -> dict[str, str]:
    """The account's alias as a member of an answer, if it has one."""
    account = db.accounts.get(account_id)
    return {} if account is None or account.alias is None else {"accountAlias": account.alias}


def moment(at: int) -> str:
    """Epoch seconds as JavaScript reads them (ISO 8601)."""
    return datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def end(db: Transaction, row: ConsoleSession) -> None:
    """End a session in a role: from this commit on its credentials fail."""
    db.console_sessions.put(dataclasses.replace(row, ended=True))


def forget(store: Store, now: float) -> int:
    """Delete the sessions whose time is over; returns how many. A job of the background."""
    with store.snapshot() as db:
        old = [row.id for row in db.console_sessions.page() if row.expires <= now]
    if old:
        store.write(partial(_forgotten, old)).result()
    return len(old)


def _forgotten(old: list[str], db: Transaction) -> None:
    for identity in old:
        db.console_sessions.delete(identity)


# --- the calls


async def list_sessions(desk: Desk, asked: Asked) -> Told:
    """`sessions`: all of this browser that go on; `current` is the latest. Others lose their cookies."""
    with desk.gateway.store.snapshot() as db:
        rows = sorted(present(db, asked), key=lambda row: (row.issued, row.base is not None), reverse=True)
        found = [one for one in (_told_if_there(db, row) for row in rows) if one is not None]
    going_on = {one["id"] for one in found}
    names = [one for one, _ in cookies.presented(asked.head, asked.site) if cookies.is_session(one)]
    over = tuple(cookies.taken(asked.site, name) for name in names if name not in going_on)
    return Told({"sessions": found, **({"current": found[0]["id"]} if found else {})}, over)


def _told_if_there(db: Snapshot, row: ConsoleSession) -> dict[str, Any] | None:
    try:
        return told(db, row)
    except ConsoleError:
        return None


async def sign_out(desk: Desk, asked: Asked) -> Told:
    """`sign-out`: ends the session, and with `everywhere` all of the same person's, in all browsers."""
    ended = await desk.write(partial(_sign_out, asked))
    return Told({}, tuple(cookies.taken(asked.site, row.id) for row in ended))


def _sign_out(asked: Asked, db: Transaction) -> list[ConsoleSession]:
    row = known(db, asked)
    if asked.members.get("everywhere") is True:
        ended = [one for one in db.console_sessions.find("identity", row.identity) if not one.ended]
    else:
        ended = [row, *db.console_sessions.find("base", row.id)]
    for one in ended:
        db.console_sessions.put(dataclasses.replace(one, ended=True))
    return ended
