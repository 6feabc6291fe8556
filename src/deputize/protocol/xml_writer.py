"""Values as XML elements, for the answers of query and REST-XML services.

How a shape is written is worked out once, when it is first asked for: answers may be lists of thousands of
elements, and all their pieces go into one list.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from deputize.protocol import scalars
from deputize.protocol.model import Member, Shape

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
# XML 1.0 has no place for these, not even as references; S3 writes them as references all the same.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# What `text` has to write otherwise.
_SPECIAL = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

# Adds a value's elements to the pieces.
Write = Callable[[list[str], Any], None]


def text(value: str) -> str:
    """`value` as an element's text."""
    if _SPECIAL.search(value) is None:
        return value
    return CONTROL.sub(lambda found: f"&#x{ord(found[0]):x};", escape(value)).replace("\r", "&#xd;")


class XmlWriter:
    """Writes values in one service's form of timestamps."""

    def __init__(self, timestamp_format: str | None) -> None:
        self._timestamp_format = timestamp_format
        self._structures: dict[Shape, Write] = {}

    def members(self, shape: Shape, value: Mapping[str, Any]) -> list[str]:
        """The elements of a structure's members, those that travel in the body, in pieces."""
        pieces: list[str] = []
        self._structure(shape)(pieces, value)
        return pieces

    def _structure(self, shape: Shape) -> Write:
        """Writes what is inside of a structure's element."""
        made = self._structures.get(shape)
        if made is None:
            members: list[tuple[str, Write]] = []

            def made(pieces: list[str], value: Mapping[str, Any]) -> None:
                for name, write in members:
                    found = value.get(name)
                    if found is not None:
                        write(pieces, found)

            # Known before its members are looked at: a shape may stand inside of itself.
            self._structures[shape] = made
            members += [
                (member.name, self._member(member))
                for member in shape.members.values()
                if member.location is None and not member.attribute
            ]
        return made

    def _member(self, member: Member) -> Write:
        shape = member.shape
        if shape.type == "list" and member.flattened and shape.element is not None:
            return _each(self._element(member.wire, shape.element))
        if shape.type == "map" and member.flattened:
            return self._entries(shape, member.wire)
        return self._element(member.wire, member)

    def _element(self, name: str, member: Member) -> Write:
        shape = member.shape
        match shape.type:
            case "structure":
                return _enclosed(name, self._structure(shape), _attributes(member))
            case "list" if shape.element is not None:
                return _enclosed(name, _each(self._element(shape.element.wire, shape.element)))
            case "map":
                return _enclosed(name, self._entries(shape, "entry"))
            case _:
                return self._scalar(name, member)

    def _entries(self, shape: Shape, name: str) -> Write:
        """Writes a map as elements called `name`, one for each of its entries."""
        if shape.key is None or shape.value is None:
            raise TypeError(f"{shape} is no map")
        write_key = self._element(shape.key.wire, shape.key)
        write_value = self._element(shape.value.wire, shape.value)

        def write(pieces: list[str], value: Mapping[str, Any]) -> None:
            for key, one in value.items():
                pieces.append(f"<{name}>")
                write_key(pieces, key)
                write_value(pieces, one)
                pieces.append(f"</{name}>")

        return write

    def _scalar(self, name: str, member: Member) -> Write:
        shape = member.shape
        if shape.enum:
            return _one_of(name, shape.enum)
        if shape.type == "string" and not shape.uri_encoded:
            return _string(name)
        opening, closing = f"<{name}>", f"</{name}>"
        timestamp_format = member.timestamp_format or self._timestamp_format

        def write(pieces: list[str], value: Any) -> None:
            # What is percent-encoded, a number, a moment or base64 has nothing to escape.
            said = (
                quote(value, safe="-_.~")
                if shape.uri_encoded
                else scalars.write(shape, value, timestamp_format)
            )
            pieces.append(f"{opening}{said}{closing}")

        return write


def _string(name: str) -> Write:
    opening, closing = f"<{name}>", f"</{name}>"
    special = _SPECIAL.search

    def write(pieces: list[str], value: str) -> None:
        pieces.append(f"{opening}{value if special(value) is None else text(value)}{closing}")

    return write


def _one_of(name: str, values: Iterable[str]) -> Write:
    """Writes one of few values, or another, if the model does not know all of them."""
    ready = {value: f"<{name}>{text(value)}</{name}>" for value in values}
    write_other = _string(name)

    def write(pieces: list[str], value: str) -> None:
        made = ready.get(value)
        if made is None:
            write_other(pieces, value)
        else:
            pieces.append(made)

    return write


def _enclosed(
    name: str, inside: Write, attributes: Callable[[Mapping[str, Any]], str] | None = None
) -> Write:
    opening, closing = f"<{name}>", f"</{name}>"

    def write(pieces: list[str], value: Any) -> None:
        pieces.append(opening if attributes is None else f"<{name}{attributes(value)}>")
        inside(pieces, value)
        pieces.append(closing)

    return write


def _each(write_one: Write) -> Write:
    def write(pieces: list[str], value: Iterable[Any]) -> None:
        for one in value:
            write_one(pieces, one)

    return write


def _attributes(member: Member) -> Callable[[Mapping[str, Any]], str] | None:
    """Writes the attributes of a structure's element; None if it never has any."""
    places = [(one.name, one.wire) for one in member.shape.members.values() if one.attribute]
    declared = f' xmlns:{member.namespace[0]}="{member.namespace[1]}"' if member.namespace else ""

    def write(value: Mapping[str, Any]) -> str:
        return "".join(
            f'{declared} {wire}="{text(str(value[name]))}"'
            for name, wire in places
            if value.get(name) is not None
        )

    return write if places else None
