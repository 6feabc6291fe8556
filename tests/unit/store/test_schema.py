"""Opening: what is made, what is brought up to date, and what is left alone."""

import errno
import hashlib
import os
import threading
from functools import partial
from pathlib import Path

import apsw
import pytest
from tests.unit.store.samples import ACCOUNT, put_all, user

from deputize.store import schema
from deputize.store.errors import SchemaTooNew, StoreUnusable
from deputize.store.sqlite import SqliteStore
from deputize.store.statements import STATEMENTS
from deputize.store.versions import CODEC


def contents(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "test.db"


@pytest.fixture
def made(path: Path) -> apsw.Connection:
    """Another program's view of a database that was made by us."""
    SqliteStore.open(path).close()
    return apsw.Connection(str(path))


def test_the_migrations_make_the_tables_that_are_declared(made: apsw.Connection) -> None:
    for name, statements in STATEMENTS.items():
        columns = made.execute(f'SELECT name, pk FROM pragma_table_info("{name}") ORDER BY cid').fetchall()
        assert tuple(column for column, _ in columns) == statements.codec.columns
        assert tuple(column for column, place in columns if place) == statements.spec.key
        indexes = made.execute(
            f"SELECT name FROM pragma_index_list('{name}') WHERE origin = 'c' ORDER BY name"
        ).fetchall()
        assert [index for (index,) in indexes] == sorted(
            f"{name}_{index}" for index in statements.spec.indexes
        )
        for index, indexed in statements.spec.indexes.items():
            found = made.execute(f'SELECT name FROM pragma_index_info("{name}_{index}")').fetchall()
            assert tuple(column for (column,) in found) == indexed
    objects = made.execute("SELECT name FROM pragma_table_info('objects') ORDER BY cid").fetchall()
    assert tuple(column for (column,) in objects) == CODEC.columns


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_look_up_is_by_an_index_and_needs_no_sorting(made: apsw.Connection, name: str) -> None:
    statements = STATEMENTS[name]
    # Without a value for the first column there is nothing to look up by: that is a walk through the table.
    finds = [statement for found in statements.find.values() for statement in found[1:]]
    for statement in [statements.get, *statements.page[1:], *statements.page_after, *finds]:
        plan = made.execute("EXPLAIN QUERY PLAN " + statement, (None,) * statement.count("?")).fetchall()
        steps = [str(step[3]) for step in plan]
        assert all(step.startswith("SEARCH") for step in steps if "TEMP B-TREE" not in step), steps
        assert statement in finds or len(steps) == 1, steps
        # Every value narrows the search, or the whole key does: no value is compared row by row.
        if statement in finds:
            narrowing = sum(step.count("=?") for step in steps)
            assert narrowing in (statement.count("?"), len(statements.spec.key)), steps


def test_the_data_is_durable_and_shared_as_promised(path: Path) -> None:
    SqliteStore.open(path).close()
    connection = schema.connect(path, writes=True)
    assert connection.pragma("journal_mode") == "wal"
    assert connection.pragma("synchronous") == 2
    assert connection.pragma("wal_autocheckpoint") == 0
    assert connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, -1) == 1
    connection.close()


def test_a_reader_cannot_write(path: Path) -> None:
    SqliteStore.open(path).close()
    connection = schema.connect(path, writes=False)
    with pytest.raises(apsw.ReadOnlyError):
        connection.execute("DELETE FROM users")
    connection.close()


def test_opening_again_keeps_everything(path: Path) -> None:
    first = SqliteStore.open(path)
    first.write(lambda db: put_all(db.users, [user("a")])).result(10)
    with first.snapshot() as db:
        generation = db.generation
    first.close()
    second = SqliteStore.open(path)
    with second.snapshot() as db:
        assert db.generation == generation
        assert db.users.count(ACCOUNT) == 1
    second.close()


def test_a_newer_schema_is_refused_and_left_alone(path: Path, made: apsw.Connection) -> None:
    made.execute("PRAGMA user_version = 99")
    made.close()
    before = contents(path)
    known = len(schema.migrations())
    with pytest.raises(SchemaTooNew, match=f"schema 99, this version knows up to {known}:") as refused:
        SqliteStore.open(path)
    assert (refused.value.found, refused.value.known) == (99, known)
    assert contents(path) == before


def test_another_programs_database_is_refused_and_left_alone(path: Path) -> None:
    other = apsw.Connection(str(path))
    other.execute("CREATE TABLE theirs (a)")
    other.close()
    before = contents(path)
    with pytest.raises(StoreUnusable, match="another program"):
        SqliteStore.open(path)
    assert contents(path) == before


def test_what_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"no database at all" * 100)
    before = contents(path)
    with pytest.raises(StoreUnusable, match="cannot open"):
        SqliteStore.open(path)
    assert contents(path) == before


def test_the_names_of_its_files_are_durable_before_it_is_open(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite itself passes over a directory that cannot be synced."""
    sync, synced = os.fsync, list[list[str]]()

    def watched(descriptor: int) -> None:
        synced.append(sorted(os.listdir(descriptor)))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    SqliteStore.open(path).close()
    assert {path.name, f"{path.name}-wal"} <= set(synced[0])

    def failing(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(StoreUnusable):
        SqliteStore.open(path)


def test_a_missing_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match="cannot open"):
        SqliteStore.open(tmp_path / "missing" / "test.db")


@pytest.mark.parametrize("version", ["3.51.2", "3.40.1", "2.8.17"])
def test_a_sqlite_that_can_corrupt_a_wal_is_refused(version: str) -> None:
    with pytest.raises(StoreUnusable, match=r"too old, 3\.51\.3 or newer"):
        schema.require_sqlite(version)


@pytest.mark.parametrize("version", ["3.51.3", "3.52.0", "4.0"])
def test_a_sqlite_that_cannot_is_taken(version: str) -> None:
    schema.require_sqlite(version)


def test_a_migration_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SqliteStore.open(path).close()
    steps = [*schema.migrations(), "CREATE TABLE more (a); INSERT INTO missing VALUES (1)"]
    monkeypatch.setattr(schema, "migrations", lambda: steps)
    with pytest.raises(StoreUnusable, match="missing"):
        SqliteStore.open(path)
    connection = apsw.Connection(str(path))
    assert connection.pragma("user_version") == len(steps) - 1
    assert not connection.table_exists(None, "more")
    connection.close()


def test_an_older_schema_is_brought_up_to_date_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SqliteStore.open(path).close()
    steps = [*schema.migrations(), "CREATE TABLE more (a)"]
    monkeypatch.setattr(schema, "migrations", lambda: steps)
    for _ in range(2):
        SqliteStore.open(path).close()
    connection = apsw.Connection(str(path))
    assert connection.pragma("user_version") == len(steps)
    connection.close()


def test_many_may_open_a_new_database_at_once(path: Path) -> None:
    errors: list[BaseException] = []

    def open_and_write(name: str) -> None:
        try:
            store = SqliteStore.open(path)
            store.write(lambda db: db.users.put(user(name))).result(20)
            store.close()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=partial(open_and_write, f"u{number}")) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    store = SqliteStore.open(path)
    with store.snapshot() as db:
        assert db.users.count(ACCOUNT) == 6
    store.close()
