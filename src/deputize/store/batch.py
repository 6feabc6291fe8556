"""Several commands in one transaction: all that succeed become durable together, with one fsync.

Every command runs inside a savepoint, so one that raises changes nothing. Its answer is known only after the
COMMIT all the same: what made it raise may be a neighbour's change that nobody else can see yet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import apsw

from deputize.store.api import Transaction
from deputize.store.errors import StoreBusy, StoreFull, StoreUnavailable
from deputize.store.sql import NoTransaction
from deputize.store.views import SqlTransaction

Command = Callable[[Transaction], Any]

# What ends a transaction without a doubt about the data. All other failures of SQLite stop the writes.
HARMLESS: dict[type[apsw.Error], type[StoreUnavailable]] = {
    apsw.FullError: StoreFull,
    apsw.BusyError: StoreBusy,
    apsw.NoMemError: StoreUnavailable,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a command: its value, or what it raised."""

    value: Any = None
    error: Exception | None = None


def run(db: SqlTransaction, commands: Sequence[Command]) -> list[Outcome]:
    """Run `commands` in one transaction, one outcome each.

    If it comes to nothing for want of room, each command is tried in a transaction of its own, so that those
    fail alone for which there is no room. Raises apsw.Error when the disk failed: nothing may be written any
    more.
    """
    try:
        return _together(db, commands)
    except apsw.Error as error:
        refusal = HARMLESS.get(type(error))
        if refusal is None:
            raise
        if len(commands) > 1 and refusal is not StoreBusy:
            return [outcome for command in commands for outcome in run(db, [command])]
        return [Outcome(error=refusal(str(error))) for _ in commands]


def _together(db: SqlTransaction, commands: Sequence[Command]) -> list[Outcome]:
    connection = db.sql.connection
    try:
        db.begin()
        outcomes = [_attempt(db, command) for command in commands]
        db.commit()
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return outcomes


def _attempt(db: SqlTransaction, command: Command) -> Outcome:
    connection, touched = db.sql.connection, db.touched
    connection.execute("SAVEPOINT command")
    try:
        outcome = Outcome(value=command(db))
    except Exception as error:
        outcome = Outcome(error=error)
    # SQLITE_FULL ends the whole transaction and not the savepoint, whatever the command made of the error; a
    # SAVEPOINT after that would open, and its RELEASE commit, a transaction of its own.
    if db.sql.failure is not None:
        raise db.sql.failure
    if not connection.in_transaction:
        raise NoTransaction
    if outcome.error is not None:
        connection.execute("ROLLBACK TO command")
        db.touched = touched
    connection.execute("RELEASE command")
    return outcome
