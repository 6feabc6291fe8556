"""Instance profiles: creating, finding and deleting them, and the one role that each may hold."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.iam import errors, tagging, wire
from deputize.iam.entities import ROLE
from deputize.iam.named import Named
from deputize.iam.paging import page
from deputize.iam.service import DONE, iam
from deputize.model import ids
from deputize.model.identity import fold
from deputize.model.instance_profile import InstanceProfile
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        AddRoleToInstanceProfileRequest,
        CreateInstanceProfileRequest,
        CreateInstanceProfileResponse,
        DeleteInstanceProfileRequest,
        GetInstanceProfileRequest,
        GetInstanceProfileResponse,
        ListInstanceProfilesForRoleRequest,
        ListInstanceProfilesForRoleResponse,
        ListInstanceProfilesRequest,
        ListInstanceProfilesResponse,
        RemoveRoleFromInstanceProfileRequest,
    )

EC2 = "ec2.amazonaws.com"
# An instance has one role at a time (IAM quotas); no operator can change that.
ROLES = 1

PROFILE: Named[InstanceProfile] = Named(
    word="instance-profile",
    title="InstanceProfile",
    parameter="InstanceProfileName",
    prefix="AIPA",
    missing=lambda name: ApiError("NoSuchEntity", f"Instance Profile {name} cannot be found."),
    taken=lambda name: ApiError("EntityAlreadyExists", f"Instance Profile {name} already exists."),
    read=lambda db: db.instance_profiles,
    write=lambda db: db.instance_profiles,
    quota=lambda quotas: quotas.instance_profiles,
)


def role_passed(db: Snapshot, call: Call, request: Any) -> Resource:
    """The role that is handed to EC2; a denial of iam:PassRole names it by its ARN."""
    return dataclasses.replace(ROLE.resource(db, call, request["RoleName"]), shown=None)


def passed_to(db: Snapshot, call: Call, request: Any) -> str:
    return EC2


def associated(db: Snapshot, call: Call, request: Any) -> str:
    """Any instance of the account: which one is not known yet (IAM API, AddRoleToInstanceProfile)."""
    return f"arn:{call.partition}:ec2:*:{call.account}:instance/*"


PASS_KEYS = {"iam:PassedToService": passed_to, "iam:AssociatedResourceArn": associated}


@iam.command(
    "CreateInstanceProfile",
    access=(
        Needs("iam:CreateInstanceProfile", on=PROFILE.fresh, keys=tagging.REQUEST_KEYS),
        Needs("iam:TagInstanceProfile", on=PROFILE.fresh, keys=tagging.REQUEST_KEYS, when=tagging.has_tags),
    ),
)
def create_instance_profile(
    db: Transaction, call: Call, request: "CreateInstanceProfileRequest"
) -> "CreateInstanceProfileResponse":
    """Raises EntityAlreadyExists, LimitExceeded, InvalidInput for the tags."""
    PROFILE.check_free(db, call, request["InstanceProfileName"])
    PROFILE.check_room(db, call)
    profile = InstanceProfile(
        account=call.account,
        partition=call.partition,
        name=request["InstanceProfileName"],
        path=request.get("Path", "/"),
        id=ids.unique_id(PROFILE.prefix, call.account),
        created=call.time,
        tags=tagging.read(request.get("Tags", [])),
    )
    db.instance_profiles.put(profile)
    return {"InstanceProfile": wire.full_instance_profile(db, profile)}


@iam.query("GetInstanceProfile", access=(Needs("iam:GetInstanceProfile", on=PROFILE.named),))
def get_instance_profile(
    db: Snapshot, call: Call, request: "GetInstanceProfileRequest"
) -> "GetInstanceProfileResponse":
    profile = PROFILE.require(db, call, request["InstanceProfileName"])
    return {"InstanceProfile": wire.full_instance_profile(db, profile)}


@iam.query("ListInstanceProfiles", access=(Needs("iam:ListInstanceProfiles", on=PROFILE.listed),))
def list_instance_profiles(
    db: Snapshot, call: Call, request: "ListInstanceProfilesRequest"
) -> "ListInstanceProfilesResponse":
    found, end = PROFILE.page(db, call, request)
    return {"InstanceProfiles": [wire.instance_profile(db, one) for one in found], **end}


@iam.query("ListInstanceProfilesForRole", access=(Needs("iam:ListInstanceProfilesForRole", on=ROLE.named),))
def list_instance_profiles_for_role(
    db: Snapshot, call: Call, request: "ListInstanceProfilesForRoleRequest"
) -> "ListInstanceProfilesForRoleResponse":
    role = ROLE.require(db, call, request["RoleName"])
    profiles = db.instance_profiles.find("role", role.id)
    found, end = page(call, request, profiles, lambda profile: fold(profile.name))
    return {"InstanceProfiles": [wire.instance_profile(db, profile) for profile in found], **end}


@iam.command("DeleteInstanceProfile", access=(Needs("iam:DeleteInstanceProfile", on=PROFILE.named),))
def delete_instance_profile(
    db: Transaction, call: Call, request: "DeleteInstanceProfileRequest"
) -> Mapping[str, Any]:
    """Raises DeleteConflict while it holds a role."""
    profile = PROFILE.require(db, call, request["InstanceProfileName"])
    if profile.role is not None:
        raise errors.in_use("remove roles from instance profile")
    db.instance_profiles.delete(profile.account, profile.name)
    return DONE


@iam.command(
    "AddRoleToInstanceProfile",
    access=(
        Needs("iam:AddRoleToInstanceProfile", on=PROFILE.named),
        Needs("iam:PassRole", on=role_passed, keys=PASS_KEYS),
    ),
)
def add_role_to_instance_profile(
    db: Transaction, call: Call, request: "AddRoleToInstanceProfileRequest"
) -> Mapping[str, Any]:
    """Raises NoSuchEntity for either, LimitExceeded when the profile holds a role already, this one too."""
    profile = PROFILE.require(db, call, request["InstanceProfileName"])
    role = ROLE.changeable(db, call, request["RoleName"])
    if profile.role is not None:
        raise errors.over_quota("InstanceSessionsPerInstanceProfile", ROLES)
    db.instance_profiles.put(dataclasses.replace(profile, role=role.id))
    return DONE


@iam.command(
    "RemoveRoleFromInstanceProfile", access=(Needs("iam:RemoveRoleFromInstanceProfile", on=PROFILE.named),)
)
def remove_role_from_instance_profile(
    db: Transaction, call: Call, request: "RemoveRoleFromInstanceProfileRequest"
) -> Mapping[str, Any]:
    """Raises NoSuchEntity for either, and for a role that the profile does not hold."""
    profile = PROFILE.require(db, call, request["InstanceProfileName"])
    role = ROLE.changeable(db, call, request["RoleName"])
    if profile.role != role.id:
        raise errors.no_such("role", role.name)
    db.instance_profiles.put(dataclasses.replace(profile, role=None))
    return DONE
