"""Reports that were asked for. What they tell is read when they are fetched."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialReport:
    """The account's credential report was asked for at this time (epoch seconds)."""

    account: str
    requested: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionUse:
    """When and where the user or role with this id last tried `action` (`s3:GetObject`), permitted or not."""

    entity: str
    action: str
    at: int
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessReport:
    """`caller` (an id) asked which services the user, group, role or policy `arn` can reach and has tried,
    `actions` included, at the time `requested` (epoch seconds).
    """

    id: str
    account: str
    caller: str
    arn: str
    actions: bool
    requested: int
