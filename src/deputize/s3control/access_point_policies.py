"""The policies of access points: Put, Get, Delete and GetAccessPointPolicyStatus (S3 guide, "Configuring IAM
policies for using access points").
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain import principals, public_access, s3_policies
from deputize.errors import ApiError
from deputize.gateway import access_points
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.access_point import AccessPoint
from deputize.policy.validate import Kind
from deputize.s3control.access_points import named_point, require_point
from deputize.s3control.service import s3control
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3control import (
        DeleteAccessPointPolicyRequest,
        GetAccessPointPolicyRequest,
        GetAccessPointPolicyResponse,
        GetAccessPointPolicyStatusRequest,
        GetAccessPointPolicyStatusResponse,
        PutAccessPointPolicyRequest,
    )


@s3control.command("PutAccessPointPolicy", access=(Needs("s3:PutAccessPointPolicy", on=named_point),))
def put_access_point_policy(
    db: Transaction, call: Call, request: "PutAccessPointPolicyRequest"
) -> Mapping[str, Any]:
    """Raises NoSuchAccessPoint, and what `s3_policies.accepted` raises."""
    point, text = require_point(db, call, request), request["Policy"]
    blocked = _blocks_public(db, point)
    stored = s3_policies.accepted(db, call, text, Kind.ACCESS_POINT, point.arn, blocked=blocked)
    db.access_points.put(dataclasses.replace(point, policy=stored))
    return {}


def _blocks_public(db: Snapshot, point: AccessPoint) -> bool:
    """Whether the access point, its account, or its bucket, if that is of the same account, refuses public
    policies (the same guide, "Blocking public access").
    """
    bucket = access_points.bucket_behind(db, point)
    own = point.bucket_account == point.account
    held = (
        point.public_access_block,
        public_access.of_account(db, point.account),
        bucket.public_access_block if bucket is not None and own else None,
    )
    return any(block is not None and block.block_public_policy for block in held)


def _policy(point: AccessPoint) -> str:
    if point.policy is None:
        message = "The specified accesspoint policy does not exist"
        raise ApiError("NoSuchAccessPointPolicy", message, status=404, AccessPointName=point.name)
    return point.policy


@s3control.query("GetAccessPointPolicy", access=(Needs("s3:GetAccessPointPolicy", on=named_point),))
def get_access_point_policy(
    db: Snapshot, call: Call, request: "GetAccessPointPolicyRequest"
) -> "GetAccessPointPolicyResponse":
    """Raises NoSuchAccessPoint, NoSuchAccessPointPolicy."""
    return {"Policy": principals.shown(db, _policy(require_point(db, call, request)))}


@s3control.command("DeleteAccessPointPolicy", access=(Needs("s3:DeleteAccessPointPolicy", on=named_point),))
def delete_access_point_policy(
    db: Transaction, call: Call, request: "DeleteAccessPointPolicyRequest"
) -> Mapping[str, Any]:
    """Also where there is none. Raises NoSuchAccessPoint."""
    point = require_point(db, call, request)
    db.access_points.put(dataclasses.replace(point, policy=None))
    return {}


@s3control.query(
    "GetAccessPointPolicyStatus", access=(Needs("s3:GetAccessPointPolicyStatus", on=named_point),)
)
def get_access_point_policy_status(
    db: Snapshot, call: Call, request: "GetAccessPointPolicyStatusRequest"
) -> "GetAccessPointPolicyStatusResponse":
    """Raises NoSuchAccessPoint, NoSuchAccessPointPolicy."""
    public = public_access.public(_policy(require_point(db, call, request)))
    return {"PolicyStatus": {"IsPublic": public}}
