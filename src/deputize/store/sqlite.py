"""The embedded store: one SQLite file, written by one thread of each process, read by any."""

import os
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

from deputize.latch import Latch
from deputize.store.api import Snapshot, StoreHealth, Transaction
from deputize.store.lock import WritersLock
from deputize.store.memory import Memory
from deputize.store.readers import Readers
from deputize.store.schema import migrate
from deputize.store.writer import Writer

T = TypeVar("T")


class SqliteStore:
    """`store.api.Store` over the SQLite file at a path.

    Between `open` and the first use it holds no file, connection or thread, so a process may open it and
    fork; from the first use on it belongs to that process.
    """

    def __init__(self, path: Path, latch: Latch) -> None:
        self.path = path
        memory = Memory()
        self._readers = Readers(path, memory)
        self._writer = Writer(path, memory, latch)
        self._process: int | None = None

    @classmethod
    def open(cls, path: Path, latch: Latch | None = None) -> "SqliteStore":
        """The store in the file at `path`, made if it is missing, brought to this version's schema if it is
        older. A disk error closes `latch`, and while it is closed nothing is written.

        Raises StoreUnusable, SchemaTooNew.
        """
        lock = WritersLock(path)
        try:
            migrate(path, lock)
        finally:
            lock.close()
        return cls(path, latch or Latch())

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        self._claim()
        return self._readers.snapshot()

    def write(self, command: Callable[[Transaction], T]) -> "Future[T]":
        self._claim()
        return self._writer.submit(command)

    def note(self, command: Callable[[Transaction], None]) -> None:
        self._claim()
        self._writer.note(command)

    def health(self) -> StoreHealth:
        writer = self._writer
        return StoreHealth(
            writable=not writer.latch.closed,
            full=writer.full,
            waiting=writer.queue.waiting,
            slow_locks=writer.lock.slow,
            lock_wait=writer.lock.waited(),
            notes_dropped=writer.queue.notes_dropped,
        )

    def close(self) -> None:
        self._writer.close()
        self._readers.close()

    def _claim(self) -> None:
        """A child of the process that used the store has its locks and its thread only in appearance."""
        process = os.getpid()
        if self._process is None:
            self._process = process
        elif self._process != process:
            raise RuntimeError("this store was used before the fork: open one in each process")
