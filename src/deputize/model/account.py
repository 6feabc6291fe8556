"""Accounts: who owns everything else."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account. `external` ones are known only by their id, so that trust policies may name them; nobody
    signs in as them.

    `root_password` is an argon2id hash. `created` is in epoch seconds.
    """

    id: str
    name: str
    email: str
    partition: str
    created: int
    alias: str | None = None
    external: bool = False
    status: str = "ACTIVE"
    root_password: str | None = None

    @property
    def arn(self) -> str:
        """The ARN that stands for the account, and for its root user, in policies."""
        return f"arn:{self.partition}:iam::{self.id}:root"
