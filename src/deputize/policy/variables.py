"""Policy variables: `${key}`, `${key, 'default'}`, and the escapes `${*}` `${?}` `${$}` (IAM guide, "Policy
variables").

What is put in is literal: a `*` in a tag's value never becomes a wildcard.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from deputize.policy.match import Part, Pattern
from deputize.policy.request import Context

_WITH_DEFAULT = re.compile(r"([^,]*), '(.*)'", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Variable:
    """A place for the value of a single-valued key, in lower case."""

    key: str
    default: str | None


@dataclass(frozen=True, slots=True)
class Template:
    """Text with variables: parts are (text, literal) or Variable."""

    parts: tuple[Part | Variable, ...]

    @property
    def constant(self) -> bool:
        return not any(isinstance(part, Variable) for part in self.parts)

    def filled(self, context: Context) -> list[Part] | None:
        """The parts with values put in; None if a variable has no value."""
        parts: list[Part] = []
        for part in self.parts:
            if isinstance(part, Variable):
                value = _value(part, context)
                if value is None:
                    return None
                parts.append((value, True))
            else:
                parts.append(part)
        return parts


def places(text: str) -> Iterator[tuple[int, int]]:
    """Where the variables of `text` begin and end. After a `${` that is not closed none is, so no text is
    searched twice.
    """
    start = text.find("${")
    while start >= 0 and (last := text.find("}", start)) >= 0:
        yield start, last + 1
        start = text.find("${", last)


def template(text: str, *, variables: bool) -> Template:
    """`text` compiled; without `variables` (version 2008-10-17), `${...}` is plain text."""
    if not variables or "${" not in text:
        return Template(((text, False),))
    parts: list[Part | Variable] = []
    position = 0
    for start, end in places(text):
        parts.append((text[position:start], False))
        parts.append(_variable(text[start + 2 : end - 1]))
        position = end
    parts.append((text[position:], False))
    return Template(tuple(part for part in parts if isinstance(part, Variable) or part[0]))


def shown(text: str, context: Context) -> str:
    """`text` as it is compared: with variables put in; as it is written if one has no value."""
    if "${" not in text:
        return text
    parts = template(text, variables=True).filled(context)
    return text if parts is None else "".join(part for part, _ in parts)


def _variable(name: str) -> Part | Variable:
    if name in ("*", "?", "$"):
        return name, True
    match = _WITH_DEFAULT.fullmatch(name)
    if match is not None:
        return Variable(match[1].strip().lower(), match[2])
    return Variable(name.strip().lower(), None)


def _value(variable: Variable, context: Context) -> str | None:
    value = context.get(variable.key)
    if isinstance(value, str):
        return value
    return variable.default if value is None else None


class Wildcards:
    """A template as a pattern: compiled once if it is constant."""

    __slots__ = ("_pattern", "_template")

    def __init__(self, made: Template) -> None:
        self._template = made
        self._pattern: Pattern | None = Pattern(made.filled({}) or ()) if made.constant else None

    def matches(self, text: str, context: Context) -> bool:
        """Whether `text` matches; never if a variable has no value."""
        if self._pattern is not None:
            return self._pattern.matches(text)
        parts = self._template.filled(context)
        return parts is not None and Pattern(parts).matches(text)
