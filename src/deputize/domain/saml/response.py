"""SAML responses: the assertion that an identity provider has signed, and nothing beside it.

Signatures are the library's matter (signxml). Ours is which element counts: a response holds one assertion,
the signature stands where SAML says (SAML Core 5.4), and only the bytes that it covers are read. What the
signature says of its own key is ignored: the certificates come from the provider's metadata.
"""

import base64
from collections.abc import Iterable

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from lxml.etree import LxmlError
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from deputize.domain.saml.xml import ASSERTION, PROTOCOL, SIGNATURE, Element, Malformed, only, parsed_base64

METHODS = frozenset(
    {
        SignatureMethod.RSA_SHA256,
        SignatureMethod.RSA_SHA384,
        SignatureMethod.RSA_SHA512,
        SignatureMethod.ECDSA_SHA256,
        SignatureMethod.ECDSA_SHA384,
        SignatureMethod.ECDSA_SHA512,
    }
)
DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
# What the library raises for a signature that is not valid, not well formed, or none.
REFUSALS = (SignXMLException, UnsupportedAlgorithm, LxmlError, ValueError, TypeError)
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"


class SignatureInvalid(ValueError):
    """Nobody whom the provider's metadata names has signed this."""


def signed_assertion(encoded: str, certificates: Iterable[str]) -> Element:
    """The assertion of a base64 response, as it was signed by the key of one of `certificates` (base64, DER).

    Raises Malformed, SignatureInvalid.
    """
    response = parsed_base64(encoded)
    if response.tag != f"{PROTOCOL}Response":
        raise Malformed("no Response")
    status = response.find(f"{PROTOCOL}Status/{PROTOCOL}StatusCode")
    if status is None or status.get("Value") != SUCCESS:
        raise Malformed("no success")
    assertion = only(response, f"{ASSERTION}Assertion")
    if len(list(response.iter(f"{ASSERTION}Assertion", f"{ASSERTION}EncryptedAssertion"))) != 1:
        raise Malformed("several assertions")
    signed = [place for place in (response, assertion) if place.find(f"{SIGNATURE}Signature") is not None]
    if not signed:
        raise SignatureInvalid
    found = [_verified(response, place is assertion, place.get("ID"), certificates) for place in signed]
    outermost = found[0]
    return outermost if outermost.tag == f"{ASSERTION}Assertion" else only(outermost, f"{ASSERTION}Assertion")


def _verified(response: Element, inner: bool, name: str | None, certificates: Iterable[str]) -> Element:
    """The response, or its assertion (`inner`), as its signature covers it."""
    for encoded in certificates:
        certificate = x509.load_der_x509_certificate(base64.b64decode(encoded))
        config = SignatureConfiguration(
            location=f"./{ASSERTION}Assertion/" if inner else "./",
            signature_methods=METHODS,
            digest_algorithms=DIGESTS,
            # A key counts for as long as the metadata names it: IAM pays no heed to certificates' dates.
            verification_time=certificate.not_valid_before_utc,
        )
        try:
            result = XMLVerifier().verify(
                response, x509_cert=certificate, id_attribute="ID", expect_config=config
            )
        except REFUSALS:
            continue
        found = None if isinstance(result, list) else result.signed_xml
        wanted = f"{ASSERTION}Assertion" if inner else f"{PROTOCOL}Response"
        if found is not None and found.tag == wanted and found.get("ID") == name:
            return found
    raise SignatureInvalid
