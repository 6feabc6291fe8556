"""The members of a REST request that travel outside of its body: in the path, the query and the headers
(Smithy, "HTTP bindings").
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from deputize.errors import ApiError
from deputize.protocol import scalars
from deputize.protocol.message import Head
from deputize.protocol.model import Location, Member, Shape
from deputize.protocol.sigv4 import query_pairs

Headers = Mapping[str, Sequence[str]]
# Conditions whose date is passed over if it is none (RFC 9110, 13.1.3 and 13.1.4). Of any other header it is
# refused: what must not be done after it, or to anything else, would be done.
_PASSED_OVER = "modified-since"
# Whose values the SDK for C++ writes in lower case, and S3 takes so.
_CASELESS = frozenset({"x-amz-checksum-mode"})


@dataclass(frozen=True, slots=True)
class _Plan:
    """A shape's members by location, headers with their names in lower case."""

    labels: tuple[Member, ...]
    query: tuple[Member, ...]
    headers: tuple[tuple[str, Member], ...]
    prefixes: tuple[tuple[str, Member], ...]


@cache
def _plan(shape: Shape) -> _Plan:
    def at(location: Location) -> Iterator[Member]:
        return (member for member in shape.members.values() if member.location == location)

    return _Plan(
        labels=tuple(at("uri")),
        query=tuple(at("querystring")),
        headers=tuple((member.wire.lower(), member) for member in at("header")),
        prefixes=tuple((member.wire.lower(), member) for member in at("headers")),
    )


def members(shape: Shape, head: Head, labels: Mapping[str, str]) -> dict[str, Any]:
    """The members of `shape` that path (`labels`), query and headers of a request say.

    Of a repeated parameter the first counts; repeated headers are joined by commas. Those of a whole prefix,
    an object's metadata, are taken byte by byte (S3 guide, "User-defined object metadata"). Raises ApiError
    InvalidArgument for a value that is none of its member's type.
    """
    plan = _plan(shape)
    found: dict[str, Any] = {
        member.name: labels[member.wire] for member in plan.labels if member.wire in labels
    }
    if plan.query and head.query:
        found.update(_queried(plan.query, head.query))
    if plan.headers or plan.prefixes:
        found.update(_from_headers(plan, head.named))
    return found


def _queried(wanted: tuple[Member, ...], query: str) -> Iterator[tuple[str, Any]]:
    """An empty value of anything but a string counts as not sent. A list is its parameter repeated."""
    pairs = [(_utf8(name), _utf8(value)) for name, value in query_pairs(query)]
    said = dict(reversed(pairs))
    for member in wanted:
        raw = said.get(member.wire)
        element = member.shape.element
        if raw is not None and element is not None:
            yield member.name, [_scalar(element, value, None) for name, value in pairs if name == member.wire]
            continue
        if raw is not None and (raw or member.shape.type == "string"):
            yield member.name, _scalar(member, raw, member.timestamp_format)


def _from_headers(plan: _Plan, headers: Headers) -> Iterator[tuple[str, Any]]:
    for name, member in plan.headers:
        if name in headers:
            value = _header(member, headers[name])
            if value is not None:
                yield member.name, value
    for prefix, member in plan.prefixes:
        found = {
            name[len(prefix) :]: ",".join(values)
            for name, values in headers.items()
            if name.startswith(prefix) and len(name) > len(prefix)
        }
        if found:
            yield member.name, found


def _header(member: Member, values: Sequence[str]) -> Any:
    value = _utf8(",".join(values))
    shape = member.shape
    if shape.type == "list" and shape.element is not None:
        return [_scalar(shape.element, part.strip(), None) for part in value.split(",")] if value else None
    if shape.type == "string":
        return value.upper() if member.wire.lower() in _CASELESS else value
    form = None
    if shape.type == "timestamp":
        form = member.timestamp_format or "rfc822"
        if member.wire.lower().endswith(_PASSED_OVER):
            return _date(member, value, form)
    return _scalar(member, value, form) if value else None


def _date(member: Member, value: str, form: str) -> Any:
    """A date; None if it is none."""
    try:
        return scalars.read(member.shape, value, form)
    except scalars.Unreadable:
        return None


def _scalar(member: Member, raw: str, timestamp_format: str | None) -> Any:
    try:
        return scalars.read(member.shape, raw, timestamp_format)
    except scalars.Unreadable:
        what = (
            f"Provided {member.wire} not an integer or within integer range"
            if member.shape.type in scalars.INTEGERS
            else f"Invalid value for {member.wire}"
        )
        raise ApiError("InvalidArgument", what, ArgumentName=member.wire, ArgumentValue=raw) from None


def _utf8(raw: str) -> str:
    """Raw bytes (as latin-1 characters) as UTF-8 where they are that."""
    if raw.isascii():
        return raw
    try:
        return raw.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return raw
