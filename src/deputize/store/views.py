"""Snapshot and Transaction over one connection."""

from deputize.store import tables
from deputize.store.objects import SqlObjects, SqlObjectTable
from deputize.store.records import SqlRecords, SqlTable
from deputize.store.sql import Sql
from deputize.store.uploads import SqlUploads, SqlUploadTable

GENERATION = 'SELECT "value" FROM "generation"'
NEXT_GENERATION = 'UPDATE "generation" SET "value" = "value" + 1'
NEXT_NUMBER = (
    'INSERT INTO "sequences" ("name", "last") VALUES (?, 1) '
    'ON CONFLICT ("name") DO UPDATE SET "last" = "last" + 1 RETURNING "last"'
)


class SqlSnapshot:
    """`store.api.Snapshot`. `begin` and `end` enclose one view; in between it may be read."""

    touched = False

    def __init__(self, sql: Sql) -> None:
        self.sql = sql
        self.generation = 0
        self.accounts = SqlRecords(sql, tables.ACCOUNTS)
        self.users = SqlRecords(sql, tables.USERS)
        self.groups = SqlRecords(sql, tables.GROUPS)
        self.memberships = SqlRecords(sql, tables.MEMBERSHIPS)
        self.roles = SqlRecords(sql, tables.ROLES)
        self.role_uses = SqlRecords(sql, tables.ROLE_USES)
        self.policies = SqlRecords(sql, tables.POLICIES)
        self.policy_versions = SqlRecords(sql, tables.POLICY_VERSIONS)
        self.attachments = SqlRecords(sql, tables.ATTACHMENTS)
        self.inline_policies = SqlRecords(sql, tables.INLINE_POLICIES)
        self.access_keys = SqlRecords(sql, tables.ACCESS_KEYS)
        self.key_uses = SqlRecords(sql, tables.KEY_USES)
        self.buckets = SqlRecords(sql, tables.BUCKETS)
        self.objects = SqlObjects(sql)
        self.uploads = SqlUploads(sql)
        self.events = SqlRecords(sql, tables.EVENTS)

    def begin(self) -> None:
        """Fix the view to what is committed now."""
        self.sql.begin("DEFERRED")
        self.generation = read_generation(self.sql)

    def end(self) -> None:
        """Let go of the view. After a failure that is left to closing the connection."""
        if self.sql.failure is None:
            self.sql.commit()


class SqlTransaction:
    """`store.api.Transaction` over a whole batch of commands."""

    def __init__(self, sql: Sql) -> None:
        self.sql = sql
        self.generation = 0
        self.touched = False
        self.accounts = SqlTable(sql, tables.ACCOUNTS, self._touch)
        self.users = SqlTable(sql, tables.USERS, self._touch)
        self.groups = SqlTable(sql, tables.GROUPS, self._touch)
        self.memberships = SqlTable(sql, tables.MEMBERSHIPS, self._touch)
        self.roles = SqlTable(sql, tables.ROLES, self._touch)
        self.role_uses = SqlTable(sql, tables.ROLE_USES, self._touch)
        self.policies = SqlTable(sql, tables.POLICIES, self._touch)
        self.policy_versions = SqlTable(sql, tables.POLICY_VERSIONS, self._touch)
        self.attachments = SqlTable(sql, tables.ATTACHMENTS, self._touch)
        self.inline_policies = SqlTable(sql, tables.INLINE_POLICIES, self._touch)
        self.access_keys = SqlTable(sql, tables.ACCESS_KEYS, self._touch)
        self.key_uses = SqlTable(sql, tables.KEY_USES, self._touch)
        self.buckets = SqlTable(sql, tables.BUCKETS, self._touch)
        self.objects = SqlObjectTable(sql)
        self.uploads = SqlUploadTable(sql)
        self.events = SqlTable(sql, tables.EVENTS, self._touch)

    def number(self, name: str) -> int:
        return int(self.sql.rows(NEXT_NUMBER, (name,))[0][0])

    def begin(self) -> None:
        """Start the batch: from here on nobody else writes."""
        self.sql.begin("IMMEDIATE")
        self.touched = False
        self.generation = read_generation(self.sql)

    def commit(self) -> None:
        """Make the batch durable, with a new generation if it changed what decides about access."""
        if self.touched:
            self.sql.rows(NEXT_GENERATION)
        self.sql.commit()

    def _touch(self) -> None:
        self.touched = True


def read_generation(sql: Sql) -> int:
    """The number of commits so far that changed what decides about access."""
    return int(sql.rows(GENERATION)[0][0])
