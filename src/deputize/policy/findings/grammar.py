"""The grammar: elements, their JSON types, what is missing and what cannot stand together (IAM guide,
"Grammar of the IAM JSON policy language").
"""

from collections.abc import Iterator, Mapping

from deputize.policy.findings.finding import Found, found, shown
from deputize.policy.findings.reader import Kind, Node
from deputize.policy.findings.statements import PAIRED, Policy, PolicyType, Statement
from deputize.policy.findings.text import Text, each, either, says

VERSIONS = ("2012-10-17", "2008-10-17")
_TOP: Mapping[str, tuple[Kind, ...]] = {
    "Version": ("string",),
    "Id": ("string",),
    "Statement": ("object", "array"),
}
_TEXTS: tuple[Kind, ...] = ("string", "array")
_IN_STATEMENT: Mapping[str, tuple[Kind, ...]] = {
    "Sid": ("string",),
    "Effect": ("string",),
    "Principal": ("string", "object"),
    "NotPrincipal": ("string", "object"),
    "Action": _TEXTS,
    "NotAction": _TEXTS,
    "Resource": _TEXTS,
    "NotResource": _TEXTS,
    "Condition": ("object",),
}
_VALUES: tuple[Kind, ...] = ("string", "number", "boolean")
_WORDS: Mapping[Kind, Text] = {
    "string": says("a string"),
    "array": says("a list"),
    "object": says("an object"),
    "number": says("a number"),
    "boolean": says("a boolean"),
    "null": says("null"),
}


def check(policy: Policy) -> Iterator[Found]:
    """Everything that makes a policy's grammar wrong."""
    if policy.node.kind != "object":
        yield _mismatch(policy.node, ("object",))
        return
    yield from _members(policy.node, _TOP)
    yield from _version(policy)
    yield from _statement_list(policy)
    for statement in policy.statements:
        yield from _members(statement.node, _IN_STATEMENT)
        yield from _inside(statement)
        yield from _required(policy, statement)
        yield from _combinations(statement)
        yield from _effect(statement)


def _mismatch(node: Node, kinds: tuple[Kind, ...]) -> Found:
    wanted = either(_WORDS[kind] for kind in kinds)
    mismatch = says("This is {kind}; {wanted} is needed here.", kind=_WORDS[node.kind], wanted=wanted)
    return found("DATA_TYPE_MISMATCH", mismatch, node)


def _members(node: Node, known: Mapping[str, tuple[Kind, ...]]) -> Iterator[Found]:
    for key, value in node.members:
        kinds = known.get(key.text)
        if kinds is None:
            same = next((name for name in known if name.lower() == key.text.lower()), None)
            hints = (says("It is written {word}.", word=same),) if same is not None else ()
            unknown = says("There is no element {element} here.", element=shown(key.text))
            yield found("INVALID_POLICY_ELEMENT", unknown.then(*hints), key)
        elif value.kind not in kinds:
            yield _mismatch(value, kinds)


def _version(policy: Policy) -> Iterator[Found]:
    version = policy.node.get("Version")
    if version is None:
        yield found(
            "MISSING_VERSION",
            says(
                "Name the version: 2012-10-17. Without it, 2008-10-17 holds, which has no policy variables."
            ),
            policy.node,
        )
    elif version.kind == "string" and version.text not in VERSIONS:
        yield found(
            "INVALID_VERSION",
            says(
                "There is no version {version}; there are {versions}.",
                version=shown(version.text),
                versions=each(VERSIONS),
            ),
            version,
        )


def _statement_list(policy: Policy) -> Iterator[Found]:
    node = policy.node.get("Statement")
    if node is None or (node.kind == "array" and not node.items):
        yield found("MISSING_STATEMENT", says("A policy needs at least one statement."), node or policy.node)
    elif node.kind == "array":
        yield from (_mismatch(item, ("object",)) for item in node.items if item.kind != "object")


def _inside(statement: Statement) -> Iterator[Found]:
    """The types of what lists and objects of a statement hold."""
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        yield from _strings(statement.get(name))
    for name in ("Principal", "NotPrincipal"):
        node = statement.get(name)
        for _, value in node.members if node is not None else ():
            if value.kind not in _TEXTS:
                yield _mismatch(value, _TEXTS)
            yield from _strings(value)
    condition = statement.get("Condition")
    for _, keys in condition.members if condition is not None else ():
        if keys.kind != "object":
            yield _mismatch(keys, ("object",))
    for comparison in statement.comparisons:
        for value in comparison.values:
            if value.kind not in _VALUES:
                yield _mismatch(value, _VALUES)


def _strings(node: Node | None) -> Iterator[Found]:
    for item in node.items if node is not None else ():
        if item.kind != "string":
            yield _mismatch(item, ("string",))


def _required(policy: Policy, statement: Statement) -> Iterator[Found]:
    needs = [("MISSING_ACTION", "Action")]
    if not policy.trust:
        needs.append(("MISSING_RESOURCE", "Resource"))
    if policy.type is PolicyType.RESOURCE_POLICY:
        needs.append(("MISSING_PRINCIPAL", "Principal"))
    for code, name in needs:
        if statement.get(name) is None and statement.get(f"Not{name}") is None:
            yield found(
                code,
                says("A statement of this kind needs {element} or Not{element}.", element=name),
                statement.node,
            )
    if statement.get("Effect") is None:
        yield found("MISSING_EFFECT", says("A statement needs an Effect: Allow or Deny."), statement.node)


def _combinations(statement: Statement) -> Iterator[Found]:
    for name in PAIRED:
        other = statement.get(f"Not{name}")
        one = statement.get(name)
        if one is not None and other is not None:
            yield found(
                "UNSUPPORTED_ELEMENT_COMBINATION",
                says("{element} and Not{element} exclude each other: keep one of them.", element=name),
                one,
                other,
            )


def _effect(statement: Statement) -> Iterator[Found]:
    node = statement.get("Effect")
    if node is not None and node.kind == "string" and node.text not in ("Allow", "Deny"):
        yield found(
            "INVALID_EFFECT",
            says("{effect} is no effect: Allow and Deny are, so written.", effect=shown(node.text)),
            node,
        )
