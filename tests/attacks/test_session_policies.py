"""T21: a session policy limits whatever its session does, on the caller's own things too."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.access.harness import policy, statement, trust
from tests.attacks.fix_target import KEPT, Target
from tests.fix_world import Keys
from tests.state import unchanged

REFUSALS = {"AccessDenied", "InvalidClientTokenId"}
EVERYTHING = json.dumps(policy(statement("Allow", ["*"])))


@pytest.fixture
def limit(target: Target) -> str:
    """Reading of the target's bucket."""
    objects = f"arn:aws:s3:::{target.bucket}/*"
    return json.dumps(policy(statement("Allow", ["s3:GetObject"], objects)))


def of_a_role(target: Target, limit: str) -> Keys:
    """A session of a role that may do everything, and that trusts whoever it may be."""
    iam = target.world.client("iam", target.account.admin)
    sts = target.world.client("sts", target.account.admin)
    try:
        iam.create_role(RoleName="everything", AssumeRolePolicyDocument=trust(target.account.id))
        iam.put_role_policy(RoleName="everything", PolicyName="all", PolicyDocument=EVERYTHING)
    except iam.exceptions.EntityAlreadyExistsException:
        pass
    role = f"arn:aws:iam::{target.account.id}:role/everything"
    made = sts.assume_role(RoleArn=role, RoleSessionName="limited", Policy=limit)
    return Keys.of(made["Credentials"])


def of_a_federated_user(target: Target, limit: str) -> Keys:
    sts = target.world.client("sts", target.account.admin)
    return Keys.of(sts.get_federation_token(Name="limited", Policy=limit)["Credentials"])


Session = Callable[[Target, str], Keys]
each_session = pytest.mark.parametrize("session", [of_a_role, of_a_federated_user])


def attempts(target: Target, keys: Keys) -> list[tuple[Any, dict[str, Any]]]:
    """What a session tries that may only read."""
    iam, sts, s3 = (target.world.client(service, keys) for service in ("iam", "sts", "s3"))
    role = f"arn:aws:iam::{target.account.id}:role/everything"
    bucket = {"Bucket": target.bucket}
    return [
        (s3.put_object, {**bucket, "Key": "kept", "Body": b"gone"}),
        (s3.delete_object, {**bucket, "Key": "kept"}),
        (s3.copy_object, {**bucket, "Key": "copy", "CopySource": f"{target.bucket}/kept"}),
        (s3.put_bucket_policy, {**bucket, "Policy": EVERYTHING}),
        (s3.delete_public_access_block, bucket),
        (iam.create_access_key, {"UserName": "admin"}),
        (iam.create_user, {"UserName": "puppet"}),
        (iam.create_login_profile, {"UserName": "admin", "Password": "Correct-Horse-Battery-1"}),
        (iam.put_role_policy, {"RoleName": "everything", "PolicyName": "p", "PolicyDocument": EVERYTHING}),
        (iam.update_assume_role_policy, {"RoleName": "everything", "PolicyDocument": trust("*")}),
        (sts.assume_role, {"RoleArn": role, "RoleSessionName": "unlimited"}),
        (sts.assume_role, {"RoleArn": role, "RoleSessionName": "unlimited", "Policy": EVERYTHING}),
        (sts.get_session_token, {}),
        (sts.get_federation_token, {"Name": "unlimited", "Policy": EVERYTHING}),
    ]


@each_session
def test_t21_a_session_that_may_only_read(target: Target, limit: str, session: Session) -> None:
    of_a_role(target, limit)
    keys = session(target, limit)
    read = target.world.client("s3", keys).get_object(Bucket=target.bucket, Key="kept")
    assert read["Body"].read() == KEPT
    for call, arguments in attempts(target, keys):
        with unchanged(target.world), pytest.raises(ClientError) as caught:
            call(**arguments)
        # IAM takes no federated session at all, and says so as of a key that it does not know.
        assert caught.value.response["Error"]["Code"] in REFUSALS, (call, caught.value)


def test_t21_a_session_made_by_a_session(target: Target, limit: str) -> None:
    """A limit that lets its session become the role again: what the new session may, its own policy says."""
    assuming = statement("Allow", ["sts:AssumeRole"], "*")
    wider = json.dumps(policy(*json.loads(limit)["Statement"], assuming))
    keys = of_a_role(target, wider)
    role = f"arn:aws:iam::{target.account.id}:role/everything"
    sts = target.world.client("sts", keys)
    again = sts.assume_role(RoleArn=role, RoleSessionName="again", Policy=limit)
    s3 = target.world.client("s3", Keys.of(again["Credentials"]))
    assert s3.get_object(Bucket=target.bucket, Key="kept")["Body"].read() == KEPT
    with unchanged(target.world), pytest.raises(ClientError) as caught:
        s3.delete_object(Bucket=target.bucket, Key="kept")
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
