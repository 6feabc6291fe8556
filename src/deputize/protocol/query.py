"""The query protocol: forms in, XML out (Smithy, "AWS query protocol"), or JSON for who asks for it. IAM and
STS speak it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes
from xml.sax.saxutils import quoteattr

from deputize.errors import ApiError
from deputize.protocol import json_writer, scalars
from deputize.protocol.codec import NO_LABELS
from deputize.protocol.message import Answer, Head
from deputize.protocol.model import Member, OperationModel, ServiceModel, Shape
from deputize.protocol.validate import validate
from deputize.protocol.xml_writer import CONTROL, DECLARATION, XmlWriter, text

JSON = "application/json"
BODY_LIMIT = 10_000_000
# Far above what any request of these services needs.
PARAMETERS = 20_000
# What finds the operation, and how long such a name is at most, each byte of it escaped.
ADDRESS = frozenset({"Action", "Version", "X-Amz-Credential"})
LONGEST_ADDRESS = 3 * max(map(len, ADDRESS))
LONGEST_VALUE = 3 * 1024
DEPTH = 16
# Statuses of errors that every service knows and no model names (IAM and STS, "Common errors").
COMMON = {
    "AccessDenied": 403,
    "EntityTooLarge": 413,
    "ExpiredToken": 403,
    "IncompleteSignature": 400,
    "InternalFailure": 500,
    "InvalidAction": 400,
    "InvalidClientTokenId": 403,
    "MissingAuthenticationToken": 403,
    "OptInRequired": 403,
    "RequestExpired": 400,
    "ServiceUnavailable": 503,
    "SignatureDoesNotMatch": 403,
    "Throttling": 400,
    "ValidationError": 400,
}
_INDEX = re.compile(r"[1-9]\d{0,8}", re.ASCII)

Node = dict[str, Any]


def parameters(head: Head, body: bytes) -> dict[str, str]:
    """All parameters of a query request, from its query and its form; of a repeated one the first counts.

    Raises MalformedQueryString.
    """
    found: dict[str, str] = {}
    for name, value in _pairs(head, body):
        found.setdefault(_decoded(name), _decoded(value))
    return found


def addressed(head: Head, body: bytes) -> dict[str, str]:
    """Those parameters that say where a request belongs. Nobody has signed yet: nothing else of what may be
    megabytes is decoded.

    Raises MalformedQueryString.
    """
    found: dict[str, str] = {}
    for raw, value in _pairs(head, body):
        if len(raw) > LONGEST_ADDRESS or (name := _decoded(raw)) not in ADDRESS or name in found:
            continue
        if len(value) > LONGEST_VALUE:
            raise _malformed(f"{name} is too long.")
        found[name] = _decoded(value)
    return found


def _pairs(head: Head, body: bytes) -> Iterator[tuple[bytes, bytes]]:
    for source in (head.query.encode("latin-1"), body):
        parts = source.split(b"&", PARAMETERS)
        if len(parts) > PARAMETERS:
            raise _malformed("There are too many parameters.")
        for part in parts:
            if part:
                name, _, value = part.partition(b"=")
                yield name, value


def _decoded(raw: bytes) -> str:
    try:
        return unquote_to_bytes(raw.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed("A parameter is not UTF-8.") from None


def _malformed(message: str) -> ApiError:
    return ApiError("MalformedQueryString", message, status=404)


class QueryCodec:
    """`Codec` for one query service."""

    content_type = "text/xml"

    def __init__(self, model: ServiceModel) -> None:
        self._model = model
        self._writer = XmlWriter(None)
        self._namespace = quoteattr(model.namespace)

    def body_limit(self, operation: OperationModel) -> int:
        return BODY_LIMIT

    def parse(
        self, operation: OperationModel, head: Head, body: bytes, labels: Mapping[str, str] = NO_LABELS
    ) -> dict[str, Any]:
        request = _structure(operation.input, _tree(parameters(head, body))) if operation.input else {}
        validate(operation, request)
        return request

    def serialize(self, operation: OperationModel, result: Mapping[str, Any], request_id: str) -> Answer:
        return self._answer(operation.status, self._done(operation, result, request_id), request_id)

    def error(self, error: ApiError, request_id: str, head: Head | None = None) -> Answer:
        status = error.status or self._model.statuses.get(error.code) or COMMON.get(error.code, 400)
        fault = "Sender" if status < 500 else "Receiver"
        answer = self._answer(status, self._refused(error, fault, request_id), request_id)
        if head is not None and head.method == "HEAD":
            return Answer(answer.status, answer.headers)
        return answer

    def _done(self, operation: OperationModel, result: Mapping[str, Any], request_id: str) -> str:
        name = operation.name
        members = ""
        if operation.output is not None:
            wrapper = operation.wrapper or f"{name}Result"
            members = f"<{wrapper}>{''.join(self._writer.members(operation.output, result))}</{wrapper}>"
        return (
            f"{DECLARATION}<{name}Response xmlns={self._namespace}>{members}"
            f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{name}Response>"
        )

    def _refused(self, error: ApiError, fault: str, request_id: str) -> str:
        # What was sent may be told again: XML has no form for some of it, and its readers take none.
        said = text(CONTROL.sub("\ufffd", error.message))
        message = f"<Message>{said}</Message>" if said else ""
        return (
            f"{DECLARATION}<ErrorResponse xmlns={self._namespace}><Error>"
            f"<Type>{fault}</Type><Code>{text(error.code)}</Code>{message}"
            f"</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
        )

    def _answer(self, status: int, written: str, request_id: str) -> Answer:
        headers = (("content-type", self.content_type), ("x-amzn-requestid", request_id))
        return Answer(status, headers, written.encode("utf-8", "replace"))


class JsonQueryCodec(QueryCodec):
    """The same with answers in JSON, which query services write for those who accept it before all else:
    aws-iam-authenticator, which is EKS's, reads GetCallerIdentity so.
    """

    content_type = JSON

    def _done(self, operation: OperationModel, result: Mapping[str, Any], request_id: str) -> str:
        said: dict[str, Any] = {"ResponseMetadata": {"RequestId": request_id}}
        if operation.output is not None:
            wrapper = operation.wrapper or f"{operation.name}Result"
            said = {wrapper: json_writer.members(operation.output, result), **said}
        return json.dumps({f"{operation.name}Response": said}, separators=(",", ":"))

    def _refused(self, error: ApiError, fault: str, request_id: str) -> str:
        message = {"Message": error.message} if error.message else {}
        told = {"Code": error.code, **message, "Type": fault}
        return json.dumps({"Error": told, "RequestId": request_id}, separators=(",", ":"))


def wants_json(head: Head) -> bool:
    """Whether the client accepts JSON before all else."""
    first = (head.get("accept") or "").partition(",")[0]
    return first.partition(";")[0].strip().lower() == JSON


def _tree(found: Mapping[str, str]) -> Node:
    """Dotted names as nested nodes; the text of a node is under the empty name."""
    root: Node = {}
    for name, value in found.items():
        steps = name.split(".")
        if len(steps) > DEPTH:
            continue
        node = root
        for step in steps:
            node = node.setdefault(step, {})
        node[""] = value
    return root


def _structure(shape: Shape, node: Node) -> dict[str, Any]:
    found = {}
    for member in shape.members.values():
        if member.wire in node:
            value = _value(member, node[member.wire])
            if value is not None:
                found[member.name] = value
    return found


def _value(member: Member, node: Node) -> Any:
    shape = member.shape
    match shape.type:
        case "structure":
            return _structure(shape, node)
        case "list":
            return _list(
                shape, node if member.flattened else node.get(shape.element.wire if shape.element else "", {})
            )
        case "map":
            return _map(shape, node if member.flattened else node.get("entry", {}))
        case _:
            return None if "" not in node else _scalar(member, node[""])


def _items(node: Node) -> list[Node]:
    return [node[index] for index in sorted((key for key in node if _INDEX.fullmatch(key)), key=int)]


def _list(shape: Shape, node: Node) -> list[Any]:
    if shape.element is None:
        return []
    values = (_value(shape.element, item) for item in _items(node))
    return [value for value in values if value is not None]


def _map(shape: Shape, node: Node) -> dict[str, Any]:
    if shape.key is None or shape.value is None:
        return {}
    found = {}
    for item in _items(node):
        key = item.get(shape.key.wire, {}).get("")
        if key is not None:
            found[key] = _value(shape.value, item.get(shape.value.wire, {}))
    return found


def _scalar(member: Member, content: str) -> Any:
    try:
        return scalars.read(member.shape, content, member.timestamp_format)
    except scalars.Unreadable:
        raise ApiError("MalformedInput", status=400) from None
