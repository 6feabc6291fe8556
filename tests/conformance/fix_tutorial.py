"""The scene of the delegation tutorial: two accounts, two groups, David and Jane, and the role UpdateApp."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.fix_world import Clock, Keys, TestAccount, World, running

DEVELOPMENT = "111111111111"
PRODUCTION = "999999999999"
ROLE = f"arn:aws:iam::{PRODUCTION}:role/UpdateApp"
POWER_USER = "arn:aws:iam::aws:policy/PowerUserAccess"

READ_WRITE = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": ["s3:ListBucket", "s3:GetBucketLocation"],
            "Resource": "arn:aws:s3:::productionapp",
        },
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            "Resource": "arn:aws:s3:::productionapp/*",
        },
    ],
}


def assume(effect: str, role: str = ROLE) -> dict[str, Any]:
    """An identity policy about assuming the role; the statement is an object, not a list."""
    return {
        "Version": "2012-10-17",
        "Statement": {"Effect": effect, "Action": "sts:AssumeRole", "Resource": role},
    }


def trust(principal: Any, condition: dict[str, Any] | None = None, effect: str = "Allow") -> str:
    """A trust policy of one statement."""
    statement: dict[str, Any] = {"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole"}
    if condition is not None:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@dataclass
class Scene:
    """The scene after steps 1 and 2 of the tutorial."""

    world: World
    development: TestAccount
    production: TestAccount
    david: Keys
    jane: Keys

    def switch(self, keys: Keys, role: str = ROLE, session: str = "David-ProdUpdate", **more: Any) -> Keys:
        """Assume the role with these keys."""
        sts = self.world.client("sts", keys)
        return Keys.of(sts.assume_role(RoleArn=role, RoleSessionName=session, **more)["Credentials"])

    def role(self, name: str, policy: str, account: TestAccount | None = None, **more: Any) -> str:
        """Another role in Production (or in `account`); returns its ARN."""
        iam = self.world.client("iam", (account or self.production).admin)
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy, **more)["Role"]["Arn"]
        return arn


def build(world: World) -> Scene:
    """Steps 1 and 2, through boto3."""
    development = world.account("Development", id=DEVELOPMENT)
    production = world.account("Production", id=PRODUCTION)
    iam = world.client("iam", production.admin)
    arn = iam.create_policy(PolicyName="read-write-app-bucket", PolicyDocument=json.dumps(READ_WRITE))
    iam.create_role(RoleName="UpdateApp", AssumeRolePolicyDocument=trust({"AWS": DEVELOPMENT}))
    iam.attach_role_policy(RoleName="UpdateApp", PolicyArn=arn["Policy"]["Arn"])
    world.client("s3", production.admin).create_bucket(Bucket="productionapp")
    world.client("s3", development.admin).create_bucket(Bucket="devapp")
    iam = world.client("iam", development.admin)
    for group, effect, name in (
        ("Developers", "Allow", "allow-assume-S3-role-in-production"),
        ("Testers", "Deny", "deny-assume-S3-role-in-production"),
    ):
        iam.create_group(GroupName=group)
        iam.attach_group_policy(GroupName=group, PolicyArn=POWER_USER)
        iam.put_group_policy(GroupName=group, PolicyName=name, PolicyDocument=json.dumps(assume(effect)))
    david, jane = world.user(development, "David"), world.user(development, "Jane")
    iam.add_user_to_group(GroupName="Developers", UserName="David")
    iam.add_user_to_group(GroupName="Testers", UserName="Jane")
    return Scene(world, development, production, david, jane)


@pytest.fixture
def scene(world: World) -> Scene:
    """A scene of this test's own."""
    return build(world)


@pytest.fixture(scope="module")
def shared_scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A scene for tests that change nothing which another test of the module looks at."""
    with running(tmp_path_factory.mktemp("scene") / "data", Clock()) as world:
        yield build(world)
