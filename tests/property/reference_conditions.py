"""The reference's part on conditions: how they combine, missing and multivalued keys, every operator.

See reference.py.
"""

import base64
import binascii
import datetime
import ipaddress
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.property.reference_match import VARIABLE, Context, filled, listed

Json = Any
# What a comparison says; "unreadable" if one of its sides is no number, date, address, ARN or base64.
Said = bool | str

POSITIVE = {
    "stringequals",
    "stringequalsignorecase",
    "stringlike",
    "numericequals",
    "numericlessthan",
    "numericlessthanequals",
    "numericgreaterthan",
    "numericgreaterthanequals",
    "dateequals",
    "datelessthan",
    "datelessthanequals",
    "dategreaterthan",
    "dategreaterthanequals",
    "bool",
    "binaryequals",
    "ipaddress",
    "arnequals",
    "arnlike",
}
NEGATED = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
    "notipaddress": "ipaddress",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
}


def conditions_hold(conditions: Json, context: Context, variables: bool) -> bool:
    """All operators, and all keys of each; empty maps are true (2.1)."""
    return all(
        condition_holds(
            operator.lower(), key.lower(), [text(one) for one in listed(values)], context, variables
        )
        for operator, keys in conditions.items()
        for key, values in keys.items()
    )


def text(value: Json) -> str:
    """Numbers and booleans may stand unquoted (1.1)."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def condition_holds(operator: str, key: str, values: list[str], context: Context, variables: bool) -> bool:
    present = context.get(key)
    if present == []:
        present = None  # an empty list of values is a missing key (2.3)
    if operator == "null":
        return ("true" if present is None else "false") in values
    quantifier, colon, name = operator.rpartition(":")
    if_exists = name.endswith("ifexists")
    name = name.removesuffix("ifexists")
    if name not in POSITIVE and name not in NEGATED:
        return False  # an operator that is not known never matches (2.1)
    if colon and quantifier not in ("forallvalues", "foranyvalue"):
        return False
    if present is None and if_exists:
        return True  # 2.2; under ForAnyValue the pages disagree

    def holds(one: str) -> bool:
        return single_holds(name, one, values, context, variables)

    if quantifier:
        asked = [] if present is None else listed(present)
        if asked == [""]:
            asked = []  # the null data set (2.3)
        held = [holds(one) for one in asked]
        return all(held) if quantifier == "forallvalues" else any(held)
    if present is None:
        return name in NEGATED
    if isinstance(present, list):
        return False  # many values without a set operator: never, negated or not (2.3)
    return holds(present)


def single_holds(name: str, present: str, values: list[str], context: Context, variables: bool) -> bool:
    """One value of the request against the listed ones: any of them, or for a negated operator none. What
    cannot be read matches in neither form (2.4).
    """
    said = [compare(NEGATED.get(name, name), present, value, context, variables) for value in values]
    if name in NEGATED:
        return all(one is False for one in said)
    return any(one is True for one in said)


def compare(name: str, present: str, value: str, context: Context, variables: bool) -> Said:
    if name.startswith("string"):
        return compare_strings(name, present, value, context, variables)
    if name.startswith("arn"):
        return compare_arns(present, value, context, variables)
    if name == "bool":
        return value.lower() in ("true", "false") and present.lower() == value.lower()
    if name == "ipaddress":
        return compare_addresses(present, value)
    if name == "binaryequals":
        return ordered(binary, present, value, "equals")
    if name.startswith("numeric"):
        return ordered(number, present, value, name.removeprefix("numeric"))
    return ordered(moment, present, value, name.removeprefix("date"))


def compare_strings(name: str, present: str, value: str, context: Context, variables: bool) -> bool:
    expression = filled(value, context, variables=variables, wildcards=name == "stringlike")
    if expression is None:
        return False  # a missing variable: no match, and a match where negated (1.6)
    flags = re.DOTALL | (re.IGNORECASE if name == "stringequalsignorecase" else 0)
    return re.fullmatch(expression, present, flags) is not None


def compare_arns(present: str, value: str, context: Context, variables: bool) -> Said:
    """ArnEquals and ArnLike are one: six parts, each wildcard staying in its own (2.4)."""
    asked, pattern = present.split(":", 5), arn_parts(value)
    if len(asked) < 6 or len(pattern) < 6:
        return "unreadable"
    for part, other in zip(pattern, asked, strict=True):
        expression = filled(part, context, variables=variables, wildcards=True)
        if expression is None or re.fullmatch(expression, other, re.DOTALL) is None:
            return False
    return True


def arn_parts(pattern: str) -> list[str]:
    """Cut at the first five colons that stand outside of variables."""
    hidden = VARIABLE.sub(lambda found: found[0].replace(":", "\0"), pattern)
    return [part.replace("\0", ":") for part in hidden.split(":", 5)]


def compare_addresses(present: str, value: str) -> Said:
    """A range of one family never holds an address of the other."""
    try:
        return ipaddress.ip_address(present) in ipaddress.ip_network(value, strict=False)
    except ValueError:
        return "unreadable"


def ordered(read: Callable[[str], Any], present: str, value: str, relation: str) -> Said:
    one, other = read(present), read(value)
    if one is None or other is None:
        return "unreadable"
    return bool(
        {
            "equals": one == other,
            "lessthan": one < other,
            "lessthanequals": one <= other,
            "greaterthan": one > other,
            "greaterthanequals": one >= other,
        }[relation]
    )


def number(written: str) -> Decimal | None:
    """An integer or a decimal."""
    return Decimal(written) if re.fullmatch(r"[+-]?\d+(\.\d+)?", written, re.ASCII) else None


def moment(written: str) -> datetime.datetime | None:
    """A date of W3C's profile of ISO 8601, or seconds since 1970."""
    if re.fullmatch(r"\d{5,11}", written, re.ASCII):
        return datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(seconds=int(written))
    if re.fullmatch(r"\d{4}-\d\d-\d\d", written, re.ASCII):
        written += "T00:00Z"
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)", written, re.ASCII):
        return None
    try:
        return datetime.datetime.fromisoformat(written)
    except ValueError:
        return None


def binary(written: str) -> bytes | None:
    try:
        return base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        return None
