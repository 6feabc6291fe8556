"""Which tables there are: the record each holds, its key, and the indexes that `find` may name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from deputize.model.access_point import AccessPoint
from deputize.model.account import Account
from deputize.model.bucket_rules import BucketConfiguration
from deputize.model.console import ConsoleSession, RoleHistory
from deputize.model.credentials import AccessKey, KeyUse
from deputize.model.deletion_task import DeletionTask
from deputize.model.denial import Denial
from deputize.model.event import Event
from deputize.model.federation import OidcProvider, SamlMetadata, SamlProvider, TokenIssuer
from deputize.model.identity import Group, Membership, Role, RoleUse, User
from deputize.model.instance_profile import InstanceProfile
from deputize.model.log_record import LogRecord
from deputize.model.notification import Notification
from deputize.model.policies import Attachment, InlinePolicy, ManagedPolicy, PolicyVersion
from deputize.model.reports import AccessReport, ActionUse, CredentialReport
from deputize.model.server_certificate import ServerCertificate
from deputize.model.sign_in import LoginProfile, MfaDevice, PasswordPolicy
from deputize.model.storage import Bucket
from deputize.model.user_credentials import ServiceCredential, SigningCertificate, SshPublicKey

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec(Generic[R]):
    """A table. Columns in `folded` hold names in the form in which they compare (`model.identity.fold`).

    `decides`: what the table holds takes part in access decisions, so every change of it raises the
    generation.
    """

    name: str
    record: type[R]
    key: tuple[str, ...]
    indexes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    folded: frozenset[str] = frozenset()
    decides: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """Key columns first, then those that only indexes have."""
        more = (column for columns in self.indexes.values() for column in columns)
        return tuple(dict.fromkeys((*self.key, *more)))


BY_ID = {"id": ("id",)}
NAMED = ("account", "name")
NAME = frozenset({"name"})

ACCOUNTS = TableSpec(
    name="accounts",
    record=Account,
    key=("id",),
    indexes={"email": ("email",), "alias": ("partition", "alias")},
    folded=frozenset({"email"}),
)
# With the name, in whose order they are read: without it SQLite would rather walk through the whole account.
BOUNDED = {**BY_ID, "boundary": ("account", "boundary", "name")}
USERS = TableSpec(name="users", record=User, key=NAMED, indexes=BOUNDED, folded=NAME)
GROUPS = TableSpec(name="groups", record=Group, key=NAMED, indexes=BY_ID, folded=NAME)
ROLES = TableSpec(name="roles", record=Role, key=NAMED, indexes=BOUNDED, folded=NAME)
POLICIES = TableSpec(name="policies", record=ManagedPolicy, key=NAMED, indexes=BY_ID, folded=NAME)
MEMBERSHIPS = TableSpec(
    name="memberships", record=Membership, key=("group", "user"), indexes={"user": ("user", "group")}
)
POLICY_VERSIONS = TableSpec(name="policy_versions", record=PolicyVersion, key=("policy", "number"))
ATTACHMENTS = TableSpec(
    name="attachments",
    record=Attachment,
    key=("entity", "policy"),
    indexes={"policy": ("account", "policy", "entity")},
)
INLINE_POLICIES = TableSpec(name="inline_policies", record=InlinePolicy, key=("entity", "name"))
ACCESS_KEYS = TableSpec(
    name="access_keys", record=AccessKey, key=("id",), indexes={"owner": ("account", "owner")}
)
BUCKETS = TableSpec(
    name="buckets", record=Bucket, key=("name",), indexes={"account": ("account", "name"), "id": ("id",)}
)
BUCKET_CONFIGURATIONS = TableSpec(
    name="bucket_configurations", record=BucketConfiguration, key=("bucket", "kind", "id"), decides=False
)
ACCESS_POINTS = TableSpec(
    name="access_points",
    record=AccessPoint,
    key=("account", "name", "region"),
    indexes={"alias": ("alias",), "bucket": ("bucket",)},
)
NOTIFICATIONS = TableSpec(name="notifications", record=Notification, key=("queue", "number"), decides=False)
OIDC_PROVIDERS = TableSpec(name="oidc_providers", record=OidcProvider, key=("account", "url"))
SAML_PROVIDERS = TableSpec(name="saml_providers", record=SamlProvider, key=NAMED, folded=NAME)
TOKEN_ISSUERS = TableSpec(
    name="token_issuers", record=TokenIssuer, key=("account",), indexes={"id": ("id",)}, decides=False
)
SAML_METADATA = TableSpec(name="saml_metadata", record=SamlMetadata, key=("provider",), decides=False)
ROLE_USES = TableSpec(name="role_uses", record=RoleUse, key=("role",), decides=False)
KEY_USES = TableSpec(name="key_uses", record=KeyUse, key=("key",), decides=False)
LOGIN_PROFILES = TableSpec(name="login_profiles", record=LoginProfile, key=("owner",), decides=False)
MFA_DEVICES = TableSpec(
    name="mfa_devices",
    record=MfaDevice,
    key=("account", "serial"),
    indexes={"owner": ("owner",)},
    folded=frozenset({"serial"}),
    decides=False,
)
ACTION_USES = TableSpec(name="action_uses", record=ActionUse, key=("entity", "action"), decides=False)
ACCESS_REPORTS = TableSpec(name="access_reports", record=AccessReport, key=("id",), decides=False)
CREDENTIAL_REPORTS = TableSpec(
    name="credential_reports", record=CredentialReport, key=("account",), decides=False
)
PASSWORD_POLICIES = TableSpec(name="password_policies", record=PasswordPolicy, key=("account",))
EVENTS = TableSpec(name="events", record=Event, key=("account", "at", "id"), decides=False)
INSTANCE_PROFILES = TableSpec(
    name="instance_profiles",
    record=InstanceProfile,
    key=NAMED,
    indexes={"role": ("role", "account", "name")},
    folded=NAME,
)
DELETION_TASKS = TableSpec(
    name="deletion_tasks",
    record=DeletionTask,
    key=("account", "role"),
    folded=frozenset({"role"}),
    decides=False,
)
SSH_KEYS = TableSpec(
    name="ssh_keys", record=SshPublicKey, key=("id",), indexes={"owner": ("owner", "id")}, decides=False
)
SIGNING_CERTIFICATES = TableSpec(
    name="signing_certificates",
    record=SigningCertificate,
    key=("id",),
    indexes={"owner": ("account", "owner", "id"), "digest": ("account", "digest")},
    decides=False,
)
SERVER_CERTIFICATES = TableSpec(name="server_certificates", record=ServerCertificate, key=NAMED, folded=NAME)
SERVICE_CREDENTIALS = TableSpec(
    name="service_credentials",
    record=ServiceCredential,
    key=("id",),
    indexes={"owner": ("account", "owner", "id")},
)
CONSOLE_SESSIONS = TableSpec(
    name="console_sessions",
    record=ConsoleSession,
    key=("id",),
    indexes={"base": ("base",), "identity": ("identity",)},
)
ROLE_HISTORIES = TableSpec(name="role_histories", record=RoleHistory, key=("identity",), decides=False)
DENIALS = TableSpec(
    name="denials", record=Denial, key=("account", "at", "id"), indexes={"id": ("id",)}, decides=False
)

LOG_RECORDS = TableSpec(name="log_records", record=LogRecord, key=("bucket", "at", "id"), decides=False)

TABLES: tuple[TableSpec[Any], ...] = (
    ACCOUNTS,
    USERS,
    GROUPS,
    MEMBERSHIPS,
    ROLES,
    ROLE_USES,
    POLICIES,
    POLICY_VERSIONS,
    ATTACHMENTS,
    INLINE_POLICIES,
    ACCESS_KEYS,
    KEY_USES,
    LOGIN_PROFILES,
    PASSWORD_POLICIES,
    MFA_DEVICES,
    CREDENTIAL_REPORTS,
    ACTION_USES,
    ACCESS_REPORTS,
    BUCKETS,
    BUCKET_CONFIGURATIONS,
    ACCESS_POINTS,
    NOTIFICATIONS,
    OIDC_PROVIDERS,
    SAML_PROVIDERS,
    SAML_METADATA,
    TOKEN_ISSUERS,
    EVENTS,
    CONSOLE_SESSIONS,
    ROLE_HISTORIES,
    INSTANCE_PROFILES,
    DELETION_TASKS,
    SSH_KEYS,
    SIGNING_CERTIFICATES,
    SERVER_CERTIFICATES,
    SERVICE_CREDENTIALS,
    DENIALS,
    LOG_RECORDS,
)
