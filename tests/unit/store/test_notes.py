"""What nobody waits for: it travels with the next commit, soon in any case, and never at a command's cost."""

import logging
from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Any

import apsw
import pytest
from tests.fix_store import Disk
from tests.unit.store.samples import ACCOUNT, event, one_batch, put

from deputize.store import queue
from deputize.store.api import Transaction
from deputize.store.sqlite import SqliteStore

WAL = "test.db-wal"


def noted(store: SqliteStore) -> list[int]:
    with store.snapshot() as db:
        return [found.at for found in db.events.page(ACCOUNT)]


def note(at: int) -> Callable[[Transaction], None]:
    return lambda db: db.events.put(event(at))


def test_a_note_travels_with_the_next_commit(disk: Disk, store: SqliteStore) -> None:
    store.write(partial(put, key=b"warm")).result(10)
    before = disk.seen.count(("sync", WAL))
    store.note(note(1))
    assert noted(store) == []
    store.write(partial(put, key=b"a")).result(10)
    assert noted(store) == [1]
    assert disk.seen.count(("sync", WAL)) == before + 1


def test_a_note_does_not_wait_for_a_command_beyond_its_delay(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert queue.NOTE_DELAY == 1.0
    monkeypatch.setattr(queue, "NOTE_DELAY", 0.01)
    changed: Any = store._writer.queue._changed
    for at in (1, 2):
        ran = Event()

        def command(db: Transaction, at: int = at, ran: Event = ran) -> None:
            db.events.put(event(at))
            ran.set()

        store.note(command)
        assert ran.wait(10)
        # The next note meets a writer that sleeps without end.
        while not changed._waiters:
            assert store.health().writable


def test_closing_commits_the_notes_that_wait(store: SqliteStore) -> None:
    store.note(note(1))
    store.close()
    again = SqliteStore.open(store.path)
    assert noted(again) == [1]
    again.close()


def test_notes_beyond_the_cap_are_dropped_and_counted(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "NOTES", 2)
    with one_batch(store):
        for at in (1, 2, 3):
            store.note(note(at))
    store.write(lambda db: None).result(10)
    assert noted(store) == [1, 2]
    assert store.health().notes_dropped == 1


def test_a_note_that_fails_is_logged_and_harms_nobody(
    store: SqliteStore, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(db: Transaction) -> None:
        db.events.put(event(1))
        raise ValueError("no")

    store.note(failing)
    store.note(note(2))
    with caplog.at_level(logging.ERROR, "deputize.store"):
        assert store.write(lambda db: 5).result(10) == 5
        store.write(lambda db: None).result(10)
    assert noted(store) == [2]
    assert "a note failed" in caplog.text


def test_a_note_for_which_there_is_no_room_is_dropped_and_counted(store: SqliteStore) -> None:
    def limit(db: Transaction) -> None:
        connection: apsw.Connection = db.sql.connection  # type: ignore[attr-defined]
        connection.pragma("max_page_count", connection.pragma("page_count") + 10)

    store.write(limit).result(10)
    store.note(lambda db: put(db, b"large", data=bytes(1_000_000)))
    store.write(partial(put, key=b"a")).result(10)
    store.write(partial(put, key=b"b")).result(10)
    assert store.health().notes_dropped == 1


def test_commands_come_before_notes_when_not_all_fit_in_a_batch(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "BATCH", 2)
    order: list[str] = []
    with one_batch(store):
        store.note(lambda _: order.append("note"))
        futures = [store.write(lambda _, n=n: order.append(n)) for n in ("a", "b", "c")]  # type: ignore[misc]
        assert store.health().waiting == 3
    for future in futures:
        future.result(10)
    store.write(lambda _: None).result(10)
    assert order == ["a", "b", "c", "note"]
    assert store.health().waiting == 0
