"""The account itself: its alias and the summary of what it holds."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain.accounts import ALIAS
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam.resources import anything
from deputize.iam.service import DONE, iam
from deputize.model.account import Account
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        CreateAccountAliasRequest,
        DeleteAccountAliasRequest,
        GetAccountSummaryResponse,
        ListAccountAliasesRequest,
        ListAccountAliasesResponse,
    )


def own(db: Snapshot, call: Call) -> Account:
    """The caller's account."""
    account = db.accounts.get(call.account)
    if account is None:
        raise LookupError("the caller's account is gone in the middle of the call")
    return account


@iam.command("CreateAccountAlias", access=(Needs("iam:CreateAccountAlias", on=anything),))
def create_account_alias(
    db: Transaction, call: Call, request: "CreateAccountAliasRequest"
) -> Mapping[str, Any]:
    """In the place of an alias that there is. Aliases are unique in a partition. Raises
    EntityAlreadyExists, InvalidInput.
    """
    alias = request["AccountAlias"]
    if not ALIAS.fullmatch(alias):
        raise ApiError("InvalidInput", "The account alias must not be 12 digits.")
    if any(other.id != call.account for other in db.accounts.find("alias", call.partition, alias)):
        raise ApiError("EntityAlreadyExists", f"The account alias {alias} already exists.")
    db.accounts.put(dataclasses.replace(own(db, call), alias=alias))
    return DONE


@iam.command("DeleteAccountAlias", access=(Needs("iam:DeleteAccountAlias", on=anything),))
def delete_account_alias(
    db: Transaction, call: Call, request: "DeleteAccountAliasRequest"
) -> Mapping[str, Any]:
    account = own(db, call)
    if account.alias != request["AccountAlias"]:
        raise ApiError("NoSuchEntity", f"The account alias {request['AccountAlias']} cannot be found.")
    db.accounts.put(dataclasses.replace(account, alias=None))
    return DONE


@iam.query("ListAccountAliases", access=(Needs("iam:ListAccountAliases", on=anything),))
def list_account_aliases(
    db: Snapshot, call: Call, request: "ListAccountAliasesRequest"
) -> "ListAccountAliasesResponse":
    alias = own(db, call).alias
    return {"AccountAliases": [] if alias is None else [alias], "IsTruncated": False}


@iam.query("GetAccountSummary", access=(Needs("iam:GetAccountSummary", on=anything),))
def get_account_summary(db: Snapshot, call: Call, request: Mapping[str, Any]) -> "GetAccountSummaryResponse":
    """How much the account holds and may hold (IAM API, SummaryMap)."""
    quotas = call.installation.settings.iam_quotas
    versions = sum(db.policy_versions.count(policy.id) for policy in db.policies.page(call.account))
    return {
        "SummaryMap": {
            "Users": db.users.count(call.account),
            "UsersQuota": quotas.users,
            "Groups": db.groups.count(call.account),
            "GroupsQuota": quotas.groups,
            "Roles": db.roles.count(call.account),
            "RolesQuota": quotas.roles,
            "Policies": db.policies.count(call.account),
            "PoliciesQuota": quotas.policies,
            "PolicySizeQuota": quotas.policy_size,
            "PolicyVersionsInUse": versions,
            "VersionsPerPolicyQuota": quotas.versions_per_policy,
            "GroupsPerUserQuota": quotas.groups_per_user,
            "AccessKeysPerUserQuota": quotas.access_keys_per_user,
            "AttachedPoliciesPerUserQuota": quotas.policies_per_user,
            "AttachedPoliciesPerGroupQuota": quotas.policies_per_group,
            "AttachedPoliciesPerRoleQuota": quotas.policies_per_role,
            "UserPolicySizeQuota": quotas.user_inline_size,
            "GroupPolicySizeQuota": quotas.group_inline_size,
            "RolePolicySizeQuota": quotas.role_inline_size,
            "AssumeRolePolicySizeQuota": quotas.trust_policy_size,
            "AccountMFAEnabled": 0,
            "MFADevices": 0,
            "MFADevicesInUse": 0,
            "AccountAccessKeysPresent": int(bool(db.access_keys.find("owner", call.account, call.account))),
            "AccountPasswordPresent": int(own(db, call).root_password is not None),
            "AccountSigningCertificatesPresent": 0,
            "ServerCertificates": 0,
            "Providers": 0,
            "InstanceProfiles": 0,
            "GlobalEndpointTokenVersion": 2,
        }
    }
