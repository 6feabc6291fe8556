"""What an installation remembers, so that a test can say that nothing of it changed."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from deputize import app
from tests.fix_world import World

# What changes with every call, whether it is refused or not: audit records, why calls were refused, and when
# keys and roles were last used.
ALWAYS_WRITTEN = {"events", "action_uses", "denials", "key_uses", "role_uses"}


def dump(world: World) -> dict[str, list[str]]:
    """Every row of every table that a refused call must not change."""
    connection = apsw.Connection(str(world.data / app.DATABASE), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: sorted(map(repr, connection.execute(f'SELECT * FROM "{table}"')))
            for table in tables
            if table not in ALWAYS_WRITTEN
        }
    finally:
        connection.close()


def blob_files(data: Path) -> dict[str, str]:
    """The hash of every file of the blob store, those still being written too."""
    return {
        str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (data / "blobs").rglob("*")
        if path.is_file()
    }


@contextmanager
def unchanged(world: World) -> Iterator[None]:
    """Whatever happens within must leave no trace but `ALWAYS_WRITTEN`."""
    before = dump(world), blob_files(world.data)
    yield
    assert (dump(world), blob_files(world.data)) == before
