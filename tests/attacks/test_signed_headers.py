"""T04: what is signed counts, what is not signed is refused, and nothing can be slipped in beside it."""

import dataclasses

import pytest
from tests.attacks.fix_target import Target

MISMATCH = (403, "SignatureDoesNotMatch")
LOOSE = (403, "AccessDenied")
TOKENLESS = {"x-amz-meta-a": "b", "x-amz-acl": "bucket-owner-full-control", "x-amz-storage-class": "STANDARD"}


@pytest.mark.parametrize("place", ["header", "query"])
@pytest.mark.parametrize("name", ["host", *TOKENLESS, "x-amz-date"])
def test_t04_a_header_that_must_be_signed(target: Target, name: str, place: str) -> None:
    """T04. The signature is right, but leaves out one header that it has to cover (S3, error responses)."""
    request = target.request("PUT", "k", body=b"meow", headers=tuple(TOKENLESS.items()))
    if place == "query" and name == "x-amz-date":
        request = request.also(("x-amz-date", target.signer.moment))
    loose = dataclasses.replace(target.signer, loose=frozenset({name}))
    if place == "header":
        target.takes(target.signer.sign(request))
        target.refuses(loose.sign(request), LOOSE)
        reply = target.send(loose.sign(request))
    else:
        target.takes(target.signer.presign(request))
        target.refuses(loose.presign(request), LOOSE)
        reply = target.send(loose.presign(request))
    assert b"There were headers present in the request which were not signed" in reply.body
    assert f"<HeadersNotSigned>{name}</HeadersNotSigned>".encode() in reply.body


@pytest.mark.parametrize("name", TOKENLESS)
def test_t04_a_header_that_came_after_the_signature(target: Target, name: str) -> None:
    """T04. Added on the way, in the header's form and the query's."""
    request = target.request("PUT", "k", body=b"meow")
    for signed in (target.signer.sign(request), target.signer.presign(request)):
        target.takes(signed)
        target.refuses(signed.also((name, TOKENLESS[name])), LOOSE)


def test_t04_the_payload_hash_need_not_be_signed_but_must_be_true(target: Target) -> None:
    """T04. It is part of what is signed in any case, whether or not its header is."""
    signer = dataclasses.replace(target.signer, loose=frozenset({"x-amz-content-sha256"}))
    request = target.request("PUT", "k", body=b"meow")
    signed = signer.sign(request)
    assert "x-amz-content-sha256" not in signed.header("authorization")
    target.takes(signed)
    target.refuses(signed.instead("x-amz-content-sha256", lambda _: "UNSIGNED-PAYLOAD"), MISMATCH)
    target.refuses(signed.instead("x-amz-content-sha256", lambda _: "0" * 64), MISMATCH)
    presigned = signer.presign(request)
    target.takes(presigned)
    target.takes(presigned.also(("x-amz-content-sha256", "UNSIGNED-PAYLOAD")))
    target.refuses(presigned.also(("x-amz-content-sha256", "0" * 64)), MISMATCH)


@pytest.mark.parametrize("name", ["x-amz-meta-a", "content-type", "cache-control"])
def test_t04_a_promised_header_that_does_not_come(target: Target, name: str) -> None:
    """T04. It counts as empty, so that the signature does not match."""
    request = target.request("PUT", "k", body=b"meow")
    promising = dataclasses.replace(target.signer, promised=((name, "text/plain"),))
    sent = (name, "text/plain")
    for signed in (promising.presign(request), promising.sign(request)):
        target.takes(signed.also(sent))
        target.refuses(signed, MISMATCH)
        target.refuses(signed.also((name, "text/html")), MISMATCH)


@pytest.mark.parametrize("name", ["x-amz-meta-a", "content-type", "x-amz-acl"])
def test_t04_a_signed_header_that_comes_twice(target: Target, name: str) -> None:
    """T04. All of its values are signed, in their order, and no second one slips in before or behind."""
    request = target.request("PUT", "k", body=b"meow", headers=((name, "private"),))
    for signed in (target.signer.sign(request), target.signer.presign(request)):
        target.takes(signed)
        target.refuses(signed.also((name, "public-read")), MISMATCH)
        before = dataclasses.replace(signed, headers=((name, "public-read"), *signed.headers))
        target.refuses(before, MISMATCH)


def test_t04_a_second_host(target: Target) -> None:
    """T04. Refused before anybody looks at the signature."""
    signed = target.signer.sign(target.request("PUT", "k", body=b"meow"))
    target.takes(signed)
    target.refuses(signed.also(("Host", "evil.example")), (400, "BadRequest"))
    target.refuses(signed.instead("host", lambda _: "evil.example"), MISMATCH)
