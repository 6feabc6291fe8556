"""The objects of all buckets, and the bytes they name."""

from collections.abc import Generator, Iterable
from itertools import islice

from deputize.model.multipart import BlobPart
from deputize.model.storage import NULL, Blob, DeleteMarker, Listed, ListedVersions, StoredObject
from deputize.store.blobs import SqlBlobs
from deputize.store.listing import entries
from deputize.store.rows import Row
from deputize.store.sql import Sql
from deputize.store.versions import CODEC, COLUMNS, KEY_COLUMN, SqlVersions, decode

GET = f'SELECT {COLUMNS} FROM "objects" WHERE "bucket" = ? AND "key" = ?'  # noqa: S608 - names of our own
SCAN = f'SELECT {COLUMNS} FROM "objects" WHERE "bucket" = ? AND "key" >= ? ORDER BY "key"'  # noqa: S608
ANY = 'SELECT 1 FROM "objects" WHERE "bucket" = ? LIMIT 1'
PUT = f'INSERT OR REPLACE INTO "objects" ({COLUMNS}) VALUES ({", ".join("?" * len(CODEC.columns))})'  # noqa: S608
DELETE = 'DELETE FROM "objects" WHERE "bucket" = ? AND "key" = ?'


class SqlObjects:
    """`store.api.Objects`: to read."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql
        self._blobs = SqlBlobs(sql)
        self._versions = SqlVersions(sql)

    def get(self, bucket: int, key: bytes) -> StoredObject | None:
        row = self._sql.row(GET, (bucket, key))
        return None if row is None else decode(row)

    def marker(self, bucket: int, key: bytes) -> DeleteMarker | None:
        newest = None if self.get(bucket, key) is not None else self._versions.newest(bucket, key)
        return newest if isinstance(newest, DeleteMarker) else None

    def version(self, bucket: int, key: bytes, version: str) -> StoredObject | DeleteMarker | None:
        current = self.get(bucket, key)
        if current is not None and current.version == version:
            return current
        return self._versions.get(bucket, key, version)

    def versions(
        self,
        bucket: int,
        *,
        prefix: bytes = b"",
        delimiter: bytes = b"",
        after: bytes = b"",
        after_version: str = "",
        limit: int = 1000,
    ) -> ListedVersions:
        return self._versions.page(bucket, prefix, delimiter, after, after_version, limit)

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
            entries=tuple(name if row is None else decode(row) for name, row in shown),
            last=shown[-1][0] if len(found) > limit else None,
        )

    def empty(self, bucket: int) -> bool:
        return self._sql.row(ANY, (bucket,)) is None and self._versions.none(bucket)

    def blob(self, blob: bytes) -> Blob | None:
        return self._blobs.get(blob)

    def part(self, blob: bytes, number: int) -> BlobPart | None:
        return self._blobs.part(blob, number)

    def parts(self, blob: bytes, *, after: int = 0, limit: int = 1000) -> list[BlobPart]:
        return self._blobs.parts(blob, after, limit)

    def pieces(self, blob: bytes, offset: int, length: int) -> list[BlobPart]:
        return self._blobs.pieces(blob, offset, length)

    def volume(self) -> int:
        return self._blobs.volume()

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

    def forget(self) -> None:
        """The view ends."""
        self._asked = self._found = None

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
        replaced = self._make_room(record.bucket, record.key, record.version)
        if replaced is None or replaced.blob != blob.id:
            self._blobs.put(blob, parts)
        self._sql.rows(PUT, CODEC.encode(record))
        if replaced is not None and replaced.blob != blob.id:
            self._blobs.drop(replaced.blob, now)

    def mark(self, marker: DeleteMarker, now: int) -> None:
        replaced = self._make_room(marker.bucket, marker.key, marker.version)
        self._sql.rows(DELETE, (marker.bucket, marker.key))
        self._versions.put(marker)
        if replaced is not None:
            self._blobs.drop(replaced.blob, now)

    def _make_room(self, bucket: int, key: bytes, version: str) -> StoredObject | None:
        """Let go of the version of this id, which is returned if it has bytes; a current object of another id
        is an older version from here on. What is current is for the caller to say.
        """
        current = self.get(bucket, key)
        if current is not None and current.version == version:
            return current
        if current is not None:
            self._versions.put(current)
        # Every other id is new.
        replaced = self._versions.delete(bucket, key, version) if version == NULL else None
        return replaced if isinstance(replaced, StoredObject) else None

    def amend(self, record: StoredObject) -> None:
        if not self._versions.amend(record):
            self._sql.rows(PUT, CODEC.encode(record))

    def delete(self, bucket: int, key: bytes, version: str, now: int) -> StoredObject | DeleteMarker | None:
        current = self.get(bucket, key)
        deleted: StoredObject | DeleteMarker | None = current
        if current is not None and current.version == version:
            self._sql.rows(DELETE, (bucket, key))
            current = None
        else:
            deleted = self._versions.delete(bucket, key, version)
        if deleted is None:
            return None
        if isinstance(deleted, StoredObject):
            self._blobs.drop(deleted.blob, now)
        if current is None:
            self._promote(bucket, key)
        return deleted

    def _promote(self, bucket: int, key: bytes) -> None:
        """What is the newest version now is the current object, unless it is a delete marker."""
        newest = self._versions.newest(bucket, key)
        if isinstance(newest, StoredObject):
            self._versions.delete(bucket, key, newest.version)
            self._sql.rows(PUT, CODEC.encode(newest))

    def collected(self, blob: bytes) -> None:
        self._blobs.collected(blob)
