"""Session tokens: a Session sealed into the opaque text that clients carry, and back. No row of ours names a
session.
"""

import dataclasses
import json
import zlib
from typing import Any

from deputize.model.credentials import Session
from deputize.secrets.keyring import Keyring
from deputize.secrets.session_token import Damaged

_FIELDS = tuple(field.name for field in dataclasses.fields(Session))
_TUPLES = ("policies", "policy_arns", "transitive")


def seal(keyring: Keyring, session: Session) -> str:
    """The session token of `session`."""
    facts = {name: getattr(session, name) for name in _FIELDS}
    return keyring.tokens.seal(zlib.compress(json.dumps(facts, default=dict).encode()))


def unseal(keyring: Keyring, token: str) -> Session | None:
    """The session that `token` was made of; None if it is damaged, or another installation's."""
    try:
        facts: dict[str, Any] = json.loads(zlib.decompress(keyring.tokens.unseal(token)))
    except Damaged:
        return None
    facts |= {name: tuple(facts[name]) for name in _TUPLES}
    return Session(**facts)
