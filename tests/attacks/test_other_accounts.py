"""T24: trust in one account, one user or one place is trust in no other."""

import itertools
import json
from typing import Any

import pytest
from tests.access.harness import policy, statement
from tests.attacks.fix_target import Target
from tests.attacks.wire import Signer
from tests.fix_world import Keys, TestAccount, World
from tests.refusals import denied, refused

_numbers = itertools.count(1)
MAY_ASSUME = policy(statement("Allow", ["sts:AssumeRole"]))


def trusting(world: World, owner: TestAccount, who: str, condition: dict[str, Any] | None = None) -> str:
    """The ARN of a role of `owner` that trusts `who`, under a condition."""
    allow = {"Effect": "Allow", "Principal": {"AWS": who}, "Action": "sts:AssumeRole"}
    if condition is not None:
        allow["Condition"] = condition
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    name = f"Trusting{next(_numbers)}"
    made = world.client("iam", owner.admin).create_role(RoleName=name, AssumeRolePolicyDocument=document)
    arn: str = made["Role"]["Arn"]
    return arn


def assume(world: World, keys: Keys, role: str, **more: str) -> Any:
    return world.client("sts", keys).assume_role(RoleArn=role, RoleSessionName="test", **more)


def refuses(world: World, keys: Keys, role: str, **more: str) -> None:
    """Told no more than anybody: neither that there is the role, nor what it asks for."""
    who = world.client("sts", keys).get_caller_identity()["Arn"]
    got = refused(lambda: assume(world, keys, role, **more))
    assert got == denied(who, "sts:AssumeRole", role)
    missing = role + "-missing"
    assert refused(lambda: assume(world, keys, missing, **more)) == denied(who, "sts:AssumeRole", missing)


def test_t24_another_account_than_the_trusted_one(shared_world: World) -> None:
    """T24. The control comes from the trusted account; administrators and root of a third do not get in."""
    owner, trusted, third = (shared_world.account(f"Trust {number}") for number in range(3))
    role = trusting(shared_world, owner, trusted.id)
    refuses(shared_world, third.admin, role)
    got = refused(lambda: assume(shared_world, third.root, role))
    assert got == ("AccessDenied", "Roles may not be assumed by root accounts.", 403)
    assert assume(shared_world, trusted.admin, role)["Credentials"]


def test_t24_the_external_id(shared_world: World) -> None:
    """T24. Missing, of another customer, in other capitals, cut, as a pattern."""
    owner, vendor = shared_world.account("Customer"), shared_world.account("Vendor")
    role = trusting(shared_world, owner, vendor.id, {"StringEquals": {"sts:ExternalId": "Customer-7"}})
    refuses(shared_world, vendor.admin, role)
    for wrong in ("Customer-8", "customer-7", "Customer-", "Customer-77", "**", "Customer-7,Customer-8"):
        if wrong == "**":  # no letters that an ExternalId may have
            assert refused(lambda: assume(shared_world, vendor.admin, role, ExternalId="**"))[2] == 400
            continue
        refuses(shared_world, vendor.admin, role, ExternalId=wrong)
    assert assume(shared_world, vendor.admin, role, ExternalId="Customer-7")["Credentials"]


def test_t24_a_user_of_the_same_name_elsewhere(shared_world: World) -> None:
    """T24. Names are an account's own."""
    owner, home, abroad = (shared_world.account(f"Names {number}") for number in range(3))
    ann, other = (shared_world.user(account, "ann", MAY_ASSUME) for account in (home, abroad))
    role = trusting(shared_world, owner, f"arn:aws:iam::{home.id}:user/ann")
    refuses(shared_world, other, role)
    assert assume(shared_world, ann, role)["Credentials"]


def test_t24_a_user_who_was_deleted_and_made_again(shared_world: World) -> None:
    """T24. Who is trusted is the one who was there, not the next one of that name."""
    owner, home = shared_world.account("Owner of roles"), shared_world.account("Turnover")
    ann = shared_world.user(home, "ann", MAY_ASSUME)
    role = trusting(shared_world, owner, f"arn:aws:iam::{home.id}:user/ann")
    assert assume(shared_world, ann, role)["Credentials"]
    iam = shared_world.client("iam", home.admin)
    iam.delete_access_key(UserName="ann", AccessKeyId=ann.id)
    iam.delete_user_policy(UserName="ann", PolicyName="test")
    iam.delete_user(UserName="ann")
    refuses(shared_world, shared_world.user(home, "ann", MAY_ASSUME), role)
    told = shared_world.client("iam", owner.admin).get_role(RoleName=role.rpartition("/")[2])["Role"]
    assert told["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["AWS"].startswith("AIDA")


@pytest.mark.parametrize("key", ["aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID"])
def test_t24_everybody_on_behalf_of_an_account(shared_world: World, key: str) -> None:
    """T24. What only a service says of whom it acts for, nobody can say of themselves."""
    owner, other = shared_world.account(f"Deputy {key}"), shared_world.account(f"Confused {key}")
    role = trusting(shared_world, owner, "*", {"StringLike": {key: "*"}})
    refuses(shared_world, other.admin, role)
    client = shared_world.client("sts", other.admin)

    def spoof(request: Any, **_: Any) -> None:
        for header in ("SourceAccount", "x-amz-source-account", "aws-source-account", "x-amz-source-arn"):
            request.headers[header] = owner.id

    client.meta.events.register("before-sign.sts.AssumeRole", spoof)
    try:
        refuses(shared_world, other.admin, role)
    finally:
        client.meta.events.unregister("before-sign.sts.AssumeRole", spoof)


def test_t24_an_address_that_is_only_claimed(target: Target) -> None:
    """T24. No proxy is trusted here: the address is the connection's, whatever headers say, signed or not."""
    there = statement("Allow", ["s3:GetObject"])
    there["Condition"] = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    here = statement("Allow", ["s3:PutObject"])
    here["Condition"] = {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}
    keys = target.world.user(target.account, "traveller", policy(there, here))
    signer = Signer(keys, target.world.clock.now)
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "True-Client-IP", "X-Client-IP"):
        said = "for=203.0.113.9" if header == "Forwarded" else "203.0.113.9"
        claimed = target.request("GET", "kept", headers=((header, said),))
        target.refuses(signer.sign(claimed), (403, "AccessDenied"))
        unsigned = signer.sign(target.request("GET", "kept")).also((header, said))
        target.refuses(unsigned, (403, "AccessDenied"))
        allowed = target.request("PUT", "from-here", body=b"x", headers=((header, said),))
        target.takes(signer.sign(allowed))
