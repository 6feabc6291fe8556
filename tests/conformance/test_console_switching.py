"""Switching roles in the console: who may, what they become, and what those are told who may not."""

import json
from typing import Any

import pytest
from tests.conformance.browser import Browser, signed_in, user_signed_in
from tests.conformance.fix_tutorial import DEVELOPMENT, PRODUCTION, ROLE, Scene, assume, trust
from tests.fix_world import World
from tests.refusals import refused
from tests.state import unchanged

from deputize.console import switchable

OTHER_SIDE = "You cannot switch to this role: it does not exist, or it does not let you in."
OWN_SIDE = "Your own policies do not let you switch to this role."
SWITCH = {"account": PRODUCTION, "roleName": "UpdateApp", "displayName": "PRODUCTION", "color": "F2B0A9"}


@pytest.fixture
def browser(scene: Scene) -> Browser:
    return Browser(scene.world)


@pytest.fixture
def david(scene: Scene, browser: Browser) -> str:
    return user_signed_in(browser, scene.development, "David")


def details(browser: Browser, session: str, **members: Any) -> dict[str, Any]:
    """The details of a refused switch, which changes nothing."""
    with unchanged(browser.world):
        reply = browser.post("switch-role", session=session, **{**SWITCH, **members})
    assert reply.status == 403, reply
    found: dict[str, Any] = json.loads(reply.body)["error"]
    return {"message": found["message"], **found["details"]}


def records(world: World, account: str, name: str) -> list[dict[str, Any]]:
    """Of an account's audit. Refusals are noted with the next commit."""
    world.opened.store.write(lambda db: None).result()
    with world.opened.store.snapshot() as db:
        found = [dict(event.record) for event in db.events.page(account)]
    return [record for record in found if record["eventName"] == name]


def test_david_switches_and_goes_back(scene: Scene, browser: Browser, david: str) -> None:
    world = scene.world
    session = browser.call("switch-role", session=david, **SWITCH)["session"]
    expires = session.pop("expires")
    assert session == {
        "id": session["id"],
        "kind": "role",
        "name": "UpdateApp",
        "arn": f"arn:aws:sts::{PRODUCTION}:assumed-role/UpdateApp/David",
        "account": PRODUCTION,
        "displayName": "PRODUCTION",
        "color": "f2b0a9",
        "mfa": False,
        "base": {
            "name": "David",
            "arn": f"arn:aws:iam::{DEVELOPMENT}:user/David",
            "account": DEVELOPMENT,
            "session": david,
        },
    }
    assert expires == world.clock.as_datetime().strftime("%Y-%m-%dT") + expires[11:]
    assert browser.call("sessions")["current"] == session["id"]
    s3 = world.client("s3", browser.keys(session["id"]))
    s3.put_object(Bucket="productionapp", Key="app.txt", Body=b"1")
    assert refused(s3.list_objects_v2, Bucket="devapp")[0] == "AccessDenied"
    back = browser.call("switch-back", session=session["id"])["session"]
    assert (back["id"], back["kind"], back["name"]) == (david, "user", "David")
    assert refused(s3.list_objects_v2, Bucket="productionapp")[0] == "ExpiredToken"
    world.client("s3", browser.keys(david)).list_objects_v2(Bucket="devapp")
    assert browser.refused("switch-back", session=david)[:2] == (409, "NotSwitched")


def test_what_is_remembered_of_it(scene: Scene, browser: Browser, david: str) -> None:
    session = browser.call("switch-role", session=david, **SWITCH)["session"]
    browser.call("switch-back", session=session["id"])
    (assumed,) = records(scene.world, DEVELOPMENT, "AssumeRole")
    assert assumed["userIdentity"]["userName"] == "David"
    assert assumed["requestParameters"]["roleArn"] == ROLE
    for name in ("SwitchRole", "ExitRole"):
        (record,) = records(scene.world, PRODUCTION, name)
        assert record["eventType"] == "AwsConsoleSignIn"
        assert record["responseElements"] == {name: "Success"}
        assert record["userIdentity"]["arn"] == session["arn"]
        assert record["additionalEventData"]["SwitchFrom"] == session["base"]["arn"]


def test_the_account_may_be_named_by_its_alias_or_with_hyphens(
    scene: Scene, browser: Browser, david: str
) -> None:
    scene.world.client("iam", scene.production.admin).create_account_alias(AccountAlias="production")
    for account in ("production", "Production ", "9999-9999-9999"):
        switched = browser.call("switch-role", session=david, account=account, roleName="UpdateApp")
        session = switched["session"]
        assert (session["account"], session["accountAlias"]) == (PRODUCTION, "production")
        assert session["displayName"] == f"UpdateApp @ {PRODUCTION}"
        assert "color" not in session


def test_a_switch_within_a_role_is_the_user_s_own(scene: Scene, browser: Browser, david: str) -> None:
    """UpdateApp could not assume the other role; David can. No chaining: the role's own maximum counts."""
    other = scene.role("Other", trust({"AWS": DEVELOPMENT}), MaxSessionDuration=7200)
    scene.world.client("iam", scene.development.admin).put_user_policy(
        UserName="David", PolicyName="other", PolicyDocument=json.dumps(assume("Allow", other))
    )
    first = browser.call("switch-role", session=david, **SWITCH)["session"]
    second = browser.call("switch-role", session=first["id"], account=PRODUCTION, roleName="Other")["session"]
    assert second["base"]["session"] == david
    assert {one["id"] for one in browser.call("sessions")["sessions"]} == {david, second["id"]}
    scene.world.clock.advance(7199)
    keys = browser.keys(second["id"])
    assert scene.world.client("sts", keys).get_caller_identity()["Arn"] == second["arn"]
    scene.world.clock.advance(1)
    assert browser.refused("credentials", session=second["id"])[1] == "SignedOut"
    assert browser.refused("credentials", session=first["id"])[1] == "SignedOut"
    browser.call("credentials", session=david)


def test_a_role_ends_with_the_session_it_was_switched_to_from(
    scene: Scene, browser: Browser, david: str
) -> None:
    scene.role("Long", trust({"AWS": DEVELOPMENT}), MaxSessionDuration=12 * 3600)
    scene.world.clock.advance(11 * 3600 + 1800)
    session = browser.call("switch-role", session=david, account=PRODUCTION, roleName="Long")["session"]
    scene.world.clock.advance(1790)
    keys = browser.keys(session["id"])
    scene.world.clock.advance(10)
    assert refused(scene.world.client("sts", keys).get_caller_identity)[0] == "ExpiredToken"


def test_signing_out_ends_the_roles_too(scene: Scene, browser: Browser, david: str) -> None:
    session = browser.call("switch-role", session=david, **SWITCH)["session"]
    keys = browser.keys(session["id"])
    kept = dict(browser.cookies)
    browser.call("sign-out", session=david)
    assert browser.cookies == {}
    browser.cookies = kept
    assert refused(scene.world.client("sts", keys).get_caller_identity)[0] == "ExpiredToken"
    assert browser.refused("credentials", session=session["id"])[1] == "SignedOut"


def test_signing_out_of_a_role_leaves_who_signed_in(scene: Scene, browser: Browser, david: str) -> None:
    session = browser.call("switch-role", session=david, **SWITCH)["session"]
    browser.call("sign-out", session=session["id"])
    assert [one["id"] for one in browser.call("sessions")["sessions"]] == [david]


def test_the_next_credentials_need_the_right_again(scene: Scene, browser: Browser, david: str) -> None:
    session = browser.call("switch-role", session=david, **SWITCH)["session"]
    browser.keys(session["id"])
    iam = scene.world.client("iam", scene.production.admin)
    iam.update_assume_role_policy(RoleName="UpdateApp", PolicyDocument=trust({"AWS": PRODUCTION}))
    assert browser.refused("credentials", session=session["id"])[:2] == (403, "AccessDenied")


def test_jane_is_told_which_of_her_policies_denies(scene: Scene, browser: Browser) -> None:
    jane = user_signed_in(browser, scene.development, "Jane")
    told = details(browser, jane)
    assert told["message"] == OWN_SIDE
    assert told["own"] == [
        {
            "layer": "identity-based policy",
            "effect": "deny",
            "policy": "deny-assume-S3-role-in-production",
            "group": "Testers",
            "statement": 1,
            "message": "deny-assume-S3-role-in-production of the group Testers, statement 1, denies it.",
        }
    ]
    assert "external ID" in told["advice"]
    (record,) = records(scene.world, DEVELOPMENT, "AssumeRole")
    assert record["errorCode"] == "AccessDenied"


def test_who_has_no_policy_is_told_so(scene: Scene, browser: Browser) -> None:
    scene.world.user(scene.development, "Nobody")
    told = details(browser, user_signed_in(browser, scene.development, "Nobody"))
    assert told["message"] == OWN_SIDE
    (own,) = told["own"]
    assert own["effect"] == "silent"
    assert own["message"] == f"No identity-based policy of yours allows sts:AssumeRole on {ROLE}."


def test_a_policy_of_one_s_own_and_a_managed_one(scene: Scene, browser: Browser, david: str) -> None:
    """Each statement that denies is told, with where it comes from."""
    iam = scene.world.client("iam", scene.development.admin)
    document = {
        "Version": "2012-10-17",
        "Statement": [assume("Allow")["Statement"], assume("Deny")["Statement"]],
    }
    iam.put_user_policy(UserName="David", PolicyName="own", PolicyDocument=json.dumps(document))
    managed = iam.create_policy(PolicyName="managed", PolicyDocument=json.dumps(assume("Deny")))["Policy"][
        "Arn"
    ]
    iam.attach_group_policy(GroupName="Developers", PolicyArn=managed)
    told = details(browser, david)
    assert {one["message"] for one in told["own"]} == {
        "own, statement 2, denies it.",
        "managed of the group Developers, statement 1, denies it.",
    }
    assert {one.get("arn") for one in told["own"]} == {None, managed}
    assert {one.get("group") for one in told["own"]} == {None, "Developers"}


def test_a_boundary_that_does_not_allow_it(scene: Scene, browser: Browser, david: str) -> None:
    scene.world.client("iam", scene.development.admin).put_user_permissions_boundary(
        UserName="David", PermissionsBoundary="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    )
    (own,) = details(browser, david)["own"]
    assert own["message"] == f"No permissions boundary of yours allows sts:AssumeRole on {ROLE}."


def test_all_reasons_of_the_other_side_are_one(scene: Scene, browser: Browser, david: str) -> None:
    """Missing roles and accounts, silent trust, a Deny, an external ID, MFA: the same, byte for byte."""
    scene.role("Vendor", trust({"AWS": PRODUCTION}))
    scene.role("ExternalId", trust({"AWS": DEVELOPMENT}, {"StringEquals": {"sts:ExternalId": "1"}}))
    scene.role("Mfa", trust({"AWS": DEVELOPMENT}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}))
    scene.role("Denies", trust({"AWS": DEVELOPMENT}, effect="Deny"))
    answers = {
        json.dumps(details(browser, david, account=account, roleName=name))
        for account, name in (
            (PRODUCTION, "Vendor"),
            (PRODUCTION, "ExternalId"),
            (PRODUCTION, "Mfa"),
            (PRODUCTION, "Denies"),
            (PRODUCTION, "Missing"),
            (PRODUCTION, "some/path/UpdateApp"),
            ("000000000001", "UpdateApp"),
            ("no-such-alias", "UpdateApp"),
        )
    }
    assert len(answers) == 1
    told = json.loads(answers.pop())
    assert (told["message"], told["own"]) == (OTHER_SIDE, [])
    assert "trace" not in told


def test_mfa_at_sign_in_opens_roles_that_ask_for_it(scene: Scene, browser: Browser) -> None:
    scene.role("Mfa", trust({"AWS": DEVELOPMENT}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}))
    session = user_signed_in(browser, scene.development, "David", mfa=True)
    switched = browser.call("switch-role", session=session, account=PRODUCTION, roleName="Mfa")["session"]
    assert switched["mfa"] is True
    browser.keys(switched["id"])


def test_who_may_read_the_role_sees_its_side(scene: Scene, browser: Browser) -> None:
    scene.role("Silent", trust({"AWS": PRODUCTION}), scene.development)
    with_rights = user_signed_in(browser, scene.development, "admin")
    told = details(browser, with_rights, account=DEVELOPMENT, roleName="Silent")
    assert told["message"] == OTHER_SIDE
    layers = {layer["layer"]: layer["verdict"] for layer in told["trace"]}
    assert (layers["identity policies"], layers["trust policy"]) == ("allows", "silent")
    david = user_signed_in(browser, scene.development, "David")  # PowerUserAccess leaves IAM out
    assert "trace" not in details(browser, david, account=DEVELOPMENT, roleName="Silent")


def test_the_root_user_cannot(scene: Scene, browser: Browser) -> None:
    root = signed_in(browser, DEVELOPMENT, DEVELOPMENT, "root")
    with unchanged(scene.world):
        answer = browser.refused("switch-role", session=root, **SWITCH)
    assert answer == (403, "AccessDenied", "Roles may not be assumed by root accounts.")


def test_other_partitions_cannot_be_reached(scene: Scene, browser: Browser, david: str) -> None:
    china = scene.world.account("China", partition="aws-cn")
    iam = scene.world.client("iam", china.admin, region="cn-north-1")
    iam.create_account_alias(AccountAlias="china")
    iam.create_role(RoleName="UpdateApp", AssumeRolePolicyDocument=trust({"AWS": china.id}))
    for account in (china.id, "china"):
        assert details(browser, david, account=account)["message"] in (OTHER_SIDE, OWN_SIDE)


def test_forms_that_are_none(scene: Scene, browser: Browser, david: str) -> None:
    with unchanged(scene.world):
        for members in (
            {"roleName": ""},
            {"roleName": "a" * 65},
            {"roleName": "/UpdateApp"},
            {"roleName": "path/"},
            {"roleName": "Update App"},
            {"roleName": "<img>"},
            {"roleName": None},
            {"account": None},
            {"account": 1},
            {"displayName": "x" * 65},
            {"displayName": "a\nb"},
            {"displayName": ["x"]},
        ):
            answer = browser.refused("switch-role", session=david, **{**SWITCH, **members})
            assert answer[:2] == (400, "InvalidRequest"), members


def test_unknown_colours_are_passed_over_and_names_are_kept_as_they_are(
    scene: Scene, browser: Browser, david: str
) -> None:
    for color in ("red", "123456", "#zzz", "x" * 64):
        switched = browser.call("switch-role", session=david, **{**SWITCH, "color": color})["session"]
        assert "color" not in switched
        browser.call("switch-back", session=switched["id"])
    name = "생산 <img src=x onerror=alert(1)>"
    members = {**SWITCH, "displayName": name, "color": "#83D4E8"}
    switched = browser.call("switch-role", session=david, **members)["session"]
    assert (switched["displayName"], switched["color"]) == (name, "83d4e8")


def test_the_history_is_the_last_five_of_this_identity(scene: Scene, browser: Browser, david: str) -> None:
    for number in range(6):
        scene.role(f"R{number}", trust({"AWS": DEVELOPMENT}))
        members = {"account": PRODUCTION, "roleName": f"R{number}", "displayName": f"Role {number}"}
        session = browser.call("switch-role", session=david, **members)["session"]
        browser.call("switch-back", session=session["id"])
    again = browser.call("switch-role", session=david, account=PRODUCTION, roleName="R3")["session"]
    found = browser.call("history", session=again["id"])["roles"]
    assert [role["roleName"] for role in found] == ["R3", "R5", "R4", "R2", "R1"]
    assert found[1] == {"account": PRODUCTION, "roleName": "R5", "displayName": "Role 5"}
    assert found[0]["displayName"] == f"R3 @ {PRODUCTION}"
    admin = user_signed_in(browser, scene.development, "admin")
    assert browser.call("history", session=admin) == {"roles": []}


def test_a_browser_has_at_most_ten_sessions(scene: Scene, browser: Browser, david: str) -> None:
    for _ in range(9):
        browser.call("switch-role", session=david, **SWITCH)
    with unchanged(scene.world):
        assert browser.refused("switch-role", session=david, **SWITCH)[:2] == (409, "TooManySessions")


class TestRolesThatOneCanSwitchTo:
    def names(self, browser: Browser, session: str) -> list[str]:
        found = browser.call("roles", session=session)
        assert found["more"] is False
        return [role["roleName"] for role in found["roles"]]

    def test_only_those_that_open_are_told(self, scene: Scene, browser: Browser, david: str) -> None:
        by_name = f"arn:aws:iam::{DEVELOPMENT}:user/David"
        scene.role("ByName", trust({"AWS": by_name}), Path="/of/david/")
        scene.role("Everybody", trust({"AWS": "*"}))
        scene.role("Vendor", trust({"AWS": PRODUCTION}))
        scene.role("ExternalId", trust({"AWS": DEVELOPMENT}, {"StringEquals": {"sts:ExternalId": "1"}}))
        scene.role("Mfa", trust({"AWS": DEVELOPMENT}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}))
        scene.role("Denies", trust({"AWS": DEVELOPMENT}, effect="Deny"))
        scene.role("AtHome", trust({"AWS": DEVELOPMENT}), scene.development)
        expected = ["AtHome", "Everybody", "UpdateApp", "of/david/ByName"]
        assert sorted(self.names(browser, david)) == sorted(expected)
        with_mfa = user_signed_in(browser, scene.development, "David", mfa=True)
        assert sorted(self.names(browser, with_mfa)) == sorted([*expected, "Mfa"])
        for role in browser.call("roles", session=david)["roles"]:
            members = {"account": role["account"], "roleName": role["roleName"]}
            browser.call("switch-role", session=david, **members)

    def test_in_a_role_they_are_still_one_s_own(self, scene: Scene, browser: Browser, david: str) -> None:
        session = browser.call("switch-role", session=david, **SWITCH)["session"]
        (role,) = browser.call("roles", session=session["id"])["roles"]
        assert role == {"arn": ROLE, "account": PRODUCTION, "roleName": "UpdateApp"}

    def test_those_who_are_refused_see_none(self, scene: Scene, browser: Browser) -> None:
        scene.world.user(scene.development, "Nobody")
        for name in ("Jane", "Nobody"):
            assert self.names(browser, user_signed_in(browser, scene.development, name)) == []
        assert self.names(browser, signed_in(browser, DEVELOPMENT, DEVELOPMENT, "root")) == []

    def test_changes_are_seen_at_once(self, scene: Scene, browser: Browser, david: str) -> None:
        assert self.names(browser, david) == ["UpdateApp"]
        iam = scene.world.client("iam", scene.production.admin)
        iam.update_assume_role_policy(RoleName="UpdateApp", PolicyDocument=trust({"AWS": PRODUCTION}))
        assert self.names(browser, david) == []
        scene.role("Another", trust({"AWS": DEVELOPMENT}))
        assert self.names(browser, david) == ["Another"]

    def test_there_may_be_more_than_are_told(
        self, scene: Scene, browser: Browser, david: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(switchable, "TOLD", 1)
        for name in ("One", "Two"):
            scene.role(name, trust({"AWS": DEVELOPMENT}))
        found = browser.call("roles", session=david)
        assert ([role["roleName"] for role in found["roles"]], found["more"]) == (["One"], True)
