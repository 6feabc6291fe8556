"""T44, T45: the console tells nothing of the server's inside, and nothing that it writes holds what is
secret.
"""

import json
import logging
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from tests.attacks.test_leaks import CANARY, environment, places, scan, secrets_of, told
from tests.conformance.browser import OWN, Browser
from tests.conformance.fix_tutorial import PRODUCTION, Scene
from tests.conformance.http_edge import Reply
from tests.conformance.test_console_federation import login, session_of, token
from tests.conformance.test_console_saml import FORM
from tests.fix_world import Keys
from tests.totp import App, enabled

from deputize.console import sessions

__all__ = ["environment"]

PASSWORDS = [f"Canary-Password-{number}" for number in range(4)]


def replies(browser: Browser) -> list[Reply]:
    """One for each way in which things go wrong, and the page, and its absence."""
    bad = {"Origin": browser.origin, **OWN}
    calls = ("sign-in", "new-password", "credentials", "switch-role", "explain", "guide", "roles", "none")
    posted = [browser.post(call, session="0" * 32, kind="user") for call in calls]
    posted += [
        browser.send("POST", "/_console/api/sign-in", body, bad)
        for body in (b"{", b"[" * 9999, b"\xff", b"x" * 70_000)
    ]
    paths = (
        "/_console/",
        "/_console/assets/x.js",
        "/_console/assets/../x",
        "/_console/%ff",
        "/x/%ff",
        "/_console",
    )
    posted += [browser.send("GET", path) for path in paths]
    posted += [browser.send("GET", "/_console/", headers={"Host": "evil.example"})]
    for action in ("getSigninToken", "login", "x"):
        posted.append(browser.send("GET", f"/federation?Action={action}&Session={quote('{}')}&SigninToken=x"))
    posted += [
        browser.send("POST", "/saml", body, {"Content-Type": FORM})
        for body in (b"", b"SAMLResponse=x", b"SAMLResponse=PHg%2B", b"x" * 500_000)
    ]
    return posted


def test_t44_the_console_s_answers(scene: Scene, environment: list[str]) -> None:
    """T44. Every way to go wrong: the answers tell of the request alone."""
    found = replies(Browser(scene.world))
    assert {reply.status for reply in found} >= {400, 401, 404, 413, 421}
    for reply in found:
        if reply.headers.get("content-type", "").startswith("text/html") and b"<script" in reply.body:
            continue  # the built page, which the server's inside is not in
        assert not scan(told(reply), environment, places(scene.world)), reply


def test_t44_failures_of_the_console_s_own(
    scene: Scene, environment: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """T44. Something inside raises, with all that is secret in its text."""

    def fail(*_: object, **__: object) -> None:
        raise LookupError(f"{CANARY} {scene.world.data}")

    browser = Browser(scene.world)
    monkeypatch.setattr(sessions, "present", fail)
    for call in ("sessions", "credentials"):
        reply = browser.post(call, session="0" * 32)
        assert reply.status == 500
        assert not scan(told(reply), environment, places(scene.world)), reply


def lives(scene: Scene) -> tuple[list[Keys], list[str]]:
    """Sign in in all ways, rightly and wrongly, switch, federate; returns what nobody may keep."""
    world, browser = scene.world, Browser(scene.world)
    iam = world.client("iam", scene.development.admin)
    iam.create_login_profile(UserName="David", Password=PASSWORDS[0], PasswordResetRequired=True)
    change = {"Effect": "Allow", "Action": "iam:ChangePassword", "Resource": "*"}
    iam.put_user_policy(
        UserName="David",
        PolicyName="own",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": change}),
    )
    _, app = enabled(iam, "David", world.clock)
    form: dict[str, Any] = {"kind": "user", "account": scene.development.id, "name": "David"}
    cookies: list[str] = []
    codes = _signs_in(scene, browser, app, form)
    session = browser.call("sessions")["current"]
    keys = [browser.keys(session)]
    switch = {"account": PRODUCTION, "roleName": "UpdateApp"}
    role = browser.call("switch-role", session=session, **switch)["session"]["id"]
    keys.append(browser.keys(role))
    cookies += browser.cookies.values()
    browser.call("switch-back", session=role)
    temporary = scene.switch(scene.david)
    keys.append(temporary)
    signin = token(browser, temporary)
    login(browser, signin)
    login(browser, signin)
    browser.send(
        "GET", "/federation?" + urlencode({"Action": "getSigninToken", "Session": session_of(keys[0])})
    )
    keys.append(browser.keys(browser.call("sessions")["current"]))
    cookies += browser.cookies.values()
    browser.call("sign-out", session=session)
    return keys, [*PASSWORDS, *codes, *cookies, signin]


def _signs_in(scene: Scene, browser: Browser, app: App, form: dict[str, Any]) -> list[str]:
    """With a wrong password, without and with codes, changing the password; returns codes, which are long
    enough to be looked for.
    """
    scene.world.clock.advance(30)
    browser.post("sign-in", **form, password=PASSWORDS[1])
    browser.post("sign-in", **form, password=PASSWORDS[0])
    assert (
        browser.call("sign-in", **form, password=PASSWORDS[0], mfaCode=app.code())["next"] == "new-password"
    )
    done = {**form, "password": PASSWORDS[0], "mfaCode": app.code(), "newPassword": PASSWORDS[2]}
    assert browser.call("new-password", **done)["next"] == "done"
    browser.post("sign-in", **{**form, "name": PASSWORDS[3]}, password="x")
    return [app.seed]


def test_t45_the_console_s_secrets_reach_no_log_no_record_and_no_file(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """T45. Passwords, one typed in place of a name, cookies, sign-in tokens, the pages' credentials."""
    caplog.set_level(logging.DEBUG)
    keys, others = lives(scene)
    hidden = secrets_of(*keys) + others
    assert len(hidden) > 15 and all(len(one) > 7 for one in hidden)
    ours = [record for record in caplog.records if record.name.startswith("deputize")]
    assert ours
    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in ours)
    assert not [one for one in hidden if one in logged]
    scene.world.opened.store.write(lambda db: None).result()
    for path in scene.world.data.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [one for one in hidden if one.encode() in content], path
