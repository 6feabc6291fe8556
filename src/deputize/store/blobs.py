"""The rows of blobs, whatever names them, and the files that nothing names any more.

A blob is named by one row alone (an object, a part of an upload, or a blob of several), so what that row
drops is nobody's.
"""

from collections.abc import Iterable

from deputize.model.multipart import BlobPart
from deputize.model.storage import PARTS, Blob
from deputize.store.rows import compile_codec
from deputize.store.sql import Sql
from deputize.store.statements import quoted

PIECE = compile_codec(BlobPart, ("blob", "start", "number", "size", "part"), folded=frozenset())
PIECE_COLUMNS = quoted(*PIECE.columns)

GET = 'SELECT "id", "size", "format", "data" FROM "blobs" WHERE "id" = ?'
PUT = 'INSERT INTO "blobs" ("id", "size", "format", "data") VALUES (?, ?, ?, ?)'
DROP = 'DELETE FROM "blobs" WHERE "id" = ? RETURNING "format", "data" IS NULL'

SELECT_PIECES = f'SELECT {PIECE_COLUMNS} FROM "blob_parts" WHERE "blob" = ?'  # noqa: S608 - names of our own
PUT_PIECE = f'INSERT INTO "blob_parts" ({PIECE_COLUMNS}) VALUES ({", ".join("?" * len(PIECE.columns))})'  # noqa: S608
DROP_PIECES = 'DELETE FROM "blob_parts" WHERE "blob" = ? RETURNING "part"'
ONE = SELECT_PIECES + ' AND "number" = ?'
PAGE = SELECT_PIECES + ' AND "number" > ? ORDER BY "number" LIMIT ?'
FIRST = '(SELECT max("start") FROM "blob_parts" WHERE "blob" = ? AND "start" <= ?)'
BETWEEN = SELECT_PIECES + f' AND "start" < ? AND "start" >= {FIRST} ORDER BY "start"'

VOLUME = 'SELECT coalesce(sum("size"), 0) FROM "blobs" WHERE "format" <> ?'
KNOWN = 'SELECT 1 FROM "blobs" WHERE "id" = ? UNION ALL SELECT 1 FROM "garbage" WHERE "blob" = ?'
GARBAGE = 'SELECT "blob" FROM "garbage" WHERE "since" < ? ORDER BY "since", "blob" LIMIT ?'
PUT_GARBAGE = 'INSERT INTO "garbage" ("blob", "since") VALUES (?, ?)'
COLLECTED = 'DELETE FROM "garbage" WHERE "blob" = ?'


class SqlBlobs:
    """Blobs over one connection; those that write do it in a transaction."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    def get(self, blob: bytes) -> Blob | None:
        row = self._sql.row(GET, (blob,))
        return None if row is None else Blob(id=row[0], size=row[1], format=row[2], data=row[3])

    def part(self, blob: bytes, number: int) -> BlobPart | None:
        row = self._sql.row(ONE, (blob, number))
        return None if row is None else PIECE.decode(row)

    def parts(self, blob: bytes, after: int, limit: int) -> list[BlobPart]:
        return [PIECE.decode(row) for row in self._sql.rows(PAGE, (blob, after, limit))]

    def pieces(self, blob: bytes, offset: int, length: int) -> list[BlobPart]:
        rows = self._sql.rows(BETWEEN, (blob, offset + length, blob, offset))
        return [PIECE.decode(row) for row in rows]

    def volume(self) -> int:
        return int(self._sql.rows(VOLUME, (PARTS,))[0][0])

    def known(self, blob: bytes) -> bool:
        return self._sql.row(KNOWN, (blob, blob)) is not None

    def garbage(self, before: int, limit: int) -> list[bytes]:
        return [row[0] for row in self._sql.rows(GARBAGE, (before, limit))]

    def put(self, blob: Blob, parts: Iterable[BlobPart] = ()) -> None:
        self._sql.rows(PUT, (blob.id, blob.size, blob.format, blob.data))
        for part in parts:
            self._sql.rows(PUT_PIECE, PIECE.encode(part))

    def drop(self, blob: bytes, now: int) -> None:
        """Forget these bytes: inline ones are gone at once, a file outlives its row as garbage."""
        dropped = self._sql.row(DROP, (blob,))
        if dropped is None:
            return
        form, in_file = dropped
        if form == PARTS:
            for (part,) in self._sql.rows(DROP_PIECES, (blob,)):
                self.drop(part, now)
        elif in_file:
            self._sql.rows(PUT_GARBAGE, (blob, now))

    def collected(self, blob: bytes) -> None:
        self._sql.rows(COLLECTED, (blob,))
