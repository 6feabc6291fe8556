"""The pages of identities, policies, providers and settings beyond the tutorial, used and refused."""

import json
from typing import Any

from playwright.sync_api import expect
from tests.conformance.fix_tutorial import DEVELOPMENT, PRODUCTION, READ_WRITE, trust
from tests.console.fix_console import Person, Stage
from tests.console.test_pages import POLICY
from tests.fix_saml import metadata
from tests.refusals import refused

READS = ("iam:Get*", "iam:List*")


def iam_of(stage: Stage) -> Any:
    return stage.world.client("iam", stage.keys[PRODUCTION])


def delete(person: Person, name: str) -> None:
    """By the button of its page, and its name."""
    person.button("Delete")
    person.dialog().get_by_placeholder(name).fill(name)
    person.button("Delete", person.dialog())
    expect(person.dialog()).to_have_count(0)


def test_a_user_s_keys_groups_and_end(stage: Stage) -> None:
    iam = iam_of(stage)
    iam.create_user(UserName="David")
    iam.create_group(GroupName="Developers")
    person = stage.admin("/iam/users/David?tab=credentials")
    person.button("Create access key")
    person.sees("This is the only time that the secret is shown.")
    with person.page.expect_download() as download:
        person.button("Download .csv", person.dialog())
    (key,) = iam.list_access_keys(UserName="David")["AccessKeyMetadata"]
    assert key["AccessKeyId"] in download.value.path().read_text()
    person.button("Done", person.dialog())
    person.choose(key["AccessKeyId"])
    person.button("Deactivate")
    person.sees("Inactive")
    person.choose(key["AccessKeyId"])
    person.button("Delete", person.panel("Access keys"))
    person.dialog().get_by_placeholder(key["AccessKeyId"]).fill(key["AccessKeyId"])
    person.button("Delete", person.dialog())
    person.sees("No access keys.")
    person.go("/iam/groups/Developers")
    person.tab("Users")
    person.button("Add users")
    person.dialog().get_by_role("row", name="David").locator("input").check()
    person.button("Add users", person.dialog())
    person.sees("Users (1)")
    delete(person, "Developers")
    person.sees("No groups.")
    person.go("/iam/users/David")
    person.heading("David")
    delete(person, "David")
    person.heading("Users (1)")
    assert refused(lambda: iam.get_user(UserName="David"))[0] == "NoSuchEntity"


def test_a_role_s_trust_and_a_policy_s_versions(stage: Stage) -> None:
    iam = iam_of(stage)
    iam.create_role(RoleName="UpdateApp", AssumeRolePolicyDocument=trust({"AWS": PRODUCTION}))
    iam.create_policy(PolicyName="read-write", PolicyDocument=json.dumps(READ_WRITE))
    person = stage.admin("/iam/roles/UpdateApp/trust")
    person.sees("Errors (0)")
    person.write_policy(json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]}))
    expect(person.page.get_by_text("Errors (0)")).to_have_count(0)
    expect(person.page.get_by_role("button", name="Save")).to_be_disabled()
    person.write_policy(trust({"AWS": DEVELOPMENT}))
    person.sees("Errors (0)")
    person.button("Save")
    person.tab("Trust relationships")
    person.sees(f"arn:aws:iam::{DEVELOPMENT}:root")
    delete(person, "UpdateApp")
    person.sees("No roles.")
    person.go(f"{POLICY}/edit")
    person.sees("Errors (0)")
    person.write_policy(json.dumps({**READ_WRITE, "Statement": READ_WRITE["Statement"][:1]}))
    person.sees("Errors (0)")
    person.button("Save")
    person.tab("Versions")
    person.choose("v1")
    person.button("Set as default")
    expect(person.page.get_by_role("row", name="v1")).to_contain_text("Default")
    arn = f"arn:aws:iam::{PRODUCTION}:policy/read-write"
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v1"
    delete(person, "read-write")
    person.heading("Policies")


def test_providers_settings_and_what_if(stage: Stage) -> None:
    iam = iam_of(stage)
    person = stage.admin("/iam/providers")
    person.button("Add provider")
    person.fill("Name", "Idp")
    person.fill("Metadata document", "<not-metadata/>")
    with person.refused():
        person.button("Add provider", person.dialog())
        expect(person.dialog().get_by_role("alert")).to_be_visible()
    person.fill("Metadata document", metadata())
    person.button("Add provider", person.dialog())
    person.sees("saml-provider/Idp")
    person.go("/iam/settings")
    person.button("Edit")
    person.dialog().get_by_label("Account alias").fill("production-alias")
    person.button("Save", person.dialog())
    person.sees("signin/production-alias")
    person.fill("Minimum length", "14")
    person.button("Save")
    expect(person.page.get_by_role("button", name="Save")).to_be_disabled()
    person.go("/test")
    person.fill("Actions", "s3:GetObject")
    person.button("Add: Actions")
    person.button("Run test")
    person.sees("AdministratorAccess, line")
    assert iam.list_account_aliases()["AccountAliases"] == ["production-alias"]


def test_whoever_may_not_read_is_told_why_on_each_page(stage: Stage) -> None:
    iam_of(stage).create_user(UserName="David")
    # The page of providers asks for two lists at once, and shows the refusal that comes first.
    person = stage.somebody("sts:GetCallerIdentity", "iam:ListOpenIDConnectProviders")
    pages = {
        "/iam/groups": "ListGroups",
        "/iam/users": "ListUsers",
        "/iam/users/David": "GetUser",
        "/iam/roles": "ListRoles",
        "/iam/policies": "ListPolicies",
        "/iam/providers": "ListSAMLProviders",
        "/iam/settings": "GetAccountPasswordPolicy",
        "/iam/users/Rita": "GetUser",
    }
    with person.refused():
        for page, operation in pages.items():
            person.go(page)
            person.sees(f"no identity-based policy allows the iam:{operation} action")


def test_whoever_may_only_read_is_told_what_is_missing(stage: Stage) -> None:
    iam_of(stage).create_user(UserName="David")
    stage.user("Rita", *READS)
    person = stage.person()
    with person.refused():
        person.sign_in(PRODUCTION, "Rita")
        person.go("/iam/users/David?tab=credentials")
        person.button("Create access key")
        person.sees("no identity-based policy allows the iam:CreateAccessKey action")
        person.sees("What to ask your administrator for")
        person.go("/iam/groups/-/new")
        person.fill("Group name", "Mine")
        person.button("Create group")
        person.sees("no identity-based policy allows the iam:CreateGroup action")
        person.go("/iam/users/David")
        person.button("Delete")
        person.dialog().get_by_placeholder("David").fill("David")
        person.button("Delete", person.dialog())
        person.sees("no identity-based policy allows the iam:")


def test_findings_are_told_in_the_language_of_the_page(stage: Stage) -> None:
    person = stage.admin("/iam/policies/-/new")
    slip = {"Effect": "Allow", "Action": "s3:GetObjcet", "Resource": "*"}
    person.write_policy(json.dumps({"Version": "2012-10-17", "Statement": [slip]}))
    person.sees("s3 has no action s3:GetObjcet. Did you mean s3:GetObject?")
    person.button("Language and appearance")
    person.page.get_by_role("menuitemcheckbox", name="한국어").click()
    person.sees("오류 (1)")
    person.sees("s3 서비스에 s3:GetObjcet 작업은 없습니다. s3:GetObject을(를) 의도했습니까?")
    person.write_policy(json.dumps({"Version": "2012-10-17", "Statement": [{**slip, "Effect": "Perhaps"}]}))
    person.sees("Perhaps 효과는 없습니다.")
