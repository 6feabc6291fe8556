"""What findings say: sentences with places for values, in English, and in other languages by a catalogue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from types import MappingProxyType
from typing import Union

# English sentences to the same in another language, with the same places.
Words = Mapping[str, str]
ENGLISH: Words = MappingProxyType({})
# What a place may hold: a name, which is the same in every language, or words, which are not.
Value = Union[str, int, "Text"]


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence or a part of one: `{name}` in `template` is a place for the value of that name. `more` are
    the sentences after it.
    """

    template: str
    values: Mapping[str, Value]
    more: tuple["Text", ...] = ()

    def then(self, *more: "Text") -> "Text":
        """This, and more sentences."""
        return Text(self.template, self.values, (*self.more, *more))

    def said(self, words: Words = ENGLISH) -> str:
        """The text in the language of `words`; what they lack is said in English."""
        values = {
            name: value.said(words) if isinstance(value, Text) else value
            for name, value in self.values.items()
        }
        first = words.get(self.template, self.template).format(**values)
        return " ".join((first, *(one.said(words) for one in self.more)))


def says(template: str, /, **values: Value) -> Text:
    """The text of a template, which is written where it is used: a test finds all of them there."""
    return Text(template, values)


def either(listed: Iterable[Value]) -> Value:
    """One of what is listed."""
    return reduce(lambda one, other: says("{one} or {other}", one=one, other=other), listed)


def each(listed: Iterable[Value]) -> Value:
    """All of what is listed."""
    return reduce(lambda one, other: says("{one} and {other}", one=one, other=other), listed)
