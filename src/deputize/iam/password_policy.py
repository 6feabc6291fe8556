"""The account's password policy: GetAccountPasswordPolicy, UpdateAccountPasswordPolicy,
DeleteAccountPasswordPolicy, and the right to change one's own password that it may give.
"""

import dataclasses
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.iam.entities import USER
from deputize.iam.resources import anything
from deputize.iam.service import DONE, iam
from deputize.model.sign_in import PasswordPolicy
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        GetAccountPasswordPolicyResponse,
        UpdateAccountPasswordPolicyRequest,
    )

# When UpdateAccountPasswordPolicy names none.
LEAST = 6


def own_user(db: Snapshot, call: Call, request: Any) -> Resource:
    """The calling user, whose password it is; root users and roles, which have none, as themselves."""
    if call.caller.name is None:
        return Resource(arn=call.caller.arn, account=call.account)
    return _with_grant(db, call, USER.resource(db, call, call.caller.name), "iam:ChangePassword")


def own_policy(db: Snapshot, call: Call, request: Any) -> Resource:
    return _with_grant(db, call, anything(db, call, request), "iam:GetAccountPasswordPolicy")


def _with_grant(db: Snapshot, call: Call, resource: Resource, action: str) -> Resource:
    """The resource with what AllowUsersToChangePassword gives each user of the account, without a policy of
    the user's own (IAM API, PasswordPolicy): a grant like that of a resource's policy, which a Deny stops.
    """
    policy = db.password_policies.get(call.account)
    if policy is None or not policy.users_change or call.caller.name is None:
        return resource
    allow = {
        "Effect": "Allow",
        "Principal": {"AWS": call.caller.user_id},
        "Action": action,
        "Resource": resource.arn,
    }
    return dataclasses.replace(resource, policy=json.dumps({"Version": "2012-10-17", "Statement": [allow]}))


def require(db: Snapshot, call: Call) -> PasswordPolicy:
    """Raises NoSuchEntity."""
    policy = db.password_policies.get(call.account)
    if policy is None:
        raise ApiError(
            "NoSuchEntity", f"The Password Policy with domain name {call.account} cannot be found."
        )
    return policy


@iam.query("GetAccountPasswordPolicy", access=(Needs("iam:GetAccountPasswordPolicy", on=own_policy),))
def get_account_password_policy(
    db: Snapshot, call: Call, request: Mapping[str, Any]
) -> "GetAccountPasswordPolicyResponse":
    policy = require(db, call)
    answer: dict[str, Any] = {
        "MinimumPasswordLength": policy.least,
        "RequireSymbols": policy.symbols,
        "RequireNumbers": policy.numbers,
        "RequireUppercaseCharacters": policy.uppercase,
        "RequireLowercaseCharacters": policy.lowercase,
        "AllowUsersToChangePassword": policy.users_change,
        "ExpirePasswords": policy.max_age is not None,
        "HardExpiry": policy.hard_expiry,
    }
    if policy.max_age is not None:
        answer["MaxPasswordAge"] = policy.max_age
    if policy.remembered:
        answer["PasswordReusePrevention"] = policy.remembered
    return {"PasswordPolicy": answer}  # type: ignore[typeddict-item]


@iam.command("UpdateAccountPasswordPolicy", access=(Needs("iam:UpdateAccountPasswordPolicy", on=anything),))
def update_account_password_policy(
    db: Transaction, call: Call, request: "UpdateAccountPasswordPolicyRequest"
) -> Mapping[str, Any]:
    """What the request leaves out goes back to its default (IAM API)."""
    db.password_policies.put(
        PasswordPolicy(
            account=call.account,
            least=request.get("MinimumPasswordLength", LEAST),
            symbols=request.get("RequireSymbols", False),
            numbers=request.get("RequireNumbers", False),
            uppercase=request.get("RequireUppercaseCharacters", False),
            lowercase=request.get("RequireLowercaseCharacters", False),
            users_change=request.get("AllowUsersToChangePassword", False),
            max_age=request.get("MaxPasswordAge"),
            remembered=request.get("PasswordReusePrevention", 0),
            hard_expiry=request.get("HardExpiry", False),
        )
    )
    return DONE


@iam.command("DeleteAccountPasswordPolicy", access=(Needs("iam:DeleteAccountPasswordPolicy", on=anything),))
def delete_account_password_policy(
    db: Transaction, call: Call, request: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Raises NoSuchEntity."""
    require(db, call)
    db.password_policies.delete(call.account)
    return DONE
