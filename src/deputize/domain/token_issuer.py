"""An account's own issuer of web identity tokens: its keys, its documents, its tokens (IAM guide, "Outbound
identity federation"; OpenID Connect Discovery 1.0; RFC 7517).
"""

import json
import secrets
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from deputize.model.federation import IssuerKey, TokenIssuer
from deputize.protocol.message import Answer, Head
from deputize.secrets.keyring import Keyring
from deputize.store.api import Store

# No bucket can have that name.
PATH = "/_oidc/"
CONFIGURATION = "/.well-known/openid-configuration"
KEYS = "/.well-known/jwks.json"
# What a token may be signed with (STS API, GetWebIdentityToken).
ALGORITHMS = ("RS256", "ES384")
RSA_BITS = 2048
_TABLE = "token_issuer"


def new_issuer(keyring: Keyring, account: str, base: str, now: int) -> TokenIssuer:
    """An issuer of `account` under the server's address `base`, with a key for each algorithm. Takes a tenth
    of a second.
    """
    made = secrets.token_hex(16)
    keys = tuple(_new_key(keyring, account, algorithm) for algorithm in ALGORITHMS)
    return TokenIssuer(account=account, id=made, url=f"{base}{PATH}{made}", created=now, keys=keys)


def _new_key(keyring: Keyring, account: str, algorithm: str) -> IssuerKey:
    kid = f"{algorithm}-{secrets.token_hex(8)}"
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    if algorithm == "RS256":
        private = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
        public = jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    else:
        private = ec.generate_private_key(ec.SECP384R1())
        public = jwt.algorithms.ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
    kept = {name: value for name, value in public.items() if isinstance(value, str)}
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return IssuerKey(
        kid=kid,
        algorithm=algorithm,
        public={**kept, "kid": kid, "alg": algorithm, "use": "sig"},
        private=keyring.seal(_TABLE, account, kid, der),
    )


def sign(keyring: Keyring, issuer: TokenIssuer, algorithm: str, claims: Mapping[str, Any]) -> str:
    """A token with these claims. Takes some milliseconds."""
    key = next(one for one in issuer.keys if one.algorithm == algorithm)
    private = load_der_private_key(keyring.unseal(_TABLE, issuer.account, key.kid, key.private), None)
    return jwt.encode(dict(claims), private, algorithm, {"kid": key.kid})  # type: ignore[arg-type]


def published(store: Store, head: Head) -> Answer | None:
    """What anybody may read of an issuer, if the request is for that; None if it is for something else."""
    if not head.path.startswith(PATH) or head.method not in ("GET", "HEAD"):
        return None
    name, _, rest = head.path.removeprefix(PATH).partition("/")
    with store.snapshot() as db:
        issuer = next(iter(db.token_issuers.find("id", name)), None)
    documents = {} if issuer is None else _documents(issuer)
    found = documents.get(f"/{rest}")
    headers = (("content-type", "application/json"), ("cache-control", "public, max-age=300"))
    if found is None:
        return Answer(404, headers[:1], b"{}\n")
    return Answer(200, headers, json.dumps(found).encode() + b"\n")


def _documents(issuer: TokenIssuer) -> Mapping[str, Mapping[str, Any]]:
    return {
        CONFIGURATION: {
            "issuer": issuer.url,
            "jwks_uri": issuer.url + KEYS,
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": list(ALGORITHMS),
            "claims_supported": ["aud", "exp", "iat", "iss", "jti", "sub"],
        },
        KEYS: {"keys": [dict(key.public) for key in issuer.keys]},
    }
