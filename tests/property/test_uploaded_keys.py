"""Damaged certificates and keys: whatever the bytes, the answer is a refusal or none, never a failure."""

import base64
import contextlib

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fix_x509 import issued, rsa_key, ssh

from deputize.errors import ApiError
from deputize.iam import ssh_keys, x509

pytestmark = pytest.mark.filterwarnings("ignore:Parsed a serial number")

ROOT = issued("root")
LEAF = issued("leaf", ROOT)
PKCS8 = (Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = [
    LEAF.key.private_bytes(*PKCS8),
    RSA.private_bytes(*PKCS8),
    RSA.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()),
    ed25519.Ed25519PrivateKey.generate().private_bytes(*PKCS8),
    dsa.generate_private_key(2048).private_bytes(*PKCS8),
]
PUBLIC = rsa_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
SSH = base64.b64decode(ssh(rsa_key()).split()[1])
NOW = 1_700_000_000
# Where to damage, what comes there, and how many bytes go.
DAMAGE = st.lists(
    st.tuples(st.integers(0, 2000), st.binary(max_size=3), st.integers(0, 3)), min_size=1, max_size=4
)


def damaged(data: bytes, damage: list[tuple[int, bytes, int]]) -> bytes:
    for place, new, gone in damage:
        at = place % (len(data) + 1)
        data = data[:at] + new + data[at + gone :]
    return data


def armoured(kind: str, der: bytes) -> str:
    return f"-----BEGIN {kind}-----\n{base64.encodebytes(der).decode()}-----END {kind}-----\n"


@settings(max_examples=400, deadline=None)
@given(damage=DAMAGE)
def test_certificates(damage: list[tuple[int, bytes, int]]) -> None:
    der = damaged(LEAF.certificate.public_bytes(Encoding.DER), damage)
    with contextlib.suppress(ApiError):
        found = x509.certificate(armoured("CERTIFICATE", der))
        found.fingerprint(hashes.SHA256())
        with contextlib.suppress(ApiError):
            x509.expiry(found, NOW)
        with contextlib.suppress(ApiError):
            x509.check_private_key(found, LEAF.key_pem())
        x509.check_chain(found, ROOT.pem)
    with contextlib.suppress(ApiError):
        issuer = damaged(ROOT.certificate.public_bytes(Encoding.DER), damage)
        x509.check_chain(LEAF.certificate, armoured("CERTIFICATE", issuer))


@settings(max_examples=400, deadline=None)
@given(damage=DAMAGE, key=st.sampled_from(PRIVATE), kind=st.sampled_from(["", "RSA ", "EC ", "ENCRYPTED "]))
def test_private_keys(damage: list[tuple[int, bytes, int]], key: bytes, kind: str) -> None:
    with contextlib.suppress(ApiError):
        x509.check_private_key(LEAF.certificate, armoured(f"{kind}PRIVATE KEY", damaged(key, damage)))


@settings(max_examples=400, deadline=None)
@given(damage=DAMAGE)
def test_public_keys(damage: list[tuple[int, bytes, int]]) -> None:
    wire = base64.b64encode(damaged(SSH, damage)).decode()
    for text in (
        f"ssh-rsa {wire}",
        armoured("PUBLIC KEY", damaged(PUBLIC, damage)),
        damaged(ssh(rsa_key()).encode(), damage).decode("latin-1"),
    ):
        with contextlib.suppress(ApiError):
            ssh_keys.fingerprint(ssh_keys.parsed(text))


@pytest.mark.parametrize("version", [b"\x03", b"\x7f"])
def test_a_version_that_there_is_not(version: bytes) -> None:
    der = LEAF.certificate.public_bytes(Encoding.DER).replace(
        b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01" + version
    )
    with pytest.raises(ApiError) as caught:
        x509.certificate(armoured("CERTIFICATE", der))
    assert caught.value.code == "MalformedCertificate"
