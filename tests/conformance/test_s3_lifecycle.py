"""What expires in buckets (S3 guide, "Managing the lifecycle of objects"), with a clock that is set
forward.
"""

import datetime
import email.utils
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import pytest
from tests.conformance.fix_multipart import begin
from tests.conformance.fix_s3 import Shop
from tests.refusals import refused

from deputize.domain import lifecycle
from deputize.store.api import Store

pytest_plugins = ["tests.conformance.fix_s3"]
DAY = 86_400
EVERYTHING: dict[str, Any] = {"Filter": {}}


def ruled(shop: Shop, *rules: dict[str, Any], versioning: str = "") -> str:
    bucket = shop.bucket()
    if versioning:
        shop.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": versioning})
    put_rules(shop, bucket, *rules)
    return bucket


def put_rules(shop: Shop, bucket: str, *rules: dict[str, Any]) -> None:
    given = [{"ID": f"rule{at}", "Status": "Enabled", **rule} for at, rule in enumerate(rules)]
    shop.s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": given})


def pass_days(shop: Shop, days: float) -> int:
    """Set the clock forward, and let the rules be applied; returns what went."""
    shop.world.clock.advance(days * DAY)
    return lifecycle.apply(shop.world.opened.store, shop.world.clock())


@dataclass
class Meanwhile:
    """The store, to which something else is done before the rules' first change."""

    store: Store
    act: Callable[[], object]

    def snapshot(self) -> Any:
        return self.store.snapshot()

    def write(self, command: Any) -> Any:
        act, self.act = self.act, lambda: None
        act()
        return self.store.write(command)


def apply_while(shop: Shop, act: Callable[[], object]) -> None:
    """Let the rules be applied three days later, with something done between looking and changing."""
    shop.world.clock.advance(3 * DAY)
    lifecycle.apply(cast(Store, Meanwhile(shop.world.opened.store, act)), shop.world.clock())


def keys(shop: Shop, bucket: str) -> list[str]:
    return [one["Key"] for one in shop.s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def versions(shop: Shop, bucket: str) -> tuple[list[str], list[str]]:
    """The ids of all versions and of all delete markers."""
    found = shop.s3.list_object_versions(Bucket=bucket)
    return tuple(  # type: ignore[return-value]
        [one["VersionId"] for one in found.get(name, [])] for name in ("Versions", "DeleteMarkers")
    )


class TestRules:
    def test_they_come_back_as_they_were_put(self, shop: Shop) -> None:
        bucket = shop.bucket()
        missing = ("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", 404)
        assert refused(shop.s3.get_bucket_lifecycle_configuration, Bucket=bucket) == missing
        rules = [
            {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 3}},
            {
                "ID": "b",
                "Status": "Disabled",
                "Filter": {"And": {"Prefix": "x", "Tags": [{"Key": "k", "Value": "v"}]}},
                "Expiration": {"Date": datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)},
                "NoncurrentVersionExpiration": {"NoncurrentDays": 2, "NewerNoncurrentVersions": 1},
            },
            {
                "ID": "c",
                "Status": "Enabled",
                "Prefix": "",
                "Expiration": {"ExpiredObjectDeleteMarker": True},
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            },
        ]
        answer = shop.s3.put_bucket_lifecycle_configuration(
            Bucket=bucket, LifecycleConfiguration={"Rules": rules}
        )
        assert answer["TransitionDefaultMinimumObjectSize"] == "all_storage_classes_128K"
        assert shop.s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == rules
        shop.s3.delete_bucket_lifecycle(Bucket=bucket)
        assert refused(shop.s3.get_bucket_lifecycle_configuration, Bucket=bucket) == missing

    @pytest.mark.parametrize(
        ("rule", "code"),
        [
            ({**EVERYTHING}, "InvalidRequest"),
            ({"Expiration": {"Days": 1}}, "MalformedXML"),
            ({**EVERYTHING, "Prefix": "", "Expiration": {"Days": 1}}, "MalformedXML"),
            ({"Filter": {"Prefix": "a", "ObjectSizeLessThan": 5}, "Expiration": {"Days": 1}}, "MalformedXML"),
            ({**EVERYTHING, "Expiration": {"Days": 0}}, "InvalidArgument"),
            ({**EVERYTHING, "Expiration": {"Days": 1, "ExpiredObjectDeleteMarker": True}}, "MalformedXML"),
            (
                {
                    **EVERYTHING,
                    "Expiration": {"Date": datetime.datetime(2030, 1, 1, 1, tzinfo=datetime.UTC)},
                },
                "InvalidArgument",
            ),
            ({**EVERYTHING, "ID": "x" * 256, "Expiration": {"Days": 1}}, "InvalidArgument"),
            ({**EVERYTHING, "NoncurrentVersionExpiration": {"NoncurrentDays": 0}}, "InvalidArgument"),
            ({**EVERYTHING, "NoncurrentVersionExpiration": {}}, "MalformedXML"),
            (
                {
                    **EVERYTHING,
                    "NoncurrentVersionExpiration": {"NoncurrentDays": 1, "NewerNoncurrentVersions": 101},
                },
                "InvalidArgument",
            ),
            ({**EVERYTHING, "AbortIncompleteMultipartUpload": {}}, "MalformedXML"),
            (
                {
                    "Filter": {"Tag": {"Key": "a", "Value": "b"}},
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                },
                "InvalidRequest",
            ),
            (
                {
                    "Filter": {"Tag": {"Key": "a", "Value": "b"}},
                    "Expiration": {"ExpiredObjectDeleteMarker": True},
                },
                "InvalidRequest",
            ),
            (
                {
                    "Filter": {"And": {"Tags": [{"Key": "a", "Value": "b"}, {"Key": "a", "Value": "c"}]}},
                    "Expiration": {"Days": 1},
                },
                "InvalidRequest",
            ),
            (
                {**EVERYTHING, "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]},
                "NotImplemented",
            ),
        ],
    )
    def test_bad_ones_change_nothing(self, shop: Shop, rule: dict[str, Any], code: str) -> None:
        bucket = ruled(shop, {**EVERYTHING, "Expiration": {"Days": 9}})
        given = {"Rules": [{"Status": "Enabled", **rule}]}
        call = shop.s3.put_bucket_lifecycle_configuration
        assert refused(call, Bucket=bucket, LifecycleConfiguration=given)[0] == code
        kept = shop.s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        assert [one["Expiration"] for one in kept] == [{"Days": 9}]

    def test_their_names_differ_and_their_number_is_limited(self, shop: Shop) -> None:
        bucket = shop.bucket()
        call = shop.s3.put_bucket_lifecycle_configuration
        one = {"ID": "same", "Status": "Enabled", **EVERYTHING, "Expiration": {"Days": 1}}
        assert (
            refused(call, Bucket=bucket, LifecycleConfiguration={"Rules": [one, one]})[0] == "InvalidArgument"
        )
        many = {"Rules": [one] * 1001}
        assert refused(call, Bucket=bucket, LifecycleConfiguration=many)[0] == "InvalidRequest"
        assert refused(call, Bucket=bucket, LifecycleConfiguration={"Rules": []})[0] == "MalformedXML"


class TestExpiration:
    def test_after_days_at_the_next_midnight(self, shop: Shop) -> None:
        bucket = ruled(shop, {"Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 2}})
        shop.fill(bucket, "logs/a", "other")
        told = shop.s3.head_object(Bucket=bucket, Key="logs/a")["Expiration"]
        assert 'rule-id="rule0"' in told
        assert "00:00:00 GMT" in told
        assert "Expiration" not in shop.s3.head_object(Bucket=bucket, Key="other")
        assert pass_days(shop, 1.9) == 0
        assert keys(shop, bucket) == ["logs/a", "other"]
        pass_days(shop, 1.2)
        assert keys(shop, bucket) == ["other"]

    def test_on_a_date(self, shop: Shop) -> None:
        now = shop.world.clock()
        midnight = datetime.datetime.fromtimestamp(now // DAY * DAY + 2 * DAY, datetime.UTC)
        bucket = ruled(shop, {**EVERYTHING, "Expiration": {"Date": midnight}})
        shop.fill(bucket, "k")
        pass_days(shop, 0.9)
        assert keys(shop, bucket) == ["k"]
        pass_days(shop, 1.2)
        assert keys(shop, bucket) == []

    def test_tags_and_sizes_select(self, shop: Shop) -> None:
        tagged = {"Filter": {"Tag": {"Key": "keep", "Value": "no"}}, "Expiration": {"Days": 1}}
        sized = {
            "Filter": {"And": {"ObjectSizeGreaterThan": 10, "ObjectSizeLessThan": 20}},
            "Expiration": {"Days": 1},
        }
        bucket = ruled(shop, tagged, sized)
        shop.s3.put_object(Bucket=bucket, Key="tagged", Body=b"", Tagging="keep=no&more=1")
        shop.s3.put_object(Bucket=bucket, Key="kept", Body=b"", Tagging="keep=yes")
        for size in (10, 11, 19, 20):
            shop.s3.put_object(Bucket=bucket, Key=f"size{size}", Body=b"x" * size)
        pass_days(shop, 2.1)
        assert keys(shop, bucket) == ["kept", "size10", "size20"]

    def test_a_disabled_rule_does_nothing(self, shop: Shop) -> None:
        bucket = ruled(shop, {**EVERYTHING, "Status": "Disabled", "Expiration": {"Days": 1}})
        shop.fill(bucket, "k")
        assert "Expiration" not in shop.s3.head_object(Bucket=bucket, Key="k")
        pass_days(shop, 5)
        assert keys(shop, bucket) == ["k"]

    @pytest.mark.parametrize("status", ["Enabled", "Suspended"])
    def test_where_versions_are_kept_a_marker_is_added(self, shop: Shop, status: str) -> None:
        bucket = ruled(shop, {**EVERYTHING, "Expiration": {"Days": 1}}, versioning=status)
        shop.fill(bucket, "k")
        pass_days(shop, 2.1)
        kept, markers = versions(shop, bucket)
        assert (len(kept), len(markers)) == ((1, 1) if status == "Enabled" else (0, 1))
        assert keys(shop, bucket) == []
        # Where the marker is alone, it expires in turn.
        assert pass_days(shop, 5) == (0 if status == "Enabled" else 1)

    def test_every_write_and_read_tells_when(self, shop: Shop) -> None:
        bucket = ruled(shop, {**EVERYTHING, "ID": "a b", "Expiration": {"Days": 2}}, versioning="Enabled")
        named = {"Bucket": bucket, "Key": "k"}
        put = shop.s3.put_object(**named)
        sending = begin(shop.s3, bucket, "k")
        sending.part(1, b"x")
        answers = [
            put,
            shop.s3.copy_object(**named, CopySource=f"{bucket}/k", MetadataDirective="REPLACE"),
            sending.complete(),
            shop.s3.get_object(**named),
            shop.s3.head_object(**named),
        ]
        end = lifecycle.due(int(shop.world.clock()), 2)
        told = f'expiry-date="{email.utils.formatdate(end, usegmt=True)}", rule-id="a%20b"'
        assert [one["Expiration"] for one in answers] == [told] * 5
        # What is no longer current does not expire by this rule.
        assert "Expiration" not in shop.s3.head_object(**named, VersionId=put["VersionId"])
        assert shop.s3.head_object(**named, VersionId=answers[2]["VersionId"])["Expiration"] == told
        shop.s3.delete_object(**named)
        assert "Expiration" not in shop.s3.head_object(**named, VersionId=answers[2]["VersionId"])

    def test_millions_of_years_are_told_as_the_last_day(self, shop: Shop) -> None:
        most = 2**31 - 1
        bucket = ruled(
            shop,
            {**EVERYTHING, "Expiration": {"Days": most}},
            {**EVERYTHING, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": most}},
            {**EVERYTHING, "NoncurrentVersionExpiration": {"NoncurrentDays": most}},
            versioning="Enabled",
        )
        named = {"Bucket": bucket, "Key": "k"}
        last = 'expiry-date="Fri, 31 Dec 9999 00:00:00 GMT", rule-id="rule0"'
        assert [shop.s3.put_object(**named)["Expiration"] for _ in range(2)] == [last] * 2
        assert shop.s3.head_object(**named)["Expiration"] == last
        begun = shop.s3.create_multipart_upload(**named)
        assert begun["AbortDate"] == datetime.datetime(9999, 12, 31, tzinfo=datetime.UTC)
        assert pass_days(shop, 1) == 0
        assert len(versions(shop, bucket)[0]) == 2

    def test_many_go_page_by_page(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lifecycle, "PAGE", 3)
        monkeypatch.setattr(lifecycle, "BATCH", 2)
        bucket = ruled(shop, {"Filter": {"Prefix": "x"}, "Expiration": {"Days": 1}})
        shop.fill(bucket, *(f"x{number}" for number in range(8)), "y")
        assert pass_days(shop, 2.1) == 8
        assert keys(shop, bucket) == ["y"]


class TestOlderVersions:
    def test_they_go_after_their_days(self, shop: Shop) -> None:
        rule = {"NoncurrentVersionExpiration": {"NoncurrentDays": 2}}
        bucket = ruled(shop, {**EVERYTHING, **rule}, versioning="Enabled")
        shop.fill(bucket, "k", "k")
        pass_days(shop, 1.5)
        shop.fill(bucket, "k")
        assert len(versions(shop, bucket)[0]) == 3
        pass_days(shop, 1.6)
        assert len(versions(shop, bucket)[0]) == 2
        pass_days(shop, 3)
        assert len(versions(shop, bucket)[0]) == 1
        assert shop.s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"k"

    def test_the_newest_may_be_kept(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(lifecycle, "PAGE", 2)
        rule = {"NoncurrentVersionExpiration": {"NoncurrentDays": 1, "NewerNoncurrentVersions": 2}}
        bucket = ruled(shop, {**EVERYTHING, **rule}, versioning="Enabled")
        made = [
            shop.s3.put_object(Bucket=bucket, Key=key, Body=b"")["VersionId"]
            for key in ("a", "b", "b", "b", "b", "b")
        ]
        pass_days(shop, 3)
        assert sorted(versions(shop, bucket)[0]) == sorted([made[0], *made[-3:]])

    def test_locked_ones_stay(self, shop: Shop) -> None:
        rule = {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}}
        bucket = ruled(shop, {**EVERYTHING, **rule}, versioning="Enabled")
        shop.s3.put_object_lock_configuration(
            Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
        )
        held = shop.s3.put_object(Bucket=bucket, Key="k", Body=b"", ObjectLockLegalHoldStatus="ON")
        shop.fill(bucket, "k")
        pass_days(shop, 3)
        assert held["VersionId"] in versions(shop, bucket)[0]
        shop.s3.put_object_legal_hold(
            Bucket=bucket, Key="k", VersionId=held["VersionId"], LegalHold={"Status": "OFF"}
        )
        pass_days(shop, 1)
        assert held["VersionId"] not in versions(shop, bucket)[0]

    def test_a_marker_that_is_alone_goes(self, shop: Shop) -> None:
        bucket = ruled(
            shop,
            {**EVERYTHING, "Expiration": {"ExpiredObjectDeleteMarker": True}},
            versioning="Enabled",
        )
        shop.fill(bucket, "with-version")
        shop.s3.delete_object(Bucket=bucket, Key="with-version")
        shop.s3.delete_object(Bucket=bucket, Key="alone")
        pass_days(shop, 1)
        found = shop.s3.list_object_versions(Bucket=bucket)["DeleteMarkers"]
        assert [one["Key"] for one in found] == ["with-version"]

    @pytest.mark.parametrize("by", ["Days", "Date"])
    def test_a_marker_that_is_alone_goes_when_it_is_as_old_as_objects_that_expire(
        self, shop: Shop, by: str
    ) -> None:
        midnight = shop.world.clock() // DAY * DAY + 3 * DAY
        end = (
            {"Days": 2} if by == "Days" else {"Date": datetime.datetime.fromtimestamp(midnight, datetime.UTC)}
        )
        bucket = ruled(
            shop,
            {"Filter": {"Prefix": "x"}, "Expiration": end},
            {"Filter": {"Tag": {"Key": "k", "Value": "v"}}, "Expiration": end},
            versioning="Enabled",
        )
        shop.fill(bucket, "x-version")
        for key in ("x-version", "x-alone", "y"):
            shop.s3.delete_object(Bucket=bucket, Key=key)
        assert pass_days(shop, 1.9) == 0
        assert pass_days(shop, 1.2) == 1
        found = shop.s3.list_object_versions(Bucket=bucket)["DeleteMarkers"]
        assert [one["Key"] for one in found] == ["x-version", "y"]

    def test_older_markers_go_like_versions(self, shop: Shop) -> None:
        rule = {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}}
        bucket = ruled(shop, {**EVERYTHING, **rule}, versioning="Enabled")
        shop.s3.delete_object(Bucket=bucket, Key="k")
        shop.fill(bucket, "k")
        pass_days(shop, 3)
        assert versions(shop, bucket)[1] == []


def test_uploads_that_are_not_completed_end(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "PAGE", 1)
    rule = {"Filter": {"Prefix": "x"}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 3}}
    bucket = ruled(shop, rule)
    for key in ("x1", "x2", "y"):
        shop.s3.create_multipart_upload(Bucket=bucket, Key=key)
    pass_days(shop, 2.5)
    assert len(shop.s3.list_multipart_uploads(Bucket=bucket)["Uploads"]) == 3
    pass_days(shop, 2)
    assert [one["Key"] for one in shop.s3.list_multipart_uploads(Bucket=bucket)["Uploads"]] == ["y"]


def test_uploads_tell_when_they_end(shop: Shop) -> None:
    def ends(days: int, **more: Any) -> dict[str, Any]:
        return {**EVERYTHING, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": days}, **more}

    bucket = ruled(
        shop,
        ends(1, Status="Disabled"),
        ends(2, Filter={"Prefix": "x"}, ID="two \x85days"),
        ends(3, Filter={"Prefix": "x"}),
        {**EVERYTHING, "Expiration": {"Days": 1}},
    )
    begun = shop.s3.create_multipart_upload(Bucket=bucket, Key="x")
    listed = shop.s3.list_parts(Bucket=bucket, Key="x", UploadId=begun["UploadId"])
    end = lifecycle.due(int(shop.world.clock()), 2)
    for answer in (begun, listed):
        assert (answer["AbortDate"].timestamp(), answer["AbortRuleId"]) == (end, "two %C2%85days")
    assert "AbortDate" not in shop.s3.create_multipart_upload(Bucket=bucket, Key="y")


class TestWhatIsSaidMeanwhile:
    """Between looking at a bucket and changing it, in a large one hours may pass."""

    def test_rules_that_are_gone_take_nothing_away(self, shop: Shop) -> None:
        rules = [
            {**EVERYTHING, "Expiration": {"Days": 1}},
            {**EVERYTHING, "NoncurrentVersionExpiration": {"NoncurrentDays": 1}},
            {**EVERYTHING, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}},
        ]
        for rule in rules:
            bucket = ruled(shop, rule, versioning="Enabled")
            shop.fill(bucket, "k", "k")
            begin(shop.s3, bucket, "k")
            apply_while(shop, partial(shop.s3.delete_bucket_lifecycle, Bucket=bucket))
            assert len(versions(shop, bucket)[0]) == 2
            assert len(shop.s3.list_multipart_uploads(Bucket=bucket)["Uploads"]) == 1

    def test_a_version_that_no_rule_covers_any_more_stays(self, shop: Shop) -> None:
        covered = {"Filter": {"Tag": {"Key": "keep", "Value": "no"}}}
        rule = {**covered, "NoncurrentVersionExpiration": {"NoncurrentDays": 1}}
        bucket = ruled(shop, rule, versioning="Enabled")
        old = shop.s3.put_object(Bucket=bucket, Key="k", Tagging="keep=no")["VersionId"]
        shop.fill(bucket, "k")
        version = {"Bucket": bucket, "Key": "k", "VersionId": old}
        apply_while(shop, partial(shop.s3.delete_object_tagging, **version))
        assert old in versions(shop, bucket)[0]
