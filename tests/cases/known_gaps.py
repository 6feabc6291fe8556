"""Where the engine is known to decide otherwise than the reference; each stands in docs/differences.md."""

from typing import Any

Json = Any
RCPS = "resource control policies apply to all services"
ROOT = "root is bound by a bucket policy's Deny of the bucket policy's own actions"
FREE = "the engine does not know which operations no policy can forbid"
GAPS = {
    "rcp: RCP, services that they do not reach": RCPS,
    "root: root may always read its buckets' policies": ROOT,
    "root: root may always write its buckets' policies": ROOT,
    "root: root may always delete its buckets' policies": ROOT,
    "sessions: GetCallerIdentity cannot be denied": FREE,
    "sessions: GetSessionToken needs no permission": FREE,
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
    return None
