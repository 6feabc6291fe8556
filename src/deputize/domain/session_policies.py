"""Policies that are passed along when a session is made, and limit it (IAM guide, "Session policies")."""

from collections.abc import Sequence

from deputize.errors import ApiError
from deputize.gateway.managed_policies import policy_by_arn
from deputize.model.managed.catalogue import AwsPolicy
from deputize.policy.validate import Kind, PolicyRefused, check
from deputize.store.api import Snapshot

CHARACTERS = 2048
# STS API, PolicyArns.
ARNS = 10


def check_session_policies(
    db: Snapshot, account: str, partition: str, policy: str | None, arns: Sequence[str]
) -> None:
    """Whether a session of `account` may be made with the inline `policy` and the managed policies `arns`.

    Raises ValidationError for their size and number, MalformedPolicyDocument for the grammar and for an ARN
    that is neither one of AWS's managed policies nor one of the account's.
    """
    if policy is not None:
        if len(policy) > CHARACTERS:
            raise ApiError(
                "ValidationError",
                f"1 validation error detected: Value '{policy}' at 'policy' failed to satisfy "
                f"constraint: Member must have length less than or equal to {CHARACTERS}",
            )
        try:
            check(policy, Kind.SESSION, partition=partition)
        except PolicyRefused as refused:
            raise ApiError("MalformedPolicyDocument", str(refused)) from None
    if len(arns) > ARNS:
        raise ApiError(
            "ValidationError",
            "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: "
            f"Member must have length less than or equal to {ARNS}",
        )
    for arn in arns:
        found = policy_by_arn(db, arn, partition)
        if not isinstance(found, AwsPolicy) and (found is None or found.account != account):
            raise ApiError("MalformedPolicyDocument", f"Policy {arn} does not exist or is not attachable.")
