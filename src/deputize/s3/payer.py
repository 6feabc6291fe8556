"""Who pays for a request: the bucket's owner, or whoever asks and says so (S3 guide, "Using Requester Pays
general purpose buckets for storage transfers and usage").

Nobody pays here. What counts is that nobody uses a bucket of somebody else's who does not know that AWS would
charge for it.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, wraps
from typing import Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.model.storage import Bucket
from deputize.protocol.model import load
from deputize.protocol.sigv4 import query_pairs
from deputize.store.api import Snapshot

REQUESTER = "requester"
HEADER = "x-amz-request-payer"
Handler = Callable[[Any, Call, Any], Mapping[str, Any]]


def check(call: Call, bucket: Bucket) -> None:
    """Raises AccessDenied for those who would have to pay and do not say that they would, which those who do
    not sign cannot.
    """
    if charges(call, bucket) and (call.caller.anonymous or not _agreed(call)):
        raise ApiError("AccessDenied", "Access Denied", status=403)


def charges(call: Call, bucket: Bucket) -> bool:
    """Whether the caller would pay for this call."""
    return bucket.requester_pays and call.account != bucket.account and call.operation.name in _charged()


@cache
def _charged() -> frozenset[str]:
    """The operations that say who pays. A form stands for a PutObject."""
    operations = load("s3").operations.values()
    named = (one.name for one in operations if one.input is not None and "RequestPayer" in one.input.members)
    return frozenset((*named, "PostObject"))


def _agreed(call: Call) -> bool:
    """Presigned addresses say it in their query."""
    said = call.head.get(HEADER) or dict(query_pairs(call.head.query)).get(HEADER)
    return said == REQUESTER


def telling(name: str, handler: Handler, buckets: Callable[..., Iterator[Bucket]]) -> Handler:
    """The handler of an operation, whose answers say if the requester pays for one of the `buckets` that a
    request reads or changes.
    """
    output = load("s3").operations[name].output
    if output is None or "RequestCharged" not in output.members:
        return handler

    @wraps(handler)
    def told(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Mapping[str, Any]:
        result = handler(db, call, request)
        if not _agreed(call) or not any(charges(call, bucket) for bucket in buckets(db, call, request)):
            return result
        return {**result, "RequestCharged": REQUESTER}

    return told
