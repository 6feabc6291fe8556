"""AssumeRoleWithSAML: what a response and a trust policy must say (STS API, IAM guide)."""

import base64
import hashlib
import json
import secrets
from typing import Any

import pytest
from tests.fix_idp import trust
from tests.fix_saml import AWS, ENTITY, SIGN_IN, Saml, encode, metadata, signed, signer
from tests.fix_world import Keys

DENIED = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML", 403)
INVALID = ("InvalidIdentityToken", "Your request included an invalid SAML response.", 400)
LATE = ("ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance", 400)


def test_what_a_session_is(saml: Saml) -> None:
    made = saml.assume()
    account = saml.account.id
    qualifier = base64.b64encode(hashlib.sha1(f"{ENTITY}{account}/Idp".encode()).digest()).decode()  # noqa: S324
    assert made["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{account}:assumed-role/Staff/ann"
    assert (made["Subject"], made["SubjectType"]) == ("ann@example.com", "persistent")
    assert (made["Issuer"], made["Audience"], made["NameQualifier"]) == (ENTITY, SIGN_IN, qualifier)
    assert made["Credentials"]["Expiration"].timestamp() - saml.world.clock.now == 3600
    session = saml.world.client("sts", Keys.of(made["Credentials"]))
    assert session.get_caller_identity()["Arn"] == made["AssumedRoleUser"]["Arn"]


@pytest.mark.parametrize("place", ["assertion", "response", "both"])
@pytest.mark.parametrize("curve", [False, True])
def test_signatures(saml: Saml, place: str, curve: bool) -> None:
    by = signer("curve" if curve else "first", curve=curve)
    saml.iam.update_saml_provider(
        SAMLProviderArn=saml.provider, SAMLMetadataDocument=metadata(signer("x"), by)
    )
    assert saml.assume(signed(saml.response(), by=by, place=place))


class TestTrust:
    def test_keys_of_the_assertion(self, saml: Saml) -> None:
        account = saml.account.id
        wanted = {
            "saml:aud": SIGN_IN,
            "saml:iss": ENTITY,
            "saml:sub": "ann@example.com",
            "saml:sub_type": "persistent",
            "saml:doc": f"{account}/Idp",
            "sts:RoleSessionName": "ann",
            "aws:FederatedProvider": saml.provider,
        }
        saml.trust(trust(saml.provider, condition={"StringEquals": wanted}))
        assert saml.assume()
        for key in wanted:
            other = {"StringEquals": {**wanted, key: "other"}}
            saml.trust(trust(saml.provider, condition=other))
            assert saml.refuse() == DENIED, key

    def test_attributes_that_are_keys(self, saml: Saml) -> None:
        affiliation = "urn:oid:1.3.6.1.4.1.5923.1.1.1.1"
        name = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"
        condition = {
            "ForAnyValue:StringEquals": {"saml:edupersonaffiliation": "staff"},
            "StringEquals": {"saml:name": "Ann"},
        }
        saml.trust(trust(saml.provider, condition=condition))
        good = {affiliation: ["member", "staff"], name: "Ann"}
        assert saml.assume(saml.response(good))
        assert saml.refuse(saml.response({**good, affiliation: ["member"]})) == DENIED
        assert saml.refuse(saml.response({**good, name: ["Ann", "Bob"]})) == DENIED
        assert saml.refuse() == DENIED

    def test_who_else_is_trusted_does_not_help(self, saml: Saml) -> None:
        other = saml.iam.create_saml_provider(Name="Other", SAMLMetadataDocument=metadata())
        for principal in (
            {"AWS": saml.account.id},
            {"AWS": "*"},
            {"Federated": other["SAMLProviderArn"]},
        ):
            allow = {"Effect": "Allow", "Principal": principal, "Action": "sts:*"}
            saml.trust(json.dumps({"Version": "2012-10-17", "Statement": [allow]}))
            assert saml.refuse() == DENIED, principal

    def test_the_role_must_trust_for_this_action(self, saml: Saml) -> None:
        saml.trust(trust(saml.provider, actions=["sts:AssumeRoleWithWebIdentity"]))
        assert saml.refuse() == DENIED


class TestRoles:
    def test_the_assertion_names_role_and_provider(self, saml: Saml) -> None:
        role, provider = saml.role, saml.provider
        assert saml.assume(saml.response(roles=[f"{provider} , {role}"]))
        assert saml.assume(saml.response(roles=["x,y", f"{role},{provider}"]))
        for roles in ([], [role], [f"{role}x,{provider}"], [f"{role},{provider}x"], [f"{role},{provider},z"]):
            assert saml.refuse(saml.response(roles=roles)) == DENIED

    def test_a_missing_role_is_answered_the_same(self, saml: Saml) -> None:
        missing = saml.role.replace("Staff", "Missing")
        response = saml.response(roles=[f"{missing},{saml.provider}"])
        assert saml.refuse(response, RoleArn=missing) == DENIED

    def test_the_provider_must_be_there_and_of_the_roles_account(self, saml: Saml) -> None:
        gone = ("InvalidIdentityToken", "Specified provider doesn't exist", 400)
        assert saml.refuse(PrincipalArn=f"{saml.provider}x") == gone
        assert saml.refuse(PrincipalArn=saml.provider.replace(saml.account.id, "111122223333")) == gone
        other = saml.world.account(f"Other {secrets.token_hex(4)}")
        iam = saml.world.client("iam", other.admin)
        role = iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(saml.provider))["Role"]["Arn"]
        assert saml.refuse(saml.response(roles=[f"{role},{saml.provider}"]), RoleArn=role) == gone
        saml.iam.delete_saml_provider(SAMLProviderArn=saml.provider)
        assert saml.refuse() == gone

    def test_arns_that_are_mistaken_for_each_other(self, saml: Saml) -> None:
        for arn in ("x" * 20, saml.role, saml.provider.replace("saml-provider/", "oidc-provider/")):
            assert saml.refuse(PrincipalArn=arn) == ("ValidationError", "Principal ARN is invalid", 400)
        assert saml.refuse(RoleArn=saml.provider) == ("ValidationError", "Request ARN is invalid", 400)


class TestPassed:
    def test_tags(self, saml: Saml) -> None:
        attributes = {"PrincipalTag:Team": "blue", "TransitiveTagKeys": ["Team"]}
        made = saml.assume(saml.response(attributes))
        assert made["PackedPolicySize"] > 0
        assert saml.may(made, {"StringEquals": {"aws:PrincipalTag/Team": "blue"}})
        assert not saml.may(made, {"StringEquals": {"aws:PrincipalTag/Team": "red"}})
        saml.trust(trust(saml.provider, actions=["sts:AssumeRoleWithSAML"]))
        assert saml.refuse(saml.response(attributes))[1] == "Not authorized to perform sts:TagSession"

    def test_source_identity(self, saml: Saml) -> None:
        attributes = {"SourceIdentity": "ann"}
        assert saml.assume(saml.response(attributes))["SourceIdentity"] == "ann"
        saml.trust(trust(saml.provider, actions=["sts:AssumeRoleWithSAML"]))
        assert saml.refuse(saml.response(attributes))[1] == "Not authorized to perform sts:SetSourceIdentity"

    def test_what_the_session_keeps(self, saml: Saml) -> None:
        affiliation = "urn:oid:1.3.6.1.4.1.5923.1.1.1.1"
        made = saml.assume(saml.response({affiliation: ["member", "staff"]}))
        assert saml.may(
            made,
            {
                "StringEquals": {"saml:sub": "ann@example.com", "aws:FederatedProvider": saml.provider},
                "ForAnyValue:StringEquals": {"saml:edupersonaffiliation": "staff"},
                "Null": {"saml:aud": "true"},
            },
        )
        assert not saml.may(made, {"StringEquals": {"saml:sub": "bob@example.com"}})

    @pytest.mark.parametrize(
        ("attributes", "message"),
        [
            ({"RoleSessionName": None}, "RoleSessionName is required in AuthnResponse"),
            ({"RoleSessionName": "a b"}, "RoleSessionName in AuthnResponse must match"),
            ({"RoleSessionName": ["ann", "bob"]}, "RoleSessionName in AuthnResponse must have a single"),
            ({"SourceIdentity": "a b"}, "Source Identity must match"),
            ({"SessionDuration": "899"}, "SessionDuration in AuthnResponse must be between"),
            ({"SessionDuration": "43201"}, "SessionDuration in AuthnResponse must be between"),
            ({"SessionDuration": "1e4"}, "SessionDuration in AuthnResponse must be between"),
            ({"PrincipalTag:aws:x": "a"}, "A session tag in the token is not valid."),
            ({"PrincipalTag:a": "1", "PrincipalTag:A": "2"}, "Duplicate tag keys found."),
            ({"PrincipalTag:a": ["1", "2"]}, "PrincipalTag:a in AuthnResponse must have a single value"),
        ],
    )
    def test_attributes_of_aws_that_are_wrong(self, saml: Saml, attributes: Any, message: str) -> None:
        code, said, status = saml.refuse(saml.response(attributes))
        assert (code, status) == ("InvalidIdentityToken", 400)
        assert said.startswith(message)

    def test_session_duration_is_for_the_console(self, saml: Saml) -> None:
        made = saml.assume(saml.response({"SessionDuration": "7200"}))
        assert made["Credentials"]["Expiration"].timestamp() - saml.world.clock.now == 3600


class TestTimes:
    def test_five_minutes(self, saml: Saml) -> None:
        assert saml.assume(saml.response(issued=-299))
        assert saml.refuse(saml.response(issued=-300)) == LATE
        assert saml.assume(saml.response(issued=300, begins=300, ends=900))
        assert saml.refuse(saml.response(issued=301, ends=900)) == INVALID
        assert saml.refuse(saml.response(begins=301, ends=900)) == INVALID

    def test_conditions(self, saml: Saml) -> None:
        assert saml.assume(saml.response(ends=1))
        assert saml.refuse(saml.response(ends=0)) == LATE
        assert saml.refuse(saml.response(confirmed_until=0)) == LATE
        assert saml.refuse(saml.response(confirmed_until=None)) == INVALID
        assert saml.assume(saml.response(begins=None, ends=None))

    def test_the_session_ends_when_the_provider_says(self, saml: Saml) -> None:
        made = saml.assume(saml.response(session_ends=1200))
        assert made["Credentials"]["Expiration"].timestamp() - saml.world.clock.now == 1200
        made = saml.assume(saml.response(session_ends=7200))
        assert made["Credentials"]["Expiration"].timestamp() - saml.world.clock.now == 3600
        assert saml.refuse(saml.response(session_ends=0)) == LATE

    def test_duration(self, saml: Saml) -> None:
        assert saml.refuse(DurationSeconds=3601)[1] == (
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
        made = saml.assume(DurationSeconds=900)
        assert made["Credentials"]["Expiration"].timestamp() - saml.world.clock.now == 900

    def test_metadata_that_are_no_longer_good(self, saml: Saml) -> None:
        old = metadata(until="2020-01-01T00:00:00Z")
        saml.iam.update_saml_provider(SAMLProviderArn=saml.provider, SAMLMetadataDocument=old)
        assert saml.refuse()[1] == "Issuer not present in specified provider"


class TestResponses:
    def test_for_whom(self, saml: Saml) -> None:
        no_audience = ("InvalidIdentityToken", "Response does not contain the required audience.", 400)
        audience: str | None
        for audience in (SIGN_IN, "https://us-east-1.signin.aws.amazon.com/saml/acs/SAMLSPABC"):
            assert saml.assume(saml.response(audience=audience))
        assert saml.assume(saml.response(recipient="https://eu-west-1.signin.aws.amazon.com/saml"))
        for audience in (None, "https://other.example.com", f"{SIGN_IN}.evil.example.com", ""):
            assert saml.refuse(saml.response(audience=audience)) == no_audience
        for recipient in (
            None,
            "https://other.example.com/saml",
            "https://evil-signin.aws.amazon.com.x/saml",
        ):
            assert saml.refuse(saml.response(recipient=recipient)) == INVALID
        sender = "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"
        assert saml.refuse(saml.response(method=sender)) == INVALID

    def test_of_whom(self, saml: Saml) -> None:
        found = saml.refuse(saml.response(issuer="https://other.example.com"))
        assert found == ("InvalidIdentityToken", "Issuer not present in specified provider", 400)
        for subject in (" ", "a\nb", "a\u202eb"):
            assert saml.refuse(saml.response(subject=subject)) == INVALID
        assert saml.assume(saml.response(subject="\u00c5nn \u4e2d@example.com"))
        too_long = saml.refuse(saml.response(subject="x" * 2048))
        assert too_long == ("InvalidIdentityToken", "What the token says of its subject is too long.", 400)
        made = saml.assume(saml.response(name_format=None))
        assert made["SubjectType"] == "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"

    def test_what_is_no_response(self, saml: Saml) -> None:
        failed = "urn:oasis:names:tc:SAML:2.0:status:Responder"
        assert saml.refuse(saml.response(status=failed)) == INVALID
        for odd in (
            "no base64!",
            "AAAÄ",
            "AAAA",
            base64.b64encode(b"<a/>").decode(),
            encode(saml.response().tree()[2]),
        ):
            assert saml.refuse(odd) == INVALID
        assert saml.refuse("x" * 100_001)[0] == "ValidationError"

    def test_base64_with_line_ends(self, saml: Saml) -> None:
        text = signed(saml.response())
        lines = "\r\n".join(text[at : at + 76] for at in range(0, len(text), 76))
        assert saml.assume(lines)


def test_session_policies(saml: Saml) -> None:
    limited = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    made = saml.assume(Policy=json.dumps({"Version": "2012-10-17", "Statement": [limited]}))
    assert not saml.may(made, {})


def test_the_audit_record(saml: Saml) -> None:
    """In the role's account: who was vouched for, and never the assertion."""
    saml.trust(trust(saml.provider, condition={"StringEquals": {"saml:sub": "ann@example.com"}}))
    text = signed(saml.response())
    saml.assume(text)
    saml.refuse(saml.response(subject="bob@example.com"))
    saml.world.opened.store.write(lambda db: None).result()
    with saml.world.opened.store.snapshot() as db:
        events = [event.record for event in db.events.page(saml.account.id)]
    found = [event for event in events if event["eventName"] == "AssumeRoleWithSAML"]
    assert {event["userIdentity"]["type"] for event in found} == {"SAMLUser"}
    assert {event["userIdentity"]["userName"] for event in found} == {"ann@example.com", "bob@example.com"}
    assert [event.get("errorCode") for event in found].count("AccessDenied") == 1
    assert text not in json.dumps(events)
    assert AWS not in json.dumps(events)
