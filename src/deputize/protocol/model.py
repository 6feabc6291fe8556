"""AWS's service models, compiled by tools/models.py, as immutable values that are loaded when first asked
for.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

ShapeType = Literal[
    "structure", "list", "map", "string", "integer", "long", "float", "double", "boolean", "timestamp", "blob"
]
Location = Literal["uri", "querystring", "header", "headers", "statusCode"]
Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """The form of one value. `members` belong to structures, `element` to lists, `key` and `value` to
    maps.

    `required`, `enum`, `pattern` (Java's syntax; `matches` is what is matched in its place), `minimum` and
    `maximum` (a length, or the value of a number) are what `validate` checks. `payload` names the member
    that is the whole body (REST). `root` is the XML element that a response of this shape is written in.
    `uri_encoded` strings leave percent-encoded (IAM's policy documents); `text_root` structures write
    their one member as the root element's text (GetBucketLocation). `sensitive` values never reach logs or
    messages.
    """

    name: str
    type: ShapeType
    members: Mapping[str, "Member"]
    required: tuple[str, ...] = ()
    payload: str | None = None
    element: "Member | None" = None
    key: "Member | None" = None
    value: "Member | None" = None
    enum: tuple[str, ...] = ()
    pattern: str | None = None
    matches: str = ""
    minimum: int | None = None
    maximum: int | None = None
    timestamp_format: str | None = None
    root: str = ""
    flattened: bool = False
    sensitive: bool = False
    uri_encoded: bool = False
    text_root: bool = False
    eventstream: bool = False

    def __repr__(self) -> str:
        return f"<Shape {self.name} {self.type}>"


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A named place for a value. `name` is the key in our dicts, `wire` the name on the wire.

    `location` says where it travels in a REST request or answer, None is the body. `attribute` members are
    XML attributes; `namespace` is the (prefix, URI) that their element declares.
    """

    name: str
    wire: str
    shape: Shape
    location: Location | None = None
    flattened: bool = False
    attribute: bool = False
    streaming: bool = False
    idempotency_token: bool = False
    namespace: tuple[str, str] | None = None
    timestamp_format: str | None = None


@dataclass(frozen=True, slots=True)
class ChecksumTrait:
    """What the operation says of checksums: the member that names the request's algorithm, whether one is
    demanded, the member that asks for validation of the answer, and the algorithms an answer may carry.
    """

    request_algorithm_member: str | None = None
    request_required: bool = False
    validation_mode_member: str | None = None
    response_algorithms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class OperationModel:
    """One operation. `path` is the URI template's path and `subresources` its fixed query (`None`: a bare
    key).

    `status` is that of the answer. `auth` is `v4`, `none` (unsigned calls are legal) or `v4-unsigned-body`.
    `wrapper` is the element around a query answer's members. `errors` are the codes that the model names.
    """

    service: str
    name: str
    version: str
    namespace: str
    method: str
    path: str
    subresources: Mapping[str, str | None]
    status: int
    input: Shape | None
    output: Shape | None
    wrapper: str | None
    errors: tuple[str, ...]
    auth: Literal["v4", "none", "v4-unsigned-body"]
    checksum: ChecksumTrait | None

    @property
    def streaming_input(self) -> str | None:
        """The input member that is the streamed body, if there is one."""
        return _streaming(self.input)

    @property
    def streaming_output(self) -> str | None:
        """The output member that is the streamed body, if there is one."""
        return _streaming(self.output)

    @property
    def idempotency_token(self) -> str | None:
        """The input member that makes a repeated call the same call, if there is one."""
        members = self.input.members.values() if self.input else ()
        return next((member.name for member in members if member.idempotency_token), None)

    def __repr__(self) -> str:
        return f"<OperationModel {self.service}:{self.name}>"


@dataclass(frozen=True, eq=False)
class ServiceModel:
    """One service: its operations by name, and the status of each error code that its model or our patches
    name. `signing` is what signatures call it.
    """

    name: str
    protocol: Literal["query", "rest-xml", "rest-json"]
    signing: str
    version: str
    namespace: str
    statuses: Mapping[str, int]
    botocore: str
    raw: Raw = field(repr=False)

    @cached_property
    def operation_names(self) -> tuple[str, ...]:
        """The names of all operations, in the model's order."""
        return tuple(self.raw["operations"])

    def operation(self, name: str) -> OperationModel | None:
        """The operation called `name`, or None; made when first asked for."""
        return _operation(self, name) if name in self.raw["operations"] else None

    @property
    def operations(self) -> Mapping[str, OperationModel]:
        """Every operation by name. Making all of them takes tens of milliseconds: for tools and tests."""
        return {name: _operation(self, name) for name in self.operation_names}

    def shape(self, name: str) -> Shape:
        """The shape called `name`; raises KeyError. Shapes may contain themselves."""
        return _shape(self, name)


@cache
def load(service: str) -> ServiceModel:
    """The model of `service` (`iam`, `sts`, `s3` ...); raises LookupError if no model was compiled for it."""
    file = resources.files("deputize.protocol") / "models" / f"{service}.json"
    if not file.is_file():
        raise LookupError(f"no model for service {service}")
    raw: dict[str, Any] = json.loads(file.read_bytes())
    return ServiceModel(
        name=raw["service"],
        protocol=raw["protocol"],
        signing=raw["signing"],
        version=raw["version"],
        namespace=raw["namespace"],
        statuses=MappingProxyType(raw["statuses"]),
        botocore=raw["botocore"],
        raw=raw,
    )


@cache
def _operation(service: ServiceModel, name: str) -> OperationModel:
    raw: Raw = service.raw["operations"][name]
    path, _, query = raw.get("uri", "/").partition("?")
    pairs = (part.partition("=") for part in query.split("&") if part)
    return OperationModel(
        service=service.name,
        name=name,
        version=service.version,
        namespace=service.namespace,
        method=raw.get("method", "POST"),
        path=path,
        subresources=MappingProxyType({key: value if equals else None for key, equals, value in pairs}),
        status=raw.get("status", 200),
        input=service.shape(raw["input"]) if "input" in raw else None,
        output=service.shape(raw["output"]) if "output" in raw else None,
        wrapper=raw.get("wrapper"),
        errors=tuple(raw.get("errors", ())),
        auth=raw.get("auth", "v4"),
        checksum=_checksum(raw.get("checksum")),
    )


@cache
def _shape(service: ServiceModel, name: str) -> Shape:
    return _build(service, name, {})


def _build(service: ServiceModel, name: str, known: dict[str, Shape]) -> Shape:
    """The shape `name` with everything in it. `known` are the shapes of this walk: a cycle ends there."""
    if name in known:
        return known[name]
    raw: Raw = service.raw["shapes"][name]
    members: dict[str, Member] = {}
    parts: dict[str, Member | None] = dict.fromkeys(("element", "key", "value"))
    shape = Shape(
        name=name,
        type=raw["type"],
        members=MappingProxyType(members),
        required=tuple(raw.get("required", ())),
        payload=raw.get("payload"),
        enum=tuple(raw.get("enum", ())),
        pattern=raw.get("pattern"),
        matches=raw.get("matches", raw.get("pattern", "")),
        minimum=raw.get("min"),
        maximum=raw.get("max"),
        timestamp_format=raw.get("timestampFormat"),
        root=raw.get("root", name),
        flattened=raw.get("flattened", False),
        sensitive=raw.get("sensitive", False),
        uri_encoded=raw.get("uriEncoded", False),
        text_root=raw.get("textRoot", False),
        eventstream=raw.get("eventstream", False),
    )
    known[name] = shape
    members |= {key: _member(service, key, value, known) for key, value in raw.get("members", {}).items()}
    for part, default in (("element", "member"), ("key", "key"), ("value", "value")):
        if part in raw:
            parts[part] = _member(service, default, raw[part], known)
            object.__setattr__(shape, part, parts[part])
    return shape


def _member(service: ServiceModel, name: str, raw: Raw, known: dict[str, Shape]) -> Member:
    shape = _build(service, raw["shape"], known)
    prefix = raw.get("namespace")
    return Member(
        name=name,
        wire=raw.get("name", name),
        shape=shape,
        location=raw.get("location"),
        flattened=raw.get("flattened", shape.flattened),
        attribute=raw.get("attribute", False),
        streaming=raw.get("streaming", False),
        idempotency_token=raw.get("idempotencyToken", False),
        namespace=(prefix[0], prefix[1]) if prefix else None,
        timestamp_format=raw.get("timestampFormat", shape.timestamp_format),
    )


def _checksum(raw: Raw | None) -> ChecksumTrait | None:
    if raw is None:
        return None
    return ChecksumTrait(
        request_algorithm_member=raw.get("requestAlgorithmMember"),
        request_required=raw.get("requestChecksumRequired", False),
        validation_mode_member=raw.get("requestValidationModeMember"),
        response_algorithms=tuple(raw.get("responseAlgorithms", ())),
    )


def _streaming(shape: Shape | None) -> str | None:
    if shape is None or shape.payload is None:
        return None
    return shape.payload if shape.members[shape.payload].streaming else None
