"""A trace for programs and for people: as JSON, and as text of at most some 100 columns."""

from collections.abc import Iterator
from typing import Any

from deputize.policy.conditions import operator_of
from deputize.policy.explain import because
from deputize.policy.layers import Layer
from deputize.policy.trace import LayerTrace, Mismatch, PolicyTrace, StatementTrace, Trace, Verdict

NAMES = {
    Layer.SCP: "service control policies",
    Layer.RCP: "resource control policies",
    Layer.ENDPOINT: "endpoint policy",
    Layer.RESOURCE: "resource policy",
    Layer.TRUST: "trust policy",
    Layer.IDENTITY: "identity policies",
    Layer.BOUNDARY: "permissions boundary",
    Layer.SESSION: "session policies",
}
WORDS = {"allowed": "ALLOWED", "implicitDeny": "DENIED", "explicitDeny": "DENIED"}
_VERDICTS = {Verdict.ALLOWS: "ALLOW", Verdict.DENIES: "DENY", Verdict.SILENT: "SILENT"}
# How many values of a list are shown to people.
SHOWN = 4


def as_json(trace: Trace) -> list[dict[str, Any]]:
    """The layers as JSON values: what each said, its policies, and of each statement whether it applies, and
    otherwise the first thing that did not match.
    """
    return [_layer(layer) for layer in trace.layers]


def _layer(layer: LayerTrace) -> dict[str, Any]:
    made: dict[str, Any] = {"layer": NAMES[layer.layer]}
    if layer.level is not None:
        made["level"] = layer.level
    made["verdict"] = "absent" if layer.verdict is None else layer.verdict.value
    if layer.note:
        made["note"] = layer.note
    made["decides"] = layer.decides
    made["policies"] = [_policy(policy) for policy in layer.policies]
    return made


def _policy(policy: PolicyTrace) -> dict[str, Any]:
    attached = policy.policy
    made: dict[str, Any] = {"name": attached.name, "type": attached.kind}
    if attached.arn is not None:
        made["arn"] = attached.arn
    if attached.entity is not None:
        made["entity"] = attached.entity
    made["statements"] = [_statement(one) for one in policy.statements]
    return made


def _statement(traced: StatementTrace) -> dict[str, Any]:
    statement = traced.statement
    made: dict[str, Any] = {"index": statement.index}
    if statement.sid is not None:
        made["sid"] = statement.sid
    if traced.lines is not None:
        made["lines"] = list(traced.lines)
    made["effect"] = "Allow" if statement.allow else "Deny"
    made["matched"] = traced.applies
    if traced.mismatch is not None:
        made["mismatch"] = _mismatch(traced.mismatch)
    return made


def _mismatch(mismatch: Mismatch) -> dict[str, Any]:
    made: dict[str, Any] = {"element": mismatch.element}
    if mismatch.operator is not None:
        made |= {"operator": mismatch.operator, "key": mismatch.key}
    if mismatch.problem is not None:
        made["problem"] = mismatch.problem
    if mismatch.problem is None or mismatch.operator is not None:
        present = mismatch.present
        made["listed"] = list(mismatch.listed)
        made["present"] = list(present) if isinstance(present, tuple) else present
    made["words"] = words(mismatch)
    return made


def as_text(trace: Trace) -> str:
    """The decision for a person: what was asked, why it was so decided, and a line for each layer."""
    asked = trace.decision.asked
    if asked is None:
        raise ValueError("a decision that was not decided has no text")
    request = asked[0]
    head = [
        f"{WORDS[trace.decision.word]}  {request.action} on {request.resource}",
        f"by       {request.principal.arn or 'anonymous'}",
        "",
        f"why      {because(trace.decision).removeprefix('because ')}",
        "",
    ]
    return "\n".join([*head, *(line for layer in trace.layers for line in _lines(layer))])


def _lines(layer: LayerTrace) -> Iterator[str]:
    name = NAMES[layer.layer] + ("" if layer.level is None else f" {layer.level + 1}")
    verdict = "-" if layer.verdict is None else _VERDICTS[layer.verdict]
    mark = "  <- decided here" if layer.decides else ""
    told = [*_told(layer), *([layer.note] if layer.note else [])] or ["no statement"]
    yield f"  {name:<27} {verdict:<7} {told[0]}{mark}"
    for line in told[1:]:
        yield f"  {'':<35} {line}"


def _told(layer: LayerTrace) -> Iterator[str]:
    """Of a layer that allows or denies the statements that do; of a silent one why each does not."""
    if layer.verdict is None:
        return
    for policy in layer.policies:
        for one in policy.statements:
            wanted = one.applies and one.statement.allow is (layer.verdict is Verdict.ALLOWS)
            if layer.verdict is Verdict.SILENT or wanted:
                yield f"{policy.policy.name}, {_where(one)}{_why(one)}"


def _where(one: StatementTrace) -> str:
    sid = f" ({one.statement.sid})" if one.statement.sid else ""
    if one.lines is None:
        return f"statement {one.statement.index + 1}{sid}"
    first, last = one.lines
    lines = f"line {first}" if first == last else f"lines {first}-{last}"
    return f"statement {one.statement.index + 1}{sid}, {lines}"


def _why(one: StatementTrace) -> str:
    return "" if one.mismatch is None else f": {words(one.mismatch)}"


def words(mismatch: Mismatch) -> str:
    """A mismatch in a sentence."""
    if mismatch.problem is not None:
        subject = f"{mismatch.operator} {mismatch.key}" if mismatch.operator else mismatch.element
        return f"{subject} cannot be evaluated: {mismatch.problem}"
    listed = _list(mismatch.listed)
    if mismatch.element == "Condition":
        present = mismatch.present
        if present is None or present == ():
            found = "the request has no such key"
        elif isinstance(present, tuple):
            found = f"the request has [{_list(present)}]{_uncompared(mismatch)}"
        else:
            found = f"the request has {present!r}"
        return f"Condition {mismatch.operator} {mismatch.key} {listed}: {found}"
    verb = "excludes" if mismatch.element.startswith("Not") else "does not cover"
    return f"{mismatch.element} {listed} {verb} {mismatch.present}"


def _uncompared(mismatch: Mismatch) -> str:
    """Of an operator for single values, that it never holds for several."""
    operator = operator_of(mismatch.operator or "")
    compares = operator.quantifier or operator.null
    return "" if compares else ", a set, which only ForAllValues and ForAnyValue compare"


def _list(values: tuple[str, ...]) -> str:
    more = f" and {len(values) - SHOWN} more" if len(values) > SHOWN else ""
    return ", ".join(values[:SHOWN]) + more if values else "(empty)"
