"""Connections to the database file, and its schema: one SQL file per version in `migrations/`."""

import re
from importlib.resources import files
from pathlib import Path

import apsw

from deputize.durable import sync
from deputize.store.errors import SchemaTooNew, StoreUnusable
from deputize.store.lock import WritersLock

# Before it, a WAL with two writers could be corrupted (https://sqlite.org/wal.html, "The WAL-Reset Bug").
OLDEST_SQLITE = (3, 51, 3)
# Marks the file as ours, for `file(1)` and against opening somebody else's database: "DEPU".
APPLICATION_ID = 0x44455055
# How long another program may hold the database without taking the writers' lock (milliseconds).
BUSY_TIMEOUT = 5_000
# Beyond this the WAL file is cut back when it starts anew (bytes).
WAL_KEPT = 16 * 1024 * 1024
# Every statement of every table stays prepared.
STATEMENTS = 512

SETTINGS = f"""
PRAGMA synchronous = FULL;
PRAGMA fullfsync = ON;
PRAGMA checkpoint_fullfsync = ON;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA temp_store = MEMORY;
PRAGMA journal_size_limit = {WAL_KEPT};
"""


def migrations() -> list[str]:
    """The SQL that leads from each schema version to the next; the first makes version 1."""
    found = {
        int(match[1]): entry.read_text(encoding="utf-8")
        for entry in (files("deputize.store") / "migrations").iterdir()
        if (match := re.fullmatch(r"(\d{4})\.sql", entry.name))
    }
    return [found[version] for version in range(1, len(found) + 1)]


def require_sqlite(version: str) -> None:
    """Raises StoreUnusable if this version of SQLite cannot be trusted with the data."""
    if tuple(int(part) for part in version.split(".")) < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        raise StoreUnusable(f"SQLite {version} is too old, {needed} or newer is needed: upgrade apsw")


def connect(path: Path, *, writes: bool) -> apsw.Connection:
    """A connection of one's own. Raises apsw.Error.

    Nothing is checkpointed behind our back, neither after a commit nor on closing: SQLite ignores a failed
    fsync there and tries again, and an fsync tried again may succeed although the data is lost.
    """
    connection = apsw.Connection(str(path), statementcachesize=STATEMENTS)
    connection.set_busy_timeout(BUSY_TIMEOUT)
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.execute(SETTINGS)
    connection.wal_autocheckpoint(0)
    if not writes:
        connection.execute("PRAGMA query_only = ON")
    return connection


def migrate(path: Path, lock: WritersLock) -> None:
    """Bring the database to the schema of this version, making it if there is none.

    Raises StoreUnusable if the file is not ours or cannot be opened, SchemaTooNew if a newer version wrote
    it; nothing is changed then.
    """
    require_sqlite(apsw.sqlite_lib_version())
    steps = migrations()
    try:
        connection = connect(path, writes=True)
        try:
            with connection:  # one view: another process may be making the database right now
                version = _version(connection, len(steps))
            if version < len(steps):
                _upgrade(connection, lock, steps)
            # The write-ahead log's name too: SQLite syncs it with its first commit, and passes over an error.
            sync(path.parent)
        finally:
            connection.close()
    except (apsw.Error, OSError) as error:
        raise StoreUnusable(f"cannot open the database: {error}") from error


def _version(connection: apsw.Connection, known: int) -> int:
    """The schema version of the database, 0 when it is new."""
    application, version = connection.pragma("application_id"), connection.pragma("user_version")
    empty = connection.execute("SELECT count(*) FROM sqlite_schema").get == 0
    if application != APPLICATION_ID and not (application == 0 and version == 0 and empty):
        raise StoreUnusable("the database belongs to another program")
    if version > known:
        raise SchemaTooNew(version, known)
    return int(version)


def _upgrade(connection: apsw.Connection, lock: WritersLock, steps: list[str]) -> None:
    with lock:
        if connection.pragma("journal_mode", "wal") != "wal":
            raise StoreUnusable("the file system of the database cannot share memory between processes")
        connection.execute("BEGIN IMMEDIATE")
        for step in steps[_version(connection, len(steps)) :]:
            connection.execute(step)
        connection.pragma("application_id", APPLICATION_ID)
        connection.pragma("user_version", len(steps))
        connection.execute("COMMIT")
