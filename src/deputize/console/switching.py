"""Switching roles: always authorised as whoever signed in, whatever role they are in already (IAM guide,
"Switch from a user to an IAM role (console)").
"""

import dataclasses
import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from deputize.console import cookies
from deputize.console.api import Asked, ConsoleError, Told
from deputize.console.assuming import assuming, role_arn, wish
from deputize.console.desk import Desk
from deputize.console.records import SignInRecord
from deputize.console.refusals import refusal
from deputize.console.sessions import (
    alias_of,
    begin,
    caller_of,
    end,
    known,
    origin_of,
    session_name,
    shown,
    told,
)
from deputize.domain.credentials import new_key
from deputize.domain.roles import CHAINED_SECONDS, authorized_role, role_by_arn
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.caller import Caller
from deputize.model.console import ConsoleSession, RoleHistory, SwitchedRole
from deputize.model.identity import Role
from deputize.store.api import Snapshot, Transaction

# How many roles the history remembers.
REMEMBERED = 5
ACCOUNT = re.compile(r"\d{12}", re.ASCII)
# Path and name together have at most 64 characters in this form (IAM guide, "Switch to a role (console)").
ROLE = re.compile(r"(?!/)[\w+=,.@/-]{0,63}[\w+=,.@-]", re.ASCII)
ALIAS_MOST, DISPLAY_MOST = 63, 64
# The form's colours, of today and those that links of former days have; others are passed over, as AWS does.
COLORS = frozenset(["f2b0a9", "fbc8aa", "efda95", "b7ca9d", "83d4e8", "fbbf93", "fad791", "99bce3"])
# An account that nobody has: so an alias that is nobody's is refused like a role that does not exist.
NOBODY = "000000000000"


async def switch_role(desk: Desk, asked: Asked) -> Told:
    """`switch-role`: a session in the role. Of a session that is in a role already it takes the place; one
    that signed in goes on beside it.
    """
    identity, value = cookies.new()
    with desk.gateway.store.snapshot() as db:
        row = known(db, asked)
        origin = origin_of(db, row)
        role = _wanted(db, asked, origin.acts.partition)
        new = _session(origin, role, identity, value, int(asked.now))
        call = assuming(desk, db, origin, asked.head, asked.now, partial(_switch, asked, row, new, role))
        request = wish(call, role_arn(call.partition, role.account, role.name), origin.expires - call.time)
    if call.caller.principal.kind == "federated-user":
        raise ConsoleError(403, "AccessDenied", "A federated user's session cannot switch roles.")
    try:
        result = await desk.perform(call, request)
    except ApiError as error:
        with desk.gateway.store.snapshot() as db:
            raise refusal(desk, db, call, request, error) from None
    left = [] if row.base is None else [cookies.taken(asked.site, row.id)]
    cookie = cookies.given(asked.site, identity, value, result["Session"].expires - int(asked.now))
    with desk.gateway.store.snapshot() as db:
        return Told({"session": told(db, result["Session"])}, (cookie, *left))


def _wanted(db: Snapshot, asked: Asked, partition: str) -> SwitchedRole:
    """The role that the form names. Raises ConsoleError for what cannot be a role's name."""
    account = asked.text("account", ALIAS_MOST).strip()
    name = asked.text("roleName", 1024).strip()
    digits = account.replace("-", "")
    if ACCOUNT.fullmatch(digits):
        account = digits
    else:
        found = db.accounts.find("alias", partition, account.lower())
        account = found[0].id if found else NOBODY
    if not ROLE.fullmatch(name):
        raise ConsoleError(
            400, "InvalidRequest", "A role's name has 1 to 64 letters, digits and +=,.@_-, its path included."
        )
    display = (asked.optional("displayName", DISPLAY_MOST) or "").strip()
    if not display.isprintable():
        raise ConsoleError(400, "InvalidRequest", "A display name has no control characters.")
    color = (asked.optional("color", 64) or "").lower().removeprefix("#")
    return SwitchedRole(
        account=account,
        name=name,
        display_name=display or f"{name.rpartition('/')[2]} @ {account}"[:DISPLAY_MOST],
        color=color if color in COLORS else None,
    )


def _session(
    origin: ConsoleSession, role: SwitchedRole, identity: str, value: str, now: int
) -> ConsoleSession:
    """The session to be; the role may yet have it end earlier."""
    return ConsoleSession(
        id=identity,
        token=cookies.digest(value),
        identity=origin.identity,
        acts=dataclasses.replace(origin.acts, key=new_key(origin.acts.account)[0]),
        issued=now,
        expires=origin.expires,
        base=origin.id,
        role=role,
    )


def _switch(
    asked: Asked,
    row: ConsoleSession,
    new: ConsoleSession,
    switched: SwitchedRole,
    db: Transaction,
    call: Call,
    request: Mapping[str, Any],
) -> Mapping[str, Any]:
    """The effect of AssumeRole: a session in the role, and the record of it in the role's account."""
    role = authorized_role(db, request["RoleArn"])
    if row.base is not None:
        end(db, row)
    new = dataclasses.replace(new, expires=min(new.expires, call.time + _longest(call, role)))
    begin(db, asked, new)
    _remember(db, new.identity, switched)
    record = _record("SwitchRole", call.caller, role, switched)
    db.events.put(record.event(asked.head, asked.now, call.region))
    return {"Session": new}


def _longest(call: Call, role: Role) -> int:
    """Seconds: the role's maximum; of a federated session an hour, since that chains roles."""
    session = call.caller.session
    chains = session is not None and session.kind == "role"
    return min(role.max_session, CHAINED_SECONDS) if chains else role.max_session


def _history(db: Snapshot, identity: str) -> RoleHistory:
    return db.role_histories.get(identity) or RoleHistory(identity=identity)


def _remember(db: Transaction, identity: str, role: SwitchedRole) -> None:
    found = _history(db, identity)
    others = [one for one in found.roles if (one.account, one.name) != (role.account, role.name)]
    db.role_histories.put(dataclasses.replace(found, roles=(role, *others[: REMEMBERED - 1])))


def _record(name: str, caller: Caller, role: Role, switched: SwitchedRole) -> SignInRecord:
    """SwitchRole and ExitRole stand in the role's account, as done by the session in it."""
    session = session_name(caller)
    identity = {
        "type": "AssumedRole",
        "principalId": f"{role.id}:{session}",
        "arn": f"arn:{role.partition}:sts::{role.account}:assumed-role/{role.name}/{session}",
        "accountId": role.account,
    }
    more = {"SwitchFrom": caller.arn, "DisplayName": switched.display_name}
    return SignInRecord(name=name, account=role.account, identity=identity, more=more)


async def switch_back(desk: Desk, asked: Asked) -> Told:
    """`switch-back`: ends the session in the role, and answers the one that it was switched to from."""
    row, base = await desk.write(partial(_back, desk, asked))
    with desk.gateway.store.snapshot() as db:
        return Told({"session": told(db, base)}, (cookies.taken(asked.site, row.id),))


def _back(desk: Desk, asked: Asked, db: Transaction) -> tuple[ConsoleSession, ConsoleSession]:
    row = known(db, asked)
    if row.role is None:
        raise ConsoleError(409, "NotSwitched", "This session is in no role.")
    caller, base = caller_of(db, row), origin_of(db, row)
    end(db, row)
    db.role_histories.put(dataclasses.replace(_history(db, row.identity), returned=True))
    arn = role_arn(caller.principal.partition or "", row.role.account, row.role.name)
    role = role_by_arn(db, arn)
    if role is not None:
        region = desk.gateway.installation.settings.region
        db.events.put(_record("ExitRole", caller, role, row.role).event(asked.head, asked.now, region))
    return row, base


async def history(desk: Desk, asked: Asked) -> Told:
    """`history`: the latest roles of whoever signed in, the latest first."""
    with desk.gateway.store.snapshot() as db:
        found = _history(db, known(db, asked).identity)
        return Told({"roles": [_remembered(db, one) for one in found.roles]})


def _remembered(db: Snapshot, role: SwitchedRole) -> dict[str, str]:
    return {"account": role.account, **alias_of(db, role.account), "roleName": role.name, **shown(role)}
