"""Encryption at rest (S3 guide, "Using server-side encryption with Amazon S3 managed keys (SSE-S3)")."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.fix_multipart import begin
from tests.conformance.fix_s3 import Shop, grant
from tests.fix_world import Clock, World, running
from tests.refusals import refused

from deputize.config import Settings

pytest_plugins = ["tests.conformance.fix_s3"]
SECRET = b"a word that stands nowhere else " * 4000


def on_disk(data: Path) -> bytes:
    return b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[World]:
    """A server that does not encrypt objects."""
    with running(tmp_path / "data", Clock(), settings=Settings(encrypt_objects=False)) as world:
        yield world


class TestOn:
    def test_every_answer_says_so(self, shop: Shop) -> None:
        bucket, s3 = shop.bucket(), shop.s3
        named = {"Bucket": bucket, "Key": "k"}
        assert s3.put_object(**named, Body=b"k")["ServerSideEncryption"] == "AES256"
        assert s3.put_object(**named, Body=b"k", ServerSideEncryption="AES256")["ServerSideEncryption"]
        assert s3.get_object(**named)["ServerSideEncryption"] == "AES256"
        assert s3.head_object(**named)["ServerSideEncryption"] == "AES256"
        assert s3.copy_object(Bucket=bucket, Key="c", CopySource=named)["ServerSideEncryption"] == "AES256"
        upload = s3.create_multipart_upload(**named)
        assert upload["ServerSideEncryption"] == "AES256"
        where = {**named, "UploadId": upload["UploadId"]}
        part = s3.upload_part(**where, PartNumber=1, Body=b"x")
        assert part["ServerSideEncryption"] == "AES256"
        parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
        done = s3.complete_multipart_upload(**where, MultipartUpload=parts)
        assert done["ServerSideEncryption"] == "AES256"
        assert s3.head_object(**named)["ServerSideEncryption"] == "AES256"

    def test_every_bucket_has_it(self, shop: Shop) -> None:
        bucket = shop.bucket()
        rule = {
            "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
            "BucketKeyEnabled": False,
            "BlockedEncryptionTypes": {"EncryptionType": ["SSE-C"]},
        }

        def rules() -> Any:
            found = shop.s3.get_bucket_encryption(Bucket=bucket)
            return found["ServerSideEncryptionConfiguration"]["Rules"]

        assert rules() == [rule]
        shop.s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
        shop.s3.delete_bucket_encryption(Bucket=bucket)
        assert rules() == [rule]

    @pytest.mark.parametrize(
        ("rules", "code"),
        [
            ([{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}], "NotImplemented"),
            (
                [
                    {
                        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
                        "BucketKeyEnabled": True,
                    }
                ],
                "NotImplemented",
            ),
            ([{"BucketKeyEnabled": False}], "MalformedXML"),
            ([{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}] * 2, "MalformedXML"),
        ],
    )
    def test_nothing_else_is_offered(self, shop: Shop, rules: list[Any], code: str) -> None:
        call = shop.s3.put_bucket_encryption
        given = {"Rules": rules}
        assert refused(call, Bucket=shop.bucket(), ServerSideEncryptionConfiguration=given)[0] == code

    @pytest.mark.parametrize("blocked", ["NONE", "SSE-C"])
    def test_what_is_blocked_may_be_said_alone(self, shop: Shop, blocked: str) -> None:
        bucket = shop.bucket()
        given = {"Rules": [{"BlockedEncryptionTypes": {"EncryptionType": [blocked]}}]}
        shop.s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=given)
        found = shop.s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
        assert found["BlockedEncryptionTypes"] == {"EncryptionType": [blocked]}
        assert found["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}

    def test_the_header_is_only_for_what_makes_objects(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "k")

        def ask(request: Any, **_: Any) -> None:
            request.headers["x-amz-server-side-encryption"] = "AES256"

        sending = begin(shop.s3, bucket, "parts")
        part = sending.part(1, b"x")
        s3 = shop.world.client("s3", shop.account.admin, user_agent_extra="encrypting")
        s3.meta.events.register("before-sign.s3.*", ask)
        found = {"Bucket": bucket, "Key": "k"}
        parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
        for call, request in (
            (s3.get_object, found),
            (s3.list_buckets, {}),
            (s3.list_objects_v2, {"Bucket": bucket}),
            (s3.delete_object, found),
            (s3.upload_part, {**sending.names, "PartNumber": 1, "Body": b"y"}),
            (s3.complete_multipart_upload, {**sending.names, "MultipartUpload": parts}),
        ):
            assert refused(call, **request) == (
                "InvalidArgument",
                "x-amz-server-side-encryption header is not supported for this operation.",
                400,
            )
        assert refused(s3.head_object, **found)[2] == 400
        s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/k")
        assert shop.s3.head_object(**found)

    def test_keys_of_kms_are_not_offered(self, shop: Shop) -> None:
        bucket = shop.bucket()
        for call, more in (
            (shop.s3.put_object, {"Body": b""}),
            (shop.s3.create_multipart_upload, {}),
        ):
            wanted = {"ServerSideEncryption": "aws:kms", **more}
            assert refused(call, Bucket=bucket, Key="k", **wanted)[::2] == ("NotImplemented", 501)

    def test_policies_may_demand_the_header(self, shop: Shop) -> None:
        bucket = shop.bucket()
        only = {"StringEquals": {"s3:x-amz-server-side-encryption": "AES256"}}
        writer = shop.user(grant("s3:PutObject", "*", Condition=only))
        assert writer.put_object(Bucket=bucket, Key="k", Body=b"", ServerSideEncryption="AES256")
        assert refused(writer.put_object, Bucket=bucket, Key="k", Body=b"")[0] == "AccessDenied"

    def test_the_disk_tells_nothing(self, tmp_path: Path) -> None:
        with running(tmp_path / "data", Clock()) as world:
            s3 = world.client("s3", world.account("A").admin)
            s3.create_bucket(Bucket="bucket")
            for key, body in (("small", SECRET[:1000]), ("large", SECRET)):
                s3.put_object(Bucket="bucket", Key=key, Body=body)
                assert s3.get_object(Bucket="bucket", Key=key)["Body"].read() == body
            part = s3.get_object(Bucket="bucket", Key="large", Range="bytes=70000-70099")
            assert part["Body"].read() == SECRET[70000:70100]
        assert not re.search(b"a word that stands nowhere else", on_disk(tmp_path / "data"))


class TestOff:
    def test_no_answer_claims_it(self, plain: World, tmp_path: Path) -> None:
        s3 = plain.client("s3", plain.account("A").admin)
        s3.create_bucket(Bucket="bucket")
        named = {"Bucket": "bucket", "Key": "k"}
        assert "ServerSideEncryption" not in s3.put_object(**named, Body=SECRET)
        assert "ServerSideEncryption" not in s3.get_object(**named)
        assert "ServerSideEncryption" not in s3.create_multipart_upload(**named)
        assert b"a word that stands nowhere else" in on_disk(tmp_path / "data")
        missing = refused(s3.get_bucket_encryption, Bucket="bucket")
        assert missing[0] == "ServerSideEncryptionConfigurationNotFoundError"

    def test_it_cannot_be_asked_for(self, plain: World) -> None:
        s3 = plain.client("s3", plain.account("A").admin)
        s3.create_bucket(Bucket="bucket")
        wanted = {"ServerSideEncryption": "AES256"}
        assert refused(s3.put_object, Bucket="bucket", Key="k", Body=b"", **wanted)[2] == 501
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        given = {"Rules": [rule]}
        call = s3.put_bucket_encryption
        assert refused(call, Bucket="bucket", ServerSideEncryptionConfiguration=given)[2] == 501
