"""Who is in which group: AddUserToGroup, RemoveUserFromGroup, ListGroupsForUser."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam import errors, wire
from deputize.iam.entities import GROUP, USER
from deputize.iam.paging import page
from deputize.iam.quotas import limits
from deputize.iam.service import DONE, iam
from deputize.model.identity import Membership, fold
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        AddUserToGroupRequest,
        ListGroupsForUserRequest,
        ListGroupsForUserResponse,
        RemoveUserFromGroupRequest,
    )


@iam.command("AddUserToGroup", access=(Needs("iam:AddUserToGroup", on=GROUP.named),))
def add_user_to_group(db: Transaction, call: Call, request: "AddUserToGroupRequest") -> Mapping[str, Any]:
    """Adding a member again changes nothing. Raises NoSuchEntity, LimitExceeded."""
    group = GROUP.require(db, call, request["GroupName"])
    user = USER.require(db, call, request["UserName"])
    if db.memberships.get(group.id, user.id) is not None:
        return DONE
    limit = limits(db, call).groups_per_user
    if len(db.memberships.find("user", user.id)) >= limit:
        raise errors.over_quota("GroupsPerUser", limit)
    db.memberships.put(Membership(account=call.account, group=group.id, user=user.id))
    return DONE


@iam.command("RemoveUserFromGroup", access=(Needs("iam:RemoveUserFromGroup", on=GROUP.named),))
def remove_user_from_group(
    db: Transaction, call: Call, request: "RemoveUserFromGroupRequest"
) -> Mapping[str, Any]:
    """Raises NoSuchEntity, also for a user who is no member."""
    group = GROUP.require(db, call, request["GroupName"])
    user = USER.require(db, call, request["UserName"])
    if not db.memberships.delete(group.id, user.id):
        raise errors.not_member(user.name, group.name)
    return DONE


@iam.query("ListGroupsForUser", access=(Needs("iam:ListGroupsForUser", on=USER.named),))
def list_groups_for_user(
    db: Snapshot, call: Call, request: "ListGroupsForUserRequest"
) -> "ListGroupsForUserResponse":
    user = USER.require(db, call, request["UserName"])
    found = (GROUP.by_id(db, membership.group) for membership in db.memberships.find("user", user.id))
    present = [group for group in found if group is not None]
    groups, end = page(call, request, present, lambda group: fold(group.name))
    return {"Groups": [wire.group(group) for group in groups], **end}
