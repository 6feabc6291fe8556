"""What could be left out without a change (IAM guide, "IAM policy validation check reference")."""

from collections.abc import Iterator

from deputize.policy.findings.finding import Found, found, shown
from deputize.policy.findings.patterns import WILD, compiled
from deputize.policy.findings.reader import Node
from deputize.policy.findings.statements import Policy, Statement
from deputize.policy.findings.text import says
from deputize.policy.match import Pattern

# Of a list with more patterns for one service, only so many are compared with each entry.
PATTERNS = 100


def check(policy: Policy) -> Iterator[Found]:
    """Entries that others include, and statements that stand twice."""
    for statement in policy.statements:
        for name, code in (
            ("Action", "REDUNDANT_ACTION"),
            ("NotAction", "REDUNDANT_ACTION"),
            ("Resource", "REDUNDANT_RESOURCE"),
            ("NotResource", "REDUNDANT_RESOURCE"),
        ):
            yield from _included(statement.strings(name), code, fold=name.endswith("Action"))
    yield from _twice(policy)


def _included(nodes: tuple[Node, ...], code: str, *, fold: bool) -> Iterator[Found]:
    """Entries that an earlier equal one, or another pattern, includes. A pattern as text is matched by every
    pattern that includes it, as `*` and `?` are characters like others to a wider `*`.
    """
    texts = [node.text.lower() if fold else node.text for node in nodes]
    wide: dict[str, list[tuple[int, Pattern]]] = {}
    for index, text in enumerate(texts):
        if set(text) & WILD and len(wide.setdefault(_group(text), [])) < PATTERNS:
            wide[_group(text)].append((index, compiled(text)))
    first: dict[str, int] = {}
    for index, (node, text) in enumerate(zip(nodes, texts, strict=True)):
        wider = first.setdefault(text, index)
        if wider == index:
            candidates = (*wide.get("*", ()), *wide.get(_group(text), ()))
            wider = next((one for one, form in candidates if _includes(texts[one], form, text)), index)
        if wider != index:
            yield found(
                code,
                says("{wider} includes {entry}.", wider=shown(nodes[wider].text), entry=shown(node.text)),
                node,
                nodes[wider],
            )


def _group(text: str) -> str:
    """The service of an action or an ARN: only patterns of one service are compared, and those of all."""
    head, colon, rest = text.partition(":")
    service = rest.split(":", 2)[1:2] if head == "arn" else [head]
    return service[0] if colon and service and not set(service[0]) & WILD else "*"


def _includes(wider: str, form: Pattern, text: str) -> bool:
    """Whether a pattern includes another one. A `?` may have stood for a `*`, which is more than one
    character.
    """
    return wider != text and form.matches(text) and not ("?" in wider and "*" in text)


def _twice(policy: Policy) -> Iterator[Found]:
    """Statements that say the same, whatever they are called and in whatever order."""
    first: dict[object, Statement] = {}
    for statement in policy.statements:
        known = first.setdefault(_meaning(statement.node, top=True), statement)
        if known is not statement:
            yield found(
                "REDUNDANT_STATEMENT", says("Another statement says the same."), statement.node, known.node
            )


def _meaning(node: Node, *, top: bool = False) -> object:
    """A statement without its Sid, members and lists in one order, single values as lists of one."""
    if node.kind == "object":
        members = {
            member.key.text: _meaning(member.value)
            for member in node.members
            if not (top and member.key.text == "Sid")
        }
        return frozenset(members.items())
    items = node.items if node.kind == "array" else (node,)
    return frozenset(
        (item.kind, item.text) if item.kind not in ("object", "array") else ("nested", _meaning(item))
        for item in items
    )
