"""GetAccountAuthorizationDetails: all that the account grants, in one list with pages."""

import json
from typing import Any

import pytest
from tests.access.harness import policy, statement, trust
from tests.conformance.fix_iam import DOCUMENT, POWER_USER, Home
from tests.refusals import refused

MEMBERS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture
def full(home: Home) -> Home:
    """An account with one of everything."""
    iam = home.iam
    iam.create_user(UserName="ann", Path="/staff/", Tags=[{"Key": "Team", "Value": "blue"}])
    iam.put_user_policy(UserName="ann", PolicyName="inline", PolicyDocument=DOCUMENT)
    iam.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=POWER_USER)
    iam.create_group(GroupName="devs")
    iam.put_group_policy(GroupName="devs", PolicyName="inline", PolicyDocument=DOCUMENT)
    iam.add_user_to_group(GroupName="devs", UserName="ann")
    iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=trust(home.account.id), Description="x")
    iam.put_role_policy(RoleName="deployer", PolicyName="inline", PolicyDocument=DOCUMENT)
    iam.attach_role_policy(RoleName="deployer", PolicyArn=READ_ONLY)
    iam.create_instance_profile(InstanceProfileName="server")
    iam.add_role_to_instance_profile(InstanceProfileName="server", RoleName="deployer")
    arn = home.managed("own", Description="of ours")
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT)
    iam.attach_group_policy(GroupName="devs", PolicyArn=arn)
    return home


def names(answer: dict[str, Any]) -> list[str]:
    words = {"UserDetailList": "UserName", "GroupDetailList": "GroupName", "RoleDetailList": "RoleName"}
    return [one[words.get(member, "PolicyName")] for member in MEMBERS for one in answer[member]]


def test_everything(full: Home) -> None:
    told = full.iam.get_account_authorization_details()
    document = json.loads(DOCUMENT)
    inline = [{"PolicyName": "inline", "PolicyDocument": document}]
    admin, ann = told["UserDetailList"]
    assert admin["AttachedManagedPolicies"] == [{"PolicyName": "AdministratorAccess", "PolicyArn": ADMIN}]
    assert (admin["UserPolicyList"], admin["GroupList"]) == ([], [])
    assert (ann["Path"], ann["Arn"]) == ("/staff/", full.arn("user/staff/ann"))
    assert (ann["UserPolicyList"], ann["GroupList"]) == (inline, ["devs"])
    assert ann["PermissionsBoundary"]["PermissionsBoundaryArn"] == POWER_USER
    assert ann["Tags"] == [{"Key": "Team", "Value": "blue"}]
    (devs,) = told["GroupDetailList"]
    own = full.arn("policy/own")
    assert devs["GroupPolicyList"] == inline
    assert devs["AttachedManagedPolicies"] == [{"PolicyName": "own", "PolicyArn": own}]
    (deployer,) = told["RoleDetailList"]
    assert deployer["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["AWS"] == full.arn("root")
    assert [one["InstanceProfileName"] for one in deployer["InstanceProfileList"]] == ["server"]
    assert (deployer["RolePolicyList"], deployer["RoleLastUsed"]) == (inline, {})
    policies = {one["PolicyName"]: one for one in told["Policies"]}
    assert list(policies) == ["own", "AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess"]
    assert [one["VersionId"] for one in policies["own"]["PolicyVersionList"]] == ["v1", "v2"]
    assert [one["IsDefaultVersion"] for one in policies["own"]["PolicyVersionList"]] == [True, False]
    assert policies["own"]["PolicyVersionList"][0]["Document"] == document
    assert (policies["own"]["Description"], policies["own"]["AttachmentCount"]) == ("of ours", 1)
    (version,) = policies["PowerUserAccess"]["PolicyVersionList"]
    assert version["IsDefaultVersion"] and version["Document"]["Statement"]
    assert policies["PowerUserAccess"]["PermissionsBoundaryUsageCount"] == 1


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (["User"], ["admin", "ann"]),
        (["Group", "Role"], ["devs", "deployer"]),
        (["LocalManagedPolicy"], ["own"]),
        (["AWSManagedPolicy"], ["AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess"]),
    ],
)
def test_filters(full: Home, parts: list[str], found: list[str]) -> None:
    assert names(full.iam.get_account_authorization_details(Filter=parts)) == found


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages(full: Home, size: int) -> None:
    whole = names(full.iam.get_account_authorization_details())
    paginator = full.iam.get_paginator("get_account_authorization_details")
    pages = [names(page) for page in paginator.paginate(PaginationConfig={"PageSize": size})]
    assert [name for page in pages for name in page] == whole
    assert {len(page) for page in pages[:-1]} == {size}


def test_of_ones_own_account_alone(full: Home) -> None:
    other = full.world.account(f"Other {full.account.name}")
    told = full.world.client("iam", other.admin).get_account_authorization_details()
    assert names(told) == ["admin", "AdministratorAccess"]
    limited = full.user("u", statement("Allow", ["iam:GetAccountAuthorizationDetails"], full.arn("user/*")))
    assert refused(limited.get_account_authorization_details)[0] == "AccessDenied"


def test_a_document_leaves_percent_encoded(full: Home) -> None:
    """As on AWS (IAM API, UserDetail: "URL-encoded compliant with RFC 3986"); boto3 decodes it again."""
    text = json.dumps(policy(statement("Allow", ["s3:GetObject"], "arn:aws:s3:::b/a b+%")))
    full.iam.put_user_policy(UserName="ann", PolicyName="inline", PolicyDocument=text)
    seen: list[bytes] = []

    def look(response_dict: Any, **_: Any) -> None:
        seen.append(response_dict["body"])

    full.iam.meta.events.register("before-parse.iam.GetAccountAuthorizationDetails", look)
    told = full.iam.get_account_authorization_details(Filter=["User"])
    assert b"arn%3Aaws%3As3%3A%3A%3Ab%2Fa%20b%2B%25" in seen[0]
    assert told["UserDetailList"][1]["UserPolicyList"][0]["PolicyDocument"] == json.loads(text)
