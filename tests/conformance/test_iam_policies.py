"""Managed and inline policies for users, groups and roles alike: attaching, embedding, what is in the way."""

import datetime
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from tests.access.harness import policy, statement, trust
from tests.conformance.fix_iam import DOCUMENT, POWER_USER, Home, conflict, missing, over
from tests.refusals import NO_IDENTITY, denied, refused

KINDS = ("user", "group", "role")


@dataclass(frozen=True)
class Entity:
    """A user, group or role; its operations are called with the word of its kind in their names."""

    home: Home
    word: str
    name: str = "Thing"

    def __getattr__(self, template: str) -> Callable[..., Any]:
        """`entity.put__policy(...)` is `put_user_policy(UserName="Thing", ...)`."""
        call = getattr(self.home.iam, template.replace("__", f"_{self.word}_"))

        def named(**arguments: Any) -> Any:
            return call(**{f"{self.word.title()}Name": self.name, **arguments})

        return named

    @property
    def attached(self) -> list[str]:
        return [one["PolicyArn"] for one in self.list_attached__policies()["AttachedPolicies"]]


@pytest.fixture(params=KINDS)
def entity(home: Home, request: pytest.FixtureRequest) -> Entity:
    made = Entity(home, request.param)
    more = {"AssumeRolePolicyDocument": trust(home.account.id)} if made.word == "role" else {}
    getattr(home.iam, f"create_{made.word}")(**{f"{made.word.title()}Name": made.name}, **more)
    return made


class TestInline:
    def test_put_get_list_delete(self, entity: Entity) -> None:
        entity.put__policy(PolicyName="p", PolicyDocument=DOCUMENT)
        parameter = f"{entity.word.title()}Name"
        found = entity.get__policy(**{parameter: "thing"}, PolicyName="p")
        assert (found[parameter], found["PolicyName"]) == ("Thing", "p")
        assert found["PolicyDocument"] == json.loads(DOCUMENT)
        other = policy(statement("Deny", ["s3:*"]))
        entity.put__policy(PolicyName="p", PolicyDocument=json.dumps(other))
        assert entity.get__policy(PolicyName="p")["PolicyDocument"] == other
        assert entity.list__policies()["PolicyNames"] == ["p"]
        entity.delete__policy(PolicyName="p")
        assert entity.list__policies()["PolicyNames"] == []

    def test_what_is_not_there(self, entity: Entity) -> None:
        absent = Entity(entity.home, entity.word, "Nobody")
        for call, arguments in (
            ("get__policy", {"PolicyName": "p"}),
            ("put__policy", {"PolicyName": "p", "PolicyDocument": DOCUMENT}),
            ("delete__policy", {"PolicyName": "p"}),
            ("list__policies", {}),
        ):
            assert refused(getattr(absent, call), **arguments) == missing(entity.word, "Nobody")
        for call in ("get__policy", "delete__policy"):
            assert refused(getattr(entity, call), PolicyName="p") == missing(f"{entity.word} policy", "p")

    def test_all_together_may_be_so_large(self, entity: Entity) -> None:
        limit = {"user": 2048, "group": 5120, "role": 10240}[entity.word]
        text = json.dumps(policy(statement("Allow", ["s3:" + "x" * 900])), separators=(",", ":"))
        for number in range(limit // len(text)):
            entity.put__policy(PolicyName=f"p{number}", PolicyDocument=text)
        assert refused(entity.put__policy, PolicyName="last", PolicyDocument=text) == (
            "LimitExceeded",
            f"Maximum policy size of {limit} bytes exceeded for {entity.word} Thing",
            409,
        )
        entity.put__policy(PolicyName="p0", PolicyDocument=text.replace(",", " , "))

    @pytest.mark.parametrize(
        ("document", "message"),
        [
            ("no json", "Syntax errors in policy."),
            (
                DOCUMENT.replace("2012-10-17", "2008-10-17"),
                "Policy document must be version 2012-10-17 or greater.",
            ),
            (
                json.dumps(policy({**statement("Allow", ["s3:*"]), "Principal": "*"})),
                "Policy document should not specify a principal.",
            ),
            (json.dumps(policy(statement("Allow", []))), "Policy statement must contain actions."),
            (
                json.dumps(policy(statement("Allow", ["s3:*"], "bucket"))),
                'Resource bucket must be in ARN format or "*".',
            ),
            ("[" * 100_000, "Syntax errors in policy."),
        ],
        ids=["json", "version", "principal", "actions", "resource", "depth"],
    )
    def test_documents_that_are_refused(self, entity: Entity, document: str, message: str) -> None:
        expected = ("MalformedPolicyDocument", message, 400)
        assert refused(entity.put__policy, PolicyName="p", PolicyDocument=document) == expected
        assert entity.list__policies()["PolicyNames"] == []


class TestAttached:
    def test_attach_list_detach(self, entity: Entity) -> None:
        arn = entity.home.managed("Own", Path="/team/")
        for one in (arn, POWER_USER, arn):
            entity.attach__policy(PolicyArn=one)
        listed = entity.list_attached__policies()["AttachedPolicies"]
        assert listed == [
            {"PolicyName": "Own", "PolicyArn": arn},
            {"PolicyName": "PowerUserAccess", "PolicyArn": POWER_USER},
        ]
        inside = entity.list_attached__policies(PathPrefix="/team/")["AttachedPolicies"]
        assert [one["PolicyArn"] for one in inside] == [arn]
        assert entity.home.iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1
        entities = entity.home.iam.list_entities_for_policy(PolicyArn=arn)
        title = entity.word.title()
        assert [one[f"{title}Name"] for one in entities[f"Policy{title}s"]] == ["Thing"]
        entity.detach__policy(PolicyArn=arn)
        assert entity.attached == [POWER_USER]
        assert refused(entity.detach__policy, PolicyArn=arn) == (
            "NoSuchEntity",
            f"Policy {arn} was not found.",
            404,
        )

    def test_what_is_not_there(self, entity: Entity) -> None:
        absent = Entity(entity.home, entity.word, "Nobody")
        for call in ("attach__policy", "detach__policy"):
            assert refused(getattr(absent, call), PolicyArn=POWER_USER) == missing(entity.word, "Nobody")
        assert refused(absent.list_attached__policies) == missing(entity.word, "Nobody")
        for arn in (entity.home.arn("policy/None"), "arn:aws:iam::aws:policy/None"):
            assert refused(entity.attach__policy, PolicyArn=arn) == (
                "NoSuchEntity",
                f"Policy {arn} does not exist or is not attachable.",
                404,
            )

    def test_the_path_is_part_of_the_arn(self, entity: Entity) -> None:
        arn = entity.home.managed("Own", Path="/team/")
        wrong = [arn.replace("/team/", "/"), arn.replace("/Own", "/own"), POWER_USER.replace("Pow", "x/Pow")]
        for one in wrong:
            assert refused(entity.attach__policy, PolicyArn=one)[0] == "NoSuchEntity"
        assert entity.attached == []

    @pytest.mark.parametrize(
        "arn",
        [
            "arn:aws-cn:iam::aws:policy/PowerUserAccess",
            "arn:aws:s3:::policy/PowerUserAccess",
            "arn:aws:iam:us-east-1:aws:policy/PowerUserAccess",
            "arn:aws:iam::aws:role/PowerUserAccess",
            "arn:aws:iam::aws:policy/PowerUserAccess ",
        ],
    )
    def test_what_is_no_arn_of_a_policy(self, entity: Entity, arn: str) -> None:
        assert refused(entity.attach__policy, PolicyArn=arn)[0] in ("ValidationError", "NoSuchEntity")
        assert entity.attached == []

    def test_a_policy_of_another_account(self, entity: Entity) -> None:
        """Nobody attaches it, and its owner's account alone reads it."""
        home = entity.home
        other = Home(home.world, home.world.account(f"Elsewhere {home.account.name} {entity.word}"))
        arn = other.managed("Theirs")
        assert refused(entity.attach__policy, PolicyArn=arn) == (
            "NoSuchEntity",
            f"Policy {arn} does not exist or is not attachable.",
            404,
        )
        admin = home.arn("user/admin")
        for call in ("get_policy", "list_policy_versions", "list_entities_for_policy", "delete_policy"):
            code, message, status = refused(getattr(home.iam, call), PolicyArn=arn)
            assert (code, status) == ("AccessDenied", 403)
            assert message.startswith(f"User: {admin} is not authorized to perform: iam:")
            assert f"on resource: policy {arn}" in message
        other.iam.delete_policy(PolicyArn=arn)

    def test_ten_at_most(self, entity: Entity) -> None:
        for number in range(10):
            entity.attach__policy(PolicyArn=entity.home.managed(f"P{number}"))
        quota = over(f"PoliciesPer{entity.word.title()}: 10")
        assert refused(entity.attach__policy, PolicyArn=POWER_USER) == quota
        entity.attach__policy(PolicyArn=entity.attached[0])

    def test_nothing_is_deleted_along_with_the_entity(self, entity: Entity) -> None:
        delete = getattr(entity.home.iam, f"delete_{entity.word}")
        name = {f"{entity.word.title()}Name": entity.name}
        entity.attach__policy(PolicyArn=POWER_USER)
        entity.put__policy(PolicyName="p", PolicyDocument=DOCUMENT)
        assert refused(delete, **name) == conflict("detach all policies")
        entity.detach__policy(PolicyArn=POWER_USER)
        assert refused(delete, **name) == conflict("delete policies")
        entity.delete__policy(PolicyName="p")
        delete(**name)
        assert refused(delete, **name) == missing(entity.word, "Thing")


class TestVersions:
    @pytest.mark.parametrize("version", ["v77", "v1.x", "v" + "9" * 19, "v" + "9" * 5000])
    def test_versions_that_there_are_not(self, home: Home, version: str) -> None:
        for arn in (home.managed("P"), POWER_USER):
            code, message, status = refused(home.iam.get_policy_version, PolicyArn=arn, VersionId=version)
            assert (code, status) == ("NoSuchEntity", 404)
            assert message == f"Policy {arn} version {version} does not exist or is not attachable."

    def test_the_default_is_what_counts(self, home: Home) -> None:
        """From the next request on."""
        user = home.user("u", statement("Allow", ["iam:GetUser"]))
        arn = home.managed("P")
        deny = json.dumps(policy(statement("Deny", ["iam:GetUser"])))
        home.iam.attach_user_policy(UserName="u", PolicyArn=arn)
        home.iam.create_policy_version(PolicyArn=arn, PolicyDocument=deny)
        user.get_user()
        home.iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
        assert refused(user.get_user)[0] == "AccessDenied"
        home.iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
        user.get_user()

    def test_it_is_as_new_as_its_newest_version(self, home: Home) -> None:
        def updated() -> float:
            date: datetime.datetime = home.iam.get_policy(PolicyArn=arn)["Policy"]["UpdateDate"]
            return date.timestamp()

        arn, clock = home.managed("P"), home.world.clock
        first = updated()
        clock.advance(60)
        home.iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT)
        assert updated() == first + 60
        clock.advance(60)
        home.iam.set_default_policy_version(PolicyArn=arn, VersionId="v2")
        assert updated() == first + 60

    def test_awss_policies_are_nobodys_to_change(self, home: Home) -> None:
        admin = home.arn("user/admin")
        for call, action, more in (
            ("delete_policy", "DeletePolicy", {}),
            ("create_policy_version", "CreatePolicyVersion", {"PolicyDocument": DOCUMENT}),
            ("delete_policy_version", "DeletePolicyVersion", {"VersionId": "v1"}),
            ("set_default_policy_version", "SetDefaultPolicyVersion", {"VersionId": "v1"}),
            ("tag_policy", "TagPolicy", {"Tags": [{"Key": "a", "Value": "b"}]}),
            ("untag_policy", "UntagPolicy", {"TagKeys": ["a"]}),
        ):
            expected = denied(admin, f"iam:{action}", f"policy {POWER_USER}")
            assert refused(getattr(home.iam, call), PolicyArn=POWER_USER, **more) == expected

    def test_older_versions_of_awss_can_be_read(self, home: Home) -> None:
        listed = home.iam.list_policy_versions(PolicyArn=POWER_USER)["Versions"]
        assert [one["VersionId"] for one in listed if one["IsDefaultVersion"]] == [listed[0]["VersionId"]]
        oldest = home.iam.get_policy_version(PolicyArn=POWER_USER, VersionId=listed[-1]["VersionId"])
        assert oldest["PolicyVersion"]["IsDefaultVersion"] is False
        assert oldest["PolicyVersion"]["Document"]["Statement"]


class TestManaged:
    def test_a_policy_is_listed_by_its_path(self, home: Home) -> None:
        arn = home.managed("P", Path="/a/b/", Description="words")
        assert arn == home.arn("policy/a/b/P")
        found = home.iam.get_policy(PolicyArn=arn)["Policy"]
        assert (found["Path"], found["Description"], found["IsAttachable"]) == ("/a/b/", "words", True)
        assert found["PolicyId"].startswith("ANPA")
        for prefix, names in (("/a/", ["P"]), ("/a/b/", ["P"]), ("/b/", []), ("/", ["P"])):
            listed = home.iam.list_policies(Scope="Local", PathPrefix=prefix)["Policies"]
            assert [one["PolicyName"] for one in listed] == names
        assert "Description" not in home.iam.list_policies(Scope="Local")["Policies"][0]

    def test_one_who_has_it_twice_over_is_listed_once(self, home: Home) -> None:
        arn = home.managed("P")
        home.iam.create_user(UserName="u", PermissionsBoundary=arn)
        home.iam.attach_user_policy(UserName="u", PolicyArn=arn)
        found = home.iam.list_entities_for_policy(PolicyArn=arn)["PolicyUsers"]
        assert [one["UserName"] for one in found] == ["u"]

    def test_entities_under_a_path(self, home: Home) -> None:
        arn = home.managed("P")
        for name, path in (("a", "/x/"), ("b", "/y/")):
            home.iam.create_user(UserName=name, Path=path)
            home.iam.attach_user_policy(UserName=name, PolicyArn=arn)
        found = home.iam.list_entities_for_policy(PolicyArn=arn, PathPrefix="/x/")["PolicyUsers"]
        assert [one["UserName"] for one in found] == ["a"]

    def test_a_policy_that_does_not_parse_is_not_kept(self, home: Home) -> None:
        bad = DOCUMENT.replace("Allow", "Maybe")
        arn = home.managed("P")
        for call, more in (
            ("create_policy", {"PolicyName": "Q"}),
            ("create_policy_version", {"PolicyArn": arn}),
        ):
            assert refused(getattr(home.iam, call), PolicyDocument=bad, **more) == (
                "MalformedPolicyDocument",
                "Syntax errors in policy.",
                400,
            )
        assert [one["PolicyName"] for one in home.iam.list_policies(Scope="Local")["Policies"]] == ["P"]
        assert len(home.iam.list_policy_versions(PolicyArn=arn)["Versions"]) == 1

    def test_who_may_attach_which_policy(self, home: Home) -> None:
        """`iam:PolicyARN` limits a delegated administrator to the policies that are his to give."""
        allow = statement("Allow", ["iam:AttachUserPolicy"], home.arn("user/u"))
        allow["Condition"] = {"ArnEquals": {"iam:PolicyARN": POWER_USER}}
        user = home.user("u", allow)
        user.attach_user_policy(UserName="u", PolicyArn=POWER_USER)
        admin = "arn:aws:iam::aws:policy/AdministratorAccess"
        assert refused(user.attach_user_policy, UserName="u", PolicyArn=admin) == denied(
            home.arn("user/u"), "iam:AttachUserPolicy", "user u", NO_IDENTITY.format("iam:AttachUserPolicy")
        )
