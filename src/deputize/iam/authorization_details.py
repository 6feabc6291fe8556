"""GetAccountAuthorizationDetails: all users, groups, roles and policies of the account, with what they grant.

It is one list in pages: users, groups, roles, the account's own policies, then AWS's that are in use. A
position in it is the digit of the part and a name.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam import wire
from deputize.iam.attachments import name_of
from deputize.iam.entities import GROUP, Entity
from deputize.iam.paging import after, cut, walk
from deputize.iam.policies import summary
from deputize.iam.policy_records import attachments, bounded, place
from deputize.iam.resources import anything
from deputize.iam.service import iam
from deputize.model.identity import Group, Role, User
from deputize.model.managed import catalogue
from deputize.model.managed.catalogue import AwsPolicy
from deputize.model.policies import ManagedPolicy, PolicyVersion
from deputize.store.api import Records, Snapshot

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        GetAccountAuthorizationDetailsRequest,
        GetAccountAuthorizationDetailsResponse,
    )


Record = User | Group | Role | ManagedPolicy | AwsPolicy
# A part of the list: its records beyond a name, in order, each with that by which it is found again.
Part = Callable[[Snapshot, Call, str | None], Iterator[tuple[str, Record]]]


@iam.query(
    "GetAccountAuthorizationDetails",
    access=(Needs("iam:GetAccountAuthorizationDetails", on=anything),),
    slow=True,
)
def get_account_authorization_details(
    db: Snapshot, call: Call, request: "GetAccountAuthorizationDetailsRequest"
) -> "GetAccountAuthorizationDetailsResponse":
    every = _records(db, call, request.get("Filter") or list(PARTS), after(call, request) or "")
    found, end = cut(call, request, every, lambda one: one[0])
    answer: dict[str, Any] = {
        "UserDetailList": [_user(db, one) for _, one in found if isinstance(one, User)],
        "GroupDetailList": [_group(db, one) for _, one in found if isinstance(one, Group)],
        "RoleDetailList": [_role(db, one) for _, one in found if isinstance(one, Role)],
        "Policies": [
            _policy(db, call, one) for _, one in found if isinstance(one, ManagedPolicy | AwsPolicy)
        ],
    }
    return {**answer, **end}  # type: ignore[typeddict-item]


def _records(db: Snapshot, call: Call, wanted: Collection[str], last: str) -> Iterator[tuple[str, Record]]:
    """What the wanted parts hold beyond the position `last`, with the position of each."""
    for digit, (part, records) in enumerate(PARTS.items()):
        here = str(digit)
        if part in wanted and here >= last[:1]:
            start = last[1:] if here == last[:1] else None
            for name, record in records(db, call, start):
                yield here + name, record


def _named(read: Callable[[Snapshot], Records[Any]]) -> Part:
    """A table whose records have names."""

    def records(db: Snapshot, call: Call, start: str | None) -> Iterator[tuple[str, Record]]:
        for record in walk(read(db), call.account, start=start, position=lambda one: one.name):
            yield record.name, record

    return records


def _in_use(db: Snapshot, call: Call, start: str | None) -> Iterator[tuple[str, Record]]:
    """AWS's policies that somebody has, or is bounded by."""
    used = [
        policy
        for policy in catalogue.all(call.partition)
        if attachments(db, call, policy.arn) or bounded(db, call, policy.arn)
    ]
    for policy in sorted(used, key=lambda policy: place(policy.arn)):
        if start is None or place(policy.arn) > start:
            yield place(policy.arn), policy


PARTS: Mapping[str, Part] = {
    "User": _named(lambda db: db.users),
    "Group": _named(lambda db: db.groups),
    "Role": _named(lambda db: db.roles),
    "LocalManagedPolicy": _named(lambda db: db.policies),
    "AWSManagedPolicy": _in_use,
}


def _user(db: Snapshot, user: User) -> Any:
    groups = (GROUP.by_id(db, one.group) for one in db.memberships.find("user", user.id))
    answer = wire.full_user(user)
    answer.pop("PasswordLastUsed", None)
    return {
        **answer,
        "GroupList": sorted(group.name for group in groups if group is not None),
        **_granted(db, user, "UserPolicyList"),
    }


def _group(db: Snapshot, group: Group) -> Any:
    return {**wire.group(group), **_granted(db, group, "GroupPolicyList")}


def _role(db: Snapshot, role: Role) -> Any:
    answer = wire.full_role(db, role)
    for member in ("Description", "MaxSessionDuration"):
        answer.pop(member, None)
    profiles = db.instance_profiles.find("role", role.id)
    return {
        **answer,
        "InstanceProfileList": [wire.full_instance_profile(db, profile) for profile in profiles],
        **_granted(db, role, "RolePolicyList"),
    }


def _granted(db: Snapshot, entity: Entity, member: str) -> dict[str, Any]:
    """The policies within an entity, and those attached to it."""
    return {
        member: [
            {"PolicyName": one.name, "PolicyDocument": one.document}
            for one in db.inline_policies.page(entity.id)
        ],
        "AttachedManagedPolicies": [
            {"PolicyName": name_of(one.policy), "PolicyArn": one.policy}
            for one in db.attachments.page(entity.id)
        ],
    }


def _policy(db: Snapshot, call: Call, policy: ManagedPolicy | AwsPolicy) -> Any:
    """With every version of the account's own, and with the version of AWS's that is in force."""
    answer = summary(db, call, policy)
    if isinstance(policy, AwsPolicy):
        created = policy.versions[policy.default_version]
        versions = [
            PolicyVersion(
                policy=policy.id, number=policy.default_version, document=policy.document, created=created
            )
        ]
    else:
        versions = db.policy_versions.page(policy.id)
        if policy.description is not None:
            answer["Description"] = policy.description
    return {
        **answer,
        "PolicyVersionList": [
            wire.version(one, default=policy.default_version, document=True) for one in versions
        ],
    }
