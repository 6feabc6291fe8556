"""T08: what a request promises of its body is compared with the body, and nothing is kept that breaks it.

The promises one by one stand in tests/conformance/test_uploads.py.
"""

import base64
import dataclasses
import hashlib

import pytest
from tests.attacks.fix_target import Target
from tests.attacks.wire import UNSIGNED, Request

MISMATCH = (403, "SignatureDoesNotMatch")
SMALL, LARGE = b"meow" * 8, bytes(range(256)) * 256


@pytest.mark.parametrize("body", [SMALL, LARGE], ids=["inline", "file"])
@pytest.mark.parametrize("place", ["sign", "presign"])
def test_t08_a_payload_hash_that_is_not_the_bodys(target: Target, body: bytes, place: str) -> None:
    """T08. Signed, so that the signature holds; the body is another, a shorter, a longer one."""
    stated = hashlib.sha256(body).hexdigest()
    request = target.request("PUT", "k", body=body)
    if place == "presign":
        request = target.signer.presign(request.also(("x-amz-content-sha256", stated)), payload=stated)
    else:
        request = target.signer.sign(request)
    target.takes(request)
    for other in (body[::-1], body[:-1], body + b"x", b"", bytes([body[0] ^ 1]) + body[1:]):
        target.refuses(dataclasses.replace(request, body=other), (400, "XAmzContentSHA256Mismatch"))


@pytest.mark.parametrize("body", [SMALL, LARGE], ids=["inline", "file"])
def test_t08_a_signed_hash_told_as_unsigned(target: Target, body: bytes) -> None:
    """T08. And the other way round: the word in the header is what is signed."""
    stated = hashlib.sha256(body).hexdigest()
    for payload, told in ((stated, UNSIGNED), (UNSIGNED, stated)):
        request = dataclasses.replace(target.signer.sign(target.request("PUT", "k"), payload), body=body)
        target.takes(request)
        target.refuses(request.instead("x-amz-content-sha256", {payload: told}.__getitem__), MISMATCH)


@pytest.mark.parametrize("body", [SMALL, LARGE], ids=["inline", "file"])
def test_t08_digests_of_another_body(target: Target, body: bytes) -> None:
    """T08. Content-MD5 and every checksum, with and without a signed hash."""
    true = {
        "content-md5": hashlib.md5(body, usedforsecurity=False).digest(),
        "x-amz-checksum-sha1": hashlib.sha1(body, usedforsecurity=False).digest(),
        "x-amz-checksum-sha256": hashlib.sha256(body).digest(),
    }
    for payload in (None, UNSIGNED):
        for name, digest in true.items():

            def said(value: bytes, name: str = name, payload: str | None = payload) -> Request:
                headers = ((name, base64.b64encode(value).decode()),)
                return target.signer.sign(target.request("PUT", "k", body=body, headers=headers), payload)

            right, wrong = said(digest), said(bytes([digest[0] ^ 1]) + digest[1:])
            target.takes(right)
            target.refuses(wrong, (400, "BadDigest"))
