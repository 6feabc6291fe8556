"""Permissions boundaries of users and roles (IAM guide, "Permissions boundaries for IAM entities")."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam import errors
from deputize.iam.entities import ROLE, USER
from deputize.iam.policy_records import attachable
from deputize.iam.service import DONE, iam
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        DeleteRolePermissionsBoundaryRequest,
        DeleteUserPermissionsBoundaryRequest,
        PutRolePermissionsBoundaryRequest,
        PutUserPermissionsBoundaryRequest,
    )


def given(_db: Snapshot, _call: Call, request: Any) -> str | None:
    """`iam:PermissionsBoundary` as the boundary that the request sets."""
    arn: str | None = request.get("PermissionsBoundary")
    return arn


def given_boundary(db: Snapshot, call: Call, request: Mapping[str, Any], kind: str) -> str | None:
    """The boundary that a request sets for a `User` or `Role`, checked. Raises ValidationError, NoSuchEntity,
    PolicyNotAttachable.
    """
    text: str | None = request.get("PermissionsBoundary")
    if text is None:
        return None
    policy = attachable(db, call, text)
    errors.check_not_a_services(policy.path, kind)
    return policy.arn


GIVEN = {"iam:PermissionsBoundary": given}


@iam.command(
    "PutUserPermissionsBoundary",
    access=(Needs("iam:PutUserPermissionsBoundary", on=USER.named, keys=GIVEN),),
)
def put_user_permissions_boundary(
    db: Transaction, call: Call, request: "PutUserPermissionsBoundaryRequest"
) -> Mapping[str, Any]:
    user = USER.require(db, call, request["UserName"])
    db.users.put(dataclasses.replace(user, boundary=given_boundary(db, call, request, USER.title)))
    return DONE


@iam.command(
    "PutRolePermissionsBoundary",
    access=(Needs("iam:PutRolePermissionsBoundary", on=ROLE.named, keys=GIVEN),),
)
def put_role_permissions_boundary(
    db: Transaction, call: Call, request: "PutRolePermissionsBoundaryRequest"
) -> Mapping[str, Any]:
    role = ROLE.changeable(db, call, request["RoleName"])
    db.roles.put(dataclasses.replace(role, boundary=given_boundary(db, call, request, ROLE.title)))
    return DONE


@iam.command(
    "DeleteUserPermissionsBoundary",
    access=(Needs("iam:DeleteUserPermissionsBoundary", on=USER.named, keys=USER.boundary_keys),),
)
def delete_user_permissions_boundary(
    db: Transaction, call: Call, request: "DeleteUserPermissionsBoundaryRequest"
) -> Mapping[str, Any]:
    """Raises NoSuchEntity also for a user without a boundary."""
    user = USER.require(db, call, request["UserName"])
    if user.boundary is None:
        raise errors.no_boundary("user", user.name)
    db.users.put(dataclasses.replace(user, boundary=None))
    return DONE


@iam.command(
    "DeleteRolePermissionsBoundary",
    access=(Needs("iam:DeleteRolePermissionsBoundary", on=ROLE.named, keys=ROLE.boundary_keys),),
)
def delete_role_permissions_boundary(
    db: Transaction, call: Call, request: "DeleteRolePermissionsBoundaryRequest"
) -> Mapping[str, Any]:
    """Raises NoSuchEntity also for a role without a boundary."""
    role = ROLE.changeable(db, call, request["RoleName"])
    if role.boundary is None:
        raise errors.no_boundary("role", role.name)
    db.roles.put(dataclasses.replace(role, boundary=None))
    return DONE
