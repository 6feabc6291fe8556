"""Access points on the way to objects: which one a request came through, what it may be used for, and what it
has to say (S3 guide, "Managing access to shared datasets with access points").
"""

from collections.abc import Mapping
from typing import Any

from deputize.domain import abac
from deputize.domain.public_access import blocks, public
from deputize.errors import ApiError
from deputize.gateway import access_points
from deputize.gateway.call import Call
from deputize.gateway.operation import Resource, Seal
from deputize.model.access_point import AccessPoint
from deputize.model.storage import Bucket
from deputize.s3 import errors
from deputize.store.api import Snapshot

# What may be done through one (S3 guide, "Access point compatibility"); all else is done to buckets alone.
OPERATIONS = frozenset(
    {
        "AbortMultipartUpload",
        "CompleteMultipartUpload",
        "CopyObject",
        "CreateMultipartUpload",
        "DeleteObject",
        "DeleteObjectTagging",
        "DeleteObjects",
        "GetBucketAcl",
        "GetBucketCors",
        "GetBucketLocation",
        "GetBucketNotificationConfiguration",
        "GetBucketPolicy",
        "GetObject",
        "GetObjectAcl",
        "GetObjectAttributes",
        "GetObjectLegalHold",
        "GetObjectRetention",
        "GetObjectTagging",
        "HeadBucket",
        "HeadObject",
        "ListMultipartUploads",
        "ListObjectVersions",
        "ListObjects",
        "ListObjectsV2",
        "ListParts",
        "PutObject",
        "PutObjectAcl",
        "PutObjectLegalHold",
        "PutObjectRetention",
        "PutObjectTagging",
        "UploadPart",
        "UploadPartCopy",
    }
)
RESTRICTED = "Block Public Access of the bucket (RestrictPublicBuckets) holds off callers of other accounts"
OUTSIDE = "the access point takes requests from its VPC alone, and nobody is in one here"


def bucket_through(db: Snapshot, call: Call, name: str) -> Bucket | None:
    """The bucket to which the access point of this name leads; None if there is neither. Raises
    InvalidAccessPointAliasError, NoSuchAccessPoint, and MethodNotAllowed for what is not done through one.
    """
    point = access_points.named(db, name, call.region)
    partition = call.caller.principal.partition
    if point is None or (partition is not None and point.partition != partition):
        _refuse_unknown(name)
        return None
    if call.operation.name not in OPERATIONS:
        raise errors.method_not_allowed()
    return access_points.bucket_behind(db, point)


def _refuse_unknown(name: str) -> None:
    """Raises for what names an access point and cannot be a bucket's name."""
    if name.endswith(access_points.ALIAS_END):
        message = "The specified access point alias name is not valid."
        raise ApiError("InvalidAccessPointAliasError", message, status=400, AccessPointAlias=name)
    if name.startswith("arn:"):
        raise errors.no_such_access_point(name)


def through(db: Snapshot, call: Call, request: Mapping[str, Any], bucket: Bucket) -> AccessPoint | None:
    """The access point through which the request names this bucket; None if it names the bucket itself."""
    name = request["Bucket"]
    return None if name == bucket.name else access_points.named(db, name, call.region)


def passage(db: Snapshot, point: AccessPoint, bucket: Bucket, key: str | None) -> Resource:
    """What the access point says of the bucket, or of the object under `key` in it."""
    return Resource(
        arn=point.arn if key is None else f"{point.arn}/object/{key}",
        account=point.account,
        tags=point.tags,
        policy=point.policy,
        seal=Seal(frozenset(), OUTSIDE) if point.vpc is not None else seal(db, bucket, point, point.policy),
        context={**access_points.keys(point), **abac.bucket_keys(bucket)},
    )


def seal(db: Snapshot, bucket: Bucket, point: AccessPoint | None, policy: str | None) -> Seal | None:
    """Whether Block Public Access restricts a `policy`, which is public, to callers of the accounts that own
    the bucket and the access point.
    """
    if policy is None or not public(policy) or not blocks(db, bucket, "restrict_public_buckets", point):
        return None
    return Seal(frozenset({bucket.account, bucket.account if point is None else point.account}), RESTRICTED)
