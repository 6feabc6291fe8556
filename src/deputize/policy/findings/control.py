"""Service and resource control policies (Organizations guide, "SCP syntax", "RCP syntax")."""

from collections.abc import Iterator

from deputize.policy.findings.finding import Found, found, shown
from deputize.policy.findings.global_keys import SOURCES
from deputize.policy.findings.statements import Policy, PolicyType, Statement
from deputize.policy.findings.text import says
from deputize.policy.rcp_services import RCP_SERVICES

_IS_SERVICE = "aws:principalisawsservice"
_OF_PRINCIPALS = frozenset(
    {"aws:principalorgid", "aws:principalorgpaths", "aws:principalaccount", "aws:principalarn"}
)


def check(policy: Policy) -> Iterator[Found]:
    """What a control policy of either kind cannot say."""
    for statement in policy.statements:
        if policy.type is PolicyType.SERVICE_CONTROL_POLICY:
            yield from _service_control(statement)
        elif policy.type is PolicyType.RESOURCE_CONTROL_POLICY:
            yield from _resource_control(statement)
            yield from _reach(statement)


def _service_control(statement: Statement) -> Iterator[Found]:
    for name in ("Principal", "NotPrincipal"):
        node = statement.get(name)
        if node is not None:
            yield found(
                "SCP_SYNTAX_ERROR_PRINCIPAL",
                says(
                    "A service control policy is about the accounts below it: leave {element} out.",
                    element=name,
                ),
                node,
            )


def _resource_control(statement: Statement) -> Iterator[Found]:
    principal, negated = statement.get("Principal"), statement.get("NotPrincipal")
    if negated is not None or principal is None or principal.text != "*":
        yield found(
            "RCP_SYNTAX_ERROR_PRINCIPAL",
            says('A resource control policy has "Principal": "*"; conditions say whom it is about.'),
            negated or principal or statement.node,
        )
    effect, excluded = statement.get("Effect"), statement.get("NotAction")
    if effect is not None and statement.allows:
        yield found("RCP_SYNTAX_ERROR_ALLOW", says("A resource control policy only denies."), effect)
    if excluded is not None:
        yield found(
            "RCP_SYNTAX_ERROR_NOTACTION", says("A resource control policy lists its actions."), excluded
        )
    for node in statement.strings("Action"):
        prefix = node.text.lower().partition(":")[0]
        if prefix not in RCP_SERVICES:
            yield found(
                "RCP_SYNTAX_ERROR_ACTION",
                says(
                    "Resource control policies do not reach {prefix}: name services that take them.",
                    prefix=shown(prefix),
                ),
                node,
            )


def _reach(statement: Statement) -> Iterator[Found]:
    """Resource control policies meet people and services alike: one of the two is always forgotten."""
    if not statement.denies or _IS_SERVICE in statement.keys:
        return
    for keys, code, value in (
        (_OF_PRINCIPALS, "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY", "false"),
        (SOURCES, "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY", "true"),
    ):
        for comparison in statement.comparisons:
            if comparison.key in keys and not comparison.operator.null:
                yield found(
                    code,
                    says(
                        'Beside {key} add "BoolIfExists": {{"aws:PrincipalIsAWSService": "{value}"}}.',
                        key=shown(comparison.key_node.text),
                        value=value,
                    ),
                    comparison.key_node,
                )
