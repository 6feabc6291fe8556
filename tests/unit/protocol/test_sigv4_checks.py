"""When a signature counts, and for what."""

import datetime

import pytest
from tests.unit.protocol.signing import NOW_SECONDS, claimed, signed

from deputize.protocol.auth_errors import AuthProblem, Problem
from deputize.protocol.sigv4 import Claim
from deputize.protocol.sigv4_checks import check_scope, check_time

DAY = 86400


def untimely(claim: Claim, now: float, service: str) -> AuthProblem:
    with pytest.raises(AuthProblem) as caught:
        check_time(claim, now, service)
    return caught.value


@pytest.mark.parametrize(("service", "allowed"), [("s3", 900), ("iam", 300), ("sts", 300)])
@pytest.mark.parametrize("sign", [1, -1])
def test_clocks_may_differ_a_little(service: str, allowed: int, sign: int) -> None:
    claim = claimed(signed(service), service)
    for off in (0.0, 1.0, allowed - 1.0, float(allowed)):
        check_time(claim, NOW_SECONDS + sign * off, service)
    for off in (allowed + 0.5, allowed + 1, DAY, 20 * 365 * DAY):
        assert untimely(claim, NOW_SECONDS + sign * off, service).problem is Problem.SKEWED


def test_what_is_told_of_a_skewed_clock() -> None:
    s3 = untimely(claimed(signed()), NOW_SECONDS + 1000, "s3")
    assert s3.detail == {
        "RequestTime": "20150830T123600Z",
        "ServerTime": "2015-08-30T12:52:40Z",
        "MaxAllowedSkewMilliseconds": "900000",
    }
    claim = claimed(signed("iam"), "iam")
    assert untimely(claim, NOW_SECONDS + 301, "iam").text == (
        "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T124101Z - 5 min.)"
    )
    assert untimely(claim, NOW_SECONDS - 301, "iam").text == (
        "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z "
        "(20150830T123059Z + 5 min.)"
    )


@pytest.mark.parametrize("service", ["s3", "sts"])
@pytest.mark.parametrize("expires", [1, 60, 604800])
def test_a_presigned_request_is_good_for_as_long_as_it_says(service: str, expires: int) -> None:
    claim = claimed(signed(service, expires=expires), service)
    for after in (-900, -1, 0, expires - 1, expires - 0.1):
        check_time(claim, NOW_SECONDS + after, service)
    for after in (expires, expires + 1, expires + DAY):
        assert untimely(claim, NOW_SECONDS + after, service).problem is Problem.EXPIRED
    for before in (900.5, 901, DAY):
        assert untimely(claim, NOW_SECONDS - before, service).problem is Problem.NOT_YET


def test_a_presigned_request_that_expires_at_once_was_never_good() -> None:
    claim = claimed(signed(expires=0))
    for after in (-60, 0, 1):
        assert untimely(claim, NOW_SECONDS + after, "s3").problem is Problem.EXPIRED


def test_what_is_told_of_an_expired_request() -> None:
    problem = untimely(claimed(signed(expires=60)), NOW_SECONDS + 61, "s3")
    assert problem.detail == {
        "X-Amz-Expires": "60",
        "Expires": "2015-08-30T12:37:00Z",
        "ServerTime": "2015-08-30T12:37:01Z",
    }


def test_the_days_of_a_scope_do_not_outlast_the_signature() -> None:
    """Yesterday's scope is as good as its time of signing, midnight or not."""
    late = datetime.datetime(2015, 8, 30, 23, 59, 50, tzinfo=datetime.UTC)
    claim = claimed(signed("iam", at=late), "iam")
    check_time(claim, late.timestamp() + 60, "iam")
    assert untimely(claim, late.timestamp() + 301, "iam").problem is Problem.SKEWED


def out_of_scope(claim: Claim, service: str, expected: str, partition: str | None = None) -> AuthProblem:
    with pytest.raises(AuthProblem) as caught:
        check_scope(claim, service, expected, partition)
    return caught.value


@pytest.mark.parametrize("service", ["s3", "iam", "sts"])
@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-1", "aws"),
        ("eu-central-2", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-east-1", "aws-us-gov"),
    ],
)
def test_every_region_of_the_keys_partition(service: str, region: str, partition: str) -> None:
    claim = claimed(signed(service, region=region), service)
    check_scope(claim, service, "us-east-1")
    check_scope(claim, service, "us-east-1", partition)
    for other in {"aws", "aws-cn", "aws-us-gov", "aws-iso"} - {partition}:
        problem = out_of_scope(claim, service, "us-iso-east-1", other)
        assert problem.problem is Problem.WRONG_REGION
        assert "Region" not in problem.detail


@pytest.mark.parametrize(
    "region", ["local", "auto", "us-east", "US-EAST-1", "us-east-1x", "*", "us-east-1\n"]
)
@pytest.mark.parametrize("service", ["s3", "iam", "sts"])
def test_regions_that_are_none(region: str, service: str) -> None:
    claim = claimed(signed(service, region=region, expires=60), service)
    assert out_of_scope(claim, service, "eu-west-1").problem is Problem.WRONG_REGION


def test_what_s3_tells_of_a_wrong_scope() -> None:
    region = out_of_scope(claimed(signed(region="local")), "s3", "eu-west-1")
    assert region.text == "the region 'local' is wrong; expecting 'eu-west-1'"
    assert region.detail == {"Region": "eu-west-1"}
    service = out_of_scope(
        claimed(signed("sts", headers=[("x-amz-content-sha256", "0" * 64)])), "s3", "eu-west-1"
    )
    assert service.problem is Problem.WRONG_SERVICE
    assert service.text == 'incorrect service "sts". This endpoint belongs to "s3".'
    assert service.detail == {}


def test_what_others_tell_of_a_wrong_scope() -> None:
    region = "Credential should be scoped to a valid region. "
    service = "Credential should be scoped to correct service: 'sts'. "
    assert out_of_scope(claimed(signed("sts", region="local"), "sts"), "sts", "x").text == region
    assert out_of_scope(claimed(signed("iam"), "sts"), "sts", "x").text == service
    assert out_of_scope(claimed(signed("iam", region="local"), "sts"), "sts", "x").text == region + service
