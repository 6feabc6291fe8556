"""The federation endpoint: temporary credentials open the console, as granted, aws-vault and scripts do."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.conformance.browser import Browser, user_signed_in
from tests.conformance.fix_tutorial import DEVELOPMENT, PRODUCTION, ROLE, Scene, trust
from tests.conformance.http_edge import Reply
from tests.fix_world import Keys
from tests.refusals import refused
from tests.state import unchanged


@pytest.fixture
def browser(scene: Scene) -> Browser:
    return Browser(scene.world)


def ask(browser: Browser, **parameters: str) -> Reply:
    return browser.send("GET", "/federation?" + urlencode(parameters))


def session_of(keys: Keys, **more: Any) -> str:
    return json.dumps({"sessionId": keys.id, "sessionKey": keys.secret, "sessionToken": keys.token, **more})


def token(browser: Browser, keys: Keys, **parameters: str) -> str:
    reply = ask(browser, Action="getSigninToken", Session=session_of(keys), **parameters)
    assert reply.status == 200, reply
    return str(json.loads(reply.body)["SigninToken"])


def login(browser: Browser, signin: str, destination: str = "", **more: str) -> Reply:
    parameters = {"Issuer": "https://broker.example", "Destination": destination, "SigninToken": signin}
    return ask(browser, Action="login", **parameters, **more)


def refusal(browser: Browser, **parameters: str) -> tuple[int, str]:
    with unchanged(browser.world):
        reply = ask(browser, **parameters)
    return reply.status, json.loads(reply.body)["error"]["code"]


def test_a_role_s_credentials_open_the_console(scene: Scene, browser: Browser) -> None:
    keys = scene.switch(scene.david)
    reply = login(browser, token(browser, keys), f"{browser.origin}/_console/s3?bucket=productionapp")
    assert (reply.status, reply.headers["location"]) == (302, "/_console/s3?bucket=productionapp")
    assert "SameSite=Strict" in reply.headers["set-cookie"] and "HttpOnly" in reply.headers["set-cookie"]
    told = browser.call("sessions")
    (session,) = told["sessions"]
    assert (session["kind"], session["name"], session["account"]) == (
        "federated",
        "David-ProdUpdate",
        PRODUCTION,
    )
    own = browser.keys(session["id"])
    scene.world.client("s3", own).list_objects_v2(Bucket="productionapp")
    assert refused(scene.world.client("s3", own).list_objects_v2, Bucket="devapp")[0] == "AccessDenied"
    browser.call("sign-out", session=session["id"])
    assert refused(scene.world.client("s3", own).list_buckets)[0] == "ExpiredToken"
    scene.world.client("s3", keys).list_buckets()


def test_the_session_ends_with_its_credentials(scene: Scene, browser: Browser) -> None:
    login(browser, token(browser, scene.switch(scene.david)))
    session = browser.call("sessions")["current"]
    scene.world.clock.advance(3599)
    keys = browser.keys(session)
    scene.world.clock.advance(1)
    assert refused(scene.world.client("s3", keys).list_buckets)[0] == "ExpiredToken"
    assert browser.call("sessions") == {"sessions": []}


def test_session_policies_go_along(scene: Scene, browser: Browser) -> None:
    policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}
    login(browser, token(browser, scene.switch(scene.david, Policy=json.dumps(policy))))
    keys = browser.keys(browser.call("sessions")["current"])
    s3 = scene.world.client("s3", keys)
    s3.get_bucket_location(Bucket="productionapp")
    assert refused(s3.list_objects_v2, Bucket="productionapp")[0] == "AccessDenied"


def test_a_federated_user_may_manage_iam_in_the_console(scene: Scene, browser: Browser) -> None:
    """GetFederationToken's limits do not apply to console sessions, but switching roles is not for them."""
    policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    sts = scene.world.client("sts", scene.development.admin)
    made = sts.get_federation_token(Name="visitor", Policy=json.dumps(policy), DurationSeconds=3600)
    keys = Keys.of(made["Credentials"])
    assert refused(scene.world.client("iam", keys).list_users)[0] == "InvalidClientTokenId"
    login(browser, token(browser, keys))
    (session,) = browser.call("sessions")["sessions"]
    assert (session["kind"], session["name"]) == ("federated", "visitor")
    scene.world.client("iam", browser.keys(session["id"])).list_users()
    switch = {"account": PRODUCTION, "roleName": "UpdateApp"}
    assert browser.refused("switch-role", session=session["id"], **switch)[:2] == (403, "AccessDenied")


def test_a_federated_role_session_switches_for_an_hour(scene: Scene, browser: Browser) -> None:
    """That chains roles."""
    visitor = scene.role("Visitor", trust({"AWS": DEVELOPMENT}), scene.development)
    everything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    scene.world.client("iam", scene.development.admin).put_role_policy(
        RoleName="Visitor", PolicyName="all", PolicyDocument=json.dumps(everything)
    )
    scene.role("Long", trust({"AWS": DEVELOPMENT}), MaxSessionDuration=7200)
    scene.world.client("iam", scene.development.admin).update_role(
        RoleName="Visitor", MaxSessionDuration=4 * 3600
    )
    keys = scene.switch(scene.david, visitor, "visitor")
    login(browser, token(browser, keys, SessionDuration="14400"))
    base = browser.call("sessions")["current"]
    session = browser.call("switch-role", session=base, account=PRODUCTION, roleName="Long")["session"]
    assert session["base"]["name"] == "visitor"
    assert session["arn"] == f"arn:aws:sts::{PRODUCTION}:assumed-role/Long/visitor"
    assert [role["roleName"] for role in browser.call("roles", session=base)["roles"]].count("Long") == 1
    scene.world.clock.advance(3599)
    browser.keys(session["id"])
    scene.world.clock.advance(1)
    assert browser.refused("credentials", session=session["id"])[1] == "SignedOut"
    browser.keys(base)


class TestDurations:
    def test_one_may_be_asked_for_up_to_the_role_s_maximum(self, scene: Scene, browser: Browser) -> None:
        iam = scene.world.client("iam", scene.production.admin)
        iam.update_role(RoleName="UpdateApp", MaxSessionDuration=7200)
        keys = scene.switch(scene.david)
        login(browser, token(browser, keys, SessionDuration="7200"))
        scene.world.clock.advance(7199)
        browser.keys(browser.call("sessions")["current"])
        scene.world.clock.advance(1)
        assert browser.call("sessions") == {"sessions": []}

    @pytest.mark.parametrize("seconds", ["0", "899", "43201", "7201", "-900", "1e3", "", "900 ", "٩٠٠"])
    def test_others_are_refused(self, scene: Scene, browser: Browser, seconds: str) -> None:
        keys = scene.switch(scene.david)
        if not seconds:
            return
        asked = {"Session": session_of(keys), "SessionDuration": seconds}
        assert refusal(browser, Action="getSigninToken", **asked) == (400, "InvalidRequest")

    def test_chained_and_federated_ones_take_none(self, scene: Scene, browser: Browser) -> None:
        itself = scene.role("Chained", trust({"AWS": PRODUCTION}))
        document = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": itself}
        scene.world.client("iam", scene.production.admin).put_role_policy(
            RoleName="UpdateApp",
            PolicyName="chain",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": document}),
        )
        chained = scene.switch(scene.switch(scene.david), itself)
        asked = {"Session": session_of(chained), "SessionDuration": "900"}
        assert refusal(browser, Action="getSigninToken", **asked) == (400, "InvalidRequest")
        token(browser, chained)


class TestTokens:
    def test_each_is_good_for_one_sign_in(self, scene: Scene, browser: Browser) -> None:
        signin = token(browser, scene.switch(scene.david))
        assert login(browser, signin).status == 302
        other = Browser(scene.world)
        with unchanged(scene.world):
            assert login(other, signin).status == 400
        browser.call("sign-out", session=browser.call("sessions")["current"])
        assert login(other, signin).status == 400
        assert other.cookies == {}

    def test_and_for_fifteen_minutes(self, scene: Scene, browser: Browser) -> None:
        keys = scene.switch(scene.david)
        first, second = token(browser, keys), token(browser, keys)
        scene.world.clock.advance(899)
        assert login(browser, first).status == 302
        scene.world.clock.advance(1)
        assert login(browser, second).status == 400

    def test_damaged_foreign_and_empty_ones(self, scene: Scene, browser: Browser) -> None:
        keys = scene.switch(scene.david)
        signin = token(browser, keys)
        flipped = [signin[:at] + ("A" if signin[at] != "A" else "B") + signin[at + 1 :] for at in (0, 20, 90)]
        for bad in (*flipped, signin[:-4], keys.token or "", "x", "é"):
            assert refusal(browser, Action="login", SigninToken=bad)[0] == 400
        assert refusal(browser, Action="login") == (400, "InvalidRequest")
        assert refused(scene.world.client("sts", Keys(keys.id, keys.secret, signin)).get_caller_identity)[
            0
        ] == ("InvalidClientTokenId")

    def test_a_role_that_is_gone_opens_nothing(self, scene: Scene, browser: Browser) -> None:
        keys = scene.switch(scene.david)
        signin = token(browser, keys)
        iam = scene.world.client("iam", scene.production.admin)
        policy = f"arn:aws:iam::{PRODUCTION}:policy/read-write-app-bucket"
        iam.detach_role_policy(RoleName="UpdateApp", PolicyArn=policy)
        iam.delete_role(RoleName="UpdateApp")
        with unchanged(scene.world):
            assert login(browser, signin).status in (400, 401)
        assert refusal(browser, Action="getSigninToken", Session=session_of(keys)) == (
            400,
            "InvalidCredentials",
        )


class TestCredentials:
    def test_others_than_a_role_s_or_a_federated_user_s_are_refused(
        self, scene: Scene, browser: Browser
    ) -> None:
        got = scene.world.client("sts", scene.david).get_session_token()
        console = browser.keys(user_signed_in(browser, scene.development, "David"))
        for keys in (Keys.of(got["Credentials"]), console):
            answer = refusal(browser, Action="getSigninToken", Session=session_of(keys))
            assert answer == (400, "InvalidCredentials")

    def test_they_must_be_whole_and_in_force(self, scene: Scene, browser: Browser) -> None:
        keys = scene.switch(scene.david)
        other = scene.switch(scene.david)
        for more in (
            {"sessionKey": other.secret},
            {"sessionKey": ""},
            {"sessionId": other.id},
            {"sessionToken": (keys.token or "")[:-4]},
        ):
            answer = refusal(browser, Action="getSigninToken", Session=session_of(keys, **more))
            assert answer == (400, "InvalidCredentials")
        scene.world.clock.advance(3600)
        answer = refusal(browser, Action="getSigninToken", Session=session_of(keys))
        assert answer == (400, "InvalidCredentials")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "{",
            "[]",
            "null",
            "{}",
            '{"sessionId": 1}',
            '{"sessionId": "ключ", "sessionKey": "x", "sessionToken": "x"}',
            '{"sessionId": "x", "sessionKey": "\\ud800", "sessionToken": "x"}',
            "[" * 5000,
        ],
    )
    def test_what_is_no_session(self, browser: Browser, text: str) -> None:
        assert refusal(browser, Action="getSigninToken", Session=text) == (400, "InvalidRequest")


def test_the_form_may_be_posted(scene: Scene, browser: Browser) -> None:
    parameters = {"Action": "getSigninToken", "Session": session_of(scene.switch(scene.david))}
    body = urlencode(parameters).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = browser.send("POST", "/federation", body, headers)
    assert (reply.status, list(json.loads(reply.body))) == (200, ["SigninToken"])
    large = browser.send("POST", "/federation", b"x" * (64 * 1024 + 1), headers)
    assert (large.status, json.loads(large.body)["error"]["code"]) == (413, "EntityTooLarge")
    unknown = browser.send("POST", "/federation", b"Action=logout", headers)
    assert (unknown.status, json.loads(unknown.body)["error"]["code"]) == (400, "InvalidRequest")


def test_a_bucket_of_that_name_is_a_bucket(scene: Scene, browser: Browser) -> None:
    scene.world.client("s3", scene.development.admin).create_bucket(Bucket="federation")
    assert browser.send("GET", "/federation?list-type=2").status == 403
    assert browser.send("GET", "/federation").body.startswith(b"<?xml")


def test_what_is_remembered_of_it(scene: Scene, browser: Browser) -> None:
    login(browser, token(browser, scene.switch(scene.david)))
    with scene.world.opened.store.snapshot() as db:
        records = [dict(event.record) for event in db.events.page(PRODUCTION)]
    for name in ("GetSigninToken", "ConsoleLogin"):
        (record,) = (one for one in records if one["eventName"] == name)
        assert record["userIdentity"]["type"] == "AssumedRole"
        assert record["userIdentity"]["arn"].endswith(":assumed-role/UpdateApp/David-ProdUpdate")
        assert record["eventSource"] == "signin.amazonaws.com"
    assert ROLE not in json.dumps(browser.cookies)


def test_the_example_of_the_document(scene: Scene, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """docs/console.md, with the profile's credentials and the address filled in."""
    keys = scene.switch(scene.david)
    document = (Path(__file__).parents[2] / "docs" / "console.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", document, re.DOTALL)
    opened: list[str] = []
    profile = SimpleNamespace(access_key=keys.id, secret_key=keys.secret, token=keys.token)
    credentials = SimpleNamespace(get_frozen_credentials=lambda: profile)
    monkeypatch.setattr(
        "boto3.Session", lambda profile_name: SimpleNamespace(get_credentials=lambda: credentials)
    )
    monkeypatch.setattr("webbrowser.open", opened.append)
    exec(code.replace("http://127.0.0.1:4567", browser.origin), {})  # noqa: S102
    (address,) = opened
    reply = browser.send("GET", address.removeprefix(browser.origin))
    assert (reply.status, reply.headers["location"]) == (302, "/_console/")
    assert browser.call("sessions")["sessions"][0]["name"] == "David-ProdUpdate"
