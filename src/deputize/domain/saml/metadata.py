"""SAML metadata: a provider's name, and the certificates that it signs with (SAML 2.0 Metadata, 2.4)."""

import base64
import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography import x509

from deputize.domain.saml.xml import METADATA, SIGNATURE, Element, Malformed, parsed, text

# Each is tried on every response, which strangers send.
MOST_CERTIFICATES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """`issuer` is the entity id, `certificates` are base64 of DER, `valid_until` is in epoch seconds."""

    issuer: str
    certificates: tuple[str, ...]
    valid_until: int | None


def read(document: str) -> Metadata:
    """Raises Malformed for what describes no identity provider that signs."""
    root = parsed(document.strip().encode())
    if root.tag != f"{METADATA}EntityDescriptor":
        raise Malformed("no EntityDescriptor")
    issuer = root.get("entityID", "")
    certificates = tuple(dict.fromkeys(_certificates(root)))
    if not 0 < len(issuer) <= 1024 or not 0 < len(certificates) <= MOST_CERTIFICATES:
        raise Malformed("no entity that signs")
    until = root.get("validUntil")
    return Metadata(
        issuer=issuer, certificates=certificates, valid_until=None if until is None else moment(until)
    )


def _certificates(root: Element) -> Iterator[str]:
    keys = root.findall(f"{METADATA}IDPSSODescriptor/{METADATA}KeyDescriptor")
    for key in keys:
        if key.get("use", "signing") != "signing":
            continue
        for found in key.findall(f"{SIGNATURE}KeyInfo/{SIGNATURE}X509Data/{SIGNATURE}X509Certificate"):
            yield _certificate("".join((text(found) or "").split()))


def _certificate(encoded: str) -> str:
    try:
        x509.load_der_x509_certificate(base64.b64decode(encoded, validate=True))
    except (ValueError, x509.InvalidVersion):
        raise Malformed("no certificate") from None
    return encoded


def moment(value: str) -> int:
    """An xs:dateTime in UTC as epoch seconds (SAML Core 1.3.3). Raises Malformed."""
    try:
        found = datetime.datetime.fromisoformat(value)
        at = found.astimezone(datetime.UTC)
    except (ValueError, OverflowError):  # a zone may lead out of the years that there are
        raise Malformed("no date") from None
    if found.tzinfo is None:
        raise Malformed("a date without a zone")
    return int(at.timestamp())
