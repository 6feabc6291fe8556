"""Wildcards: `*` is any run of characters, `?` exactly one; matching takes linear time in the text per part
of the pattern.

A pattern is cut at its `*`s. The first piece must stand at the beginning, the last at the end, and each other
piece is looked for from where the one before it ended: taking the leftmost place is always right, so nothing
is tried twice.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

Part = tuple[str, bool]


class Piece:
    """A run of characters without `*`: literal, or with places where any one character may stand."""

    __slots__ = ("_expression", "_literal", "length")

    def __init__(self, parts: Iterable[Part]) -> None:
        known = list(parts)
        self.length = sum(len(text) for text, _ in known)
        self._literal = "".join(text for text, _ in known)
        self._expression: re.Pattern[str] | None = None
        if any(not literal and "?" in text for text, literal in known):
            expression = "".join(
                re.escape(text) if literal else ".".join(re.escape(run) for run in text.split("?"))
                for text, literal in known
            )
            self._expression = re.compile(expression, re.DOTALL)

    def stands_at(self, text: str, position: int) -> bool:
        """Whether the piece is in `text` at `position`."""
        if self._expression is None:
            return text.startswith(self._literal, position)
        return self._expression.match(text, position) is not None

    def find(self, text: str, position: int, end: int) -> int:
        """The leftmost place from `position` on at which the piece ends before `end`; -1 if there is none."""
        if self._expression is None:
            return text.find(self._literal, position, end)
        found = self._expression.search(text, position, end)
        return -1 if found is None else found.start()


class Pattern:
    """A compiled pattern. Parts are (text, literal): in literal ones, `*` and `?` are plain characters."""

    __slots__ = ("_pieces",)

    def __init__(self, parts: Iterable[Part]) -> None:
        pieces: list[list[Part]] = [[]]
        for text, literal in parts:
            if literal:
                pieces[-1].append((text, True))
                continue
            first, *rest = text.split("*")
            pieces[-1].append((first, False))
            pieces.extend([(run, False)] for run in rest)
        self._pieces = [Piece(piece) for piece in pieces]

    def matches(self, text: str) -> bool:
        """Whether the whole of `text` is what the pattern says."""
        first, last = self._pieces[0], self._pieces[-1]
        if len(self._pieces) == 1:
            return len(text) == first.length and first.stands_at(text, 0)
        end = len(text) - last.length
        position = first.length
        if end < position or not first.stands_at(text, 0) or not last.stands_at(text, end):
            return False
        for piece in self._pieces[1:-1]:
            found = piece.find(text, position, end)
            if found < 0:
                return False
            position = found + piece.length
        return True


@lru_cache(maxsize=8192)
def pattern(text: str) -> Pattern:
    """The pattern that `text` writes, without variables."""
    return Pattern(((text, False),))
