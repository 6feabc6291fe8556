"""Why a decision is what it is: every layer, policy and statement that was asked, and the first thing in each
statement that did not match, with the values that were compared.

Worked out from the question alone, statement by statement, without the indexes of the fast path.
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from deputize.policy.conditions import Condition, operator_of, takes_variables
from deputize.policy.decide import (
    OUTSIDE,
    OWNED,
    Decision,
    all_powerful,
    levels_of,
    rcps_bind,
    scps_bind,
)
from deputize.policy.document import NEW, Statement
from deputize.policy.evaluate import lacks_resource, ways_of
from deputize.policy.layers import Attached, Layer, Policies, ResourceKind
from deputize.policy.lines import statement_lines
from deputize.policy.request import Request
from deputize.policy.variables import shown


class Verdict(enum.Enum):
    """What a layer says."""

    SILENT = "silent"
    ALLOWS = "allows"
    DENIES = "denies"


ALLOWS, DENIES, SILENT = Verdict.ALLOWS, Verdict.DENIES, Verdict.SILENT
Present = str | tuple[str, ...] | None


class Mismatch(NamedTuple):
    """The first thing in a statement that did not match.

    `element` is the statement's element, `listed` what it lists (of a condition: with variables put in),
    `present` what the request has there; None where it has nothing. `problem` tells what could not be
    evaluated.
    """

    element: str
    listed: tuple[str, ...] = ()
    present: Present = None
    operator: str | None = None
    key: str | None = None
    problem: str | None = None


class StatementTrace(NamedTuple):
    """A statement: whether it applies, and if not, why. `lines` are its first and last line in the text of
    its document, from 1; None where there was no text.
    """

    statement: Statement
    applies: bool
    mismatch: Mismatch | None
    lines: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class PolicyTrace:
    """A policy and its statements."""

    policy: Attached
    statements: tuple[StatementTrace, ...]


@dataclass(frozen=True, slots=True)
class LayerTrace:
    """A layer, or one `level` of an organization's tree (0 is the root). `verdict` is None where the layer
    has no say; `note` tells why.
    """

    layer: Layer
    level: int | None
    verdict: Verdict | None
    note: str
    decides: bool
    policies: tuple[PolicyTrace, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """All layers, in the order in which a Deny of several is told."""

    decision: Decision
    layers: tuple[LayerTrace, ...]


def trace(decision: Decision) -> Trace:
    """The trace of a decision that `decide` made; raises ValueError for another."""
    if decision.asked is None:
        raise ValueError("a decision that was not decided has no trace")
    request, policies, kind = decision.asked
    layers: list[LayerTrace] = []
    for layer in Layer:
        if layer is Layer.ROOT or layer is (
            Layer.RESOURCE if kind is ResourceKind.ROLE_TRUST else Layer.TRUST
        ):
            continue
        layers += _layer(layer, request, policies)
    return Trace(decision, tuple(_deciding(decision, layers)))


def _layer(layer: Layer, request: Request, policies: Policies) -> Iterator[LayerTrace]:
    note = _without_say(layer, request, policies)
    if note is not None:
        yield LayerTrace(layer, None, None, note, False, ())
        return
    in_tree = layer in (Layer.SCP, Layer.RCP)
    for place, level in enumerate(levels_of(layer, policies, request)):
        traced = tuple(_policy(policy, layer, request, policies) for policy in level)
        verdict = _verdict(traced)
        note = ""
        if verdict is SILENT:
            if layer is Layer.RCP:
                verdict, note = ALLOWS, "RCPFullAWSAccess is attached to every level"
            elif layer is Layer.IDENTITY and all_powerful(request.principal):
                verdict, note = ALLOWS, "root needs no policy"
        yield LayerTrace(layer, place if in_tree else None, verdict, note, False, traced)


def _without_say(layer: Layer, request: Request, policies: Policies) -> str | None:
    """Why a layer has no say; None if it has."""
    caller = request.principal
    if layer is Layer.SCP and not scps_bind(caller, policies):
        return "not in an organization" if policies.scps is None else "do not bind this caller"
    if layer is Layer.RCP and not rcps_bind(request, policies):
        return "not in an organization" if policies.rcps is None else "do not bind this request"
    if layer is Layer.IDENTITY and caller.kind in OUTSIDE and not policies.identity:
        return "this caller has none"
    return None if levels_of(layer, policies, request) else "none"


def _verdict(policies: tuple[PolicyTrace, ...]) -> Verdict:
    applying = [one.statement for policy in policies for one in policy.statements if one.applies]
    if any(not one.allow for one in applying):
        return DENIES
    return ALLOWS if applying else SILENT


def _policy(policy: Attached, layer: Layer, request: Request, policies: Policies) -> PolicyTrace:
    lines = statement_lines(policy.document.source)
    bounded = policies.boundary is not None
    traced = []
    for statement in policy.document.statements:
        mismatch = _mismatch(statement, layer, request, bounded, policy.document.version == NEW)
        applies = mismatch is None or (statement.broken is not None and not statement.allow)
        found = lines[statement.index] if statement.index < len(lines) else None
        traced.append(StatementTrace(statement, applies, mismatch, found))
    return PolicyTrace(policy, tuple(traced))


def _mismatch(
    statement: Statement, layer: Layer, request: Request, bounded: bool, variables: bool
) -> Mismatch | None:
    if statement.broken is not None:
        return Mismatch("Statement", problem=statement.broken)
    return (
        _principal_mismatch(statement, layer, request, bounded)
        or _action_mismatch(statement, request)
        or _resource_mismatch(statement, layer, request, variables)
        or next(_condition_mismatches(statement, request, variables), None)
    )


def _principal_mismatch(
    statement: Statement, layer: Layer, request: Request, bounded: bool
) -> Mismatch | None:
    principals = statement.principals
    if layer in OWNED:
        if principals is None or not statement.allow:
            return None
        return Mismatch("Principal", problem="a policy of this kind names no principal")
    if ways_of(statement, request, bounded=bounded, filters=layer is Layer.ENDPOINT):
        return None
    if principals is None:
        return Mismatch("Principal", problem="the statement names nobody")
    element = "NotPrincipal" if principals.negated else "Principal"
    listed = tuple(f"{entry.kind}: {entry.value}" for entry in principals.entries)
    return Mismatch(element, listed, request.principal.arn or "anonymous")


def _action_mismatch(statement: Statement, request: Request) -> Mismatch | None:
    if statement.covers_action(request.action):
        return None
    return Mismatch("NotAction" if statement.not_actions else "Action", statement.actions, request.action)


def _resource_mismatch(
    statement: Statement, layer: Layer, request: Request, variables: bool
) -> Mismatch | None:
    if statement.resources is None:
        trusts = layer in (Layer.RESOURCE, Layer.TRUST)
        if lacks_resource(statement, request.action, trusts=trusts):
            return Mismatch("Resource", problem="the statement names no resource")
        return None
    if statement.covers_resource(request):
        return None
    element = "NotResource" if statement.not_resources else "Resource"
    return Mismatch(element, _shown(statement.resources, request, variables), request.resource)


def _condition_mismatches(statement: Statement, request: Request, variables: bool) -> Iterator[Mismatch]:
    for condition in statement.conditions:
        if not condition.holds(request.context):
            yield _condition_mismatch(condition, request, variables)


def _condition_mismatch(condition: Condition, request: Request, variables: bool) -> Mismatch:
    operator = operator_of(condition.operator)
    unknown = operator.compare is None and not operator.null
    return Mismatch(
        "Condition",
        _shown(condition.values, request, variables and takes_variables(condition)),
        request.context.get(condition.key.lower()),
        condition.operator,
        condition.key,
        "the operator is not known" if unknown else None,
    )


def _shown(texts: tuple[str, ...], request: Request, variables: bool) -> tuple[str, ...]:
    """Listed texts as they are compared."""
    return tuple(shown(text, request.context) for text in texts) if variables else texts


def _deciding(decision: Decision, layers: list[LayerTrace]) -> Iterator[LayerTrace]:
    """The layers, those marked that decide: the first to say what denies, or those that allow."""
    reason = decision.because
    wanted = DENIES if reason is not None and reason.explicit else SILENT
    found = False
    for one in layers:
        if reason is None:
            decides = one.layer in (Layer.IDENTITY, Layer.RESOURCE, Layer.TRUST) and one.verdict is ALLOWS
        else:
            silent_alike = one.verdict is None and wanted is SILENT
            decides = not found and one.layer is reason.layer and (one.verdict is wanted or silent_alike)
            found = found or decides
        yield LayerTrace(one.layer, one.level, one.verdict, one.note, decides, one.policies)
