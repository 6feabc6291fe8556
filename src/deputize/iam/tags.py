"""TagUser, UntagUser, ListUserTags and their like for roles, managed policies, instance profiles and server
certificates.
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam import tagging
from deputize.iam.entities import ROLE, USER
from deputize.iam.instance_profiles import PROFILE
from deputize.iam.policy_records import customer_policy, require, tags_of
from deputize.iam.resources import named_policy
from deputize.iam.server_certificates import CERTIFICATE
from deputize.iam.service import DONE, iam
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        ListInstanceProfileTagsRequest,
        ListInstanceProfileTagsResponse,
        ListPolicyTagsRequest,
        ListPolicyTagsResponse,
        ListRoleTagsRequest,
        ListRoleTagsResponse,
        ListServerCertificateTagsRequest,
        ListServerCertificateTagsResponse,
        ListUserTagsRequest,
        ListUserTagsResponse,
        TagInstanceProfileRequest,
        TagPolicyRequest,
        TagRoleRequest,
        TagServerCertificateRequest,
        TagUserRequest,
        UntagInstanceProfileRequest,
        UntagPolicyRequest,
        UntagRoleRequest,
        UntagServerCertificateRequest,
        UntagUserRequest,
    )


@iam.command("TagUser", access=(Needs("iam:TagUser", on=USER.named, keys=tagging.REQUEST_KEYS),))
def tag_user(db: Transaction, call: Call, request: "TagUserRequest") -> Mapping[str, Any]:
    user = USER.require(db, call, request["UserName"])
    db.users.put(dataclasses.replace(user, tags=tagging.merged(call, user.tags, request["Tags"])))
    return DONE


@iam.command("UntagUser", access=(Needs("iam:UntagUser", on=USER.named, keys=tagging.UNTAG_KEYS),))
def untag_user(db: Transaction, call: Call, request: "UntagUserRequest") -> Mapping[str, Any]:
    user = USER.require(db, call, request["UserName"])
    db.users.put(dataclasses.replace(user, tags=tagging.remaining(user.tags, request["TagKeys"])))
    return DONE


@iam.query("ListUserTags", access=(Needs("iam:ListUserTags", on=USER.named),))
def list_user_tags(db: Snapshot, call: Call, request: "ListUserTagsRequest") -> "ListUserTagsResponse":
    tags, end = tagging.listed(call, request, USER.require(db, call, request["UserName"]).tags)
    return {"Tags": tags, **end}


@iam.command("TagRole", access=(Needs("iam:TagRole", on=ROLE.named, keys=tagging.REQUEST_KEYS),))
def tag_role(db: Transaction, call: Call, request: "TagRoleRequest") -> Mapping[str, Any]:
    role = ROLE.require(db, call, request["RoleName"])
    db.roles.put(dataclasses.replace(role, tags=tagging.merged(call, role.tags, request["Tags"])))
    return DONE


@iam.command("UntagRole", access=(Needs("iam:UntagRole", on=ROLE.named, keys=tagging.UNTAG_KEYS),))
def untag_role(db: Transaction, call: Call, request: "UntagRoleRequest") -> Mapping[str, Any]:
    role = ROLE.require(db, call, request["RoleName"])
    db.roles.put(dataclasses.replace(role, tags=tagging.remaining(role.tags, request["TagKeys"])))
    return DONE


@iam.query("ListRoleTags", access=(Needs("iam:ListRoleTags", on=ROLE.named),))
def list_role_tags(db: Snapshot, call: Call, request: "ListRoleTagsRequest") -> "ListRoleTagsResponse":
    tags, end = tagging.listed(call, request, ROLE.require(db, call, request["RoleName"]).tags)
    return {"Tags": tags, **end}


@iam.command("TagPolicy", access=(Needs("iam:TagPolicy", on=named_policy, keys=tagging.REQUEST_KEYS),))
def tag_policy(db: Transaction, call: Call, request: "TagPolicyRequest") -> Mapping[str, Any]:
    policy = customer_policy(db, call, request["PolicyArn"])
    db.policies.put(dataclasses.replace(policy, tags=tagging.merged(call, policy.tags, request["Tags"])))
    return DONE


@iam.command("UntagPolicy", access=(Needs("iam:UntagPolicy", on=named_policy, keys=tagging.UNTAG_KEYS),))
def untag_policy(db: Transaction, call: Call, request: "UntagPolicyRequest") -> Mapping[str, Any]:
    policy = customer_policy(db, call, request["PolicyArn"])
    db.policies.put(dataclasses.replace(policy, tags=tagging.remaining(policy.tags, request["TagKeys"])))
    return DONE


@iam.query("ListPolicyTags", access=(Needs("iam:ListPolicyTags", on=named_policy),))
def list_policy_tags(db: Snapshot, call: Call, request: "ListPolicyTagsRequest") -> "ListPolicyTagsResponse":
    tags, end = tagging.listed(call, request, tags_of(require(db, call, request["PolicyArn"])))
    return {"Tags": tags, **end}


@iam.command(
    "TagInstanceProfile",
    access=(Needs("iam:TagInstanceProfile", on=PROFILE.named, keys=tagging.REQUEST_KEYS),),
)
def tag_instance_profile(
    db: Transaction, call: Call, request: "TagInstanceProfileRequest"
) -> Mapping[str, Any]:
    profile = PROFILE.require(db, call, request["InstanceProfileName"])
    tags = tagging.merged(call, profile.tags, request["Tags"])
    db.instance_profiles.put(dataclasses.replace(profile, tags=tags))
    return DONE


@iam.command(
    "UntagInstanceProfile",
    access=(Needs("iam:UntagInstanceProfile", on=PROFILE.named, keys=tagging.UNTAG_KEYS),),
)
def untag_instance_profile(
    db: Transaction, call: Call, request: "UntagInstanceProfileRequest"
) -> Mapping[str, Any]:
    profile = PROFILE.require(db, call, request["InstanceProfileName"])
    tags = tagging.remaining(profile.tags, request["TagKeys"])
    db.instance_profiles.put(dataclasses.replace(profile, tags=tags))
    return DONE


@iam.query("ListInstanceProfileTags", access=(Needs("iam:ListInstanceProfileTags", on=PROFILE.named),))
def list_instance_profile_tags(
    db: Snapshot, call: Call, request: "ListInstanceProfileTagsRequest"
) -> "ListInstanceProfileTagsResponse":
    profile = PROFILE.require(db, call, request["InstanceProfileName"])
    tags, end = tagging.listed(call, request, profile.tags)
    return {"Tags": tags, **end}


@iam.command(
    "TagServerCertificate",
    access=(Needs("iam:TagServerCertificate", on=CERTIFICATE.named, keys=tagging.REQUEST_KEYS),),
)
def tag_server_certificate(
    db: Transaction, call: Call, request: "TagServerCertificateRequest"
) -> Mapping[str, Any]:
    certificate = CERTIFICATE.require(db, call, request["ServerCertificateName"])
    tags = tagging.merged(call, certificate.tags, request["Tags"])
    db.server_certificates.put(dataclasses.replace(certificate, tags=tags))
    return DONE


@iam.command(
    "UntagServerCertificate",
    access=(Needs("iam:UntagServerCertificate", on=CERTIFICATE.named, keys=tagging.UNTAG_KEYS),),
)
def untag_server_certificate(
    db: Transaction, call: Call, request: "UntagServerCertificateRequest"
) -> Mapping[str, Any]:
    certificate = CERTIFICATE.require(db, call, request["ServerCertificateName"])
    tags = tagging.remaining(certificate.tags, request["TagKeys"])
    db.server_certificates.put(dataclasses.replace(certificate, tags=tags))
    return DONE


@iam.query(
    "ListServerCertificateTags", access=(Needs("iam:ListServerCertificateTags", on=CERTIFICATE.named),)
)
def list_server_certificate_tags(
    db: Snapshot, call: Call, request: "ListServerCertificateTagsRequest"
) -> "ListServerCertificateTagsResponse":
    certificate = CERTIFICATE.require(db, call, request["ServerCertificateName"])
    tags, end = tagging.listed(call, request, certificate.tags)
    return {"Tags": tags, **end}
