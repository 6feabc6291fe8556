"""Bodies in chunks: AWS's documented example, and everything that can be wrong with one."""

import hashlib
import hmac
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deputize.errors import ApiError
from deputize.protocol.auth_errors import AuthProblem, Problem
from deputize.protocol.message import Head
from deputize.protocol.sigv4_stream import (
    EMPTY_SHA256,
    SIGNED,
    SIGNED_TRAILER,
    UNSIGNED_TRAILER,
    Chain,
    ChunkedPayload,
    Form,
    form_of,
)
from deputize.protocol.sigv4_verify import signing_key

# S3 API, "Signature calculations for the Authorization header: transferring payload in multiple chunks".
EXAMPLE_KEY = signing_key("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "20130524", "us-east-1", "s3")
EXAMPLE = Chain(
    sign=lambda text: hmac.digest(EXAMPLE_KEY, text.encode(), "sha256").hex(),
    moment="20130524T000000Z",
    scope="20130524/us-east-1/s3/aws4_request",
    seed="4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
)
EXAMPLE_SIGNATURES = (
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
)


def signed(chunks: list[bytes], chain: Chain = EXAMPLE, trailers: bytes = b"") -> bytes:
    """A body in signed chunks, made independently of the decoder; `trailers` are lines `name:value\\n`."""
    previous, body = chain.seed, b""
    for chunk in [*chunks, b""]:
        hashes = f"{EMPTY_SHA256}\n{hashlib.sha256(chunk).hexdigest()}"
        previous = chain.sign(
            f"AWS4-HMAC-SHA256-PAYLOAD\n{chain.moment}\n{chain.scope}\n{previous}\n{hashes}"
        )
        body += b"%x;chunk-signature=%s\r\n" % (len(chunk), previous.encode())
        body += chunk + b"\r\n" if chunk else b""
    if trailers:
        digest = hashlib.sha256(trailers).hexdigest()
        signature = chain.sign(
            f"AWS4-HMAC-SHA256-TRAILER\n{chain.moment}\n{chain.scope}\n{previous}\n{digest}"
        )
        body += trailers.replace(b"\n", b"\r\n") + b"x-amz-trailer-signature:%s\r\n" % signature.encode()
    return body + b"\r\n"


def decoded(
    body: bytes, form: Form, chain: Chain | None, piece: int = 1 << 20
) -> tuple[bytes, dict[str, str]]:
    payload = ChunkedPayload(form, chain)
    parts = [part for at in range(0, len(body), piece) for part in payload.feed(body[at : at + piece])]
    return b"".join(parts), dict(payload.finish())


def refused(body: bytes, form: Form, chain: Chain | None) -> str:
    with pytest.raises((ApiError, AuthProblem)) as caught:
        decoded(body, form, chain)
    match caught.value:
        case ApiError() as error:
            return error.code
        case AuthProblem() as problem:
            return problem.problem.name
    raise caught.value


CONTENT = [b"a" * 65536, b"a" * 1024]
FORM = Form(SIGNED, 66560, frozenset())
WITH_TRAILER = Form(SIGNED_TRAILER, 66560, frozenset({"x-amz-checksum-crc32c"}))
TRAILER = b"x-amz-checksum-crc32c:sOO8/Q==\n"


def test_the_documented_example() -> None:
    body = signed(CONTENT)
    for signature in EXAMPLE_SIGNATURES:
        assert signature.encode() in body
    assert len(body) == 66824
    assert decoded(body, FORM, EXAMPLE) == (b"".join(CONTENT), {})


def test_the_documented_example_with_a_trailer() -> None:
    body = signed(CONTENT, trailers=TRAILER)
    expected = (b"".join(CONTENT), {"x-amz-checksum-crc32c": "sOO8/Q=="})
    assert decoded(body, WITH_TRAILER, EXAMPLE) == expected


def unsigned(chunks: list[bytes], trailers: bytes = b"x-amz-checksum-crc32:AAAAAA==\r\n") -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n" + trailers + b"\r\n"


UNSIGNED_FORM = Form(UNSIGNED_TRAILER, 6, frozenset({"x-amz-checksum-crc32"}))


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=5), st.integers(1, 20))
def test_unsigned_chunks_cut_anywhere(chunks: list[bytes], piece: int) -> None:
    form = replace(UNSIGNED_FORM, length=sum(map(len, chunks)))
    content, trailers = decoded(unsigned(chunks), form, None, piece)
    assert content == b"".join(chunks)
    assert trailers == {"x-amz-checksum-crc32": "AAAAAA=="}


@given(st.integers(0, 66824 - 1), st.integers(0, 7))
def test_one_changed_bit_of_a_signed_body_is_enough(at: int, bit: int) -> None:
    body = bytearray(signed(CONTENT))
    body[at] ^= 1 << bit
    if body.lower() == signed(CONTENT).lower():
        return  # the size of a chunk may be written in either case
    with pytest.raises((ApiError, AuthProblem)):
        decoded(bytes(body), FORM, EXAMPLE)


def test_a_changed_trailer_or_its_signature() -> None:
    body = signed(CONTENT, trailers=TRAILER)
    assert (
        refused(body.replace(b"sOO8/Q==", b"sOO9/Q=="), WITH_TRAILER, EXAMPLE) == Problem.BAD_SIGNATURE.name
    )
    cut = body.rfind(b"x-amz-trailer-signature")
    assert refused(body[:cut] + b"\r\n", WITH_TRAILER, EXAMPLE) == Problem.BAD_SIGNATURE.name
    assert refused(signed(CONTENT), WITH_TRAILER, EXAMPLE) == "MalformedTrailerError"


def test_chunks_in_another_order_or_left_out() -> None:
    first, second = b"a" * 8192, b"b" * 8192
    form = replace(FORM, length=16384)
    body = signed([first, second])
    middle = body.find(b"\r\n2000;") + 2
    last = body.rfind(b"0;chunk-signature")
    swapped = body[middle:last] + body[:middle] + body[last:]
    assert refused(swapped, form, EXAMPLE) == Problem.BAD_SIGNATURE.name
    assert refused(body[:middle] + body[last:], form, EXAMPLE) == "IncompleteBody"
    assert refused(body[:last], form, EXAMPLE) == "IncompleteBody"
    assert refused(body + b"x", form, EXAMPLE) == "MalformedTrailerError"
    assert refused(body, replace(form, length=16383), EXAMPLE) == "IncompleteBody"
    assert refused(body, replace(form, length=16385), EXAMPLE) == "IncompleteBody"


def test_only_the_last_signed_chunk_may_be_small() -> None:
    form = replace(FORM, length=20)
    assert refused(signed([b"a" * 10, b"b" * 10]), form, EXAMPLE) == "InvalidChunkSizeError"
    assert decoded(signed([b"a" * 20]), form, EXAMPLE)[0] == b"a" * 20


@pytest.mark.parametrize(
    "body",
    [
        b"+6\r\nabcdef\r\n0\r\n\r\n",
        b"0x6\r\nabcdef\r\n0\r\n\r\n",
        b"6;\r\nabcdef\r\n0\r\n\r\n",
        b"000000006\r\nabcdef\r\n0\r\n\r\n",
        b"6 \r\nabcdef\r\n0\r\n\r\n",
        b"\r\nabcdef\r\n0\r\n\r\n",
        b"-6\r\nabcdef\r\n0\r\n\r\n",
        b"6\nabcdef\n0\n\n",
        b"6\r\nabcdefg\r\n0\r\n\r\n",
        b"6" * 300,
        b"6\r\nabcdef\r\n0\r\nx-other:1\r\n\r\n",
        b"6\r\nabcdef\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
        b"6\r\nabcdef\r\n0\r\nno trailer\r\n\r\n",
        b"6\r\nabcdef\r\n0\r\n\r\n",
        b"6\r\nabcdef\r\n0\r\n" + b"x" * 5000,
    ],
)
def test_what_is_no_chunk(body: bytes) -> None:
    assert refused(body, UNSIGNED_FORM, None) in ("MalformedTrailerError", "IncompleteBody")


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(body: bytes) -> None:
    for form, chain in ((UNSIGNED_FORM, None), (FORM, EXAMPLE)):
        with pytest.raises((ApiError, AuthProblem)):
            decoded(body, form, chain)


def head(**headers: str) -> Head:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Head("PUT", "/b/k", "", named, "127.0.0.1", False)


def test_what_the_head_says() -> None:
    assert form_of(head()) is None
    assert form_of(head(x_amz_content_sha256="UNSIGNED-PAYLOAD")) is None
    asked: dict[str, Any] = {"x_amz_content_sha256": UNSIGNED_TRAILER, "x_amz_decoded_content_length": "7"}
    assert form_of(head(**asked, x_amz_trailer="X-Amz-Checksum-CRC32")) == Form(
        UNSIGNED_TRAILER, 7, frozenset({"x-amz-checksum-crc32"})
    )


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "MissingContentLength"),
        ({"x_amz_decoded_content_length": "-1"}, "InvalidArgument"),
        ({"x_amz_decoded_content_length": "9223372036854775808"}, "InvalidArgument"),
        ({"x_amz_decoded_content_length": "1e3"}, "InvalidArgument"),
        (
            {"x_amz_decoded_content_length": "1", "x_amz_trailer": "x-amz-checksum-crc32"},
            "MalformedTrailerError",
        ),
    ],
)
def test_heads_that_cannot_be(headers: dict[str, str], code: str) -> None:
    with pytest.raises(ApiError) as caught:
        form_of(head(x_amz_content_sha256=SIGNED, **headers))
    assert caught.value.code == code
