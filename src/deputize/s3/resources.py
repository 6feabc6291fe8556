"""What S3's operations are done to: a bucket with its policy, an object, all buckets."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Resource
from deputize.model.storage import Bucket, StoredObject
from deputize.policy.document import parse
from deputize.policy.public import is_public
from deputize.protocol.validate import MALFORMED_XML
from deputize.s3 import errors
from deputize.s3.names import check_key
from deputize.store.api import Snapshot

# The most objects that one DeleteObjects may name (S3 API).
DELETE_MOST = 1000


@lru_cache(maxsize=1024)
def public(policy: str) -> bool:
    """Whether a stored bucket policy is public."""
    return is_public(parse(policy))


def require_bucket(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Bucket:
    """The bucket that the request names.

    Raises NoSuchBucket, also for one in another partition, which nobody here can see; AccessDenied if it
    is not the expected owner's.
    """
    bucket = db.buckets.get(request["Bucket"])
    partition = call.caller.principal.partition
    if bucket is None or (partition is not None and bucket.partition != partition):
        raise errors.no_such_bucket(request["Bucket"])
    expected = request.get("ExpectedBucketOwner")
    if expected is not None and expected != bucket.account:
        raise ApiError("AccessDenied", "Access Denied", status=403)
    return bucket


def _of(bucket: Bucket, arn: str, item: str | None = None) -> Resource:
    block = bucket.public_access_block
    sealed = bucket.policy is not None and block is not None and block.restrict_public_buckets
    return Resource(
        arn=arn,
        account=bucket.account,
        policy=bucket.policy,
        sealed=sealed and public(bucket.policy or ""),
        item=item,
    )


def bucket_of(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """The bucket that the request names. Raises NoSuchBucket."""
    bucket = require_bucket(db, call, request)
    return _of(bucket, bucket.arn)


def object_of(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """The object that the request names, whether there is one or not. Raises NoSuchBucket."""
    bucket = require_bucket(db, call, request)
    return _of(bucket, f"{bucket.arn}/{request['Key']}")


def objects_of(db: Snapshot, call: Call, request: Mapping[str, Any]) -> list[Resource]:
    """The objects of a DeleteObjects, each refused or deleted by itself. Raises NoSuchBucket,
    MalformedXML.
    """
    return _batch(db, call, request, versions=False)


def versions_of(db: Snapshot, call: Call, request: Mapping[str, Any]) -> list[Resource]:
    """The same, where a version is named: that is another right. Raises NoSuchBucket, MalformedXML."""
    return _batch(db, call, request, versions=True)


def _batch(db: Snapshot, call: Call, request: Mapping[str, Any], *, versions: bool) -> list[Resource]:
    bucket = require_bucket(db, call, request)
    objects = request["Delete"]["Objects"]
    if not 1 <= len(objects) <= DELETE_MOST:
        # Said before any right is asked: asking is work, and a body has room for many thousands.
        raise ApiError("MalformedXML", MALFORMED_XML)
    keys = [one["Key"] for one in objects if ("VersionId" in one) is versions]
    return [_of(bucket, f"{bucket.arn}/{key}", key) for key in keys]


def new_bucket(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """The bucket that will be the caller's."""
    return Resource(
        arn=f"arn:{call.partition}:s3:::{request['Bucket']}", account=call.caller.principal.account
    )


def all_buckets(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """ListAllMyBuckets takes no resource."""
    return Resource(arn="*", account=call.caller.principal.account, shown="")


def key_is_missing(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    """Whether there is no such object: who may not list the bucket must not learn that (GetObject,
    "Permissions").
    """
    bucket = require_bucket(db, call, request)
    return db.objects.get(bucket.id, request["Key"].encode()) is None


def check_version(request: Mapping[str, Any]) -> None:
    """Buckets are not versioned: the only version is `null`. Raises InvalidArgument."""
    version = request.get("VersionId", "null")
    if version != "null":
        raise errors.invalid_argument("Invalid version id specified", "versionId", version)


def require_object(db: Snapshot, call: Call, request: Mapping[str, Any]) -> StoredObject:
    """The current object. Raises NoSuchBucket, NoSuchKey, KeyTooLongError, and InvalidArgument for another
    version than `null`.
    """
    check_version(request)
    bucket = require_bucket(db, call, request)
    found = db.objects.get(bucket.id, check_key(request["Key"]))
    if found is None:
        raise errors.no_such_key(request["Key"])
    return found
