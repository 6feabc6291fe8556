"""Tags of objects and of buckets (S3 guide, "Categorizing your objects using tags")."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conformance.fix_s3 import Shop, grant
from tests.refusals import refused

pytest_plugins = ["tests.conformance.fix_s3"]


def tag_set(**tags: str) -> dict[str, Any]:
    return {"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]}


def tags_of(s3: Any, bucket: str, key: str = "k", **which: str) -> dict[str, str]:
    found = s3.get_object_tagging(Bucket=bucket, Key=key, **which)["TagSet"]
    return {tag["Key"]: tag["Value"] for tag in found}


class TestObjects:
    def test_tags_are_put_read_and_deleted(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "k")
        before = shop.s3.head_object(Bucket=bucket, Key="k")
        assert tags_of(shop.s3, bucket) == {}
        shop.s3.put_object_tagging(Bucket=bucket, Key="k", Tagging=tag_set(Team="blue", env="prod"))
        assert tags_of(shop.s3, bucket) == {"Team": "blue", "env": "prod"}
        head = shop.s3.head_object(Bucket=bucket, Key="k")
        assert head["TagCount"] == 2
        assert (head["ETag"], head["LastModified"]) == (before["ETag"], before["LastModified"])
        assert shop.s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"k"
        shop.s3.put_object_tagging(Bucket=bucket, Key="k", Tagging=tag_set(only="one"))
        assert tags_of(shop.s3, bucket) == {"only": "one"}
        shop.s3.delete_object_tagging(Bucket=bucket, Key="k")
        assert tags_of(shop.s3, bucket) == {}
        assert "TagCount" not in shop.s3.head_object(Bucket=bucket, Key="k")

    def test_an_upload_brings_its_tags(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.s3.put_object(Bucket=bucket, Key="k", Body=b"", Tagging="a=1&b=x%20y&c=")
        assert tags_of(shop.s3, bucket) == {"a": "1", "b": "x y", "c": ""}
        shop.s3.put_object(Bucket=bucket, Key="k", Body=b"")
        assert tags_of(shop.s3, bucket) == {}

    def test_a_multipart_upload_brings_its_tags(self, shop: Shop) -> None:
        bucket = shop.bucket()
        upload = shop.s3.create_multipart_upload(Bucket=bucket, Key="k", Tagging="a=1")["UploadId"]
        part = shop.s3.upload_part(Bucket=bucket, Key="k", UploadId=upload, PartNumber=1, Body=b"x")
        parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
        shop.s3.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload, MultipartUpload=parts)
        assert tags_of(shop.s3, bucket) == {"a": "1"}

    def test_a_copy_has_its_sources_tags_or_its_own(self, shop: Shop) -> None:
        bucket = shop.bucket()
        source = {"Bucket": bucket, "Key": "k"}
        shop.s3.put_object(**source, Body=b"", Tagging="a=1")
        shop.s3.copy_object(Bucket=bucket, Key="same", CopySource=source)
        assert tags_of(shop.s3, bucket, "same") == {"a": "1"}
        shop.s3.copy_object(
            Bucket=bucket, Key="own", CopySource=source, TaggingDirective="REPLACE", Tagging="b=2"
        )
        assert tags_of(shop.s3, bucket, "own") == {"b": "2"}

    def test_each_version_has_its_own(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        old = shop.s3.put_object(Bucket=bucket, Key="k", Body=b"", Tagging="a=old")["VersionId"]
        new = shop.s3.put_object(Bucket=bucket, Key="k", Body=b"", Tagging="a=new")["VersionId"]
        told = shop.s3.put_object_tagging(Bucket=bucket, Key="k", VersionId=old, Tagging=tag_set(b="2"))
        assert told["VersionId"] == old
        assert tags_of(shop.s3, bucket, VersionId=old) == {"b": "2"}
        assert tags_of(shop.s3, bucket, VersionId=new) == tags_of(shop.s3, bucket) == {"a": "new"}

    @pytest.mark.parametrize(
        ("tags", "code", "message"),
        [
            (
                [(str(number), "") for number in range(11)],
                "BadRequest",
                "Object tags cannot be greater than 10",
            ),
            ([("a", "1"), ("a", "2")], "InvalidTag", "Cannot provide multiple Tags with the same key"),
            ([("aws:x", "1")], "InvalidTag", "System tags cannot be added/updated by requester"),
            ([("a<b", "1")], "InvalidTag", "The TagKey you have provided is invalid"),
            ([("k" * 129, "1")], "InvalidTag", "The TagKey you have provided is invalid"),
            ([("a", "v" * 257)], "InvalidTag", "The TagValue you have provided is invalid"),
        ],
    )
    def test_bad_tags_change_nothing(
        self, shop: Shop, tags: list[tuple[str, str]], code: str, message: str
    ) -> None:
        bucket = shop.bucket()
        shop.s3.put_object(Bucket=bucket, Key="k", Body=b"", Tagging="kept=1")
        given = {"TagSet": [{"Key": key, "Value": value} for key, value in tags]}
        assert refused(shop.s3.put_object_tagging, Bucket=bucket, Key="k", Tagging=given) == (
            code,
            message,
            400,
        )
        assert tags_of(shop.s3, bucket) == {"kept": "1"}

    @pytest.mark.parametrize(
        ("tags", "told"),
        [
            ([("a<b", "1")], {"TagKey": "a<b"}),
            ([("a", "v<")], {"TagKey": "a", "TagValue": "v<"}),
            ([("a", "1"), ("a", "2")], {"TagKey": "a"}),
        ],
    )
    def test_an_error_tells_the_tag(
        self, shop: Shop, tags: list[tuple[str, str]], told: dict[str, str]
    ) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "k")
        given = {"TagSet": [{"Key": key, "Value": value} for key, value in tags]}
        with pytest.raises(ClientError) as caught:
            shop.s3.put_object_tagging(Bucket=bucket, Key="k", Tagging=given)
        details: dict[str, Any] = {**caught.value.response["Error"]}
        assert {name: value for name, value in details.items() if name.startswith("Tag")} == told

    @pytest.mark.parametrize(
        ("header", "tags"),
        [("&", {}), ("&&", {}), ("key", {"key": ""}), ("a=1&&b=2&", {"a": "1", "b": "2"})],
    )
    def test_a_header_may_have_gaps(self, shop: Shop, header: str, tags: dict[str, str]) -> None:
        bucket = shop.bucket()
        shop.s3.put_object(Bucket=bucket, Key="k", Body=b"", Tagging=header)
        assert tags_of(shop.s3, bucket) == tags

    @pytest.mark.parametrize("header", ["=", "=b", "a=1&=b"])
    def test_a_tag_in_a_header_has_a_name(self, shop: Shop, header: str) -> None:
        bucket = shop.bucket()
        code, message, status = refused(shop.s3.put_object, Bucket=bucket, Key="k", Body=b"", Tagging=header)
        assert (code, status) == ("InvalidArgument", 400)
        assert "without tag name duplicates" in message
        assert refused(shop.s3.head_object, Bucket=bucket, Key="k")[2] == 404

    @pytest.mark.parametrize("header", ["a=1&a=2", "&" * 30, "%ff=1", "=&"])
    def test_a_bad_header_stores_nothing(self, shop: Shop, header: str) -> None:
        bucket = shop.bucket()
        code, _, status = refused(shop.s3.put_object, Bucket=bucket, Key="k", Body=b"x", Tagging=header)
        assert (code in ("InvalidArgument", "InvalidTag"), status) == (True, 400)
        assert refused(shop.s3.head_object, Bucket=bucket, Key="k")[2] == 404

    def test_what_is_not_there_has_no_tags(self, shop: Shop) -> None:
        bucket = shop.bucket()
        for call, more in (
            (shop.s3.get_object_tagging, {}),
            (shop.s3.put_object_tagging, {"Tagging": tag_set(a="1")}),
            (shop.s3.delete_object_tagging, {}),
        ):
            assert refused(call, Bucket=bucket, Key="k", **more)[0] == "NoSuchKey"


class TestRights:
    def test_tags_may_decide_who_reads(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.s3.put_object(Bucket=bucket, Key="k", Body=b"k", Tagging="class=public")
        only = {"StringEquals": {"s3:ExistingObjectTag/class": "public"}}
        reader = shop.user(grant("s3:GetObject", "*", Condition=only))
        assert reader.get_object(Bucket=bucket, Key="k")["Body"].read() == b"k"
        shop.s3.put_object_tagging(Bucket=bucket, Key="k", Tagging=tag_set(**{"class": "secret"}))
        assert refused(reader.get_object, Bucket=bucket, Key="k")[0] == "AccessDenied"

    def test_tags_may_be_prescribed_to_uploads(self, shop: Shop) -> None:
        bucket = shop.bucket()
        only = {"StringEquals": {"s3:RequestObjectTag/team": "blue"}}
        writer = shop.user(grant(["s3:PutObject", "s3:PutObjectTagging"], "*", Condition=only))
        assert writer.put_object(Bucket=bucket, Key="k", Body=b"", Tagging="team=blue")
        for tags in ({"Tagging": "team=red"}, {}):
            assert refused(writer.put_object, Bucket=bucket, Key="k", Body=b"", **tags)[0] == "AccessDenied"
        assert (
            refused(writer.put_object_tagging, Bucket=bucket, Key="k", Tagging=tag_set(team="red"))[0]
            == "AccessDenied"
        )

    def test_setting_tags_in_an_upload_is_a_right_of_its_own(self, shop: Shop) -> None:
        bucket = shop.bucket()
        writer = shop.user(grant("s3:PutObject", "*"))
        code, message, _ = refused(writer.put_object, Bucket=bucket, Key="k", Body=b"", Tagging="a=1")
        assert (code, "s3:PutObjectTagging on resource" in message) == ("AccessDenied", True)
        assert refused(shop.s3.head_object, Bucket=bucket, Key="k")[2] == 404

    def test_the_count_is_told_to_those_who_may_read_the_tags(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.s3.put_object(Bucket=bucket, Key="k", Body=b"k", Tagging="a=1")
        plain = shop.user(grant("s3:GetObject", "*"))
        assert "TagCount" not in plain.get_object(Bucket=bucket, Key="k")
        more = shop.user(grant(["s3:GetObject", "s3:GetObjectTagging"], "*"))
        assert more.get_object(Bucket=bucket, Key="k")["TagCount"] == 1

    @pytest.mark.parametrize("missing", ["s3:GetObjectTagging", "s3:PutObjectTagging"])
    def test_a_copy_of_tags_reads_and_sets_them(self, shop: Shop, missing: str) -> None:
        bucket = shop.bucket()
        source = {"Bucket": bucket, "Key": "k"}
        shop.s3.put_object(**source, Body=b"", Tagging="a=1")
        needed = ["s3:GetObject", "s3:PutObject", "s3:GetObjectTagging", "s3:PutObjectTagging"]
        held = [action for action in needed if action != missing]
        copier = shop.user(grant(held, "*"))
        code, message, _ = refused(copier.copy_object, Bucket=bucket, Key="c", CopySource=source)
        assert (code, f"{missing} on resource" in message) == ("AccessDenied", True)
        assert copier.copy_object(Bucket=bucket, Key="c", CopySource=source, TaggingDirective="REPLACE")
        assert tags_of(shop.s3, bucket, "c") == {}

    def test_a_version_is_another_right(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "k")
        named = {"Bucket": bucket, "Key": "k", "VersionId": "null"}
        holder = shop.user(
            grant(["s3:GetObjectTagging", "s3:PutObjectTagging", "s3:DeleteObjectTagging"], "*")
        )
        for call, action, more in (
            (holder.get_object_tagging, "s3:GetObjectVersionTagging", {}),
            (holder.put_object_tagging, "s3:PutObjectVersionTagging", {"Tagging": tag_set(a="1")}),
            (holder.delete_object_tagging, "s3:DeleteObjectVersionTagging", {}),
        ):
            code, message, _ = refused(call, **named, **more)
            assert (code, f"{action} on resource" in message) == ("AccessDenied", True)


class TestBuckets:
    def test_tags_are_put_read_and_deleted(self, shop: Shop) -> None:
        bucket = shop.bucket()
        missing = ("NoSuchTagSet", "The TagSet does not exist", 404)
        assert refused(shop.s3.get_bucket_tagging, Bucket=bucket) == missing
        shop.s3.put_bucket_tagging(Bucket=bucket, Tagging=tag_set(Team="blue"))
        assert shop.s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == tag_set(Team="blue")["TagSet"]
        shop.s3.delete_bucket_tagging(Bucket=bucket)
        assert refused(shop.s3.get_bucket_tagging, Bucket=bucket) == missing

    def test_there_are_fifty_at_most(self, shop: Shop) -> None:
        bucket = shop.bucket()
        many = tag_set(**{f"tag{number}": "" for number in range(51)})
        assert refused(shop.s3.put_bucket_tagging, Bucket=bucket, Tagging=many) == (
            "BadRequest",
            "Bucket tags cannot be greater than 50",
            400,
        )
