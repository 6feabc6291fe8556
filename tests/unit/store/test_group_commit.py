"""Many commands, one transaction: who is answered what, and when."""

import contextlib
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

import apsw
import pytest
from tests.fix_store import Disk
from tests.unit.store.samples import ACCOUNT, one_batch, put, put_all, user

from deputize.store.api import Transaction
from deputize.store.errors import StoreBroken, StoreFull, StoreUnavailable
from deputize.store.sql import NoTransaction
from deputize.store.sqlite import SqliteStore

WAL = "test.db-wal"


class Refused(Exception):
    """What a command raises."""


def add(db: Transaction, name: str) -> None:
    """A command that is refused if the name is taken."""
    if db.users.get(ACCOUNT, name) is not None:
        raise Refused(name)
    db.users.put(user(name))


def add_then_raise(db: Transaction, name: str) -> None:
    add(db, name)
    raise Refused(name)


def put_large(db: Transaction) -> None:
    """More than `little_room` leaves."""
    put(db, b"large", data=bytes(1_000_000))


def room(pages: int) -> Callable[[Transaction], None]:
    """Let the database grow by so many pages."""

    def limit(db: Transaction) -> None:
        connection: apsw.Connection = db.sql.connection  # type: ignore[attr-defined]
        connection.pragma("max_page_count", connection.pragma("page_count") + pages)

    return limit


def stored_names(store: SqliteStore) -> list[str]:
    with store.snapshot() as db:
        return [found.name for found in db.users.page(ACCOUNT)]


def generation(store: SqliteStore) -> int:
    with store.snapshot() as db:
        return db.generation


def fail_once(disk: Disk, operation: str, name: str, error: Exception) -> None:
    """The next such operation fails, those after it do not."""

    def fail(met: str, file: str) -> None:
        if (met, file) == (operation, name):
            disk.fail = None
            raise error

    disk.fail = fail


def test_waiting_commands_share_one_fsync(disk: Disk, store: SqliteStore) -> None:
    with one_batch(store):
        before = disk.seen.count(("sync", WAL))
        futures = [store.write(partial(add, name=f"u{number}")) for number in range(20)]
    assert [future.result(10) for future in futures] == [None] * 20
    # One for the batch; the command that held the writer up changed nothing.
    assert disk.seen.count(("sync", WAL)) - before == 1


def test_a_command_is_answered_after_its_fsync(disk: Disk, store: SqliteStore) -> None:
    store.write(partial(add, name="a")).result(10)
    assert disk.seen[-1] == ("sync", WAL)


def test_a_command_that_raises_changes_nothing_and_its_neighbours_succeed(store: SqliteStore) -> None:
    with one_batch(store):
        first = store.write(partial(add, name="a"))
        refused = store.write(partial(add_then_raise, name="b"))
        last = store.write(partial(add, name="c"))
    assert (first.result(10), last.result(10)) == (None, None)
    with pytest.raises(Refused):
        refused.result(10)
    assert stored_names(store) == ["a", "c"]


def test_a_broken_constraint_is_the_commands_own_fault(store: SqliteStore) -> None:
    with one_batch(store):
        first = store.write(lambda db: put(db, b"a", b"id"))
        twice = store.write(lambda db: put(db, b"b", b"id"))
        last = store.write(lambda db: put(db, b"c", b"other"))
    assert (first.result(10), last.result(10)) == (None, None)
    with pytest.raises(apsw.ConstraintError):
        twice.result(10)
    assert store.health().writable


def test_a_cancelled_command_does_not_run(store: SqliteStore) -> None:
    with one_batch(store):
        future = store.write(partial(add, name="a"))
        assert future.cancel()
    store.write(partial(add, name="b")).result(10)
    assert stored_names(store) == ["b"]


def test_sqlite_full_ends_the_transaction_and_not_the_savepoint(store: SqliteStore) -> None:
    store.write(room(10)).result(10)
    with one_batch(store):
        first = store.write(partial(add, name="a"))
        large = store.write(put_large)
        last = store.write(partial(add, name="b"))
    assert (first.result(10), last.result(10)) == (None, None)
    with pytest.raises(StoreFull):
        large.result(10)
    assert stored_names(store) == ["a", "b"]
    with store.snapshot() as db:
        assert db.objects.blob(b"large") is None


def test_after_sqlite_full_a_command_that_goes_on_writes_nothing(store: SqliteStore) -> None:
    def careless(db: Transaction) -> str:
        with contextlib.suppress(apsw.FullError):
            put_large(db)
        with contextlib.suppress(NoTransaction):
            add(db, "late")
        return "all is well"

    store.write(room(10)).result(10)
    with pytest.raises(StoreFull):
        store.write(careless).result(10)
    assert stored_names(store) == []


def test_a_full_disk_is_told_and_forgotten_once_there_is_room(
    store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.write(room(10)).result(10)
    for _ in range(2):
        with pytest.raises(StoreFull):
            store.write(put_large).result(10)
    assert (store.health().full, store.health().writable) == (True, True)
    assert caplog.messages == ["the disk is full: changes are refused until there is room"]
    store.write(room(1000)).result(10)
    store.write(put_large).result(10)
    assert store.health().full is False


def test_a_batch_that_found_no_room_at_its_commit_runs_again(disk: Disk, store: SqliteStore) -> None:
    store.write(partial(add, name="old")).result(10)
    with one_batch(store):
        futures = [store.write(partial(add, name=name)) for name in ("a", "b")]
        fail_once(disk, "write", WAL, apsw.FullError("no room"))
    assert [future.result(10) for future in futures] == [None, None]
    assert stored_names(store) == ["a", "b", "old"]


def test_refused_because_of_an_uncommitted_neighbour_is_answered_after_the_commit(store: SqliteStore) -> None:
    seen: list[list[str]] = []
    with one_batch(store):
        store.write(partial(add, name="a"))
        refused = store.write(partial(add, name="a"))
        refused.add_done_callback(lambda _: seen.append(stored_names(store)))
    with pytest.raises(Refused):
        refused.result(10)
    store.write(partial(add, name="b")).result(10)
    assert seen == [["a"]]


def test_refused_because_of_a_neighbour_that_was_not_committed_is_not_refused(
    disk: Disk, store: SqliteStore
) -> None:
    def add_large(db: Transaction) -> None:
        add(db, "a")
        put_large(db)

    store.write(room(10)).result(10)
    with one_batch(store):
        neighbour = store.write(add_large)
        small = store.write(partial(add, name="a"))
    with pytest.raises(StoreFull):
        neighbour.result(10)
    assert small.result(10) is None


def test_refused_in_a_batch_whose_commit_failed_is_not_told_why(disk: Disk, store: SqliteStore) -> None:
    store.write(partial(add, name="old")).result(10)
    with one_batch(store):
        store.write(partial(add, name="a"))
        refused = store.write(partial(add, name="a"))
        fail_once(disk, "sync", WAL, apsw.IOError("failed"))
    with pytest.raises(StoreBroken):
        refused.result(10)


def touched_by(store: SqliteStore, *commands: Callable[[Transaction], object]) -> bool:
    """Whether the last command of a batch sees it as touched, after these."""
    futures: list[Future[object]] = []
    with one_batch(store):
        futures += [store.write(command) for command in commands]
        last = store.write(lambda db: db.touched)
    for future in futures:
        assert future.exception(10) is None or isinstance(future.exception(), Refused)
    return last.result(10)


def test_once_a_batch_has_touched_iam_its_later_commands_know(store: SqliteStore) -> None:
    assert touched_by(store, partial(add, name="a"))
    assert touched_by(store, lambda db: db.users.delete(ACCOUNT, "a"))
    assert not touched_by(store)


def test_what_decides_nothing_does_not_touch(store: SqliteStore) -> None:
    assert not touched_by(store, lambda db: put(db, b"k"), lambda db: db.users.delete(ACCOUNT, "nobody"))
    assert not touched_by(store, partial(add_then_raise, name="a"))
    with store.snapshot() as db:
        assert db.touched is False


def test_a_refused_command_does_not_hide_that_its_neighbour_touched(store: SqliteStore) -> None:
    assert touched_by(store, partial(add, name="a"), partial(add_then_raise, name="b"))


def test_a_command_knows_what_it_touched_itself(store: SqliteStore) -> None:
    def command(db: Transaction) -> tuple[bool, bool]:
        before = db.touched
        add(db, "a")
        return before, db.touched

    assert store.write(command).result(10) == (False, True)


def test_the_generation_rises_with_what_decides_and_with_nothing_else(store: SqliteStore) -> None:
    first = generation(store)
    store.write(lambda db: put(db, b"k")).result(10)
    with pytest.raises(Refused):
        store.write(partial(add_then_raise, name="a")).result(10)
    assert generation(store) == first
    store.write(lambda db: put_all(db.users, (user("a"), user("b")))).result(10)
    assert generation(store) == first + 1
    store.write(lambda db: db.users.delete(ACCOUNT, "a")).result(10)
    assert generation(store) == first + 2


def test_the_generation_is_published_after_the_commit_and_before_the_answers(store: SqliteStore) -> None:
    first = generation(store)
    seen: list[tuple[int, list[str]]] = []

    def command(db: Transaction) -> int:
        add(db, "a")
        seen.append((generation(store), stored_names(store)))
        return db.generation

    future = store.write(command)
    future.add_done_callback(lambda _: seen.append((generation(store), stored_names(store))))
    assert future.result(10) == first
    store.write(lambda db: None).result(10)
    assert seen == [(first, []), (first + 1, ["a"])]


def test_a_generation_is_never_given_to_two_states(disk: Disk, store: SqliteStore) -> None:
    states: dict[int, list[str]] = {}

    def look() -> None:
        names = stored_names(store)
        assert states.setdefault(generation(store), names) == names

    for number in range(12):
        if number % 3 == 1:
            fail_once(disk, "write", WAL, apsw.FullError("no room"))
        outcome = store.write(partial(add, name=f"u{number:02}")).exception(10)
        assert outcome is None or isinstance(outcome, StoreFull)
        look()
    assert len(states) == len(stored_names(store)) == 8


def test_a_closed_store_takes_no_commands_and_no_notes(store: SqliteStore) -> None:
    future = store.write(partial(add, name="a"))
    store.close()
    assert future.result(0) is None
    with pytest.raises(StoreUnavailable):
        store.write(partial(add, name="b")).result(10)
    store.note(partial(add, name="c"))
    assert store.health().notes_dropped == 1
