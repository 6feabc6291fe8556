"""Buckets: CreateBucket, ListBuckets, HeadBucket, DeleteBucket, GetBucketLocation."""

import base64
import binascii
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model import ids
from deputize.model.storage import Bucket
from deputize.protocol.partitions import partition_of
from deputize.s3 import errors
from deputize.s3.keys import member
from deputize.s3.names import check_bucket_name
from deputize.s3.resources import all_buckets, bucket_of, new_bucket, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        CreateBucketRequest,
        CreateBucketResponse,
        DeleteBucketRequest,
        GetBucketLocationRequest,
        GetBucketLocationResponse,
        HeadBucketRequest,
        HeadBucketResponse,
        ListBucketsRequest,
        ListBucketsResponse,
    )

# Buckets here have no LocationConstraint, and of all endpoints only its takes one for another region.
HOME_REGION = "us-east-1"
# AWS's default quota of general purpose buckets.
BUCKETS = 10_000
ENFORCED = "BucketOwnerEnforced"
OWNERSHIP = {"s3:x-amz-object-ownership": member("ObjectOwnership")}


def location_constraint(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str | None:
    value: str | None = request.get("CreateBucketConfiguration", {}).get("LocationConstraint")
    return value


def sets_ownership(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return "ObjectOwnership" in request


@s3.command(
    "CreateBucket",
    access=(
        Needs(
            "s3:CreateBucket",
            on=new_bucket,
            keys={"s3:locationconstraint": location_constraint, **OWNERSHIP},
        ),
        Needs("s3:PutBucketOwnershipControls", on=new_bucket, keys=OWNERSHIP, when=sets_ownership),
    ),
)
def create_bucket(db: Transaction, call: Call, request: "CreateBucketRequest") -> "CreateBucketResponse":
    """Names are unique over all accounts. Making one's own bucket again changes nothing in us-east-1, and is
    BucketAlreadyOwnedByYou elsewhere. Raises InvalidBucketName, BucketAlreadyExists, TooManyBuckets.
    """
    name = request["Bucket"]
    check_bucket_name(name)
    refuse_not_offered(request)
    region = _region(call, location_constraint(db, call, request))
    existing = db.buckets.get(name)
    if existing is not None:
        return _again(call, existing)
    if len(db.buckets.find("account", call.account)) >= BUCKETS:
        raise ApiError("TooManyBuckets", "You have attempted to create more buckets than allowed")
    db.buckets.put(
        Bucket(
            id=db.number("bucket"),
            name=name,
            account=call.account,
            partition=call.partition,
            region=region,
            created=call.time,
        )
    )
    return _created(call, name)


def refuse_not_offered(request: Mapping[str, Any]) -> None:
    """Raises for what would make the bucket other than buckets are here."""
    if request.get("ACL", "private") != "private" or any(name.startswith("Grant") for name in request):
        raise ApiError(
            "InvalidBucketAclWithObjectOwnership",
            "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
        )
    if request.get("ObjectOwnership", ENFORCED) != ENFORCED:
        raise errors.header_not_offered("x-amz-object-ownership")
    if request.get("BucketNamespace", "global") != "global":
        raise errors.header_not_offered("x-amz-bucket-namespace")
    if request.get("ObjectLockEnabledForBucket"):
        raise errors.header_not_offered("x-amz-bucket-object-lock-enabled")
    configuration = request.get("CreateBucketConfiguration", {})
    for name in ("Location", "Bucket", "Tags"):
        if name in configuration:
            raise ApiError(
                "NotImplemented", f"{name} is not offered in CreateBucketConfiguration.", status=501
            )


def _region(call: Call, constraint: str | None) -> str:
    """Where the bucket is to be. Raises IllegalLocationConstraintException, InvalidLocationConstraint."""
    if not constraint:
        if call.region != HOME_REGION:
            raise _illegal("unspecified")
        return HOME_REGION
    if constraint == "EU":
        constraint = "eu-west-1"
    if partition_of(constraint) != call.partition or constraint == HOME_REGION:
        raise ApiError(
            "InvalidLocationConstraint",
            "The specified location-constraint is not valid",
            LocationConstraint=constraint,
        )
    if call.region not in (HOME_REGION, constraint):
        raise _illegal(constraint)
    return constraint


def _illegal(constraint: str) -> ApiError:
    return ApiError(
        "IllegalLocationConstraintException",
        f"The {constraint} location constraint is incompatible for the region specific endpoint this request "
        "was sent to.",
    )


def _again(call: Call, existing: Bucket) -> "CreateBucketResponse":
    if existing.account != call.account:
        raise ApiError(
            "BucketAlreadyExists",
            "The requested bucket name is not available. The bucket namespace is shared by all users of the "
            "system. Please select a different name and try again.",
            status=409,
            BucketName=existing.name,
        )
    if existing.region != HOME_REGION or call.region != HOME_REGION:
        raise ApiError(
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.",
            status=409,
            BucketName=existing.name,
        )
    return _created(call, existing.name)


def _created(call: Call, name: str) -> "CreateBucketResponse":
    return {"Location": f"/{name}", "BucketArn": f"arn:{call.partition}:s3:::{name}"}


@s3.query("ListBuckets", access=(Needs("s3:ListAllMyBuckets", on=all_buckets),))
def list_buckets(db: Snapshot, call: Call, request: "ListBucketsRequest") -> "ListBucketsResponse":
    """The buckets of the caller's account, by name."""
    prefix, region = request.get("Prefix", ""), request.get("BucketRegion")
    after = _decoded(request.get("ContinuationToken"))
    limit = request.get("MaxBuckets", BUCKETS)
    wanted = [
        bucket
        for bucket in db.buckets.find("account", call.account)
        if bucket.name > after and bucket.name.startswith(prefix) and region in (None, bucket.region)
    ]
    answer: dict[str, Any] = {
        "Owner": {"ID": ids.canonical_id(call.account)},
        "Buckets": [
            {
                "Name": bucket.name,
                "CreationDate": bucket.created,
                "BucketRegion": bucket.region,
                "BucketArn": bucket.arn,
            }
            for bucket in wanted[:limit]
        ],
    }
    if prefix:
        answer["Prefix"] = prefix
    if len(wanted) > limit:
        answer["ContinuationToken"] = base64.urlsafe_b64encode(wanted[limit - 1].name.encode()).decode()
    return answer  # type: ignore[return-value]


def _decoded(token: str | None) -> str:
    if token is None:
        return ""
    try:
        return base64.b64decode(token.encode("ascii"), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise errors.invalid_argument(
            "The continuation token provided is incorrect", "continuation-token", token
        ) from None


@s3.query("HeadBucket", access=(Needs("s3:ListBucket", on=bucket_of),))
def head_bucket(db: Snapshot, call: Call, request: "HeadBucketRequest") -> "HeadBucketResponse":
    bucket = require_bucket(db, call, request)
    return {"BucketRegion": bucket.region, "BucketArn": bucket.arn, "AccessPointAlias": False}


@s3.command("DeleteBucket", access=(Needs("s3:DeleteBucket", on=bucket_of),))
def delete_bucket(db: Transaction, call: Call, request: "DeleteBucketRequest") -> Mapping[str, Any]:
    """Raises BucketNotEmpty."""
    bucket = require_bucket(db, call, request)
    if not db.objects.empty(bucket.id):
        raise ApiError(
            "BucketNotEmpty",
            "The bucket you tried to delete is not empty",
            status=409,
            BucketName=bucket.name,
        )
    # Uploads that were not completed go with the bucket: nobody could name them any more.
    db.uploads.clear(bucket.id, call.time)
    db.buckets.delete(bucket.name)
    return {}


@s3.query("GetBucketLocation", access=(Needs("s3:GetBucketLocation", on=bucket_of),))
def get_bucket_location(
    db: Snapshot, call: Call, request: "GetBucketLocationRequest"
) -> "GetBucketLocationResponse":
    """Empty for us-east-1 (S3 API)."""
    region = require_bucket(db, call, request).region
    return {"LocationConstraint": "" if region == HOME_REGION else region}
