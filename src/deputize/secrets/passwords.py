"""Passwords are kept as argon2id hashes alone (RFC 9106)."""

import secrets
import string

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()
_ALPHABET = string.ascii_letters + string.digits
LENGTH = 24
# Of a password that nobody knows: checking one against it takes as long as against any other.
NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$EuEI8acN854ibG7Jam0rkg$c3FHjdTTjceaeYlvp8JA6OkY4ACZOR3+/suq5ikmYZc"


def hashed(password: str) -> str:
    """The hash to keep. Slow on purpose: never call it in a transaction."""
    return _HASHER.hash(password)


def verified(password: str, known: str | None) -> bool:
    """Whether `password` is the one that was hashed. Slow; as slow where there is no hash, so that the time
    it takes tells nobody who has a password.
    """
    try:
        _HASHER.verify(NOBODYS if known is None else known, password)
    except (VerificationError, InvalidHashError):
        return False
    return known is not None


def generated() -> str:
    """A new random password: letters, digits, and one of each kind that password policies ask for."""
    while True:
        password = "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH - 1)) + "-"
        kinds = (str.islower, str.isupper, str.isdigit)
        if all(any(kind(character) for character in password) for kind in kinds):
            return password
