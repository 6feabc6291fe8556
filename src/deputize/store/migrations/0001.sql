-- Names are quoted where they are SQL's words. Short rows live in their key's tree (WITHOUT ROWID), long ones beside it.
-- "rest" is JSON: what is remembered without being looked up.

CREATE TABLE "accounts" (
  "id" TEXT NOT NULL,
  "email" TEXT NOT NULL,
  "partition" TEXT NOT NULL,
  "alias" TEXT,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("id")
) STRICT;
CREATE INDEX "accounts_email" ON "accounts" ("email");
CREATE INDEX "accounts_alias" ON "accounts" ("partition", "alias");

CREATE TABLE "users" (
  "account" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "id" TEXT NOT NULL,
  "boundary" TEXT,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("account", "name")
) STRICT;
CREATE INDEX "users_id" ON "users" ("id");
CREATE INDEX "users_boundary" ON "users" ("account", "boundary");

CREATE TABLE "groups" (
  "account" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "id" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("account", "name")
) STRICT, WITHOUT ROWID;
CREATE INDEX "groups_id" ON "groups" ("id");

CREATE TABLE "memberships" (
  "group" TEXT NOT NULL,
  "user" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("group", "user")
) STRICT, WITHOUT ROWID;
CREATE INDEX "memberships_user" ON "memberships" ("user", "group");

CREATE TABLE "roles" (
  "account" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "id" TEXT NOT NULL,
  "boundary" TEXT,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("account", "name")
) STRICT;
CREATE INDEX "roles_id" ON "roles" ("id");
CREATE INDEX "roles_boundary" ON "roles" ("account", "boundary");

CREATE TABLE "role_uses" (
  "role" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("role")
) STRICT, WITHOUT ROWID;

CREATE TABLE "policies" (
  "account" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "id" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("account", "name")
) STRICT;
CREATE INDEX "policies_id" ON "policies" ("id");

CREATE TABLE "policy_versions" (
  "policy" TEXT NOT NULL,
  "number" INTEGER NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("policy", "number")
) STRICT;

CREATE TABLE "attachments" (
  "entity" TEXT NOT NULL,
  "policy" TEXT NOT NULL,
  "account" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("entity", "policy")
) STRICT, WITHOUT ROWID;
CREATE INDEX "attachments_policy" ON "attachments" ("account", "policy", "entity");

CREATE TABLE "inline_policies" (
  "entity" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("entity", "name")
) STRICT;

CREATE TABLE "access_keys" (
  "id" TEXT NOT NULL,
  "account" TEXT NOT NULL,
  "owner" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("id")
) STRICT;
CREATE INDEX "access_keys_owner" ON "access_keys" ("account", "owner");

CREATE TABLE "key_uses" (
  "key" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("key")
) STRICT, WITHOUT ROWID;

CREATE TABLE "buckets" (
  "name" TEXT NOT NULL,
  "account" TEXT NOT NULL,
  "id" INTEGER NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("name")
) STRICT;
CREATE INDEX "buckets_account" ON "buckets" ("account", "name");
CREATE INDEX "buckets_id" ON "buckets" ("id");

CREATE TABLE "events" (
  "account" TEXT NOT NULL,
  "at" INTEGER NOT NULL,
  "id" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("account", "at", "id")
) STRICT;

-- Current objects only: listings read this table alone. The order of BLOBs is S3's order of keys.
CREATE TABLE "objects" (
  "bucket" INTEGER NOT NULL,
  "key" BLOB NOT NULL,
  "size" INTEGER NOT NULL,
  "etag" TEXT NOT NULL,
  "modified" INTEGER NOT NULL,
  "blob" BLOB NOT NULL,
  "owner" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("bucket", "key")
) STRICT, WITHOUT ROWID;

-- "data" NULL: the bytes are in a file of that name.
CREATE TABLE "blobs" (
  "id" BLOB NOT NULL,
  "size" INTEGER NOT NULL,
  "format" TEXT NOT NULL,
  "data" BLOB,
  PRIMARY KEY ("id")
) STRICT;

-- Files whose bytes no object names any more, since when (epoch seconds).
CREATE TABLE "garbage" (
  "blob" BLOB NOT NULL,
  "since" INTEGER NOT NULL,
  PRIMARY KEY ("blob")
) STRICT, WITHOUT ROWID;
CREATE INDEX "garbage_since" ON "garbage" ("since");

-- The number that was given last.
CREATE TABLE "sequences" (
  "name" TEXT NOT NULL,
  "last" INTEGER NOT NULL,
  PRIMARY KEY ("name")
) STRICT, WITHOUT ROWID;

-- One row: the number of commits that changed what decides about access.
CREATE TABLE "generation" (
  "only" INTEGER NOT NULL CHECK ("only" = 1),
  "value" INTEGER NOT NULL,
  PRIMARY KEY ("only")
) STRICT, WITHOUT ROWID;
INSERT INTO "generation" VALUES (1, 1);
