"""The objects of all buckets, the bytes they name, and the files that no object names any more."""

from collections.abc import Generator
from itertools import islice

from deputize.model.storage import Blob, Listed, StoredObject
from deputize.store.listing import entries
from deputize.store.rows import Row, compile_codec
from deputize.store.sql import Sql
from deputize.store.statements import quoted

CODEC = compile_codec(
    StoredObject, ("bucket", "key", "size", "etag", "modified", "blob", "owner"), folded=frozenset()
)
COLUMNS = quoted(*CODEC.columns)
KEY_COLUMN = CODEC.columns.index("key")

GET = f'SELECT {COLUMNS} FROM "objects" WHERE "bucket" = ? AND "key" = ?'  # noqa: S608 - names of our own
SCAN = f'SELECT {COLUMNS} FROM "objects" WHERE "bucket" = ? AND "key" >= ? ORDER BY "key"'  # noqa: S608
ANY = 'SELECT 1 FROM "objects" WHERE "bucket" = ? LIMIT 1'
BLOB_OF = 'SELECT "blob" FROM "objects" WHERE "bucket" = ? AND "key" = ?'
PUT = f'INSERT OR REPLACE INTO "objects" ({COLUMNS}) VALUES ({", ".join("?" * len(CODEC.columns))})'  # noqa: S608
DELETE = 'DELETE FROM "objects" WHERE "bucket" = ? AND "key" = ? RETURNING "blob"'

GET_BLOB = 'SELECT "id", "size", "format", "data" FROM "blobs" WHERE "id" = ?'
PUT_BLOB = 'INSERT INTO "blobs" ("id", "size", "format", "data") VALUES (?, ?, ?, ?)'
DROP_BLOB = 'DELETE FROM "blobs" WHERE "id" = ? RETURNING "data" IS NULL'

GARBAGE = 'SELECT "blob" FROM "garbage" WHERE "since" < ? ORDER BY "since", "blob" LIMIT ?'
PUT_GARBAGE = 'INSERT INTO "garbage" ("blob", "since") VALUES (?, ?)'
COLLECTED = 'DELETE FROM "garbage" WHERE "blob" = ?'


class SqlObjects:
    """`store.api.Objects`: to read."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def get(self, bucket: int, key: bytes) -> StoredObject | None:
        row = self._sql.row(GET, (bucket, key))
        return None if row is None else CODEC.decode(row)

    def page(
        self,
        bucket: int,
        *,
        prefix: bytes = b"",
        delimiter: bytes = b"",
        after: bytes = b"",
        limit: int = 1000,
    ) -> Listed:
        def scan(key: bytes) -> Generator[tuple[bytes, Row], None, None]:
            for row in self._sql.scan(SCAN, (bucket, key)):
                yield row[KEY_COLUMN], row

        if limit <= 0:
            return Listed(entries=(), last=None)
        names = entries(scan, prefix=prefix, delimiter=delimiter, after=after)
        found = list(islice(names, limit + 1))
        names.close()
        shown = found[:limit]
        return Listed(
            entries=tuple(name if row is None else CODEC.decode(row) for name, row in shown),
            last=shown[-1][0] if len(found) > limit else None,
        )

    def empty(self, bucket: int) -> bool:
        return self._sql.row(ANY, (bucket,)) is None

    def blob(self, blob: bytes) -> Blob | None:
        row = self._sql.row(GET_BLOB, (blob,))
        return None if row is None else Blob(id=row[0], size=row[1], format=row[2], data=row[3])

    def garbage(self, before: int, limit: int) -> list[bytes]:
        return [row[0] for row in self._sql.rows(GARBAGE, (before, limit))]


class SqlObjectTable(SqlObjects):
    """`store.api.ObjectTable`: to read and write."""

    def put(self, record: StoredObject, blob: Blob, now: int) -> None:
        if record.blob != blob.id or record.size != blob.size:
            raise ValueError("the object names other bytes than those that were given")
        replaced = self._sql.row(BLOB_OF, (record.bucket, record.key))
        if replaced is None or replaced[0] != blob.id:
            self._sql.rows(PUT_BLOB, (blob.id, blob.size, blob.format, blob.data))
        self._sql.rows(PUT, CODEC.encode(record))
        if replaced is not None and replaced[0] != blob.id:
            self._drop(replaced[0], now)

    def delete(self, bucket: int, key: bytes, now: int) -> bool:
        deleted = self._sql.row(DELETE, (bucket, key))
        if deleted is None:
            return False
        self._drop(deleted[0], now)
        return True

    def collected(self, blob: bytes) -> None:
        self._sql.rows(COLLECTED, (blob,))

    def _drop(self, blob: bytes, now: int) -> None:
        """Forget these bytes: inline ones are gone at once, a file outlives its row as garbage."""
        dropped = self._sql.row(DROP_BLOB, (blob,))
        if dropped is not None and dropped[0]:
            self._sql.rows(PUT_GARBAGE, (blob, now))
