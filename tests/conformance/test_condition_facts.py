"""The values of IAM's and STS's condition keys, each by a call that a policy allows for this value alone."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.access.harness import policy, statement, trust
from tests.conformance.fix_iam import DOCUMENT, POWER_USER, Home, home
from tests.fix_world import Keys

__all__ = ["home"]

_numbers = itertools.count(1)
TAGS = [{"Key": "Team", "Value": "blue"}]
Setup = Callable[[Home], dict[str, Any]]


def bounded_user(home: Home) -> dict[str, Any]:
    name = f"bounded{next(_numbers)}"
    home.iam.create_user(UserName=name, PermissionsBoundary=POWER_USER, Tags=TAGS)
    return {"UserName": name}


def bounded_role(home: Home) -> dict[str, Any]:
    name = f"bounded{next(_numbers)}"
    home.iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=trust(home.account.id),
        PermissionsBoundary=POWER_USER,
        Tags=TAGS,
    )
    return {"RoleName": name}


def group(home: Home) -> dict[str, Any]:
    name = f"group{next(_numbers)}"
    home.iam.create_group(GroupName=name)
    return {"GroupName": name}


def tagged_profile(home: Home) -> dict[str, Any]:
    name = f"profile{next(_numbers)}"
    home.iam.create_instance_profile(InstanceProfileName=name, Tags=TAGS)
    return {"InstanceProfileName": name}


def with_policy(setup: Setup) -> Setup:
    """With POWER_USER attached, and named."""

    def made(home: Home) -> dict[str, Any]:
        named = setup(home)
        (kind,) = (name.removesuffix("Name").lower() for name in named)
        getattr(home.iam, f"attach_{kind}_policy")(**named, PolicyArn=POWER_USER)
        return {**named, "PolicyArn": POWER_USER}

    return made


def with_inline(setup: Setup) -> Setup:
    def made(home: Home) -> dict[str, Any]:
        named = setup(home)
        (kind,) = (name.removesuffix("Name").lower() for name in named)
        getattr(home.iam, f"put_{kind}_policy")(**named, PolicyName="p", PolicyDocument=DOCUMENT)
        return {**named, "PolicyName": "p"}

    return made


def and_(setup: Setup, **more: Any) -> Setup:
    return lambda home: {**setup(home), **more}


def fresh(parameter: str, **more: Any) -> Setup:
    return lambda _home: {parameter: f"fresh{next(_numbers)}", **more}


def profile(home: Home) -> dict[str, Any]:
    name = f"profile{next(_numbers)}"
    home.iam.create_instance_profile(InstanceProfileName=name)
    home.iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    return {"InstanceProfileName": name, "RoleName": name}


def assumable(home: Home) -> dict[str, Any]:
    name = f"role{next(_numbers)}"
    home.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(home.account.id), Tags=TAGS)
    return {"RoleArn": home.arn(f"role/{name}"), "RoleSessionName": "session"}


OLD = {"PermissionsBoundary": POWER_USER}
WRONG = "arn:aws:iam::aws:policy/ReadOnlyAccess"
BOUNDARY, POLICY = "iam:PermissionsBoundary", "iam:PolicyARN"
ATTACH, PUT = {"PolicyArn": POWER_USER}, {"PolicyName": "p", "PolicyDocument": DOCUMENT}
EC2 = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
TRUST = json.dumps(policy(EC2))
# The call, what sets it up and gives its parameters, the key, its value, and other actions that it needs.
CASES: list[tuple[str, Setup, str, str, list[str]]] = [
    ("create_user", fresh("UserName", **OLD), BOUNDARY, POWER_USER, []),
    ("create_role", fresh("RoleName", **OLD, AssumeRolePolicyDocument=TRUST), BOUNDARY, POWER_USER, []),
    ("put_user_permissions_boundary", and_(bounded_user, **OLD), BOUNDARY, POWER_USER, []),
    ("put_role_permissions_boundary", and_(bounded_role, **OLD), BOUNDARY, POWER_USER, []),
    ("delete_user_permissions_boundary", bounded_user, BOUNDARY, POWER_USER, []),
    ("delete_role_permissions_boundary", bounded_role, BOUNDARY, POWER_USER, []),
    ("attach_user_policy", and_(bounded_user, **ATTACH), BOUNDARY, POWER_USER, []),
    ("attach_role_policy", and_(bounded_role, **ATTACH), BOUNDARY, POWER_USER, []),
    ("detach_user_policy", with_policy(bounded_user), BOUNDARY, POWER_USER, []),
    ("detach_role_policy", with_policy(bounded_role), BOUNDARY, POWER_USER, []),
    ("put_user_policy", and_(bounded_user, **PUT), BOUNDARY, POWER_USER, []),
    ("put_role_policy", and_(bounded_role, **PUT), BOUNDARY, POWER_USER, []),
    ("delete_user_policy", with_inline(bounded_user), BOUNDARY, POWER_USER, []),
    ("delete_role_policy", with_inline(bounded_role), BOUNDARY, POWER_USER, []),
    ("delete_role", bounded_role, BOUNDARY, POWER_USER, []),
    ("get_role", bounded_role, BOUNDARY, POWER_USER, []),
    ("update_role", bounded_role, BOUNDARY, POWER_USER, []),
    ("update_role_description", and_(bounded_role, Description="x"), BOUNDARY, POWER_USER, []),
    ("update_assume_role_policy", and_(bounded_role, PolicyDocument=TRUST), BOUNDARY, POWER_USER, []),
    ("attach_user_policy", and_(bounded_user, **ATTACH), POLICY, POWER_USER, []),
    ("attach_group_policy", and_(group, **ATTACH), POLICY, POWER_USER, []),
    ("attach_role_policy", and_(bounded_role, **ATTACH), POLICY, POWER_USER, []),
    ("detach_user_policy", with_policy(bounded_user), POLICY, POWER_USER, []),
    ("detach_group_policy", with_policy(group), POLICY, POWER_USER, []),
    ("detach_role_policy", with_policy(bounded_role), POLICY, POWER_USER, []),
    ("get_user", bounded_user, "iam:ResourceTag/team", "blue", []),
    ("get_role", bounded_role, "aws:ResourceTag/Team", "blue", []),
    ("get_instance_profile", tagged_profile, "aws:ResourceTag/Team", "blue", []),
    ("tag_user", and_(bounded_user, Tags=TAGS), "aws:RequestTag/team", "blue", []),
    ("tag_role", and_(bounded_role, Tags=TAGS), "aws:TagKeys", "Team", []),
    ("untag_user", and_(bounded_user, TagKeys=["Team"]), "aws:TagKeys", "Team", []),
    (
        "create_service_linked_role",
        lambda _home: {"AWSServiceName": "autoscaling.amazonaws.com", "CustomSuffix": f"s{next(_numbers)}"},
        "iam:AWSServiceName",
        "autoscaling.amazonaws.com",
        [],
    ),
    (
        "create_service_specific_credential",
        and_(bounded_user, ServiceName="codecommit.amazonaws.com"),
        "iam:ServiceSpecificCredentialServiceName",
        "codecommit.amazonaws.com",
        [],
    ),
    ("add_role_to_instance_profile", profile, "iam:PassedToService", "ec2.amazonaws.com", ["iam:PassRole"]),
    ("assume_role", assumable, "iam:ResourceTag/Team", "blue", []),
    ("assume_role", assumable, "aws:ResourceTag/Team", "blue", []),
    ("assume_role", assumable, "sts:RoleSessionName", "session", []),
    ("assume_role", and_(assumable, ExternalId="known"), "sts:ExternalId", "known", []),
    (
        "assume_role",
        and_(assumable, SourceIdentity="ann"),
        "sts:SourceIdentity",
        "ann",
        ["sts:SetSourceIdentity"],
    ),
    ("assume_role", and_(assumable, Tags=TAGS), "aws:RequestTag/Team", "blue", ["sts:TagSession"]),
    (
        "assume_role",
        and_(assumable, Tags=TAGS, TransitiveTagKeys=["Team"]),
        "sts:TransitiveTagKeys",
        "Team",
        ["sts:TagSession"],
    ),
]
MULTIVALUED = {"aws:TagKeys", "sts:TransitiveTagKeys"}


def caller(home: Home, *statements: dict[str, Any]) -> Keys:
    return home.world.user(home.account, f"caller{next(_numbers)}", policy(*statements))


def action_of(method: str) -> str:
    name = "".join(part.capitalize() for part in method.split("_"))
    return f"sts:{name}" if method == "assume_role" else f"iam:{name}"


def allowed(home: Home, keys: Keys, method: str, request: dict[str, Any]) -> bool:
    client = home.world.acting("sts" if method == "assume_role" else "iam", keys)
    try:
        getattr(client, method)(**request)
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDenied":
            return False
        # Rights are asked first: what is refused afterwards was let through.
        assert error.response["Error"]["Code"] in {"DeleteConflict", "LimitExceeded"}, error
    return True


@pytest.mark.parametrize(
    ("method", "setup", "key", "value", "others"), CASES, ids=[f"{case[0]}-{case[2]}" for case in CASES]
)
def test_a_key_has_its_value(
    home: Home, method: str, setup: Setup, key: str, value: str, others: list[str]
) -> None:
    operator = "ForAnyValue:StringEquals" if key in MULTIVALUED else "StringEquals"
    wrong = WRONG if value.startswith("arn:") else "other"
    for given, expected in ((wrong, False), (value, True)):
        # The key of PassRole is not one of the call's own action.
        free = [action_of(method)] if key == "iam:PassedToService" else ["iam:Nothing"]
        bound = [one for one in (action_of(method), *others) if one not in free]
        under = {**statement("Allow", bound), "Condition": {operator: {key: given}}}
        keys = caller(home, under, statement("Allow", free))
        assert allowed(home, keys, method, setup(home)) is expected, given


@pytest.mark.parametrize(
    ("method", "setup", "key"),
    [
        ("create_user", fresh("UserName"), BOUNDARY),
        ("put_group_policy", and_(group, **PUT), BOUNDARY),
        ("attach_group_policy", and_(group, **ATTACH), BOUNDARY),
        ("put_user_policy", and_(bounded_user, **PUT), POLICY),
        ("get_user", bounded_user, BOUNDARY),
        ("get_group", group, "iam:ResourceTag/Team"),
        ("get_instance_profile", tagged_profile, "iam:ResourceTag/Team"),
        ("get_user", bounded_user, "aws:RequestTag/Team"),
        ("create_user", fresh("UserName"), "aws:TagKeys"),
        ("assume_role", and_(assumable, DurationSeconds=900), "sts:DurationSeconds"),
        ("assume_role", assumable, "sts:ExternalId"),
        ("assume_role", assumable, "sts:SourceIdentity"),
    ],
)
def test_a_key_is_not_there(home: Home, method: str, setup: Setup, key: str) -> None:
    """Where AWS does not document it for the action, and where the request gives it no value."""
    for present, expected in (("false", False), ("true", True)):
        condition = {"Null": {key: present}}
        keys = caller(home, {**statement("Allow", [action_of(method)]), "Condition": condition})
        assert allowed(home, keys, method, setup(home)) is expected
