"""Requests that botocore signed, as the server sees them: the independent source of the SigV4 tests."""

import datetime
from collections.abc import Iterable
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from deputize.protocol import sigv4
from deputize.protocol.message import Head
from deputize.protocol.sigv4 import Claim
from deputize.protocol.sigv4_verify import signing_key, verify

KEY = "AKIDEXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "FwoGZXIvYXdzE/+="
HOST = "127.0.0.1:4566"
# 2015-08-30 12:36:00 UTC, the moment of AWS's examples.
NOW = datetime.datetime(2015, 8, 30, 12, 36, 0, tzinfo=datetime.UTC)
NOW_SECONDS = NOW.timestamp()
EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def head(
    method: str = "GET", target: str = "/", headers: Iterable[tuple[str, str]] = (), *, secure: bool = False
) -> Head:
    """A head as the HTTP edge makes it of a request target and headers (latin-1 for raw bytes)."""
    path, _, query = target.partition("?")
    kept = tuple((name.lower(), value.strip(" \t")) for name, value in headers)
    return Head(method=method, path=path, query=query, headers=kept, peer="127.0.0.1", secure=secure)


def signed(
    service: str = "s3",
    method: str = "GET",
    target: str = "/",
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    *,
    region: str = "us-east-1",
    expires: int | None = None,
    token: str | None = None,
    secret: str = SECRET,
    at: datetime.datetime = NOW,
) -> Head:
    """A request that botocore signs at `at`: in the header, or presigned if `expires` is given."""
    request = AWSRequest(method=method, url=f"http://{HOST}{target}", data=body, headers=None)
    for name, value in headers:
        request.headers.add_header(name, value)
    with mock.patch("botocore.auth.get_current_datetime", lambda: at):
        _signer(service, region, expires, Credentials(KEY, secret, token)).add_auth(request)
    parts = urlsplit(request.url)
    target = parts.path + ("?" + parts.query if parts.query else "")
    wire = [
        (name, value.encode("utf-8").decode("latin-1") if isinstance(value, str) else value.decode("latin-1"))
        for name, value in request.headers.items()
    ]
    return head(method, target, [("host", HOST), *wire])


def _signer(service: str, region: str, expires: int | None, credentials: Credentials) -> Any:
    s3 = service == "s3"
    if expires is None:
        made = botocore.auth.S3SigV4Auth if s3 else botocore.auth.SigV4Auth
        return made(credentials, service, region)
    presigner = botocore.auth.S3SigV4QueryAuth if s3 else botocore.auth.SigV4QueryAuth
    return presigner(credentials, service, region, expires)


def claimed(request: Head, service: str = "s3") -> Claim:
    """What the request claims; it must claim something."""
    claim = sigv4.claim(request, service)
    assert claim is not None
    return claim


def check(
    request: Head, service: str = "s3", *, secret: str = SECRET, body_hash: str = EMPTY_SHA256
) -> Claim:
    """Verify the signature alone; raises what the server raises."""
    claim = claimed(request, service)
    key = signing_key(secret, claim.date, claim.region, claim.service)
    verify(claim, request, key, claim.payload or body_hash)
    return claim
