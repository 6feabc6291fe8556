"""Signing in to the console: who gets in, what is asked for on the way, and what those learn who do not."""

import dataclasses
import json
from dataclasses import dataclass
from typing import Any

import pytest
from tests.conformance.browser import Browser
from tests.fix_world import TestAccount, World
from tests.refusals import refused
from tests.state import unchanged
from tests.totp import App, enabled

from deputize.domain import passwords
from deputize.model.event import Event
from deputize.secrets.passwords import hashed

PASSWORD, NEW, WRONG = "Correct-Horse-1", "Correct-Horse-2", "Correct-Horse-9"
HASH = hashed(PASSWORD)
FAILED = (401, "AuthFailed", "Your authentication information is incorrect. Please try again.")


@dataclass
class Home:
    """An account with the user Ann and a root user, both with PASSWORD."""

    world: World
    account: TestAccount
    browser: Browser

    @property
    def iam(self) -> Any:
        return self.world.client("iam", self.account.admin)

    def ann(self, **more: Any) -> dict[str, Any]:
        return {"kind": "user", "account": self.account.id, "name": "Ann", "password": PASSWORD, **more}

    def root(self, **more: Any) -> dict[str, Any]:
        return {"kind": "root", "email": "home@example.invalid", "password": PASSWORD, **more}

    def logins(self) -> list[dict[str, Any]]:
        """The records of signing in. Failures are noted with the next commit."""
        self.world.opened.store.write(lambda db: None).result()
        with self.world.opened.store.snapshot() as db:
            events: list[Event] = db.events.page(self.account.id)
        found = [dict(event.record) for event in events]
        return [record for record in found if record["eventName"] == "ConsoleLogin"]


@pytest.fixture
def home(world: World) -> Home:
    account = world.account("Home")
    iam = world.client("iam", account.admin)
    iam.create_user(UserName="Ann")
    iam.create_account_alias(AccountAlias="home-alias")
    now = int(world.clock.now)
    with world.opened.store.snapshot() as db:
        ann = db.users.get(account.id, "Ann")
    assert ann is not None

    def give(db: Any) -> None:
        for owner in (ann.id, account.id):
            db.login_profiles.put(passwords.profile(account.id, owner, HASH, now=now))

    world.opened.store.write(give).result()
    return Home(world, account, Browser(world))


def test_a_user_by_account_id(home: Home) -> None:
    told = home.browser.call("sign-in", **home.ann())
    assert told["next"] == "done"
    session = told["session"]
    assert (session["kind"], session["name"], session["mfa"]) == ("user", "Ann", False)
    assert session["accountAlias"] == "home-alias"
    arn = home.world.client("sts", home.browser.keys(session["id"])).get_caller_identity()["Arn"]
    assert arn == f"arn:aws:iam::{home.account.id}:user/Ann" == session["arn"]
    assert home.iam.get_user(UserName="Ann")["User"]["PasswordLastUsed"].timestamp() == home.world.clock.now


@pytest.mark.parametrize("name", ["ann", "ANN", " Ann "])
def test_names_compare_as_iam_s_do(home: Home, name: str) -> None:
    for account in (
        "home-alias",
        "HOME-alias ",
        f"{home.account.id[:4]}-{home.account.id[4:8]}-{home.account.id[8:]}",
    ):
        assert home.browser.call("sign-in", **home.ann(name=name, account=account))["next"] == "done"


def test_the_root_user_by_e_mail(home: Home) -> None:
    session = home.browser.call("sign-in", **home.root(email="Home@Example.invalid"))["session"]
    assert (session["kind"], session["name"]) == ("root", "root")
    keys = home.browser.keys(session["id"])
    assert home.world.client("sts", keys).get_caller_identity()["Arn"].endswith(":root")


def test_the_cookie_s_attributes(home: Home) -> None:
    reply = home.browser.post("sign-in", **home.ann())
    assert reply.status == 200
    attributes = reply.headers["set-cookie"]
    for wanted in ("HttpOnly", "SameSite=Strict", "Path=/_console/", "Max-Age="):
        assert wanted in attributes
    assert "Secure" not in attributes  # no TLS here; tests of TLS look for it
    body = reply.body.decode()
    assert not any(value in body for value in home.browser.cookies.values())


def test_everything_wrong_gets_one_answer(home: Home) -> None:
    """A wrong password, an unknown name, one without a password, an account that nobody has: one text."""
    home.iam.create_user(UserName="NoPassword")
    home.world.opened.store.write(lambda db: None).result()
    forms = [
        home.ann(password=WRONG),
        home.ann(name="Nobody"),
        home.ann(name="NoPassword"),
        home.ann(account="000000000001"),
        home.ann(account="no-such-alias"),
        home.root(password=WRONG),
        home.root(email="nobody@example.invalid"),
    ]
    with unchanged(home.world):
        replies = [home.browser.post("sign-in", **form) for form in forms]
    assert {reply.status for reply in replies} == {401}
    assert len({reply.body for reply in replies}) == 1
    assert not any("set-cookie" in reply.headers for reply in replies)
    assert home.browser.refused("sign-in", **forms[0]) == FAILED


def test_closed_and_external_accounts_let_nobody_in(home: Home) -> None:
    def close(db: Any) -> None:
        db.accounts.put(dataclasses.replace(db.accounts.get(home.account.id), status="SUSPENDED"))

    home.world.opened.store.write(close).result()
    assert home.browser.refused("sign-in", **home.ann()) == FAILED
    assert home.browser.refused("sign-in", **home.root()) == FAILED


def test_forms_that_are_none(home: Home) -> None:
    with unchanged(home.world):
        for more in (
            {"kind": "admin"},
            {"kind": None},
            {"account": None},
            {"name": None},
            {"name": 1},
            {"password": None},
            {"password": "x" * 129},
            {"password": ["x"]},
            {"mfaCode": 123456},
        ):
            assert home.browser.refused("sign-in", **home.ann(**more))[:2] == (400, "InvalidRequest"), more
        assert home.browser.refused("sign-in", kind="root", password=PASSWORD)[1] == "InvalidRequest"
        assert home.browser.refused("new-password", **home.ann())[1] == "InvalidRequest"


def test_what_is_remembered_of_it(home: Home) -> None:
    for form in (
        home.ann(),
        home.ann(password=WRONG),
        home.ann(name="my-own-password-by-mistake"),
        home.root(password=WRONG),
    ):
        home.browser.post("sign-in", **form)
        home.world.clock.advance(1)
    success, wrong, unknown, root = home.logins()
    assert success["eventSource"] == "signin.amazonaws.com"
    assert success["eventType"] == "AwsConsoleSignIn"
    assert success["responseElements"] == {"ConsoleLogin": "Success"}
    assert success["userIdentity"]["arn"] == f"arn:aws:iam::{home.account.id}:user/Ann"
    assert success["additionalEventData"]["MFAUsed"] == "No"
    for record in (wrong, unknown, root):
        assert record["responseElements"] == {"ConsoleLogin": "Failure"}
        assert record["errorMessage"] == "Failed authentication"
    assert wrong["userIdentity"]["userName"] == "Ann"
    assert unknown["userIdentity"]["userName"] == "HIDDEN_DUE_TO_SECURITY_REASONS"
    assert root["userIdentity"]["type"] == "Root"
    assert "my-own-password" not in json.dumps(unknown)
    assert PASSWORD not in json.dumps([success, wrong, unknown, root])


class TestForcedChange:
    @pytest.fixture
    def forced(self, home: Home) -> Home:
        home.iam.update_login_profile(UserName="Ann", PasswordResetRequired=True)
        own = {"Effect": "Allow", "Action": "iam:ChangePassword", "Resource": "arn:aws:iam::*:user/Ann"}
        document = json.dumps({"Version": "2012-10-17", "Statement": own})
        home.iam.put_user_policy(UserName="Ann", PolicyName="own-password", PolicyDocument=document)
        return home

    def test_it_is_asked_for_and_then_one_is_in(self, forced: Home) -> None:
        told = forced.browser.call("sign-in", **forced.ann())
        assert told["next"] == "new-password"
        assert told["reason"]
        assert forced.browser.call("sessions") == {"sessions": []}
        done = forced.browser.call("new-password", **forced.ann(newPassword=NEW))
        assert (done["next"], done["session"]["name"]) == ("done", "Ann")
        assert forced.browser.refused("sign-in", **forced.ann()) == FAILED
        assert forced.browser.call("sign-in", **forced.ann(password=NEW))["next"] == "done"

    def test_the_account_s_rules_hold(self, forced: Home) -> None:
        with unchanged(forced.world):
            short = forced.browser.refused("new-password", **forced.ann(newPassword="short"))
            same = forced.browser.refused("new-password", **forced.ann(newPassword=PASSWORD))
            wrong = forced.browser.refused("new-password", **forced.ann(password=WRONG, newPassword=NEW))
        words = "Password should have a minimum length of 8"
        assert short == (400, "PasswordPolicyViolation", words)
        assert same[:2] == (400, "PasswordPolicyViolation")
        assert wrong == FAILED

    def test_looking_for_a_new_password_is_no_guessing(self, forced: Home) -> None:
        for _ in range(8):
            refusal = forced.browser.refused("new-password", **forced.ann(newPassword="short"))
            assert refusal[1] == "PasswordPolicyViolation"
        assert forced.browser.call("new-password", **forced.ann(newPassword=NEW))["next"] == "done"

    def test_it_needs_the_right_to_change_one_s_password(self, forced: Home) -> None:
        forced.iam.delete_user_policy(UserName="Ann", PolicyName="own-password")
        with unchanged(forced.world):
            refusal = forced.browser.refused("new-password", **forced.ann(newPassword=NEW))
        assert refusal[:2] == (403, "AccessDenied")
        assert "iam:ChangePassword" in refusal[2]

    def test_who_need_not_change_cannot_do_so_here(self, home: Home) -> None:
        with unchanged(home.world):
            refusal = home.browser.refused("new-password", **home.ann(newPassword=NEW))
        assert refusal[:2] == (409, "NotAsked")

    def test_expired_passwords(self, home: Home) -> None:
        home.iam.update_account_password_policy(MaxPasswordAge=1, HardExpiry=True)
        home.world.clock.advance(86400)
        with unchanged(home.world):
            assert home.browser.refused("sign-in", **home.ann())[:2] == (403, "PasswordExpired")
        home.iam.update_account_password_policy(MaxPasswordAge=1, HardExpiry=False)
        assert home.browser.call("sign-in", **home.ann())["next"] == "new-password"


def test_a_profile_s_longest_session(home: Home) -> None:
    home.iam.update_login_profile(UserName="Ann", MaxSigninSessionDuration=3600)
    session = home.browser.call("sign-in", **home.ann())["session"]["id"]
    home.world.clock.advance(3599)
    home.browser.call("credentials", session=session)
    home.world.clock.advance(1)
    assert home.browser.refused("credentials", session=session)[1] == "SignedOut"


def test_each_sign_in_is_a_session_of_its_own(home: Home) -> None:
    """Session fixation: what a browser brought along is never what it leaves with."""
    planted = f"deputize-{home.world.console_port}-{'0' * 32}"
    home.browser.cookies[planted] = "planted"
    first = home.browser.call("sign-in", **home.ann())["session"]["id"]
    second = home.browser.call("sign-in", **home.root())["session"]["id"]
    assert len({first, second, "0" * 32}) == 3
    assert {one["id"] for one in home.browser.call("sessions")["sessions"]} == {first, second}


class TestGuessing:
    def guess(self, home: Home, browser: Browser, times: int, **more: Any) -> list[int]:
        return [browser.post("sign-in", **home.ann(password=WRONG, **more)).status for _ in range(times)]

    def test_five_are_free_then_each_costs_time(self, home: Home) -> None:
        assert self.guess(home, home.browser, 7) == [401] * 5 + [429] * 2
        status, code, _ = home.browser.refused("sign-in", **home.ann())
        assert (status, code) == (429, "TooManyAttempts")
        home.world.clock.advance(1)
        assert self.guess(home, home.browser, 2) == [401, 429]
        home.world.clock.advance(2)
        assert home.browser.call("sign-in", **home.ann())["next"] == "done"
        assert self.guess(home, home.browser, 5) == [401] * 5

    def test_variants_of_a_name_are_one(self, home: Home) -> None:
        hyphens = home.account.id[:4] + "-" + home.account.id[4:]
        for variant in (
            {"name": "ann"},
            {"name": " aNN"},
            {"account": "home-alias"},
            {"account": hyphens},
            {},
        ):
            assert self.guess(home, home.browser, 1, **variant) == [401]
        assert self.guess(home, home.browser, 1, account="HOME-alias", name="ANN ") == [429]

    def test_names_that_are_nobody_s_are_counted_alike(self, home: Home) -> None:
        for variant in ({"account": home.account.id}, {"account": "home-alias"}):
            assert self.guess(home, home.browser, 2, name="Nobody", **variant) == [401] * 2
        assert self.guess(home, home.browser, 2, name="nobody") == [401, 429]

    def test_the_answer_says_how_long(self, home: Home) -> None:
        self.guess(home, home.browser, 5)
        reply = home.browser.post("sign-in", **home.ann())
        assert json.loads(reply.body)["error"]["details"] == {"retryAfter": 1}

    def test_her_own_browser_is_not_locked_out(self, home: Home) -> None:
        home.browser.call("sign-in", **home.ann())
        other = Browser(home.world)
        assert self.guess(home, other, 6)[-1] == 429
        assert home.browser.call("sign-in", **home.ann())["next"] == "done"
        assert self.guess(home, home.browser, 6) == [401] * 5 + [429]
        assert other.refused("sign-in", **home.ann())[0] == 429

    def test_another_s_browser_is_no_way_around(self, home: Home) -> None:
        home.browser.call("sign-in", **home.root())
        assert self.guess(home, home.browser, 6)[-1] == 429
        (name,) = (one for one in home.browser.cookies if one.endswith("-browser"))
        for forged in ("00", home.browser.cookies[name][:-2] + "00", "zz"):
            other = Browser(home.world, cookies={name: forged})
            assert self.guess(home, other, 1) == [429]


def test_signing_in_is_not_for_programs(home: Home) -> None:
    """The password opens the console alone."""
    assert refused(home.world.client("iam", None).list_users)[0] == "MissingAuthenticationToken"


class TestMfa:
    @pytest.fixture
    def app(self, home: Home) -> App:
        _, app = enabled(home.iam, "Ann", home.world.clock)
        home.world.clock.advance(30)
        return app

    def test_a_code_is_asked_for_once_the_password_is_right(self, home: Home, app: App) -> None:
        assert home.browser.refused("sign-in", **home.ann(password=WRONG)) == FAILED
        assert home.browser.call("sign-in", **home.ann()) == {"next": "mfa"}
        assert home.browser.call("sessions") == {"sessions": []}
        told = home.browser.call("sign-in", **home.ann(mfaCode=app.code()))
        assert (told["next"], told["session"]["mfa"]) == ("done", True)
        assert "Yes" in [record["additionalEventData"]["MFAUsed"] for record in home.logins()]

    def test_the_root_user_s_too(self, home: Home) -> None:
        root = home.world.client("iam", home.account.root)
        _, app = enabled(root, home.account.id, home.world.clock, "root-account-mfa-device")
        home.world.clock.advance(30)
        assert home.browser.call("sign-in", **home.root()) == {"next": "mfa"}
        told = home.browser.call("sign-in", **home.root(mfaCode=app.code()))
        assert told["session"]["mfa"] is True

    def test_wrong_codes(self, home: Home, app: App) -> None:
        with unchanged(home.world):
            for code in (
                "000000" if app.code() != "000000" else "1",
                "",
                "x",
                app.code(-5),
                app.code(5),
                "１２３",
            ):
                home.world.clock.advance(3600)
                assert home.browser.refused("sign-in", **home.ann(mfaCode=code)) == FAILED, code

    def test_any_of_several_devices_will_do(self, home: Home, app: App) -> None:
        """And using one does not make the other deaf."""
        _, other = enabled(home.iam, "Ann", home.world.clock, "second")
        for _ in range(8):
            home.world.clock.advance(30)
            assert home.browser.call("sign-in", **home.ann(mfaCode=other.code()))["next"] == "done"
            home.browser.cookies = {n: v for n, v in home.browser.cookies.items() if n.endswith("-browser")}
        home.world.clock.advance(30)
        assert home.browser.call("sign-in", **home.ann(mfaCode=app.code()))["next"] == "done"

    def test_a_password_that_must_be_changed_asks_for_it_as_well(self, home: Home, app: App) -> None:
        home.iam.update_login_profile(UserName="Ann", PasswordResetRequired=True)
        own = {"Effect": "Allow", "Action": "iam:ChangePassword", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": own})
        home.iam.put_user_policy(UserName="Ann", PolicyName="own-password", PolicyDocument=document)
        assert home.browser.call("sign-in", **home.ann()) == {"next": "mfa"}
        assert home.browser.refused("new-password", **home.ann(newPassword=NEW))[1] == "NotAsked"
        assert home.browser.refused("sign-in", **home.ann(mfaCode="000")) == FAILED
        assert home.browser.call("sign-in", **home.ann(mfaCode=app.code()))["next"] == "new-password"
        told = home.browser.call("new-password", **home.ann(mfaCode=app.code(), newPassword=NEW))
        assert told["session"]["mfa"] is True
