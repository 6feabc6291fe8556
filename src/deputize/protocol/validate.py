"""Checks of a parsed request against its model: required members, lengths, patterns, enums and ranges.

The texts are those of AWS's servers. IAM leaves the value and the enum's words out, STS echoes them. S3 has
codes of its own (`deputize.protocol.validate_s3`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deputize.errors import ApiError
from deputize.protocol.constraints import all_of, broken
from deputize.protocol.model import OperationModel, Shape

# How long an echoed value, and how many problems, may get in a message.
ECHO_LIMIT = 1024
PROBLEMS = 100
MALFORMED_XML = "The XML you provided was not well-formed or did not validate against our published schema"
NESTED = ("structure", "list", "map")


def validate(operation: OperationModel, request: Mapping[str, Any]) -> None:
    """Raises ApiError ValidationError naming everything in `request` that breaks the model."""
    if operation.input is None:
        return
    checker = Checker(echo=operation.service == "sts")
    problems = list(checker.structure(operation.input, request, ""))
    if problems:
        noun = "error" if len(problems) == 1 else "errors"
        said = "; ".join(problems[:PROBLEMS])
        raise ApiError("ValidationError", f"{len(problems)} validation {noun} detected: {said}", status=400)


@dataclass(frozen=True, slots=True)
class Checker:
    """Names the constraints that values break; `echo`: with the values and an enum's words."""

    echo: bool

    def structure(self, shape: Shape, value: Mapping[str, Any], path: str) -> Iterator[str]:
        """What is wrong with a structure's members. `path` is where it stands (`tags.1.member`)."""
        for name in shape.required:
            if value.get(name) is None:
                shown = "Value null" if self.echo else "Value"
                where = _path(path, name)
                yield f"{shown} at '{where}' failed to satisfy constraint: Member must not be null"
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from self.value(member.shape, value[name], _path(path, name))

    def value(self, shape: Shape, value: Any, path: str) -> Iterator[str]:
        """What is wrong with one value, and with everything in it."""
        for constraint in broken(shape, value, words=self.echo):
            yield self._said(shape, value, path, f"Member must {constraint}")
        match shape.type:
            case "structure":
                yield from self.structure(shape, value, path)
            case "list" if shape.element is not None:
                yield from self._items(shape, shape.element.shape, value, path)
            case "map" if shape.key is not None and shape.value is not None:
                for part, inner, ones in (
                    ("keys", shape.key.shape, value.keys()),
                    ("value", shape.value.shape, value.values()),
                ):
                    if any(any(self.value(inner, one, path)) for one in ones):
                        rule = f"Map {part} must satisfy constraint: [{all_of(inner, words=self.echo)}]"
                        yield self._said(shape, value, path, rule)

    def _items(self, shape: Shape, inner: Shape, value: list[Any], path: str) -> Iterator[str]:
        """Of a list of plain values AWS's servers name the list, of others each item's own place."""
        if inner.type in NESTED:
            for index, item in enumerate(value, 1):
                yield from self.value(inner, item, f"{path}.{index}.member")
        elif any(any(broken(inner, item, words=False)) for item in value):
            rule = f"Member must satisfy constraint: [{all_of(inner, words=self.echo)}]"
            yield self._said(shape, value, path, rule)

    def _said(self, shape: Shape, value: Any, path: str, rule: str) -> str:
        shown = f"Value '{_echoed(value)}'" if self.echo and not _sensitive(shape) else "Value"
        return f"{shown} at '{path}' failed to satisfy constraint: {rule}"


def _path(path: str, name: str) -> str:
    """`tags.1.member.key`: names begin in lower case."""
    lower = name[:1].lower() + name[1:]
    return f"{path}.{lower}" if path else lower


def _sensitive(shape: Shape) -> bool:
    parts = (part.shape for part in (shape.element, shape.key, shape.value) if part is not None)
    return shape.sensitive or any(part.sensitive for part in parts)


def _echoed(value: Any) -> str:
    """As Java writes it, cut to a length that fits in a message."""
    if isinstance(value, list):
        text = f"[{', '.join(map(_echoed, value))}]"
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{key}={_echoed(one)}" for key, one in value.items()) + "}"
    else:
        text = str(value)
    return text if len(text) <= ECHO_LIMIT else text[:ECHO_LIMIT] + "..."
