"""The keys of an installation: what is sealed opens only here, and only in its place."""

import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path

from deputize.secrets import root_key
from deputize.secrets.envelope import Envelope, derive
from deputize.secrets.root_key import RootKeyRefused
from deputize.secrets.segments import Segments
from deputize.secrets.session_token import Damaged, SessionTokens

# A sealed word that only the right root key opens: a wrong key is found out before anything is read or
# written.
CHECK = "root.check"
_WORD = b"deputize"
SALT = 16


class Keyring:
    """Seals secrets and the bytes of objects at rest, and session tokens (`tokens`)."""

    def __init__(self, root: bytes) -> None:
        self._records = Envelope(root, "records")
        self._objects = derive(root, "objects")
        self._customers = derive(root, "customer keys")
        self.tokens = SessionTokens(root)

    @classmethod
    def open(cls, data: Path, environ: Mapping[str, str]) -> "Keyring":
        """The key ring of the installation in `data`, made if the directory is new.

        Raises RootKeyRefused if the root key is missing although data exists, unreadable, or another one.
        """
        check = data / CHECK
        fresh = not check.exists()
        root = root_key.load(data, environ, fresh=fresh)
        envelope = Envelope(root, "check")
        if fresh:
            check.write_bytes(envelope.seal(_WORD))
            return cls(root)
        try:
            envelope.unseal(check.read_bytes())
        except Damaged:
            raise RootKeyRefused(
                "the root key is not the one that this data was written with",
                f"restore {data / root_key.FILE}, or give the right key in {root_key.VARIABLE}",
            ) from None
        return cls(root)

    def segments(self, blob: bytes, customer: bytes | None = None) -> Segments:
        """What seals the bytes of the object's blob of this id, together with the client's key if there is
        one.
        """
        return Segments(self._objects, blob, customer)

    def verifier(self, customer: bytes) -> bytes:
        """All that is kept of a client's key: a salted HMAC, by which it is known again (S3 guide, "Using
        server-side encryption with customer-provided keys").
        """
        salt = secrets.token_bytes(SALT)
        return salt + self._mac(salt, customer)

    def verifies(self, verifier: bytes, customer: bytes) -> bool:
        """Whether the verifier is this key's."""
        return hmac.compare_digest(verifier[SALT:], self._mac(verifier[:SALT], customer))

    def _mac(self, salt: bytes, customer: bytes) -> bytes:
        return hmac.digest(self._customers, salt + customer, "sha256")

    def seal(self, table: str, account: str, key: str, secret: bytes) -> bytes:
        """`secret` for the record `key` of `account` in `table`, and for no other."""
        return self._records.seal(secret, _place(table, account, key))

    def unseal(self, table: str, account: str, key: str, sealed: bytes) -> bytes:
        """Raises Damaged."""
        return self._records.unseal(sealed, _place(table, account, key))


def _place(table: str, account: str, key: str) -> bytes:
    return "\0".join((table, account, key)).encode()
