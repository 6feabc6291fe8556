"""Object Lock (S3 guide, "Locking objects with Object Lock")."""

import base64
import datetime
import hashlib
from typing import Any

import pytest
from botocore import xform_name
from tests.attacks.wire import Request, Signer, code_of, host, md5, send
from tests.conformance.fix_s3 import Shop, grant
from tests.refusals import refused

pytest_plugins = ["tests.conformance.fix_s3"]
PROTECTED = ("AccessDenied", "Access Denied because object protected by object lock.", 403)
DAY = 86_400


def locked_bucket(shop: Shop, default: dict[str, Any] | None = None) -> str:
    bucket = shop.bucket()
    shop.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    configure(shop, bucket, default)
    return bucket


def configure(shop: Shop, bucket: str, default: dict[str, Any] | None = None) -> None:
    rule = {"Rule": {"DefaultRetention": default}} if default else {}
    shop.s3.put_object_lock_configuration(
        Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", **rule}
    )


def after(shop: Shop, seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(int(shop.world.clock() + seconds), datetime.UTC)


def put(shop: Shop, bucket: str, **lock: Any) -> dict[str, str]:
    """A new version, as requests name it."""
    made = shop.s3.put_object(Bucket=bucket, Key="k", Body=b"k", **lock)
    return {"Bucket": bucket, "Key": "k", "VersionId": made["VersionId"]}


def retained(shop: Shop, bucket: str, mode: str, seconds: float = DAY) -> dict[str, str]:
    return put(shop, bucket, ObjectLockMode=mode, ObjectLockRetainUntilDate=after(shop, seconds))


class TestBuckets:
    def test_a_bucket_is_made_with_it(self, shop: Shop) -> None:
        shop.s3.create_bucket(Bucket="made-with-lock", ObjectLockEnabledForBucket=True)
        found = shop.s3.get_object_lock_configuration(Bucket="made-with-lock")
        assert found["ObjectLockConfiguration"] == {"ObjectLockEnabled": "Enabled"}
        assert shop.s3.get_bucket_versioning(Bucket="made-with-lock")["Status"] == "Enabled"

    def test_making_one_needs_three_rights(self, shop: Shop) -> None:
        three = ["s3:CreateBucket", "s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"]
        for missing in three:
            s3 = shop.user(grant([action for action in three if action != missing], "*"))
            call = refused(s3.create_bucket, Bucket="not-made", ObjectLockEnabledForBucket=True)
            assert (call[0], missing in call[1]) == ("AccessDenied", True)
        assert refused(shop.s3.head_bucket, Bucket="not-made")[2] == 404

    def test_only_versions_can_be_locked(self, shop: Shop) -> None:
        bucket = shop.bucket()
        on = {"ObjectLockEnabled": "Enabled"}
        call = refused(shop.s3.put_object_lock_configuration, Bucket=bucket, ObjectLockConfiguration=on)
        assert (call[0], call[2]) == ("InvalidBucketState", 409)
        assert refused(shop.s3.get_object_lock_configuration, Bucket=bucket) == (
            "ObjectLockConfigurationNotFoundError",
            "Object Lock configuration does not exist for this bucket",
            404,
        )
        locked = locked_bucket(shop)
        off = {"Status": "Suspended"}
        suspended = refused(shop.s3.put_bucket_versioning, Bucket=locked, VersioningConfiguration=off)
        assert (suspended[0], suspended[2]) == ("InvalidBucketState", 409)

    @pytest.mark.parametrize(
        ("rule", "code"),
        [
            ({"Mode": "GOVERNANCE"}, "MalformedXML"),
            ({"Days": 1}, "MalformedXML"),
            ({"Mode": "GOVERNANCE", "Days": 1, "Years": 1}, "MalformedXML"),
            ({"Mode": "OTHER", "Days": 1}, "MalformedXML"),
            ({"Mode": "COMPLIANCE", "Days": 0}, "InvalidArgument"),
            ({"Mode": "COMPLIANCE", "Days": 36_501}, "InvalidArgument"),
            ({"Mode": "COMPLIANCE", "Years": 101}, "InvalidArgument"),
        ],
    )
    def test_a_bad_default_changes_nothing(self, shop: Shop, rule: dict[str, Any], code: str) -> None:
        bucket = locked_bucket(shop, {"Mode": "GOVERNANCE", "Days": 3})
        wanted = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": rule}}
        call = refused(shop.s3.put_object_lock_configuration, Bucket=bucket, ObjectLockConfiguration=wanted)
        assert (call[0], call[2]) == (code, 400)
        found = shop.s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
        assert found["Rule"]["DefaultRetention"] == {"Mode": "GOVERNANCE", "Days": 3}

    @pytest.mark.parametrize(("default", "days"), [({"Days": 2}, 2), ({"Years": 1}, 365)])
    def test_the_default_locks_new_versions(self, shop: Shop, default: dict[str, int], days: int) -> None:
        bucket = locked_bucket(shop, {"Mode": "COMPLIANCE", **default})
        found = shop.s3.get_object_retention(**put(shop, bucket))["Retention"]
        assert found["Mode"] == "COMPLIANCE"
        seconds = found["RetainUntilDate"].timestamp() - shop.world.clock()
        assert days * DAY - 5 < seconds <= (days + 1) * DAY
        own = put(shop, bucket, ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=after(shop, 60))
        assert shop.s3.get_object_retention(**own)["Retention"]["Mode"] == "GOVERNANCE"

    def test_the_default_locks_what_is_uploaded_in_parts_and_copied(self, shop: Shop) -> None:
        bucket = locked_bucket(shop, {"Mode": "COMPLIANCE", "Days": 1})
        upload = shop.s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
        part = shop.s3.upload_part(Bucket=bucket, Key="k", UploadId=upload, PartNumber=1, Body=b"x")
        parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
        shop.s3.complete_multipart_upload(Bucket=bucket, Key="k", UploadId=upload, MultipartUpload=parts)
        shop.s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "k"})
        for key in ("k", "copy"):
            assert shop.s3.head_object(Bucket=bucket, Key=key)["ObjectLockMode"] == "COMPLIANCE"


class TestRetention:
    def test_compliance_holds_against_everybody(self, shop: Shop) -> None:
        bucket = locked_bucket(shop)
        version = retained(shop, bucket, "COMPLIANCE")
        for bypass in ({}, {"BypassGovernanceRetention": True}):
            assert refused(shop.s3.delete_object, **version, **bypass) == PROTECTED
            for weaker in (
                {},
                {"Mode": "COMPLIANCE", "RetainUntilDate": after(shop, 60)},
                {"Mode": "GOVERNANCE", "RetainUntilDate": after(shop, 2 * DAY)},
            ):
                assert (
                    refused(shop.s3.put_object_retention, **version, Retention=weaker, **bypass) == PROTECTED
                )
        longer = {"Mode": "COMPLIANCE", "RetainUntilDate": after(shop, 2 * DAY)}
        shop.s3.put_object_retention(**version, Retention=longer)
        assert shop.s3.get_object_retention(**version)["Retention"] == longer

    def test_governance_holds_against_those_who_do_not_bypass_it(self, shop: Shop) -> None:
        bucket = locked_bucket(shop)
        version = retained(shop, bucket, "GOVERNANCE")
        assert refused(shop.s3.delete_object, **version) == PROTECTED
        plain = shop.user(grant(["s3:DeleteObjectVersion", "s3:PutObjectRetention"], "*"))
        bypass = {"BypassGovernanceRetention": True}
        denied = refused(plain.delete_object, **version, **bypass)
        assert (denied[0], "s3:BypassGovernanceRetention on resource" in denied[1]) == ("AccessDenied", True)
        assert refused(plain.put_object_retention, **version, Retention={}, **bypass)[0] == "AccessDenied"
        shop.s3.put_object_retention(**version, Retention={}, **bypass)
        missing = refused(shop.s3.get_object_retention, **version)
        assert (missing[0], missing[2]) == ("NoSuchObjectLockConfiguration", 404)
        again = retained(shop, bucket, "GOVERNANCE")
        shop.s3.delete_object(**again, **bypass)
        assert refused(shop.s3.head_object, **again)[2] == 404

    def test_it_ends(self, shop: Shop) -> None:
        bucket = locked_bucket(shop)
        version = retained(shop, bucket, "COMPLIANCE", 600)
        shop.world.clock.advance(601)
        shop.s3.delete_object(**version)
        assert refused(shop.s3.head_object, **version)[2] == 404

    def test_the_key_itself_can_be_replaced_and_marked_as_deleted(self, shop: Shop) -> None:
        bucket = locked_bucket(shop)
        version = retained(shop, bucket, "COMPLIANCE")
        put(shop, bucket)
        assert shop.s3.delete_object(Bucket=bucket, Key="k")["DeleteMarker"] is True
        assert shop.s3.get_object(**version)["Body"].read() == b"k"

    def test_a_batch_deletes_what_is_not_locked(self, shop: Shop) -> None:
        bucket = locked_bucket(shop)
        held, free = retained(shop, bucket, "GOVERNANCE"), put(shop, bucket)
        objects = [{"Key": "k", "VersionId": one["VersionId"]} for one in (held, free)]
        answer = shop.s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})
        assert [one["VersionId"] for one in answer["Deleted"]] == [free["VersionId"]]
        assert [(one["VersionId"], one["Message"]) for one in answer["Errors"]] == [
            (held["VersionId"], PROTECTED[1])
        ]
        answer = shop.s3.delete_objects(
            Bucket=bucket, Delete={"Objects": objects[:1]}, BypassGovernanceRetention=True
        )
        assert "Errors" not in answer

    @pytest.mark.parametrize(
        ("retention", "code"),
        [
            ({"Mode": "GOVERNANCE"}, "MalformedXML"),
            ({"RetainUntilDate": datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)}, "MalformedXML"),
            (
                {"Mode": "GOVERNANCE", "RetainUntilDate": datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)},
                "InvalidArgument",
            ),
        ],
    )
    def test_a_bad_retention_is_refused(self, shop: Shop, retention: dict[str, Any], code: str) -> None:
        version = put(shop, locked_bucket(shop))
        assert refused(shop.s3.put_object_retention, **version, Retention=retention)[0] == code
        missing = refused(shop.s3.get_object_retention, **version)
        assert missing[0] == "NoSuchObjectLockConfiguration"


class TestHolds:
    def test_a_hold_keeps_a_version_until_it_is_taken_off(self, shop: Shop) -> None:
        version = put(shop, locked_bucket(shop), ObjectLockLegalHoldStatus="ON")
        assert shop.s3.get_object_legal_hold(**version)["LegalHold"] == {"Status": "ON"}
        shop.world.clock.advance(10)
        bypass = {"BypassGovernanceRetention": True}
        assert refused(shop.s3.delete_object, **version, **bypass) == PROTECTED
        shop.s3.put_object_legal_hold(**version, LegalHold={"Status": "OFF"})
        assert shop.s3.get_object_legal_hold(**version)["LegalHold"] == {"Status": "OFF"}
        shop.s3.delete_object(**version)

    def test_a_version_without_any_has_none(self, shop: Shop) -> None:
        version = put(shop, locked_bucket(shop))
        call = refused(shop.s3.get_object_legal_hold, **version)
        assert (call[0], call[2]) == ("NoSuchObjectLockConfiguration", 404)
        assert refused(shop.s3.put_object_legal_hold, **version, LegalHold={})[0] == "MalformedXML"


class TestUploads:
    @pytest.mark.parametrize(
        "lock",
        [
            {"ObjectLockMode": "GOVERNANCE"},
            {"ObjectLockRetainUntilDate": datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)},
            {
                "ObjectLockMode": "GOVERNANCE",
                "ObjectLockRetainUntilDate": datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC),
            },
        ],
    )
    def test_half_a_lock_stores_nothing(self, shop: Shop, lock: dict[str, Any]) -> None:
        bucket = locked_bucket(shop)
        call = refused(shop.s3.put_object, Bucket=bucket, Key="k", Body=b"", **lock)
        assert (call[0], call[2]) == ("InvalidArgument", 400)
        assert refused(shop.s3.head_object, Bucket=bucket, Key="k")[2] == 404

    @pytest.mark.parametrize(
        "until", ["tomorrow", "9999-12-31T23:59:59.5Z", "9999-12-31T23:59:59-01:00", "99999999999999"]
    )
    def test_a_date_that_is_none_stores_nothing(self, shop: Shop, until: str) -> None:
        bucket = locked_bucket(shop)
        said = (("x-amz-object-lock-retain-until-date", until), ("content-md5", md5(b"")))
        signer = Signer(shop.account.admin, shop.world.clock.now)
        for lock in (said, (*said, ("x-amz-object-lock-mode", "GOVERNANCE"))):
            upload = Request("PUT", f"/{bucket}/k", headers=(host(shop.world), *lock))
            reply = send(shop.world, signer.sign(upload))
            assert (reply.status, code_of(reply)) == (400, "InvalidArgument")
        assert refused(shop.s3.head_object, Bucket=bucket, Key="k")[2] == 404

    def test_until_the_last_second_of_all(self, shop: Shop) -> None:
        until = datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=datetime.UTC)
        version = put(shop, locked_bucket(shop), ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=until)
        assert shop.s3.head_object(**version)["ObjectLockRetainUntilDate"] == until
        assert shop.s3.get_object_retention(**version)["Retention"]["RetainUntilDate"] == until

    def test_without_object_lock_nothing_is_locked(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "k")
        missing = ("InvalidRequest", "Bucket is missing Object Lock Configuration", 400)
        assert (
            refused(shop.s3.put_object, Bucket=bucket, Key="k", Body=b"", ObjectLockLegalHoldStatus="ON")
            == missing
        )
        held = {"LegalHold": {"Status": "ON"}}
        assert refused(shop.s3.put_object_legal_hold, Bucket=bucket, Key="k", **held) == missing
        assert refused(shop.s3.get_object_retention, Bucket=bucket, Key="k") == missing

    @pytest.mark.parametrize(
        ("lock", "action"),
        [
            ({"ObjectLockLegalHoldStatus": "ON"}, "s3:PutObjectLegalHold"),
            ({"ObjectLockMode": "GOVERNANCE"}, "s3:PutObjectRetention"),
        ],
    )
    def test_locking_is_a_right_of_its_own(self, shop: Shop, lock: dict[str, Any], action: str) -> None:
        bucket = locked_bucket(shop)
        if "ObjectLockMode" in lock:
            lock = {**lock, "ObjectLockRetainUntilDate": after(shop, DAY)}
        writer = shop.user(grant("s3:PutObject", "*"))
        call = refused(writer.put_object, Bucket=bucket, Key="k", Body=b"", **lock)
        assert (call[0], f"{action} on resource" in call[1]) == ("AccessDenied", True)
        begun = refused(writer.create_multipart_upload, Bucket=bucket, Key="k", **lock)
        assert (begun[0], f"{action} on resource" in begun[1]) == ("AccessDenied", True)

    def test_how_long_may_be_prescribed(self, shop: Shop) -> None:
        bucket = locked_bucket(shop)
        most = {"NumericLessThanEquals": {"s3:object-lock-remaining-retention-days": "10"}}
        writer = shop.user(grant(["s3:PutObject", "s3:PutObjectRetention"], "*", Condition=most))
        mode = {"ObjectLockMode": "GOVERNANCE"}
        short, long = after(shop, 9 * DAY), after(shop, 11 * DAY)
        assert writer.put_object(Bucket=bucket, Key="k", Body=b"", ObjectLockRetainUntilDate=short, **mode)
        assert (
            refused(
                writer.put_object, Bucket=bucket, Key="k", Body=b"", ObjectLockRetainUntilDate=long, **mode
            )[0]
            == "AccessDenied"
        )

    def test_what_the_default_locks_needs_a_digest(self, shop: Shop) -> None:
        bucket = locked_bucket(shop, {"Mode": "GOVERNANCE", "Days": 1})
        keys = shop.account.admin
        s3 = shop.world.client("s3", keys, request_checksum_calculation="when_required")
        words = "Content-MD5 OR x-amz-checksum- HTTP header is required for Put {} requests with Object Lock "
        whole = {"Bucket": bucket, "Key": "k", "Body": b"x"}
        message = words.format("Object") + "parameters"
        assert refused(s3.put_object, **whole) == ("InvalidRequest", message, 400)
        upload = s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
        part = {**whole, "UploadId": upload, "PartNumber": 1}
        message = words.format("Part") + "parameters"
        assert refused(s3.upload_part, **part) == ("InvalidRequest", message, 400)
        digest = base64.b64encode(hashlib.md5(b"x", usedforsecurity=False).digest()).decode()
        s3.put_object(**whole, ContentMD5=digest)
        s3.upload_part(**part, ContentMD5=digest)

    @pytest.mark.parametrize(
        ("operation", "more"),
        [
            ("PutObjectLegalHold", {"Key": "k", "LegalHold": {"Status": "OFF"}}),
            ("PutObjectRetention", {"Key": "k", "Retention": {}}),
            ("PutObjectLockConfiguration", {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}),
        ],
    )
    def test_what_is_said_of_locks_needs_a_digest(
        self, shop: Shop, operation: str, more: dict[str, Any]
    ) -> None:
        bucket = locked_bucket(shop)
        put(shop, bucket)

        def strip(request: Any, **_: Any) -> None:
            for name in [one for one in request.headers if "checksum" in one.lower()]:
                del request.headers[name]

        shop.s3.meta.events.register(f"before-sign.s3.{operation}", strip)
        try:
            found = refused(getattr(shop.s3, xform_name(operation)), Bucket=bucket, **more)
        finally:
            shop.s3.meta.events.unregister(f"before-sign.s3.{operation}", strip)
        message = "Missing required header for this request: Content-MD5 OR x-amz-checksum-*"
        assert found == ("InvalidRequest", message, 400)

    def test_of_a_hold_that_never_was_nothing_is_told(self, shop: Shop) -> None:
        bucket = locked_bucket(shop, {"Mode": "GOVERNANCE", "Days": 1})
        version = put(shop, bucket)
        head = shop.s3.head_object(**version)
        assert "ObjectLockLegalHoldStatus" not in head
        assert head["ObjectLockMode"] == "GOVERNANCE"
        assert refused(shop.s3.get_object_legal_hold, **version)[0] == "NoSuchObjectLockConfiguration"
        shop.s3.put_object_legal_hold(**version, LegalHold={"Status": "OFF"})
        assert shop.s3.head_object(**version)["ObjectLockLegalHoldStatus"] == "OFF"
        for status in ("ON", "OFF"):
            said = put(shop, bucket, ObjectLockLegalHoldStatus=status)
            assert shop.s3.head_object(**said)["ObjectLockLegalHoldStatus"] == status

    def test_the_lock_is_told_to_those_who_may_read_it(self, shop: Shop) -> None:
        bucket = locked_bucket(shop)
        put(
            shop,
            bucket,
            ObjectLockMode="GOVERNANCE",
            ObjectLockRetainUntilDate=after(shop, DAY),
            ObjectLockLegalHoldStatus="ON",
        )
        head = shop.s3.head_object(Bucket=bucket, Key="k")
        assert (head["ObjectLockMode"], head["ObjectLockLegalHoldStatus"]) == ("GOVERNANCE", "ON")
        plain = shop.user(grant("s3:GetObject", "*")).head_object(Bucket=bucket, Key="k")
        assert not {"ObjectLockMode", "ObjectLockRetainUntilDate", "ObjectLockLegalHoldStatus"} & plain.keys()
