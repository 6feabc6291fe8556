"""Outbound web identity federation: tokens by which an account's identities show others who they are,
verified by another library with the keys that are published.
"""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from tests.access.harness import policy, statement, trust
from tests.fix_idp import Federation
from tests.fix_idp import trust as trust_provider
from tests.fix_world import Keys, TestAccount, World
from tests.refusals import denied, refused

from deputize.sts import identity_token

AUDIENCE = "https://api.example.com"
NAMESPACE = "https://sts.amazonaws.com/"


@pytest.fixture
def account(world: World) -> TestAccount:
    return world.account("Outbound")


@pytest.fixture
def own(world: World, account: TestAccount) -> str:
    iam = world.client("iam", account.admin)
    url: str = iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    return url


def fetch(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - http of this machine
        return json.load(answer)


def ask(world: World, keys: Keys, **asked: Any) -> Any:
    wanted = {"Audience": [AUDIENCE], "SigningAlgorithm": "RS256", **asked}
    return world.client("sts", keys).get_web_identity_token(**wanted)


def verified(issuer: str, token: str) -> tuple[Any, dict[str, Any]]:
    """Header and claims, verified as a relying party does."""
    document = fetch(f"{issuer}/.well-known/openid-configuration")
    assert document["issuer"] == issuer
    keys = KeySet.import_key_set(fetch(document["jwks_uri"]))
    found = jwt.decode(token, keys, algorithms=document["id_token_signing_alg_values_supported"])
    return found.header, found.claims


@pytest.mark.parametrize("algorithm", ["RS256", "ES384"])
def test_a_users_token(world: World, account: TestAccount, own: str, algorithm: str) -> None:
    now = int(world.clock.now)
    made = ask(world, account.admin, SigningAlgorithm=algorithm)
    header, claims = verified(own, made["WebIdentityToken"])
    arn = f"arn:aws:iam::{account.id}:user/admin"
    assert header["alg"] == algorithm
    assert (claims["iss"], claims["aud"], claims["sub"]) == (own, AUDIENCE, arn)
    assert (claims["iat"], claims["exp"]) == (now, now + 300)
    assert made["Expiration"].timestamp() == now + 300
    assert claims[NAMESPACE] == {
        "aws_account": account.id,
        "source_region": "us-east-1",
        "principal_id": arn,
    }
    other = verified(own, ask(world, account.admin)["WebIdentityToken"])[1]
    assert other["jti"] != claims["jti"]


def test_a_sessions_token(world: World, account: TestAccount, own: str) -> None:
    """Its subject is the role; its tags go along, and when the session ends."""
    iam = world.client("iam", account.admin)
    role = iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(account.id))["Role"]["Arn"]
    iam.put_role_policy(
        RoleName="R", PolicyName="p", PolicyDocument=json.dumps(policy(statement("Allow", ["sts:*"])))
    )
    sts = world.client("sts", account.admin)
    session = sts.assume_role(
        RoleArn=role, RoleSessionName="job", DurationSeconds=900, Tags=[{"Key": "Team", "Value": "blue"}]
    )
    keys = Keys.of(session["Credentials"])
    asked = {"Audience": ["a", "b"], "Tags": [{"Key": "job", "Value": "7"}], "DurationSeconds": 900}
    _, claims = verified(own, ask(world, keys, **asked)["WebIdentityToken"])
    assert (claims["sub"], claims["aud"]) == (role, ["a", "b"])
    told = claims[NAMESPACE]
    assert (told["principal_tags"], told["request_tags"]) == ({"Team": "blue"}, {"job": "7"})
    expiration = session["Credentials"]["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ")
    assert told["original_session_exp"] == expiration
    world.clock.advance(1)
    found = refused(ask, world=world, keys=keys, **asked)
    assert found[0::2] == ("SessionDurationEscalationException", 403)


def test_who_may_have_one(world: World, account: TestAccount, own: str) -> None:
    conditions = {
        "ForAllValues:StringEquals": {"sts:IdentityTokenAudience": AUDIENCE},
        "StringEquals": {"sts:SigningAlgorithm": "ES384"},
        "NumericLessThanEquals": {"sts:DurationSeconds": "300"},
    }
    allow = {**statement("Allow", ["sts:GetWebIdentityToken"]), "Condition": conditions}
    keys = world.user(account, "limited", policy(allow))
    good = {"SigningAlgorithm": "ES384"}
    assert verified(own, ask(world, keys, **good)["WebIdentityToken"])
    for odd in (
        {"Audience": [AUDIENCE, "other"]},
        {"SigningAlgorithm": "RS256"},
        {"DurationSeconds": 301},
    ):
        found = refused(ask, world=world, keys=keys, **{**good, **odd})
        assert found == denied(
            f"arn:aws:iam::{account.id}:user/limited",
            "sts:GetWebIdentityToken",
            "*",
            "because no identity-based policy allows the sts:GetWebIdentityToken action",
        )
    tags = [{"Key": "a", "Value": "b"}]
    assert "sts:TagGetWebIdentityToken" in refused(ask, world=world, keys=keys, **good, Tags=tags)[1]


def test_on_and_off(world: World, account: TestAccount) -> None:
    iam = world.client("iam", account.admin)
    off = refused(iam.get_outbound_web_identity_federation_info)
    assert off[0::2] == ("FeatureDisabled", 404)
    assert refused(ask, world=world, keys=account.admin)[0::2] == (
        "OutboundWebIdentityFederationDisabledException",
        403,
    )
    issuer = iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    assert issuer.startswith(f"{world.url}/_oidc/")
    token = ask(world, account.admin)["WebIdentityToken"]
    assert refused(iam.enable_outbound_web_identity_federation)[0::2] == ("FeatureEnabled", 409)
    info = iam.get_outbound_web_identity_federation_info()
    assert (info["IssuerIdentifier"], info["JwtVendingEnabled"]) == (issuer, True)
    iam.disable_outbound_web_identity_federation()
    assert refused(iam.disable_outbound_web_identity_federation) == off
    assert refused(ask, world=world, keys=account.admin)[2] == 403
    assert verified(issuer, token)
    assert iam.enable_outbound_web_identity_federation()["IssuerIdentifier"] == issuer
    assert verified(issuer, token)


def test_each_account_has_its_own(world: World, account: TestAccount, own: str) -> None:
    other = world.account("Other")
    theirs = world.client("iam", other.admin).enable_outbound_web_identity_federation()["IssuerIdentifier"]
    assert theirs != own
    token = ask(world, other.admin)["WebIdentityToken"]
    keys = KeySet.import_key_set(fetch(f"{own}/.well-known/jwks.json"))
    with pytest.raises(Exception, match=r"(?i)key|signature"):
        jwt.decode(token, keys)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"SigningAlgorithm": "HS256"}, "ValidationError"),
        ({"SigningAlgorithm": "none"}, "ValidationError"),
        ({"Audience": []}, "ValidationError"),
        ({"Audience": ["a"] * 11}, "ValidationError"),
        ({"DurationSeconds": 59}, "ValidationError"),
        ({"DurationSeconds": 3601}, "ValidationError"),
        ({"SubjectMode": "OriginIdentity"}, "ValidationError"),
        ({"Scope": "read"}, "ValidationError"),
        ({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]}, "InvalidParameterValue"),
        (
            {"Tags": [{"Key": f"{n:0128}", "Value": "x" * 256} for n in range(50)]},
            "JWTPayloadSizeExceededException",
        ),
    ],
)
def test_refusals(world: World, account: TestAccount, own: str, asked: Any, code: str) -> None:
    sts = world.client("sts", account.admin, parameter_validation=False)
    wanted = {"Audience": [AUDIENCE], "SigningAlgorithm": "RS256", **asked}
    assert refused(sts.get_web_identity_token, **wanted)[0] == code


def test_what_is_published(world: World, own: str) -> None:
    """Public keys and no more; to those who know the own's name."""
    keys = fetch(f"{own}/.well-known/jwks.json")["keys"]
    assert [(key["kty"], key["alg"], key["use"]) for key in keys] == [
        ("RSA", "RS256", "sig"),
        ("EC", "ES384", "sig"),
    ]
    private = {"d", "p", "q", "dp", "dq", "qi", "k"}
    assert not any(private & set(key) for key in keys)
    for path in (
        "/_oidc/",
        "/_oidc/x/.well-known/jwks.json",
        f"{own.removeprefix(world.url)}",
        f"{own.removeprefix(world.url)}/.well-known/other",
        f"{own.removeprefix(world.url)}/.well-known/jwks.json/",
    ):
        with pytest.raises(urllib.error.HTTPError) as caught:
            fetch(world.url + path)
        assert caught.value.code == 404
        caught.value.close()
    post = urllib.request.Request(f"{own}/.well-known/jwks.json", b"x", method="POST")  # noqa: S310
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(post, timeout=10)  # noqa: S310
    assert caught.value.code in (400, 403, 404, 405)
    caught.value.close()


def test_keys_are_sealed_at_rest(world: World, account: TestAccount, own: str) -> None:
    with world.opened.store.snapshot() as db:
        found = db.token_issuers.get(account.id)
    assert found is not None
    assert "private" not in repr(found)
    for key in found.keys:
        assert b"\x02\x01\x00" not in key.private[:8]
        plain = world.opened.keyring.unseal("token_issuer", account.id, key.kid, key.private)
        assert plain not in (world.data / "deputize.db").read_bytes()


def test_a_token_of_ours_lets_into_another_account(federation: Federation) -> None:
    """Both ends of federation: what one account issues, another account's role trusts."""
    world, home = federation.world, federation.world.account("Home")
    issuer = world.client("iam", home.admin).enable_outbound_web_identity_federation()["IssuerIdentifier"]
    provider = federation.iam.create_open_id_connect_provider(Url=issuer, ClientIDList=[AUDIENCE])
    arn = f"arn:aws:iam::{home.id}:user/admin"
    condition = {"StringEquals": {f"{issuer.removeprefix('http://')}:sub": arn}}
    role = federation.role()
    document = trust_provider(provider["OpenIDConnectProviderArn"], condition=condition)
    federation.iam.update_assume_role_policy(RoleName="Federated1", PolicyDocument=document)
    made = federation.assume(role, ask(world, home.admin)["WebIdentityToken"])
    assert made["SubjectFromWebIdentityToken"] == arn
    stranger = ask(world, home.root)["WebIdentityToken"]
    assert refused(federation.assume, role=role, web_token=stranger)[0] == "AccessDenied"


def test_a_federated_sessions_token_names_its_provider(federation: Federation) -> None:
    made = federation.assume(federation.role())
    federation.iam.enable_outbound_web_identity_federation()
    keys = Keys.of(made["Credentials"])
    token = ask(federation.world, keys)["WebIdentityToken"]
    issuer = federation.iam.get_outbound_web_identity_federation_info()["IssuerIdentifier"]
    assert verified(issuer, token)[1][NAMESPACE]["federated_provider"] == federation.provider


def test_switched_off_between_signing_and_answering(world: World, account: TestAccount) -> None:
    """The transaction asks again whether the account vouches at all."""
    with world.opened.store.snapshot() as db, pytest.raises(Exception, match="not enabled"):
        identity_token.issuer_of(db, type("Call", (), {"account": account.id})())
