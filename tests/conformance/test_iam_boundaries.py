"""Permissions boundaries: set, shown, taken off; who may set which."""

from typing import Any

import pytest
from tests.access.harness import statement, trust
from tests.conformance.fix_iam import DOCUMENT, POWER_USER, Home, missing
from tests.refusals import refused

SHOWN = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": POWER_USER}
KINDS = ("user", "role")


class Bounded:
    """A user or a role named Thing, without a boundary."""

    def __init__(self, home: Home, word: str) -> None:
        self.home = home
        self.word = word
        self.title = word.title()
        self.name = {f"{self.title}Name": "Thing"}
        more = {"AssumeRolePolicyDocument": trust("*")} if word == "role" else {}
        self._call("create_{}")(**self.name, **more)

    def _call(self, template: str) -> Any:
        return getattr(self.home.iam, template.format(self.word))

    def put(self, arn: str) -> None:
        self._call("put_{}_permissions_boundary")(**self.name, PermissionsBoundary=arn)

    def delete(self) -> None:
        self._call("delete_{}_permissions_boundary")(**self.name)

    def remove(self) -> None:
        self._call("delete_{}")(**self.name)

    def shown(self) -> Any:
        return self._call("get_{}")(**self.name)[self.title].get("PermissionsBoundary")


@pytest.fixture(params=KINDS)
def thing(home: Home, request: pytest.FixtureRequest) -> Bounded:
    return Bounded(home, request.param)


def test_set_replaced_and_taken_off(thing: Bounded) -> None:
    assert thing.shown() is None
    thing.put(POWER_USER)
    assert thing.shown() == SHOWN
    own = thing.home.managed("Own")
    thing.put(own)
    assert thing.shown()["PermissionsBoundaryArn"] == own
    assert thing.home.iam.get_policy(PolicyArn=own)["Policy"]["PermissionsBoundaryUsageCount"] == 1
    used = thing.home.iam.list_entities_for_policy(PolicyArn=own, PolicyUsageFilter="PermissionsBoundary")
    assert len(used[f"Policy{thing.title}s"]) == 1
    unused = thing.home.iam.list_entities_for_policy(PolicyArn=own, PolicyUsageFilter="PermissionsPolicy")
    assert unused[f"Policy{thing.title}s"] == []
    assert refused(thing.home.iam.delete_policy, PolicyArn=own) == (
        "DeleteConflict",
        "Cannot delete a policy attached to entities.",
        409,
    )
    thing.delete()
    assert thing.shown() is None
    assert refused(thing.delete) == (
        "NoSuchEntity",
        f"The {thing.word} with name Thing does not have a permissions boundary.",
        404,
    )


def test_a_policy_that_there_is_not(thing: Bounded) -> None:
    other = Home(thing.home.world, thing.home.world.account(f"Others {thing.word}"))
    for arn in (thing.home.arn("policy/None"), other.managed("Theirs")):
        assert refused(lambda arn=arn: thing.put(arn)) == (
            "NoSuchEntity",
            f"Policy {arn} does not exist or is not attachable.",
            404,
        )
    assert refused(lambda: thing.put("x" * 20)) == (
        "ValidationError",
        "Invalid ARN:  Could not be parsed!",
        400,
    )
    assert thing.shown() is None


def test_an_entity_that_there_is_not(thing: Bounded) -> None:
    thing.remove()
    for call in (lambda: thing.put(POWER_USER), thing.delete):
        assert refused(call) == missing(thing.word, "Thing")


def test_a_boundary_does_not_keep_its_entity(thing: Bounded) -> None:
    own = thing.home.managed("Own")
    thing.put(own)
    thing.remove()
    thing.home.iam.delete_policy(PolicyArn=own)


def test_at_creation(home: Home) -> None:
    user = home.iam.create_user(UserName="u", PermissionsBoundary=POWER_USER)["User"]
    role = home.iam.create_role(
        RoleName="r", AssumeRolePolicyDocument=trust("*"), PermissionsBoundary=POWER_USER
    )["Role"]
    assert user["PermissionsBoundary"] == role["PermissionsBoundary"] == SHOWN
    assert "PermissionsBoundary" not in home.iam.list_users()["Users"][-1]
    none = home.arn("policy/None")
    for call, more in (
        ("create_user", {"UserName": "x"}),
        ("create_role", {"RoleName": "x", "AssumeRolePolicyDocument": trust("*")}),
    ):
        assert refused(getattr(home.iam, call), PermissionsBoundary=none, **more)[0] == "NoSuchEntity"
    assert refused(home.iam.get_user, UserName="x") == missing("user", "x")


class TestDelegation:
    """An administrator who may only make and change users within a boundary (IAM guide, "Delegating
    responsibility to others using permissions boundaries").
    """

    @pytest.fixture
    def delegate(self, home: Home) -> Any:
        actions = [
            "iam:CreateUser",
            "iam:PutUserPolicy",
            "iam:AttachUserPolicy",
            "iam:DetachUserPolicy",
            "iam:DeleteUserPolicy",
            "iam:PutUserPermissionsBoundary",
        ]
        allow = statement("Allow", actions)
        allow["Condition"] = {"StringEquals": {"iam:PermissionsBoundary": POWER_USER}}
        return home.user("delegate", allow)

    def test_users_are_made_within_it(self, home: Home, delegate: Any) -> None:
        delegate.create_user(UserName="u", PermissionsBoundary=POWER_USER)
        other = home.managed("Wide")
        for more in ({}, {"PermissionsBoundary": other}):
            assert refused(delegate.create_user, UserName="v", **more)[0] == "AccessDenied"
        assert refused(home.iam.get_user, UserName="v") == missing("user", "v")

    def test_and_changed_within_it(self, home: Home, delegate: Any) -> None:
        home.iam.create_user(UserName="u", PermissionsBoundary=POWER_USER)
        home.iam.create_user(UserName="free")
        for user, allowed in (("u", True), ("free", False)):
            for call, more in (
                ("put_user_policy", {"PolicyName": "p", "PolicyDocument": DOCUMENT}),
                ("attach_user_policy", {"PolicyArn": POWER_USER}),
                ("detach_user_policy", {"PolicyArn": POWER_USER}),
                ("delete_user_policy", {"PolicyName": "p"}),
            ):
                if allowed:
                    getattr(delegate, call)(UserName=user, **more)
                else:
                    assert refused(getattr(delegate, call), UserName=user, **more)[0] == "AccessDenied"

    def test_and_it_is_never_loosened(self, home: Home, delegate: Any) -> None:
        home.iam.create_user(UserName="u", PermissionsBoundary=POWER_USER)
        wide = "arn:aws:iam::aws:policy/AdministratorAccess"
        delegate.put_user_permissions_boundary(UserName="u", PermissionsBoundary=POWER_USER)
        got = refused(delegate.put_user_permissions_boundary, UserName="u", PermissionsBoundary=wide)
        assert got[0] == "AccessDenied"
        assert refused(delegate.delete_user_permissions_boundary, UserName="u")[0] == "AccessDenied"
