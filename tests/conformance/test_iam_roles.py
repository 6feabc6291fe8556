"""Roles and their trust policies: whom they may name, and what becomes of a name that is deleted."""

import json
from typing import Any

import pytest
from tests.access.harness import trust
from tests.conformance.fix_iam import POWER_USER, Home, missing, over
from tests.fix_world import Keys, World
from tests.refusals import refused


def trusted(home: Home, role: str = "R") -> Any:
    """The AWS principal that the role's trust policy shows."""
    document = home.iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    return document["Statement"][0]["Principal"]["AWS"]


def create(home: Home, principal: str, name: str = "R", **more: Any) -> str:
    made = home.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(principal), **more)
    arn: str = made["Role"]["Arn"]
    return arn


def unknown(value: str) -> tuple[str, str, int]:
    return "MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{value}"', 400


class TestWhoMayBeNamed:
    @pytest.mark.parametrize("form", ["{id}", "arn:aws:iam::{id}:root"])
    def test_an_account(self, home: Home, form: str) -> None:
        create(home, form.format(id=home.account.id))
        assert trusted(home) == home.arn("root")

    def test_everybody_of_the_partition(self, home: Home) -> None:
        create(home, "*")
        assert trusted(home) == "*"

    def test_a_user_and_a_role_with_paths(self, home: Home) -> None:
        home.iam.create_user(UserName="Ann", Path="/team/a/")
        create(home, home.arn("user/team/a/Ann"))
        assert trusted(home) == home.arn("user/team/a/Ann")
        create(home, home.arn("role/R"), "Q", Path="/q/")
        assert trusted(home, "Q") == home.arn("role/R")

    def test_a_unique_id_of_one_who_lives(self, home: Home) -> None:
        user = home.iam.create_user(UserName="Ann")["User"]
        create(home, user["UserId"])
        assert trusted(home) == user["Arn"]

    def test_a_session(self, home: Home) -> None:
        arn = f"arn:aws:sts::{home.account.id}:assumed-role/Not-there/session"
        create(home, arn)
        assert trusted(home) == arn

    @pytest.mark.parametrize(
        "form",
        [
            "222222222222",
            "arn:aws:iam::222222222222:root",
            "arn:aws:iam::{id}:user/nobody",
            "arn:aws:iam::{id}:role/nobody",
            "arn:aws:iam::{id}:user/Admin",
            "arn:aws:iam::{id}:user/path/admin",
            "arn:aws:iam::{id}:group/admins",
            "arn:aws-cn:iam::{id}:root",
            "arn:aws:iam::{id}:user/*",
            "AIDAAAAAAAAAAAAAAAAAA",
            "admin",
            "1234",
        ],
    )
    def test_nobody(self, home: Home, form: str) -> None:
        home.iam.create_group(GroupName="admins")
        value = form.format(id=home.account.id)
        document = trust(value)
        assert refused(home.iam.create_role, RoleName="R", AssumeRolePolicyDocument=document) == unknown(
            value
        )
        assert refused(home.iam.get_role, RoleName="R") == missing("role", "R")
        create(home, home.account.id)
        expected = unknown(value)
        assert refused(home.iam.update_assume_role_policy, RoleName="R", PolicyDocument=document) == expected
        assert trusted(home) == home.arn("root")

    def test_one_of_another_account(self, home: Home) -> None:
        other = home.world.account(f"Beside {home.account.name}")
        arn = f"arn:aws:iam::{other.id}:user/admin"
        role = create(home, arn)
        assert trusted(home) == arn
        allow = home.as_(other.admin, "sts")
        assert allow.assume_role(RoleArn=role, RoleSessionName="test")

    def test_no_one_of_another_partition(self, home: Home) -> None:
        china = home.world.account(f"China {home.account.name}", partition="aws-cn")
        iam = home.world.client("iam", china.admin, region="cn-north-1")
        user = iam.get_user()["User"]
        assert user["Arn"] == f"arn:aws-cn:iam::{china.id}:user/admin"
        for value in (china.id, user["Arn"], user["Arn"].replace("aws-cn", "aws"), user["UserId"]):
            document = trust(value)
            got = refused(home.iam.create_role, RoleName="R", AssumeRolePolicyDocument=document)
            assert got == unknown(value)
        made = iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(user["Arn"]))["Role"]
        assert made["Arn"] == f"arn:aws-cn:iam::{china.id}:role/R"
        iam.attach_role_policy(RoleName="R", PolicyArn=POWER_USER.replace("aws:", "aws-cn:", 1))


class TestNamesThatAreDeleted:
    def test_a_role_deleted_and_created_is_not_trusted_again(self, home: Home) -> None:
        inner = create(home, home.account.id, "Inner")
        create(home, inner)
        home.iam.delete_role(RoleName="Inner")
        gone = trusted(home)
        assert gone.startswith("AROA")
        create(home, home.account.id, "Inner")
        assert trusted(home) == gone
        home.iam.update_assume_role_policy(RoleName="R", PolicyDocument=trust(inner))
        assert trusted(home) == inner

    def test_the_id_of_a_deleted_one_cannot_be_saved_again(self, home: Home) -> None:
        """So a trust policy that was read can only be written back once the dead entry is taken out."""
        home.iam.create_user(UserName="Ann")
        create(home, home.arn("user/Ann"))
        home.iam.delete_user(UserName="Ann")
        document = trust(trusted(home))
        got = refused(home.iam.update_assume_role_policy, RoleName="R", PolicyDocument=document)
        assert got == unknown(trusted(home))

    def test_a_renamed_user_stays_trusted(self, home: Home) -> None:
        keys = home.world.user(home.account, "Ann")
        role = create(home, home.arn("user/Ann"))
        home.iam.update_user(UserName="Ann", NewUserName="Bea", NewPath="/b/")
        assert trusted(home) == home.arn("user/b/Bea")
        assert home.as_(keys, "sts").assume_role(RoleArn=role, RoleSessionName="test")

    def test_a_role_deleted_and_created_ends_its_sessions(self, home: Home) -> None:
        arn = create(home, home.account.id)
        home.iam.attach_role_policy(RoleName="R", PolicyArn=POWER_USER)
        sts = home.as_(home.account.admin, "sts")
        session = Keys.of(sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"])
        home.as_(session, "s3").list_buckets()
        home.iam.detach_role_policy(RoleName="R", PolicyArn=POWER_USER)
        home.iam.delete_role(RoleName="R")
        create(home, home.account.id)
        home.iam.attach_role_policy(RoleName="R", PolicyArn=POWER_USER)
        assert refused(home.as_(session, "s3").list_buckets)[2] == 403


class TestTrustDocuments:
    def test_it_comes_back_with_its_principals_in_full(self, home: Home) -> None:
        document: dict[str, Any] = {
            "Version": "2012-10-17",
            "Id": "x",
            "Statement": [
                {
                    "Sid": "1",
                    "Effect": "Allow",
                    "Principal": {
                        "AWS": [home.arn("user/admin"), home.account.id],
                        "Service": "ec2.amazonaws.com",
                    },
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"sts:ExternalId": home.arn("user/admin")}},
                },
                {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:TagSession"},
            ],
        }
        home.iam.create_role(RoleName="R", AssumeRolePolicyDocument=json.dumps(document))
        shown = home.iam.get_role(RoleName="R")["Role"]["AssumeRolePolicyDocument"]
        document["Statement"][0]["Principal"]["AWS"][1] = home.arn("root")
        assert shown == document
        assert home.iam.list_roles()["Roles"][0]["AssumeRolePolicyDocument"] == document

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda one: one.update(Resource="*"), "Has prohibited field Resource"),
            (lambda one: one.update(NotResource="*"), "AssumeRole policy must not contain resources."),
            (lambda one: one.pop("Principal"), "Missing required field Principal"),
            (
                lambda one: one.update(Principal={"AWS": []}),
                "Missing required field Principal cannot be empty!",
            ),
            (
                lambda one: one.update(Principal="*"),
                'AssumeRolepolicy contained an invalid principal: "STAR":"*".',
            ),
            (
                lambda one: one.update(Principal={"Service": "x"}),
                'Invalid principal in policy: "SERVICE":"x"',
            ),
            (
                lambda one: one.update(Action="s3:GetObject"),
                "AssumeRole policy may only specify STS AssumeRole actions.",
            ),
            (
                lambda one: one.update(NotPrincipal=one.pop("Principal")),
                "Allow with NotPrincipal is not allowed.",
            ),
            (lambda one: one.update(Effect="allow"), "The policy failed legacy parsing"),
        ],
    )
    def test_documents_that_are_refused(self, home: Home, change: Any, message: str) -> None:
        document = json.loads(trust(home.account.id))
        change(document["Statement"][0])
        got = refused(home.iam.create_role, RoleName="R", AssumeRolePolicyDocument=json.dumps(document))
        assert got == ("MalformedPolicyDocument", message, 400)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("{", "This policy contains invalid Json"),
            ('{"Version":"2012-10-17","Statement":[]}', "Could not parse the policy: Statement is empty!"),
        ],
    )
    def test_texts_that_are_refused(self, home: Home, text: str, message: str) -> None:
        got = refused(home.iam.create_role, RoleName="R", AssumeRolePolicyDocument=text)
        assert got == ("MalformedPolicyDocument", message, 400)

    def test_its_size_without_white_space(self, home: Home) -> None:
        def sized(size: int) -> str:
            text = json.dumps(json.loads(trust("*")), separators=(",", ":"))
            sid = ',"Sid":"%s"'
            return text.replace('"Allow"', '"Allow"' + sid % ("x" * (size - len(text) - len(sid % ""))))

        fits = json.dumps(json.loads(sized(2048)), indent=4)
        home.iam.create_role(RoleName="R", AssumeRolePolicyDocument=fits)
        quota = over("ACLSizePerRole: 2048")
        for call, more in (
            (home.iam.update_assume_role_policy, {"RoleName": "R", "PolicyDocument": sized(2049)}),
            (home.iam.create_role, {"RoleName": "Q", "AssumeRolePolicyDocument": sized(2049)}),
        ):
            assert refused(call, **more) == quota


class TestSettings:
    def test_case_makes_no_second_role(self, home: Home) -> None:
        create(home, "*", "Role", Path="/a/")
        document = trust("*")
        assert refused(home.iam.create_role, RoleName="rOLE", AssumeRolePolicyDocument=document) == (
            "EntityAlreadyExists",
            "Role with name rOLE already exists.",
            409,
        )
        assert home.iam.get_role(RoleName="ROLE")["Role"]["Arn"] == home.arn("role/a/Role")

    def test_lists_leave_out_what_get_tells(self, home: Home) -> None:
        tags = [{"Key": "a", "Value": "b"}]
        create(home, "*", Tags=tags, PermissionsBoundary=POWER_USER)
        got = home.iam.get_role(RoleName="R")["Role"]
        assert got["Tags"] == tags
        assert got["PermissionsBoundary"] == {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": POWER_USER,
        }
        (listed,) = home.iam.list_roles()["Roles"]
        assert not {"Tags", "PermissionsBoundary", "RoleLastUsed"} & set(listed)

    @pytest.mark.parametrize(
        ("seconds", "bound"),
        [(3599, "greater than or equal to 3600"), (43201, "less than or equal to 43200")],
    )
    def test_the_longest_session(self, home: Home, seconds: int, bound: str) -> None:
        iam = home.world.client("iam", home.account.admin, parameter_validation=False)
        document = trust("*")
        got = refused(
            iam.create_role, RoleName="R", AssumeRolePolicyDocument=document, MaxSessionDuration=seconds
        )
        assert got == (
            "ValidationError",
            "1 validation error detected: Value at 'maxSessionDuration' failed to satisfy constraint: "
            f"Member must have value {bound}",
            400,
        )

    def test_what_create_role_answers(self, home: Home) -> None:
        made = home.iam.create_role(
            RoleName="R",
            AssumeRolePolicyDocument=trust(home.account.id),
            PermissionsBoundary=POWER_USER,
            Description="d",
            MaxSessionDuration=7200,
            Tags=[{"Key": "a", "Value": "b"}],
        )["Role"]
        told = {"Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument"}
        assert set(made) == {*told, "Tags", "PermissionsBoundary"}
        role = home.iam.get_role(RoleName="R")["Role"]
        assert (role["Description"], role["MaxSessionDuration"]) == ("d", 7200)

    def test_what_is_not_given_stays(self, home: Home) -> None:
        create(home, "*", Description="d", MaxSessionDuration=7200)
        home.iam.update_role(RoleName="R")
        role = home.iam.get_role(RoleName="R")["Role"]
        assert (role["Description"], role["MaxSessionDuration"]) == ("d", 7200)
        home.iam.update_role(RoleName="R", Description="")
        assert home.iam.get_role(RoleName="R")["Role"].get("Description", "") == ""

    def test_what_is_not_offered_is_refused(self, world: World) -> None:
        """A parameter that limits sessions may not be taken and forgotten."""
        home = Home(world, world.account("Offers"))
        create(home, "*")
        for call, more in (
            ("update_role", {"MaxSigninSessionDuration": 3600}),
            ("update_role", {"ResetMaxSigninSessionDuration": True}),
        ):
            code, message, _ = refused(getattr(home.iam, call), RoleName="R", **more)
            assert (code, message) == ("ValidationError", f"{next(iter(more))} is not offered.")

    @pytest.mark.parametrize("path", ["", "x", "/x", "x/", "/ä/", "/" + "x" * 511 + "/"])
    def test_paths_that_cannot_be(self, home: Home, path: str) -> None:
        document = trust("*")
        iam = home.world.client("iam", home.account.admin, parameter_validation=False)
        code, message, _ = refused(
            iam.create_role, RoleName="R", AssumeRolePolicyDocument=document, Path=path
        )
        assert code == "ValidationError"
        assert "at 'path' failed to satisfy constraint: Member must" in message
