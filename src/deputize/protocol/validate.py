"""Checks of a parsed request against its model: required members, lengths, patterns, enums and ranges.

The texts are those of AWS's servers; IAM leaves the value and the enum's words out, STS echoes the value.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import regex

from deputize.errors import ApiError
from deputize.protocol.model import OperationModel, Shape

# How long an echoed value may get in a message.
ECHO_LIMIT = 1024
SIZED = ("string", "blob", "list", "map")
NUMBERS = ("integer", "long", "float", "double")
MALFORMED_XML = "The XML you provided was not well-formed or did not validate against our published schema"


def validate(operation: OperationModel, request: Mapping[str, Any]) -> None:
    """Raises ApiError ValidationError (S3: its own codes) naming everything in `request` that breaks the
    model.
    """
    if operation.input is None:
        return
    if operation.service == "s3":
        _validate_s3(operation.input, request)
        return
    echo = operation.service == "sts"
    problems = list(_structure(operation.input, request, "", echo))
    if problems:
        noun = "error" if len(problems) == 1 else "errors"
        raise ApiError(
            "ValidationError", f"{len(problems)} validation {noun} detected: {'; '.join(problems)}"
        )


def _structure(shape: Shape, value: Mapping[str, Any], path: str, echo: bool) -> Iterator[str]:
    for name in shape.required:
        if value.get(name) is None:
            shown = "Value null" if echo else "Value"
            yield f"{shown} at '{_path(path, name)}' failed to satisfy constraint: Member must not be null"
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield from _value(member.shape, value[name], _path(path, name), echo)


def _path(path: str, name: str) -> str:
    """`tags.1.member.key`: names begin in lower case."""
    lower = name[:1].lower() + name[1:]
    return f"{path}.{lower}" if path else lower


def _value(shape: Shape, value: Any, path: str, echo: bool) -> Iterator[str]:
    shown = f"Value '{_echoed(value)}'" if echo and not shape.sensitive else "Value"
    for constraint in _broken(shape, value, echo):
        yield f"{shown} at '{path}' failed to satisfy constraint: Member must {constraint}"
    if shape.type == "structure":
        yield from _structure(shape, value, path, echo)
    elif shape.type == "list" and shape.element is not None:
        for index, item in enumerate(value, 1):
            yield from _value(shape.element.shape, item, f"{path}.{index}.member", echo)


def _echoed(value: Any) -> str:
    text = str(value)
    return text if len(text) <= ECHO_LIMIT else text[:ECHO_LIMIT] + "..."


def _broken(shape: Shape, value: Any, echo: bool) -> Iterator[str]:
    """What the value itself breaks."""
    if shape.type in SIZED:
        if shape.minimum is not None and len(value) < shape.minimum:
            yield f"have length greater than or equal to {shape.minimum}"
        if shape.maximum is not None and len(value) > shape.maximum:
            yield f"have length less than or equal to {shape.maximum}"
    elif shape.type in NUMBERS:
        if shape.minimum is not None and value < shape.minimum:
            yield f"have value greater than or equal to {shape.minimum}"
        if shape.maximum is not None and value > shape.maximum:
            yield f"have value less than or equal to {shape.maximum}"
    if shape.type == "string":
        if shape.pattern is not None and not _expression(shape.matches).fullmatch(value):
            yield f"satisfy regular expression pattern: {shape.pattern}"
        if shape.enum and value not in shape.enum:
            yield f"satisfy enum value set: [{', '.join(shape.enum)}]" if echo else "satisfy enum value set"


@lru_cache(maxsize=512)
def _expression(pattern: str) -> "regex.Pattern[str]":
    r"""Java's pattern: `\w` is ASCII there, `\p{L}` and its kin are Unicode."""
    return regex.compile(pattern, regex.ASCII if r"\p" not in pattern else 0)


def _validate_s3(shape: Shape, request: Mapping[str, Any]) -> None:
    """S3 has codes of its own: MalformedXML for what is in a body, InvalidArgument for the rest."""
    for name in shape.required:
        if request.get(name) is None:
            member = shape.members[name]
            if member.location is None:
                raise ApiError("MissingRequestBodyError", "Request Body is empty", status=400)
            raise _invalid(member.wire, "", f"Missing required parameter: {member.wire}")
    for name, member in shape.members.items():
        value = request.get(name)
        if value is None or member.streaming:
            continue
        if member.location is None:
            if any(_body_problems(member.shape, value)):
                raise ApiError("MalformedXML", MALFORMED_XML)
        elif any(_broken(member.shape, value, True)):
            raise _invalid(member.wire, str(value), f"Invalid value for {member.wire}")


def _invalid(name: str, value: str, message: str) -> ApiError:
    return ApiError("InvalidArgument", message, ArgumentName=name, ArgumentValue=value)


def _body_problems(shape: Shape, value: Any) -> Iterator[str]:
    yield from _value(shape, value, "", False)
