"""A connection on which statements run inside a transaction or not at all."""

from collections.abc import Iterator

import apsw

from deputize.store.rows import Row

# The statement's own fault: SQLite takes back this statement alone, and the transaction goes on.
OWN_FAULT = (apsw.ConstraintError, apsw.MismatchError, apsw.RangeError, apsw.SQLError, apsw.TooBigError)


class NoTransaction(RuntimeError):
    """A record was asked for outside of the snapshot or transaction that it was to come from."""


class Sql:
    """Runs statements on `connection`. `failure` is the first error since `begin` that was not a statement's
    own: whoever runs commands looks at it, since a command may swallow errors.

    SQLite may have ended the transaction with the failure. A statement after it would be a transaction of its
    own, so none is run.
    """

    def __init__(self, connection: apsw.Connection) -> None:
        self.connection = connection
        self.failure: apsw.Error | None = None
        # Free again as soon as a statement's rows are fetched; a new one for each would cost as much as a
        # statement that finds one row.
        self._cursor = connection.cursor()

    def begin(self, how: str) -> None:
        """Start a transaction: `how` is DEFERRED or IMMEDIATE."""
        self.failure = None
        self.connection.execute("BEGIN " + how)

    def commit(self) -> None:
        """End the transaction, keeping what it did."""
        try:
            self.connection.execute("COMMIT")
        except apsw.Error as error:
            self.failure = self.failure or error
            raise

    def rows(self, statement: str, values: Row = ()) -> list[Row]:
        """All rows: no statement stays open, for that would keep the snapshot alive."""
        self._check()
        try:
            return self._cursor.execute(statement, values).fetchall()
        except OWN_FAULT:
            raise
        except apsw.Error as error:
            self.failure = self.failure or error
            raise

    def scan(self, statement: str, values: Row) -> Iterator[Row]:
        """The rows one by one, read no further than they are asked for; close it when it is left early."""
        self._check()
        try:
            cursor = self.connection.execute(statement, values)
            try:
                yield from cursor
            finally:
                cursor.close()
        except apsw.Error as error:
            self.failure = self.failure or error
            raise

    def row(self, statement: str, values: Row = ()) -> Row | None:
        """The first row, or None."""
        rows = self.rows(statement, values)
        return rows[0] if rows else None

    def change(self, statement: str, values: Row) -> int:
        """Run a statement that changes rows; returns how many."""
        self.rows(statement, values)
        return self.connection.changes()

    def _check(self) -> None:
        if not self.connection.in_transaction:
            raise NoTransaction
