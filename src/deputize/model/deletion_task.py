"""Deletions of service-linked roles, which AWS carries out in the background."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionTask:
    """The latest deletion of the service-linked role named `role`: its id, and when it was done."""

    account: str
    role: str
    id: str
    at: int
