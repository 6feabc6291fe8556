"""Users: CreateUser, GetUser, ListUsers, UpdateUser, DeleteUser."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam import tagging, wire
from deputize.iam.boundaries import given, given_boundary
from deputize.iam.deletion import check_bare, forget_uses
from deputize.iam.entities import USER
from deputize.iam.resources import caller_or_user
from deputize.iam.service import DONE, iam
from deputize.model import ids
from deputize.model.identity import User
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        CreateUserRequest,
        CreateUserResponse,
        DeleteUserRequest,
        GetUserRequest,
        GetUserResponse,
        ListUsersRequest,
        ListUsersResponse,
        UpdateUserRequest,
    )

CREATE_KEYS = {"iam:PermissionsBoundary": given, **tagging.REQUEST_KEYS}


@iam.command(
    "CreateUser",
    access=(
        Needs("iam:CreateUser", on=USER.fresh, keys=CREATE_KEYS),
        Needs("iam:TagUser", on=USER.fresh, keys=tagging.REQUEST_KEYS, when=tagging.has_tags),
    ),
)
def create_user(db: Transaction, call: Call, request: "CreateUserRequest") -> "CreateUserResponse":
    """Raises EntityAlreadyExists, LimitExceeded, NoSuchEntity for the boundary, InvalidInput for the tags."""
    USER.check_free(db, call, request["UserName"])
    USER.check_room(db, call)
    user = User(
        account=call.account,
        partition=call.partition,
        name=request["UserName"],
        path=request.get("Path", "/"),
        id=ids.unique_id(USER.prefix, call.account),
        created=call.time,
        tags=tagging.read(request.get("Tags", [])),
        boundary=given_boundary(db, call, request, USER.title),
    )
    db.users.put(user)
    return {"User": wire.full_user(user)}


@iam.query("GetUser", access=(Needs("iam:GetUser", on=caller_or_user),))
def get_user(db: Snapshot, call: Call, request: "GetUserRequest") -> "GetUserResponse":
    """Without a name: the caller; the root user is answered with the account's id and no name."""
    name = request.get("UserName", call.caller.name)
    if name is not None:
        return {"User": wire.full_user(USER.require(db, call, name))}
    account = db.accounts.get(call.account)
    if account is None:
        raise LookupError("the caller's account is gone in the middle of the call")
    return {"User": wire.root(account)}


@iam.query("ListUsers", access=(Needs("iam:ListUsers", on=USER.listed),))
def list_users(db: Snapshot, call: Call, request: "ListUsersRequest") -> "ListUsersResponse":
    users, end = USER.page(db, call, request)
    return {"Users": [wire.user(user) for user in users], **end}


@iam.command("UpdateUser", access=(Needs("iam:UpdateUser", on=USER.both_names),))
def update_user(db: Transaction, call: Call, request: "UpdateUserRequest") -> Mapping[str, Any]:
    """A new name or path; the unique id stays, and so do policies, groups and keys."""
    user = USER.require(db, call, request["UserName"])
    renamed = dataclasses.replace(
        user, name=request.get("NewUserName", user.name), path=request.get("NewPath", user.path)
    )
    USER.rename(db, call, user, renamed)
    return DONE


@iam.command("DeleteUser", access=(Needs("iam:DeleteUser", on=USER.named),))
def delete_user(db: Transaction, call: Call, request: "DeleteUserRequest") -> Mapping[str, Any]:
    """Raises DeleteConflict while anything hangs on the user; IAM deletes nothing else along with it."""
    user = USER.require(db, call, request["UserName"])
    check_bare(db, user)
    db.users.delete(user.account, user.name)
    forget_uses(db, user)
    return DONE
