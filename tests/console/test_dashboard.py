"""What the first page finds dangerous in an account, and where it leads."""

from typing import Any

from playwright.sync_api import expect
from tests.conformance.fix_tutorial import PRODUCTION
from tests.console.fix_console import ADMINS, PASSWORD, Stage

DAY = 24 * 3600


def test_credentials_that_are_dangerous_or_serve_nobody(stage: Stage) -> None:
    iam: Any = stage.world.client("iam", stage.keys[PRODUCTION])
    for name in ("Ann,with-a-comma", "Bob"):
        iam.create_user(UserName=name)
    iam.create_login_profile(UserName="Bob", Password=PASSWORD)
    iam.create_access_key(UserName="Ann,with-a-comma")
    stage.world.clock.now += 91 * DAY
    person = stage.person()
    person.page.clock.install(time=stage.world.clock.now)
    person.sign_in(PRODUCTION, ADMINS[PRODUCTION][1])
    person.sees("The root user has no access keys")
    person.sees("Console password without multi-factor authentication: 2")
    person.sees("Users whose console password was never used: 1")
    person.button("Users with an active access key that has been idle for 90 days: 2")
    person.link("Ann,with-a-comma")
    person.heading("Ann,with-a-comma")
    expect(person.page.get_by_role("tab", name="Security credentials")).to_have_attribute(
        "aria-selected", "true"
    )
    person.heading("Access keys")


def test_whoever_may_not_read_the_report_is_told_so(stage: Stage) -> None:
    stage.user("Rita", "iam:GetAccountSummary")
    person = stage.person()
    with person.refused():
        person.sign_in(PRODUCTION, "Rita")
        person.sees("The root user has no multi-factor authentication")
        person.sees("no identity-based policy allows the iam:GenerateCredentialReport action")
