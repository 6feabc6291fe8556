"""Buckets as websites (S3 guide, "Hosting a static website using Amazon S3")."""

import http.client
from typing import Any

import pytest
from tests.conformance.fix_multipart import begin
from tests.conformance.fix_s3 import Shop, grant
from tests.refusals import refused

pytest_plugins = ["tests.conformance.fix_s3"]
FOR_ALL: dict[str, Any] = {"Principal": "*"}
INDEX = {"IndexDocument": {"Suffix": "index.html"}}
PAGES = {
    "index.html": b"<h1>home</h1>",
    "docs/index.html": b"<h1>docs</h1>",
    "docs/a b.html": b"a b",
    "error.html": b"<h1>sorry</h1>",
}


def visit(
    shop: Shop, bucket: str, target: str = "/", method: str = "GET", *, style: str = ".", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of a browser's request to the bucket's website."""
    connection = http.client.HTTPConnection("127.0.0.1", shop.world.port, timeout=10)
    host = f"{bucket}.s3-website{style}us-east-1.localhost:{shop.world.port}"
    sent = {"Host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    connection.request(method, target, headers=sent)
    answer = connection.getresponse()
    told = {name.lower(): value for name, value in answer.getheaders()}
    body = answer.read()
    connection.close()
    return answer.status, told, body


def configure(shop: Shop, bucket: str, **configuration: Any) -> None:
    shop.s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=configuration or INDEX)


def publish(shop: Shop, bucket: str, *actions: str) -> None:
    """Let everybody read, and list if that is said too."""
    listing = [grant("s3:ListBucket", f"arn:aws:s3:::{bucket}", **FOR_ALL)] if actions else []
    shop.policy(bucket, grant("s3:GetObject", f"arn:aws:s3:::{bucket}/*", **FOR_ALL), *listing)


@pytest.fixture
def site(shop: Shop) -> str:
    """A public bucket with PAGES, which everybody may list, so that what is missing is 404."""
    bucket = shop.bucket(blocked=False)
    publish(shop, bucket, "s3:ListBucket")
    for key, body in PAGES.items():
        shop.s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="text/html")
    configure(shop, bucket)
    return bucket


class TestPages:
    @pytest.mark.parametrize("style", [".", "-"])
    @pytest.mark.parametrize(
        ("target", "key"),
        [
            ("/", "index.html"),
            ("/index.html", "index.html"),
            ("/docs/", "docs/index.html"),
            ("/docs/a%20b.html", "docs/a b.html"),
            ("/docs/?versionId=x&policy", "docs/index.html"),
        ],
    )
    def test_an_object_is_a_page(self, shop: Shop, site: str, style: str, target: str, key: str) -> None:
        status, headers, body = visit(shop, site, target, style=style)
        assert (status, body) == (200, PAGES[key])
        assert headers["content-type"] == "text/html"
        assert headers["etag"] == shop.s3.head_object(Bucket=site, Key=key)["ETag"]
        head = visit(shop, site, target, "HEAD", style=style)
        assert (head[0], head[1]["content-length"], head[2]) == (200, str(len(body)), b"")

    def test_ranges_and_conditions(self, shop: Shop, site: str) -> None:
        etag = visit(shop, site)[1]["etag"]
        assert visit(shop, site, Range="bytes=1-2")[::2] == (206, b"h1")
        assert visit(shop, site, If_None_Match=etag)[::2] == (304, b"")
        assert visit(shop, site, If_Match='"other"')[0] == 412

    def test_a_folder_is_shown_with_a_slash(self, shop: Shop, site: str) -> None:
        status, headers, body = visit(shop, site, "/docs")
        assert (status, headers["location"], body) == (302, "/docs/", b"")
        publish(shop, site)  # nobody may list any more: what is missing looks forbidden
        assert visit(shop, site, "/docs")[:1] == (302,)
        assert visit(shop, site, "/other")[0] == 403

    def test_pages_of_other_origins_follow_the_bucket_s_rules(self, shop: Shop, site: str) -> None:
        rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["https://example.com"]}
        shop.s3.put_bucket_cors(Bucket=site, CORSConfiguration={"CORSRules": [rule]})
        told = visit(shop, site, Origin="https://example.com")[1]
        assert told["access-control-allow-origin"] == "https://example.com"
        assert "access-control-allow-origin" not in visit(shop, site, Origin="https://evil.example")[1]


class TestErrors:
    def test_a_key_that_is_missing(self, shop: Shop, site: str) -> None:
        status, headers, body = visit(shop, site, "/no<b>such")
        assert status == 404
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert headers["x-amz-error-code"] == "NoSuchKey"
        assert headers["x-amz-error-message"] == "The specified key does not exist."
        assert headers["x-amz-error-detail-key"] == "no<b>such"
        assert body.decode() == (
            "<html>\n<head><title>404 Not Found</title></head>\n<body>\n<h1>404 Not Found</h1>\n<ul>\n"
            "<li>Code: NoSuchKey</li>\n<li>Message: The specified key does not exist.</li>\n"
            "<li>Key: no&lt;b&gt;such</li>\n"
            f"<li>RequestId: {headers['x-amz-request-id']}</li>\n<li>HostId: {headers['x-amz-id-2']}</li>\n"
            "</ul>\n<hr/>\n</body>\n</html>\n"
        )
        head = visit(shop, site, "/no<b>such", "HEAD")
        assert (head[0], head[2]) == (404, b"")
        assert visit(shop, site, "/%0d%0aset-cookie:a=b")[1].get("set-cookie") is None
        assert visit(shop, site, "/%E2%82%AC")[1]["x-amz-error-detail-key"] == "%E2%82%AC"

    def test_the_error_document(self, shop: Shop, site: str) -> None:
        configure(shop, site, **INDEX, ErrorDocument={"Key": "error.html"})
        for headers in ({}, {"Range": "bytes=0-3"}):
            status, told, body = visit(shop, site, "/missing", **headers)
            assert (status, body, told["content-type"]) == (404, PAGES["error.html"], "text/html")
            assert told["x-amz-error-code"] == "NoSuchKey"
        publish(shop, site)
        assert visit(shop, site, "/missing")[::2] == (403, PAGES["error.html"])
        head = visit(shop, site, "/missing", "HEAD")
        assert (head[0], head[2], head[1]["content-length"]) == (403, b"", str(len(PAGES["error.html"])))

    def test_an_error_document_that_is_missing_too(self, shop: Shop, site: str) -> None:
        configure(shop, site, **INDEX, ErrorDocument={"Key": "errors.html"})
        status, _, body = visit(shop, site, "/missing")
        assert status == 404
        assert b"<li>Key: missing</li>" in body
        assert b"An Error Occurred While Attempting to Retrieve a Custom Error Document" in body
        assert b"<li>Key: errors.html</li>" in body

    def test_an_error_document_that_leads_elsewhere(self, shop: Shop, site: str) -> None:
        where = {"WebsiteRedirectLocation": "https://example.com/sorry"}
        shop.s3.put_object(Bucket=site, Key="error.html", Body=b"", **where)
        configure(shop, site, **INDEX, ErrorDocument={"Key": "error.html"})
        status, headers, _ = visit(shop, site, "/missing")
        assert (status, headers["location"]) == (301, "https://example.com/sorry")

    @pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "OPTIONS"])
    def test_other_methods(self, shop: Shop, site: str, method: str) -> None:
        status, headers, body = visit(shop, site, "/index.html", method)
        assert (status, b"<li>Code: MethodNotAllowed</li>" in body) == (405, True)
        assert headers["allow"] == "GET, HEAD"
        assert shop.s3.head_object(Bucket=site, Key="index.html")

    def test_buckets_that_are_none_or_no_websites(self, shop: Shop) -> None:
        status, _, body = visit(shop, "no-such-bucket")
        assert (status, b"<li>BucketName: no-such-bucket</li>" in body) == (404, True)
        bucket = shop.bucket()
        status, _, body = visit(shop, bucket)
        assert (status, b"<li>Code: NoSuchWebsiteConfiguration</li>" in body) == (404, True)
        status, _, body = visit(shop, f"{bucket}/x")
        assert (status, b"<li>Code: NoSuchBucket</li>" in body) == (404, True)

    def test_a_path_that_is_none(self, shop: Shop, site: str) -> None:
        status, _, body = visit(shop, site, "/%ff")
        assert (status, b"<li>Code: InvalidURI</li>" in body) == (400, True)

    def test_what_is_sealed_with_a_client_s_key_is_not_shown(self, shop: Shop, site: str) -> None:
        told = {"x-amz-server-side-encryption-customer-algorithm": "AES256"}
        assert visit(shop, site, "/", **told)[0] == 200  # nobody listens to it


class TestAccess:
    def test_only_what_everybody_may_read_is_shown(self, shop: Shop) -> None:
        bucket = shop.bucket(blocked=False)
        shop.fill(bucket, "index.html", "open.html")
        configure(shop, bucket)
        assert visit(shop, bucket)[0] == 403
        shop.policy(bucket, grant("s3:GetObject", f"arn:aws:s3:::{bucket}/open*", **FOR_ALL))
        assert visit(shop, bucket, "/open.html")[0] == 200
        assert visit(shop, bucket)[0] == 403
        assert visit(shop, bucket, "/missing")[0] == 403

    def test_block_public_access_holds(self, shop: Shop, site: str) -> None:
        shop.s3.put_public_access_block(
            Bucket=site, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True}
        )
        assert visit(shop, site)[0] == 403

    def test_a_signature_counts_for_nothing(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "index.html")
        configure(shop, bucket)
        s3 = shop.world.client("s3", shop.account.admin, signature_version="s3v4")
        url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "index.html"})
        query = url.partition("?")[2]
        assert visit(shop, bucket, f"/index.html?{query}")[0] == 403
        assert visit(shop, bucket, "/index.html", Authorization="AWS4-HMAC-SHA256 Credential=x")[0] == 403

    def test_policies_see_the_visit(self, shop: Shop) -> None:
        bucket = shop.bucket(blocked=False)
        shop.fill(bucket, "index.html")
        configure(shop, bucket)
        only = {"StringLike": {"aws:Referer": "https://example.com/*"}}
        shop.policy(bucket, grant("s3:GetObject", f"arn:aws:s3:::{bucket}/*", **FOR_ALL, Condition=only))
        assert visit(shop, bucket)[0] == 403
        assert visit(shop, bucket, Referer="https://example.com/page")[0] == 200

    def test_no_other_bucket_can_be_reached(self, shop: Shop, site: str) -> None:
        other = shop.bucket()
        shop.fill(other, "secret")
        for target in (
            f"/{other}/secret",
            f"/../{other}/secret",
            f"//{other}/secret",
            f"/%2e%2e/{other}/secret",
        ):
            assert visit(shop, site, target)[0] == 404


class TestRedirects:
    def test_all_requests(self, shop: Shop) -> None:
        bucket = shop.bucket()
        configure(shop, bucket, RedirectAllRequestsTo={"HostName": "www.example.com"})
        for target in ("/", "/a%20b?c=d"):
            status, headers, body = visit(shop, bucket, target)
            assert (status, headers["location"], body) == (301, f"http://www.example.com{target}", b"")
        secured = {"HostName": "www.example.com:8443", "Protocol": "https"}
        configure(shop, bucket, RedirectAllRequestsTo=secured)
        assert visit(shop, bucket, "/x")[1]["location"] == "https://www.example.com:8443/x"

    def test_rules(self, shop: Shop, site: str) -> None:
        configure(
            shop,
            site,
            **INDEX,
            RoutingRules=[
                {
                    "Condition": {"KeyPrefixEquals": "docs/"},
                    "Redirect": {"ReplaceKeyPrefixWith": "documents/"},
                },
                {
                    "Condition": {"KeyPrefixEquals": "images/"},
                    "Redirect": {"ReplaceKeyWith": "no images.html", "HttpRedirectCode": "307"},
                },
                {
                    "Condition": {"HttpErrorCodeReturnedEquals": "404", "KeyPrefixEquals": "old/"},
                    "Redirect": {"HostName": "old.example.com", "Protocol": "https"},
                },
                {
                    "Condition": {"HttpErrorCodeReturnedEquals": "404"},
                    "Redirect": {"HostName": "example.com", "ReplaceKeyPrefixWith": "report-404/"},
                },
            ],
        )
        here = f"http://{site}.s3-website.us-east-1.localhost:{shop.world.port}"
        for target, status, location in (
            ("/docs/page.html?a=b", 301, f"{here}/documents/page.html?a=b"),
            ("/images/cat.jpg", 307, f"{here}/no%20images.html"),
            ("/old/%C3%BC", 301, "https://old.example.com/old/%C3%BC"),
            ("/missing", 301, "http://example.com/report-404/missing"),
        ):
            found = visit(shop, site, target)
            assert (found[0], found[1]["location"]) == (status, location)
        assert visit(shop, site)[0] == 200

    def test_nothing_that_a_rule_says_ends_a_header(self, shop: Shop, site: str) -> None:
        split = "a\r\nSet-Cookie: a=b\r\n\r\n<script>"
        for redirect in ({"ReplaceKeyWith": split}, {"ReplaceKeyPrefixWith": split}):
            configure(shop, site, **INDEX, RoutingRules=[{"Redirect": redirect}])
            status, headers, body = visit(shop, site, "/")
            assert (status, body) == (301, b"")
            assert "set-cookie" not in headers
            assert headers["location"].partition("/a")[2].startswith("%0ASet-Cookie")
        for host in ("a\r\nb", "a b", "a/b", "a@b", "a?b"):
            wrong = {"RedirectAllRequestsTo": {"HostName": host}}
            call = shop.s3.put_bucket_website
            assert refused(call, Bucket=site, WebsiteConfiguration=wrong)[::2] == ("InvalidRequest", 400)

    def test_a_rule_without_a_condition(self, shop: Shop, site: str) -> None:
        configure(shop, site, **INDEX, RoutingRules=[{"Redirect": {"HostName": "example.com"}}])
        assert visit(shop, site, "/a")[1]["location"] == "http://example.com/a"

    def test_an_object_that_leads_elsewhere(self, shop: Shop, site: str) -> None:
        named = {"Bucket": site, "Key": "moved"}
        for where, sent in (
            ("/docs/", "/docs/"),
            ("https://example.com/?a=b#c", "https://example.com/?a=b#c"),
        ):
            shop.s3.put_object(**named, Body=b"x" * 100_000, WebsiteRedirectLocation=where)
            for method in ("GET", "HEAD"):
                status, headers, body = visit(shop, site, "/moved", method)
                assert (status, headers["location"], body) == (301, sent, b"")
            assert shop.s3.get_object(**named)["WebsiteRedirectLocation"] == where
            assert shop.s3.head_object(**named)["WebsiteRedirectLocation"] == where


class TestRedirectsOfObjects:
    def test_copies_do_not_take_it_along(self, shop: Shop) -> None:
        bucket, s3 = shop.bucket(), shop.s3
        s3.put_object(
            Bucket=bucket, Key="k", Body=b"x", WebsiteRedirectLocation="/x", CacheControl="no-store"
        )
        s3.copy_object(Bucket=bucket, Key="c", CopySource=f"{bucket}/k")
        copied = s3.head_object(Bucket=bucket, Key="c")
        assert copied["CacheControl"] == "no-store"
        assert "WebsiteRedirectLocation" not in copied
        s3.copy_object(Bucket=bucket, Key="k", CopySource=f"{bucket}/k", WebsiteRedirectLocation="/y")
        assert s3.head_object(Bucket=bucket, Key="k")["WebsiteRedirectLocation"] == "/y"

    def test_uploads_in_parts_have_it(self, shop: Shop) -> None:
        bucket = shop.bucket()
        sending = begin(shop.s3, bucket, "k", WebsiteRedirectLocation="/x")
        sending.part(1, b"x")
        sending.complete()
        assert shop.s3.head_object(Bucket=bucket, Key="k")["WebsiteRedirectLocation"] == "/x"

    @pytest.mark.parametrize(
        ("where", "message"),
        [
            (
                "example.com",
                "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
            ),
            ("/" + "x" * 2048, "The length of website redirect location cannot exceed 2,048 characters."),
        ],
    )
    def test_what_is_none(self, shop: Shop, where: str, message: str) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "source")
        named = {"Bucket": bucket, "Key": "k", "WebsiteRedirectLocation": where}
        expected = ("InvalidRedirectLocation", message, 400)
        assert refused(shop.s3.put_object, **named) == expected
        assert refused(shop.s3.create_multipart_upload, **named) == expected
        assert refused(shop.s3.copy_object, **named, CopySource=f"{bucket}/source") == expected

    def test_policies_may_forbid_it(self, shop: Shop) -> None:
        bucket = shop.bucket()
        only = {"Null": {"s3:x-amz-website-redirect-location": "true"}}
        writer = shop.user(grant("s3:PutObject", "*", Condition=only))
        writer.put_object(Bucket=bucket, Key="k", Body=b"")
        named = {"Bucket": bucket, "Key": "k", "WebsiteRedirectLocation": "/x"}
        assert refused(writer.put_object, **named)[0] == "AccessDenied"
        assert refused(writer.create_multipart_upload, **named)[0] == "AccessDenied"


RULE = {"Condition": {"KeyPrefixEquals": "a"}, "Redirect": {"HostName": "example.com"}}


class TestConfigurations:
    @pytest.mark.parametrize(
        "configuration",
        [
            INDEX,
            {**INDEX, "ErrorDocument": {"Key": "errors/4 xx.html"}},
            {"RedirectAllRequestsTo": {"HostName": "example.com"}},
            {"RedirectAllRequestsTo": {"HostName": "example.com", "Protocol": "https"}},
            {
                **INDEX,
                "RoutingRules": [
                    {
                        "Condition": {"KeyPrefixEquals": "a/", "HttpErrorCodeReturnedEquals": "404"},
                        "Redirect": {
                            "HostName": "example.com",
                            "Protocol": "https",
                            "ReplaceKeyPrefixWith": "b/",
                            "HttpRedirectCode": "302",
                        },
                    },
                    {"Redirect": {"ReplaceKeyWith": ""}},
                ],
            },
        ],
    )
    def test_what_is_put_is_got(self, shop: Shop, configuration: dict[str, Any]) -> None:
        bucket = shop.bucket()
        configure(shop, bucket, **configuration)
        found = shop.s3.get_bucket_website(Bucket=bucket)
        del found["ResponseMetadata"]
        assert found == configuration
        shop.s3.delete_bucket_website(Bucket=bucket)
        shop.s3.delete_bucket_website(Bucket=bucket)
        missing = refused(shop.s3.get_bucket_website, Bucket=bucket)
        assert missing == (
            "NoSuchWebsiteConfiguration",
            "The specified bucket does not have a website configuration",
            404,
        )

    @pytest.mark.parametrize(
        ("configuration", "code", "message"),
        [
            ({}, "InvalidArgument", "A value for IndexDocument Suffix must be provided"),
            ({"ErrorDocument": {"Key": "e"}}, "InvalidArgument", "A value for IndexDocument Suffix"),
            ({"IndexDocument": {"Suffix": ""}}, "InvalidArgument", "The IndexDocument Suffix is not well"),
            ({"IndexDocument": {"Suffix": "a/b"}}, "InvalidArgument", "The IndexDocument Suffix is not well"),
            (
                {**INDEX, "ErrorDocument": {"Key": ""}},
                "MalformedXML",
                "The XML you provided was not well-formed",
            ),
            (
                {**INDEX, "RedirectAllRequestsTo": {"HostName": "example.com"}},
                "InvalidArgument",
                "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.",
            ),
            (
                {"RedirectAllRequestsTo": {"HostName": "example.com/path"}},
                "InvalidRequest",
                "The HostName is not well formed.",
            ),
            ({"RedirectAllRequestsTo": {"HostName": "a", "Protocol": "ftp"}}, "MalformedXML", "The XML you"),
            ({**INDEX, "RoutingRules": [{"Redirect": {}}]}, "MalformedXML", "The XML you"),
            (
                {**INDEX, "RoutingRules": [{**RULE, "Condition": {}}]},
                "InvalidRequest",
                "Condition cannot be empty. To redirect all requests without a condition, the condition "
                "element shouldn't be present.",
            ),
            (
                {
                    **INDEX,
                    "RoutingRules": [{"Redirect": {"ReplaceKeyWith": "a", "ReplaceKeyPrefixWith": "b"}}],
                },
                "InvalidRequest",
                "You can only define ReplaceKeyPrefix or ReplaceKey but not both.",
            ),
            (
                {**INDEX, "RoutingRules": [{"Redirect": {"HostName": "a", "HttpRedirectCode": "300"}}]},
                "InvalidRequest",
                "The provided HTTP redirect code (300) is not valid. Valid codes are 3XX except 300.",
            ),
            (
                {**INDEX, "RoutingRules": [{**RULE, "Condition": {"HttpErrorCodeReturnedEquals": "200"}}]},
                "InvalidRequest",
                "The provided HTTP error code (200) is not valid. Valid codes are 4XX or 5XX.",
            ),
            ({**INDEX, "RoutingRules": [RULE] * 51}, "InvalidRequest", "The number of routing rules exceeds"),
        ],
    )
    def test_what_no_website_can_do(
        self, shop: Shop, configuration: dict[str, Any], code: str, message: str
    ) -> None:
        bucket = shop.bucket()
        unchecked = shop.world.client("s3", shop.account.admin, parameter_validation=False)
        call = unchecked.put_bucket_website
        told = refused(call, Bucket=bucket, WebsiteConfiguration=configuration)
        assert (told[0], told[2]) == (code, 400)
        assert told[1].startswith(message)
        assert refused(shop.s3.get_bucket_website, Bucket=bucket)[0] == "NoSuchWebsiteConfiguration"
