"""What actions of STS are done to: roles, or nothing in particular."""

from collections.abc import Mapping
from typing import Any

from deputize.domain.roles import role_by_arn
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Resource
from deputize.policy.arn import Arn
from deputize.policy.decide import ResourceKind
from deputize.store.api import Snapshot


def anything(db: Snapshot, call: Call, request: Any) -> Resource:
    """For actions without a resource type: only `*` grants them."""
    return Resource(arn="*", account=None)


def role_arn(request: Mapping[str, Any]) -> Arn:
    """Raises ValidationError."""
    arn = Arn.parse(request["RoleArn"])
    if arn is None:
        raise ApiError("ValidationError", f"{request['RoleArn']} is invalid")
    return arn


def trusting(db: Snapshot, request: Mapping[str, Any]) -> Resource:
    """The role that is to be assumed, with its trust policy. One that does not exist has none, so the answer
    is the same as a refusal. Raises ValidationError.
    """
    account = role_arn(request).account
    found = role_by_arn(db, request["RoleArn"])
    return Resource(
        arn=request["RoleArn"],
        account=account,
        tags=found.tags if found else {},
        policy=found.trust if found else None,
        kind=ResourceKind.ROLE_TRUST,
    )
