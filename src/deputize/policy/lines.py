"""In which lines of a policy's text its statements stand."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache

Path = tuple[str | int, ...]
Span = tuple[int, int]
_DECODER = json.JSONDecoder()
_BLANK = re.compile(r"[ \t\r\n]*")


@lru_cache(maxsize=256)
def statement_lines(text: str | None) -> tuple[Span, ...]:
    """First and last line, from 1, of each statement of the well-formed document `text`; none without one."""
    if text is None:
        return ()
    return tuple(_lines(text, span) for span in statement_spans(text))


def statement_spans(text: str) -> list[Span]:
    """Where each statement of the well-formed document `text` stands; the one that is in no list too."""
    found = list(spans(text))
    listed = [
        span for path, span in found if len(path) == 2 and path[0] == "Statement" and type(path[1]) is int
    ]
    return listed or [span for path, span in found if path == ("Statement",)]


def _lines(text: str, span: Span) -> Span:
    first = text.count("\n", 0, span[0]) + 1
    return first, first + text.count("\n", *span)


def spans(text: str) -> Iterator[tuple[Path, Span]]:
    """Where each object of a well-formed JSON text stands, and the names and places that lead to it; those of
    the outer objects come after those of the inner ones.
    """
    found: list[tuple[Path, Span]] = []
    _value(text, _skip(text, 0), (), found)
    yield from found


def _skip(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return match.end() if match is not None else position


def _value(text: str, start: int, path: Path, found: list[tuple[Path, Span]]) -> int:
    """Notes the value at `start` and those inside, and returns where it ends."""
    opening = text[start]
    if opening not in "{[":
        _, end = _DECODER.raw_decode(text, start)
        return end
    position, place = _skip(text, start + 1), 0
    while text[position] not in "}]":
        name: str | int = place
        if opening == "{":
            name, position = _DECODER.raw_decode(text, position)
            position = _skip(text, _skip(text, position) + 1)
        position = _skip(text, _value(text, position, (*path, name), found))
        if text[position] == ",":
            position = _skip(text, position + 1)
        place += 1
    if opening == "{":
        found.append((path, (start, position + 1)))
    return position + 1
