"""Why a decision is what it is: every layer, policy and statement that was asked, and the first thing in each
statement that did not match, with the values that were compared.

Worked out from the question alone, statement by statement, without the indexes of the fast path. What each
layer says is known at once; why a statement did not match is worked out when a policy's statements are read.
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from deputize.policy.conditions import Condition, operator_of, takes_variables
from deputize.policy.decide import (
    OUTSIDE,
    OWNED,
    Decision,
    all_powerful,
    levels_of,
    needs_no_permission,
    rcps_bind,
    resource_policy_binds,
    same_account,
    scps_bind,
)
from deputize.policy.document import NEW, Statement
from deputize.policy.evaluate import lacks_resource, ways_of
from deputize.policy.layers import Attached, Layer, Policies, ResourceKind
from deputize.policy.lines import statement_lines
from deputize.policy.principals import ACCOUNT, NONE, listed
from deputize.policy.request import Request
from deputize.policy.variables import shown


class Verdict(enum.Enum):
    """What a layer says."""

    SILENT = "silent"
    ALLOWS = "allows"
    DENIES = "denies"


# The layers in which a policy names whom it lets in.
NAMING = (Layer.RESOURCE, Layer.TRUST)
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


class PolicyTrace:
    """A policy, and those of its statements that apply (`applying`)."""

    def __init__(self, policy: Attached, asked: "_Asked") -> None:
        self.policy = policy
        self.applying = tuple(one for one in policy.document.statements if asked.applies(one))
        self._asked = asked

    @cached_property
    def statements(self) -> tuple[StatementTrace, ...]:
        """Every statement of the policy, and why those that do not apply do not."""
        lines = statement_lines(self.policy.document.source)
        variables = self.policy.document.version == NEW
        applying = {one.index for one in self.applying}
        traced = []
        for one in self.policy.document.statements:
            applies = one.index in applying
            why = None if applies and one.broken is None else self._asked.mismatch(one, variables)
            found = lines[one.index] if one.index < len(lines) else None
            traced.append(StatementTrace(one, applies, why, found))
        return tuple(traced)


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
    asked = _Asked(layer, request, bounded=policies.boundary is not None)
    for place, level in enumerate(levels_of(layer, policies, request)):
        traced = tuple(PolicyTrace(policy, asked) for policy in level)
        verdict = _verdict(traced)
        note = _remark(request, traced, bounded=policies.boundary is not None) if layer in NAMING else ""
        if verdict is SILENT:
            if layer is Layer.RCP:
                verdict, note = ALLOWS, "RCPFullAWSAccess is attached to every level"
            elif layer is Layer.IDENTITY and all_powerful(request.principal):
                verdict, note = ALLOWS, "root needs no policy"
        yield LayerTrace(layer, place if in_tree else None, verdict, note, False, traced)


def _remark(request: Request, traced: tuple[PolicyTrace, ...], *, bounded: bool) -> str:
    """What is to be known of the statements of a resource's policy that apply: why a NotPrincipal that lists
    the caller denies, or that they name the caller's account alone, which allows nothing there.
    """
    caller = request.principal
    applying = [one for policy in traced for one in policy.applying]
    for one in applying:
        if not one.allow and one.principals is not None and one.principals.negated:
            found = one.principals.ways(caller)
            if found and listed(found, caller):
                return "NotPrincipal spares nobody who has a permissions boundary"
            if found:
                return "NotPrincipal spares those alone whom it lists at every level, from the account down"
    if caller.kind == "root" or not same_account(request) or any(not one.allow for one in applying):
        return ""
    ways = {ways_of(one, request, bounded=bounded, filters=False) for one in applying}
    return "names the account alone: its own policies decide" if ways == {ACCOUNT} else ""


def _without_say(layer: Layer, request: Request, policies: Policies) -> str | None:
    """Why a layer has no say; None if it has."""
    caller = request.principal
    if needs_no_permission(request):
        return f"{request.action} needs no permission"
    if layer is Layer.SCP and not scps_bind(caller, policies):
        return "not in an organization" if policies.scps is None else "do not bind this caller"
    if layer is Layer.RCP and not rcps_bind(request, policies):
        return "not in an organization" if policies.rcps is None else "do not bind this request"
    if layer is Layer.RESOURCE and policies.resource is not None and not resource_policy_binds(request):
        return "does not bind the root user here"
    if layer is Layer.IDENTITY and caller.kind in OUTSIDE and not policies.identity:
        return "this caller has none"
    return None if levels_of(layer, policies, request) else "none"


def _verdict(policies: tuple[PolicyTrace, ...]) -> Verdict:
    applying = [statement for policy in policies for statement in policy.applying]
    if any(not one.allow for one in applying):
        return DENIES
    return ALLOWS if applying else SILENT


class _Asked:
    """What the statements of one layer are asked; `bounded`: the caller has a permissions boundary."""

    def __init__(self, layer: Layer, request: Request, *, bounded: bool) -> None:
        self.request = request
        self._bounded = bounded
        self._owned = layer in OWNED
        self._filters = layer is Layer.ENDPOINT
        self._trusts = layer in (Layer.RESOURCE, Layer.TRUST)

    def applies(self, statement: Statement) -> bool:
        """Whether the statement applies; one that is not understood does if it says Deny."""
        if statement.broken is not None:
            return not statement.allow
        request = self.request
        return (
            statement.covers_action(request.action)
            and statement.covers_resource(request)
            and not self._lacks_resource(statement)
            and self._names_caller(statement)
            and statement.conditions_hold(request)
        )

    def mismatch(self, statement: Statement, variables: bool) -> Mismatch:
        """The first thing that does not match of a statement that does not apply, or is not understood. With
        `variables`, they are put into what is listed.
        """
        request = self.request
        if statement.broken is not None:
            return Mismatch("Statement", problem=statement.broken)
        if not self._names_caller(statement):
            return self._stranger(statement)
        if not statement.covers_action(request.action):
            element = "NotAction" if statement.not_actions else "Action"
            return Mismatch(element, statement.actions, request.action)
        if self._lacks_resource(statement):
            return Mismatch("Resource", problem="the statement names no resource")
        if statement.resources is not None and not statement.covers_resource(request):
            element = "NotResource" if statement.not_resources else "Resource"
            return Mismatch(element, self._shown(statement.resources, variables), request.resource)
        conditions = statement.conditions
        return self._unfulfilled(next(one for one in conditions if not one.holds(request.context)), variables)

    def _names_caller(self, statement: Statement) -> bool:
        if self._owned:
            return statement.principals is None or not statement.allow
        return ways_of(statement, self.request, bounded=self._bounded, filters=self._filters) != NONE

    def _lacks_resource(self, statement: Statement) -> bool:
        return statement.resources is None and lacks_resource(
            statement, self.request.action, trusts=self._trusts
        )

    def _stranger(self, statement: Statement) -> Mismatch:
        principals = statement.principals
        if principals is None:
            return Mismatch("Principal", problem="the statement names nobody")
        if self._owned:
            return Mismatch("Principal", problem="a policy of this kind names no principal")
        element = "NotPrincipal" if principals.negated else "Principal"
        listed = tuple(f"{entry.kind}: {entry.value}" for entry in principals.entries)
        return Mismatch(element, listed, self.request.principal.arn or "anonymous")

    def _unfulfilled(self, condition: Condition, variables: bool) -> Mismatch:
        operator = operator_of(condition.operator)
        unknown = operator.compare is None and not operator.null
        return Mismatch(
            "Condition",
            self._shown(condition.values, variables and takes_variables(condition)),
            self.request.context.get(condition.key.lower()),
            condition.operator,
            condition.key,
            "the operator is not known" if unknown else None,
        )

    def _shown(self, texts: tuple[str, ...], variables: bool) -> tuple[str, ...]:
        """Listed texts as they are compared."""
        context = self.request.context
        return tuple([shown(text, context) for text in texts]) if variables else texts


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
