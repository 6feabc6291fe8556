"""Bucket policies: PutBucketPolicy, GetBucketPolicy, DeleteBucketPolicy, GetBucketPolicyStatus.

The owner account's root user may always put, get and delete one, whatever the policy says: it is how a
policy that locks everybody out is taken away again.
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain import principals, s3_policies
from deputize.domain.public_access import blocks, public
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.storage import Bucket
from deputize.policy.validate import Kind
from deputize.s3 import errors
from deputize.s3.resources import bucket_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        DeleteBucketPolicyRequest,
        GetBucketPolicyRequest,
        GetBucketPolicyResponse,
        GetBucketPolicyStatusRequest,
        GetBucketPolicyStatusResponse,
        PutBucketPolicyRequest,
    )


def own_bucket(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Bucket:
    """The bucket, if it is the caller's account's: no permission lets another account do this. Raises
    MethodNotAllowed.
    """
    bucket = require_bucket(db, call, request)
    if call.caller.anonymous or bucket.account != call.account:
        raise errors.method_not_allowed()
    return bucket


@s3.command("PutBucketPolicy", access=(Needs("s3:PutBucketPolicy", on=bucket_of),))
def put_bucket_policy(db: Transaction, call: Call, request: "PutBucketPolicyRequest") -> Mapping[str, Any]:
    """Raises what `s3_policies.accepted` raises."""
    bucket = own_bucket(db, call, request)
    blocked = blocks(db, bucket, "block_public_policy")
    stored = s3_policies.accepted(db, call, request["Policy"], Kind.BUCKET, bucket.arn, blocked=blocked)
    db.buckets.put(dataclasses.replace(bucket, policy=stored))
    return {}


def policy_of(bucket: Bucket) -> str:
    """The stored policy. Raises NoSuchBucketPolicy."""
    if bucket.policy is None:
        raise ApiError(
            "NoSuchBucketPolicy", "The bucket policy does not exist", status=404, BucketName=bucket.name
        )
    return bucket.policy


@s3.query("GetBucketPolicy", access=(Needs("s3:GetBucketPolicy", on=bucket_of),))
def get_bucket_policy(
    db: Snapshot, call: Call, request: "GetBucketPolicyRequest"
) -> "GetBucketPolicyResponse":
    return {"Policy": principals.shown(db, policy_of(own_bucket(db, call, request)))}


@s3.command("DeleteBucketPolicy", access=(Needs("s3:DeleteBucketPolicy", on=bucket_of),))
def delete_bucket_policy(
    db: Transaction, call: Call, request: "DeleteBucketPolicyRequest"
) -> Mapping[str, Any]:
    bucket = own_bucket(db, call, request)
    db.buckets.put(dataclasses.replace(bucket, policy=None))
    return {}


@s3.query("GetBucketPolicyStatus", access=(Needs("s3:GetBucketPolicyStatus", on=bucket_of),))
def get_bucket_policy_status(
    db: Snapshot, call: Call, request: "GetBucketPolicyStatusRequest"
) -> "GetBucketPolicyStatusResponse":
    bucket = require_bucket(db, call, request)
    return {"PolicyStatus": {"IsPublic": public(policy_of(bucket))}}
