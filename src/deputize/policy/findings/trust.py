"""Role trust policies (IAM guide, "How to use trust policies with IAM roles")."""

import re
from collections.abc import Iterator

from deputize.policy.arn import Arn
from deputize.policy.findings.finding import Found, found, shown
from deputize.policy.findings.patterns import compiled
from deputize.policy.findings.statements import Comparison, Entry, Policy, Statement
from deputize.policy.findings.text import says

ROLES_ANYWHERE = "rolesanywhere.amazonaws.com"
GITHUB = "token.actions.githubusercontent.com"
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_ANYWHERE_ACTIONS = ("sts:assumerole", "sts:setsourceidentity", "sts:tagsession")
# Which assume action belongs to which kind of principal.
_ASSUMES = {
    "sts:assumerole": ("AWS", "Service"),
    "sts:assumerolewithsaml": ("saml",),
    "sts:assumerolewithwebidentity": ("oidc",),
}


def check(policy: Policy) -> Iterator[Found]:
    """What a trust policy cannot say, and whom it trusts too easily."""
    if not policy.trust:
        return
    for statement in policy.statements:
        yield from _elements(statement)
        entries = [entry for entry in statement.entries("Principal") if _kind(entry)]
        yield from _actions(statement, entries)
        yield from _redundant(entries)
        yield from _audience(statement)
        if statement.allows:
            yield from _providers(statement, entries)
            yield from _third_parties(policy, statement, entries)


def _elements(statement: Statement) -> Iterator[Found]:
    for name in ("Resource", "NotResource"):
        node = statement.get(name)
        if node is not None:
            yield found(
                "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE",
                says(
                    "A trust policy is about the role that it belongs to: leave {element} out.", element=name
                ),
                node,
            )
    denied = statement.get("NotPrincipal")
    if denied is not None:
        yield found(
            "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL",
            says("A trust policy takes no NotPrincipal."),
            denied,
        )
    principal = statement.get("Principal")
    if principal is not None and principal.kind == "string" and principal.text == "*":
        yield found(
            "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
            says('A trust policy does not take "*" for Principal; {{"AWS": "*"}} means everyone.'),
            principal,
        )


def _kind(entry: Entry) -> str:
    """`AWS`, `Service`, `saml` or `oidc`; empty for what is none of them."""
    if entry.kind != "Federated":
        return entry.kind if entry.kind in ("AWS", "Service") else ""
    return "saml" if ":saml-provider/" in entry.text else "oidc"


def _names(statement: Statement) -> list[str]:
    return [node.text.lower() for node in statement.strings("Action")]


def _actions(statement: Statement, entries: list[Entry]) -> Iterator[Found]:
    kinds = {_kind(entry) for entry in entries}
    for node in statement.strings("Action"):
        wanted = _ASSUMES.get(node.text.lower())
        if wanted is not None and kinds and not kinds & set(wanted):
            named = ", ".join(shown(entry.text) for entry in entries[:3])
            yield found(
                "MISMATCHED_ACTION_FOR_PRINCIPAL",
                says(
                    "{principals} cannot call {action}: a SAML provider's users call AssumeRoleWithSAML, "
                    "an OpenID Connect provider's AssumeRoleWithWebIdentity, all others AssumeRole.",
                    principals=named,
                    action=shown(node.text),
                ),
                node,
            )
    anywhere = [entry.node for entry in entries if entry.text == ROLES_ANYWHERE]
    named_actions = _names(statement)
    missing = [
        action
        for action in _ANYWHERE_ACTIONS
        if not any(compiled(name).matches(action) for name in named_actions)
    ]
    if anywhere and statement.allows and missing:
        yield found(
            "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY",
            says("Roles Anywhere needs sts:AssumeRole, sts:SetSourceIdentity and sts:TagSession together."),
            *anywhere,
        )


def _redundant(entries: list[Entry]) -> Iterator[Found]:
    """A session beside its role. Sessions carry no path, so roles are known by their last name."""
    roles = {}
    for entry in entries:
        arn = Arn.parse(entry.text)
        if arn is not None and arn.service == "iam" and arn.resource.startswith("role/"):
            roles[arn.account, arn.resource.rpartition("/")[2]] = entry.node
    for entry in entries:
        arn = Arn.parse(entry.text)
        name = arn.resource.split("/") if arn is not None and arn.service == "sts" else []
        if arn is not None and len(name) == 3 and (arn.account, name[1]) in roles:
            yield found(
                "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY",
                says("The role of this session is trusted as well, with every session of it."),
                entry.node,
                roles[arn.account, name[1]],
            )


def _audience(statement: Statement) -> Iterator[Found]:
    for comparison in statement.comparisons:
        if comparison.key.endswith(":aud") and comparison.operator.quantifier:
            yield found(
                "CONFIRM_AUDIENCE_CLAIM_TYPE",
                says(
                    "A token's audience has one value: leave {quantifier} out.",
                    quantifier=comparison.operator.quantifier,
                ),
                comparison.operator_node,
            )


def _providers(statement: Statement, entries: list[Entry]) -> Iterator[Found]:
    for entry in entries:
        if _kind(entry) != "oidc":
            continue
        host = entry.text.partition(":oidc-provider/")[2] or entry.text
        asked = [one for one in statement.comparisons if one.key.startswith(f"{host.lower()}:")]
        if host == GITHUB:
            yield from _github(entry, asked)
        elif not asked:
            yield found(
                "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL",
                says(
                    "Whoever has a token of {provider} may assume the role: compare its aud and sub.",
                    provider=shown(host),
                ),
                entry.node,
            )


def _github(entry: Entry, asked: list[Comparison]) -> Iterator[Found]:
    subjects = [
        one for one in asked if one.key.partition(":")[2] in ("sub", "repository", "job_workflow_ref")
    ]
    if not subjects:
        yield found(
            "MISSING_GITHUB_REPO_CONDITION_KEY",
            says("Every repository on GitHub may assume the role: compare {provider}:sub.", provider=GITHUB),
            entry.node,
        )
    for comparison in subjects:
        for value in comparison.strings if comparison.operator.wildcards else ():
            repository = value.text.split(":")[1:2]
            if not repository or set(repository[0]) & set("*?"):
                yield found(
                    "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED",
                    says("The wildcard reaches more than one repository: name it, as in repo:owner/name:*."),
                    value,
                )


def _third_parties(policy: Policy, statement: Statement, entries: list[Entry]) -> Iterator[Found]:
    if statement.comparisons:
        return
    for entry in entries:
        account = _whole_account(entry)
        if account is not None and account not in policy.own:
            who = says("everyone") if account == "*" else says("everybody in account {id}", id=account)
            yield found(
                "TRUST_WITHOUT_CONDITION",
                says(
                    "This trusts {who} without a condition: demand sts:ExternalId of a third party, or "
                    "aws:PrincipalOrgID or aws:PrincipalArn.",
                    who=who,
                ),
                entry.node,
            )


def _whole_account(entry: Entry) -> str | None:
    """The account that is trusted as a whole, `*` for everyone; None for a single principal."""
    if entry.kind != "AWS":
        return None
    if entry.text == "*" or _ACCOUNT.fullmatch(entry.text):
        return entry.text
    arn = Arn.parse(entry.text)
    return arn.account if arn is not None and arn.resource == "root" else None
