"""The ticks of the guide "Delegate access across accounts": each step as it becomes true in the records.

The tutorial has two sides, and nobody looks into the other account: the steps of the trusting one
(Production) are ticked for its people, those of the trusted one (Development) for its own. Which side an
account is on shows in what it has; as long as nothing tells, it may be either.
"""

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping

from deputize.console.api import Asked, Told
from deputize.console.desk import Desk
from deputize.console.sessions import known
from deputize.domain import explanations
from deputize.domain.roles import role_by_arn
from deputize.gateway.managed_policies import default_document, policy_by_arn
from deputize.model import ids
from deputize.model.console import RoleHistory
from deputize.model.identity import Role
from deputize.policy.arn import Arn
from deputize.policy.document import Statement, parse
from deputize.store.api import Snapshot

# How many records of a kind are looked at for a step.
LOOKED_AT = 1000
ASSUME = "sts:AssumeRole"
_PRINCIPALS = re.compile(r"\d{12}|A[A-Z]{3}[A-Z2-7]{17}", re.ASCII)
# A step is true of an account.
Step = Callable[[Snapshot, str], bool]


async def guide(desk: Desk, asked: Asked) -> Told:
    """`guide`: the steps in their order, whether each is done, and whether the account of who signed in sees
    it.
    """
    return await asyncio.to_thread(_guide, desk, asked)


def _guide(desk: Desk, asked: Asked) -> Told:
    with desk.gateway.store.snapshot() as db:
        account = known(db, asked).acts.account
        done = {name: step(db, account) for name, step in {**TRUSTING, **TRUSTED}.items()}
    sides = [side for side in (TRUSTING, TRUSTED) if any(done[name] for name in EVIDENCE if name in side)]
    seen = {name for side in sides or (TRUSTING, TRUSTED) for name in side}
    steps = [
        {"id": name, "done": true and name in seen, "visible": name in seen} for name, true in done.items()
    ]
    return Told({"steps": steps})


# --- the trusting account


def _bucket(db: Snapshot, account: str) -> bool:
    return bool(db.buckets.find("account", account))


def _policy(db: Snapshot, account: str) -> bool:
    """A policy of one's own that lets objects be put."""
    documents = (default_document(db, policy) for policy in db.policies.page(account, limit=LOOKED_AT))
    return any(
        one.allow and one.covers_action("s3:PutObject")
        for text in documents
        for one in parse(text).statements
    )


def _role(db: Snapshot, account: str) -> bool:
    """A role that another account may use, and that may do something."""
    return any(
        _trusts_another(db, role) and _may_something(db, role)
        for role in db.roles.page(account, limit=LOOKED_AT)
    )


def _trusts_another(db: Snapshot, role: Role) -> bool:
    named = (name if name.isdigit() else ids.account_of(name) for name in _PRINCIPALS.findall(role.trust))
    return any(one not in (None, role.account) and db.accounts.get(one or "") is not None for one in named)


def _may_something(db: Snapshot, role: Role) -> bool:
    return bool(db.attachments.page(role.id, limit=1) or db.inline_policies.page(role.id, limit=1))


# --- the trusted account


def _developers(db: Snapshot, account: str) -> bool:
    return any(one.allow for one in _about_foreign_roles(db, account))


def _testers(db: Snapshot, account: str) -> bool:
    return any(not one.allow for one in _about_foreign_roles(db, account))


def _about_foreign_roles(db: Snapshot, account: str) -> Iterator[Statement]:
    """What groups' policies say of assuming a certain role of another account."""
    for group in db.groups.page(account, limit=LOOKED_AT):
        texts = [policy.document for policy in db.inline_policies.page(group.id)]
        for attachment in db.attachments.page(group.id):
            policy = policy_by_arn(db, attachment.policy, group.partition)
            texts += [] if policy is None else [default_document(db, policy)]
        for text in texts:
            for one in parse(text).statements:
                if one.covers_action(ASSUME) and _names_foreign_role(one, account):
                    yield one


def _names_foreign_role(statement: Statement, account: str) -> bool:
    arns = (Arn.parse(text) for text in statement.resources or ())
    return not statement.not_resources and any(
        arn is not None and arn.account.isdigit() and arn.account != account for arn in arns
    )


def _switch(db: Snapshot, account: str) -> bool:
    return any(one.account != account for found in _histories(db, account) for one in found.roles)


def _work(db: Snapshot, account: str) -> bool:
    """A role that somebody switched to was used."""
    partition = next((one.partition for one in (db.accounts.get(account),) if one is not None), "")
    for found in _histories(db, account):
        for one in found.roles:
            role = role_by_arn(db, f"arn:{partition}:iam::{one.account}:role/{one.name}")
            if role is not None and one.account != account and db.role_uses.get(role.id) is not None:
                return True
    return False


def _back(db: Snapshot, account: str) -> bool:
    return any(found.returned for found in _histories(db, account))


def _histories(db: Snapshot, account: str) -> Iterator[RoleHistory]:
    for user in db.users.page(account, limit=LOOKED_AT):
        found = db.role_histories.get(user.id)
        if found is not None:
            yield found


def _refused(db: Snapshot, account: str) -> bool:
    return any(
        one.action == ASSUME and f"::{account}:" not in one.resource
        for one in explanations.recent(db, account, LOOKED_AT)
    )


TRUSTING: Mapping[str, Step] = {"bucket": _bucket, "policy": _policy, "role": _role}
TRUSTED: Mapping[str, Step] = {
    "developers": _developers,
    "testers": _testers,
    "switch": _switch,
    "work": _work,
    "back": _back,
    "refused": _refused,
}
# What tells on which side an account is.
EVIDENCE = frozenset({"role", "developers", "testers", "switch"})
