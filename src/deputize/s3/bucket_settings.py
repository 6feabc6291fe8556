"""What is set on a bucket: Block Public Access, object ownership, and the settings that are always the
same here.
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.storage import PublicAccessBlock
from deputize.s3.buckets import ENFORCED
from deputize.s3.resources import bucket_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        DeletePublicAccessBlockRequest,
        GetBucketOwnershipControlsRequest,
        GetBucketOwnershipControlsResponse,
        GetBucketVersioningRequest,
        GetPublicAccessBlockRequest,
        GetPublicAccessBlockResponse,
        PutBucketOwnershipControlsRequest,
        PutPublicAccessBlockRequest,
    )

# The wire's members and the record's fields.
BLOCK = {
    "BlockPublicAcls": "block_public_acls",
    "IgnorePublicAcls": "ignore_public_acls",
    "BlockPublicPolicy": "block_public_policy",
    "RestrictPublicBuckets": "restrict_public_buckets",
}


@s3.command("PutPublicAccessBlock", access=(Needs("s3:PutBucketPublicAccessBlock", on=bucket_of),))
def put_public_access_block(
    db: Transaction, call: Call, request: "PutPublicAccessBlockRequest"
) -> Mapping[str, Any]:
    """Settings that are left out are off (S3 API)."""
    bucket = require_bucket(db, call, request)
    given = request["PublicAccessBlockConfiguration"]
    block = PublicAccessBlock(**{field: bool(given.get(member, False)) for member, field in BLOCK.items()})
    db.buckets.put(dataclasses.replace(bucket, public_access_block=block))
    return {}


@s3.query("GetPublicAccessBlock", access=(Needs("s3:GetBucketPublicAccessBlock", on=bucket_of),))
def get_public_access_block(
    db: Snapshot, call: Call, request: "GetPublicAccessBlockRequest"
) -> "GetPublicAccessBlockResponse":
    bucket = require_bucket(db, call, request)
    block = bucket.public_access_block
    if block is None:
        raise ApiError(
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
            status=404,
            BucketName=bucket.name,
        )
    told = {member: getattr(block, field) for member, field in BLOCK.items()}
    return {"PublicAccessBlockConfiguration": told}  # type: ignore[typeddict-item]


@s3.command("DeletePublicAccessBlock", access=(Needs("s3:PutBucketPublicAccessBlock", on=bucket_of),))
def delete_public_access_block(
    db: Transaction, call: Call, request: "DeletePublicAccessBlockRequest"
) -> Mapping[str, Any]:
    bucket = require_bucket(db, call, request)
    db.buckets.put(dataclasses.replace(bucket, public_access_block=None))
    return {}


@s3.query("GetBucketOwnershipControls", access=(Needs("s3:GetBucketOwnershipControls", on=bucket_of),))
def get_bucket_ownership_controls(
    db: Snapshot, call: Call, request: "GetBucketOwnershipControlsRequest"
) -> "GetBucketOwnershipControlsResponse":
    bucket = require_bucket(db, call, request)
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
    """Only BucketOwnerEnforced, as every bucket has it: ACLs are not offered."""
    require_bucket(db, call, request)
    rules = request["OwnershipControls"]["Rules"]
    if [rule["ObjectOwnership"] for rule in rules] != [ENFORCED]:
        raise ApiError("NotImplemented", f"The only object ownership offered is {ENFORCED}.", status=501)
    return {}


@s3.query("GetBucketVersioning", access=(Needs("s3:GetBucketVersioning", on=bucket_of),))
def get_bucket_versioning(
    db: Snapshot, call: Call, request: "GetBucketVersioningRequest"
) -> Mapping[str, Any]:
    """Versioning was never switched on: the answer is empty (S3 API)."""
    require_bucket(db, call, request)
    return {}
