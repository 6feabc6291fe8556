"""T55: whatever bytes arrive, the server answers soon, without failing and without growing.

What is derived from a request that is well formed is signed after it was spoilt, to get past the door.
`DEPUTIZE_FUZZ_EXAMPLES` is the number of examples of each test (40, always the same ones; `make soak` runs
thousands, new ones each time).
"""

import dataclasses
import json
import os
import resource
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.access.harness import policy, statement, trust
from tests.attacks.fix_target import KEPT, Target
from tests.attacks.test_metacharacters import filled
from tests.attacks.wire import Request, host
from tests.conformance.http_edge import replies
from tests.conformance.test_uploads_in_chunks import CRC32, crc32
from tests.property import botocore_wire
from tests.property.shape_values import for_botocore
from tests.unit.protocol.test_sigv4_stream import signed, unsigned

from deputize import app
from deputize.protocol.model import load
from deputize.protocol.sigv4_stream import SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER

EXAMPLES = os.environ.get("DEPUTIZE_FUZZ_EXAMPLES")
FUZZ = settings(
    max_examples=int(EXAMPLES or 40),
    derandomize=EXAMPLES is None,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
# Answers take at most so long (seconds), and the server grows by at most so much over a test (KiB).
HANG = 1.0
GROWTH = 96 * 1024
FORM = ("Content-Type", "application/x-www-form-urlencoded")

BYTES = [
    b"\x00",
    b"\r\n",
    b"\n",
    b"\r",
    b"\t",
    b" ",
    b"\x7f",
    b"\xff",
    b"\xc0\xaf",
    b"%",
    b"%00",
    b"%ff",
    b"a",
]
LINES = [
    *(b"GET ", b"PUT ", b"/", b" HTTP/1.1", b" HTTP/1.0", b"?", b"#", b"http://a", b"*", b"HTTP/2.0", b"PRI"),
    *(
        b"Host: a\r\n",
        b"Content-Length: 5\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Expect: 100-continue\r\n",
    ),
    *(
        b"Connection: upgrade\r\n",
        b"X-Amz-Date: x\r\n",
        b"x-amz-content-sha256: UNSIGNED-PAYLOAD\r\n",
        b": \r\n",
    ),
    *(b"Authorization: AWS4-HMAC-SHA256 Credential=", b"X-Amz-Signature=", b"X-Amz-Expires=-1", b"A" * 9000),
]
CHUNKS = [
    *(b"0", b"1", b"2000", b"ffffffff", b"fffffffff", b"-1", b"+1", b";", b";chunk-signature=", b"0\r\n\r\n"),
    *(b"x-amz-checksum-crc32:", b"x-amz-trailer-signature:", b"0" * 64, b":", b"=" * 300),
]
PAIRS = [
    *(
        b"&",
        b"=",
        b"+",
        b"Action=",
        b"Version=2011-06-15",
        b"Tags.member.1.Key=",
        b".member.",
        b"member.999999999",
    ),
    *(b".1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1", b"Tags.entry.1", b"%C3%28", b"Tags.member.0", b"PolicyArns"),
]
XML = [
    *(
        b"<",
        b">",
        b"</",
        b"/>",
        b"<a>",
        b"</a>",
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"&amp;",
        b"&#0;",
        b"&#x110000;",
    ),
    *(
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
        b"&b;",
        b"<?xml version='1.1' encoding='UTF-16'?>",
        b"\xef\xbb\xbf",
        b"\xfe\xff",
    ),
    *(
        b" xmlns='x'",
        b" xmlns:xsi='x' xsi:type='Group'",
        b"<Key>",
        b"</Key>",
        b"<Object>",
        b"</Object>",
        b"<a>" * 40,
    ),
]
JSON = [
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b'"',
        b"null",
        b"true",
        b"NaN",
        b"1e999",
        b"-0",
        b"9" * 400,
        b"\\ud800",
    ),
    *(
        b'"Effect"',
        b'"Condition"',
        b'"StringLike"',
        b'"${aws:username}"',
        b'"*"',
        b"[" * 3000,
        b'{"a":' * 3000,
    ),
    *(
        b'"NotAction"',
        b'"Principal"',
        b'"AWS"',
        b"\\u0000",
        b"*?" * 200,
        b'"Date"',
        b'"IpAddress"',
        b'"::/129"',
    ),
]


@st.composite
def spoilt(draw: st.DrawFn, seeds: list[bytes], pieces: list[bytes]) -> bytes:
    """One of `seeds` with some places changed, by what its grammar knows and by what it does not."""
    raw = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(1, 4))):
        at, width = draw(st.integers(0, len(raw))), draw(st.integers(0, 24))
        piece = draw(st.sampled_from(pieces + BYTES) | st.binary(max_size=6))
        match draw(st.sampled_from(["insert", "replace", "delete", "repeat", "cut", "flip"])):
            case "insert":
                raw[at:at] = piece
            case "replace":
                raw[at : at + width] = piece
            case "delete":
                del raw[at : at + width]
            case "repeat":
                raw[at:at] = raw[at : at + width] * draw(st.integers(1, 60))
            case "cut":
                del raw[at:]
            case _ if at < len(raw):
                raw[at] ^= 1 << draw(st.integers(0, 7))
    return bytes(raw)


def survives(target: Target, raw: bytes) -> None:
    """Every answer is one, comes soon, and is no failure. What is slow must be slow again to count."""
    began = time.monotonic()
    answer = target.world.raw(raw)
    if time.monotonic() - began > HANG:
        began = time.monotonic()
        answer = target.world.raw(raw)
        assert time.monotonic() - began < HANG
    if raw.lstrip(b"\r\n").startswith(b"HEAD") or not answer:
        return
    for reply in replies(answer.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b"")):
        assert reply.status < 500 or reply.status in (501, 505), reply


@pytest.fixture(autouse=True, scope="module")
def bounded(target: Target) -> Iterator[None]:
    """After all of them the server is as it was: it answers, and has not grown."""
    target.world.client("iam", target.account.admin).create_user(UserName="fuzzed")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    target.world.client("s3", target.account.root).delete_bucket_policy(Bucket=target.bucket)
    assert target.send(target.signer.sign(target.request("GET", "kept"))).body == KEPT
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GROWTH


@FUZZ
@given(raw=st.binary(max_size=400) | spoilt([b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"], LINES))
def test_t55_request_lines_and_heads(target: Target, raw: bytes) -> None:
    """T55. Noise, and heads that are nearly right, from strangers."""
    survives(target, raw)


@FUZZ
@given(data=st.data())
def test_t55_heads_that_were_signed(target: Target, data: st.DataObject) -> None:
    """T55. A signed request, in both forms, with something in its head changed."""
    request = target.request(
        "PUT", "fuzz", body=b"meow", headers=(("x-amz-meta-a", "b"), ("Expect", "100-continue"))
    )
    seeds = [target.signer.sign(request).raw(), target.signer.presign(request).raw()]
    survives(target, data.draw(spoilt(seeds, LINES)))


@FUZZ
@given(data=st.data())
@pytest.mark.parametrize("form", [SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER])
def test_t55_chunks(target: Target, form: str, data: st.DataObject) -> None:
    """T55. A body in aws-chunked form, behind a head that is right."""
    content, chunks = b"a" * 8192 + b"b" * 9, [b"a" * 8192, b"b" * 9]
    request = target.request("PUT", "fuzz").also(("x-amz-decoded-content-length", str(len(content))))
    if form != SIGNED:
        request = request.also(("x-amz-trailer", CRC32))
    head = target.signer.sign(request, form)
    trailer = f"{CRC32}:{crc32(content)}\n".encode()
    if form == UNSIGNED_TRAILER:
        seed = unsigned(chunks, trailer.replace(b"\n", b"\r\n"))
    else:
        seed = signed(chunks, target.signer.chain(head), trailer if form == SIGNED_TRAILER else b"")
    survives(target, dataclasses.replace(head, body=data.draw(spoilt([seed], CHUNKS))).raw())


@FUZZ
@given(raw=spoilt([b"5;a=b\r\nmeow!\r\n3\r\nabc\r\n0\r\nx-a: b\r\n\r\n"], CHUNKS))
def test_t55_transfer_encoding(target: Target, raw: bytes) -> None:
    """T55. The same of HTTP's own chunks."""
    head = Request(
        "POST", "/", headers=(host(target.world), FORM, ("Transfer-Encoding", "chunked")), body=raw
    )
    survives(target, head.raw())


ASSUME = b"Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::123456789012:role/a&RoleSessionName=b"
FORMS = [
    ASSUME + b"&Tags.member.1.Key=a&Tags.member.1.Value=b&TransitiveTagKeys.member.1=a&DurationSeconds=900",
    b"Action=GetCallerIdentity&Version=2011-06-15",
]


@FUZZ
@given(body=st.binary(max_size=60) | spoilt(FORMS, PAIRS), in_query=st.booleans())
def test_t55_query_forms(target: Target, body: bytes, in_query: bool) -> None:
    """T55. A form whose hash was signed, in the body; and as a query that nobody signed."""
    if in_query:
        target_ = body.decode("latin-1").replace(" ", "+").replace("\n", "").replace("\r", "")
        survives(target, Request("GET", "/", (target_,), (host(target.world),)).raw())
        return
    signer = dataclasses.replace(target.signer, service="sts")
    survives(target, signer.sign(Request("POST", "/", headers=(host(target.world), FORM), body=body)).raw())


def with_xml() -> list[str]:
    """The offered operations whose body is XML."""
    found = []
    for name in app.services()["s3"].operations:
        shape = load("s3").operations[name].input
        if (
            shape is not None
            and shape.payload is not None
            and shape.members[shape.payload].shape.type == "structure"
        ):
            found.append(name)
    return found


def xml_request(target: Target, name: str) -> Request:
    """One with every element of the operation's body."""
    shape = load("s3").operations[name].input
    assert shape is not None
    known: dict[str, Any] = {"Bucket": target.bucket, "Key": "fuzz", "UploadId": "none"}
    params = {
        one: known.get(one) or filled(member.shape, "a")
        for one, member in shape.members.items()
        if one in shape.required or one == shape.payload
    }
    head, body = botocore_wire.written("s3", name, for_botocore(shape, params))
    return Request(head.method, head.path, tuple(head.query.split("&")), (host(target.world),), body)


@FUZZ
@given(data=st.data())
@pytest.mark.parametrize("name", with_xml())
def test_t55_xml(target: Target, name: str, data: st.DataObject) -> None:
    """T55. Each body of XML that S3 takes."""
    request = xml_request(target, name)
    assert request.body.startswith(b"<"), request
    spoilt_body = data.draw(spoilt([request.body], XML))
    survives(target, target.signer.sign(dataclasses.replace(request, body=spoilt_body)).raw())


POLICIES = [
    json.dumps(policy(statement("Allow", ["s3:Get*", "iam:*"], "arn:aws:s3:::${aws:username}/*"))).encode(),
    b'{"Version": "2012-10-17", "Id": "x", "Statement": {"Sid": "a", "Effect": "Deny", "NotAction": "s3:*", '
    b'"NotResource": ["*"], "Condition": {"ForAllValues:StringLike": {"aws:TagKeys": ["a*", "?"]}, '
    b'"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "DateLessThan": {"aws:CurrentTime": "2026-01-01"}}}}',
    trust("123456789012").encode(),
]
TAKERS = {
    "PutBucketPolicy": "",
    "PutUserPolicy": "Action=PutUserPolicy&Version=2010-05-08&UserName=fuzzed&PolicyName=a&PolicyDocument=",
    "CreatePolicy": "Action=CreatePolicy&Version=2010-05-08&PolicyName=fuzz&PolicyDocument=",
    "CreateRole": "Action=CreateRole&Version=2010-05-08&RoleName=fuzz&AssumeRolePolicyDocument=",
    "AssumeRole": ASSUME.decode() + "&Policy=",
}


@FUZZ
@given(text=st.binary(max_size=60) | spoilt(POLICIES, JSON))
@pytest.mark.parametrize("taker", TAKERS)
def test_t55_policies(target: Target, taker: str, text: bytes) -> None:
    """T55. Each operation that takes a policy document; what is taken is evaluated by the next request."""
    if taker == "PutBucketPolicy":
        request = target.request("PUT", "", "policy", body=text)
        survives(target, target.signer.sign(request).raw())
        survives(target, target.signer.sign(target.request("GET", "kept")).raw())
        return
    body = TAKERS[taker].encode() + b"".join(b"%%%02x" % byte for byte in text)
    signer = dataclasses.replace(target.signer, service="sts" if taker == "AssumeRole" else "iam")
    request = Request("POST", "/", headers=(host(target.world), FORM), body=body)
    survives(target, signer.sign(request).raw())
    survives(target, target.signer.sign(target.request("GET", "kept")).raw())
