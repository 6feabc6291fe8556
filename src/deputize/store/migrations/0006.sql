-- What buckets tell of themselves, until it is delivered: written with the change it tells of.
CREATE TABLE "notifications" (
  "queue" TEXT NOT NULL,
  "number" INTEGER NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("queue", "number")
) STRICT, WITHOUT ROWID;
