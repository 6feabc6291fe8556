"""Where in a policy's text a statement stands, as the simulator tells it.

A statement begins just behind the token before it: behind `[`, or behind the statement before; one that is
not in a list, behind its own brace. It ends behind its closing brace. (AWS's documents do not say, its
answers do.)
"""

from functools import lru_cache

from deputize.policy.lines import Span, statement_spans

# Line and column, from 1.
Position = tuple[int, int]


@lru_cache(maxsize=256)
def statement_positions(text: str) -> tuple[tuple[Position, Position], ...]:
    """Begin and end of each statement of the well-formed document `text`."""
    found = statement_spans(text)
    before = text[: found[0][0]].rstrip()
    first = len(before) if before.endswith("[") else found[0][0] + 1
    begins = [first, *(end for _, end in found)]
    return tuple(_pair(text, (begin, end)) for begin, (_, end) in zip(begins, found, strict=False))


def _pair(text: str, span: Span) -> tuple[Position, Position]:
    return _position(text, span[0]), _position(text, span[1])


def _position(text: str, place: int) -> Position:
    return text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place)
