"""Which services somebody's policies reach (IAM guide, "last accessed information"): by permissions policies,
not by boundaries, control policies or the policies of resources.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from deputize.gateway.call import Call
from deputize.gateway.operation import Resource
from deputize.gateway.policies import identity_policies, managed
from deputize.iam.entities import USER, Entity
from deputize.iam.named import tags_of
from deputize.iam.policies import holders
from deputize.iam.policy_records import AWS_OWNER, require
from deputize.iam.simulation.subject import entity, find
from deputize.model.identity import Group, Role, User
from deputize.policy.arn import Arn
from deputize.policy.document import Document, Statement
from deputize.policy.findings import knowledge
from deputize.policy.layers import Attached
from deputize.store.api import Snapshot

EVERY = "*"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about: its policies, and the users and roles that act with them."""

    policies: tuple[Attached, ...]
    actors: tuple[User | Role, ...]


def named(db: Snapshot, call: Call, request: Any) -> Resource:
    """The user, group, role or policy of the request's `Arn`. AWS's policies count as the account's own."""
    text = request["Arn"]
    arn = Arn.parse(text)
    account = call.account if arn is None or arn.account == AWS_OWNER else arn.account
    found = find(db, text)
    return Resource(arn=text, account=account, tags={} if found is None else tags_of(found))


def subject(db: Snapshot, call: Call, text: str) -> Subject:
    """Raises NoSuchEntity, InvalidInput, ValidationError."""
    if ":policy/" in text:
        policy = require(db, call, text)
        held = holders(db, call, policy, "PermissionsPolicy")
        return Subject((managed(db, policy.arn, call.partition),), _actors(db, held))
    holder = entity(db, text)
    policies = tuple(identity_policies(db, call, holder.id))
    return Subject(policies, _actors(db, (holder,)))


def _actors(db: Snapshot, held: Iterable[Entity]) -> tuple[User | Role, ...]:
    """Users and roles, and of groups their members; each once."""
    found: dict[str, User | Role] = {}
    for one in held:
        members = _members(db, one) if isinstance(one, Group) else (one,)
        found.update({member.id: member for member in members})
    return tuple(found.values())


def _members(db: Snapshot, group: Group) -> Iterator[User]:
    for membership in db.memberships.page(group.id):
        user = USER.by_id(db, membership.user)
        if user is not None:
            yield user


def reached(documents: Iterable[Document]) -> frozenset[str]:
    """The services of which some action is allowed, on whatever resource, but for those that are denied
    altogether.
    """
    allowed: set[str] = set()
    denied: set[str] = set()
    for document in documents:
        for statement in document.statements:
            if statement.broken is None and statement.allow:
                allowed |= _touched(statement)
            elif statement.broken is None and statement.resources == (EVERY,) and not statement.conditions:
                denied |= _whole(statement)
    return frozenset(allowed - denied)


def _touched(statement: Statement) -> frozenset[str]:
    """Services of which the statement covers some action."""
    if statement.not_actions:
        return knowledge.prefixes() - _fully(statement)
    if EVERY in statement.actions:
        return knowledge.prefixes()
    return knowledge.prefixes() & {_service(action) for action in statement.actions}


def _whole(statement: Statement) -> frozenset[str]:
    """Services of which the statement covers every action."""
    if statement.not_actions:
        if EVERY in statement.actions:
            return frozenset()
        return knowledge.prefixes() - {_service(action) for action in statement.actions}
    return _fully(statement)


def _fully(statement: Statement) -> frozenset[str]:
    """Services that the entries of Action or NotAction name as a whole."""
    if EVERY in statement.actions:
        return knowledge.prefixes()
    return frozenset(_service(action) for action in statement.actions if action.endswith(":*"))


def _service(action: str) -> str:
    return action.partition(":")[0].lower()
