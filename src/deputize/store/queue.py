"""What waits for the writer: commands somebody waits for, and notes that nobody does."""

import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from deputize.store.batch import Command

# Commands and notes that make up one transaction at most.
BATCH = 256
# Notes that may wait; more are dropped.
NOTES = 10_000
# The longest that a note waits for a command to share the commit with (seconds).
NOTE_DELAY = 1.0


@dataclass(frozen=True, slots=True)
class Job:
    """A command and who waits for it: a note has nobody."""

    command: Command
    future: "Future[Any] | None" = None


class Queue:
    """Filled by many threads, drained by one."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._commands: deque[Job] = deque()
        self._notes: deque[Job] = deque()
        self._notes_due = 0.0
        self._closed = False
        self.notes_dropped = 0

    @property
    def waiting(self) -> int:
        """How many commands wait."""
        return len(self._commands)

    def put(self, job: Job) -> bool:
        """Line up a command; False if nobody will take it any more."""
        with self._changed:
            if not self._closed:
                self._commands.append(job)
                self._changed.notify()
            return not self._closed

    def put_note(self, job: Job) -> bool:
        """Line up a note; False if there is no room for it."""
        with self._changed:
            if self._closed or len(self._notes) >= NOTES:
                self.notes_dropped += 1
                return False
            if not self._notes:
                self._notes_due = time.monotonic() + NOTE_DELAY
                self._changed.notify()
            self._notes.append(job)
            return True

    def drop_note(self) -> None:
        """Count a note that was taken and came to nothing."""
        with self._changed:
            self.notes_dropped += 1

    def wait(self) -> bool:
        """Until there is something to commit; False when the queue is closed and drained."""
        with self._changed:
            while not (self._commands or self._closed):
                left = self._notes_due - time.monotonic() if self._notes else None
                if left is not None and left <= 0:
                    break
                self._changed.wait(left)
            return bool(self._commands or self._notes)

    def take(self) -> list[Job]:
        """The next batch, commands first, without those that were cancelled while they waited."""
        with self._changed:
            jobs = [self._commands.popleft() for _ in range(min(BATCH, len(self._commands)))]
            jobs += [self._notes.popleft() for _ in range(min(BATCH - len(jobs), len(self._notes)))]
        return [job for job in jobs if job.future is None or job.future.set_running_or_notify_cancel()]

    def close(self) -> None:
        """Take nothing more; what waits is still given out."""
        with self._changed:
            self._closed = True
            self._changed.notify()
