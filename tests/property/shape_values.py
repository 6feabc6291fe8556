"""Values of any shape of the service models, as Hypothesis strategies, and their translation for botocore."""

import datetime
import re
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any
from urllib.parse import unquote

import regex
from hypothesis import strategies as st

from deputize.protocol.model import Member, Shape, ShapeType

# Deeper structures carry their required members alone: some shapes contain themselves.
FULL_DEPTH = 4
TIMES = st.integers(0, 4_000_000_000)
NUMBERS: Mapping[ShapeType, tuple[int, int]] = {
    "integer": (-(2**31), 2**31 - 1),
    "long": (-(2**63), 2**63 - 1),
}
# Of these, what a pattern allows: Hypothesis cannot read Java's classes, and is slow with large ones.
CANDIDATES = "".join(map(chr, range(0x20, 0x7F))) + "\t\n\xa0\xdf\xe9\xff\u4e2d\U0001f511"
SINGLE_CLASS = re.compile(r"\^?(\[(?:[^\]\\]|\\.)*\])([*+])\$?")
ASCII = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
BUCKET = r"[a-z0-9][a-z0-9.-]{1,20}[a-z0-9]"

Text = Callable[[Member], st.SearchStrategy[str]]


def printable(_member: Member) -> st.SearchStrategy[str]:
    """What a header can carry: visible ASCII, blanks inside."""
    return st.from_regex(r"[!-~]([ -~]{0,12}[!-~])?", fullmatch=True)


def anything(_member: Member) -> st.SearchStrategy[str]:
    """Any text at all."""
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def xml_text(_member: Member) -> st.SearchStrategy[str]:
    """What XML 1.0 has a place for (2.2); a bare carriage return is read as a line feed (2.11)."""
    return st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
        | st.sampled_from("\t\n"),
        max_size=12,
    )


def values(shape: Shape, texts: Text, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of `shape` that keep every constraint of the model."""
    match shape.type:
        case "structure":
            return structures(shape, texts, depth=depth)
        case "list" if shape.element is not None:
            least = max(shape.minimum or 0, 1)
            most = min(least + 1, _or(shape.maximum, least + 1))
            return st.lists(values(shape.element.shape, texts, depth + 1), min_size=least, max_size=most)
        case "map" if shape.key is not None and shape.value is not None:
            return st.dictionaries(
                values(shape.key.shape, texts, depth + 1),
                values(shape.value.shape, texts, depth + 1),
                min_size=1,
                max_size=2,
            )
        case "boolean":
            return st.booleans()
        case "timestamp":
            return TIMES
        case "blob":
            return st.binary(max_size=12)
        case "float" | "double":
            return st.floats(allow_nan=False, allow_infinity=False)
        case "integer" | "long":
            least, most = NUMBERS[shape.type]
            return st.integers(_or(shape.minimum, least), _or(shape.maximum, most))
        case _:
            return strings(shape, texts)


def structures(
    shape: Shape, texts: Text, *, depth: int = 0, without: Collection[str] = (), needing: Collection[str] = ()
) -> st.SearchStrategy[dict[str, Any]]:
    """Structures with all required members and those in `needing` and any of the others, but those in
    `without`.

    A structure inside of others has at least one member: queries have no words for one that says nothing.
    """

    @st.composite
    def drawn(draw: st.DrawFn) -> dict[str, Any]:
        found = {}
        for name, member in shape.members.items():
            needed = name in shape.required or name in needing
            if name not in without and (needed or (depth < FULL_DEPTH and draw(st.booleans()))):
                found[name] = draw(_of(member, texts, depth + 1))
        if depth and not found and shape.members:
            simple = [one for one in shape.members.values() if one.shape.type not in ("structure", "list")]
            member = draw(st.sampled_from(simple or list(shape.members.values())))
            found[member.name] = draw(_of(member, texts, depth + 1))
        return found

    return drawn()


def _of(member: Member, texts: Text, depth: int) -> st.SearchStrategy[Any]:
    if member.location == "headers":
        names = st.from_regex(r"[a-z0-9-]{1,8}", fullmatch=True)
        return st.dictionaries(names, printable(member), min_size=1, max_size=2)
    if member.name == "ResponseExpires":  # botocore sends dates alone
        return st.just("Thu, 01 Jan 2026 00:00:00 GMT")
    if member.shape.type != "string":
        return values(member.shape, texts, depth)
    if member.location == "uri" and member.shape.pattern is None:
        return (
            st.from_regex(BUCKET, fullmatch=True)
            if member.name == "Bucket"
            else anything(member).filter(bool)
        )
    if member.wire == "versionId":  # an empty one is refused
        return printable(member)
    return strings(member.shape, printable if member.location == "header" else texts, member)


def strings(shape: Shape, texts: Text, member: Member | None = None) -> st.SearchStrategy[str]:
    """Strings that keep the shape's enum, pattern and length."""
    if shape.enum:
        return st.sampled_from(shape.enum)
    least, most = shape.minimum or 0, _or(shape.maximum, 10**9)
    if shape.pattern is not None:
        return _matching(shape.matches, least, most)
    plain = texts(member or Member("", "", shape))
    return plain.map(lambda text: text.ljust(least, "x")[:most])


def _matching(pattern: str, least: int, most: int) -> st.SearchStrategy[str]:
    single = SINGLE_CLASS.fullmatch(pattern)
    if single is not None:
        least = max(least, 1 if single[2] == "+" else 0)
        return st.text(st.sampled_from(_alphabet(single[1])), min_size=least, max_size=min(most, least + 8))
    made = st.from_regex(re.compile(pattern.strip("^$"), re.ASCII), fullmatch=True, alphabet=ASCII)
    return made.filter(lambda text: least <= len(text) <= most)


@cache
def _alphabet(characters: str) -> list[str]:
    return [
        one
        for one in CANDIDATES
        if regex.fullmatch(characters, one, regex.ASCII if "p" not in characters else 0)
    ]


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


def for_botocore(shape: Shape, value: Any) -> Any:
    """The same value as botocore takes it: timestamps as datetimes."""
    match shape.type:
        case "structure":
            return {name: for_botocore(shape.members[name].shape, one) for name, one in value.items()}
        case "list" if shape.element is not None:
            return [for_botocore(shape.element.shape, one) for one in value]
        case "map" if shape.value is not None:
            return {key: for_botocore(shape.value.shape, one) for key, one in value.items()}
        case "timestamp":
            return datetime.datetime.fromtimestamp(value, datetime.UTC)
        case _:
            return value


def from_botocore(shape: Shape, value: Any) -> Any:
    """What botocore read, as we write it: datetimes as epoch seconds, policy documents decoded (which its
    clients do, not its parsers).
    """
    match shape.type:
        case "structure":
            return {
                name: from_botocore(shape.members[name].shape, one)
                for name, one in value.items()
                if name != "ResponseMetadata"
            }
        case "list" if shape.element is not None:
            return [from_botocore(shape.element.shape, one) for one in value]
        case "map" if shape.value is not None:
            return {key: from_botocore(shape.value.shape, one) for key, one in value.items()}
        case "timestamp":
            return value.timestamp()
        case _:
            return unquote(value, errors="strict") if shape.uri_encoded else value
