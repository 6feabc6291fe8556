"""Whom MFA devices are enabled for: EnableMFADevice, DeactivateMFADevice, ResyncMFADevice, ListMFADevices,
GetMFADevice.
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain import mfa
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam import errors
from deputize.iam.mfa_records import enabled, owner_of, page_of, require, require_enabled, whose
from deputize.iam.quotas import limits
from deputize.iam.service import DONE, iam
from deputize.model.sign_in import MfaDevice
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        DeactivateMFADeviceRequest,
        EnableMFADeviceRequest,
        GetMFADeviceRequest,
        GetMFADeviceResponse,
        ListMFADevicesRequest,
        ListMFADevicesResponse,
        ResyncMFADeviceRequest,
    )


def in_step(call: Call, device: MfaDevice, request: Mapping[str, Any]) -> MfaDevice:
    """The device as its two codes show it to be. Raises InvalidAuthenticationCode."""
    codes = request["AuthenticationCode1"], request["AuthenticationCode2"]
    found = mfa.in_step(call.installation.keyring, device, *codes, call.now)
    if found is None:
        raise ApiError("InvalidAuthenticationCode", "Authentication code for device is not valid.")
    return found


@iam.command("EnableMFADevice", access=(Needs("iam:EnableMFADevice", on=whose),))
def enable_mfa_device(db: Transaction, call: Call, request: "EnableMFADeviceRequest") -> Mapping[str, Any]:
    """Raises NoSuchEntity, EntityAlreadyExists if it is enabled for anybody, LimitExceeded,
    InvalidAuthenticationCode.
    """
    owner = owner_of(db, call, request)
    device = require(db, call, request["SerialNumber"])
    if device.owner is not None:
        raise ApiError("EntityAlreadyExists", "MFA Device is already in use.")
    limit = limits(db, call).mfa_devices_per_user
    if len(mfa.devices(db, owner)) >= limit:
        raise errors.over_quota("MFADevicesPerUser", limit)
    ready = in_step(call, device, request)
    db.mfa_devices.put(dataclasses.replace(ready, owner=owner, enabled=call.time))
    return DONE


@iam.command("DeactivateMFADevice", access=(Needs("iam:DeactivateMFADevice", on=whose),))
def deactivate_mfa_device(
    db: Transaction, call: Call, request: "DeactivateMFADeviceRequest"
) -> Mapping[str, Any]:
    """The device stays, enabled for nobody. Raises NoSuchEntity."""
    device = require_enabled(db, call, request)
    db.mfa_devices.put(dataclasses.replace(device, owner=None, enabled=None))
    return DONE


@iam.command("ResyncMFADevice", access=(Needs("iam:ResyncMFADevice", on=whose),))
def resync_mfa_device(db: Transaction, call: Call, request: "ResyncMFADeviceRequest") -> Mapping[str, Any]:
    """Raises NoSuchEntity, InvalidAuthenticationCode."""
    db.mfa_devices.put(in_step(call, require_enabled(db, call, request), request))
    return DONE


@iam.query("ListMFADevices", access=(Needs("iam:ListMFADevices", on=whose),))
def list_mfa_devices(db: Snapshot, call: Call, request: "ListMFADevicesRequest") -> "ListMFADevicesResponse":
    every = mfa.devices(db, owner_of(db, call, request))
    found, end = page_of(call, request, every)
    return {"MFADevices": [enabled(db, one) for one in found], **end}


@iam.query("GetMFADevice", access=(Needs("iam:GetMFADevice", on=whose),))
def get_mfa_device(db: Snapshot, call: Call, request: "GetMFADeviceRequest") -> "GetMFADeviceResponse":
    """Raises NoSuchEntity for a device that is not enabled for whom the request names."""
    answer: GetMFADeviceResponse = enabled(db, require_enabled(db, call, request))
    return answer
