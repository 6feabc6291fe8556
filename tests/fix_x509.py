"""Certificates and keys for tests that upload them, made once."""

import datetime
from dataclasses import dataclass
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID

START = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
END = datetime.datetime(2045, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    def key_pem(
        self,
        encryption: KeySerializationEncryption | None = None,
        form: PrivateFormat = PrivateFormat.PKCS8,
    ) -> str:
        return self.key.private_bytes(Encoding.PEM, form, encryption or NoEncryption()).decode()

    @property
    def encrypted_key(self) -> str:
        return self.key_pem(BestAvailableEncryption(b"password"))


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def issued(
    name: str,
    by: Issued | None = None,
    *,
    start: datetime.datetime = START,
    end: datetime.datetime = END,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None,
) -> Issued:
    """A certificate for `name` and `key`, or a new one of an elliptic curve, signed by `by` or by itself."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(by.certificate.subject if by is not None else named(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .sign(by.key if by is not None else key, hashes.SHA256())
    )
    return Issued(certificate, key)


@cache
def some() -> Issued:
    """A certificate signed by itself."""
    return issued("example.com")


@cache
def rsa_key(number: int = 0, bits: int = 2048) -> rsa.RSAPublicKey:
    """One of several public keys."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()


def ssh(key: rsa.RSAPublicKey) -> str:
    return key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def pem(key: rsa.RSAPublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
