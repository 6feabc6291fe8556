"""MFA devices and whom they are for: how requests name them, how answers show them."""

from collections.abc import Iterable, Mapping
from typing import Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Resource
from deputize.iam import wire
from deputize.iam.account import own
from deputize.iam.entities import USER
from deputize.iam.paging import PageEnd, page
from deputize.iam.resources import NO_USER, caller_or_user
from deputize.model.identity import User, fold
from deputize.model.sign_in import MfaDevice
from deputize.policy.arn import Arn
from deputize.store.api import Snapshot


def serial_of(call: Call, path: str, name: str) -> str:
    """The serial number of a virtual device: its ARN."""
    return f"arn:{call.partition}:iam::{call.account}:mfa{path}{name}"


def means_root(call: Call, request: Mapping[str, Any]) -> bool:
    """Whether a request is about the root user's devices. The root user, who has no name, says so by the
    account's id, or names nobody.
    """
    return call.caller.root and request.get("UserName", call.account) == call.account


def owner_of(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str:
    """Whose devices a request is about, by id. Raises NoSuchEntity, ValidationError."""
    if means_root(call, request):
        return call.account
    name = request.get("UserName", call.caller.name)
    if name is None:
        raise ApiError("ValidationError", NO_USER)
    return USER.require(db, call, name).id


def whose(db: Snapshot, call: Call, request: Any) -> Resource:
    """The user, or root user, whose devices a request is about."""
    if means_root(call, request):
        return Resource(arn=call.caller.arn, account=call.account)
    return caller_or_user(db, call, request)


def named(db: Snapshot, call: Call, request: Any) -> Resource:
    """The device that the request names. One of another account is that account's."""
    text = request["SerialNumber"]
    arn = Arn.parse(text)
    if arn is None:
        return Resource(arn=serial_of(call, "/", text), account=call.account)
    found = db.mfa_devices.get(call.account, text)
    if found is None:
        return Resource(arn=text, account=arn.account)
    return Resource(arn=found.serial, account=found.account, tags=found.tags)


def fresh(db: Snapshot, call: Call, request: Any) -> Resource:
    """The ARN that the device to be made will have; AWS counts the tags of the request as its tags."""
    return Resource(
        arn=serial_of(call, request.get("Path", "/"), request["VirtualMFADeviceName"]),
        account=call.account,
        tags={tag["Key"]: tag["Value"] for tag in request.get("Tags", [])},
    )


def listed(db: Snapshot, call: Call, request: Any) -> Resource:
    return Resource(arn=serial_of(call, "/", ""), account=call.account)


def require(db: Snapshot, call: Call, serial: str) -> MfaDevice:
    """The account's device of this serial number. Raises NoSuchEntity."""
    found = db.mfa_devices.get(call.account, serial)
    if found is None:
        raise ApiError("NoSuchEntity", f"VirtualMFADevice with serial number {serial} does not exist.")
    return found


def require_enabled(db: Snapshot, call: Call, request: Mapping[str, Any]) -> MfaDevice:
    """The device, if it is enabled for whom the request names. Raises NoSuchEntity."""
    owner = owner_of(db, call, request)
    found = db.mfa_devices.get(call.account, request["SerialNumber"])
    if found is None or found.owner != owner:
        raise ApiError("NoSuchEntity", "MFA Device invalid for user.")
    return found


def page_of(
    call: Call, request: Mapping[str, Any], devices: Iterable[MfaDevice]
) -> tuple[list[MfaDevice], PageEnd]:
    """A page of devices, by serial number. Markers count: a serial number may be longer than a marker."""
    rows = enumerate(sorted(devices, key=lambda one: fold(one.serial)))
    found, end = page(call, request, rows, lambda row: f"{row[0]:08}")
    return [device for _, device in found], end


def user_of(db: Snapshot, found: MfaDevice) -> User | None:
    """The user for whom it is enabled; None if that is the root user."""
    if found.owner is None or found.owner == found.account:
        return None
    user = USER.by_id(db, found.owner)
    if user is None:
        raise LookupError("an MFA device is enabled for a user who is gone")
    return user


def enabled(db: Snapshot, found: MfaDevice) -> Any:
    """As ListMFADevices answers it. The root user goes by the account's id."""
    user = user_of(db, found)
    return {
        "UserName": found.account if user is None else user.name,
        "SerialNumber": found.serial,
        "EnableDate": found.enabled,
    }


def virtual(db: Snapshot, call: Call, found: MfaDevice) -> Any:
    """As ListVirtualMFADevices answers it: with whom it is for, without tags and secrets."""
    if found.owner is None:
        return {"SerialNumber": found.serial}
    user = user_of(db, found)
    shown = wire.root(own(db, call)) if user is None else wire.user(user)
    return {"SerialNumber": found.serial, "EnableDate": found.enabled, "User": shown}
