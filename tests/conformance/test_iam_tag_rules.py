"""What holds for tags wherever IAM takes them: when a thing is made, and later."""

from typing import Any

import pytest
from tests.access.harness import statement, trust
from tests.conformance.fix_iam import DOCUMENT, Home
from tests.fix_x509 import some
from tests.refusals import refused

# How each kind of thing is made, the member that names it, and the suffix of its tag operations.
MADE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "user": ("create_user", "UserName", {}),
    "role": ("create_role", "RoleName", {"AssumeRolePolicyDocument": trust("*")}),
    "policy": ("create_policy", "PolicyName", {"PolicyDocument": DOCUMENT}),
    "instance_profile": ("create_instance_profile", "InstanceProfileName", {}),
    "server_certificate": (
        "upload_server_certificate",
        "ServerCertificateName",
        {"CertificateBody": some().pem, "PrivateKey": some().key_pem()},
    ),
}
DUPLICATE = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
WRONG = [
    ([{"Key": "Team", "Value": "a"}, {"Key": "team", "Value": "b"}], DUPLICATE),
    ([{"Key": "Team", "Value": "a"}, {"Key": "Team", "Value": "a"}], DUPLICATE),
    ([{"Key": "aws:x", "Value": ""}], "Tag keys that begin with aws: are reserved."),
    ([{"Key": "AWS:x", "Value": ""}], "Tag keys that begin with aws: are reserved."),
]
FIFTY = [{"Key": f"k{number:02}", "Value": "v"} for number in range(50)]


class Thing:
    """Something of one of the kinds, in an account of its own."""

    def __init__(self, home: Home, kind: str) -> None:
        self.home, self.kind = home, kind
        self.operation, self.parameter, self.more = MADE[kind]

    def make(self, **more: Any) -> Any:
        return getattr(self.home.iam, self.operation)(**{self.parameter: "x"}, **self.more, **more)

    @property
    def named(self) -> dict[str, str]:
        """What names it in its tag operations."""
        return {"PolicyArn": self.home.arn("policy/x")} if self.kind == "policy" else {self.parameter: "x"}

    def tag(self, tags: Any) -> Any:
        return getattr(self.home.iam, f"tag_{self.kind}")(**self.named, Tags=tags)

    def tags(self) -> Any:
        return getattr(self.home.iam, f"list_{self.kind}_tags")(**self.named)["Tags"]


@pytest.fixture(params=MADE)
def thing(home: Home, request: pytest.FixtureRequest) -> Thing:
    return Thing(home, request.param)


@pytest.mark.parametrize(("tags", "message"), WRONG)
def test_what_is_refused(thing: Thing, tags: Any, message: str) -> None:
    answer = ("InvalidInput", message, 400)
    assert refused(thing.make, Tags=tags) == answer
    thing.make()
    assert refused(thing.tag, tags=tags) == answer
    assert thing.tags() == []


def test_fifty_in_all(thing: Thing) -> None:
    thing.make(Tags=FIFTY)
    assert thing.tags() == FIFTY
    thing.tag([{"Key": "K00", "Value": "new"}])
    code, message, status = refused(thing.tag, tags=[{"Key": "more", "Value": ""}])
    assert (code, status) == ("LimitExceeded", 409), message
    assert len(thing.tags()) == 50
    assert {"Key": "K00", "Value": "new"} in thing.tags()


@pytest.mark.parametrize(("value", "allowed"), [("blue", True), ("red", False)])
def test_whoever_makes_one_may_be_held_to_a_tag(thing: Thing, value: str, allowed: bool) -> None:
    held = {
        "StringEquals": {"aws:RequestTag/Team": "blue"},
        "ForAllValues:StringEquals": {"aws:TagKeys": "Team"},
    }
    iam = thing.home.user("maker", {**statement("Allow", ["iam:*"]), "Condition": held})
    request = {thing.parameter: "x", **thing.more, "Tags": [{"Key": "Team", "Value": value}]}
    make = getattr(iam, thing.operation)
    if allowed:
        make(**request)
        assert thing.tags() == request["Tags"]
    else:
        assert refused(make, **request)[0] == "AccessDenied"


def test_who_may_make_but_not_tag_makes_none_with_tags(thing: Thing) -> None:
    action = "".join(word.capitalize() for word in thing.operation.split("_"))
    iam = thing.home.user("maker", statement("Allow", [f"iam:{action}"]))
    request = {thing.parameter: "x", **thing.more}
    code, message, _ = refused(getattr(iam, thing.operation), **request, Tags=[{"Key": "a", "Value": ""}])
    assert code == "AccessDenied"
    assert "iam:Tag" in message
    getattr(iam, thing.operation)(**request)
