"""Whose call is simulated: as whom policies see it, what condition keys its calls carry, and its policies."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from deputize.gateway import facts
from deputize.gateway.call import Call
from deputize.gateway.caller import Caller
from deputize.gateway.facts import Context
from deputize.gateway.operation import Resource
from deputize.gateway.policies import identity_policies, policies_of
from deputize.iam import errors
from deputize.iam.entities import GROUP, KINDS, ROLE, USER, Entity
from deputize.iam.named import tags_of
from deputize.iam.simulation import inputs
from deputize.iam.simulation.exclusions import Exclusions
from deputize.model.identity import Group, Role
from deputize.policy.arn import Arn
from deputize.policy.layers import Attached, Policies
from deputize.policy.request import Principal
from deputize.store.api import Snapshot

_NOTHING = Resource(arn=inputs.EVERYTHING, account=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """`known` are the condition keys that every call of the principal carries."""

    principal: Principal
    policies: Policies
    known: Context


def source(db: Snapshot, call: Call, request: Any) -> Resource:
    """The user, group or role whose policies are asked about; denials print its ARN (seen on AWS)."""
    text = request["PolicySourceArn"]
    arn = Arn.parse(text)
    found = None if arn is None else find(db, text)
    return Resource(arn=text, account=call.account if arn is None else arn.account, tags=tags_of(found))


def entity(db: Snapshot, text: str) -> Entity:
    """The user, group or role of this ARN. Raises InvalidInput, NoSuchEntity."""
    word, name = _named(text)
    found = find(db, text)
    if found is None:
        raise errors.no_such(word, name)
    return found


def of_principal(db: Snapshot, call: Call, request: Any) -> Subject:
    """The subject of SimulatePrincipalPolicy. Raises InvalidInput, NoSuchEntity."""
    holder = entity(db, request["PolicySourceArn"])
    own = _as_caller(holder)
    acting = own
    if "CallerArn" in request:
        acting = _caller(db, call, request["CallerArn"])
    excluded = Exclusions.of(request)
    policies = _policies_of(db, call, holder, own)
    identity = [
        _labelled(db, one) for one in identity_policies(db, call, holder.id) if not excluded.cover(db, one)
    ]
    boundary = None if excluded.boundary else policies.boundary
    given = inputs.boundary(call, request)
    return Subject(
        principal=acting.principal,
        policies=dataclasses.replace(
            policies,
            identity=(*identity, *inputs.policies(call, request)),
            boundary=boundary if given is None else given,
            resource=inputs.resource_policy(call, request),
        ),
        known=_known(call, acting),
    )


def of_policies(call: Call, request: Any) -> Subject:
    """The subject of SimulateCustomPolicy: nothing is known but what is given. Raises InvalidInput."""
    resource = inputs.resource_policy(call, request)
    if "CallerArn" in request:
        acting = _stranger(request["CallerArn"])
        known = _known(call, acting)
    elif resource is not None:
        raise errors.invalid_input("A CallerArn is needed with a ResourcePolicy.")
    else:
        acting = _somebody(call.account, call.partition)
        known = {}
    policies = Policies(
        identity=inputs.policies(call, request),
        boundary=inputs.boundary(call, request),
        resource=resource,
        scps=inputs.control_policies(call, request),
    )
    return Subject(principal=acting.principal, policies=policies, known=known)


def find(db: Snapshot, text: str) -> Entity | None:
    """The entity with exactly this ARN, path included."""
    arn = Arn.parse(text)
    if arn is None or arn.service != "iam":
        return None
    word, _, rest = arn.resource.partition("/")
    for kind in KINDS:
        if kind.word == word:
            found = kind.find(db, arn.account, rest.rpartition("/")[2])
            return found if found is not None and found.arn == text else None
    return None


def _named(text: str) -> tuple[str, str]:
    """What kind of entity an ARN names, and its name. Raises InvalidInput."""
    arn = Arn.parse(text)
    if arn is not None and arn.service == "iam":
        word, _, rest = arn.resource.partition("/")
        name = rest.rpartition("/")[2]
        if name and any(kind.word == word for kind in KINDS):
            return word, name
    raise errors.invalid_input(f"Invalid Entity Arn: {text} does not clearly define entity type and name.")


def _policies_of(db: Snapshot, call: Call, holder: Entity, own: Caller) -> Policies:
    """All that limits the entity, with the texts of its own policies left out; groups have no boundary."""
    if isinstance(holder, Group):
        return Policies(identity=())
    return policies_of(db, dataclasses.replace(call, caller=own), _NOTHING)


def _labelled(db: Snapshot, policy: Attached) -> Attached:
    """By the name by which simulations tell it: an inline policy as `user_ann_name` (seen on AWS)."""
    if policy.kind != "inline" or policy.entity is None:
        return policy
    for kind in (USER, GROUP, ROLE):
        found: Entity | None = kind.by_id(db, policy.entity)
        if found is not None:
            return dataclasses.replace(policy, name=f"{kind.word}_{found.name}_{policy.name}")
    return policy


# --- as whom policies see the subject


def _caller(db: Snapshot, call: Call, text: str) -> Caller:
    """Whom a CallerArn names: with its id and tags where it is of the account, else by its ARN alone."""
    found = find(db, text)
    if found is not None and found.account == call.account:
        return _as_caller(found)
    return _stranger(text)


def _stranger(text: str) -> Caller:
    """Somebody of whom the ARN is known and nothing else. Raises InvalidInput."""
    word, name = _named(text)
    arn = Arn.parse(text)
    if arn is None:
        raise LookupError("an ARN that names an entity was no ARN")
    if word == GROUP.word:
        return _somebody(arn.account, arn.partition)
    if word == ROLE.word:
        principal = Principal(
            kind="role-session", account=arn.account, partition=arn.partition, role_arn=text
        )
        return Caller(principal=principal, user_id="")
    principal = Principal(kind="user", account=arn.account, partition=arn.partition, arn=text)
    return Caller(principal=principal, user_id="", name=name)


def _somebody(account: str, partition: str) -> Caller:
    """An unnamed user of an account."""
    return Caller(principal=Principal(kind="user", account=account, partition=partition), user_id="")


def _as_caller(holder: Entity) -> Caller:
    """An entity as the caller it would be; of a group, an unnamed member; of a role, an unnamed session."""
    if isinstance(holder, Group):
        return _somebody(holder.account, holder.partition)
    named = _stranger(holder.arn)
    return Caller(
        principal=dataclasses.replace(named.principal, unique_id=holder.id),
        user_id="" if isinstance(holder, Role) else holder.id,
        name=named.name,
        tags=holder.tags,
    )


def _known(call: Call, acting: Caller) -> Context:
    """The keys of the principal, but for those that only a session or a name would give."""
    principal = acting.principal
    keys = facts.principal_keys(dataclasses.replace(call, caller=acting))
    if not acting.user_id:
        del keys["aws:userid"]
    if principal.arn is None and principal.role_arn is None:
        del keys["aws:principalarn"]
    return keys
