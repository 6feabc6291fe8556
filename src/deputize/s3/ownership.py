"""A bucket's Object Ownership: whose uploads are, and whether access control lists count (S3 guide,
"Controlling ownership of objects").
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.protocol.validate import MALFORMED_XML
from deputize.s3 import errors, grants
from deputize.s3.resources import bucket_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        DeleteBucketOwnershipControlsRequest,
        GetBucketOwnershipControlsRequest,
        GetBucketOwnershipControlsResponse,
        PutBucketOwnershipControlsRequest,
    )


@s3.query("GetBucketOwnershipControls", access=(Needs("s3:GetBucketOwnershipControls", on=bucket_of),))
def get_bucket_ownership_controls(
    db: Snapshot, call: Call, request: "GetBucketOwnershipControlsRequest"
) -> "GetBucketOwnershipControlsResponse":
    """Raises OwnershipControlsNotFoundError where they were deleted."""
    bucket = require_bucket(db, call, request)
    if not bucket.ownership:
        raise ApiError(
            "OwnershipControlsNotFoundError",
            "The bucket ownership controls were not found",
            status=404,
            BucketName=bucket.name,
        )
    rules = [{"ObjectOwnership": bucket.ownership}]
    return {"OwnershipControls": {"Rules": rules}}  # type: ignore[typeddict-item]


def ownership(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str | None:
    """`s3:x-amz-object-ownership`; None where there is not exactly one rule, which is refused."""
    rules = request["OwnershipControls"]["Rules"]
    return str(rules[0]["ObjectOwnership"]) if len(rules) == 1 else None


@s3.command(
    "PutBucketOwnershipControls",
    access=(
        Needs("s3:PutBucketOwnershipControls", on=bucket_of, keys={"s3:x-amz-object-ownership": ownership}),
    ),
)
def put_bucket_ownership_controls(
    db: Transaction, call: Call, request: "PutBucketOwnershipControlsRequest"
) -> Mapping[str, Any]:
    """Raises MalformedXML, and InvalidBucketAclWithObjectOwnership where the bucket's list would stop to
    count that lets others in.
    """
    bucket = require_bucket(db, call, request)
    wanted = ownership(db, call, request)
    if wanted is None:
        raise ApiError("MalformedXML", MALFORMED_XML)
    if wanted == grants.ENFORCED and grants.lets_others_in(bucket.acl, bucket.account):
        raise errors.acl_with_ownership()
    db.buckets.put(dataclasses.replace(bucket, ownership=wanted))
    return {}


@s3.command("DeleteBucketOwnershipControls", access=(Needs("s3:PutBucketOwnershipControls", on=bucket_of),))
def delete_bucket_ownership_controls(
    db: Transaction, call: Call, request: "DeleteBucketOwnershipControlsRequest"
) -> Mapping[str, Any]:
    """Uploads are their writers' from here on, and lists count."""
    bucket = require_bucket(db, call, request)
    db.buckets.put(dataclasses.replace(bucket, ownership=""))
    return {}
