"""AssumeRoleWithWebIdentity: what a token and a trust policy must say (STS API, IAM guide)."""

import json
from typing import Any

import pytest
from joserfc import jwt
from tests.fix_idp import CLIENT, SUBJECT, Federation, ec_key, rsa_key, token, trust
from tests.fix_world import Keys
from tests.refusals import refused

from deputize.domain.web_identity import NO_JWT, NO_KEY

DENIED = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403)


def refuse(
    federation: Federation, role: str, web_token: str | None = None, **asked: Any
) -> tuple[str, str, int]:
    return refused(federation.assume, role=role, web_token=web_token, **asked)


def test_what_a_session_is(federation: Federation) -> None:
    made = federation.assume(federation.role())
    account = federation.account.id
    assert made["SubjectFromWebIdentityToken"] == SUBJECT
    assert made["Audience"] == CLIENT
    assert made["Provider"] == federation.provider
    assert made["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{account}:assumed-role/Federated1/test"
    assert "PackedPolicySize" not in made
    assert "SourceIdentity" not in made
    lasts = made["Credentials"]["Expiration"].timestamp() - federation.world.clock.now
    assert lasts == 3600
    session = federation.world.client("sts", Keys.of(made["Credentials"]))
    assert session.get_caller_identity()["Arn"] == made["AssumedRoleUser"]["Arn"]
    assert federation.world.client("s3", Keys.of(made["Credentials"])).list_buckets()["Buckets"] == []


@pytest.mark.parametrize(
    ("alg", "key"),
    [
        ("RS256", rsa_key()),
        ("RS384", rsa_key()),
        ("RS512", rsa_key()),
        ("ES256", ec_key("P-256", "p256")),
        ("ES384", ec_key("P-384", "p384")),
    ],
    ids=lambda value: value if isinstance(value, str) else "key",
)
def test_algorithms(federation: Federation, alg: str, key: Any) -> None:
    assert federation.assume(federation.role(), federation.token(alg=alg, key=key))


class TestTrust:
    def condition(self, federation: Federation, **keys: Any) -> Any:
        return {"StringLike": {f"{federation.issuer.host}:{name}": value for name, value in keys.items()}}

    def test_keys_of_the_token(self, federation: Federation) -> None:
        role = federation.role(self.condition(federation, aud=CLIENT, sub="repo:octo-org/octo-repo:*"))
        assert federation.assume(role)
        for claims in (
            {"sub": "repo:evil-org/octo-repo:ref:refs/heads/main"},
            {"sub": "repo:octo-org/octo-repo-2:ref:refs/heads/main"},
        ):
            assert refuse(federation, role, federation.token(**claims)) == DENIED

    def test_azp_is_the_audience(self, federation: Federation) -> None:
        """With `azp`, `aud` stands for it, and `oaud` for the token's `aud`."""
        role = federation.role(self.condition(federation, aud=CLIENT, oaud="https://backend"))
        made = federation.assume(role, federation.token(azp=CLIENT, aud="https://backend"))
        assert made["Audience"] == CLIENT
        assert refuse(federation, role) == DENIED
        assert refuse(federation, role, federation.token(azp=CLIENT, aud="https://other")) == DENIED

    def test_amr_has_several_values(self, federation: Federation) -> None:
        condition = {"ForAnyValue:StringEquals": {f"{federation.issuer.host}:amr": "mfa"}}
        role = federation.role(condition)
        assert federation.assume(role, federation.token(amr=["pwd", "mfa"]))
        assert refuse(federation, role, federation.token(amr=["pwd"])) == DENIED
        assert refuse(federation, role) == DENIED

    def test_what_would_make_a_session_token_too_long(self, federation: Federation) -> None:
        told = federation.token(amr=["x" * 100] * 21)
        assert refuse(federation, federation.role(), told)[1].endswith("is too long.")
        assert federation.assume(federation.role(), federation.token(amr=["x" * 100] * 18))

    def test_other_claims_are_no_keys(self, federation: Federation) -> None:
        role = federation.role(self.condition(federation, repository="octo-org/octo-repo"))
        assert refuse(federation, role, federation.token(repository="octo-org/octo-repo")) == DENIED

    def test_further_claims_of_known_issuers(self, federation: Federation) -> None:
        """A test provider names in its path whose tokens it imitates."""
        url = federation.issuer.publish("/token.actions.githubusercontent.com")
        provider = federation.iam.create_open_id_connect_provider(Url=url, ClientIDList=[CLIENT])
        name = url.removeprefix("http://")
        keys = {f"{name}:repository_id": "42", f"{name}:ref": "refs/heads/main"}
        federation.provider = provider["OpenIDConnectProviderArn"]
        role = federation.role({"StringEquals": keys})
        now = federation.world.clock.now
        good: dict[str, Any] = {"repository_id": 42, "ref": "refs/heads/main"}
        assert federation.assume(role, token(url, now, **good))
        assert refuse(federation, role, token(url, now, **{**good, "ref": "refs/heads/x"})) == DENIED
        assert refuse(federation, role, token(url, now, **{**good, "ref": {"nested": 1}})) == DENIED

    def test_keys_of_the_request(self, federation: Federation) -> None:
        role = federation.role({"StringEquals": {"sts:RoleSessionName": "other"}})
        assert refuse(federation, role) == DENIED
        role = federation.role({"StringEquals": {"sts:RoleSessionName": "test"}})
        assert federation.assume(role)
        role = federation.role({"StringEquals": {"aws:FederatedProvider": federation.provider}})
        assert federation.assume(role)

    def test_who_else_is_trusted_does_not_help(self, federation: Federation) -> None:
        """Not the account, not everybody, not another provider; a missing role is answered the same."""
        other = federation.iam.create_open_id_connect_provider(Url="https://other.example.com")
        principals = [
            {"AWS": federation.account.id},
            {"AWS": "*"},
            {"Service": "ec2.amazonaws.com"},
            {"Federated": other["OpenIDConnectProviderArn"]},
            {"Federated": "accounts.google.com"},
        ]
        role = federation.role()
        for principal in principals:
            allow = {"Effect": "Allow", "Principal": principal, "Action": "sts:*"}
            document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
            federation.iam.update_assume_role_policy(RoleName="Federated1", PolicyDocument=document)
            assert refuse(federation, role) == DENIED, principal
        assert refuse(federation, role.replace("Federated1", "Missing")) == DENIED

    def test_a_deny_binds(self, federation: Federation) -> None:
        role = federation.role()
        document = json.loads(trust(federation.provider))
        document["Statement"].append(
            {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRoleWithWebIdentity"}
        )
        federation.iam.update_assume_role_policy(RoleName="Federated1", PolicyDocument=json.dumps(document))
        assert refuse(federation, role) == DENIED

    def test_the_role_must_trust_for_this_action(self, federation: Federation) -> None:
        assert refuse(federation, federation.role(actions=["sts:AssumeRole"])) == DENIED

    def test_keys_that_do_not_help_a_caller_help_nobody(self, federation: Federation) -> None:
        """A signed call is as good as an unsigned one: what its signer may do does not count."""
        role = federation.role(self.condition(federation, sub="nobody"))
        sts = federation.world.client("sts", federation.account.admin)
        asked = {"RoleArn": role, "RoleSessionName": "test", "WebIdentityToken": federation.token()}
        assert refused(sts.assume_role_with_web_identity, **asked) == DENIED


class TestPassed:
    TAGS = "https://aws.amazon.com/tags"
    SOURCE = "https://aws.amazon.com/source_identity"

    def tagged(self, federation: Federation, made: Any, **tags: str) -> bool:
        conditions = {"StringEquals": {f"aws:PrincipalTag/{key}": value for key, value in tags.items()}}
        allow = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*", "Condition": conditions}
        federation.iam.put_role_policy(
            RoleName="Federated1",
            PolicyName="all",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
        )
        s3 = federation.world.client("s3", Keys.of(made["Credentials"]))
        try:
            s3.list_buckets()
        except s3.exceptions.ClientError:
            return False
        return True

    @pytest.mark.parametrize(
        "claims",
        [
            {TAGS: {"principal_tags": {"Team": ["blue"]}, "transitive_tag_keys": ["Team"]}},
            {TAGS: {"principal_tags": {"Team": "blue"}}},
            {f"{TAGS}/principal_tags/Team": "blue", f"{TAGS}/transitive_tag_keys": "Team"},
        ],
    )
    def test_tags(self, federation: Federation, claims: Any) -> None:
        made = federation.assume(federation.role(), federation.token(**claims))
        assert made["PackedPolicySize"] > 0
        assert self.tagged(federation, made, Team="blue")
        assert not self.tagged(federation, made, Team="red")

    def test_tags_need_trust_of_their_own(self, federation: Federation) -> None:
        role = federation.role(actions=["sts:AssumeRoleWithWebIdentity"])
        tagged = federation.token(**{self.TAGS: {"principal_tags": {"Team": "blue"}}})
        assert refuse(federation, role, tagged) == (
            "AccessDenied",
            "Not authorized to perform sts:TagSession",
            403,
        )
        role = federation.role({"StringEquals": {"aws:RequestTag/Team": "red"}})
        assert refuse(federation, role, tagged) == DENIED
        condition = {"ForAllValues:StringEquals": {"sts:TransitiveTagKeys": ["Site"]}}
        transitive = {"principal_tags": {"Team": "blue"}, "transitive_tag_keys": ["Team"]}
        role = federation.role(condition)
        assert refuse(federation, role, federation.token(**{self.TAGS: transitive})) == DENIED

    def test_source_identity(self, federation: Federation) -> None:
        told = federation.token(**{self.SOURCE: "ann"})
        made = federation.assume(federation.role(), told)
        assert made["SourceIdentity"] == "ann"
        role = federation.role(actions=["sts:AssumeRoleWithWebIdentity"])
        assert refuse(federation, role, told)[1] == "Not authorized to perform sts:SetSourceIdentity"
        role = federation.role({"StringEquals": {"sts:SourceIdentity": "bob"}})
        assert refuse(federation, role, told) == DENIED

    @pytest.mark.parametrize(
        "claims",
        [
            {SOURCE: "a b"},
            {SOURCE: 7},
            {SOURCE: "aws:x"},
            {TAGS: {"principal_tags": []}},
            {TAGS: {"principal_tags": {"Team": ["blue", "red"]}}},
            {TAGS: {"principal_tags": {"Team": {"a": 1}}}},
            {TAGS: {"principal_tags": {"Team": "a", "TEAM": "b"}}},
            {TAGS: {"principal_tags": {"aws:Team": "a"}}},
            {TAGS: {"principal_tags": {"Te<am": "a"}}},
            {TAGS: {"principal_tags": {"Team": "a" * 257}}},
            {TAGS: {"principal_tags": {f"Team{n}": "a" for n in range(51)}}},
            {TAGS: {"principal_tags": {"Team": "a"}, "transitive_tag_keys": [1]}},
            {f"{TAGS}/principal_tags/Team": ["a", "b"]},
        ],
    )
    def test_what_cannot_be_passed(self, federation: Federation, claims: Any) -> None:
        code, _, status = refuse(federation, federation.role(), federation.token(**claims))
        assert (code, status) == ("InvalidIdentityToken", 400)

    def test_a_transitive_key_without_its_tag(self, federation: Federation) -> None:
        claims = {self.TAGS: {"transitive_tag_keys": ["Team"]}}
        assert refuse(federation, federation.role(), federation.token(**claims))[0] == "InvalidParameterValue"

    def test_what_the_session_keeps(self, federation: Federation) -> None:
        """Its provider, audience and subject are condition keys of all its calls."""
        made = federation.assume(federation.role(), federation.token(amr=["mfa"]))
        host = federation.issuer.host
        wanted = {
            "StringEquals": {
                f"{host}:sub": SUBJECT,
                f"{host}:aud": CLIENT,
                "aws:FederatedProvider": federation.provider,
            },
            "ForAnyValue:StringEquals": {f"{host}:amr": "mfa"},
        }
        allow = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*", "Condition": wanted}
        federation.iam.put_role_policy(
            RoleName="Federated1",
            PolicyName="all",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
        )
        s3 = federation.world.client("s3", Keys.of(made["Credentials"]))
        assert s3.list_buckets()["Buckets"] == []


class TestTokens:
    def test_expired_to_the_second(self, federation: Federation) -> None:
        role, clock = federation.role(), federation.world.clock
        now = int(clock.now)
        assert federation.assume(role, federation.token(exp=now + 1))
        assert refuse(federation, role, federation.token(exp=now)) == (
            "ExpiredTokenException",
            f"Token expired: current date/time {now} must be before the expiration date/time {now}",
            400,
        )

    def test_not_yet_valid(self, federation: Federation) -> None:
        role, now = federation.role(), int(federation.world.clock.now)
        assert federation.assume(role, federation.token(nbf=now + 300, iat=now + 300, exp=now + 900))
        for claims in ({"nbf": now + 301}, {"iat": now + 301}):
            code, _, _ = refuse(federation, role, federation.token(exp=now + 900, **claims))
            assert code == "InvalidIdentityToken"

    @pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp", "iat"])
    def test_claims_that_must_be_there(self, federation: Federation, claim: str) -> None:
        found = refuse(federation, federation.role(), federation.token(**{claim: None}))
        assert found == ("InvalidIdentityToken", f"Missing a required claim: {claim}", 400)

    @pytest.mark.parametrize(
        "claims",
        [
            {"aud": "other"},
            {"aud": [CLIENT, "other"]},
            {"aud": [[CLIENT]]},
            {"aud": {"0": CLIENT}},
            {"aud": 7},
            {"aud": []},
            {"azp": "other"},
            {"azp": [CLIENT]},
            {"azp": None, "aud": ""},
        ],
    )
    def test_another_audience(self, federation: Federation, claims: Any) -> None:
        found = refuse(federation, federation.role(), federation.token(**claims))
        assert found == ("InvalidIdentityToken", "Incorrect token audience", 400)

    def test_one_audience_in_a_list(self, federation: Federation) -> None:
        assert federation.assume(federation.role(), federation.token(aud=[CLIENT]))
        assert federation.assume(federation.role(), federation.token(aud=["a", "b"], azp=CLIENT))

    def test_an_issuer_that_the_account_does_not_know(self, federation: Federation) -> None:
        role = federation.role()
        for issuer in (f"{federation.issuer.url}/", "https://other.example.com", federation.issuer.host):
            assert refuse(federation, role, federation.token(iss=issuer)) == (
                "InvalidIdentityToken",
                f"No OpenIDConnect provider found in your account for {issuer}",
                400,
            )

    def test_the_provider_of_another_account(self, federation: Federation) -> None:
        """Providers vouch in their own account alone."""
        other = federation.world.account("Other")
        iam = federation.world.client("iam", other.admin)
        document = trust(federation.provider)
        role = iam.create_role(RoleName="R", AssumeRolePolicyDocument=document)["Role"]["Arn"]
        assert refuse(federation, role)[1].startswith("No OpenIDConnect provider found")

    def test_what_is_no_token(self, federation: Federation) -> None:
        for text in ("abcd", "a.b.c", "ey.ey.ey", federation.token() + ".x", "é" * 8):
            assert refuse(federation, federation.role(), text) == ("InvalidIdentityToken", NO_JWT, 400)

    def test_the_providers_client_ids_count_now(self, federation: Federation) -> None:
        role = federation.role()
        federation.iam.remove_client_id_from_open_id_connect_provider(
            OpenIDConnectProviderArn=federation.provider, ClientID=CLIENT
        )
        assert refuse(federation, role)[1] == "Incorrect token audience"

    def test_a_provider_that_is_gone(self, federation: Federation) -> None:
        role = federation.role()
        made = federation.assume(role)
        federation.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=federation.provider)
        assert refuse(federation, role)[1].startswith("No OpenIDConnect provider found")
        session = federation.world.client("sts", Keys.of(made["Credentials"]))
        assert session.get_caller_identity()


class TestParameters:
    def test_duration(self, federation: Federation) -> None:
        role = federation.role()
        assert refuse(federation, role, DurationSeconds=3601)[1] == (
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
        federation.iam.update_role(RoleName="Federated1", MaxSessionDuration=7200)
        assert federation.assume(role, DurationSeconds=7200)

    def test_session_policies(self, federation: Federation) -> None:
        limited = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [limited]})
        made = federation.assume(federation.role(), Policy=document)
        assert made["PackedPolicySize"] > 0
        s3 = federation.world.client("s3", Keys.of(made["Credentials"]))
        assert refused(s3.list_buckets)[0] == "AccessDenied"
        assert refuse(federation, federation.role(), Policy="{}")[0] == "MalformedPolicyDocument"
        arns = [{"arn": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}]
        made = federation.assume(federation.role(), PolicyArns=arns)
        assert federation.world.client("s3", Keys.of(made["Credentials"])).list_buckets()

    def test_what_is_refused(self, federation: Federation) -> None:
        role = federation.role()
        assert refuse(federation, role, ProviderId="graph.facebook.com")[1] == "ProviderId is not offered."
        of_sts, of_nobody = role.replace(":iam:", ":sts:"), f"arn:aws:iam:::{role.rpartition(':')[2]}"
        for arn in ("x" * 20, federation.provider, role.replace("role/", "role:"), of_sts, of_nobody):
            assert refuse(federation, arn) == ("ValidationError", "Request ARN is invalid", 400)
        assert refuse(federation, role, "x" * 20001)[0] == "ValidationError"


class TestKeys:
    def test_they_are_remembered(self, federation: Federation) -> None:
        role = federation.role()
        federation.assume(role)
        asked = list(federation.issuer.asked)
        assert asked == ["/.well-known/openid-configuration", "/keys"]
        federation.assume(role)
        assert federation.issuer.asked == asked
        federation.world.clock.advance(3600)
        federation.assume(role)
        assert len(federation.issuer.asked) == 4

    def test_a_new_key_is_found_within_a_minute(self, federation: Federation) -> None:
        role, clock = federation.role(), federation.world.clock
        federation.assume(role)
        new = rsa_key("new")
        federation.issuer.publish(keys=[new])
        found = refuse(federation, role, federation.token(key=new))
        assert found == ("InvalidIdentityToken", NO_KEY, 400)
        clock.advance(60)
        assert federation.assume(role, federation.token(key=new))
        assert refuse(federation, role) == ("InvalidIdentityToken", NO_KEY, 400)

    def test_a_token_without_kid_needs_an_only_key(self, federation: Federation) -> None:
        role = federation.role()
        assert federation.assume(role, without_kid(federation))
        federation.issuer.publish(keys=[rsa_key(), rsa_key("new")])
        federation.world.clock.advance(3600)
        assert refuse(federation, role, without_kid(federation))[1] == NO_KEY


def without_kid(federation: Federation) -> str:
    now = int(federation.world.clock.now)
    claims = {"iss": federation.issuer.url, "sub": SUBJECT, "aud": CLIENT, "iat": now, "exp": now + 300}
    return jwt.encode({"alg": "RS256"}, claims, rsa_key())


def test_the_audit_record(federation: Federation) -> None:
    """In the role's account: who was vouched for, and never the token."""
    role = federation.role({"StringEquals": {f"{federation.issuer.host}:sub": SUBJECT}})
    federation.assume(role)
    other = federation.token(sub="somebody else")
    refuse(federation, role, other)
    refuse(federation, role, "no token")
    federation.world.opened.store.write(lambda db: None).result()
    with federation.world.opened.store.snapshot() as db:
        events = [event.record for event in db.events.page(federation.account.id)]
    found = [event for event in events if event["eventName"] == "AssumeRoleWithWebIdentity"]
    assert len(found) == 2
    made, refusal = sorted(found, key=lambda event: "errorCode" in event)
    assert made["userIdentity"] == {
        "type": "WebIdentityUser",
        "principalId": f"{federation.provider}:{CLIENT}:{SUBJECT}",
        "userName": SUBJECT,
        "identityProvider": federation.provider,
    }
    assert refusal["userIdentity"]["userName"] == "somebody else"
    assert refusal["errorCode"] == "AccessDenied"
    assert other not in json.dumps(events)


@pytest.mark.parametrize("change", ["deleted", "emptied", "tagged"])
def test_a_provider_that_changes_while_it_is_asked(federation: Federation, change: str) -> None:
    """The one that vouched must be there still, and be the same, when the rights are asked."""
    role, arn, iam = federation.role(), {"OpenIDConnectProviderArn": federation.provider}, federation.iam

    def meanwhile() -> None:
        federation.issuer.meanwhile = lambda: None
        if change == "deleted":
            iam.delete_open_id_connect_provider(**arn)
        elif change == "emptied":
            iam.remove_client_id_from_open_id_connect_provider(**arn, ClientID=CLIENT)
        else:
            iam.tag_open_id_connect_provider(**arn, Tags=[{"Key": "a", "Value": "b"}])

    federation.issuer.meanwhile = meanwhile
    assert refuse(federation, role) == (
        "InvalidIdentityToken",
        f"No OpenIDConnect provider found in your account for {federation.issuer.url}",
        400,
    )
