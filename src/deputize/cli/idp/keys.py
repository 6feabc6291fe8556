"""The test provider's keys, in a folder of their own: made when they are first needed, open to their owner
alone.
"""

import datetime
import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

TOKENS, ASSERTIONS, CERTIFICATE = "tokens.key", "assertions.key", "assertions.pem"
RSA_BITS = 2048
YEARS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TestKeys:
    """What signs tokens, what signs assertions, and the certificate of that."""

    tokens: rsa.RSAPrivateKey = field(repr=False)
    assertions: rsa.RSAPrivateKey = field(repr=False)
    certificate: x509.Certificate


def opened(folder: Path) -> TestKeys:
    """The keys in `folder`; made, if they are missing. Raises OSError, and ValueError for damaged ones."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    tokens, assertions = _key(folder / TOKENS), _key(folder / ASSERTIONS)
    path = folder / CERTIFICATE
    if not path.exists():
        path.write_bytes(_certificate(assertions).public_bytes(Encoding.PEM))
    return TestKeys(
        tokens=tokens,
        assertions=assertions,
        certificate=x509.load_pem_x509_certificate(path.read_bytes()),
    )


def fresh() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)


def _key(path: Path) -> rsa.RSAPrivateKey:
    if not path.exists():
        pem = fresh().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError(f"{path} holds no RSA key")
    return key


def _certificate(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Deputize test provider")])
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365 * YEARS))
        .sign(key, hashes.SHA256())
    )
