"""Bodies on their way in and out: nothing becomes visible that is not whole, and nothing refused is kept."""

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from tests.fix_world import TestAccount, World

from deputize.gateway import bodies
from deputize.store.errors import StoreFull

LARGE = bytes(range(256)) * 1024
BUCKET = "uploads"


@pytest.fixture
def account(world: World) -> TestAccount:
    made = world.account("Uploads")
    world.client("s3", made.admin).create_bucket(Bucket=BUCKET)
    return made


def files(world: World) -> list[Path]:
    """Every file of the blob store."""
    return [path for path in (world.data / "blobs").rglob("*") if path.is_file()]


def put(world: World, account: TestAccount, body: bytes, sent: bytes | None = None, /, **headers: str) -> str:
    """A signed PUT of `body`, of which `sent` goes over the wire."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    request = AWSRequest("PUT", f"{world.url}/{BUCKET}/k", headers=names, data=body)
    signer = S3SigV4Auth(Credentials(account.admin.id, account.admin.secret), "s3", "us-east-1")
    if "x-amz-content-sha256" in names:
        signer.payload = lambda request: names["x-amz-content-sha256"]
    signer.add_auth(request)
    lines = ["PUT /uploads/k HTTP/1.1", f"Host: 127.0.0.1:{world.port}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    if "Transfer-Encoding" not in names and "Content-Length" not in request.headers:
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join([*lines, "", ""]).encode()
    return world.raw(head + (body if sent is None else sent)).decode("latin-1")


def missing(world: World, account: TestAccount) -> bool:
    """Whether there is no object, and no file that could become one."""
    listed = world.client("s3", account.admin).list_objects_v2(Bucket=BUCKET)
    return listed["KeyCount"] == 0 and not files(world)


@pytest.mark.parametrize(
    "body", [b"", b"x", b"x" * bodies.INLINE_LIMIT, b"x" * (bodies.INLINE_LIMIT + 1), LARGE]
)
def test_what_is_put_is_what_one_gets(world: World, account: TestAccount, body: bytes) -> None:
    s3 = world.client("s3", account.admin)
    answer = s3.put_object(Bucket=BUCKET, Key="k", Body=body)
    assert answer["ETag"] == f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
    assert s3.get_object(Bucket=BUCKET, Key="k")["Body"].read() == body
    assert len(files(world)) == (1 if len(body) > bodies.INLINE_LIMIT else 0)


def test_a_range_of_a_file(world: World, account: TestAccount) -> None:
    s3 = world.client("s3", account.admin)
    s3.put_object(Bucket=BUCKET, Key="k", Body=LARGE)
    for header, wanted in (
        ("bytes=1-3", LARGE[1:4]),
        ("bytes=-5", LARGE[-5:]),
        ("bytes=262000-", LARGE[262000:]),
    ):
        answer = s3.get_object(Bucket=BUCKET, Key="k", Range=header)
        assert answer["Body"].read() == wanted
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206


@pytest.mark.parametrize("size", [10, 200_000])
class TestPromises:
    def test_the_signed_hash(self, world: World, account: TestAccount, size: int) -> None:
        answer = put(world, account, b"x" * size, b"y" * size)
        assert "<Code>XAmzContentSHA256Mismatch</Code>" in answer
        assert missing(world, account)

    def test_content_md5(self, world: World, account: TestAccount, size: int) -> None:
        wrong = base64.b64encode(bytes(16)).decode()
        answer = put(world, account, b"x" * size, Content_MD5=wrong)
        assert "<Code>BadDigest</Code>" in answer
        assert missing(world, account)
        assert "<Code>InvalidDigest</Code>" in put(world, account, b"x" * size, Content_MD5="bm9uZQ==")
        assert "<Code>InvalidDigest</Code>" in put(world, account, b"x" * size, Content_MD5="no base64")

    def test_a_checksum(self, world: World, account: TestAccount, size: int) -> None:
        wrong = base64.b64encode(bytes(4)).decode()
        answer = put(world, account, b"x" * size, x_amz_checksum_crc32=wrong)
        assert "The CRC32 you specified did not match the calculated checksum." in answer
        assert missing(world, account)


def test_checksums_are_kept_and_given_back(world: World, account: TestAccount) -> None:
    s3 = world.client("s3", account.admin)
    for algorithm in ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"):
        sent = s3.put_object(Bucket=BUCKET, Key=algorithm, Body=b"meow", ChecksumAlgorithm=algorithm)
        head = s3.head_object(Bucket=BUCKET, Key=algorithm, ChecksumMode="ENABLED")
        assert head[f"Checksum{algorithm}"] == sent[f"Checksum{algorithm}"]
    assert put(world, account, b"meow").startswith("HTTP/1.1 200")
    head = s3.head_object(Bucket=BUCKET, Key="k", ChecksumMode="ENABLED")
    assert head["ChecksumCRC64NVME"]
    assert "ChecksumCRC64NVME" not in s3.head_object(Bucket=BUCKET, Key="k")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"x_amz_checksum_crc32": "AAAAAA==", "x_amz_checksum_sha1": "x"}, "InvalidRequest"),
        ({"x_amz_checksum_crc32": "AAAA"}, "InvalidRequest"),
        ({"x_amz_checksum_rot13": "AAAA"}, "InvalidRequest"),
        ({"x_amz_sdk_checksum_algorithm": "ROT13"}, "InvalidRequest"),
        ({"x_amz_sdk_checksum_algorithm": "CRC32"}, "InvalidRequest"),
        ({"x_amz_sdk_checksum_algorithm": "SHA1", "x_amz_checksum_crc32": "AAAAAA=="}, "InvalidRequest"),
        ({"x_amz_content_sha256": "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"}, "NotImplemented"),
        ({"x_amz_content_sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}, "MissingContentLength"),
        ({"x_amz_content_sha256": "nothing"}, "InvalidArgument"),
        (
            {"Transfer_Encoding": "chunked", "x_amz_content_sha256": "UNSIGNED-PAYLOAD"},
            "MissingContentLength",
        ),
    ],
)
def test_refused_before_a_byte_is_kept(
    world: World, account: TestAccount, headers: dict[str, str], code: str
) -> None:
    assert f"<Code>{code}</Code>" in put(world, account, b"0\r\n\r\n", None, **headers)
    assert missing(world, account)


def test_a_body_beyond_the_limit(world: World, account: TestAccount) -> None:
    answer = put(world, account, b"x", Content_Length=str(bodies.UPLOAD_LIMIT + 1))
    assert "<Code>EntityTooLarge</Code>" in answer
    assert missing(world, account)


def test_a_caller_who_may_not_is_refused_before_the_body(world: World, account: TestAccount) -> None:
    nobody = world.user(account, "nobody")
    poor = TestAccount(account.id, account.name, account.partition, account.root, nobody)
    answer = put(world, poor, LARGE, b"")
    assert "<Code>AccessDenied</Code>" in answer
    assert missing(world, account)


def test_an_upload_whose_command_is_refused_leaves_nothing(world: World, account: TestAccount) -> None:
    s3 = world.client("s3", account.admin)
    for body in (b"small", LARGE):
        s3.put_object(Bucket=BUCKET, Key="k", Body=b"first")
        with pytest.raises(ClientError, match="PreconditionFailed"):
            s3.put_object(Bucket=BUCKET, Key="k", Body=body, IfNoneMatch="*")
        assert s3.get_object(Bucket=BUCKET, Key="k")["Body"].read() == b"first"
        assert files(world) == []


def test_a_body_that_ends_early_leaves_nothing(world: World, account: TestAccount) -> None:
    answer = put(world, account, LARGE, LARGE[:100_000])
    assert answer.startswith("HTTP/1.1 400 ")
    assert "<Code>IncompleteBody</Code>" in answer
    assert missing(world, account)


def test_a_full_disk_keeps_nothing_and_is_told(
    world: World, account: TestAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3 = world.client("s3", account.admin)
    store: Any = world.opened.store
    write = store.write

    def full(command: Any) -> Any:
        future = write(command)
        future.result()
        raise StoreFull("no room")

    monkeypatch.setattr(store, "write", full)
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket="absent", Key="k", Body=LARGE)
    assert caught.value.response["Error"]["Code"] == "NoSuchBucket"
    monkeypatch.setattr(store, "write", lambda command: (_ for _ in ()).throw(StoreFull("no room")))
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket=BUCKET, Key="k", Body=LARGE)
    response = caught.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (
        "ServiceUnavailable",
        503,
    )
    monkeypatch.undo()
    assert missing(world, account)


def test_an_object_whose_bytes_are_lost_is_an_internal_error_and_the_server_goes_on(
    world: World, account: TestAccount, caplog: pytest.LogCaptureFixture
) -> None:
    s3 = world.client("s3", account.admin)
    s3.put_object(Bucket=BUCKET, Key="k", Body=LARGE)
    for path in files(world):
        path.unlink()
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=BUCKET, Key="k")
    assert caught.value.response["Error"]["Code"] == "InternalError"
    assert "failed" in caplog.text
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 1


def test_operations_that_are_not_offered_say_so(world: World, account: TestAccount) -> None:
    with pytest.raises(ClientError, match="NotImplemented"):
        world.client("s3", account.admin).get_object_torrent(Bucket=BUCKET, Key="k")
    with pytest.raises(ClientError, match="iam:ListDelegationRequests is not offered by this server"):
        world.client("iam", account.admin).list_delegation_requests()
    with pytest.raises(ClientError, match="AccessDenied"):
        world.client("s3", None).get_object_torrent(Bucket=BUCKET, Key="k")
