"""The policies that apply to a caller, compiled (texts are compiled once and kept by their content)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from deputize.gateway.call import Call
from deputize.gateway.managed_policies import default_document, policy_by_arn
from deputize.gateway.operation import Resource
from deputize.policy.decide import Policies
from deputize.policy.document import parse
from deputize.policy.evaluate import Attached
from deputize.store.api import Snapshot

NOTHING = '{"Version": "2012-10-17", "Statement": []}'


def policies_of(db: Snapshot, call: Call, resource: Resource) -> Policies:
    """All policies that have a say in what `call.caller` does to `resource`."""
    key = call.caller.key
    # A key names its caller, and the session with its policies.
    own = _own(db, call) if key is None else db.remember(("policies", key), lambda: _own(db, call))
    return (
        own if resource.policy is None else replace(own, resource=_resource_policy(resource, resource.policy))
    )


def _own(db: Snapshot, call: Call) -> Policies:
    """The caller's own policies and those that limit it."""
    entity, boundary = _entity_of(db, call)
    return Policies(
        identity=tuple(identity_policies(db, call, entity)) if entity is not None else (),
        boundary=None if boundary is None else managed(db, boundary, call.partition),
        session=session_policies(db, call),
    )


def _entity_of(db: Snapshot, call: Call) -> tuple[str | None, str | None]:
    """The unique id whose policies the caller acts with, and the ARN of its boundary."""
    principal = call.caller.principal
    table = db.roles if principal.kind == "role-session" else db.users
    for entity in table.find("id", principal.unique_id or ""):
        return entity.id, entity.boundary
    return None, None


def identity_policies(db: Snapshot, call: Call, entity: str) -> Iterator[Attached]:
    """A user's own policies and those of all its groups are one pool, as are a role's."""
    holders = [entity, *(membership.group for membership in db.memberships.find("user", entity))]
    for holder in holders:
        for policy in db.inline_policies.page(holder):
            yield Attached(parse(policy.document), "inline", policy.name, None, holder)
        for attachment in db.attachments.page(holder):
            yield managed(db, attachment.policy, call.partition, holder)


def session_policies(db: Snapshot, call: Call) -> tuple[Attached, ...] | None:
    """None when no session policy limits the caller; a federated user without one has no rights at all."""
    session = call.caller.session
    if session is None or (session.kind != "federated" and not session.bounded):
        return None
    inline: Iterable[Attached] = (
        Attached(parse(text), "session", "session policy", None, None) for text in session.policies
    )
    return (*inline, *(managed(db, arn, session.partition) for arn in session.policy_arns))


def managed(db: Snapshot, arn: str, partition: str, entity: str | None = None) -> Attached:
    """The version in force of the managed policy `arn`; one that is gone allows nothing (fail closed)."""
    policy = policy_by_arn(db, arn, partition)
    text = NOTHING if policy is None else default_document(db, policy)
    return Attached(parse(text), "managed", arn.rpartition("/")[2], arn, entity)


def _resource_policy(resource: Resource, text: str) -> Attached:
    return Attached(parse(text), "resource", resource.arn, None, resource.arn)
