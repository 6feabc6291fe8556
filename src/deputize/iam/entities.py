"""Users, groups and roles have much in common: how they are found, named, shown in a denial and counted.

What differs between them stands in one `Kind` each; operations that exist three times are written once
over it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from deputize.config import IamQuotas
from deputize.gateway.call import Call
from deputize.gateway.operation import KeyReader, Resource, ResourceReader
from deputize.iam import errors
from deputize.model.identity import Group, Role, User, fold
from deputize.store.api import Records, Snapshot, Table, Transaction

E = TypeVar("E", User, Group, Role)
Entity = User | Group | Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[E]):
    """One of the three. `word` stands in ARNs and messages, `parameter` is the request member that names
    one.
    """

    word: str
    title: str
    parameter: str
    prefix: str
    read: Callable[[Snapshot], Records[E]]
    write: Callable[[Transaction], Table[E]]
    quota: Callable[[IamQuotas], int]
    attached_quota: Callable[[IamQuotas], int]
    inline_size: Callable[[IamQuotas], int]

    def find(self, db: Snapshot, account: str, name: str) -> E | None:
        return self.read(db).get(account, name)

    def require(self, db: Snapshot, call: Call, name: str) -> E:
        """The caller's account's entity of this name; raises NoSuchEntity."""
        found = self.find(db, call.account, name)
        if found is None:
            raise errors.no_such(self.word, name)
        return found

    def by_id(self, db: Snapshot, unique_id: str) -> E | None:
        return next(iter(self.read(db).find("id", unique_id)), None)

    def check_free(self, db: Snapshot, call: Call, name: str) -> None:
        """Raises EntityAlreadyExists if the account has one of this name, whatever its case and path."""
        if self.find(db, call.account, name) is not None:
            raise errors.taken(self.title, name)

    def check_room(self, db: Snapshot, call: Call) -> None:
        """Raises LimitExceeded if the account holds as many as it may."""
        limit = self.quota(call.installation.settings.iam_quotas)
        if self.read(db).count(call.account) >= limit:
            raise errors.over_quota(f"{self.title}sPerAccount", limit)

    def rename(self, db: Transaction, call: Call, old: E, new: E) -> None:
        """Put `new` in the place of `old`; raises EntityAlreadyExists if another entity has its name."""
        if fold(new.name) != fold(old.name):
            self.check_free(db, call, new.name)
            self.write(db).delete(old.account, old.name)
        self.write(db).put(new)

    def arn(self, call: Call, path: str, name: str) -> str:
        return f"arn:{call.partition}:iam::{call.account}:{self.word}{path}{name}"

    def resource(self, db: Snapshot, call: Call, name: str) -> Resource:
        """The entity of this name; one that does not exist is authorized as if it stood under the path
        `/`.

        So a caller who is limited to a path is refused, and does not learn that there is none (measured on
        AWS).
        """
        entity = self.find(db, call.account, name)
        return Resource(
            arn=self.arn(call, "/", name) if entity is None else entity.arn,
            account=call.account,
            shown=f"{self.word} {name}",
            tags=tags_of(entity),
        )

    @property
    def named(self) -> ResourceReader:
        """Reads the entity that the request names."""
        return lambda db, call, request: self.resource(db, call, request[self.parameter])

    @property
    def fresh(self) -> ResourceReader:
        """Reads the ARN that the entity to be created will have; AWS counts the tags of the request as its
        tags.
        """
        return lambda _db, call, request: Resource(
            arn=self.arn(call, request.get("Path", "/"), request[self.parameter]),
            account=call.account,
            tags={tag["Key"]: tag["Value"] for tag in request.get("Tags", [])},
        )

    @property
    def listed(self) -> ResourceReader:
        """Reads what a List operation is done to: everything under a path."""
        return lambda _db, call, request: Resource(
            arn=self.arn(call, request.get("PathPrefix", "/"), ""), account=call.account
        )

    @property
    def boundary_keys(self) -> Mapping[str, KeyReader]:
        """`iam:PermissionsBoundary` as the boundary that the named user or role has already."""
        return {"iam:PermissionsBoundary": self._boundary}

    def _boundary(self, db: Snapshot, call: Call, request: Any) -> str | None:
        return boundary_of(self.find(db, call.account, request[self.parameter]))


def tags_of(entity: Entity | None) -> Mapping[str, str]:
    """A user's or role's tags; groups have none."""
    return entity.tags if isinstance(entity, User | Role) else {}


def boundary_of(entity: Entity | None) -> str | None:
    """The ARN of a user's or role's permissions boundary; groups have none."""
    return entity.boundary if isinstance(entity, User | Role) else None


USER: Kind[User] = Kind(
    word="user",
    title="User",
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
    parameter="RoleName",
    prefix="AROA",
    read=lambda db: db.roles,
    write=lambda db: db.roles,
    quota=lambda quotas: quotas.roles,
    attached_quota=lambda quotas: quotas.policies_per_role,
    inline_size=lambda quotas: quotas.role_inline_size,
)
KINDS: tuple[Kind[User], Kind[Group], Kind[Role]] = (USER, GROUP, ROLE)
