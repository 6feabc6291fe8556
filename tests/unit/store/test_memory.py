"""What views remember: it stands and falls with the generation."""

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from tests.unit.store.samples import ACCOUNT

from deputize.model.identity import User
from deputize.store import memory
from deputize.store.memory import Memory, recall
from deputize.store.sql import NoTransaction
from deputize.store.sqlite import SqliteStore

USER = User(account=ACCOUNT, partition="aws", name="Bob", path="/", id="AIDABOB", created=1)
OTHER = dataclasses.replace(USER, name="other", id="AIDAOTHER")


class Reading:
    """Counts how often it was read."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> int:
        self.count += 1
        return self.count


def remembered(store: SqliteStore, read: Callable[[], Any], name: str = "name") -> Any:
    with store.snapshot() as db:
        return db.remember(name, read)


def test_it_is_read_once_for_all_views(store: SqliteStore) -> None:
    reading = Reading()
    assert [remembered(store, reading) for _ in range(3)] == [1, 1, 1]
    assert store.write(lambda db: db.remember("name", reading)).result() == 1
    assert remembered(store, reading, "another name") == 2


def test_a_commit_that_may_decide_forgets_it(store: SqliteStore) -> None:
    reading = Reading()
    remembered(store, reading)
    store.write(lambda db: db.users.put(USER)).result()
    assert remembered(store, reading) == 2


def test_a_commit_that_decides_nothing_keeps_it(store: SqliteStore) -> None:
    reading = Reading()
    remembered(store, reading)
    store.write(lambda db: db.number("bucket")).result()
    assert remembered(store, reading) == 1


def test_a_view_from_before_a_commit_keeps_to_what_it_sees(store: SqliteStore) -> None:
    with store.snapshot() as before:
        assert before.users.get(USER.account, USER.name) is None
        store.write(lambda db: db.users.put(USER)).result()
        with store.snapshot() as after:
            assert after.users.get(USER.account, USER.name) == USER
        assert before.users.get(USER.account, USER.name) is None
        assert before.remember("name", lambda: "old") == "old"
    assert remembered(store, lambda: "new") == "new"


def test_a_touched_transaction_neither_reads_nor_fills_it(store: SqliteStore) -> None:
    remembered(store, lambda: "committed")

    def change(db: Any) -> None:
        assert db.users.get(USER.account, USER.name) is None
        db.users.put(USER)
        assert db.users.get(USER.account, USER.name) == USER
        assert db.remember("name", lambda: "uncommitted") == "uncommitted"
        assert db.remember("new", lambda: "uncommitted") == "uncommitted"
        raise LookupError("taken back")

    with pytest.raises(LookupError):
        store.write(change).result()
    assert remembered(store, lambda: "read anew") == "committed"
    assert remembered(store, lambda: "read anew", "new") == "read anew"
    with store.snapshot() as db:
        assert db.users.get(USER.account, USER.name) is None


def test_the_absent_is_remembered_until_it_is_there(store: SqliteStore) -> None:
    with store.snapshot() as db:
        assert db.users.get(OTHER.account, OTHER.name) is None
    store.write(lambda db: db.users.put(OTHER)).result()
    with store.snapshot() as db:
        assert db.users.get(OTHER.account, OTHER.name.upper()) == OTHER


def test_a_view_that_ended_tells_nothing_more(store: SqliteStore) -> None:
    with store.snapshot() as db:
        db.users.get(USER.account, USER.name)
    with pytest.raises(NoTransaction):
        db.users.get(USER.account, USER.name)


def test_another_process_is_heard(store: SqliteStore) -> None:
    store.write(lambda db: db.users.put(USER)).result()
    with store.snapshot() as db:
        assert db.users.get(USER.account, USER.name) == USER
    program = (
        "import sys, pathlib; from deputize.store.sqlite import SqliteStore\n"
        "store = SqliteStore.open(pathlib.Path(sys.argv[1]))\n"
        "assert store.write(lambda db: db.users.delete(*sys.argv[2:])).result()\n"
        "store.close()"
    )
    command = [sys.executable, "-c", program, str(store.path), USER.account, USER.name]
    subprocess.run(command, check=True)
    with store.snapshot() as db:
        assert db.users.get(USER.account, USER.name) is None


def test_what_could_not_be_read_is_not_remembered(store: SqliteStore) -> None:
    def fails() -> str:
        raise LookupError

    with pytest.raises(LookupError):
        remembered(store, fails)
    assert remembered(store, lambda: "found") == "found"


def test_generations_only_go_on() -> None:
    known = Memory()
    latest = known.of(2)
    older = known.of(1)
    older["name"] = "old"
    assert known.of(2) is latest
    assert known.of(1) == {}
    assert known.of(3) == {}
    assert known.of(2) == {}


def test_its_size_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST", 3)
    known: memory.Known = {}
    for number in range(20):
        assert recall(known, number, lambda: "x") == "x"
    assert len(known) <= 3
