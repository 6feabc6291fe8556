"""Lists of IAM in pages: each item once and in order, markers that no other list takes."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from tests.access.harness import trust
from tests.conformance.fix_iam import DOCUMENT, POWER_USER, Home
from tests.refusals import refused

INVALID = ("ValidationError", "Invalid marker.", 400)
# Order ignores case; with small pages, ends fall inside runs that differ by their ends alone.
NAMES = ["Ann", "anna", "Bo", "bob", "C", "x" * 64]


def paged(call: Callable[..., Any], member: str, size: int, **arguments: Any) -> list[Any]:
    """All items of a list, its pages fetched one by one; every page but the last is full."""
    found: list[Any] = []
    page = call(MaxItems=size, **arguments)
    while page["IsTruncated"]:
        assert len(page[member]) == size
        found += page[member]
        page = call(MaxItems=size, Marker=page["Marker"], **arguments)
    assert len(page[member]) <= size
    assert "Marker" not in page
    return [*found, *page[member]]


def users(home: Home, *names: str) -> None:
    for name in names:
        home.iam.create_user(UserName=name, Path="/p/")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 100])
def test_every_user_once_in_order_of_names(home: Home, size: int) -> None:
    users(home, *reversed(NAMES))
    found = paged(home.iam.list_users, "Users", size, PathPrefix="/p/")
    assert [user["UserName"] for user in found] == NAMES


def test_groups_and_roles(home: Home) -> None:
    for name in NAMES:
        home.iam.create_group(GroupName=name)
        home.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(home.account.id))
    assert [group["GroupName"] for group in paged(home.iam.list_groups, "Groups", 2)] == NAMES
    assert [role["RoleName"] for role in paged(home.iam.list_roles, "Roles", 2)] == NAMES


def test_members_of_a_group_and_groups_of_a_user(home: Home) -> None:
    home.iam.create_user(UserName="u")
    users(home, *NAMES)
    home.iam.create_group(GroupName="g")
    for name in reversed(NAMES):
        home.iam.add_user_to_group(GroupName="g", UserName=name)
        home.iam.create_group(GroupName=name)
        home.iam.add_user_to_group(GroupName=name, UserName="u")
    members = paged(home.iam.get_group, "Users", 4, GroupName="g")
    assert [user["UserName"] for user in members] == NAMES
    groups = paged(home.iam.list_groups_for_user, "Groups", 4, UserName="u")
    assert [group["GroupName"] for group in groups] == NAMES


def test_inline_policies_tags_and_keys(home: Home) -> None:
    home.iam.create_user(UserName="u")
    names = ["a", "b", "c" * 128]
    for name in names:
        home.iam.put_user_policy(UserName="u", PolicyName=name, PolicyDocument=DOCUMENT)
    assert paged(home.iam.list_user_policies, "PolicyNames", 1, UserName="u") == names
    tags = [{"Key": "ü" * 128, "Value": "ü" * 256}, {"Key": "b", "Value": ""}, {"Key": "a", "Value": "1"}]
    home.iam.tag_user(UserName="u", Tags=tags)
    assert paged(home.iam.list_user_tags, "Tags", 1, UserName="u") == tags[::-1]
    keys = {home.iam.create_access_key(UserName="u")["AccessKey"]["AccessKeyId"] for _ in range(2)}
    listed = paged(home.iam.list_access_keys, "AccessKeyMetadata", 1, UserName="u")
    assert {key["AccessKeyId"] for key in listed} == keys


def test_policies_with_the_longest_names_and_paths(home: Home) -> None:
    """A marker is never longer than a request may send (320 characters)."""
    path = "/" + "p" * 510 + "/"
    arns = [home.managed(letter * 128, Path=path) for letter in "abc"]
    found = paged(home.iam.list_policies, "Policies", 1, Scope="Local")
    assert [policy["Arn"] for policy in found] == arns
    home.iam.create_user(UserName="u")
    for arn in arns:
        home.iam.attach_user_policy(UserName="u", PolicyArn=arn)
    attached = paged(home.iam.list_attached_user_policies, "AttachedPolicies", 1, UserName="u")
    assert [policy["PolicyArn"] for policy in attached] == arns


def test_a_policy_of_the_same_name_as_one_of_awss(home: Home) -> None:
    own = home.managed("PowerUserAccess")
    home.iam.create_user(UserName="u")
    for arn in (own, POWER_USER):
        home.iam.attach_user_policy(UserName="u", PolicyArn=arn)
    attached = paged(home.iam.list_attached_user_policies, "AttachedPolicies", 1, UserName="u")
    assert {policy["PolicyArn"] for policy in attached} == {own, POWER_USER}
    listed = [policy["Arn"] for policy in paged(home.iam.list_policies, "Policies", 1000)]
    assert len(set(listed)) == len(listed)
    first = listed.index(own)
    assert listed[first + 1] == POWER_USER
    left, marker = first + 1, dict[str, str]()
    while left:  # a page ends between the two
        page = home.iam.list_policies(MaxItems=min(left, 1000), **marker)
        left, marker = left - len(page["Policies"]), {"Marker": page["Marker"]}
    rest = paged(partial(home.iam.list_policies, **marker), "Policies", 100)
    assert [policy["Arn"] for policy in rest] == listed[first + 1 :]


def test_versions_and_entities_of_a_policy(home: Home) -> None:
    arn = home.managed("P")
    for _ in range(4):
        home.iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT)
    versions = paged(home.iam.list_policy_versions, "Versions", 2, PolicyArn=arn)
    assert [version["VersionId"] for version in versions] == ["v5", "v4", "v3", "v2", "v1"]
    for name in ("a", "b"):
        home.iam.create_user(UserName=name)
        home.iam.attach_user_policy(UserName=name, PolicyArn=arn)
        home.iam.create_group(GroupName=name)
        home.iam.attach_group_policy(GroupName=name, PolicyArn=arn)
    pages = home.iam.get_paginator("list_entities_for_policy").paginate(
        PolicyArn=arn, PaginationConfig={"PageSize": 1}
    )
    found = [(kind, one) for page in pages for kind in ("PolicyUsers", "PolicyGroups") for one in page[kind]]
    assert len(found) == 4
    assert len({one.get("UserId", one.get("GroupId")) for _, one in found}) == 4


# The last one is `["ListUsers","\\ud800"]`: half a character, which nothing can look for.
@pytest.mark.parametrize(
    "marker",
    [
        "nonsense",
        "bm9uc2Vuc2U=",
        "WzEsMl0=",
        "WyJMaXN0VXNlcnMiLDFd",
        "W10=",
        "ü",
        "WyJMaXN0VXNlcnMiLCJcdWQ4MDAiXQ==",
    ],
)
def test_markers_that_nobody_made(home: Home, marker: str) -> None:
    assert refused(home.iam.list_users, Marker=marker) == INVALID


def test_a_marker_of_another_list(home: Home) -> None:
    users(home, "a", "b")
    marker = home.iam.list_users(MaxItems=1)["Marker"]
    assert refused(home.iam.list_groups, Marker=marker) == INVALID
    assert refused(home.iam.get_group, GroupName="none", Marker=marker)[0] == "NoSuchEntity"


@pytest.mark.parametrize(
    ("size", "bound"), [(0, "greater than or equal to 1"), (1001, "less than or equal to 1000")]
)
def test_sizes_of_pages(home: Home, size: int, bound: str) -> None:
    # The client checks the least itself.
    iam = home.world.client("iam", home.account.admin, parameter_validation=False)
    code, message, status = refused(iam.list_users, MaxItems=size)
    assert (code, status) == ("ValidationError", 400)
    assert message == (
        "1 validation error detected: Value at 'maxItems' failed to satisfy constraint: "
        f"Member must have value {bound}"
    )


def test_what_is_deleted_or_made_between_two_pages(home: Home) -> None:
    users(home, "a", "b", "d")
    first = home.iam.list_users(MaxItems=2, PathPrefix="/p/")
    home.iam.delete_user(UserName="b")
    users(home, "aa", "c")
    rest = home.iam.list_users(Marker=first["Marker"], PathPrefix="/p/")
    assert [user["UserName"] for user in rest["Users"]] == ["c", "d"]
