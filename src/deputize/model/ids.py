"""Identifiers as AWS makes them: access key ids and unique ids that tell their account, secrets, canonical
ids.

After its four-letter prefix an id is base32. Its first ten characters hold 48 bits: a marker bit, the 40-bit
account number's place, and seven random bits; the rest is random (IAM guide, "Unique identifiers"; the
encoding is what GetAccessKeyInfo and scanners rely on).
"""

import base64
import binascii
import hashlib
import secrets

PREFIX = 4
# Characters after the prefix.
KEY_TAIL, UNIQUE_TAIL = 16, 17
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_MARKER = 1 << 47
_SHIFT = 7
_MASK = 0x7FFFFFFFFF80


def access_key_id(prefix: str, account: str) -> str:
    """A new access key id of `account`: `prefix` is AKIA (long-term) or ASIA (temporary); 20 characters."""
    return prefix + _tail(account, KEY_TAIL)


def unique_id(prefix: str, account: str) -> str:
    """A new unique id: `prefix` is AIDA (user), AROA (role), AGPA (group), ANPA (policy) ...; 21
    characters.
    """
    return prefix + _tail(account, UNIQUE_TAIL)


def account_of(key_id: str) -> str | None:
    """The account that the id tells; None if it is no such id."""
    tail = key_id[PREFIX:]
    if len(tail) not in (KEY_TAIL, UNIQUE_TAIL):
        return None
    try:
        head = base64.b32decode(tail[:16])[:6]
    except (binascii.Error, ValueError):
        return None
    number = (int.from_bytes(head, "big") & _MASK) >> _SHIFT
    return f"{number:012d}" if number < 10**12 else None


def secret_key() -> str:
    """A new secret access key: 40 characters of base64, 240 random bits."""
    return base64.b64encode(secrets.token_bytes(30)).decode()


def canonical_id(account: str) -> str:
    """The canonical user id by which S3 names `account`: 64 hex digits, the same each time."""
    return hashlib.sha256(b"deputize canonical user " + account.encode()).hexdigest()


def _tail(account: str, length: int) -> str:
    head = _MARKER | (int(account) << _SHIFT) | secrets.randbits(_SHIFT)
    text = base64.b32encode(head.to_bytes(6, "big") + secrets.token_bytes(4)).decode()
    return text + "".join(secrets.choice(ALPHABET) for _ in range(length - len(text)))
