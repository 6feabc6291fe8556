"""Managed policies, their versions, what they are attached to, and inline policies."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedPolicy:
    """A customer-managed policy. `default_version` and `last_version` are numbers: 3 is shown as `v3`, and
    none is given twice.
    """

    account: str
    partition: str
    name: str
    path: str
    id: str
    created: int
    updated: int
    default_version: int = 1
    last_version: int = 1
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:policy{self.path}{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """One version of the managed policy with id `policy`; `document` is the text as it was sent."""

    policy: str
    number: int
    document: str
    created: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """The managed policy `policy` (ARN, AWS's ones too) is attached to the user, group or role with id
    `entity`.
    """

    account: str
    entity: str
    policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InlinePolicy:
    """A policy embedded in the user, group or role with id `entity`; `document` is the text as it was
    sent.
    """

    entity: str
    name: str
    document: str
