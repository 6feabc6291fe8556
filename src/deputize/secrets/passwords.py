"""Passwords are kept as argon2id hashes alone (RFC 9106)."""

import secrets
import string

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()
_ALPHABET = string.ascii_letters + string.digits
LENGTH = 24


def hashed(password: str) -> str:
    """The hash to keep. Slow on purpose: never call it in a transaction."""
    return _HASHER.hash(password)


def verified(password: str, known: str) -> bool:
    """Whether `password` is the one that was hashed."""
    try:
        return _HASHER.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False


def generated() -> str:
    """A new random password: letters, digits, and one of each kind that password policies ask for."""
    while True:
        password = "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH - 1)) + "-"
        kinds = (str.islower, str.isupper, str.isdigit)
        if all(any(kind(character) for character in password) for kind in kinds):
            return password
