"""The protocol of S3 and S3 Control: members in path, query, headers and body, XML in and out (Smithy, "AWS
restXml"; S3 API, "Error responses").
"""

import base64
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from deputize.errors import ApiError
from deputize.protocol import located, scalars, xml
from deputize.protocol.codec import NO_LABELS
from deputize.protocol.message import Answer, Content, FileSlice, Head, Pieces
from deputize.protocol.model import Member, OperationModel, ServiceModel, Shape
from deputize.protocol.validate import MALFORMED_XML
from deputize.protocol.validate_s3 import validate_s3, validate_s3_head
from deputize.protocol.xml_writer import DECLARATION, XmlWriter, text

# The largest body that is not an object: a DeleteObjects of 1000 keys of 1024 bytes, each escaped.
BODY_LIMIT = 4 * 1024 * 1024
# S3's extended request id names the host that answered; nobody but AWS could read one.
HOST_ID = secrets.token_urlsafe(32)
# Under this name a result has parts of itself, whose elements follow each other in their order.
IN_ORDER = ""
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~\w-]+", re.ASCII)
_ELEMENT = re.compile(r"[A-Za-z][\w.-]*", re.ASCII)
# Half characters, which JSON can spell and nothing else can hold; but for those that stand for a byte that
# was none of UTF-8's.
_HALVES = re.compile("[\ud800-\udc7f\udd00-\udfff]")


class RestXmlCodec:
    """`Codec` for S3 or S3 Control."""

    def __init__(self, model: ServiceModel) -> None:
        self._model = model
        self._writer = XmlWriter("millis")
        # S3's errors are the root element; S3 Control's stand in one, as Smithy has it ("noErrorWrapping").
        self._wraps = model.name != "s3"

    def body_limit(self, operation: OperationModel) -> int:
        return BODY_LIMIT

    def parse(
        self, operation: OperationModel, head: Head, body: bytes, labels: Mapping[str, str] = NO_LABELS
    ) -> dict[str, Any]:
        shape = operation.input
        validate_s3_head(operation, head)
        if shape is None:
            return {}
        request = located.members(shape, head, labels)
        if body:
            request.update(self._body(shape, body))
        validate_s3(operation, request)
        return request

    def serialize(self, operation: OperationModel, result: Mapping[str, Any], request_id: str) -> Answer:
        headers = [("x-amz-request-id", request_id), ("x-amz-id-2", HOST_ID)]
        shape = operation.output
        if shape is None:
            return Answer(operation.status, tuple(headers))
        headers += _headers(shape, result)
        status = next((int(result[name]) for name in _statuses(shape) if name in result), operation.status)
        if operation.method == "HEAD":
            length = result.get("ContentLength")
            return Answer(status, tuple(headers), b"", int(length) if length is not None else None)
        body = self._content(shape, result, headers)
        return Answer(status, tuple(headers), body)

    def error(self, error: ApiError, request_id: str, head: Head | None = None) -> Answer:
        status = self.status_of(error)
        headers = [("x-amz-request-id", request_id), ("x-amz-id-2", HOST_ID), *error.headers.items()]
        if (head is not None and head.method == "HEAD") or status == 304:
            return Answer(status, tuple(headers))
        details = "".join(
            f"<{name}>{text(value)}</{name}>"
            for name, value in error.detail.items()
            if _ELEMENT.fullmatch(name)
        )
        said = f"<Code>{text(error.code)}</Code><Message>{text(error.message)}</Message>{details}"
        ids = f"<RequestId>{request_id}</RequestId><HostId>{HOST_ID}</HostId>"
        root = f'ErrorResponse xmlns="{self._model.namespace}"' if self._wraps else "Error"
        inside = f"<Error>{said}</Error>{ids}" if self._wraps else f"{said}{ids}"
        written = f"{DECLARATION}<{root}>{inside}</{root.partition(' ')[0]}>"
        headers.append(("content-type", "application/xml"))
        return Answer(status, tuple(headers), _encoded(written))

    def status_of(self, error: ApiError) -> int:
        """The HTTP status of an error."""
        return error.status or self._model.statuses.get(error.code, 400)

    def _body(self, shape: Shape, body: bytes) -> dict[str, Any]:
        """The members that a request's body says."""
        if shape.payload is None:
            inside = any(member.location is None for member in shape.members.values())
            return self._elements(shape, shape.root, body) if inside else {}
        member = shape.members[shape.payload]
        if member.streaming:
            return {}
        match member.shape.type:
            case "structure":
                return {member.name: self._elements(member.shape, member.wire, body)}
            case "blob":
                return {member.name: body}
        try:
            return {member.name: body.decode("utf-8")}
        except UnicodeDecodeError:
            raise _malformed() from None

    def _elements(self, shape: Shape, root: str, body: bytes) -> dict[str, Any]:
        try:
            return xml.structure(shape, xml.parsed(body, root, self._model.namespace))
        except xml.Malformed:
            raise _malformed() from None

    def _content(self, shape: Shape, result: Mapping[str, Any], headers: list[tuple[str, str]]) -> Content:
        """An answer's body; XML adds its Content-Type to the headers."""
        if shape.payload is not None:
            member = shape.members[shape.payload]
            value = result.get(member.name)
            if value is None:
                return b""
            if member.shape.type == "structure":
                return self._document(
                    member.shape.root or member.wire, self._writer.members(member.shape, value), headers
                )
            return value if isinstance(value, bytes | FileSlice | Pieces) else str(value).encode()
        if not any(member.location is None for member in shape.members.values()):
            return b""
        if shape.text_root:
            content = (text(str(value)) for value in result.values() if value is not None)
            return self._document(shape.root, content, headers)
        elements = self._writer.members(shape, result)
        for part in result.get(IN_ORDER, ()):
            elements += self._writer.members(shape, part)
        return self._document(shape.root, elements, headers)

    def _document(self, root: str, content: Iterable[str], headers: list[tuple[str, str]]) -> bytes:
        headers.append(("content-type", "application/xml"))
        written = f'{DECLARATION}<{root} xmlns="{self._model.namespace}">{"".join(content)}</{root}>'
        return _encoded(written)


def _encoded(written: str) -> bytes:
    """A document as it is sent: what was no UTF-8 byte by byte, as it came."""
    try:
        return written.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return _HALVES.sub("\ufffd", written).encode("utf-8", "surrogateescape")


def _malformed() -> ApiError:
    return ApiError("MalformedXML", MALFORMED_XML)


@cache
def _statuses(shape: Shape) -> tuple[str, ...]:
    return tuple(member.name for member in shape.members.values() if member.location == "statusCode")


@cache
def _outside(shape: Shape) -> Mapping[str, tuple[str, Member]]:
    """An answer's headers (those of a whole prefix too) but Content-Length, which the HTTP edge counts."""
    return {
        member.name: (member.wire.lower(), member)
        for member in shape.members.values()
        if member.location in ("header", "headers") and member.wire.lower() != "content-length"
    }


def _headers(shape: Shape, result: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    outside = _outside(shape)
    for told, value in result.items():
        if value is None or told not in outside:
            continue
        name, member = outside[told]
        if member.location == "headers":
            yield from ((name + _token(key.lower()), _mailed(one)) for key, one in value.items())
        else:
            yield name, _header(member, value)


def _header(member: Member, value: Any) -> str:
    if member.shape.type == "timestamp":
        return scalars.write_timestamp(float(value), member.timestamp_format or "rfc822")
    if member.shape.type == "list" and member.shape.element is not None:
        element = member.shape.element.shape
        return _checked(",".join(scalars.write(element, one, None) for one in value))
    return _checked(scalars.write(member.shape, value, member.timestamp_format))


def _token(name: str) -> str:
    """The rest of a header's name (RFC 9110, 5.6.2)."""
    if not _TOKEN.fullmatch(name):
        raise ApiError("InvalidArgument", "A header's name would hold what no name may.", status=400)
    return name


def _mailed(value: str) -> str:
    """A value of an object's metadata: as it is, or encoded as mail has it (S3 guide, "User-defined object
    metadata"; RFC 2047).
    """
    if value.isascii():
        return _checked(value)
    return f"=?UTF-8?B?{base64.b64encode(value.encode()).decode()}?="


def _checked(value: str) -> str:
    """A header's value; nothing that could end it reaches an answer."""
    if not value.isprintable() and _CONTROL.search(value):  # the expression takes twenty times as long
        raise ApiError("InvalidArgument", "A header's value would hold control characters.", status=400)
    return value if value.isascii() else value.encode("utf-8", "surrogateescape").decode("latin-1")
