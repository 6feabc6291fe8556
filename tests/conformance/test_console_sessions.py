"""Sessions of the console: their cookies, their credentials, and how they end."""

import json

import pytest
from botocore.exceptions import ClientError
from tests.conformance.browser import OWN, Browser, signed_in, user_signed_in
from tests.fix_world import Keys, World
from tests.refusals import refused
from tests.state import unchanged

from deputize import app


@pytest.fixture
def browser(world: World) -> Browser:
    return Browser(world)


def caller(world: World, keys: Keys) -> str:
    arn: str = world.client("sts", keys).get_caller_identity()["Arn"]
    return arn


def test_a_browser_without_cookies_has_no_session(browser: Browser) -> None:
    assert browser.call("sessions") == {"sessions": []}
    for call in ("credentials", "switch-role", "switch-back", "history", "sign-out"):
        assert browser.refused(call, session="0" * 32)[:2] == (401, "SignedOut"), call
        assert browser.refused(call)[:2] == (400, "InvalidRequest"), call


def test_a_user_is_told_with_account_alias_and_time(world: World, browser: Browser) -> None:
    account = world.account("Development")
    world.client("iam", account.admin).create_account_alias(AccountAlias="dev")
    session = user_signed_in(browser, account, "admin", mfa=True)
    (told,) = browser.call("sessions")["sessions"]
    assert told == {
        "id": session,
        "kind": "user",
        "name": "admin",
        "arn": f"arn:aws:iam::{account.id}:user/admin",
        "account": account.id,
        "accountAlias": "dev",
        "mfa": True,
        "expires": told["expires"],
    }
    assert browser.call("sessions")["current"] == session


def test_several_sessions_side_by_side_the_latest_is_current(world: World, browser: Browser) -> None:
    one, other = world.account("One"), world.account("Other")
    first = user_signed_in(browser, one, "admin")
    world.clock.advance(1)
    second = signed_in(browser, other.id, other.id, "root")
    told = browser.call("sessions")
    assert [session["id"] for session in told["sessions"]] == [second, first]
    assert told["current"] == second
    assert told["sessions"][0]["kind"] == "root"
    assert caller(world, browser.keys(first)) == f"arn:aws:iam::{one.id}:user/admin"
    assert caller(world, browser.keys(second)) == f"arn:aws:iam::{other.id}:root"


def test_credentials_are_short_lived_and_may_manage_iam(world: World, browser: Browser) -> None:
    account = world.account("Development")
    session = user_signed_in(browser, account, "admin")
    found = browser.call("credentials", session=session)
    assert found["accessKeyId"].startswith("ASIA")
    assert found["endpoint"] == world.url
    assert found["region"] == "us-east-1"
    keys = Keys(found["accessKeyId"], found["secretAccessKey"], found["sessionToken"])
    world.client("iam", keys).create_user(UserName="made-in-the-console")
    assert refused(world.client("sts", keys).get_session_token)[0] == "AccessDenied"
    world.clock.advance(899)
    world.client("iam", keys).list_users()
    world.clock.advance(2)
    assert refused(world.client("iam", keys).list_users)[0] == "ExpiredToken"
    world.client("iam", browser.keys(session)).list_users()


def test_rights_are_asked_of_the_records_now(world: World, browser: Browser) -> None:
    account = world.account("Development")
    session = user_signed_in(browser, account, "admin")
    keys = browser.keys(session)
    world.client("iam", account.root).detach_user_policy(
        UserName="admin", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    assert refused(world.client("iam", keys).list_users)[0] == "AccessDenied"


def test_the_sign_in_s_mfa_counts(world: World, browser: Browser) -> None:
    account = world.account("Development")
    needs_mfa = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "iam:ListUsers",
            "Resource": "*",
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        },
    }
    world.user(account, "jane", needs_mfa)
    without = user_signed_in(browser, account, "jane")
    assert refused(world.client("iam", browser.keys(without)).list_users)[0] == "AccessDenied"
    with_mfa = user_signed_in(browser, account, "jane", mfa=True)
    world.client("iam", browser.keys(with_mfa)).list_users()


def test_signing_out_ends_credentials_at_once(world: World, browser: Browser) -> None:
    account = world.account("Development")
    session = user_signed_in(browser, account, "admin")
    keys = browser.keys(session)
    iam, s3 = world.client("iam", keys), world.client("s3", keys)
    iam.list_users()
    s3.list_buckets()
    assert browser.call("sign-out", session=session) == {}
    assert browser.cookies == {}
    assert refused(iam.list_users) == (
        "ExpiredToken",
        "The security token included in the request is expired",
        403,
    )
    assert refused(s3.list_buckets)[0] == "ExpiredToken"


def test_a_session_that_ended_stays_so_for_those_who_kept_its_cookie(world: World, browser: Browser) -> None:
    account = world.account("Development")
    session = user_signed_in(browser, account, "admin")
    kept = dict(browser.cookies)
    browser.call("sign-out", session=session)
    browser.cookies = kept
    assert browser.refused("credentials", session=session)[1] == "SignedOut"
    assert browser.call("sessions") == {"sessions": []}


def test_a_session_lasts_twelve_hours_and_its_last_credentials_no_longer(
    world: World, browser: Browser
) -> None:
    session = user_signed_in(browser, world.account("Development"), "admin")
    world.clock.advance(12 * 3600 - 60)
    keys = browser.keys(session)
    world.clock.advance(59)
    world.client("iam", keys).list_users()
    world.clock.advance(1)
    assert refused(world.client("iam", keys).list_users)[0] == "ExpiredToken"
    assert browser.refused("credentials", session=session)[1] == "SignedOut"


def test_a_deleted_user_s_session_is_over(world: World, browser: Browser) -> None:
    account = world.account("Development")
    world.client("iam", account.admin).create_user(UserName="gone")
    session = user_signed_in(browser, account, "gone")
    world.client("iam", account.admin).delete_user(UserName="gone")
    switch = {"account": account.id, "roleName": "Role"}
    for call in ("credentials", "switch-role", "roles", "explain"):
        refusal = browser.refused(call, session=session, requestId="0" * 16, **switch)
        assert refusal[:2] == (401, "SignedOut"), call
    assert browser.call("sessions") == {"sessions": []}


def test_one_browser_s_session_is_no_other_s(world: World, browser: Browser) -> None:
    """The id is no secret: the cookie is."""
    session = user_signed_in(browser, world.account("Development"), "admin")
    other = Browser(world)
    (name,) = browser.cookies
    for value in ("", "x", "A" * 43, browser.cookies[name][:-1], browser.cookies[name] + "A"):
        other.cookies = {name: value}
        assert other.refused("credentials", session=session)[1] == "SignedOut"
    other.cookies = {name.replace(str(world.console_port), "1"): browser.cookies[name]}
    assert other.refused("credentials", session=session)[1] == "SignedOut"


def test_calls_of_the_console_are_marked_in_the_audit(world: World, browser: Browser) -> None:
    account = world.account("Development")
    session = user_signed_in(browser, account, "admin", mfa=True)
    world.client("iam", browser.keys(session)).create_user(UserName="noted")
    with world.opened.store.snapshot() as db:
        record = next(
            event.record for event in db.events.page(account.id) if event.record["eventName"] == "CreateUser"
        )
    assert record["sessionCredentialFromConsole"] == "true"
    assert record["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"] == "true"
    assert record["userIdentity"]["type"] == "IAMUser"


def test_what_is_no_call_changes_nothing(world: World, browser: Browser) -> None:
    session = user_signed_in(browser, world.account("Development"), "admin")
    headers = {"Origin": browser.origin, **OWN}
    with unchanged(world):
        for body in (b"", b"{", b"[]", b'"text"', b"[" * 60_000, b"\xff", b'{"session": 1}', b"{}"):
            reply = browser.send("POST", "/_console/api/sign-out", body, headers)
            assert (reply.status, json.loads(reply.body)["error"]["code"]) == (400, "InvalidRequest")
        long = json.dumps({"session": session + " " * 64 * 1024}).encode()
        assert browser.send("POST", "/_console/api/sign-out", long, headers).status == 413
        assert browser.send("GET", "/_console/api/sign-out", headers=headers).status == 405


def test_role_sessions_made_with_a_session_s_credentials_end_with_it(world: World, browser: Browser) -> None:
    account = world.account("Development")
    trust = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": {"AWS": account.id}, "Action": "sts:AssumeRole"},
    }
    iam = world.client("iam", account.admin)
    iam.create_role(RoleName="Made", AssumeRolePolicyDocument=json.dumps(trust), MaxSessionDuration=7200)
    session = user_signed_in(browser, account, "admin")
    role = f"arn:aws:iam::{account.id}:role/Made"
    sts = world.client("sts", browser.keys(session))
    made = sts.assume_role(RoleArn=role, RoleSessionName="made", DurationSeconds=7200)
    keys = Keys.of(made["Credentials"])
    assert caller(world, keys) == f"arn:aws:sts::{account.id}:assumed-role/Made/made"
    browser.call("sign-out", session=session)
    with pytest.raises(ClientError, match="ExpiredToken"):
        caller(world, keys)


def test_sessions_are_forgotten_when_their_time_is_over(world: World, browser: Browser) -> None:
    account = world.account("Development")
    user_signed_in(browser, account, "admin", seconds=600)
    kept = user_signed_in(browser, account, "admin")
    app.clean(world.opened, world.clock.now + 599, files=False)
    assert len(browser.call("sessions")["sessions"]) == 2
    app.clean(world.opened, world.clock.now + 600, files=False)
    with world.opened.store.snapshot() as db:
        assert [row.id for row in db.console_sessions.page()] == [kept]


def test_credentials_to_copy_are_good_for_up_to_an_hour(world: World, browser: Browser) -> None:
    session = user_signed_in(browser, world.account("Development"), "admin")
    found = browser.call("credentials", session=session, seconds=3600)
    keys = Keys(found["accessKeyId"], found["secretAccessKey"], found["sessionToken"])
    world.clock.advance(3599)
    world.client("iam", keys).list_users()
    world.clock.advance(1)
    assert refused(world.client("iam", keys).list_users)[0] == "ExpiredToken"
    for seconds in (899, 3601, "3600", True, None, 900.5):
        assert browser.refused("credentials", session=session, seconds=seconds)[1] == "InvalidRequest"


def test_other_partitions_have_regions_of_their_own(world: World, browser: Browser) -> None:
    account = world.account("China", partition="aws-cn")
    session = user_signed_in(browser, account, "admin", partition="aws-cn")
    found = browser.call("credentials", session=session)
    assert found["region"] == "cn-northwest-1"
    sts = world.client("sts", browser.keys(session), region=found["region"])
    assert sts.get_caller_identity()["Arn"] == f"arn:aws-cn:iam::{account.id}:user/admin"


def test_signing_out_everywhere(world: World, browser: Browser) -> None:
    """All sessions of that person, and nobody else's."""
    account = world.account("Development")
    world.user(account, "jane")
    here, jane = user_signed_in(browser, account, "admin"), user_signed_in(browser, account, "jane")
    other = Browser(world)
    there = user_signed_in(other, account, "admin")
    keys = other.keys(there)
    browser.call("sign-out", session=here, everywhere=True)
    assert refused(world.client("iam", keys).list_users)[0] == "ExpiredToken"
    assert other.refused("credentials", session=there)[1] == "SignedOut"
    assert [one["id"] for one in browser.call("sessions")["sessions"]] == [jane]


def test_cookies_of_sessions_that_are_over_are_taken_away(world: World, browser: Browser) -> None:
    account = world.account("Development")
    session = user_signed_in(browser, account, "admin")
    kept = dict(browser.cookies)
    browser.call("sign-out", session=session)
    going_on = user_signed_in(browser, account, "admin")
    port = world.console_port
    browser.cookies |= {**kept, f"deputize-{port}-browser": "known", "another": "1"}
    browser.call("sessions")
    names = {f"deputize-{port}-{going_on}", f"deputize-{port}-browser", "another"}
    assert set(browser.cookies) == names


def test_other_cookies_of_the_host_do_not_crowd_out_ours(world: World, browser: Browser) -> None:
    others = {f"cookie-{number}": "x" for number in range(100)}
    session = user_signed_in(browser, world.account("Development"), "admin")
    browser.cookies = {**others, **browser.cookies}
    assert browser.call("sessions")["current"] == session
