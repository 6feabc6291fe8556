"""The access control lists of buckets and objects: Get and Put. Where the bucket's owner owns every object
they are off, as in every new bucket of AWS's (S3 guide, "Controlling ownership of objects").
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain import notifications
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.s3 import acl_forms, errors, grants, tag_sets
from deputize.s3.keys import ACL, VERSION, has_no_version, has_version
from deputize.s3.reads import LISTS
from deputize.s3.resources import bucket_of, require_bucket, require_object, stored_of
from deputize.s3.service import s3
from deputize.s3.versioning import told
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        GetBucketAclRequest,
        GetBucketAclResponse,
        GetObjectAclRequest,
        GetObjectAclResponse,
        PutBucketAclRequest,
        PutObjectAclRequest,
        PutObjectAclResponse,
    )


@s3.query("GetBucketAcl", access=(Needs("s3:GetBucketAcl", on=bucket_of),))
def get_bucket_acl(db: Snapshot, call: Call, request: "GetBucketAclRequest") -> "GetBucketAclResponse":
    """Raises NoSuchBucket."""
    bucket = require_bucket(db, call, request)
    return acl_forms.wire(bucket.account, None if grants.enforced(bucket) else bucket.acl)  # type: ignore[return-value]


@s3.command("PutBucketAcl", access=(Needs("s3:PutBucketAcl", on=bucket_of, keys=ACL),))
def put_bucket_acl(db: Transaction, call: Call, request: "PutBucketAclRequest") -> Mapping[str, Any]:
    """Raises AccessControlListNotSupported, and what `acl_forms.read` raises."""
    bucket = require_bucket(db, call, request)
    acl = _stated(request)
    if grants.enforced(bucket):
        raise errors.acls_off()
    db.buckets.put(dataclasses.replace(bucket, acl=acl_forms.read(db, call, bucket, bucket.account, acl)))
    return {}


def _stated(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The request, which must state a list. Raises MissingSecurityHeader."""
    if not acl_forms.asked(request) and "AccessControlPolicy" not in request:
        raise ApiError("MissingSecurityHeader", "Your request was missing a required header", status=400)
    return request


@s3.query(
    "GetObjectAcl",
    access=(
        Needs("s3:GetObjectAcl", on=stored_of, keys=tag_sets.EXISTING, when=has_no_version),
        Needs(
            "s3:GetObjectVersionAcl", on=stored_of, keys={**tag_sets.EXISTING, **VERSION}, when=has_version
        ),
        LISTS,
    ),
)
def get_object_acl(db: Snapshot, call: Call, request: "GetObjectAclRequest") -> "GetObjectAclResponse":
    """Raises NoSuchKey, NoSuchVersion, MethodNotAllowed."""
    bucket, found = require_bucket(db, call, request), require_object(db, call, request)
    acl = None if grants.enforced(bucket) else found.acl
    return acl_forms.wire(grants.owner_of(bucket, found), acl)  # type: ignore[return-value]


@s3.command(
    "PutObjectAcl",
    access=(
        Needs("s3:PutObjectAcl", on=stored_of, keys={**tag_sets.EXISTING, **ACL}, when=has_no_version),
        Needs(
            "s3:PutObjectVersionAcl",
            on=stored_of,
            keys={**tag_sets.EXISTING, **ACL, **VERSION},
            when=has_version,
        ),
        LISTS,
    ),
)
def put_object_acl(db: Transaction, call: Call, request: "PutObjectAclRequest") -> "PutObjectAclResponse":
    """Raises AccessControlListNotSupported, and what `acl_forms.read` and `require_object` raise."""
    bucket, found = require_bucket(db, call, request), require_object(db, call, request)
    acl = _stated(request)
    if grants.enforced(bucket):
        raise errors.acls_off()
    db.objects.amend(dataclasses.replace(found, acl=acl_forms.read(db, call, bucket, found.owner, acl)))
    notifications.announce(db, bucket, "ObjectAcl:Put", found, notifications.by_call(call))
    return told(bucket, found.version)  # type: ignore[return-value]
