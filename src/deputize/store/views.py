"""Snapshot and Transaction over one connection."""

from collections.abc import Callable, Hashable
from typing import TypeVar

from deputize.store import tables
from deputize.store.memory import Known, Memory, recall
from deputize.store.objects import SeenObjects, SqlObjectTable
from deputize.store.records import SqlRecords, SqlTable
from deputize.store.sql import Sql
from deputize.store.uploads import SqlUploads, SqlUploadTable

T = TypeVar("T")

GENERATION = 'SELECT "value" FROM "generation"'
NEXT_GENERATION = 'UPDATE "generation" SET "value" = "value" + 1'
NEXT_NUMBER = (
    'INSERT INTO "sequences" ("name", "last") VALUES (?, 1) '
    'ON CONFLICT ("name") DO UPDATE SET "last" = "last" + 1 RETURNING "last"'
)


class SqlSnapshot:
    """`store.api.Snapshot`. `begin` and `end` enclose one view; in between it may be read."""

    touched = False

    def __init__(self, sql: Sql, memory: Memory) -> None:
        self.sql = sql
        self.generation = 0
        self._memory = memory
        self._known: Known = {}
        self.accounts = SqlRecords(sql, tables.ACCOUNTS, self.remember)
        self.users = SqlRecords(sql, tables.USERS, self.remember)
        self.groups = SqlRecords(sql, tables.GROUPS, self.remember)
        self.memberships = SqlRecords(sql, tables.MEMBERSHIPS, self.remember)
        self.roles = SqlRecords(sql, tables.ROLES, self.remember)
        self.role_uses = SqlRecords(sql, tables.ROLE_USES, self.remember)
        self.policies = SqlRecords(sql, tables.POLICIES, self.remember)
        self.policy_versions = SqlRecords(sql, tables.POLICY_VERSIONS, self.remember)
        self.attachments = SqlRecords(sql, tables.ATTACHMENTS, self.remember)
        self.inline_policies = SqlRecords(sql, tables.INLINE_POLICIES, self.remember)
        self.access_keys = SqlRecords(sql, tables.ACCESS_KEYS, self.remember)
        self.key_uses = SqlRecords(sql, tables.KEY_USES, self.remember)
        self.login_profiles = SqlRecords(sql, tables.LOGIN_PROFILES, self.remember)
        self.password_policies = SqlRecords(sql, tables.PASSWORD_POLICIES, self.remember)
        self.mfa_devices = SqlRecords(sql, tables.MFA_DEVICES, self.remember)
        self.credential_reports = SqlRecords(sql, tables.CREDENTIAL_REPORTS, self.remember)
        self.action_uses = SqlRecords(sql, tables.ACTION_USES, self.remember)
        self.access_reports = SqlRecords(sql, tables.ACCESS_REPORTS, self.remember)
        self.buckets = SqlRecords(sql, tables.BUCKETS, self.remember)
        self.bucket_configurations = SqlRecords(sql, tables.BUCKET_CONFIGURATIONS, self.remember)
        self.access_points = SqlRecords(sql, tables.ACCESS_POINTS, self.remember)
        self.notifications = SqlRecords(sql, tables.NOTIFICATIONS, self.remember)
        self.oidc_providers = SqlRecords(sql, tables.OIDC_PROVIDERS, self.remember)
        self.saml_providers = SqlRecords(sql, tables.SAML_PROVIDERS, self.remember)
        self.saml_metadata = SqlRecords(sql, tables.SAML_METADATA, self.remember)
        self.token_issuers = SqlRecords(sql, tables.TOKEN_ISSUERS, self.remember)
        self.objects = SeenObjects(sql)
        self.uploads = SqlUploads(sql)
        self.events = SqlRecords(sql, tables.EVENTS, self.remember)
        self.denials = SqlRecords(sql, tables.DENIALS, self.remember)
        self.log_records = SqlRecords(sql, tables.LOG_RECORDS, self.remember)
        self.console_sessions = SqlRecords(sql, tables.CONSOLE_SESSIONS, self.remember)
        self.role_histories = SqlRecords(sql, tables.ROLE_HISTORIES, self.remember)
        self.instance_profiles = SqlRecords(sql, tables.INSTANCE_PROFILES, self.remember)
        self.deletion_tasks = SqlRecords(sql, tables.DELETION_TASKS, self.remember)
        self.ssh_keys = SqlRecords(sql, tables.SSH_KEYS, self.remember)
        self.signing_certificates = SqlRecords(sql, tables.SIGNING_CERTIFICATES, self.remember)
        self.server_certificates = SqlRecords(sql, tables.SERVER_CERTIFICATES, self.remember)
        self.service_credentials = SqlRecords(sql, tables.SERVICE_CREDENTIALS, self.remember)

    def begin(self) -> None:
        """Fix the view to what is committed now."""
        self.sql.begin("DEFERRED")
        self.generation = read_generation(self.sql)
        self._known = self._memory.of(self.generation)

    def remember(self, name: Hashable, read: Callable[[], T]) -> T:
        try:
            return self._known[name]  # type: ignore[no-any-return]
        except KeyError:
            return recall(self._known, name, read)

    def end(self) -> None:
        """Let go of the view. After a failure that is left to closing the connection."""
        self._known = {}
        self.objects.forget()
        if self.sql.failure is None:
            self.sql.commit()


class SqlTransaction:
    """`store.api.Transaction` over a whole batch of commands."""

    def __init__(self, sql: Sql, memory: Memory) -> None:
        self.sql = sql
        self.generation = 0
        self.touched = False
        self._memory = memory
        self._known: Known = {}
        self.accounts = SqlTable(sql, tables.ACCOUNTS, self.remember, self._touch)
        self.users = SqlTable(sql, tables.USERS, self.remember, self._touch)
        self.groups = SqlTable(sql, tables.GROUPS, self.remember, self._touch)
        self.memberships = SqlTable(sql, tables.MEMBERSHIPS, self.remember, self._touch)
        self.roles = SqlTable(sql, tables.ROLES, self.remember, self._touch)
        self.role_uses = SqlTable(sql, tables.ROLE_USES, self.remember, self._touch)
        self.policies = SqlTable(sql, tables.POLICIES, self.remember, self._touch)
        self.policy_versions = SqlTable(sql, tables.POLICY_VERSIONS, self.remember, self._touch)
        self.attachments = SqlTable(sql, tables.ATTACHMENTS, self.remember, self._touch)
        self.inline_policies = SqlTable(sql, tables.INLINE_POLICIES, self.remember, self._touch)
        self.access_keys = SqlTable(sql, tables.ACCESS_KEYS, self.remember, self._touch)
        self.key_uses = SqlTable(sql, tables.KEY_USES, self.remember, self._touch)
        self.login_profiles = SqlTable(sql, tables.LOGIN_PROFILES, self.remember, self._touch)
        self.password_policies = SqlTable(sql, tables.PASSWORD_POLICIES, self.remember, self._touch)
        self.mfa_devices = SqlTable(sql, tables.MFA_DEVICES, self.remember, self._touch)
        self.credential_reports = SqlTable(sql, tables.CREDENTIAL_REPORTS, self.remember, self._touch)
        self.action_uses = SqlTable(sql, tables.ACTION_USES, self.remember, self._touch)
        self.access_reports = SqlTable(sql, tables.ACCESS_REPORTS, self.remember, self._touch)
        self.buckets = SqlTable(sql, tables.BUCKETS, self.remember, self._touch)
        self.bucket_configurations = SqlTable(sql, tables.BUCKET_CONFIGURATIONS, self.remember, self._touch)
        self.access_points = SqlTable(sql, tables.ACCESS_POINTS, self.remember, self._touch)
        self.notifications = SqlTable(sql, tables.NOTIFICATIONS, self.remember, self._touch)
        self.oidc_providers = SqlTable(sql, tables.OIDC_PROVIDERS, self.remember, self._touch)
        self.saml_providers = SqlTable(sql, tables.SAML_PROVIDERS, self.remember, self._touch)
        self.saml_metadata = SqlTable(sql, tables.SAML_METADATA, self.remember, self._touch)
        self.token_issuers = SqlTable(sql, tables.TOKEN_ISSUERS, self.remember, self._touch)
        self.objects = SqlObjectTable(sql)
        self.uploads = SqlUploadTable(sql)
        self.events = SqlTable(sql, tables.EVENTS, self.remember, self._touch)
        self.denials = SqlTable(sql, tables.DENIALS, self.remember, self._touch)
        self.log_records = SqlTable(sql, tables.LOG_RECORDS, self.remember, self._touch)
        self.console_sessions = SqlTable(sql, tables.CONSOLE_SESSIONS, self.remember, self._touch)
        self.role_histories = SqlTable(sql, tables.ROLE_HISTORIES, self.remember, self._touch)
        self.instance_profiles = SqlTable(sql, tables.INSTANCE_PROFILES, self.remember, self._touch)
        self.deletion_tasks = SqlTable(sql, tables.DELETION_TASKS, self.remember, self._touch)
        self.ssh_keys = SqlTable(sql, tables.SSH_KEYS, self.remember, self._touch)
        self.signing_certificates = SqlTable(sql, tables.SIGNING_CERTIFICATES, self.remember, self._touch)
        self.server_certificates = SqlTable(sql, tables.SERVER_CERTIFICATES, self.remember, self._touch)
        self.service_credentials = SqlTable(sql, tables.SERVICE_CREDENTIALS, self.remember, self._touch)

    def remember(self, name: Hashable, read: Callable[[], T]) -> T:
        return read() if self.touched else recall(self._known, name, read)

    def number(self, name: str) -> int:
        return int(self.sql.rows(NEXT_NUMBER, (name,))[0][0])

    def begin(self) -> None:
        """Start the batch: from here on nobody else writes."""
        self.sql.begin("IMMEDIATE")
        self.touched = False
        self.generation = read_generation(self.sql)
        self._known = self._memory.of(self.generation)

    def commit(self) -> None:
        """Make the batch durable, with a new generation if it changed what decides about access."""
        self._known = {}
        if self.touched:
            self.sql.rows(NEXT_GENERATION)
        self.sql.commit()

    def _touch(self) -> None:
        self.touched = True


def read_generation(sql: Sql) -> int:
    """The number of commits so far that changed what decides about access."""
    return int(sql.rows(GENERATION)[0][0])
