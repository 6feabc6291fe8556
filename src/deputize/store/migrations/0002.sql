-- Multipart uploads. "id" begins with the moment of its beginning, so that the uploads of a key are in that order.
CREATE TABLE "uploads" (
  "bucket" INTEGER NOT NULL,
  "key" BLOB NOT NULL,
  "id" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("bucket", "key", "id")
) STRICT, WITHOUT ROWID;

-- The parts of uploads that are not completed.
CREATE TABLE "parts" (
  "upload" TEXT NOT NULL,
  "number" INTEGER NOT NULL,
  "size" INTEGER NOT NULL,
  "etag" TEXT NOT NULL,
  "modified" INTEGER NOT NULL,
  "blob" BLOB NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("upload", "number")
) STRICT, WITHOUT ROWID;

-- Of which blobs a blob of format "parts" is made. No two begin at the same byte: only the last may be empty.
CREATE TABLE "blob_parts" (
  "blob" BLOB NOT NULL,
  "start" INTEGER NOT NULL,
  "number" INTEGER NOT NULL,
  "size" INTEGER NOT NULL,
  "part" BLOB NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("blob", "start")
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX "blob_parts_number" ON "blob_parts" ("blob", "number");
