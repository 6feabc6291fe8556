"""T06: when and for what a request was signed."""

import dataclasses
from typing import Any

import pytest
from tests.attacks.fix_target import Target
from tests.attacks.wire import Signer, send

SKEWED = (403, "RequestTimeTooSkewed")
MISMATCH = (403, "SignatureDoesNotMatch")


def at(target: Target, seconds: float) -> Signer:
    """The administrator with a clock that is ahead by so much."""
    return dataclasses.replace(target.signer, at=target.world.clock.now + seconds)


@pytest.mark.parametrize("sign", [1, -1])
def test_t06_fifteen_minutes_either_way_in_the_header(target: Target, sign: int) -> None:
    """T06. To the second, and a second beyond it not."""
    request = target.request("PUT", "k", body=b"meow")
    for seconds in (0, 899, 900):
        target.takes(at(target, sign * seconds).sign(request))
    for seconds in (901, 86400, 10**8):
        target.refuses(at(target, sign * seconds).sign(request), SKEWED)


def test_t06_presigned_from_the_future(target: Target) -> None:
    """T06. A clock may be ahead as far as in the header's form, and no lifetime begins later."""
    request = target.request("PUT", "k", body=b"meow")
    for seconds in (-299, 0, 899, 900):
        target.takes(at(target, seconds).presign(request))
    for seconds in (901, 86400):
        target.refuses(at(target, seconds).presign(request, 604800), (403, "AccessDenied"))


@pytest.mark.parametrize("place", ["sign", "presign"])
@pytest.mark.parametrize("day", [-1, 1, 365])
def test_t06_a_scope_of_another_day(target: Target, day: int, place: str) -> None:
    """T06. The key that signs is derived from the day that the request names."""
    request = target.request("PUT", "k", body=b"meow")
    other = at(target, day * 86400).moment[:8]
    target.takes(getattr(target.signer, place)(request))
    wrong = dataclasses.replace(target.signer, day=other)
    code = "AuthorizationHeaderMalformed" if place == "sign" else "AuthorizationQueryParametersError"
    target.refuses(getattr(wrong, place)(request), (400, code))


@pytest.mark.parametrize("place", ["sign", "presign"])
@pytest.mark.parametrize(
    "change",
    [
        {"region": "mars-1"},
        {"region": "cn-north-1"},
        {"region": ""},
        {"service": "ec2"},
        {"service": ""},
        {"terminator": "aws4_requesx"},
        {"terminator": ""},
        {"terminator": "aws4_request/x"},
        {"day": "2026"},
        {"day": "x"},
    ],
    ids=repr,
)
def test_t06_another_scope(target: Target, change: dict[str, Any], place: str) -> None:
    """T06. Rightly signed for another region, service or protocol."""
    request = target.request("PUT", "k", body=b"meow")
    target.takes(getattr(target.signer, place)(request))
    wrong = dataclasses.replace(target.signer, **change)
    code = "AuthorizationHeaderMalformed" if place == "sign" else "AuthorizationQueryParametersError"
    # Nothing is signed for another service than the one that the scope names: S3's rules, but no more.
    target.refuses(getattr(wrong, place)(request), (400, code), MISMATCH)


def test_t06_a_scope_changed_after_signing(target: Target) -> None:
    """T06. Each part of it goes into the key."""
    signed = target.signer.sign(target.request("PUT", "k", body=b"meow"))
    target.takes(signed)
    moved = signed.instead("authorization", lambda value: value.replace("us-east-1", "us-east-2"))
    target.refuses(moved, MISMATCH)
    sts = signed.instead("authorization", lambda value: value.replace("/s3/", "/sts/"))
    target.refuses(sts, (400, "MissingAction"), (403, "SignatureDoesNotMatch"))


def test_t06_the_same_delete_again(target: Target) -> None:
    """T06. A signature may be used again while it is fresh: the second time nothing is left to do."""
    target.s3.put_object(Bucket=target.bucket, Key="once", Body=b"meow")
    request = target.signer.sign(target.request("DELETE", "once"))
    assert send(target.world, request).status == 204
    assert target.s3.list_objects_v2(Bucket=target.bucket, Prefix="once")["KeyCount"] == 0
    with_status = send(target.world, request)
    assert with_status.status == 204
    assert target.s3.list_objects_v2(Bucket=target.bucket, Prefix="once")["KeyCount"] == 0
    target.world.clock.advance(901)
    try:
        target.refuses(request, SKEWED)
    finally:
        target.world.clock.advance(-901)
