"""Assuming a role: the rules that hold for every way into a role session (STS API, AssumeRole)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deputize.domain.credentials import Issued, issue, new_key
from deputize.domain.session_policies import check_session_policies
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.model.credentials import Session
from deputize.model.identity import Role
from deputize.policy.arn import Arn
from deputize.store.api import Snapshot

DEFAULT_SECONDS = 3600
# A session made by a session lasts an hour at most, whatever the role allows (IAM guide, "Role chaining").
CHAINED_SECONDS = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the caller of AssumeRole and its kin asks of the session, and who vouched for the caller, with
    which condition keys (`model.credentials.Session`). `least` is how many bytes the token has at least.
    """

    name: str
    seconds: int = DEFAULT_SECONDS
    least: int = 0
    policy: str | None = None
    policy_arns: Sequence[str] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive: Sequence[str] = ()
    source_identity: str | None = None
    provider: str | None = None
    vouched: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSession:
    """A session of `role` as it was issued."""

    role: Role
    issued: Issued

    @property
    def arn(self) -> str:
        """The session's ARN: no path in it (IAM identifiers)."""
        name = self.issued.session.name
        return f"arn:{self.role.partition}:sts::{self.role.account}:assumed-role/{self.role.name}/{name}"

    @property
    def id(self) -> str:
        return f"{self.role.id}:{self.issued.session.name}"

    def wire(self, **more: str) -> dict[str, Any]:
        """What AssumeRole and its kin answer, and `more`."""
        wire: dict[str, Any] = {
            "Credentials": self.issued.wire,
            "AssumedRoleUser": {"Arn": self.arn, "AssumedRoleId": self.id},
            **self.issued.told,
            **more,
        }
        if self.issued.session.source_identity is not None:
            wire["SourceIdentity"] = self.issued.session.source_identity
        return wire


def role_by_arn(db: Snapshot, text: str) -> Role | None:
    """The role that `text` names exactly, path and partition included; None if there is none or it is no
    role's ARN.
    """
    arn = Arn.parse(text)
    if arn is None or arn.service != "iam" or not arn.resource.startswith("role/"):
        return None
    role = db.roles.get(arn.account, arn.resource.rpartition("/")[2])
    return role if role is not None and role.arn == text else None


def authorized_role(db: Snapshot, text: str) -> Role:
    """The role that a call was authorized to assume, in the same view of the records."""
    role = role_by_arn(db, text)
    if role is None:  # only a role's own trust policy can have let the call come this far
        raise LookupError("a role that does not exist was authorized")
    return role


def assume(db: Snapshot, call: Call, role: Role, wish: Wish) -> RoleSession:
    """Issue a session of `role`. Authorization has been asked already.

    Raises ValidationError for a duration over the role's maximum or over an hour when chained, or a second
    source identity; MalformedPolicyDocument, PackedPolicyTooLarge and InvalidParameterValue for what is
    passed along.
    """
    _check_duration(call, role, wish.seconds)
    parent = call.caller.session
    tags, transitive = _tags(parent, wish)
    policies = (wish.policy,) if wish.policy is not None else ()
    check_session_policies(db, role.account, role.partition, wish.policy, wish.policy_arns)
    key, secret = new_key(role.account)
    session = Session(
        key=key,
        secret=secret,
        kind="role",
        account=role.account,
        partition=role.partition,
        issuer=role.id,
        name=wish.name,
        issued=call.time,
        expires=call.time + wish.seconds,
        policies=policies,
        policy_arns=tuple(wish.policy_arns),
        tags=tags,
        transitive=transitive,
        source_identity=_source_identity(parent, wish),
        chained=_chained(parent),
        console=parent.console if parent is not None else None,
        provider=wish.provider,
        vouched={name: value for name, value in wish.vouched.items() if isinstance(value, str)},
        vouched_sets={name: value for name, value in wish.vouched.items() if isinstance(value, tuple)},
    )
    return RoleSession(role=role, issued=issue(call, session, wish.least))


def effective_source_identity(parent: Session | None, wished: str | None) -> str | None:
    """The source identity a session would carry: once set it stays over chaining (IAM guide, "Source
    identity").
    """
    inherited = parent.source_identity if parent is not None else None
    return inherited or wished


def inherited_tags(parent: Session | None) -> Mapping[str, str]:
    """The session tags that `parent` hands on to the sessions it makes (IAM guide, "Chaining roles with
    session tags").
    """
    if parent is None:
        return {}
    return {key: value for key, value in parent.tags.items() if key.lower() in parent.transitive}


def _chained(parent: Session | None) -> bool:
    """Switching roles in the console is no chaining (IAM guide, "Switch from a user to an IAM role
    (console)").
    """
    return parent is not None and parent.kind != "console"


def _check_duration(call: Call, role: Role, seconds: int) -> None:
    """In AWS's order: the role's maximum, then chaining (the range was checked by the model)."""
    if seconds > role.max_session:
        raise ApiError(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )
    if _chained(call.caller.session) and seconds > CHAINED_SECONDS:
        raise ApiError(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining.",
        )


def _source_identity(parent: Session | None, wish: Wish) -> str | None:
    effective = effective_source_identity(parent, wish.source_identity)
    if wish.source_identity is not None and effective != wish.source_identity:
        raise ApiError("ValidationError", "The source identity is already set for this assume role session")
    return effective


def _tags(parent: Session | None, wish: Wish) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """The session's tags and the folded keys of the transitive ones; keys compare ignoring case."""
    folded = {key.lower() for key in wish.tags}
    wanted = {key.lower() for key in wish.transitive}
    if not wanted <= folded:
        raise ApiError(
            "InvalidParameterValue",
            "The specified transitive tag key must be included in the requested tags.",
        )
    kept = inherited_tags(parent)
    inherited = {key.lower() for key in kept}
    if inherited & folded:
        raise ApiError(
            "InvalidParameterValue",
            "One of the specified transitive tag keys can't be set because it conflicts with a "
            "transitive tag key from the calling session.",
        )
    return {**kept, **wish.tags}, tuple(sorted(inherited | wanted))
