"""`deputize backup` beside a running server, and `deputize restore`: the restored server answers the same."""

import base64
import errno
import os
import shutil
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from click.testing import CliRunner, Result
from tests.conformance.test_scrub import damage, files, sweep_now, upload
from tests.fix_world import Clock, Keys, TestAccount, World, running

from deputize.cli.main import main
from deputize.secrets import root_key
from deputize.store import copying
from deputize.store.lock import JobLock

LARGE = os.urandom(200_000)


@pytest.fixture
def account(world: World) -> TestAccount:
    made = world.account("Backup")
    world.client("s3", made.admin).create_bucket(Bucket="kept")
    return made


@pytest.fixture
def s3(world: World, account: TestAccount) -> Any:
    return world.client("s3", account.admin)


def run(*arguments: "str | Path", env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments], env=env)


def backup(world: World, target: Path, *options: str) -> Result:
    done = run("backup", target, "--data", world.data, *options)
    assert done.exit_code == 0, done.output
    return done


def restore(target: Path, data: Path, *options: "str | Path") -> Result:
    return run("restore", target, "--data", data, *options)


def contents(world: World, keys: Keys) -> dict[tuple[str, str], bytes]:
    """Every version with its bytes, as a client reads them."""
    s3 = world.client("s3", keys)
    return {
        (one["Key"], one["VersionId"]): s3.get_object(
            Bucket="kept", Key=one["Key"], VersionId=one["VersionId"]
        )["Body"].read()
        for one in s3.list_object_versions(Bucket="kept").get("Versions", [])
    }


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_restored_server_answers_the_same(
    world: World, account: TestAccount, s3: Any, tmp_path: Path
) -> None:
    s3.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"small", LARGE, b""):
        s3.put_object(Bucket="kept", Key="k", Body=body)
    upload(s3, "several", ChecksumAlgorithm="SHA256")
    identity = upload(s3, "going on", complete=False)
    before = contents(world, account.admin)
    done = backup(world, tmp_path / "b", "--with-root-key")
    assert done.stdout == f"Backed up into {tmp_path / 'b'}.\n"
    assert "root key" not in done.stderr
    assert {path.name for path in (tmp_path / "b").iterdir()} == {
        "deputize.db",
        "blobs",
        "root.check",
        "root.key",
        "backup-lock",
    }
    s3.put_object(Bucket="kept", Key="k", Body=b"after the backup")
    for path in [tmp_path / "b", *(tmp_path / "b").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    done = restore(tmp_path / "b", tmp_path / "new" / "data")
    assert done.exit_code == 0, done.output
    assert done.stdout == f"Restored into {tmp_path / 'new' / 'data'}.\n"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["data"]
    assert run("scrub", "--data", tmp_path / "new" / "data").exit_code == 0
    with running(tmp_path / "new" / "data", Clock()) as again:
        assert contents(again, account.admin) == before
        more = again.client("s3", account.admin)
        assert len(more.list_parts(Bucket="kept", Key="going on", UploadId=identity)["Parts"]) == 2
        more.put_object(Bucket="kept", Key="k", Body=b"written again")
        assert again.client("iam", account.admin).get_user()["User"]["UserName"] == "admin"


def test_a_backup_while_clients_write(world: World, account: TestAccount, s3: Any, tmp_path: Path) -> None:
    """Each writer stores its numbers in order, large and small by turns: a moment is a prefix of them."""
    ended = threading.Event()

    def write(name: str) -> None:
        number = 0
        while not ended.is_set() or number < 4:
            body = f"{number}".encode() + (LARGE if number % 2 else b"")
            s3.put_object(Bucket="kept", Key=f"{name}/{number:04}", Body=body)
            s3.put_object(Bucket="kept", Key=f"{name}/latest", Body=body)
            number += 1

    threads = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    try:
        for number in range(3):
            backup(world, tmp_path / "b", "--with-root-key", *(["--into"] if number else []))
            assert restore(tmp_path / "b", tmp_path / f"data{number}").exit_code == 0
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    for number in range(3):
        assert run("scrub", "--data", tmp_path / f"data{number}").exit_code == 0
        with running(tmp_path / f"data{number}", Clock()) as again:
            found = contents(again, account.admin)
        for name in "ab":
            numbers = sorted(key for key, _ in found if key.startswith(name) and "latest" not in key)
            assert numbers == [f"{name}/{at:04}" for at in range(len(numbers))]
            latest = found.get((f"{name}/latest", "null"))
            assert latest in [None, *(found[(key, "null")] for key in numbers[-2:])]


def test_again_into_the_same(world: World, account: TestAccount, s3: Any, tmp_path: Path) -> None:
    for key in ("stays", "goes"):
        s3.put_object(Bucket="kept", Key=key, Body=LARGE)
    backup(world, tmp_path / "b")
    first = inodes(tmp_path / "b")
    assert len(first) == 2
    s3.delete_object(Bucket="kept", Key="goes")
    s3.put_object(Bucket="kept", Key="comes", Body=LARGE)
    assert run("scrub", "--data", tmp_path / "b").exit_code == 1  # without a root key
    env = {root_key.VARIABLE: encoded(world)}
    assert run("scrub", "--data", tmp_path / "b", env=env).exit_code == 0
    backup(world, tmp_path / "b", "--into")
    second = inodes(tmp_path / "b")
    assert len(second) == 2
    assert len(first.items() & second.items()) == 1  # it was not copied again, and another one is gone
    assert run("scrub", "--data", tmp_path / "b", env=env).exit_code == 0


def inodes(target: Path) -> dict[str, int]:
    """Which files of blobs are there; one that was copied again has another number."""
    return {path.name: path.stat().st_ino for path in (target / "blobs").rglob("?" * 32)}


def encoded(world: World) -> str:
    return base64.b64encode((world.data / root_key.FILE).read_bytes()).decode()


def test_the_root_key_is_needed(world: World, account: TestAccount, s3: Any, tmp_path: Path) -> None:
    s3.put_object(Bucket="kept", Key="k", Body=LARGE)
    done = backup(world, tmp_path / "b")
    assert f"keep {world.data / root_key.FILE}, or DEPUTIZE_ROOT_KEY, in another place" in done.stderr
    assert not (tmp_path / "b" / root_key.FILE).exists()
    refused = restore(tmp_path / "b", tmp_path / "again")
    assert refused.exit_code == 1
    assert "root.key is missing, and the data cannot be read without it" in refused.stderr
    assert "or name the installation's key: --root-key FILE" in refused.stderr
    wrong = tmp_path / "wrong.key"
    wrong.write_bytes(b"x")
    refused = restore(tmp_path / "b", tmp_path / "again", "--root-key", wrong)
    assert refused.exit_code == 2
    assert f"{wrong} is no root key, which has 32 bytes" in refused.stderr
    wrong.write_bytes(b"x" * 32)
    refused = restore(tmp_path / "b", tmp_path / "again", "--root-key", wrong)
    assert "the root key is not the one that this data was written with" in refused.stderr
    assert not (tmp_path / "again").exists()
    assert (
        restore(tmp_path / "b", tmp_path / "again", "--root-key", world.data / root_key.FILE).exit_code == 0
    )
    with running(tmp_path / "again", Clock()) as again:
        assert contents(again, account.admin) == {("k", "null"): LARGE}
    env = {root_key.VARIABLE: encoded(world)}
    done = run("restore", tmp_path / "b", "--data", tmp_path / "other", env=env)
    assert "the server needs DEPUTIZE_ROOT_KEY too" in done.stderr
    assert not (tmp_path / "other" / root_key.FILE).exists()


def test_a_root_key_that_is_in_no_file(world: World, account: TestAccount, tmp_path: Path) -> None:
    (world.data / root_key.FILE).rename(tmp_path / "kept.key")
    done = run("backup", tmp_path / "b", "--with-root-key", "--data", world.data)
    assert done.exit_code == 2
    assert f"the root key is not in {world.data}" in done.stderr


# --- what stands in the way


def test_directories_that_are_refused(world: World, account: TestAccount, tmp_path: Path) -> None:
    other = tmp_path / "full"
    other.mkdir(0o700)
    (other / "a file").write_text("somebody's")
    opened = tmp_path / "open"
    opened.mkdir(0o755)
    before = tree(other)
    for target, options, said in (
        (other, [], f"{other} is not empty"),
        (other, ["--into"], f"{other} is no backup of {world.data}"),
        (tmp_path / "none", ["--into"], "is no backup of"),
        (world.data / "b", [], "is in the data directory"),
        (world.data, [], "is in the data directory"),
        (opened, [], f"{opened} is open to other users"),
    ):
        done = run("backup", target, *options, "--data", world.data)
        assert done.exit_code in (1, 2)
        assert said in done.stderr
    assert tree(other) == before
    assert not (tmp_path / "none").exists()
    assert run("backup", tmp_path / "b", "--data", tmp_path / "none").exit_code == 2
    done = restore(other, tmp_path / "again")
    assert f"{other} is no complete backup" in done.stderr
    backup(world, tmp_path / "b", "--with-root-key")
    assert f"{other} is not empty" in restore(tmp_path / "b", other).stderr
    assert tree(other) == before
    (tmp_path / "again.partial").mkdir()
    assert "an interrupted restore leaves it" in restore(tmp_path / "b", tmp_path / "again").stderr
    assert not (tmp_path / "again").exists()


def test_a_backup_on_which_a_server_ran(world: World, account: TestAccount, tmp_path: Path) -> None:
    backup(world, tmp_path / "b", "--with-root-key")
    with running(tmp_path / "b", Clock()) as used:
        used.account("Another")
    (tmp_path / "b" / "deputize.db-wal").write_bytes(b"a change")
    said = f"a server has run on {tmp_path / 'b'}"
    assert said in restore(tmp_path / "b", tmp_path / "again").stderr
    assert said in run("backup", tmp_path / "b", "--into", "--data", world.data).stderr


@pytest.mark.parametrize("how", ["cut", "longer", "missing"])
def test_a_damaged_backup(world: World, account: TestAccount, s3: Any, tmp_path: Path, how: str) -> None:
    s3.put_object(Bucket="kept", Key="k", Body=LARGE)
    backup(world, tmp_path / "b", "--with-root-key")
    (path,) = (tmp_path / "b" / "blobs").rglob("?" * 32)
    damage(path, how)
    done = restore(tmp_path / "b", tmp_path / "again")
    assert done.exit_code == 1
    assert f"or have another size: {path.name}\n" in done.stderr
    assert not (tmp_path / "again").exists()
    backup(world, tmp_path / "b", "--into")  # mends it
    assert restore(tmp_path / "b", tmp_path / "again").exit_code == 0


def overwrite(path: Path, content: bytes, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(content)


@pytest.mark.parametrize(
    ("content", "at", "said"),
    [
        (b"no database", 0, "cannot read the database"),
        (b"\xff" * 3000, 8192, "the database is damaged"),
        (b"\0\0\0\x63", 60, "the data has schema 99, this version knows up to"),
        (b"OTHE", 68, "the database belongs to another program"),
    ],
)
def test_a_damaged_database(
    world: World, account: TestAccount, tmp_path: Path, content: bytes, at: int, said: str
) -> None:
    backup(world, tmp_path / "b", "--with-root-key")
    overwrite(tmp_path / "b" / "deputize.db", content, at)
    done = restore(tmp_path / "b", tmp_path / "again")
    assert done.exit_code == 1
    assert said in done.stderr
    assert not (tmp_path / "again").exists()


def test_two_backups_at_once(world: World, account: TestAccount, tmp_path: Path) -> None:
    backup(world, tmp_path / "b")
    other = JobLock(tmp_path / "b" / "backup-lock")
    assert other.take()
    done = run("backup", tmp_path / "b", "--into", "--data", world.data)
    assert done.exit_code == 1
    assert f"another backup is being made in {tmp_path / 'b'}" in done.stderr
    other.close()
    backup(world, tmp_path / "b", "--into")


@pytest.mark.parametrize("copied", [0, 1, 2, 3])
def test_a_full_disk(
    world: World, account: TestAccount, s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, copied: int
) -> None:
    """A backup that was interrupted is none, and can be completed; a restore leaves nothing."""
    for key in ("a", "b"):
        s3.put_object(Bucket="kept", Key=key, Body=LARGE)
    backup(world, tmp_path / "whole", "--with-root-key")
    left = copied
    copy = shutil.copyfileobj

    def full(*arguments: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        copy(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfileobj", full)
        done = run("backup", tmp_path / "b", "--with-root-key", "--data", world.data)
        assert done.exit_code == 1
        assert "No space left on device" in done.stderr
        left = copied
        done = restore(tmp_path / "whole", tmp_path / "again")
        assert "No space left on device" in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"data", "whole", "b"}
    assert f"{tmp_path / 'b'} is no complete backup" in restore(tmp_path / "b", tmp_path / "again").stderr
    if copied:
        backup(world, tmp_path / "b", "--into", "--with-root-key")
        assert restore(tmp_path / "b", tmp_path / "again").exit_code == 0
        assert not list((tmp_path / "b").rglob("*.new"))


def test_no_room_for_the_database(
    world: World, account: TestAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own words for it, "not an error", tell nobody anything."""

    def full(*_: Any, **__: Any) -> None:
        raise apsw.FullError("not an error")

    monkeypatch.setattr(copying, "connect", full)
    done = run("backup", tmp_path / "b", "--data", world.data)
    assert done.exit_code == 1
    assert f"no room for a copy of the database: {tmp_path / 'b'}" in done.stderr
    assert "is the disk full?" in done.stderr


# --- files that go while they are copied


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Calls to make, one each time that the database was copied, before the files are."""
    calls: list[Any] = []
    copy = copying.copy

    def copy_and_call(source: Path, target: Path, advance: Any) -> None:
        copy(source, target, advance)
        if calls:
            calls.pop(0)()

    monkeypatch.setattr(copying, "copy", copy_and_call)
    yield calls
    assert calls == []


def test_files_that_the_sweep_takes_away_meanwhile(
    world: World, account: TestAccount, s3: Any, tmp_path: Path, between: list[Any]
) -> None:
    """A backup that takes longer than the sweep's grace begins anew, and is right all the same."""
    for key in ("a", "b"):
        s3.put_object(Bucket="kept", Key=key, Body=LARGE)

    def replace(body: bytes) -> None:
        s3.put_object(Bucket="kept", Key="a", Body=body)
        sweep_now(world)

    between += [lambda: replace(LARGE + b"second"), lambda: replace(LARGE + b"third")]
    backup(world, tmp_path / "b", "--with-root-key")
    assert restore(tmp_path / "b", tmp_path / "again").exit_code == 0
    with running(tmp_path / "again", Clock()) as again:
        assert contents(again, account.admin) == {("a", "null"): LARGE + b"third", ("b", "null"): LARGE}
    assert len(files(world)) == len(list((tmp_path / "b" / "blobs").rglob("?" * 32))) == 2


@pytest.mark.parametrize("how", ["cut", "missing"])
def test_files_that_are_really_missing(
    world: World, account: TestAccount, s3: Any, tmp_path: Path, how: str
) -> None:
    s3.put_object(Bucket="kept", Key="good", Body=LARGE)
    backup(world, tmp_path / "b", "--with-root-key")
    s3.put_object(Bucket="kept", Key="bad", Body=LARGE)
    (bad,) = set(files(world)) - {
        world.data / path.relative_to(tmp_path / "b") for path in (tmp_path / "b").rglob("?" * 32)
    }
    damage(bad, how)
    done = run("backup", tmp_path / "b", "--into", "--data", world.data)
    assert done.exit_code == 1
    assert f"or have another size: {bad.name}\n" in done.stderr
    assert "deputize scrub says whose they are" in done.stderr
    assert restore(tmp_path / "b", tmp_path / "again").exit_code == 0  # the earlier one still stands
    with running(tmp_path / "again", Clock()) as again:
        assert contents(again, account.admin) == {("good", "null"): LARGE}


def test_many_are_not_all_named(world: World, account: TestAccount, s3: Any, tmp_path: Path) -> None:
    for number in range(7):
        s3.put_object(Bucket="kept", Key=f"{number}", Body=LARGE)
    for path in files(world):
        path.unlink()
    assert " and 2 more\n" in run("backup", tmp_path / "b", "--data", world.data).stderr


def test_files_that_vanish_while_they_are_restored(
    world: World, account: TestAccount, s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.put_object(Bucket="kept", Key="k", Body=LARGE)
    backup(world, tmp_path / "b", "--with-root-key")
    (path,) = (tmp_path / "b" / "blobs").rglob("?" * 32)
    path.unlink()
    monkeypatch.setattr("deputize.cli.restore.lacking", lambda *_: iter(()))
    done = restore(tmp_path / "b", tmp_path / "again")
    assert f"files vanished while they were copied: {path.name}" in done.stderr
    assert not (tmp_path / "again").exists()
    assert not (tmp_path / "again.partial").exists()
