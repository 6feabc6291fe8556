"""The versions that are not current, and delete markers.

The current object of a key stands among the objects, so that reads and listings of those see nothing of its
past. When it is replaced its row moves here, and when the versions after it are gone it moves back. A blob so
stays named by one row.
"""

from collections.abc import Generator
from functools import lru_cache
from itertools import chain, islice

from deputize.model.storage import DeleteMarker, ListedVersion, ListedVersions, StoredObject
from deputize.store.listing import common_prefix, entries
from deputize.store.rows import Row, compile_codec
from deputize.store.sql import Sql
from deputize.store.statements import quoted

CODEC = compile_codec(
    StoredObject, ("bucket", "key", "size", "etag", "modified", "blob", "owner"), folded=frozenset()
)
# Most reads are of few objects: what their rows say is remembered, by the rows as they are.
decode = lru_cache(maxsize=2048)(CODEC.decode)
COLUMNS = quoted(*CODEC.columns)
KEY_COLUMN, MODIFIED, OWNER = (CODEC.columns.index(name) for name in ("key", "modified", "owner"))
# What a row of a version has beside an object's columns.
BESIDE = quoted("version", "marker", "rank")
VERSION, MARKER, RANK = range(len(CODEC.columns), len(CODEC.columns) + 3)
# The rank of the current object: before all versions that are in this table.
CURRENT = -(2**63)

SELECT = f'SELECT {COLUMNS}, {BESIDE} FROM "versions" WHERE "bucket" = ?'  # noqa: S608 - names of our own
GET = SELECT + ' AND "key" = ? AND "version" = ?'
NEWEST = SELECT + ' AND "key" = ? ORDER BY "rank" LIMIT 1'
OLDER = SELECT + ' AND "key" = ? AND "rank" > ? ORDER BY "rank"'
OBJECTS = f"""SELECT {COLUMNS}, '', 0, {CURRENT} AS "rank" FROM "objects" WHERE "bucket" = ?"""  # noqa: S608
SCAN = f'{OBJECTS} AND "key" >= ? UNION ALL {SELECT} AND "key" >= ? ORDER BY "key", "rank"'
NEWER_OR_CURRENT = (
    'SELECT 1 FROM "versions" WHERE "bucket" = ? AND "key" = ? AND "rank" < ? '
    'UNION ALL SELECT 1 FROM "objects" WHERE "bucket" = ? AND "key" = ?'
)
ANY = 'SELECT 1 FROM "versions" WHERE "bucket" = ? LIMIT 1'
NEXT_RANK = 'coalesce((SELECT min("rank") FROM "versions" WHERE "bucket" = ? AND "key" = ?), 0) - 1'
PUT = (
    f'INSERT INTO "versions" ({COLUMNS}, {BESIDE}) VALUES '  # noqa: S608
    f"({', '.join('?' * len(CODEC.columns))}, ?, ?, {NEXT_RANK})"
)
AMEND = 'UPDATE "versions" SET "rest" = ? WHERE "bucket" = ? AND "key" = ? AND "version" = ?'
DELETE = (
    f'DELETE FROM "versions" WHERE "bucket" = ? AND "key" = ? AND "version" = ? RETURNING {COLUMNS}, {BESIDE}'  # noqa: S608
)


def decoded(row: Row) -> StoredObject | DeleteMarker:
    if not row[MARKER]:
        return CODEC.decode(row[:VERSION])
    return DeleteMarker(
        bucket=row[0], key=row[KEY_COLUMN], version=row[VERSION], modified=row[MODIFIED], owner=row[OWNER]
    )


class SqlVersions:
    """Versions over one connection; those that write do it in a transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def get(self, bucket: int, key: bytes, version: str) -> StoredObject | DeleteMarker | None:
        row = self._sql.row(GET, (bucket, key, version))
        return None if row is None else decoded(row)

    def newest(self, bucket: int, key: bytes) -> StoredObject | DeleteMarker | None:
        row = self._sql.row(NEWEST, (bucket, key))
        return None if row is None else decoded(row)

    def none(self, bucket: int) -> bool:
        return self._sql.row(ANY, (bucket,)) is None

    def page(
        self, bucket: int, prefix: bytes, delimiter: bytes, after: bytes, after_version: str, limit: int
    ) -> ListedVersions:
        def scan(key: bytes) -> Generator[tuple[bytes, Row], None, None]:
            for row in self._sql.scan(SCAN, (bucket, key, bucket, key)):
                yield row[KEY_COLUMN], row

        begun: list[Row] = []
        if after_version and after.startswith(prefix) and common_prefix(after, prefix, delimiter) is None:
            begun = self._rest_of(bucket, after, after_version)
        names = entries(scan, prefix=prefix, delimiter=delimiter, after=after)
        found = list(islice(chain(((after, row) for row in begun), names), max(limit, 0) + 1))
        names.close()
        entry = self._entry
        shown = tuple(name if row is None else entry(row) for name, row in found[: max(limit, 0)])
        return ListedVersions(entries=shown, truncated=0 < limit < len(found))

    def _entry(self, row: Row) -> ListedVersion:
        """A delete marker is the latest version if it is the newest of those that are here, and no object is
        current.
        """
        version = decoded(row)
        if isinstance(version, StoredObject):
            return ListedVersion(version, latest=row[RANK] == CURRENT)
        where = (version.bucket, version.key)
        newer = self._sql.row(NEWER_OR_CURRENT, (*where, row[RANK], *where)) is not None
        return ListedVersion(version, latest=not newer)

    def _rest_of(self, bucket: int, key: bytes, version: str) -> list[Row]:
        """The versions of `key` that are older than this one; all of them if it is gone."""
        row = self._sql.row(GET, (bucket, key, version))
        if row is not None:
            return self._sql.rows(OLDER, (bucket, key, row[RANK]))
        current = self._sql.rows(OBJECTS + ' AND "key" = ?', (bucket, key))
        older = self._sql.rows(OLDER, (bucket, key, CURRENT))
        gone = not current or CODEC.decode(current[0][:VERSION]).version != version
        return current + older if gone else older

    def put(self, version: StoredObject | DeleteMarker) -> None:
        """Make this the newest of the versions that are here."""
        marker = isinstance(version, DeleteMarker)
        values = (
            (version.bucket, version.key, 0, "", version.modified, b"", version.owner, "{}")
            if isinstance(version, DeleteMarker)
            else CODEC.encode(version)
        )
        self._sql.rows(PUT, (*values, version.version, int(marker), version.bucket, version.key))

    def amend(self, version: StoredObject) -> bool:
        row = CODEC.encode(version)
        return self._sql.change(AMEND, (row[-1], version.bucket, version.key, version.version)) > 0

    def delete(self, bucket: int, key: bytes, version: str) -> StoredObject | DeleteMarker | None:
        row = self._sql.row(DELETE, (bucket, key, version))
        return None if row is None else decoded(row)
