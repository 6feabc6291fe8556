"""What a client may believe: what was acknowledged is so; what was asked for and never answered is so or not,
whole; nothing else is.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import botocore.exceptions
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

# Of a thing that is not there.
ABSENT = None
# Of bytes that nobody wrote.
TORN = "torn"


class Gone(Exception):
    """The server went away before it answered: what came of the call is unknown."""


@contextmanager
def unanswered() -> Iterator[None]:
    """Tells a broken connection, after which the outcome is unknown, from an answer."""
    try:
        yield
    except (botocore.exceptions.ConnectionError, HTTPClientError) as error:
        raise Gone from error
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] < 500:
            raise
        raise Gone from error
    except BotoCoreError as error:
        raise AssertionError(f"a client stumbled: {error!r}") from error


@dataclass
class Tally:
    """What all clients did together."""

    acknowledged: int = 0
    unknown: int = 0
    unknown_done: int = 0
    lost: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def acknowledge(self) -> None:
        with self.changed:
            self.acknowledged += 1
            self.changed.notify_all()

    def fail(self, error: BaseException) -> None:
        with self.changed:
            self.failures.append(error)
            self.changed.notify_all()

    def reach(self, count: int) -> None:
        """Until so many acknowledgements have come, or a client failed."""
        with self.changed:
            done = self.changed.wait_for(lambda: self.acknowledged >= count or self.failures, timeout=30)
        assert done, "the clients got no answers"
        if self.failures:
            raise self.failures[0]


@dataclass
class Truth:
    """What one client knows of the things that nobody else changes: the value of each name."""

    tally: Tally
    known: dict[str, Any] = field(default_factory=dict)
    pending: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def change(self, values: Mapping[str, Any]) -> Iterator[None]:
        """What is done within makes all of `values` true at once, if it is acknowledged."""
        self.pending = dict(values)
        with unanswered():
            yield
        self.known |= self.pending
        self.pending = {}
        self.tally.acknowledge()

    def settle(self, observe: Callable[[str], Any]) -> None:
        """Compare with what is there now; an unknown outcome is known from here on."""
        seen = {name: observe(name) for name in self.known | self.pending}
        done = bool(self.pending) and all(seen[name] == value for name, value in self.pending.items())
        expected = self.known | self.pending if done else self.known
        for name, value in seen.items():
            if value == TORN:
                self.tally.torn.append(name)
            elif value != expected.get(name, ABSENT):
                self.tally.lost.append(f"{name}: {value!r} and not {expected.get(name)!r}")
        if self.pending:
            self.tally.unknown += 1
            self.tally.unknown_done += done
        # Ids that are gone never come again; names may, and then what was deleted must not be back.
        self.known = {name: value for name, value in seen.items() if value is not ABSENT or "/" in name}
        self.pending = {}
