"""Signing in and out in a real browser: codes, forced changes, several sessions, what is left afterwards."""

from typing import Any

from tests.conformance.fix_tutorial import DEVELOPMENT, PRODUCTION
from tests.console.fix_console import ADMINS, PASSWORD, Stage
from tests.fix_world import Keys
from tests.totp import App

NEW = "Correct-Horse-2"


def test_a_device_is_added_and_its_code_asked_for(stage: Stage) -> None:
    person = stage.person()
    person.sign_in(PRODUCTION, ADMINS[PRODUCTION][1])
    person.go("/security")
    person.button("Assign MFA device")
    person.button("Next")
    dialog = person.page.get_by_role("dialog")
    dialog.get_by_role("img", name="QR code for the authenticator app").wait_for()
    seed = dialog.get_by_text("Or enter this key in the app").locator("xpath=../..").inner_text().split()[-1]
    app = App(seed, stage.world.clock)
    person.fill("First code", app.code(-1))
    person.fill("Second code", app.code())
    person.button("Add MFA", dialog)
    person.sees(f"arn:aws:iam::{PRODUCTION}:mfa/{ADMINS[PRODUCTION][1]}")
    person.identity("Sign out")
    person.sees("Deputize is not affiliated with Amazon.")
    person.fill("Account ID or alias", PRODUCTION)
    person.fill("User name", ADMINS[PRODUCTION][1])
    person.fill("Password", PASSWORD)
    person.button("Sign in")
    person.fill("Code", app.code(1))
    person.button("Sign in")
    person.heading("Who you are")


def test_a_password_that_must_be_changed(stage: Stage) -> None:
    iam: Any = stage.world.client("iam", stage.keys[DEVELOPMENT])
    iam.create_user(UserName="Ann")
    iam.attach_user_policy(UserName="Ann", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.create_login_profile(UserName="Ann", Password=PASSWORD, PasswordResetRequired=True)
    iam.create_account_alias(AccountAlias="development-alias")
    ann = stage.person()
    ann.open("/signin/development-alias")
    ann.fill("User name", "Ann")
    ann.fill("Password", PASSWORD)
    ann.button("Sign in")
    ann.fill("New password", NEW)
    ann.fill("New password again", NEW)
    ann.button("Change password and sign in")
    ann.heading("Ann @ development-alias")


def test_sessions_side_by_side_and_what_signing_out_leaves(stage: Stage) -> None:
    person = stage.person()
    person.sign_in(PRODUCTION, ADMINS[PRODUCTION][1])
    person.identity("Sign in with another identity")
    person.sign_in(DEVELOPMENT, ADMINS[DEVELOPMENT][1])
    person.heading("dev-admin @ 1111-1111-1111")
    person.identity("prod-admin @ 9999-9999-9999")
    person.heading("prod-admin @ 9999-9999-9999")
    # Nothing that lets anybody in is in reach of scripts.
    stored = person.page.evaluate("JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])")
    assert "ASIA" not in stored and "SecretAccessKey" not in stored
    assert person.page.evaluate("document.cookie") == ""
    person.identity("Sign out")
    person.heading("dev-admin @ 1111-1111-1111")
    person.identity("Sign out")
    person.sees("Deputize is not affiliated with Amazon.")
    person.open("/iam/users")
    person.sees("Deputize is not affiliated with Amazon.")


def test_credentials_for_a_terminal(stage: Stage) -> None:
    person = stage.person()
    person.sign_in(PRODUCTION, ADMINS[PRODUCTION][1])
    person.identity("Credentials for a terminal")
    shown = person.dialog().locator("pre").first.inner_text()
    given = dict(line.removeprefix("export ").split("=", 1) for line in shown.splitlines())
    # The API's own address: on the console's port buckets are addressed by path alone.
    assert given["AWS_ENDPOINT_URL"] == stage.world.url
    keys = Keys(given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"], given["AWS_SESSION_TOKEN"])
    sts: Any = stage.world.client("sts", keys)
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{PRODUCTION}:user/{ADMINS[PRODUCTION][1]}"


def test_a_link_to_another_site_is_not_followed(stage: Stage) -> None:
    """T38: after signing in one is on a page of this console."""
    for evil in ("//evil.example/", "/\\evil.example", "https://evil.example", "javascript:alert(1)"):
        person = stage.person()
        person.open(f"/signin?next={evil}")
        person.fill("Account ID or alias", PRODUCTION)
        person.fill("User name", ADMINS[PRODUCTION][1])
        person.fill("Password", PASSWORD)
        person.button("Sign in")
        person.heading("Who you are")
        assert person.page.url == f"{stage.origin}/_console/"


def test_refusals_are_told_in_the_language_of_the_page(stage: Stage) -> None:
    stranger = stage.person(language="ko-KR")
    stranger.open("/signin")
    stranger.fill("계정 ID 또는 별칭", PRODUCTION)
    stranger.fill("사용자 이름", ADMINS[PRODUCTION][1])
    stranger.fill("암호", "wrong")
    with stranger.refused():
        stranger.button("로그인")
        stranger.sees("인증 정보가 올바르지 않습니다.")
    person = stage.visitor(language="ko-KR")
    person.go(f"/switchrole?account={DEVELOPMENT}&roleName=nobody")
    with person.refused():
        person.button("역할 전환", person.page.get_by_role("main"))
        person.sees("역할이 없거나 역할이 사용자를 허용하지 않습니다.")
