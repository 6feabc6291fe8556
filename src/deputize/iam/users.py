"""Users: CreateUser, GetUser, ListUsers, UpdateUser, DeleteUser."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.iam import errors, tagging, wire
from deputize.iam.boundaries import given, given_boundary
from deputize.iam.deletion import check_bare
from deputize.iam.entities import USER
from deputize.iam.paging import after, cut, walk
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
        boundary=given_boundary(db, call, request),
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
    return {"User": {"UserId": account.id, "Arn": account.arn, "CreateDate": account.created}}


@iam.query("ListUsers", access=(Needs("iam:ListUsers", on=USER.listed),))
def list_users(db: Snapshot, call: Call, request: "ListUsersRequest") -> "ListUsersResponse":
    prefix = request.get("PathPrefix", "/")
    every = walk(db.users, call.account, start=after(call, request), position=lambda user: user.name)
    users, end = cut(
        call, request, (user for user in every if user.path.startswith(prefix)), lambda user: user.name
    )
    return {"Users": [wire.user(user) for user in users], **end}


def both_names(db: Snapshot, call: Call, request: "UpdateUserRequest") -> Iterator[Resource]:
    """The user as it is and as it is to be: a rename needs the right to both (IAM API, UpdateUser)."""
    yield USER.resource(db, call, request["UserName"])
    user = USER.find(db, call.account, request["UserName"])
    if user is not None and ("NewUserName" in request or "NewPath" in request):
        name = request.get("NewUserName", user.name)
        arn = USER.arn(call, request.get("NewPath", user.path), name)
        yield Resource(arn=arn, account=call.account, shown=f"user {name}", tags=user.tags)


@iam.command("UpdateUser", access=(Needs("iam:UpdateUser", on=both_names),))
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
    if db.memberships.find("user", user.id):
        raise errors.in_use("remove users from group")
    if db.access_keys.find("owner", user.account, user.id):
        raise errors.in_use("delete access keys")
    if user.password is not None:
        raise errors.in_use("delete login profile")
    db.users.delete(user.account, user.name)
    return DONE
