"""Keys of clients' own (S3 guide, "Using server-side encryption with customer-provided keys")."""

import base64
import hashlib
import ipaddress
import json
import logging
import os
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
from click.testing import CliRunner
from tests.conformance.fix_multipart import begin, patterned
from tests.conformance.fix_s3 import Shop, grant
from tests.fix_tls import make_certificate
from tests.fix_world import Clock, Keys, World, running
from tests.refusals import refused

from deputize.cli.main import main
from deputize.gateway.bodies import INLINE_LIMIT

pytest_plugins = ["tests.conformance.fix_s3"]
KEY, OTHER = b"k" * 31 + b"1", b"k" * 31 + b"2"
MIB = 1024 * 1024
ALGORITHM = "x-amz-server-side-encryption-customer-algorithm"
SECURE = (
    "Requests specifying Server Side Encryption with Customer provided keys must be made over a secure "
    "connection."
)
STORED_SO = (
    "The object was stored using a form of Server Side Encryption. The correct parameters must be provided "
    "to retrieve the object."
)


@pytest.fixture(scope="module")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The server of this module's tests, by TLS."""
    folder = tmp_path_factory.mktemp("tls")
    with running(folder / "data", Clock(), tls=make_certificate(folder / "certificate")) as made:
        yield made


def with_key(key: bytes = KEY, prefix: str = "") -> dict[str, Any]:
    """The arguments of a call that brings this key, as boto3 takes them."""
    md5 = base64.b64encode(hashlib.md5(key, usedforsecurity=False).digest()).decode()
    return {
        f"{prefix}SSECustomerAlgorithm": "AES256",
        f"{prefix}SSECustomerKey": base64.b64encode(key).decode(),
        f"{prefix}SSECustomerKeyMD5": md5,
    }


def allow(s3: Any, bucket: str, *types: str) -> None:
    """Say which types of encryption the bucket blocks."""
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
        "BlockedEncryptionTypes": {"EncryptionType": list(types or ("NONE",))},
    }
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})


def blocked(s3: Any, bucket: str) -> Any:
    rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    return rules[0]["BlockedEncryptionTypes"]["EncryptionType"]


@pytest.fixture
def bucket(shop: Shop) -> str:
    """A new bucket in which clients' keys are allowed."""
    name = shop.bucket()
    allow(shop.s3, name)
    return name


BODIES = {"empty": b"", "inline": patterned(INLINE_LIMIT), "file": patterned(300_000)}
bodies = pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)


class TestObjects:
    @bodies
    def test_the_key_opens_what_it_sealed(self, shop: Shop, bucket: str, body: bytes) -> None:
        named, told = {"Bucket": bucket, "Key": "k"}, with_key()
        put = shop.s3.put_object(**named, Body=body, **told)
        got = shop.s3.get_object(**named, **told)
        head = shop.s3.head_object(**named, **told)
        assert got["Body"].read() == body
        for answer in (put, got, head):
            assert answer["SSECustomerAlgorithm"] == "AES256"
            assert answer["SSECustomerKeyMD5"] == told["SSECustomerKeyMD5"]
            assert "ServerSideEncryption" not in answer
        assert put["ETag"] == got["ETag"] == head["ETag"]
        md5 = hashlib.md5(body, usedforsecurity=False).hexdigest()
        assert put["ETag"] != f'"{md5}"'
        assert len(put["ETag"]) == 34
        if body:
            part = shop.s3.get_object(**named, **told, Range="bytes=100-199")
            assert part["Body"].read() == body[100:200]
        found = shop.s3.get_object_attributes(**named, **told, ObjectAttributes=["ObjectSize", "ETag"])
        assert found["ObjectSize"] == len(body)

    def test_boto3_encodes_keys_itself(self, shop: Shop, bucket: str) -> None:
        given = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": KEY}
        shop.s3.put_object(Bucket=bucket, Key="k", Body=b"x", **given)
        assert shop.s3.get_object(Bucket=bucket, Key="k", **given)["Body"].read() == b"x"

    @bodies
    def test_nothing_else_opens_it(self, shop: Shop, bucket: str, body: bytes) -> None:
        named, s3 = {"Bucket": bucket, "Key": "k"}, shop.s3
        s3.put_object(**named, Body=body, **with_key())
        assert refused(s3.get_object, **named) == ("InvalidRequest", STORED_SO, 400)
        wrong = refused(s3.get_object, **named, **with_key(OTHER))
        assert wrong == (
            "AccessDenied",
            SECURE.partition(" be ")[0] + " provide the correct secret key.",
            403,
        )
        assert refused(s3.head_object, **named)[2] == 400
        assert refused(s3.head_object, **named, **with_key(OTHER))[2] == 403
        wanted = {"ObjectAttributes": ["ETag"]}
        assert refused(s3.get_object_attributes, **named, **wanted)[::2] == ("InvalidRequest", 400)
        assert refused(s3.get_object_attributes, **named, **wanted, **with_key(OTHER))[2] == 403
        copy = {"Bucket": bucket, "Key": "copy", "CopySource": named}
        assert refused(s3.copy_object, **copy) == ("InvalidRequest", STORED_SO, 400)
        assert refused(s3.copy_object, **copy, **with_key(OTHER, "CopySource"))[::2] == ("AccessDenied", 403)
        assert refused(s3.copy_object, **copy, **with_key())[::2] == ("InvalidRequest", 400)

    def test_a_key_for_an_object_without_one(self, shop: Shop, bucket: str) -> None:
        shop.fill(bucket, "k")
        named = {"Bucket": bucket, "Key": "k"}
        message = "The encryption parameters are not applicable to this object."
        assert refused(shop.s3.get_object, **named, **with_key()) == ("InvalidRequest", message, 400)
        assert refused(shop.s3.head_object, **named, **with_key())[2] == 400
        copy = {"Bucket": bucket, "Key": "c", "CopySource": named, **with_key(prefix="CopySource")}
        assert refused(shop.s3.copy_object, **copy) == ("InvalidRequest", message, 400)

    @pytest.mark.parametrize(
        ("changed", "code", "message"),
        [
            (
                {"SSECustomerAlgorithm": "AES128"},
                "InvalidEncryptionAlgorithmError",
                "The Encryption request you specified is not valid. Supported value: AES256.",
            ),
            (
                {"SSECustomerAlgorithm": ""},
                "InvalidArgument",
                "Requests specifying Server Side Encryption with Customer provided keys must provide a valid "
                "encryption algorithm.",
            ),
            (
                {"SSECustomerKey": ""},
                "InvalidArgument",
                "Requests specifying Server Side Encryption with Customer provided keys must provide an "
                "appropriate secret key.",
            ),
            (
                {"SSECustomerKeyMD5": ""},
                "InvalidArgument",
                "Requests specifying Server Side Encryption with Customer provided keys must provide the "
                "client calculated MD5 of the secret key.",
            ),
            (
                {"SSECustomerKeyMD5": with_key(OTHER)["SSECustomerKeyMD5"]},
                "InvalidArgument",
                "The calculated MD5 hash of the key did not match the hash that was provided.",
            ),
            (
                {"SSECustomerKeyMD5": "no digest"},
                "InvalidArgument",
                "The calculated MD5 hash of the key did not match the hash that was provided.",
            ),
            (
                with_key(b"short"),
                "InvalidArgument",
                "The secret key was invalid for the specified algorithm.",
            ),
            (
                {"SSECustomerKey": "not base64"},
                "InvalidArgument",
                "The secret key was invalid for the specified algorithm.",
            ),
            (
                {"ServerSideEncryption": "AES256"},
                "InvalidArgument",
                "Server Side Encryption with Customer provided key is incompatible with the encryption "
                "method specified",
            ),
        ],
    )
    def test_a_key_that_is_none(
        self, shop: Shop, bucket: str, changed: dict[str, str], code: str, message: str
    ) -> None:
        told = {**with_key(), **changed}
        put = refused(shop.s3.put_object, Bucket=bucket, Key="k", Body=b"x", **told)
        assert put == (code, message, 400)
        assert refused(shop.s3.create_multipart_upload, Bucket=bucket, Key="k", **told) == put
        shop.fill(bucket, "source")
        copy = {"Bucket": bucket, "Key": "k", "CopySource": f"{bucket}/source", **told}
        assert refused(shop.s3.copy_object, **copy) == put
        if "ServerSideEncryption" not in changed:
            shop.s3.put_object(Bucket=bucket, Key="read", Body=b"x", **with_key())
            assert refused(shop.s3.get_object, Bucket=bucket, Key="read", **told) == put
        assert [one["Key"] for one in shop.s3.list_objects_v2(Bucket=bucket)["Contents"]] in (
            ["source"],
            ["read", "source"],
        )

    def test_what_needs_no_bytes_needs_no_key(self, shop: Shop, bucket: str) -> None:
        named = {"Bucket": bucket, "Key": "k"}
        shop.s3.put_object(**named, Body=b"x", **with_key())
        shop.s3.put_object_tagging(**named, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
        assert shop.s3.get_object_tagging(**named)["TagSet"]
        assert shop.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
        shop.s3.delete_object(**named)
        assert "Contents" not in shop.s3.list_objects_v2(Bucket=bucket)

    def test_versions_have_keys_of_their_own(self, shop: Shop, bucket: str) -> None:
        named = {"Bucket": bucket, "Key": "k"}
        shop.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        old = shop.s3.put_object(**named, Body=b"old", **with_key())["VersionId"]
        shop.s3.put_object(**named, Body=b"new", **with_key(OTHER))
        assert shop.s3.get_object(**named, **with_key(OTHER))["Body"].read() == b"new"
        assert shop.s3.get_object(**named, VersionId=old, **with_key())["Body"].read() == b"old"
        assert refused(shop.s3.get_object, **named, VersionId=old, **with_key(OTHER))[2] == 403

    def test_a_presigned_address_wants_the_headers(self, shop: Shop, bucket: str) -> None:
        named = {"Bucket": bucket, "Key": "k"}
        shop.s3.put_object(**named, Body=b"x", **with_key())
        s3 = shop.world.client("s3", shop.account.admin, signature_version="s3v4")
        url = s3.generate_presigned_url("get_object", Params={**named, **with_key()})
        headers = {ALGORITHM: "AES256", f"{ALGORITHM[:-9]}key": with_key()["SSECustomerKey"]}
        headers[f"{ALGORITHM[:-9]}key-MD5"] = with_key()["SSECustomerKeyMD5"]
        assert fetch(shop, "GET", url, headers=headers) == (200, b"x")
        assert with_key()["SSECustomerKey"] not in urllib.parse.unquote(url)
        assert fetch(shop, "GET", url, headers={ALGORITHM: "AES256"})[0] == 403


def fetch(shop: Shop, method: str, url: str, **more: Any) -> tuple[int, bytes]:
    """Status and body, of a request that no SDK makes."""
    assert shop.world.tls is not None
    with urllib3.PoolManager(ca_certs=str(shop.world.tls.authority)) as pool:
        answer = pool.request(method, url, retries=False, **more)
        return answer.status, answer.data


class TestCopies:
    @bodies
    def test_from_key_to_key(self, shop: Shop, bucket: str, body: bytes) -> None:
        source, s3 = {"Bucket": bucket, "Key": "k"}, shop.s3
        s3.put_object(**source, Body=body, **with_key())
        opened = {"CopySource": source, **with_key(prefix="CopySource")}
        made = s3.copy_object(Bucket=bucket, Key="other", **opened, **with_key(OTHER))
        assert made["SSECustomerKeyMD5"] == with_key(OTHER)["SSECustomerKeyMD5"]
        assert s3.get_object(Bucket=bucket, Key="other", **with_key(OTHER))["Body"].read() == body
        plain = s3.copy_object(Bucket=bucket, Key="plain", **opened)
        assert plain["ServerSideEncryption"] == "AES256"
        assert s3.get_object(Bucket=bucket, Key="plain")["Body"].read() == body
        s3.copy_object(Bucket=bucket, Key="back", CopySource=f"{bucket}/plain", **with_key())
        assert refused(s3.get_object, Bucket=bucket, Key="back")[0] == "InvalidRequest"

    def test_an_object_is_copied_to_itself_under_another_key(self, shop: Shop, bucket: str) -> None:
        named, s3 = {"Bucket": bucket, "Key": "k"}, shop.s3
        s3.put_object(**named, Body=b"x", **with_key())
        opened = {"CopySource": named, **with_key(prefix="CopySource")}
        s3.copy_object(**named, **opened, **with_key(OTHER))
        assert s3.get_object(**named, **with_key(OTHER))["Body"].read() == b"x"
        s3.copy_object(**named, CopySource=named, **with_key(OTHER, "CopySource"))
        assert s3.get_object(**named)["Body"].read() == b"x"
        s3.copy_object(**named, CopySource=named, **with_key())
        assert s3.get_object(**named, **with_key())["Body"].read() == b"x"


class TestMultipart:
    def test_every_part_brings_the_key(self, shop: Shop, bucket: str) -> None:
        body, s3 = patterned(6 * MIB), shop.s3
        sending = begin(s3, bucket, "k", **with_key())
        first = sending.part(1, body[: 5 * MIB], **with_key())
        assert first["SSECustomerKeyMD5"] == with_key()["SSECustomerKeyMD5"]
        s3.put_object(Bucket=bucket, Key="source", Body=body, **with_key(OTHER))
        copied = s3.upload_part_copy(
            **sending.names,
            PartNumber=2,
            CopySource=f"{bucket}/source",
            CopySourceRange=f"bytes={5 * MIB}-{6 * MIB - 1}",
            **with_key(),
            **with_key(OTHER, "CopySource"),
        )
        assert copied["SSECustomerAlgorithm"] == "AES256"
        sending.listed.append({"PartNumber": 2, "ETag": copied["CopyPartResult"]["ETag"]})
        assert s3.list_parts(**sending.names, **with_key())["Parts"]
        done = sending.complete(**with_key())
        assert done["ETag"].endswith('-2"')
        assert "ServerSideEncryption" not in done
        named = {"Bucket": bucket, "Key": "k"}
        assert s3.get_object(**named, **with_key())["Body"].read() == body
        edge = s3.get_object(**named, **with_key(), Range=f"bytes={5 * MIB - 10}-{5 * MIB + 9}")
        assert edge["Body"].read() == body[5 * MIB - 10 : 5 * MIB + 10]
        assert s3.get_object(**named, **with_key(), PartNumber=2)["Body"].read() == body[5 * MIB :]
        assert refused(s3.get_object, **named)[0] == "InvalidRequest"
        assert refused(s3.get_object, **named, **with_key(OTHER))[2] == 403

    def test_parts_with_another_key_or_none(self, shop: Shop, bucket: str) -> None:
        s3, sending = shop.s3, begin(shop.s3, bucket, "k", **with_key())
        part = {**sending.names, "PartNumber": 1, "Body": b"x"}
        assert refused(s3.upload_part, **part) == (
            "InvalidRequest",
            "The multipart upload initiate requested encryption. Subsequent part requests must include the "
            "appropriate encryption parameters.",
            400,
        )
        other = "The provided encryption parameters did not match the ones used originally."
        assert refused(s3.upload_part, **part, **with_key(OTHER)) == ("InvalidRequest", other, 400)
        assert refused(s3.list_parts, **sending.names, **with_key(OTHER)) == ("InvalidRequest", other, 400)
        sending.part(1, b"x", **with_key())
        assert refused(sending.complete, **with_key(OTHER)) == ("InvalidRequest", other, 400)
        shop.fill(bucket, "source")
        copy = {**sending.names, "PartNumber": 1, "CopySource": f"{bucket}/source"}
        assert refused(s3.upload_part_copy, **copy)[::2] == ("InvalidRequest", 400)
        assert refused(s3.upload_part_copy, **copy, **with_key(OTHER))[1] == other
        plain = begin(s3, bucket, "plain")
        message = (
            "The multipart upload initiate did not request encryption. Please resend the request without "
            "sending encryption parameters."
        )
        named = {**plain.names, "PartNumber": 1, "Body": b"x"}
        assert refused(s3.upload_part, **named, **with_key()) == ("InvalidRequest", message, 400)
        sending.complete()
        assert s3.get_object(Bucket=bucket, Key="k", **with_key())["Body"].read() == b"x"


class TestForms:
    def fields(self, shop: Shop, bucket: str, key: bytes = KEY) -> dict[str, str]:
        s3 = shop.world.client("s3", shop.account.admin, signature_version="s3v4")
        stem, brought = ALGORITHM[:-9], with_key(key)
        names = {
            ALGORITHM: brought["SSECustomerAlgorithm"],
            f"{stem}key": brought["SSECustomerKey"],
            f"{stem}key-MD5": brought["SSECustomerKeyMD5"],
        }
        conditions = [{name: value} for name, value in names.items()]
        made = s3.generate_presigned_post(Bucket=bucket, Key="k", Fields=names, Conditions=conditions)
        return dict(made["fields"])

    def send(self, shop: Shop, bucket: str, fields: dict[str, str]) -> tuple[int, bytes]:
        return fetch(shop, "POST", f"{shop.world.url}/{bucket}", fields={**fields, "file": ("a", b"form")})

    def test_a_form_brings_a_key(self, shop: Shop, bucket: str) -> None:
        assert self.send(shop, bucket, self.fields(shop, bucket))[0] == 204
        assert shop.s3.get_object(Bucket=bucket, Key="k", **with_key())["Body"].read() == b"form"
        assert refused(shop.s3.get_object, Bucket=bucket, Key="k")[0] == "InvalidRequest"

    def test_where_they_are_blocked(self, shop: Shop) -> None:
        bucket = shop.bucket()
        status, told = self.send(shop, bucket, self.fields(shop, bucket))
        assert (status, b"has blocked upload requests" in told) == (403, True)

    def test_no_error_tells_the_key(self, shop: Shop, bucket: str) -> None:
        fields = self.fields(shop, bucket)
        fields[f"{ALGORITHM[:-9]}key"] = "another"
        status, told = self.send(shop, bucket, fields)
        assert (status, b"Policy Condition failed" in told) == (403, True)
        assert base64.b64encode(KEY) not in told


class TestBlocking:
    def test_new_buckets_block_them(self, shop: Shop) -> None:
        bucket = shop.bucket()
        assert blocked(shop.s3, bucket) == ["SSE-C"]
        shop.fill(bucket, "source")
        named = {"Bucket": bucket, "Key": "k", **with_key()}
        for call, more in (
            (shop.s3.put_object, {"Body": b"x"}),
            (shop.s3.create_multipart_upload, {}),
            (shop.s3.copy_object, {"CopySource": f"{bucket}/source"}),
        ):
            assert refused(call, **named, **more) == (
                "AccessDenied",
                f"User: arn:aws:iam::{shop.account.id}:user/admin is not authorized to perform: s3:PutObject "
                f'on resource: "arn:aws:s3:::{bucket}/k" because this bucket has blocked upload requests '
                "that specify Server Side Encryption with Customer provided keys (SSE-C). Please specify a "
                "different server-side encryption type",
                403,
            )

    def test_others_are_told_no_more_than_that(self, shop: Shop) -> None:
        bucket = shop.bucket()
        named = {"Bucket": bucket, "Key": "k", "Body": b"", **with_key()}
        assert refused(shop.foreign.put_object, **named) == ("AccessDenied", "Access Denied", 403)

    def test_what_is_there_stays_readable(self, shop: Shop, bucket: str) -> None:
        named = {"Bucket": bucket, "Key": "k"}
        shop.s3.put_object(**named, Body=b"x", **with_key())
        allow(shop.s3, bucket, "SSE-C")
        assert refused(shop.s3.put_object, **named, Body=b"y", **with_key())[2] == 403
        assert shop.s3.get_object(**named, **with_key())["Body"].read() == b"x"

    def test_they_are_blocked_unless_somebody_says_otherwise(self, shop: Shop, bucket: str) -> None:
        assert blocked(shop.s3, bucket) == ["NONE"]
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        given = {"Rules": [rule]}
        shop.s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=given)
        assert blocked(shop.s3, bucket) == ["SSE-C"]
        allow(shop.s3, bucket)
        shop.s3.delete_bucket_encryption(Bucket=bucket)
        assert blocked(shop.s3, bucket) == ["SSE-C"]

    @pytest.mark.parametrize("types", [("NONE", "SSE-C"), ("SSE-KMS",)])
    def test_types_that_are_none(self, shop: Shop, types: tuple[str, ...]) -> None:
        bucket = shop.bucket()
        rule = {
            "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
            "BlockedEncryptionTypes": {"EncryptionType": list(types)},
        }
        given = {"Bucket": bucket, "ServerSideEncryptionConfiguration": {"Rules": [rule]}}
        assert refused(shop.s3.put_bucket_encryption, **given)[::2] == ("MalformedXML", 400)


class TestPolicies:
    def test_a_policy_may_demand_or_forbid_it(self, shop: Shop, bucket: str) -> None:
        key = f"s3:{ALGORITHM}"

        def deny(condition: dict[str, Any]) -> None:
            objects = f"arn:aws:s3:::{bucket}/*"
            rule = grant("s3:PutObject", objects, effect="Deny", Principal="*", Condition=condition)
            shop.policy(bucket, rule)

        deny({"Null": {key: "true"}})
        named = {"Bucket": bucket, "Key": "k"}
        assert refused(shop.s3.put_object, **named, Body=b"x")[0] == "AccessDenied"
        shop.s3.put_object(**named, Body=b"x", **with_key())
        sending = begin(shop.s3, bucket, "parts", **with_key())
        assert refused(shop.s3.upload_part, **sending.names, PartNumber=1, Body=b"x")[0] == "AccessDenied"
        sending.part(1, b"x", **with_key())
        assert refused(sending.complete)[0] == "AccessDenied"
        sending.complete(**with_key())
        deny({"StringEquals": {key: "AES256"}})
        assert refused(shop.s3.put_object, **named, Body=b"x", **with_key())[0] == "AccessDenied"
        shop.s3.put_object(**named, Body=b"x")


# --- the key stands nowhere, and scrubbing and backups take what is closed


def test_no_log_file_record_or_answer_tells_the_key(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("deputize", "deputize.access", "asyncio"):
        caplog.set_level(logging.DEBUG, name)
    secret, key = b"a word that stands nowhere else " * 3000, os.urandom(32)
    tls = make_certificate(tmp_path / "certificate")
    with running(tmp_path / "data", Clock(), tls=tls) as world:
        keys = world.account("A").admin
        s3 = world.client("s3", keys)
        s3.create_bucket(Bucket="bucket")
        allow(s3, "bucket")
        for name, body in (("small", secret[:1000]), ("large", secret)):
            s3.put_object(Bucket="bucket", Key=name, Body=body, **with_key(key))
        upload = begin(s3, "bucket", "upload", **with_key(key))
        upload.part(1, secret, **with_key(key))
        wrong = world.client("s3", Keys(keys.id, "another secret"))
        answer = {}
        wrong.meta.events.register("after-call.s3", lambda parsed, **_: answer.update(parsed))
        refused(wrong.get_object, Bucket="bucket", Key="small", **with_key(key))
        assert base64.b64encode(key).decode() not in json.dumps(answer, default=str)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    for forbidden in (key, base64.b64encode(key), b"a word that stands nowhere else", key.hex().encode()):
        assert forbidden not in kept
        assert forbidden.decode("latin-1") not in caplog.text
    assert "/bucket/large" in caplog.text


def test_scrubbing_and_backups_of_what_is_closed(tmp_path: Path) -> None:
    def run(command: str, *arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, [command, *arguments, "--data", str(tmp_path / "data")])
        return done.exit_code, done.output

    with running(tmp_path / "data", Clock(), tls=make_certificate(tmp_path / "certificate")) as world:
        s3 = world.client("s3", world.account("A").admin)
        s3.create_bucket(Bucket="bucket")
        allow(s3, "bucket")
        whole = begin(s3, "bucket", "parts", **with_key())
        for number in (1, 2):
            whole.part(number, patterned(5 * MIB, number), **with_key())
        whole.complete()
        begin(s3, "bucket", "upload", **with_key()).part(1, patterned(MIB), **with_key())
        for name, body in BODIES.items():
            s3.put_object(Bucket="bucket", Key=name, Body=body, **with_key())
        status, told = run("scrub")
        assert (status, "5 of them open with keys of clients' own alone" in told) == (0, True), told
        assert run("backup", str(tmp_path / "copy"))[0] == 0
        for file in (tmp_path / "data" / "blobs").rglob("*"):
            if file.is_file():
                os.truncate(file, file.stat().st_size - 1)
        status, told = run("scrub")
        assert (status, told.count("the kept size is")) == (1, 3), told


def test_the_key_must_come_by_tls(world: World) -> None:
    s3 = world.client("s3", world.account("A").admin)
    s3.create_bucket(Bucket="bucket")
    allow(s3, "bucket")
    s3.put_object(Bucket="bucket", Key="k", Body=b"x")
    for call, more in (
        (s3.put_object, {"Body": b"x"}),
        (s3.get_object, {}),
        (s3.create_multipart_upload, {}),
    ):
        assert refused(call, Bucket="bucket", Key="k", **more, **with_key()) == (
            "InvalidRequest",
            SECURE,
            400,
        )


def test_a_trusted_proxy_says_how_the_client_came(tmp_path: Path) -> None:
    here = [ipaddress.ip_network("127.0.0.0/8")]
    with running(tmp_path / "data", Clock(), trusted=here) as world:
        s3 = world.client("s3", world.account("A").admin)
        came = "http"

        def forwarded(request: Any, **_: Any) -> None:
            request.headers["X-Forwarded-Proto"] = came

        s3.meta.events.register("before-send.s3", forwarded)
        s3.create_bucket(Bucket="bucket")
        allow(s3, "bucket")
        named = {"Bucket": "bucket", "Key": "k", **with_key()}
        assert refused(s3.put_object, **named, Body=b"x")[1] == SECURE
        came = "https"
        s3.put_object(**named, Body=b"x")
        assert s3.get_object(**named)["Body"].read() == b"x"
