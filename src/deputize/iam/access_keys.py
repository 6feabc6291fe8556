"""Access keys: CreateAccessKey, ListAccessKeys, UpdateAccessKey, DeleteAccessKey, GetAccessKeyLastUsed.

Without a user name they are about the caller's own keys; the root user's are the account's.
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from deputize.domain import accounts
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam import errors
from deputize.iam.entities import USER
from deputize.iam.paging import page
from deputize.iam.quotas import limits
from deputize.iam.resources import caller_or_user, owner_of_key
from deputize.iam.service import DONE, iam
from deputize.model.credentials import AccessKey
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        CreateAccessKeyRequest,
        CreateAccessKeyResponse,
        DeleteAccessKeyRequest,
        GetAccessKeyLastUsedRequest,
        GetAccessKeyLastUsedResponse,
        ListAccessKeysRequest,
        ListAccessKeysResponse,
        UpdateAccessKeyRequest,
    )


def owner(db: Snapshot, call: Call, request: Mapping[str, Any]) -> tuple[str, str]:
    """Whose keys the request is about: the owner's id, and the name to answer. Raises NoSuchEntity."""
    name = request.get("UserName", call.caller.name)
    if name is None:
        return call.account, "root"
    user = USER.require(db, call, name)
    return user.id, user.name


def require_key(db: Snapshot, call: Call, request: Mapping[str, Any]) -> AccessKey:
    """Raises NoSuchEntity."""
    owner_id, _ = owner(db, call, request)
    key = db.access_keys.get(request["AccessKeyId"])
    if key is None or key.account != call.account or key.owner != owner_id:
        raise ApiError("NoSuchEntity", f"The Access Key with id {request['AccessKeyId']} cannot be found.")
    return key


def wanted_status(request: Mapping[str, Any]) -> Literal["Active", "Inactive"]:
    """What a credential is to be; raises ValidationError for Expired, which it only becomes by itself."""
    match request["Status"]:
        case "Active":
            return "Active"
        case "Inactive":
            return "Inactive"
        case _:
            raise ApiError("ValidationError", "A credential is set Active or Inactive.")


@iam.command("CreateAccessKey", access=(Needs("iam:CreateAccessKey", on=caller_or_user),))
def create_access_key(
    db: Transaction, call: Call, request: "CreateAccessKeyRequest"
) -> "CreateAccessKeyResponse":
    """The only time that the secret is told. Raises NoSuchEntity, LimitExceeded."""
    owner_id, name = owner(db, call, request)
    limit = limits(db, call).access_keys_per_user
    if len(db.access_keys.find("owner", call.account, owner_id)) >= limit:
        raise errors.over_quota("AccessKeysPerUser", limit)
    key = accounts.add_key(db, call.account, owner_id, call.installation.keyring, now=call.time)
    return {
        "AccessKey": {
            "UserName": name,
            "AccessKeyId": key.id,
            "Status": "Active",
            "SecretAccessKey": key.secret,
            "CreateDate": call.time,
        }
    }


@iam.query("ListAccessKeys", access=(Needs("iam:ListAccessKeys", on=caller_or_user),))
def list_access_keys(db: Snapshot, call: Call, request: "ListAccessKeysRequest") -> "ListAccessKeysResponse":
    owner_id, name = owner(db, call, request)
    keys, end = page(
        call,
        request,
        db.access_keys.find("owner", call.account, owner_id),
        lambda key: f"{key.created:012d}{key.id}",
    )
    metadata = [
        {"UserName": name, "AccessKeyId": key.id, "Status": key.status, "CreateDate": key.created}
        for key in keys
    ]
    return {"AccessKeyMetadata": metadata, **end}  # type: ignore[typeddict-item]


@iam.command("UpdateAccessKey", access=(Needs("iam:UpdateAccessKey", on=caller_or_user),))
def update_access_key(db: Transaction, call: Call, request: "UpdateAccessKeyRequest") -> Mapping[str, Any]:
    """Active or Inactive, from the next request on. Raises NoSuchEntity, ValidationError for Expired."""
    key = require_key(db, call, request)
    db.access_keys.put(dataclasses.replace(key, status=wanted_status(request)))
    return DONE


@iam.command("DeleteAccessKey", access=(Needs("iam:DeleteAccessKey", on=caller_or_user),))
def delete_access_key(db: Transaction, call: Call, request: "DeleteAccessKeyRequest") -> Mapping[str, Any]:
    key = require_key(db, call, request)
    db.access_keys.delete(key.id)
    db.key_uses.delete(key.id)
    return DONE


@iam.query("GetAccessKeyLastUsed", access=(Needs("iam:GetAccessKeyLastUsed", on=owner_of_key),))
def get_access_key_last_used(
    db: Snapshot, call: Call, request: "GetAccessKeyLastUsedRequest"
) -> "GetAccessKeyLastUsedResponse":
    """Service and region are `N/A` for a key that was never used (IAM API)."""
    key = db.access_keys.get(request["AccessKeyId"])
    if key is None or key.account != call.account:
        raise ApiError(
            "AccessDenied",
            f"User: {call.caller.arn} is not authorized to perform: "
            f"iam:GetAccessKeyLastUsed on resource: access key {request['AccessKeyId']}",
        )
    user = USER.by_id(db, key.owner)
    use = db.key_uses.get(key.id)
    last: dict[str, Any] = {"ServiceName": "N/A", "Region": "N/A"}
    if use is not None:
        last = {"LastUsedDate": use.at, "ServiceName": use.service, "Region": use.region}
    return {"UserName": user.name if user is not None else "root", "AccessKeyLastUsed": last}  # type: ignore[typeddict-item]
