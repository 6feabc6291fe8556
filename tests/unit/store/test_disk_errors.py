"""A disk that fails: nothing is tried again, nothing is acknowledged, reading goes on."""

import contextlib
import shutil
from functools import partial
from pathlib import Path

import apsw
import pytest
from tests.fix_store import Disk
from tests.unit.store.samples import one_batch, put

from deputize.latch import Latch
from deputize.store import schema, writer
from deputize.store.api import Transaction
from deputize.store.errors import StoreBroken, StoreBusy
from deputize.store.sql import NoTransaction
from deputize.store.sqlite import SqliteStore

DATABASE, WAL = "test.db", "test.db-wal"


def stored(store: SqliteStore, key: bytes) -> bool:
    with store.snapshot() as db:
        return db.objects.get(7, key) is not None


def fail_always(disk: Disk, operation: str, name: str) -> None:
    def fail(met: str, file: str) -> None:
        if (met, file) == (operation, name):
            raise apsw.IOError("the disk failed")

    disk.fail = fail


@pytest.mark.parametrize("operation", ["write", "sync"])
def test_an_io_error_is_never_retried_and_stops_writes(
    disk: Disk, store: SqliteStore, operation: str
) -> None:
    store.write(partial(put, key=b"before")).result(10)
    with one_batch(store):
        futures = [store.write(partial(put, key=key)) for key in (b"a", b"b")]
        disk.seen.clear()
        fail_always(disk, operation, WAL)
    for future in futures:
        with pytest.raises(StoreBroken):
            future.result(10)
    assert disk.seen.count((operation, WAL)) == 1
    # The disk is well again, and nobody knows what it holds.
    disk.fail = None
    disk.seen.clear()
    with pytest.raises(StoreBroken):
        store.write(partial(put, key=b"after")).result(10)
    assert store.health().writable is False
    assert (stored(store, b"before"), stored(store, b"a"), stored(store, b"after")) == (True, False, False)
    store.close()
    assert disk.seen == []


def test_what_waits_when_the_disk_fails_is_answered_and_notes_are_counted(
    disk: Disk, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deputize.store.queue.BATCH", 1)
    store.write(partial(put, key=b"before")).result(10)
    with one_batch(store):
        futures = [store.write(partial(put, key=key)) for key in (b"a", b"b")]
        store.note(partial(put, key=b"note"))
        fail_always(disk, "sync", WAL)
    for future in futures:
        with pytest.raises(StoreBroken):
            future.result(10)
    store.close()
    store.note(partial(put, key=b"note"))
    assert store.health().notes_dropped == 2


def test_after_an_io_error_a_new_start_finds_all_that_was_acknowledged(
    disk: Disk, store: SqliteStore, tmp_path: Path
) -> None:
    store.write(partial(put, key=b"before")).result(10)
    fail_always(disk, "sync", WAL)
    with pytest.raises(StoreBroken):
        store.write(partial(put, key=b"a")).result(10)
    store.close()
    disk.fail = None
    again = SqliteStore.open(tmp_path / DATABASE)
    again.write(partial(put, key=b"after")).result(10)
    assert (stored(again, b"before"), stored(again, b"after")) == (True, True)
    again.close()


def test_a_command_that_swallows_an_io_error_writes_nothing_and_is_not_acknowledged(
    disk: Disk, store: SqliteStore
) -> None:
    def careless(db: Transaction) -> None:
        connection: apsw.Connection = db.sql.connection  # type: ignore[attr-defined]
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("PRAGMA cache_spill = 1")
        disk.seen.clear()
        fail_always(disk, "write", WAL)
        for key in (b"large", b"larger"):
            with contextlib.suppress(apsw.IOError, NoTransaction):
                put(db, key, data=bytes(1_000_000))

    with pytest.raises(StoreBroken):
        store.write(careless).result(10)
    assert disk.seen.count(("write", WAL)) == 1
    assert store.health().writable is False


def test_a_failed_fsync_of_a_checkpoint_is_not_retried_and_stops_writes(
    disk: Disk, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "CHECKPOINT", 1)
    disk.seen.clear()
    fail_always(disk, "sync", DATABASE)
    # The WAL has it durably, whatever the checkpoint comes to.
    assert store.write(partial(put, key=b"a")).result(10) is None
    with pytest.raises(StoreBroken):
        store.write(partial(put, key=b"b")).result(10)
    store.close()
    assert disk.seen.count(("sync", DATABASE)) == 1
    assert stored_after_restart(disk, store) == [True, False]


def stored_after_restart(disk: Disk, store: SqliteStore) -> list[bool]:
    disk.fail = None
    again = SqliteStore.open(store.path)
    found = [stored(again, key) for key in (b"a", b"b")]
    again.close()
    return found


def test_checkpoints_move_what_is_committed_into_the_database(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "CHECKPOINT", 1)
    store.write(partial(put, key=b"a")).result(10)
    store.write(partial(put, key=b"b")).result(10)
    (tmp_path / "copy").mkdir()
    shutil.copy(tmp_path / DATABASE, tmp_path / "copy" / DATABASE)
    copy = SqliteStore.open(tmp_path / "copy" / DATABASE)
    assert stored(copy, b"a")
    copy.close()


def test_closing_moves_everything_into_the_database(store: SqliteStore, tmp_path: Path) -> None:
    store.write(partial(put, key=b"a")).result(10)
    store.close()
    (tmp_path / WAL).unlink()
    again = SqliteStore.open(tmp_path / DATABASE)
    assert stored(again, b"a")
    again.close()


def test_a_reader_in_the_way_of_a_checkpoint_is_no_failure(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "CHECKPOINT", 1)
    with store.snapshot():
        for key in (b"a", b"b", b"c"):
            store.write(partial(put, key=key)).result(10)
    store.write(partial(put, key=b"d")).result(10)
    assert store.health().writable


def test_a_checkpoint_of_another_program_is_no_failure(
    disk: Disk, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = schema.connect(store.path, writes=True)

    def while_it_runs(operation: str, name: str) -> None:
        if (operation, name) == ("sync", DATABASE):
            disk.fail = None
            monkeypatch.setattr(writer, "CHECKPOINT", 1)
            for key in (b"b", b"c"):
                store.write(partial(put, key=key)).result(10)

    store.write(partial(put, key=b"a")).result(10)
    disk.fail = while_it_runs
    other.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
    other.close()
    assert store.health().writable
    assert stored(store, b"c")


def test_a_program_that_holds_the_database_without_the_lock_makes_it_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "BUSY_TIMEOUT", 1)
    store = SqliteStore.open(tmp_path / DATABASE)
    other = apsw.Connection(str(tmp_path / DATABASE))
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreBusy):
        store.write(partial(put, key=b"a")).result(10)
    other.execute("ROLLBACK")
    other.close()
    store.write(partial(put, key=b"a")).result(10)
    assert store.health().writable
    store.close()


def test_a_lock_file_that_cannot_be_had_stops_writes(store: SqliteStore, tmp_path: Path) -> None:
    (tmp_path / "test.db-lock").unlink()
    (tmp_path / "test.db-lock").mkdir()
    with pytest.raises(StoreBroken):
        store.write(partial(put, key=b"a")).result(10)
    assert stored(store, b"a") is False


def test_a_failure_of_an_unknown_kind_stops_writes_and_lets_others_go_on(store: SqliteStore) -> None:
    def interrupted(db: Transaction) -> None:
        connection: apsw.Connection = db.sql.connection  # type: ignore[attr-defined]
        put(db, b"a")
        connection.set_progress_handler(lambda: True, 1)
        try:
            put(db, b"b")
        finally:
            connection.set_progress_handler(None)

    with pytest.raises(StoreBroken):
        store.write(interrupted).result(10)
    assert store.health().writable is False
    other = SqliteStore.open(store.path)
    other.write(partial(put, key=b"c")).result(10)
    assert [stored(other, key) for key in (b"a", b"b", b"c")] == [False, False, True]
    other.close()


def test_a_failure_met_elsewhere_stops_writes_and_not_reads(store: SqliteStore, tmp_path: Path) -> None:
    """By the blobs, or by another process: they share the latch."""
    latch = Latch()
    shared = SqliteStore.open(tmp_path / "test.db", latch)
    shared.write(partial(put, key=b"before")).result(10)
    latch.close()
    with pytest.raises(StoreBroken):
        shared.write(partial(put, key=b"after")).result(10)
    assert shared.health().writable is False
    assert (stored(shared, b"before"), stored(shared, b"after")) == (True, False)
    shared.close()
