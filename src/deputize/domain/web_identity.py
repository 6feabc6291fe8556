"""Web identity tokens: JSON Web Tokens of OpenID Connect providers, verified (RFC 7519, RFC 8725, OpenID
Connect Core 2 and 3.1.3.7).

The token never says how it is to be verified: its issuer is looked up among the account's providers, the key
comes from that issuer's own set, and the algorithm must be one of those below and fit the key. Headers that
name or bring keys are not read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from deputize.config import Settings
from deputize.domain.claims import check_kept, keys_of, passed, refused
from deputize.domain.vouching import Identity
from deputize.errors import ApiError
from deputize.gateway.fetch import FetchFailed, FetchRefused
from deputize.gateway.issuer_keys import IssuerKeys, Jwk
from deputize.model.federation import OidcProvider

# What AWS takes (IAM guide, "Create an OIDC identity provider"), and the curve of each that has one.
ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
CURVES = {"ES256": "secp256r1", "ES384": "secp384r1", "ES512": "secp521r1"}
# Weaker keys can be forged, larger ones cost more than a signature is worth.
RSA_BITS = range(2048, 8192 + 1)
# Seconds by which the clocks of provider and server may differ, for `nbf` and `iat`; none for `exp`.
SKEW = 300
# A time beyond this (the year 5138) was not written in seconds.
LATEST = 10**11
SUBJECT_CHARACTERS = 255

NO_JWT = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
NO_KEY = (
    "Couldn't retrieve verification key from your identity provider,  please reference "
    "AssumeRoleWithWebIdentity documentation for requirements"
)
UNREACHABLE = (
    "The request could not be fulfilled because the identity provider (IDP) that was asked to verify the "
    "incoming identity token could not be reached."
)
INVALID = "The web identity token that was passed could not be validated by AWS."


@dataclass(frozen=True, slots=True, kw_only=True)
class Unverified:
    """What a token claims before anybody has verified it: enough to find out who could."""

    token: str = field(repr=False)
    issuer: str
    algorithm: str
    kid: str | None


def read(token: str) -> Unverified:
    """Raises InvalidIdentityToken for what is no token, or one that is not signed as it must be."""
    import jwt  # here and below: what few servers are asked for is loaded when they are

    try:
        found = jwt.decode_complete(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise refused(NO_JWT) from None
    header, claims = found["header"], found["payload"]
    issuer, kid = claims.get("iss"), header.get("kid")
    if header.get("alg") not in ALGORITHMS or "crit" in header or not isinstance(kid, str | None):
        raise refused(NO_JWT)
    if not _named(issuer):
        raise refused("Missing a required claim: iss")
    return Unverified(token=token, issuer=issuer, algorithm=header["alg"], kid=kid)


def _named(value: Any) -> TypeGuard[str]:
    """Whether a claim names somebody; what cannot be printed cannot be answered or recorded either."""
    return isinstance(value, str) and 0 < len(value) <= SUBJECT_CHARACTERS and value.isprintable()


def verify(
    unverified: Unverified, provider: OidcProvider, known: IssuerKeys, now: float, settings: Settings
) -> Identity:
    """Whom the token is about. May take seconds, on the network. `settings` say whether providers may be
    on this machine.

    Raises InvalidIdentityToken, ExpiredTokenException, IDPCommunicationError.
    """
    import jwt

    key = _key(unverified, provider, known, now, settings)
    options: Any = {"verify_signature": True, "require": []}
    options |= {f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")}
    try:
        claims = jwt.decode(unverified.token, key, algorithms=[unverified.algorithm], options=options)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise refused(INVALID) from None
    if claims.get("iss") != provider.issuer:
        raise refused(INVALID)
    _check_times(claims, now)
    subject = claims.get("sub")
    if not _named(subject):
        raise refused("Missing a required claim: sub")
    keys, kept = keys_of(provider, claims)
    check_kept(kept)
    audience = _audience(claims, provider)
    return Identity(
        provider=provider,
        subject=subject,
        user_id=f"{provider.arn}:{audience}:{subject}",
        audience=audience,
        keys=keys,
        kept=kept,
        passed=passed(claims),
    )


def _key(
    unverified: Unverified, provider: OidcProvider, known: IssuerKeys, now: float, settings: Settings
) -> RSAPublicKey | EllipticCurvePublicKey:
    """The issuer's key that the token names, or its only one that fits."""
    try:
        keys = known.of(provider, unverified.kid, now, settings)
    except FetchFailed:
        raise ApiError("IDPCommunicationError", UNREACHABLE) from None
    except FetchRefused:
        raise refused(NO_KEY) from None
    fitting = list(_fitting(keys, unverified))
    if len(fitting) != 1:
        raise refused(NO_KEY)
    return fitting[0]


def _fitting(keys: Iterable[Jwk], unverified: Unverified) -> Iterable[RSAPublicKey | EllipticCurvePublicKey]:
    import jwt

    for jwk in keys:
        if unverified.kid is not None and jwk.get("kid") != unverified.kid:
            continue
        if jwk.get("use", "sig") != "sig" or jwk.get("alg", unverified.algorithm) != unverified.algorithm:
            continue
        try:
            key = jwt.PyJWK(dict(jwk), unverified.algorithm).key
        except (jwt.PyJWTError, ValueError, TypeError):
            continue
        if _fits(key, unverified.algorithm):
            yield key


def _fits(key: object, algorithm: str) -> bool:
    """Whether the key is public, of the algorithm's own kind, and strong enough (RFC 8725, 3.1)."""
    if isinstance(key, EllipticCurvePublicKey):
        return key.curve.name == CURVES.get(algorithm)
    return isinstance(key, RSAPublicKey) and algorithm not in CURVES and key.key_size in RSA_BITS


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    expires, issued = _moment(claims, "exp"), _moment(claims, "iat")
    if expires is None:
        raise refused("Missing a required claim: exp")
    if issued is None:
        raise refused("Missing a required claim: iat")
    if expires <= now:
        raise ApiError(
            "ExpiredTokenException",
            f"Token expired: current date/time {int(now)} must be before the expiration date/time "
            f"{int(expires)}",
        )
    begins = max(issued, _moment(claims, "nbf") or 0)
    if begins > now + SKEW:
        raise refused(f"Token is not valid yet: current date/time {int(now)} is before {int(begins)}")


def _moment(claims: Mapping[str, Any], name: str) -> float | None:
    """A time in seconds (RFC 7519, NumericDate); None if the claim is missing."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < LATEST:
        raise refused(INVALID)
    return value


def _audience(claims: Mapping[str, Any], provider: OidcProvider) -> str:
    """The client that the token is for: the authorized party if one is named, else its only audience."""
    aud = claims.get("aud")
    if aud is None:
        raise refused("Missing a required claim: aud")
    audiences = aud if isinstance(aud, list) else [aud]
    if not all(isinstance(one, str) for one in audiences):
        raise refused("Incorrect token audience")
    found = claims["azp"] if "azp" in claims else audiences[0] if len(audiences) == 1 else None
    if not isinstance(found, str) or found not in provider.client_ids:
        raise refused("Incorrect token audience")
    return found
