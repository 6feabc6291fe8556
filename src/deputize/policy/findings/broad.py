"""Grants that reach further than they seem to: roles handed to services, and lists of what is *not* granted
(IAM guide, "Grant a user permissions to pass a role to an AWS service").
"""

from collections.abc import Iterator

from deputize.policy.findings.finding import Found, found
from deputize.policy.findings.patterns import compiled
from deputize.policy.findings.reader import Node
from deputize.policy.findings.resources import parts_of
from deputize.policy.findings.statements import Policy, PolicyType, Statement
from deputize.policy.findings.text import says

# Action, the family of its codes, the condition key that narrows it enough, and what may happen.
_HANDED = (
    (
        "iam:passrole",
        "PASS_ROLE",
        "iam:PassedToService",
        says(
            "Any role could be handed to any service: name the roles by their ARNs, or compare "
            "iam:PassedToService."
        ),
    ),
    (
        "iam:createservicelinkedrole",
        "CREATE_SLR",
        "iam:AWSServiceName",
        says(
            "Roles for any service could be made: name the roles by their ARNs, or compare "
            "iam:AWSServiceName."
        ),
    ),
)
# Elements that list what is not granted.
_NEGATED = (
    (
        "NotAction",
        "ALLOW_WITH_NOT_ACTION",
        says("This grants every action that is not listed, future ones too."),
    ),
    (
        "NotResource",
        "ALLOW_WITH_NOT_RESOURCE",
        says("This grants on every resource that is not listed, future ones too."),
    ),
)


def check(policy: Policy) -> Iterator[Found]:
    """What an Allow includes without saying so. Control policies grant nothing, and are left alone."""
    if policy.type not in (PolicyType.IDENTITY_POLICY, PolicyType.RESOURCE_POLICY):
        return
    for statement in policy.statements:
        if not statement.allows:
            continue
        for name, code, what in _NEGATED:
            node = statement.get(name)
            if node is not None and not (policy.trust and name == "NotResource"):
                yield found(code, what, node)
        if policy.type is PolicyType.IDENTITY_POLICY:
            yield from _handing(statement)


def _handing(statement: Statement) -> Iterator[Found]:
    resource = _resource(statement)
    if resource is None:
        return
    ending, node = resource
    for action, family, key, danger in _HANDED:
        beginning = _action(statement, action)
        if beginning is None or key.lower() in statement.keys:
            continue
        yield found(f"{family}_WITH_{_named(beginning, ending)}", danger, node)


def _resource(statement: Statement) -> tuple[str, Node] | None:
    """How the resource reaches too far: by NotResource, or a wildcard in an IAM role's place."""
    negated = statement.get("NotResource")
    if negated is not None:
        return "NOT_RESOURCE", negated
    for node in statement.strings("Resource"):
        if node.text == "*" or _any_role(node.text):
            return "STAR_IN_RESOURCE", node
    return None


def _any_role(resource: str) -> bool:
    """Whether a wildcard stands where a role's path or name begins. One that begins plainly, as those of one
    service's roles do, is meant.
    """
    parts = parts_of(resource, variable="x")
    return (
        parts is not None
        and compiled(parts.service).matches("iam")
        and parts.resource.removeprefix("role/")[:1] in ("*", "?")
    )


def _action(statement: Statement, action: str) -> str | None:
    """How the statement includes `action`: named, by a wildcard, or by NotAction."""
    if statement.get("NotAction") is not None:
        listed = statement.strings("NotAction")
        return None if any(compiled(node.text.lower()).matches(action) for node in listed) else "NOT_ACTION"
    listed = statement.strings("Action")
    if any(node.text.lower() == action for node in listed):
        return ""
    return "STAR_IN_ACTION" if any(compiled(node.text.lower()).matches(action) for node in listed) else None


def _named(action: str, resource: str) -> str:
    """The rest of the code, as Access Analyzer orders it."""
    if not action:
        return resource
    if action == "NOT_ACTION" and resource == "STAR_IN_RESOURCE":
        return "STAR_IN_RESOURCE_AND_NOT_ACTION"
    if action == "NOT_ACTION":
        return "NOT_ACTION_AND_NOT_RESOURCE"
    return f"STAR_IN_ACTION_AND_{'NOT_RESOURCE' if resource == 'NOT_RESOURCE' else 'RESOURCE'}"
