"""Accounts: who owns everything else."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deputize.model.storage import PublicAccessBlock


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account. `external` ones are known only by their id, so that trust policies may name them; nobody
    signs in as them.

    `quotas` are those that the operator set for this account, by their names in `config.IamQuotas`. `created`
    and `password_last_used`, when the root user last signed in, are in epoch seconds. `global_token_version`
    is the account's choice of session tokens from the global STS endpoint (1 or 2); here all are good in
    every region.
    """

    id: str
    name: str
    email: str
    partition: str
    created: int
    alias: str | None = None
    external: bool = False
    status: str = "ACTIVE"
    quotas: Mapping[str, int] = field(default_factory=dict)
    public_access_block: PublicAccessBlock | None = None
    password_last_used: int | None = None
    global_token_version: int = 1

    @property
    def arn(self) -> str:
        """The ARN that stands for the account, and for its root user, in policies."""
        return f"arn:{self.partition}:iam::{self.id}:root"
