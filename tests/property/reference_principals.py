"""The reference's part on principals: who asks, and in which ways a Principal element means them.

See reference.py.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from tests.property.reference_match import Context, listed

Json = Any


@dataclass(frozen=True)
class Caller:
    """`role` is the ARN of a session's role, `parent` the user who made a federated user's session."""

    kind: str
    arn: str
    account: str | None = None
    partition: str | None = None
    role: str | None = None
    parent: str | None = None

    @property
    def signed(self) -> bool:
        return self.kind not in ("anonymous", "service", "vouched for")


def caller_of(case: Json) -> Caller:
    named = case["principal"]
    if named == "anonymous":
        return Caller("anonymous", named)
    if case["action"].lower().startswith("sts:assumerolewith"):
        return Caller("vouched for", named)  # by an identity provider, which is what is named
    if not named.startswith("arn:"):
        return Caller("service", named)
    _, partition, service, _, account, rest = named.split(":", 5)
    known = {"arn": named, "account": account, "partition": partition}
    kind, _, name = rest.partition("/")
    if (service, kind) == ("sts", "assumed-role"):
        role = case.get("roleArn", f"arn:{partition}:iam::{account}:role/{name.split('/')[0]}")
        return Caller("role session", role=role, **known)
    if (service, kind) == ("sts", "federated-user"):
        return Caller("federated user", parent=case.get("parentUser"), **known)
    return Caller("root" if rest == "root" else "user", **known)


def context_of(case: Json, caller: Caller) -> Context:
    """The keys that follow from the principal and the time, and those given, which win (3.1, 3.2)."""
    now = datetime.datetime.now(datetime.UTC)
    found = {
        "aws:currenttime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:epochtime": str(int(now.timestamp())),
    }
    if caller.kind == "anonymous":
        found |= {"aws:principaltype": "Anonymous", "aws:principalaccount": "anonymous"}
    elif caller.kind == "service":
        found |= {"aws:principalisawsservice": "true", "aws:principalservicename": caller.arn}
    elif caller.kind != "vouched for":
        found |= {
            "aws:principalarn": caller.role or caller.arn,
            "aws:principalaccount": str(caller.account),
            "aws:principalisawsservice": "false",
            "aws:principaltype": {
                "root": "Account",
                "user": "User",
                "federated user": "FederatedUser",
                "role session": "AssumedRole",
            }[caller.kind],
        }
    if caller.kind == "user":
        found["aws:username"] = caller.arn.rpartition("/")[2]
    given = {key.lower(): value for key, value in case.get("context", {}).items()}
    return {**found, **given}


def ways_of(element: Json, caller: Caller) -> set[str]:
    """The ways in which a Principal or NotPrincipal element matches (1.2, the table)."""
    if element == "*":
        return {"everyone"}
    if not isinstance(element, dict):
        return set()
    return {
        way
        for kind, entries in element.items()
        for entry in listed(entries)
        for way in entry_ways(kind, entry, caller)
    }


def entry_ways(kind: str, entry: Json, caller: Caller) -> set[str]:
    if kind == "Service":
        return {"service"} if caller.kind == "service" and entry == caller.arn else set()
    if kind == "Federated":  # who counts at assume time alone
        return {"provider"} if caller.kind == "vouched for" and entry == caller.arn else set()
    if kind != "AWS":
        return set()  # a canonical user is an account, and not known here
    if entry == "*":
        return {"everyone"}
    if not caller.signed:
        return set()
    if entry in (caller.account, f"arn:{caller.partition}:iam::{caller.account}:root"):
        return {"account"}
    if entry == caller.arn:
        return {{"user": "user", "role session": "session", "federated user": "session"}[caller.kind]}
    if entry == caller.role:
        return {"role"}
    return {"parent"} if entry == caller.parent else set()


# What a NotPrincipal must list to spare a caller: each level from the account down (1.3).
LEVELS = {
    "root": {"account"},
    "user": {"account", "user"},
    "role session": {"account", "role", "session"},
    "federated user": {"account", "parent", "session"},
    "service": {"service"},
    "vouched for": {"provider"},
    "anonymous": {"everyone"},
}


def everyones(policy: Json) -> Json:
    """An endpoint policy, in which a statement without a principal is about everyone: it only filters."""
    if policy is None:
        return None
    made = [
        {"Principal": "*", **one} if isinstance(one, dict) and "NotPrincipal" not in one else one
        for one in listed(policy["Statement"])
    ]
    return {**policy, "Statement": made}


def statement_ways(statement: Json, caller: Caller, *, bounded: bool) -> set[str]:
    """The ways in which a statement of a resource policy applies to the caller; empty: it does not."""
    if "Principal" in statement:
        return ways_of(statement["Principal"], caller)
    if "NotPrincipal" not in statement:
        return set() if statement["Effect"] == "Allow" else {"everyone"}
    found = ways_of(statement["NotPrincipal"], caller)
    if statement["Effect"] == "Allow":
        return set() if found else {"everyone"}
    if bounded:
        return {"everyone"}  # a permissions boundary undoes every exemption
    spared = "everyone" in found or found >= LEVELS[caller.kind]
    return set() if spared else {"everyone"}
