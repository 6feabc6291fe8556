"""Session tokens: sealed bytes as text that fits into headers and query strings."""

import base64
import binascii

from deputize.secrets.envelope import Damaged, Envelope

__all__ = ["Damaged", "SessionTokens"]

# AWS's tokens begin so; clients must not rely on it, but people recognise it.
PREFIX = "IQoJ"


class SessionTokens:
    """Seals and unseals the content of session tokens, with a key of their own."""

    def __init__(self, root: bytes) -> None:
        self._envelope = Envelope(root, "session tokens")

    def seal(self, content: bytes) -> str:
        return PREFIX + base64.b64encode(self._envelope.seal(content)).decode()

    def unseal(self, token: str) -> bytes:
        """Raises Damaged for a token that was changed, or made by another installation."""
        if not token.startswith(PREFIX):
            raise Damaged("no session token")
        try:
            sealed = base64.b64decode(token[len(PREFIX) :].encode("ascii"), validate=True)
        except (binascii.Error, ValueError):
            raise Damaged("no session token") from None
        if base64.b64encode(sealed).decode() != token[len(PREFIX) :]:
            raise Damaged("not the text that was given out")
        return self._envelope.unseal(sealed)
