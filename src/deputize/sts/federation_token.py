"""GetFederationToken: temporary credentials of a federated user, made by an IAM user's or root's own keys."""

from typing import TYPE_CHECKING, Any

from deputize.domain.credentials import issue, new_key
from deputize.domain.session_policies import check_session_policies
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.model.credentials import Session
from deputize.store.api import Snapshot, Transaction
from deputize.sts.assume_role import has_tags, policy_arns, request_tags, tag_keys, tags_of
from deputize.sts.service import sts

if TYPE_CHECKING:
    from deputize.protocol.shapes.sts import GetFederationTokenRequest, GetFederationTokenResponse

DEFAULT_SECONDS = 43200
LONGEST = 129600
# A longer wish of the root user is cut to an hour (STS API, GetFederationToken).
ROOT_SECONDS = 3600
KEYS: dict[str, Any] = {"aws:RequestTag/*": request_tags, "aws:TagKeys": tag_keys}


def arn_of(call: Call, name: str) -> str:
    return f"arn:{call.partition}:sts::{call.account}:federated-user/{name}"


def federated_user(db: Snapshot, call: Call, request: "GetFederationTokenRequest") -> Resource:
    """The federated user to be. Raises AccessDenied for temporary credentials, whatever they may do."""
    if call.caller.session is not None:
        raise ApiError("AccessDenied", "Cannot call GetFederationToken with session credentials")
    return Resource(arn=arn_of(call, request["Name"]), account=call.account)


@sts.command(
    "GetFederationToken",
    access=(
        Needs("sts:GetFederationToken", on=federated_user, keys=KEYS),
        Needs("sts:TagSession", on=federated_user, keys=KEYS, when=has_tags),
    ),
)
def get_federation_token(
    db: Transaction, call: Call, request: "GetFederationTokenRequest"
) -> "GetFederationTokenResponse":
    """Without a session policy the session has no rights but those that resources grant it.

    Raises MalformedPolicyDocument, PackedPolicyTooLarge, ValidationError and InvalidParameterValue for what
    is passed along.
    """
    policy, arns, tags = request.get("Policy"), policy_arns(request), tags_of(request)
    check_session_policies(db, call.account, call.partition, policy, arns)
    policies = (policy,) if policy is not None else ()
    name = request["Name"]
    longest = ROOT_SECONDS if call.caller.root else LONGEST
    key, secret = new_key(call.account)
    session = Session(
        key=key,
        secret=secret,
        kind="federated",
        account=call.account,
        partition=call.partition,
        issuer=call.caller.user_id,
        name=name,
        issued=call.time,
        expires=call.time + min(request.get("DurationSeconds", DEFAULT_SECONDS), longest),
        policies=policies,
        policy_arns=tuple(arns),
        tags=tags,
    )
    issued = issue(call, session, request.get("MinimumSessionTokenSize", 0))
    user = {"FederatedUserId": f"{call.account}:{name}", "Arn": arn_of(call, name)}
    answer: dict[str, Any] = {"Credentials": issued.wire, "FederatedUser": user, **issued.told}
    return answer  # type: ignore[return-value]
