"""Condition operators and keys: do they exist, and do they go together? (IAM guide, "Condition operators",
"AWS global condition context keys".)
"""

import re
from collections.abc import Iterator, Mapping

from deputize.policy.findings import knowledge
from deputize.policy.findings.finding import Found, found, shown
from deputize.policy.findings.global_keys import CHOSEN_BY_CALLER, DEPRECATED, SECONDS
from deputize.policy.findings.knowledge import GLOBAL_KEYS
from deputize.policy.findings.operators import TYPES
from deputize.policy.findings.reader import Node
from deputize.policy.findings.statements import BUCKET, Comparison, Policy, Statement
from deputize.policy.findings.text import either, says

_KEY = re.compile(r"[^\s:]+:[^\s]+")
# A private address means something only together with the network that it is in.
_PAIRS: Mapping[str, tuple[str, ...]] = {
    "aws:vpcsourceip": ("aws:sourcevpc", "aws:sourcevpce"),
    "aws:ec2instancesourceprivateipv4": ("aws:ec2instancesourcevpc",),
}
# Keys that say of the resource what is already known where its own policy stands.
_IRRELEVANT: Mapping[str | None, frozenset[str]] = {
    BUCKET: frozenset({"s3:resourceaccount", "aws:resourceaccount", "aws:resourceorgid"})
}


def check(policy: Policy) -> Iterator[Found]:
    """Operators and keys, one by one and together."""
    for statement in policy.statements:
        yield from _operators(statement)
        yield from _same_keys(statement)
        yield from _pairs(statement)
        for comparison in statement.comparisons:
            yield from _key(comparison)
            yield from _trustworthy(statement, comparison)
            if comparison.key in _IRRELEVANT.get(policy.resource_type, frozenset()):
                yield found(
                    "IRRELEVANT_CONDITION_KEY_IN_POLICY",
                    says(
                        "In a bucket's own policy {key} is always the bucket's.",
                        key=shown(comparison.key_node.text),
                    ),
                    comparison.key_node,
                )


def _operators(statement: Statement) -> Iterator[Found]:
    seen: set[Node] = set()
    for comparison in statement.comparisons:
        operator, node = comparison.operator, comparison.operator_node
        if node in seen:
            continue
        seen.add(node)
        if operator.type is None:
            same = next((name for name in TYPES if name.lower() == operator.base.lower()), None)
            hints = (says("It is written {word}.", word=same),) if same is not None else ()
            unknown = says("There is no operator {operator}.", operator=shown(operator.name))
            yield found("INVALID_CONDITION_OPERATOR", unknown.then(*hints), node)
        elif operator.null and operator.if_exists:
            yield found(
                "NULL_WITH_IF_EXISTS",
                says("Null asks whether the key exists: IfExists cannot be added."),
                node,
            )
        elif operator.null and operator.quantifier:
            yield found(
                "NULL_WITH_QUALIFIER",
                says(
                    "Null asks about the key as a whole: {quantifier} is no help.",
                    quantifier=operator.quantifier,
                ),
                node,
            )


def _same_keys(statement: Statement) -> Iterator[Found]:
    """Keys compare ignoring case: one of two would be lost."""
    first: dict[tuple[Node, str], Node] = {}
    for comparison in statement.comparisons:
        place = comparison.operator_node, comparison.key
        known = first.setdefault(place, comparison.key_node)
        if known is not comparison.key_node and known.text != comparison.key_node.text:
            yield found(
                "DUPLICATE_KEYS_WITH_DIFFERENT_CASE",
                says(
                    "{other} and {key} are one key: join their values.",
                    other=shown(known.text),
                    key=shown(comparison.key_node.text),
                ),
                comparison.key_node,
                known,
            )


def _pairs(statement: Statement) -> Iterator[Found]:
    for comparison in statement.comparisons:
        partners = _PAIRS.get(comparison.key, ())
        if partners and not statement.keys & set(partners):
            yield found(
                "MISSING_PAIRED_CONDITION_KEYS",
                says(
                    "Every network may have such an address: compare {keys} as well.", keys=either(partners)
                ),
                comparison.key_node,
            )


def _key(comparison: Comparison) -> Iterator[Found]:
    node, key = comparison.key_node, comparison.key
    if not _KEY.fullmatch(key):
        yield found(
            "INVALID_CONDITION_KEY_FORMAT",
            says("A key is written service:name: {key}", key=shown(node.text)),
            node,
        )
        return
    prefix = key.partition(":")[0]
    keys, unknown = _keys_of(prefix)
    if keys is None:
        if unknown:
            yield found(
                "INVALID_SERVICE",
                says("There is no service {prefix}, and no such key.", prefix=shown(prefix)),
                node,
            )
        return
    kind = keys.type_of(key)
    if key in DEPRECATED:
        yield found(
            "DEPRECATED_GLOBAL_CONDITION_KEY",
            says("{newer} has replaced {key}.", newer=DEPRECATED[key], key=shown(node.text)),
            node,
        )
    elif keys.wants_name(key):
        yield found(
            "MISSING_TAG_KEY_IN_CONDITION",
            says("Name the tag: {key}/NAME.", key=shown(node.text.rstrip("/"))),
            node,
        )
    elif kind is None:
        code = "INVALID_GLOBAL_CONDITION_KEY" if prefix == "aws" else "INVALID_SERVICE_CONDITION_KEY"
        yield found(code, says("There is no condition key {key}.", key=shown(node.text)), node)
    else:
        yield from _type(comparison, kind)


def _keys_of(prefix: str) -> tuple[knowledge.KeySet | None, bool]:
    """The keys that begin with `prefix`, or whether nobody has such keys. An identity provider has keys of
    its own, under its domain.
    """
    if prefix == "aws":
        return GLOBAL_KEYS, False
    service = knowledge.service(prefix)
    if service is not None:
        return service.keys, False
    named = prefix in knowledge.foreign_prefixes() or prefix in knowledge.RETIRED
    return None, "." not in prefix and not named


def _type(comparison: Comparison, kind: str) -> Iterator[Found]:
    operator, node = comparison.operator, comparison.key_node
    several, single = kind.startswith("ArrayOf"), kind.removeprefix("ArrayOf")
    if operator.null or operator.type is None:
        return
    if several and not operator.quantifier:
        yield found(
            "MISSING_QUALIFIER",
            says(
                "{key} has several values: without ForAllValues or ForAnyValue it never matches.",
                key=shown(node.text),
            ),
            node,
        )
    elif operator.quantifier == "ForAllValues" and not several:
        yield found(
            "FORALLVALUES_WITH_SINGLE_VALUED_KEY",
            says(
                "{key} has one value; ForAllValues also holds where it is missing. Leave it out.",
                key=shown(node.text),
            ),
            comparison.operator_node,
        )
    if not _fits(operator.type, single, comparison.key):
        yield found(
            "TYPE_MISMATCH",
            says(
                "{key} is of type {type}: {operator} compares {other}.",
                key=shown(node.text),
                type=single,
                operator=operator.base,
                other=operator.type,
            ),
            comparison.operator_node,
            node,
        )


def _fits(operator: str, key: str, name: str) -> bool:
    """String operators compare ARNs too, as text; times in seconds are numbers too."""
    return (
        operator == key
        or (operator == "String" and key == "ARN")
        or (operator == "Numeric" and name in SECONDS)
        or (operator == "Binary" and key == "String")
    )


def _trustworthy(statement: Statement, comparison: Comparison) -> Iterator[Found]:
    if statement.allows and comparison.key in CHOSEN_BY_CALLER and comparison.operator.demands:
        yield found(
            "UNTRUSTWORTHY_CONDITION_KEY",
            says(
                "Every caller sets {key} as it likes: nothing is kept safe by it.",
                key=shown(comparison.key_node.text),
            ),
            comparison.key_node,
        )
