"""Each page: no serious fault that axe finds, nothing on the browser's console, in both modes, both languages
and on a phone.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.conformance.fix_tutorial import PRODUCTION, READ_WRITE, trust
from tests.console.fix_console import ADMINS, Person, Stage

AXE = Path("web/node_modules/axe-core/axe.min.js")
POLICY = "/iam/policies/arn%3Aaws%3Aiam%3A%3A999999999999%3Apolicy%2Fread-write"
PAGES = {
    "/": "Who you are",
    "/switchrole": "Switch role",
    "/iam/groups": "User groups",
    "/iam/groups/-/new": "Create group",
    "/iam/groups/Developers": "Summary",
    "/iam/groups/Developers/inline": "Policy editor",
    "/iam/users": "Users",
    "/iam/users/-/new": "User details",
    "/iam/users/David": "Summary",
    "/iam/users/David?tab=credentials": "Access keys",
    "/iam/users/David?tab=tags": "Tags",
    "/iam/users/David/attach": "Attach permissions policies",
    "/iam/roles": "Roles",
    "/iam/roles/-/new": "Trusted entity type",
    "/iam/roles/UpdateApp": "Summary",
    "/iam/roles/UpdateApp?tab=trust": "Trust",
    "/iam/roles/UpdateApp/trust": "Policy editor",
    "/iam/policies": "Policies",
    "/iam/policies/-/new": "Policy editor",
    POLICY: "What this policy says",
    f"{POLICY}?tab=versions": "Versions",
    f"{POLICY}/edit": "Policy editor",
    "/iam/providers": "Identity providers",
    "/iam/settings": "Account alias",
    "/s3": "Buckets",
    "/s3/-/new": "Create bucket",
    "/block-public-access": "Block Public Access settings for this account",
    "/s3/productionapp": "Objects",
    "/s3/productionapp?tab=properties": "Lifecycle rules",
    "/s3/productionapp?tab=permissions": "Access control list (ACL)",
    "/s3/productionapp?versions=all": "Objects",
    "/s3/productionapp/policy": "Policy editor",
    "/s3/productionapp/object?key=app.txt": "Object Lock",
    "/s3/productionapp/object?key=app.txt&tab=versions": "Versions",
    "/roles": "Roles I can switch to",
    "/security": "Security credentials",
    "/test": "Test policies",
    "/nowhere": "No such page",
}
# One statement with long names and two mistakes, and one with what the visual editor shows and cannot change.
WRITTEN = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject", "s3:ListAllMyBuckets", "s3:GetObjcet", "s3:Get*"],
            "Resource": [
                "arn:aws:s3:::productionapp/reports/2026/november/a-rather-long-name-of-a-report.csv",
                "arn:aws:s3:::productionapp",
            ],
            "Condition": {
                "StringEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5", "o-f6g7h8i9j0"]},
                "IpAddress": {"aws:SourceIp": "203.0.113.0/33"},
            },
        },
        {"Effect": "Deny", "NotAction": "iam:*", "NotResource": "*"},
    ],
}
BODY = b"<script>alert(1)</script>"
LONG = "a-role-with-a-name-that-is-as-long-as-names-can-be-in-this-world"


def fill(stage: Stage) -> None:
    """One of everything into Production."""
    admin = stage.keys[PRODUCTION]
    iam: Any = stage.world.client("iam", admin)
    iam.create_group(GroupName="Developers")
    iam.create_user(UserName="David")
    iam.add_user_to_group(GroupName="Developers", UserName="David")
    iam.create_access_key(UserName="David")
    iam.create_policy(PolicyName="read-write", PolicyDocument=json.dumps(READ_WRITE))
    for name in ("UpdateApp", LONG):
        iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=trust({"AWS": PRODUCTION}), Description=f"{name} " * 9
        )
    s3: Any = stage.world.client("s3", admin)
    s3.create_bucket(Bucket="productionapp")
    for key in ("app.txt", "reports/2026/november/a-rather-long-name-of-a-report.csv"):
        s3.put_object(Bucket="productionapp", Key=key, Body=b"x")


@pytest.fixture
def filled(stage: Stage) -> Stage:
    """Production with one of everything."""
    fill(stage)
    return stage


def faults(person: Person, rules: str = "") -> list[str]:
    """What axe finds that is serious, with the first element of each."""
    found = person.page.evaluate(f"axe.run(document, {{resultTypes: ['violations'], {rules}}})")
    return [
        f"{violation['id']}: {violation['help']}: {violation['nodes'][0]['html'][:200]}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
    ]


def faults_in_both_modes(person: Person) -> list[str]:
    """Colours are all that differs in the dark."""
    person.page.wait_for_load_state("networkidle")
    light = faults(person)
    person.page.evaluate("document.body.classList.add('awsui-dark-mode')")
    dark = faults(person, "runOnly: ['color-contrast']")
    person.page.evaluate("document.body.classList.remove('awsui-dark-mode')")
    return [*light, *(f"dark: {fault}" for fault in dark)]


@pytest.mark.slow
def test_no_serious_fault_of_accessibility(filled: Stage) -> None:
    person = filled.person()
    person.page.context.add_init_script(path=AXE)
    person.open("/signin")
    person.sees("Sign in")
    wrong = {"/signin": faults_in_both_modes(person)}
    person.sign_in(PRODUCTION, ADMINS[PRODUCTION][1])
    for path, heading in PAGES.items():
        person.go(path)
        person.heading(heading)
        wrong[path] = faults_in_both_modes(person)
    assert not any(wrong.values()), "\n".join(f"{path}: {one}" for path in wrong for one in wrong[path])


def test_axe_finds_what_is_wrong(stage: Stage) -> None:
    person = stage.person()
    person.page.context.add_init_script(path=AXE)
    person.open("/signin")
    person.sees("Sign in")
    person.page.evaluate("document.querySelector('img').removeAttribute('alt')")
    assert [fault.partition(":")[0] for fault in faults(person)] == ["image-alt"]


def width(person: Person) -> int:
    """How wide the page is, with what would have to be scrolled to."""
    return int(person.page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en-US", "ko-KR"])
def test_on_a_phone_nothing_is_wider_than_the_screen(filled: Stage, language: str) -> None:
    person = filled.visitor(width=375, language=language)
    wide = {}
    for path, heading in PAGES.items():
        person.go(path)
        if language == "en-US":
            person.heading(heading)
        person.page.wait_for_load_state("networkidle")
        wide[path] = width(person)
    assert {path: width for path, width in wide.items() if width > 375} == {}


def write_and_see(person: Person) -> None:
    """WRITTEN in the visual editor on a phone, in Korean, with the form that makes an ARN open."""

    def see(mode: str) -> None:
        person.page.get_by_role("button", name="편집기 모드").click()
        person.page.get_by_role("option", name=mode).click()

    person.go("/iam/policies/-/new")
    person.write_policy(json.dumps(WRITTEN))
    person.page.get_by_role("button", name="오류 (2)").wait_for()
    see("시각적")
    person.button("ARN 만들기")
    person.page.get_by_role("button", name="리소스 종류").click()
    person.page.get_by_role("option", name="accesspointobject").click()


def test_the_visual_editor_on_a_phone_in_korean(stage: Stage) -> None:
    person = stage.visitor(width=375, language="ko-KR")
    write_and_see(person)
    person.sees("arn:aws:s3:*:*:accesspoint/*/object/* 추가")
    assert width(person) <= 375
    second = person.page.get_by_role("group", name="문 2: 거부")
    expect(second.get_by_text("NotAction", exact=True)).to_be_visible()
    expect(second.get_by_text("iam:*", exact=True)).to_be_visible()
    expect(second.get_by_text("효과", exact=True).filter(visible=True)).to_have_count(1)


def test_what_is_called_new_has_a_page(stage: Stage) -> None:
    iam: Any = stage.world.client("iam", stage.keys[PRODUCTION])
    iam.create_user(UserName="new")
    s3: Any = stage.world.client("s3", stage.keys[PRODUCTION])
    s3.create_bucket(Bucket="new")
    person = stage.admin("/iam/users")
    person.link("new")
    person.heading("Summary")
    person.go("/s3")
    person.link("new")
    person.sees("No objects here.")


def test_names_are_text(filled: Stage) -> None:
    """T34: what others wrote is shown, never run."""
    script = "<img src=x onerror=alert(1)>"
    s3: Any = filled.world.client("s3", filled.keys[PRODUCTION])
    s3.put_object(Bucket="productionapp", Key=script, Body=BODY, ContentType="text/html")
    iam: Any = filled.world.client("iam", filled.keys[PRODUCTION])
    iam.update_role(RoleName="UpdateApp", Description=script)
    person = filled.person()
    person.sign_in(PRODUCTION, ADMINS[PRODUCTION][1])
    person.go("/iam/roles/UpdateApp")
    person.sees(script)
    person.go("/s3/productionapp")
    person.link(script)
    person.button("Preview")
    person.sees(BODY.decode())
