"""The decision over all policies that have a say, in one account and across two (IAM guide, "Policy
evaluation logic").

Any Deny that applies is final. Then somebody must allow: who, depends on whether caller and resource share an
account, and on how directly a resource-based policy names the caller.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from deputize.policy.evaluate import (
    BOUNDARY_ALLOWS,
    BOUNDARY_DENIES,
    ENDPOINT_ALLOWS,
    ENDPOINT_DENIES,
    IDENTITY_ALLOWS,
    IDENTITY_DENIES,
    OTHER_DENIES,
    OWN_DENIES,
    RCP_DENIES,
    RESOURCE_DENIES,
    SESSION_ALLOWS,
    SESSION_DENIES,
    denier,
    hear_other,
    hear_own,
    sides,
)
from deputize.policy.layers import Layer, Level, Policies, Reason, ResourceKind
from deputize.policy.principals import ACCOUNT, EVERYONE, NONE, PARENT, ROLE, SERVICE, SESSION, USER
from deputize.policy.rcp_services import RCP_SERVICES
from deputize.policy.request import Principal, Request

if TYPE_CHECKING:
    from deputize.policy.trace import Trace

__all__ = ["Decision", "Layer", "Policies", "Reason", "ResourceKind", "decide"]

Word = Literal["allowed", "implicitDeny", "explicitDeny"]
# A grant that names the caller this way needs no identity policy, no boundary and no session policy in its
# own account;
SUFFICIENT = USER | SESSION | EVERYONE | SERVICE
# this way, it needs no identity policy, but boundary and session policy limit it.
LIMITED = ROLE | PARENT
# Who has no account's policies: no control policy binds them, and a resource-based policy alone lets them in.
OUTSIDE = frozenset({"anonymous", "service", "federated"})
# The layers of the caller's own policies: their statements name nobody.
OWNED = frozenset({Layer.SCP, Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION})
# What needs no permission and no policy can forbid, and for whom (STS API, GetCallerIdentity; IAM guide,
# "Permissions for GetSessionToken").
FREE = {
    "sts:getcalleridentity": frozenset({"root", "user", "role-session", "federated-user"}),
    "sts:getsessiontoken": frozenset({"root", "user"}),
}
# What the root user may always do to its account's buckets (S3 API, GetBucketPolicy, PutBucketPolicy,
# DeleteBucketPolicy).
ALWAYS_ROOTS = frozenset({"s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"})
# The layers of the resource's side.
OTHER_SIDE = frozenset({Layer.RCP, Layer.RESOURCE, Layer.TRUST})


@dataclass(slots=True)
class Decision:
    """Allowed or not; `because` is what the caller is told, `explicit` whether any Deny applies, told or
    not. `asked` is what was decided; the trace is worked out of it when it is wanted.
    """

    allowed: bool
    because: Reason | None = None
    explicit: bool = field(default=False, compare=False)
    asked: tuple[Request, Policies, ResourceKind] | None = field(default=None, compare=False, repr=False)

    @property
    def word(self) -> Word:
        """The decision in one word, as policy simulators write it."""
        if self.allowed:
            return "allowed"
        return "explicitDeny" if self.explicit else "implicitDeny"

    def trace(self) -> "Trace":
        """Every layer, policy and statement that was asked, and what each said."""
        from deputize.policy.trace import trace

        return trace(self)


def decide(
    request: Request, policies: Policies, *, resource_kind: ResourceKind = ResourceKind.ORDINARY
) -> Decision:
    """Whether `request` is allowed. Never raises to say no."""
    asked = (request, policies, resource_kind)
    if needs_no_permission(request):
        return Decision(True, asked=asked)
    heard = hear(request, policies)
    if heard.explicit:
        return Decision(False, _told(request, policies, resource_kind, heard), True, asked)
    silent = _silence(request, resource_kind, heard)
    return Decision(silent is None, None if silent is None else Reason(silent, False), False, asked)


# --- who says what


def needs_no_permission(request: Request) -> bool:
    """Whether no policy has a say."""
    return request.principal.kind in FREE.get(request.action.lower(), ())


def scps_bind(caller: Principal, policies: Policies) -> bool:
    """SCPs bind users, roles and root of member accounts; not the management account, nor service-linked
    roles (Organizations guide, "SCP effects on permissions").
    """
    return not (
        policies.scps is None
        or policies.management_account
        or policies.service_linked_role
        or caller.kind in OUTSIDE
    )


def rcps_bind(request: Request, policies: Policies) -> bool:
    """RCPs bind everybody, strangers too, who comes to a member account's resource; not service-linked roles
    (Organizations guide, "RCP evaluation"), nor what is asked of a service that they do not reach.
    """
    if policies.rcps is None or policies.service_linked_role:
        return False
    if request.action.partition(":")[0].lower() not in RCP_SERVICES:
        return False
    return not (policies.management_account and same_account(request))


def resource_policy_binds(request: Request) -> bool:
    """Whether the resource's policy has a say: it has none when the root user reads, writes or deletes the
    policy of a bucket of its own account, so that no account is locked out for good.
    """
    rescues = request.principal.kind == "root" and request.action.lower() in ALWAYS_ROOTS
    return not (rescues and same_account(request))


def same_account(request: Request) -> bool:
    """Whether the resource is of the caller's account."""
    owner = request.resource_account
    return owner is None or owner == request.principal.account


def session_of(caller: Principal, policies: Policies) -> Level | None:
    """The session policies; a federated user to whom none was passed has no rights by policies of its own
    (STS API, GetFederationToken).
    """
    if policies.session is None and caller.kind == "federated-user":
        return ()
    return policies.session


def all_powerful(caller: Principal) -> bool:
    """Whether no identity policy is needed: root, and a session that root made for a federated user."""
    parent = caller.parent_arn
    return caller.kind == "root" or (parent is not None and parent.endswith(":root"))


@dataclass(slots=True)
class Heard:
    """What both sides say (`evaluate`), control policies apart: those that do not bind the request allow.
    `ways`: how the Allows of the resource's policy name the caller.
    """

    own: int
    other: int
    ways: int
    scp_denies: bool
    scp_silent: bool

    @property
    def explicit(self) -> bool:
        """Whether any Deny applies."""
        return self.scp_denies or bool(self.own & OWN_DENIES or self.other & OTHER_DENIES)


def hear(request: Request, policies: Policies) -> Heard:
    """Asks all policies that have a say."""
    caller = request.principal
    both = sides(policies)
    own = hear_own(both.own, request)
    other, ways = hear_other(both.other, request, bounded=policies.boundary is not None)
    scp_denies = scp_silent = False
    if own & both.own.control != both.own.control_allows and scps_bind(caller, policies):
        scp_denies = bool(own & both.own.control_denies)
        scp_silent = own & both.own.control_allows != both.own.control_allows
    if other & RCP_DENIES and not rcps_bind(request, policies):
        other &= ~RCP_DENIES
    if (ways or other & RESOURCE_DENIES) and not resource_policy_binds(request):
        other, ways = other & ~RESOURCE_DENIES, NONE
    if not own & IDENTITY_ALLOWS and all_powerful(caller):
        own |= IDENTITY_ALLOWS
    if policies.session is None and caller.kind == "federated-user":
        own &= ~SESSION_ALLOWS
    return Heard(own, other, ways, scp_denies, scp_silent)


# --- whose silence denies


def _silence(request: Request, kind: ResourceKind, heard: Heard) -> Layer | None:
    """The layer whose Allow is missing; None if all allow whose word is needed."""
    if heard.scp_silent:
        return Layer.SCP
    if not heard.other & ENDPOINT_ALLOWS:
        return Layer.ENDPOINT
    granted = heard.ways
    if request.principal.kind in OUTSIDE:
        return None if granted else _resource_layer(kind)
    same = same_account(request)
    if kind is ResourceKind.ROLE_TRUST:
        return _trust_silence(request, heard, same)
    if not same:
        return _own_silence(heard) if granted else Layer.RESOURCE
    if granted & SUFFICIENT:
        return None
    if granted & LIMITED:
        return _cap_silence(heard)
    if kind is ResourceKind.KEY and not granted & ACCOUNT:
        # A key's policy must give the account before its identity policies count (KMS guide, "Key policies").
        return _own_silence(heard) or Layer.RESOURCE
    return _own_silence(heard)


def _trust_silence(request: Request, heard: Heard, same: bool) -> Layer | None:
    """No role is assumed without its trust policy's Allow; one that names a caller of the account directly
    stands in for identity policies, never for boundary and session policy (IAM guide, "How IAM roles differ
    from resource-based policies"). Root assumes no role.
    """
    if request.principal.kind == "root":
        return Layer.ROOT
    direct = heard.ways & (SUFFICIENT | LIMITED)
    missing = _cap_silence(heard) if same and direct else _own_silence(heard)
    return missing or (None if heard.ways else Layer.TRUST)


def _own_silence(heard: Heard) -> Layer | None:
    return _cap_silence(heard) if heard.own & IDENTITY_ALLOWS else Layer.IDENTITY


def _cap_silence(heard: Heard) -> Layer | None:
    if not heard.own & BOUNDARY_ALLOWS:
        return Layer.BOUNDARY
    return None if heard.own & SESSION_ALLOWS else Layer.SESSION


# --- which Deny is told


def _told(request: Request, policies: Policies, kind: ResourceKind, heard: Heard) -> Reason:
    """The first Deny in the order of the layers. Of another account's trust policy nothing may be told by
    the order of reasons, so the caller's own side speaks first, its silence before the other side's Deny.
    """
    if kind is ResourceKind.ROLE_TRUST and request.principal.kind == "root":
        return Reason(Layer.ROOT, False)
    denying = _denying(kind, heard)
    if kind is ResourceKind.ROLE_TRUST and not same_account(request):
        own_side = [layer for layer in denying if layer not in OTHER_SIDE]
        if not own_side and request.principal.kind not in OUTSIDE:
            silent = _own_side_silence(heard)
            if silent is not None:
                return Reason(silent, False)
        denying = own_side or denying
    return Reason(denying[0], True, _arn_of_deny(request, policies, denying[0]))


def _denying(kind: ResourceKind, heard: Heard) -> list[Layer]:
    """The layers with a Deny that applies, in their order."""
    denials: list[tuple[Layer, int]] = [
        (Layer.SCP, heard.scp_denies),
        (Layer.RCP, heard.other & RCP_DENIES),
        (Layer.ENDPOINT, heard.other & ENDPOINT_DENIES),
        (_resource_layer(kind), heard.other & RESOURCE_DENIES),
        (Layer.IDENTITY, heard.own & IDENTITY_DENIES),
        (Layer.BOUNDARY, heard.own & BOUNDARY_DENIES),
        (Layer.SESSION, heard.own & SESSION_DENIES),
    ]
    return [layer for layer, denies in denials if denies]


def _own_side_silence(heard: Heard) -> Layer | None:
    if heard.scp_silent:
        return Layer.SCP
    return _own_silence(heard) if heard.other & ENDPOINT_ALLOWS else Layer.ENDPOINT


def _arn_of_deny(request: Request, policies: Policies, layer: Layer) -> str | None:
    named, bounded = layer not in OWNED, policies.boundary is not None
    levels = levels_of(layer, policies, request)
    found = (denier(level, request, named=named, bounded=bounded) for level in levels)
    return next(policy.arn for policy in found if policy is not None)


def levels_of(layer: Layer, policies: Policies, request: Request) -> tuple[Level, ...]:
    """The pools of a layer: one for each level of the organization, or the one that there is."""
    match layer:
        case Layer.SCP:
            return policies.scps or ()
        case Layer.RCP:
            return policies.rcps or ()
        case Layer.IDENTITY:
            return (policies.identity,)
        case Layer.SESSION:
            session = session_of(request.principal, policies)
            return () if session is None else (session,)
        case Layer.BOUNDARY:
            single = policies.boundary
        case Layer.ENDPOINT:
            single = policies.endpoint
        case _:
            single = policies.resource
    return () if single is None else ((single,),)


def _resource_layer(kind: ResourceKind) -> Layer:
    return Layer.TRUST if kind is ResourceKind.ROLE_TRUST else Layer.RESOURCE
