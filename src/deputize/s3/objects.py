"""PutObject and DeleteObject."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain import notifications
from deputize.domain.objects import new_version
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.model.storage import StoredObject
from deputize.s3 import (
    acl_forms,
    conditions,
    customer_keys,
    digests,
    encryption,
    grants,
    lifecycle,
    locks,
    not_offered,
    tag_sets,
)
from deputize.s3.headers import checksums_of, metadata, quoted, redirect, system
from deputize.s3.keys import (
    ACL,
    IF_MATCH,
    REDIRECTS,
    VERSION,
    has_acl,
    has_etag,
    has_no_version,
    has_version,
    member,
)
from deputize.s3.names import check_key
from deputize.s3.resources import check_version, object_of, require_bucket, stored_of
from deputize.s3.service import s3
from deputize.s3.versioning import delete, keeps_none, told
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
    redirect(request)
    tag_sets.of_header(request)
    bucket = require_bucket(db, call, request)
    acl_forms.upload(db, call, bucket, request)
    customer_keys.new(call, bucket, request)
    encryption.check(call, request)
    locks.check_headers(call, bucket, request)
    return object_of(db, call, request)


def creates(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str:
    """`s3:ObjectCreationOperation`: unlike the single steps of a multipart upload, this makes an object."""
    return "true"


# The keys of what makes an object, and what that needs beside s3:PutObject.
CREATES = {
    **ACL,
    **IF_MATCH,
    **tag_sets.IN_HEADER,
    **locks.KEYS,
    **encryption.KEYS,
    "s3:if-none-match": member("IfNoneMatch"),
    "s3:x-amz-storage-class": member("StorageClass"),
    **REDIRECTS,
    "s3:ObjectCreationOperation": creates,
}
BESIDE = (
    Needs("s3:PutObjectAcl", on=object_of, keys=ACL, when=has_acl),
    Needs("s3:PutObjectTagging", on=object_of, keys=tag_sets.IN_HEADER, when=tag_sets.has_header),
    Needs("s3:PutObjectRetention", on=object_of, keys=locks.RETENTION_KEYS, when=locks.asks_retention),
    Needs("s3:PutObjectLegalHold", on=object_of, keys=locks.HOLD_KEYS, when=locks.asks_hold),
    Needs("s3:GetObject", on=stored_of, when=has_etag),
)


@s3.command(
    "PutObject",
    uploads=True,
    plans=customer_keys.plan_upload,
    access=(Needs("s3:PutObject", on=new_object, keys=CREATES), *BESIDE),
)
def put_object(db: Transaction, call: Call, request: "PutObjectRequest") -> "PutObjectResponse":
    """The bytes were staged and verified before; the row makes them the object. Raises PreconditionFailed,
    NoSuchKey, and InvalidRequest for what is to be locked and nobody could tell was damaged.
    """
    bucket = require_bucket(db, call, request)
    key = check_key(request["Key"])
    upload = call.upload
    if upload is None:
        raise LookupError("an upload without a staged body")
    conditions.check_write(db.objects.get(bucket.id, key), request, request["Key"])
    if locks.asks(request) or locks.locks_new(bucket):
        digests.require_for_lock(call, "Object")
    customer = customer_keys.new(call, bucket, request)
    stored = StoredObject(
        bucket=bucket.id,
        key=key,
        version=new_version(bucket),
        size=upload.blob.size,
        etag=upload.etag,
        modified=call.time,
        blob=upload.blob.id,
        owner=grants.new_owner(call, bucket, request),
        acl=acl_forms.upload(db, call, bucket, request),
        headers=system(request),
        metadata=metadata(request),
        checksums=upload.checksums,
        encrypted=encryption.sealed(upload.blob),
        customer=customer_keys.verifier_of(call, customer),
        tags=tag_sets.of_header(request),
        lock=locks.of_upload(bucket, request, call.now),
    )
    db.objects.put(stored, upload.blob, call.time)
    how = "Post" if call.operation.form else "Put"
    notifications.announce(db, bucket, f"ObjectCreated:{how}", stored, notifications.by_call(call))
    more = {
        **checksums_of(stored),
        **told(bucket, stored.version),
        **lifecycle.told(bucket, stored),
        **encryption.told(stored, customer),
    }
    return {"ETag": quoted(stored.etag), **more}  # type: ignore[typeddict-item]


# Where no versions are kept, a bucket policy that denies deletes of either kind stops every delete (S3 guide,
# "Bucket policies and user policies", DeleteObject).
UNVERSIONED = tuple(
    Needs(action, on=object_of, keys=IF_MATCH, when=keeps_none, denials_only=True)
    for action in ("s3:DeleteObject", "s3:DeleteObjectVersion")
)


@s3.command(
    "DeleteObject",
    access=(
        Needs("s3:DeleteObject", on=object_of, keys=IF_MATCH, when=has_no_version),
        Needs("s3:DeleteObjectVersion", on=object_of, keys={**VERSION, **IF_MATCH}, when=has_version),
        *UNVERSIONED,
        Needs(
            "s3:BypassGovernanceRetention",
            on=object_of,
            keys=VERSION,
            when=lambda db, call, request: "VersionId" in request and locks.bypasses(db, call, request),
        ),
        Needs("s3:GetObject", on=stored_of, when=has_etag),
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
    return delete(db, call, bucket, key, request)  # type: ignore[return-value]
