"""Users, groups and roles: what differs between them stands in one `Kind` each; operations that exist three
times are written once over it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from deputize.config import IamQuotas
from deputize.gateway.call import Call
from deputize.gateway.operation import KeyReader
from deputize.iam import errors
from deputize.iam.named import Named
from deputize.model.identity import Group, Role, User
from deputize.store.api import Snapshot

E = TypeVar("E", User, Group, Role)
Entity = User | Group | Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Named[E]):
    """One of the three; policies hang on all of them."""

    attached_quota: Callable[[IamQuotas], int]
    inline_size: Callable[[IamQuotas], int]

    def by_id(self, db: Snapshot, unique_id: str) -> E | None:
        return next(iter(self.read(db).find("id", unique_id)), None)

    def changeable(self, db: Snapshot, call: Call, name: str) -> E:
        """The one of this name, to be changed. Raises NoSuchEntity, UnmodifiableEntity for a service's own
        role.
        """
        found = self.require(db, call, name)
        if service_linked(found):
            raise errors.protected(found.name)
        return found

    @property
    def boundary_keys(self) -> Mapping[str, KeyReader]:
        """`iam:PermissionsBoundary` as the boundary that the named user or role has already."""
        return {"iam:PermissionsBoundary": self._boundary}

    def _boundary(self, db: Snapshot, call: Call, request: Any) -> str | None:
        return boundary_of(self.find(db, call.account, request[self.parameter]))


def service_linked(entity: Entity) -> bool:
    """Whether it is a service's own role."""
    return isinstance(entity, Role) and entity.service_linked


def boundary_of(entity: Entity | None) -> str | None:
    """The ARN of a user's or role's permissions boundary; groups have none."""
    return entity.boundary if isinstance(entity, User | Role) else None


USER: Kind[User] = Kind(
    word="user",
    title="User",
    missing=partial(errors.no_such, "user"),
    taken=partial(errors.taken, "User"),
    parameter="UserName",
    prefix="AIDA",
    read=lambda db: db.users,
    write=lambda db: db.users,
    quota=lambda quotas: quotas.users,
    attached_quota=lambda quotas: quotas.policies_per_user,
    inline_size=lambda quotas: quotas.user_inline_size,
)
GROUP: Kind[Group] = Kind(
    word="group",
    title="Group",
    missing=partial(errors.no_such, "group"),
    taken=partial(errors.taken, "Group"),
    parameter="GroupName",
    prefix="AGPA",
    read=lambda db: db.groups,
    write=lambda db: db.groups,
    quota=lambda quotas: quotas.groups,
    attached_quota=lambda quotas: quotas.policies_per_group,
    inline_size=lambda quotas: quotas.group_inline_size,
)
ROLE: Kind[Role] = Kind(
    word="role",
    title="Role",
    missing=partial(errors.no_such, "role"),
    taken=partial(errors.taken, "Role"),
    parameter="RoleName",
    prefix="AROA",
    read=lambda db: db.roles,
    write=lambda db: db.roles,
    quota=lambda quotas: quotas.roles,
    attached_quota=lambda quotas: quotas.policies_per_role,
    inline_size=lambda quotas: quotas.role_inline_size,
)
KINDS: tuple[Kind[User], Kind[Group], Kind[Role]] = (USER, GROUP, ROLE)
