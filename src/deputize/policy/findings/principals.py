"""Principals: their forms, and what is granted to everybody or to services (IAM guide, "AWS JSON policy
elements: Principal").
"""

import re
from collections.abc import Iterator

from deputize.policy.document import PrincipalEntry
from deputize.policy.findings.finding import Found, found, shown
from deputize.policy.findings.global_keys import CHOSEN_BY_CALLER, SOURCES
from deputize.policy.findings.reader import Node
from deputize.policy.findings.statements import Entry, Policy, PolicyType, Statement
from deputize.policy.findings.text import says
from deputize.policy.principal_forms import well_formed

NAMES = ("Principal", "NotPrincipal")
KINDS = ("AWS", "Service", "Federated", "CanonicalUser")
_UNIQUE = re.compile(r"(AIDA|AROA)[A-Z0-9]{12,124}", re.ASCII)
_REFERENCES = {
    "AIDA": (
        "INVALID_USER_REFERENCE",
        says("This is a user's unique id; name the user by its ARN, which is kept as the id."),
    ),
    "AROA": (
        "INVALID_ROLE_REFERENCE",
        says("This is a role's unique id; name the role by its ARN, which is kept as the id."),
    ),
}
# Keys that only calls of IAM's own principals carry.
_OF_PRINCIPALS = frozenset(
    {"aws:principalorgid", "aws:principalorgpaths", "aws:principalarn", "aws:username", "aws:userid"}
)


def check(policy: Policy) -> Iterator[Found]:
    """Principals where none may stand, of no known form, or with too much granted to them."""
    for statement in policy.statements:
        for name in NAMES:
            node = statement.get(name)
            if node is None:
                continue
            if policy.type is PolicyType.IDENTITY_POLICY:
                yield found(
                    "UNSUPPORTED_PRINCIPAL",
                    says(
                        "An identity-based policy acts for whom it is attached to: leave {element} out.",
                        element=name,
                    ),
                    node,
                )
            elif policy.type is PolicyType.RESOURCE_POLICY:
                yield from _forms(policy, statement, name, node)
        if policy.type is PolicyType.RESOURCE_POLICY:
            yield from _grants(policy, statement)


def _forms(policy: Policy, statement: Statement, name: str, node: Node) -> Iterator[Found]:
    if node.kind == "string" and node.text != "*":
        yield found(
            "INVALID_PRINCIPAL_FORMAT",
            says('{element} is "*" or an object, such as {{"AWS": "111122223333"}}.', element=name),
            node,
        )
        return
    for key, _ in node.members:
        if key.text not in KINDS:
            yield found(
                "INVALID_PRINCIPAL_KEY", says("A principal is of kind {kinds}.", kinds=", ".join(KINDS)), key
            )
    for entry in statement.entries(name):
        if entry.kind in KINDS:
            yield from _form(policy, entry)


def _form(policy: Policy, entry: Entry) -> Iterator[Found]:
    text = entry.text
    if entry.kind == "AWS" and (match := _UNIQUE.fullmatch(text)):
        code, advice = _REFERENCES[match[1]]
        yield found(
            code,
            advice,
            entry.node,
        )
    elif entry.kind == "Federated" and not policy.trust:
        yield found(
            "FEDERATED_PRINCIPAL_NOT_SUPPORTED",
            says("Only a role's trust policy names identity providers; name the role here."),
            entry.node,
        )
    elif set(text) & set("*?") and not (text == "*" and entry.kind == "AWS") and entry.kind != "Federated":
        yield found(
            "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
            says("A principal takes no wildcard; compare aws:PrincipalArn under ArnLike instead."),
            entry.node,
        )
    elif not well_formed(PrincipalEntry(entry.kind, text)):
        yield _malformed(entry)


def _malformed(entry: Entry) -> Found:
    if entry.kind == "Service":
        return found(
            "INVALID_SERVICE_PRINCIPAL_FORMAT",
            says(
                "A service is written like ec2.amazonaws.com, in small letters: {principal}",
                principal=shown(entry.text),
            ),
            entry.node,
        )
    if entry.kind == "Federated":
        return found(
            "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY",
            says("A provider is written as its ARN, or as a domain such as accounts.google.com."),
            entry.node,
        )
    return found(
        "INVALID_PRINCIPAL_FORMAT",
        says("No {kind} principal is written so: {principal}", kind=entry.kind, principal=shown(entry.text)),
        entry.node,
    )


def _grants(policy: Policy, statement: Statement) -> Iterator[Found]:
    node = statement.get("NotPrincipal")
    if statement.allows and node is not None and not policy.trust:
        yield found(
            "ALLOW_WITH_NOT_PRINCIPAL",
            says("This grants to everybody who is not listed, unsigned callers too: list whom to grant to."),
            node,
        )
    services = [entry for entry in statement.entries("Principal") if entry.kind == "Service"]
    if services:
        yield from _to_services(policy, statement, services)


def _to_services(policy: Policy, statement: Statement, services: list[Entry]) -> Iterator[Found]:
    nodes = [entry.node for entry in services]
    only = all(entry.kind == "Service" for entry in statement.entries("Principal"))
    for comparison in statement.comparisons if only else ():
        if comparison.key in _OF_PRINCIPALS and comparison.operator.demands:
            yield found(
                "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",
                says("A service's calls never carry {key}.", key=shown(comparison.key_node.text)),
                comparison.key_node,
                *nodes,
            )
    # A role's trust is the role's to give; what it may be used for stands in its own policies.
    if policy.trust or not statement.allows or statement.keys & SOURCES:
        return
    weak = [one for one in statement.comparisons if one.key in CHOSEN_BY_CALLER]
    for comparison in weak:
        yield found(
            "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",
            says(
                "Compare aws:SourceArn or aws:SourceAccount instead of {key}.",
                key=shown(comparison.key_node.text),
            ),
            comparison.key_node,
        )
    if not weak:
        yield found(
            "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL",
            says(
                "The service acts here for any account that asks: demand aws:SourceArn or aws:SourceAccount."
            ),
            *nodes,
        )
