"""When a bucket policy counts as public (S3 guide, "The meaning of public")."""

import json
from typing import Any

import pytest

from deputize.policy.document import parse
from deputize.policy.public import is_public


def public(principal: Any = "*", element: str = "Principal", effect: str = "Allow", **condition: Any) -> bool:
    statement: dict[str, Any] = {"Effect": effect, element: principal, "Action": "s3:*", "Resource": "*"}
    if condition:
        statement["Condition"] = condition
    return is_public(parse(json.dumps({"Version": "2012-10-17", "Statement": statement})))


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": "111111111111"},
        {"AWS": "arn:aws:iam::111111111111:user/ann"},
        {"Service": "cloudtrail.amazonaws.com"},
    ],
)
def test_named_principals_are_not_public(principal: Any) -> None:
    assert not public(principal)


@pytest.mark.parametrize(
    "principal", ["*", {"AWS": "*"}, {"AWS": ["111111111111", "*"]}, {"Federated": "accounts.google.com"}]
)
def test_everybody_is_public(principal: Any) -> None:
    assert public(principal)


def test_who_is_not_named_at_all_is_not_let_in() -> None:
    assert not public("*", "Sid")


def test_a_deny_is_not_public_and_not_principal_is() -> None:
    assert not public(effect="Deny")
    assert public({"AWS": "111111111111"}, "NotPrincipal")


@pytest.mark.parametrize(
    ("condition", "fixed"),
    [
        ({"StringEquals": {"aws:PrincipalOrgID": "o-123"}}, True),
        ({"StringEquals": {"aws:PrincipalAccount": "111111111111"}}, True),
        ({"StringLike": {"aws:SourceVpc": "vpc-1"}}, True),
        ({"StringLike": {"aws:SourceVpc": "vpc-*"}}, False),
        ({"StringLike": {"aws:SourceVpc": "${aws:username}"}}, False),
        ({"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}, False),
        ({"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}, False),
        ({"StringEquals": {"aws:username": "ann"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/*"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}}, False),
        ({"ArnEquals": {"s3:DataAccessPointArn": "arn:aws:s3:us-east-1:111111111111:accesspoint/*"}}, True),
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, True),
        ({"IpAddress": {"aws:SourceIp": "8.0.0.0/8"}}, True),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, False),
        ({"IpAddress": {"aws:SourceIp": "nowhere"}}, False),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}, False),
        ({"IpAddress": {"aws:SourceIp": "2001:db8::/32"}}, True),
        ({"IpAddress": {"aws:SourceIp": "2001::/16"}}, False),
        ({"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "nowhere"]}}, False),
    ],
    ids=json.dumps,
)
def test_a_condition_that_fixes_who_it_is(condition: Any, fixed: bool) -> None:
    assert public(**condition) is not fixed
