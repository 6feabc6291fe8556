"""The account itself: its alias and the summary of what it holds."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain.accounts import ALIAS
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam.paging import page
from deputize.iam.quotas import limits
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
        SetSecurityTokenServicePreferencesRequest,
    )

TOKEN_VERSIONS = {"v1Token": 1, "v2Token": 2}

# What AWS tells as the quota on versions of all policies together; it is none that anybody meets.
POLICY_VERSIONS = 10000


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
    found, end = page(call, request, [] if alias is None else [alias], str)
    return {"AccountAliases": found, **end}


@iam.command(
    "SetSecurityTokenServicePreferences",
    access=(Needs("iam:SetSecurityTokenServicePreferences", on=anything),),
)
def set_security_token_service_preferences(
    db: Transaction, call: Call, request: "SetSecurityTokenServicePreferencesRequest"
) -> Mapping[str, Any]:
    """Which tokens the global endpoint of STS gives; the summary tells it."""
    version = TOKEN_VERSIONS[request["GlobalEndpointTokenVersion"]]
    db.accounts.put(dataclasses.replace(own(db, call), global_token_version=version))
    return DONE


@iam.query("GetAccountSummary", access=(Needs("iam:GetAccountSummary", on=anything),))
def get_account_summary(db: Snapshot, call: Call, request: Mapping[str, Any]) -> "GetAccountSummaryResponse":
    """How much the account holds and may hold (IAM API, SummaryMap)."""
    quotas = limits(db, call)
    versions = sum(db.policy_versions.count(policy.id) for policy in db.policies.page(call.account))
    devices = db.mfa_devices.page(call.account)
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
            "PolicyVersionsInUseQuota": POLICY_VERSIONS,
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
            "AccountMFAEnabled": int(any(device.owner == call.account for device in devices)),
            "MFADevices": len(devices),
            "MFADevicesInUse": sum(device.owner is not None for device in devices),
            "AccountAccessKeysPresent": int(bool(db.access_keys.find("owner", call.account, call.account))),
            "AccountPasswordPresent": int(db.login_profiles.get(call.account) is not None),
            "AccountSigningCertificatesPresent": int(
                bool(db.signing_certificates.find("owner", call.account, call.account))
            ),
            "ServerCertificates": db.server_certificates.count(call.account),
            "ServerCertificatesQuota": quotas.server_certificates,
            "SigningCertificatesPerUserQuota": quotas.signing_certificates_per_user,
            "Providers": db.oidc_providers.count(call.account) + db.saml_providers.count(call.account),
            "InstanceProfiles": db.instance_profiles.count(call.account),
            "InstanceProfilesQuota": quotas.instance_profiles,
            "GlobalEndpointTokenVersion": own(db, call).global_token_version,
        }
    }
