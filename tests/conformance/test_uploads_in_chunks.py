"""Uploads in chunks, signed and not, over a real socket: what is whole becomes visible, and nothing else."""

import base64
import hmac
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from tests.fix_world import Keys, TestAccount, World
from tests.unit.protocol.test_sigv4_stream import signed, unsigned

from deputize.protocol.sigv4_stream import SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER, Chain
from deputize.protocol.sigv4_verify import signing_key

LARGE = [bytes([number]) * 65536 for number in range(4)]
CRC32 = "x-amz-checksum-crc32"


@pytest.fixture
def account(world: World) -> TestAccount:
    made = world.account("Chunks")
    world.client("s3", made.admin).create_bucket(Bucket="chunks")
    return made


def crc32(content: bytes) -> str:
    return base64.b64encode(zlib.crc32(content).to_bytes(4, "big")).decode()


def put(
    world: World,
    keys: Keys,
    form: str,
    chunks: list[bytes],
    *,
    change: Callable[[bytes], bytes] = lambda body: body,
    chunked: bool = False,
    **headers: str,
) -> str:
    """Upload `chunks` in `form`; `change` does something to the body after it was signed."""
    content = b"".join(chunks)
    named = {"x-amz-decoded-content-length": str(len(content)), "content-encoding": "aws-chunked"}
    if form != SIGNED:
        named["x-amz-trailer"] = CRC32
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    request = AWSRequest("PUT", f"{world.url}/chunks/k", headers=named)
    signer = S3SigV4Auth(Credentials(keys.id, keys.secret), "s3", "us-east-1")
    signer.payload = lambda request: form
    signer.add_auth(request)
    moment = request.context["timestamp"]
    scope = f"{moment[:8]}/us-east-1/s3/aws4_request"
    key = signing_key(keys.secret, moment[:8], "us-east-1", "s3")
    chain = Chain(
        sign=lambda text: hmac.digest(key, text.encode(), "sha256").hex(),
        moment=moment,
        scope=scope,
        seed=request.headers["Authorization"].rpartition("Signature=")[2],
    )
    trailer = f"{CRC32}:{crc32(content)}\n".encode()
    body = {
        SIGNED: lambda: signed(chunks, chain),
        SIGNED_TRAILER: lambda: signed(chunks, chain, trailer),
        UNSIGNED_TRAILER: lambda: unsigned(chunks, trailer.replace(b"\n", b"\r\n")),
    }[form]()
    body = change(body)
    lines = ["PUT /chunks/k HTTP/1.1", f"Host: 127.0.0.1:{world.port}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    lines.append("Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}")
    if chunked:
        pieces = [body[at : at + 1000] for at in range(0, len(body), 1000)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    return world.raw("\r\n".join([*lines, "", ""]).encode() + body).decode("latin-1")


def absent(world: World, account: TestAccount) -> bool:
    files = [path for path in (world.data / "blobs").rglob("*") if path.is_file()]
    return world.client("s3", account.admin).list_objects_v2(Bucket="chunks")["KeyCount"] == 0 and not files


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("chunks", [[], [b"meow"], LARGE], ids=["empty", "small", "large"])
@pytest.mark.parametrize("form", [SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER])
def test_what_is_whole_is_stored_without_its_framing(
    world: World, account: TestAccount, form: str, chunks: list[bytes], chunked: bool
) -> None:
    answer = put(world, account.admin, form, chunks, chunked=chunked)
    assert answer.startswith("HTTP/1.1 200"), answer
    found = world.client("s3", account.admin).get_object(Bucket="chunks", Key="k", ChecksumMode="ENABLED")
    assert found["Body"].read() == b"".join(chunks)
    assert "ContentEncoding" not in found
    if form != SIGNED:
        assert found["ChecksumCRC32"] == crc32(b"".join(chunks))


@pytest.mark.parametrize("form", [SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER])
def test_what_is_to_be_locked_has_a_checksum(world: World, account: TestAccount, form: str) -> None:
    s3 = world.client("s3", account.admin)
    s3.put_bucket_versioning(Bucket="chunks", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object_lock_configuration(
        Bucket="chunks", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
    )
    answer = put(world, account.admin, form, [b"meow"], x_amz_object_lock_legal_hold="ON")
    if form == SIGNED:
        assert answer.startswith("HTTP/1.1 400")
        assert absent(world, account)
    else:
        assert answer.startswith("HTTP/1.1 200"), answer
        assert s3.get_object_legal_hold(Bucket="chunks", Key="k")["LegalHold"]["Status"] == "ON"


@pytest.mark.parametrize("form", [SIGNED_TRAILER, UNSIGNED_TRAILER])
def test_the_checksum_is_of_the_algorithm_that_the_head_says(
    world: World, account: TestAccount, form: str
) -> None:
    answer = put(world, account.admin, form, [b"meow"], x_amz_sdk_checksum_algorithm="SHA256")
    assert answer.startswith("HTTP/1.1 400")
    assert "<Message>Value for x-amz-sdk-checksum-algorithm header is invalid.<" in answer
    assert absent(world, account)
    answer = put(world, account.admin, form, [b"meow"], x_amz_sdk_checksum_algorithm="CRC32")
    assert answer.startswith("HTTP/1.1 200"), answer


def test_other_encodings_stay(world: World, account: TestAccount) -> None:
    answer = put(world, account.admin, SIGNED, [b"meow"], content_encoding="aws-chunked,gzip")
    assert answer.startswith("HTTP/1.1 200")
    assert (
        world.client("s3", account.admin).head_object(Bucket="chunks", Key="k")["ContentEncoding"] == "gzip"
    )


@pytest.mark.parametrize("form", [SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER])
def test_a_wrong_signature_in_the_head_is_found_before_the_body(
    world: World, account: TestAccount, form: str
) -> None:
    forged = Keys(account.admin.id, account.admin.secret[::-1])
    assert "<Code>SignatureDoesNotMatch</Code>" in put(world, forged, form, LARGE)
    assert absent(world, account)


def flipped(at: int) -> Callable[[bytes], bytes]:
    return lambda body: body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


def another_digit(at: int) -> Callable[[bytes], bytes]:
    """`at` is the place of a hex digit, which becomes another one."""

    def change(body: bytes) -> bytes:
        changed = bytearray(body)
        changed[at] = ord("1") if changed[at] == ord("0") else ord("0")
        return bytes(changed)

    return change


@pytest.mark.parametrize(
    ("form", "change", "code"),
    [
        (SIGNED, flipped(200), "SignatureDoesNotMatch"),
        (SIGNED, another_digit(30), "SignatureDoesNotMatch"),
        (SIGNED, lambda body: body[:-4], "IncompleteBody"),
        (SIGNED, lambda body: body + b"x", "MalformedTrailerError"),
        (SIGNED_TRAILER, lambda body: body.replace(b"crc32:", b"crc32:A"), "SignatureDoesNotMatch"),
        (SIGNED_TRAILER, another_digit(-5), "SignatureDoesNotMatch"),
        (UNSIGNED_TRAILER, flipped(200), "BadDigest"),
        (UNSIGNED_TRAILER, lambda body: body.replace(b"crc32:", b"crc32:A"), "InvalidRequest"),
        (UNSIGNED_TRAILER, lambda body: body.replace(b"crc32:", b"sha256:"), "MalformedTrailerError"),
        (UNSIGNED_TRAILER, lambda body: body[: body.rfind(b"x-amz")] + b"\r\n", "MalformedTrailerError"),
        (UNSIGNED_TRAILER, lambda body: body[: len(body) // 2], "IncompleteBody"),
    ],
)
@pytest.mark.parametrize("chunks", [[b"meow" * 100], LARGE], ids=["small", "large"])
def test_what_was_changed_on_the_way_is_not_kept(
    world: World,
    account: TestAccount,
    form: str,
    change: Callable[[bytes], bytes],
    code: str,
    chunks: list[bytes],
) -> None:
    assert put(world, account.admin, form, chunks).startswith("HTTP/1.1 200")
    world.client("s3", account.admin).delete_object(Bucket="chunks", Key="k")
    for path in (world.data / "blobs").rglob("*"):
        if path.is_file():
            path.unlink()
    answer = put(world, account.admin, form, chunks, change=change)
    assert f"<Code>{code}</Code>" in answer
    assert absent(world, account)


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"x_amz_decoded_content_length": "3"}, "IncompleteBody"),
        ({"x_amz_decoded_content_length": "5"}, "IncompleteBody"),
        ({"x_amz_decoded_content_length": "-1"}, "InvalidArgument"),
        ({"x_amz_decoded_content_length": str(2**62)}, "InvalidArgument"),
        ({"x_amz_decoded_content_length": str(10**15)}, "EntityTooLarge"),
        ({"x_amz_trailer": "x-amz-checksum-rot13"}, "InvalidRequest"),
        ({"x_amz_trailer": f"{CRC32},x-amz-checksum-sha1"}, "InvalidRequest"),
        ({CRC32: "AAAAAA=="}, "InvalidRequest"),
        ({"x_amz_sdk_checksum_algorithm": "ROT13"}, "InvalidRequest"),
    ],
)
def test_heads_that_promise_what_cannot_be(
    world: World, account: TestAccount, headers: dict[str, Any], code: str
) -> None:
    assert f"<Code>{code}</Code>" in put(world, account.admin, UNSIGNED_TRAILER, [b"meow"], **headers)
    assert absent(world, account)


def test_botocores_own_form_over_https_is_this_one(world: World, account: TestAccount) -> None:
    """What SDKs announce beside the trailer is accepted."""
    answer = put(
        world, account.admin, UNSIGNED_TRAILER, [b"meow"], x_amz_sdk_checksum_algorithm="CRC32", chunked=True
    )
    assert answer.startswith("HTTP/1.1 200")


def test_only_uploads_take_a_body_in_chunks(world: World, account: TestAccount) -> None:
    request = AWSRequest(
        "PUT", f"{world.url}/chunks?policy", headers={"x-amz-decoded-content-length": "4"}, data=b""
    )
    signer = S3SigV4Auth(Credentials(account.admin.id, account.admin.secret), "s3", "us-east-1")
    signer.payload = lambda request: UNSIGNED_TRAILER
    signer.add_auth(request)
    lines = ["PUT /chunks?policy HTTP/1.1", f"Host: 127.0.0.1:{world.port}", "Content-Length: 0"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    answer = world.raw("\r\n".join([*lines, "", ""]).encode()).decode()
    assert "<Message>PutBucketPolicy takes no body in chunks.</Message>" in answer
