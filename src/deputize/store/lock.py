"""The locks between the processes that share a data directory: the writers take turns, and one does the
background jobs.
"""

import contextlib
import fcntl
import logging
import os
import time
from pathlib import Path
from types import TracebackType

log = logging.getLogger("deputize.store")

# A wait beyond this is counted and logged (seconds).
SLOW = 1.0


class JobLock:
    """Held by the one process that does the background jobs on the data; when it ends, however it ends, the
    next to ask has it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None
        self._held = False

    def take(self) -> bool:
        """Whether this process has it, now or since it first did. Raises OSError."""
        if self._descriptor is None:  # at the first use, after any fork
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not self._held:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._held = True
        return self._held

    def close(self) -> None:
        """Leave it to others."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            self._held = False


class WritersLock:
    """A blocking `flock` on a file beside the database, to be held from BEGIN IMMEDIATE to COMMIT.

    SQLite's own busy handler polls and so starves one of two busy writers. The file is opened at the first
    use: a descriptor that was inherited over a fork excludes nobody.
    """

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + "-lock")
        self._descriptor: int | None = None
        self._since: float | None = None
        self.slow = 0

    def waited(self) -> float:
        """For how long the lock is being waited for right now (seconds)."""
        since = self._since
        return 0.0 if since is None else time.monotonic() - since

    def __enter__(self) -> None:
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait(self._descriptor)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _wait(self, descriptor: int) -> None:
        self._since = time.monotonic()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        finally:
            waited, self._since = self.waited(), None
        if waited > SLOW:
            self.slow += 1
            log.warning("waited %.1f s for another process to finish writing", waited)
