"""One call that was refused, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """A call of account `account`, or on it by somebody of none whom a provider vouches for; `at` is in
    milliseconds of the epoch, `id` is the request's.

    `caller` is its ARN, `owner` the resource's account (None: nobody's). `message` is what the caller was
    told, `explanation` the whole reason (`gateway.denials`). Of the request's parameters nothing is kept.
    """

    account: str
    at: int
    id: str
    caller: str
    action: str
    resource: str
    owner: str | None
    message: str
    explanation: Mapping[str, Any]
