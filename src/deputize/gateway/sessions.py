"""Session tokens: a Session sealed into the opaque text that clients carry, and back. No row of ours names a
session.
"""

import dataclasses
import json
import math
import zlib
from typing import Any

from deputize.model.credentials import Session
from deputize.secrets.keyring import Keyring
from deputize.secrets.session_token import Damaged

_FIELDS = tuple(field.name for field in dataclasses.fields(Session))
_TUPLES = ("policies", "policy_arns", "transitive")


def seal(keyring: Keyring, session: Session, least: int = 0) -> str:
    """The session token of `session`, of `least` characters at least."""
    facts = {name: getattr(session, name) for name in _FIELDS}
    content = zlib.compress(json.dumps(facts, default=dict).encode())
    token = keyring.tokens.seal(content)
    if len(token) >= least:
        return token
    # Three bytes more are four characters more. What follows the compressed facts is passed over.
    return keyring.tokens.seal(content + bytes(math.ceil((least - len(token)) / 4) * 3))


def unseal(keyring: Keyring, token: str) -> Session | None:
    """The session that `token` was made of; None if it is damaged, or another installation's."""
    try:
        content = zlib.decompressobj().decompress(keyring.tokens.unseal(token))
    except Damaged:
        return None
    facts: dict[str, Any] = json.loads(content)
    facts |= {name: tuple(facts[name]) for name in _TUPLES}
    facts["vouched_sets"] = {name: tuple(values) for name, values in facts.get("vouched_sets", {}).items()}
    return Session(**facts)
