"""Certificates of the tests' own, and `tls_world`: the server of `world`, by TLS."""

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deputize.http.tls import Certificate

NAMES = ("localhost", "*.localhost", "*.s3.localhost")


@dataclass(frozen=True)
class TestCertificate:
    """A certificate in files: `authority` is what clients trust."""

    __test__ = False

    chain: Path
    key: Path
    authority: Path

    @property
    def certificate(self) -> Certificate:
        return Certificate(self.chain, self.key)


def make_certificate(folder: Path, *, common_name: str = "Deputize test") -> TestCertificate:
    """A new certificate for this machine's names, signed by itself, in `folder`. Those in it are replaced."""
    folder.mkdir(exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    now = datetime.datetime.now(datetime.UTC)
    alternatives: list[x509.GeneralName] = [x509.DNSName(one) for one in NAMES]
    alternatives.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    made = TestCertificate(folder / "cert.pem", folder / "key.pem", folder / "cert.pem")
    made.chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    made.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    made.key.chmod(0o600)
    return made
