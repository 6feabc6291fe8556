"""S3's answers to requests that break its model: codes of its own, where other services say
ValidationError (S3 API, "List of error codes").
"""

from collections.abc import Iterator, Mapping
from typing import Any

from deputize.errors import ApiError
from deputize.protocol.constraints import broken
from deputize.protocol.message import Head
from deputize.protocol.model import Member, OperationModel, Shape
from deputize.protocol.validate import MALFORMED_XML

# How an object is to be encrypted, which only what makes one may be told.
ENCRYPTION = "x-amz-server-side-encryption"
# Codes and texts of single parameters and headers; all others are answered InvalidArgument.
_WORDS = {
    "encoding-type": ("InvalidArgument", "Invalid Encoding Method specified in Request"),
    "x-amz-checksum-algorithm": ("InvalidRequest", "Checksum algorithm provided is unsupported."),
    "x-amz-checksum-type": ("InvalidRequest", "Value for x-amz-checksum-type header is invalid."),
    "x-amz-metadata-directive": ("InvalidArgument", "Unknown metadata directive."),
    "x-amz-object-attributes": ("InvalidArgument", "Invalid attribute name specified."),
    "x-amz-object-lock-legal-hold": ("InvalidArgument", "Legal Hold must be either of 'ON' or 'OFF'"),
    "x-amz-object-lock-mode": ("InvalidArgument", "Unknown wormMode directive."),
    "x-amz-sdk-checksum-algorithm": (
        "InvalidRequest",
        "Value for x-amz-sdk-checksum-algorithm header is invalid.",
    ),
    ENCRYPTION: (
        "InvalidEncryptionAlgorithmError",
        "The encryption request you specified is not valid. The valid value is AES256.",
    ),
    "x-amz-storage-class": ("InvalidStorageClass", "The storage class you specified is not valid"),
    "x-amz-tagging-directive": ("InvalidArgument", "Unknown tagging directive."),
}

# The same where one is missing.
_MISSING = {
    "x-amz-object-attributes": (
        "InvalidRequest",
        "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or "
        "empty",
    ),
}


def validate_s3_head(operation: OperationModel, head: Head) -> None:
    """Raises InvalidArgument where the encryption header is sent to an operation that does not take it (S3
    API, GetObject, "Encryption").
    """
    sent = head.get(ENCRYPTION)
    if sent is None:
        return
    if operation.input is None or all(
        member.wire != ENCRYPTION for member in operation.input.members.values()
    ):
        raise ApiError(
            "InvalidArgument",
            f"{ENCRYPTION} header is not supported for this operation.",
            status=400,
            ArgumentName=ENCRYPTION,
            ArgumentValue=sent,
        )


def validate_s3(operation: OperationModel, request: Mapping[str, Any]) -> None:
    """Raises ApiError: MalformedXML for what a body says, MissingRequestBodyError for one that is missing,
    InvalidArgument or the value's own code for the rest.
    """
    shape = operation.input
    if shape is None:
        return
    for name in shape.required:
        member = shape.members[name]
        if request.get(name) is None and not member.streaming:
            if member.location is None:
                raise ApiError("MissingRequestBodyError", "Request Body is empty", status=400)
            raise _missing(member)
    for name, value in request.items():
        member = shape.members[name]
        if member.location is None:
            if any(_in_body(member.shape, value)):
                raise ApiError("MalformedXML", MALFORMED_XML)
        elif member.wire == "versionId" and value == "":
            raise _invalid(member, "", "Version id cannot be the empty string")
        else:
            wrong = next(_in_head(member.shape, value), None)
            if wrong is not None:
                raise _refused(member, wrong)


def _in_head(shape: Shape, value: Any) -> Iterator[str]:
    """What breaks the model: the value, or an item of a list."""
    if any(broken(shape, value, words=False)):
        yield str(value)
    if shape.type == "list" and shape.element is not None:
        yield from (str(item) for item in value if any(broken(shape.element.shape, item, words=False)))


def _in_body(shape: Shape, value: Any) -> Iterator[str]:
    yield from broken(shape, value, words=False)
    match shape.type:
        case "structure":
            yield from (name for name in shape.required if value.get(name) is None)
            for name, one in value.items():
                yield from _in_body(shape.members[name].shape, one)
        case "list" if shape.element is not None:
            for one in value:
                yield from _in_body(shape.element.shape, one)


def _missing(member: Member) -> ApiError:
    if member.wire.lower() in _MISSING:
        code, message = _MISSING[member.wire.lower()]
        return ApiError(code, message, status=400)
    return _invalid(member, "", f"Missing required parameter: {member.wire}")


def _refused(member: Member, value: str) -> ApiError:
    code, message = _WORDS.get(member.wire.lower(), ("InvalidArgument", f"Invalid value for {member.wire}"))
    if code == "InvalidArgument":
        return _invalid(member, value, message)
    return ApiError(code, message, status=400)


def _invalid(member: Member, value: str, message: str) -> ApiError:
    shown = {} if member.shape.sensitive else {"ArgumentValue": value}
    return ApiError("InvalidArgument", message, status=400, ArgumentName=member.wire, **shown)
