"""Sealing: AES-256-GCM with a key of its own for each purpose, and the place of the value as associated data.

A sealed value is a version byte, a random nonce (96 bits, NIST SP 800-38D) and the ciphertext with its tag.
Moved to another place, it does not open.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = b"\x01"
NONCE = 12


class Damaged(ValueError):
    """What should be unsealed was changed, moved, cut, or sealed with another key."""


def derive(root: bytes, purpose: str) -> bytes:
    """The key for `purpose` (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"deputize " + purpose.encode()).derive(root)


class Envelope:
    """Seals and unseals for one purpose."""

    def __init__(self, root: bytes, purpose: str) -> None:
        self._cipher = AESGCM(derive(root, purpose))

    def seal(self, plain: bytes, place: bytes = b"") -> bytes:
        nonce = secrets.token_bytes(NONCE)
        return VERSION + nonce + self._cipher.encrypt(nonce, plain, place)

    def unseal(self, sealed: bytes, place: bytes = b"") -> bytes:
        """Raises Damaged."""
        if sealed[:1] != VERSION:
            raise Damaged("sealed by another version")
        nonce, ciphertext = sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
        try:
            return self._cipher.decrypt(nonce, ciphertext, place)
        except (InvalidTag, ValueError):
            raise Damaged("the sealed value does not open") from None
