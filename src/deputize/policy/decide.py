"""The decision over all policies that have a say, in one account and across two (IAM guide, "Policy
evaluation logic").

Any Deny that applies is final. Then somebody must allow: who, depends on whether caller and resource share an
account, and on how directly a resource-based policy names the caller.
"""

import enum
from dataclasses import dataclass

from deputize.policy.evaluate import SILENT, Attached, Matched, Verdict, identity_side, resource_side
from deputize.policy.principals import Ways
from deputize.policy.request import Request


class ResourceKind(enum.Enum):
    """How a resource-based policy combines with identity policies: a role's trust policy must always
    allow.
    """

    ORDINARY = "ordinary"
    ROLE_TRUST = "role trust"


class Layer(enum.Enum):
    """The kinds of policy, in the words in which denials name them."""

    IDENTITY = "identity-based policy"
    RESOURCE = "resource-based policy"
    TRUST = "role trust policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a request was denied: the layer, whether by an explicit Deny, and the ARN of the managed policy
    that denies.
    """

    layer: Layer
    explicit: bool
    policy_arn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The policies with a say. `boundary`, `session`, `resource`: None where there is none; an empty
    `session` allows nothing.
    """

    identity: tuple[Attached, ...]
    boundary: Attached | None = None
    session: tuple[Attached, ...] | None = None
    resource: Attached | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Allowed or not; `because` tells why not. `matched` are the statements that decided: the Deny, or the
    Allows.
    """

    allowed: bool
    because: Reason | None = None
    matched: tuple[Matched, ...] = ()


# A grant that names the caller this way needs no identity policy, no boundary and no session policy in its
# own account;
SUFFICIENT = Ways.USER | Ways.SESSION | Ways.EVERYONE | Ways.SERVICE
# this way, it needs no identity policy, but boundary and session policy limit it.
LIMITED = Ways.ROLE | Ways.PARENT


@dataclass(frozen=True, slots=True)
class _Verdicts:
    """What each pool says. `caps` are boundary and session policy, those that exist."""

    identity: Verdict
    resource: Verdict
    caps: tuple[tuple[Layer, Verdict], ...]
    root: bool

    @property
    def own(self) -> tuple[tuple[Layer, Verdict], ...]:
        return ((Layer.IDENTITY, self.identity), *self.caps)

    @property
    def identity_allows(self) -> bool:
        return self.root or bool(self.identity.allows)


def decide(
    request: Request, policies: Policies, *, resource_kind: ResourceKind = ResourceKind.ORDINARY
) -> Decision:
    """Whether `request` is allowed. Never raises to say no."""
    said = _verdicts(request, policies)
    trust = resource_kind is ResourceKind.ROLE_TRUST
    resource_layer = Layer.TRUST if trust else Layer.RESOURCE
    reason = _explicit(said, resource_layer) or _silence(request, said, resource_layer)
    if reason is None:
        return Decision(True, None, (*said.identity.allows, *said.resource.allows))
    if trust and request.resource_account != request.principal.account:
        reason = _own_side_first(said, reason)
    denies = (said.resource.deny, *(verdict.deny for _, verdict in said.own))
    return Decision(False, reason, tuple(matched for matched in denies if matched is not None))


def _verdicts(request: Request, policies: Policies) -> _Verdicts:
    caps = []
    if policies.boundary is not None:
        caps.append((Layer.BOUNDARY, identity_side((policies.boundary,), request)))
    if policies.session is not None:
        caps.append((Layer.SESSION, identity_side(policies.session, request)))
    bounded = policies.boundary is not None
    resource = SILENT
    if policies.resource is not None:
        resource = resource_side(policies.resource, request, bounded=bounded)
    return _Verdicts(
        identity=identity_side(policies.identity, request),
        resource=resource,
        caps=tuple(caps),
        root=request.principal.kind == "root",
    )


def _explicit(said: _Verdicts, resource_layer: Layer) -> Reason | None:
    """The Deny that is told when several deny; AWS names one and documents no order, so ours is fixed."""
    for layer, verdict in ((resource_layer, said.resource), *said.own):
        if verdict.deny is not None:
            return Reason(layer, True, verdict.deny.policy.arn if layer is not resource_layer else None)
    return None


def _silence(request: Request, said: _Verdicts, resource_layer: Layer) -> Reason | None:
    """Whose silence denies the request; None if all allow whose word is needed."""
    caller = request.principal
    granted = said.resource.ways
    if caller.kind in ("anonymous", "service"):
        return None if granted else Reason(resource_layer, False)
    same_account = request.resource_account is None or request.resource_account == caller.account
    if resource_layer is Layer.TRUST:
        return _trust_silence(said, granted, same_account)
    if not same_account:
        return Reason(resource_layer, False) if not granted else _own_silence(said)
    if granted & SUFFICIENT:
        return None
    return _cap_silence(said) if granted & LIMITED else _own_silence(said)


def _trust_silence(said: _Verdicts, granted: Ways, same_account: bool) -> Reason | None:
    """No role is assumed without its trust policy's Allow; one that names a caller of the account directly
    stands in for identity policies, never for boundary and session policy (IAM guide, "How IAM roles differ
    from resource-based policies").
    """
    named = granted & (SUFFICIENT | LIMITED)
    own = _cap_silence(said) if same_account and named else _own_silence(said)
    return own or (None if granted else Reason(Layer.TRUST, False))


def _own_silence(said: _Verdicts) -> Reason | None:
    return Reason(Layer.IDENTITY, False) if not said.identity_allows else _cap_silence(said)


def _cap_silence(said: _Verdicts) -> Reason | None:
    for layer, verdict in said.caps:
        if not verdict.allows:
            return Reason(layer, False)
    return None


def _own_side_first(said: _Verdicts, reason: Reason) -> Reason:
    """Of another account's trust policy nothing may be told by the order of reasons: the caller's own side
    speaks first.
    """
    for layer, verdict in said.own:
        if verdict.deny is not None:
            return Reason(layer, True, verdict.deny.policy.arn)
    return _own_silence(said) or reason
