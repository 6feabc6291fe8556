"""Signing in to the console with SAML: a response is posted, a role chosen, and one is in."""

import html
import json
import re
from urllib.parse import urlencode

import pytest
from tests.conformance.browser import Browser
from tests.conformance.http_edge import Reply
from tests.fix_idp import trust
from tests.fix_saml import EVERYTHING, Response, Saml, metadata, signed, signer
from tests.refusals import refused
from tests.state import unchanged

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def browser(saml: Saml) -> Browser:
    return Browser(saml.world)


def post(browser: Browser, response: str | Response | None, *, language: str = "en", **more: str) -> Reply:
    encoded = signed(response) if isinstance(response, Response) else response
    given = {**({} if encoded is None else {"SAMLResponse": encoded}), **more}
    headers = {"Content-Type": FORM, "Origin": "https://idp.example.com", "Accept-Language": language}
    return browser.send("POST", "/saml", urlencode(given).encode(), headers)


def refusal(browser: Browser, response: str | Response | None, **more: str) -> tuple[int, str]:
    """Status and sentence of the page that says no."""
    with unchanged(browser.world):
        reply = post(browser, response, **more)
    assert "set-cookie" not in reply.headers
    found = re.search(r"<p>(.*?)</p>", reply.body.decode())
    assert found is not None
    return reply.status, html.unescape(found[1])


def test_one_role_and_one_is_in(saml: Saml, browser: Browser) -> None:
    reply = post(browser, saml.response())
    assert (reply.status, reply.headers["location"]) == (303, "/_console/")
    (session,) = browser.call("sessions")["sessions"]
    assert (session["kind"], session["name"], session["account"]) == ("federated", "ann", saml.account.id)
    assert session["arn"] == f"arn:aws:sts::{saml.account.id}:assumed-role/Staff/ann"
    document = json.dumps({"Version": "2012-10-17", "Statement": EVERYTHING})
    saml.iam.put_role_policy(RoleName="Staff", PolicyName="all", PolicyDocument=document)
    keys = browser.keys(session["id"])
    saml.world.client("iam", keys).list_users()
    browser.call("sign-out", session=session["id"])
    assert refused(saml.world.client("iam", keys).list_users)[0] == "ExpiredToken"


def test_sent_to_this_server_s_own_address(saml: Saml, browser: Browser) -> None:
    own = f"{browser.origin}/saml"
    assert post(browser, saml.response(recipient=own, audience=own)).status == 303
    assert post(browser, saml.response(recipient=own)).status == 303


def test_an_address_that_could_be_anybody_s_is_none_of_ours(saml: Saml) -> None:
    browser = Browser(saml.world, name="192.0.2.7")
    status, words = refusal(browser, saml.response(recipient=f"{browser.origin}/saml"))
    assert (status, words) == (400, "Your request included an invalid SAML response.")
    assert post(browser, saml.response()).status == 303


def test_where_to_go_on(saml: Saml, browser: Browser) -> None:
    for state, place in (("/_console/s3", "/_console/s3"), ("https://evil.example/", "/_console/")):
        assert post(browser, saml.response(), RelayState=state).headers["location"] == place


class TestSeveralRoles:
    @pytest.fixture
    def pairs(self, saml: Saml) -> list[str]:
        saml.iam.create_role(RoleName="Other", AssumeRolePolicyDocument=trust(saml.provider))
        other = f"arn:aws:iam::{saml.account.id}:role/Other"
        return [f"{saml.role},{saml.provider}", f"{saml.provider},{other}"]

    def test_one_is_chosen(self, saml: Saml, browser: Browser, pairs: list[str]) -> None:
        response = signed(saml.response(roles=pairs))
        page = post(browser, response, RelayState="/_console/iam")
        text = page.body.decode()
        assert page.status == 200
        assert re.findall(r'name="role" value="([^"]+)"', text) == [
            saml.role,
            saml.role.replace("Staff", "Other"),
        ]
        assert f"{saml.account.name} ({saml.account.id})" in text
        fields = {
            name: html.unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', text)
        }
        del fields["role"]
        assert fields == {"SAMLResponse": response, "RelayState": "/_console/iam"}
        done = post(browser, None, **fields, role=saml.role.replace("Staff", "Other"))
        assert (done.status, done.headers["location"]) == (303, "/_console/iam")
        (session,) = browser.call("sessions")["sessions"]
        assert "/Other/" in session["arn"]

    def test_the_page_runs_nothing(self, saml: Saml, browser: Browser, pairs: list[str]) -> None:
        page = post(browser, saml.response(roles=pairs))
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "frame-ancestors 'none'" in policy and "form-action 'self'" in policy
        assert b"<script" not in page.body

    def test_in_korean(self, saml: Saml, browser: Browser, pairs: list[str]) -> None:
        page = post(browser, saml.response(roles=pairs), language="ko-KR,ko;q=0.9,en;q=0.8")
        assert 'lang="ko"' in page.body.decode() and "역할 선택" in page.body.decode()

    def test_a_role_that_the_response_is_not_for(
        self, saml: Saml, browser: Browser, pairs: list[str]
    ) -> None:
        saml.iam.create_role(RoleName="Third", AssumeRolePolicyDocument=trust(saml.provider))
        third = saml.role.replace("Staff", "Third")
        assert refusal(browser, saml.response(roles=pairs), role=third)[0] == 403

    def test_those_that_are_not_there_are_left_out(self, saml: Saml, browser: Browser) -> None:
        missing = saml.role.replace("Staff", "Missing")
        foreign = "arn:aws:iam::000000000001:role/Staff"
        pairs = [
            f"{missing},{saml.provider}",
            f"{foreign},{saml.provider}",
            f"{saml.role},{saml.provider}x",
            f"{saml.role},{saml.role}",
            f"{saml.role},{saml.provider}",
        ]
        assert post(browser, saml.response(roles=pairs)).status == 303


class TestRefusals:
    def test_a_provider_that_did_not_sign(self, saml: Saml, browser: Browser) -> None:
        stranger = signed(saml.response(), by=signer("second"))
        assert refusal(browser, stranger) == (400, "Response signature invalid")

    def test_too_late(self, saml: Saml, browser: Browser) -> None:
        response = signed(saml.response())
        saml.world.clock.advance(301)
        status, words = refusal(browser, response)
        assert (status, words) == (400, "Token must be redeemed within 5 minutes of issuance")

    def test_a_role_that_does_not_trust_the_provider(self, saml: Saml, browser: Browser) -> None:
        saml.trust(trust(saml.provider, actions=["sts:AssumeRoleWithWebIdentity"]))
        assert refusal(browser, saml.response())[0] == 403

    def test_no_role_at_all(self, saml: Saml, browser: Browser) -> None:
        assert refusal(browser, saml.response(roles=[]))[0] == 403

    @pytest.mark.parametrize("text", [None, "", "x", "é", "PHg+", "PHg+PC94Pg==", "A" * 100_001])
    def test_what_is_no_response(self, browser: Browser, text: str | None) -> None:
        assert refusal(browser, text)[0] in (400, 403)

    def test_a_form_that_is_too_large(self, browser: Browser) -> None:
        reply = browser.send("POST", "/saml", b"x=" + b"1" * 400_001, {"Content-Type": FORM})
        assert reply.status == 413

    def test_markup_is_shown_as_text(self, saml: Saml, browser: Browser) -> None:
        pair = f"{saml.role},{saml.provider}"
        saml.iam.create_account_alias(AccountAlias=f"alias-{saml.account.id}")
        saml.iam.create_role(RoleName="Other", AssumeRolePolicyDocument=trust(saml.provider))
        other = f"{saml.role.replace('Staff', 'Other')},{saml.provider}"
        state = '"><script>alert(1)</script>'
        page = post(browser, saml.response(roles=[pair, other]), RelayState=state).body.decode()
        assert "<script" not in page and "&lt;script&gt;" in page
        assert f"alias-{saml.account.id}" in page


def test_the_response_may_say_how_long(saml: Saml, browser: Browser) -> None:
    saml.iam.update_role(RoleName="Staff", MaxSessionDuration=7200)
    post(browser, saml.response({"SessionDuration": "7200"}))
    session = browser.call("sessions")["current"]
    saml.world.clock.advance(7199)
    browser.keys(session)
    saml.world.clock.advance(1)
    assert browser.refused("credentials", session=session)[1] == "SignedOut"


def test_longer_than_the_role_allows(saml: Saml, browser: Browser) -> None:
    status, words = refusal(browser, saml.response({"SessionDuration": "7200"}))
    assert (status, "MaxSessionDuration" in words) == (400, True)


def test_who_came_so_switches_roles(saml: Saml, browser: Browser) -> None:
    """A federated person, in the account of the provider or another."""
    document = json.dumps({"Version": "2012-10-17", "Statement": EVERYTHING})
    saml.iam.put_role_policy(RoleName="Staff", PolicyName="all", PolicyDocument=document)
    allow = {"Effect": "Allow", "Principal": {"AWS": saml.role}, "Action": "sts:AssumeRole"}
    saml.iam.create_role(
        RoleName="Next",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": allow}),
    )
    post(browser, saml.response())
    base = browser.call("sessions")["current"]
    session = browser.call("switch-role", session=base, account=saml.account.id, roleName="Next")["session"]
    assert session["base"]["name"] == "ann"
    keys = browser.keys(session["id"])
    assert saml.world.client("sts", keys).get_caller_identity()["Arn"] == session["arn"]


def test_what_is_remembered_of_it(saml: Saml, browser: Browser) -> None:
    post(browser, saml.response())
    with saml.world.opened.store.snapshot() as db:
        records = [dict(event.record) for event in db.events.page(saml.account.id)]
    by_name = {record["eventName"]: record for record in records}
    assert by_name["AssumeRoleWithSAML"]["userIdentity"]["type"] == "SAMLUser"
    assert by_name["ConsoleLogin"]["userIdentity"]["arn"].endswith(":assumed-role/Staff/ann")


def test_a_bucket_of_that_name_is_a_bucket(browser: Browser) -> None:
    assert browser.send("GET", "/saml").body.startswith(b"<?xml")
    assert browser.send("POST", "/saml?delete", b"", {"Content-Type": "application/xml"}).status >= 400


def test_a_provider_of_another_key_is_another(saml: Saml, browser: Browser) -> None:
    """Two providers, one of which signed: its roles alone are there."""
    document = metadata(signer("second"), entity="https://idp.example.com/saml")
    other = saml.iam.create_saml_provider(Name="Second", SAMLMetadataDocument=document)["SAMLProviderArn"]
    saml.iam.create_role(RoleName="OfSecond", AssumeRolePolicyDocument=trust(other))
    pairs = [f"{saml.role.replace('Staff', 'OfSecond')},{other}", f"{saml.role},{saml.provider}"]
    assert post(browser, saml.response(roles=pairs)).status == 303
    assert "/Staff/" in browser.call("sessions")["sessions"][0]["arn"]
