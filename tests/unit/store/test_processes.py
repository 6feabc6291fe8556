"""Several users of one file: threads, other processes, and children of a process that used it."""

import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import apsw
import pytest
from tests.fix_store import Disk
from tests.unit.store.samples import ACCOUNT, one_batch, put, user

from deputize.store import lock, readers
from deputize.store.api import Snapshot
from deputize.store.lock import WritersLock
from deputize.store.schema import connect
from deputize.store.sqlite import SqliteStore

# Waits for a line on its standard input, then writes one after the other for a second; prints how many.
BUSY_WRITER = """
import sys, time
from pathlib import Path
from deputize.store.sqlite import SqliteStore
store = SqliteStore.open(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
end, done = time.monotonic() + 1, 0
while time.monotonic() < end:
    store.write(lambda db: db.number(sys.argv[2])).result()
    done += 1
print(done, flush=True)
store.close()
"""

# Uses an opened store in a child, then in the parent, then in a child again.
FORKING = """
import os, sys
from pathlib import Path
from deputize.store.sqlite import SqliteStore
store = SqliteStore.open(Path(sys.argv[1]))

def in_child(act):
    child = os.fork()
    if child == 0:
        try:
            act()
        except RuntimeError as error:
            print(error, flush=True)
        os._exit(0)
    os.waitpid(child, 0)

add = lambda: print(store.write(lambda db: db.number("n")).result(10), flush=True)
in_child(add)
add()
in_child(add)
in_child(store.snapshot)
add()
store.close()
"""


def test_of_two_busy_writers_none_starves(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    commands = [[sys.executable, "-c", BUSY_WRITER, str(path), name] for name in ("a", "b")]
    writers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for command in commands
    ]
    for writer in writers:
        assert writer.stdout is not None and writer.stdout.readline() == "ready\n"
    done = sorted(int(writer.communicate("go\n", timeout=30)[0]) for writer in writers)
    assert done[0] > 0
    assert done[1] < 10 * done[0], done


def test_a_store_opened_before_a_fork_belongs_to_its_first_user(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FORKING, str(tmp_path / "test.db")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    refused = "this store was used before the fork: open one in each process"
    assert ran.stdout.splitlines() == ["1", "2", refused, refused, "3"]


def test_a_writer_waits_for_the_lock_and_says_so(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(lock, "SLOW", 0.0)
    other = WritersLock(store.path)
    with other:
        future = store.write(lambda db: db.number("n"))
        while store.health().lock_wait == 0.0:
            assert not future.done()
        with store.snapshot() as db:
            assert db.users.count() == 0
        assert not future.done()
    assert future.result(10) == 1
    assert (store.health().slow_locks, store.health().lock_wait) == (1, 0.0)
    assert "waited" in caplog.text
    other.close()


def test_commands_that_come_while_the_lock_is_waited_for_join_the_batch(
    disk: Disk, store: SqliteStore
) -> None:
    other = WritersLock(store.path)
    with other:
        before = disk.seen.count(("sync", "test.db-wal"))
        futures = [store.write(lambda db: db.number("n"))]
        while store.health().lock_wait == 0.0:
            assert not futures[0].done()
        futures += [store.write(lambda db: db.number("n")) for _ in range(3)]
        assert store.health().waiting == 4
    assert [future.result(10) for future in futures] == [1, 2, 3, 4]
    # A new WAL's header is synced too.
    assert disk.seen.count(("sync", "test.db-wal")) - before <= 2
    other.close()


def test_the_lock_file_is_for_its_owner_alone_and_is_not_inherited(tmp_path: Path) -> None:
    held = WritersLock(tmp_path / "test.db")
    with held:
        descriptor = held._descriptor
        assert descriptor is not None
        assert (tmp_path / "test.db-lock").stat().st_mode & 0o777 == 0o600
        code = f"import os; os.fstat({descriptor})"
        assert subprocess.run([sys.executable, "-c", code], capture_output=True, close_fds=False).returncode
    held.close()


def test_a_snapshot_never_waits_for_the_writer_and_does_not_see_it(store: SqliteStore) -> None:
    seen: list[int] = []

    def command(db: object) -> None:
        put(db, b"k")  # type: ignore[arg-type]
        with store.snapshot() as view:
            seen.append(len(view.objects.page(7).entries))

    store.write(command).result(10)
    assert seen == [0]


def test_a_snapshot_stays_as_it_was(store: SqliteStore) -> None:
    with store.snapshot() as old:
        store.write(lambda db: db.users.put(user("a"))).result(10)
        with store.snapshot() as new:
            assert new.users.count(ACCOUNT) == 1
            assert new.generation == old.generation + 1
        assert old.users.count(ACCOUNT) == 0


def test_snapshots_of_many_threads_are_their_own(store: SqliteStore) -> None:
    inside = threading.Barrier(8)
    found: list[int] = []

    def read() -> None:
        with store.snapshot() as db:
            inside.wait(10)
            found.append(db.users.count(ACCOUNT))

    store.write(lambda db: db.users.put(user("a"))).result(10)
    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == [1] * 8


def test_connections_are_used_again_and_not_hoarded(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[bool] = []

    def counted(path: Path, *, writes: bool) -> object:
        opened.append(writes)
        return connect(path, writes=writes)

    monkeypatch.setattr(readers, "connect", counted)
    monkeypatch.setattr(readers, "IDLE", 1)
    for _ in range(3):
        with store.snapshot(), store.snapshot():
            pass
    assert opened == [False] * 4


@pytest.mark.parametrize("read", [lambda db: db.users.count(), lambda db: db.objects.page(7)])
def test_a_reader_that_failed_is_not_used_again(
    store: SqliteStore, read: Callable[[Snapshot], object]
) -> None:
    def reader() -> Snapshot:
        with store.snapshot() as db:
            return db

    first = reader()
    assert reader() is first
    with store.snapshot() as db:
        connection: apsw.Connection = db.users._sql.connection  # type: ignore[attr-defined]
        connection.set_progress_handler(lambda: True, 1)
        with pytest.raises(apsw.InterruptError):
            read(db)
    assert reader() is not first


def test_what_raises_in_a_snapshot_ends_it(store: SqliteStore) -> None:
    with pytest.raises(ValueError, match="mine"), store.snapshot():
        raise ValueError("mine")
    with store.snapshot() as db:
        assert db.users.count() == 0


def test_a_snapshot_may_outlive_the_store_but_none_begins_after_it(store: SqliteStore) -> None:
    with store.snapshot() as db:
        store.close()
        assert db.users.count() == 0
    with pytest.raises(RuntimeError, match="closed"), store.snapshot():
        pass


def test_commands_of_a_batch_see_each_other(store: SqliteStore) -> None:
    with one_batch(store):
        store.write(partial(put, key=b"k"))
        seen = store.write(lambda db: db.objects.get(7, b"k") is not None)
    assert seen.result(10)
