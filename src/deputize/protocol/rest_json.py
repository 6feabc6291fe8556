"""The rest-json protocol: members in path, query, headers and a JSON body (Smithy, "AWS restJson1"). Access
Analyzer speaks it; numbers with fractions, blobs, payloads and headers of answers are none of its.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

from deputize.errors import ApiError
from deputize.protocol import json_writer, located, scalars
from deputize.protocol.codec import NO_LABELS
from deputize.protocol.message import Answer, Head
from deputize.protocol.model import Member, OperationModel, ServiceModel, Shape
from deputize.protocol.validate import validate

# Far above what any request of these services needs.
BODY_LIMIT = 1024 * 1024
DEPTH = 64
CONTENT_TYPE = "application/json"
# Errors that the gateway knows for every service, as these services call them (AWS, "Common error types").
NAMES: Mapping[str, str] = {
    "AccessDenied": "AccessDeniedException",
    "EntityTooLarge": "RequestEntityTooLargeException",
    "InternalError": "InternalServerException",
    "InvalidArgument": "ValidationException",
    "NotImplemented": "NotImplementedException",
    "ServiceUnavailable": "ServiceUnavailableException",
    "ValidationError": "ValidationException",
}
STATUSES: Mapping[str, int] = {
    "AccessDeniedException": 403,
    "InternalServerException": 500,
    "RequestEntityTooLargeException": 413,
    "SerializationException": 400,
    "ServiceUnavailableException": 503,
    "UnknownOperationException": 404,
    "ValidationException": 400,
}


class RestJsonCodec:
    """`Codec` for one rest-json service."""

    def __init__(self, model: ServiceModel) -> None:
        self._model = model

    def body_limit(self, operation: OperationModel) -> int:
        return BODY_LIMIT

    def parse(
        self, operation: OperationModel, head: Head, body: bytes, labels: Mapping[str, str] = NO_LABELS
    ) -> dict[str, Any]:
        shape = operation.input
        if shape is None:
            return {}
        request = located.members(shape, head, labels)
        if body:
            request.update(_structure(shape, _loaded(body), body_only=True))
        validate(operation, request)
        return request

    def serialize(self, operation: OperationModel, result: Mapping[str, Any], request_id: str) -> Answer:
        document = json_writer.members(operation.output, result) if operation.output is not None else {}
        return _answer(operation.status, document, request_id)

    def error(self, error: ApiError, request_id: str, head: Head | None = None) -> Answer:
        code = NAMES.get(error.code, error.code)
        status = error.status or self._model.statuses.get(code) or STATUSES.get(code, 400)
        # Details in the capitals of the XML services are not for these clients.
        document = {name: text for name, text in error.detail.items() if name[:1].islower()}
        document["message"] = error.message
        if code == "ValidationException":
            document.setdefault("reason", "other" if code == error.code else "fieldValidationFailed")
        answer = _answer(status, document, request_id, ("x-amzn-errortype", code))
        if head is not None and head.method == "HEAD":
            return Answer(answer.status, answer.headers)
        return answer


def _answer(status: int, document: Mapping[str, Any], request_id: str, *headers: tuple[str, str]) -> Answer:
    written = json.dumps(document, separators=(",", ":"), allow_nan=False)
    head = (("content-type", CONTENT_TYPE), ("x-amzn-requestid", request_id), *headers)
    return Answer(status, head, written.encode())


def _loaded(body: bytes) -> dict[str, Any]:
    """The object that a body is; not one nested deeper than any request is."""
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise _unreadable() from None
    if not isinstance(document, dict):
        raise _unreadable()
    return document


def _no_constant(_name: str) -> None:
    raise ValueError("no JSON")


def _unreadable() -> ApiError:
    return ApiError("SerializationException", "The body is no JSON object of this operation.", status=400)


def _structure(shape: Shape, document: Any, *, depth: int = 0, body_only: bool = False) -> dict[str, Any]:
    """The members of a structure; unknown ones are passed over, null counts as not sent."""
    if not isinstance(document, dict) or depth > DEPTH:
        raise _unreadable()
    return {
        member.name: _value(member, document[member.wire], depth + 1)
        for member in shape.members.values()
        if document.get(member.wire) is not None and not (body_only and member.location is not None)
    }


def _value(member: Member, value: Any, depth: int) -> Any:
    shape = member.shape
    match shape.type:
        case "structure":
            return _structure(shape, value, depth=depth)
        case "list" if shape.element is not None and isinstance(value, list):
            return [_value(shape.element, one, depth + 1) for one in value if one is not None]
        case "map" if shape.value is not None and isinstance(value, dict):
            return {key: _value(shape.value, one, depth + 1) for key, one in value.items() if one is not None}
        case "list" | "map":
            raise _unreadable()
        case _:
            return _scalar(member, value)


def _scalar(member: Member, value: Any) -> Any:
    """A value of JSON as its shape has it. A boolean is no number here, and a string neither."""
    shape = member.shape
    match shape.type:
        case "boolean":
            fits = isinstance(value, bool)
        case "integer" | "long":
            least, most = scalars.INTEGERS[shape.type]
            fits = type(value) is int and least <= value <= most
        case "timestamp":
            fits = isinstance(value, str) or (type(value) in (int, float) and math.isfinite(value))
        case _:
            fits = isinstance(value, str)
    if not fits:
        raise _unreadable()
    if not isinstance(value, str):
        return value
    try:
        return scalars.read(shape, value, member.timestamp_format)
    except scalars.Unreadable:
        raise _unreadable() from None
