"""Notifications of what happened in buckets, until they are delivered."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message (`body`, JSON) to `target`, as the operator calls it. The messages of an account to a
    target are one queue, told in the order of their numbers. `created` and `due` are in epoch seconds: when
    it happened, and before when it is not tried again after `attempts`.
    """

    queue: str
    number: int
    target: str
    created: int
    body: str = field(repr=False)
    attempts: int = 0
    due: int = 0
