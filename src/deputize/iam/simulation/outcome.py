"""One action on one resource: the question put to the engine, and what is told of its decision."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, cast

from deputize.domain import principals
from deputize.domain.roles import role_by_arn
from deputize.gateway.call import Call
from deputize.gateway.facts import Context, moment, tag_keys
from deputize.gateway.managed_policies import policy_by_arn
from deputize.iam.named import tags_of
from deputize.iam.policy_records import AWS_OWNER
from deputize.iam.policy_records import tags_of as tags_of_policy
from deputize.iam.simulation import inputs
from deputize.iam.simulation.context_keys import keys_of
from deputize.iam.simulation.positions import Position, statement_positions
from deputize.iam.simulation.subject import Subject, find
from deputize.policy.arn import Arn
from deputize.policy.decide import Decision, decide
from deputize.policy.document import Document, parse
from deputize.policy.layers import ASSUMING, Attached, Layer, Policies, ResourceKind
from deputize.policy.request import Request
from deputize.policy.trace import LayerTrace, Verdict
from deputize.store.api import Snapshot

WORDS = {Verdict.ALLOWS: "allowed", Verdict.DENIES: "explicitDeny", Verdict.SILENT: "implicitDeny"}
RESOURCE_SIDE = (Layer.RESOURCE, Layer.TRUST)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a simulation takes to be so: its subject, the condition keys that were given, the owner of
    resources whose ARN names none. `records` are there to find roles and tags in the account that simulates;
    None where nothing but the request counts.
    """

    subject: Subject
    given: Context
    owner: str
    records: Snapshot | None


class Matched(NamedTuple):
    """A statement that decides: the policy's name, of which kind it is, and where the statement stands."""

    policy: str
    kind: str
    begin: Position
    end: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`by_boundary` and `by_organization`: whether these allow, None where there are none. `details` says
    what each kind of policy decides, where two accounts meet. `missing` are the keys that a role's own trust
    policy asks for and that are not known.
    """

    resource: str
    word: str
    matched: tuple[Matched, ...]
    missing: tuple[str, ...]
    details: Mapping[str, str]
    by_boundary: bool | None
    by_organization: bool | None


def outcome(world: World, call: Call, action: str, resource: str) -> Outcome:
    """What `action` on `resource` would get."""
    decision = _decided(world, call, action, resource)
    layers = decision.trace().layers
    crosses = _owner(world, resource) not in (None, world.subject.principal.account)
    by_organization = _allowed(layers, Layer.SCP)
    return Outcome(
        resource=resource,
        word=decision.word,
        matched=tuple(_matched(decision, layers)),
        missing=tuple(_missing(world, decision)),
        details=_details(layers) if crosses and by_organization is not False else {},
        by_boundary=_allowed(layers, Layer.BOUNDARY),
        by_organization=by_organization,
    )


def _decided(world: World, call: Call, action: str, resource: str) -> Decision:
    subject = world.subject
    policy, kind = _resource_policy(world, call, action, resource)
    request = Request(
        principal=subject.principal,
        action=action,
        resource=resource,
        resource_account=_owner(world, resource),
        context={**_keys(world, call, action, resource), **world.given},
    )
    return decide(request, dataclasses.replace(subject.policies, resource=policy), resource_kind=kind)


def _owner(world: World, resource: str) -> str | None:
    """The account of a resource; None where that is the caller's own. AWS's policies count as everybody's."""
    if resource == inputs.EVERYTHING:
        return None
    arn = Arn.parse(resource)
    if arn is None or arn.account in ("", AWS_OWNER):
        return world.owner
    return arn.account


def _ours(world: World, call: Call, resource: str) -> bool:
    """Whether the resource is of the account that simulates: whoever is simulated, of no other is anything
    read.
    """
    return world.records is not None and _owner(world, resource) == call.account


def _resource_policy(
    world: World, call: Call, action: str, resource: str
) -> tuple[Attached | None, ResourceKind]:
    """The policy that was given, or the trust policy of the account's own role, which must be there to be
    assumed. Of other roles nothing is known.
    """
    given = world.subject.policies.resource
    kind = _kind(action, resource)
    if given is not None:
        return given, kind
    if kind is not ResourceKind.ROLE_TRUST or world.records is None or not _ours(world, call, resource):
        return None, ResourceKind.ORDINARY
    role = role_by_arn(world.records, resource)
    if role is None:
        return None, ResourceKind.ROLE_TRUST
    shown = _as_shown(role.trust, principals.shown(world.records, role.trust))
    return Attached(shown, inputs.RESOURCE, role.name, None, role.arn), ResourceKind.ROLE_TRUST


@lru_cache(maxsize=1024)
def _as_shown(stored: str, shown: str) -> Document:
    """A trust policy as it is stored, with the text that is told of it; kept, since the engine keeps what it
    makes of each document.
    """
    return dataclasses.replace(parse(stored), source=shown)


def _kind(action: str, resource: str) -> ResourceKind:
    """How the resource's policy counts, if it is known."""
    arn = Arn.parse(resource)
    if arn is None:
        return ResourceKind.ORDINARY
    if arn.service == "iam" and arn.resource.startswith("role/") and action.lower() in ASSUMING:
        return ResourceKind.ROLE_TRUST
    return (
        ResourceKind.KEY
        if arn.service == "kms" and arn.resource.startswith("key/")
        else ResourceKind.ORDINARY
    )


def _keys(world: World, call: Call, action: str, resource: str) -> Context:
    """What enforcement would know without being told."""
    keys: Context = {
        **world.subject.known,
        **resource_accounts(_owner(world, resource) or world.owner, action),
    }
    if world.records is None:
        return keys
    keys |= {"aws:currenttime": moment(call.now), "aws:epochtime": str(call.time)}
    if _ours(world, call, resource):
        service = action.lower().partition(":")[0]
        keys |= tag_keys(service, resource, _tags(world.records, call, resource))
    return keys


def resource_accounts(owner: str, action: str) -> Context:
    """The keys that say whose a resource is."""
    keys: Context = {"aws:resourceaccount": owner}
    return {**keys, "s3:resourceaccount": owner} if action.lower().startswith("s3:") else keys


def _tags(db: Snapshot, call: Call, resource: str) -> Mapping[str, str]:
    return tags_of(find(db, resource)) or tags_of_policy(policy_by_arn(db, resource, call.partition))


# --- what is told


def _allowed(layers: tuple[LayerTrace, ...], wanted: Layer) -> bool | None:
    """Whether every level of a layer allows; None where the layer has no say."""
    verdicts = [one.verdict for one in layers if one.layer is wanted and one.verdict is not None]
    return all(verdict is Verdict.ALLOWS for verdict in verdicts) if verdicts else None


def _missing(world: World, decision: Decision) -> Iterator[str]:
    request, policies, _ = cast("tuple[Request, Policies, ResourceKind]", decision.asked)
    if policies.resource is not None and policies.resource is not world.subject.policies.resource:
        for key in keys_of([policies.resource.document]):
            if key.lower() not in request.context:
                yield key


def _matched(decision: Decision, layers: tuple[LayerTrace, ...]) -> Iterator[Matched]:
    """The statements of identity and resource policies that decide: the Denies, else the Allows."""
    if decision.word == "implicitDeny":
        return
    for layer in layers:
        if layer.layer is not Layer.IDENTITY and layer.layer not in RESOURCE_SIDE:
            continue
        for policy in layer.policies:
            for one in policy.statements:
                if one.applies and one.statement.allow is decision.allowed:
                    yield _statement(policy.policy, one.statement.index)


def _statement(policy: Attached, index: int) -> Matched:
    begin, end = statement_positions(policy.document.source or "")[index]
    # The kinds as AWS answers them; its model lists other words.
    kind = "Resource Policy" if policy.kind == inputs.RESOURCE else "IAM Policy"
    return Matched(policy.name, kind, begin, end)


def _details(layers: tuple[LayerTrace, ...]) -> Mapping[str, str]:
    """What each kind of policy says."""
    found: dict[str, str] = {}
    for layer in layers:
        verdict = Verdict.SILENT if layer.verdict is None else layer.verdict
        if layer.layer is Layer.IDENTITY:
            found["IAM Policy"] = WORDS[verdict]
        elif layer.layer in RESOURCE_SIDE:
            found["Resource Policy"] = WORDS[verdict]
        elif layer.layer is Layer.BOUNDARY and layer.verdict is not None:
            found["Permissions Boundary Policy"] = WORDS[verdict]
    return found
