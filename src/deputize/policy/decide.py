"""The decision over all policies that have a say, in one account and across two (IAM guide, "Policy
evaluation logic").

Any Deny that applies is final. Then somebody must allow: who, depends on whether caller and resource share an
account, and on how directly a resource-based policy names the caller.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from deputize.policy.evaluate import Verdict, denier, named, own
from deputize.policy.layers import Layer, Level, Policies, Reason, ResourceKind
from deputize.policy.principals import ACCOUNT, EVERYONE, NONE, PARENT, ROLE, SERVICE, SESSION, USER
from deputize.policy.request import Principal, Request

if TYPE_CHECKING:
    from deputize.policy.trace import Trace

__all__ = ["Decision", "Layer", "Policies", "Reason", "ResourceKind", "decide", "layer_allows"]

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
# The layers of the resource's side.
OTHER_SIDE = frozenset({Layer.RCP, Layer.RESOURCE, Layer.TRUST})
ALLOWS, DENIES, SILENT = Verdict.ALLOWS, Verdict.DENIES, Verdict.SILENT


@dataclass(slots=True)
class Said:
    """What each kind of policy says; one that is not there, or does not bind the caller, allows. `ways`: how
    the Allows of the resource's policy name the caller.
    """

    scp: Verdict
    rcp: Verdict
    endpoint: Verdict
    resource: Verdict
    ways: int
    identity: Verdict
    boundary: Verdict
    session: Verdict


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
    said = _hear(request, policies)
    asked = (request, policies, resource_kind)
    explicit = _denied(said)
    if not explicit:
        silent = _silence(request, said, resource_kind)
        return Decision(silent is None, None if silent is None else Reason(silent, False), False, asked)
    return Decision(False, _told(request, policies, resource_kind, said), True, asked)


# --- who says what


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
    (Organizations guide, "RCP evaluation").
    """
    if policies.rcps is None or policies.service_linked_role:
        return False
    return not (policies.management_account and same_account(request))


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


def _hear(request: Request, policies: Policies) -> Said:
    caller = request.principal
    bounded = policies.boundary is not None
    endpoint = resource = ALLOWS
    ways = NONE
    if policies.endpoint is not None:
        endpoint, _ = named((policies.endpoint,), request, bounded=bounded, filters=True)
    if policies.resource is not None:
        resource, ways = named((policies.resource,), request, bounded=bounded)
    identity = own(policies.identity, request)
    if identity is SILENT and all_powerful(caller):
        identity = ALLOWS
    session = session_of(caller, policies)
    return Said(
        _scps(policies.scps or (), request) if scps_bind(caller, policies) else ALLOWS,
        _rcps(policies.rcps or (), request, bounded) if rcps_bind(request, policies) else ALLOWS,
        endpoint,
        resource,
        ways,
        identity,
        own((policies.boundary,), request) if policies.boundary is not None else ALLOWS,
        own(session, request) if session is not None else ALLOWS,
    )


def _scps(levels: tuple[Level, ...], request: Request) -> Verdict:
    """Every level must allow, none may deny."""
    verdict = ALLOWS
    for level in levels:
        said = own(level, request)
        if said is DENIES:
            return DENIES
        if said is SILENT:
            verdict = SILENT
    return verdict


def _rcps(levels: tuple[Level, ...], request: Request, bounded: bool) -> Verdict:
    """None may deny. RCPFullAWSAccess is attached at every level and cannot be detached, so all allow."""
    for level in levels:
        if named(level, request, bounded=bounded)[0] is DENIES:
            return DENIES
    return ALLOWS


def _denied(said: Said) -> bool:
    return (
        said.scp is DENIES
        or said.rcp is DENIES
        or said.endpoint is DENIES
        or said.resource is DENIES
        or said.identity is DENIES
        or said.boundary is DENIES
        or said.session is DENIES
    )


# --- whose silence denies


def _silence(request: Request, said: Said, kind: ResourceKind) -> Layer | None:
    """The layer whose Allow is missing; None if all allow whose word is needed."""
    if said.scp is SILENT:
        return Layer.SCP
    if said.endpoint is SILENT:
        return Layer.ENDPOINT
    granted = said.ways
    if request.principal.kind in OUTSIDE:
        return None if granted else _resource_layer(kind)
    same = same_account(request)
    if kind is ResourceKind.ROLE_TRUST:
        return _trust_silence(request, said, same)
    if not same:
        return _own_silence(said) if granted else Layer.RESOURCE
    if granted & SUFFICIENT:
        return None
    if granted & LIMITED:
        return _cap_silence(said)
    if kind is ResourceKind.KEY and not granted & ACCOUNT:
        # A key's policy must give the account before its identity policies count (KMS guide, "Key policies").
        return _own_silence(said) or Layer.RESOURCE
    return _own_silence(said)


def _trust_silence(request: Request, said: Said, same: bool) -> Layer | None:
    """No role is assumed without its trust policy's Allow; one that names a caller of the account directly
    stands in for identity policies, never for boundary and session policy (IAM guide, "How IAM roles differ
    from resource-based policies"). Root assumes no role.
    """
    if request.principal.kind == "root":
        return Layer.ROOT
    direct = said.ways & (SUFFICIENT | LIMITED)
    missing = _cap_silence(said) if same and direct else _own_silence(said)
    return missing or (None if said.ways else Layer.TRUST)


def _own_silence(said: Said) -> Layer | None:
    return Layer.IDENTITY if said.identity is SILENT else _cap_silence(said)


def _cap_silence(said: Said) -> Layer | None:
    if said.boundary is SILENT:
        return Layer.BOUNDARY
    return Layer.SESSION if said.session is SILENT else None


# --- which Deny is told


def _told(request: Request, policies: Policies, kind: ResourceKind, said: Said) -> Reason:
    """The first Deny in the order of the layers. Of another account's trust policy nothing may be told by
    the order of reasons, so the caller's own side speaks first, its silence before the other side's Deny.
    """
    if kind is ResourceKind.ROLE_TRUST and request.principal.kind == "root":
        return Reason(Layer.ROOT, False)
    denials = [
        (Layer.SCP, said.scp),
        (Layer.RCP, said.rcp),
        (Layer.ENDPOINT, said.endpoint),
        (_resource_layer(kind), said.resource),
        (Layer.IDENTITY, said.identity),
        (Layer.BOUNDARY, said.boundary),
        (Layer.SESSION, said.session),
    ]
    denying = [layer for layer, verdict in denials if verdict is DENIES]
    if kind is ResourceKind.ROLE_TRUST and not same_account(request):
        own_side = [layer for layer in denying if layer not in OTHER_SIDE]
        if not own_side and request.principal.kind not in OUTSIDE:
            silent = _own_side_silence(said)
            if silent is not None:
                return Reason(silent, False)
        denying = own_side or denying
    return Reason(denying[0], True, _arn_of_deny(request, policies, denying[0]))


def _arn_of_deny(request: Request, policies: Policies, layer: Layer) -> str | None:
    bounded = policies.boundary is not None
    for level in levels_of(layer, policies, request):
        found = denier(level, request, owned=layer in OWNED, bounded=bounded)
        if found is not None:
            return found.arn
    return None


def _own_side_silence(said: Said) -> Layer | None:
    if said.scp is SILENT:
        return Layer.SCP
    return Layer.ENDPOINT if said.endpoint is SILENT else _own_silence(said)


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


def layer_allows(layer: Layer, request: Request, policies: Policies) -> bool:
    """Whether a policy of that layer allows the request."""
    bounded = policies.boundary is not None
    for level in levels_of(layer, policies, request):
        said = own(level, request) if layer in OWNED else named(level, request, bounded=bounded)[0]
        if said is not ALLOWS:
            return False
    return True


def _resource_layer(kind: ResourceKind) -> Layer:
    return Layer.TRUST if kind is ResourceKind.ROLE_TRUST else Layer.RESOURCE
