"""How long a policy may be (IAM guide, "IAM and AWS STS quotas"; Organizations guide, "Quotas")."""

from collections.abc import Iterator, Mapping

from deputize.policy.findings.finding import Found, found
from deputize.policy.findings.statements import Policy, PolicyType
from deputize.policy.findings.text import says

# Code, characters, and whether blanks count.
_QUOTAS: Mapping[PolicyType, tuple[str, int, bool]] = {
    PolicyType.IDENTITY_POLICY: ("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", 6144, False),
    PolicyType.SERVICE_CONTROL_POLICY: ("POLICY_SIZE_EXCEEDS_SCP_QUOTA", 10_240, True),
    PolicyType.RESOURCE_CONTROL_POLICY: ("POLICY_SIZE_EXCEEDS_RCP_QUOTA", 5120, True),
}
_TRUST = ("POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA", 2048, False)


def check(policy: Policy) -> Iterator[Found]:
    """A policy that is too long to be saved, unless its quota was raised."""
    quota = _TRUST if policy.trust else _QUOTAS.get(policy.type)
    if quota is None:
        return
    code, most, blanks = quota
    size = len(policy.text) if blanks else len("".join(policy.text.split()))
    if size > most:
        counted = (
            says("The policy has {size} characters and may have {most}.", size=size, most=most)
            if blanks
            else says(
                "The policy has {size} characters, not counting blanks, and may have {most}.",
                size=size,
                most=most,
            )
        )
        yield found(code, counted, policy.node)
