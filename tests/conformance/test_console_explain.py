"""Why was this refused? What the console tells to whom."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conformance.browser import Browser, user_signed_in
from tests.conformance.fix_tutorial import PRODUCTION, Scene

SWITCH = {"account": PRODUCTION, "roleName": "UpdateApp"}
UNKNOWN = (404, "NoSuchRequest")


@pytest.fixture
def browser(scene: Scene) -> Browser:
    return Browser(scene.world)


def refuse(call: Any, **arguments: Any) -> str:
    """The request id of a call that must be refused."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["ResponseMetadata"]["RequestId"])


def test_one_s_own_reason_without_the_trace(scene: Scene, browser: Browser) -> None:
    jane = user_signed_in(browser, scene.development, "Jane")
    sts = scene.world.client("sts", browser.keys(jane))
    role = f"arn:aws:iam::{PRODUCTION}:role/UpdateApp"
    request = refuse(sts.assume_role, RoleArn=role, RoleSessionName="jane")
    told = browser.call("explain", session=jane, requestId=request)
    assert told["decision"] == "explicitDeny"
    assert told["because"] == "with an explicit deny in an identity-based policy"
    assert (told["action"], told["resource"]) == ("sts:AssumeRole", role)
    assert [one["policy"] for one in told["own"]] == ["deny-assume-S3-role-in-production"]
    assert "trace" not in told and "text" not in told


def test_the_trace_for_those_who_may_read_all_policies(scene: Scene, browser: Browser) -> None:
    admin = user_signed_in(browser, scene.development, "admin")
    jane = scene.world.client("iam", scene.jane)
    request = refuse(jane.create_user, UserName="x")
    told = browser.call("explain", session=admin, requestId=request)
    assert told["caller"].endswith(":user/Jane")
    (identity,) = (layer for layer in told["trace"] if layer["layer"] == "identity policies")
    assert (identity["verdict"], identity["decides"]) == ("silent", True)
    (own,) = told["own"]
    assert own["effect"] == "silent"


def test_of_a_role_that_one_is_in(scene: Scene, browser: Browser) -> None:
    david = user_signed_in(browser, scene.development, "David")
    session = browser.call("switch-role", session=david, **SWITCH)["session"]["id"]
    request = refuse(scene.world.client("iam", browser.keys(session)).list_users)
    told = browser.call("explain", session=session, requestId=request)
    assert told["because"] == "because no identity-based policy allows the iam:ListUsers action"
    assert "trace" not in told
    assert browser.refused("explain", session=david, requestId=request)[:2] == UNKNOWN
    production = user_signed_in(browser, scene.production, "admin")
    assert "trace" in browser.call("explain", session=production, requestId=request)


def test_the_other_side_is_not_told(scene: Scene, browser: Browser) -> None:
    admin = user_signed_in(browser, scene.development, "admin")
    sts = scene.world.client("sts", scene.development.admin)
    for role in ("Missing", "Silent"):
        if role == "Silent":
            scene.world.client("iam", scene.production.admin).update_assume_role_policy(
                RoleName="UpdateApp", PolicyDocument=NOBODY
            )
        arn = f"arn:aws:iam::{PRODUCTION}:role/{'UpdateApp' if role == 'Silent' else role}"
        request = refuse(sts.assume_role, RoleArn=arn, RoleSessionName="jane")
        told = browser.call("explain", session=admin, requestId=request)
        assert told["own"] == []
        assert told["because"] == told["message"]
        (trust,) = (layer for layer in told["trace"] if layer["layer"] == "trust policy")
        assert (trust["verdict"], trust["policies"]) == ("withheld", [])


NOBODY = (
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"999999999999"},'
    '"Action":"sts:AssumeRole"}}'
)

READ_WITH_MFA = (
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:GetAccountAuthorizationDetails",'
    '"Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}}'
)


def test_what_is_not_one_s_own_is_not_told(scene: Scene, browser: Browser) -> None:
    jane = scene.world.client("iam", scene.jane)
    request = refuse(jane.create_user, UserName="x")
    david = user_signed_in(browser, scene.development, "David")
    production = user_signed_in(browser, scene.production, "admin")
    for session, named in ((david, request), (production, request), (production, "0" * 16)):
        assert browser.refused("explain", session=session, requestId=named)[:2] == UNKNOWN
    assert browser.refused("explain", session=david)[:2] == (400, "InvalidRequest")


def test_a_role_that_is_gone_explains_nothing(scene: Scene, browser: Browser) -> None:
    david = user_signed_in(browser, scene.development, "David")
    session = browser.call("switch-role", session=david, **SWITCH)["session"]["id"]
    request = refuse(scene.world.client("iam", browser.keys(session)).list_users)
    iam = scene.world.client("iam", scene.production.admin)
    iam.detach_role_policy(
        RoleName="UpdateApp", PolicyArn=f"arn:aws:iam::{PRODUCTION}:policy/read-write-app-bucket"
    )
    iam.delete_role(RoleName="UpdateApp")
    assert browser.refused("explain", session=session, requestId=request)[:2] == (401, "SignedOut")


def test_a_role_s_rights_are_those_that_its_session_has(scene: Scene, browser: Browser) -> None:
    """A session in a role knows no MFA, not even of the console's: only trust policies see it."""
    iam = scene.world.client("iam", scene.production.admin)
    iam.put_role_policy(RoleName="UpdateApp", PolicyName="p", PolicyDocument=READ_WITH_MFA)
    david = user_signed_in(browser, scene.development, "David", mfa=True)
    session = browser.call("switch-role", session=david, **SWITCH)["session"]["id"]
    keys = scene.world.client("iam", browser.keys(session))
    refuse(keys.get_account_authorization_details)
    request = refuse(keys.list_users)
    assert "trace" not in browser.call("explain", session=session, requestId=request)


def test_who_may_no_longer_be_in_the_role_is_told_nothing_in_its_name(scene: Scene, browser: Browser) -> None:
    iam = scene.world.client("iam", scene.production.admin)
    david = user_signed_in(browser, scene.development, "David")
    session = browser.call("switch-role", session=david, **SWITCH)["session"]["id"]
    request = refuse(scene.world.client("iam", browser.keys(session)).list_users)
    iam.update_assume_role_policy(RoleName="UpdateApp", PolicyDocument=NOBODY)
    assert browser.refused("credentials", session=session)[:2] == (403, "AccessDenied")
    assert browser.refused("explain", session=session, requestId=request)[:2] == UNKNOWN
