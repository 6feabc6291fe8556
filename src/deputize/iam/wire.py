"""Records in IAM's wire words. List operations leave out what AWS leaves out of them: tags, boundaries,
last use.
"""

from collections.abc import Mapping
from typing import Any

from deputize.domain import principals
from deputize.iam import tagging
from deputize.model.account import Account
from deputize.model.identity import Group, Role, User
from deputize.model.instance_profile import InstanceProfile
from deputize.model.policies import PolicyVersion
from deputize.store.api import Snapshot

# The functions return dicts in AWS's words; the handler that puts them into its answer says of which type.


def user(record: User) -> Any:
    """As List operations answer it."""
    return {
        "Path": record.path,
        "UserName": record.name,
        "UserId": record.id,
        "Arn": record.arn,
        "CreateDate": record.created,
        "PasswordLastUsed": record.password_last_used,
    }


def root(account: Account) -> Any:
    """The root user has the account's id and no name."""
    return {
        "UserId": account.id,
        "Arn": account.arn,
        "CreateDate": account.created,
        "PasswordLastUsed": account.password_last_used,
    }


def full_user(record: User) -> Any:
    return {**user(record), **_extras(record)}


def group(record: Group) -> Any:
    return {
        "Path": record.path,
        "GroupName": record.name,
        "GroupId": record.id,
        "Arn": record.arn,
        "CreateDate": record.created,
    }


def role(db: Snapshot, record: Role) -> Any:
    """As List operations answer it."""
    answer: dict[str, Any] = {
        "Path": record.path,
        "RoleName": record.name,
        "RoleId": record.id,
        "Arn": record.arn,
        "CreateDate": record.created,
        "AssumeRolePolicyDocument": principals.shown(db, record.trust),
        "MaxSessionDuration": record.max_session,
    }
    if record.description is not None:
        answer["Description"] = record.description
    return answer


def full_role(db: Snapshot, record: Role) -> Any:
    """As GetRole answers it."""
    use = db.role_uses.get(record.id)
    last_used = {} if use is None else {"LastUsedDate": use.at, "Region": use.region}
    return {**role(db, record), **_extras(record), "RoleLastUsed": last_used}


def created_role(db: Snapshot, record: Role) -> Any:
    """As CreateRole answers it, which tells neither description nor longest session (AWS CLI reference,
    create-role, the example with a maximum session duration).
    """
    told = role(db, record)
    kept = {name: value for name, value in told.items() if name not in ("Description", "MaxSessionDuration")}
    return {**kept, **_extras(record)}


def instance_profile(db: Snapshot, record: InstanceProfile) -> Any:
    """As List operations answer it."""
    roles = db.roles.find("id", record.role) if record.role is not None else []
    return {
        "Path": record.path,
        "InstanceProfileName": record.name,
        "InstanceProfileId": record.id,
        "Arn": record.arn,
        "CreateDate": record.created,
        "Roles": [role(db, one) for one in roles],
    }


def full_instance_profile(db: Snapshot, record: InstanceProfile) -> Any:
    return {**instance_profile(db, record), **tags(record.tags)}


def version(record: PolicyVersion, *, default: int, document: bool) -> Any:
    answer: dict[str, Any] = {
        "VersionId": f"v{record.number}",
        "IsDefaultVersion": record.number == default,
        "CreateDate": record.created,
    }
    return {**answer, "Document": record.document} if document else answer


def tags(given: Mapping[str, str]) -> dict[str, Any]:
    """The member of an answer that has the tags; no member where there are none."""
    return {"Tags": tagging.wire(given)} if given else {}


def _extras(record: User | Role) -> dict[str, Any]:
    answer = tags(record.tags)
    if record.boundary is not None:
        answer["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": record.boundary,
        }
    return answer
