"""What buckets tell, and whom: the configuration, and the messages that a webhook gets."""

import asyncio
import datetime
import itertools
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.fix_hooks import Hook, hook
from tests.conformance.fix_s3 import Shop
from tests.conformance.test_s3_post import form, send, signed
from tests.fix_world import Clock, Keys, TestAccount, World, running
from tests.refusals import refused
from tests.state import unchanged

from deputize import app
from deputize.config import Settings
from deputize.domain import lifecycle
from deputize.s3 import notifications

_numbers = itertools.count(1)
DAY = 86_400
TARGETS = ("hook", "other")
HEX = set("0123456789ABCDEF")


@dataclass(frozen=True)
class Scene:
    """An account whose buckets tell `hook` what happens."""

    world: World
    account: TestAccount
    hook: Hook

    @property
    def s3(self) -> Any:
        return self.world.client("s3", self.account.admin)

    def arn(self, name: str = "hook", *, service: str = "sqs", region: str = "us-east-1") -> str:
        return f"arn:aws:{service}:{region}:{self.account.id}:{name}"

    def bucket(self, *events: str, filters: tuple[tuple[str, str], ...] = (), **more: Any) -> str:
        """A new bucket that tells of these events; its test message has been read."""
        name = f"telling-{next(_numbers)}"
        self.s3.create_bucket(Bucket=name, **more)
        self.tell(name, *events, filters=filters)
        assert self.hook.message()["Event"] == "s3:TestEvent"
        self.settle()
        return name

    def settle(self) -> None:
        """Let what was delivered be forgotten: a message is taken before its row goes."""
        write, waiting = self.world.opened.store.write, True
        while waiting:
            waiting = write(lambda db: any(one.target in TARGETS for one in db.notifications.page())).result()

    def tell(self, bucket: str, *events: str, filters: tuple[tuple[str, str], ...] = ()) -> None:
        queue: dict[str, Any] = {"Id": "mine", "QueueArn": self.arn(), "Events": list(events)}
        if filters:
            rules = [{"Name": name, "Value": value} for name, value in filters]
            queue["Filter"] = {"Key": {"FilterRules": rules}}
        self.put(bucket, QueueConfigurations=[queue])

    def put(self, bucket: str, **configuration: Any) -> None:
        self.s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=configuration)

    def expire(self) -> int:
        """Apply the rules of lifecycle, as the server does once an hour."""
        opened = self.world.opened
        return lifecycle.apply(opened.store, self.world.clock.now, opened.settings.notify)

    def refusal(self, bucket: str, **configuration: Any) -> tuple[str, str, int]:
        """The error that this configuration must get, and change nothing."""
        self.settle()
        with unchanged(self.world):
            return refused(
                self.s3.put_bucket_notification_configuration,
                Bucket=bucket,
                NotificationConfiguration=configuration,
            )


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    data: Path = tmp_path_factory.mktemp("notifications") / "data"
    with pytest.MonkeyPatch.context() as patched, hook() as made:
        patched.setattr(app, "DELIVERY_INTERVAL", 0.01)
        settings = Settings(notify=dict.fromkeys(TARGETS, made.url))
        with running(data, Clock(), settings=settings) as world:
            yield Scene(world, world.account("Telling"), made)


class TestMessages:
    def test_an_upload(self, scene: Scene) -> None:
        bucket = scene.bucket("s3:ObjectCreated:*")
        answer = scene.s3.put_object(Bucket=bucket, Key="red flower/ä+.jpg", Body=b"meow")
        record = scene.hook.record()
        sequencer = record["s3"]["object"].pop("sequencer")
        assert len(sequencer) == 18
        assert set(sequencer) <= HEX
        user = scene.world.client("iam", scene.account.admin).get_user()["User"]
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        moment = datetime.datetime.fromtimestamp(scene.world.clock.now, datetime.UTC)
        assert record == {
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": "us-east-1",
            "eventTime": moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
            "eventName": "ObjectCreated:Put",
            "userIdentity": {"principalId": f"AWS:{user['UserId']}"},
            "requestParameters": {"sourceIPAddress": "127.0.0.1"},
            "responseElements": {
                "x-amz-request-id": headers["x-amz-request-id"],
                "x-amz-id-2": headers["x-amz-id-2"],
            },
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": "mine",
                "bucket": {
                    "name": bucket,
                    "ownerIdentity": {"principalId": scene.account.id},
                    "arn": f"arn:aws:s3:::{bucket}",
                },
                "object": {
                    "key": "red+flower/%C3%A4%2B.jpg",
                    "size": 4,
                    "eTag": answer["ETag"].strip('"'),
                },
            },
        }

    def test_the_test(self, scene: Scene) -> None:
        name = f"telling-{next(_numbers)}"
        scene.s3.create_bucket(Bucket=name)
        configuration = {"QueueConfigurations": [{"QueueArn": scene.arn(), "Events": ["s3:ObjectAcl:Put"]}]}
        answer = scene.s3.put_bucket_notification_configuration(
            Bucket=name, NotificationConfiguration=configuration
        )
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        message = scene.hook.message()
        assert message.pop("Time").endswith("Z")
        assert message == {
            "Service": "Amazon S3",
            "Event": "s3:TestEvent",
            "Bucket": name,
            "RequestId": headers["x-amz-request-id"],
            "HostId": headers["x-amz-id-2"],
        }

    def test_how_objects_are_made(self, scene: Scene) -> None:
        bucket, s3 = scene.bucket("s3:ObjectCreated:*"), scene.s3
        s3.put_object(Bucket=bucket, Key="a", Body=b"")
        s3.copy_object(Bucket=bucket, Key="b", CopySource=f"{bucket}/a")
        begun = s3.create_multipart_upload(Bucket=bucket, Key="c")
        of = {"Bucket": bucket, "Key": "c", "UploadId": begun["UploadId"]}
        part = s3.upload_part(**of, PartNumber=1, Body=b"x")
        s3.upload_part_copy(**of, PartNumber=2, CopySource=f"{bucket}/a")
        parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
        s3.complete_multipart_upload(**of, MultipartUpload=parts)
        told = [scene.hook.record() for _ in range(3)]
        assert [(one["eventName"], one["s3"]["object"]["key"]) for one in told] == [
            ("ObjectCreated:Put", "a"),
            ("ObjectCreated:Copy", "b"),
            ("ObjectCreated:CompleteMultipartUpload", "c"),
        ]
        sequencers = [one["s3"]["object"]["sequencer"] for one in told]
        assert sequencers == sorted(set(sequencers))

    def test_a_form(self, scene: Scene) -> None:
        bucket = scene.bucket("s3:ObjectCreated:Post")
        shop = Shop(scene.world, scene.account, scene.account)
        assert send(shop, bucket, form(signed(shop, bucket)))[0] == 204
        assert scene.hook.record()["eventName"] == "ObjectCreated:Post"

    def test_how_objects_end(self, scene: Scene) -> None:
        bucket, s3 = scene.bucket("s3:ObjectRemoved:*"), scene.s3
        s3.put_object(Bucket=bucket, Key="a", Body=b"meow")
        s3.delete_object(Bucket=bucket, Key="a")
        s3.delete_object(Bucket=bucket, Key="a")  # there is nothing to tell of
        record = scene.hook.record()
        assert record["eventName"] == "ObjectRemoved:Delete"
        assert record["s3"]["object"].keys() == {"key", "sequencer"}
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        version = s3.put_object(Bucket=bucket, Key="b", Body=b"meow")["VersionId"]
        wanted = {"Objects": [{"Key": "b"}, {"Key": "b", "VersionId": version}]}
        deleted = s3.delete_objects(Bucket=bucket, Delete=wanted)["Deleted"]
        marker, gone = scene.hook.record(), scene.hook.record()
        assert marker["eventName"] == "ObjectRemoved:DeleteMarkerCreated"
        markers = [one["DeleteMarkerVersionId"] for one in deleted if one.get("DeleteMarker")]
        assert [marker["s3"]["object"]["versionId"]] == markers
        assert gone["eventName"] == "ObjectRemoved:Delete"
        assert gone["s3"]["object"]["versionId"] == version

    def test_what_changes_of_them(self, scene: Scene) -> None:
        bucket = scene.bucket(
            "s3:ObjectTagging:*",
            "s3:ObjectAcl:Put",
            "s3:ObjectRetention:Put",
            ObjectOwnership="ObjectWriter",
            ObjectLockEnabledForBucket=True,
        )
        s3 = scene.s3
        version = s3.put_object(Bucket=bucket, Key="a", Body=b"")["VersionId"]
        s3.put_object_tagging(Bucket=bucket, Key="a", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
        s3.delete_object_tagging(Bucket=bucket, Key="a")
        s3.put_object_acl(Bucket=bucket, Key="a", ACL="private")
        until = datetime.datetime.fromtimestamp(scene.world.clock.now + DAY, datetime.UTC)
        retention = {"Mode": "GOVERNANCE", "RetainUntilDate": until}
        s3.put_object_retention(Bucket=bucket, Key="a", Retention=retention)
        names = ("ObjectTagging:Put", "ObjectTagging:Delete", "ObjectAcl:Put", "ObjectRetention:Put")
        for name in names:
            record = scene.hook.record()
            assert (record["eventName"], record["eventVersion"]) == (name, "2.3")
            assert record["s3"]["object"].keys() == {"key", "size", "eTag", "versionId"}
            assert record["s3"]["object"]["versionId"] == version

    def test_what_has_had_its_time(self, scene: Scene) -> None:
        bucket, s3 = scene.bucket("s3:LifecycleExpiration:*", "s3:ObjectRemoved:*"), scene.s3
        rule = {
            "ID": "all",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "Expiration": {"Days": 1},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
        }
        s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})
        s3.put_object(Bucket=bucket, Key="a", Body=b"")
        scene.world.clock.advance(3 * DAY)
        assert scene.expire() == 1
        record = scene.hook.record()
        assert (record["eventName"], record["eventVersion"]) == ("LifecycleExpiration:Delete", "2.3")
        assert record["userIdentity"] == {"principalId": "s3.amazonaws.com"}
        assert record["requestParameters"] == {"sourceIPAddress": "s3.amazonaws.com"}
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        version = s3.put_object(Bucket=bucket, Key="b", Body=b"")["VersionId"]
        scene.world.clock.advance(3 * DAY)
        scene.expire()
        assert scene.hook.record()["eventName"] == "LifecycleExpiration:DeleteMarkerCreated"
        scene.world.clock.advance(3 * DAY)
        scene.expire()
        gone = scene.hook.record()
        assert gone["eventName"] == "LifecycleExpiration:Delete"
        assert gone["s3"]["object"]["versionId"] == version

    def test_who_did_it(self, scene: Scene) -> None:
        bucket, s3 = scene.bucket("s3:ObjectCreated:*"), scene.s3
        s3.delete_public_access_block(Bucket=bucket)
        statement = (
            '{"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", '
            f'"Resource": "arn:aws:s3:::{bucket}/*"}}'
        )
        s3.put_bucket_policy(Bucket=bucket, Policy=f'{{"Statement": [{statement}]}}')
        sts = scene.world.client("sts", scene.account.root)
        session = Keys.of(sts.get_session_token()["Credentials"])
        for keys, principal in (
            (None, "Anonymous"),
            (scene.account.root, f"AWS:{scene.account.id}"),
            (session, f"AWS:{scene.account.id}"),
        ):
            scene.world.client("s3", keys).put_object(Bucket=bucket, Key="k", Body=b"")
            assert scene.hook.record()["userIdentity"] == {"principalId": principal}

    def test_a_refused_call_tells_nothing(self, scene: Scene) -> None:
        bucket = scene.bucket("s3:ObjectCreated:*", "s3:ObjectRemoved:*")
        nobody = scene.world.client("s3", scene.world.user(scene.account, f"nobody{next(_numbers)}"))
        with unchanged(scene.world):
            assert refused(nobody.put_object, Bucket=bucket, Key="a", Body=b"")[2] == 403
            assert refused(scene.s3.put_object, Bucket=bucket, Key="a", Body=b"", IfMatch='"x"')[2] == 404
        scene.s3.put_object(Bucket=bucket, Key="b", Body=b"")
        assert scene.hook.record()["s3"]["object"]["key"] == "b"

    def test_only_what_is_wanted(self, scene: Scene) -> None:
        bucket = scene.bucket("s3:ObjectCreated:Put", filters=(("prefix", "images/"), ("Suffix", ".jpg")))
        for key in ("images/a.png", "a.jpg", "images/a.jpg.txt", "images/b.jpg"):
            scene.s3.put_object(Bucket=bucket, Key=key, Body=b"")
        scene.s3.copy_object(Bucket=bucket, Key="images/c.jpg", CopySource=f"{bucket}/a.jpg")
        scene.s3.delete_object(Bucket=bucket, Key="images/b.jpg")
        scene.s3.put_object(Bucket=bucket, Key="images/d.jpg", Body=b"")
        keys = [scene.hook.record()["s3"]["object"]["key"] for _ in range(2)]
        assert keys == ["images/b.jpg", "images/d.jpg"]
        assert scene.hook.silent()


class TestConfiguration:
    def test_it_is_told_as_it_was_put(self, scene: Scene) -> None:
        s3, bucket = scene.s3, f"telling-{next(_numbers)}"
        s3.create_bucket(Bucket=bucket)
        get = s3.get_bucket_notification_configuration
        assert get(Bucket=bucket).keys() == {"ResponseMetadata"}
        first = {"Id": "one", "QueueArn": scene.arn(), "Events": ["s3:ObjectRemoved:*"]}
        rules = [{"Name": "Suffix", "Value": ".jpg"}, {"Name": "Prefix", "Value": "a"}]
        second = {
            "Id": "two",
            "QueueArn": scene.arn("other"),
            "Events": ["s3:ObjectCreated:Put", "s3:ObjectTagging:*"],
            "Filter": {"Key": {"FilterRules": rules}},
        }
        scene.put(bucket, QueueConfigurations=[first, second])
        assert get(Bucket=bucket)["QueueConfigurations"] == [first, second]
        assert [scene.hook.message()["Event"] for _ in range(2)] == ["s3:TestEvent"] * 2
        scene.put(bucket, QueueConfigurations=[{"QueueArn": scene.arn(), "Events": first["Events"]}])
        assert get(Bucket=bucket)["QueueConfigurations"][0]["Id"]
        scene.hook.message()
        scene.put(bucket)
        assert "QueueConfigurations" not in get(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key="a", Body=b"")
        assert scene.hook.silent()

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"Events": ["s3:ObjectCreated:Nothing"]}, "The event is not supported for notifications"),
            ({"QueueArn": "hook"}, "The ARN is not well formed"),
            (
                {"Filter": {"Key": {"FilterRules": [{"Name": "infix", "Value": "a"}]}}},
                "filter rule name must be either prefix or suffix",
            ),
            (
                {"Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": v} for v in "ab"]}}},
                "Cannot specify more than one prefix rule in a filter.",
            ),
            (
                {"Filter": {"Key": {"FilterRules": [{"Name": "suffix", "Value": "a" * 1025}]}}},
                "Size of filter rule value cannot exceed 1024 bytes in UTF-8 representation",
            ),
        ],
    )
    def test_what_is_none(self, scene: Scene, change: dict[str, Any], message: str) -> None:
        one = {"QueueArn": scene.arn(), "Events": ["s3:ObjectCreated:*"], **change}
        bucket = self.plain(scene)
        assert scene.refusal(bucket, QueueConfigurations=[one]) == ("InvalidArgument", message, 400)

    def plain(self, scene: Scene) -> str:
        name = f"silent-{next(_numbers)}"
        scene.s3.create_bucket(Bucket=name)
        return name

    @pytest.mark.parametrize(
        ("kind", "member", "service", "name", "what"),
        [
            ("QueueConfigurations", "QueueArn", "sqs", "unknown", "queue"),
            ("QueueConfigurations", "QueueArn", "sns", "hook", "queue"),
            ("TopicConfigurations", "TopicArn", "sns", "hook", "topic"),
            (
                "LambdaFunctionConfigurations",
                "LambdaFunctionArn",
                "lambda",
                "function:hook",
                "Lambda function",
            ),
        ],
    )
    def test_targets_that_are_not_there(
        self, scene: Scene, kind: str, member: str, service: str, name: str, what: str
    ) -> None:
        arn = scene.arn(name, service=service)
        one = {member: arn, "Events": ["s3:ObjectCreated:*"]}
        bucket = self.plain(scene)
        message = "Unable to validate the following destination configurations"
        assert scene.refusal(bucket, **{kind: [one]}) == ("InvalidArgument", message, 400)
        scene.s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={kind: [one]}, SkipDestinationValidation=True
        )
        told = scene.s3.get_bucket_notification_configuration(Bucket=bucket)[kind]
        assert told[0][member] == arn
        scene.s3.put_object(Bucket=bucket, Key="a", Body=b"")
        with scene.world.opened.store.snapshot() as db:
            assert not [one for one in db.notifications.page() if bucket in one.body]

    def test_targets_of_others(self, scene: Scene) -> None:
        """Only those of the bucket's own account and region."""
        bucket = self.plain(scene)
        for arn in (
            scene.arn(region="eu-west-1"),
            scene.arn().replace(scene.account.id, "111122223333"),
            scene.arn().replace("arn:aws:", "arn:aws-cn:"),
        ):
            one = {"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}
            assert scene.refusal(bucket, QueueConfigurations=[one])[1].startswith("Unable to validate")

    def test_eventbridge(self, scene: Scene) -> None:
        bucket = self.plain(scene)
        assert scene.refusal(bucket, EventBridgeConfiguration={})[::2] == ("NotImplemented", 501)

    def test_how_many(self, scene: Scene) -> None:
        one = {"QueueArn": scene.arn(), "Events": ["s3:ObjectCreated:*"]}
        many = [
            {**one, "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": f"{number:03}"}]}}}
            for number in range(notifications.MOST + 1)
        ]
        bucket = self.plain(scene)
        assert scene.refusal(bucket, QueueConfigurations=many)[::2] == ("InvalidArgument", 400)
        scene.put(bucket, QueueConfigurations=many[1:])
        assert scene.hook.message()["Bucket"] == bucket
        assert scene.hook.silent()

    @pytest.mark.parametrize(
        ("first", "second", "message"),
        [
            ((("s3:ObjectCreated:*",), None), (("s3:ObjectCreated:*",), None), "Configurations overlap."),
            ((("s3:ObjectCreated:*",), None), (("s3:ObjectCreated:Put",), None), "Configurations overlap."),
            (
                (("s3:ObjectCreated:*",), None),
                (("s3:ObjectCreated:Put",), {"prefix": "a"}),
                "Configuration is ambiguously defined.",
            ),
            (
                (("s3:ObjectCreated:*",), {"prefix": "images"}),
                (("s3:ObjectCreated:*",), {"prefix": "images/cats"}),
                "Configuration is ambiguously defined.",
            ),
            (
                (("s3:ObjectCreated:*",), {"suffix": "jpg"}),
                (("s3:ObjectCreated:*",), {"suffix": "pg"}),
                "Configuration is ambiguously defined.",
            ),
            (
                (("s3:ObjectCreated:*",), {"prefix": "images"}),
                (("s3:ObjectCreated:*",), {"suffix": "jpg"}),
                "Configuration is ambiguously defined.",
            ),
            (
                (("s3:ObjectCreated:*",), {"prefix": "a", "suffix": "jpg"}),
                (("s3:ObjectCreated:*",), {"prefix": "ab", "suffix": "png"}),
                None,
            ),
            ((("s3:ObjectCreated:*",), {"prefix": "a"}), (("s3:ObjectCreated:*",), {"prefix": "b"}), None),
            ((("s3:ObjectCreated:Put",), None), (("s3:ObjectCreated:Copy",), None), None),
            ((("s3:ObjectCreated:*",), None), (("s3:ObjectRemoved:*",), None), None),
        ],
    )
    def test_what_would_be_told_twice(
        self, scene: Scene, first: Any, second: Any, message: str | None
    ) -> None:
        both = []
        for events, filters in (first, second):
            one: dict[str, Any] = {"QueueArn": scene.arn(), "Events": list(events)}
            if filters is not None:
                rules = [{"Name": name, "Value": value} for name, value in filters.items()]
                one["Filter"] = {"Key": {"FilterRules": rules}}
            both.append(one)
        bucket = self.plain(scene)
        if message is None:
            scene.put(bucket, QueueConfigurations=both)
            scene.hook.message()
        else:
            code, told, status = scene.refusal(bucket, QueueConfigurations=both)
            assert (code, status) == ("InvalidArgument", 400)
            assert told.startswith(message)

    def test_the_events_are_those_of_the_model(self, scene: Scene) -> None:
        shapes = scene.s3.meta.service_model
        assert set(shapes.shape_for("Event").enum) == notifications.EVENTS


class TestDelivery:
    def test_what_is_not_taken_is_told_again(self, scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
        """In the same order, each later than the last time, and given up after a day."""
        bucket = scene.bucket("s3:ObjectCreated:*")
        scene.hook.status = 503
        try:
            scene.s3.put_object(Bucket=bucket, Key="a", Body=b"")
            scene.s3.put_object(Bucket=bucket, Key="b", Body=b"")
            assert scene.hook.record()["s3"]["object"]["key"] == "a"
            scene.world.clock.advance(1)
            assert scene.hook.record()["s3"]["object"]["key"] == "a"
        finally:
            scene.hook.status = 200
        scene.world.clock.advance(2)
        assert [scene.hook.record()["s3"]["object"]["key"] for _ in range(2)] == ["a", "b"]
        with caplog.at_level(logging.WARNING, "deputize.notifications"):
            scene.hook.status = 404
            try:
                scene.s3.put_object(Bucket=bucket, Key="c", Body=b"")
                scene.hook.record()
                scene.world.clock.advance(DAY)
                scene.hook.record()
            finally:
                scene.hook.status = 200
            scene.s3.put_object(Bucket=bucket, Key="d", Body=b"")
            assert scene.hook.record()["s3"]["object"]["key"] == "d"
        told = "\n".join(caplog.messages)
        assert "a notification to hook is given up: FetchRefused: status 404" in told
        assert "secret" not in told

    def test_a_server_that_stops_ends_with_what_it_tells(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So it is not told again; what was not told yet waits for the next start."""
        released, drain = threading.Event(), app.Running.drain

        async def draining(self: app.Running, timeout: float) -> None:
            ending = asyncio.ensure_future(drain(self, timeout))
            await asyncio.sleep(0)
            released.set()
            await ending

        monkeypatch.setattr(app.Running, "drain", draining)
        monkeypatch.setattr(app, "DELIVERY_INTERVAL", 0.01)
        with hook() as told:
            told.meanwhile = lambda: released.wait(10)
            settings = Settings(notify={"hook": told.url})
            with running(tmp_path / "data", Clock(), settings=settings) as world:
                scene = Scene(world, world.account("Stopping"), told)
                scene.s3.create_bucket(Bucket="stopping")
                scene.tell("stopping", "s3:ObjectCreated:*")
                assert told.message()["Event"] == "s3:TestEvent"
                scene.s3.put_object(Bucket="stopping", Key="later", Body=b"")
        with app.open_installation(tmp_path / "data", environ={}) as opened, opened.store.snapshot() as db:
            (left,) = db.notifications.page()
            assert '"key":"later"' in left.body

    def test_no_redirect_is_followed(self, scene: Scene) -> None:
        bucket = scene.bucket("s3:ObjectCreated:*")
        with hook() as elsewhere:
            scene.hook.status, scene.hook.location = 307, elsewhere.url
            try:
                scene.s3.put_object(Bucket=bucket, Key="a", Body=b"")
                scene.hook.record()
            finally:
                scene.hook.status, scene.hook.location = 200, None
            scene.world.clock.advance(10)
            assert scene.hook.record()["s3"]["object"]["key"] == "a"
            assert elsewhere.silent()
