"""Mistakes that emulators are known for, each with AWS's answer."""

import json

import botocore.config
import pytest
from botocore.exceptions import ClientError
from tests.conformance.fix_tutorial import DEVELOPMENT, PRODUCTION, Scene, assume, trust
from tests.conformance.test_tutorial import DAVID
from tests.fix_world import SESSION, Keys, World
from tests.refusals import denied, refused


def may_assume(scene: Scene, role: str, keys: Keys, **more: str) -> bool:
    """Whether AssumeRole answers credentials; any refusal but AccessDenied is a failure of the test."""
    sts = scene.world.client("sts", keys)
    try:
        sts.assume_role(RoleArn=role, RoleSessionName="test", **more)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied", error
        return False
    return True


def test_a_role_of_another_account_that_trusts_only_a_third(scene: Scene) -> None:
    third = scene.world.account("Third")
    role = scene.role("ForThird", trust({"AWS": f"arn:aws:iam::{third.id}:root"}))
    assert not may_assume(scene, role, scene.david)
    assert may_assume(scene, role, third.admin)


def test_a_role_that_does_not_exist_is_refused_in_the_same_words(scene: Scene) -> None:
    third = scene.world.account("Third")
    role = scene.role("ForThird", trust({"AWS": third.id}))
    missing = f"arn:aws:iam::{PRODUCTION}:role/Missing"
    sts = scene.world.client("sts", scene.david)
    for arn in (role, missing):
        assert refused(sts.assume_role, RoleArn=arn, RoleSessionName="test") == denied(
            DAVID, "sts:AssumeRole", arn
        )


def test_a_same_account_role_that_trusts_its_account_needs_an_identity_allow(scene: Scene) -> None:
    role = scene.role("Home", trust({"AWS": DEVELOPMENT}), scene.development)
    nobody = scene.world.user(scene.development, "Noah")
    somebody = scene.world.user(scene.development, "Sam", assume("Allow", role))
    assert not may_assume(scene, role, nobody)
    assert may_assume(scene, role, somebody)


def test_a_same_account_role_that_names_the_user_needs_none(scene: Scene) -> None:
    nobody = scene.world.user(scene.development, "Noah")
    role = scene.role("Named", trust({"AWS": f"arn:aws:iam::{DEVELOPMENT}:user/Noah"}), scene.development)
    assert may_assume(scene, role, nobody)


def test_a_same_account_role_that_does_not_trust_is_refused_although_the_identity_allows(
    scene: Scene,
) -> None:
    third = scene.world.account("Third")
    role = scene.role("Away", trust({"AWS": third.id}), scene.development)
    sts = scene.world.client("sts", scene.david)
    assert refused(sts.assume_role, RoleArn=role, RoleSessionName="test") == denied(
        DAVID, "sts:AssumeRole", role, "because no role trust policy allows the sts:AssumeRole action"
    )


def test_an_explicit_deny_in_the_trust_policy(scene: Scene) -> None:
    statements = [
        {"Effect": "Allow", "Principal": {"AWS": DEVELOPMENT}, "Action": "sts:AssumeRole"},
        {"Effect": "Deny", "Principal": {"AWS": DAVID}, "Action": "sts:AssumeRole"},
    ]
    role = scene.role("Denying", json.dumps({"Version": "2012-10-17", "Statement": statements}))
    assert not may_assume(scene, role, scene.david)
    assert may_assume(scene, role, scene.development.admin)


@pytest.mark.parametrize(
    ("given", "may"), [({}, False), ({"ExternalId": "no"}, False), ({"ExternalId": "yes"}, True)]
)
def test_external_id(scene: Scene, given: dict[str, str], may: bool) -> None:
    role = scene.role("Guarded", trust({"AWS": DEVELOPMENT}, {"StringEquals": {"sts:ExternalId": "yes"}}))
    assert may_assume(scene, role, scene.david, **given) is may


def test_mfa_condition_without_mfa(scene: Scene) -> None:
    condition = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    role = scene.role("WithMfa", trust({"AWS": DEVELOPMENT}, condition))
    assert not may_assume(scene, role, scene.david)


def test_an_identity_deny_whose_condition_is_false_denies_nothing(scene: Scene) -> None:
    deny = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}},
    }
    allow = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
    keys = scene.world.user(scene.development, "Lea", {"Version": "2012-10-17", "Statement": [allow, deny]})
    assert scene.world.client("s3", keys).list_buckets()["Buckets"]
    code, message, _ = refused(scene.world.client("s3", keys, region="eu-central-1").list_buckets)
    assert code == "AccessDenied"
    assert message.endswith("with an explicit deny in an identity-based policy")


def test_a_duration_of_99999_seconds(scene: Scene) -> None:
    role = scene.role("Long", trust({"AWS": DEVELOPMENT}), MaxSessionDuration=43200)
    sts = scene.world.client("sts", scene.david)
    code, message, status = refused(
        sts.assume_role, RoleArn=role, RoleSessionName="test", DurationSeconds=99999
    )
    assert (code, status) == ("ValidationError", 400)
    assert message == (
        "1 validation error detected: Value '99999' at 'durationSeconds' failed to satisfy constraint: "
        "Member must have value less than or equal to 43200"
    )


def test_an_unsigned_request_is_nobody_not_root(shared_scene: Scene) -> None:
    world = shared_scene.world
    assert refused(world.client("s3", None).list_objects_v2, Bucket="productionapp") == (
        "AccessDenied",
        "Access Denied",
        403,
    )
    assert refused(world.client("s3", None).list_buckets)[::2] == ("AccessDenied", 403)
    for service, name in (("iam", "list_users"), ("sts", "get_caller_identity")):
        call = getattr(world.client(service, None), name)
        assert refused(call) == ("MissingAuthenticationToken", "Request is missing Authentication Token", 403)


@pytest.mark.parametrize("secret", ["test", "wrong"])
def test_access_key_test_is_nobody(world: World, secret: str) -> None:
    def client(service: str) -> object:
        return SESSION.client(
            service,
            endpoint_url=world.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key=secret,
            config=botocore.config.Config(retries={"total_max_attempts": 1}),
        )

    assert refused(client("s3").list_buckets)[::2] == ("InvalidAccessKeyId", 403)  # type: ignore[attr-defined]
    assert refused(client("sts").get_caller_identity) == (  # type: ignore[attr-defined]
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
        403,
    )


def test_a_deleted_and_recreated_user_is_not_trusted_again(scene: Scene) -> None:
    world = scene.world
    world.user(scene.development, "Gone", assume("Allow"))
    role = scene.role("Named", trust({"AWS": f"arn:aws:iam::{DEVELOPMENT}:user/Gone"}))
    iam = world.client("iam", scene.development.admin)
    for key in iam.list_access_keys(UserName="Gone")["AccessKeyMetadata"]:
        iam.delete_access_key(UserName="Gone", AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName="Gone", PolicyName="test")
    iam.delete_user(UserName="Gone")
    again = world.user(scene.development, "Gone", assume("Allow", role))
    assert not may_assume(scene, role, again)
    shown = world.client("iam", scene.production.admin).get_role(RoleName="Named")["Role"]
    principal = shown["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["AWS"]
    assert principal.startswith("AIDA")


def test_a_deleted_role_ends_its_sessions_even_if_recreated(scene: Scene) -> None:
    session = scene.switch(scene.david)
    iam = scene.world.client("iam", scene.production.admin)
    policy = f"arn:aws:iam::{PRODUCTION}:policy/read-write-app-bucket"
    iam.detach_role_policy(RoleName="UpdateApp", PolicyArn=policy)
    iam.delete_role(RoleName="UpdateApp")
    iam.create_role(RoleName="UpdateApp", AssumeRolePolicyDocument=trust({"AWS": DEVELOPMENT}))
    iam.attach_role_policy(RoleName="UpdateApp", PolicyArn=policy)
    assert refused(scene.world.client("sts", session).get_caller_identity)[0] == "InvalidClientTokenId"
    s3 = scene.world.client("s3", session)
    assert refused(s3.list_objects_v2, Bucket="productionapp")[0] == "InvalidAccessKeyId"
