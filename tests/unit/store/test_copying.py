"""Databases that cannot be checked or copied, for they are damaged or none."""

from pathlib import Path

import pytest

from deputize.store import copying
from deputize.store.errors import StoreUnusable
from deputize.store.sqlite import SqliteStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "test.db"
    path.write_bytes(b"no database at all" * 100)
    return path


def test_what_is_no_database(path: Path) -> None:
    with pytest.raises(StoreUnusable, match="cannot read the database"):
        copying.quick_check(path)
    with pytest.raises(StoreUnusable, match="cannot read the database"):
        copying.check_copy(path)
    with pytest.raises(StoreUnusable, match="cannot copy the database"):
        copying.copy(path, path.with_name("copy.db"), lambda _remaining, _pages: None)


def test_a_copy_is_what_was_copied(tmp_path: Path) -> None:
    source, target = tmp_path / "live.db", tmp_path / "a copy?#.db"
    SqliteStore.open(source).close()
    seen: list[tuple[int, int]] = []
    copying.copy(source, target, lambda *told: seen.append(told))
    assert seen[-1][0] == 0
    assert seen[-1][1] > 0
    copying.check_copy(target)
    assert list(copying.files_of(target)) == []
    assert copying.quick_check(source) == []
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("a copy")) == [target.name]


def test_a_schema_that_is_damaged(tmp_path: Path) -> None:
    source, target = tmp_path / "live.db", tmp_path / "copy.db"
    SqliteStore.open(source).close()
    copying.copy(source, target, lambda _remaining, _pages: None)
    with target.open("r+b") as file:
        file.seek(100)  # the first page's tree, behind the file's header
        file.write(b"\xff" * 200)
    for check in (copying.check_copy, copying.quick_check):
        with pytest.raises(StoreUnusable, match="malformed"):
            check(target)
