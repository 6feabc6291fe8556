-- Further ways into buckets; "bucket" is the bucket's id.
CREATE TABLE "access_points" (
  "account" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "region" TEXT NOT NULL,
  "alias" TEXT NOT NULL,
  "bucket" INTEGER NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("account", "name", "region")
) STRICT;
CREATE UNIQUE INDEX "access_points_alias" ON "access_points" ("alias");
CREATE INDEX "access_points_bucket" ON "access_points" ("bucket");
