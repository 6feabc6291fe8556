"""`store`: an empty database of the test's own; `disk`: a layer under SQLite that fails on command."""

from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

from deputize.store.sqlite import SqliteStore

# Below the layer: SQLite's own files on Unix.
BASE = "unix"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """Opened, empty, and closed in the end."""
    opened = SqliteStore.open(tmp_path / "test.db")
    yield opened
    opened.close()


class Disk:
    """What goes wrong: `fail` is asked before every write and sync, and raises what the disk should answer.

    It gets the operation ("write", "sync") and the file's name. `seen` counts the operations.
    """

    def __init__(self) -> None:
        self.fail: Callable[[str, str], None] | None = None
        self.seen: list[tuple[str, str]] = []

    def meet(self, operation: str, name: str) -> None:
        self.seen.append((operation, name))
        if self.fail is not None:
            self.fail(operation, name)


class FaultyFile(apsw.VFSFile):
    """A file of SQLite's that asks `disk` first."""

    def __init__(self, disk: Disk, name: str | apsw.URIFilename | None, flags: list[int]) -> None:
        super().__init__(BASE, name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name or ""
        self._disk = disk
        self._name = Path(path).name

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        self._disk.meet("write", self._name)
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.meet("sync", self._name)
        super().xSync(flags)


class FaultyVfs(apsw.VFS):
    """The layer itself; the default for every connection while it is registered."""

    def __init__(self, disk: Disk) -> None:
        super().__init__("faulty", BASE, makedefault=True)
        self._disk = disk

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> FaultyFile:  # noqa: N802
        return FaultyFile(self._disk, name, flags)


@pytest.fixture
def disk() -> Iterator[Disk]:
    """To be named before `store`, so that it lies under it."""
    made = Disk()
    layer = FaultyVfs(made)
    yield made
    layer.unregister()
