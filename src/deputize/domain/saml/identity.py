"""Whom a SAML provider vouches for: a response verified, its assertion understood (SAML 2.0 Web Browser SSO
Profile, 4.1.4.3; IAM guide, "Configure SAML assertions for the authentication response").
"""

import base64
import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass

from deputize.domain.claims import check_kept, refused
from deputize.domain.saml import attributes
from deputize.domain.saml.metadata import moment
from deputize.domain.saml.response import SignatureInvalid, signed_assertion
from deputize.domain.saml.xml import ASSERTION, Element, Malformed, only, text
from deputize.domain.vouching import Identity
from deputize.errors import ApiError
from deputize.model.federation import SamlProvider

# Seconds within which an assertion must be used, and by which the provider's clock may be ahead.
USABLE = 300
SKEW = 300
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
SIGN_IN = re.compile(
    r"https://(?:[a-z0-9-]+\.)?signin\.(?:aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn)/saml"
    r"(?:/acs/[A-Za-z0-9]+)?"
)
AUDIENCES = frozenset(
    {"urn:amazon:webservices", "urn:amazon:webservices:govcloud", "urn:amazon:webservices:cn-north-1"}
)
FORMATS = {f"urn:oasis:names:tc:SAML:2.0:nameid-format:{name}": name for name in ("persistent", "transient")}
SESSION_NAME = re.compile(r"[a-zA-Z_0-9+=,.@-]{2,64}", re.ASCII)
INVALID = "Your request included an invalid SAML response."
LATE = "Token must be redeemed within 5 minutes of issuance"
NO_AUDIENCE = "Response does not contain the required audience."


@dataclass(frozen=True, slots=True, kw_only=True)
class SamlIdentity(Identity):
    """Whom a SAML provider vouches for. `audience` is the recipient, as AWS calls it. `roles` are pairs
    of the ARNs of a role and a provider. `seconds` is how long a session of the console may last, `ends` when
    all sessions must end (epoch seconds).
    """

    subject_type: str
    name_qualifier: str
    session_name: str
    roles: tuple[frozenset[str], ...]
    seconds: int | None
    ends: int | None


def verify(
    encoded: str, provider: SamlProvider, now: float, recipients: Collection[str] = ()
) -> SamlIdentity:
    """Whom the base64 response is about. It must have been sent to AWS's sign-in address, or to one of
    `recipients`. Takes some milliseconds.

    Raises InvalidIdentityToken, ExpiredTokenException.
    """
    try:
        assertion = signed_assertion(encoded, provider.certificates)
        return _understood(assertion, provider, now, recipients)
    except SignatureInvalid:
        raise refused("Response signature invalid") from None
    except Malformed:
        raise refused(INVALID) from None


def _understood(
    assertion: Element, provider: SamlProvider, now: float, recipients: Collection[str]
) -> SamlIdentity:
    if text(only(assertion, f"{ASSERTION}Issuer")) != provider.issuer or provider.valid_until <= now:
        raise refused("Issuer not present in specified provider")
    _check_times(assertion, now)
    recipient = _recipient(assertion, now, recipients)
    _check_audience(assertion, recipients)
    name = only(only(assertion, f"{ASSERTION}Subject"), f"{ASSERTION}NameID")
    subject = text(name)
    if not subject or not subject.isprintable():
        raise Malformed("no subject")
    form = name.get("Format", "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified")
    values = attributes.values_of(assertion)
    qualifier = _qualifier(provider)
    stated = {
        "saml:doc": f"{provider.account}/{provider.name}",
        "saml:iss": provider.issuer,
        "saml:namequalifier": qualifier,
        "saml:sub": subject,
        "saml:sub_type": FORMATS.get(form, form),
    }
    kept = {**attributes.keys_of(values), **stated}
    check_kept(kept)
    return SamlIdentity(
        provider=provider,
        subject=subject,
        user_id=f"{qualifier}:{subject}",
        audience=recipient,
        keys={**kept, "saml:aud": recipient},
        kept=kept,
        passed=attributes.passed(values),
        subject_type=FORMATS.get(form, form),
        name_qualifier=qualifier,
        session_name=_session_name(values),
        roles=attributes.roles_of(values),
        seconds=_seconds(values),
        ends=_ends(assertion, now),
    )


def _check_times(assertion: Element, now: float) -> None:
    issued = moment(assertion.get("IssueInstant", ""))
    conditions = only(assertion, f"{ASSERTION}Conditions")
    begins = moment(conditions.get("NotBefore")) if "NotBefore" in conditions.attrib else issued
    until = issued + USABLE
    if "NotOnOrAfter" in conditions.attrib:
        until = min(until, moment(conditions.get("NotOnOrAfter")))
    _check_until(until, now)
    if max(issued, begins) > now + SKEW:
        raise Malformed("not valid yet")


def _check_until(until: float, now: float) -> None:
    if until <= now:
        raise ApiError("ExpiredTokenException", LATE)


def _recipient(assertion: Element, now: float, recipients: Collection[str]) -> str:
    """To whom a bearer may show the assertion."""
    subject = only(assertion, f"{ASSERTION}Subject")
    for confirmation in subject.findall(f"{ASSERTION}SubjectConfirmation"):
        data = confirmation.find(f"{ASSERTION}SubjectConfirmationData")
        if confirmation.get("Method") != BEARER or data is None:
            continue
        recipient: str = data.get("Recipient", "")
        if recipient in recipients or SIGN_IN.fullmatch(recipient):
            _check_until(moment(data.get("NotOnOrAfter", "")), now)
            return recipient
    raise Malformed("for another recipient")


def _check_audience(assertion: Element, recipients: Collection[str]) -> None:
    """Every restriction must name us (SAML Core 2.5.1.4)."""
    restrictions = only(assertion, f"{ASSERTION}Conditions").findall(f"{ASSERTION}AudienceRestriction")
    for restriction in restrictions:
        audiences = {text(one) or "" for one in restriction.findall(f"{ASSERTION}Audience")}
        if not any(one in AUDIENCES or one in recipients or SIGN_IN.fullmatch(one) for one in audiences):
            raise refused(NO_AUDIENCE)
    if not restrictions:
        raise refused(NO_AUDIENCE)


def _qualifier(provider: SamlProvider) -> str:
    """BASE64(SHA1(issuer + account + "/" + provider)) (STS API, AssumeRoleWithSAML, NameQualifier)."""
    told = f"{provider.issuer}{provider.account}/{provider.name}".encode()
    return base64.b64encode(hashlib.sha1(told, usedforsecurity=False).digest()).decode()


def _session_name(values: attributes.Values) -> str:
    name = attributes.single(values, "RoleSessionName")
    if name is None:
        raise refused("RoleSessionName is required in AuthnResponse")
    if not SESSION_NAME.fullmatch(name):
        raise refused("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")
    return name


def _seconds(values: attributes.Values) -> int | None:
    stated = attributes.single(values, "SessionDuration")
    if stated is None:
        return None
    if not re.fullmatch(r"\d{3,5}", stated, re.ASCII) or not 900 <= int(stated) <= 43200:
        raise refused("SessionDuration in AuthnResponse must be between 900 and 43200")
    return int(stated)


def _ends(assertion: Element, now: float) -> int | None:
    """The earliest of the times at which its sign-ins say that sessions end."""
    stated = [one.get("SessionNotOnOrAfter") for one in assertion.findall(f"{ASSERTION}AuthnStatement")]
    ends = [moment(one) for one in stated if one is not None]
    for end in ends:
        _check_until(end, now)
    return min(ends, default=None)
