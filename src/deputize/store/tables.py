"""Which tables there are: the record each holds, its key, and the indexes that `find` may name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from deputize.model.account import Account
from deputize.model.credentials import AccessKey, KeyUse
from deputize.model.event import Event
from deputize.model.identity import Group, Membership, Role, RoleUse, User
from deputize.model.policies import Attachment, InlinePolicy, ManagedPolicy, PolicyVersion
from deputize.model.storage import Bucket

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
BOUNDED = {**BY_ID, "boundary": ("account", "boundary")}
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
ROLE_USES = TableSpec(name="role_uses", record=RoleUse, key=("role",), decides=False)
KEY_USES = TableSpec(name="key_uses", record=KeyUse, key=("key",), decides=False)
EVENTS = TableSpec(name="events", record=Event, key=("account", "at", "id"), decides=False)

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
    BUCKETS,
    EVENTS,
)
