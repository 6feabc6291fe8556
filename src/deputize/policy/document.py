"""JSON text to immutable statements, compiled once and cached by content; errors point at the spot."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from deputize.policy.conditions import Condition
from deputize.policy.match import Pattern, pattern
from deputize.policy.principals import PrincipalEntry as PrincipalEntry
from deputize.policy.principals import PrincipalSet as PrincipalSet
from deputize.policy.request import Request
from deputize.policy.resources import ResourceEntry

# The version without variables, which holds where none is named.
OLD, NEW = "2008-10-17", "2012-10-17"
# Far above every quota and every policy of AWS's own (one has 231,000 characters), so that a text is refused
# before it is parsed.
SIZE_LIMIT = 1_048_576
ELEMENTS = {
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource",
    "Condition",
}  # fmt: skip


class MalformedDocument(ValueError):
    """Text that is no policy document: what is wrong, and where."""


class Number(str):
    """A JSON number as it was written; it may stand for its text as a condition's value and nowhere else."""

    __slots__ = ()

    def __repr__(self) -> str:
        # Not the string's: documents are told apart by their repr.
        return str(self)


@lru_cache(maxsize=1024)
def _action_parts(action: str) -> tuple[str, str]:
    """The service and the name of an action, in lower case: actions compare ignoring case."""
    vendor, _, name = action.lower().partition(":")
    return vendor, name


class ActionEntry:
    """One entry of Action: `*`, or `service:Name` with wildcards in the name; anything else matches
    nothing.
    """

    __slots__ = ("_all", "_name", "_vendor")

    def __init__(self, text: str) -> None:
        self._all = text == "*"
        vendor, colon, name = text.lower().partition(":")
        usable = bool(colon and vendor and name) and ":" not in name and not set(vendor) & set("*?")
        self._vendor = vendor if usable else None
        self._name: str | Pattern = pattern(name) if "*" in name or "?" in name else name

    def covers(self, vendor: str, name: str) -> bool:
        if self._all or self._vendor != vendor:
            return self._all
        own = self._name
        return own == name if isinstance(own, str) else own.matches(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement. `index` counts from 0; `principals` is None where the element is absent.

    `actions` and `resources` are the texts as written (`resources` is None where the element is absent),
    `not_actions` and `not_resources` say whether the negated element was used. `broken` says what cannot be
    understood: such a statement never allows, and denies everything if it says Deny.
    """

    index: int
    sid: str | None
    allow: bool
    principals: PrincipalSet | None = None
    actions: tuple[str, ...] = ()
    not_actions: bool = False
    resources: tuple[str, ...] | None = None
    not_resources: bool = False
    conditions: tuple[Condition, ...] = ()
    broken: str | None = None
    action_entries: tuple[ActionEntry, ...] = field(default=(), repr=False, compare=False)
    resource_entries: tuple[ResourceEntry, ...] = field(default=(), repr=False, compare=False)

    def covers_action(self, action: str) -> bool:
        """Whether Action or NotAction covers `action` (`s3:GetObject`)."""
        vendor, name = _action_parts(action)
        for entry in self.action_entries:
            if entry.covers(vendor, name):
                return not self.not_actions
        return self.not_actions

    def covers_resource(self, request: Request) -> bool:
        """Whether Resource or NotResource covers the request's resource, variables substituted; True where
        the element is absent (trust policies).
        """
        if self.resources is None:
            return True
        for entry in self.resource_entries:
            if entry.covers(request):
                return not self.not_resources
        return self.not_resources

    def conditions_hold(self, request: Request) -> bool:
        """Whether every condition of the statement holds."""
        context = request.context
        for condition in self.conditions:  # noqa: SIM110 - the loop is the fast one
            if not condition.holds(context):
                return False
        return True


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A parsed policy; `source` is the text it was parsed from, if there was one."""

    version: str
    id: str | None
    statements: tuple[Statement, ...]
    source: str | None = field(default=None, repr=False)


@lru_cache(maxsize=4096)
def parse(text: str) -> Document:
    """The document that `text` says; raises MalformedDocument.

    Lenient as evaluation must be: what saving refuses is the business of `validate`.
    """
    raw = load(text)
    if raw.get("Version", OLD) not in (OLD, NEW):
        raise MalformedDocument("Version: 2012-10-17 or 2008-10-17")
    raw_statements(raw)
    document = understood(raw, text)
    for statement in document.statements:
        if statement.broken is not None:
            raise MalformedDocument(f"Statement {statement.index + 1}: {statement.broken}")
    return document


def understood(raw: Mapping[str, Any], source: str | None = None) -> Document:
    """A document made of a loaded JSON object, as far as it can be understood; never raises. Statements that
    cannot be are `broken`, all of them if the version is unknown.
    """
    version = raw.get("Version", OLD)
    known = isinstance(version, str) and version in (OLD, NEW)
    statements = raw.get("Statement", [])
    made = [
        _understood(one, index, version == NEW) if known else _broken(one, index, "unknown Version")
        for index, one in enumerate(statements if isinstance(statements, list) else [statements])
    ]
    identity = raw.get("Id")
    return Document(
        version if known else OLD, identity if isinstance(identity, str) else None, tuple(made), source
    )


def _understood(raw: Any, index: int, variables: bool) -> Statement:
    try:
        return _statement(raw, index, variables)
    except MalformedDocument as problem:
        return _broken(raw, index, str(problem))


def _broken(raw: Any, index: int, problem: str) -> Statement:
    effect = raw.get("Effect") if isinstance(raw, dict) else None
    denies = isinstance(effect, str) and effect.lower() == "deny"
    return Statement(index=index, sid=_sid(raw), allow=not denies, broken=problem)


def load(text: str) -> dict[str, Any]:
    """The JSON object that `text` is; numbers come as they are written. Raises MalformedDocument."""
    if len(text) > SIZE_LIMIT:
        raise MalformedDocument("the document is too long")
    document = load_json(text)
    if not isinstance(document, dict):
        raise MalformedDocument("a policy document is a JSON object")
    return document


def load_json(text: str) -> Any:
    """The JSON value that `text` is; numbers come as they are written. Raises MalformedDocument, also where a
    key stands twice in one object.
    """
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise MalformedDocument("the document is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise MalformedDocument(f"line {error.lineno}, column {error.colno}: {error.msg}") from None


def raw_statements(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The statements of a loaded document. Raises MalformedDocument."""
    statement = document.get("Statement")
    statements: list[Any] = statement if isinstance(statement, list) else [statement]
    if not all(isinstance(one, dict) for one in statements):
        raise MalformedDocument("Statement: an object or a list of objects")
    return list(statements)


def strings(value: Any) -> tuple[str, ...]:
    """A string, or a list of strings, as a tuple. Raises MalformedDocument."""
    values = value if isinstance(value, list) else [value]
    if not all(type(one) is str for one in values):
        raise MalformedDocument("a string or a list of strings is needed")
    return tuple(values)


def principal_entries(element: Any) -> Iterator[PrincipalEntry]:
    """The entries of a Principal or NotPrincipal element. Raises MalformedDocument."""
    if element == "*":
        yield PrincipalEntry("AWS", "*")
        return
    if not isinstance(element, dict) or not element:
        raise MalformedDocument('Principal: "*" or an object')
    for kind, values in element.items():
        for value in strings(values):
            yield PrincipalEntry(kind, value)


def condition_values(value: Any) -> tuple[str, ...]:
    """Listed values as text: numbers as written, booleans in JSON's words. Raises MalformedDocument."""
    values = value if isinstance(value, list) else [value]
    return strings([_text(one) for one in values])


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, Number) else value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise MalformedDocument(f"the key {twice!r} stands twice in one object")
    return made


def _no_constant(name: str) -> Any:
    raise MalformedDocument(f"{name} is no JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=Number, parse_float=Number, parse_constant=_no_constant
)


def _statement(raw: Any, index: int, variables: bool) -> Statement:
    if not isinstance(raw, dict):
        raise MalformedDocument("an object is needed")
    if raw.get("Effect") not in ("Allow", "Deny"):
        raise MalformedDocument("Effect is Allow or Deny")
    if not raw.keys() <= ELEMENTS:
        raise MalformedDocument(f"unknown element {min(raw.keys() - ELEMENTS)}")
    action, actions = _one_of(raw, "Action", "NotAction")
    resource, resources = _one_of(raw, "Resource", "NotResource")
    principal, _ = _one_of(raw, "Principal", "NotPrincipal")
    if action is None:
        raise MalformedDocument("Action is missing")
    return Statement(
        index=index,
        sid=_sid(raw),
        allow=raw["Effect"] == "Allow",
        principals=_principals(raw, principal),
        actions=actions,
        not_actions=action == "NotAction",
        resources=resources if resource is not None else None,
        not_resources=resource == "NotResource",
        conditions=tuple(_conditions(raw.get("Condition", {}), variables)),
        action_entries=tuple(ActionEntry(text) for text in actions),
        resource_entries=tuple(ResourceEntry(text, variables=variables) for text in resources),
    )


def _sid(raw: Any) -> str | None:
    sid = raw.get("Sid") if isinstance(raw, dict) else None
    return sid if isinstance(sid, str) else None


def _one_of(raw: dict[str, Any], positive: str, negated: str) -> tuple[str | None, tuple[str, ...]]:
    """Which of two elements is there, and its strings."""
    found = [name for name in (positive, negated) if name in raw]
    if len(found) > 1:
        raise MalformedDocument(f"{positive} and {negated} exclude each other")
    if not found:
        return None, ()
    return found[0], strings(raw[found[0]]) if positive != "Principal" else ()


def _principals(raw: dict[str, Any], name: str | None) -> PrincipalSet | None:
    if name is None:
        return None
    return PrincipalSet(tuple(principal_entries(raw[name])), name == "NotPrincipal")


def _conditions(raw: Any, variables: bool) -> Iterator[Condition]:
    if not isinstance(raw, dict):
        raise MalformedDocument("Condition: an object is needed")
    for operator, keys in raw.items():
        if not isinstance(keys, dict):
            raise MalformedDocument(f"Condition {operator}: an object is needed")
        for key, values in keys.items():
            yield Condition.of(operator, key, condition_values(values), variables=variables)
