"""GetFederationToken: who may make a federated user's session, and what that may do (STS API, IAM guide)."""

import json
import secrets
from typing import Any

import pytest
from tests.access.harness import policy, statement, trust
from tests.fix_world import Keys, TestAccount, World
from tests.refusals import denied, refused

LIST = "s3:ListAllMyBuckets"
EVERYTHING = json.dumps(policy(statement("Allow", ["*"])))


@pytest.fixture
def account(shared_world: World) -> TestAccount:
    return shared_world.account(f"Federated {secrets.token_hex(4)}")


def make(world: World, keys: Keys, **asked: Any) -> Any:
    return world.client("sts", keys).get_federation_token(**{"Name": "ann", **asked})


def may_list(world: World, session: Any) -> bool:
    s3 = world.client("s3", Keys.of(session["Credentials"]))
    try:
        s3.list_buckets()
    except s3.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
        return False
    return True


def test_who_it_is(shared_world: World, account: TestAccount) -> None:
    made = make(shared_world, account.admin)
    arn = f"arn:aws:sts::{account.id}:federated-user/ann"
    assert made["FederatedUser"] == {"FederatedUserId": f"{account.id}:ann", "Arn": arn}
    assert "PackedPolicySize" not in made
    who = shared_world.client("sts", Keys.of(made["Credentials"])).get_caller_identity()
    assert (who["Arn"], who["UserId"], who["Account"]) == (arn, f"{account.id}:ann", account.id)


def test_rights_are_those_of_the_user_and_of_the_policy(shared_world: World, account: TestAccount) -> None:
    admin, weak = account.admin, shared_world.user(account, "weak", policy(statement("Allow", ["sts:*"])))
    other = json.dumps(policy(statement("Allow", ["s3:GetObject"])))
    managed = [{"arn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}]
    assert may_list(shared_world, make(shared_world, admin, Policy=EVERYTHING))
    assert may_list(shared_world, make(shared_world, admin, PolicyArns=managed))
    assert may_list(shared_world, make(shared_world, admin, Policy=other, PolicyArns=managed))
    assert not may_list(shared_world, make(shared_world, admin))
    assert not may_list(shared_world, make(shared_world, admin, Policy=other))
    assert not may_list(shared_world, make(shared_world, weak, Policy=EVERYTHING))


def test_the_users_boundary_binds_it(shared_world: World, account: TestAccount) -> None:
    keys = shared_world.user(account, "bounded", policy(statement("Allow", ["*"])))
    iam = shared_world.client("iam", account.admin)
    iam.put_user_permissions_boundary(
        UserName="bounded", PermissionsBoundary="arn:aws:iam::aws:policy/IAMFullAccess"
    )
    iam.put_user_policy(UserName="bounded", PolicyName="test", PolicyDocument=EVERYTHING)
    refusal = refused(make, world=shared_world, keys=keys)
    assert refusal == denied(
        f"arn:aws:iam::{account.id}:user/bounded",
        "sts:GetFederationToken",
        f"arn:aws:sts::{account.id}:federated-user/ann",
        "because no permissions boundary allows the sts:GetFederationToken action",
    )


def test_root_makes_one(shared_world: World, account: TestAccount) -> None:
    """With root's rights, as far as the session policy goes; for an hour at most."""
    made = make(shared_world, account.root, Policy=EVERYTHING, DurationSeconds=129600)
    assert may_list(shared_world, made)
    assert not may_list(shared_world, make(shared_world, account.root))
    assert made["Credentials"]["Expiration"].timestamp() - shared_world.clock.now == 3600
    who = shared_world.client("sts", Keys.of(made["Credentials"])).get_caller_identity()
    assert who["Arn"] == f"arn:aws:sts::{account.id}:federated-user/ann"


def test_the_right_is_asked_for_that_name(shared_world: World, account: TestAccount) -> None:
    arn = f"arn:aws:sts::{account.id}:federated-user/team-*"
    keys = shared_world.user(
        account, "broker", policy(statement("Allow", ["sts:GetFederationToken", "sts:TagSession"], arn))
    )
    assert make(shared_world, keys, Name="team-ann", Tags=[{"Key": "a", "Value": "b"}])
    assert refused(make, world=shared_world, keys=keys) == denied(
        f"arn:aws:iam::{account.id}:user/broker",
        "sts:GetFederationToken",
        f"arn:aws:sts::{account.id}:federated-user/ann",
        "because no identity-based policy allows the sts:GetFederationToken action",
    )


def test_a_resource_may_name_it(shared_world: World, account: TestAccount) -> None:
    """A grant to the federated user's own ARN needs no session policy."""
    s3, bucket = shared_world.client("s3", account.admin), f"federated-{secrets.token_hex(4)}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    grant = {
        **statement("Allow", ["s3:GetObject"], f"arn:aws:s3:::{bucket}/*"),
        "Principal": {"AWS": f"arn:aws:sts::{account.id}:federated-user/ann"},
    }
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy(grant)))
    named = shared_world.client("s3", Keys.of(make(shared_world, account.admin)["Credentials"]))
    assert named.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"
    other = make(shared_world, account.admin, Name="bob")
    s3 = shared_world.client("s3", Keys.of(other["Credentials"]))
    assert refused(s3.get_object, Bucket=bucket, Key="k")[0] == "AccessDenied"


def test_session_tags_override_the_users(shared_world: World, account: TestAccount) -> None:
    keys = shared_world.user(account, "tagged", policy(statement("Allow", ["*"])))
    tags = [{"Key": "Team", "Value": "blue"}, {"Key": "Site", "Value": "north"}]
    shared_world.client("iam", account.admin).tag_user(UserName="tagged", Tags=tags)
    wanted = {"aws:PrincipalTag/team": "red", "aws:PrincipalTag/Site": "north"}
    allow = {**statement("Allow", [LIST]), "Condition": {"StringEquals": wanted}}
    document = json.dumps(policy(allow))
    tag = [{"Key": "TEAM", "Value": "red"}]
    made = make(shared_world, keys, Policy=document, Tags=tag)
    assert made["PackedPolicySize"] == made["SessionTokenUtilization"]
    assert may_list(shared_world, made)
    assert not may_list(shared_world, make(shared_world, keys, Policy=document))


def test_it_takes_long_term_keys_alone(shared_world: World, account: TestAccount) -> None:
    sts = shared_world.client("sts", account.admin)
    role = shared_world.client("iam", account.admin).create_role(
        RoleName="R", AssumeRolePolicyDocument=trust(account.id)
    )["Role"]["Arn"]
    sessions = [
        sts.get_session_token(),
        sts.assume_role(RoleArn=role, RoleSessionName="test"),
        make(shared_world, account.admin, Policy=EVERYTHING),
    ]
    for session in sessions:
        assert refused(make, world=shared_world, keys=Keys.of(session["Credentials"])) == (
            "AccessDenied",
            "Cannot call GetFederationToken with session credentials",
            403,
        )


def test_what_it_cannot_call_whatever_its_policy_says(shared_world: World, account: TestAccount) -> None:
    keys = Keys.of(make(shared_world, account.root, Policy=EVERYTHING)["Credentials"])
    code, _, status = refused(shared_world.client("iam", keys).list_users)
    assert (code, status) == ("InvalidClientTokenId", 403)
    sts = shared_world.client("sts", keys)
    role = f"arn:aws:iam::{account.id}:role/R"
    assert refused(sts.assume_role, RoleArn=role, RoleSessionName="test")[:2] == (
        "AccessDenied",
        "Cannot call AssumeRole with session credentials",
    )


def test_it_ends_with_its_user(shared_world: World, account: TestAccount) -> None:
    keys = shared_world.user(account, "leaver", policy(statement("Allow", ["*"])))
    made = make(shared_world, keys, Policy=EVERYTHING)
    iam = shared_world.client("iam", account.admin)
    iam.delete_user_policy(UserName="leaver", PolicyName="test")
    assert not may_list(shared_world, made)
    iam.delete_access_key(UserName="leaver", AccessKeyId=keys.id)
    iam.delete_user(UserName="leaver")
    s3 = shared_world.client("s3", Keys.of(made["Credentials"]))
    assert refused(s3.list_buckets)[0] == "InvalidAccessKeyId"


@pytest.mark.parametrize(
    ("asked", "code", "message"),
    [
        ({"Name": "a b"}, "ValidationError", "Member must satisfy regular expression pattern"),
        ({"Name": "a" * 33}, "ValidationError", "Member must have length less than or equal to 32"),
        ({"DurationSeconds": 899}, "ValidationError", "greater than or equal to 900"),
        ({"DurationSeconds": 129601}, "ValidationError", "less than or equal to 129600"),
        ({"Policy": "{}"}, "MalformedPolicyDocument", "Syntax errors in policy."),
        ({"Policy": "x" * 2049}, "ValidationError", "Member must have length less than or equal to 2048"),
        (
            {"PolicyArns": [{"arn": f"arn:aws:iam::aws:policy/Number{n}"} for n in range(11)]},
            "ValidationError",
            "Member must have length less than or equal to 10",
        ),
        (
            {"PolicyArns": [{"arn": "arn:aws:iam::111122223333:policy/Another"}]},
            "MalformedPolicyDocument",
            "does not exist or is not attachable.",
        ),
        (
            {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]},
            "InvalidParameterValue",
            "Duplicate tag keys found.",
        ),
    ],
)
def test_refusals(
    shared_world: World, account: TestAccount, asked: dict[str, Any], code: str, message: str
) -> None:
    sts = shared_world.client("sts", account.admin, parameter_validation=False)
    found = refused(sts.get_federation_token, **{"Name": "ann", **asked})
    assert found[0] == code
    assert message in found[1]


def test_nothing_was_encoded_here(shared_world: World, account: TestAccount) -> None:
    sts = shared_world.client("sts", account.admin)
    assert refused(sts.decode_authorization_message, EncodedMessage="x") == (
        "InvalidAuthorizationMessageException",
        "Message is not valid",
        400,
    )
