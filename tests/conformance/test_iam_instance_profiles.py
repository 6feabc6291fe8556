"""Instance profiles: the one role they hold, who may put it there, and what they stand in the way of."""

from typing import Any

import pytest
from tests.access.harness import statement, trust
from tests.conformance.fix_iam import Home, conflict, missing, over
from tests.conformance.test_iam_paging import NAMES, paged
from tests.refusals import denied, refused


def role(home: Home, name: str, **more: Any) -> Any:
    return home.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(home.account.id), **more)[
        "Role"
    ]


def profile(home: Home, name: str, **more: Any) -> Any:
    return home.iam.create_instance_profile(InstanceProfileName=name, **more)["InstanceProfile"]


def no_profile(name: str) -> tuple[str, str, int]:
    return "NoSuchEntity", f"Instance Profile {name} cannot be found.", 404


def test_a_profile_and_its_role(home: Home) -> None:
    made = profile(home, "Web", Path="/team/", Tags=[{"Key": "a", "Value": "1"}])
    assert made["Arn"] == home.arn("instance-profile/team/Web")
    assert made["InstanceProfileId"].startswith("AIPA")
    assert made["Roles"] == []
    assert made["Tags"] == [{"Key": "a", "Value": "1"}]
    web = role(home, "WebRole", Path="/r/")
    home.iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="webrole")
    found = home.iam.get_instance_profile(InstanceProfileName="WEB")["InstanceProfile"]
    assert found == {**made, "Roles": found["Roles"]}
    assert [one["Arn"] for one in found["Roles"]] == [web["Arn"]]
    assert found["Roles"][0]["AssumeRolePolicyDocument"]["Statement"]
    listed = home.iam.list_instance_profiles(PathPrefix="/team/")["InstanceProfiles"]
    assert [one["InstanceProfileName"] for one in listed] == ["Web"]
    assert "Tags" not in listed[0]
    assert home.iam.list_instance_profiles(PathPrefix="/other/")["InstanceProfiles"] == []
    home.iam.remove_role_from_instance_profile(InstanceProfileName="Web", RoleName="WebRole")
    assert home.iam.get_instance_profile(InstanceProfileName="Web")["InstanceProfile"]["Roles"] == []
    home.iam.delete_instance_profile(InstanceProfileName="Web")
    assert refused(home.iam.get_instance_profile, InstanceProfileName="Web") == no_profile("Web")


def test_names(home: Home) -> None:
    profile(home, "P")
    assert refused(home.iam.create_instance_profile, InstanceProfileName="p", Path="/x/") == (
        "EntityAlreadyExists",
        "Instance Profile p already exists.",
        409,
    )


def test_one_role_at_a_time(home: Home) -> None:
    profile(home, "P")
    for name in ("A", "B"):
        role(home, name)
    home.iam.add_role_to_instance_profile(InstanceProfileName="P", RoleName="A")
    for name in ("A", "B"):
        assert refused(home.iam.add_role_to_instance_profile, InstanceProfileName="P", RoleName=name) == over(
            "InstanceSessionsPerInstanceProfile: 1"
        )
    assert refused(
        home.iam.remove_role_from_instance_profile, InstanceProfileName="P", RoleName="B"
    ) == missing("role", "B")


@pytest.mark.parametrize("operation", ["add_role_to_instance_profile", "remove_role_from_instance_profile"])
def test_what_there_is_not(home: Home, operation: str) -> None:
    call = getattr(home.iam, operation)
    role(home, "R")
    assert refused(call, InstanceProfileName="None", RoleName="R") == no_profile("None")
    profile(home, "P")
    assert refused(call, InstanceProfileName="P", RoleName="None") == missing("role", "None")


def test_neither_goes_while_they_hang_together(home: Home) -> None:
    profile(home, "P")
    role(home, "R")
    home.iam.add_role_to_instance_profile(InstanceProfileName="P", RoleName="R")
    stands = conflict("remove roles from instance profile")
    assert refused(home.iam.delete_instance_profile, InstanceProfileName="P") == stands
    assert refused(home.iam.delete_role, RoleName="R") == stands
    home.iam.remove_role_from_instance_profile(InstanceProfileName="P", RoleName="R")
    home.iam.delete_role(RoleName="R")
    home.iam.delete_instance_profile(InstanceProfileName="P")


def test_a_role_in_several_profiles(home: Home) -> None:
    role(home, "R")
    for name in reversed(NAMES):
        profile(home, name)
        home.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName="R")
    for call, more in (
        (home.iam.list_instance_profiles_for_role, {"RoleName": "R"}),
        (home.iam.list_instance_profiles, {}),
    ):
        found = paged(call, "InstanceProfiles", 2, **more)
        assert [one["InstanceProfileName"] for one in found] == NAMES
    assert refused(home.iam.list_instance_profiles_for_role, RoleName="None") == missing("role", "None")


class TestPassingTheRole:
    """AddRoleToInstanceProfile hands the role to EC2: iam:PassRole on it is asked as well."""

    ADD = statement("Allow", ["iam:AddRoleToInstanceProfile"])

    def attempt(self, home: Home, *statements: Any) -> Any:
        profile(home, "P")
        role(home, "R", Path="/r/")
        return home.user("u", self.ADD, *statements)

    def test_is_asked(self, home: Home) -> None:
        user = self.attempt(home)
        assert refused(user.add_role_to_instance_profile, InstanceProfileName="P", RoleName="R") == denied(
            home.arn("user/u"),
            "iam:PassRole",
            home.arn("role/r/R"),
            "because no identity-based policy allows the iam:PassRole action",
        )

    @pytest.mark.parametrize(
        ("key", "value", "allowed"),
        [
            ("iam:PassedToService", "ec2.amazonaws.com", True),
            ("iam:PassedToService", "lambda.amazonaws.com", False),
            ("iam:AssociatedResourceArn", "arn:aws:ec2:*:{account}:instance/*", True),
            ("iam:AssociatedResourceArn", "arn:aws:ec2:us-east-1:{account}:instance/i-1", False),
        ],
    )
    def test_with_its_keys(self, home: Home, key: str, value: str, allowed: bool) -> None:
        condition = {"StringEquals": {key: value.format(account=home.account.id)}}
        user = self.attempt(home, {**statement("Allow", ["iam:PassRole"]), "Condition": condition})
        request = {"InstanceProfileName": "P", "RoleName": "R"}
        if allowed:
            user.add_role_to_instance_profile(**request)
        else:
            assert refused(user.add_role_to_instance_profile, **request)[0] == "AccessDenied"

    def test_of_this_role_alone(self, home: Home) -> None:
        user = self.attempt(home, statement("Allow", ["iam:PassRole"], home.arn("role/r/*")))
        user.add_role_to_instance_profile(InstanceProfileName="P", RoleName="R")


def test_tags(home: Home) -> None:
    profile(home, "P")
    home.iam.tag_instance_profile(InstanceProfileName="P", Tags=[{"Key": "Team", "Value": "blue"}])
    home.iam.tag_instance_profile(InstanceProfileName="P", Tags=[{"Key": "team", "Value": "red"}])
    tags = home.iam.list_instance_profile_tags(InstanceProfileName="P")["Tags"]
    assert tags == [{"Key": "team", "Value": "red"}]
    of_red = {"StringEquals": {"aws:ResourceTag/team": "red"}}
    user = home.user("u", {**statement("Allow", ["iam:GetInstanceProfile"]), "Condition": of_red})
    assert user.get_instance_profile(InstanceProfileName="P")["InstanceProfile"]["Tags"] == tags
    home.iam.untag_instance_profile(InstanceProfileName="P", TagKeys=["TEAM"])
    assert refused(user.get_instance_profile, InstanceProfileName="P") == denied(
        home.arn("user/u"),
        "iam:GetInstanceProfile",
        "instance profile P",
        "because no identity-based policy allows the iam:GetInstanceProfile action",
    )
    many = [{"Key": f"k{number}", "Value": ""} for number in range(50)]
    home.iam.tag_instance_profile(InstanceProfileName="P", Tags=many)
    one_more = [{"Key": "k50", "Value": ""}]
    code = refused(home.iam.tag_instance_profile, InstanceProfileName="P", Tags=one_more)[0]
    assert code == "LimitExceeded"
