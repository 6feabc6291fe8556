"""The tags of buckets and access points: TagResource, UntagResource, ListTagsForResource."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain import abac
from deputize.domain.tags import BUCKET_MOST, REQUEST_KEYS, checked, set_by
from deputize.errors import ApiError
from deputize.gateway import access_points
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.model.access_point import AccessPoint
from deputize.model.storage import Bucket
from deputize.policy.arn import Arn
from deputize.s3control.access_points import no_such_point
from deputize.s3control.public_access import require_own
from deputize.s3control.service import s3control
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3control import (
        ListTagsForResourceRequest,
        ListTagsForResourceResponse,
        TagResourceRequest,
        TagResourceResponse,
        UntagResourceRequest,
        UntagResourceResponse,
    )

POINT = "accesspoint/"


def _named(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Bucket | AccessPoint | None:
    """The caller's account's bucket or access point of this ARN; None if there is none. Raises AccessDenied,
    and InvalidRequest for what has no tags here.
    """
    account = require_own(db, call, request)
    arn = Arn.parse(request["ResourceArn"])
    if arn is None or (arn.partition, arn.service) != (call.partition, "s3"):
        raise _untaggable()
    if arn.resource.startswith(POINT):
        if arn.account != account.id:
            raise ApiError("AccessDenied", "Access Denied", status=403)
        return db.access_points.get(arn.account, arn.resource.removeprefix(POINT), arn.region)
    if arn.region or arn.account or "/" in arn.resource:
        raise _untaggable()
    bucket = db.buckets.get(arn.resource)
    if bucket is not None and bucket.account != account.id:
        raise ApiError("AccessDenied", "Access Denied", status=403)
    return bucket if bucket is not None and bucket.partition == call.partition else None


def _untaggable() -> ApiError:
    return ApiError("InvalidRequest", "Only buckets and access points have tags here.", status=400)


def named_resource(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """The bucket or access point, whether there is one or not: who may not ask does not learn."""
    found, arn = _named(db, call, request), request["ResourceArn"]
    match found:
        case Bucket():
            return Resource(
                arn=arn,
                account=call.account,
                tags=abac.deciding_tags(found),
                policy=found.policy,
                context=abac.bucket_keys(found),
            )
        case AccessPoint():
            return Resource(arn=arn, account=call.account, tags=found.tags, context=access_points.keys(found))
    return Resource(arn=arn, account=call.account)


def _require(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Bucket | AccessPoint:
    """Raises NoSuchBucket, NoSuchAccessPoint."""
    found = _named(db, call, request)
    if found is not None:
        return found
    name = request["ResourceArn"].rpartition(":")[2]
    if name.startswith(POINT):
        raise no_such_point(name.removeprefix(POINT))
    raise ApiError("NoSuchBucket", "The specified bucket does not exist", status=404, BucketName=name)


def _put(db: Transaction, found: Bucket | AccessPoint, tags: Mapping[str, str]) -> None:
    if isinstance(found, Bucket):
        db.buckets.put(dataclasses.replace(found, tags=tags))
    else:
        db.access_points.put(dataclasses.replace(found, tags=tags))


def untagged_keys(db: Snapshot, call: Call, request: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(request["TagKeys"])


@s3control.command("TagResource", access=(Needs("s3:TagResource", on=named_resource, keys=REQUEST_KEYS),))
def tag_resource(db: Transaction, call: Call, request: "TagResourceRequest") -> "TagResourceResponse":
    """Beside the tags that it has. Raises what `_require` and `tags.checked` raise."""
    found = _require(db, call, request)
    _put(db, found, checked({**found.tags, **set_by(request)}.items(), BUCKET_MOST))
    return {}


@s3control.command(
    "UntagResource",
    access=(Needs("s3:UntagResource", on=named_resource, keys={"aws:TagKeys": untagged_keys}),),
)
def untag_resource(db: Transaction, call: Call, request: "UntagResourceRequest") -> "UntagResourceResponse":
    """Also of tags that it has not. Raises what `_require` raises."""
    found, gone = _require(db, call, request), set(request["TagKeys"])
    _put(db, found, {key: value for key, value in found.tags.items() if key not in gone})
    return {}


@s3control.query("ListTagsForResource", access=(Needs("s3:ListTagsForResource", on=named_resource),))
def list_tags_for_resource(
    db: Snapshot, call: Call, request: "ListTagsForResourceRequest"
) -> "ListTagsForResourceResponse":
    """Raises what `_require` raises."""
    tags = _require(db, call, request).tags
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
