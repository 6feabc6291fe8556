"""IAM's identities: users, groups, roles and who is in which group.

Names are unique per account and kind ignoring case (IAM, "Name requirements"), so tables are keyed by the
folded name; unique ids survive renames, so everything that hangs on an entity refers to its id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

# Under this path are the roles that belong to services.
SERVICE_LINKED = "/aws-service-role/"
NO_TAGS: Mapping[str, str] = {}


def fold(name: str) -> str:
    """The form in which IAM names compare: case does not make two names."""
    return name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An IAM user. `boundary` is the ARN of the managed policy that bounds it; `created` and
    `password_last_used` are in epoch seconds.
    """

    account: str
    partition: str
    name: str
    path: str
    id: str
    created: int
    tags: Mapping[str, str] = field(default_factory=dict)
    boundary: str | None = None
    password_last_used: int | None = None

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:user{self.path}{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """An IAM user group: policies for its members. Never a principal."""

    account: str
    partition: str
    name: str
    path: str
    id: str
    created: int

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:group{self.path}{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """User `user` (id) is in group `group` (id)."""

    account: str
    group: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role. `trust` is the trust policy as it was sent but for user and role ARNs, which stand as unique
    ids.

    `max_session` is in seconds.
    """

    account: str
    partition: str
    name: str
    path: str
    id: str
    created: int
    trust: str
    description: str | None = None
    max_session: int = 3600
    tags: Mapping[str, str] = field(default_factory=dict)
    boundary: str | None = None

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:role{self.path}{self.name}"

    @property
    def service_linked(self) -> bool:
        """Whether it is a service's own, which nobody else may change."""
        return self.path.startswith(SERVICE_LINKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleUse:
    """When and where the role with this id was last used."""

    role: str
    at: int
    region: str
