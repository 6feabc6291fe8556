"""Managed policies by ARN: AWS's own, which every account may use, and the customer-managed ones of an
account.
"""

from deputize.model.managed import catalogue
from deputize.model.managed.catalogue import AwsPolicy
from deputize.model.policies import ManagedPolicy
from deputize.policy.arn import Arn
from deputize.store.api import Snapshot

AnyPolicy = AwsPolicy | ManagedPolicy


def policy_by_arn(db: Snapshot, text: str, partition: str) -> AnyPolicy | None:
    """The policy that `text` names exactly, path and partition included; None if there is none."""
    known = catalogue.get(text, partition)
    if known is not None:
        return known
    arn = Arn.parse(text)
    if arn is None or not arn.resource.startswith("policy/"):
        return None
    policy = db.policies.get(arn.account, arn.resource.rpartition("/")[2])
    return policy if policy is not None and policy.arn == text else None


def default_document(db: Snapshot, policy: AnyPolicy) -> str:
    """The text of the version that is in force."""
    if isinstance(policy, AwsPolicy):
        return policy.document
    version = db.policy_versions.get(policy.id, policy.default_version)
    if version is None:
        raise LookupError(f"{policy.arn} has no default version")
    return version.document
