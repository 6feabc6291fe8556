"""The findings of a policy's text: every check, in the order of the text."""

from collections.abc import Callable, Iterable, Iterator

from deputize.policy.findings import (
    actions,
    addresses,
    broad,
    conditions,
    control,
    empty,
    escalation,
    fitting,
    grammar,
    principals,
    redundant,
    resources,
    sids,
    sizes,
    trust,
    values,
    variables,
)
from deputize.policy.findings.checks import CHECKS
from deputize.policy.findings.finding import Finding, Found, Location, found, shown
from deputize.policy.findings.reader import Malformed, Source, read, repeated
from deputize.policy.findings.statements import Policy, PolicyType, statements_of
from deputize.policy.findings.text import says

# More findings than this say no more about a policy.
MOST = 1000
PARTS: tuple[Callable[[Policy], Iterator[Found]], ...] = (
    grammar.check,
    empty.check,
    sids.check,
    sizes.check,
    actions.check,
    resources.check,
    fitting.check,
    principals.check,
    trust.check,
    conditions.check,
    values.check,
    addresses.check,
    variables.check,
    control.check,
    broad.check,
    escalation.check,
    redundant.check,
)


def findings(
    text: str,
    policy_type: PolicyType,
    *,
    resource_type: str | None = None,
    own_accounts: Iterable[str] = (),
) -> tuple[Finding, ...]:
    """What there is to say of `text` as a policy of this type; never raises, whatever the text is.

    `resource_type` is what a resource-based policy is attached to, as CloudFormation names it
    (`AWS::S3::Bucket`, `AWS::IAM::AssumeRolePolicyDocument`); checks for others are those of every
    resource-based policy. Principals in `own_accounts` are no third parties. At most MOST findings.
    """
    source = Source(text)
    try:
        node = read(text)
    except Malformed as malformed:
        place = source.position(min(malformed.offset, len(text)))
        return (Finding(CHECKS["JSON_SYNTAX_ERROR"], malformed.text, (Location((), place, place),)),)
    policy = Policy(policy_type, resource_type, frozenset(own_accounts), text, node, statements_of(node))
    placed = [one.placed(source) for one in _found(policy)]
    placed.sort(key=lambda one: (one.locations[0].start.offset, one.check.severity, one.check.code))
    return tuple(placed)


def _found(policy: Policy) -> Iterator[Found]:
    left = MOST
    for one in _all(policy):
        yield one
        left -= 1
        if not left:
            return


def _all(policy: Policy) -> Iterator[Found]:
    for key in repeated(policy.node):
        yield found(
            "JSON_SYNTAX_ERROR", says("The key {key} stands twice in one object.", key=shown(key.text)), key
        )
    for check in PARTS:
        yield from check(policy)
