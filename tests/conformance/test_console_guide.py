"""The guide "Delegate access across accounts": each step is ticked when it becomes true, for whom it
concerns.
"""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from tests.conformance.browser import Browser, user_signed_in
from tests.conformance.fix_tutorial import DEVELOPMENT, POWER_USER, PRODUCTION, READ_WRITE, assume, trust
from tests.fix_world import TestAccount, World

TRUSTING = ["bucket", "policy", "role"]
TRUSTED = ["developers", "testers", "switch", "work", "back", "refused"]
SWITCH = {"account": PRODUCTION, "roleName": "UpdateApp"}


@dataclass
class Walk:
    """Both administrators, and what each sees of the guide."""

    world: World
    browser: Browser
    home: TestAccount
    development: Any
    production: Any
    at_development: str
    at_production: str

    def done(self, session: str) -> list[str]:
        steps = self.browser.call("guide", session=session)["steps"]
        assert [step["id"] for step in steps] == TRUSTING + TRUSTED
        assert all(step["visible"] for step in steps if step["done"])
        return [step["id"] for step in steps if step["done"]]

    def visible(self, session: str) -> list[str]:
        return [one["id"] for one in self.browser.call("guide", session=session)["steps"] if one["visible"]]


@pytest.fixture
def walk(world: World) -> Walk:
    """The state before the tutorial: people and groups with power-user rights."""
    development = world.account("Development", id=DEVELOPMENT)
    production = world.account("Production", id=PRODUCTION)
    iam = world.client("iam", development.admin)
    for group, user in (("Developers", "David"), ("Testers", "Jane")):
        iam.create_group(GroupName=group)
        iam.attach_group_policy(GroupName=group, PolicyArn=POWER_USER)
        iam.create_user(UserName=user)
        iam.add_user_to_group(GroupName=group, UserName=user)
    browser = Browser(world)
    return Walk(
        world,
        browser,
        development,
        iam,
        world.client("iam", production.admin),
        user_signed_in(browser, development, "admin"),
        user_signed_in(browser, production, "admin"),
    )


def test_the_steps_one_after_the_other(walk: Walk) -> None:
    world, browser = walk.world, walk.browser
    assert walk.done(walk.at_production) == walk.done(walk.at_development) == []
    assert walk.visible(walk.at_production) == TRUSTING + TRUSTED

    world.client("s3", browser.keys(walk.at_production)).create_bucket(Bucket="productionapp")
    assert walk.done(walk.at_production) == ["bucket"]
    made = walk.production.create_policy(PolicyName="read-write", PolicyDocument=json.dumps(READ_WRITE))
    assert walk.done(walk.at_production) == ["bucket", "policy"]
    walk.production.create_role(RoleName="UpdateApp", AssumeRolePolicyDocument=trust({"AWS": DEVELOPMENT}))
    assert walk.done(walk.at_production) == ["bucket", "policy"]
    walk.production.attach_role_policy(RoleName="UpdateApp", PolicyArn=made["Policy"]["Arn"])
    assert walk.done(walk.at_production) == walk.visible(walk.at_production) == TRUSTING
    assert walk.done(walk.at_development) == []

    for group, effect in (("Developers", "Allow"), ("Testers", "Deny")):
        walk.development.put_group_policy(
            GroupName=group, PolicyName="assume", PolicyDocument=json.dumps(assume(effect))
        )
    assert walk.done(walk.at_development) == ["developers", "testers"]
    assert walk.visible(walk.at_development) == TRUSTED

    david = user_signed_in(browser, walk.home, "David")
    session = browser.call("switch-role", session=david, **SWITCH)["session"]["id"]
    assert walk.done(walk.at_development) == ["developers", "testers", "switch"]
    world.client("s3", browser.keys(session)).list_objects_v2(Bucket="productionapp")
    world.opened.store.write(lambda db: None).result()
    assert walk.done(session) == ["developers", "testers", "switch", "work"]
    browser.call("switch-back", session=session)
    assert walk.done(david) == ["developers", "testers", "switch", "work", "back"]
    jane = user_signed_in(browser, walk.home, "Jane")
    browser.refused("switch-role", session=jane, **SWITCH)
    world.opened.store.write(lambda db: None).result()
    assert walk.done(jane) == TRUSTED
    assert walk.done(walk.at_production) == TRUSTING


def test_what_is_not_meant_ticks_nothing(walk: Walk) -> None:
    """Roles for one's own account, for a service, for an account that is gone; policies about any role."""
    walk.production.create_role(RoleName="Own", AssumeRolePolicyDocument=trust({"AWS": PRODUCTION}))
    service = trust({"Service": "ec2.amazonaws.com"})
    walk.production.create_role(RoleName="Service", AssumeRolePolicyDocument=service)
    for role in ("Own", "Service"):
        walk.production.attach_role_policy(RoleName=role, PolicyArn=POWER_USER)
    reading = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": reading})
    walk.production.create_policy(PolicyName="reading", PolicyDocument=document)
    for name, resource in (("any", "*"), ("own", f"arn:aws:iam::{DEVELOPMENT}:role/X")):
        walk.development.put_group_policy(
            GroupName="Developers", PolicyName=name, PolicyDocument=json.dumps(assume("Allow", resource))
        )
    assert walk.done(walk.at_production) == []
    assert walk.done(walk.at_development) == []


def test_attached_policies_and_named_users_count_too(walk: Walk) -> None:
    david = f"arn:aws:iam::{DEVELOPMENT}:user/David"
    walk.production.create_role(RoleName="UpdateApp", AssumeRolePolicyDocument=trust({"AWS": david}))
    walk.production.put_role_policy(
        RoleName="UpdateApp", PolicyName="all", PolicyDocument=json.dumps(READ_WRITE)
    )
    assert "role" in walk.done(walk.at_production)
    made = walk.development.create_policy(PolicyName="may", PolicyDocument=json.dumps(assume("Allow")))
    walk.development.attach_group_policy(GroupName="Developers", PolicyArn=made["Policy"]["Arn"])
    assert walk.done(walk.at_development) == ["developers"]
