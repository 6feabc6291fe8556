"""XML elements as values of shapes, for the bodies of S3's requests."""

from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from deputize.protocol import scalars
from deputize.protocol.model import Member, Shape

# No body of S3's has more than ten elements inside of each other.
DEPTH = 16
# CompleteMultipartUpload has the most: 10,000 parts with a number, a tag and a checksum of every kind.
ELEMENTS = 150_000


class Malformed(ValueError):
    """A body that is no XML, or not the XML that the shape asks for."""


class _Builder(TreeBuilder):
    """Builds no deeper than any shape is, and no more elements than any body has."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._elements = 0

    def start(self, tag: Any, attrs: dict[Any, Any], /) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > DEPTH or self._elements > ELEMENTS:
            raise Malformed
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def parsed(body: bytes, root: str, namespace: str) -> Element:
    """The root element of a body, called `root`, in `namespace` or in none.

    Raises Malformed, also for entities, document types, depth that no shape has and elements without end.
    """
    parser = DefusedXMLParser(target=_Builder(), forbid_dtd=True)
    try:
        parser.feed(body)
        element: Element = parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Malformed from None
    if element.tag not in (root, f"{{{namespace}}}{root}"):
        raise Malformed
    return element


def local(tag: str) -> str:
    """An element's name without its namespace."""
    return tag.rpartition("}")[2]


def structure(shape: Shape, element: Element) -> dict[str, Any]:
    """The members that an element's children say. Raises Malformed, also for a child that the shape does not
    know and for one that stands twice where it may stand once: passing over it would leave out what the
    caller asked for.
    """
    children: dict[str, list[Element]] = {}
    for child in element:
        children.setdefault(local(child.tag), []).append(child)
    found: dict[str, Any] = {}
    for member in shape.members.values():
        if member.attribute:
            value = _attribute(member, element)
            if value is not None:
                found[member.name] = value
        elif member.location is None and member.wire in children:
            found[member.name] = _value(member, children.pop(member.wire))
    if children:
        raise Malformed
    return found


def _attribute(member: Member, element: Element) -> str | None:
    name = member.wire.rpartition(":")[2]
    return next((value for tag, value in element.attrib.items() if local(tag) == name), None)


def _value(member: Member, elements: list[Element]) -> Any:
    shape = member.shape
    if not member.flattened and len(elements) > 1:
        raise Malformed
    first = elements[0]
    match shape.type:
        case "list":
            return _list(member, elements)
        case "map":
            return dict(_pair(shape, one) for one in (elements if member.flattened else first))
        case "structure":
            return structure(shape, first)
        case _:
            return _scalar(member, first)


def _list(member: Member, elements: list[Element]) -> list[Any]:
    element = member.shape.element
    if element is None:
        raise Malformed
    items = elements if member.flattened else list(elements[0])
    if not member.flattened and any(local(one.tag) != element.wire for one in items):
        raise Malformed
    return [_value(element, [one]) for one in items]


def _pair(shape: Shape, entry: Element) -> tuple[str, Any]:
    if shape.key is None or shape.value is None:
        raise Malformed
    parts = {local(one.tag): one for one in entry}
    if parts.keys() != {shape.key.wire, shape.value.wire}:
        raise Malformed
    return parts[shape.key.wire].text or "", _value(shape.value, [parts[shape.value.wire]])


def _scalar(member: Member, element: Element) -> Any:
    if len(element):
        raise Malformed
    content = element.text or ""
    strip = member.shape.type not in ("string", "blob")
    try:
        return scalars.read(member.shape, content.strip() if strip else content, member.timestamp_format)
    except scalars.Unreadable:
        raise Malformed from None
