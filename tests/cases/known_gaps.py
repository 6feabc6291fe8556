"""Where the engine is known to decide otherwise than the reference; each stands in docs/differences.md."""

import json
from typing import Any

Json = Any
WITHOUT_RESOURCE = "an Allow without Resource in a resource or endpoint policy covers everything"
RCPS = "resource control policies apply to all services"
ROOT = "root is bound by a bucket policy's Deny of the bucket policy's own actions"
FREE = "the engine does not know which operations no policy can forbid"
ALL_OF_S3 = "arn:aws:s3:::* covers actions without a resource of any service"
GAPS = {
    "endpoint: an Allow without a resource allows nothing": WITHOUT_RESOURCE,
    "resources: a resource policy's Allow without a resource allows nothing": WITHOUT_RESOURCE,
    "rcp: RCP, services that they do not reach": RCPS,
    "root: root may always read its buckets' policies": ROOT,
    "root: root may always write its buckets' policies": ROOT,
    "root: root may always delete its buckets' policies": ROOT,
    "sessions: GetCallerIdentity cannot be denied": FREE,
    "sessions: GetSessionToken needs no permission": FREE,
    "resources: all of S3 does not grant an action of another service that has no resource": ALL_OF_S3,
}


def gap(case: Json) -> str | None:
    """The known gap that a case may touch."""
    action = case["action"].lower()
    vendor = action.partition(":")[0]
    if action in ("sts:getcalleridentity", "sts:getsessiontoken"):
        return FREE
    if vendor == "iam" and case.get("resourceControlPolicies"):
        return RCPS
    if action.endswith("bucketpolicy") and case["principal"].endswith(":root"):
        return ROOT
    if case["resource"] == "*" and vendor != "s3" and "arn:aws:s3:::*" in json.dumps(case):
        return ALL_OF_S3
    if action in ("sts:assumerole", "sts:tagsession", "sts:setsourceidentity"):
        return None  # a trust policy has no Resource
    policies = [case[name] for name in ("resourcePolicy", "endpointPolicy") if case.get(name)]
    return WITHOUT_RESOURCE if any(_lacks_resource(policy) for policy in policies) else None


def _lacks_resource(policy: Json) -> bool:
    found = policy["Statement"]
    statements = found if isinstance(found, list) else [found]
    return any(not {"Resource", "NotResource"} & set(one) for one in statements)
