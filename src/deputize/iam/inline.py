"""Inline policies: Put, Get, Delete and List for users, groups and roles, written once and declared three
times.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam import errors
from deputize.iam.documents import check_document, size
from deputize.iam.entities import GROUP, ROLE, USER, E, Kind
from deputize.iam.paging import page
from deputize.iam.quotas import limits
from deputize.iam.service import DONE, iam
from deputize.model.policies import InlinePolicy
from deputize.policy import validate
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        DeleteGroupPolicyRequest,
        DeleteRolePolicyRequest,
        DeleteUserPolicyRequest,
        GetGroupPolicyRequest,
        GetGroupPolicyResponse,
        GetRolePolicyRequest,
        GetRolePolicyResponse,
        GetUserPolicyRequest,
        GetUserPolicyResponse,
        ListGroupPoliciesRequest,
        ListGroupPoliciesResponse,
        ListRolePoliciesRequest,
        ListRolePoliciesResponse,
        ListUserPoliciesRequest,
        ListUserPoliciesResponse,
        PutGroupPolicyRequest,
        PutRolePolicyRequest,
        PutUserPolicyRequest,
    )


def put(db: Transaction, call: Call, kind: Kind[E], request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Embed a policy, in the place of one of the same name.

    Raises NoSuchEntity, MalformedPolicyDocument, LimitExceeded when all of the entity's together would be
    too large.
    """
    entity = kind.changeable(db, call, request[kind.parameter])
    name, document = request["PolicyName"], request["PolicyDocument"]
    check_document(call, document, validate.Kind.IDENTITY)
    limit = kind.inline_size(limits(db, call))
    others = [policy for policy in db.inline_policies.page(entity.id) if policy.name != name]
    if size(document) + sum(size(policy.document) for policy in others) > limit:
        raise ApiError(
            "LimitExceeded", f"Maximum policy size of {limit} bytes exceeded for {kind.word} {entity.name}"
        )
    db.inline_policies.put(InlinePolicy(entity=entity.id, name=name, document=document))
    return DONE


def get(db: Snapshot, call: Call, kind: Kind[E], request: Mapping[str, Any]) -> dict[str, Any]:
    """The embedded policy with its text as it was sent; raises NoSuchEntity."""
    entity = kind.require(db, call, request[kind.parameter])
    policy = db.inline_policies.get(entity.id, request["PolicyName"])
    if policy is None:
        raise errors.no_such(f"{kind.word} policy", request["PolicyName"])
    return {kind.parameter: entity.name, "PolicyName": policy.name, "PolicyDocument": policy.document}


def delete(db: Transaction, call: Call, kind: Kind[E], request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Raises NoSuchEntity for the entity and for the policy."""
    entity = kind.changeable(db, call, request[kind.parameter])
    if not db.inline_policies.delete(entity.id, request["PolicyName"]):
        raise errors.no_such(f"{kind.word} policy", request["PolicyName"])
    return DONE


def names(db: Snapshot, call: Call, kind: Kind[E], request: Mapping[str, Any]) -> dict[str, Any]:
    """A page of the names of the embedded policies; raises NoSuchEntity."""
    entity = kind.require(db, call, request[kind.parameter])
    policies = db.inline_policies.page(entity.id)
    found, end = page(call, request, [policy.name for policy in policies], str)
    return {"PolicyNames": found, **end}


@iam.command("PutUserPolicy", access=(Needs("iam:PutUserPolicy", on=USER.named, keys=USER.boundary_keys),))
def put_user_policy(db: Transaction, call: Call, request: "PutUserPolicyRequest") -> Mapping[str, Any]:
    return put(db, call, USER, request)


@iam.command("PutGroupPolicy", access=(Needs("iam:PutGroupPolicy", on=GROUP.named),))
def put_group_policy(db: Transaction, call: Call, request: "PutGroupPolicyRequest") -> Mapping[str, Any]:
    return put(db, call, GROUP, request)


@iam.command("PutRolePolicy", access=(Needs("iam:PutRolePolicy", on=ROLE.named, keys=ROLE.boundary_keys),))
def put_role_policy(db: Transaction, call: Call, request: "PutRolePolicyRequest") -> Mapping[str, Any]:
    return put(db, call, ROLE, request)


@iam.query("GetUserPolicy", access=(Needs("iam:GetUserPolicy", on=USER.named),))
def get_user_policy(db: Snapshot, call: Call, request: "GetUserPolicyRequest") -> "GetUserPolicyResponse":
    return get(db, call, USER, request)  # type: ignore[return-value]


@iam.query("GetGroupPolicy", access=(Needs("iam:GetGroupPolicy", on=GROUP.named),))
def get_group_policy(db: Snapshot, call: Call, request: "GetGroupPolicyRequest") -> "GetGroupPolicyResponse":
    return get(db, call, GROUP, request)  # type: ignore[return-value]


@iam.query("GetRolePolicy", access=(Needs("iam:GetRolePolicy", on=ROLE.named),))
def get_role_policy(db: Snapshot, call: Call, request: "GetRolePolicyRequest") -> "GetRolePolicyResponse":
    return get(db, call, ROLE, request)  # type: ignore[return-value]


@iam.command(
    "DeleteUserPolicy", access=(Needs("iam:DeleteUserPolicy", on=USER.named, keys=USER.boundary_keys),)
)
def delete_user_policy(db: Transaction, call: Call, request: "DeleteUserPolicyRequest") -> Mapping[str, Any]:
    return delete(db, call, USER, request)


@iam.command("DeleteGroupPolicy", access=(Needs("iam:DeleteGroupPolicy", on=GROUP.named),))
def delete_group_policy(
    db: Transaction, call: Call, request: "DeleteGroupPolicyRequest"
) -> Mapping[str, Any]:
    return delete(db, call, GROUP, request)


@iam.command(
    "DeleteRolePolicy", access=(Needs("iam:DeleteRolePolicy", on=ROLE.named, keys=ROLE.boundary_keys),)
)
def delete_role_policy(db: Transaction, call: Call, request: "DeleteRolePolicyRequest") -> Mapping[str, Any]:
    return delete(db, call, ROLE, request)


@iam.query("ListUserPolicies", access=(Needs("iam:ListUserPolicies", on=USER.named),))
def list_user_policies(
    db: Snapshot, call: Call, request: "ListUserPoliciesRequest"
) -> "ListUserPoliciesResponse":
    return names(db, call, USER, request)  # type: ignore[return-value]


@iam.query("ListGroupPolicies", access=(Needs("iam:ListGroupPolicies", on=GROUP.named),))
def list_group_policies(
    db: Snapshot, call: Call, request: "ListGroupPoliciesRequest"
) -> "ListGroupPoliciesResponse":
    return names(db, call, GROUP, request)  # type: ignore[return-value]


@iam.query("ListRolePolicies", access=(Needs("iam:ListRolePolicies", on=ROLE.named),))
def list_role_policies(
    db: Snapshot, call: Call, request: "ListRolePoliciesRequest"
) -> "ListRolePoliciesResponse":
    return names(db, call, ROLE, request)  # type: ignore[return-value]
