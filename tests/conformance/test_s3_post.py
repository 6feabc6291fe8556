"""Uploads by a browser's form (S3 API, "POST Object"), signed by boto3 and sent as browsers send them: T11 to
T13.
"""

import base64
import datetime
import hmac
import http.client
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from tests.conformance.fix_s3 import Shop, grant
from tests.fix_world import Keys
from tests.refusals import refused

from deputize.protocol.post_form import FIELDS

pytest_plugins = ["tests.conformance.fix_s3"]
BOUNDARY = "----WebKitFormBoundary7MA4YWxk"
Answer = tuple[int, dict[str, str], str]


def form(fields: Mapping[str, str], file: bytes | None = b"content", name: str = "cat.jpg") -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    if file is not None:
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: image/jpeg'
        parts.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + file + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def send(shop: Shop, bucket: str, body: bytes, **headers: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", shop.world.port, timeout=20)
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    connection.request("POST", f"/{bucket}", body=body, headers={**kind, **headers})
    answer = connection.getresponse()
    told = {name.lower(): value for name, value in answer.getheaders()}
    text = answer.read().decode()
    connection.close()
    return answer.status, told, text


def code(answer: Answer) -> tuple[str, int]:
    found = re.search("<Code>(.*?)</Code>", answer[2])
    return (found[1] if found else "", answer[0])


def signed(
    shop: Shop, bucket: str, key: str = "k", *, keys: Keys | None = None, **more: Any
) -> dict[str, str]:
    """The fields of a form as boto3 presigns it; `more`: Fields, Conditions, ExpiresIn."""
    keys = keys or shop.account.admin
    s3 = shop.world.client("s3", keys, signature_version="s3v4")
    return dict(s3.generate_presigned_post(Bucket=bucket, Key=key, **more)["fields"])


def writer_of(shop: Shop, name: str, **condition: Any) -> Keys:
    """A user who may do nothing but put objects."""
    policy = {"Version": "2012-10-17", "Statement": [grant("s3:PutObject", "*", **condition)]}
    return shop.world.user(shop.account, name, policy)


def own_policy(shop: Shop, bucket: str, policy: Any, **fields: str) -> dict[str, str]:
    """Fields that are signed with a policy of the test's own, whatever it says."""
    keys: Keys = shop.account.admin
    now = datetime.datetime.fromtimestamp(shop.world.clock(), datetime.UTC)
    day = now.strftime("%Y%m%d")
    text = policy if isinstance(policy, str) else json.dumps(policy)
    encoded = base64.b64encode(text.encode()).decode()
    key = b"AWS4" + keys.secret.encode()
    for part in (day, "us-east-1", "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return {
        "key": "k",
        **fields,
        "policy": encoded,
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-credential": f"{keys.id}/{day}/us-east-1/s3/aws4_request",
        "x-amz-date": now.strftime("%Y%m%dT%H%M%SZ"),
        "x-amz-signature": hmac.digest(key, encoded.encode(), "sha256").hex(),
    }


CREDENTIALS = [["starts-with", f"$x-amz-{name}", ""] for name in ("algorithm", "credential", "date")]
ANY_BUCKET = ["starts-with", "$bucket", ""]


def lasting(shop: Shop, *conditions: Any, seconds: float = 600) -> dict[str, Any]:
    """A policy for any bucket."""
    end = datetime.datetime.fromtimestamp(shop.world.clock() + seconds, datetime.UTC)
    return {
        "expiration": end.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "conditions": [*CREDENTIALS, ANY_BUCKET, *conditions],
    }


def empty(shop: Shop, bucket: str) -> bool:
    return bool(shop.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0)


class TestUploads:
    def test_a_signed_form_uploads(self, shop: Shop) -> None:
        bucket = shop.bucket()
        status, told, text = send(shop, bucket, form(signed(shop, bucket)))
        assert (status, text) == (204, "")
        assert told["location"].endswith(f"/{bucket}/k")
        found = shop.s3.get_object(Bucket=bucket, Key="k")
        assert (found["Body"].read(), found["ContentType"]) == (b"content", "binary/octet-stream")
        assert told["etag"] == found["ETag"]

    def test_its_answer_tells_of_the_object_as_that_to_a_put(self, shop: Shop) -> None:
        bucket = shop.bucket()
        rule = {"ID": "a", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}
        shop.s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})
        told = send(shop, bucket, form(signed(shop, bucket)))[1]
        put = shop.s3.put_object(Bucket=bucket, Key="k")["ResponseMetadata"]["HTTPHeaders"]
        for name in ("x-amz-expiration", "x-amz-server-side-encryption"):
            assert told[name] == put[name]

    def test_a_large_file(self, shop: Shop) -> None:
        bucket, large = shop.bucket(), bytes(range(256)) * 4096
        assert send(shop, bucket, form(signed(shop, bucket), large))[0] == 204
        assert shop.s3.get_object(Bucket=bucket, Key="k")["Body"].read() == large

    def test_fields_are_the_objects_headers(self, shop: Shop) -> None:
        bucket = shop.bucket()
        tags = "<Tagging><TagSet><Tag><Key>Team</Key><Value>blue</Value></Tag></TagSet></Tagging>"
        more = {
            "Content-Type": "text/plain",
            "x-amz-meta-Name": "väl",
            "Cache-Control": "no-store",
            "tagging": tags,
        }
        conditions = [{name: value} for name, value in more.items()]
        fields = signed(shop, bucket, Fields=more, Conditions=conditions)
        assert send(shop, bucket, form(fields))[0] == 204
        head = shop.s3.head_object(Bucket=bucket, Key="k")
        assert (head["ContentType"], head["CacheControl"]) == ("text/plain", "no-store")
        assert head["TagCount"] == 1
        assert head["Metadata"] == {"name": "=?UTF-8?B?dsODwqRs?="}

    def test_the_files_own_name_may_be_in_the_key(self, shop: Shop) -> None:
        bucket = shop.bucket()
        fields = signed(shop, bucket, "up/${filename}")
        assert send(shop, bucket, form(fields, name="C:\\\\photos\\\\cat.jpg"))[0] == 204
        assert shop.s3.head_object(Bucket=bucket, Key="up/cat.jpg")

    def test_the_files_own_name_may_be_in_every_field(self, shop: Shop) -> None:
        bucket = shop.bucket()
        more = {
            "x-amz-meta-name": "${filename}!",
            "success_action_redirect": "https://example.com/${filename}",
        }
        fields = signed(
            shop,
            bucket,
            "up/${filename}",
            Fields=more,
            Conditions=[["starts-with", f"${name}", ""] for name in more],
        )
        status, told, _ = send(shop, bucket, form(fields))
        assert (status, told["location"].partition("?")[0]) == (303, "https://example.com/cat.jpg")
        assert shop.s3.head_object(Bucket=bucket, Key="up/cat.jpg")["Metadata"] == {"name": "cat.jpg!"}

    def test_a_file_without_a_name_makes_no_key(self, shop: Shop) -> None:
        bucket = shop.bucket()
        fields = signed(shop, bucket, "${filename}")
        assert code(send(shop, bucket, form(fields, name=""))) == ("InvalidArgument", 400)
        assert empty(shop, bucket)

    @pytest.mark.parametrize(("asked", "status"), [("200", 200), ("201", 201), ("204", 204), ("404", 204)])
    def test_how_success_is_told(self, shop: Shop, asked: str, status: int) -> None:
        bucket = shop.bucket()
        more = {"success_action_status": asked}
        answer = send(shop, bucket, form(signed(shop, bucket, Fields=more, Conditions=[more])))
        assert answer[0] == status
        assert ("<PostResponse" in answer[2]) is (status == 201)

    def test_the_browser_may_be_sent_on(self, shop: Shop) -> None:
        bucket = shop.bucket()
        for where, status in (("https://example.com/done?a=1", 303), ("javascript:alert(1)", 204)):
            more = {"success_action_redirect": where}
            answer = send(shop, bucket, form(signed(shop, bucket, Fields=more, Conditions=[more])))
            assert answer[0] == status
        more = {"redirect": "https://example.com/done"}
        told = send(shop, bucket, form(signed(shop, bucket, Fields=more, Conditions=[more])))[1]
        assert told["location"].startswith(f"https://example.com/done?bucket={bucket}&key=k&etag=")

    def test_a_bucket_that_keeps_versions_names_the_new_one(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        told = send(shop, bucket, form(signed(shop, bucket)))[1]
        assert shop.s3.head_object(Bucket=bucket, Key="k")["VersionId"] == told["x-amz-version-id"]

    def test_an_unsigned_form_is_anonymous(self, shop: Shop) -> None:
        bucket = shop.bucket(blocked=False)
        assert code(send(shop, bucket, form({"key": "k"}))) == ("AccessDenied", 403)
        shop.policy(bucket, grant("s3:PutObject", f"arn:aws:s3:::{bucket}/*", Principal="*"))
        assert send(shop, bucket, form({"key": "k"}))[0] == 204

    def test_policies_know_that_it_is_a_form(self, shop: Shop) -> None:
        bucket = shop.bucket()
        only = {"StringEquals": {"s3:authType": "POST"}}
        keys = writer_of(shop, "poster", Condition=only)
        assert send(shop, bucket, form(signed(shop, bucket, keys=keys)))[0] == 204
        writer = shop.world.client("s3", keys)
        assert refused(writer.put_object, Bucket=bucket, Key="k", Body=b"")[0] == "AccessDenied"


class TestPolicies:
    """T11: what the policy does not allow is not stored."""

    def test_it_ends(self, shop: Shop) -> None:
        bucket = shop.bucket()
        for seconds in (0, -60):
            policy = lasting(shop, {"bucket": bucket}, ["eq", "$key", "k"], seconds=seconds)
            answer = send(shop, bucket, form(own_policy(shop, bucket, policy)))
            assert code(answer) == ("AccessDenied", 403)
            assert "Policy expired." in answer[2]
        assert empty(shop, bucket)

    @pytest.mark.parametrize(
        ("conditions", "fields"),
        [
            ([["eq", "$key", "other"]], {}),
            ([["starts-with", "$key", "up/"]], {}),
            ([{"key": "K"}], {}),
            ([["eq", "$key", "k"], ["eq", "$acl", "private"]], {}),
            ([["eq", "$key", "k"], {"bucket": "another"}], {}),
            ([["eq", "$key", "k"]], {"x-amz-meta-more": "1"}),
            ([["eq", "$key", "k"]], {"acl": "private"}),
            (
                [["eq", "$key", "k"], ["starts-with", "$content-type", "image/"]],
                {"content-type": "image/png,text/html"},
            ),
        ],
    )
    def test_every_field_must_be_as_it_says(
        self, shop: Shop, conditions: list[Any], fields: dict[str, str]
    ) -> None:
        bucket = shop.bucket()
        policy = lasting(shop, *conditions)
        answer = send(shop, bucket, form(own_policy(shop, bucket, policy, **fields)))
        assert code(answer) == ("AccessDenied", 403)
        assert "Invalid according to Policy" in answer[2]
        assert empty(shop, bucket)

    def test_it_must_speak_of_the_bucket(self, shop: Shop) -> None:
        bucket = shop.bucket()
        policy = lasting(shop, ["eq", "$key", "k"])
        policy["conditions"].remove(ANY_BUCKET)
        answer = send(shop, bucket, form(own_policy(shop, bucket, policy)))
        assert code(answer) == ("AccessDenied", 403)
        assert "Invalid according to Policy: Extra input fields: bucket<" in answer[2]
        assert empty(shop, bucket)

    @pytest.mark.parametrize(("name", "status"), [("cat.jpg", 204), ("dog.jpg", 403)])
    def test_it_is_of_the_fields_with_the_files_name(self, shop: Shop, name: str, status: int) -> None:
        bucket = shop.bucket()
        policy = lasting(shop, {"bucket": bucket}, ["eq", "$key", "up/cat.jpg"])
        fields = own_policy(shop, bucket, policy, key="up/${filename}")
        assert send(shop, bucket, form(fields, name=name))[0] == status
        assert empty(shop, bucket) is (status == 403)

    def test_fields_that_are_to_be_ignored_are(self, shop: Shop) -> None:
        bucket = shop.bucket()
        policy = lasting(shop, ["starts-with", "$key", ""], {"bucket": bucket})
        fields = own_policy(shop, bucket, policy, **{"x-ignore-me": "1"})
        assert send(shop, bucket, form(fields))[0] == 204

    @pytest.mark.parametrize(
        ("size", "expected"),
        [(9, ("EntityTooSmall", 400)), (10, ("", 204)), (20, ("", 204)), (21, ("EntityTooLarge", 400))],
    )
    def test_sizes_to_the_byte(self, shop: Shop, size: int, expected: tuple[str, int]) -> None:
        bucket = shop.bucket()
        for ranges in ([(10, 20)], [(10, 100), (0, 20)], [(0, 20), (10, 100)]):
            policy = lasting(shop, {"key": "k"}, *(["content-length-range", *sizes] for sizes in ranges))
            answer = send(shop, bucket, form(own_policy(shop, bucket, policy), b"x" * size))
            assert code(answer) == expected
        assert empty(shop, bucket) is (expected[1] != 204)

    @pytest.mark.parametrize(
        "policy",
        [
            "not json",
            "[]",
            {"conditions": []},
            {"expiration": "2100-01-01T00:00:00Z"},
            {"expiration": "tomorrow", "conditions": []},
            {"expiration": "2100-01-01T00:00:00Z", "conditions": {}},
            {"expiration": "2100-01-01T00:00:00Z", "conditions": [["matches", "$key", "k"]]},
            {"expiration": "2100-01-01T00:00:00Z", "conditions": [["eq", "key", "k"]]},
            {"expiration": "2100-01-01T00:00:00Z", "conditions": [{"key": 1}]},
            {"expiration": "2100-01-01T00:00:00Z", "conditions": [["content-length-range", 5, 1]]},
            {"expiration": "2100-01-01T00:00:00Z", "conditions": [["content-length-range", 5]]},
            {"expiration": "2100-01-01T00:00:00Z", "conditions": [["content-length-range", "a", 9]]},
            {"expiration": "2100-01-01T00:00:00Z", "conditions": [["eq", "$a", "b"]] * 1001},
            '{"expiration": "2100-01-01T00:00:00Z", "conditions": [["content-length-range", 0, 1e999]]}',
            {"expiration": "\ud800", "conditions": []},
        ],
        ids=range(15),
    )
    def test_what_is_no_policy(self, shop: Shop, policy: Any) -> None:
        bucket = shop.bucket()
        answer = send(shop, bucket, form(own_policy(shop, bucket, policy)))
        assert code(answer) in {("InvalidPolicyDocument", 400), ("MaxPostPreDataLengthExceededError", 400)}
        assert empty(shop, bucket)

    def test_a_policy_that_was_altered(self, shop: Shop) -> None:
        bucket = shop.bucket()
        fields = signed(shop, bucket)
        other = lasting(shop, ["starts-with", "$key", ""], {"bucket": bucket})
        fields["policy"] = base64.b64encode(json.dumps(other).encode()).decode()
        assert code(send(shop, bucket, form(fields))) == ("SignatureDoesNotMatch", 403)
        assert empty(shop, bucket)

    @pytest.mark.parametrize("missing", ["policy", "x-amz-signature", "x-amz-date", "x-amz-credential"])
    def test_half_a_signature(self, shop: Shop, missing: str) -> None:
        bucket = shop.bucket(blocked=False)
        shop.policy(bucket, grant("s3:PutObject", f"arn:aws:s3:::{bucket}/*", Principal="*"))
        fields = signed(shop, bucket)
        del fields[missing]
        assert send(shop, bucket, form(fields))[0] in (400, 403)
        assert empty(shop, bucket)

    def test_version_2_is_not_taken(self, shop: Shop) -> None:
        bucket = shop.bucket()
        policy = base64.b64encode(json.dumps(lasting(shop, {"key": "k"})).encode()).decode()
        old = {"key": "k", "policy": policy, "AWSAccessKeyId": shop.account.admin.id, "signature": "x"}
        assert send(shop, bucket, form(old))[0] in (400, 403)
        assert empty(shop, bucket)


class TestForms:
    """T12: what a form says beside its policy gets it nowhere."""

    def test_the_bucket_is_the_addresss(self, shop: Shop) -> None:
        bucket, other = shop.bucket(), shop.bucket()
        fields = {"bucket": other, **signed(shop, bucket)}
        assert send(shop, bucket, form(fields))[0] == 204
        assert (empty(shop, bucket), empty(shop, other)) == (False, True)

    def test_a_key_is_stored_as_it_is(self, shop: Shop) -> None:
        bucket = shop.bucket()
        fields = signed(shop, bucket, "${filename}")
        assert send(shop, bucket, form(fields, name="../../x"))[0] == 204
        assert [one["Key"] for one in shop.s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["x"]

    def test_of_a_repeated_field_the_first_counts(self, shop: Shop) -> None:
        bucket = shop.bucket()
        twice = form({"key": "k"}, None).removesuffix(f"--{BOUNDARY}--\r\n".encode())
        body = twice + form({**signed(shop, bucket, "k")})
        evil = form({"key": "evil"}, None).removesuffix(f"--{BOUNDARY}--\r\n".encode())
        assert send(shop, bucket, body)[0] == 204
        assert code(send(shop, bucket, evil + form(signed(shop, bucket)))) == ("AccessDenied", 403)

    def test_what_comes_after_the_file_counts_for_nothing(self, shop: Shop) -> None:
        bucket = shop.bucket()
        body = form(signed(shop, bucket)).removesuffix(f"--{BOUNDARY}--\r\n".encode())
        late = form({"x-amz-meta-late": "1", "key": "other"}, b"another file" * 100_000)
        assert send(shop, bucket, body + late)[0] == 204
        found = shop.s3.get_object(Bucket=bucket, Key="k")
        assert (found["Body"].read(), found["Metadata"]) == (b"content", {})

    @pytest.mark.parametrize("field", ["x-amz-meta-a", "content-disposition", "tagging"])
    def test_no_field_can_end_a_header(self, shop: Shop, field: str) -> None:
        bucket = shop.bucket()
        value = "a\r\nSet-Cookie: x=1"
        policy = lasting(shop, {"key": "k"}, ["starts-with", f"${field}", ""])
        answer = send(shop, bucket, form(own_policy(shop, bucket, policy, **{field: value})))
        assert answer[0] == 400
        assert empty(shop, bucket)

    def test_what_is_no_form(self, shop: Shop) -> None:
        bucket = shop.bucket()
        whole = form(signed(shop, bucket), b"x" * 200)
        assert code(send(shop, bucket, form({"a": "b"}))) == ("InvalidArgument", 400)
        assert code(send(shop, bucket, form(signed(shop, bucket), None))) == ("InvalidArgument", 400)
        assert code(send(shop, bucket, whole[: len(whole) // 2]))[1] == 400
        assert code(send(shop, bucket, whole[:-60])) == ("MalformedPOSTRequest", 400)
        assert send(shop, bucket, b"nonsense")[0] == 400
        assert send(shop, bucket, whole, **{"Content-Type": "text/plain"})[0] == 412
        assert send(shop, bucket, whole, **{"Content-Type": "multipart/form-data"})[0] == 412
        long = {"Content-Type": "multipart/form-data; boundary=" + "x" * 400}
        assert code(send(shop, bucket, whole, **long)) == ("MalformedPOSTRequest", 400)
        assert send(shop, bucket, whole, Authorization="AWS4-HMAC-SHA256 x")[0] == 400
        assert empty(shop, bucket)

    def test_fields_are_few(self, shop: Shop) -> None:
        bucket = shop.bucket()
        many = {**signed(shop, bucket), "x-ignore-me": "x" * FIELDS}
        assert code(send(shop, bucket, form(many))) == ("MaxPostPreDataLengthExceededError", 400)

    def test_a_digest_is_compared(self, shop: Shop) -> None:
        bucket = shop.bucket()
        wrong = base64.b64encode(bytes(16)).decode()
        policy = lasting(shop, {"key": "k"}, ["starts-with", "$content-md5", ""])
        answer = send(shop, bucket, form(own_policy(shop, bucket, policy, **{"content-md5": wrong})))
        assert code(answer) == ("BadDigest", 400)
        assert empty(shop, bucket)


class TestSigners:
    """T13: a form is good for what its signer may do when it is sent."""

    def test_rights_that_were_taken_away(self, shop: Shop) -> None:
        bucket = shop.bucket()
        fields = signed(shop, bucket, keys=writer_of(shop, "former"))
        assert send(shop, bucket, form(fields))[0] == 204
        deny = grant("s3:PutObject", f"arn:aws:s3:::{bucket}/*", effect="Deny", Principal="*")
        shop.policy(bucket, deny)
        assert code(send(shop, bucket, form(fields))) == ("AccessDenied", 403)

    def test_a_key_that_was_switched_off(self, shop: Shop) -> None:
        bucket, iam = shop.bucket(), shop.world.client("iam", shop.account.admin)
        fields = signed(shop, bucket, keys=writer_of(shop, "switched-off"))
        key = fields["x-amz-credential"].partition("/")[0]
        name = iam.get_access_key_last_used(AccessKeyId=key)["UserName"]
        iam.update_access_key(UserName=name, AccessKeyId=key, Status="Inactive")
        assert code(send(shop, bucket, form(fields))) == ("InvalidAccessKeyId", 403)
        assert empty(shop, bucket)

    def test_a_session_signs_with_its_token(self, shop: Shop) -> None:
        bucket = shop.bucket()
        sts = shop.world.client("sts", shop.account.admin)
        session = Keys.of(sts.get_session_token()["Credentials"])
        fields = signed(shop, bucket, keys=session)
        assert send(shop, bucket, form(fields))[0] == 204
        del fields["x-amz-security-token"]
        assert send(shop, bucket, form(fields))[0] == 403
