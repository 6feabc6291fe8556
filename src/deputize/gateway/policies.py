"""The policies that apply to a caller, compiled, and kept for as long as nothing about identities changes."""

from collections.abc import Iterable, Iterator

from deputize.gateway.call import Call
from deputize.gateway.operation import Resource
from deputize.model.managed import catalogue
from deputize.policy.arn import Arn
from deputize.policy.decide import Policies
from deputize.policy.document import parse
from deputize.policy.evaluate import Attached
from deputize.store.api import Snapshot


def policies_of(db: Snapshot, call: Call, resource: Resource) -> Policies:
    """All policies that have a say in what `call.caller` does to `resource`."""
    entity, boundary = _entity_of(db, call)
    return Policies(
        identity=tuple(identity_policies(db, call, entity)) if entity is not None else (),
        boundary=None if boundary is None else managed(db, boundary, call.partition),
        session=session_policies(db, call),
        resource=None if resource.policy is None else _resource_policy(resource),
    )


def _entity_of(db: Snapshot, call: Call) -> tuple[str | None, str | None]:
    """The unique id whose policies the caller acts with, and the ARN of its boundary."""
    principal = call.caller.principal
    if principal.unique_id is None:
        return None, None
    table = db.roles if principal.kind == "role-session" else db.users
    for entity in table.find("id", principal.unique_id):
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
    """The default version of the managed policy `arn`; one that is gone allows nothing and denies everything
    (fail closed).
    """
    text = managed_text(db, arn, partition)
    document = parse(text if text is not None else '{"Statement": []}')
    return Attached(document, "managed", arn.rpartition("/")[2], arn, entity)


def managed_text(db: Snapshot, arn: str, partition: str) -> str | None:
    """The text of the default version of AWS's or a customer's managed policy."""
    known = catalogue.get(arn, partition)
    if known is not None:
        return known.document
    parsed = Arn.parse(arn)
    if parsed is None:
        return None
    policy = db.policies.get(parsed.account, arn.rpartition("/")[2])
    if policy is None or policy.arn != arn:
        return None
    version = db.policy_versions.get(policy.id, policy.default_version)
    return version.document if version is not None else None


def _resource_policy(resource: Resource) -> Attached:
    return Attached(parse(resource.policy or ""), "resource", resource.arn, None, resource.arn)
