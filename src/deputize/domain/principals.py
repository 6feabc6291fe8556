"""Principals of policies that are saved: resolved to who they are now, and shown as who they are then.

Users and roles stand in the stored text by their unique id, so that a deleted and re-created name is not
trusted again (IAM guide, "AWS JSON policy elements: Principal"). All else of the text stays byte for byte
as it was sent.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from deputize.model.identity import Role, User
from deputize.policy.arn import Arn
from deputize.policy.principal_forms import ACCOUNT, UNIQUE_ID
from deputize.store.api import Snapshot

PRINCIPALS = ("Principal", "NotPrincipal")
_DECODER = json.JSONDecoder()
_BLANK = re.compile(r"[ \t\r\n]*")


class UnknownPrincipal(ValueError):
    """A principal that does not exist, or that stands in another partition."""

    def __init__(self, kind: str, value: str) -> None:
        super().__init__(value)
        self.kind = kind
        self.value = value


@dataclass(frozen=True, slots=True)
class Spot:
    """A JSON string in a text, from `start` to `end` with its quotes, and the path of names that leads to
    it.
    """

    start: int
    end: int
    path: tuple[str, ...]
    value: str


def bind(db: Snapshot, text: str, *, partition: str) -> str:
    """The valid policy `text` as it is stored. Raises UnknownPrincipal."""
    return _replaced(text, lambda kind, value: _bound(db, kind, value, partition))


def shown(db: Snapshot, text: str) -> str:
    """A stored policy as it is given back: living users and roles by ARN, accounts by the ARN of their
    root.
    """
    return _replaced(text, lambda kind, value: _name(db, value) if kind == "AWS" else value)


def _replaced(text: str, new: Callable[[str, str], str]) -> str:
    pieces = []
    position = 0
    for spot in _principal_spots(text):
        value = new(spot.path[-1], spot.value)
        if value != spot.value:
            pieces += [text[position : spot.start], json.dumps(value)]
            position = spot.end
    return "".join([*pieces, text[position:]])


def _principal_spots(text: str) -> Iterator[Spot]:
    for spot in strings(text):
        if len(spot.path) == 3 and spot.path[0] == "Statement" and spot.path[1] in PRINCIPALS:
            yield spot


def strings(text: str) -> Iterator[Spot]:
    """Every string value of a well-formed JSON text, in order. Lists add nothing to the path."""
    yield from _value(text, _skip(text, 0), ())[0]


def _skip(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return match.end() if match is not None else position


def _value(text: str, position: int, path: tuple[str, ...]) -> tuple[list[Spot], int]:
    """The strings of the value at `position`, and where it ends."""
    sign = text[position]
    if sign == '"':
        value, end = _DECODER.raw_decode(text, position)
        return [Spot(position, end, path, value)], end
    if sign not in "{[":
        _, end = _DECODER.raw_decode(text, position)
        return [], end
    return _members(text, position, path, "}" if sign == "{" else "]")


def _members(text: str, position: int, path: tuple[str, ...], closing: str) -> tuple[list[Spot], int]:
    found: list[Spot] = []
    position = _skip(text, position + 1)
    while text[position] != closing:
        inner = path
        if closing == "}":
            name, position = _DECODER.raw_decode(text, position)
            inner = (*path, name)
            position = _skip(text, _skip(text, position) + 1)
        spots, position = _value(text, position, inner)
        found += spots
        position = _skip(text, position)
        if text[position] == ",":
            position = _skip(text, position + 1)
    return found, position + 1


def _bound(db: Snapshot, kind: str, value: str, partition: str) -> str:
    if kind == "CanonicalUser":
        raise UnknownPrincipal(kind, value)  # not offered: name the account
    if kind != "AWS" or value == "*":
        return value
    if ACCOUNT.fullmatch(value):
        _check_account(db, value, partition, value)
        return value
    if UNIQUE_ID.fullmatch(value):
        named = _entity(db, value)
        if named is None or named.partition != partition:
            raise UnknownPrincipal(kind, value)
        return value
    arn = Arn.parse(value)
    if arn is None or arn.partition != partition:
        raise UnknownPrincipal(kind, value)
    _check_account(db, arn.account, partition, value)
    if arn.service != "iam" or arn.resource == "root":
        return value
    word, _, rest = arn.resource.partition("/")
    name = rest.rpartition("/")[2]
    entity = db.users.get(arn.account, name) if word == "user" else db.roles.get(arn.account, name)
    if entity is None or entity.arn != value:
        raise UnknownPrincipal(kind, value)
    return entity.id


def _check_account(db: Snapshot, account: str, partition: str, value: str) -> None:
    found = db.accounts.get(account)
    if found is None or found.partition != partition:
        raise UnknownPrincipal("AWS", value)


def _name(db: Snapshot, value: str) -> str:
    if ACCOUNT.fullmatch(value):
        account = db.accounts.get(value)
        return value if account is None else account.arn
    if UNIQUE_ID.fullmatch(value):
        entity = _entity(db, value)
        return value if entity is None else entity.arn
    return value


def _entity(db: Snapshot, unique_id: str) -> User | Role | None:
    users = db.users.find("id", unique_id)
    return users[0] if users else next(iter(db.roles.find("id", unique_id)), None)
