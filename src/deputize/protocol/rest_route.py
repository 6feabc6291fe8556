"""Which operation of a JSON service or of S3 Control a request is for: by its method and path (Smithy, "HTTP
bindings").
"""

from collections.abc import Mapping, Sequence
from functools import cache
from urllib.parse import unquote_to_bytes

from deputize.errors import ApiError
from deputize.protocol.message import Head
from deputize.protocol.model import OperationModel, load

SERVICES = ("accessanalyzer",)
# Those that are signed, and answer errors of signatures, as S3.
S3_SERVICES = frozenset({"s3", "s3control"})
# Where S3 Control's paths begin (its model's version), and the header that each of its requests has.
_CONTROL, _ACCOUNT = "/v20180820/", "x-amz-account-id"
CONTENT_TYPE = "application/json"
# With one of these a POST is S3's, whatever it carries.
_S3_POSTS = frozenset({"uploads", "uploadId", "delete", "restore", "select"})
Template = tuple[str, ...]
# In the place of a number of segments: any.
GREEDY = -1


def json_family(head: Head, query: Sequence[tuple[str, str]]) -> str | None:
    """The JSON service that an unsigned request is for. Buckets may be called like its paths, so only what
    cannot be S3's counts: JSON in a POST without a subresource.
    """
    if head.method != "POST" or not (head.get("content-type") or "").startswith(CONTENT_TYPE):
        return None
    if any(name in _S3_POSTS for name, _ in query):
        return None
    return next((service for service in SERVICES if _found(service, head) is not None), None)


def of_control(head: Head) -> bool:
    """Whether a request in S3's name is S3 Control's. A bucket may be called like the first part of its
    paths; no request for one has the header.
    """
    return head.path.startswith(_CONTROL) and head.get(_ACCOUNT) is not None


def path_operation(service: str, head: Head) -> tuple[OperationModel, Mapping[str, str]]:
    """The operation, and what its path's labels say. Raises UnknownOperationException, or of S3 Control
    MethodNotAllowed.
    """
    found = _found(service, head)
    operation = load(service).operation(found[0]) if found is not None else None
    if operation is None and service in S3_SERVICES:
        raise ApiError(
            "MethodNotAllowed", "The specified method is not allowed against this resource.", status=405
        )
    if found is None or operation is None:
        raise ApiError(
            "UnknownOperationException", "There is no operation of this method and path.", status=404
        )
    return operation, found[1]


def _found(service: str, head: Head) -> tuple[str, Mapping[str, str]] | None:
    segments = tuple(head.path.strip("/").split("/"))
    for template, name in _templates(service).get((head.method, len(segments)), ()):
        labels = _labels(template, segments)
        if labels is not None:
            return name, labels
    for template, name in _templates(service).get((head.method, GREEDY), ()):
        last = len(template) - 1
        labels = _labels(template, (*segments[:last], "/".join(segments[last:])))
        if labels is not None:
            return name, labels
    return None


@cache
def _templates(service: str) -> Mapping[tuple[str, int], Sequence[tuple[Template, str]]]:
    """Path templates and their operations, by method and number of segments; fewer labels come first. Those
    whose last label takes slashes as well stand under GREEDY.
    """
    table: dict[tuple[str, int], list[tuple[Template, str]]] = {}
    for operation in load(service).operations.values():
        template = tuple(operation.path.strip("/").split("/"))
        length = GREEDY if template[-1].endswith("+}") else len(template)
        table.setdefault((operation.method, length), []).append((template, operation.name))
    for routes in table.values():
        routes.sort(key=lambda route: sum(map(_is_label, route[0])))
    return table


def _is_label(segment: str) -> bool:
    return segment.startswith("{")


def _labels(template: Template, segments: tuple[str, ...]) -> dict[str, str] | None:
    """What stands for each label; None if the path is another one. A label is not empty."""
    labels = {}
    if len(segments) != len(template):
        return None
    for form, segment in zip(template, segments, strict=True):
        if _is_label(form) and segment:
            labels[form.strip("{+}")] = unquote_to_bytes(segment.encode("latin-1")).decode("utf-8", "replace")
        elif form != segment:
            return None
    return labels
