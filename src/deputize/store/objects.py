"""The objects of all buckets, and the bytes they name."""

from collections.abc import Generator, Iterable
from itertools import islice

from deputize.model.multipart import BlobPart
from deputize.model.storage import Blob, Listed, StoredObject
from deputize.store.blobs import SqlBlobs
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


class SqlObjects:
    """`store.api.Objects`: to read."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql
        self._blobs = SqlBlobs(sql)

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
        return self._blobs.get(blob)

    def part(self, blob: bytes, number: int) -> BlobPart | None:
        return self._blobs.part(blob, number)

    def parts(self, blob: bytes, *, after: int = 0, limit: int = 1000) -> list[BlobPart]:
        return self._blobs.parts(blob, after, limit)

    def pieces(self, blob: bytes, offset: int, length: int) -> list[BlobPart]:
        return self._blobs.pieces(blob, offset, length)

    def known(self, blob: bytes) -> bool:
        return self._blobs.known(blob)

    def garbage(self, before: int, limit: int) -> list[bytes]:
        return self._blobs.garbage(before, limit)


class SeenObjects(SqlObjects):
    """The objects of one view, in which nothing changes: who asks for the same one again reads nothing."""

    def __init__(self, sql: Sql) -> None:
        super().__init__(sql)
        self._asked: tuple[int, bytes] | None = None
        self._found: StoredObject | None = None

    def get(self, bucket: int, key: bytes) -> StoredObject | None:
        if self._asked != (bucket, key):
            self._found = super().get(bucket, key)
            self._asked = bucket, key
        return self._found


class SqlObjectTable(SqlObjects):
    """`store.api.ObjectTable`: to read and write."""

    def put(self, record: StoredObject, blob: Blob, now: int, parts: Iterable[BlobPart] = ()) -> None:
        if record.blob != blob.id or record.size != blob.size:
            raise ValueError("the object names other bytes than those that were given")
        replaced = self._sql.row(BLOB_OF, (record.bucket, record.key))
        if replaced is None or replaced[0] != blob.id:
            self._blobs.put(blob, parts)
        self._sql.rows(PUT, CODEC.encode(record))
        if replaced is not None and replaced[0] != blob.id:
            self._blobs.drop(replaced[0], now)

    def delete(self, bucket: int, key: bytes, now: int) -> bool:
        deleted = self._sql.row(DELETE, (bucket, key))
        if deleted is None:
            return False
        self._blobs.drop(deleted[0], now)
        return True

    def collected(self, blob: bytes) -> None:
        self._blobs.collected(blob)
