"""All of IAM's operations, declared by importing them."""

from deputize.iam import (
    access_keys,
    account,
    attachments,
    boundaries,
    groups,
    inline,
    memberships,
    policies,
    roles,
    tags,
    trust,
    users,
    versions,
)
from deputize.iam.service import iam

__all__ = [
    "access_keys",
    "account",
    "attachments",
    "boundaries",
    "groups",
    "iam",
    "inline",
    "memberships",
    "policies",
    "roles",
    "tags",
    "trust",
    "users",
    "versions",
]
