"""Roles: CreateRole, GetRole, ListRoles, UpdateRole, UpdateRoleDescription, DeleteRole."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam import errors, tagging, wire
from deputize.iam.boundaries import given, given_boundary
from deputize.iam.deletion import check_bare, forget_uses
from deputize.iam.entities import ROLE
from deputize.iam.service import DONE, iam
from deputize.iam.trust import accepted
from deputize.model import ids
from deputize.model.identity import SERVICE_LINKED, Role
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        CreateRoleRequest,
        CreateRoleResponse,
        DeleteRoleRequest,
        GetRoleRequest,
        GetRoleResponse,
        ListRolesRequest,
        ListRolesResponse,
        UpdateRoleDescriptionRequest,
        UpdateRoleDescriptionResponse,
        UpdateRoleRequest,
        UpdateRoleResponse,
    )

DEFAULT_MAX_SESSION = 3600
CREATE_KEYS = {"iam:PermissionsBoundary": given, **tagging.REQUEST_KEYS}
# How long a console session of the role may last; there is no such limit here yet, so none may be asked for.
NOT_OFFERED = ("MaxSigninSessionDuration", "ResetMaxSigninSessionDuration")


def refuse_not_offered(request: Mapping[str, Any]) -> None:
    for parameter in NOT_OFFERED:
        if parameter in request:
            raise errors.not_offered(parameter)


@iam.command(
    "CreateRole",
    access=(
        Needs("iam:CreateRole", on=ROLE.fresh, keys=CREATE_KEYS),
        Needs("iam:TagRole", on=ROLE.fresh, keys=tagging.REQUEST_KEYS, when=tagging.has_tags),
    ),
)
def create_role(db: Transaction, call: Call, request: "CreateRoleRequest") -> "CreateRoleResponse":
    """Raises EntityAlreadyExists, LimitExceeded, MalformedPolicyDocument, NoSuchEntity for the boundary,
    InvalidInput.
    """
    refuse_not_offered(request)
    if request.get("Path", "/").startswith(SERVICE_LINKED):
        raise ApiError("InvalidInput", f"Role paths under {SERVICE_LINKED} are reserved for AWS services.")
    trust = accepted(db, call, request["AssumeRolePolicyDocument"])
    ROLE.check_free(db, call, request["RoleName"])
    ROLE.check_room(db, call)
    role = Role(
        account=call.account,
        partition=call.partition,
        name=request["RoleName"],
        path=request.get("Path", "/"),
        id=ids.unique_id(ROLE.prefix, call.account),
        created=call.time,
        trust=trust,
        description=request.get("Description"),
        max_session=request.get("MaxSessionDuration", DEFAULT_MAX_SESSION),
        tags=tagging.read(request.get("Tags", [])),
        boundary=given_boundary(db, call, request, ROLE.title),
    )
    db.roles.put(role)
    return {"Role": wire.created_role(db, role)}


@iam.query("GetRole", access=(Needs("iam:GetRole", on=ROLE.named, keys=ROLE.boundary_keys),))
def get_role(db: Snapshot, call: Call, request: "GetRoleRequest") -> "GetRoleResponse":
    return {"Role": wire.full_role(db, ROLE.require(db, call, request["RoleName"]))}


@iam.query("ListRoles", access=(Needs("iam:ListRoles", on=ROLE.listed),))
def list_roles(db: Snapshot, call: Call, request: "ListRolesRequest") -> "ListRolesResponse":
    roles, end = ROLE.page(db, call, request)
    return {"Roles": [wire.role(db, role) for role in roles], **end}


@iam.command("UpdateRole", access=(Needs("iam:UpdateRole", on=ROLE.named, keys=ROLE.boundary_keys),))
def update_role(db: Transaction, call: Call, request: "UpdateRoleRequest") -> "UpdateRoleResponse":
    """A new description or maximum session duration (seconds); what is not given stays. Of a service's own
    role only the description may be changed (UnmodifiableEntity).
    """
    refuse_not_offered(request)
    find = ROLE.changeable if "MaxSessionDuration" in request else ROLE.require
    role = find(db, call, request["RoleName"])
    db.roles.put(
        dataclasses.replace(
            role,
            description=request.get("Description", role.description),
            max_session=request.get("MaxSessionDuration", role.max_session),
        )
    )
    return {}


@iam.command(
    "UpdateRoleDescription",
    access=(Needs("iam:UpdateRoleDescription", on=ROLE.named, keys=ROLE.boundary_keys),),
)
def update_role_description(
    db: Transaction, call: Call, request: "UpdateRoleDescriptionRequest"
) -> "UpdateRoleDescriptionResponse":
    role = ROLE.require(db, call, request["RoleName"])
    described = dataclasses.replace(role, description=request["Description"])
    db.roles.put(described)
    return {"Role": wire.role(db, described)}


@iam.command("DeleteRole", access=(Needs("iam:DeleteRole", on=ROLE.named, keys=ROLE.boundary_keys),))
def delete_role(db: Transaction, call: Call, request: "DeleteRoleRequest") -> Mapping[str, Any]:
    """Raises DeleteConflict while anything hangs on the role. Its sessions end with it."""
    role = ROLE.changeable(db, call, request["RoleName"])
    check_bare(db, role)
    db.roles.delete(role.account, role.name)
    forget_uses(db, role)
    return DONE
