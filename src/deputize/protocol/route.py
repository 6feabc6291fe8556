"""Which service a request is for, and which of its operations: decided from the head, and for query
services the form.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from deputize.errors import ApiError
from deputize.protocol.address import Address
from deputize.protocol.message import Head
from deputize.protocol.model import OperationModel, load
from deputize.protocol.query import addressed
from deputize.protocol.rest_route import json_family
from deputize.protocol.sigv4 import query_pairs

# What signatures call a service, and what its model is called.
SCOPES = {"iam": "iam", "sts": "sts", "s3": "s3", "access-analyzer": "accessanalyzer"}
# The version of its API names a query service where no signature does.
VERSIONS = {"2010-05-08": "iam", "2011-06-15": "sts"}
FORM = "application/x-www-form-urlencoded"
_END = re.compile(r"[,\s]", re.ASCII)
_PATHS = {"/": (False, False), "/{Bucket}": (True, False), "/{Bucket}/{Key+}": (True, True)}


def family(head: Head) -> str:
    """The service that a request is for: by the signature's scope, else a form or an Action at `/` is a query
    service's (which one, the form tells), JSON posted to a path of a JSON service is that one's, and
    everything else is S3's.
    """
    pairs = query_pairs(head.query)
    stated = (head.get("authorization") or "").partition("Credential=")[2]
    queried = next((value for name, value in pairs if name == "X-Amz-Credential"), "")
    scoped = _service_of(stated) or _service_of(queried)
    if scoped is not None:
        return SCOPES.get(scoped, "s3")
    if head.path == "/":
        if head.method == "POST" and (head.get("content-type") or "").startswith(FORM):
            return "sts"
        if any(name == "Action" for name, _ in pairs):
            return "sts"
    return json_family(head, pairs) or "s3"


def _service_of(credential: str) -> str | None:
    """The service of the credential scope that begins a text, found in one pass: nobody has signed it yet."""
    parts = _END.split(credential, maxsplit=1)[0].rsplit("/", 4)
    return parts[3] if len(parts) == 5 and parts[4] == "aws4_request" else None


def query_operation(service: str, head: Head, body: bytes) -> OperationModel:
    """The operation that a query request calls. Its `service` counts from here on.

    Raises MissingAction, InvalidAction, MalformedQueryString.
    """
    found = addressed(head, body)
    name, version = found.get("Action"), found.get("Version", "")
    if not name:
        raise ApiError(
            "MissingAction", "The request is missing an action or a required parameter.", status=400
        )
    signed = "authorization" in (key for key, _ in head.headers) or "X-Amz-Credential" in found
    if not signed:
        service = VERSIONS.get(version, service)
    model = load(service)
    operation = model.operation(name) if version == model.version else None
    if operation is None:
        raise ApiError("InvalidAction", f"Could not find operation {name} for version {version}", status=400)
    return operation


@dataclass(frozen=True, slots=True)
class _Route:
    """What a request must carry for an operation: fixed parameters, further ones, and headers."""

    name: str
    fixed: tuple[tuple[str, str | None], ...]
    parameters: tuple[str, ...]
    headers: tuple[str, ...]

    @property
    def weight(self) -> int:
        return len(self.fixed) + len(self.parameters) + len(self.headers)

    def fits(self, head: Head, query: Mapping[str, str]) -> bool:
        return (
            all(name in query and value in (None, query[name]) for name, value in self.fixed)
            and all(name in query for name in self.parameters)
            and all(head.get(name) is not None for name in self.headers)
        )


@cache
def _bare_routes(service: str) -> Mapping[tuple[str, bool, bool], tuple[_Route, ...]]:
    """Those of the routes that a request without a query can take."""
    return {
        key: tuple(route for route in routes if not route.fixed and not route.parameters)
        for key, routes in _routes(service).items()
    }


@cache
def _routes(service: str) -> Mapping[tuple[str, bool, bool], tuple[_Route, ...]]:
    """Routes by method, and by whether a bucket and a key are addressed; the most demanding first."""
    table: dict[tuple[str, bool, bool], list[_Route]] = {}
    for operation in load(service).operations.values():
        if operation.path not in _PATHS:
            continue
        required = (
            [operation.input.members[name] for name in operation.input.required] if operation.input else []
        )
        route = _Route(
            operation.name,
            tuple(operation.subresources.items()),
            tuple(member.wire for member in required if member.location == "querystring"),
            tuple(member.wire.lower() for member in required if member.location == "header"),
        )
        table.setdefault((operation.method, *_PATHS[operation.path]), []).append(route)
    return {key: tuple(sorted(found, key=lambda route: -route.weight)) for key, found in table.items()}


def rest_operation(service: str, head: Head, address: Address) -> tuple[OperationModel, Mapping[str, str]]:
    """The operation that a REST request calls, and its path labels.

    Raises MethodNotAllowed for a request that is no operation, NotImplemented for a change with a
    subresource that no operation knows: passing over it would make it another operation.
    """
    query = dict(reversed(query_pairs(head.query)))
    table = _routes(service) if head.query else _bare_routes(service)
    routes = table.get((head.method, address.bucket is not None, address.key is not None), ())
    found = next((route for route in routes if route.fits(head, query)), None)
    if found is None:
        raise ApiError(
            "MethodNotAllowed",
            "The specified method is not allowed against this resource.",
            status=405,
            Method=head.method,
            ResourceType="OBJECT"
            if address.key is not None
            else "BUCKET"
            if address.bucket is not None
            else "SERVICE",
        )
    operation = load(service).operation(found.name)
    if operation is None:
        raise LookupError(found.name)
    if head.method not in ("GET", "HEAD"):
        _refuse_unknown(operation, _bare(head.query))
    labels = {
        name: value for name, value in (("Bucket", address.bucket), ("Key", address.key)) if value is not None
    }
    return operation, labels


def _bare(query: str) -> Iterable[str]:
    """Parameters without a value: S3's subresources."""
    return (name for name, value in query_pairs(query) if not value)


def _refuse_unknown(operation: OperationModel, names: Iterable[str]) -> None:
    known = set(operation.subresources)
    if operation.input is not None:
        known |= {
            member.wire for member in operation.input.members.values() if member.location == "querystring"
        }
    for name in names:
        if name not in known and not name.lower().startswith("x-"):
            raise ApiError(
                "NotImplemented",
                f"The subresource {name} is not offered by this server.",
                status=501,
            )
