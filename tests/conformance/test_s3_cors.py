"""Pages of other origins (S3 guide, "Using cross-origin resource sharing (CORS)"), over raw requests as
browsers make them.
"""

import http.client
from typing import Any

import pytest
from tests.conformance.fix_s3 import Shop, grant
from tests.refusals import refused

from deputize.store.errors import StoreUnavailable

pytest_plugins = ["tests.conformance.fix_s3"]
PAGE = "https://app.example.com"


def ask(shop: Shop, method: str, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", shop.world.port, timeout=10)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=sent)
    answer = connection.getresponse()
    told = {name.lower(): value for name, value in answer.getheaders()}
    body = answer.read().decode()
    connection.close()
    return answer.status, told, body


def sharing(shop: Shop, **rule: Any) -> str:
    """A bucket with one rule, whose object `k` everybody may read."""
    bucket = shop.bucket(blocked=False)
    shop.fill(bucket, "k")
    shop.policy(bucket, grant("s3:GetObject", f"arn:aws:s3:::{bucket}/*", Principal="*"))
    given = {"AllowedMethods": ["GET", "PUT"], "AllowedOrigins": [PAGE], **rule}
    shop.s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [given]})
    return bucket


def preflight(shop: Shop, bucket: str, **headers: str) -> tuple[int, dict[str, str], str]:
    asked = {"Origin": PAGE, "Access_Control_Request_Method": "PUT", **headers}
    return ask(shop, "OPTIONS", f"/{bucket}/k", **asked)


class TestRules:
    def test_they_come_back_as_they_were_put(self, shop: Shop) -> None:
        bucket = shop.bucket()
        missing = ("NoSuchCORSConfiguration", "The CORS configuration does not exist", 404)
        assert refused(shop.s3.get_bucket_cors, Bucket=bucket) == missing
        rules = [
            {
                "ID": "one",
                "AllowedHeaders": ["x-*"],
                "AllowedMethods": ["GET", "HEAD"],
                "AllowedOrigins": ["https://*.example.com"],
                "ExposeHeaders": ["ETag"],
                "MaxAgeSeconds": 60,
            },
            {"AllowedMethods": ["DELETE"], "AllowedOrigins": ["*"]},
        ]
        shop.s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})
        assert shop.s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == rules
        shop.s3.delete_bucket_cors(Bucket=bucket)
        assert refused(shop.s3.get_bucket_cors, Bucket=bucket) == missing

    @pytest.mark.parametrize(
        "rule",
        [
            {"AllowedMethods": ["PATCH"]},
            {"AllowedOrigins": ["https://*.*.example.com"]},
            {"AllowedOrigins": ["https://a\tb"]},
            {"AllowedHeaders": ["a*b*"]},
            {"ExposeHeaders": ["x-*"]},
            {"ExposeHeaders": ["x y"]},
        ],
    )
    def test_what_no_rule_can_say(self, shop: Shop, rule: dict[str, Any]) -> None:
        bucket = shop.bucket()
        given = {"AllowedMethods": ["GET"], "AllowedOrigins": [PAGE], **rule}
        call = refused(shop.s3.put_bucket_cors, Bucket=bucket, CORSConfiguration={"CORSRules": [given]})
        assert (call[0], call[2]) == ("InvalidRequest", 400)
        assert refused(shop.s3.get_bucket_cors, Bucket=bucket)[0] == "NoSuchCORSConfiguration"

    def test_there_are_a_hundred_at_most(self, shop: Shop) -> None:
        rules = [{"AllowedMethods": ["GET"], "AllowedOrigins": [PAGE]}] * 101
        call = refused(shop.s3.put_bucket_cors, Bucket=shop.bucket(), CORSConfiguration={"CORSRules": rules})
        assert call[0] == "InvalidRequest"


class TestAnswers:
    def test_a_page_may_read_what_the_rule_lets_it(self, shop: Shop) -> None:
        bucket = sharing(shop, ExposeHeaders=["ETag"], MaxAgeSeconds=60)
        status, told, body = ask(shop, "GET", f"/{bucket}/k", Origin=PAGE)
        assert (status, body) == (200, "k")
        assert told["access-control-allow-origin"] == PAGE
        assert told["access-control-allow-credentials"] == "true"
        assert told["access-control-expose-headers"] == "ETag"
        assert told["access-control-max-age"] == "60"
        assert "Origin" in told["vary"]

    def test_it_may_read_errors_too(self, shop: Shop) -> None:
        bucket = sharing(shop)
        status, told, _ = ask(shop, "PUT", f"/{bucket}/k", Origin=PAGE, Content_Length="0")
        assert (status, told["access-control-allow-origin"]) == (403, PAGE)

    @pytest.mark.parametrize(
        "origin", ["null", "https://evil.example", f"{PAGE}.evil.example", "https://xapp.example.com"]
    )
    def test_no_other_page_may(self, shop: Shop, origin: str) -> None:
        status, told, body = ask(shop, "GET", f"/{sharing(shop)}/k", Origin=origin)
        assert (status, body) == (200, "k")
        assert not [name for name in told if name.startswith("access-control")]

    def test_everybody_is_without_credentials(self, shop: Shop) -> None:
        bucket = sharing(shop, AllowedOrigins=["*"])
        told = ask(shop, "GET", f"/{bucket}/k", Origin="https://any.example")[1]
        assert told["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in told

    def test_a_star_stands_for_a_part(self, shop: Shop) -> None:
        bucket = sharing(shop, AllowedOrigins=["https://*.example.com"])
        assert "access-control-allow-origin" in ask(shop, "GET", f"/{bucket}/k", Origin=PAGE)[1]
        assert (
            "access-control-allow-origin"
            not in ask(shop, "GET", f"/{bucket}/k", Origin="https://example.com")[1]
        )

    def test_without_rules_or_origin_nothing_is_said(self, shop: Shop) -> None:
        bucket = sharing(shop)
        assert "access-control-allow-origin" not in ask(shop, "GET", f"/{bucket}/k")[1]
        shop.s3.delete_bucket_cors(Bucket=bucket)
        assert "access-control-allow-origin" not in ask(shop, "GET", f"/{bucket}/k", Origin=PAGE)[1]
        assert ask(shop, "GET", "/no-such-bucket/k", Origin=PAGE)[0] == 404


class TestPreflight:
    def test_what_a_rule_allows(self, shop: Shop) -> None:
        bucket = sharing(shop, AllowedHeaders=["x-amz-*", "content-type"])
        status, told, _ = preflight(shop, bucket, Access_Control_Request_Headers="X-Amz-Date, Content-Type")
        assert status == 200
        assert told["access-control-allow-origin"] == PAGE
        assert told["access-control-allow-methods"] == "GET, PUT"
        assert told["access-control-allow-headers"] == "x-amz-date, content-type"

    @pytest.mark.parametrize(
        "headers",
        [
            {"Origin": "https://evil.example"},
            {"Access_Control_Request_Method": "DELETE"},
            {"Access_Control_Request_Headers": "x-other"},
        ],
    )
    def test_what_none_allows(self, shop: Shop, headers: dict[str, str]) -> None:
        status, told, body = preflight(shop, sharing(shop), **headers)
        assert status == 403
        assert "<Code>AccessForbidden</Code>" in body
        assert "access-control-allow-origin" not in told

    def test_where_nothing_is_set(self, shop: Shop) -> None:
        status, _, body = preflight(shop, shop.bucket())
        assert (status, "CORS is not enabled for this bucket." in body) == (403, True)
        status, _, body = preflight(shop, "no-such-bucket")
        assert (status, "Bucket not found" in body) == (403, True)

    def test_half_a_question(self, shop: Shop) -> None:
        bucket = sharing(shop)
        assert ask(shop, "OPTIONS", f"/{bucket}/k", Access_Control_Request_Method="GET")[0] == 400
        assert ask(shop, "OPTIONS", f"/{bucket}/k", Origin=PAGE)[0] == 400
        assert preflight(shop, bucket, Access_Control_Request_Method="PATCH")[0] == 400


def test_a_store_that_cannot_be_read_opens_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = sharing(shop)
    assert "access-control-allow-origin" in ask(shop, "GET", f"/{bucket}/k", Origin=PAGE)[1]

    def fail(_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(type(shop.world.opened.store), "snapshot", fail)
    status, told, _ = ask(shop, "GET", f"/{bucket}/k", Origin=PAGE)
    assert (status, told.get("access-control-allow-origin")) == (503, None)
