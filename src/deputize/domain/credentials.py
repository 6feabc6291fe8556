"""Temporary credentials: making them, in the form in which STS answers them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from deputize.errors import ApiError
from deputize.gateway import sessions
from deputize.gateway.call import Call
from deputize.model import ids
from deputize.model.credentials import Session

# The most bytes of a session token (STS, June 2026: one limit for policies, tags and all else in it).
TOKEN_LIMIT = 4096


@dataclass(frozen=True, slots=True)
class Issued:
    """A session, the wire form of its credentials, and how full its token is, in percent."""

    session: Session
    wire: Mapping[str, str | float]
    size: int
    percent: int

    @property
    def told(self) -> dict[str, int]:
        """What answers tell of the token. PackedPolicySize is there if policies or tags are in it."""
        sizes = {"SessionTokenSize": self.size, "SessionTokenUtilization": self.percent}
        packed = self.session.bounded or self.session.tags
        return {**sizes, "PackedPolicySize": self.percent} if packed else sizes


def new_key(account: str) -> tuple[str, str]:
    """A temporary access key id of `account` and its secret."""
    return ids.access_key_id("ASIA", account), ids.secret_key()


def issue(call: Call, session: Session, least: int = 0) -> Issued:
    """Seal `session` into a token of `least` bytes at least. Raises PackedPolicyTooLarge for a token over the
    limit (STS API, AssumeRole).
    """
    token = sessions.seal(call.installation.keyring, session, least)
    percent = math.ceil(len(token) * 100 / TOKEN_LIMIT)
    if percent > 100:
        what = "session tags and policies" if session.bounded else "session tags"
        raise ApiError(
            "PackedPolicyTooLarge", f"Packed size of {what} consumes {percent}% of allotted space."
        )
    wire: dict[str, str | float] = {
        "AccessKeyId": session.key,
        "SecretAccessKey": session.secret,
        "SessionToken": token,
        "Expiration": float(session.expires),
    }
    return Issued(session, wire, len(token), percent)
