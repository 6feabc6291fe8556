"""Versions and delete markers (S3 guide, "Retaining multiple versions of objects with S3 Versioning")."""

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conformance.fix_s3 import Shop, grant
from tests.refusals import refused

pytest_plugins = ["tests.conformance.fix_s3"]
ABSENT = "A" * 32


def versioned(shop: Shop, status: str = "Enabled") -> str:
    bucket = shop.bucket()
    shop.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})
    return bucket


def put(shop: Shop, bucket: str, body: bytes, key: str = "k") -> str:
    """The id of the version that was made."""
    return str(shop.s3.put_object(Bucket=bucket, Key=key, Body=body)["VersionId"])


def read(shop: Shop, bucket: str, **which: str) -> bytes:
    return bytes(shop.s3.get_object(Bucket=bucket, Key="k", **which)["Body"].read())


def listed(shop: Shop, bucket: str, **options: Any) -> list[tuple[str, str, bool, bool]]:
    """(key, version, whether latest, whether a delete marker), as a page by page listing has them."""
    found = []
    for page in shop.s3.get_paginator("list_object_versions").paginate(Bucket=bucket, **options):
        for name in ("Versions", "DeleteMarkers"):
            found += [
                (one["Key"], one["VersionId"], one["IsLatest"], name == "DeleteMarkers")
                for one in page.get(name, [])
            ]
    return found


def written(shop: Shop, bucket: str, **options: Any) -> list[tuple[str, str]]:
    """Elements and ids of versions and delete markers in the order in which an answer has them."""
    bodies: list[bytes] = []

    def keep(response_dict: dict[str, Any], **_: Any) -> None:
        bodies.append(response_dict["body"])

    shop.s3.meta.events.register("before-parse.s3.ListObjectVersions", keep)
    try:
        shop.s3.list_object_versions(Bucket=bucket, **options)
    finally:
        shop.s3.meta.events.unregister("before-parse.s3.ListObjectVersions", keep)
    pattern = "<(Version|DeleteMarker)>.*?<VersionId>(.*?)</VersionId>"
    return re.findall(pattern, bodies[0].decode(), re.DOTALL)


class TestStatus:
    def test_it_is_empty_until_it_is_set(self, shop: Shop) -> None:
        bucket = shop.bucket()
        assert "Status" not in shop.s3.get_bucket_versioning(Bucket=bucket)
        for status in ("Enabled", "Suspended", "Enabled"):
            shop.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})
            assert shop.s3.get_bucket_versioning(Bucket=bucket)["Status"] == status

    def test_it_cannot_be_taken_back(self, shop: Shop) -> None:
        bucket = versioned(shop)
        put_versioning = shop.s3.put_bucket_versioning
        assert refused(put_versioning, Bucket=bucket, VersioningConfiguration={}) == (
            "IllegalVersioningConfigurationException",
            "The Versioning element must be specified",
            400,
        )
        wrong = refused(put_versioning, Bucket=bucket, VersioningConfiguration={"Status": "Disabled"})
        assert (wrong[0], wrong[2]) == ("MalformedXML", 400)
        mfa = {"Status": "Enabled", "MFADelete": "Enabled"}
        assert refused(put_versioning, Bucket=bucket, VersioningConfiguration=mfa)[2] == 501
        assert shop.s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"


class TestObjects:
    def test_each_put_makes_a_version(self, shop: Shop) -> None:
        bucket = versioned(shop)
        first, second = put(shop, bucket, b"one"), put(shop, bucket, b"two")
        assert first != second
        assert read(shop, bucket) == b"two"
        assert read(shop, bucket, VersionId=first) == b"one"
        assert read(shop, bucket, VersionId=second) == b"two"
        head = shop.s3.head_object(Bucket=bucket, Key="k")
        assert head["VersionId"] == second
        assert listed(shop, bucket) == [("k", second, True, False), ("k", first, False, False)]
        assert [one["Key"] for one in shop.s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["k"]

    def test_a_large_version_keeps_its_bytes(self, shop: Shop) -> None:
        bucket = versioned(shop)
        large = put(shop, bucket, b"x" * 100_000)
        put(shop, bucket, b"small")
        assert read(shop, bucket, VersionId=large) == b"x" * 100_000

    def test_what_was_there_before_is_the_null_version(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "k")
        shop.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        assert shop.s3.head_object(Bucket=bucket, Key="k")["VersionId"] == "null"
        new = put(shop, bucket, b"new")
        assert read(shop, bucket, VersionId="null") == b"k"
        assert listed(shop, bucket) == [("k", new, True, False), ("k", "null", False, False)]

    def test_while_suspended_there_is_one_null_version(self, shop: Shop) -> None:
        bucket = versioned(shop)
        kept = put(shop, bucket, b"kept")
        shop.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
        assert [put(shop, bucket, body) for body in (b"a", b"b")] == ["null", "null"]
        assert read(shop, bucket) == b"b"
        assert read(shop, bucket, VersionId=kept) == b"kept"
        assert listed(shop, bucket) == [("k", "null", True, False), ("k", kept, False, False)]

    def test_an_unversioned_bucket_says_nothing_of_versions(self, shop: Shop) -> None:
        bucket = shop.bucket()
        assert "VersionId" not in shop.s3.put_object(Bucket=bucket, Key="k", Body=b"k")
        assert "VersionId" not in shop.s3.get_object(Bucket=bucket, Key="k")
        assert listed(shop, bucket) == [("k", "null", True, False)]

    def test_a_multipart_upload_and_a_copy_make_versions(self, shop: Shop) -> None:
        bucket = versioned(shop)
        upload = shop.s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
        part = shop.s3.upload_part(Bucket=bucket, Key="k", UploadId=upload, PartNumber=1, Body=b"part")
        parts = [{"PartNumber": 1, "ETag": part["ETag"]}]
        whole = shop.s3.complete_multipart_upload(
            Bucket=bucket, Key="k", UploadId=upload, MultipartUpload={"Parts": parts}
        )
        put(shop, bucket, b"new")
        back = shop.s3.copy_object(
            Bucket=bucket, Key="k", CopySource={"Bucket": bucket, "Key": "k", "VersionId": whole["VersionId"]}
        )
        assert back["CopySourceVersionId"] == whole["VersionId"]
        assert read(shop, bucket) == b"part"
        assert shop.s3.head_object(Bucket=bucket, Key="k")["VersionId"] == back["VersionId"]


class TestDeleting:
    def test_a_delete_adds_a_marker(self, shop: Shop) -> None:
        bucket = versioned(shop)
        kept = put(shop, bucket, b"k")
        marker = shop.s3.delete_object(Bucket=bucket, Key="k")
        assert marker["DeleteMarker"] is True
        with pytest.raises(ClientError) as refusal:
            shop.s3.get_object(Bucket=bucket, Key="k")
        answer = refusal.value.response
        assert answer["Error"]["Code"] == "NoSuchKey"
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        assert headers["x-amz-delete-marker"] == "true"
        assert headers["x-amz-version-id"] == marker["VersionId"]
        assert read(shop, bucket, VersionId=kept) == b"k"
        assert set(listed(shop, bucket)) == {
            ("k", marker["VersionId"], True, True),
            ("k", kept, False, False),
        }
        assert "Contents" not in shop.s3.list_objects_v2(Bucket=bucket)

    def test_a_listing_has_markers_where_they_came_to_be(self, shop: Shop) -> None:
        bucket = versioned(shop)
        first = put(shop, bucket, b"1")
        marker = shop.s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
        second, third = put(shop, bucket, b"2"), put(shop, bucket, b"3")
        last = shop.s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
        other = put(shop, bucket, b"", "other")
        assert written(shop, bucket) == [
            ("DeleteMarker", last),
            ("Version", third),
            ("Version", second),
            ("DeleteMarker", marker),
            ("Version", first),
            ("Version", other),
        ]
        assert written(shop, bucket, MaxKeys=1) == [("DeleteMarker", last)]

    def test_a_marker_itself_cannot_be_read(self, shop: Shop) -> None:
        bucket = versioned(shop)
        marker = shop.s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
        with pytest.raises(ClientError) as refusal:
            shop.s3.get_object(Bucket=bucket, Key="k", VersionId=marker)
        assert refusal.value.response["Error"]["Code"] == "MethodNotAllowed"
        headers = refusal.value.response["ResponseMetadata"]["HTTPHeaders"]
        assert (headers["allow"], headers["x-amz-delete-marker"]) == ("DELETE", "true")
        assert refused(shop.s3.head_object, Bucket=bucket, Key="k", VersionId=marker)[2] == 405

    def test_without_its_marker_the_object_is_back(self, shop: Shop) -> None:
        bucket = versioned(shop)
        put(shop, bucket, b"k")
        marker = shop.s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
        undone = shop.s3.delete_object(Bucket=bucket, Key="k", VersionId=marker)
        assert (undone["DeleteMarker"], undone["VersionId"]) == (True, marker)
        assert read(shop, bucket) == b"k"

    def test_a_deleted_version_is_gone_for_good(self, shop: Shop) -> None:
        bucket = versioned(shop)
        first, second = put(shop, bucket, b"one"), put(shop, bucket, b"two")
        assert shop.s3.delete_object(Bucket=bucket, Key="k", VersionId=second)["VersionId"] == second
        assert read(shop, bucket) == b"one"
        assert refused(shop.s3.get_object, Bucket=bucket, Key="k", VersionId=second) == (
            "NoSuchVersion",
            "The specified version does not exist.",
            404,
        )
        assert listed(shop, bucket) == [("k", first, True, False)]
        shop.s3.delete_object(Bucket=bucket, Key="k", VersionId=ABSENT)

    def test_while_suspended_a_delete_replaces_the_null_version(self, shop: Shop) -> None:
        bucket = versioned(shop, "Suspended")
        put(shop, bucket, b"k")
        assert shop.s3.delete_object(Bucket=bucket, Key="k")["VersionId"] == "null"
        assert listed(shop, bucket) == [("k", "null", True, True)]

    def test_a_bucket_with_versions_is_not_empty(self, shop: Shop) -> None:
        bucket = versioned(shop)
        put(shop, bucket, b"k")
        marker = shop.s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
        assert refused(shop.s3.delete_bucket, Bucket=bucket)[0] == "BucketNotEmpty"
        for _, version, _, _ in listed(shop, bucket):
            shop.s3.delete_object(Bucket=bucket, Key="k", VersionId=version)
        assert refused(shop.s3.head_object, Bucket=bucket, Key="k", VersionId=marker)[2] == 404
        shop.s3.delete_bucket(Bucket=bucket)

    def test_a_batch_names_versions_and_markers(self, shop: Shop) -> None:
        bucket = versioned(shop)
        old = put(shop, bucket, b"old")
        put(shop, bucket, b"new")
        answer = shop.s3.delete_objects(
            Bucket=bucket, Delete={"Objects": [{"Key": "k"}, {"Key": "k", "VersionId": old}]}
        )
        assert [one.get("VersionId") for one in answer["Deleted"]] == [None, old]
        marker = answer["Deleted"][0]["DeleteMarkerVersionId"]
        removed = shop.s3.delete_objects(
            Bucket=bucket, Delete={"Objects": [{"Key": "k", "VersionId": marker}]}
        )
        assert removed["Deleted"] == [
            {"Key": "k", "VersionId": marker, "DeleteMarker": True, "DeleteMarkerVersionId": marker}
        ]
        assert read(shop, bucket) == b"new"

    def test_in_a_batch_a_refused_version_leaves_its_key_alone(self, shop: Shop) -> None:
        bucket = versioned(shop)
        old = put(shop, bucket, b"old")
        s3 = shop.user(grant("s3:DeleteObject", "*"))
        objects = [{"Key": "k"}, {"Key": "k", "VersionId": old}]
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})
        assert [(one["Key"], one["DeleteMarker"]) for one in answer["Deleted"]] == [("k", True)]
        assert [(one["VersionId"], one["Code"]) for one in answer["Errors"]] == [(old, "AccessDenied")]
        assert read(shop, bucket, VersionId=old) == b"old"


class TestListing:
    def test_pages_go_on_within_a_key(self, shop: Shop) -> None:
        bucket = versioned(shop)
        ids = [put(shop, bucket, b"x", key) for key in ("a", "a", "a", "b/1", "b/2", "c")]
        expected = [("a", ids[2], True, False), ("a", ids[1], False, False), ("a", ids[0], False, False)]
        expected += [("b/1", ids[3], True, False), ("b/2", ids[4], True, False), ("c", ids[5], True, False)]
        for size in range(1, 7):
            assert listed(shop, bucket, PaginationConfig={"PageSize": size}) == expected
        assert listed(shop, bucket, Prefix="b/") == expected[3:5]
        rolled = shop.s3.list_object_versions(Bucket=bucket, Delimiter="/")
        assert [one["Prefix"] for one in rolled["CommonPrefixes"]] == ["b/"]
        assert len(rolled["Versions"]) == 4

    def test_a_page_goes_on_after_a_version_that_was_deleted_meanwhile(self, shop: Shop) -> None:
        """As programs do that empty a bucket page by page."""
        bucket = versioned(shop)
        for _ in range(5):
            put(shop, bucket, b"x")
        for page in shop.s3.get_paginator("list_object_versions").paginate(
            Bucket=bucket, PaginationConfig={"PageSize": 2}
        ):
            for one in page["Versions"]:
                shop.s3.delete_object(Bucket=bucket, Key="k", VersionId=one["VersionId"])
        assert listed(shop, bucket) == []

    def test_markers_are_checked(self, shop: Shop) -> None:
        bucket = versioned(shop)
        call = shop.s3.list_object_versions
        assert refused(call, Bucket=bucket, VersionIdMarker=ABSENT)[0] == "InvalidArgument"
        assert refused(call, Bucket=bucket, KeyMarker="k", VersionIdMarker="?")[0] == "InvalidArgument"
        assert shop.s3.list_object_versions(Bucket=bucket, MaxKeys=0)["IsTruncated"] is False

    def test_it_is_a_right_of_its_own(self, shop: Shop) -> None:
        bucket = versioned(shop)
        other = shop.user(grant("s3:ListBucket", "*"))
        assert refused(other.list_object_versions, Bucket=bucket)[0] == "AccessDenied"
        prefixed = grant("s3:ListBucketVersions", "*", Condition={"StringEquals": {"s3:prefix": "home/"}})
        allowed = shop.user(prefixed)
        assert allowed.list_object_versions(Bucket=bucket, Prefix="home/")["IsTruncated"] is False
        assert refused(allowed.list_object_versions, Bucket=bucket)[0] == "AccessDenied"


class TestRights:
    def test_who_may_not_list_does_not_learn_that_a_version_is_missing(self, shop: Shop) -> None:
        bucket = versioned(shop)
        put(shop, bucket, b"k")
        s3 = shop.user(grant(["s3:GetObject", "s3:GetObjectVersion"], "*"))
        assert refused(s3.get_object, Bucket=bucket, Key="k", VersionId=ABSENT)[0] == "AccessDenied"
        assert refused(s3.get_object, Bucket=bucket, Key="other")[0] == "AccessDenied"

    def test_deleting_for_good_needs_more_than_marking(self, shop: Shop) -> None:
        bucket = versioned(shop)
        version = put(shop, bucket, b"k")
        s3 = shop.user(grant("s3:DeleteObject", "*"))
        assert refused(s3.delete_object, Bucket=bucket, Key="k", VersionId=version)[0] == "AccessDenied"
        assert s3.delete_object(Bucket=bucket, Key="k")["DeleteMarker"] is True
        assert read(shop, bucket, VersionId=version) == b"k"

    @pytest.mark.parametrize("action", ["s3:DeleteObject", "s3:DeleteObjectVersion"])
    def test_a_bucket_policy_that_denies_either_stops_every_delete_where_no_versions_are_kept(
        self, shop: Shop, action: str
    ) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "k")
        shop.policy(bucket, grant(action, f"arn:aws:s3:::{bucket}/*", effect="Deny", Principal="*"))
        for which in ({}, {"VersionId": "null"}):
            code, message, _ = refused(shop.s3.delete_object, Bucket=bucket, Key="k", **which)
            assert (code, "with an explicit deny in a resource-based policy" in message) == (
                "AccessDenied",
                True,
            )
            answer = shop.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "k", **which}]})
            assert [one["Code"] for one in answer["Errors"]] == ["AccessDenied"]
        assert shop.s3.head_object(Bucket=bucket, Key="k")

    def test_where_versions_are_kept_each_stops_its_own(self, shop: Shop) -> None:
        bucket = versioned(shop)
        version = put(shop, bucket, b"k")
        deny = grant("s3:DeleteObjectVersion", f"arn:aws:s3:::{bucket}/*", effect="Deny", Principal="*")
        shop.policy(bucket, deny)
        assert refused(shop.s3.delete_object, Bucket=bucket, Key="k", VersionId=version)[0] == "AccessDenied"
        assert shop.s3.delete_object(Bucket=bucket, Key="k")["DeleteMarker"] is True
