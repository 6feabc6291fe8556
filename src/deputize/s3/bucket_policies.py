"""Bucket policies: PutBucketPolicy, GetBucketPolicy, DeleteBucketPolicy, GetBucketPolicyStatus.

The owner account's root user may always put, get and delete one, whatever the policy says: it is how a
policy that locks everybody out is taken away again.
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain import principals
from deputize.domain.principals import UnknownPrincipal
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.storage import Bucket
from deputize.policy.public import is_public
from deputize.policy.validate import Kind, PolicyRefused, check
from deputize.s3.resources import bucket_of, public, require_bucket
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

# S3 guide, "Bucket policies": 20 KB.
POLICY_BYTES = 20 * 1024


def own_bucket(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Bucket:
    """The bucket, if it is the caller's account's: no permission lets another account do this. Raises
    MethodNotAllowed.
    """
    bucket = require_bucket(db, call, request)
    if call.caller.anonymous or bucket.account != call.account:
        raise ApiError(
            "MethodNotAllowed", "The specified method is not allowed against this resource.", status=405
        )
    return bucket


@s3.command("PutBucketPolicy", access=(Needs("s3:PutBucketPolicy", on=bucket_of, owner_root=True),))
def put_bucket_policy(db: Transaction, call: Call, request: "PutBucketPolicyRequest") -> Mapping[str, Any]:
    """Raises MalformedPolicy, and AccessDenied for a public policy where those are blocked."""
    bucket = own_bucket(db, call, request)
    text = request["Policy"]
    if len(text.encode()) > POLICY_BYTES:
        raise ApiError("PolicyTooLarge", f"The policy is larger than {POLICY_BYTES} bytes.", status=400)
    try:
        document = check(text, Kind.BUCKET, bucket=bucket.name, partition=bucket.partition)
        stored = principals.bind(db, text, partition=bucket.partition)
    except PolicyRefused as refused:
        raise ApiError("MalformedPolicy", str(refused)) from None
    except UnknownPrincipal as unknown:
        raise ApiError("MalformedPolicy", "Invalid principal in policy", Detail=unknown.value) from None
    block = bucket.public_access_block
    if block is not None and block.block_public_policy and is_public(document):
        raise ApiError(
            "AccessDenied",
            f"User: {call.caller.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "
            f'"{bucket.arn}" because public policies are prevented by the BlockPublicPolicy setting in S3 '
            "Block Public Access.",
        )
    db.buckets.put(dataclasses.replace(bucket, policy=stored))
    return {}


def policy_of(bucket: Bucket) -> str:
    """The stored policy. Raises NoSuchBucketPolicy."""
    if bucket.policy is None:
        raise ApiError(
            "NoSuchBucketPolicy", "The bucket policy does not exist", status=404, BucketName=bucket.name
        )
    return bucket.policy


@s3.query("GetBucketPolicy", access=(Needs("s3:GetBucketPolicy", on=bucket_of, owner_root=True),))
def get_bucket_policy(
    db: Snapshot, call: Call, request: "GetBucketPolicyRequest"
) -> "GetBucketPolicyResponse":
    return {"Policy": principals.shown(db, policy_of(own_bucket(db, call, request)))}


@s3.command("DeleteBucketPolicy", access=(Needs("s3:DeleteBucketPolicy", on=bucket_of, owner_root=True),))
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
