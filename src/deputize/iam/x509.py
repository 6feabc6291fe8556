"""Certificates and keys as they are uploaded: read, and checked against each other, by the cryptography
library.
"""

import base64
import datetime
import re
from collections.abc import Iterator
from itertools import islice, pairwise

from cryptography import x509
from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

from deputize.errors import ApiError

# Longer ones would cost more to check than a call should; chains of real authorities have two or three.
LONGEST_CHAIN = 10
BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
# What no text that is kept may hold.
PRIVATE = "PRIVATE KEY-----"
KEY = re.compile(r"-----BEGIN (?:RSA |EC )?PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END ")
# How private keys of RSA and of elliptic curves begin (RFC 8017, RFC 5915, and RFC 5208 with their OIDs). To
# read one of DSA or Diffie-Hellman can take the library ten seconds: it works out the public half.
_LENGTH = rb"(?:[\x00-\x7f]|\x81.|\x82..)"
_RSA, _EC = rb"\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", rb"\x07\x2a\x86\x48\xce\x3d\x02\x01"
CHEAP_KEY = re.compile(
    rb"\x30%b(?:\x02\x01\x00\x02|\x02\x01\x01\x04|\x02\x01[\x00\x01]\x30%b\x06(?:%b|%b))"
    % (_LENGTH, _LENGTH, _RSA, _EC),
    re.DOTALL,
)


def certificate(text: str) -> x509.Certificate:
    """The one certificate (PEM) of `text`. Raises MalformedCertificate."""
    found = certificates(text)
    if len(found) != 1:
        raise _malformed("Unable to parse certificate. Please ensure the certificate is in PEM format.")
    return found[0]


def certificates(text: str) -> list[x509.Certificate]:
    """All certificates (PEM) of `text`, whatever stands between them. Raises MalformedCertificate."""
    if PRIVATE in text:
        raise _malformed("A certificate is uploaded without its private key.")
    blocks = list(islice(_blocks(text), LONGEST_CHAIN + 1))
    if len(blocks) > LONGEST_CHAIN:
        raise _malformed(f"The certificate chain is longer than {LONGEST_CHAIN} certificates.")
    try:
        return [_read(block) for block in blocks]
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
        raise _malformed(
            "Unable to parse certificate. Please ensure the certificate is in PEM format."
        ) from None


def _blocks(text: str) -> Iterator[str]:
    start = text.find(BEGIN)
    while start >= 0 and (end := text.find(END, start)) >= 0:
        yield text[start : end + len(END)]
        start = text.find(BEGIN, end)


def _read(block: str) -> x509.Certificate:
    """Raises ValueError, UnsupportedAlgorithm (also for the public key), InvalidVersion."""
    found = x509.load_pem_x509_certificate(block.encode())
    if not isinstance(found.public_key(), RSAPublicKey | EllipticCurvePublicKey):
        raise UnsupportedAlgorithm("not of RSA and not of an elliptic curve")
    return found


def expiry(found: x509.Certificate, now: float) -> int:
    """When the certificate ends (epoch seconds). Raises MalformedCertificate unless it is valid now."""
    moment = datetime.datetime.fromtimestamp(now, datetime.UTC)
    if found.not_valid_before_utc > moment:
        raise _malformed(
            "Certificate is not valid yet. The 'Not Before' date restriction on the certificate has not "
            "passed."
        )
    if found.not_valid_after_utc < moment:
        raise _malformed(
            "Certificate is no longer valid. The 'Not After' date restriction on the certificate has passed."
        )
    return int(found.not_valid_after_utc.timestamp())


def check_chain(found: x509.Certificate, text: str) -> None:
    """Raises MalformedCertificate unless each certificate of the chain issued the one before it."""
    chain = certificates(text)
    if not chain:
        raise _malformed("Unable to parse certificate chain. Please ensure it is in PEM format.")
    for index, (issued, issuer) in enumerate(pairwise((found, *chain)), -1):
        try:
            issued.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            raise _malformed(
                "Unable to validate certificate chain. The certificate chain must start with the immediate "
                "signing certificate, followed by any intermediaries in order. The index within the chain of "
                f"the invalid certificate is: {index}"
            ) from None


def check_private_key(found: x509.Certificate, text: str) -> None:
    """Raises MalformedCertificate for what is no private key, KeyPairMismatch for another certificate's.

    Only the public half is compared: whether the numbers of a key are primes is the uploader's affair, and
    finding out is dear.
    """
    block = KEY.search(text)
    try:
        der = b"" if block is None else base64.b64decode(block[1])
        if not CHEAP_KEY.match(der):
            raise ValueError("not of RSA and not of an elliptic curve")
        key = load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm, InternalError):
        raise _malformed(
            "Unable to parse private key. Please ensure it is in PEM format and not encrypted."
        ) from None
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if key.public_key().public_bytes(*form) != found.public_key().public_bytes(*form):
        raise ApiError(
            "KeyPairMismatch", "The public key of the certificate and the private key do not match."
        )


def _malformed(message: str) -> ApiError:
    return ApiError("MalformedCertificate", message)
