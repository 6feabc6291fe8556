"""A bucket's Block Public Access settings."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain import public_access
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.s3.resources import bucket_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        DeletePublicAccessBlockRequest,
        GetPublicAccessBlockRequest,
        GetPublicAccessBlockResponse,
        PutPublicAccessBlockRequest,
    )


@s3.command("PutPublicAccessBlock", access=(Needs("s3:PutBucketPublicAccessBlock", on=bucket_of),))
def put_public_access_block(
    db: Transaction, call: Call, request: "PutPublicAccessBlockRequest"
) -> Mapping[str, Any]:
    bucket = require_bucket(db, call, request)
    block = public_access.given(request["PublicAccessBlockConfiguration"])
    db.buckets.put(dataclasses.replace(bucket, public_access_block=block))
    return {}


@s3.query("GetPublicAccessBlock", access=(Needs("s3:GetBucketPublicAccessBlock", on=bucket_of),))
def get_public_access_block(
    db: Snapshot, call: Call, request: "GetPublicAccessBlockRequest"
) -> "GetPublicAccessBlockResponse":
    bucket = require_bucket(db, call, request)
    told = public_access.told(bucket.public_access_block, BucketName=bucket.name)
    return {"PublicAccessBlockConfiguration": told}


@s3.command("DeletePublicAccessBlock", access=(Needs("s3:PutBucketPublicAccessBlock", on=bucket_of),))
def delete_public_access_block(
    db: Transaction, call: Call, request: "DeletePublicAccessBlockRequest"
) -> Mapping[str, Any]:
    bucket = require_bucket(db, call, request)
    db.buckets.put(dataclasses.replace(bucket, public_access_block=None))
    return {}
