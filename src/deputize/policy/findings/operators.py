"""The names of condition operators taken apart (IAM guide, "Condition operators")."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_NAME = re.compile(r"(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?")
_ORDERS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
# Operator to the type of key that it compares.
TYPES: Mapping[str, str] = {
    **dict.fromkeys(
        ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"), "String"
    ),
    **dict.fromkeys(("StringLike", "StringNotLike"), "String"),
    **dict.fromkeys(("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"), "ARN"),
    **{f"Numeric{order}": "Numeric" for order in _ORDERS},
    **{f"Date{order}": "Date" for order in _ORDERS},
    "Bool": "Bool",
    "BinaryEquals": "Binary",
    "IpAddress": "IPAddress",
    "NotIpAddress": "IPAddress",
    "Null": "Null",
}


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator; `type` is None for one that does not exist. `quantifier` is empty, `ForAllValues` or
    `ForAnyValue`.
    """

    name: str
    base: str
    type: str | None
    quantifier: str
    if_exists: bool

    @property
    def null(self) -> bool:
        return self.type == "Null"

    @property
    def negated(self) -> bool:
        return "Not" in self.base

    @property
    def wildcards(self) -> bool:
        """Whether `*` and `?` are wildcards in its values."""
        return self.type == "ARN" or self.base in ("StringLike", "StringNotLike")

    @property
    def demands(self) -> bool:
        """Whether it fails where the key is missing, and holds for the listed values alone."""
        return not (self.negated or self.if_exists or self.null or self.quantifier == "ForAllValues")


def operator_of(name: str) -> Operator:
    """The operator called `name`; case counts."""
    match = _NAME.fullmatch(name)
    if match is None:
        return Operator(name, name, None, "", False)
    quantifier, base, suffix = match.groups()
    return Operator(name, base, TYPES.get(base), quantifier or "", suffix is not None)
