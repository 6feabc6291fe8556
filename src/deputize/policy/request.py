"""One question to the policy language: may this principal do this to that, under these conditions?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from deputize.records import record

PrincipalKind = Literal["root", "user", "role-session", "federated-user", "service", "federated", "anonymous"]
Context = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks.

    `arn` is what a policy may name: the user's, the role session's, the federated user's, `...:root`; for a
    service principal its name (`ec2.amazonaws.com`; `account` is the one that it works for, if any); for
    somebody whom an identity provider vouches for (`federated`: AssumeRoleWithWebIdentity,
    AssumeRoleWithSAML) the provider. `unique_id` is the user's or,
    of a session, the role's id (stored policies name users and roles by it), the account's id for root.
    `role_arn` is the role (with path) of a role session, `parent_arn` the user, or the root user, who made a
    federated user's session. The anonymous principal has none of them.
    """

    kind: PrincipalKind
    account: str | None = None
    partition: str | None = None
    arn: str | None = None
    unique_id: str | None = None
    role_arn: str | None = None
    parent_arn: str | None = None
    # All its names, found when they are first needed (principals.names_of).
    names: Mapping[str, int] | None = field(default=None, init=False, repr=False, compare=False)


@record(kw_only=True)
class Request:
    """The question. `resource` is an ARN, or `*` for an action that takes none; `resource_account` is its
    owner, None where that is the caller's own account.

    `context` maps condition keys, in lower case, to a string (a single-valued key) or a tuple (a multivalued
    one).
    """

    principal: Principal
    action: str
    resource: str
    resource_account: str | None
    context: Context = field(default_factory=dict)
