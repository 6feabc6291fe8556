"""Examples of IAM's operations."""

import json
from functools import partial
from typing import Any

from tests.access.harness import Request, Stage, example, policy, statement, trust

DOCUMENT = json.dumps(policy(statement("Allow", ["s3:GetObject"])))
POWER_USER = "arn:aws:iam::aws:policy/PowerUserAccess"
TAGS = [{"Key": "Team", "Value": "blue"}]


def user(stage: Stage) -> Request:
    stage.iam.create_user(UserName=stage.name)
    return {"UserName": stage.name}


def group(stage: Stage) -> Request:
    stage.iam.create_group(GroupName=stage.name)
    return {"GroupName": stage.name}


def role(stage: Stage) -> Request:
    stage.iam.create_role(RoleName=stage.name, AssumeRolePolicyDocument=trust(stage.account.id))
    return {"RoleName": stage.name}


def managed(stage: Stage) -> Request:
    made = stage.iam.create_policy(PolicyName=stage.name, PolicyDocument=DOCUMENT)
    return {"PolicyArn": made["Policy"]["Arn"]}


def second_version(stage: Stage) -> Request:
    request = managed(stage)
    stage.iam.create_policy_version(**request, PolicyDocument=DOCUMENT)
    return {**request, "VersionId": "v2"}


def key(stage: Stage) -> Request:
    request = user(stage)
    made = stage.iam.create_access_key(**request)["AccessKey"]
    return {**request, "AccessKeyId": made["AccessKeyId"]}


KINDS = {"User": user, "Group": group, "Role": role}


def declare(operation: str, make: Any, **more: Any) -> None:
    """The example of an operation is what `make` sets up, and these further members."""
    example("iam", operation)(lambda stage: {**make(stage), **more})


def named(stage: Stage) -> str:
    return stage.name


@example("iam", "CreateUser", applies=("iam:TagUser",))
def create_user(stage: Stage) -> Request:
    return {"UserName": stage.name, "Tags": TAGS}


@example("iam", "CreateGroup")
def create_group(stage: Stage) -> Request:
    return {"GroupName": stage.name}


@example("iam", "CreateRole", applies=("iam:TagRole",))
def create_role(stage: Stage) -> Request:
    return {"RoleName": stage.name, "AssumeRolePolicyDocument": trust(stage.account.id), "Tags": TAGS}


@example("iam", "CreatePolicy", applies=("iam:TagPolicy",))
def create_policy(stage: Stage) -> Request:
    return {"PolicyName": stage.name, "PolicyDocument": DOCUMENT, "Tags": TAGS}


for kind, make in KINDS.items():
    declare(f"Get{kind}", make)
    declare(f"Delete{kind}", make)
    declare(f"Put{kind}Policy", make, PolicyName="p", PolicyDocument=DOCUMENT)
    declare(f"List{kind}Policies", make)
    declare(f"ListAttached{kind}Policies", make)
    declare(f"Attach{kind}Policy", make, PolicyArn=POWER_USER)
    declare(f"List{kind}s", lambda stage: {})

declare("UpdateUser", user, NewPath="/moved/")
declare("UpdateGroup", group, NewPath="/moved/")
declare("UpdateRole", role, Description="new")
declare("UpdateRoleDescription", role, Description="new")
for kind in ("User", "Role"):
    declare(f"Tag{kind}", KINDS[kind], Tags=TAGS)
    declare(f"Untag{kind}", KINDS[kind], TagKeys=["Team"])
    declare(f"List{kind}Tags", KINDS[kind])
    declare(f"Put{kind}PermissionsBoundary", KINDS[kind], PermissionsBoundary=POWER_USER)
declare("TagPolicy", managed, Tags=TAGS)
declare("UntagPolicy", managed, TagKeys=["Team"])
declare("ListPolicyTags", managed)
declare("ListGroupsForUser", user)
declare("GetPolicy", managed)
declare("DeletePolicy", managed)
declare("ListPolicies", lambda stage: {}, Scope="Local")
declare("ListEntitiesForPolicy", managed)
declare("CreatePolicyVersion", managed, PolicyDocument=DOCUMENT)
declare("ListPolicyVersions", managed)
declare("GetPolicyVersion", second_version)
declare("DeletePolicyVersion", second_version)
declare("SetDefaultPolicyVersion", second_version)
declare("CreateAccessKey", user)
declare("ListAccessKeys", user)
declare("UpdateAccessKey", key, Status="Inactive")
declare("DeleteAccessKey", key)
declare("ListAccountAliases", lambda stage: {})
declare("GetAccountSummary", lambda stage: {})


@example("iam", "GetAccessKeyLastUsed")
def get_access_key_last_used(stage: Stage) -> Request:
    return {"AccessKeyId": key(stage)["AccessKeyId"]}


def with_inline(stage: Stage, kind: str) -> Request:
    request = {**KINDS[kind](stage), "PolicyName": "p"}
    getattr(stage.iam, f"put_{kind.lower()}_policy")(**request, PolicyDocument=DOCUMENT)
    return request


def with_attached(stage: Stage, kind: str) -> Request:
    request = {**KINDS[kind](stage), "PolicyArn": POWER_USER}
    getattr(stage.iam, f"attach_{kind.lower()}_policy")(**request)
    return request


def with_boundary(stage: Stage, kind: str) -> Request:
    request = KINDS[kind](stage)
    getattr(stage.iam, f"put_{kind.lower()}_permissions_boundary")(**request, PermissionsBoundary=POWER_USER)
    return request


for word in KINDS:
    example("iam", f"Get{word}Policy")(partial(with_inline, kind=word))
    example("iam", f"Delete{word}Policy")(partial(with_inline, kind=word))
    example("iam", f"Detach{word}Policy")(partial(with_attached, kind=word))
for word in ("User", "Role"):
    example("iam", f"Delete{word}PermissionsBoundary")(partial(with_boundary, kind=word))


@example("iam", "AddUserToGroup")
def add_user_to_group(stage: Stage) -> Request:
    return {**user(stage), **group(stage)}


@example("iam", "RemoveUserFromGroup")
def remove_user_from_group(stage: Stage) -> Request:
    request = {**user(stage), **group(stage)}
    stage.iam.add_user_to_group(**request)
    return request


@example("iam", "UpdateAssumeRolePolicy")
def update_assume_role_policy(stage: Stage) -> Request:
    return {**role(stage), "PolicyDocument": trust(stage.account.id)}


@example("iam", "CreateAccountAlias")
def create_account_alias(stage: Stage) -> Request:
    return {"AccountAlias": f"alias-{stage.name}"}


@example("iam", "DeleteAccountAlias")
def delete_account_alias(stage: Stage) -> Request:
    stage.iam.create_account_alias(AccountAlias=f"alias-{stage.name}")
    return {"AccountAlias": f"alias-{stage.name}"}
