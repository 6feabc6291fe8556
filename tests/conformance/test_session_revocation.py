"""Ending a role's sessions by the time at which they were issued: AWS's policy AWSRevokeOlderSessions (IAM
guide, "Revoke IAM role temporary security credentials").
"""

import json
from typing import Any

import pytest
from tests.access.harness import policy, statement, trust
from tests.fix_idp import Federation
from tests.fix_world import Keys, TestAccount, World
from tests.refusals import refused


def revoke(world: World, account: TestAccount, role: str) -> None:
    """What the console's button puts: everything is denied to sessions from before now."""
    now = world.clock.as_datetime(remove_tzinfo=False).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    deny = {
        **statement("Deny", ["*"]),
        "Condition": {"DateLessThan": {"aws:TokenIssueTime": now}},
    }
    world.client("iam", account.admin).put_role_policy(
        RoleName=role, PolicyName="AWSRevokeOlderSessions", PolicyDocument=json.dumps(policy(deny))
    )


def lists(world: World, keys: Keys) -> bool:
    s3 = world.client("s3", keys)
    try:
        s3.list_buckets()
    except s3.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
        return False
    return True


@pytest.fixture
def account(world: World) -> TestAccount:
    made = world.account("Revoking")
    iam = world.client("iam", made.admin)
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(made.id))
    everything = json.dumps(policy(statement("Allow", ["*"])))
    iam.put_role_policy(RoleName="R", PolicyName="all", PolicyDocument=everything)
    return made


def assume(world: World, account: TestAccount, keys: Keys | None = None) -> Keys:
    sts = world.client("sts", keys or account.admin)
    role = f"arn:aws:iam::{account.id}:role/R"
    return Keys.of(sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"])


def test_sessions_from_before_and_after(world: World, account: TestAccount) -> None:
    before = assume(world, account)
    assert lists(world, before)
    world.clock.advance(1)
    revoke(world, account, "R")
    assert not lists(world, before)
    assert lists(world, assume(world, account))
    world.clock.advance(1)
    assert lists(world, assume(world, account))
    code, message, _ = refused(world.client("iam", before).list_users)
    assert code == "AccessDenied"
    assert message.endswith("with an explicit deny in an identity-based policy")


def test_who_one_is_may_still_be_asked(world: World, account: TestAccount) -> None:
    before = assume(world, account)
    world.clock.advance(1)
    revoke(world, account, "R")
    assert world.client("sts", before).get_caller_identity()["Arn"].endswith("/R/test")


def test_a_revoked_session_makes_no_new_one(world: World, account: TestAccount) -> None:
    """What a session made in time of its own stands by its own time: it is another session."""
    before = assume(world, account)
    chained = assume(world, account, before)
    world.clock.advance(1)
    revoke(world, account, "R")
    assert not lists(world, chained)
    role = f"arn:aws:iam::{account.id}:role/R"
    sts = world.client("sts", before)
    assert refused(sts.assume_role, RoleArn=role, RoleSessionName="test")[0] == "AccessDenied"


def test_it_does_not_touch_long_term_keys(world: World, account: TestAccount) -> None:
    """They have no such key: a Deny of theirs that compares it never applies."""
    keys = world.user(account, "permanent", policy(statement("Allow", ["*"])))
    deny = {
        **statement("Deny", ["*"]),
        "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2999-01-01T00:00:00Z"}},
    }
    iam = world.client("iam", account.admin)
    iam.put_user_policy(UserName="permanent", PolicyName="revoke", PolicyDocument=json.dumps(policy(deny)))
    assert lists(world, keys)
    session = world.client("sts", keys).get_session_token()["Credentials"]
    assert not lists(world, Keys.of(session))


def test_web_identity_sessions_too(federation: Federation) -> None:
    role = federation.role()
    before: Any = federation.assume(role)["Credentials"]
    assert lists(federation.world, Keys.of(before))
    federation.world.clock.advance(1)
    revoke(federation.world, federation.account, "Federated1")
    assert not lists(federation.world, Keys.of(before))
    assert lists(federation.world, Keys.of(federation.assume(role)["Credentials"]))
