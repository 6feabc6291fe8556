"""T01, T02: a known key id is no signature, whatever the body is said to be and wherever the claim stands."""

import hashlib
import itertools
from collections.abc import Callable

import pytest
from tests.attacks.fix_target import Target
from tests.attacks.wire import UNSIGNED, Request, Signer, code_of
from tests.conformance.test_uploads_in_chunks import CRC32, crc32
from tests.fix_world import Keys
from tests.unit.protocol.test_sigv4_stream import signed, unsigned

from deputize.protocol.sigv4_stream import SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER

CONTENT = b"meow" * 8
CRC = (CRC32, crc32(CONTENT))
EMPTY = hashlib.sha256(b"").hexdigest()
MODES = {
    "hash": hashlib.sha256(CONTENT).hexdigest(),
    "hash of nothing": EMPTY,
    "unsigned": UNSIGNED,
    "chunks": SIGNED,
    "chunks and trailer": SIGNED_TRAILER,
    "unsigned chunks and trailer": UNSIGNED_TRAILER,
    "SigV4A chunks": "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
    "SigV4A chunks and trailer": "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER",
    "unknown": "STREAMING-NOTHING",
    "nonsense": "x",
    "empty": "",
}
FORM = (
    b'--b\r\nContent-Disposition: form-data; name="key"\r\n\r\nforged\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n' + CONTENT + b"\r\n--b--\r\n"
)


def put(target: Target) -> Request:
    return target.request("PUT", "forged")


def upload_part(target: Target) -> Request:
    upload = target.s3.create_multipart_upload(Bucket=target.bucket, Key="forged")["UploadId"]
    return target.request("PUT", "forged", "partNumber=1", f"uploadId={upload}")


def post(target: Target) -> Request:
    """A browser's form; it is not offered, and so has no control that succeeds."""
    return target.request("POST", headers=(("Content-Type", "multipart/form-data; boundary=b"),))


def extract(target: Target) -> Request:
    """The headers that make other servers unpack an archive; here they are none that mean anything."""
    named = (("x-amz-meta-snowball-auto-extract", "true"), ("x-minio-extract", "true"))
    return target.request("PUT", "forged.tar", headers=named)


UPLOADS = {"PUT": put, "UploadPart": upload_part, "POST": post, "extract": extract}
# Rightly signed, these succeed; signed chunks go on from a signature in the header.
SIGNED_CHUNKS = {"chunks", "chunks and trailer"}
TAKEN = {"hash", "hash of nothing", "unsigned", "unsigned chunks and trailer"} | SIGNED_CHUNKS


def head(request: Request, mode: str) -> Request:
    """What the body's form wants to have said before it is signed."""
    if not MODES[mode].startswith("STREAMING-"):
        return request
    request = request.also(("x-amz-decoded-content-length", str(len(CONTENT))))
    return request.also(("x-amz-trailer", CRC[0])) if MODES[mode].endswith("TRAILER") else request


def with_body(request: Request, mode: str, signer: Signer) -> Request:
    """The signed head with the body that goes with it."""
    trailer = f"{CRC[0]}:{CRC[1]}\n".encode()
    chain = signer.chain(request)
    match MODES[mode]:
        case stated if stated == SIGNED:
            body = signed([CONTENT], chain)
        case stated if stated == SIGNED_TRAILER:
            body = signed([CONTENT], chain, trailer)
        case stated if stated.startswith("STREAMING-"):
            body = unsigned([CONTENT], trailer.replace(b"\n", b"\r\n"))
        case _:
            body = FORM if request.method == "POST" else b"" if MODES[mode] == EMPTY else CONTENT
    return Request(request.method, request.path, request.query, request.headers, body)


def made(target: Target, kind: str, mode: str, place: str, signer: Signer) -> Request:
    """A whole upload, signed by `signer`."""
    request = head(UPLOADS[kind](target), mode)
    if place == "header":
        return with_body(signer.sign(request, MODES[mode]), mode, signer)
    stated = request.also(("x-amz-content-sha256", MODES[mode]))
    return with_body(signer.presign(stated, payload=MODES[mode]), mode, signer)


def another(signature: str) -> str:
    return signature[:-1] + ("0" if signature[-1] != "0" else "1")


# What stands where the signature was.
FORGERIES: dict[str, Callable[[str], str]] = {
    "another digit": another,
    "none": lambda signature: "",
    "zeros": lambda signature: "0" * 64,
    "one byte": lambda signature: signature[:2],
    "upper case": str.upper,
    "twice": lambda signature: signature * 2,
}


def forged(request: Request, place: str, change: Callable[[str], str]) -> Request:
    """The same with another signature."""
    if place == "header":

        def spoil(value: str) -> str:
            before, _, signature = value.rpartition("=")
            return f"{before}={change(signature)}"

        return request.instead("authorization", spoil)
    *others, last = request.query
    name, _, signature = last.partition("=")
    query = (*others, f"{name}={change(signature)}")
    return Request(request.method, request.path, query, request.headers, request.body)


@pytest.mark.parametrize(
    ("kind", "mode", "place"), list(itertools.product(UPLOADS, MODES, ("header", "query")))
)
def test_t01_a_forged_signature_stores_nothing(target: Target, kind: str, mode: str, place: str) -> None:
    """T01. Where the rightly signed upload succeeds, every forged one is refused with 403."""
    control = target.send(made(target, kind, mode, place, target.signer))
    wrong = {(403, "SignatureDoesNotMatch")}
    offered = kind != "POST" and mode in (TAKEN if place == "header" else TAKEN - SIGNED_CHUNKS)
    assert (control.status == 200) is offered, control
    if not offered:
        assert 400 <= control.status < 500 or (control.status, code_of(control)) == (501, "NotImplemented")
        wrong.add((control.status, code_of(control)))
    stranger = Signer(Keys(target.account.admin.id, "guessed"), target.world.clock.now)
    attacks = [made(target, kind, mode, place, stranger)]
    genuine = made(target, kind, mode, place, target.signer)
    attacks += [forged(genuine, place, change) for change in FORGERIES.values()]
    for attack in attacks:
        target.refuses(attack, *wrong)


@pytest.mark.parametrize("mode", MODES)
def test_t02_a_credential_in_the_query_is_no_signature(target: Target, mode: str) -> None:
    """T02. With no Authorization header beside it, or with one that claims nothing."""
    signer = target.signer
    plain = head(put(target), mode).also(("x-amz-content-sha256", MODES[mode]))
    genuine = with_body(signer.presign(plain, payload=MODES[mode]), mode, signer)
    partial = [one for one in genuine.query if one.startswith("X-Amz-Credential")]
    claiming = Request(genuine.method, genuine.path, tuple(partial), genuine.headers, genuine.body)
    incomplete = [(400, "AuthorizationQueryParametersError"), (501, "NotImplemented")]
    target.refuses(claiming, *incomplete)
    for other in ("", "Bearer x", "AWS4-HMAC-SHA256 Credential=x"):
        target.refuses(claiming.also(("Authorization", other)), (400, "InvalidArgument"), incomplete[1])


@pytest.mark.parametrize("mode", ["hash", "unsigned", "unsigned chunks and trailer"])
def test_t02_two_signatures_at_once(target: Target, mode: str) -> None:
    """T02. Both of them right, and yet it is not said which one counts (S3, error responses)."""
    signer = target.signer
    in_header, in_query = (made(target, "PUT", mode, place, signer) for place in ("header", "query"))
    target.takes(in_header)
    target.takes(in_query)
    for query in (in_query.query, ("X-Amz-Signature=",), ("x-amz-algorithm=x",), ("Signature=x",)):
        target.refuses(in_header.asking(*query), (400, "InvalidArgument"))
