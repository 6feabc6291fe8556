"""What IAM's model has and this server does not offer, and why: told in docs/operations.md, and answered with
NotImplemented.
"""

from collections.abc import Mapping

_DELEGATION = "partners' requests for temporary access end in AWS's own sign-in pages"
_TEMPLATES = "role templates and account properties belong to a service of AWS's that keeps the roles"
_ORGANIZATION = "there are no organizations here yet"

NOT_OFFERED: Mapping[str, str] = {
    "AcceptDelegationRequest": _DELEGATION,
    "AcquireRole": _TEMPLATES,
    "AssociateDelegationRequest": _DELEGATION,
    "CreateDelegationRequest": _DELEGATION,
    "GenerateOrganizationsAccessReport": _ORGANIZATION,
    "GetAccountProperties": _TEMPLATES,
    "GetDelegationRequest": _DELEGATION,
    "GetHumanReadableSummary": "its summaries are written by a language model",
    "GetOrganizationsAccessReport": _ORGANIZATION,
    "GetRoleTemplateVersion": _TEMPLATES,
    "ListDelegationRequests": _DELEGATION,
    "PutAccountProperties": _TEMPLATES,
    "RejectDelegationRequest": _DELEGATION,
    "SendDelegationToken": _DELEGATION,
    "UpdateDelegationRequest": _DELEGATION,
    "UpdateOpenIDConnectProvider": "it ties a provider to IAM Identity Center, which is not here",
}
