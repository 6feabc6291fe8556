"""Multipart uploads and their parts."""

from collections.abc import Collection, Generator, Iterator
from itertools import chain, islice

from deputize.model.multipart import ListedUploads, MultipartUpload, Part
from deputize.model.storage import Blob
from deputize.store.blobs import SqlBlobs
from deputize.store.listing import common_prefix, entries
from deputize.store.records import NO_LIMIT
from deputize.store.rows import Row, compile_codec
from deputize.store.sql import Sql
from deputize.store.statements import quoted

UPLOAD = compile_codec(MultipartUpload, ("bucket", "key", "id"), folded=frozenset())
UPLOAD_COLUMNS = quoted(*UPLOAD.columns)
KEY_COLUMN = UPLOAD.columns.index("key")
PART = compile_codec(Part, ("upload", "number", "size", "etag", "modified", "blob"), folded=frozenset())
PART_COLUMNS = quoted(*PART.columns)

SELECT = f'SELECT {UPLOAD_COLUMNS} FROM "uploads" WHERE "bucket" = ?'  # noqa: S608 - names of our own
GET = SELECT + ' AND "key" = ? AND "id" = ?'
OF_KEY = SELECT + ' AND "key" = ? AND "id" > ? ORDER BY "id"'
SCAN = SELECT + ' AND "key" >= ? ORDER BY "key", "id"'
PUT = f'INSERT INTO "uploads" ({UPLOAD_COLUMNS}) VALUES ({", ".join("?" * len(UPLOAD.columns))})'  # noqa: S608
DELETE = 'DELETE FROM "uploads" WHERE "bucket" = ? AND "key" = ? AND "id" = ?'

PARTS = f'SELECT {PART_COLUMNS} FROM "parts" WHERE "upload" = ? AND "number" > ? ORDER BY "number" LIMIT ?'  # noqa: S608
BLOB_OF = 'SELECT "blob" FROM "parts" WHERE "upload" = ? AND "number" = ?'
PUT_PART = f'INSERT OR REPLACE INTO "parts" ({PART_COLUMNS}) VALUES ({", ".join("?" * len(PART.columns))})'  # noqa: S608
DELETE_PARTS = 'DELETE FROM "parts" WHERE "upload" = ? RETURNING "blob"'


class SqlUploads:
    """`store.api.Uploads`: to read."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def get(self, bucket: int, key: bytes, upload: str) -> MultipartUpload | None:
        row = self._sql.row(GET, (bucket, key, upload))
        return None if row is None else UPLOAD.decode(row)

    def page(
        self,
        bucket: int,
        *,
        prefix: bytes = b"",
        delimiter: bytes = b"",
        after: bytes = b"",
        after_id: str = "",
        limit: int = 1000,
    ) -> ListedUploads:
        def scan(key: bytes) -> Generator[tuple[bytes, Row], None, None]:
            for row in self._sql.scan(SCAN, (bucket, key)):
                yield row[KEY_COLUMN], row

        begun: Iterator[Row] = iter(())
        alone = after.startswith(prefix) and common_prefix(after, prefix, delimiter) is None
        if after_id and alone:
            begun = iter(self._sql.rows(OF_KEY, (bucket, after, after_id)))
        names = entries(scan, prefix=prefix, delimiter=delimiter, after=after)
        found = list(islice(chain(((after, row) for row in begun), names), max(limit, 0) + 1))
        names.close()
        return ListedUploads(
            entries=tuple(
                name if row is None else UPLOAD.decode(row) for name, row in found[: max(limit, 0)]
            ),
            truncated=0 < limit < len(found),
        )

    def parts(self, upload: str, *, after: int = 0, limit: int | None = None) -> list[Part]:
        most = NO_LIMIT if limit is None else max(limit, 0)
        return [PART.decode(row) for row in self._sql.rows(PARTS, (upload, after, most))]


class SqlUploadTable(SqlUploads):
    """`store.api.UploadTable`: to read and write."""

    def __init__(self, sql: Sql) -> None:
        super().__init__(sql)
        self._blobs = SqlBlobs(sql)

    def put(self, record: MultipartUpload) -> None:
        self._sql.rows(PUT, UPLOAD.encode(record))

    def put_part(self, part: Part, blob: Blob, now: int) -> None:
        if part.blob != blob.id or part.size != blob.size:
            raise ValueError("the part names other bytes than those that were given")
        replaced = self._sql.row(BLOB_OF, (part.upload, part.number))
        self._blobs.put(blob)
        self._sql.rows(PUT_PART, PART.encode(part))
        if replaced is not None:
            self._blobs.drop(replaced[0], now)

    def remove(self, upload: MultipartUpload, now: int, kept: Collection[bytes] = frozenset()) -> None:
        self._sql.rows(DELETE, (upload.bucket, upload.key, upload.id))
        for (blob,) in self._sql.rows(DELETE_PARTS, (upload.id,)):
            if blob not in kept:
                self._blobs.drop(blob, now)

    def clear(self, bucket: int, now: int) -> None:
        for row in self._sql.rows(SCAN, (bucket, b"")):
            self.remove(UPLOAD.decode(row), now)
