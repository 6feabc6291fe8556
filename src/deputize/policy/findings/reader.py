"""JSON with positions: every value and key of a text knows where it stands (RFC 8259).

Depth and size are bounded, so that no text can exhaust the stack or the memory.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from deputize.policy.findings.text import Text, says

# A policy is at most seven levels deep.
DEPTH = 32
# Above every quota, and above the longest of AWS's managed policies.
SIZE = 262_144
_BLANKS = re.compile(r"[ \t\n\r]*+")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?")
_WORD = re.compile(r"true|false|null")

Kind = Literal["object", "array", "string", "number", "boolean", "null"]


class Step(NamedTuple):
    """One step of a path: into the `value` of a key, to a `key` itself, or to an array's `index`."""

    kind: Literal["value", "key", "index"]
    at: str | int


class Position(NamedTuple):
    """A place in a text: lines count from 1, columns and offsets from 0, in characters."""

    line: int
    column: int
    offset: int


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A value, or a key, of the text. `text` is a string's content, and a number or word as written; `start`
    and `end` are offsets, quotes included.
    """

    kind: Kind
    start: int
    end: int
    path: tuple[Step, ...]
    text: str = ""
    items: tuple["Node", ...] = ()
    members: tuple["Member", ...] = ()

    def get(self, name: str) -> "Node | None":
        """The value of the key `name` in an object; of a repeated key the first one's."""
        return next((member.value for member in self.members if member.key.text == name), None)


class Member(NamedTuple):
    """A key and its value."""

    key: Node
    value: Node


class Malformed(ValueError):
    """Text that is no JSON: what is wrong, at which offset."""

    def __init__(self, text: Text, offset: int) -> None:
        super().__init__(text.said())
        self.text = text
        self.offset = offset


class Source:
    """A text whose offsets have lines and columns."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = [0, *(match.end() for match in re.finditer(r"\n", text))]

    def position(self, offset: int) -> Position:
        """Where `offset` is."""
        line = bisect_right(self._lines, offset)
        return Position(line, offset - self._lines[line - 1], offset)


def read(text: str) -> Node:
    """The value that `text` is. Raises Malformed."""
    if len(text) > SIZE:
        raise Malformed(says("The text is longer than {most} characters.", most=SIZE), SIZE)
    return _Reader(text).document()


def repeated(node: Node) -> Iterator[Node]:
    """Every key that an object of the tree already had."""
    seen: set[str] = set()
    for member in node.members:
        if member.key.text in seen:
            yield member.key
        seen.add(member.key.text)
        yield from repeated(member.value)
    for item in node.items:
        yield from repeated(item)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def document(self) -> Node:
        node = self._value(())
        if self._blanks() < len(self._text):
            raise Malformed(says("There is more text after the policy's end."), self._at)
        return node

    def _blanks(self) -> int:
        match = _BLANKS.match(self._text, self._at)
        self._at = match.end() if match is not None else self._at
        return self._at

    def _next(self) -> str:
        """The next character that is not blank; empty at the end."""
        start = self._blanks()
        return self._text[start : start + 1]

    def _value(self, path: tuple[Step, ...]) -> Node:
        match self._next():
            case "{":
                return self._object(path)
            case "[":
                return self._array(path)
            case '"':
                return self._string(path)
            case "":
                raise Malformed(says("The text ends where a value is needed."), self._at)
        for kind, pattern in (("number", _NUMBER), ("word", _WORD)):
            match = pattern.match(self._text, self._at)
            if match is not None:
                start, self._at = self._at, match.end()
                word: Kind = "null" if match[0] == "null" else "boolean"
                return Node("number" if kind == "number" else word, start, self._at, path, match[0])
        raise Malformed(
            says("A value is needed here: a string in double quotes, a list or an object."), self._at
        )

    def _object(self, path: tuple[Step, ...]) -> Node:
        start = self._enter(path)
        members: list[Member] = []
        while self._more("}", first=not members, after=start):
            if self._next() != '"':
                raise Malformed(says("A key in double quotes is needed here."), self._at)
            key = self._string(path, key=True)
            if self._next() != ":":
                raise Malformed(says("A colon is needed between a key and its value."), self._at)
            self._at += 1
            members.append(Member(key, self._value((*path, Step("value", key.text)))))
        return Node("object", start, self._at, path, members=tuple(members))

    def _array(self, path: tuple[Step, ...]) -> Node:
        start = self._enter(path)
        items: list[Node] = []
        while self._more("]", first=not items, after=start):
            items.append(self._value((*path, Step("index", len(items)))))
        return Node("array", start, self._at, path, items=tuple(items))

    def _enter(self, path: tuple[Step, ...]) -> int:
        if len(path) >= DEPTH:
            raise Malformed(says("The text is nested more than {most} levels deep.", most=DEPTH), self._at)
        self._at += 1
        return self._at - 1

    def _more(self, closing: str, *, first: bool, after: int) -> bool:
        """Whether one more member or item follows; passes over the comma before it, or the closing
        bracket.
        """
        found = self._next()
        if found == closing:
            self._at += 1
            return False
        if not found:
            raise Malformed(
                says("Nothing closes the {bracket} that stands here.", bracket=self._text[after]), after
            )
        if first:
            return True
        if found != ",":
            raise Malformed(
                says("A comma, or the closing {bracket}, is needed here.", bracket=closing), self._at
            )
        comma = self._at
        self._at += 1
        if self._next() == closing:
            raise Malformed(says("No comma stands after the last one."), comma)
        return True

    def _string(self, path: tuple[Step, ...], *, key: bool = False) -> Node:
        start = self._at
        match = _STRING.match(self._text, start)
        if match is None:
            raise Malformed(says("This string does not end, or holds what no string may."), start)
        self._at = match.end()
        text = str(json.loads(match[0]))
        return Node("string", start, self._at, (*path, Step("key", text)) if key else path, text)
