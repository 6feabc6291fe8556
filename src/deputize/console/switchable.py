"""The roles that somebody can switch to: those that AssumeRole would let them into right now, and no others.

Which roles there are to be asked about is looked up in an index of whom trust policies name, made once for
each generation of the records; whether they are is decided as always, by all policies.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from deputize.console.api import Asked, Told
from deputize.console.assuming import wish
from deputize.console.desk import Desk, acting
from deputize.console.refusals import allowed
from deputize.console.sessions import alias_of, known, origin_of
from deputize.gateway.caller import Caller
from deputize.model.identity import Role
from deputize.store.api import Snapshot

# How many roles are asked about, the others being left out, and how many are told of.
ASKED_ABOUT, TOLD = 5000, 1000
# What a stored trust policy can name somebody by: an account's id, a user's or role's unique id, everybody.
_NAMES = re.compile(r'\d{12}|A[A-Z]{3}[A-Z2-7]{17}|"\*"', re.ASCII)
EVERYBODY = '"*"'
Key = tuple[str, str]


async def roles(desk: Desk, asked: Asked) -> Told:
    """`roles`: what whoever signed in can switch to; `more` says that not all were looked at."""
    return await asyncio.to_thread(_roles, desk, asked)


def _roles(desk: Desk, asked: Asked) -> Told:
    with desk.gateway.store.snapshot() as db:
        origin = origin_of(db, known(db, asked))
        call = desk.call(desk.operation("sts", "AssumeRole"), acting(db, origin), asked.head, asked.now)
        left = origin.expires - call.time
        candidates = _candidates(db, call.caller)
        open_ones = (
            role for role in candidates[:ASKED_ABOUT] if allowed(db, call, wish(call, role.arn, left))
        )
        found = list(islice(open_ones, TOLD + 1))
        more = len(found) > TOLD or len(candidates) > ASKED_ABOUT
        return Told({"roles": [_told(db, role) for role in found[:TOLD]], "more": more})


def _candidates(db: Snapshot, caller: Caller) -> list[Role]:
    """Roles whose trust policies may mean the caller, by account and name."""
    index = db.remember("whom trust policies name", lambda: _index(db))
    names = (caller.account, caller.principal.unique_id or "", EVERYBODY)
    keys = sorted({key for name in names for key in index.get(name, ())})
    found = (db.roles.get(*key) for key in keys)
    return [role for role in found if role is not None and role.partition == caller.principal.partition]


def _index(db: Snapshot) -> Mapping[str, tuple[Key, ...]]:
    """The roles, by each name that stands in their trust policies, whatever it stands there for."""
    index: defaultdict[str, set[Key]] = defaultdict(set)
    for role in _every_role(db):
        for name in _NAMES.findall(role.trust):
            index[name].add((role.account, role.name))
    return {name: tuple(keys) for name, keys in index.items()}


def _every_role(db: Snapshot) -> Iterator[Role]:
    for account in db.accounts.page():
        yield from db.roles.page(account.id)


def _told(db: Snapshot, role: Role) -> dict[str, Any]:
    name = f"{role.path}{role.name}".removeprefix("/")
    return {"arn": role.arn, "account": role.account, **alias_of(db, role.account), "roleName": name}
