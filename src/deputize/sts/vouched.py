"""What AssumeRoleWithWebIdentity and AssumeRoleWithSAML share. They are called unsigned: what an identity
provider says is all that is known of the caller, and nothing but the role's trust policy lets them in.
"""

from collections.abc import Callable, Mapping
from typing import Any

from deputize.domain.roles import Wish
from deputize.domain.vouching import Identity
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.caller import Caller
from deputize.gateway.operation import Needs, Resource, Vouched
from deputize.policy.arn import Arn
from deputize.policy.principal_forms import ACCOUNT
from deputize.store.api import Snapshot
from deputize.sts.assume_role import policy_arns
from deputize.sts.resources import trusting


def arn_of(told: str, kind: str, text: str) -> Arn:
    """The ARN `text` of something in IAM of the `kind`. Raises ValidationError in the words in which AWS
    tells that one ARN was mistaken for another: `told` is "Request" for roles, "Principal" for providers.
    """
    arn = Arn.parse(text)
    if (
        arn is None
        or arn.service != "iam"
        or not ACCOUNT.fullmatch(arn.account)
        or not arn.resource.startswith(f"{kind}/")
    ):
        raise ApiError("ValidationError", f"{told} ARN is invalid")
    return arn


def vouched(identity: Identity) -> Vouched:
    """The caller, as their provider vouches for them."""
    caller = Caller(
        principal=identity.principal,
        user_id=identity.user_id,
        name=identity.subject,
        vouched=identity.keys,
    )
    return Vouched(caller=caller, told=identity)


def needs(
    action: str,
    session_name: Callable[[Snapshot, Call, Any], str],
    still: Callable[[Snapshot, Identity], bool],
    gone: Callable[[Identity], ApiError],
) -> tuple[Needs, ...]:
    """The rights that such a call needs. `still` says whether the provider is the one that was asked; with
    the caller's words of one that is not, `gone`, the call ends.
    """

    def role(db: Snapshot, call: Call, request: Any) -> Resource:
        if not still(db, call.prepared):
            raise gone(call.prepared)
        return trusting(db, request)

    keys: dict[str, Any] = {
        "sts:RoleSessionName": session_name,
        "sts:SourceIdentity": source_identity,
        "sts:TransitiveTagKeys": transitive_keys,
        "aws:RequestTag/*": session_tags,
        "aws:TagKeys": tag_keys,
    }
    return (
        Needs(action, on=role, keys=keys),
        Needs("sts:TagSession", on=role, keys=keys, when=has_tags),
        Needs("sts:SetSourceIdentity", on=role, keys=keys, when=has_source_identity),
    )


def session_tags(db: Snapshot, call: Call, request: Any) -> Mapping[str, str]:
    tags: Mapping[str, str] = call.prepared.passed.tags
    return tags


def tag_keys(db: Snapshot, call: Call, request: Any) -> tuple[str, ...] | None:
    return tuple(call.prepared.passed.tags) or None


def transitive_keys(db: Snapshot, call: Call, request: Any) -> tuple[str, ...] | None:
    return call.prepared.passed.transitive or None


def source_identity(db: Snapshot, call: Call, request: Any) -> str | None:
    source: str | None = call.prepared.passed.source_identity
    return source


def has_tags(db: Snapshot, call: Call, request: Any) -> bool:
    return bool(call.prepared.passed.tags)


def has_source_identity(db: Snapshot, call: Call, request: Any) -> bool:
    return call.prepared.passed.source_identity is not None


def wish(request: Mapping[str, Any], identity: Identity, name: str, seconds: int) -> Wish:
    """What the session is to be: what the request asks for, and what the provider passes along."""
    return Wish(
        name=name,
        seconds=seconds,
        least=request.get("MinimumSessionTokenSize", 0),
        policy=request.get("Policy"),
        policy_arns=policy_arns(request),
        tags=identity.passed.tags,
        transitive=identity.passed.transitive,
        source_identity=identity.passed.source_identity,
        provider=identity.provider.arn,
        vouched=identity.kept,
    )
