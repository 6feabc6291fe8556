"""The tags of objects and of buckets: Put, Get and Delete."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain import notifications
from deputize.domain.tags import BUCKET_MOST, OBJECT_MOST
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.storage import StoredObject
from deputize.s3 import abac, tag_sets
from deputize.s3.keys import VERSION, has_no_version, has_version
from deputize.s3.reads import LISTS
from deputize.s3.resources import bucket_of, require_bucket, require_object, stored_of
from deputize.s3.service import s3
from deputize.s3.versioning import told
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        DeleteBucketTaggingRequest,
        DeleteObjectTaggingRequest,
        DeleteObjectTaggingResponse,
        GetBucketTaggingRequest,
        GetBucketTaggingResponse,
        GetObjectTaggingRequest,
        GetObjectTaggingResponse,
        PutBucketTaggingRequest,
        PutObjectTaggingRequest,
        PutObjectTaggingResponse,
    )


@s3.query(
    "GetObjectTagging",
    access=(
        Needs("s3:GetObjectTagging", on=stored_of, keys=tag_sets.EXISTING, when=has_no_version),
        Needs(
            "s3:GetObjectVersionTagging",
            on=stored_of,
            keys={**tag_sets.EXISTING, **VERSION},
            when=has_version,
        ),
        LISTS,
    ),
)
def get_object_tagging(
    db: Snapshot, call: Call, request: "GetObjectTaggingRequest"
) -> "GetObjectTaggingResponse":
    """Raises NoSuchKey, NoSuchVersion, MethodNotAllowed."""
    found = require_object(db, call, request)
    return {**tag_sets.wire(found.tags), **_version(db, call, request, found)}  # type: ignore[typeddict-item]


@s3.command(
    "PutObjectTagging",
    access=(
        Needs(
            "s3:PutObjectTagging",
            on=stored_of,
            keys={**tag_sets.EXISTING, **tag_sets.IN_BODY},
            when=has_no_version,
        ),
        Needs(
            "s3:PutObjectVersionTagging",
            on=stored_of,
            keys={**tag_sets.EXISTING, **tag_sets.IN_BODY, **VERSION},
            when=has_version,
        ),
        LISTS,
    ),
)
def put_object_tagging(
    db: Transaction, call: Call, request: "PutObjectTaggingRequest"
) -> "PutObjectTaggingResponse":
    """All tags anew; nothing else of the object changes. Raises what `require_object` and `tag_sets`
    raise.
    """
    found = require_object(db, call, request)
    db.objects.amend(dataclasses.replace(found, tags=tag_sets.of_body(request, OBJECT_MOST)))
    _announce(db, call, request, "ObjectTagging:Put", found)
    return _version(db, call, request, found)  # type: ignore[return-value]


@s3.command(
    "DeleteObjectTagging",
    access=(
        Needs("s3:DeleteObjectTagging", on=stored_of, keys=tag_sets.EXISTING, when=has_no_version),
        Needs(
            "s3:DeleteObjectVersionTagging",
            on=stored_of,
            keys={**tag_sets.EXISTING, **VERSION},
            when=has_version,
        ),
        LISTS,
    ),
)
def delete_object_tagging(
    db: Transaction, call: Call, request: "DeleteObjectTaggingRequest"
) -> "DeleteObjectTaggingResponse":
    """Raises NoSuchKey, NoSuchVersion, MethodNotAllowed."""
    found = require_object(db, call, request)
    db.objects.amend(dataclasses.replace(found, tags={}))
    _announce(db, call, request, "ObjectTagging:Delete", found)
    return _version(db, call, request, found)  # type: ignore[return-value]


def _announce(
    db: Transaction, call: Call, request: Mapping[str, Any], event: str, found: StoredObject
) -> None:
    bucket = require_bucket(db, call, request)
    notifications.announce(db, bucket, event, found, notifications.by_call(call))


def _version(db: Snapshot, call: Call, request: Mapping[str, Any], found: StoredObject) -> dict[str, str]:
    return told(require_bucket(db, call, request), found.version)


@s3.query("GetBucketTagging", access=(Needs("s3:GetBucketTagging", on=bucket_of),))
def get_bucket_tagging(
    db: Snapshot, call: Call, request: "GetBucketTaggingRequest"
) -> "GetBucketTaggingResponse":
    """Raises NoSuchTagSet."""
    bucket = require_bucket(db, call, request)
    if not bucket.tags:
        raise ApiError("NoSuchTagSet", "The TagSet does not exist", status=404, BucketName=bucket.name)
    return tag_sets.wire(bucket.tags)  # type: ignore[return-value]


@s3.command("PutBucketTagging", access=(Needs("s3:PutBucketTagging", on=bucket_of),))
def put_bucket_tagging(db: Transaction, call: Call, request: "PutBucketTaggingRequest") -> Mapping[str, Any]:
    """All tags anew. Raises what `tag_sets` and `abac.refuse_old_tagging` raise."""
    bucket = require_bucket(db, call, request)
    abac.refuse_old_tagging(bucket)
    db.buckets.put(dataclasses.replace(bucket, tags=tag_sets.of_body(request, BUCKET_MOST)))
    return {}


@s3.command("DeleteBucketTagging", access=(Needs("s3:PutBucketTagging", on=bucket_of),))
def delete_bucket_tagging(
    db: Transaction, call: Call, request: "DeleteBucketTaggingRequest"
) -> Mapping[str, Any]:
    """Raises what `abac.refuse_old_tagging` raises."""
    bucket = require_bucket(db, call, request)
    abac.refuse_old_tagging(bucket)
    db.buckets.put(dataclasses.replace(bucket, tags={}))
    return {}
