"""Attached managed policies: Attach, Detach and ListAttached for users, groups and roles."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.gateway.call import Call
from deputize.gateway.operation import KeyReader, Needs
from deputize.iam import errors
from deputize.iam.entities import GROUP, ROLE, USER, E, Kind
from deputize.iam.paging import page
from deputize.iam.policy_records import attachable, parse, place
from deputize.iam.quotas import limits
from deputize.iam.service import DONE, iam
from deputize.model.policies import Attachment
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        AttachGroupPolicyRequest,
        AttachRolePolicyRequest,
        AttachUserPolicyRequest,
        DetachGroupPolicyRequest,
        DetachRolePolicyRequest,
        DetachUserPolicyRequest,
        ListAttachedGroupPoliciesRequest,
        ListAttachedGroupPoliciesResponse,
        ListAttachedRolePoliciesRequest,
        ListAttachedRolePoliciesResponse,
        ListAttachedUserPoliciesRequest,
        ListAttachedUserPoliciesResponse,
    )


def policy_arn(_db: Snapshot, _call: Call, request: Any) -> str:
    arn: str = request["PolicyArn"]
    return arn


def keys(kind: Kind[E]) -> Mapping[str, KeyReader]:
    """`iam:PolicyARN`, and for users and roles the boundary that the entity has."""
    own: Mapping[str, KeyReader] = {"iam:PolicyARN": policy_arn}
    return own if kind.word == GROUP.word else {**own, **kind.boundary_keys}


def attach(db: Transaction, call: Call, kind: Kind[E], request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Attaching again changes nothing. Raises NoSuchEntity, ValidationError, PolicyNotAttachable for a
    service's own policy, UnmodifiableEntity, LimitExceeded.
    """
    entity = kind.changeable(db, call, request[kind.parameter])
    policy = attachable(db, call, request["PolicyArn"])
    errors.check_not_a_services(policy.path, kind.title)
    if db.attachments.get(entity.id, policy.arn) is not None:
        return DONE
    limit = kind.attached_quota(limits(db, call))
    if db.attachments.count(entity.id) >= limit:
        raise errors.over_quota(f"PoliciesPer{kind.title}", limit)
    db.attachments.put(Attachment(account=entity.account, entity=entity.id, policy=policy.arn))
    return DONE


def detach(db: Transaction, call: Call, kind: Kind[E], request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Raises NoSuchEntity for the entity and for a policy that is not attached to it."""
    entity = kind.changeable(db, call, request[kind.parameter])
    parse(call, request["PolicyArn"])
    if not db.attachments.delete(entity.id, request["PolicyArn"]):
        raise errors.no_such_policy(request["PolicyArn"])
    return DONE


def attached(db: Snapshot, call: Call, kind: Kind[E], request: Mapping[str, Any]) -> dict[str, Any]:
    """A page of the attached policies whose path begins with `PathPrefix`, by name; raises NoSuchEntity."""
    entity = kind.require(db, call, request[kind.parameter])
    prefix = request.get("PathPrefix", "/")
    arns = [attachment.policy for attachment in db.attachments.page(entity.id)]
    inside = [arn for arn in arns if path_of(arn).startswith(prefix)]
    found, end = page(call, request, inside, place)
    return {"AttachedPolicies": [{"PolicyName": name_of(arn), "PolicyArn": arn} for arn in found], **end}


def name_of(arn: str) -> str:
    return arn.rpartition("/")[2]


def path_of(arn: str) -> str:
    """`/` or `/x/y/` of a managed policy's ARN."""
    return arn.partition(":policy")[2].removesuffix(name_of(arn))


@iam.command("AttachUserPolicy", access=(Needs("iam:AttachUserPolicy", on=USER.named, keys=keys(USER)),))
def attach_user_policy(db: Transaction, call: Call, request: "AttachUserPolicyRequest") -> Mapping[str, Any]:
    return attach(db, call, USER, request)


@iam.command("AttachGroupPolicy", access=(Needs("iam:AttachGroupPolicy", on=GROUP.named, keys=keys(GROUP)),))
def attach_group_policy(
    db: Transaction, call: Call, request: "AttachGroupPolicyRequest"
) -> Mapping[str, Any]:
    return attach(db, call, GROUP, request)


@iam.command("AttachRolePolicy", access=(Needs("iam:AttachRolePolicy", on=ROLE.named, keys=keys(ROLE)),))
def attach_role_policy(db: Transaction, call: Call, request: "AttachRolePolicyRequest") -> Mapping[str, Any]:
    return attach(db, call, ROLE, request)


@iam.command("DetachUserPolicy", access=(Needs("iam:DetachUserPolicy", on=USER.named, keys=keys(USER)),))
def detach_user_policy(db: Transaction, call: Call, request: "DetachUserPolicyRequest") -> Mapping[str, Any]:
    return detach(db, call, USER, request)


@iam.command("DetachGroupPolicy", access=(Needs("iam:DetachGroupPolicy", on=GROUP.named, keys=keys(GROUP)),))
def detach_group_policy(
    db: Transaction, call: Call, request: "DetachGroupPolicyRequest"
) -> Mapping[str, Any]:
    return detach(db, call, GROUP, request)


@iam.command("DetachRolePolicy", access=(Needs("iam:DetachRolePolicy", on=ROLE.named, keys=keys(ROLE)),))
def detach_role_policy(db: Transaction, call: Call, request: "DetachRolePolicyRequest") -> Mapping[str, Any]:
    return detach(db, call, ROLE, request)


@iam.query("ListAttachedUserPolicies", access=(Needs("iam:ListAttachedUserPolicies", on=USER.named),))
def list_attached_user_policies(
    db: Snapshot, call: Call, request: "ListAttachedUserPoliciesRequest"
) -> "ListAttachedUserPoliciesResponse":
    return attached(db, call, USER, request)  # type: ignore[return-value]


@iam.query("ListAttachedGroupPolicies", access=(Needs("iam:ListAttachedGroupPolicies", on=GROUP.named),))
def list_attached_group_policies(
    db: Snapshot, call: Call, request: "ListAttachedGroupPoliciesRequest"
) -> "ListAttachedGroupPoliciesResponse":
    return attached(db, call, GROUP, request)  # type: ignore[return-value]


@iam.query("ListAttachedRolePolicies", access=(Needs("iam:ListAttachedRolePolicies", on=ROLE.named),))
def list_attached_role_policies(
    db: Snapshot, call: Call, request: "ListAttachedRolePoliciesRequest"
) -> "ListAttachedRolePoliciesResponse":
    return attached(db, call, ROLE, request)  # type: ignore[return-value]
