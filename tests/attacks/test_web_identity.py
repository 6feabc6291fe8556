"""T27 and T40: forged, borrowed and odd web identity tokens, and providers that would make the server ask
where it must not.
"""

import base64
import dataclasses
import hashlib
import hmac
import json
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fix_idp import CLIENT, SUBJECT, Answer, Federation, Issuer, ec_key, federated, rsa_key, token
from tests.fix_world import Clock, World, running
from tests.refusals import refused
from tests.state import unchanged

from deputize.domain.web_identity import INVALID, NO_JWT, NO_KEY

EVIL = "evil"


def encoded(part: Mapping[str, Any] | bytes) -> str:
    content = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def claims(federation: Federation, **more: Any) -> dict[str, Any]:
    now = int(federation.world.clock.now)
    return {"iss": federation.issuer.url, "sub": SUBJECT, "aud": CLIENT, "iat": now, "exp": now + 300, **more}


def forged(header: Any, payload: Any, signature: bytes = b"") -> str:
    return f"{encoded(header)}.{encoded(payload)}.{encoded(signature)}"


@pytest.fixture
def role(federation: Federation) -> Iterator[str]:
    """A role that trusts the provider, which takes a token that is right, before and after."""
    arn = federation.role()
    assert federation.assume(arn)
    yield arn
    assert federation.assume(arn)


def refuses(federation: Federation, role: str, web_token: str) -> str:
    """The token is refused as one that is not valid, and nothing changes; returns the message."""
    with unchanged(federation.world):
        code, message, status = refused(federation.assume, role=role, web_token=web_token)
    assert (code, status) == ("InvalidIdentityToken", 400), message
    return message


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", None, 0, ["RS256"], "PS256", "EdDSA"])
def test_t27_algorithms_that_sign_nothing_or_are_not_taken(
    federation: Federation, role: str, alg: Any
) -> None:
    for kid in ({}, {"kid": "rsa"}):
        made = forged({"alg": alg, "typ": "JWT", **kid}, claims(federation))
        assert refuses(federation, role, made) == NO_JWT


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_t27_the_public_key_as_a_secret(federation: Federation, role: str, alg: str) -> None:
    public = rsa_key().get_op_key("verify")
    jwk = json.dumps(rsa_key().as_dict(private=False))
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[alg]
    secrets = [
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.PEM, PublicFormat.PKCS1),
        jwk.encode(),
    ]
    for stated in (alg, "RS256"):
        signed = f"{encoded({'alg': stated, 'kid': 'rsa'})}.{encoded(claims(federation))}"
        for secret in secrets:
            signature = hmac.new(secret, signed.encode(), digest).digest()
            message = refuses(federation, role, f"{signed}.{encoded(signature)}")
            assert message == (NO_JWT if stated == alg else INVALID)


def test_t27_a_symmetric_key_that_the_issuer_publishes(federation: Federation, role: str) -> None:
    oct_key = {"kty": "oct", "k": encoded(b"s" * 32), "kid": "oct", "alg": "HS256"}
    url = federation.issuer.publish("/oct", keys=[])
    federation.issuer.answers["/oct/keys"] = Answer(json.dumps({"keys": [oct_key]}).encode())
    federation.iam.create_open_id_connect_provider(Url=url, ClientIDList=[CLIENT])
    payload = claims(federation, iss=url)
    for alg, message in (("HS256", NO_JWT), ("RS256", NO_KEY)):
        signed = f"{encoded({'alg': alg, 'kid': 'oct'})}.{encoded(payload)}"
        signature = hmac.new(b"s" * 32, signed.encode(), hashlib.sha256).digest()
        assert refuses(federation, role, f"{signed}.{encoded(signature)}") == message


def test_t27_keys_of_another_kind_or_strength(federation: Federation, role: str) -> None:
    weak = rsa_key("weak", 1024)
    federation.issuer.publish(keys=[rsa_key(), ec_key("P-256", "p256"), ec_key("P-384", "p384"), weak])
    federation.world.clock.advance(3600)
    now = federation.world.clock.now
    rs_by_ec = forged({"alg": "RS256", "kid": "p256"}, claims(federation), b"x" * 256)
    es_by_rsa = forged({"alg": "ES256", "kid": "rsa"}, claims(federation), b"x" * 64)
    es_by_other_curve = forged({"alg": "ES256", "kid": "p384"}, claims(federation), b"x" * 64)
    for made in (rs_by_ec, es_by_rsa, es_by_other_curve, token(federation.issuer.url, now, key=weak)):
        assert refuses(federation, role, made) == NO_KEY


@pytest.mark.parametrize(
    "kid",
    [
        "other",
        "",
        "RSA",
        "rsa ",
        "../../../../dev/null",
        "' OR '1'='1",
        "rsa' UNION SELECT 'x",
        "|/bin/true",
        "http://127.0.0.1/keys",
        "rsa\x00",
        "x" * 10_000,
    ],
)
def test_t27_a_kid_names_a_key_and_nothing_else(federation: Federation, role: str, kid: str) -> None:
    made = token(federation.issuer.url, federation.world.clock.now, header={"kid": kid})
    assert refuses(federation, role, made) == NO_KEY


@pytest.mark.parametrize("kid", [7, ["rsa"], {"kid": "rsa"}, True])
def test_t27_a_kid_that_is_no_text(federation: Federation, role: str, kid: Any) -> None:
    made = forged({"alg": "RS256", "kid": kid}, claims(federation), b"x" * 256)
    assert refuses(federation, role, made) == NO_JWT


@pytest.mark.parametrize("kid", ["rsa", EVIL])
def test_t27_keys_that_the_token_brings_or_names(federation: Federation, role: str, kid: str) -> None:
    """`jwk`, `jku`, `x5u`, `x5c` are not read: nothing of theirs is asked for."""
    key = rsa_key(EVIL)
    url = f"{federation.issuer.url}/{EVIL}"
    federation.issuer.answers[f"/{EVIL}"] = Answer(json.dumps({"keys": [key.as_dict()]}).encode())
    federation.issuer.asked.clear()
    for header in ({"jwk": key.as_dict(private=False)}, {"jku": url}, {"x5u": url}, {"x5c": ["AAAA"]}):
        signed = forged_by(key, {"alg": "RS256", "kid": kid, **header}, claims(federation))
        assert refuses(federation, role, signed) in (NO_KEY, INVALID)
    assert f"/{EVIL}" not in federation.issuer.asked


def forged_by(key: Any, header: Mapping[str, Any], payload: Mapping[str, Any]) -> str:
    """Signed by `key` with RS256, whatever the header says."""
    signed = f"{encoded(header)}.{encoded(payload)}"
    signature = key.get_op_key("sign").sign(signed.encode(), PKCS1v15(), SHA256())
    return f"{signed}.{encoded(signature)}"


@pytest.mark.parametrize("header", [{"crit": ["x"], "x": 1}, {"crit": ["b64"], "b64": False}, {"crit": []}])
def test_t27_demands_that_are_not_understood(federation: Federation, role: str, header: Any) -> None:
    made = forged_by(rsa_key(), {"alg": "RS256", "kid": "rsa", **header}, claims(federation))
    assert refuses(federation, role, made) == NO_JWT


@pytest.mark.parametrize(
    "more",
    [
        {"exp": None},
        {"exp": "1"},
        {"exp": "9999999999"},
        {"exp": True},
        {"exp": -1},
        {"exp": [9999999999]},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"exp": 10**400},
        {"exp": 1_900_000_000_000},
        {"iat": None},
        {"iat": "0"},
        {"nbf": {}},
    ],
    ids=str,
)
def test_t27_times_that_are_none(federation: Federation, role: str, more: dict[str, Any]) -> None:
    payload = {name: value for name, value in claims(federation, **more).items() if value is not None}
    refuses(federation, role, forged_by(rsa_key(), {"alg": "RS256", "kid": "rsa"}, payload))


def test_t27_an_issuer_is_compared_to_the_letter(federation: Federation, role: str) -> None:
    url = federation.issuer.url
    for other in (f"{url}/", f"{url}/.", url.upper(), f" {url}", f"{url}#", f"https{url[4:]}", f"x{url}"):
        message = refuses(federation, role, federation.token(iss=other))
        assert message == f"No OpenIDConnect provider found in your account for {other}"
    odd: Any
    for odd in (7, [url], {}, "", "x" * 256, "\x1f", f"{url}\n", "\ufffe", "\ud800"):
        made = forged_by(rsa_key(), {"alg": "RS256", "kid": "rsa"}, claims(federation, iss=odd))
        assert refuses(federation, role, made) == "Missing a required claim: iss"


@pytest.mark.parametrize("subject", [7, ["x"], {}, "", "x" * 256, "a\x1fb", "a\nb", "\u202e", "\ud800"])
def test_t27_subjects_that_are_no_names(federation: Federation, role: str, subject: Any) -> None:
    made = forged_by(rsa_key(), {"alg": "RS256", "kid": "rsa"}, claims(federation, sub=subject))
    assert refuses(federation, role, made) == "Missing a required claim: sub"


def test_t27_one_issuer_does_not_sign_for_another(federation: Federation, role: str) -> None:
    """Two providers of one account, each with its key under the same kid."""
    evil = rsa_key("same")
    other = federation.issuer.publish("/other", keys=[evil])
    federation.iam.create_open_id_connect_provider(Url=other, ClientIDList=[CLIENT])
    made = forged_by(evil, {"alg": "RS256", "kid": "rsa"}, claims(federation))
    assert refuses(federation, role, made) == INVALID
    with unchanged(federation.world):
        mine = token(other, federation.world.clock.now, key=evil)
        code, message, _ = refused(federation.assume, role=role, web_token=mine)
    assert (code, message) == ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")


def test_t27_parts_of_two_tokens(federation: Federation, role: str) -> None:
    first, second = federation.token(sub="somebody-else"), federation.token()
    header, payload, _ = first.split(".")
    assert refuses(federation, role, f"{header}.{payload}.{second.split('.')[2]}") == INVALID
    bare, signature = second.rsplit(".", 1)
    for cut in (signature[:-4], signature[:8], "", signature + "AAAA", "A" * len(signature)):
        assert refuses(federation, role, f"{bare}.{cut}") in (INVALID, NO_JWT)


def test_t27_other_serialisations(federation: Federation, role: str) -> None:
    header, payload, signature = federation.token().split(".")
    for made in (
        f"{header}.{payload}",
        f"{header}.{payload}.{signature}.{signature}.{signature}",
        f"Bearer {header}.{payload}.{signature}",
        json.dumps({"protected": header, "payload": payload, "signature": signature}),
        f"{encoded(b'[]')}.{payload}.{signature}",
        f"{header}.{encoded(b'[1]')}.{signature}",
        f"{encoded(b'{' * 5000)}.{payload}.{signature}",
        f"{header}.{encoded(b'[' * 10_000)}.{signature}",
    ):
        assert refuses(federation, role, made) == NO_JWT


def test_t27_used_again(federation: Federation, role: str) -> None:
    """As on AWS a token may be used again until it expires, and not a second longer."""
    once = federation.token()
    assert federation.assume(role, once)
    assert federation.assume(role, once)
    federation.world.clock.advance(300)
    assert refused(federation.assume, role=role, web_token=once)[0] == "ExpiredTokenException"


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "fd00:ec2::254", "::ffff:10.0.0.1"]
)
def test_t40_a_provider_whose_name_is_of_this_network(
    world: World, issuer: Issuer, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused the same whether the port is open or not: nobody connects."""
    resolve, connect = socket.getaddrinfo, socket.create_connection
    connected: list[Any] = []

    def resolving(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        if host != "internal.example.com":
            return resolve(host, port, *more, **named)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connecting(place: Any, *more: Any, **named: Any) -> socket.socket:
        connected.append(place)
        return connect(place, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolving)
    monkeypatch.setattr(socket, "create_connection", connecting)
    account = world.account("Inside")
    url = "https://internal.example.com"
    made = world.client("iam", account.admin).create_open_id_connect_provider(Url=url, ClientIDList=[CLIENT])
    federation = Federation(world, issuer, account, made["OpenIDConnectProviderArn"])
    role = federation.role()
    assert refuses(federation, role, token(url, world.clock.now)) == NO_KEY
    assert (address, 443) not in connected


def test_t40_a_document_that_points_elsewhere(federation: Federation, role: str) -> None:
    """To files, to other schemes, to other machines of the network, by redirects."""
    targets = (
        "file:///etc/passwd",
        "gopher://127.0.0.1:25/x",
        "http://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/keys",
        "http://[::ffff:a9fe:a9fe]/",
    )
    for number, target in enumerate(targets):
        url = federation.issuer.publish(f"/odd{number}", jwks_uri=target)
        federation.iam.create_open_id_connect_provider(Url=url, ClientIDList=[CLIENT])
        assert refuses(federation, role, federation.token(iss=url)) == NO_KEY
    url = federation.issuer.publish("/moved")
    federation.issuer.answers["/moved/keys"] = Answer(b"", 302, {"Location": f"{federation.issuer.url}/keys"})
    federation.iam.create_open_id_connect_provider(Url=url, ClientIDList=[CLIENT])
    assert refuses(federation, role, federation.token(iss=url)) == NO_KEY


def test_t40_plain_http_when_the_switch_is_off_again(tmp_path: Path, issuer: Issuer) -> None:
    with federated(tmp_path / "data", issuer) as federation:
        role = federation.role()
    with running(tmp_path / "data", Clock()) as world:
        federation = dataclasses.replace(federation, world=world)
        assert refuses(federation, role, token(issuer.url, world.clock.now)) == NO_KEY
    assert issuer.asked == []


def test_t40_an_issuer_that_is_not_there(federation: Federation, role: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    federation.iam.create_open_id_connect_provider(Url=url, ClientIDList=[CLIENT])
    with unchanged(federation.world):
        code, _, status = refused(federation.assume, role=role, web_token=federation.token(iss=url))
    assert (code, status) == ("IDPCommunicationError", 400)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
HEADERS = st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "jku", "b64", "cty", "zip"]), JSON)
CLAIMS = st.dictionaries(
    st.sampled_from(
        [
            "iss", "sub", "aud", "azp", "exp", "nbf", "iat", "amr", "https://aws.amazon.com/tags",
            "https://aws.amazon.com/source_identity", "https://aws.amazon.com/tags/principal_tags/a",
        ]
    ),
    JSON,
)  # fmt: skip


@settings(
    max_examples=int(os.environ.get("DEPUTIZE_FUZZ_EXAMPLES", "80")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(header=HEADERS, payload=CLAIMS, right=st.booleans())
def test_t27_claims_and_headers_of_any_kind(
    federation: Federation, header: dict[str, Any], payload: dict[str, Any], right: bool
) -> None:
    """Signed by the provider itself or not, in any type: an answer that is no failure of the server's."""
    claims_ = {**claims(federation), **payload}
    header = {"alg": "RS256", "kid": "rsa", **({} if right else header)}
    made = forged_by(rsa_key(), header, claims_)
    known = federation.iam.list_roles()["Roles"]
    role = known[0]["Arn"] if known else federation.role()
    try:
        federation.assume(role, made)
    except ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403), error
        return
    assert right or header.get("alg") == "RS256"
    assert claims_["iss"] == federation.issuer.url
