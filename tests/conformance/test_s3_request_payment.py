"""Requester Pays buckets (S3 guide, "Using Requester Pays general purpose buckets")."""

import http.client
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.conformance.fix_multipart import begin
from tests.conformance.fix_s3 import Shop, grant
from tests.refusals import refused

pytest_plugins = ["tests.conformance.fix_s3"]
PAYS = {"RequestPayer": "requester"}
DENIED = ("AccessDenied", "Access Denied", 403)


def set_payer(shop: Shop, bucket: str, payer: str) -> None:
    shop.s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": payer})


@pytest.fixture
def bucket(shop: Shop) -> str:
    """A bucket that everybody may use, and whose users pay."""
    name = shop.bucket(blocked=False)
    shop.fill(name, "k")
    objects, itself = f"arn:aws:s3:::{name}/*", f"arn:aws:s3:::{name}"
    shop.policy(name, grant("s3:*", [objects, itself], Principal="*"))
    set_payer(shop, name, "Requester")
    return name


def calls(s3: Any, bucket: str) -> list[tuple[Any, dict[str, Any]]]:
    named = {"Bucket": bucket, "Key": "k"}
    return [
        (s3.get_object, named),
        (s3.head_object, named),
        (s3.put_object, {**named, "Body": b"x"}),
        (s3.list_objects_v2, {"Bucket": bucket}),
        (s3.list_object_versions, {"Bucket": bucket}),
        (s3.copy_object, {**named, "Key": "c", "CopySource": named}),
        (s3.create_multipart_upload, named),
        (s3.delete_objects, {"Bucket": bucket, "Delete": {"Objects": [{"Key": "none"}]}}),
        (s3.delete_object, {**named, "Key": "none"}),
    ]


class TestRequesters:
    def test_others_must_say_that_they_pay(self, shop: Shop, bucket: str) -> None:
        for call, arguments in calls(shop.foreign, bucket):
            told = refused(call, **arguments)
            assert told == (DENIED if told[0] != "403" else ("403", "Forbidden", 403))
        for call, arguments in calls(shop.foreign, bucket):
            assert call(**arguments, **PAYS)["RequestCharged"] == "requester"

    def test_what_answers_without_saying_so_is_held_to_it_too(self, shop: Shop, bucket: str) -> None:
        named = {"Bucket": bucket, "Key": "k"}
        assert refused(shop.foreign.get_object_tagging, **named) == DENIED
        assert shop.foreign.get_object_tagging(**named, **PAYS)["TagSet"] == []

    def test_the_owner_does_not_pay(self, shop: Shop, bucket: str) -> None:
        own = shop.user(grant("s3:*", "*"))
        for call, arguments in calls(own, bucket):
            assert "RequestCharged" not in call(**arguments)
            assert "RequestCharged" not in call(**arguments, **PAYS)

    def test_who_does_not_sign_cannot_pay(self, shop: Shop, bucket: str) -> None:
        named = {"Bucket": bucket, "Key": "k"}
        assert refused(shop.anonymous.get_object, **named) == DENIED
        assert refused(shop.anonymous.get_object, **named, **PAYS) == DENIED

    def test_other_buckets_charge_nobody(self, shop: Shop, bucket: str) -> None:
        set_payer(shop, bucket, "BucketOwner")
        for call, arguments in calls(shop.foreign, bucket):
            call(**arguments)
            assert "RequestCharged" not in call(**arguments, **PAYS)
        assert shop.anonymous.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"

    def test_paying_grants_nothing(self, shop: Shop, bucket: str) -> None:
        shop.s3.delete_bucket_policy(Bucket=bucket)
        assert refused(shop.foreign.get_object, Bucket=bucket, Key="k", **PAYS)[0] == "AccessDenied"

    def test_another_word(self, shop: Shop, bucket: str) -> None:
        told = refused(shop.foreign.get_object, Bucket=bucket, Key="k", RequestPayer="me")
        assert told[2] in (400, 403)

    def test_the_bucket_itself_needs_no_word(self, shop: Shop, bucket: str) -> None:
        shop.foreign.head_bucket(Bucket=bucket)
        assert shop.foreign.get_bucket_request_payment(Bucket=bucket)["Payer"] == "Requester"


class TestCopies:
    def test_the_source_has_its_payer(self, shop: Shop, bucket: str) -> None:
        mine = shop.bucket()
        allowed = grant("s3:*", f"arn:aws:s3:::{mine}/*", Principal={"AWS": shop.other.id})
        shop.policy(mine, allowed)
        copy = {"Bucket": mine, "Key": "c", "CopySource": {"Bucket": bucket, "Key": "k"}}
        assert refused(shop.foreign.copy_object, **copy) == DENIED
        assert shop.foreign.copy_object(**copy, **PAYS)["RequestCharged"] == "requester"
        sending = begin(shop.foreign, mine, "parts")
        part = {**sending.names, "PartNumber": 1, "CopySource": f"{bucket}/k"}
        assert refused(shop.foreign.upload_part_copy, **part) == DENIED
        assert shop.foreign.upload_part_copy(**part, **PAYS)["RequestCharged"] == "requester"


def send(
    shop: Shop, method: str, target: str, headers: Any = (), body: bytes = b""
) -> tuple[int, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", shop.world.port, timeout=10)
    connection.request(method, target, body, dict(headers))
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.getheader("x-amz-request-charged")


class TestOtherWays:
    def test_presigned_addresses(self, shop: Shop, bucket: str) -> None:
        foreign = shop.world.client("s3", shop.other.admin, signature_version="s3v4")
        named = {"Bucket": bucket, "Key": "k"}
        plain = urlsplit(foreign.generate_presigned_url("get_object", Params=named))
        assert send(shop, "GET", f"{plain.path}?{plain.query}")[0] == 403

        def say_so(request: Any, **_: Any) -> None:
            request.url += "?x-amz-request-payer=requester"

        foreign.meta.events.register("before-sign.s3.GetObject", say_so)
        signed = urlsplit(foreign.generate_presigned_url("get_object", Params=named))
        foreign.meta.events.unregister("before-sign.s3.GetObject", say_so)
        assert "x-amz-request-payer=requester" in signed.query
        assert send(shop, "GET", f"{signed.path}?{signed.query}") == (200, "requester")

    def test_forms(self, shop: Shop, bucket: str) -> None:
        foreign = shop.world.client("s3", shop.other.admin, signature_version="s3v4")

        def post(**fields: str) -> int:
            conditions = [{name: value} for name, value in fields.items()]
            made = foreign.generate_presigned_post(bucket, "form", Fields=fields, Conditions=conditions)
            sent = {**made["fields"], "file": "content"}
            parts = "".join(
                f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
                for name, value in sent.items()
            )
            kind = {"Content-Type": "multipart/form-data; boundary=b"}
            return send(shop, "POST", f"/{bucket}", kind, f"{parts}--b--\r\n".encode())[0]

        assert post() == 403
        assert post(**{"x-amz-request-payer": "requester"}) == 204

    def test_websites_are_closed(self, shop: Shop, bucket: str) -> None:
        shop.s3.put_bucket_website(
            Bucket=bucket, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}}
        )
        host = {"Host": f"{bucket}.s3-website.us-east-1.localhost", "x-amz-request-payer": "requester"}
        assert send(shop, "GET", "/k", host)[0] == 403


def test_settings_are_given_back(shop: Shop) -> None:
    bucket = shop.bucket()
    get = shop.s3.get_bucket_request_payment
    assert get(Bucket=bucket)["Payer"] == "BucketOwner"
    for payer in ("Requester", "BucketOwner"):
        set_payer(shop, bucket, payer)
        assert get(Bucket=bucket)["Payer"] == payer
    call = shop.s3.put_bucket_request_payment
    wrong = refused(call, Bucket=bucket, RequestPaymentConfiguration={"Payer": "Nobody"})
    assert wrong[::2] == ("MalformedXML", 400)
