"""Assuming a role: the rules that hold for every way into a role session (STS API, AssumeRole)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deputize.domain.credentials import Issued, issue, new_key, packed_size
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.managed_policies import policy_by_arn
from deputize.model.credentials import Session
from deputize.model.identity import Role
from deputize.model.managed.catalogue import AwsPolicy
from deputize.policy.arn import Arn
from deputize.policy.validate import Kind, PolicyRefused, check
from deputize.store.api import Snapshot

DEFAULT_SECONDS = 3600
# A session made by a session lasts an hour at most, whatever the role allows (IAM guide, "Role chaining").
CHAINED_SECONDS = 3600
SESSION_POLICY_CHARACTERS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the caller of AssumeRole asks of the session."""

    name: str
    seconds: int = DEFAULT_SECONDS
    policy: str | None = None
    policy_arns: Sequence[str] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive: Sequence[str] = ()
    source_identity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSession:
    """A session of `role` as it was issued. `packed` is PackedPolicySize in percent."""

    role: Role
    issued: Issued
    packed: int | None

    @property
    def arn(self) -> str:
        """The session's ARN: no path in it (IAM identifiers)."""
        name = self.issued.session.name
        return f"arn:{self.role.partition}:sts::{self.role.account}:assumed-role/{self.role.name}/{name}"

    @property
    def id(self) -> str:
        return f"{self.role.id}:{self.issued.session.name}"


def role_by_arn(db: Snapshot, text: str) -> Role | None:
    """The role that `text` names exactly, path and partition included; None if there is none or it is no
    role's ARN.
    """
    arn = Arn.parse(text)
    if arn is None or arn.service != "iam" or not arn.resource.startswith("role/"):
        return None
    role = db.roles.get(arn.account, arn.resource.rpartition("/")[2])
    return role if role is not None and role.arn == text else None


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
    _check_policies(db, role, wish)
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
        chained=parent is not None,
    )
    packed = packed_size(policies, wish.policy_arns, wish.tags)
    return RoleSession(role=role, issued=issue(call, session), packed=packed)


def effective_source_identity(parent: Session | None, wished: str | None) -> str | None:
    """The source identity a session would carry: once set it stays over chaining (IAM guide, "Source
    identity").
    """
    inherited = parent.source_identity if parent is not None else None
    return inherited or wished


def _check_duration(call: Call, role: Role, seconds: int) -> None:
    """In AWS's order: the role's maximum, then chaining (the range was checked by the model)."""
    if seconds > role.max_session:
        raise ApiError(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )
    if call.caller.session is not None and seconds > CHAINED_SECONDS:
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
    inherited = set(parent.transitive) if parent is not None else set()
    if inherited & folded:
        raise ApiError(
            "InvalidParameterValue",
            "One of the specified transitive tag keys can't be set because it conflicts with a "
            "transitive tag key from the calling session.",
        )
    kept = {key: value for key, value in parent.tags.items() if key.lower() in inherited} if parent else {}
    return {**kept, **wish.tags}, tuple(sorted(inherited | wanted))


def _check_policies(db: Snapshot, role: Role, wish: Wish) -> None:
    if wish.policy is not None:
        if len(wish.policy) > SESSION_POLICY_CHARACTERS:
            raise ApiError(
                "ValidationError",
                f"1 validation error detected: Value '{wish.policy}' at 'policy' failed to satisfy "
                f"constraint: Member must have length less than or equal to {SESSION_POLICY_CHARACTERS}",
            )
        try:
            check(wish.policy, Kind.SESSION, partition=role.partition)
        except PolicyRefused as refused:
            raise ApiError("MalformedPolicyDocument", str(refused)) from None
    for arn in wish.policy_arns:
        if not _managed_policy_exists(db, role, arn):
            raise ApiError("MalformedPolicyDocument", f"Policy {arn} does not exist or is not attachable.")


def _managed_policy_exists(db: Snapshot, role: Role, text: str) -> bool:
    """Whether the ARN is one of AWS's managed policies, or of the role's own account (STS API,
    PolicyArns).
    """
    policy = policy_by_arn(db, text, role.partition)
    return isinstance(policy, AwsPolicy) or (policy is not None and policy.account == role.account)
