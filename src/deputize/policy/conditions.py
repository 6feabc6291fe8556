"""Condition operators (IAM guide, "IAM JSON policy elements: Condition operators").

All operators of a statement, and all keys of an operator, must hold; of the listed values one must match, or
none where the operator is negated. An operator that is not known never holds.
"""

import base64
import binascii
import datetime
import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from deputize.policy.request import Context
from deputize.policy.variables import Template, Wildcards, places, template

# What one comparison says; None: one of the two sides cannot be read, so neither the operator nor its
# negation holds.
Outcome = bool | None
Compare = Callable[[str, "Value", Context], Outcome]
_NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?", re.ASCII)
_EPOCH = re.compile(r"\d{1,15}", re.ASCII)
_DATE = re.compile(
    r"(\d{4})(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII | re.IGNORECASE
)


class Value:
    """One listed value: its text, and compiled, when it is first needed, as a template and as a pattern with
    variables.
    """

    __slots__ = ("_arn", "_pattern", "_template", "text", "variables")

    def __init__(self, text: str, *, variables: bool) -> None:
        self.text = text
        self.variables = variables
        self._template: Template | None = None
        self._pattern: Wildcards | None = None
        self._arn: tuple[Wildcards, ...] | None = None

    @property
    def constant(self) -> bool:
        """Whether it means its own text, in every context."""
        return not self.variables or "${" not in self.text

    @property
    def template(self) -> Template:
        if self._template is None:
            self._template = template(self.text, variables=self.variables)
        return self._template

    def filled(self, context: Context) -> str | None:
        """The text with variables put in; None if one has no value."""
        parts = self.template.filled(context)
        return None if parts is None else "".join(text for text, _ in parts)

    @property
    def pattern(self) -> Wildcards:
        if self._pattern is None:
            self._pattern = Wildcards(self.template)
        return self._pattern

    @property
    def arn(self) -> tuple[Wildcards, ...]:
        """Each of the six parts of an ARN pattern; fewer if it is none."""
        if self._arn is None:
            parts = _arn_parts(self.text)
            self._arn = tuple(Wildcards(template(part, variables=self.variables)) for part in parts)
        return self._arn


def _arn_parts(text: str) -> list[str]:
    """Cut at the first five colons that are not inside a variable."""
    parts: list[str] = []
    start = position = 0
    for variable, end in (*places(text), (len(text), len(text))):
        while len(parts) < 5 and (colon := text.find(":", position, variable)) >= 0:
            parts.append(text[start:colon])
            start = position = colon + 1
        position = end
    return [*parts, text[start:]]


def string_equals(present: str, value: Value, context: Context) -> Outcome:
    return value.filled(context) == present


def string_equals_ignore_case(present: str, value: Value, context: Context) -> Outcome:
    filled = value.filled(context)
    return filled is not None and filled.lower() == present.lower()


def string_like(present: str, value: Value, context: Context) -> Outcome:
    return value.pattern.matches(present, context)


def arn_like(present: str, value: Value, context: Context) -> Outcome:
    """Each of the six parts apart; ArnEquals is the same."""
    asked = present.split(":", 5)
    if len(asked) != 6 or len(value.arn) != 6:
        return None
    return all(part.matches(text, context) for part, text in zip(value.arn, asked, strict=True))


def boolean(present: str, value: Value, _context: Context) -> Outcome:
    wanted = value.text.lower()
    return wanted in ("true", "false") and present.lower() == wanted


def binary_equals(present: str, value: Value, _context: Context) -> Outcome:
    one, other = _bytes(present), _bytes(value.text)
    return None if one is None or other is None else one == other


def ip_address(present: str, value: Value, _context: Context) -> Outcome:
    """A range of one family never holds an address of the other."""
    address, network = _address(present), _network(value.text)
    if address is None or network is None:
        return None
    return address.version == network.version and address in network


def _ordered(read: Callable[[str], Decimal | None], holds: Callable[[Decimal, Decimal], bool]) -> Compare:
    def compare(present: str, value: Value, _context: Context) -> Outcome:
        one, other = read(present), read(value.text)
        return None if one is None or other is None else holds(one, other)

    return compare


@lru_cache(maxsize=1024)
def number(text: str) -> Decimal | None:
    """An integer or a decimal; None for anything else."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


@lru_cache(maxsize=1024)
def moment(text: str) -> Decimal | None:
    """Epoch seconds of a date in W3C's profile of ISO 8601, or given as epoch seconds; None for anything
    else.
    """
    if _EPOCH.fullmatch(text) and len(text) != 4:
        return Decimal(text)
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    whole = text.upper() + {4: "-01-01", 7: "-01"}.get(len(text), "")
    try:
        parsed = datetime.datetime.fromisoformat(whole)
    except ValueError:
        return None
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=datetime.UTC)
    return Decimal(str(aware.timestamp()))


@lru_cache(maxsize=1024)
def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    _, slash, length = text.partition("/")
    if slash and not length.isdecimal():
        return None  # a netmask in dots is no CIDR notation
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _comparisons(prefix: str, read: Callable[[str], Decimal | None]) -> dict[str, tuple[Compare, bool]]:
    equal = _ordered(read, lambda one, other: one == other)
    return {
        f"{prefix}equals": (equal, False),
        f"{prefix}notequals": (equal, True),
        f"{prefix}lessthan": (_ordered(read, lambda one, other: one < other), False),
        f"{prefix}lessthanequals": (_ordered(read, lambda one, other: one <= other), False),
        f"{prefix}greaterthan": (_ordered(read, lambda one, other: one > other), False),
        f"{prefix}greaterthanequals": (_ordered(read, lambda one, other: one >= other), False),
    }


# Name in lower case -> the comparison, and whether the operator is its negation.
OPERATORS: dict[str, tuple[Compare, bool]] = {
    "stringequals": (string_equals, False),
    "stringnotequals": (string_equals, True),
    "stringequalsignorecase": (string_equals_ignore_case, False),
    "stringnotequalsignorecase": (string_equals_ignore_case, True),
    "stringlike": (string_like, False),
    "stringnotlike": (string_like, True),
    "arnequals": (arn_like, False),
    "arnlike": (arn_like, False),
    "arnnotequals": (arn_like, True),
    "arnnotlike": (arn_like, True),
    "bool": (boolean, False),
    "binaryequals": (binary_equals, False),
    "ipaddress": (ip_address, False),
    "notipaddress": (ip_address, True),
    **_comparisons("numeric", number),
    **_comparisons("date", moment),
}
# The comparisons whose values may have variables.
TAKE_VARIABLES = frozenset({string_equals, string_equals_ignore_case, string_like, arn_like})
IF_EXISTS = "ifexists"
QUANTIFIERS = ("forallvalues", "foranyvalue")


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator's name taken apart; `compare` is None for one that is not known."""

    quantifier: str
    compare: Compare | None
    negated: bool
    if_exists: bool
    null: bool


@lru_cache(maxsize=512)
def operator_of(name: str) -> Operator:
    """What an operator's name means; names compare ignoring case."""
    quantifier, colon, base = name.lower().rpartition(":")
    if base == "null" and not colon:
        return Operator("", None, False, False, True)
    if_exists = base.endswith(IF_EXISTS)
    compare, negated = OPERATORS.get(base.removesuffix(IF_EXISTS), (None, False))
    if colon and quantifier not in QUANTIFIERS:
        compare = None
    return Operator(quantifier, compare, negated, if_exists, False)


_EQUAL = operator_of("StringEquals")
# Whether a context satisfies a condition; whether one present value does.
Test = Callable[[Context], bool]
Single = Callable[[str, Context], bool]


@dataclass(frozen=True, slots=True)
class Condition:
    """One key under one operator. `values` are the listed texts; `holds` says whether a request's context
    satisfies it.
    """

    operator: str
    key: str
    values: tuple[str, ...]
    holds: Test = field(repr=False, compare=False)

    @classmethod
    def of(cls, operator: str, key: str, values: tuple[str, ...], *, variables: bool) -> "Condition":
        return cls(operator, key, values, _test(operator_of(operator), key.lower(), values, variables))


def takes_variables(condition: Condition) -> bool:
    """Whether the condition's values may have variables (where the document's version has them)."""
    return operator_of(condition.operator).compare in TAKE_VARIABLES


def _test(operator: Operator, key: str, values: tuple[str, ...], variables: bool) -> Test:
    if operator.null:
        return _null(key, values)
    if operator.compare is None:
        return lambda _context: False
    listed = tuple(Value(text, variables=variables) for text in values)
    if operator == _EQUAL and all(value.constant for value in listed):
        plain = frozenset(values)
        # The commonest condition. A missing key, and a set of values, are in no set of texts.
        return lambda context: context.get(key) in plain
    single = _single(operator, operator.compare, listed)
    if operator.quantifier:
        return _quantified(operator, key, single)
    missing = operator.if_exists or operator.negated

    def test(context: Context) -> bool:
        present = context.get(key)
        if isinstance(present, str):
            return single(present, context)
        # A multivalued key without a quantifier never matches; an empty one counts as missing.
        return missing and not present

    return test


def _null(key: str, values: tuple[str, ...]) -> Test:
    wanted = {text.lower() for text in values}

    def test(context: Context) -> bool:
        return ("true" if context.get(key) in (None, ()) else "false") in wanted

    return test


def _quantified(operator: Operator, key: str, single: Single) -> Test:
    """A set that holds nothing but the empty string counts as an empty one."""
    every = operator.quantifier == "forallvalues"
    missing = every or operator.if_exists

    def test(context: Context) -> bool:
        present = context.get(key)
        if present is None or present == ():
            return missing
        asked = (present,) if isinstance(present, str) else present
        if asked == ("",):
            return every
        held = (single(one, context) for one in asked)
        return all(held) if every else any(held)

    return test


def _single(operator: Operator, compare: Compare, values: tuple[Value, ...]) -> Single:
    if operator.negated:
        return lambda present, context: all(compare(present, one, context) is False for one in values)
    plain = frozenset(value.text for value in values if compare is string_equals and value.constant)
    open_ones = tuple(value for value in values if value.text not in plain)
    if not open_ones:
        return lambda present, _context: present in plain
    return lambda present, context: (
        present in plain or any(compare(present, one, context) for one in open_ones)
    )
