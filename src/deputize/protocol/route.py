"""Which service a request is for, and which of its operations: decided from the head, and for query
services the form.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from deputize.errors import ApiError
from deputize.protocol import elsewhere
from deputize.protocol.address import Address
from deputize.protocol.elsewhere import FORM
from deputize.protocol.message import Head
from deputize.protocol.model import OperationModel, load
from deputize.protocol.query import addressed
from deputize.protocol.rest_route import json_family, of_control
from deputize.protocol.sigv4 import query_pairs

# What signatures call a service, and what its model is called.
SCOPES = {"iam": "iam", "sts": "sts", "s3": "s3", "access-analyzer": "accessanalyzer"}
# The version of its API names a query service where no signature does.
VERSIONS = {"2010-05-08": "iam", "2011-06-15": "sts"}
NO_QUERY: Mapping[str, str] = {}
_END = re.compile(r"[,\s]", re.ASCII)
_PATHS = {"/": (False, False), "/{Bucket}": (True, False), "/{Bucket}/{Key+}": (True, True)}


def family(head: Head) -> str:
    """The service that a request is for: by the signature's scope, else a form or an Action at `/` is a query
    service's (which one, the form tells), JSON posted to a path of a JSON service is that one's, and
    everything else is S3's, or S3 Control's, which signs in S3's name. Raises NotHere if it is for a service
    that this server does not have.
    """
    pairs = query_pairs(head.query)
    stated = (head.get("authorization") or "").partition("Credential=")[2]
    queried = next((value for name, value in pairs if name == "X-Amz-Credential"), "") if pairs else ""
    scoped = _service_of(stated) or _service_of(queried)
    if scoped in SCOPES:
        return _s3(head) if scoped == "s3" else SCOPES[scoped]
    elsewhere.check(head, pairs, scoped)
    if scoped is not None:
        return _s3(head)
    if head.path == "/":
        if head.method == "POST" and (head.get("content-type") or "").startswith(FORM):
            return "sts"
        if any(name == "Action" for name, _ in pairs):
            return "sts"
    return json_family(head, pairs) or _s3(head)


def _s3(head: Head) -> str:
    return "s3control" if of_control(head) else "s3"


def _service_of(credential: str) -> str | None:
    """The service of the credential scope that begins a text, found in one pass: nobody has signed it yet."""
    if not credential:
        return None
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
    """What a request must carry for an operation: fixed parameters, further ones, and headers. Where fixed
    parameters name it, headers that lack do not make it another operation.
    """

    operation: OperationModel
    fixed: tuple[tuple[str, str | None], ...]
    parameters: tuple[str, ...]
    headers: tuple[str, ...]

    @property
    def weight(self) -> int:
        return len(self.fixed) + len(self.parameters) + len(self.headers)

    def fits(self, head: Head, query: Mapping[str, str]) -> bool:
        return not self.weight or (
            all(name in query and value in (None, query[name]) for name, value in self.fixed)
            and all(name in query for name in self.parameters)
            and (bool(self.fixed) or all(head.get(name) is not None for name in self.headers))
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
            operation,
            tuple(operation.subresources.items()),
            tuple(member.wire for member in required if member.location == "querystring"),
            tuple(member.wire.lower() for member in required if member.location == "header"),
        )
        table.setdefault((operation.method, *_PATHS[operation.path]), []).append(route)
        if operation.method == "OPTIONS":  # browsers ask about objects as well
            table.setdefault((operation.method, True, True), []).append(route)
    return {key: tuple(sorted(found, key=lambda route: -route.weight)) for key, found in table.items()}


def rest_operation(service: str, head: Head, address: Address) -> tuple[OperationModel, Mapping[str, str]]:
    """The operation that a REST request calls, and its path labels.

    Raises MethodNotAllowed for a request that is no operation, and of a change NotImplemented for a
    subresource that no operation knows and InvalidArgument for a parameter of others alone: passing over them
    would make it another operation.
    """
    query = dict(reversed(query_pairs(head.query))) if head.query else NO_QUERY
    table = _routes(service) if head.query else _bare_routes(service)
    addressed = (address.bucket is not None, address.key is not None)
    routes = table.get((head.method, *addressed), ())
    found = next((route for route in routes if route.fits(head, query)), None)
    if found is None:
        allowed = {
            method
            for (method, *others), those in table.items()
            if (*others,) == addressed and any(route.fits(head, query) for route in those)
        }
        raise _not_allowed(head, address, allowed)
    operation = found.operation
    if head.query and head.method not in ("GET", "HEAD", "OPTIONS"):
        _refuse_unknown(operation, [route.operation for route in routes], head.query)
    labels = {}
    if address.bucket is not None:
        labels["Bucket"] = address.bucket
    if address.key is not None:
        labels["Key"] = address.key
    return operation, labels


def _not_allowed(head: Head, address: Address, allowed: Iterable[str]) -> ApiError:
    """What is addressed has no such method; the answer tells those that it has (RFC 9110, 15.5.6)."""
    kind = "OBJECT" if address.key is not None else "BUCKET" if address.bucket is not None else "SERVICE"
    return ApiError(
        "MethodNotAllowed",
        "The specified method is not allowed against this resource.",
        {"allow": ", ".join(sorted(allowed))},
        status=405,
        Method=head.method,
        ResourceType=kind,
    )


def _refuse_unknown(operation: OperationModel, others: Iterable[OperationModel], query: str) -> None:
    """Parameters without a value are S3's subresources."""
    known = _parameters(operation)
    for name, value in query_pairs(query):
        if name in known or name.lower().startswith("x-"):
            continue
        if not value:
            raise ApiError(
                "NotImplemented",
                f"The subresource {name} is not offered by this server.",
                status=501,
            )
        if any(name in _parameters(other) for other in others):
            what = "a version-id" if name == "versionId" else name
            raise ApiError(
                "InvalidArgument",
                f"This operation does not accept {what}.",
                status=400,
                ArgumentName=name,
                ArgumentValue=value,
            )


def _parameters(operation: OperationModel) -> frozenset[str]:
    """The names that may stand in the query of an operation."""
    members = operation.input.members.values() if operation.input is not None else ()
    return frozenset(
        (*operation.subresources, *(member.wire for member in members if member.location == "querystring"))
    )
