"""T15, T16: nobody chooses the headers of somebody else's answer, and nothing that was stored or asked for
begins another header.
"""

import json
import re
from urllib.parse import quote, unquote

import pytest
from tests.attacks.fix_target import KEPT, Target
from tests.attacks.wire import Request, code_of, md5
from tests.conformance.fix_s3 import Shop
from tests.conformance.http_edge import Reply
from tests.conformance.test_s3_post import BOUNDARY, form, lasting, own_policy

OVERRIDES = ("type", "disposition", "encoding", "language")
PARAMETERS = [
    *(f"response-content-{one}" for one in OVERRIDES),
    "response-cache-control",
    "response-expires",
]
DATE = "Thu, 01 Jan 2026 00:00:00 GMT"
# What ends a header's line, or is taken for its end by somebody, as it stands in a URL.
ENDS = ["%0D%0A", "%0A", "%0D", "%00", "%7F", "%1B", "%0B"]
INJECTED = "x-injected: 1"


def overriding(target: Target, method: str, name: str) -> Request:
    value = DATE if name.endswith("expires") else "text/html"
    return target.request(method, "public/kept", f"{name}={quote(value, safe='')}")


@pytest.fixture(scope="module")
def public(target: Target) -> Target:
    """The same, whose objects below `public/` everybody may read."""
    target.s3.put_object(Bucket=target.bucket, Key="public/kept", Body=KEPT)
    target.s3.delete_public_access_block(Bucket=target.bucket)
    allow = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{target.bucket}/public/*",
    }
    target.s3.put_bucket_policy(
        Bucket=target.bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    )
    return target


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("name", PARAMETERS)
def test_t15_who_does_not_sign_overrides_no_header(public: Target, method: str, name: str) -> None:
    """T15. Of an object that everybody may read; those who sign may choose."""
    public.takes(public.request(method, "public/kept"))
    asked = overriding(public, method, name)
    public.takes(public.signer.sign(asked))
    public.takes(public.signer.presign(asked))
    for one in (asked, public.request(method, "public/kept", f"{name}=")):
        if method == "GET":
            public.refuses(one, (400, "InvalidRequest"))
        else:
            public.refuses(one, (400, ""))


def clean(reply: Reply) -> None:
    """Nothing that was sent stands in a line of its own."""
    assert "x-injected" not in reply.headers
    assert not any("\r" in value or "\n" in value or "\0" in value for value in reply.headers.values())


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("name", [one for one in PARAMETERS if one != "response-expires"])
def test_t16_overrides_that_would_end_a_line(target: Target, name: str, end: str) -> None:
    """T16. Signed in the header and in the query."""
    for sign in (target.signer.sign, target.signer.presign):
        target.takes(sign(target.request("GET", "kept", f"{name}=text%2Fhtml")))
        attack = sign(target.request("GET", "kept", f"{name}=a{end}{quote(INJECTED, safe='')}"))
        target.refuses(attack, (400, "InvalidArgument"))
        clean(target.send(attack))


@pytest.mark.parametrize("end", ENDS)
def test_t16_an_expiry_that_would_end_a_line(target: Target, end: str) -> None:
    """T16. It is a date or nothing."""
    asked = target.request("GET", "kept", f"response-expires={quote(DATE, safe='')}{end}X-Injected%3A%201")
    reply = target.send(target.signer.sign(asked))
    assert (reply.status, code_of(reply)) == (400, "InvalidArgument")
    clean(reply)


KEPT_HEADERS = ["x-amz-meta-a", "Content-Disposition", "Content-Type", "Cache-Control", "Content-Language"]


@pytest.mark.parametrize("name", [*KEPT_HEADERS, "x-amz-tagging", "x-amz-website-redirect-location"])
def test_t16_headers_that_would_end_a_line(target: Target, name: str) -> None:
    """T16. A line end makes two headers of it, of which the second was not signed; whatever else controls
    something is no header.
    """
    for end, answer in (
        ("\r\n", (403, "AccessDenied")),
        *((one, (400, "BadRequest")) for one in ("\n", "\r", "\0", "\x7f", "\x1b")),
    ):
        sent = target.request("PUT", "new", headers=((name, f"a{end}x-amz-meta-injected: 1"),))
        target.refuses(target.signer.sign(sent), answer)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        # The guide's own example: each byte is a character of latin-1.
        ("ÄMÄZÕÑ S3", "=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?="),
        ("AMAZONS3", "AMAZONS3"),
        ("=?UTF-8?Q?=C3=84M?=", "=?UTF-8?Q?=C3=84M?="),
    ],
)
def test_t16_metadata_that_is_not_ascii_comes_back_as_mail_has_it(
    target: Target, sent: str, told: str
) -> None:
    """T16."""
    raw = sent.encode().decode("latin-1")
    put = target.request("PUT", "foreign", headers=(("x-amz-meta-nonascii", raw),))
    target.takes(target.signer.sign(put))
    for method in ("GET", "HEAD"):
        reply = target.send(target.signer.sign(target.request(method, "foreign")))
        assert reply.headers["x-amz-meta-nonascii"] == told


RULE = "<CORSRule><AllowedMethod>GET</AllowedMethod>{}</CORSRule>"


@pytest.mark.parametrize("end", ["&#13;&#10;", "&#10;", "&#13;", "&#127;", "&#133;", "&#9;"])
@pytest.mark.parametrize("name", ["ExposeHeader", "AllowedOrigin", "AllowedHeader"])
def test_t16_rules_for_other_origins(target: Target, name: str, end: str) -> None:
    """T16. What a rule says stands in the headers of answers."""

    def rules(text: str) -> Request:
        origin = "" if name == "AllowedOrigin" else "<AllowedOrigin>*</AllowedOrigin>"
        rule = RULE.format(f"{origin}<{name}>{text}</{name}>")
        body = f"<CORSConfiguration>{rule}</CORSConfiguration>".encode()
        return target.signer.sign(
            target.request("PUT", "", "cors", body=body, headers=(("Content-MD5", md5(body)),))
        )

    target.takes(rules("https://example.com"))
    target.refuses(rules(f"https://a{end}x-injected: 1"), (400, "InvalidRequest"), (400, "MalformedXML"))


@pytest.mark.parametrize("end", [*ENDS, "%09", "%0C", "%C2%85"])
def test_t16_tags(target: Target, end: str) -> None:
    """T16. In the header and in the body: neither key nor value has a line end."""

    def tagged(key: str, value: str) -> tuple[Request, Request]:
        raw = f"<Key>{unquote(key)}</Key><Value>{unquote(value)}</Value>"
        text = re.sub("[\x00-\x1f\x7f\x85]", lambda found: f"&#{ord(found[0])};", raw)
        body = f"<Tagging><TagSet><Tag>{text}</Tag></TagSet></Tagging>".encode()
        return (
            target.request("PUT", "tagged", headers=(("x-amz-tagging", f"{key}={value}"),)),
            target.request("PUT", "kept", "tagging", body=body, headers=(("Content-MD5", md5(body)),)),
        )

    for good in tagged("team", "blue%20and%20red"):
        target.takes(target.signer.sign(good))
    for pair in (("team", f"a{end}b"), (f"te{end}am", "a")):
        for bad in tagged(*pair):
            target.refuses(target.signer.sign(bad), (400, "InvalidTag"), (400, "MalformedXML"))


@pytest.mark.parametrize("end", ["\r\n", "\n", "\0", "\x7f"])
def test_t16_where_a_form_was_stored(target: Target, end: str) -> None:
    """T16. Its answer names the object in a header, whatever the key is."""
    shop = Shop(target.world, target.account, target.account)
    key = f"form{end}x-injected: 1"
    policy = lasting(shop, ["starts-with", "$key", ""])
    fields = own_policy(shop, target.bucket, policy, key=key)
    kind = ("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    reply = target.send(target.request("POST", body=form(fields), headers=(kind,)))
    clean(reply)
    assert reply.status == 204, reply
    assert reply.headers["location"].endswith(f"/{target.bucket}/{quote(key)}")
