"""T05: presigned URLs are good for what they were made for, and no longer."""

import dataclasses
import hashlib
from urllib.parse import quote

import pytest
from tests.attacks.fix_target import KEPT, Target
from tests.attacks.wire import UNSIGNED, Request

EXPIRED = (403, "AccessDenied")
MISMATCH = (403, "SignatureDoesNotMatch")
MALFORMED = (400, "AuthorizationQueryParametersError")


def url(target: Target, expires: object = 300) -> Request:
    return target.signer.presign(target.request("PUT", "k", body=b"meow"), expires)


def with_query(request: Request, name: str, value: str) -> Request:
    """The same with another value of one parameter."""
    changed = tuple(
        f"{name}={quote(value, safe='')}" if one.startswith(f"{name}=") else one for one in request.query
    )
    assert changed != request.query
    return dataclasses.replace(request, query=changed)


@pytest.mark.parametrize("expires", [1, 60, 604800])
def test_t05_it_expires_to_the_second(target: Target, expires: int) -> None:
    """T05. Good until its last second, refused from then on."""
    request = url(target, expires)
    clock = target.world.clock
    began = clock.now
    try:
        clock.now = began + expires - 0.001
        target.takes(request)
        for late in (0, 1, 10**6):
            clock.now = began + expires + late
            target.refuses(request, EXPIRED)
            assert b"<Message>Request has expired</Message>" in target.send(request).body
    finally:
        clock.now = began


def test_t05_a_lifetime_of_nothing(target: Target) -> None:
    """T05. Expired from the beginning."""
    target.takes(url(target, 1))
    target.refuses(url(target, 0), EXPIRED)


@pytest.mark.parametrize(
    "expires", [-1, 604801, "1e9", "", " 5", "+5", "5.0", "0x5", "\xb2", "9" * 30, "-0.5", "five"]
)
def test_t05_a_lifetime_that_cannot_be(target: Target, expires: object) -> None:
    """T05. Signed rightly, and yet refused."""
    target.refuses(url(target, expires), MALFORMED)


def test_t05_a_lifetime_that_is_prolonged(target: Target) -> None:
    """T05. What is said of the lifetime is signed."""
    request = url(target, 60)
    target.takes(request)
    target.refuses(with_query(request, "X-Amz-Expires", "61"), MISMATCH)
    later = target.world.clock.now + 1
    target.refuses(
        with_query(request, "X-Amz-Date", dataclasses.replace(target.signer, at=later).moment), MISMATCH
    )


def test_t05_a_hash_without_a_key_is_no_signature(target: Target) -> None:
    """T05. Everything that is signed is public; only the key is not."""
    request = target.request("PUT", "k", body=b"meow")
    signed = url(target)
    bare = dataclasses.replace(signed, query=signed.query[:-1])
    to_sign = target.signer.string_to_sign(bare, "host", UNSIGNED)
    target.takes(bare.asking(f"X-Amz-Signature={target.signer.mac(to_sign)}"))
    guesses = [hashlib.sha256(to_sign.encode()).hexdigest(), to_sign.rpartition("\n")[2], "0" * 64, ""]
    empty = dataclasses.replace(
        target.signer, keys=dataclasses.replace(target.account.admin, secret="")
    ).presign(request)
    for attack in [bare.asking(f"X-Amz-Signature={guess}") for guess in guesses] + [empty]:
        target.refuses(attack, MISMATCH)


def test_t05_another_method(target: Target) -> None:
    """T05. A URL to read writes nothing, and one to write deletes nothing."""
    read = target.signer.presign(target.request("GET", "kept"))
    assert target.send(read).body == KEPT
    for method in ("PUT", "DELETE", "POST"):
        target.refuses(dataclasses.replace(read, method=method), MISMATCH, (405, "MethodNotAllowed"))
    target.refuses(dataclasses.replace(url(target), method="DELETE", path=read.path), MISMATCH)
    assert target.send(read).body == KEPT


def test_t05_another_object(target: Target) -> None:
    """T05. Neither another key nor another bucket nor another host."""
    read = target.signer.presign(target.request("GET", "kept"))
    assert target.send(read).body == KEPT
    for path in ("/target-bucket/kept2", "/target-bucket/kep%74/", "/target-bucket/", "//target-bucket/kept"):
        target.refuses(dataclasses.replace(read, path=path), MISMATCH, (400, "InvalidURI"))
    moved = read.instead("host", lambda _: "target-bucket.localhost")
    target.refuses(dataclasses.replace(moved, path="/kept"), MISMATCH)


@pytest.mark.parametrize(
    "extra",
    [
        *("x-id=PutObject", "x-id=", "a=b", "acl", "acl=", "uploads", "tagging", "policy"),
        *("X-Amz-Security-Token=x", "x-amz-acl=public-read", "response-content-type=text/html", "&a"),
    ],
)
def test_t05_a_parameter_that_was_added(target: Target, extra: str) -> None:
    """T05. Whatever stands in the query was signed, `x-id` too."""
    request = url(target)
    target.takes(request)
    others = (501, "NotImplemented"), (403, "InvalidAccessKeyId"), (400, "InvalidToken")
    target.refuses(request.asking(extra), MISMATCH, *others)


@pytest.mark.parametrize("extra", ["versionId=null", "partNumber=1", "uploadId=x"])
def test_t05_a_parameter_of_another_operation_that_was_added(target: Target, extra: str) -> None:
    """T05. No write takes it, whoever signed."""
    request = url(target)
    target.takes(request)
    target.refuses(request.asking(extra), (400, "InvalidArgument"))
    target.takes(target.signer.presign(target.request("PUT", "k", "x-id=PutObject", body=b"meow")))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Amz-Expires", "604800"),
        ("X-Amz-Date", "20990101T000000Z"),
        ("X-Amz-Credential", "AKIAOTHER/20260101/us-east-1/s3/aws4_request"),
        ("X-Amz-SignedHeaders", "host;x"),
        ("X-Amz-Signature", "0" * 64),
        ("X-Amz-Algorithm", "none"),
    ],
)
def test_t05_a_parameter_of_the_signature_that_stands_twice(target: Target, name: str, value: str) -> None:
    """T05. The first one counts, as on AWS; a second one is not signed, and spoils the signature."""
    request = url(target)
    target.takes(request)
    behind = request.asking(f"{name}={value}")
    before = dataclasses.replace(request, query=(f"{name}={value}", *request.query))
    if name == "X-Amz-Signature":
        # Signatures are what is not signed: a second one has no effect, a first one is the one that counts.
        target.takes(behind)
    else:
        target.refuses(behind, MISMATCH)
    wrong = (400, "InvalidRequest"), MALFORMED, (403, "InvalidAccessKeyId"), (403, "AccessDenied")
    target.refuses(before, MISMATCH, *wrong)
