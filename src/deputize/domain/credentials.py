"""Temporary credentials: making them, in the form in which STS answers them."""

import json
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deputize.errors import ApiError
from deputize.gateway import sessions
from deputize.gateway.call import Call
from deputize.model import ids
from deputize.model.credentials import Session

# The session policies and tags of one session, compressed, may take this many bytes; AWS keeps its own figure
# to itself and answers the percentage of it (STS API, PackedPolicySize).
PACKED_LIMIT = 4096


@dataclass(frozen=True, slots=True)
class Issued:
    """A session and the wire form of its credentials."""

    session: Session
    wire: Mapping[str, str | float]


def new_key(account: str) -> tuple[str, str]:
    """A temporary access key id of `account` and its secret."""
    return ids.access_key_id("ASIA", account), ids.secret_key()


def issue(call: Call, session: Session) -> Issued:
    """Seal `session` into a token; returns what `Credentials` holds."""
    token = sessions.seal(call.installation.keyring, session)
    wire: dict[str, str | float] = {
        "AccessKeyId": session.key,
        "SecretAccessKey": session.secret,
        "SessionToken": token,
        "Expiration": float(session.expires),
    }
    return Issued(session, wire)


def packed_size(policies: Sequence[str], arns: Sequence[str], tags: Mapping[str, str]) -> int | None:
    """How full the session's packed policies and tags are, in percent; None when it has neither.

    Raises PackedPolicyTooLarge over 100 (STS API, AssumeRole).
    """
    if not (policies or arns or tags):
        return None
    packed = len(zlib.compress(json.dumps([list(policies), list(arns), dict(tags)]).encode()))
    percent = math.ceil(packed * 100 / PACKED_LIMIT)
    if percent > 100:
        raise ApiError(
            "PackedPolicyTooLarge",
            f"Packed size of session tags and policies consumes {percent}% of allotted space.",
        )
    return percent
