"""Frozen records to rows and back: columns for what is looked up, one JSON column for what is merely
remembered.

The codec of a record type is compiled once from its annotations. A member that the row lacks takes the
record's default; a member that the record does not know is a TypeError: data that this program cannot
understand is refused, not overlooked.
"""

import dataclasses
import json
import types
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from json.scanner import make_scanner
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from deputize.model.identity import fold

R = TypeVar("R")
Convert = Callable[[Any], Any]
Row = tuple[Any, ...]

PLAIN = frozenset({str, int, float, bool, type(None), Any})
COLUMN_TYPES = frozenset({str, int, bytes})

to_json = json.JSONEncoder(separators=(",", ":"), check_circular=False, allow_nan=False).encode
_scan = make_scanner(json.JSONDecoder())  # type: ignore[arg-type] # the stub asks for what a decoder has


def from_json(text: str) -> Any:
    """What `to_json` wrote, without the blanks that other writers' JSON may have around it. Raises
    ValueError.
    """
    try:
        value, end = _scan(text, 0)
    except StopIteration:
        raise ValueError("a row holds no JSON") from None
    if end != len(text):
        raise ValueError("a row's JSON is followed by something else")
    return value


@dataclass(frozen=True, slots=True)
class Codec(Generic[R]):
    """`columns` are SQL's, in the order of the values that `encode` gives and `decode` takes; the last is the
    JSON.
    """

    columns: tuple[str, ...]
    encode: Callable[[R], Row]
    decode: Callable[[Row], R]


@dataclass(frozen=True, slots=True)
class Member:
    """A field of a record on its way to JSON and back; None: as it is."""

    name: str
    encode: Convert | None
    decode: Convert | None


def compile_codec(record: type[R], columns: Sequence[str], folded: frozenset[str]) -> Codec[R]:
    """The codec of `record`: `columns` are columns of their own, those in `folded` in their folded form.

    A folded column does not tell the name as it was given, so that stands in the JSON as well.
    Raises TypeError for a field whose type has no form in the database.
    """
    hints = get_type_hints(record)
    for name in columns:
        if not set(_alternatives(hints[name])) <= COLUMN_TYPES:
            raise TypeError(f"{record.__name__}.{name} cannot be a column: {hints[name]}")
    exact = [name for name in columns if name not in folded]
    rest = [member for member in _members(record) if member.name not in exact]
    return Codec((*columns, "rest"), _encoder(columns, folded, rest), _decoder(record, columns, exact, rest))


def _encoder(columns: Sequence[str], folded: frozenset[str], rest: list[Member]) -> Callable[[Any], Row]:
    ready = [(name, name in folded) for name in columns]
    encode_rest = _mapping_encoder(rest)

    def encode(record: Any) -> Row:
        values = [getattr(record, name) for name, _ in ready]
        for at, (_, folds) in enumerate(ready):
            if folds and values[at] is not None:
                values[at] = fold(values[at])
        return (*values, to_json(encode_rest(record)))

    return encode


def _decoder(
    record: type[R], columns: Sequence[str], exact: Sequence[str], rest: list[Member]
) -> Callable[[Row], R]:
    places = [(columns.index(name), name) for name in exact]
    converted = [(member.name, member.decode) for member in rest if member.decode is not None]

    def decode(row: Row) -> R:
        members = from_json(row[-1])
        for name, convert in converted:
            if name in members:
                members[name] = convert(members[name])
        for at, name in places:
            members[name] = row[at]
        return record(**members)

    return decode


def _members(record: Any) -> list[Member]:
    hints = get_type_hints(record)
    return [Member(field.name, *_converters(hints[field.name])) for field in dataclasses.fields(record)]


def _mapping_encoder(members: list[Member]) -> Convert:
    def encode(record: Any) -> dict[str, Any]:
        return {
            name: getattr(record, name) if convert is None else convert(getattr(record, name))
            for name, convert in ready
        }

    ready = [(member.name, member.encode) for member in members]
    return encode


def _alternatives(hint: Any) -> tuple[Any, ...]:
    """The types that a value may have: `str | None` and Literals of strings are both str."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return tuple(
            kind for part in get_args(hint) for kind in _alternatives(part) if kind is not type(None)
        )
    if origin is Literal:
        return tuple(type(value) for value in get_args(hint))
    return (hint,)


def _converters(hint: Any) -> tuple[Convert | None, Convert | None]:
    """How a value of this type becomes JSON, and how it comes back."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in PLAIN or origin is Literal:
        return None, None
    if hint is bytes:
        return _to_base64, _from_base64
    if dataclasses.is_dataclass(hint):
        return _nested(hint)
    if origin in (Union, types.UnionType):
        return _union(hint)
    if origin is tuple and len(arguments) == 2 and arguments[1] is ...:
        return _sequence(arguments[0])
    if isinstance(origin, type) and issubclass(origin, Mapping) and arguments[0] is str:
        return _mapping(arguments[1])
    raise TypeError(f"no form in the database for {hint}")


def _to_base64(value: bytes) -> str:
    return b64encode(value).decode("ascii")


def _from_base64(text: str) -> bytes:
    return b64decode(text, validate=True)


def _nested(record: Any) -> tuple[Convert, Convert]:
    members = _members(record)
    converted = [(member.name, member.decode) for member in members if member.decode is not None]

    def decode(found: dict[str, Any]) -> Any:
        for name, convert in converted:
            if name in found:
                found[name] = convert(found[name])
        return record(**found)

    return _mapping_encoder(members), decode


def _union(hint: Any) -> tuple[Convert | None, Convert | None]:
    parts = [part for part in get_args(hint) if part is not type(None)]
    if all(part in PLAIN or get_origin(part) is Literal for part in parts):
        return None, None
    if len(parts) != 1:
        raise TypeError(f"JSON could not tell the alternatives of {hint} apart")
    return _optional(*_converters(parts[0]))


def _optional(encode: Convert | None, decode: Convert | None) -> tuple[Convert | None, Convert | None]:
    return _unless_none(encode), _unless_none(decode)


def _unless_none(convert: Convert | None) -> Convert | None:
    if convert is None:
        return None
    return lambda value: None if value is None else convert(value)


def _sequence(item: Any) -> tuple[Convert, Convert]:
    encode, decode = _converters(item)
    return (
        list if encode is None else lambda values: [encode(value) for value in values],
        tuple if decode is None else lambda values: tuple(decode(value) for value in values),
    )


def _mapping(item: Any) -> tuple[Convert, Convert | None]:
    encode, decode = _converters(item)
    return (
        dict if encode is None else lambda values: {name: encode(value) for name, value in values.items()},
        None if decode is None else lambda values: {name: decode(value) for name, value in values.items()},
    )
