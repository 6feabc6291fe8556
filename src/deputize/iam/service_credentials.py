"""Service-specific credentials: CreateServiceSpecificCredential, ListServiceSpecificCredentials,
UpdateServiceSpecificCredential, ResetServiceSpecificCredential, DeleteServiceSpecificCredential.

Git passwords for CodeCommit, passwords for Keyspaces, API keys for Bedrock and CloudWatch Logs. None of these
services runs here, so a secret is told once and not kept.
"""

import base64
import dataclasses
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.iam import errors
from deputize.iam.access_keys import owner, wanted_status
from deputize.iam.entities import USER
from deputize.iam.paging import page
from deputize.iam.quotas import limits
from deputize.iam.resources import caller_or_user
from deputize.iam.service import DONE, iam
from deputize.model import ids
from deputize.model.identity import User
from deputize.model.user_credentials import ServiceCredential
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        CreateServiceSpecificCredentialRequest,
        CreateServiceSpecificCredentialResponse,
        DeleteServiceSpecificCredentialRequest,
        ListServiceSpecificCredentialsRequest,
        ListServiceSpecificCredentialsResponse,
        ResetServiceSpecificCredentialRequest,
        ResetServiceSpecificCredentialResponse,
        UpdateServiceSpecificCredentialRequest,
    )

PREFIX = "ACCA"
PASSWORDS = ("codecommit.amazonaws.com", "cassandra.amazonaws.com")
# Services with API keys: how their aliases and their secrets begin.
API_KEYS = {
    "bedrock.amazonaws.com": ("BedrockAPIKey", "ABSK"),
    "logs.amazonaws.com": ("CWLogsAPIKey", "ACWL"),
}
DAY = 24 * 60 * 60
SECRET_BYTES = 33


def check_service(name: str) -> None:
    """Raises NoSuchEntity for a service that has no credentials of its own."""
    if name not in PASSWORDS and name not in API_KEYS:
        raise ApiError(
            "NoSuchEntity", f"No such service {name} is supported for Service Specific Credentials"
        )


def service_given(db: Snapshot, call: Call, request: Any) -> str:
    name: str = request["ServiceName"]
    return name


def age_given(db: Snapshot, call: Call, request: Any) -> str | None:
    return str(request["CredentialAgeDays"]) if "CredentialAgeDays" in request else None


def service_of_credential(db: Snapshot, call: Call, request: Any) -> str | None:
    found = db.service_credentials.get(request["ServiceSpecificCredentialId"])
    return found.service if found is not None and found.account == call.account else None


CREATE_KEYS = {
    "iam:ServiceSpecificCredentialServiceName": service_given,
    "iam:ServiceSpecificCredentialAgeDays": age_given,
}
KEYS = {"iam:ServiceSpecificCredentialServiceName": service_of_credential}


def require(db: Snapshot, call: Call, request: Mapping[str, Any]) -> tuple[ServiceCredential, str]:
    """The credential that the request names, and its user's name. Raises NoSuchEntity."""
    owner_id, name = owner(db, call, request)
    found = db.service_credentials.get(request["ServiceSpecificCredentialId"])
    if found is None or found.owner != owner_id:
        raise ApiError("NoSuchEntity", f"No such credential {request['ServiceSpecificCredentialId']} exists")
    return found, name


def described(record: ServiceCredential, user: str, now: float) -> Any:
    """As lists answer it."""
    expired = record.expires is not None and record.expires <= now
    api_key = record.service in API_KEYS
    answer: dict[str, Any] = {
        "UserName": user,
        "ServiceSpecificCredentialId": record.id,
        "ServiceName": record.service,
        "ServiceCredentialAlias" if api_key else "ServiceUserName": record.name,
        "CreateDate": record.created,
        "Status": "Expired" if expired else record.status,
    }
    if record.expires is not None:
        answer["ExpirationDate"] = record.expires
    return answer


def with_secret(record: ServiceCredential, user: str, now: float) -> Any:
    """The credential with a new secret, which nobody will be told again."""
    secret = base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    answer = described(record, user, now)
    if record.service in API_KEYS:
        key = base64.b64encode(f"{record.name}:{secret}".encode()).decode()
        return {**answer, "ServiceCredentialSecret": API_KEYS[record.service][1] + key}
    return {**answer, "ServicePassword": secret}


def name_of(user: User, service: str, others: list[ServiceCredential]) -> str:
    """The name under which the service knows the credential: `ann-at-111122223333`, or `ann+1-at-...` for a
    second one.
    """
    if service in API_KEYS:
        return f"{API_KEYS[service][0]}-{secrets.token_hex(2)}-at-{user.account}"
    taken = {other.name for other in others}
    names = (
        f"{user.name}{f'+{number}' if number else ''}-at-{user.account}" for number in range(len(taken) + 1)
    )
    return next(name for name in names if name not in taken)


@iam.command(
    "CreateServiceSpecificCredential",
    access=(Needs("iam:CreateServiceSpecificCredential", on=USER.named, keys=CREATE_KEYS),),
)
def create_service_specific_credential(
    db: Transaction, call: Call, request: "CreateServiceSpecificCredentialRequest"
) -> "CreateServiceSpecificCredentialResponse":
    """The only time that its secret is told. Raises NoSuchEntity for the user and for the service,
    ValidationError for a password that is to expire, LimitExceeded.
    """
    user, service = USER.require(db, call, request["UserName"]), request["ServiceName"]
    check_service(service)
    days = request.get("CredentialAgeDays")
    if days is not None and service not in API_KEYS:
        raise ApiError("ValidationError", f"CredentialAgeDays is not supported for {service}.")
    others = [
        one for one in db.service_credentials.find("owner", call.account, user.id) if one.service == service
    ]
    limit = limits(db, call).service_credentials_per_user
    if len(others) >= limit:
        raise errors.over_quota("ServiceSpecificCredentialsPerUser", limit)
    record = ServiceCredential(
        id=ids.unique_id(PREFIX, call.account),
        account=call.account,
        owner=user.id,
        service=service,
        name=name_of(user, service, others),
        created=call.time,
        expires=None if days is None else call.time + days * DAY,
    )
    db.service_credentials.put(record)
    return {"ServiceSpecificCredential": with_secret(record, user.name, call.now)}


def whose(db: Snapshot, call: Call, request: Any) -> Resource:
    """All users of the account, or the one that is named."""
    if not request.get("AllUsers"):
        return caller_or_user(db, call, request)
    if "UserName" in request:
        raise ApiError("ValidationError", "UserName cannot be specified together with AllUsers.")
    return Resource(arn=USER.arn(call, "/", "*"), account=call.account)


@iam.query("ListServiceSpecificCredentials", access=(Needs("iam:ListServiceSpecificCredentials", on=whose),))
def list_service_specific_credentials(
    db: Snapshot, call: Call, request: "ListServiceSpecificCredentialsRequest"
) -> "ListServiceSpecificCredentialsResponse":
    """A user's, or all users'; of one service if one is named. Raises NoSuchEntity."""
    service = request.get("ServiceName")
    if service is not None:
        check_service(service)
    owners = () if request.get("AllUsers") else (owner(db, call, request)[0],)
    records = [
        record
        for record in db.service_credentials.find("owner", call.account, *owners)
        if service in (None, record.service)
    ]
    found, end = page(call, request, records, lambda record: f"{record.created:012d}{record.id}")
    users = {record.owner: USER.by_id(db, record.owner) for record in found}
    listed = [
        described(record, user.name, call.now)
        for record in found
        if (user := users[record.owner]) is not None
    ]
    return {"ServiceSpecificCredentials": listed, **end}


@iam.command(
    "UpdateServiceSpecificCredential",
    access=(Needs("iam:UpdateServiceSpecificCredential", on=caller_or_user, keys=KEYS),),
)
def update_service_specific_credential(
    db: Transaction, call: Call, request: "UpdateServiceSpecificCredentialRequest"
) -> Mapping[str, Any]:
    record, _ = require(db, call, request)
    db.service_credentials.put(dataclasses.replace(record, status=wanted_status(request)))
    return DONE


@iam.command(
    "ResetServiceSpecificCredential",
    access=(Needs("iam:ResetServiceSpecificCredential", on=caller_or_user, keys=KEYS),),
)
def reset_service_specific_credential(
    db: Transaction, call: Call, request: "ResetServiceSpecificCredentialRequest"
) -> "ResetServiceSpecificCredentialResponse":
    """A new secret in the place of the old one."""
    record, name = require(db, call, request)
    return {"ServiceSpecificCredential": with_secret(record, name, call.now)}


@iam.command(
    "DeleteServiceSpecificCredential",
    access=(Needs("iam:DeleteServiceSpecificCredential", on=caller_or_user, keys=KEYS),),
)
def delete_service_specific_credential(
    db: Transaction, call: Call, request: "DeleteServiceSpecificCredentialRequest"
) -> Mapping[str, Any]:
    record, _ = require(db, call, request)
    db.service_credentials.delete(record.id)
    return DONE
