"""Requests as clients send them, signed ahead with botocore's signers, so that the load costs little while it
runs.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from benchmarks.load import Sent

REGION = "us-east-1"
FORM = "application/x-www-form-urlencoded; charset=utf-8"
# What boto3 sends beside what it signs with: the same request as a real client's, and a longer head.
BOTO3: Mapping[str, str] = {
    "Accept-Encoding": "identity",
    "User-Agent": "Boto3/1.42.0 md/Botocore#1.42.0 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.11 "
    "md/pyimpl#CPython m/b,Z,D,e cfg/retry-mode#legacy Botocore/1.42.0",
    "amz-sdk-invocation-id": "3c1f0f6b-3f0c-4f3e-9f0a-8e1c0a6f9b1d",
    "amz-sdk-request": "attempt=1",
    "x-amz-checksum-mode": "ENABLED",
}


@dataclass(frozen=True, slots=True)
class Keys:
    """Credentials."""

    id: str
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


def s3(
    port: int,
    keys: Keys,
    method: str,
    target: str,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
) -> Sent:
    """An S3 request with its signature in the header, over its body's hash."""
    signer = S3SigV4Auth(_credentials(keys), "s3", REGION)
    return _signed(signer, port, method, target, body, headers or {})


def sts(port: int, keys: Keys, parameters: Mapping[str, str]) -> Sent:
    """A call to STS."""
    signer = SigV4Auth(_credentials(keys), "sts", REGION)
    body = urlencode({"Version": "2011-06-15", **parameters}).encode()
    return _signed(signer, port, "POST", "/", body, {"Content-Type": FORM})


def iam(port: int, keys: Keys, parameters: Mapping[str, str]) -> Sent:
    """A call to IAM."""
    signer = SigV4Auth(_credentials(keys), "iam", REGION)
    body = urlencode({"Version": "2010-05-08", **parameters}).encode()
    return _signed(signer, port, "POST", "/", body, {"Content-Type": FORM})


def plain(port: int, target: str) -> Sent:
    """A request without a signature, for the server that knows none."""
    return _rendered("GET", target, {"Host": f"127.0.0.1:{port}"}, b"")


def _credentials(keys: Keys) -> Credentials:
    return Credentials(keys.id, keys.secret, keys.token)


def _signed(
    signer: SigV4Auth, port: int, method: str, target: str, body: bytes, headers: Mapping[str, str]
) -> Sent:
    url = f"http://127.0.0.1:{port}{target}"
    request = AWSRequest(method=method, url=url, data=body, headers=dict(headers))
    if "Content-Type" not in headers:
        request.headers["X-Amz-Content-SHA256"] = hashlib.sha256(body).hexdigest()
    signer.add_auth(request)
    sent = {"Host": f"127.0.0.1:{port}", **dict(request.headers.items())}
    return _rendered(method, target, sent, body)


def _rendered(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Sent:
    if body or method != "GET":
        headers = {**headers, "Content-Length": str(len(body))}
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    head = "\r\n".join([*lines, "", ""]).encode()
    return Sent(head + body) if len(body) < 65536 else Sent(head, body)
