"""One audit record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A CloudTrail record in account `account`'s trail; `at` is in milliseconds of the epoch, `record` is
    CloudTrail's JSON as a mapping.
    """

    account: str
    at: int
    id: str
    record: Mapping[str, Any]
