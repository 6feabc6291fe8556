"""Access points: CreateAccessPoint, GetAccessPoint, ListAccessPoints, DeleteAccessPoint (S3 guide, "Managing
access to shared datasets with access points"). What is done through them is S3's.
"""

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain import public_access
from deputize.domain.tags import REQUEST_KEYS, has_tags, set_by
from deputize.errors import ApiError
from deputize.gateway import access_points
from deputize.gateway.access_points import ALIAS_END
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.model.access_point import AccessPoint
from deputize.model.storage import Bucket, PublicAccessBlock
from deputize.s3control.public_access import own_account, require_own
from deputize.s3control.service import s3control
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3control import (
        CreateAccessPointRequest,
        CreateAccessPointResponse,
        DeleteAccessPointRequest,
        GetAccessPointRequest,
        GetAccessPointResponse,
        ListAccessPointsRequest,
        ListAccessPointsResponse,
    )

# S3 guide, "Access points naming rules, restrictions, and limitations": the names, and how many an account
# has in a region.
NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,48}[a-z0-9]", re.ASCII)
ENDINGS = (ALIAS_END, "--xa-s3")
MOST = 10_000
PAGE = 1000
# An alias: the beginning of the name, and what makes it nobody else's.
ALIAS_NAME, ALIAS_REST = 20, 34
ALIAS_SIGNS = "abcdefghijklmnopqrstuvwxyz0123456789"
ENDPOINTS = {
    "ipv4": "s3-accesspoint",
    "dualstack": "s3-accesspoint.dualstack",
    "fips": "s3-accesspoint-fips",
    "fips_dualstack": "s3-accesspoint-fips.dualstack",
}


# --- rights


def named_point(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """The access point that the request names, whether there is one or not. Raises AccessDenied for another
    account's.
    """
    account = require_own(db, call, request)
    point = db.access_points.get(account.id, request["Name"], call.region)
    return Resource(
        arn=f"arn:{call.partition}:s3:{call.region}:{account.id}:accesspoint/{request['Name']}",
        account=account.id,
        tags={} if point is None else point.tags,
        context={} if point is None else access_points.keys(point),
    )


def new_point(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """The access point that will be."""
    resource = named_point(db, call, request)
    origin = "VPC" if "VpcConfiguration" in request else "Internet"
    return Resource(
        arn=resource.arn,
        account=resource.account,
        context={
            "s3:dataaccesspointarn": resource.arn,
            "s3:dataaccesspointaccount": str(resource.account),
            "s3:accesspointnetworkorigin": origin,
        },
    )


def any_point(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """GetAccessPoint takes no resource, though it brings the access point's keys."""
    named = named_point(db, call, request)
    return Resource(arn="*", account=named.account, shown="", tags=named.tags, context=named.context)


def sets_block(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return "PublicAccessBlockConfiguration" in request


# --- operations


@s3control.command(
    "CreateAccessPoint",
    access=(
        Needs("s3:CreateAccessPoint", on=new_point, keys=REQUEST_KEYS),
        Needs("s3:PutAccessPointPublicAccessBlock", on=own_account, when=sets_block),
        Needs("s3:TagResource", on=new_point, keys=REQUEST_KEYS, when=has_tags),
    ),
)
def create_access_point(
    db: Transaction, call: Call, request: "CreateAccessPointRequest"
) -> "CreateAccessPointResponse":
    """To a bucket of one's own, or to one of the account that BucketAccountId names, whose policy decides
    what may be done. Raises InvalidAccessPoint, NoSuchBucket, AccessDenied, AccessPointAlreadyOwnedByYou,
    TooManyAccessPoints, InvalidRequest.
    """
    account, name = require_own(db, call, request), request["Name"]
    if not NAME.fullmatch(name) or name.endswith(ENDINGS):
        raise ApiError(
            "InvalidAccessPoint",
            "The specified access point name or account is not valid.",
            status=400,
            AccessPointName=name,
        )
    if "Scope" in request:
        raise _invalid("Scope is for access points of directory buckets.")
    bucket = _bucket(db, call, request)
    if db.access_points.get(account.id, name, call.region) is not None:
        message = "Your previous request to create the named accesspoint succeeded and you already own it."
        raise ApiError("AccessPointAlreadyOwnedByYou", message, status=409, AccessPointName=name)
    if db.access_points.count(account.id) >= MOST:
        message = "You have attempted to create more access points than allowed."
        raise ApiError("TooManyAccessPoints", message, status=400)
    if db.buckets.get(f"{name}-{account.id}") is not None:
        raise _invalid(f"There is a bucket whose host here would be the access point's: {name}-{account.id}.")
    point = AccessPoint(
        account=account.id,
        name=name,
        region=call.region,
        partition=call.partition,
        alias=_alias(name),
        bucket=bucket.id,
        bucket_name=bucket.name,
        bucket_account=bucket.account,
        created=call.time,
        public_access_block=_block(request),
        vpc=request.get("VpcConfiguration", {}).get("VpcId"),
        tags=set_by(request),
    )
    db.access_points.put(point)
    return {"AccessPointArn": point.arn, "Alias": point.alias}


def _bucket(db: Snapshot, call: Call, request: "CreateAccessPointRequest") -> Bucket:
    bucket = db.buckets.get(request["Bucket"])
    if bucket is None or bucket.partition != call.partition:
        message = "The specified bucket does not exist"
        raise ApiError("NoSuchBucket", message, status=404, BucketName=request["Bucket"])
    if bucket.account != request.get("BucketAccountId", call.account):
        raise ApiError("AccessDenied", "Access Denied", status=403)
    if bucket.region != call.region:
        raise _invalid("The bucket is in another region than the access point would be.")
    return bucket


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidRequest", message, status=400)


def _block(request: "CreateAccessPointRequest") -> PublicAccessBlock:
    """Everything is blocked unless the request says otherwise; it is never changed."""
    given = request.get("PublicAccessBlockConfiguration")
    return PublicAccessBlock() if given is None else public_access.given(given)


def _alias(name: str) -> str:
    rest = "".join(secrets.choice(ALIAS_SIGNS) for _ in range(ALIAS_REST))
    return f"{name[:ALIAS_NAME].rstrip('-')}-{rest}{ALIAS_END}"


def require_point(db: Snapshot, call: Call, request: Mapping[str, Any]) -> AccessPoint:
    """The access point that the request names. Raises NoSuchAccessPoint, AccessDenied."""
    account = require_own(db, call, request)
    point = db.access_points.get(account.id, request["Name"], call.region)
    if point is None:
        raise no_such_point(request["Name"])
    return point


def no_such_point(name: str) -> ApiError:
    message = "The specified accesspoint does not exist"
    return ApiError("NoSuchAccessPoint", message, status=404, AccessPointName=name)


@s3control.query("GetAccessPoint", access=(Needs("s3:GetAccessPoint", on=any_point),))
def get_access_point(db: Snapshot, call: Call, request: "GetAccessPointRequest") -> "GetAccessPointResponse":
    """Raises NoSuchAccessPoint."""
    point = require_point(db, call, request)
    answer: dict[str, Any] = {
        **_listed(point),
        "PublicAccessBlockConfiguration": public_access.told(point.public_access_block),
        "CreationDate": point.created,
        "Endpoints": {kind: f"{service}.{point.region}.amazonaws.com" for kind, service in ENDPOINTS.items()},
    }
    return answer  # type: ignore[return-value]


def _listed(point: AccessPoint) -> dict[str, Any]:
    """What a listing tells as well."""
    return {
        "Name": point.name,
        "NetworkOrigin": point.network_origin,
        **({} if point.vpc is None else {"VpcConfiguration": {"VpcId": point.vpc}}),
        "Bucket": point.bucket_name,
        "AccessPointArn": point.arn,
        "Alias": point.alias,
        "BucketAccountId": point.bucket_account,
    }


@s3control.query("ListAccessPoints", access=(Needs("s3:ListAccessPoints", on=own_account),))
def list_access_points(
    db: Snapshot, call: Call, request: "ListAccessPointsRequest"
) -> "ListAccessPointsResponse":
    """The account's in this region, by name; only those of a bucket if one is named."""
    account, most = require_own(db, call, request), min(request.get("MaxResults") or PAGE, PAGE)
    if "DataSourceId" in request or request.get("DataSourceType", "S3_BUCKET") != "S3_BUCKET":
        raise _invalid("Access points lead to buckets alone.")
    after, wanted = _position(request.get("NextToken")), request.get("Bucket")
    found = [
        point
        for point in db.access_points.page(account.id)
        if point.region == call.region and point.name > after and wanted in (None, point.bucket_name)
    ]
    answer: dict[str, Any] = {"AccessPointList": [_listed(point) for point in found[:most]]}
    if len(found) > most:
        answer["NextToken"] = base64.urlsafe_b64encode(found[most - 1].name.encode()).decode()
    return answer  # type: ignore[return-value]


def _position(token: str | None) -> str:
    try:
        return base64.b64decode((token or "").encode("ascii"), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise _invalid("The continuation token provided is incorrect") from None


@s3control.command("DeleteAccessPoint", access=(Needs("s3:DeleteAccessPoint", on=named_point),))
def delete_access_point(
    db: Transaction, call: Call, request: "DeleteAccessPointRequest"
) -> Mapping[str, Any]:
    """Raises NoSuchAccessPoint."""
    point = require_point(db, call, request)
    db.access_points.delete(point.account, point.name, point.region)
    return {}
