"""Versions: what becomes of the object that another one replaces or that is deleted (S3 guide, "Retaining
multiple versions of objects with S3 Versioning").
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain import notifications
from deputize.domain.objects import mark_deleted
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.storage import NULL, Bucket, DeleteMarker
from deputize.protocol.validate import MALFORMED_XML
from deputize.s3 import errors, locks
from deputize.s3.resources import bucket_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        GetBucketVersioningRequest,
        GetBucketVersioningResponse,
        PutBucketVersioningRequest,
    )


def keeps_none(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    """Whether the bucket has never kept versions."""
    return not require_bucket(db, call, request).versioning


def told(bucket: Bucket, version: str) -> dict[str, str]:
    """How answers name a version: not at all where versions were never kept."""
    return {"VersionId": version} if bucket.versioning else {}


def delete(
    db: Transaction, call: Call, bucket: Bucket, key: bytes, request: Mapping[str, Any]
) -> dict[str, Any]:
    """Delete the version that the request names for good, or without one what is current: for good where no
    versions are kept, else by a delete marker. Says which version was deleted or added; what is not there is
    deleted as well. Raises AccessDenied for a locked version.
    """
    version, cause = request.get("VersionId"), notifications.by_call(call)
    if version is None and bucket.versioning:
        marker = mark_deleted(db, bucket, key, call.time)
        notifications.announce(db, bucket, "ObjectRemoved:DeleteMarkerCreated", marker, cause)
        return {"DeleteMarker": True, "VersionId": marker.version}
    if bucket.object_lock is not None:
        locks.check_delete(db.objects.version(bucket.id, key, version or NULL), request, call.now)
    deleted = db.objects.delete(bucket.id, key, version or NULL, call.time)
    if deleted is not None:
        notifications.announce(db, bucket, "ObjectRemoved:Delete", deleted, cause)
    answer: dict[str, Any] = {} if version is None else {"VersionId": version}
    return {**answer, "DeleteMarker": True} if isinstance(deleted, DeleteMarker) else answer


@s3.query("GetBucketVersioning", access=(Needs("s3:GetBucketVersioning", on=bucket_of),))
def get_bucket_versioning(
    db: Snapshot, call: Call, request: "GetBucketVersioningRequest"
) -> "GetBucketVersioningResponse":
    """Empty if versioning was never set (S3 API)."""
    versioning = require_bucket(db, call, request).versioning
    return {"Status": versioning} if versioning else {}


@s3.command("PutBucketVersioning", access=(Needs("s3:PutBucketVersioning", on=bucket_of),))
def put_bucket_versioning(
    db: Transaction, call: Call, request: "PutBucketVersioningRequest"
) -> Mapping[str, Any]:
    """Once set, versioning is suspended at most. Raises IllegalVersioningConfigurationException,
    InvalidBucketState under an Object Lock, MalformedXML, and NotImplemented for MFA delete.
    """
    bucket = require_bucket(db, call, request)
    wanted = request["VersioningConfiguration"]
    if "MFA" in request or wanted.get("MFADelete") == "Enabled":
        raise errors.header_not_offered("x-amz-mfa")
    status: Any = wanted.get("Status")
    if status is None:
        raise ApiError(
            "IllegalVersioningConfigurationException",
            "The Versioning element must be specified",
            status=400,
        )
    if status not in ("Enabled", "Suspended"):
        raise ApiError("MalformedXML", MALFORMED_XML)
    if status == "Suspended" and bucket.object_lock is not None:
        raise ApiError(
            "InvalidBucketState",
            "An Object Lock configuration is present on this bucket, so the versioning state cannot be "
            "changed.",
            status=409,
        )
    db.buckets.put(dataclasses.replace(bucket, versioning=status))
    return {}
