"""Delivers notifications to the operator's targets, at least once and, of an account to a target, in order.

A target that does not take a message is tried again after a second, then two, up to five minutes; after a day
the message is given up. Other queues do not wait for it.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from deputize.gateway.fetch import FetchFailed, FetchRefused
from deputize.model.notification import Notification
from deputize.store.api import Store, Transaction

log = logging.getLogger("deputize.notifications")

# So many messages of a queue in one round, and so many queues at once.
BATCH, AT_ONCE = 100, 8
# Seconds: the longest time between two attempts, and when a message is given up.
LONGEST_WAIT = 300
GIVEN_UP = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How messages are delivered: to which `targets` (URLs by name), by what, and until when: `stopped` is
    asked before each message.
    """

    store: Store
    targets: Mapping[str, str]
    post: Callable[[str, bytes], None]
    stopped: Callable[[], bool]

    def round(self, now: float) -> int:
        """Every queue whose first message is due. Returns how many messages were delivered."""
        due = [first.queue for first in self._firsts() if first.due <= now]
        if not due:
            return 0
        with ThreadPoolExecutor(min(AT_ONCE, len(due)), "notifications") as threads:
            return sum(threads.map(partial(self._queue, now), due))

    def _firsts(self) -> Iterator[Notification]:
        """The first message of each queue."""
        after = ""
        while True:
            with self.store.snapshot() as db:
                found = db.notifications.page(after=after, limit=1)
            if not found:
                return
            after = found[0].queue
            yield found[0]

    def _queue(self, now: float, name: str) -> int:
        """Its messages in their order, up to the first that is not taken."""
        with self.store.snapshot() as db:
            messages = db.notifications.page(name, limit=BATCH)
        delivered = 0
        ended: list[Notification] = []
        left: Notification | None = None
        for one in messages:
            if self.stopped():
                break
            problem = self._problem(one)
            if problem is not None and now - one.created < GIVEN_UP:
                left = _later(one, now)
                break
            if problem is None:
                delivered += 1
            else:
                log.warning("a notification to %s is given up: %s", one.target, problem)
            ended.append(one)
        self.store.write(partial(_settle, ended, left)).result()
        return delivered

    def _problem(self, message: Notification) -> str | None:
        """Why the message was not taken; None if it was. URLs may hold secrets, so none is told."""
        url = self.targets.get(message.target)
        if url is None:
            return "there is no such target"
        try:
            self.post(url, message.body.encode())
        except (FetchRefused, FetchFailed) as error:
            return f"{type(error).__name__}: {error}"
        return None


def _later(message: Notification, now: float) -> Notification:
    wait = min(1 << min(message.attempts, 10), LONGEST_WAIT)
    return replace(message, attempts=message.attempts + 1, due=int(now) + wait)


def _settle(ended: list[Notification], left: Notification | None, db: Transaction) -> None:
    for one in ended:
        db.notifications.delete(one.queue, one.number)
    if left is not None:
        db.notifications.put(left)
