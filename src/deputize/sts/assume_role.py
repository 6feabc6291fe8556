"""AssumeRole: temporary credentials of a role that trusts the caller."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain.roles import Wish, assume, effective_source_identity, role_by_arn
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.policy.arn import Arn
from deputize.policy.decide import ResourceKind
from deputize.store.api import Snapshot, Transaction
from deputize.sts.service import sts
from deputize.sts.session_token import MFA_FAILED

if TYPE_CHECKING:
    from deputize.protocol.shapes.sts import AssumeRoleRequest, AssumeRoleResponse


def role(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> Resource:
    """The role with its trust policy. One that does not exist has none, so the answer is the same as a
    refusal.
    """
    if call.caller.root:
        raise ApiError("AccessDenied", "Roles may not be assumed by root accounts.")
    if "SerialNumber" in request or "TokenCode" in request:
        raise ApiError("AccessDenied", MFA_FAILED)
    if "ProvidedContexts" in request:
        raise ApiError("ValidationError", "ProvidedContexts is not offered.")
    arn = Arn.parse(request["RoleArn"])
    if arn is None:
        raise ApiError("ValidationError", f"{request['RoleArn']} is invalid")
    found = role_by_arn(db, request["RoleArn"])
    return Resource(
        arn=request["RoleArn"],
        account=arn.account,
        tags=found.tags if found else {},
        policy=found.trust if found else None,
        kind=ResourceKind.ROLE_TRUST,
    )


def tags_of(request: "AssumeRoleRequest") -> dict[str, str]:
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


def policy_arns(request: "AssumeRoleRequest") -> list[str]:
    """The managed session policies. Raises ValidationError for an entry that names none: passing over it
    would leave the session without the limit that was asked for.
    """
    entries = request.get("PolicyArns", [])
    if not all("arn" in entry for entry in entries):
        raise ApiError("ValidationError", "Every entry of PolicyArns needs an arn.")
    return [entry["arn"] for entry in entries]


def request_tags(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> Mapping[str, str]:
    return tags_of(request)


def tag_keys(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> tuple[str, ...] | None:
    return tuple(tags_of(request)) if "Tags" in request else None


def has_tags(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> bool:
    return bool(request.get("Tags"))


def source_identity(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> str | None:
    return effective_source_identity(call.caller.session, request.get("SourceIdentity"))


def has_source_identity(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> bool:
    """Also at each further role of a chain: the identity is set anew there (IAM guide, "Source identity")."""
    return source_identity(db, call, request) is not None


def external_id(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> str | None:
    return request.get("ExternalId")


def session_name(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> str:
    return request["RoleSessionName"]


def seconds(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> str | None:
    return str(request["DurationSeconds"]) if "DurationSeconds" in request else None


def transitive_keys(db: Snapshot, call: Call, request: "AssumeRoleRequest") -> tuple[str, ...] | None:
    return tuple(request["TransitiveTagKeys"]) if request.get("TransitiveTagKeys") else None


# Both sides see the same keys, and so do the three rights that one call may need (IAM guide, STS condition
# keys).
KEYS: dict[str, Any] = {
    "sts:ExternalId": external_id,
    "sts:RoleSessionName": session_name,
    "sts:DurationSeconds": seconds,
    "sts:SourceIdentity": source_identity,
    "sts:TransitiveTagKeys": transitive_keys,
    "aws:RequestTag/*": request_tags,
    "aws:TagKeys": tag_keys,
}


@sts.command(
    "AssumeRole",
    access=(
        Needs("sts:AssumeRole", on=role, keys=KEYS),
        Needs("sts:TagSession", on=role, keys=KEYS, when=has_tags),
        Needs("sts:SetSourceIdentity", on=role, keys=KEYS, when=has_source_identity),
    ),
)
def assume_role(db: Transaction, call: Call, request: "AssumeRoleRequest") -> "AssumeRoleResponse":
    """A session of the role. Raises what `domain.roles.assume` raises."""
    found = role_by_arn(db, request["RoleArn"])
    if found is None:  # only a role's own trust policy can have let the call come this far
        raise LookupError("a role that does not exist was authorized")
    wish = Wish(
        name=request["RoleSessionName"],
        seconds=request.get("DurationSeconds", 3600),
        policy=request.get("Policy"),
        policy_arns=policy_arns(request),
        tags=tags_of(request),
        transitive=request.get("TransitiveTagKeys", []),
        source_identity=request.get("SourceIdentity"),
    )
    made = assume(db, call, found, wish)
    answer: dict[str, Any] = {
        "Credentials": made.issued.wire,
        "AssumedRoleUser": {"Arn": made.arn, "AssumedRoleId": made.id},
    }
    if made.packed is not None:
        answer["PackedPolicySize"] = made.packed
    if made.issued.session.source_identity is not None:
        answer["SourceIdentity"] = made.issued.session.source_identity
    return answer  # type: ignore[return-value]
