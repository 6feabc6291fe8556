"""One line of a bucket's server access log, until it is delivered."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord:
    """What the log of `bucket` (its id) has to say of a request that came `at` (milliseconds of the epoch): a
    line without its end. `id` tells it from others of that moment.
    """

    bucket: int
    at: int
    id: str
    line: str
