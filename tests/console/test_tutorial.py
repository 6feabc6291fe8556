"""The delegation tutorial by clicks alone, from the first to the last; only the accounts are there before."""

import json

from playwright.sync_api import FilePayload, expect
from tests.conformance.fix_tutorial import DEVELOPMENT, PRODUCTION, READ_WRITE, ROLE, assume
from tests.console.fix_console import PASSWORD, Person, Stage

LINK = f"/switchrole?account={PRODUCTION}&roleName=UpdateApp"
OBJECT: FilePayload = {"name": "app.txt", "mimeType": "text/plain", "buffer": b"Hello from David\n"}


def the_bucket(admin: Person) -> None:
    admin.link("Buckets")
    admin.sees("No buckets. Create one to store objects.")
    admin.link("Create bucket")
    admin.fill("Bucket name", "productionapp")
    admin.shot("03-create-bucket")
    admin.button("Create bucket")
    admin.sees("No objects here. Upload some.")


def the_policy(admin: Person) -> None:
    admin.link("Policies")
    admin.link("Create policy")
    admin.write_policy(json.dumps(READ_WRITE, indent=2))
    admin.sees("Errors (0)")
    admin.shot("04-policy-json")
    admin.page.get_by_role("button", name="Visual").click()
    admin.sees("Statement 2: Allow")
    admin.sees("s3:ListBucket, s3:GetBucketLocation")
    admin.shot("05-policy-visual")
    admin.button("Next")
    admin.fill("Policy name", "read-write-app-bucket")
    admin.sees("Limited: Read, Limited: Write")
    admin.shot("06-policy-review")
    admin.button("Create policy")
    admin.heading("read-write-app-bucket")


def the_role(admin: Person) -> None:
    admin.link("Roles")
    admin.link("Create role")
    admin.page.get_by_label("Another AWS account").check()
    admin.fill("Account ID", DEVELOPMENT)
    admin.shot("07-role-trusted")
    admin.button("Next")
    admin.page.get_by_role("button", name="Filter by type").click()
    admin.page.get_by_role("option", name="Customer managed").click()
    admin.choose("read-write-app-bucket")
    admin.shot("08-role-permissions")
    admin.button("Next")
    admin.fill("Role name", "UpdateApp")
    admin.shot("09-role-review")
    admin.button("Create role")
    admin.sees("The role UpdateApp was created")
    admin.sees(f"_console{LINK}")
    admin.shot("10-role-link")
    admin.link("View role")
    admin.sees(ROLE)
    admin.tab("Trust relationships")
    admin.sees(f"arn:aws:iam::{DEVELOPMENT}:root")
    admin.shot("11-role")


def an_account_that_does_not_exist(admin: Person) -> None:
    admin.open("/iam/roles/-/new")
    admin.page.get_by_label("Another AWS account").check()
    admin.fill("Account ID", "222222222222")
    admin.button("Next")
    admin.button("Next")
    admin.fill("Role name", "Nobody")
    with admin.refused():
        admin.button("Create role")
        admin.sees("Invalid principal in policy")
    admin.open("/iam/roles?q=Nobody")
    admin.sees("Nothing matches.")


def a_group(admin: Person, name: str) -> None:
    admin.open("/iam/groups/-/new")
    admin.fill("Group name", name)
    admin.page.get_by_placeholder("Search").fill("PowerUserAccess")
    admin.choose("PowerUserAccess")
    admin.button("Create group")
    admin.heading(name)


def a_user(admin: Person, name: str, group: str) -> None:
    admin.open("/iam/users/-/new")
    admin.fill("User name", name)
    admin.page.get_by_label("May sign in to the console").check()
    admin.fill("Password", PASSWORD)
    admin.page.get_by_label("Must change the password at the next sign-in").uncheck()
    admin.button("Next")
    admin.choose(group)
    admin.button("Next")
    admin.button("Create user")
    admin.heading(name)


def an_inline_policy(admin: Person, group: str, name: str, effect: str) -> None:
    admin.open("/iam/groups")
    admin.link(group)
    admin.link("Create inline policy")
    admin.fill("Policy name", name)
    admin.write_policy(json.dumps(assume(effect), indent=2))
    admin.sees("Errors (0)")
    admin.shot(f"12-group-{group.lower()}")
    admin.button("Save")
    admin.link(name)
    admin.sees("AssumeRole")


def power_user(person: Person, name: str) -> None:
    """Signed in; power users see nothing of IAM."""
    with person.refused():
        person.sign_in(DEVELOPMENT, name)
        person.sees("You may not see this account's summary")


def in_production(david: Person) -> None:
    """On the dashboard, as the role, which may not see the account's summary."""
    expect(david.page.locator(".identity-colored")).to_contain_text("PRODUCTION")
    david.heading("PRODUCTION")
    david.sees("You may not see this account's summary")


def david_by_form(david: Person) -> None:
    david.identity("Switch role")
    david.sees("Switching roles lets you manage resources of other accounts")
    david.shot("13-switch-introduction")
    david.button("Switch role")
    david.fill("Account ID or alias", PRODUCTION)
    david.fill("IAM role name", "UpdateApp")
    david.fill("Display name - optional", "PRODUCTION")
    david.page.get_by_role("button", name="Display color").click()
    david.page.get_by_role("option", name="Red").click()
    david.shot("14-switch-form")
    with david.refused():
        david.button("Switch role")
        in_production(david)
    david.shot("15-in-production")


def david_works(david: Person) -> None:
    david.link("Buckets")
    david.link("productionapp")
    david.button("Upload")
    david.page.locator("input[type=file]").set_input_files([OBJECT])
    david.button("Upload", david.page.get_by_role("dialog"))
    with david.refused():
        david.link("app.txt")
        david.button("Preview")
        david.sees("Hello from David")
        david.shot("16-object")
        # The role was not given what the rest of the page shows.
        david.sees("no identity-based policy allows the s3:GetObjectTagging action")
    david.link("productionapp")
    david.choose("app.txt")
    with david.page.expect_download() as download:
        david.button("Download")
    assert download.value.path().read_bytes() == OBJECT["buffer"]
    with david.refused():
        david.link("Users")
        david.sees("You are not allowed to do this")
        david.sees("no identity-based policy allows the iam:ListUsers action")
        david.button("Show the whole decision")
        david.sees("You may not read all policies that took part")
        david.shot("17-refused-in-production")
        david.open("/s3/devapp")
        david.sees("No identity-based policy of yours allows s3:ListBucket on arn:aws:s3:::devapp.")


def david_back_and_again(david: Person) -> None:
    with david.refused():
        david.open("/")
        in_production(david)
        david.identity("Back to David")
        david.heading("David @ 1111-1111-1111")
        david.sees("You may not see this account's summary")
    david.open("/s3/devapp")
    david.sees("No objects here. Upload some.")
    with david.refused():
        david.open("/s3/productionapp")
        david.sees("The owner of the resource does not say")
        david.identity("PRODUCTION")
        in_production(david)
    david.open("/s3/productionapp")
    david.sees("app.txt")
    david.page.locator(".identity button").first.click()
    david.sees("Back to David @ 111111111111")
    david.shot("18-identity-menu")
    david.page.keyboard.press("Escape")


def david_by_link(david: Person) -> None:
    david.open(f"{LINK}&displayName=PRODUCTION&color=f2b0a9")
    expect(david.page.get_by_label("IAM role name")).to_have_value("UpdateApp")
    expect(david.page.locator(".identity-colored")).to_have_count(0)
    with david.refused():
        david.button("Switch role")
        in_production(david)


def refused_to_switch(person: Person, *says: str) -> None:
    person.open(LINK)
    with person.refused():
        person.button("Switch role")
        person.sees("You could not switch to this role")
        for words in says:
            person.sees(words)


def test_the_tutorial_by_clicks(stage: Stage) -> None:
    production = stage.person()
    production.open("/signin")
    production.sees("Deputize is not affiliated with Amazon.")
    production.shot("01-sign-in")
    production.sign_in(PRODUCTION, "prod-admin")
    production.button("Open the guide")
    production.sees("Production's bucket")
    production.shot("02-guide")
    production.button("Close the guide")
    the_bucket(production)
    the_policy(production)
    the_role(production)
    an_account_that_does_not_exist(production)

    development = stage.person()
    development.sign_in(DEVELOPMENT, "dev-admin")
    development.link("Buckets")
    development.link("Create bucket")
    development.fill("Bucket name", "devapp")
    development.button("Create bucket")
    development.sees("No objects here. Upload some.")
    for user, group, effect in (("David", "Developers", "Allow"), ("Jane", "Testers", "Deny")):
        a_group(development, group)
        a_user(development, user, group)
        an_inline_policy(development, group, f"{effect.lower()}-assume-S3-role-in-production", effect)

    david = stage.person()
    power_user(david, "David")
    david_by_form(david)
    david_works(david)
    david_back_and_again(david)
    with david.refused():
        david.identity("Back to David")
        david.heading("David @ 1111-1111-1111")
        david.sees("You may not see this account's summary")
    david_by_link(david)

    jane = stage.person()
    power_user(jane, "Jane")
    refused_to_switch(jane, "deny-assume-S3-role-in-production", "A role that demands an external ID")
    jane.shot("19-jane-refused")

    korean = stage.person(dark=True, language="ko-KR")
    korean.open("/signin")
    korean.sees("Deputize는 Amazon과 관련이 없습니다.")
    korean.shot("20-korean-dark")

    root = stage.person()
    root.open("/signin")
    root.page.get_by_role("button", name="Root user").click()
    root.fill("Root user's e-mail address", "development@example.invalid")
    root.fill("Password", PASSWORD)
    root.button("Sign in")
    root.heading("Who you are")
    refused_to_switch(root, "Roles may not be assumed by root accounts.")
