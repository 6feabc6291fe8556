"""The kinds of policy that have a say in a decision, and a request's policies of each kind."""

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deputize.policy.document import Document

if TYPE_CHECKING:
    from deputize.policy.evaluate import Sides


# The actions by which somebody becomes a role (in lower case): its trust policy is the resource policy.
ASSUMING = frozenset(
    {
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:setcontext",
        "sts:setsourceidentity",
        "sts:tagsession",
    }
)


class ResourceKind(enum.Enum):
    """How a resource-based policy combines with identity policies: a role's trust policy must always allow; a
    KMS key's policy must at least give the account.
    """

    ORDINARY = "ordinary"
    ROLE_TRUST = "role trust"
    KEY = "key"


class Layer(enum.Enum):
    """The kinds of policy, in the words in which denials name them, and in the order in which the Deny of
    several is told (AWS names one and documents no order). ROOT is no policy: root assumes no role.
    """

    SCP = "service control policy"
    RCP = "resource control policy"
    ENDPOINT = "VPC endpoint policy"
    RESOURCE = "resource-based policy"
    TRUST = "role trust policy"
    IDENTITY = "identity-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    ROOT = "root user"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a request was denied: the layer, whether by an explicit Deny, and the ARN of the managed policy
    that denies.
    """

    layer: Layer
    explicit: bool
    policy_arn: str | None = None


@dataclass(frozen=True, slots=True)
class Attached:
    """A policy and where it hangs: `kind` is inline, managed, session or resource; `entity` is who or what
    holds it.
    """

    document: Document
    kind: str
    name: str
    arn: str | None
    entity: str | None


Level = tuple[Attached, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The policies with a say.

    `boundary`, `session`, `resource`, `endpoint`: None where there is none; an empty `session` allows
    nothing. `scps` are those of the caller's account, `rcps` those of the resource's: the policies of each
    level of the organization's tree, root first; None without an organization. `management_account` (the
    caller is of it) and `service_linked_role` say whom control policies do not bind.
    """

    identity: Level
    boundary: Attached | None = None
    session: Level | None = None
    resource: Attached | None = None
    endpoint: Attached | None = None
    scps: tuple[Level, ...] | None = None
    rcps: tuple[Level, ...] | None = None
    management_account: bool = False
    service_linked_role: bool = False
    # Compiled together when they are first asked (evaluate.sides).
    sides: "Sides | None" = field(default=None, init=False, repr=False, compare=False)
