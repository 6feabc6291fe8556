"""T14: signatures of other kinds are no signatures, however right they are; tests/conformance has the words
(test_authentication.py).
"""

import base64
import dataclasses
import email.utils
import hashlib
import hmac
import time

import pytest
from tests.attacks.fix_target import Target
from tests.attacks.wire import PATIENCE, Request, code_of
from tests.fix_world import World
from tests.state import unchanged

UNSUPPORTED = (400, "InvalidRequest")
MALFORMED = (400, "AuthorizationHeaderMalformed")


def signed_2(target: Target, method: str, digest: str = "sha1") -> Request:
    """A right signature of version 2 (S3 API, "Signing and authenticating REST requests")."""
    date = email.utils.formatdate(target.world.clock.now, usegmt=True)
    to_sign = f"{method}\n\n\n{date}\n/{target.bucket}/kept".encode()
    mac = hmac.digest(target.account.admin.secret.encode(), to_sign, digest)
    said = f"AWS {target.account.admin.id}:{base64.b64encode(mac).decode()}"
    return target.request(method, "kept", headers=(("Date", date), ("Authorization", said)))


@pytest.mark.parametrize("digest", ["sha1", "sha256"])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "GET"])
def test_t14_version_2_in_the_header(target: Target, method: str, digest: str) -> None:
    """T14. Right in every byte, and not offered."""
    target.takes(target.signer.sign(target.request("GET", "kept")))
    target.refuses(signed_2(target, method, digest), UNSUPPORTED)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "GET"])
def test_t14_version_2_in_the_query(target: Target, method: str) -> None:
    """T14. A presigned URL of version 2."""
    expires = int(target.world.clock.now) + 300
    to_sign = f"{method}\n\n\n{expires}\n/{target.bucket}/kept".encode()
    mac = base64.b16encode(hmac.digest(target.account.admin.secret.encode(), to_sign, "sha1")).decode()
    said = (f"AWSAccessKeyId={target.account.admin.id}", f"Signature={mac}", f"Expires={expires}")
    for query in (said, said[:1], said[1:2]):
        target.refuses(target.request(method, "kept", *query), UNSUPPORTED)


@pytest.mark.parametrize(
    "said",
    [
        "",
        " ",
        "AWS4-ECDSA-P256-SHA256 Credential={id}/{day}/s3/aws4_request, SignedHeaders=host, Signature={mac}",
        "AWS4-HMAC-SHA1 Credential={id}/{day}/us-east-1/s3/aws4_request, SignedHeaders=host, Signature={mac}",
        "aws4-hmac-sha256 Credential={id}/{day}/us-east-1/s3/aws4_request, SignedHeaders=host,"
        " Signature={mac}",
        "AWS3-HTTPS AWSAccessKeyId={id},Algorithm=HmacSHA256,Signature={mac}",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 ",
        "AWS4-HMAC-SHA256 Credential={id}, SignedHeaders=, Signature=",
        "AWS4-HMAC-SHA256 Credential={id}/{day}/us-east-1/s3/aws4_request, SignedHeaders=host",
        "AWS4-HMAC-SHA256 Credential={id}/{day}/us-east-1/s3/aws4_request, Credential=x, SignedHeaders=host,"
        " Signature={mac}",
        "Basic {basic}",
        "Bearer {mac}",
        "Digest username={id}",
        "Negotiate {mac}",
        "{id}:{mac}",
        "\xff\xfe",
    ],
)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_t14_other_words_in_the_header(target: Target, said: str, method: str) -> None:
    """T14. Never taken for a caller without a signature, and never for one with a right one."""
    admin = target.account.admin
    basic = base64.b64encode(f"{admin.id}:{admin.secret}".encode()).decode()
    values = {"id": admin.id, "day": target.signer.moment[:8], "mac": "0" * 64, "basic": basic}
    value = said.format(**values)
    request = target.request(method, "kept", headers=(("Authorization", value),))
    request = request.also(
        ("x-amz-date", target.signer.moment), ("x-amz-content-sha256", hashlib.sha256().hexdigest())
    )
    target.refuses(request, UNSUPPORTED, MALFORMED)


@pytest.mark.parametrize("size", [16_000, 20_000, 1_000_000])
@pytest.mark.parametrize("fill", ["a", ",", "=", "/", ";", " ", "Credential=", "%41"])
def test_t14_an_endless_authorization(world: World, size: int, fill: str) -> None:
    """T14. Refused at once: beyond the head's limit unread, below it by one pass over it."""
    words = f"AWS4-HMAC-SHA256 Credential={fill * (size // len(fill))}"
    request = Request("GET", "/", headers=(("Host", "a"), ("Authorization", words)))
    began = time.monotonic()
    with unchanged(world):
        raw = world.raw(request.raw())
    assert time.monotonic() - began < PATIENCE / 10
    assert raw.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 ")), raw[:300]


def test_t14_session_tokens_in_other_places(target: Target) -> None:
    """T14. A token alone is no signature either."""
    session = target.world.client("sts", target.account.admin).get_session_token()["Credentials"]
    request = target.request("DELETE", "kept").also(("x-amz-security-token", session["SessionToken"]))
    target.refuses(request, (403, "AccessDenied"))
    reply = target.send(dataclasses.replace(request, method="GET"))
    assert (reply.status, code_of(reply)) == (403, "AccessDenied")
