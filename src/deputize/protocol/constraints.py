"""What a single value breaks of its shape's constraints, in the words of AWS's servers."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import regex

from deputize.protocol.model import Shape

SIZED = ("string", "blob", "list", "map")
NUMBERS = ("integer", "long", "float", "double")


def broken(shape: Shape, value: Any, *, words: bool) -> Iterator[str]:
    """The constraints that `value` itself breaks, as what its `Member must` do; `words` lists an enum's."""
    if shape.type in SIZED:
        size = len(value)
        if shape.minimum is not None and size < shape.minimum:
            yield f"have length greater than or equal to {shape.minimum}"
        if shape.maximum is not None and size > shape.maximum:
            yield f"have length less than or equal to {shape.maximum}"
    elif shape.type in NUMBERS:
        if shape.minimum is not None and value < shape.minimum:
            yield f"have value greater than or equal to {shape.minimum}"
        if shape.maximum is not None and value > shape.maximum:
            yield f"have value less than or equal to {shape.maximum}"
    if shape.type == "string":
        if shape.pattern is not None and not _expression(shape.matches).fullmatch(value):
            yield f"satisfy regular expression pattern: {shape.pattern}"
        if shape.enum and value not in shape.enum:
            yield _enum(shape, words=words)


def _enum(shape: Shape, *, words: bool) -> str:
    return f"satisfy enum value set: [{', '.join(shape.enum)}]" if words else "satisfy enum value set"


def all_of(shape: Shape, *, words: bool) -> str:
    """Every constraint of `shape`: what is said of a list's items and a map's keys, whichever one they
    break.
    """
    noun = "length" if shape.type in SIZED else "value"
    parts = [
        f"have {noun} less than or equal to {shape.maximum}" if shape.maximum is not None else "",
        f"have {noun} greater than or equal to {shape.minimum}" if shape.minimum is not None else "",
        f"satisfy regular expression pattern: {shape.pattern}" if shape.pattern is not None else "",
        _enum(shape, words=words) if shape.enum else "",
    ]
    return ", ".join(f"Member must {part}" for part in parts if part)


@lru_cache(maxsize=512)
def _expression(pattern: str) -> "regex.Pattern[str]":
    r"""Java's pattern: `\w` is ASCII there, `\p{L}` and its kin are Unicode."""
    return regex.compile(pattern, regex.ASCII if r"\p" not in pattern else 0)
