-- What identities have beside access keys, what federates them, and the sessions of the console.

-- Versions that are not current, and delete markers, the newest of a key first: "rank" falls with each that is added.
-- A key whose newest version is a marker has no row among the objects.
CREATE TABLE "versions" (
  "bucket" INTEGER NOT NULL,
  "key" BLOB NOT NULL,
  "rank" INTEGER NOT NULL,
  "version" TEXT NOT NULL,
  "marker" INTEGER NOT NULL,
  "size" INTEGER NOT NULL,
  "etag" TEXT NOT NULL,
  "modified" INTEGER NOT NULL,
  "blob" BLOB NOT NULL,
  "owner" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("bucket", "key", "rank")
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX "versions_version" ON "versions" ("bucket", "key", "version");

CREATE TABLE "instance_profiles" (
  "account" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "role" TEXT,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("account", "name")
) STRICT;
CREATE INDEX "instance_profiles_role" ON "instance_profiles" ("role", "account", "name");

-- "owner" is a user's id, or an account's for its root user.
CREATE TABLE "login_profiles" (
  "owner" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("owner")
) STRICT;
INSERT INTO "login_profiles"
  SELECT "id", json_object('account', "account", 'hash', "rest" ->> 'password', 'created', "rest" ->> 'created',
    'changed', "rest" ->> 'created') FROM "users" WHERE "rest" ->> 'password' IS NOT NULL
  UNION ALL
  SELECT "id", json_object('account', "id", 'hash', "rest" ->> 'root_password', 'created', "rest" ->> 'created',
    'changed', "rest" ->> 'created') FROM "accounts" WHERE "rest" ->> 'root_password' IS NOT NULL;
UPDATE "users" SET "rest" = json_remove("rest", '$.password');
UPDATE "accounts" SET "rest" = json_remove("rest", '$.root_password');

CREATE TABLE "password_policies" (
  "account" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("account")
) STRICT;

CREATE TABLE "deletion_tasks" (
  "account" TEXT NOT NULL,
  "role" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("account", "role")
) STRICT, WITHOUT ROWID;

CREATE TABLE "oidc_providers" (
  "account" TEXT NOT NULL,
  "url" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("account", "url")
) STRICT;

CREATE TABLE "ssh_keys" (
  "id" TEXT NOT NULL,
  "owner" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("id")
) STRICT;
CREATE INDEX "ssh_keys_owner" ON "ssh_keys" ("owner", "id");

CREATE TABLE "signing_certificates" (
  "id" TEXT NOT NULL,
  "account" TEXT NOT NULL,
  "owner" TEXT NOT NULL,
  "digest" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("id")
) STRICT;
CREATE INDEX "signing_certificates_owner" ON "signing_certificates" ("account", "owner", "id");
CREATE INDEX "signing_certificates_digest" ON "signing_certificates" ("account", "digest");

CREATE TABLE "server_certificates" (
  "account" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("account", "name")
) STRICT;

CREATE TABLE "service_credentials" (
  "id" TEXT NOT NULL,
  "account" TEXT NOT NULL,
  "owner" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("id")
) STRICT;
CREATE INDEX "service_credentials_owner" ON "service_credentials" ("account", "owner", "id");

CREATE TABLE "console_sessions" (
  "id" TEXT NOT NULL,
  "base" TEXT,
  "identity" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("id")
) STRICT;
CREATE INDEX "console_sessions_base" ON "console_sessions" ("base");
CREATE INDEX "console_sessions_identity" ON "console_sessions" ("identity");

CREATE TABLE "role_histories" (
  "identity" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("identity")
) STRICT, WITHOUT ROWID;

CREATE TABLE "mfa_devices" (
  "account" TEXT NOT NULL,
  "serial" TEXT NOT NULL,
  "owner" TEXT,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("account", "serial")
) STRICT;
CREATE INDEX "mfa_devices_owner" ON "mfa_devices" ("owner");

-- Why calls were refused, the latest of each account.
CREATE TABLE "denials" (
  "account" TEXT NOT NULL,
  "at" INTEGER NOT NULL,
  "id" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("account", "at", "id")
) STRICT;
CREATE INDEX "denials_id" ON "denials" ("id");

CREATE TABLE "credential_reports" (
  "account" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("account")
) STRICT;

-- When a user or role last tried an action.
CREATE TABLE "action_uses" (
  "entity" TEXT NOT NULL,
  "action" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("entity", "action")
) STRICT, WITHOUT ROWID;

CREATE TABLE "access_reports" (
  "id" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("id")
) STRICT;

CREATE TABLE "saml_providers" (
  "account" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("account", "name")
) STRICT;

-- As it was given: up to ten megabytes, which only GetSAMLProvider reads.
CREATE TABLE "saml_metadata" (
  "provider" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("provider")
) STRICT;

CREATE TABLE "token_issuers" (
  "account" TEXT NOT NULL,
  "id" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("account")
) STRICT;
CREATE INDEX "token_issuers_id" ON "token_issuers" ("id");

DROP INDEX "users_boundary";
DROP INDEX "roles_boundary";
CREATE INDEX "users_boundary" ON "users" ("account", "boundary", "name");
CREATE INDEX "roles_boundary" ON "roles" ("account", "boundary", "name");

-- Configurations of buckets that are kept for programs that manage them, and do nothing.
CREATE TABLE "bucket_configurations" (
  "bucket" INTEGER NOT NULL,
  "kind" TEXT NOT NULL,
  "id" TEXT NOT NULL,
  "rest" TEXT NOT NULL,
  PRIMARY KEY ("bucket", "kind", "id")
) STRICT, WITHOUT ROWID;
