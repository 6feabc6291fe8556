"""Policy variables: `${key}`, `${key, 'default'}` (IAM guide, "IAM policy elements: Variables and tags")."""

import re
from collections.abc import Iterator

from deputize.policy.findings.finding import Found, found, shown
from deputize.policy.findings.reader import Node
from deputize.policy.findings.statements import Policy, Statement, strings
from deputize.policy.findings.text import Text, says

_VARIABLE = re.compile(r"\$\{([^}]*)(\}?)")
_ESCAPES = ("*", "?", "$")
_DEFAULT = re.compile(r"'[^']*'")
# Elements in which nothing is substituted.
_PLAIN = ("Action", "NotAction", "Principal", "NotPrincipal", "Effect", "Sid")


def check(policy: Policy) -> Iterator[Found]:
    """Variables that are written wrongly, or stand where none is substituted."""
    for statement in policy.statements:
        for name in _PLAIN:
            for node in _texts(statement, name):
                yield from _unsupported(node, name)
        for name in ("Resource", "NotResource"):
            for node in statement.strings(name):
                yield from _written(policy, node)
        for comparison in statement.comparisons:
            for node in comparison.strings:
                kind = comparison.operator.type
                if "${" in node.text and kind not in ("String", "ARN", None):
                    yield found(
                        "INVALID_VARIABLE_FOR_OPERATOR",
                        says(
                            "{operator} substitutes no variable; string and ARN operators do.",
                            operator=comparison.operator.base,
                        ),
                        node,
                    )
                else:
                    yield from _written(policy, node)


def _texts(statement: Statement, name: str) -> Iterator[Node]:
    node = statement.get(name)
    yield from strings(node)
    for _, value in node.members if node is not None else ():
        yield from strings(value)


def _unsupported(node: Node, name: str) -> Iterator[Found]:
    for match in _VARIABLE.finditer(node.text):
        yield found(
            "VARIABLE_UNSUPPORTED_IN_ELEMENT",
            says(
                "{element} substitutes no variable: {variable} stays as it is.",
                element=name,
                variable=shown(match[0]),
            ),
            node,
            substring=(match.start(), match.end() - match.start()),
        )


def _written(policy: Policy, node: Node) -> Iterator[Found]:
    matches = list(_VARIABLE.finditer(node.text))
    if matches and not policy.variables:
        yield found(
            "VARIABLE_UNSUPPORTED_IN_VERSION",
            says("Only version 2012-10-17 substitutes variables: here this is plain text."),
            node,
        )
    for match in matches:
        for code, details in _wrong(match[1], closed=bool(match[2])):
            yield found(code, details, node, substring=(match.start(), match.end() - match.start()))


def _wrong(content: str, *, closed: bool) -> Iterator[tuple[str, Text]]:
    if not closed:
        yield "MISSING_BRACE_IN_VARIABLE", says("A closing brace is missing.")
        return
    if content in _ESCAPES:
        return
    key, comma, default = content.partition(",")
    if not key.strip():
        yield "EMPTY_VARIABLE", says("The variable names no condition key.")
    elif any(one.isspace() for one in key):
        yield "UNSUPPORTED_SPACE_IN_VARIABLE", says("A variable's name holds no blanks.")
    if comma and not _DEFAULT.fullmatch(default.strip()):
        yield (
            "MISSING_QUOTE_IN_VARIABLE",
            says("A default value stands in single quotes: ${{key, 'value'}}."),
        )
