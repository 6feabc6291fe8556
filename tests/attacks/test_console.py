"""T33 to T39, T41: the console against pages of other sites, stored pages, and addresses that lie."""

import dataclasses
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.attacks.wire import Request, Signer
from tests.conformance.browser import OWN, Browser, user_signed_in
from tests.conformance.fix_tutorial import PRODUCTION, Scene
from tests.conformance.http_edge import Reply, replies
from tests.conformance.test_console_federation import login, token
from tests.fix_tls import make_certificate
from tests.fix_world import Clock, World, running
from tests.refusals import refused
from tests.state import unchanged

SCRIPT = b"<script>document.title = document.cookie</script>"
SHOWN = (
    "document",
    "iframe",
    "frame",
    "embed",
    "object",
    "script",
    "worker",
    "sharedworker",
    "serviceworker",
)
NOTHING = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
SWITCH = {"account": PRODUCTION, "roleName": "UpdateApp"}


@pytest.fixture
def browser(scene: Scene) -> Browser:
    return Browser(scene.world)


@pytest.fixture
def david(scene: Scene, browser: Browser) -> str:
    return user_signed_in(browser, scene.development, "David")


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("x.html", "text/html"),
        ("x.svg", "image/svg+xml"),
        ("x.pdf", "text/html"),
        ("x.js", "text/javascript"),
        ("x", ""),
        ("_console/index.html", "text/html"),
    ],
)
def test_t33_stored_pages_do_not_run_on_the_console_s_origin(
    scene: Scene, browser: Browser, name: str, form: str
) -> None:
    """Presigned, so that opening them in a tab would be authorized."""
    s3 = scene.world.client("s3", scene.development.admin)
    s3.put_object(Bucket="devapp", Key=name, Body=SCRIPT, ContentType=form or "binary/octet-stream")
    host = ("Host", f"127.0.0.1:{scene.world.console_port}")
    signed = Signer(scene.development.admin, scene.world.clock.now).presign(
        Request("GET", f"/devapp/{name}", headers=(host,))
    )
    address = f"{signed.path}?{'&'.join(signed.query)}"
    for use in ("empty", "image", ""):
        reply = browser.send("GET", address, headers={"Sec-Fetch-Dest": use})
        assert (reply.status, reply.body) == (200, SCRIPT)
        assert reply.headers["content-security-policy"] == "sandbox"
        assert reply.headers["x-content-type-options"] == "nosniff"
    for use in SHOWN:
        reply = browser.send("GET", address, headers={"Sec-Fetch-Dest": use})
        assert (reply.status, SCRIPT in reply.body) == (403, False), use
        assert reply.headers["content-type"].startswith("text/plain")


def test_t34_what_is_not_the_console_s_own_comes_back_as_data(
    scene: Scene, browser: Browser, david: str
) -> None:
    """Markup in names and errors: JSON and XML that nobody takes for a page."""
    markup = "<img src=x onerror=alert(1)>"
    switched = browser.post("switch-role", session=david, **SWITCH, displayName=markup)
    refusal = browser.post("switch-role", session=david, account=markup, roleName="UpdateApp")
    unknown = browser.send("GET", f"/{quote(markup)}/{quote(markup)}")
    for reply in (switched, refusal, browser.post(quote(markup)), unknown):
        assert reply.headers["content-type"] in ("application/json", "application/xml")
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in reply.headers["content-security-policy"] or (
            "default-src 'none'" in reply.headers["content-security-policy"]
        )
    assert markup.encode() not in unknown.body


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1", "http://x.localhost"])
def test_t35_no_other_origin_is_let_in(scene: Scene, browser: Browser, david: str, origin: str) -> None:
    asking = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "x-deputize-console,content-type",
    }
    for path in ("/_console/api/credentials", "/_console/", "/devapp/x", "/", "/federation?Action=login"):
        for method in ("OPTIONS", "GET", "POST"):
            reply = browser.send(method, path, headers=asking)
            assert not any(name.startswith("access-control-") for name in reply.headers), (method, path)
    body = json.dumps({"session": david}).encode()
    reply = browser.send("POST", "/_console/api/credentials", body, {"Origin": origin, **OWN})
    assert reply.status == 403
    assert b"secretAccessKey" not in reply.body


def test_t36_the_cookie_is_for_nobody_but_the_browser(tmp_path: Path) -> None:
    with running(tmp_path / "data", Clock(), tls=make_certificate(tmp_path / "tls")) as world:
        account = world.account("Home")
        keys = world.client("sts", account.admin).get_federation_token(
            Name="visitor", Policy=json.dumps(NOTHING)
        )["Credentials"]
        session = {
            "sessionId": keys["AccessKeyId"],
            "sessionKey": keys["SecretAccessKey"],
            "sessionToken": keys["SessionToken"],
        }
        browser = Browser(world)
        asked = f"/federation?Action=getSigninToken&Session={quote(json.dumps(session))}"
        signin = json.loads(browser.send("GET", asked).body)["SigninToken"]
        reply = browser.send("GET", f"/federation?Action=login&SigninToken={signin}")
        attributes = reply.headers["set-cookie"].split("; ")[1:]
        assert {"HttpOnly", "Secure", "SameSite=Strict", "Path=/_console/"} <= set(attributes)
        page = browser.send("GET", "/_console/").headers["content-security-policy"]
        assert f"script-src https://127.0.0.1:{world.console_port}/_console/assets/" in page


def test_t36_no_secret_of_anybody_s_opens_a_session(scene: Scene, browser: Browser, david: str) -> None:
    """Cookies made of what a user knows: keys, tokens, the session's id, another session's cookie."""
    keys = browser.keys(david)
    (name,) = browser.cookies
    other = Browser(scene.world)
    user_signed_in(other, scene.development, "Jane")
    (foreign,) = other.cookies.values()
    for value in (keys.id, keys.secret, keys.token, david, scene.david.secret, foreign, f"{david}.{david}"):
        other.cookies = {name: str(value)}
        assert other.refused("credentials", session=david)[:2] == (401, "SignedOut")


def test_t36_the_rights_are_asked_of_each_call(scene: Scene, browser: Browser, david: str) -> None:
    s3 = scene.world.client("s3", browser.keys(david))
    s3.list_buckets()
    iam = scene.world.client("iam", scene.development.admin)
    iam.remove_user_from_group(GroupName="Developers", UserName="David")
    assert refused(s3.list_buckets)[0] == "AccessDenied"


HOSTILE: list[tuple[str, dict[str, str]]] = [
    ("POST", {"Origin": "https://evil.example"}),
    ("POST", {"Origin": "null"}),
    ("POST", {"Origin": ""}),
    ("POST", {"X-Deputize-Console": ""}),
    ("POST", {"X-Deputize-Console": "0"}),
    ("POST", {"Sec-Fetch-Site": "cross-site"}),
    ("POST", {"Sec-Fetch-Site": "same-site"}),
    ("POST", {"Sec-Fetch-Site": "none"}),
    ("POST", {"Content-Type": "text/plain"}),
    ("POST", {"Content-Type": "application/x-www-form-urlencoded"}),
    ("POST", {"Content-Type": "multipart/form-data; boundary=x"}),
    ("POST", {"Content-Type": "application/json; charset=utf-8, text/plain"}),
    ("GET", {}),
    ("PUT", {}),
    ("DELETE", {}),
    ("HEAD", {}),
    ("OPTIONS", {}),
]


@pytest.mark.parametrize(("method", "more"), HOSTILE)
def test_t37_requests_that_another_site_can_make_do_nothing(
    scene: Scene, browser: Browser, david: str, method: str, more: dict[str, str]
) -> None:
    headers = {"Origin": browser.origin, "Sec-Fetch-Site": "same-origin", **OWN, **more}
    calls: dict[str, dict[str, Any]] = {
        "sign-out": {},
        "credentials": {},
        "switch-role": SWITCH,
        "sign-in": {"kind": "root", "email": "a@b.example", "password": "x"},
    }
    with unchanged(scene.world):
        for call, members in calls.items():
            body = json.dumps({"session": david, **members}).encode()
            reply = browser.send(method, f"/_console/api/{call}", body, headers)
            assert reply.status in (403, 405, 415), reply
            assert b"secretAccessKey" not in reply.body
    assert browser.call("sessions")["current"] == david


def test_t37_two_origins_are_none(scene: Scene, browser: Browser, david: str) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    body = json.dumps({"session": david})
    head = [
        "POST /_console/api/sign-out HTTP/1.1",
        f"Host: 127.0.0.1:{scene.world.console_port}",
        f"Origin: {browser.origin}",
        "Origin: https://evil.example",
        "X-Deputize-Console: 1",
        "Content-Type: application/json",
        f"Cookie: {cookie}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    console = dataclasses.replace(scene.world, url=browser.origin)
    with unchanged(scene.world):
        (reply,) = replies(console.raw(("\r\n".join(head) + "\r\n\r\n" + body).encode()))
    assert reply.status == 403


def test_t37_nothing_of_the_console_is_framed(browser: Browser, david: str) -> None:
    for reply in (browser.send("GET", "/_console/"), browser.post("sessions"), browser.post("none")):
        assert reply.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "https:evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/_console//evil.example",
    "/_console/../../evil",
    "/_console/%2e%2e/x",
    "/_console\\..\\x",
    "/_console/x%0d%0aSet-Cookie: a=b",
    "/_console/x\r\nSet-Cookie: a=b",
    "/_console/\tx",
    "/_console@evil.example",
    "@evil.example",
    "http://127.0.0.1@evil.example/_console/",
    "javascript:alert(1)",
    "data:text/html,x",
    "/devapp/x.html",
    "/_console/api/sessions",
    "/_consolex",
    "/federation?Action=login",
    "https://console.aws.amazon.com/s3/home",
    "/_console/ключ",
    "",
]


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_t38_signing_in_leads_to_no_other_place(scene: Scene, browser: Browser, wanted: str) -> None:
    signin = token(browser, scene.switch(scene.david))
    for place in (wanted, f"{browser.origin}@evil.example{wanted}"):
        reply = login(browser, signin, place)
        if reply.status == 302:
            assert reply.headers["location"] == "/_console/"
            assert list(reply.headers).count("set-cookie") == 1
        signin = token(browser, scene.switch(scene.david))


@pytest.mark.parametrize(
    "wanted", ["/_console/", "/_console/iam/roles", "/_console/switchrole?account=1&roleName=a%2Fb#top"]
)
def test_t38_the_console_s_own_pages_are_taken(scene: Scene, browser: Browser, wanted: str) -> None:
    for place in (wanted, browser.origin + wanted):
        reply = login(browser, token(browser, scene.switch(scene.david)), place)
        assert (reply.status, reply.headers["location"]) == (302, wanted)


def test_t38_names_that_are_not_ours_are_not_believed(browser: Browser) -> None:
    """Neither Host nor X-Forwarded-Host makes an address of another site's."""
    spoofed = browser.send("GET", "/_console/", headers={"Host": "evil.example"})
    assert spoofed.status == 421
    forwarded = browser.send("GET", "/_console", headers={"X-Forwarded-Host": "evil.example"})
    assert forwarded.headers["location"] == "/_console/"
    assert b"evil" not in forwarded.body


def test_t39_the_link_for_switching_changes_nothing(scene: Scene, browser: Browser, david: str) -> None:
    link = f"/_console/switchrole?account={PRODUCTION}&roleName=UpdateApp&displayName=P&color=f2b0a9"
    with unchanged(scene.world):
        for method in ("GET", "HEAD", "POST", "PUT"):
            browser.send(method, link)
        browser.send("GET", link.replace("/_console/", "/_console/api/"))
        browser.send(
            "GET", f"/_console/api/switch-role?session={david}&account={PRODUCTION}&roleName=UpdateApp"
        )
    assert [one["id"] for one in browser.call("sessions")["sessions"]] == [david]


def test_t41_no_bucket_is_a_place_of_the_console_s(scene: Scene, browser: Browser) -> None:
    s3 = scene.world.client("s3", scene.development.admin)
    for name in ("_console", "_health", "_api"):
        assert refused(s3.create_bucket, Bucket=name)[0] == "InvalidBucketName"
    page = browser.send("GET", "/_console/").body
    for name in ("api", "console", "health", "federation", "saml", "signin"):
        s3.create_bucket(Bucket=name)
        s3.put_object(Bucket=name, Key="_console/index.html", Body=SCRIPT)
        s3.put_object(Bucket=name, Key="index.html", Body=SCRIPT, ContentType="text/html")
        s3.get_object(Bucket=name, Key="index.html")
    assert browser.send("GET", "/_console/").body == page
    assert browser.send("GET", "/_console/api/index.html").status == 405
    signer = Signer(scene.development.admin, scene.world.clock.now)
    host = ("Host", f"127.0.0.1:{scene.world.console_port}")
    put = signer.sign(Request("PUT", "/_console/index.html", headers=(host,), body=SCRIPT))
    console = dataclasses.replace(scene.world, url=browser.origin)
    with unchanged(scene.world):
        (reply,) = replies(console.raw(put.raw()))
        assert reply.status == 405


def test_t41_a_website_is_no_place_of_the_console_s(scene: Scene) -> None:
    """Pages of buckets are never shown from the console's origin, nor the console from a website's."""
    world, s3 = scene.world, scene.world.client("s3", scene.development.admin)
    s3.create_bucket(Bucket="site")
    s3.delete_public_access_block(Bucket="site")
    allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*"}
    s3.put_bucket_policy(Bucket="site", Policy=json.dumps({"Version": "2012-10-17", "Statement": [allow]}))
    s3.put_bucket_website(Bucket="site", WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    for key in ("_console/index.html", "_oidc/x", "index.html"):
        s3.put_object(Bucket="site", Key=key, Body=SCRIPT, ContentType="text/html")
    console = dataclasses.replace(world, url=f"http://127.0.0.1:{world.console_port}")

    def ask(port: World, path: str) -> Reply:
        asked = (
            f"GET {path} HTTP/1.1\r\nHost: site.s3-website.us-east-1.localhost\r\nConnection: close\r\n\r\n"
        )
        (reply,) = replies(port.raw(asked.encode()))
        return reply

    for path in ("/", "/_console/", "/_oidc/x"):
        shown = ask(world, path)
        assert (shown.status, shown.body) == (200, SCRIPT)
        assert ask(console, path).status == 421
    assert ask(world, "/_console/api/sessions").status == 403


def test_t41_the_console_is_not_on_the_api_s_port(world: World) -> None:
    for path in ("/_console/", "/_console/api/sessions", "/federation?Action=login"):
        asked = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        (reply,) = replies(world.raw(asked.encode()))
        assert reply.status >= 400
        assert b"<Error>" in reply.body
