"""PutObject and DeleteObject."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.model.storage import StoredObject
from deputize.s3 import conditions, not_offered
from deputize.s3.headers import checksums_of, metadata, quoted, system
from deputize.s3.keys import ACL, IF_MATCH, VERSION, has_acl, has_etag, has_no_version, has_version, member
from deputize.s3.names import check_key
from deputize.s3.resources import check_version, object_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        DeleteObjectRequest,
        DeleteObjectResponse,
        PutObjectRequest,
        PutObjectResponse,
    )


def new_object(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """The object that will be. Raises NoSuchBucket, and whatever forbids such an object to anybody: it is
    found out here so that it is said before the bytes are sent.
    """
    not_offered.refuse(request)
    check_key(request["Key"])
    metadata(request)
    return object_of(db, call, request)


def creates(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str:
    """`s3:ObjectCreationOperation`: unlike the single steps of a multipart upload, this makes an object."""
    return "true"


# The keys of what makes an object, and what that needs beside s3:PutObject.
CREATES = {
    **ACL,
    **IF_MATCH,
    "s3:if-none-match": member("IfNoneMatch"),
    "s3:x-amz-storage-class": member("StorageClass"),
    "s3:ObjectCreationOperation": creates,
}
BESIDE = (
    Needs("s3:PutObjectAcl", on=object_of, keys=ACL, when=has_acl),
    Needs("s3:GetObject", on=object_of, when=has_etag),
)


@s3.command("PutObject", uploads=True, access=(Needs("s3:PutObject", on=new_object, keys=CREATES), *BESIDE))
def put_object(db: Transaction, call: Call, request: "PutObjectRequest") -> "PutObjectResponse":
    """The bytes were staged and verified before; the row makes them the object. Raises PreconditionFailed,
    NoSuchKey.
    """
    bucket = require_bucket(db, call, request)
    key = check_key(request["Key"])
    upload = call.upload
    if upload is None:
        raise LookupError("an upload without a staged body")
    conditions.check_write(db.objects.get(bucket.id, key), request, request["Key"])
    stored = StoredObject(
        bucket=bucket.id,
        key=key,
        size=upload.blob.size,
        etag=upload.md5,
        modified=call.time,
        blob=upload.blob.id,
        owner=bucket.account,
        headers=system(request),
        metadata=metadata(request),
        checksums=upload.checksums,
    )
    db.objects.put(stored, upload.blob, call.time)
    return {"ETag": quoted(stored.etag), **checksums_of(stored)}  # type: ignore[typeddict-item]


@s3.command(
    "DeleteObject",
    access=(
        Needs("s3:DeleteObject", on=object_of, keys=IF_MATCH, when=has_no_version),
        Needs("s3:DeleteObjectVersion", on=object_of, keys={**VERSION, **IF_MATCH}, when=has_version),
        Needs("s3:GetObject", on=object_of, when=has_etag),
    ),
)
def delete_object(db: Transaction, call: Call, request: "DeleteObjectRequest") -> "DeleteObjectResponse":
    """Deleting what is not there succeeds as well, unless it must match. Raises NoSuchKey,
    PreconditionFailed.
    """
    not_offered.refuse(request)
    check_version(request)
    bucket = require_bucket(db, call, request)
    key = check_key(request["Key"])
    conditions.check_write(db.objects.get(bucket.id, key), request, request["Key"])
    db.objects.delete(bucket.id, key, call.time)
    return {}
