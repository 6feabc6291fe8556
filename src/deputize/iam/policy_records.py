"""Managed policies as the operations on them find them: by ARN, the caller's account's own and AWS's."""

from collections.abc import Mapping
from itertools import chain

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.managed_policies import AnyPolicy, policy_by_arn
from deputize.iam import errors
from deputize.model.identity import Role, User, fold
from deputize.model.managed.catalogue import AwsPolicy
from deputize.model.policies import Attachment, ManagedPolicy
from deputize.policy.arn import Arn
from deputize.store.api import Snapshot

AWS_OWNER = "aws"


def parse(call: Call, text: str) -> Arn:
    """The ARN of a managed policy in the caller's partition; raises ValidationError for anything else."""
    arn = Arn.parse(text)
    if arn is None:
        raise ApiError("ValidationError", "Invalid ARN:  Could not be parsed!")
    well_formed = arn.service == "iam" and not arn.region and arn.resource.startswith("policy/")
    if not well_formed or arn.partition != call.partition:
        raise ApiError("ValidationError", f"ARN {text} is not valid.")
    return arn


def require(db: Snapshot, call: Call, text: str) -> AnyPolicy:
    """The managed policy of this ARN; raises ValidationError, NoSuchEntity."""
    parse(call, text)
    policy = policy_by_arn(db, text, call.partition)
    if policy is None:
        raise errors.no_such_policy(text)
    return policy


def customer_policy(db: Snapshot, call: Call, text: str) -> ManagedPolicy:
    """The customer-managed policy of this ARN; raises AccessDenied for AWS's, which nobody else may
    change.
    """
    policy = require(db, call, text)
    if isinstance(policy, AwsPolicy):
        raise ApiError(
            "AccessDenied",
            f"User: {call.caller.arn} is not authorized to perform: iam:{call.operation.name} "
            f"on resource: policy {text}",
        )
    return policy


def attachable(db: Snapshot, call: Call, text: str) -> AnyPolicy:
    """The managed policy to attach or to bound with: AWS's or the account's own. Raises ValidationError,
    NoSuchEntity.
    """
    arn = parse(call, text)
    policy = policy_by_arn(db, text, call.partition)
    if policy is None or arn.account not in (call.account, AWS_OWNER):
        raise errors.not_attachable(text)
    return policy


def place(arn: str) -> str:
    """Where a managed policy stands in a list: by name, and of two of one name the account's own first. Short
    enough for a marker whatever the path.
    """
    head, _, resource = arn.partition(":policy/")
    return f"{fold(resource.rpartition('/')[2])} {head.rpartition(':')[2]}"


def tags_of(policy: AnyPolicy | None) -> Mapping[str, str]:
    return policy.tags if isinstance(policy, ManagedPolicy) else {}


def attachments(db: Snapshot, call: Call, arn: str) -> list[Attachment]:
    """Where the caller's account has attached the policy."""
    return db.attachments.find("policy", call.account, arn)


def bounded(db: Snapshot, call: Call, arn: str) -> list[User | Role]:
    """The users and roles of the caller's account that the policy is the boundary of."""
    return list(
        chain(
            db.users.find("boundary", call.account, arn),
            db.roles.find("boundary", call.account, arn),
        )
    )
