"""Rights on IAM that lead to more than they say: whoever has them can give themselves the rest.

tests/attacks/escalations.py goes each of these ways. What grants every action, openly or by NotAction, is
told by other checks.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import islice

from deputize.policy.findings.actions import PATTERNS
from deputize.policy.findings.finding import Found, found
from deputize.policy.findings.patterns import compiled
from deputize.policy.findings.resources import parts_of
from deputize.policy.findings.statements import Policy, PolicyType, Statement
from deputize.policy.findings.text import Text, says

# Policies given, taken away or changed. These condition keys hold them to what somebody thought of.
_BOUNDED = frozenset({"iam:permissionsboundary", "iam:policyarn"})
_POLICIES = frozenset(
    {
        "iam:AddUserToGroup",
        "iam:AttachGroupPolicy",
        "iam:AttachRolePolicy",
        "iam:AttachUserPolicy",
        "iam:CreatePolicyVersion",
        "iam:DeleteGroupPolicy",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteRolePolicy",
        "iam:DeleteUserPermissionsBoundary",
        "iam:DeleteUserPolicy",
        "iam:DetachGroupPolicy",
        "iam:DetachRolePolicy",
        "iam:DetachUserPolicy",
        "iam:PutGroupPolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:PutUserPermissionsBoundary",
        "iam:PutUserPolicy",
        "iam:RemoveUserFromGroup",
        "iam:SetDefaultPolicyVersion",
    }
)
# Tags decide where policies compare them; the rest decides who may be a role.
_TRUST = frozenset(
    {
        "iam:AddClientIDToOpenIDConnectProvider",
        "iam:TagRole",
        "iam:TagUser",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateOpenIDConnectProviderThumbprint",
        "iam:UpdateSAMLProvider",
    }
)
# What somebody signs in with: harmless on one's own user.
_CREDENTIALS = frozenset(
    {
        "iam:CreateAccessKey",
        "iam:CreateLoginProfile",
        "iam:CreateServiceSpecificCredential",
        "iam:DeactivateMFADevice",
        "iam:EnableMFADevice",
        "iam:ResyncMFADevice",
        "iam:UpdateAccessKey",
        "iam:UpdateLoginProfile",
    }
)
# What leads further only where roles may be handed to services.
_HANDED = frozenset({"iam:AddRoleToInstanceProfile"})
_HANDING = "iam:PassRole"
_ALL = (*_POLICIES, *_TRUST, *_CREDENTIALS, *_HANDED, _HANDING)
# A finding names no more of the actions than this.
_NAMED = 5


def check(policy: Policy) -> Iterator[Found]:
    """Each statement of an identity policy with such rights, unless another one denies them everywhere."""
    if policy.type is not PolicyType.IDENTITY_POLICY:
        return
    included = _included(policy)
    denied = _of((one for one in policy.statements if one.denies and _always(one)), included)
    given = [one for one in policy.statements if one.allows and not _all_actions(one)]
    passes = _HANDING in _of(given, included)
    for statement in given:
        leading = (_led_by(statement, passes=passes) & _of((statement,), included)) - denied
        if leading:
            nodes = [one for one in statement.strings("Action") if leading & included.get(one.start, set())]
            yield found("PRIVILEGE_ESCALATION", _told(sorted(leading)), *nodes)


def _led_by(statement: Statement, *, passes: bool) -> AbstractSet[str]:
    """The actions that may lead further with the statement's resources and conditions; `passes`: roles may be
    handed to services.
    """
    if not _on_iam(statement):
        return frozenset()
    leading = _TRUST if statement.keys & _BOUNDED else _TRUST | _POLICIES
    return leading | (frozenset() if _own(statement) else _CREDENTIALS) | (_HANDED if passes else frozenset())


def _included(policy: Policy) -> Mapping[int, AbstractSet[str]]:
    """What each entry of Action includes, by where it begins; PATTERNS of them are looked at."""
    entries = (node for one in policy.statements for node in one.strings("Action"))
    return {node.start: _matched(node.text.lower()) for node in islice(entries, PATTERNS)}


def _matched(text: str) -> AbstractSet[str]:
    pattern = compiled(text)
    return {action for action in _ALL if pattern.matches(action.lower())}


def _of(statements: Iterable[Statement], included: Mapping[int, AbstractSet[str]]) -> AbstractSet[str]:
    """What the statements' entries include together."""
    return {
        action
        for one in statements
        for node in one.strings("Action")
        for action in included.get(node.start, ())
    }


def _always(statement: Statement) -> bool:
    return not statement.comparisons and any(node.text == "*" for node in statement.strings("Resource"))


def _all_actions(statement: Statement) -> bool:
    return any(node.text == "*" for node in statement.strings("Action"))


def _on_iam(statement: Statement) -> bool:
    """Whether a resource may be one of IAM's."""
    if statement.get("NotResource") is not None:
        return True
    texts = (node.text for node in statement.strings("Resource"))
    return any(text == "*" or _service_matches(text) for text in texts)


def _service_matches(resource: str) -> bool:
    parts = parts_of(resource, variable="x")
    return parts is not None and compiled(parts.service).matches("iam")


def _own(statement: Statement) -> bool:
    """Whether the resources are the caller's own alone: the user, and the MFA device of that name."""
    texts = [node.text for node in statement.strings("Resource")]
    return bool(texts) and all(text.endswith("/${aws:username}") for text in texts)


def _told(actions: list[str]) -> Text:
    named = ", ".join(actions[:_NAMED])
    others = len(actions) - _NAMED
    return says(
        "Whoever has {actions} can come to rights that this policy does not give.",
        actions=says("{actions} and {count} more", actions=named, count=others) if others > 0 else named,
    ).then(
        says(
            "Demand a boundary (iam:PermissionsBoundary), name the policies (iam:PolicyARN), or name the "
            "caller's own user (${{aws:username}}) as resource."
        )
    )
