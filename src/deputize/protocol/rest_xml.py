"""S3's protocol: members in path, query, headers and body, XML in and out (Smithy, "AWS restXml"; S3 API,
"Error responses").
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from deputize.errors import ApiError
from deputize.protocol import scalars, xml
from deputize.protocol.codec import NO_LABELS
from deputize.protocol.message import Answer, FileSlice, Head
from deputize.protocol.model import Member, OperationModel, ServiceModel, Shape
from deputize.protocol.sigv4 import query_pairs
from deputize.protocol.validate import MALFORMED_XML, validate
from deputize.protocol.xml import DECLARATION, XmlWriter, text

# The largest body that is not an object: a DeleteObjects of 1000 keys of 1024 bytes, each escaped.
BODY_LIMIT = 4 * 1024 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_ELEMENT = re.compile(r"[A-Za-z][\w.-]*", re.ASCII)


class RestXmlCodec:
    """`Codec` for S3."""

    def __init__(self, model: ServiceModel) -> None:
        self._model = model
        self._writer = XmlWriter("millis")

    def body_limit(self, operation: OperationModel) -> int:
        return BODY_LIMIT

    def parse(
        self, operation: OperationModel, head: Head, body: bytes, labels: Mapping[str, str] = NO_LABELS
    ) -> dict[str, Any]:
        shape = operation.input
        if shape is None:
            return {}
        request = dict(_located(shape, head, labels))
        if shape.payload is not None:
            member = shape.members[shape.payload]
            if not member.streaming and body:
                request[member.name] = _payload(member, body)
        elif body and any(member.location is None for member in shape.members.values()):
            request.update(_body(shape, body))
        validate(operation, request)
        return request

    def serialize(self, operation: OperationModel, result: Mapping[str, Any], request_id: str) -> Answer:
        headers = [("x-amz-request-id", request_id), ("x-amz-id-2", _host_id())]
        shape = operation.output
        if shape is None:
            return Answer(operation.status, tuple(headers))
        status = operation.status
        for member in shape.members.values():
            value = result.get(member.name)
            if value is None:
                continue
            if member.location == "statusCode":
                status = int(value)
            elif member.location == "header":
                headers.append((member.wire.lower(), _header(member, value)))
            elif member.location == "headers":
                headers += [
                    (member.wire.lower() + name.lower(), _checked(one)) for name, one in value.items()
                ]
        body, length = self._content(shape, result, headers)
        if operation.method == "HEAD":
            length = result.get("ContentLength")
            headers = [pair for pair in headers if pair[0] != "content-length"]
            return Answer(status, tuple(headers), b"", int(length) if length is not None else None)
        headers = [pair for pair in headers if pair[0] != "content-length"]
        return Answer(status, tuple(headers), body, length)

    def error(self, error: ApiError, request_id: str, head: Head | None = None) -> Answer:
        status = error.status or self._model.statuses.get(error.code, 400)
        host_id = _host_id()
        headers = [("x-amz-request-id", request_id), ("x-amz-id-2", host_id)]
        if (head is not None and head.method == "HEAD") or status == 304:
            return Answer(status, tuple(headers))
        details = "".join(
            f"<{name}>{text(value)}</{name}>"
            for name, value in error.detail.items()
            if _ELEMENT.fullmatch(name)
        )
        written = (
            f"{DECLARATION}<Error><Code>{text(error.code)}</Code><Message>{text(error.message)}</Message>{details}"
            f"<RequestId>{request_id}</RequestId><HostId>{host_id}</HostId></Error>"
        )
        headers.append(("content-type", "application/xml"))
        return Answer(status, tuple(headers), written.encode("utf-8", "surrogateescape"))

    def _content(
        self, shape: Shape, result: Mapping[str, Any], headers: list[tuple[str, str]]
    ) -> tuple[bytes | FileSlice, int | None]:
        """The body, and a Content-Type among the headers if they have none."""
        if shape.payload is not None:
            member = shape.members[shape.payload]
            value = result.get(member.name)
            if value is None:
                return b"", None
            if member.shape.type == "structure":
                written = self._document(member.shape.root or member.wire, member.shape, value)
                return self._xml(written, headers)
            return (value, None) if isinstance(value, bytes | FileSlice) else (str(value).encode(), None)
        if not any(member.location is None for member in shape.members.values()):
            return b"", None
        if shape.text_root:
            content = "".join(text(str(value)) for value in result.values() if value is not None)
            return self._xml(
                f'<{shape.root} xmlns="{self._model.namespace}">{content}</{shape.root}>', headers
            )
        return self._xml(self._document(shape.root, shape, result), headers)

    def _document(self, root: str, shape: Shape, value: Mapping[str, Any]) -> str:
        members = "".join(self._writer.members(shape, value))
        return f'<{root} xmlns="{self._model.namespace}">{members}</{root}>'

    @staticmethod
    def _xml(written: str, headers: list[tuple[str, str]]) -> tuple[bytes, None]:
        headers.append(("content-type", "application/xml"))
        return (DECLARATION + written).encode("utf-8", "surrogateescape"), None


def _host_id() -> str:
    """S3's extended request id; nobody but AWS could read one."""
    return secrets.token_urlsafe(32)


def _located(shape: Shape, head: Head, labels: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """The members that travel outside of the body."""
    query = {_utf8(name): _utf8(value) for name, value in reversed(query_pairs(head.query))}
    for member in shape.members.values():
        value: Any = None
        match member.location:
            case "uri":
                value = labels.get(member.wire)
            case "querystring":
                value = _from_query(member, query)
            case "header":
                value = _from_header(member, head)
            case "headers":
                value = _prefixed(member.wire.lower(), head)
        if value is not None:
            yield member.name, value


def _from_query(member: Member, query: Mapping[str, str]) -> Any:
    """An empty value of anything but a string counts as not sent."""
    raw = query.get(member.wire)
    if raw is None or (raw == "" and member.shape.type != "string"):
        return None
    return _scalar(member, raw)


def _from_header(member: Member, head: Head) -> Any:
    values = head.all(member.wire.lower())
    if not values:
        return None
    if member.shape.type == "list" and member.shape.element is not None:
        element = member.shape.element
        return [_scalar(element, part.strip()) for value in values for part in _utf8(value).split(",")]
    value = _utf8(",".join(values))
    if member.shape.type == "timestamp":
        try:
            return scalars.read(member.shape, value, member.timestamp_format or "rfc822")
        except scalars.Unreadable:
            return None  # a date that is none is passed over (RFC 9110, 13.1.3)
    if member.wire.lower() == "content-length" and value == "":
        return None
    return _scalar(member, value)


def _prefixed(prefix: str, head: Head) -> dict[str, str]:
    """Headers of a prefix by the rest of their name; repeated ones are joined by commas."""
    found: dict[str, str] = {}
    for name, value in head.headers:
        if name.startswith(prefix) and len(name) > len(prefix):
            key = name[len(prefix) :]
            found[key] = f"{found[key]},{_utf8(value)}" if key in found else _utf8(value)
    return found


def _scalar(member: Member, raw: str) -> Any:
    try:
        return scalars.read(member.shape, raw, member.timestamp_format)
    except scalars.Unreadable:
        number = member.shape.type in scalars.INTEGERS
        message = (
            f"Provided {member.wire} not an integer or within integer range"
            if number
            else f"Invalid value for {member.wire}"
        )
        raise ApiError("InvalidArgument", message, ArgumentName=member.wire, ArgumentValue=raw) from None


def _utf8(raw: str) -> str:
    """Raw bytes (as latin-1 characters) as UTF-8 where they are that."""
    if raw.isascii():
        return raw
    try:
        return raw.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return raw


def _payload(member: Member, body: bytes) -> Any:
    if member.shape.type != "structure":
        try:
            return body if member.shape.type == "blob" else body.decode("utf-8")
        except UnicodeDecodeError:
            raise _malformed() from None
    return _body(member.shape, body)


def _body(shape: Shape, body: bytes) -> dict[str, Any]:
    try:
        return xml.structure(shape, xml.parsed(body))
    except xml.Malformed:
        raise _malformed() from None


def _malformed() -> ApiError:
    return ApiError("MalformedXML", MALFORMED_XML)


def _header(member: Member, value: Any) -> str:
    if member.shape.type == "timestamp":
        return scalars.write_timestamp(float(value), member.timestamp_format or "rfc822")
    if member.shape.type == "list" and member.shape.element is not None:
        element = member.shape.element.shape
        return _checked(",".join(scalars.write(element, one, None) for one in value))
    return _checked(scalars.write(member.shape, value, member.timestamp_format))


def _checked(value: str) -> str:
    """A header's value; nothing that could end it reaches an answer."""
    if _CONTROL.search(value):
        raise ApiError("InvalidArgument", "A header's value would hold control characters.", status=400)
    return value.encode("utf-8", "surrogateescape").decode("latin-1")
