"""Groups: CreateGroup, GetGroup, ListGroups, UpdateGroup, DeleteGroup."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam import wire
from deputize.iam.deletion import check_bare
from deputize.iam.entities import GROUP, USER
from deputize.iam.paging import page
from deputize.iam.service import DONE, iam
from deputize.model import ids
from deputize.model.identity import Group, fold
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        CreateGroupRequest,
        CreateGroupResponse,
        DeleteGroupRequest,
        GetGroupRequest,
        GetGroupResponse,
        ListGroupsRequest,
        ListGroupsResponse,
        UpdateGroupRequest,
    )


@iam.command("CreateGroup", access=(Needs("iam:CreateGroup", on=GROUP.fresh),))
def create_group(db: Transaction, call: Call, request: "CreateGroupRequest") -> "CreateGroupResponse":
    """Raises EntityAlreadyExists, LimitExceeded."""
    GROUP.check_free(db, call, request["GroupName"])
    GROUP.check_room(db, call)
    group = Group(
        account=call.account,
        partition=call.partition,
        name=request["GroupName"],
        path=request.get("Path", "/"),
        id=ids.unique_id(GROUP.prefix, call.account),
        created=call.time,
    )
    db.groups.put(group)
    return {"Group": wire.group(group)}


@iam.query("GetGroup", access=(Needs("iam:GetGroup", on=GROUP.named),))
def get_group(db: Snapshot, call: Call, request: "GetGroupRequest") -> "GetGroupResponse":
    """The group and, in pages, its members."""
    group = GROUP.require(db, call, request["GroupName"])
    members = (USER.by_id(db, membership.user) for membership in db.memberships.page(group.id))
    present = [user for user in members if user is not None]
    users, end = page(call, request, present, lambda user: fold(user.name))
    return {"Group": wire.group(group), "Users": [wire.user(user) for user in users], **end}


@iam.query("ListGroups", access=(Needs("iam:ListGroups", on=GROUP.listed),))
def list_groups(db: Snapshot, call: Call, request: "ListGroupsRequest") -> "ListGroupsResponse":
    groups, end = GROUP.page(db, call, request)
    return {"Groups": [wire.group(group) for group in groups], **end}


@iam.command("UpdateGroup", access=(Needs("iam:UpdateGroup", on=GROUP.both_names),))
def update_group(db: Transaction, call: Call, request: "UpdateGroupRequest") -> Mapping[str, Any]:
    """A new name or path; the unique id stays, and so do policies and members."""
    group = GROUP.require(db, call, request["GroupName"])
    renamed = dataclasses.replace(
        group, name=request.get("NewGroupName", group.name), path=request.get("NewPath", group.path)
    )
    GROUP.rename(db, call, group, renamed)
    return DONE


@iam.command("DeleteGroup", access=(Needs("iam:DeleteGroup", on=GROUP.named),))
def delete_group(db: Transaction, call: Call, request: "DeleteGroupRequest") -> Mapping[str, Any]:
    """Raises DeleteConflict while it has members or policies."""
    group = GROUP.require(db, call, request["GroupName"])
    check_bare(db, group)
    db.groups.delete(group.account, group.name)
    return DONE
