"""Every check: its issue code, how grave it is, and what it says.

The codes are those of IAM Access Analyzer (IAM guide, "IAM policy validation check reference"); a few of our
own are marked. docs/policy-checks.md is made from this table.
"""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


class Severity(enum.IntEnum):
    """What a finding means, the gravest first; names are Access Analyzer's `findingType`s."""

    ERROR = 0
    SECURITY_WARNING = 1
    WARNING = 2
    SUGGESTION = 3


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `ours`: Access Analyzer documents none of this code."""

    code: str
    severity: Severity
    says: str
    ours: bool = False


_ERRORS = {
    "JSON_SYNTAX_ERROR": "the text is no JSON, or a key stands twice in one object",
    "DATA_TYPE_MISMATCH": "an element holds a JSON type that it cannot hold",
    "INVALID_POLICY_ELEMENT": "an element that the policy language does not have",
    "INVALID_VERSION": "a version other than 2012-10-17 and 2008-10-17",
    "MISSING_STATEMENT": "the policy has no statement",
    "MISSING_EFFECT": "a statement has no Effect",
    "INVALID_EFFECT": "an Effect other than Allow and Deny; case counts",
    "MISSING_ACTION": "a statement has neither Action nor NotAction",
    "MISSING_RESOURCE": "a statement has neither Resource nor NotResource",
    "MISSING_PRINCIPAL": "a statement of a resource-based policy has neither Principal nor NotPrincipal",
    "UNSUPPORTED_PRINCIPAL": "an identity-based policy names a principal",
    "UNSUPPORTED_ELEMENT_COMBINATION": "an element and its Not form in one statement",
    "UNIQUE_SIDS_REQUIRED": "two statements have the same Sid, which IAM and Organizations refuse",
    "UNSUPPORTED_SID": "a Sid holds characters that the kind of policy does not take",
    "POLICY_SIZE_EXCEEDS_SCP_QUOTA": "a service control policy is longer than 10,240 characters",
    "POLICY_SIZE_EXCEEDS_RCP_QUOTA": "a resource control policy is longer than 5,120 characters",
    "INVALID_ACTION": "the service has no such action, or no action matches the pattern",
    "INVALID_SERVICE_IN_ACTION": "an action of a service that does not exist",
    "UNSUPPORTED_ACTION_IN_POLICY": "an action that the policy of such a resource cannot grant",
    "INVALID_ARN_PREFIX": "a resource that is neither `*` nor begins with `arn:`",
    "MISSING_ARN_FIELD": "an ARN with fewer than six parts",
    "INVALID_PARTITION": "an ARN of a partition that does not exist",
    "INVALID_ARN_SERVICE_CASE": "capital letters in an ARN's service",
    "INVALID_SERVICE": "an ARN or condition key of a service that does not exist",
    "INVALID_ARN_REGION": "an ARN of a region that does not exist in its partition",
    "ARN_REGION_NOT_ALLOWED": "a region in the ARN of a resource that has none",
    "MISSING_ARN_REGION": "no region in the ARN of a resource that has one",
    "INVALID_ARN_ACCOUNT": "an account in an ARN that is no 12-digit number",
    "ARN_ACCOUNT_NOT_ALLOWED": "an account in the ARN of a resource that has none",
    "MISSING_ARN_ACCOUNT": "no account in the ARN of a resource that has one",
    "INVALID_ARN_RESOURCE": "a resource part that no resource type of the service has",
    "UNSUPPORTED_RESOURCE_ARN_IN_POLICY": "a resource that the policy of such a resource cannot be about",
    "INVALID_PRINCIPAL_FORMAT": "a principal in a form that none has",
    "INVALID_PRINCIPAL_KEY": "a kind of principal other than AWS, Service, Federated and CanonicalUser",
    "UNSUPPORTED_WILDCARD_IN_PRINCIPAL": "a wildcard in a principal; only `*` alone stands for everyone",
    "INVALID_SERVICE_PRINCIPAL_FORMAT": "a service principal that is not like `service.amazonaws.com`",
    "FEDERATED_PRINCIPAL_NOT_SUPPORTED": "an identity provider as principal outside of a trust policy",
    "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL": "a condition key that a service's calls never carry",
    "ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL": "NotPrincipal in a trust policy",
    "ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL": '`"Principal": "*"` in a trust policy',
    "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE": "Resource or NotResource in a trust policy",
    "INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY": "an identity provider that is neither a "
    "domain nor a provider's ARN",
    "MISMATCHED_ACTION_FOR_PRINCIPAL": "an assume action that such a principal cannot call",
    "MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY": "Roles Anywhere is trusted without all three actions "
    "that it needs",
    "SCP_SYNTAX_ERROR_PRINCIPAL": "a service control policy names a principal",
    "RCP_SYNTAX_ERROR_PRINCIPAL": "a resource control policy with a principal other than `*`",
    "RCP_SYNTAX_ERROR_ALLOW": "a resource control policy that allows",
    "RCP_SYNTAX_ERROR_NOTACTION": "NotAction in a resource control policy",
    "RCP_SYNTAX_ERROR_ACTION": "a resource control policy on a service that takes none",
    "INVALID_CONDITION_OPERATOR": "a condition operator that does not exist; case counts",
    "NULL_WITH_IF_EXISTS": "Null with the suffix IfExists",
    "INVALID_CONDITION_KEY_FORMAT": "a condition key without a service before a colon",
    "INVALID_GLOBAL_CONDITION_KEY": "an `aws:` key that does not exist",
    "INVALID_SERVICE_CONDITION_KEY": "a key that the service does not have",
    "MISSING_TAG_KEY_IN_CONDITION": "a tag's condition key without the tag's name",
    "DUPLICATE_KEYS_WITH_DIFFERENT_CASE": "one condition key twice under an operator, in different case",
    "MISSING_QUALIFIER": "a key with several values without ForAllValues or ForAnyValue",
    "UNSUPPORTED_ACTION_FOR_CONDITION_KEY": "an action whose requests never carry the condition key",
    "INVALID_CONDITION_DATA_TYPE": "values of different JSON types in one list",
    "INVALID_CONDITION_MULTIPLE_BOOLEAN": "several booleans for a single-valued key",
    "TYPE_MISMATCH_IP_RANGE": "an address operator with something else than an address range",
    "PRIVATE_IP_ADDRESS": "`aws:SourceIp` is compared to private addresses alone: it never is one",
    "PRIVATE_NOT_IP_ADDRESS": "`aws:SourceIp` is kept from private addresses alone: it never is one",
    "INVALID_REGION": "`aws:RequestedRegion` is compared to a region that does not exist",
    "INVALID_VPC_FORMAT": "`aws:SourceVpc` is compared to what is no VPC's id",
    "INVALID_VPCE_FORMAT": "`aws:SourceVpce` is compared to what is no VPC endpoint's id",
    "INVALID_KMS_KEY_VALUE": "S3's KMS key condition is compared to what is no key's ARN",
    "MISSING_BRACE_IN_VARIABLE": "a policy variable that no brace closes",
    "MISSING_QUOTE_IN_VARIABLE": "a variable's default value without its single quotes",
    "UNSUPPORTED_SPACE_IN_VARIABLE": "a blank in a variable's name",
    "EMPTY_VARIABLE": "a variable without a name",
    "VARIABLE_UNSUPPORTED_IN_ELEMENT": "a variable in an element that does not substitute it",
    "VARIABLE_UNSUPPORTED_IN_VERSION": "a variable in a policy of a version without variables",
    "INVALID_VARIABLE_FOR_OPERATOR": "a variable under an operator that is not a string's or ARN's",
}
_SECURITY_WARNINGS = {
    "ALLOW_WITH_NOT_PRINCIPAL": "Allow with NotPrincipal grants to everybody who is not listed",
    "PASS_ROLE_WITH_STAR_IN_RESOURCE": "iam:PassRole on a resource with a wildcard",
    "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE": "wildcards in action and resource include iam:PassRole",
    "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION": "NotAction and a wildcard resource include "
    "iam:PassRole",
    "PASS_ROLE_WITH_NOT_RESOURCE": "iam:PassRole with NotResource",
    "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE": "a wildcard action with NotResource includes "
    "iam:PassRole",
    "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE": "NotAction with NotResource includes iam:PassRole",
    "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL": "a service may act here for anybody: no source is demanded",
    "MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL": "an OpenID Connect provider is trusted whatever its token "
    "says",
    "MISSING_GITHUB_REPO_CONDITION_KEY": "GitHub Actions is trusted whatever repository runs it",
    "FORALLVALUES_WITH_SINGLE_VALUED_KEY": "ForAllValues on a single-valued key is true where the key is "
    "missing",
    "MISSING_PAIRED_CONDITION_KEYS": "a key that means little without another one",
    "UNTRUSTWORTHY_CONDITION_KEY": "a key whose value the caller chooses freely",
    "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE": "a Deny by tag of actions that carry no such tag",
    "DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE": "a Deny by tag with NotAction: actions "
    "without such a tag pass",
}
_OUR_SECURITY_WARNINGS = {
    "ALLOW_WITH_NOT_ACTION": "Allow with NotAction grants every action that is not listed, future ones too",
    "ALLOW_WITH_NOT_RESOURCE": "Allow with NotResource grants on every resource that is not listed",
    "PRIVILEGE_ESCALATION": "rights on IAM with which one can give oneself others",
    "TRUST_WITHOUT_CONDITION": "everyone, or an account that is not one's own, may assume the role without "
    "any condition",
}
_WARNINGS = {
    "MISSING_VERSION": "the policy names no version",
    "UNIQUE_SIDS_RECOMMENDED": "two statements have the same Sid",
    "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA": "more than 6,144 characters, blanks not counted",
    "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA": "a trust policy of more than 2,048 characters, blanks not "
    "counted",
    "CREATE_SLR_WITH_STAR_IN_RESOURCE": "iam:CreateServiceLinkedRole on a resource with a wildcard",
    "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE": "wildcards in action and resource include "
    "iam:CreateServiceLinkedRole",
    "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION": "NotAction and a wildcard resource include "
    "iam:CreateServiceLinkedRole",
    "CREATE_SLR_WITH_NOT_RESOURCE": "iam:CreateServiceLinkedRole with NotResource",
    "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE": "a wildcard action with NotResource includes "
    "iam:CreateServiceLinkedRole",
    "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE": "NotAction with NotResource includes "
    "iam:CreateServiceLinkedRole",
    "DEPRECATED_GLOBAL_CONDITION_KEY": "a global key that another one has replaced",
    "INVALID_DATE_VALUE": "a date as seconds since 1970",
    "INVALID_ROLE_REFERENCE": "a role by its unique id, which no new role will have",
    "INVALID_USER_REFERENCE": "a user by its unique id, which no new user will have",
    "WILDCARD_WITHOUT_LIKE_OPERATOR": "a wildcard under an operator that compares it as a character",
    "TYPE_MISMATCH": "an operator of another type than the key's",
    "TYPE_MISMATCH_BOOLEAN": "a boolean operator with something else than true and false",
    "TYPE_MISMATCH_DATE": "a date operator with something else than a date",
    "TYPE_MISMATCH_NUMBER": "a numeric operator with something else than a number",
    "TYPE_MISMATCH_STRING": "a binary operator with something else than base64",
    "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED": "a wildcard in GitHub's subject reaches further than one "
    "repository",
    "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY": "a resource control policy by principal that hits AWS's "
    "services as well",
    "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY": "a resource control policy by source that hits "
    "one's own principals as well",
}
_OUR_WARNINGS = {
    "RESOURCE_DOES_NOT_FIT_ACTION": "an action that applies to none of the statement's resources",
}
_SUGGESTIONS = {
    "EMPTY_SID_VALUE": "a Sid without characters",
    "EMPTY_ARRAY_ACTION": "a statement without any action",
    "EMPTY_ARRAY_RESOURCE": "a statement without any resource",
    "EMPTY_ARRAY_PRINCIPAL": "a principal without any value",
    "EMPTY_OBJECT_PRINCIPAL": "a statement without any principal",
    "EMPTY_OBJECT_CONDITION": "a condition without any operator or key",
    "EMPTY_ARRAY_CONDITION": "a condition key without any value",
    "EMPTY_ARRAY_CONDITION_FORALLVALUES": "ForAllValues without any value: true where the key is missing",
    "EMPTY_ARRAY_CONDITION_FORANYVALUE": "ForAnyValue without any value: never true",
    "EMPTY_ARRAY_CONDITION_IFEXISTS": "IfExists without any value: true where the key is missing",
    "WILDCARD_IN_SERVICE_NAME": "a wildcard in an ARN's service",
    "NULL_WITH_QUALIFIER": "Null with ForAllValues or ForAnyValue",
    "IMPROVE_IP_RANGE": "an address range with bits set behind its mask",
    "PRIVATE_IP_ADDRESS_SUBSET": "`aws:SourceIp` is compared to private addresses among others",
    "PRIVATE_NOT_IP_ADDRESS_SUBSET": "`aws:SourceIp` is kept from private addresses among others",
    "REDUNDANT_ACTION": "an action that another entry includes",
    "REDUNDANT_RESOURCE": "a resource that another entry includes",
    "REDUNDANT_STATEMENT": "two statements that say the same",
    "REDUNDANT_CONDITION_VALUE_NUM": "of several bounds one alone counts",
    "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION": "a condition that every value fulfils",
    "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION": "a condition that no value fulfils",
    "REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY": "a session of a role that is trusted itself",
    "CONFIRM_AUDIENCE_CLAIM_TYPE": "a set operator on a token's audience, which has one value",
    "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL": "a service is held to its source by a weak key",
    "IRRELEVANT_CONDITION_KEY_IN_POLICY": "a key that says nothing in a policy of the resource itself",
    "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE": "an Allow by tag of actions that carry no such "
    "tag",
    "ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE": "an Allow by tag with NotAction",
}


def _table() -> Iterable[Check]:
    for severity, table, ours in (
        (Severity.ERROR, _ERRORS, False),
        (Severity.SECURITY_WARNING, _SECURITY_WARNINGS, False),
        (Severity.SECURITY_WARNING, _OUR_SECURITY_WARNINGS, True),
        (Severity.WARNING, _WARNINGS, False),
        (Severity.WARNING, _OUR_WARNINGS, True),
        (Severity.SUGGESTION, _SUGGESTIONS, False),
    ):
        for code, says in table.items():
            yield Check(code, severity, says, ours)


CHECKS: Mapping[str, Check] = MappingProxyType({check.code: check for check in _table()})
