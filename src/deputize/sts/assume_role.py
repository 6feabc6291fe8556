"""AssumeRole: temporary credentials of a role that trusts the caller."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain.roles import (
    DEFAULT_SECONDS,
    Wish,
    assume,
    authorized_role,
    effective_source_identity,
    inherited_tags,
)
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.caller import Caller
from deputize.gateway.operation import Needs, Resource
from deputize.store.api import Snapshot, Transaction
from deputize.sts import mfa
from deputize.sts.resources import trusting
from deputize.sts.service import sts

if TYPE_CHECKING:
    from deputize.protocol.shapes.sts import AssumeRoleRequest, AssumeRoleResponse


def role(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> Resource:
    """The role, which root users may not assume. Raises AccessDenied, ValidationError, and what `mfa.check`
    raises.
    """
    if call.caller.root:
        raise ApiError("AccessDenied", "Roles may not be assumed by root accounts.")
    mfa.check(db, call, request)
    if "ProvidedContexts" in request:
        raise ApiError("ValidationError", "ProvidedContexts is not offered.")
    return trusting(db, request)


def tags_of(request: Mapping[str, Any]) -> dict[str, str]:
    """The session tags; raises InvalidParameterValue when two keys differ by case alone."""
    tags = {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}
    if len({key.lower() for key in tags}) < len(request.get("Tags", [])):
        raise ApiError(
            "InvalidParameterValue",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        )
    if any(key.lower().startswith("aws:") for key in tags):
        raise ApiError("InvalidParameterValue", "Tag keys that begin with aws: are reserved.")
    return tags


def policy_arns(request: Mapping[str, Any]) -> list[str]:
    """The managed session policies. Raises ValidationError for an entry that names none: passing over it
    would leave the session without the limit that was asked for.
    """
    entries = request.get("PolicyArns", [])
    if not all("arn" in entry for entry in entries):
        raise ApiError("ValidationError", "Every entry of PolicyArns needs an arn.")
    return [entry["arn"] for entry in entries]


def request_tags(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Mapping[str, str]:
    return tags_of(request)


def tag_keys(db: Snapshot, call: Call, request: Mapping[str, Any]) -> tuple[str, ...] | None:
    return tuple(tags_of(request)) if "Tags" in request else None


def has_tags(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return bool(request.get("Tags"))


def session_tags(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> Mapping[str, str]:
    """The tags that the session is given: the request's, and those that the calling session hands on, which
    are set anew at each role of a chain (EKS guide, "Access AWS resources using EKS Pod Identity target IAM
    roles").
    """
    return {**inherited_tags(call.caller.session), **tags_of(request)}


def session_tag_keys(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> tuple[str, ...] | None:
    return tuple(session_tags(db, call, request)) or None


def sets_tags(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> bool:
    return bool(inherited_tags(call.caller.session)) or has_tags(db, call, request)


def source_identity(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> str | None:
    return effective_source_identity(call.caller.session, request.get("SourceIdentity"))


def has_source_identity(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> bool:
    """Also at each further role of a chain: the identity is set anew there (IAM guide, "Source identity")."""
    return source_identity(db, call, request) is not None


def external_id(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> str | None:
    return request.get("ExternalId")


def session_name(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> str:
    return request["RoleSessionName"]


def transitive_keys(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> tuple[str, ...] | None:
    return tuple(request["TransitiveTagKeys"]) if request.get("TransitiveTagKeys") else None


# Both sides see the same keys, and so do the three rights that one call may need (IAM guide, STS condition
# keys).
KEYS: dict[str, Any] = {
    "sts:ExternalId": external_id,
    "sts:RoleSessionName": session_name,
    "sts:SourceIdentity": source_identity,
    "sts:TransitiveTagKeys": transitive_keys,
    "aws:RequestTag/*": session_tags,
    "aws:TagKeys": session_tag_keys,
    **mfa.KEYS,
}


def kept(caller: Caller) -> Mapping[str, str | tuple[str, ...]]:
    """What EC2 says of an instance stays with the session that it assumes for it (service authorization
    reference, `ec2:RoleDelivery` and `ec2:SourceInstanceARN`).
    """
    return {name: value for name, value in caller.vouched.items() if name.startswith("ec2:")}


@sts.command(
    "AssumeRole",
    access=(
        Needs("sts:AssumeRole", on=role, keys=KEYS),
        Needs("sts:TagSession", on=role, keys=KEYS, when=sets_tags),
        Needs("sts:SetSourceIdentity", on=role, keys=KEYS, when=has_source_identity),
    ),
)
def assume_role(db: Transaction, call: Call, request: "AssumeRoleRequest") -> "AssumeRoleResponse":
    """A session of the role, which knows nothing of an MFA code (IAM guide, "Configuring MFA-protected API
    access"). Raises what `domain.roles.assume` raises.
    """
    found = authorized_role(db, request["RoleArn"])
    wish = Wish(
        name=request["RoleSessionName"],
        seconds=request.get("DurationSeconds", DEFAULT_SECONDS),
        least=request.get("MinimumSessionTokenSize", 0),
        policy=request.get("Policy"),
        policy_arns=policy_arns(request),
        tags=tags_of(request),
        transitive=request.get("TransitiveTagKeys", []),
        source_identity=request.get("SourceIdentity"),
        vouched=kept(call.caller),
    )
    mfa.spend(db, call, request)
    return assume(db, call, found, wish).wire()  # type: ignore[return-value]
