"""Do the actions of a statement apply to its resources, and carry its condition keys? (Service Authorization
Reference; AWS's servers refuse or ignore what does not fit.)
"""

from collections.abc import Iterator

from deputize.policy.findings import knowledge
from deputize.policy.findings.finding import Found, found, shown
from deputize.policy.findings.knowledge import Action
from deputize.policy.findings.reader import Node
from deputize.policy.findings.resources import parts_of, types_of
from deputize.policy.findings.statements import Comparison, Policy, Statement
from deputize.policy.findings.text import says

TAG = "aws:resourcetag/"
# A statement with more pairs than this is not compared pair by pair.
PAIRS = 5000


def check(policy: Policy) -> Iterator[Found]:
    """Actions without a fitting resource, and condition keys that an action never carries."""
    for statement in policy.statements:
        actions = list(_known(statement))
        yield from _without_resource(statement, actions)
        if len(statement.comparisons) * len(actions) > PAIRS:
            continue
        for comparison in statement.comparisons:
            yield from _unsupported(comparison, actions)
            if comparison.key.startswith(TAG) and comparison.operator.demands:
                yield from _untagged(statement, comparison, actions)


def _known(statement: Statement) -> Iterator[tuple[Node, str, Action]]:
    """The actions that are named in full and exist, with their service's prefix. Patterns are left alone."""
    for node in statement.strings("Action"):
        prefix, _, name = node.text.lower().partition(":")
        service = knowledge.service(prefix)
        action = service.action(name) if service is not None else None
        if action is not None:
            yield node, prefix, action


def _without_resource(statement: Statement, actions: list[tuple[Node, str, Action]]) -> Iterator[Found]:
    resources = statement.strings("Resource")
    if not resources or len(resources) * len(actions) > PAIRS or any(one.text == "*" for one in resources):
        return
    for node, prefix, action in actions:
        if not any(_applies(prefix, action, resource.text) for resource in resources):
            takes = ", ".join(sorted(action.types)) or says("* alone")
            yield found(
                "RESOURCE_DOES_NOT_FIT_ACTION",
                says(
                    "{action} applies to none of the resources here; it takes {types}.",
                    action=shown(node.text),
                    types=takes,
                ),
                node,
                *resources[:1],
            )


def _applies(prefix: str, action: Action, resource: str) -> bool:
    parts = parts_of(resource)
    if parts is None or set(parts.service) & set("*?"):
        return True
    if not action.types:
        # IAM asks its lists on an ARN all the same, and AWS's own examples ask others' on every resource.
        return prefix == parts.service and (prefix == "iam" or parts.resource == "*")
    types = [one for one in types_of(parts, frozenset({prefix})) if one.name in action.types]
    return any(one.resource.overlaps(parts.resource) for one in types)


def _unsupported(comparison: Comparison, actions: list[tuple[Node, str, Action]]) -> Iterator[Found]:
    """A service's own key beside its actions that never carry it."""
    operator, key = comparison.operator, comparison.key
    if operator.if_exists or operator.null or operator.quantifier == "ForAllValues":
        return
    prefix = key.partition(":")[0]
    service = knowledge.service(prefix)
    if service is None or service.keys.type_of(key) is None:
        return
    without = [node for node, own, action in actions if own == prefix and action.keys.type_of(key) is None]
    if without:
        names = ", ".join(shown(node.text) for node in without[:5])
        yield found(
            "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
            says(
                "Requests for {actions} never carry {key}: give them a statement of their own.",
                actions=names,
                key=shown(comparison.key_node.text),
            ),
            comparison.key_node,
            *without,
        )


def _untagged(
    statement: Statement, comparison: Comparison, actions: list[tuple[Node, str, Action]]
) -> Iterator[Found]:
    """A statement by tag reaches only what carries tags."""
    verb = "ALLOW" if statement.allows else "DENY"
    key = shown(comparison.key_node.text)
    if statement.get("NotAction") is not None:
        yield found(
            f"{verb}_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
            says(
                "Not every action carries {key}; with NotAction nobody sees which do. List the actions.",
                key=key,
            ),
            comparison.key_node,
        )
        return
    without = sorted({prefix for _, prefix, action in actions if action.keys.type_of(TAG + "*") is None})
    if without:
        yield found(
            f"{verb}_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
            says(
                "Actions of {services} here never carry {key}, so the statement does not reach them.",
                services=", ".join(without),
                key=key,
            ),
            comparison.key_node,
        )
