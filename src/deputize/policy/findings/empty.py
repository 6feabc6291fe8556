"""Elements that hold nothing, and so do nothing."""

from collections.abc import Iterator

from deputize.policy.findings.finding import Found, found, shown
from deputize.policy.findings.statements import Comparison, Policy, Statement
from deputize.policy.findings.text import Text, says

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
                yield found(
                    code, says("{element} lists nothing, so the statement does nothing.", element=name), node
                )
        sid = statement.get("Sid")
        if sid is not None and sid.kind == "string" and not sid.text:
            yield found("EMPTY_SID_VALUE", says("Give the Sid a value, or leave it out."), sid)
        yield from _principals(statement)
        yield from _conditions(statement)


def _principals(statement: Statement) -> Iterator[Found]:
    for name in ("Principal", "NotPrincipal"):
        node = statement.get(name)
        if node is None or node.kind != "object":
            continue
        if not node.members:
            yield found("EMPTY_OBJECT_PRINCIPAL", says("{element} names nobody.", element=name), node)
        for key, value in node.members:
            if value.kind == "array" and not value.items:
                yield found(
                    "EMPTY_ARRAY_PRINCIPAL",
                    says("{element} lists nobody under {kind}.", element=name, kind=shown(key.text)),
                    value,
                )


def _conditions(statement: Statement) -> Iterator[Found]:
    node = statement.get("Condition")
    if node is not None and node.kind == "object":
        for empty in (node, *(value for _, value in node.members)):
            if empty.kind == "object" and not empty.members:
                yield found("EMPTY_OBJECT_CONDITION", says("This says nothing: leave it out."), empty)
    for comparison in statement.comparisons:
        if not comparison.values:
            code, meaning = _meaning(comparison)
            yield found(code, meaning, comparison.value)


def _meaning(comparison: Comparison) -> tuple[str, Text]:
    operator = comparison.operator
    where_missing = says(
        "No value is listed, so the condition holds where the key is missing; Null says that plainly."
    )
    if operator.quantifier == "ForAllValues":
        return "EMPTY_ARRAY_CONDITION_FORALLVALUES", where_missing
    if operator.quantifier == "ForAnyValue":
        never = says("No value is listed, so the condition never holds.")
        return "EMPTY_ARRAY_CONDITION_FORANYVALUE", never
    if operator.if_exists:
        return "EMPTY_ARRAY_CONDITION_IFEXISTS", where_missing
    return "EMPTY_ARRAY_CONDITION", says("No value is listed, so the condition compares the key to nothing.")
