"""Elements that hold nothing, and so do nothing."""

from collections.abc import Iterator

from deputize.policy.findings.finding import Found, found
from deputize.policy.findings.statements import Comparison, Policy, Statement

_LISTS = {
    "Action": "EMPTY_ARRAY_ACTION",
    "NotAction": "EMPTY_ARRAY_ACTION",
    "Resource": "EMPTY_ARRAY_RESOURCE",
    "NotResource": "EMPTY_ARRAY_RESOURCE",
}


def check(policy: Policy) -> Iterator[Found]:
    """Empty lists, objects and Sids."""
    for statement in policy.statements:
        for name, code in _LISTS.items():
            node = statement.get(name)
            if node is not None and node.kind == "array" and not node.items:
                yield found(code, f"{name} lists nothing, so the statement does nothing.", node)
        sid = statement.get("Sid")
        if sid is not None and sid.kind == "string" and not sid.text:
            yield found("EMPTY_SID_VALUE", "Give the Sid a value, or leave it out.", sid)
        yield from _principals(statement)
        yield from _conditions(statement)


def _principals(statement: Statement) -> Iterator[Found]:
    for name in ("Principal", "NotPrincipal"):
        node = statement.get(name)
        if node is None or node.kind != "object":
            continue
        if not node.members:
            yield found("EMPTY_OBJECT_PRINCIPAL", f"{name} names nobody.", node)
        for key, value in node.members:
            if value.kind == "array" and not value.items:
                yield found("EMPTY_ARRAY_PRINCIPAL", f"{name} lists nobody under {key.text}.", value)


def _conditions(statement: Statement) -> Iterator[Found]:
    node = statement.get("Condition")
    if node is not None and node.kind == "object":
        for empty in (node, *(value for _, value in node.members)):
            if empty.kind == "object" and not empty.members:
                yield found("EMPTY_OBJECT_CONDITION", "This says nothing: leave it out.", empty)
    for comparison in statement.comparisons:
        if not comparison.values:
            code, effect = _meaning(comparison)
            yield found(code, f"No value is listed, so the condition {effect}.", comparison.value)


def _meaning(comparison: Comparison) -> tuple[str, str]:
    operator = comparison.operator
    if operator.quantifier == "ForAllValues":
        return "EMPTY_ARRAY_CONDITION_FORALLVALUES", "holds where the key is missing; Null says that plainly"
    if operator.quantifier == "ForAnyValue":
        return "EMPTY_ARRAY_CONDITION_FORANYVALUE", "never holds"
    if operator.if_exists:
        return "EMPTY_ARRAY_CONDITION_IFEXISTS", "holds where the key is missing; Null says that plainly"
    return "EMPTY_ARRAY_CONDITION", "compares the key to nothing"
