"""What a request may ask for beyond what is built. It is refused, never passed over: the caller relies on
it.
"""

from collections.abc import Mapping
from typing import Any

from deputize.s3 import errors

_ANNOTATIONS = "annotations of objects are kept by a service of AWS's"
_METADATA = "metadata tables belong to a service of AWS's for analytics"
_CLASSES = "there is one storage class, from which nothing is restored"

# Operations of S3's model that are not offered, and why: told in docs/operations.md.
NOT_OFFERED: Mapping[str, str] = {
    "CreateBucketMetadataConfiguration": _METADATA,
    "CreateBucketMetadataTableConfiguration": _METADATA,
    "CreateSession": "sessions are of directory buckets, which are not here",
    "DeleteBucketMetadataConfiguration": _METADATA,
    "DeleteBucketMetadataTableConfiguration": _METADATA,
    "DeleteObjectAnnotation": _ANNOTATIONS,
    "GetBucketMetadataConfiguration": _METADATA,
    "GetBucketMetadataTableConfiguration": _METADATA,
    "GetObjectAnnotation": _ANNOTATIONS,
    "GetObjectTorrent": "AWS itself ended it",
    "ListObjectAnnotations": _ANNOTATIONS,
    "PutBucketAccelerateConfiguration": "there are no locations nearer to clients that could accelerate",
    "PutBucketReplication": "objects are in one place, and none are copied elsewhere by rules",
    "PutObjectAnnotation": _ANNOTATIONS,
    "RenameObject": "only directory buckets rename",
    "RestoreObject": _CLASSES,
    "SelectObjectContent": "AWS closed it to new customers",
    "UpdateBucketMetadataAnnotationTableConfiguration": _METADATA,
    "UpdateBucketMetadataInventoryTableConfiguration": _METADATA,
    "UpdateBucketMetadataJournalTableConfiguration": _METADATA,
    "UpdateObjectEncryption": "it is for keys of KMS, and there is no KMS",
    "WriteGetObjectResponse": "Lambda functions answer it, and there are none",
}
# Members of requests for objects, and the headers that bring them.
HEADERS = {
    "SSEKMSKeyId": "x-amz-server-side-encryption-aws-kms-key-id",
    "SSEKMSEncryptionContext": "x-amz-server-side-encryption-context",
    "BucketKeyEnabled": "x-amz-server-side-encryption-bucket-key-enabled",
    "ObjectLockEventHold": "x-amz-object-lock-event-hold",
    "ObjectLockEventHoldDurationDays": "x-amz-object-lock-event-hold-duration-days",
    "ObjectLockEventHoldDurationYears": "x-amz-object-lock-event-hold-duration-years",
    "WriteOffsetBytes": "x-amz-write-offset-bytes",
    "IfMatchLastModifiedTime": "x-amz-if-match-last-modified-time",
    "IfMatchSize": "x-amz-if-match-size",
    "MFA": "x-amz-mfa",
}


def refuse(request: Mapping[str, Any]) -> None:
    """Raises NotImplemented."""
    if not HEADERS.keys().isdisjoint(request):
        for member, header in HEADERS.items():
            if _asks(request.get(member)):
                raise errors.header_not_offered(header)
    if request.get("StorageClass", "STANDARD") != "STANDARD":
        raise errors.header_not_offered("x-amz-storage-class")


def _asks(value: object) -> bool:
    """An empty header and a flag that is off ask for nothing; zero is a number like any other."""
    return value is not None and value is not False and value != ""
