"""Buckets: CreateBucket, ListBuckets, HeadBucket, DeleteBucket, GetBucketLocation."""

import base64
import binascii
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deputize.domain.tags import REQUEST_KEYS, has_tags, set_by
from deputize.errors import ApiError
from deputize.gateway import access_points
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.model import ids
from deputize.model.storage import Acl, Bucket, LockDefault, PublicAccessBlock
from deputize.protocol.partitions import partition_of
from deputize.s3 import acl_forms, errors, grants
from deputize.s3.keys import ACL, member
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


@dataclass(frozen=True, slots=True)
class Start:
    """What a new bucket is given."""

    ownership: str
    public_access_block: PublicAccessBlock | None


# As on AWS since April 2023, and as it was before.
START = {
    "current": Start(grants.ENFORCED, PublicAccessBlock()),
    "legacy": Start(grants.WRITER, None),
}
# What a bucket is made with in which objects can be locked: only versions can be (S3 API, CreateBucket).
LOCKED: Mapping[str, Any] = {"versioning": "Enabled", "object_lock": LockDefault()}
OWNERSHIP = {"s3:x-amz-object-ownership": member("ObjectOwnership")}


def location_constraint(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str | None:
    value: str | None = request.get("CreateBucketConfiguration", {}).get("LocationConstraint")
    return value


def locks_objects(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return bool(request.get("ObjectLockEnabledForBucket"))


def opens_acl(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return acl_forms.asked(request) and request.get("ACL") != "private"


def sets_ownership(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return "ObjectOwnership" in request


@s3.command(
    "CreateBucket",
    access=(
        Needs(
            "s3:CreateBucket",
            on=new_bucket,
            keys={"s3:locationconstraint": location_constraint, **OWNERSHIP, **ACL, **REQUEST_KEYS},
        ),
        Needs("s3:TagResource", on=new_bucket, keys=REQUEST_KEYS, when=has_tags),
        Needs("s3:PutBucketOwnershipControls", on=new_bucket, keys=OWNERSHIP, when=sets_ownership),
        Needs("s3:PutBucketAcl", on=new_bucket, keys=ACL, when=opens_acl),
        Needs("s3:PutBucketObjectLockConfiguration", on=new_bucket, when=locks_objects),
        Needs("s3:PutBucketVersioning", on=new_bucket, when=locks_objects),
    ),
)
def create_bucket(db: Transaction, call: Call, request: "CreateBucketRequest") -> "CreateBucketResponse":
    """Names are unique over all accounts. Making one's own bucket again changes nothing in us-east-1, and is
    BucketAlreadyOwnedByYou elsewhere. Raises InvalidBucketName, BucketAlreadyExists, TooManyBuckets,
    InvalidTag.
    """
    name = request["Bucket"]
    check_bucket_name(name)
    refuse_not_offered(request)
    region = _region(call, location_constraint(db, call, request))
    existing = db.buckets.get(name)
    if existing is not None:
        return _again(call, existing)
    if access_points.takes(db, name):
        raise _taken(name)
    if len(db.buckets.find("account", call.account)) >= BUCKETS:
        raise ApiError("TooManyBuckets", "You have attempted to create more buckets than allowed")
    started = START[call.installation.settings.new_buckets]
    bucket = Bucket(
        id=db.number("bucket"),
        name=name,
        account=call.account,
        partition=call.partition,
        region=region,
        created=call.time,
        public_access_block=started.public_access_block,
        ownership=request.get("ObjectOwnership", started.ownership),
        tags=set_by(request),
        **LOCKED if locks_objects(db, call, request) else {},
    )
    db.buckets.put(dataclasses.replace(bucket, acl=_acl(db, call, bucket, request)))
    return _created(call, name)


def _acl(db: Snapshot, call: Call, bucket: Bucket, request: Mapping[str, Any]) -> Acl:
    """The list that a new bucket is given, if what new buckets start with allows it (S3 API, CreateBucket,
    "Permissions"). Raises InvalidBucketAclWithObjectOwnership, InvalidBucketAclWithBlockPublicAccessError,
    and what `acl_forms.read` raises.
    """
    if not acl_forms.asked(request):
        return None
    acl, block = acl_forms.of_request(db, bucket, call.account, request), bucket.public_access_block
    if grants.enforced(bucket):
        if grants.lets_others_in(acl, bucket.account):
            raise errors.acl_with_ownership()
        return None
    if grants.is_public(acl) and block is not None and block.block_public_acls:
        raise errors.acl_with_block()
    acl_forms.refuse_public(db, call, bucket, request, acl)
    return acl


def refuse_not_offered(request: Mapping[str, Any]) -> None:
    """Raises for what would make the bucket other than buckets are here."""
    if request.get("BucketNamespace", "global") != "global":
        raise errors.header_not_offered("x-amz-bucket-namespace")
    configuration = request.get("CreateBucketConfiguration", {})
    for name in ("Location", "Bucket"):
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
        raise _taken(existing.name)
    if existing.region != HOME_REGION or call.region != HOME_REGION:
        raise ApiError(
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.",
            status=409,
            BucketName=existing.name,
        )
    return _created(call, existing.name)


def _taken(name: str) -> ApiError:
    return ApiError(
        "BucketAlreadyExists",
        "The requested bucket name is not available. The bucket namespace is shared by all users of the "
        "system. Please select a different name and try again.",
        status=409,
        BucketName=name,
    )


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


def found_bucket(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """The bucket, whose region even those are told who may not list it: it is how clients find out where to
    ask (S3 API, HeadBucket). Raises NoSuchBucket.
    """
    region = require_bucket(db, call, request).region
    return dataclasses.replace(bucket_of(db, call, request), refused_with={"x-amz-bucket-region": region})


@s3.query("HeadBucket", access=(Needs("s3:ListBucket", on=found_bucket),))
def head_bucket(db: Snapshot, call: Call, request: "HeadBucketRequest") -> "HeadBucketResponse":
    """Through an access point, the bucket's own name is not told."""
    bucket = require_bucket(db, call, request)
    by_alias = request["Bucket"].endswith(access_points.ALIAS_END)
    answer: HeadBucketResponse = {"BucketRegion": bucket.region, "AccessPointAlias": by_alias}
    if request["Bucket"] == bucket.name:
        answer["BucketArn"] = bucket.arn
    return answer


@s3.command("DeleteBucket", access=(Needs("s3:DeleteBucket", on=bucket_of),))
def delete_bucket(db: Transaction, call: Call, request: "DeleteBucketRequest") -> Mapping[str, Any]:
    """Raises BucketNotEmpty, BucketHasAccessPointsAttached. Access points of other accounts are no hindrance:
    they lead nowhere then.
    """
    bucket = require_bucket(db, call, request)
    if not db.objects.empty(bucket.id):
        left = ". You must delete all versions in the bucket." if bucket.versioning else ""
        raise ApiError(
            "BucketNotEmpty",
            f"The bucket you tried to delete is not empty{left}",
            status=409,
            BucketName=bucket.name,
        )
    if any(point.account == bucket.account for point in db.access_points.find("bucket", bucket.id)):
        raise ApiError(
            "BucketHasAccessPointsAttached",
            "The bucket you tried to delete has access points attached. Delete your access points before "
            "deleting your bucket.",
            status=400,
            BucketName=bucket.name,
        )
    # Uploads that were not completed go with the bucket: nobody could name them any more.
    db.uploads.clear(bucket.id, call.time)
    for one in db.bucket_configurations.page(bucket.id):
        db.bucket_configurations.delete(one.bucket, one.kind, one.id)
    db.buckets.delete(bucket.name)
    return {}


@s3.query("GetBucketLocation", access=(Needs("s3:GetBucketLocation", on=bucket_of),))
def get_bucket_location(
    db: Snapshot, call: Call, request: "GetBucketLocationRequest"
) -> "GetBucketLocationResponse":
    """Empty for us-east-1 (S3 API)."""
    region = require_bucket(db, call, request).region
    return {"LocationConstraint": "" if region == HOME_REGION else region}
