"""Condition values: can the operator read them, and do they say what was meant?"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from deputize.policy.conditions import moment, number
from deputize.policy.findings import regions
from deputize.policy.findings.finding import Found, found, shown
from deputize.policy.findings.knowledge import GLOBAL_KEYS
from deputize.policy.findings.reader import Node
from deputize.policy.findings.statements import Comparison, Policy
from deputize.policy.findings.text import Text, says

# No number and no date is longer.
LONGEST = 64
_SECONDS = re.compile(r"[0-9]+", re.ASCII)
_KMS = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(?:key|alias)/[A-Za-z0-9/_-]+", re.ASCII)
_VPC = re.compile(r"vpc-(?:[0-9a-z]{8}|[0-9a-z]{17})", re.ASCII)
_VPCE = re.compile(r"vpce-(?:[0-9a-z]{8}|[0-9a-z]{17})", re.ASCII)


def check(policy: Policy) -> Iterator[Found]:
    """Every comparison's values. Policy variables have their own checks."""
    for statement in policy.statements:
        for comparison in statement.comparisons:
            yield from _together(comparison)
            for node in comparison.strings:
                if "${" not in node.text:
                    yield from _readable(comparison, node)
                    yield from _form(comparison, node)
                    yield from _wildcard(comparison, node)
            yield from _bounds(comparison)
            yield from _star(comparison)


def _together(comparison: Comparison) -> Iterator[Found]:
    kinds = {node.kind for node in comparison.strings}
    if len(kinds) > 1:
        yield found(
            "INVALID_CONDITION_DATA_TYPE",
            says("These values are of different JSON types: write all of them as strings."),
            comparison.value,
        )
    several = (GLOBAL_KEYS.type_of(comparison.key) or "").startswith("ArrayOf")
    truths = {node.text.lower() for node in comparison.strings}
    if comparison.operator.type in ("Bool", "Null") and len(truths) > 1 and not several:
        yield found(
            "INVALID_CONDITION_MULTIPLE_BOOLEAN",
            says("One of true and false is enough; both say nothing."),
            comparison.value,
        )


def _number(text: str) -> Decimal | None:
    return number(text) if len(text) <= LONGEST else None


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


_READERS: Mapping[str, tuple[str, Callable[[str], bool], Text]] = {
    "Bool": ("TYPE_MISMATCH_BOOLEAN", lambda text: text.lower() in ("true", "false"), says("true or false")),
    "Null": ("TYPE_MISMATCH_BOOLEAN", lambda text: text.lower() in ("true", "false"), says("true or false")),
    "Numeric": ("TYPE_MISMATCH_NUMBER", lambda text: _number(text) is not None, says("a number")),
    "Date": (
        "TYPE_MISMATCH_DATE",
        lambda text: len(text) <= LONGEST and moment(text) is not None,
        says("a date such as 2026-01-31T12:00:00Z"),
    ),
    "Binary": ("TYPE_MISMATCH_STRING", _is_base64, says("base64")),
}


def _readable(comparison: Comparison, node: Node) -> Iterator[Found]:
    kind = comparison.operator.type or ""
    if kind in _READERS:
        code, reads, wanted = _READERS[kind]
        if not reads(node.text):
            yield found(
                code,
                says(
                    "{operator} compares {form}: {value}",
                    operator=comparison.operator.base,
                    form=wanted,
                    value=shown(node.text),
                ),
                node,
            )
        elif kind == "Date" and _SECONDS.fullmatch(node.text):
            yield found(
                "INVALID_DATE_VALUE",
                says(
                    "{value} is read as seconds since 1970: 2026-01-31 would say it plainly.",
                    value=shown(node.text),
                ),
                node,
            )


# Key to the form of its values.
_FORMS: Mapping[str, tuple[str, Callable[[str], bool], Text]] = {
    "aws:requestedregion": ("INVALID_REGION", regions.known, says("a region")),
    "aws:sourcevpc": (
        "INVALID_VPC_FORMAT",
        lambda text: _VPC.fullmatch(text) is not None,
        says("vpc- and its 8 or 17 characters"),
    ),
    "aws:sourcevpce": (
        "INVALID_VPCE_FORMAT",
        lambda text: _VPCE.fullmatch(text) is not None,
        says("vpce- and its 8 or 17 characters"),
    ),
    "s3:x-amz-server-side-encryption-aws-kms-key-id": (
        "INVALID_KMS_KEY_VALUE",
        lambda text: _KMS.fullmatch(text) is not None,
        says("a key's whole ARN"),
    ),
}


def _form(comparison: Comparison, node: Node) -> Iterator[Found]:
    if comparison.key not in _FORMS or comparison.operator.type not in ("String", "ARN"):
        return
    code, fits, wanted = _FORMS[comparison.key]
    pattern = comparison.operator.wildcards and set(node.text) & set("*?")
    if not fits(node.text) and (not pattern or code == "INVALID_REGION"):
        yield found(
            code,
            says(
                "{key} is {form}: {value}", key=comparison.key_node.text, form=wanted, value=shown(node.text)
            ),
            node,
        )


def _wildcard(comparison: Comparison, node: Node) -> Iterator[Found]:
    operator = comparison.operator
    if operator.type == "String" and not operator.wildcards and set(node.text) & set("*?"):
        like = "StringNotLike" if operator.negated else "StringLike"
        yield found(
            "WILDCARD_WITHOUT_LIKE_OPERATOR",
            says(
                "Under {operator} * and ? are plain characters; {like} makes them wildcards.",
                operator=operator.base,
                like=like,
            ),
            node,
        )


def _bounds(comparison: Comparison) -> Iterator[Found]:
    """Of several bounds the widest one decides, as the values are alternatives."""
    base = comparison.operator.base
    read = [value for node in comparison.strings if (value := _number(node.text)) is not None]
    if not base.startswith(("NumericLess", "NumericGreater")) or len(read) < 2:
        return
    counts = max(read) if base.startswith("NumericLess") else min(read)
    yield found(
        "REDUNDANT_CONDITION_VALUE_NUM",
        says("Of these bounds {bound} alone counts.", bound=str(counts)),
        comparison.value,
    )


def _star(comparison: Comparison) -> Iterator[Found]:
    """A lone `*` matches every value that is there."""
    operator = comparison.operator
    if not operator.wildcards or operator.type != "String":
        return
    for node in comparison.strings:
        if node.text and not node.text.strip("*"):
            if operator.negated:
                yield found(
                    "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION",
                    says("No value differs from *, so the condition holds only where the key is missing."),
                    node,
                )
            elif operator.if_exists or operator.quantifier == "ForAllValues":
                yield found(
                    "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION",
                    says("Every value is like *, and a missing one passes too: the condition always holds."),
                    node,
                )
