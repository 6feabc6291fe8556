"""The console's port: what it serves, with which headers, and what it refuses before anything else."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from tests.conformance.browser import Browser
from tests.fix_world import Clock, World, running

PAGE, SCRIPT, PACKED = b"<!doctype html><title>Console</title>", b"export {}", b"packed"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server with pages that a build could have made."""
    folder = tmp_path_factory.mktemp("built")
    assets = folder / "static" / "assets"
    assets.mkdir(parents=True)
    (folder / "secret.js").write_bytes(b"not for browsers")
    (folder / "static" / "index.html").write_bytes(PAGE)
    (folder / "static" / "mark.svg").write_bytes(b"<svg/>")
    (assets / "index-1a2b.js").write_bytes(SCRIPT)
    (assets / "index-1a2b.js.gz").write_bytes(PACKED)
    (assets / "data.bin").write_bytes(b"of no known type")
    with running(folder / "data", Clock(), pages=folder / "static") as world:
        yield world


def test_every_path_that_is_no_file_is_the_page(built: World) -> None:
    browser = Browser(built)
    for path in (
        "/_console/",
        "/_console/index.html",
        "/_console/iam/roles/UpdateApp",
        "/_console/a%2Fb?c=d",
    ):
        reply = browser.send("GET", path)
        assert (reply.status, reply.body) == (200, PAGE), path
        assert reply.headers["cache-control"] == "no-cache"
        assert reply.headers["content-type"] == "text/html; charset=utf-8"


def test_the_page_lets_nothing_in_but_its_own_scripts(built: World) -> None:
    browser = Browser(built)
    headers = browser.send("GET", "/_console/").headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == f"{browser.origin}/_console/assets/"
    assert policy["connect-src"] == policy["form-action"] == "'self'"
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_assets_are_kept_for_ever_and_are_files_of_the_build_alone(built: World) -> None:
    browser = Browser(built)
    plain = browser.send("GET", "/_console/assets/index-1a2b.js")
    assert (plain.status, plain.body) == (200, SCRIPT)
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in plain.headers["cache-control"]
    packed = browser.send("GET", "/_console/assets/index-1a2b.js", headers={"Accept-Encoding": "br, gzip"})
    assert (packed.body, packed.headers["content-encoding"]) == (PACKED, "gzip")
    for name in (
        "missing.js",
        "data.bin",
        "../index.html",
        "..%2f..%2fsecret.js",
        "../../secret.js",
        "",
        "a/b.js",
    ):
        assert browser.send("GET", f"/_console/assets/{name}").status == 404, name
    assert browser.send("GET", "/_console/mark.svg").headers["content-type"] == "image/svg+xml"


def test_head_tells_and_other_methods_are_refused(built: World) -> None:
    browser = Browser(built)
    head = browser.send("HEAD", "/_console/")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(PAGE)))
    assert browser.send("PUT", "/_console/", b"x").status == 405
    assert browser.send("DELETE", "/_console/assets/index-1a2b.js").status == 405


def test_pages_that_were_not_built_say_so(tmp_path: Path) -> None:
    with running(tmp_path / "data", Clock(), pages=tmp_path / "none") as world:
        reply = Browser(world).send("GET", "/_console/")
        assert reply.status == 501
        assert b"not part of this installation" in reply.body


def test_who_types_the_bare_address_is_led_to_the_pages(built: World) -> None:
    browser = Browser(built)
    for path, headers in (("/_console", {}), ("/", {"Sec-Fetch-Dest": "document"})):
        reply = browser.send("GET", path, headers=headers)
        assert (reply.status, reply.headers["location"]) == (302, "/_console/"), path


def test_the_api_answers_at_the_root_sealed_off(built: World) -> None:
    account = built.account("Sealed")
    s3 = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{built.console_port}",
        region_name="us-east-1",
        aws_access_key_id=account.admin.id,
        aws_secret_access_key=account.admin.secret,
    )
    s3.create_bucket(Bucket="sealed-bucket")
    s3.put_object(
        Bucket="sealed-bucket", Key="page.html", Body=b"<script>1</script>", ContentType="text/html"
    )
    answer = s3.get_object(Bucket="sealed-bucket", Key="page.html")
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert answer["Body"].read() == b"<script>1</script>"
    assert headers["content-security-policy"] == "sandbox"
    assert headers["x-content-type-options"] == "nosniff"
    refused = Browser(built).send("GET", "/sealed-bucket/page.html")
    assert (refused.status, refused.headers["content-security-policy"]) == (403, "sandbox")
    s3.close()


@pytest.mark.parametrize(
    "name",
    [
        "evil.example",
        "bucket.localhost",
        "s3.amazonaws.com",
        "127.0.0.1.evil.example",
        "localhost.",
        "a@b",
        "",
    ],
)
def test_unknown_names_are_refused(built: World, name: str) -> None:
    for path in ("/_console/", "/", "/_console/api/sessions"):
        reply = Browser(built).send("GET", path, headers={"Host": f"{name}:1" if name else "-"})
        assert reply.status in (400, 421), reply


@pytest.mark.parametrize(
    "name", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]", "192.0.2.7", "s3.localhost"]
)
def test_addresses_and_own_names_are_known(built: World, name: str) -> None:
    for host in (name, f"{name}:4567"):
        reply = Browser(built).send("GET", "/_console/", headers={"Host": host})
        assert reply.status == 200
        assert f"http://{host.lower()}/_console/assets/" in reply.headers["content-security-policy"]


def test_calls_that_are_none(built: World) -> None:
    browser = Browser(built)
    assert browser.refused("no-such-call")[:2] == (404, "NoSuchCall")
