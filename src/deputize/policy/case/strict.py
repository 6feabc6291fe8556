"""What AWS would refuse: asked of a case where that is wanted."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from deputize.policy.case.fields import CaseRefused
from deputize.policy.findings.actions import unknown
from deputize.policy.layers import ResourceKind
from deputize.policy.request import Request
from deputize.policy.validate import Kind, PolicyRefused, check_loaded, check_size, check_text


def check_action(action: str) -> None:
    """Raises CaseRefused for an action that AWS does not have: that it is denied proves nothing."""
    missing = unknown(action)
    if missing is not None:
        raise CaseRefused(f"action: {missing[1].said()}")


def check_documents(raw: Mapping[str, Any], request: Request, kind: ResourceKind) -> None:
    """Raises CaseRefused with AWS's message for the first document of a readable case that AWS would not
    save.
    """
    bucket, of_resource = _holder(request.resource)
    singles = {
        "permissionsBoundary": Kind.BOUNDARY,
        "resourcePolicy": Kind.TRUST if kind is ResourceKind.ROLE_TRUST else of_resource,
        "endpointPolicy": Kind.RESOURCE,
    }
    partition = request.principal.partition or "aws"
    for place, document, saved_as in _lists(raw):
        _check(document, place, saved_as, bucket, partition)
    for name, saved_as in singles.items():
        if raw.get(name) is not None:
            _check(raw[name], name, saved_as, bucket, partition)


def _lists(raw: Mapping[str, Any]) -> Iterator[tuple[str, Any, Kind]]:
    for name, kind in (("identityPolicies", Kind.IDENTITY), ("sessionPolicies", Kind.SESSION)):
        for place, document in enumerate(raw.get(name) or ()):
            yield f"{name}[{place}]", document, kind
    for name, kind in (("serviceControlPolicies", Kind.SCP), ("resourceControlPolicies", Kind.RCP)):
        for place, level in enumerate(raw.get(name) or ()):
            for inner, document in enumerate(level):
                yield f"{name}[{place}][{inner}]", document, kind


def _check(document: dict[str, Any], place: str, kind: Kind, bucket: str | None, partition: str) -> None:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    try:
        check_text(text)
        check_size(text, kind)
        check_loaded(document, kind, bucket=bucket, partition=partition)
    except PolicyRefused as refused:
        more = f" ({refused.detail})" if refused.detail else ""
        raise CaseRefused(f"{place}: {refused}{more}") from None


def _holder(resource: str) -> tuple[str | None, Kind]:
    """Which bucket or access point of S3 has the policy of a resource, and what kind that is."""
    parts = resource.split(":", 5)
    if len(parts) < 6 or parts[2] != "s3":
        return None, Kind.RESOURCE
    if parts[5].startswith("accesspoint/"):
        return resource.partition("/object/")[0], Kind.ACCESS_POINT
    return parts[5].partition("/")[0], Kind.BUCKET
