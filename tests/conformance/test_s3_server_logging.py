"""Server access logs (S3 guide, "Logging requests with server access logging")."""

import asyncio
import http.client
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from tests.conformance.fix_multipart import begin
from tests.conformance.fix_s3 import Shop, grant
from tests.conformance.http_edge import wait_until
from tests.fix_world import Clock, World, running
from tests.refusals import refused

from deputize import app
from deputize.config import Settings
from deputize.gateway.last_use import LastUse
from deputize.gateway.spine import Gateway
from deputize.model import ids
from deputize.s3 import log_delivery

pytest_plugins = ["tests.conformance.fix_s3"]
SERVICE: dict[str, Any] = {"Principal": {"Service": "logging.s3.amazonaws.com"}}
FIELD = re.compile(r'\[[^\]]*\]|"[^"]*"|\S+')
NAMES = (
    *(
        "owner",
        "bucket",
        "time",
        "remote",
        "requester",
        "request",
        "operation",
        "key",
        "uri",
        "status",
        "error",
    ),
    *("sent", "size", "total", "turnaround", "referer", "agent", "version", "host_id", "signature", "cipher"),
    *("authentication", "host", "tls", "point", "acl", "region"),
)


@pytest.fixture
def shop(world: World) -> Iterator[Shop]:
    """A server of each test's own: what one delivers is no other's."""
    yield Shop(world, world.account("Shop"), world.account("Other"))


def gateway_of(world: World) -> Gateway:
    """A gateway over the world's data, as the background jobs have it."""
    opened = world.opened
    return Gateway(
        store=opened.store,
        installation=opened.installation,
        services=app.services(),
        clock=world.clock,
        last_use=LastUse(opened.store),
    )


@dataclass(frozen=True)
class Logged:
    """A bucket whose requests are logged into another."""

    shop: Shop
    bucket: str
    target: str

    def waiting(self, count: int) -> None:
        """Until so many lines wait to be delivered."""
        store = self.shop.world.opened.store

        def there() -> bool:
            store.write(lambda db: None).result()
            with store.snapshot() as db:
                return db.log_records.count() >= count

        wait_until(there)

    def deliver(self) -> int:
        world = self.shop.world
        return asyncio.run(log_delivery.deliver(gateway_of(world), world.clock.now))

    def delivered(self) -> list[str]:
        found = self.shop.s3.list_objects_v2(Bucket=self.target).get("Contents", [])
        return [one["Key"] for one in found]

    def lines(self, count: int) -> list[dict[str, str]]:
        """All lines, once there are so many, in the order of their operations."""
        self.waiting(count)
        self.deliver()
        s3 = self.shop.s3
        text = b"".join(s3.get_object(Bucket=self.target, Key=key)["Body"].read() for key in self.delivered())
        found = [dict(zip(NAMES, FIELD.findall(line), strict=True)) for line in text.decode().splitlines()]
        assert len(found) == count
        return sorted(found, key=lambda one: (one["operation"], one["key"]))


def let_in(shop: Shop, target: str, **more: Any) -> None:
    shop.policy(target, grant("s3:PutObject", f"arn:aws:s3:::{target}/*", **SERVICE, **more))


def log_into(shop: Shop, bucket: str, target: str, prefix: str = "logs/", **more: Any) -> None:
    status = {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": prefix, **more}}
    shop.s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=status)


@pytest.fixture
def logged(shop: Shop) -> Logged:
    made = Logged(shop, shop.bucket(), shop.bucket())
    let_in(shop, made.target)
    log_into(shop, made.bucket, made.target)  # from the next request on
    return made


class TestLines:
    def test_every_field(self, logged: Logged) -> None:
        shop, named = logged.shop, {"Bucket": logged.bucket, "Key": "a b/ü"}
        shop.s3.put_bucket_versioning(Bucket=logged.bucket, VersioningConfiguration={"Status": "Enabled"})
        put = shop.s3.put_object(**named, Body=b"x" * 100)
        got = shop.s3.get_object(**named, Range="bytes=0-9")
        got["Body"].read()
        read, wrote, versioning = logged.lines(3)
        owner = ids.canonical_id(shop.account.id)
        assert read["owner"] == owner
        assert read["bucket"] == logged.bucket
        assert re.fullmatch(r"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\]", read["time"])
        assert read["remote"] == "127.0.0.1"
        assert read["requester"] == f"arn:aws:iam::{shop.account.id}:user/admin"
        assert read["request"] == got["ResponseMetadata"]["RequestId"]
        assert read["host_id"] == got["ResponseMetadata"]["HostId"]
        assert (read["operation"], wrote["operation"]) == ("REST.GET.OBJECT", "REST.PUT.OBJECT")
        assert versioning["operation"] == "REST.PUT.VERSIONING"
        assert read["key"] == wrote["key"] == "a%20b/%C3%BC"
        assert versioning["key"] == "-"
        assert read["uri"] == f'"GET /{logged.bucket}/a%20b/%C3%BC HTTP/1.1"'
        assert (read["status"], read["error"]) == ("206", "-")
        assert (read["sent"], read["size"]) == ("10", "100")
        assert (wrote["sent"], wrote["size"]) == ("-", "100")
        assert read["total"].isdecimal()
        assert read["turnaround"].isdecimal()
        assert read["referer"] == '"-"'
        assert "Boto3" in read["agent"]
        assert read["version"] == wrote["version"] == put["VersionId"]
        assert (read["signature"], read["authentication"]) == ("SigV4", "AuthHeader")
        assert read["host"] == f"127.0.0.1:{shop.world.port}"
        assert [read[name] for name in ("cipher", "tls", "point", "acl", "region")] == ["-"] * 5

    def test_refusals_and_strangers(self, logged: Logged) -> None:
        named = {"Bucket": logged.bucket, "Key": "k"}
        assert refused(logged.shop.anonymous.get_object, **named)[2] == 403
        assert refused(logged.shop.foreign.delete_object, **named)[2] == 403
        assert refused(logged.shop.s3.get_object, **named)[2] == 404
        wrong = logged.shop.world.client("s3", type(logged.shop.account.admin)("AKIANOBODY", "wrong"))
        assert refused(wrong.head_bucket, Bucket=logged.bucket)[2] == 403
        foreign, *reads, head = logged.lines(4)
        assert (foreign["operation"], foreign["error"]) == ("REST.DELETE.OBJECT", "AccessDenied")
        assert foreign["requester"] == f"arn:aws:iam::{logged.shop.other.id}:user/admin"
        by_code = {one["error"]: one for one in reads}
        assert by_code["NoSuchKey"]["status"] == "404"
        assert by_code["AccessDenied"]["requester"] == "-"
        assert by_code["AccessDenied"]["authentication"] == by_code["AccessDenied"]["signature"] == "-"
        assert (head["operation"], head["error"]) == ("REST.HEAD.BUCKET", "InvalidAccessKeyId")

    def test_the_root_user_is_its_canonical_id(self, logged: Logged) -> None:
        root = logged.shop.world.client("s3", logged.shop.account.root)
        root.list_objects_v2(Bucket=logged.bucket)
        (line,) = logged.lines(1)
        assert line["requester"] == ids.canonical_id(logged.shop.account.id)
        assert (line["operation"], line["size"]) == ("REST.GET.BUCKET", "-")

    def test_presigned_addresses_keep_their_secrets(self, logged: Logged) -> None:
        shop = logged.shop
        shop.s3.put_object(Bucket=logged.bucket, Key="k", Body=b"x")
        s3 = shop.world.client("s3", shop.account.admin, signature_version="s3v4")
        url = s3.generate_presigned_url("get_object", Params={"Bucket": logged.bucket, "Key": "k"})
        ask(shop, "GET", url.partition(str(shop.world.port))[2])
        read, _ = logged.lines(2)
        assert read["authentication"] == "QueryString"
        assert "X-Amz-Signature=... HTTP/1.1" in read["uri"]
        assert "X-Amz-Credential=" in read["uri"]
        signature = re.search("X-Amz-Signature=([0-9a-f]{64})", url)
        assert signature is not None
        assert signature[1] not in read["uri"]

    def test_nothing_that_is_sent_makes_another_line(self, logged: Logged) -> None:
        headers = {"User-Agent": 'a" 200 -\x0bb', "Referer": "https://example.com/\u00fc"}
        ask(logged.shop, "GET", f'/{logged.bucket}/a"b', {**headers, "User-Agent": 'a" 200 - b'})
        (line,) = logged.lines(1)
        assert line["agent"] == '"a%22 200 - b"'
        assert line["referer"] == '"https://example.com/%C3%BC"'
        assert line["uri"] == f'"GET /{logged.bucket}/a%22b HTTP/1.1"'
        assert line["key"] == "a%22b"

    def test_copies_stand_in_both_logs(self, logged: Logged) -> None:
        shop = logged.shop
        other = shop.bucket()
        shop.fill(logged.bucket, "source")
        copy = {"Bucket": other, "CopySource": f"{logged.bucket}/source"}
        shop.s3.copy_object(**copy, Key="c")
        sending = begin(shop.s3, other, "parts")
        shop.s3.upload_part_copy(**sending.names, PartNumber=1, CopySource=f"{logged.bucket}/source")
        shop.s3.copy_object(Bucket=logged.bucket, Key="c", CopySource=f"{logged.bucket}/source")
        found = [(one["operation"], one["key"]) for one in logged.lines(5)]
        assert found == [
            ("REST.COPY.OBJECT", "c"),
            ("REST.COPY.OBJECT_GET", "source"),
            ("REST.COPY.OBJECT_GET", "source"),
            ("REST.COPY.PART_GET", "source"),
            ("REST.PUT.OBJECT", "source"),
        ]

    def test_names_of_operations(self, logged: Logged) -> None:
        s3, bucket = logged.shop.s3, {"Bucket": logged.bucket}
        sending = begin(s3, logged.bucket, "k")
        sending.part(1, b"x")
        s3.list_parts(**sending.names)
        sending.complete()
        s3.list_multipart_uploads(**bucket)
        s3.get_object_tagging(**bucket, Key="k")
        s3.get_bucket_location(**bucket)
        s3.get_bucket_logging(**bucket)
        s3.get_public_access_block(**bucket)
        s3.list_object_versions(**bucket)
        s3.delete_objects(**bucket, Delete={"Objects": [{"Key": "k"}]})
        assert refused(s3.get_bucket_policy, **bucket)[0] == "NoSuchBucketPolicy"
        assert [one["operation"].removeprefix("REST.") for one in logged.lines(13)] == [
            "BATCH.DELETE.OBJECT",
            "GET.BUCKETPOLICY",
            "GET.BUCKETVERSIONS",
            "GET.LOCATION",
            "GET.LOGGING_STATUS",
            "GET.OBJECT_TAGGING",
            "GET.PUBLIC_ACCESS_BLOCK",
            "GET.UPLOAD",
            "GET.UPLOADS",
            "POST.MULTI_OBJECT_DELETE",
            "POST.UPLOAD",
            "POST.UPLOADS",
            "PUT.PART",
        ]

    def test_each_object_of_a_batch_has_its_line(self, logged: Logged) -> None:
        shop = logged.shop
        objects = f"arn:aws:s3:::{logged.bucket}/kept*"
        shop.policy(logged.bucket, grant("s3:DeleteObject", objects, effect="Deny", Principal="*"))
        wanted = [{"Key": "a b"}, {"Key": "kept"}, {"Key": "v", "VersionId": "null"}]
        shop.s3.delete_objects(Bucket=logged.bucket, Delete={"Objects": wanted, "Quiet": True})
        lines = logged.lines(5)[:3]
        assert [(one["key"], one["status"], one["error"], one["version"]) for one in lines] == [
            ("a%20b", "204", "-", "-"),
            ("kept", "-", "AccessDenied", "-"),
            ("v", "204", "-", "null"),
        ]
        assert {one["operation"] for one in lines} == {"BATCH.DELETE.OBJECT"}
        assert {one["requester"] for one in lines} == {f"arn:aws:iam::{shop.account.id}:user/admin"}

    def test_the_access_point_is_told(self, logged: Logged) -> None:
        shop = logged.shop
        control = shop.world.client("s3control", shop.account.admin)
        made = control.create_access_point(AccountId=shop.account.id, Name="way", Bucket=logged.bucket)
        shop.s3.list_objects_v2(Bucket=made["Alias"])
        (line,) = logged.lines(1)
        assert (line["bucket"], line["point"]) == (logged.bucket, made["AccessPointArn"])

    def test_websites(self, logged: Logged) -> None:
        shop = logged.shop
        configuration = {"IndexDocument": {"Suffix": "index.html"}}
        shop.s3.put_bucket_website(Bucket=logged.bucket, WebsiteConfiguration=configuration)
        host = {"Host": f"{logged.bucket}.s3-website.us-east-1.localhost", "Referer": "https://example.com/"}
        ask(shop, "GET", "/docs/", host)
        ask(shop, "POST", "/", host)
        _, get, post = logged.lines(3)
        assert (get["operation"], get["key"], get["status"]) == ("WEBSITE.GET.OBJECT", "docs/", "403")
        assert (get["error"], get["referer"]) == ("AccessDenied", '"https://example.com/"')
        assert (post["operation"], post["error"]) == ("WEBSITE.POST.OBJECT", "MethodNotAllowed")

    def test_forms(self, logged: Logged) -> None:
        shop = logged.shop
        s3 = shop.world.client("s3", shop.account.admin, signature_version="s3v4")
        fields = {**s3.generate_presigned_post(logged.bucket, "form")["fields"], "file": "content"}
        parts = "".join(
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        kind = {"Content-Type": "multipart/form-data; boundary=b"}
        whole = f"{parts}--b--\r\n".encode()
        assert ask(shop, "POST", f"/{logged.bucket}", kind, whole) == 204
        field = b'--b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
        odd = field % (b"key", b"\xff") + field % (b"file", b"content") + b"--b--\r\n"
        assert ask(shop, "POST", f"/{logged.bucket}", kind, odd) == 400
        refused, line = logged.lines(2)
        assert (line["operation"], line["key"]) == ("REST.POST.OBJECT", "form")
        assert (refused["operation"], refused["key"], refused["error"]) == (
            "REST.POST.OBJECT",
            "%FF",
            "InvalidURI",
        )

    def test_other_buckets_and_services_leave_none(self, logged: Logged) -> None:
        shop = logged.shop
        shop.fill(shop.bucket(), "k")
        shop.world.client("sts", shop.account.admin).get_caller_identity()
        shop.s3.list_buckets()
        shop.s3.head_bucket(Bucket=logged.bucket)
        assert [one["operation"] for one in logged.lines(1)] == ["REST.HEAD.BUCKET"]


def ask(
    shop: Shop, method: str, target: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", shop.world.port, timeout=10)
    sent = {name: value.encode("latin-1") for name, value in (headers or {}).items()}
    connection.request(method, target, body, sent)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


class TestDelivery:
    def test_an_object_in_the_target(self, logged: Logged) -> None:
        shop = logged.shop
        shop.s3.head_bucket(Bucket=logged.bucket)
        logged.waiting(1)
        assert logged.deliver() == 1
        (key,) = logged.delivered()
        assert re.fullmatch(r"logs/\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9A-F]{16}", key)
        found = shop.s3.get_object(Bucket=logged.target, Key=key)
        assert found["ContentType"] == "text/plain"
        assert found["ServerSideEncryption"] == "AES256"
        assert found["Body"].read().endswith(b"\n")
        assert logged.deliver() == 0
        assert logged.delivered() == [key]

    @pytest.mark.parametrize("source", ["EventTime", "DeliveryTime", None])
    def test_partitioned_keys(self, logged: Logged, source: str | None) -> None:
        shop, clock = logged.shop, logged.shop.world.clock
        partitioned = {"PartitionDateSource": source} if source else {}
        log_into(shop, logged.bucket, logged.target, TargetObjectKeyFormat={"PartitionedPrefix": partitioned})
        first = clock.as_datetime()
        clock.advance(86400)
        shop.s3.head_bucket(Bucket=logged.bucket)
        second = clock.as_datetime()
        logged.waiting(2)
        clock.advance(86400)
        assert logged.deliver() == (1 if source == "DeliveryTime" else 2)
        folder = f"logs/{shop.account.id}/us-east-1/{logged.bucket}/"
        days = [clock.as_datetime()] if source == "DeliveryTime" else [first, second]
        for key, day in zip(logged.delivered(), days, strict=True):
            stamp = f"{day:%Y-%m-%d-%H-%M-%S}" if source == "DeliveryTime" else f"{day:%Y-%m-%d}-00-00-00"
            assert key.startswith(f"{folder}{day:%Y/%m/%d}/{stamp}-")

    def test_many_lines_make_several_objects(self, logged: Logged, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(log_delivery, "BATCH", 2)
        for _ in range(5):
            logged.shop.s3.head_bucket(Bucket=logged.bucket)
        logged.waiting(5)
        assert logged.deliver() == 3
        assert len(logged.delivered()) == 3

    def test_a_bucket_may_log_into_itself(self, shop: Shop) -> None:
        bucket = shop.bucket()
        let_in(shop, bucket)
        log_into(shop, bucket, bucket)
        shop.s3.head_bucket(Bucket=bucket)
        made = Logged(shop, bucket, bucket)
        made.waiting(1)
        assert made.deliver() == 1
        with shop.world.opened.store.snapshot() as db:
            assert db.log_records.count() == 0  # deliveries stand in no log

    def test_several_buckets(self, logged: Logged) -> None:
        shop = logged.shop
        other = shop.bucket()
        log_into(shop, other, logged.target, "other/")
        for name in (logged.bucket, other):
            shop.s3.head_bucket(Bucket=name)
        logged.waiting(2)
        assert logged.deliver() == 2
        assert [key.partition("/")[0] for key in logged.delivered()] == ["logs", "other"]

    def test_after_it_is_turned_off(self, logged: Logged) -> None:
        shop = logged.shop
        shop.s3.head_bucket(Bucket=logged.bucket)
        logged.waiting(1)
        shop.s3.put_bucket_logging(Bucket=logged.bucket, BucketLoggingStatus={})
        logged.waiting(2)
        assert logged.deliver() == 0
        with shop.world.opened.store.snapshot() as db:
            assert db.log_records.count() == 0
        shop.s3.head_bucket(Bucket=logged.bucket)
        assert logged.deliver() == 0

    def test_it_is_a_background_job(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(app, "SWEEP_INTERVAL", 0.01)
        with running(tmp_path / "data", Clock()) as world:
            shop = Shop(world, world.account("A"), world.account("B"))
            made = Logged(shop, shop.bucket(), shop.bucket())
            let_in(shop, made.target)
            log_into(shop, made.bucket, made.target)
            shop.s3.head_bucket(Bucket=made.bucket)
            wait_until(lambda: bool(made.delivered()))

    def test_a_job_that_fails_keeps_it_from_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(app, "clean", Mock(side_effect=RuntimeError("every time")))
        self.test_it_is_a_background_job(tmp_path, monkeypatch)
        assert "a background job failed" in caplog.text


class TestAccess:
    def refused_delivery(self, logged: Logged) -> None:
        logged.shop.s3.head_bucket(Bucket=logged.bucket)
        logged.waiting(1)
        assert logged.deliver() == 0
        assert logged.delivered() == []
        with logged.shop.world.opened.store.snapshot() as db:
            assert db.log_records.count() == 0

    def test_the_target_must_let_the_service_in(self, logged: Logged) -> None:
        logged.shop.s3.delete_bucket_policy(Bucket=logged.target)
        self.refused_delivery(logged)
        accounts = {"AWS": logged.shop.account.id}
        logged.shop.policy(
            logged.target, grant("s3:*", f"arn:aws:s3:::{logged.target}/*", Principal=accounts)
        )
        self.refused_delivery(logged)
        let_in(logged.shop, logged.target, Condition={"StringEquals": {"aws:SourceAccount": "999999999999"}})
        self.refused_delivery(logged)

    def test_policies_may_say_whose_logs(self, logged: Logged) -> None:
        condition = {
            "StringEquals": {"aws:SourceAccount": logged.shop.account.id},
            "ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{logged.bucket}"},
        }
        let_in(logged.shop, logged.target, Condition=condition)
        logged.shop.s3.head_bucket(Bucket=logged.bucket)
        logged.waiting(1)
        assert logged.deliver() == 1

    def test_a_list_lets_the_service_in(self, shop: Shop) -> None:
        bucket, target = shop.bucket(), "listed"
        shop.s3.create_bucket(Bucket=target, ObjectOwnership="ObjectWriter", ACL="log-delivery-write")
        reader = {"Type": "CanonicalUser", "ID": ids.canonical_id(shop.other.id)}
        everybody = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}
        grants = [
            {"Grantee": reader, "Permission": "READ"},
            {"Grantee": everybody, "Permission": "READ"},
            {"Grantee": reader, "Permission": "WRITE"},
        ]
        log_into(shop, bucket, target, "", TargetGrants=grants)
        shop.s3.head_bucket(Bucket=bucket)
        made = Logged(shop, bucket, target)
        made.waiting(1)
        assert made.deliver() == 1
        (key,) = made.delivered()
        assert shop.foreign.get_object(Bucket=target, Key=key)["Body"].read()
        found = shop.s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"]
        assert found == {"TargetBucket": target, "TargetPrefix": "", "TargetGrants": grants}

    def test_a_target_that_became_somebody_else_s(self, logged: Logged) -> None:
        logged.shop.s3.delete_bucket(Bucket=logged.target)
        self.lost(logged)
        logged.shop.foreign.create_bucket(Bucket=logged.target)
        policy = grant("s3:PutObject", f"arn:aws:s3:::{logged.target}/*", **SERVICE)
        Shop(logged.shop.world, logged.shop.other, logged.shop.account).policy(logged.target, policy)
        self.lost(logged)
        assert "Contents" not in logged.shop.foreign.list_objects_v2(Bucket=logged.target)

    def lost(self, logged: Logged) -> None:
        logged.shop.s3.head_bucket(Bucket=logged.bucket)
        logged.waiting(1)
        assert logged.deliver() == 0

    def test_a_bucket_that_is_gone(self, logged: Logged) -> None:
        logged.shop.s3.delete_bucket(Bucket=logged.bucket)
        logged.waiting(1)
        assert logged.deliver() == 0


class TestSettings:
    @pytest.mark.parametrize(
        "more",
        [
            {},
            {"TargetObjectKeyFormat": {"SimplePrefix": {}}},
            {"TargetObjectKeyFormat": {"PartitionedPrefix": {"PartitionDateSource": "DeliveryTime"}}},
        ],
    )
    def test_what_is_put_is_got(self, shop: Shop, more: dict[str, Any]) -> None:
        bucket, target = shop.bucket(), shop.bucket()
        assert "LoggingEnabled" not in shop.s3.get_bucket_logging(Bucket=bucket)
        log_into(shop, bucket, target, "a/", **more)
        found = shop.s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"]
        assert found == {"TargetBucket": target, "TargetPrefix": "a/", **more}
        shop.s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})
        assert "LoggingEnabled" not in shop.s3.get_bucket_logging(Bucket=bucket)

    def test_targets_that_are_none(self, shop: Shop) -> None:
        bucket = shop.bucket()

        def told(target: str, **more: Any) -> tuple[str, str, int]:
            enabled = {"TargetBucket": target, "TargetPrefix": "", **more}
            call = shop.s3.put_bucket_logging
            return refused(call, Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": enabled})

        unfit = "InvalidTargetBucketForLogging"
        assert told("no-such-bucket") == (unfit, "The target bucket for logging does not exist", 400)
        shop.foreign.create_bucket(Bucket="foreign")
        owner = "The owner for the bucket to be logged and the target bucket must be the same."
        assert told("foreign") == (unfit, owner, 400)
        west = shop.world.client("s3", shop.account.admin, region="us-west-2")
        west.create_bucket(Bucket="west", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        assert told("west") == (
            "CrossLocationLoggingProhibited",
            "Cross S3 location logging not allowed.",
            403,
        )
        target = shop.bucket()
        grantee = {"Type": "CanonicalUser", "ID": ids.canonical_id(shop.account.id)}
        grants = [{"Grantee": grantee, "Permission": "READ"}]
        assert told(target, TargetGrants=grants)[0] == "AccessControlListNotSupported"
        both: dict[str, Any] = {"SimplePrefix": {}, "PartitionedPrefix": {}}
        assert told(target, TargetObjectKeyFormat=both)[0] == "MalformedXML"
        assert told(target, TargetPrefix="x" * 1000)[0] == "KeyTooLongError"
        assert "LoggingEnabled" not in shop.s3.get_bucket_logging(Bucket=bucket)


def test_without_encryption_too(tmp_path: Path) -> None:
    with running(tmp_path / "data", Clock(), settings=Settings(encrypt_objects=False)) as world:
        shop = Shop(world, world.account("A"), world.account("B"))
        bucket, target = shop.bucket(), shop.bucket()
        let_in(shop, target)
        log_into(shop, bucket, target)
        for _ in range(150):
            shop.s3.head_bucket(Bucket=bucket)
        made = Logged(shop, bucket, target)
        assert len(made.lines(150)) == 150
