"""What S3's operations are done to: a bucket with its policy, an object, all buckets."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from deputize.domain import abac
from deputize.domain.public_access import blocks
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Resource
from deputize.model.access_point import AccessPoint
from deputize.model.storage import NULL, Bucket, DeleteMarker, StoredObject
from deputize.policy.principal_forms import ACCOUNT
from deputize.protocol.validate import MALFORMED_XML
from deputize.s3 import access_points, errors, grants, payer
from deputize.s3.names import check_key
from deputize.store.api import Snapshot

# How the ids of versions look: they are random, and opaque to clients.
VERSION_ID = re.compile(r"[A-Za-z0-9_-]{32}")
# The most objects that one DeleteObjects may name (S3 API).
DELETE_MOST = 1000


def require_bucket(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Bucket:
    """The bucket that the request names, itself or by an access point.

    Raises NoSuchBucket, also for one in another partition, which nobody here can see; AccessDenied if it
    is not the expected owner's, InvalidBucketOwnerAWSAccountID if that could be nobody; AccessDenied if the
    caller would have to pay and does not say so; what `access_points.bucket_through` raises.
    """
    name = request["Bucket"]
    bucket = db.buckets.get(name) or access_points.bucket_through(db, call, name)
    partition = call.caller.principal.partition
    if bucket is None or (partition is not None and bucket.partition != partition):
        raise errors.no_such_bucket(name)
    expected = request.get("ExpectedBucketOwner")
    if expected is not None and expected != bucket.account:
        if not ACCOUNT.fullmatch(expected):
            raise ApiError(
                "InvalidBucketOwnerAWSAccountID",
                "The value of the expected bucket owner parameter must be an AWS account ID",
            )
        raise ApiError("AccessDenied", "Access Denied", status=403)
    if bucket.requester_pays:
        payer.check(call, bucket)
    return bucket


def _of(
    db: Snapshot,
    bucket: Bucket,
    point: AccessPoint | None,
    key: str | None,
    allowed: grants.Allowed,
    item: str | None = None,
) -> Resource:
    """What the policy and the list of the bucket say, in its owner's name, of it or of the object under
    `key`, reached through `point`; `allowed` is what grants in the list mean there.
    """
    statements: tuple[str, ...] = ()
    if not grants.enforced(bucket):
        public_counts = not blocks(db, bucket, "ignore_public_acls", point)
        statements = grants.granted(bucket.acl, allowed, public=public_counts)
    via, context = None, abac.bucket_keys(bucket)
    if point is not None:
        via = access_points.passage(db, point, bucket, key)
        context = {**via.context, **context}
    return Resource(
        arn=bucket.arn if key is None else f"{bucket.arn}/{key}",
        account=bucket.account,
        policy=grants.joined(bucket.policy, statements, denials_only=False),
        seal=access_points.seal(db, bucket, point, bucket.policy),
        via=via,
        tags=abac.deciding_tags(bucket),
        context=context,
        item=item,
    )


def _object(
    db: Snapshot, call: Call, bucket: Bucket, point: AccessPoint | None, key: str, item: str | None = None
) -> Resource:
    """Who may write to the bucket may make new objects, and replace and delete their own (S3 guide, "Mapping
    of ACL permissions and access policy permissions").
    """
    allowed = grants.IN_BUCKET
    if not grants.enforced(bucket):
        found = db.objects.get(bucket.id, key.encode())
        if found is not None:
            allowed = grants.OF_OWN if found.owner == call.account else grants.NOTHING
    return _of(db, bucket, point, key, allowed, item)


def bucket_of(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """The bucket that the request names. Raises NoSuchBucket."""
    bucket = require_bucket(db, call, request)
    return _of(db, bucket, access_points.through(db, call, request, bucket), None, grants.ON_BUCKET)


def object_of(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """An object that is to be made or deleted, whether there is one or not: the bucket's owner decides.
    Raises NoSuchBucket.
    """
    bucket = require_bucket(db, call, request)
    point = access_points.through(db, call, request, bucket)
    return _object(db, call, bucket, point, request["Key"])


def stored_of(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """The object that the request names, or will name: its owner decides. Of the policy of a bucket of
    somebody else's, only what it denies counts (S3 guide, "How Amazon S3 authorizes a request for an object
    operation"). Raises NoSuchBucket.
    """
    bucket = require_bucket(db, call, request)
    resource = object_of(db, call, request)
    found = None if grants.enforced(bucket) else named_object(db, call, request)
    if not isinstance(found, StoredObject):
        return resource
    point = access_points.through(db, call, request, bucket)
    public_counts = not blocks(db, bucket, "ignore_public_acls", point)
    statements = grants.granted(found.acl, grants.ON_OBJECT, public=public_counts)
    policy = grants.joined(bucket.policy, statements, denials_only=found.owner != bucket.account)
    return dataclasses.replace(resource, account=found.owner, policy=policy, host=bucket.account)


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
    named = [one for one in objects if ("VersionId" in one) is versions]
    point = access_points.through(db, call, request, bucket)
    return [_matching(_object(db, call, bucket, point, one["Key"], item(one)), one) for one in named]


def _matching(resource: Resource, one: Mapping[str, Any]) -> Resource:
    """An object of a DeleteObjects with the entity tag that it must have as `s3:if-match` (S3 guide,
    "Enforce conditional deletes on Amazon S3 buckets").
    """
    if "ETag" not in one:
        return resource
    key = {"s3:if-match": one["ETag"]}
    via = resource.via
    if via is not None:
        via = dataclasses.replace(via, context={**via.context, **key})
    return dataclasses.replace(resource, via=via, context={**resource.context, **key})


def matched_of(db: Snapshot, call: Call, request: Mapping[str, Any]) -> list[Resource]:
    """Those of them that must have a certain entity tag. Raises NoSuchBucket."""
    return [
        dataclasses.replace(stored_of(db, call, {**request, "Key": one["Key"]}), item=item(one))
        for one in request["Delete"]["Objects"]
        if names_etag(one)
    ]


def names_etag(one: Mapping[str, Any]) -> bool:
    """Whether a delete depends on an entity tag, and so tells something of the object's content."""
    return bool(one.get("ETag", "*").strip() != "*")


def item(one: Mapping[str, Any]) -> str:
    """What tells the items of a DeleteObjects apart: a key may stand there once for each of its versions."""
    return f"{one['Key']}\0{one.get('VersionId', '')}"


def new_bucket(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """The bucket that will be the caller's."""
    return Resource(
        arn=f"arn:{call.partition}:s3:::{request['Bucket']}", account=call.caller.principal.account
    )


def all_buckets(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """ListAllMyBuckets takes no resource."""
    return Resource(arn="*", account=call.caller.principal.account, shown="")


def named_object(db: Snapshot, call: Call, request: Mapping[str, Any]) -> StoredObject | DeleteMarker | None:
    """The version that the request names, or else the current object; None if there is none. Raises
    NoSuchBucket.
    """
    bucket, key = require_bucket(db, call, request), request["Key"].encode()
    if "VersionId" in request:
        return db.objects.version(bucket.id, key, request["VersionId"])
    return db.objects.get(bucket.id, key)


def key_is_missing(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    """Whether there is no such object: who may not list the bucket must not learn that (GetObject,
    "Permissions").
    """
    return named_object(db, call, request) is None


def check_version(request: Mapping[str, Any]) -> None:
    """Raises InvalidArgument for what cannot be the id of a version."""
    version = request.get("VersionId", NULL)
    if version != NULL and not VERSION_ID.fullmatch(version):
        raise errors.invalid_argument("Invalid version id specified", "versionId", version)


def require_object(db: Snapshot, call: Call, request: Mapping[str, Any]) -> StoredObject:
    """The version that the request names, or else the current object. Raises NoSuchBucket, NoSuchKey,
    NoSuchVersion, KeyTooLongError, InvalidArgument, and MethodNotAllowed for a delete marker.
    """
    check_version(request)
    key = check_key(request["Key"])
    found = named_object(db, call, request)
    if isinstance(found, StoredObject):
        return found
    if "VersionId" not in request:
        bucket = require_bucket(db, call, request)
        marker = db.objects.marker(bucket.id, key) if bucket.versioning else None
        if marker is None:
            raise errors.no_such_key(request["Key"])
        raise errors.deleted(request["Key"], marker.version)
    if found is None:
        raise errors.no_such_version(request["Key"], request["VersionId"])
    raise errors.is_delete_marker(found.version, found.modified)
