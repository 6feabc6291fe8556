"""Tokens as GitHub Actions, EKS and Google document theirs, or plain ones."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from deputize.cli.idp.keys import TestKeys, fresh

GITHUB = "token.actions.githubusercontent.com"
EKS = "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
GOOGLE = "accounts.google.com"
# Shape -> the path of its issuer, whose keys STS knows it by.
ISSUERS = {"github": GITHUB, "eks": EKS, "google": GOOGLE, "plain": "plain"}
# For how long each is good (seconds), as theirs are.
LIFETIMES = {"github": 300, "eks": 86400, "google": 3600, "plain": 3600}
AUDIENCE = "sts.amazonaws.com"
KID = "deputize-idp"
# How a token may be made wrong, each in one way.
WRONG = ("expired", "not-yet", "signature", "issuer", "audience")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Of whom a token speaks; each shape takes what it needs."""

    name: str = "test-subject"
    repository: str = "octo-org/octo-repo"
    ref: str = "refs/heads/main"
    environment: str | None = None
    workflow: str = "deploy"
    namespace: str = "default"
    service_account: str = "app"
    email: str = "ann@example.com"


def issuer_of(base: str, shape: str) -> str:
    return f"{base}/{ISSUERS[shape]}"


def number(text: str) -> str:
    """Some number that is the same for the same text, as ids are."""
    return str(int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big"))


def github(subject: Subject) -> dict[str, Any]:
    owner = subject.repository.partition("/")[0]
    place = f"environment:{subject.environment}" if subject.environment else f"ref:{subject.ref}"
    file = f"{subject.repository}/.github/workflows/{subject.workflow}.yml@{subject.ref}"
    claims: dict[str, Any] = {
        "sub": f"repo:{subject.repository}:{place}",
        "jti": str(uuid.uuid4()),
        "ref": subject.ref,
        "ref_type": "tag" if subject.ref.startswith("refs/tags/") else "branch",
        "sha": hashlib.sha1(file.encode(), usedforsecurity=False).hexdigest(),
        "repository": subject.repository,
        "repository_id": number(subject.repository),
        "repository_owner": owner,
        "repository_owner_id": number(owner),
        "repository_visibility": "private",
        "actor": "octocat",
        "actor_id": number("octocat"),
        "workflow": subject.workflow,
        "workflow_ref": file,
        "job_workflow_ref": file,
        "event_name": "push",
        "head_ref": "",
        "base_ref": "",
        "run_id": "1",
        "run_number": "1",
        "run_attempt": "1",
        "runner_environment": "github-hosted",
    }
    return claims if subject.environment is None else {**claims, "environment": subject.environment}


def eks(subject: Subject) -> dict[str, Any]:
    account = subject.service_account
    return {
        "sub": f"system:serviceaccount:{subject.namespace}:{account}",
        "kubernetes.io": {
            "namespace": subject.namespace,
            "pod": {"name": f"{account}-0", "uid": str(uuid.uuid4())},
            "serviceaccount": {"name": account, "uid": str(uuid.uuid4())},
        },
    }


def google(subject: Subject) -> dict[str, Any]:
    return {"sub": number(subject.email), "email": subject.email, "email_verified": True}


def plain(subject: Subject) -> dict[str, Any]:
    return {"sub": subject.name}


SHAPES = {"github": github, "eks": eks, "google": google, "plain": plain}


def claims_of(
    shape: str, issuer: str, subject: Subject, audience: str, now: int, lifetime: int | None
) -> dict[str, Any]:
    """All claims of a token that is right; `now` and `lifetime` in seconds."""
    claims = {
        "iss": issuer,
        "aud": [audience] if shape == "eks" else audience,
        "iat": now,
        "nbf": now,
        "exp": now + (LIFETIMES[shape] if lifetime is None else lifetime),
        **SHAPES[shape](subject),
    }
    return {**claims, "azp": audience} if shape == "google" else claims


def spoiled(claims: Mapping[str, Any], wrong: str | None) -> dict[str, Any]:
    """The claims, wrong in one way."""
    now: int = claims["iat"]
    changes: dict[str, dict[str, Any]] = {
        "expired": {"iat": now - 7200, "nbf": now - 7200, "exp": now - 3600},
        "not-yet": {"iat": now + 3600, "nbf": now + 3600, "exp": now + 7200},
        "issuer": {"iss": "https://issuer.example.com"},
        "audience": {"aud": "somebody-else", **({"azp": "somebody-else"} if "azp" in claims else {})},
    }
    return {**claims, **changes.get(wrong or "", {})}


def signed(claims: Mapping[str, Any], keys: TestKeys, wrong: str | None) -> str:
    """The token; one of a wrong signature is signed by a key that nobody knows."""
    key: rsa.RSAPrivateKey = fresh() if wrong == "signature" else keys.tokens
    return jwt.encode(spoiled(claims, wrong), key, "RS256", {"kid": KID})


def key_set(keys: TestKeys) -> dict[str, Any]:
    """The public key, as providers publish theirs."""
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(keys.tokens.public_key(), as_dict=True)
    kept = {name: value for name, value in jwk.items() if name in ("kty", "n", "e")}
    return {"keys": [{**kept, "kid": KID, "use": "sig", "alg": "RS256"}]}
