"""Customer-managed policies: CreatePolicy, GetPolicy, ListPolicies, DeletePolicy, ListEntitiesForPolicy."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.managed_policies import AnyPolicy
from deputize.gateway.operation import Needs
from deputize.iam import errors, tagging
from deputize.iam.documents import check_document, size
from deputize.iam.entities import GROUP, ROLE, USER
from deputize.iam.paging import page
from deputize.iam.policy_records import attachments, bounded, customer_policy, place, require
from deputize.iam.quotas import limits
from deputize.iam.resources import fresh_policy, listed_policies, named_policy
from deputize.iam.service import DONE, iam
from deputize.model import ids
from deputize.model.identity import Group, Role, User, fold
from deputize.model.managed import catalogue
from deputize.model.policies import ManagedPolicy, PolicyVersion
from deputize.policy.validate import Kind
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        CreatePolicyRequest,
        CreatePolicyResponse,
        DeletePolicyRequest,
        GetPolicyRequest,
        GetPolicyResponse,
        ListEntitiesForPolicyRequest,
        ListEntitiesForPolicyResponse,
        ListPoliciesRequest,
        ListPoliciesResponse,
    )

PREFIX = "ANPA"


def checked(db: Snapshot, call: Call, document: str) -> str:
    """A managed policy's document as it is stored. Raises MalformedPolicyDocument, LimitExceeded."""
    check_document(call, document, Kind.IDENTITY)
    limit = limits(db, call).policy_size
    if size(document) > limit:
        raise errors.over_quota("PolicySize", limit)
    return document


@iam.command(
    "CreatePolicy",
    access=(
        Needs("iam:CreatePolicy", on=fresh_policy, keys=tagging.REQUEST_KEYS),
        Needs("iam:TagPolicy", on=fresh_policy, keys=tagging.REQUEST_KEYS, when=tagging.has_tags),
    ),
)
def create_policy(db: Transaction, call: Call, request: "CreatePolicyRequest") -> "CreatePolicyResponse":
    """Raises MalformedPolicyDocument, EntityAlreadyExists, LimitExceeded, InvalidInput."""
    document = checked(db, call, request["PolicyDocument"])
    name = request["PolicyName"]
    if db.policies.get(call.account, name) is not None:
        raise ApiError(
            "EntityAlreadyExists", f"A policy called {name} already exists. Duplicate names are not allowed."
        )
    limit = limits(db, call).policies
    if db.policies.count(call.account) >= limit:
        raise errors.over_quota("PoliciesPerAccount", limit)
    policy = ManagedPolicy(
        account=call.account,
        partition=call.partition,
        name=name,
        path=request.get("Path", "/"),
        id=ids.unique_id(PREFIX, call.account),
        created=call.time,
        updated=call.time,
        description=request.get("Description"),
        tags=tagging.read(request.get("Tags", [])),
    )
    db.policies.put(policy)
    db.policy_versions.put(PolicyVersion(policy=policy.id, number=1, document=document, created=call.time))
    made = {**summary(db, call, policy), **_tags(policy)}
    return {"Policy": cast(Any, made)}


def summary(db: Snapshot, call: Call, policy: AnyPolicy) -> Any:
    """As ListPolicies answers it."""
    return {
        "PolicyName": policy.name,
        "PolicyId": policy.id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": f"v{policy.default_version}",
        "AttachmentCount": len(attachments(db, call, policy.arn)),
        "PermissionsBoundaryUsageCount": len(bounded(db, call, policy.arn)),
        "IsAttachable": True,
        "CreateDate": policy.created,
        "UpdateDate": policy.updated,
    }


def _tags(policy: AnyPolicy) -> dict[str, Any]:
    tags = policy.tags if isinstance(policy, ManagedPolicy) else {}
    return {"Tags": tagging.wire(tags)} if tags else {}


@iam.query("GetPolicy", access=(Needs("iam:GetPolicy", on=named_policy),))
def get_policy(db: Snapshot, call: Call, request: "GetPolicyRequest") -> "GetPolicyResponse":
    policy = require(db, call, request["PolicyArn"])
    answer = {**summary(db, call, policy), **_tags(policy)}
    if isinstance(policy, ManagedPolicy) and policy.description is not None:
        answer["Description"] = policy.description
    return {"Policy": cast(Any, answer)}


@iam.query("ListPolicies", access=(Needs("iam:ListPolicies", on=listed_policies),))
def list_policies(db: Snapshot, call: Call, request: "ListPoliciesRequest") -> "ListPoliciesResponse":
    """AWS's and the account's own, by name; `Scope`, `OnlyAttached`, `PathPrefix` and `PolicyUsageFilter`
    narrow it.
    """
    found, end = page(call, request, _listed(db, call, request), lambda policy: place(policy.arn))
    return {"Policies": [summary(db, call, policy) for policy in found], **end}


def _listed(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Iterator[AnyPolicy]:
    scope, prefix = request.get("Scope", "All"), request.get("PathPrefix", "/")
    every: list[AnyPolicy] = []
    if scope in ("All", "Local"):
        every += db.policies.page(call.account)
    if scope in ("All", "AWS"):
        every += catalogue.all(call.partition)
    for policy in every:
        if policy.path.startswith(prefix) and _used(db, call, policy, request):
            yield policy


def _used(db: Snapshot, call: Call, policy: AnyPolicy, request: Mapping[str, Any]) -> bool:
    usage = request.get("PolicyUsageFilter")
    if not request.get("OnlyAttached") and usage is None:
        return True
    attached = bool(attachments(db, call, policy.arn))
    bounding = bool(bounded(db, call, policy.arn))
    if usage == "PermissionsPolicy":
        return attached
    return bounding if usage == "PermissionsBoundary" else attached or bounding


@iam.command("DeletePolicy", access=(Needs("iam:DeletePolicy", on=named_policy),))
def delete_policy(db: Transaction, call: Call, request: "DeletePolicyRequest") -> Mapping[str, Any]:
    """Raises DeleteConflict while the policy is attached, is a boundary, or has further versions."""
    policy = customer_policy(db, call, request["PolicyArn"])
    if attachments(db, call, policy.arn) or bounded(db, call, policy.arn):
        raise ApiError("DeleteConflict", "Cannot delete a policy attached to entities.")
    if db.policy_versions.count(policy.id) > 1:
        raise ApiError(
            "DeleteConflict",
            "This policy has more than one version. Before you delete a policy, you must delete the policy's "
            "versions. The default version is deleted with the policy.",
        )
    db.policy_versions.delete(policy.id, policy.default_version)
    db.policies.delete(policy.account, policy.name)
    return DONE


@iam.query("ListEntitiesForPolicy", access=(Needs("iam:ListEntitiesForPolicy", on=named_policy),))
def list_entities_for_policy(
    db: Snapshot, call: Call, request: "ListEntitiesForPolicyRequest"
) -> "ListEntitiesForPolicyResponse":
    """The users, groups and roles of the account that the policy is attached to, or the boundary of."""
    policy = require(db, call, request["PolicyArn"])
    entities = {one.id: one for one in holders(db, call, policy, request.get("PolicyUsageFilter"))}
    wanted, prefix = request.get("EntityFilter"), request.get("PathPrefix", "/")
    kept = [one for one in entities.values() if _wanted(one, wanted) and one.path.startswith(prefix)]
    found, end = page(call, request, kept, lambda one: f"{type(one).__name__} {fold(one.name)}")
    return {
        "PolicyUsers": [{"UserName": one.name, "UserId": one.id} for one in found if isinstance(one, User)],
        "PolicyGroups": [
            {"GroupName": one.name, "GroupId": one.id} for one in found if isinstance(one, Group)
        ],
        "PolicyRoles": [{"RoleName": one.name, "RoleId": one.id} for one in found if isinstance(one, Role)],
        **end,
    }


def holders(db: Snapshot, call: Call, policy: AnyPolicy, usage: str | None) -> Iterator[User | Group | Role]:
    """Those of the account that the policy is attached to, or the boundary of; `usage` leaves either out."""
    if usage != "PermissionsBoundary":
        for attachment in attachments(db, call, policy.arn):
            found = (kind.by_id(db, attachment.entity) for kind in (USER, GROUP, ROLE))
            yield from (entity for entity in found if entity is not None)
    if usage != "PermissionsPolicy":
        yield from bounded(db, call, policy.arn)


def _wanted(entity: User | Group | Role, wanted: str | None) -> bool:
    return wanted is None or wanted == type(entity).__name__
