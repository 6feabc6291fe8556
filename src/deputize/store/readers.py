"""Connections to read with: a snapshot takes one and gives it back."""

from pathlib import Path
from types import TracebackType

from deputize.store.memory import Memory
from deputize.store.schema import connect
from deputize.store.sql import Sql
from deputize.store.views import SqlSnapshot

# Connections kept open while nobody reads.
IDLE = 16


class Readers:
    """A pool for all threads. The connection used last is taken first: its cache is the warmest."""

    def __init__(self, database: Path, memory: Memory) -> None:
        self._database = database
        self._memory = memory
        self._idle: list[SqlSnapshot] = []
        self._closed = False

    def snapshot(self) -> "Reading":
        """A view that begins when the context is entered."""
        return Reading(self)

    def take(self) -> SqlSnapshot:
        """A reader, that nobody else has. Raises apsw.Error."""
        if self._closed:
            raise RuntimeError("the store is closed")
        try:
            return self._idle.pop()
        except IndexError:
            return SqlSnapshot(Sql(connect(self._database, writes=False)), self._memory)

    def give_back(self, reader: SqlSnapshot) -> None:
        """The reader is free; it is not kept if something went wrong with it."""
        if self._closed or reader.sql.failure is not None or len(self._idle) >= IDLE:
            reader.sql.connection.close()
        else:
            self._idle.append(reader)

    def close(self) -> None:
        """Close the idle connections; those in use are closed when they come back."""
        self._closed = True
        while self._idle:
            self._idle.pop().sql.connection.close()


class Reading:
    """One snapshot, as a context manager. A class, since a generator costs as much as a look-up."""

    __slots__ = ("_reader", "_readers")

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def __enter__(self) -> SqlSnapshot:
        self._reader = self._readers.take()
        try:
            self._reader.begin()
        except BaseException:
            self._reader.sql.connection.close()
            raise
        return self._reader

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._reader.end()
        finally:
            self._readers.give_back(self._reader)
