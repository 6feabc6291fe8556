"""What may be asked of a session and what may not: tags, policies, chains, source identity (STS API)."""

import json
import math
import re
import secrets
from typing import Any

import pytest
from tests.access.harness import policy, statement, trust
from tests.fix_world import Keys, TestAccount, World
from tests.refusals import refused

from deputize.errors import ApiError
from deputize.sts.assume_role import policy_arns


@pytest.fixture
def account(shared_world: World) -> TestAccount:
    return shared_world.account(f"Sessions {len(shared_world._clients)}")


@pytest.fixture
def role(shared_world: World, account: TestAccount) -> str:
    """A role that may do all, and assume itself."""
    iam = shared_world.client("iam", account.admin)
    arn: str = iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(account.id))["Role"]["Arn"]
    document = json.dumps(policy(statement("Allow", ["*"])))
    iam.put_role_policy(RoleName="R", PolicyName="all", PolicyDocument=document)
    return arn


@pytest.fixture
def sts(shared_world: World, account: TestAccount) -> Any:
    return shared_world.client("sts", account.admin)


def assume(sts: Any, role: str, **more: Any) -> Any:
    return sts.assume_role(RoleArn=role, RoleSessionName="test", **more)


def tags(**pairs: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in pairs.items()]


def test_what_a_session_is(sts: Any, role: str, account: TestAccount) -> None:
    answer = assume(sts, role, Tags=tags(Team="blue"), SourceIdentity="ann")
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{account.id}:assumed-role/R/test"
    assert answer["AssumedRoleUser"]["AssumedRoleId"].startswith("AROA")
    assert answer["SourceIdentity"] == "ann"
    size = len(answer["Credentials"]["SessionToken"])
    assert answer["SessionTokenSize"] == size
    assert answer["PackedPolicySize"] == answer["SessionTokenUtilization"] == math.ceil(size * 100 / 4096)
    bare = assume(sts, role)
    assert "PackedPolicySize" not in bare
    assert bare["SessionTokenSize"] < size
    assert "SourceIdentity" not in bare
    assert bare["Credentials"]["AccessKeyId"].startswith("ASIA")


@pytest.mark.parametrize(
    ("asked", "code", "message"),
    [
        (
            {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]},
            "InvalidParameterValue",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
        (
            {"Tags": [{"Key": "aws:a", "Value": "1"}]},
            "InvalidParameterValue",
            "Tag keys that begin with aws: are reserved.",
        ),
        (
            {"TransitiveTagKeys": ["a"]},
            "InvalidParameterValue",
            "The specified transitive tag key must be included in the requested tags.",
        ),
        ({"Policy": "{}"}, "MalformedPolicyDocument", "Syntax errors in policy."),
        (
            {"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/NoSuchPolicy"}]},
            "MalformedPolicyDocument",
            "Policy arn:aws:iam::aws:policy/NoSuchPolicy does not exist or is not attachable.",
        ),
        (
            {"DurationSeconds": 3601},
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ),
        (
            {"SerialNumber": "arn:aws:iam::1:mfa/x", "TokenCode": "123456"},
            "AccessDenied",
            "MultiFactorAuthentication failed",
        ),
        (
            {
                "ProvidedContexts": [
                    {"ProviderArn": "arn:aws:iam::aws:contextProvider/x", "ContextAssertion": "abcd"}
                ]
            },
            "ValidationError",
            "ProvidedContexts is not offered.",
        ),
    ],
)
def test_refusals(sts: Any, role: str, asked: dict[str, Any], code: str, message: str) -> None:
    found = refused(assume, sts=sts, role=role, **asked)
    assert found[0] == code
    assert found[1].startswith(message)


def test_an_entry_that_names_no_policy_is_refused_and_not_passed_over() -> None:
    """boto3 cannot send one; others can."""
    with pytest.raises(ApiError, match="Every entry of PolicyArns needs an arn"):
        policy_arns({"RoleArn": "r", "RoleSessionName": "s", "PolicyArns": [{}]})


def test_policies_that_are_too_large(sts: Any, role: str) -> None:
    document = json.dumps(policy(statement("Allow", ["s3:" + "x" * 2048])))
    code, message, _ = refused(assume, sts=sts, role=role, Policy=document)
    assert code == "ValidationError"
    assert "Member must have length less than or equal to 2048" in message
    many = [{"Key": secrets.token_hex(32), "Value": secrets.token_hex(100)} for _ in range(50)]
    code, message, _ = refused(assume, sts=sts, role=role, Tags=many)
    assert code == "PackedPolicyTooLarge"
    assert re.fullmatch(r"Packed size of session tags consumes \d{3}% of allotted space\.", message)
    policies = {"Policy": json.dumps(policy(statement("Allow", ["s3:*"])))}
    code, message, _ = refused(assume, sts=sts, role=role, Tags=many, **policies)
    assert message.startswith("Packed size of session tags and policies consumes ")


@pytest.mark.parametrize(
    "arn", ["x" * 20, "arn:aws:s3:::role/Reader-of-it", "arn:aws:iam::111111111111:user/somebody"]
)
def test_what_is_no_roles_arn(sts: Any, arn: str) -> None:
    code, _, status = refused(assume, sts=sts, role=arn)
    assert (code, status) in (("ValidationError", 400), ("AccessDenied", 403))


@pytest.mark.parametrize("least", [0, 1, 2000, 2001, 2002, 2003, 4095, 4096])
def test_tokens_of_a_size(shared_world: World, sts: Any, role: str, least: int) -> None:
    """To try whether all between client and service takes tokens as long as they may be."""
    for made in (
        assume(sts, role, MinimumSessionTokenSize=least),
        sts.get_session_token(MinimumSessionTokenSize=least),
        sts.get_federation_token(Name="bob", MinimumSessionTokenSize=least),
    ):
        size = made["SessionTokenSize"]
        assert size == len(made["Credentials"]["SessionToken"])
        assert max(least, 1) <= size <= 4096
        assert least < 2000 or size < least + 4
        shared_world.client("sts", Keys.of(made["Credentials"])).get_caller_identity()


def test_what_no_xml_can_hold_is_told_so_that_it_can_be_read(sts: Any, role: str) -> None:
    assert refused(sts.assume_role, RoleArn=role, RoleSessionName="a\x00\x1b")[1].startswith(
        "1 validation error detected: Value 'a\ufffd\ufffd' at 'roleSessionName' failed to satisfy constraint"
    )


class TestChains:
    def test_transitive_tags_and_source_identity_follow(
        self, shared_world: World, account: TestAccount, sts: Any, role: str
    ) -> None:
        first = assume(
            sts, role, Tags=tags(Team="blue", Own="x"), TransitiveTagKeys=["Team"], SourceIdentity="ann"
        )
        chained = shared_world.client("sts", Keys.of(first["Credentials"]))
        second = assume(chained, role, Tags=tags(Other="y"))
        assert second["SourceIdentity"] == "ann"
        conditions = {
            "StringEquals": {
                "aws:PrincipalTag/Team": "blue",
                "aws:PrincipalTag/Other": "y",
                "aws:SourceIdentity": "ann",
            },
            "Null": {"aws:PrincipalTag/Own": "true"},
        }
        allow = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*", "Condition": conditions}
        iam = shared_world.client("iam", account.admin)
        iam.put_role_policy(RoleName="R", PolicyName="all", PolicyDocument=json.dumps(policy(allow)))
        s3 = shared_world.client("s3", Keys.of(second["Credentials"]))
        assert s3.list_buckets()["Buckets"] == []
        assert (
            refused(shared_world.client("s3", Keys.of(first["Credentials"])).list_buckets)[0]
            == "AccessDenied"
        )

    def test_what_follows_cannot_be_changed(self, shared_world: World, sts: Any, role: str) -> None:
        first = assume(sts, role, Tags=tags(Team="blue"), TransitiveTagKeys=["Team"], SourceIdentity="ann")
        chained = shared_world.client("sts", Keys.of(first["Credentials"]))
        assert refused(assume, sts=chained, role=role, Tags=tags(TEAM="red"))[1].startswith(
            "One of the specified transitive tag keys can't be set"
        )
        assert refused(assume, sts=chained, role=role, SourceIdentity="bob")[1] == (
            "The source identity is already set for this assume role session"
        )
        assert assume(chained, role, SourceIdentity="ann")["SourceIdentity"] == "ann"

    def test_what_follows_is_set_anew_at_each_role(
        self, shared_world: World, account: TestAccount, sts: Any, role: str
    ) -> None:
        """So each role's trust policy is asked for sts:TagSession, and may ask for the tags (EKS guide,
        "Access AWS resources using EKS Pod Identity target IAM roles").
        """
        iam = shared_world.client("iam", account.admin)
        iam.create_role(RoleName="Next", AssumeRolePolicyDocument=trust(account.id))
        following = role.replace("role/R", "role/Next")
        first = assume(sts, role, Tags=tags(Team="blue", Own="x"), TransitiveTagKeys=["Team"])
        chained = shared_world.client("sts", Keys.of(first["Credentials"]))
        plain = shared_world.client("sts", Keys.of(assume(sts, role)["Credentials"]))

        def let(actions: list[str], condition: dict[str, Any] | None = None) -> None:
            allow: dict[str, Any] = {"Effect": "Allow", "Principal": {"AWS": role}, "Action": actions}
            allow |= {"Condition": condition} if condition else {}
            iam.update_assume_role_policy(RoleName="Next", PolicyDocument=json.dumps(policy(allow)))

        let(["sts:AssumeRole"])
        assert refused(assume, sts=chained, role=following)[1].startswith(
            f"User: {first['AssumedRoleUser']['Arn']} is not authorized to perform: sts:TagSession "
            f"on resource: {following}"
        )
        assert assume(plain, following)
        let(
            ["sts:AssumeRole", "sts:TagSession"],
            {
                "StringEquals": {"aws:RequestTag/Team": "blue"},
                "Null": {"aws:RequestTag/Own": "true", "sts:TransitiveTagKeys": "true"},
                "ForAllValues:StringEquals": {"aws:TagKeys": ["Team", "Other"]},
            },
        )
        assert assume(chained, following)["PackedPolicySize"] > 0
        assert assume(chained, following, Tags=tags(Other="y"))
        assert refused(assume, sts=chained, role=following, Tags=tags(More="y"))[0] == "AccessDenied"
        assert refused(assume, sts=plain, role=following)[0] == "AccessDenied"

    def test_what_follows_counts(self, shared_world: World, sts: Any, role: str) -> None:
        """Without end, sessions could hand on more and more."""
        many = {f"key{number}": secrets.token_hex(96) for number in range(12)}
        first = assume(sts, role, Tags=tags(**many), TransitiveTagKeys=list(many))
        chained = shared_world.client("sts", Keys.of(first["Credentials"]))
        more = {f"more{number}": secrets.token_hex(96) for number in range(12)}
        assert refused(assume, sts=chained, role=role, Tags=tags(**more))[0] == "PackedPolicyTooLarge"

    def test_an_hour_at_most(self, shared_world: World, account: TestAccount, sts: Any, role: str) -> None:
        iam = shared_world.client("iam", account.admin)
        iam.update_role(RoleName="R", MaxSessionDuration=43200)
        first = assume(sts, role, DurationSeconds=43200)
        chained = shared_world.client("sts", Keys.of(first["Credentials"]))
        assert refused(assume, sts=chained, role=role, DurationSeconds=3601)[1] == (
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
            "chaining."
        )
        assert assume(chained, role, DurationSeconds=3600)


class TestGetSessionToken:
    def test_it_takes_long_term_keys_alone(self, shared_world: World, sts: Any, role: str) -> None:
        chained = shared_world.client("sts", Keys.of(assume(sts, role)["Credentials"]))
        assert refused(chained.get_session_token) == (
            "AccessDenied",
            "Cannot call GetSessionToken with session credentials",
            403,
        )
        code, message, _ = refused(
            sts.get_session_token, SerialNumber="arn:aws:iam::1:mfa/x", TokenCode="123456"
        )
        assert code == "AccessDenied"
        assert message.startswith("MultiFactorAuthentication failed")

    def test_lifetimes(self, shared_world: World, account: TestAccount, sts: Any) -> None:
        def lasts(client: Any, **asked: Any) -> float:
            expiration = client.get_session_token(**asked)["Credentials"]["Expiration"]
            return float(round(expiration.timestamp() - shared_world.clock.now))

        assert lasts(sts) == 43200
        assert lasts(sts, DurationSeconds=129600) == 129600
        root = shared_world.client("sts", account.root)
        assert lasts(root) == 3600
        assert lasts(root, DurationSeconds=129600) == 3600
        assert refused(sts.get_session_token, DurationSeconds=129601)[0] == "ValidationError"


def test_the_account_of_a_key(sts: Any, account: TestAccount) -> None:
    assert sts.get_access_key_info(AccessKeyId=account.root.id)["Account"] == account.id
    assert refused(sts.get_access_key_info, AccessKeyId="x" * 20)[0] == "ValidationError"
