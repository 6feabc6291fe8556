"""The bytes of an object at rest: AES-256-GCM in segments, so that a range is read without the rest.

Each blob has a key of its own, from the installation's and the blob's random id (HMAC as a key derivation
function, NIST SP 800-108), and from the client's key as well where a client brings one: neither opens it
alone. A segment's nonce is its number, and whether it is the last: segments that are exchanged or cut off do
not open (STREAM, Hoang, Reyhanitabar, Rogaway and Vizár 2015).
"""

import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from deputize.secrets.envelope import Damaged

# Bytes of an object in a segment, and what a segment has beside them.
SEGMENT = 64 * 1024
TAG = 16
KEPT = SEGMENT + TAG


class Segments:
    """Seals and unseals the segments of one blob."""

    def __init__(self, key: bytes, blob: bytes, customer: bytes | None = None) -> None:
        own = hmac.digest(key, blob, "sha256")
        self._cipher = AESGCM(own if customer is None else hmac.digest(customer, own, "sha256"))

    def seal(self, number: int, plain: bytes | bytearray | memoryview, *, last: bool) -> bytes:
        return self._cipher.encrypt(_nonce(number, last), plain, None)

    def unseal(self, number: int, sealed: bytes | memoryview, *, last: bool) -> bytes:
        """Raises Damaged."""
        try:
            return self._cipher.decrypt(_nonce(number, last), sealed, None)
        except (InvalidTag, ValueError):
            raise Damaged("a segment of an object does not open") from None


def sealed_size(size: int) -> int:
    """How many bytes are kept of a blob of `size` bytes; an empty one has a segment too."""
    return size + TAG * max(1, -(-size // SEGMENT))


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(8, "big") + (b"\x00\x00\x00\x01" if last else b"\x00\x00\x00\x00")
