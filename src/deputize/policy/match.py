"""Wildcards: `*` is any run of characters, `?` exactly one.

A pattern is cut at its `*`s. The first piece must stand at the beginning, the last at the end, and each other
piece is looked for from where the one before it ended: taking the leftmost place is always right, so nothing
is tried twice. Whatever the pattern, every character of the text is looked at a bounded number of times: no
pattern of a policy can hold the server up.
"""

from collections.abc import Iterable
from functools import lru_cache

Part = tuple[str, bool]
# At so few places a piece is tried one by one.
FEW = 4


class Piece:
    """A run of characters without `*`: literal runs, each with its place, and between them places where any
    one character may stand.
    """

    __slots__ = ("_masks", "_runs", "length")

    def __init__(self, parts: Iterable[Part]) -> None:
        self._runs: list[tuple[int, str]] = []
        self._masks: tuple[dict[str, int], int] | None = None
        place, gathered = 0, ""
        for text, literal in parts:
            first, *rest = (text,) if literal else text.split("?")
            gathered += first
            for run in rest:
                if gathered:
                    self._runs.append((place, gathered))
                place += len(gathered) + 1
                gathered = run
        if gathered:
            self._runs.append((place, gathered))
        self.length = place + len(gathered)

    def stands_at(self, text: str, position: int) -> bool:
        """Whether the piece is in `text` at `position`; the caller knows that it does not reach beyond."""
        return all(text.startswith(run, position + place) for place, run in self._runs)

    def find(self, text: str, position: int, end: int) -> int:
        """The leftmost place from `position` on at which the piece ends before `end`; -1 if there is none."""
        if not self._runs:
            return position if position + self.length <= end else -1
        place, run = self._runs[0]
        if len(self._runs) == 1:
            # Only the one run must be found; around it any characters do, if there are enough of them.
            found = text.find(run, position + place, end - (self.length - place - len(run)))
            return found - place if found >= 0 else -1
        places = end - position - self.length + 1
        if places > FEW:
            return self._search(text, position, end)
        return next((at for at in range(position, position + places) if self.stands_at(text, at)), -1)

    def _search(self, text: str, position: int, end: int) -> int:
        """Baeza-Yates and Gonnet's shift-and: bit i of the state says that the first i + 1 characters of the
        piece end here. To try each place would take the square of the length, where there are many.
        """
        masks, anywhere = self._masks or self._made_masks()
        goal = 1 << (self.length - 1)
        state = 0
        for place, character in enumerate(text[position:end], position):
            state = (state << 1 | 1) & masks.get(character, anywhere)
            if state >= goal:
                return place + 1 - self.length
        return -1

    def _made_masks(self) -> tuple[dict[str, int], int]:
        """For each character the places of the piece at which it may stand, and those at which any may."""
        anywhere = (1 << self.length) - 1
        for place, run in self._runs:
            anywhere &= ~(((1 << len(run)) - 1) << place)
        masks: dict[str, int] = {}
        for place, run in self._runs:
            for offset, character in enumerate(run, place):
                masks[character] = masks.get(character, anywhere) | 1 << offset
        self._masks = masks, anywhere
        return self._masks


class Pattern:
    """A compiled pattern. Parts are (text, literal): in literal ones, `*` and `?` are plain characters."""

    __slots__ = ("_first", "_last", "_middle")

    def __init__(self, parts: Iterable[Part]) -> None:
        cut: list[list[Part]] = [[]]
        for text, literal in parts:
            first, *rest = (text,) if literal else text.split("*")
            cut[-1].append((first, literal))
            cut.extend([(run, False)] for run in rest)
        self._first = Piece(cut[0])
        self._last = Piece(cut[-1]) if len(cut) > 1 else None
        self._middle = [_simplest(piece) for piece in cut[1:-1] if piece != [("", False)]]

    def matches(self, text: str) -> bool:
        """Whether the whole of `text` is what the pattern says."""
        first, last = self._first, self._last
        if last is None:
            return len(text) == first.length and first.stands_at(text, 0)
        end = len(text) - last.length
        position = first.length
        if end < position or not first.stands_at(text, 0) or not last.stands_at(text, end):
            return False
        for piece in self._middle:
            if isinstance(piece, str):
                found, length = text.find(piece, position, end), len(piece)
            else:
                found, length = piece.find(text, position, end), piece.length
            if found < 0:
                return False
            position = found + length
        return True


def _simplest(parts: list[Part]) -> str | Piece:
    """A piece that is looked for; most are plain text. The first part of one follows a `*`, so it is not
    literal.
    """
    if len(parts) == 1:
        text = parts[0][0]
        return _piece(text) if "?" in text else text
    if all(literal or "?" not in text for text, literal in parts):
        return "".join(text for text, _ in parts)
    return Piece(parts)


@lru_cache(maxsize=1024)
def _piece(text: str) -> Piece:
    return Piece(((text, False),))


@lru_cache(maxsize=8192)
def pattern(text: str) -> Pattern:
    """The pattern that `text` writes, without variables."""
    return Pattern(((text, False),))
