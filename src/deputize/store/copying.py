"""The database as a file: checked and copied while others write; and a copy, read where nobody writes."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import apsw

from deputize.model.storage import PARTS, Blob
from deputize.store.errors import SchemaTooNew, StoreFull, StoreUnusable
from deputize.store.schema import APPLICATION_ID, connect, migrations

# Pages that are copied at once.
STEP = 1024
LAST = b"\xff" * 16
FILES = (
    'SELECT "id", "size", "format" FROM "blobs" '
    'WHERE "data" IS NULL AND "format" <> ? AND "id" BETWEEN ? AND ? ORDER BY "id"'
)


def quick_check(database: Path) -> list[str]:
    """What SQLite finds wrong in a database that others may be writing (PRAGMA quick_check). Raises
    StoreUnusable.
    """
    try:
        with closing(connect(database, writes=False)) as connection:
            return _problems(connection)
    except apsw.Error as error:
        raise StoreUnusable(f"cannot read the database: {error}") from error


def copy(source: Path, target: Path, advance: Callable[[int, int], None]) -> None:
    """Copy a database as it is at one moment into the file `target`, empty or new, while others write;
    `advance` is told how many pages remain, and of how many. The copy is not synced. Raises StoreUnusable,
    StoreFull.

    The read transaction keeps the moment: the copy never begins anew because of a writer
    (https://sqlite.org/backup.html, "Using the sqlite3_backup_step() function").
    """
    try:
        with closing(connect(source, writes=False)) as live, closing(apsw.Connection(str(target))) as made:
            live.execute("BEGIN; SELECT count(*) FROM sqlite_schema")
            with made.backup("main", live, "main") as backup:
                while not backup.done:
                    backup.step(STEP)
                    advance(backup.remaining, backup.page_count)
    except apsw.FullError:
        raise StoreFull(f"no room for a copy of the database: {target.parent}") from None
    except apsw.Error as error:
        raise StoreUnusable(f"cannot copy the database: {error}") from error


def check_copy(database: Path) -> None:
    """Raises StoreUnusable for a copy that is damaged or none of ours, SchemaTooNew if a newer version wrote
    it.
    """
    try:
        with closing(_still(database)) as connection:
            application, version = connection.pragma("application_id"), connection.pragma("user_version")
            problems = _problems(connection)
    except apsw.Error as error:
        raise StoreUnusable(f"cannot read the database: {error}") from error
    if problems:
        raise StoreUnusable(f"the database is damaged: {problems[0]}")
    if application != APPLICATION_ID:
        raise StoreUnusable("the database belongs to another program")
    if version > len(migrations()):
        raise SchemaTooNew(version, len(migrations()))


def files_of(database: Path, prefix: bytes = b"") -> Iterator[Blob]:
    """The blobs of a copy that are in files, by id, which begins with `prefix`. Raises apsw.Error if the copy
    is damaged.
    """
    with closing(_still(database)) as connection:
        for blob, size, form in connection.execute(FILES, (PARTS, prefix, prefix + LAST)):
            yield Blob(id=blob, size=size, format=form)


def _still(database: Path) -> apsw.Connection:
    """To a database that nobody writes, and beside which nothing is made: no lock, no WAL."""
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    return apsw.Connection(f"{database.absolute().as_uri()}?immutable=1", flags=flags)


def _problems(connection: apsw.Connection) -> list[str]:
    """A row is of one column; `ok` alone says that all is well."""
    found = [str(problem) for (problem,) in connection.execute("PRAGMA quick_check")]
    return [] if found == ["ok"] else found
