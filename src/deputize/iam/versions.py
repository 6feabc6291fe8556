"""Versions of managed policies: CreatePolicyVersion, GetPolicyVersion, ListPolicyVersions,
DeletePolicyVersion, SetDefaultPolicyVersion.
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.managed_policies import AnyPolicy
from deputize.gateway.operation import Needs
from deputize.iam import wire
from deputize.iam.paging import page
from deputize.iam.policies import checked
from deputize.iam.policy_records import customer_policy, require
from deputize.iam.quotas import limits
from deputize.iam.resources import named_policy
from deputize.iam.service import DONE, iam
from deputize.model.managed.catalogue import AwsPolicy
from deputize.model.policies import ManagedPolicy, PolicyVersion
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        CreatePolicyVersionRequest,
        CreatePolicyVersionResponse,
        DeletePolicyVersionRequest,
        GetPolicyVersionRequest,
        GetPolicyVersionResponse,
        ListPolicyVersionsRequest,
        ListPolicyVersionsResponse,
        SetDefaultPolicyVersionRequest,
    )


MAX_DIGITS = 9


def number(version_id: str) -> int:
    """The number of `v3`. The pattern also allows `v3.xyz` and numbers of any length: those are never given
    out and come as 0, which no version has.
    """
    digits = version_id.removeprefix("v")
    return int(digits) if digits.isdigit() and len(digits) <= MAX_DIGITS else 0


def require_version(db: Snapshot, policy: ManagedPolicy, version_id: str) -> PolicyVersion:
    """Raises NoSuchEntity."""
    found = db.policy_versions.get(policy.id, number(version_id))
    if found is None:
        raise _no_such(policy, version_id)
    return found


def _no_such(policy: AnyPolicy, version_id: str) -> ApiError:
    return ApiError(
        "NoSuchEntity", f"Policy {policy.arn} version {version_id} does not exist or is not attachable."
    )


@iam.command("CreatePolicyVersion", access=(Needs("iam:CreatePolicyVersion", on=named_policy),))
def create_policy_version(
    db: Transaction, call: Call, request: "CreatePolicyVersionRequest"
) -> "CreatePolicyVersionResponse":
    """A number is never given twice. Raises NoSuchEntity, MalformedPolicyDocument, LimitExceeded."""
    policy = customer_policy(db, call, request["PolicyArn"])
    document = checked(db, call, request["PolicyDocument"])
    limit = limits(db, call).versions_per_policy
    if db.policy_versions.count(policy.id) >= limit:
        raise ApiError(
            "LimitExceeded",
            f"A managed policy can have up to {limit} versions. Before you create a new version, you must "
            "delete an existing version.",
        )
    version = PolicyVersion(
        policy=policy.id, number=policy.last_version + 1, document=document, created=call.time
    )
    default = version.number if request.get("SetAsDefault") else policy.default_version
    db.policy_versions.put(version)
    db.policies.put(
        dataclasses.replace(policy, last_version=version.number, default_version=default, updated=call.time)
    )
    return {"PolicyVersion": wire.version(version, default=default, document=False)}


@iam.query("GetPolicyVersion", access=(Needs("iam:GetPolicyVersion", on=named_policy),))
def get_policy_version(
    db: Snapshot, call: Call, request: "GetPolicyVersionRequest"
) -> "GetPolicyVersionResponse":
    policy = require(db, call, request["PolicyArn"])
    if isinstance(policy, AwsPolicy):
        return {"PolicyVersion": _aws_version(policy, request["VersionId"])}
    version = require_version(db, policy, request["VersionId"])
    return {"PolicyVersion": wire.version(version, default=policy.default_version, document=True)}


def _aws_version(policy: AwsPolicy, version_id: str) -> Any:
    wanted = number(version_id)
    text = policy.text(wanted)
    if text is None:
        raise _no_such(policy, version_id)
    record = PolicyVersion(
        policy=policy.id, number=wanted, document=text, created=policy.versions.get(wanted, policy.created)
    )
    return wire.version(record, default=policy.default_version, document=True)


@iam.query("ListPolicyVersions", access=(Needs("iam:ListPolicyVersions", on=named_policy),))
def list_policy_versions(
    db: Snapshot, call: Call, request: "ListPolicyVersionsRequest"
) -> "ListPolicyVersionsResponse":
    """The newest first."""
    policy = require(db, call, request["PolicyArn"])
    if isinstance(policy, AwsPolicy):
        records = [
            PolicyVersion(policy=policy.id, number=one, document="", created=created)
            for one, created in policy.versions.items()
        ]
    else:
        records = db.policy_versions.page(policy.id)
    found, end = page(call, request, records, lambda record: f"{10**MAX_DIGITS - record.number:010d}")
    versions = [wire.version(one, default=policy.default_version, document=False) for one in found]
    return {"Versions": versions, **end}


@iam.command("DeletePolicyVersion", access=(Needs("iam:DeletePolicyVersion", on=named_policy),))
def delete_policy_version(
    db: Transaction, call: Call, request: "DeletePolicyVersionRequest"
) -> Mapping[str, Any]:
    """Raises DeleteConflict for the default version."""
    policy = customer_policy(db, call, request["PolicyArn"])
    version = require_version(db, policy, request["VersionId"])
    if version.number == policy.default_version:
        raise ApiError("DeleteConflict", "Cannot delete the default version of a policy.")
    db.policy_versions.delete(policy.id, version.number)
    return DONE


@iam.command("SetDefaultPolicyVersion", access=(Needs("iam:SetDefaultPolicyVersion", on=named_policy),))
def set_default_policy_version(
    db: Transaction, call: Call, request: "SetDefaultPolicyVersionRequest"
) -> Mapping[str, Any]:
    """UpdateDate stays: it tells when the newest version was made (IAM API, Policy)."""
    policy = customer_policy(db, call, request["PolicyArn"])
    version = require_version(db, policy, request["VersionId"])
    db.policies.put(dataclasses.replace(policy, default_version=version.number))
    return DONE
