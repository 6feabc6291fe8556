"""T07: a key is the bytes that its path decodes to, once, and nothing else: for the signature, for the rights
and for what is stored.
"""

import dataclasses
import unicodedata
from urllib.parse import quote

import pytest
from tests.attacks.fix_target import Target
from tests.attacks.wire import Request
from tests.fix_world import Keys
from tests.state import unchanged

MISMATCH = (403, "SignatureDoesNotMatch")
NFC = unicodedata.normalize("NFC", "é")
NFD = unicodedata.normalize("NFD", "é")
# Paths within the bucket as they are written, and the key that each of them names.
KEYS = {
    "a/b": "a/b",
    "a//b": "a//b",
    "a/../b": "a/../b",
    "a/./b": "a/./b",
    "./a": "./a",
    "../a": "../a",
    "..": "..",
    "/a": "/a",
    "a/": "a/",
    "%2e%2e%2fa2": "../a2",
    "..%2Fa3": "../a3",
    "%252e%252e/a": "%2e%2e/a",
    "a%252Fb": "a%2Fb",
    "a%2Fb2": "a/b2",
    "a%20b": "a b",
    "a+b": "a+b",
    "a%2Bb2": "a+b2",
    "a\\b": "a\\b",
    "a%5C..%5Cb": "a\\..\\b",
    "c:%5Cwindows": "c:\\windows",
    "a;b=c": "a;b=c",
    "a%3Fb": "a?b",
    "a%23b": "a#b",
    "a%26b": "a&b",
    "%7E": "~",
    "%C3%A9": NFC,
    "e%CC%81": NFD,
    "%EF%BB%BFa": "\ufeffa",
    "%00": "\x00",
    "a%00b": "a\x00b",
    "a%0D%0Ab": "a\r\nb",
    "a%7Fb": "a\x7fb",
    "target-bucket/a": "target-bucket/a",
    "CON": "CON",
    "etc/passwd": "etc/passwd",
}
# Overlong forms, halves of surrogates, lone and truncated bytes: no UTF-8, so no keys.
NO_TEXT = ["%C0%AE%C0%AE/a", "%C0%AF", "%E0%80%AF", "%ED%A0%80", "%FF", "%C3", "a%80b", "%F5%80%80%80"]
NO_ESCAPES = ["%", "a%2", "%zz", "%u0041", "a%%20b"]


def put(target: Target, path: str, body: bytes = b"meow") -> Request:
    return target.request("PUT", path, body=body)


def stored(target: Target) -> dict[str, bytes]:
    """Every key as the database has it: no client's reader of XML in between."""

    def read() -> dict[str, bytes]:
        with target.world.opened.store.snapshot() as db:
            bucket = db.buckets.get(target.bucket)
            assert bucket is not None
            found = db.objects.page(bucket.id, limit=10_000).entries
            return {one.key.decode(): one.blob for one in found if not isinstance(one, bytes)}

    return read()


@pytest.mark.parametrize("place", ["sign", "presign"])
def test_t07_each_path_is_one_key(target: Target, place: str) -> None:
    """T07. Each is stored under the key it names, beside all the others, and read back by its path alone."""
    for path in KEYS:
        target.takes(getattr(target.signer, place)(put(target, path, path.encode())))
    assert len(set(KEYS.values())) == len(KEYS)
    assert set(stored(target)) - {"kept"} == set(KEYS.values())
    for path in KEYS:
        reply = target.send(getattr(target.signer, place)(target.request("GET", path)))
        assert (reply.status, reply.body) == (200, path.encode()), path
    for path in KEYS:
        target.takes(target.signer.sign(target.request("DELETE", path)))
    assert set(stored(target)) == {"kept"}


@pytest.mark.parametrize("path", NO_TEXT + NO_ESCAPES)
@pytest.mark.parametrize("place", ["sign", "presign"])
def test_t07_what_is_no_utf_8_is_no_key(target: Target, path: str, place: str) -> None:
    """T07. The same request with a key that can be read succeeds."""
    target.takes(getattr(target.signer, place)(put(target, "readable")))
    target.refuses(
        getattr(target.signer, place)(put(target, path)), (400, "InvalidURI"), (400, "InvalidArgument")
    )


@pytest.mark.parametrize("path", ["a/b\x00", "a b", "a\tb", "a#b", "\xe9", "\x7f"])
def test_t07_raw_bytes_that_must_be_escaped(target: Target, path: str) -> None:
    """T07. They never get as far as a signature."""
    signed = target.signer.sign(put(target, "readable"))
    target.takes(signed)
    reply = target.world.raw(dataclasses.replace(target.signer.sign(put(target, path)), method="PUT").raw())
    assert reply.startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("signed", "sent"),
    [
        ("a/b", "a//b"),
        ("a/b", "a/./b"),
        ("b", "a/../b"),
        ("a/b", "a%252Fb"),
        ("a+b", "a%20b"),
        ("a%2Bb", "a+b "),
        ("%C3%A9", "e%CC%81"),
        ("a", "A"),
        ("a", "a/"),
        ("a", "a%00"),
        ("a%2e%2e", "a%252e%252e"),
    ],
)
def test_t07_signed_for_one_key_and_sent_to_another(target: Target, signed: str, sent: str) -> None:
    """T07. Nothing is normalised on the way to the signature."""
    request = target.signer.sign(put(target, signed))
    target.takes(request)
    moved = dataclasses.replace(request, path=f"/{target.bucket}/{sent}")
    target.refuses(moved, MISMATCH, (400, "BadRequest"))


def limited(target: Target) -> Keys:
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "s3:*Object", "Resource": f"arn:aws:s3:::{target.bucket}/*"},
            {"Effect": "Deny", "Action": "s3:*", "Resource": f"arn:aws:s3:::{target.bucket}/secret/*"},
        ],
    }
    return target.world.user(target.account, "limited", policy)


def test_t07_no_way_of_writing_a_path_gets_around_a_deny(target: Target) -> None:
    """T07. What is decided about and what is stored are the same bytes: whatever the path, `secret/` gets
    nothing and gives nothing.
    """
    target.s3.put_object(Bucket=target.bucket, Key="secret/x", Body=b"secret")
    signer = dataclasses.replace(target.signer, keys=limited(target))
    target.takes(signer.sign(put(target, "open/x")))
    before = stored(target)
    ways = ["secret/x", "%73ecret/x", "secret%2Fx", "%73%65%63%72%65%74%2f%78"]
    for path in ways:
        target.refuses(signer.sign(put(target, path)), (403, "AccessDenied"))
        target.refuses(signer.sign(target.request("GET", path)), (403, "AccessDenied"))
        target.refuses(signer.presign(target.request("DELETE", path)), (403, "AccessDenied"))
    others = [
        "open/../secret/x",
        "./secret/x",
        "/secret/x",
        "secret%252Fx",
        "Secret/x",
        "secret\\x",
        "secret",
    ]
    for path in others:
        with unchanged(target.world):
            assert target.send(signer.sign(target.request("GET", path))).status == 403
        target.takes(signer.sign(put(target, path)))
    now = stored(target)
    assert {key: now[key] for key in before} == before
    assert len(now) == len(before) + len(others)


def test_t07_names_of_other_files_reach_no_file(target: Target) -> None:
    """T07. What is written under a key is found under no name of the file system."""
    large = bytes(range(256)) * 256
    for key in ("../../deputize.db", "../root.key", "/etc/passwd", "staging/x"):
        target.takes(target.signer.sign(put(target, quote(key, safe=""), large)))
        reply = target.send(target.signer.sign(target.request("GET", quote(key, safe=""))))
        assert reply.body == large
    names = {path.name for path in (target.world.data / "blobs").rglob("*") if path.is_file()}
    assert all(len(name) == 32 and int(name, 16) >= 0 for name in names)
    assert target.world.client("sts", target.account.admin).get_caller_identity()["Account"]
