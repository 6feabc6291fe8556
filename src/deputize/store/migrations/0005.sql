-- Lines of buckets' server access logs that are not delivered yet; "bucket" is the bucket's id.
CREATE TABLE "log_records" (
  "bucket" INTEGER NOT NULL,
  "at" INTEGER NOT NULL,
  "id" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("bucket", "at", "id")
) STRICT;
