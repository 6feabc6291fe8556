"""The one thread of the process that writes: it drains its queue into one transaction and answers after the
COMMIT.

The running commit is what a batch gathers during: no timer, and alone a command does not wait.
"""

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import apsw

from deputize.latch import Latch
from deputize.store.batch import Command, Outcome, run
from deputize.store.errors import StoreBroken, StoreFull, StoreUnavailable
from deputize.store.lock import WritersLock
from deputize.store.memory import Memory
from deputize.store.queue import Job, Queue
from deputize.store.schema import connect
from deputize.store.sql import Sql
from deputize.store.views import SqlTransaction

log = logging.getLogger("deputize.store")

# Pages in the WAL from which on a commit is followed by a checkpoint.
CHECKPOINT = 1000
BROKEN = "a disk error stopped all writes; start the server again"


class Writer:
    """Runs commands, from its first one on in a thread of its own, until it is closed or the disk fails."""

    def __init__(self, database: Path, memory: Memory, latch: Latch) -> None:
        self.queue = Queue()
        self.lock = WritersLock(database)
        self.latch = latch
        self.full = False
        self._database = database
        self._memory = memory
        self._wal_pages = 0
        self._running: list[Job] = []
        self._connection: apsw.Connection | None = None
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def submit(self, command: Command) -> "Future[Any]":
        """Line up a command."""
        future: Future[Any] = Future()
        if self.queue.put(Job(command, future)):
            self._start()
        else:
            refusal = StoreBroken(BROKEN) if self.latch.closed else StoreUnavailable("the store is closed")
            future.set_exception(refusal)
        return future

    def note(self, command: Command) -> None:
        """Line up a note."""
        if self.queue.put_note(Job(command)):
            self._start()

    def close(self) -> None:
        """Commit what waits and end the thread."""
        self.queue.close()
        if self._thread is not None:
            self._thread.join()
        if self._connection is not None:
            self._connection.close()
        self.lock.close()

    def _start(self) -> None:
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
                    thread.start()
                    self._thread = thread

    def _work(self) -> None:
        try:
            self._connection = connect(self._database, writes=True)
            self._connection.set_wal_hook(self._on_commit)
            db = SqlTransaction(Sql(self._connection), self._memory)
            while self.queue.wait():
                self._commit(db)
            if not self.latch.closed:
                self._checkpoint(self._connection)
        except BaseException as error:
            self._stop(error)

    def _commit(self, db: SqlTransaction) -> None:
        if self.latch.closed:  # by a failure that another part or process met
            self._refuse(self.queue.take())
            return
        with self.lock:
            self._running = self.queue.take()
            outcomes = run(db, [job.command for job in self._running])
        self._found(full=any(isinstance(outcome.error, StoreFull) for outcome in outcomes))
        answered, self._running = self._running, []
        self._answer(answered, outcomes)
        if self._wal_pages >= CHECKPOINT:
            self._checkpoint(db.sql.connection)

    def _found(self, *, full: bool) -> None:
        if full and not self.full:
            log.warning("the disk is full: changes are refused until there is room")
        self.full = full

    def _answer(self, jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> None:
        for job, outcome in zip(jobs, outcomes, strict=True):
            if job.future is None:
                self._noted(outcome)
            elif outcome.error is not None:
                job.future.set_exception(outcome.error)
            else:
                job.future.set_result(outcome.value)

    def _noted(self, outcome: Outcome) -> None:
        if isinstance(outcome.error, StoreUnavailable):
            self.queue.drop_note()
        elif outcome.error is not None:
            log.error("a note failed", exc_info=outcome.error)

    def _on_commit(self, _connection: apsw.Connection, _database: str, pages: int) -> int:
        """SQLite says how long the WAL is now."""
        self._wal_pages = pages
        return apsw.SQLITE_OK

    def _checkpoint(self, connection: apsw.Connection) -> None:
        """Move the WAL's pages into the database. Raises apsw.Error if the disk failed.

        A reader or another process in the way is no failure: the next checkpoint goes on from there.
        """
        try:
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        except apsw.BusyError:
            log.debug("checkpoint put off")
        self._wal_pages = 0

    def _stop(self, error: BaseException) -> None:
        """Write nothing any more: what the disk has is unknown, and an fsync tried again may lie.

        The connection stays open: were it the last one, the next reader would recover the WAL and show
        what was never acknowledged.
        """
        log.critical("writing stops: %s", error, exc_info=error)
        self.latch.close()
        self.queue.close()
        self._refuse(self._running)
        while self.queue.wait():
            self._refuse(self.queue.take())

    def _refuse(self, jobs: Sequence[Job]) -> None:
        self._answer(jobs, [Outcome(error=StoreBroken(BROKEN)) for _ in jobs])
