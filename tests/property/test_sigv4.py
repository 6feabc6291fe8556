"""SigV4 for any request: what botocore signs is taken, what is changed in meaning is not, and nothing that
comes in makes the server stumble.
"""

import dataclasses
from urllib.parse import quote

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.unit.protocol.signing import EMPTY_SHA256, HOST, NOW_SECONDS, SECRET, check, head, signed

from deputize.errors import ApiError
from deputize.protocol import sigv4
from deputize.protocol.auth_errors import AuthProblem, Problem, refusal
from deputize.protocol.message import Head
from deputize.protocol.sigv4_checks import check_scope, check_signed_headers, check_time
from deputize.protocol.sigv4_verify import signing_key, verify

MANY = settings(max_examples=150, deadline=None)
SERVICES = st.sampled_from(["s3", "iam", "sts"])
EXPIRES = st.one_of(st.none(), st.integers(1, 604800))
METHODS = st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD"])
# A slash within a key is signed as a slash, whoever writes it as an escape.
SEGMENTS = st.lists(st.binary(max_size=12).map(lambda raw: raw.replace(b"/", b"")), max_size=4)
WITH_SLASHES = st.lists(st.binary(max_size=12), max_size=4)
# Names that the presigner's own reader of queries keeps, and that ask for no authentication themselves.
NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=1, max_size=8).filter(
    lambda name: not name.lower().startswith("x-amz-") and name not in ("AWSAccessKeyId", "Signature")
)
TEXTS = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=8)
PARAMETERS = st.dictionaries(NAMES, TEXTS, max_size=4)
# As http clients can send them: what is visible, blanks and the bytes of UTF-8.
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=0x3FF, exclude_characters="\x7f"), max_size=12)
META = st.lists(
    st.tuples(st.from_regex(r"x-amz-meta-[a-z0-9]{1,4}", fullmatch=True), VALUES.filter(str.isprintable)),
    max_size=4,
)


def target_of(segments: list[bytes], parameters: dict[str, str]) -> str:
    path = "/" + "/".join(quote(segment, safe="-_.~") for segment in segments)
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in parameters.items()
    )
    return path + ("?" + query if query else "")


@given(SERVICES, METHODS, SEGMENTS, PARAMETERS, META, EXPIRES)
@MANY
def test_what_botocore_signs_is_taken(
    service: str,
    method: str,
    segments: list[bytes],
    parameters: dict[str, str],
    meta: list[tuple[str, str]],
    expires: int | None,
) -> None:
    assume(segments[:1] != [b""])  # `//host` would be another authority to botocore
    request = signed(service, method, target_of(segments, parameters), meta, expires=expires)
    claim = check(request, service)
    check_time(claim, NOW_SECONDS, service)
    check_scope(claim, service, "us-east-1", "aws")
    check_signed_headers(claim, request, service)


@given(
    st.one_of(
        st.tuples(SEGMENTS, WITH_SLASHES), SEGMENTS.map(lambda one: (one, [b"/".join(one)] if one else one))
    ),
    st.one_of(
        st.tuples(PARAMETERS, PARAMETERS), PARAMETERS.map(lambda one: (one, dict(reversed(one.items()))))
    ),
)
@MANY
def test_one_signature_is_for_one_key_and_one_query(
    paths: tuple[list[bytes], list[bytes]], queries: tuple[dict[str, str], dict[str, str]]
) -> None:
    """S3: moved to another path or query, it is taken exactly when these decode to the same."""
    (segments, others), (parameters, changed) = paths, queries
    assume(segments[:1] != [b""])
    request = signed(target=target_of(segments, parameters))
    moved = target_of(others, changed).partition("?")
    try:
        check(dataclasses.replace(request, path=moved[0], query=moved[2]))
        taken = True
    except AuthProblem as problem:
        assert problem.problem is Problem.BAD_SIGNATURE
        taken = False
    assert taken is (b"/".join(segments) == b"/".join(others) and parameters == changed)


@given(st.binary(min_size=1, max_size=40), st.integers(0, 2**16))
@MANY
def test_any_byte_of_the_authorization(noise: bytes, at: int) -> None:
    """Nothing that is written over a part of it leaves it right, but what means the same."""
    request = signed()
    value = request.get("authorization") or ""
    at %= len(value)
    spoilt = value[:at] + noise.decode("latin-1") + value[at + len(noise) :]
    assume(spoilt.split() != value.split())
    other = head("GET", "/", [pair for pair in request.headers if pair[0] != "authorization"])
    other = dataclasses.replace(other, headers=(*other.headers, ("authorization", spoilt)))
    try:
        claim = check(other)
    except AuthProblem as problem:
        assert refusal(problem, "s3").status in (400, 403)
    else:
        assert claim.access_key_id != "AKIDEXAMPLE"  # which only the secret's owner can make use of


WIRE = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=30)
AUTH_NAMES = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
    "X-Amz-Security-Token",
    "X-Amz-Content-Sha256",
]
AUTH_VALUES = st.sampled_from(
    [
        "",
        "AWS4-HMAC-SHA256",
        "A/20150830/us-east-1/s3/aws4_request",
        "A%2F20150830%2Fus-east-1%2Fiam%2Faws4_request",
        "20150830T123600Z",
        "60",
        "-1",
        "host",
        "host;x-amz-date",
        "0" * 64,
        "%0a%ff%",
        "UNSIGNED-PAYLOAD",
    ]
)
QUERIES = st.lists(st.tuples(st.sampled_from(AUTH_NAMES), st.one_of(AUTH_VALUES, WIRE)), max_size=9)
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "authorization",
                "x-amz-date",
                "date",
                "x-amz-content-sha256",
                "x-amz-security-token",
                "x-amz-acl",
            ]
        ),
        st.one_of(
            AUTH_VALUES,
            WIRE,
            st.builds(
                "AWS4-HMAC-SHA256 Credential={}, SignedHeaders={}, Signature={}".format,
                AUTH_VALUES,
                AUTH_VALUES,
                WIRE,
            ),
        ),
    ),
    max_size=5,
)


@given(SERVICES, WIRE, QUERIES, WIRE, HEADERS)
@settings(max_examples=400, deadline=None)
def test_whatever_comes_in_is_unsigned_or_refused(
    service: str, path: str, query: list[tuple[str, str]], more: str, headers: list[tuple[str, str]]
) -> None:
    """In words, and never by another exception; and what bears credentials is never nobody's."""
    text = "&".join([f"{name}={value}" for name, value in query] + [more])
    request = Head("GET", "/" + path, text, (("host", HOST), *headers), "127.0.0.1", False)
    try:
        claim = sigv4.claim(request, service)
        assert claim is not None or all(name != "authorization" for name, _ in headers)
        if claim is None:
            assert not any(name in AUTH_NAMES[:2] + AUTH_NAMES[5:6] for name, _ in query)
            return
        check_time(claim, NOW_SECONDS, service)
        check_scope(claim, service, "us-east-1")
        check_signed_headers(claim, request, service)
        key = signing_key(SECRET, claim.date, claim.region, claim.service)
        verify(claim, request, key, claim.payload or EMPTY_SHA256)
    except AuthProblem as problem:
        assert refusal(problem, service).status in (400, 403)
    except ApiError as error:
        assert error.status in (400, 501)
    else:
        raise AssertionError("a request that nobody signed was taken")
