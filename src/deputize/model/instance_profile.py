"""Instance profiles: what hands a role to an EC2 instance."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceProfile:
    """An instance profile. `role` is the unique id of its one role, None while it has none."""

    account: str
    partition: str
    name: str
    path: str
    id: str
    created: int
    role: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:instance-profile{self.path}{self.name}"
