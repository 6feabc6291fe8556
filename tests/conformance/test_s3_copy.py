"""CopyObject and UploadPartCopy: what is copied, how the source is named, and what is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.conformance.fix_multipart import LEAST, begin, etag_of, patterned, uploaded
from tests.conformance.fix_s3 import Shop
from tests.refusals import refused

from deputize.gateway import bodies
from deputize.s3 import copy_source

LARGE = patterned(300_000)
NO_SOURCE = (
    "InvalidArgument",
    "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
    400,
)
PRECONDITION = ("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412)
ITSELF = (
    "InvalidRequest",
    "This copy request is illegal because it is trying to copy an object to itself without changing the "
    "object's metadata, storage class, website redirect location or encryption attributes.",
    400,
)


def copied(shop: Shop, bucket: str, source: Any, **more: Any) -> Any:
    """Copy `source` to the key `copy`, and return the answer's result."""
    answer = shop.s3.copy_object(Bucket=bucket, Key="copy", CopySource=source, **more)
    return answer["CopyObjectResult"]


@contextmanager
def naming(client: Any, source: str) -> Iterator[None]:
    """Send this x-amz-copy-source as it is: boto3 would encode it."""

    def replace(params: dict[str, Any], **_: Any) -> None:
        params["headers"]["x-amz-copy-source"] = source

    client.meta.events.register("before-call.s3", replace)
    try:
        yield
    finally:
        client.meta.events.unregister("before-call.s3", replace)


def read(shop: Shop, bucket: str, key: str = "copy") -> bytes:
    body: bytes = shop.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    return body


@pytest.mark.parametrize("data", [b"", b"x", LARGE])
def test_a_copy_is_the_same(shop: Shop, data: bytes) -> None:
    source, bucket = shop.bucket(), shop.bucket()
    kept: dict[str, Any] = {"ContentType": "text/plain", "ContentLanguage": "de", "Metadata": {"a": "1"}}
    put = shop.s3.put_object(Bucket=source, Key="k", Body=data, ChecksumAlgorithm="SHA256", **kept)
    result = copied(shop, bucket, f"{source}/k")
    assert (result["ETag"], result["ChecksumSHA256"]) == (put["ETag"], put["ChecksumSHA256"])
    assert result["LastModified"].timestamp() == shop.world.clock.now
    found = shop.s3.get_object(Bucket=bucket, Key="copy")
    assert found["Body"].read() == data
    assert {name: found[name] for name in kept} == kept
    shop.s3.delete_object(Bucket=source, Key="k")
    assert read(shop, bucket) == data


def test_metadata_is_the_sources_or_the_requests(shop: Shop) -> None:
    bucket = shop.bucket()
    shop.s3.put_object(
        Bucket=bucket,
        Key="k",
        Body=b"x",
        ContentType="text/plain",
        CacheControl="no-store",
        Metadata={"a": "1"},
    )
    new: dict[str, Any] = {"ContentType": "text/html", "Metadata": {"b": "2"}}
    for directive in ("COPY", None):
        given = {"MetadataDirective": directive} if directive else {}
        copied(shop, bucket, f"{bucket}/k", **given, **new)
        found = shop.s3.head_object(Bucket=bucket, Key="copy")
        assert (found["ContentType"], found["Metadata"]) == ("text/plain", {"a": "1"})
    copied(shop, bucket, f"{bucket}/k", MetadataDirective="REPLACE", **new)
    found = shop.s3.head_object(Bucket=bucket, Key="copy")
    assert (found["ContentType"], found["Metadata"]) == ("text/html", {"b": "2"})
    assert "CacheControl" not in found
    assert refused(
        shop.s3.copy_object, Bucket=bucket, Key="copy", CopySource=f"{bucket}/k", MetadataDirective="MOVE"
    ) == ("InvalidArgument", "Unknown metadata directive.", 400)


def test_another_checksum_may_be_asked_for(shop: Shop) -> None:
    bucket = shop.bucket()
    put = shop.s3.put_object(Bucket=bucket, Key="k", Body=LARGE, ChecksumAlgorithm="CRC32")
    wanted = shop.s3.put_object(Bucket=bucket, Key="l", Body=LARGE, ChecksumAlgorithm="SHA1")
    assert copied(shop, bucket, f"{bucket}/k")["ChecksumCRC32"] == put["ChecksumCRC32"]
    result = copied(shop, bucket, f"{bucket}/k", ChecksumAlgorithm="SHA1")
    assert result["ChecksumSHA1"] == wanted["ChecksumSHA1"]
    assert (result["ChecksumType"], "ChecksumCRC32" in result) == ("FULL_OBJECT", False)


def test_an_object_of_parts_becomes_one_piece(shop: Shop) -> None:
    bucket = shop.bucket()
    parts = patterned(LEAST, 3), b"end"
    uploaded(shop.s3, bucket, "k", *parts, ChecksumAlgorithm="SHA256")
    whole = shop.s3.put_object(Bucket=bucket, Key="l", Body=b"".join(parts), ChecksumAlgorithm="SHA256")
    result = copied(shop, bucket, f"{bucket}/k")
    assert (result["ETag"], result["ChecksumSHA256"]) == (whole["ETag"], whole["ChecksumSHA256"])
    assert read(shop, bucket) == b"".join(parts)
    assert "PartsCount" not in shop.s3.head_object(Bucket=bucket, Key="copy", PartNumber=1)


def test_onto_itself_something_must_change(shop: Shop) -> None:
    bucket = shop.bucket()
    shop.s3.put_object(Bucket=bucket, Key="copy", Body=LARGE, Metadata={"a": "1"})
    for given in ({}, {"MetadataDirective": "COPY", "Metadata": {"b": "2"}}):
        call = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/copy", **given}
        assert refused(shop.s3.copy_object, **call) == ITSELF
    for changed in ({"StorageClass": "STANDARD"}, {"ServerSideEncryption": "AES256"}):
        copied(shop, bucket, f"{bucket}/copy", **changed)
    assert shop.s3.head_object(Bucket=bucket, Key="copy")["Metadata"] == {"a": "1"}
    copied(shop, bucket, f"{bucket}/copy", MetadataDirective="REPLACE")
    assert shop.s3.head_object(Bucket=bucket, Key="copy")["Metadata"] == {}
    assert read(shop, bucket) == LARGE


def test_a_delete_marker_cannot_be_copied(shop: Shop) -> None:
    bucket = shop.bucket()
    shop.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    shop.fill(bucket, "k")
    marker = shop.s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
    call = {"Bucket": bucket, "Key": "copy"}
    assert refused(shop.s3.copy_object, **call, CopySource=f"{bucket}/k")[::2] == ("NoSuchKey", 404)
    part = {**call, "PartNumber": 1, "UploadId": shop.s3.create_multipart_upload(**call)["UploadId"]}
    for copy, request in ((shop.s3.copy_object, call), (shop.s3.upload_part_copy, part)):
        assert refused(copy, **request, CopySource=f"{bucket}/k?versionId={marker}") == (
            "InvalidRequest",
            "The source of a copy request may not specifically refer to a delete marker by version id.",
            400,
        )


def test_a_copy_replaces_what_was_there(shop: Shop) -> None:
    bucket = shop.bucket()
    shop.fill(bucket, "k", "copy")
    etag = shop.s3.head_object(Bucket=bucket, Key="copy")["ETag"]
    call = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/k"}
    assert refused(shop.s3.copy_object, **call, IfNoneMatch="*") == PRECONDITION
    assert refused(shop.s3.copy_object, **call, IfMatch='"00"') == PRECONDITION
    assert read(shop, bucket) == b"copy"
    shop.s3.copy_object(**call, IfMatch=etag)
    assert read(shop, bucket) == b"k"


# --- how the source is named


@pytest.mark.parametrize("key", ["k", "a/b", "a//b", "a b", "a+b", "ä?&=%", "100%", "a?versionId=1"])
def test_the_source_may_be_named_in_all_forms(shop: Shop, key: str) -> None:
    bucket = shop.bucket()
    shop.fill(bucket, key)
    copied(shop, bucket, {"Bucket": bucket, "Key": key})
    assert read(shop, bucket) == key.encode()
    copied(shop, bucket, {"Bucket": bucket, "Key": key, "VersionId": "null"})


@pytest.mark.parametrize(
    "form", ["/{}/a%20b", "{}/a+b", "{}%2Fa%20b", "%2F{}/a%20b", "{}/a%20b?versionId=null"]
)
def test_slashes_and_escapes(shop: Shop, form: str) -> None:
    bucket = shop.bucket()
    shop.fill(bucket, "a b")
    with naming(shop.s3, form.format(bucket)):
        copied(shop, bucket, "x/x")
    assert read(shop, bucket) == b"a b"


@pytest.mark.parametrize("source", ["", "/", "x", "bucket/", "/bucket", "/bucket/", "bucket/%ff", "%2F%2Fk"])
def test_a_source_that_is_none(shop: Shop, source: str) -> None:
    """T31: an empty one too."""
    bucket = shop.bucket()
    with naming(shop.s3, source):
        assert refused(shop.s3.copy_object, Bucket=bucket, Key="copy", CopySource="x/x") == NO_SOURCE
    assert shop.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_other_refusals_of_sources(shop: Shop) -> None:
    bucket = shop.bucket()
    shop.fill(bucket, "k")

    def code(source: str) -> tuple[str, int]:
        with naming(shop.s3, source):
            refusal = refused(shop.s3.copy_object, Bucket=bucket, Key="copy", CopySource="x/x")
        return refusal[0], refusal[2]

    assert code("nowhere-at-all/k") == ("NoSuchBucket", 404)
    assert code(f"{bucket}/missing") == ("NoSuchKey", 404)
    assert code(f"{bucket}/k?versionId=other") == ("InvalidArgument", 400)
    assert code(f"{bucket}/k?versionId=") == ("InvalidArgument", 400)
    assert code("arn:aws:s3:us-east-1:111122223333:accesspoint/abc/object/k") == ("NoSuchAccessPoint", 404)
    outpost = "arn:aws:s3-outposts:us-east-1:111122223333:outpost/o/bucket/b/object/k"
    assert code(outpost) == ("NotImplemented", 501)
    assert shop.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


def test_what_is_not_offered_is_refused(shop: Shop) -> None:
    bucket = shop.bucket()
    shop.fill(bucket, "k")
    call = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/k"}
    assert refused(shop.s3.copy_object, **call, StorageClass="GLACIER")[::2] == ("NotImplemented", 501)
    assert refused(shop.s3.copy_object, **call, ACL="public-read")[0] == "AccessControlListNotSupported"
    shop.s3.copy_object(**call, TaggingDirective="COPY")
    shop.s3.copy_object(**call, TaggingDirective="REPLACE")


# --- conditions on the source


@pytest.mark.parametrize("operation", ["copy", "part"])
def test_conditions_on_the_source(shop: Shop, operation: str) -> None:
    bucket = shop.bucket()
    etag = shop.s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"]
    modified = shop.s3.head_object(Bucket=bucket, Key="k")["LastModified"]
    before, sending = datetime(2020, 1, 1, tzinfo=UTC), begin(shop.s3, bucket, "copy")

    def attempt(**asked: Any) -> Any:
        given = {f"CopySource{name}": value for name, value in asked.items()}
        call = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/k", **given}
        if operation == "copy":
            return shop.s3.copy_object(**call)
        return shop.s3.upload_part_copy(**call, UploadId=sending.id, PartNumber=1)

    for good in (
        {"IfMatch": etag},
        {"IfNoneMatch": '"00"'},
        {"IfModifiedSince": before},
        {"IfUnmodifiedSince": modified},
        {"IfMatch": etag, "IfUnmodifiedSince": before},
    ):
        attempt(**good)
    for bad in (
        {"IfMatch": '"00"'},
        {"IfNoneMatch": etag},
        {"IfModifiedSince": modified},
        {"IfUnmodifiedSince": before},
        {"IfNoneMatch": etag, "IfModifiedSince": before},
    ):
        assert refused(attempt, **bad) == PRECONDITION, bad


def test_the_condition_that_failed_is_named(shop: Shop) -> None:
    bucket = shop.bucket()
    etag = shop.s3.put_object(Bucket=bucket, Key="k", Body=b"x")["ETag"]
    call = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/k"}
    for member, value, name in (
        ("CopySourceIfMatch", '"00"', "x-amz-copy-source-If-Match"),
        ("CopySourceIfNoneMatch", etag, "x-amz-copy-source-If-None-Match"),
    ):
        with pytest.raises(shop.s3.exceptions.ClientError) as caught:
            shop.s3.copy_object(**call, **{member: value})
        assert caught.value.response["Error"]["Condition"] == name


# --- limits


def test_a_source_may_not_be_too_large(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copy_source, "COPY_LIMIT", 10)
    bucket = shop.bucket()
    shop.s3.put_object(Bucket=bucket, Key="k", Body=b"x" * 11)
    shop.s3.put_object(Bucket=bucket, Key="l", Body=b"x" * 10)
    text = "The specified copy source is larger than the maximum allowable size for a copy source: 10"
    call = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/k"}
    assert refused(shop.s3.copy_object, **call) == ("InvalidRequest", text, 400)
    copied(shop, bucket, f"{bucket}/l")
    sending = begin(shop.s3, bucket, "copy")
    part = {**sending.names, "PartNumber": 1, "CopySource": f"{bucket}/k"}
    assert refused(shop.s3.upload_part_copy, **part) == ("InvalidRequest", text, 400)
    shop.s3.upload_part_copy(**part, CopySourceRange="bytes=1-10")


# --- parts


def test_parts_may_be_copied(shop: Shop) -> None:
    source, bucket = shop.bucket(), shop.bucket()
    data = patterned(2 * LEAST + 1000, 5)
    uploaded(shop.s3, source, "k", data[:LEAST], data[LEAST:])
    sending = begin(shop.s3, bucket, "copy", ChecksumAlgorithm="CRC32C")
    listed = []
    for number, (first, last) in enumerate(((100, LEAST + 99), (LEAST + 100, len(data) - 1)), 1):
        result = shop.s3.upload_part_copy(
            **sending.names,
            PartNumber=number,
            CopySource=f"{source}/k",
            CopySourceRange=f"bytes={first}-{last}",
        )["CopyPartResult"]
        listed.append(
            {"PartNumber": number, "ETag": result["ETag"], "ChecksumCRC32C": result["ChecksumCRC32C"]}
        )
    etag = sending.complete(listed)["ETag"]
    assert etag == etag_of(data[100 : LEAST + 100], data[LEAST + 100 :])
    assert read(shop, bucket) == data[100:]


def test_a_whole_object_may_be_a_part(shop: Shop) -> None:
    bucket = shop.bucket()
    shop.fill(bucket, "k")
    sending = begin(shop.s3, bucket, "copy")
    result = shop.s3.upload_part_copy(**sending.names, PartNumber=1, CopySource=f"{bucket}/k")
    sending.complete([{"PartNumber": 1, "ETag": result["CopyPartResult"]["ETag"]}])
    assert read(shop, bucket) == b"k"


@pytest.mark.parametrize("asked", ["bytes=0-", "bytes=-5", "bytes=a-b", "0-1", "bytes=0-1,3-4", "bytes=0-1x"])
def test_ranges_of_another_form(shop: Shop, asked: str) -> None:
    bucket = shop.bucket()
    shop.fill(bucket, "k")
    sending = begin(shop.s3, bucket, "copy")
    call = {**sending.names, "PartNumber": 1, "CopySource": f"{bucket}/k", "CopySourceRange": asked}
    assert refused(shop.s3.upload_part_copy, **call) == (
        "InvalidArgument",
        "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "
        "zero-based offsets of the first and last bytes to copy",
        400,
    )
    assert "Parts" not in shop.s3.list_parts(**sending.names)


@pytest.mark.parametrize("asked", ["bytes=0-10", "bytes=10-10", "bytes=5-4", "bytes=11-12"])
def test_ranges_beyond_the_source(shop: Shop, asked: str) -> None:
    bucket = shop.bucket()
    shop.s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    sending = begin(shop.s3, bucket, "copy")
    call = {**sending.names, "PartNumber": 1, "CopySource": f"{bucket}/k", "CopySourceRange": asked}
    assert refused(shop.s3.upload_part_copy, **call) == (
        "InvalidArgument",
        "Range specified is not valid for source object of size: 10",
        400,
    )


def test_a_copied_part_needs_its_upload_and_its_number(shop: Shop) -> None:
    bucket = shop.bucket()
    shop.fill(bucket, "k")
    call = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/k"}
    assert refused(shop.s3.upload_part_copy, **call, UploadId="none", PartNumber=1)[0] == "NoSuchUpload"
    sending = begin(shop.s3, bucket, "copy")
    part = {**call, "UploadId": sending.id, "PartNumber": 0}
    assert refused(shop.s3.upload_part_copy, **part)[0] == "InvalidArgument"


# --- what fails on the way


def test_a_copy_that_cannot_be_stored_leaves_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = shop.bucket()
    shop.s3.put_object(Bucket=bucket, Key="k", Body=LARGE)
    staged = shop.world.data / "blobs" / "staging"

    def fail(self: bodies.Staging, piece: bytes) -> None:
        raise OSError("no")

    with monkeypatch.context() as patch:
        patch.setattr(bodies.Staging, "take", fail)
        call = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/k"}
        assert refused(shop.s3.copy_object, **call)[::2] == ("InternalError", 500)
    assert list(staged.iterdir()) == []
    assert refused(shop.s3.get_object, Bucket=bucket, Key="copy")[0] == "NoSuchKey"


def test_a_source_that_is_replaced_meanwhile_is_copied_as_it_was(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = shop.bucket()
    shop.s3.put_object(Bucket=bucket, Key="k", Body=LARGE, Metadata={"a": "old"})
    finish = bodies.Staging.finish

    def replace_first(self: bodies.Staging) -> Any:
        with monkeypatch.context() as patch:
            patch.setattr(bodies.Staging, "finish", finish)
            shop.s3.put_object(Bucket=bucket, Key="k", Body=b"new", Metadata={"a": "new"})
        return finish(self)

    with monkeypatch.context() as patch:
        patch.setattr(bodies.Staging, "finish", replace_first)
        copied(shop, bucket, f"{bucket}/k")
    found = shop.s3.get_object(Bucket=bucket, Key="copy")
    assert (found["Body"].read(), found["Metadata"]) == (LARGE, {"a": "old"})
    assert read(shop, bucket, "k") == b"new"
