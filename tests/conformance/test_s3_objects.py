"""Objects: put, read and deleted by boto3."""

import base64
import hashlib
import http.client
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conformance.fix_s3 import Shop, grant
from tests.refusals import refused

from deputize.gateway.bodies import INLINE_LIMIT

PLAIN = ("AccessDenied", "Access Denied", 403)
MISSING = ("NoSuchKey", "The specified key does not exist.", 404)


class TestPutAndGet:
    @pytest.mark.parametrize("size", [0, 1, INLINE_LIMIT, INLINE_LIMIT + 1, 300_000])
    def test_the_bytes_come_back(self, shop: Shop, size: int) -> None:
        bucket = shop.bucket()
        content = bytes(number % 251 for number in range(size))
        etag = f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
        assert shop.s3.put_object(Bucket=bucket, Key="k", Body=content)["ETag"] == etag
        answer = shop.s3.get_object(Bucket=bucket, Key="k")
        assert answer["Body"].read() == content
        assert (answer["ETag"], answer["ContentLength"]) == (etag, size)
        assert answer["ContentType"] == "binary/octet-stream"
        assert answer["AcceptRanges"] == "bytes"
        assert answer["LastModified"].timestamp() == int(shop.world.clock.now)
        head = shop.s3.head_object(Bucket=bucket, Key="k")
        assert (head["ETag"], head["ContentLength"]) == (etag, size)

    def test_what_is_put_again_replaces_all(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.s3.put_object(
            Bucket=bucket, Key="k", Body=b"x" * 50_000, ContentType="text/plain", Metadata={"a": "1"}
        )
        shop.s3.put_object(Bucket=bucket, Key="k", Body=b"new")
        answer = shop.s3.get_object(Bucket=bucket, Key="k")
        assert answer["Body"].read() == b"new"
        assert answer["ContentType"] == "binary/octet-stream"
        assert answer["Metadata"] == {}

    def test_headers_and_metadata_come_back(self, shop: Shop) -> None:
        bucket = shop.bucket()
        kept: dict[str, Any] = {
            "ContentType": "text/html; charset=utf-8",
            "CacheControl": "max-age=60",
            "ContentDisposition": 'attachment; filename="a.html"',
            "ContentEncoding": "gzip",
            "ContentLanguage": "de",
        }
        metadata = {"Color": "blue", "empty": "", "spaced": "a  b"}
        shop.s3.put_object(
            Bucket=bucket,
            Key="k",
            Body=b"x",
            Metadata=metadata,
            Expires="Wed, 01 Jan 2031 00:00:00 GMT",
            **kept,
        )
        for answer in (
            shop.s3.get_object(Bucket=bucket, Key="k"),
            shop.s3.head_object(Bucket=bucket, Key="k"),
        ):
            assert {name: answer[name] for name in kept} == kept
            assert answer["ExpiresString"] == "Wed, 01 Jan 2031 00:00:00 GMT"
            assert answer["Metadata"] == {"color": "blue", "empty": "", "spaced": "a  b"}

    def test_metadata_has_a_limit(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.s3.put_object(Bucket=bucket, Key="k", Metadata={"name": "v" * 2044})
        code, _, status = refused(shop.s3.put_object, Bucket=bucket, Key="l", Metadata={"name": "v" * 2045})
        assert (code, status) == ("MetadataTooLarge", 400)
        assert refused(shop.s3.get_object, Bucket=bucket, Key="l") == MISSING

    @pytest.mark.parametrize(
        "key",
        [
            "a/b//c",
            "/lead",
            "trail/",
            "../up",
            "a+b c%20d",
            "ünï/码",
            "a?b#c",
            "~!@$&'()*,;=:",
            "x" * 1024,
            ".",
        ],
    )
    def test_any_key(self, shop: Shop, key: str) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, key)
        assert shop.s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
        assert [found["Key"] for found in shop.s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]
        shop.s3.delete_object(Bucket=bucket, Key=key)
        assert refused(shop.s3.get_object, Bucket=bucket, Key=key) == MISSING

    def test_too_long_a_key(self, shop: Shop) -> None:
        found = refused(shop.s3.put_object, Bucket=shop.bucket(), Key="x" * 1025)
        assert found == ("KeyTooLongError", "Your key is too long", 400)

    def test_missing(self, shop: Shop) -> None:
        bucket = shop.bucket()
        assert refused(shop.s3.get_object, Bucket=bucket, Key="none") == MISSING
        assert refused(shop.s3.head_object, Bucket=bucket, Key="none")[::2] == ("404", 404)
        assert refused(shop.s3.get_object, Bucket="missing-bucket", Key="k")[0] == "NoSuchBucket"
        assert refused(shop.s3.put_object, Bucket="missing-bucket", Key="k")[0] == "NoSuchBucket"


class TestChecksums:
    def test_the_stated_one_is_kept_and_told_on_request(self, shop: Shop) -> None:
        bucket = shop.bucket()
        digest = base64.b64encode(hashlib.sha256(b"body").digest()).decode()
        put = shop.s3.put_object(Bucket=bucket, Key="k", Body=b"body", ChecksumAlgorithm="SHA256")
        assert (put["ChecksumSHA256"], put["ChecksumType"]) == (digest, "FULL_OBJECT")
        for mode in ("ENABLED", "enabled"):  # as the SDK for C++ writes it
            told = shop.s3.get_object(Bucket=bucket, Key="k", ChecksumMode=mode)
            assert (told["ChecksumSHA256"], told["Body"].read()) == (digest, b"body")
        quiet = shop.world.client("s3", shop.account.admin, response_checksum_validation="when_required")
        assert "ChecksumSHA256" not in quiet.get_object(Bucket=bucket, Key="k")
        listed = shop.s3.list_objects_v2(Bucket=bucket)["Contents"][0]
        assert listed["ChecksumAlgorithm"] == ["SHA256"]

    def test_without_one_the_server_computes_it(self, shop: Shop) -> None:
        bucket = shop.bucket()
        s3 = shop.world.client("s3", shop.account.admin, request_checksum_calculation="when_required")
        assert "ChecksumCRC64NVME" in s3.put_object(Bucket=bucket, Key="k", Body=b"body")

    @pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"])
    def test_each_algorithm(self, shop: Shop, algorithm: str) -> None:
        bucket = shop.bucket()
        shop.s3.put_object(Bucket=bucket, Key="k", Body=b"x" * 50_000, ChecksumAlgorithm=algorithm)
        answer = shop.s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
        assert answer["Body"].read() == b"x" * 50_000
        assert f"Checksum{algorithm}" in answer

    @pytest.mark.parametrize(
        "wrong",
        [
            {"ChecksumCRC32": base64.b64encode(zlib.crc32(b"other").to_bytes(4, "big")).decode()},
            {"ContentMD5": base64.b64encode(hashlib.md5(b"other", usedforsecurity=False).digest()).decode()},
        ],
    )
    def test_a_wrong_one_is_refused_and_nothing_is_kept(self, shop: Shop, wrong: dict[str, str]) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "k")
        assert refused(shop.s3.put_object, Bucket=bucket, Key="k", Body=b"body", **wrong)[::2] == (
            "BadDigest",
            400,
        )
        assert shop.s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"k"

    def test_a_range_is_told_without(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "key")
        answer = shop.s3.get_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED", Range="bytes=0-1")
        assert not [name for name in answer if name.startswith("Checksum")]


class TestConditionalWrites:
    def test_create_only(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.s3.put_object(Bucket=bucket, Key="k", Body=b"first", IfNoneMatch="*")
        message = "At least one of the pre-conditions you specified did not hold"
        found = refused(shop.s3.put_object, Bucket=bucket, Key="k", Body=b"second", IfNoneMatch="*")
        assert found == ("PreconditionFailed", message, 412)
        assert shop.s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"first"
        found = refused(shop.s3.put_object, Bucket=bucket, Key="k", IfNoneMatch='"etag"')
        assert found[::2] == ("NotImplemented", 501)

    def test_replace_only_this(self, shop: Shop) -> None:
        bucket = shop.bucket()
        etag = shop.s3.put_object(Bucket=bucket, Key="k", Body=b"first")["ETag"]
        shop.s3.put_object(Bucket=bucket, Key="k", Body=b"second", IfMatch=etag)
        found = refused(shop.s3.put_object, Bucket=bucket, Key="k", Body=b"third", IfMatch=etag)
        assert found[::2] == ("PreconditionFailed", 412)
        assert shop.s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"second"
        assert refused(shop.s3.put_object, Bucket=bucket, Key="none", IfMatch=etag) == MISSING

    def test_delete_only_this(self, shop: Shop) -> None:
        bucket = shop.bucket()
        etag = shop.s3.put_object(Bucket=bucket, Key="k", Body=b"first")["ETag"]
        assert refused(shop.s3.delete_object, Bucket=bucket, Key="k", IfMatch='"x"')[::2] == (
            "PreconditionFailed",
            412,
        )
        shop.s3.delete_object(Bucket=bucket, Key="k", IfMatch=etag)
        assert refused(shop.s3.delete_object, Bucket=bucket, Key="k", IfMatch="*") == MISSING

    def test_of_a_batch_only_these_are_deleted(self, shop: Shop) -> None:
        bucket = shop.bucket()
        etag = shop.s3.put_object(Bucket=bucket, Key="same", Body=b"first")["ETag"]
        shop.fill(bucket, "other", "any")
        wanted = [
            {"Key": "same", "ETag": etag},
            {"Key": "other", "ETag": etag},
            {"Key": "any", "ETag": "*"},
            {"Key": "none", "ETag": "*"},
            {"Key": "free"},
        ]
        answer = shop.s3.delete_objects(Bucket=bucket, Delete={"Objects": wanted})
        assert [one["Key"] for one in answer["Deleted"]] == ["same", "any", "free"]
        assert [(one["Key"], one["Code"]) for one in answer["Errors"]] == [
            ("other", "PreconditionFailed"),
            ("none", "NoSuchKey"),
        ]
        assert [one["Key"] for one in shop.s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["other"]

    @pytest.mark.parametrize(
        "condition", [{"Size": 4}, {"LastModifiedTime": datetime(2026, 1, 1, tzinfo=UTC)}]
    )
    def test_what_only_directory_buckets_know_deletes_nothing(
        self, shop: Shop, condition: dict[str, Any]
    ) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "k")
        answer = shop.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k", **condition}]})
        assert [one["Code"] for one in answer["Errors"]] == ["NotImplemented"]
        assert shop.s3.head_object(Bucket=bucket, Key="k")

    def test_a_condition_is_on_the_current_version(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        old = shop.s3.put_object(Bucket=bucket, Key="k", Body=b"old")
        new = shop.s3.put_object(Bucket=bucket, Key="k", Body=b"new")
        named = {"Key": "k", "VersionId": old["VersionId"]}

        def deleted(etag: str) -> Any:
            return shop.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{**named, "ETag": etag}]})

        assert [one["Code"] for one in deleted(old["ETag"])["Errors"]] == ["PreconditionFailed"]
        assert deleted(new["ETag"])["Deleted"] == [named]

    def test_a_tag_tells_of_the_content_and_needs_the_right_to_read(self, shop: Shop) -> None:
        bucket = shop.bucket()
        etag = shop.s3.put_object(Bucket=bucket, Key="k", Body=b"first")["ETag"]
        s3 = shop.user(grant(["s3:PutObject", "s3:DeleteObject"], "*"))
        for call in (s3.put_object, s3.delete_object):
            code, message, status = refused(call, Bucket=bucket, Key="k", IfMatch=etag)
            assert (code, status) == ("AccessDenied", 403)
            assert "s3:GetObject" in message
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k", "ETag": etag}]})
        assert ["s3:GetObject" in one["Message"] for one in answer["Errors"]] == [True]
        s3.delete_object(Bucket=bucket, Key="k", IfMatch="*")

    def test_a_policy_can_prescribe_them(self, shop: Shop) -> None:
        bucket = shop.bucket()
        everything = grant("s3:*", "*")
        s3 = shop.user(
            everything,
            grant("s3:PutObject", "*", effect="Deny", Condition={"Null": {"s3:if-none-match": "true"}}),
            grant("s3:DeleteObject", "*", effect="Deny", Condition={"Null": {"s3:if-match": "true"}}),
        )
        assert refused(s3.put_object, Bucket=bucket, Key="k")[0] == "AccessDenied"
        etag = s3.put_object(Bucket=bucket, Key="k", IfNoneMatch="*")["ETag"]
        assert refused(s3.delete_object, Bucket=bucket, Key="k")[0] == "AccessDenied"
        answer = s3.delete_objects(
            Bucket=bucket, Delete={"Objects": [{"Key": "k"}, {"Key": "l", "ETag": "*"}]}
        )
        assert [(one["Key"], one["Code"]) for one in answer["Errors"]] == [
            ("k", "AccessDenied"),
            ("l", "NoSuchKey"),
        ]
        s3.delete_object(Bucket=bucket, Key="k", IfMatch=etag)


class TestDelete:
    def test_what_is_not_there_is_deleted_as_well(self, shop: Shop) -> None:
        answer = shop.s3.delete_object(Bucket=shop.bucket(), Key="none")
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204

    def test_who_may_not_deletes_nothing(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "k")
        reader = shop.user(grant(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{bucket}/*"))
        code, message, status = refused(reader.delete_object, Bucket=bucket, Key="k")
        assert (code, status) == ("AccessDenied", 403)
        assert f's3:DeleteObject on resource: "arn:aws:s3:::{bucket}/k" because no identity-based' in message
        assert refused(shop.foreign.delete_object, Bucket=bucket, Key="k") == PLAIN
        assert refused(shop.anonymous.delete_object, Bucket=bucket, Key="k") == PLAIN
        assert shop.s3.head_object(Bucket=bucket, Key="k")


class TestVersions:
    """Buckets are not versioned: `null` is the only version, and naming it is another right."""

    def test_null_is_the_object(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "k")
        assert shop.s3.get_object(Bucket=bucket, Key="k", VersionId="null")["Body"].read() == b"k"
        shop.s3.delete_object(Bucket=bucket, Key="k", VersionId="null")
        assert refused(shop.s3.head_object, Bucket=bucket, Key="k")[2] == 404

    @pytest.mark.parametrize("operation", ["get_object", "head_object", "delete_object", "get_object_acl"])
    def test_another_is_refused(self, shop: Shop, operation: str) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "k")
        found = refused(getattr(shop.s3, operation), Bucket=bucket, Key="k", VersionId="3HL4kqtJlcpXroDTDmJ")
        assert found[2] == 400
        assert found[0] in ("InvalidArgument", "400")
        assert shop.s3.head_object(Bucket=bucket, Key="k")

    def test_naming_one_needs_its_own_right(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "k")
        s3 = shop.user(grant(["s3:GetObject", "s3:DeleteObject", "s3:GetObjectAcl"], "*"))
        for call, action in (
            (s3.get_object, "s3:GetObjectVersion"),
            (s3.delete_object, "s3:DeleteObjectVersion"),
            (s3.get_object_acl, "s3:GetObjectVersionAcl"),
        ):
            code, message, _ = refused(call, Bucket=bucket, Key="k", VersionId="null")
            assert code == "AccessDenied"
            assert f"{action} on resource" in message

    def test_it_can_be_prescribed(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "k")
        other = {"StringEquals": {"s3:VersionId": "other"}}
        s3 = shop.user(grant("s3:GetObjectVersion", "*", Condition=other))
        assert refused(s3.get_object, Bucket=bucket, Key="k", VersionId="null")[0] == "AccessDenied"
        null = {"StringEquals": {"s3:VersionId": "null"}}
        s3 = shop.user(grant("s3:GetObjectVersion", "*", Condition=null))
        assert s3.get_object(Bucket=bucket, Key="k", VersionId="null")


class TestNotOffered:
    @pytest.mark.parametrize(
        ("arguments", "header"),
        [
            ({"ServerSideEncryption": "aws:kms"}, "x-amz-server-side-encryption"),
            ({"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "k"}, "x-amz-server-side-encryption"),
            ({"StorageClass": "GLACIER"}, "x-amz-storage-class"),
            ({"WriteOffsetBytes": 0}, "x-amz-write-offset-bytes"),
        ],
    )
    def test_headers_are_refused_and_not_passed_over(
        self, shop: Shop, arguments: dict[str, Any], header: str
    ) -> None:
        bucket = shop.bucket()
        message = "A header you provided implies functionality that is not implemented"
        found = refused(shop.s3.put_object, Bucket=bucket, Key="k", Body=b"x", **arguments)
        assert found == ("NotImplemented", message, 501)
        assert refused(shop.s3.get_object, Bucket=bucket, Key="k") == MISSING

    @pytest.mark.parametrize(
        "arguments",
        [
            {"ACL": "public-read"},
            {"ACL": "authenticated-read"},
            {"GrantRead": "uri=http://acs.amazonaws.com/groups/global/AllUsers"},
        ],
    )
    def test_acls_are_off(self, shop: Shop, arguments: dict[str, str]) -> None:
        bucket = shop.bucket()
        found = refused(shop.s3.put_object, Bucket=bucket, Key="k", **arguments)
        assert found == ("AccessControlListNotSupported", "The bucket does not allow ACLs", 400)
        assert refused(shop.s3.get_object, Bucket=bucket, Key="k") == MISSING

    def test_acls_that_change_nothing_are_taken(self, shop: Shop) -> None:
        bucket = shop.bucket()
        for acl in ("private", "bucket-owner-read", "bucket-owner-full-control"):
            shop.s3.put_object(Bucket=bucket, Key="k", ACL=acl, StorageClass="STANDARD")

    @pytest.mark.parametrize(
        ("method", "path", "kind", "allowed"),
        [
            ("DELETE", "/", "SERVICE", "GET"),
            ("POST", "/objects/k", "OBJECT", "DELETE, GET, HEAD, OPTIONS, PUT"),
        ],
    )
    def test_methods_that_are_none(self, shop: Shop, method: str, path: str, kind: str, allowed: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", shop.world.port, timeout=10)
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        assert (answer.status, answer.headers["allow"]) == (405, allowed)
        said = "<Message>The specified method is not allowed against this resource.</Message>"
        assert f"<Code>MethodNotAllowed</Code>{said}" in body
        assert f"<Method>{method}</Method><ResourceType>{kind}</ResourceType>" in body


class TestAttributes:
    def test_those_that_were_asked_for(self, shop: Shop) -> None:
        bucket = shop.bucket()
        etag = shop.s3.put_object(Bucket=bucket, Key="k", Body=b"body", ChecksumAlgorithm="CRC32")["ETag"]
        wanted = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]
        answer = shop.s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=wanted)
        assert answer["ETag"] == etag.strip('"')
        assert (answer["ObjectSize"], answer["StorageClass"]) == (4, "STANDARD")
        assert set(answer["Checksum"]) == {"ChecksumCRC32", "ChecksumType"}
        assert "ObjectParts" not in answer
        size = shop.s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["ObjectSize"])
        assert "ETag" not in size

    def test_refusals(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "k")
        call = shop.s3.get_object_attributes
        assert refused(call, Bucket=bucket, Key="none", ObjectAttributes=["ETag"]) == MISSING
        with pytest.raises(ClientError) as caught:
            call(Bucket=bucket, Key="k", ObjectAttributes=["ETag", "Color"])
        error = caught.value.response["Error"]
        assert (error["Code"], error["Message"]) == ("InvalidArgument", "Invalid attribute name specified.")
        assert (error["ArgumentName"], error["ArgumentValue"]) == ("x-amz-object-attributes", "Color")

    @pytest.mark.parametrize("left", [None, ""])
    def test_without_any_the_object_is_not_read(self, shop: Shop, left: str | None) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "k")

        def leave(params: dict[str, Any], **_: Any) -> None:
            del params["headers"]["x-amz-object-attributes"]
            if left is not None:
                params["headers"]["x-amz-object-attributes"] = left

        shop.s3.meta.events.register("before-call.s3.GetObjectAttributes", leave)
        try:
            found = refused(shop.s3.get_object_attributes, Bucket=bucket, Key="k", ObjectAttributes=["ETag"])
        finally:
            shop.s3.meta.events.unregister("before-call.s3.GetObjectAttributes", leave)
        assert found == (
            "InvalidRequest",
            "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing "
            "or empty",
            400,
        )


def test_reading_acls_shows_the_owners_full_control(shop: Shop) -> None:
    bucket = shop.bucket()
    shop.fill(bucket, "k")
    for acl in (shop.s3.get_bucket_acl(Bucket=bucket), shop.s3.get_object_acl(Bucket=bucket, Key="k")):
        owner = acl["Owner"]["ID"]
        assert [(one["Grantee"]["ID"], one["Permission"]) for one in acl["Grants"]] == [
            (owner, "FULL_CONTROL")
        ]
        assert acl["Grants"][0]["Grantee"]["Type"] == "CanonicalUser"
    assert refused(shop.s3.get_object_acl, Bucket=bucket, Key="none") == MISSING
    code, _, status = refused(shop.s3.put_bucket_acl, Bucket=bucket, ACL="public-read")
    assert (code, status) == ("AccessControlListNotSupported", 400)
