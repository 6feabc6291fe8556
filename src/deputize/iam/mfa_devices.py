"""Virtual MFA devices: making, listing, tagging and deleting them. Hardware keys and passkeys are not
offered.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import segno

from deputize.domain import mfa
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Work
from deputize.iam import errors, mfa_records, tagging
from deputize.iam.account import own
from deputize.iam.quotas import limits
from deputize.iam.service import DONE, iam
from deputize.model.sign_in import MfaDevice
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        CreateVirtualMFADeviceRequest,
        CreateVirtualMFADeviceResponse,
        DeleteVirtualMFADeviceRequest,
        ListMFADeviceTagsRequest,
        ListMFADeviceTagsResponse,
        ListVirtualMFADevicesRequest,
        ListVirtualMFADevicesResponse,
        TagMFADeviceRequest,
        UntagMFADeviceRequest,
    )

# Characters of a serial number in the operations that name one (IAM API, SerialNumber).
SERIAL = 256


@dataclass(frozen=True, slots=True)
class Seeded:
    """A new device's seed, and the PNG image from which an app reads it."""

    seed: bytes = field(repr=False)
    png: bytes = field(repr=False)


def seeded(label: str) -> Seeded:
    """A new seed under this label: `name@account` (IAM API, VirtualMFADevice, QRCodePNG)."""
    seed, image = mfa.seed(), BytesIO()
    segno.make(f"otpauth://totp/{quote(label)}?secret={mfa.base32(seed)}", error="m").save(
        image, kind="png", scale=5
    )
    return Seeded(seed, image.getvalue())


def draw(db: Snapshot, call: Call, request: "CreateVirtualMFADeviceRequest") -> Work:
    """Raises ValidationError for a name with which no other operation could name the device."""
    serial = mfa_records.serial_of(call, request.get("Path", "/"), request["VirtualMFADeviceName"])
    if len(serial) > SERIAL:
        raise ApiError(
            "ValidationError", f"The serial number of the device would have more than {SERIAL} characters."
        )
    account = own(db, call)
    return partial(seeded, f"{request['VirtualMFADeviceName']}@{account.alias or account.id}")


@iam.command(
    "CreateVirtualMFADevice",
    access=(
        Needs("iam:CreateVirtualMFADevice", on=mfa_records.fresh, keys=tagging.REQUEST_KEYS),
        Needs("iam:TagMFADevice", on=mfa_records.fresh, keys=tagging.REQUEST_KEYS, when=tagging.has_tags),
    ),
    prepare=draw,
)
def create_virtual_mfa_device(
    db: Transaction, call: Call, request: "CreateVirtualMFADeviceRequest"
) -> "CreateVirtualMFADeviceResponse":
    """The only time that the seed is told. Raises EntityAlreadyExists, InvalidInput for the tags, and
    LimitExceeded: an account has as many devices as it may have users (IAM quotas).
    """
    new: Seeded = call.prepared
    serial = mfa_records.serial_of(call, request.get("Path", "/"), request["VirtualMFADeviceName"])
    if db.mfa_devices.get(call.account, serial) is not None:
        raise ApiError("EntityAlreadyExists", "MFADevice entity at the same path and name already exists.")
    limit = limits(db, call).users
    if db.mfa_devices.count(call.account) >= limit:
        raise errors.over_quota("VirtualMFADevicesPerAccount", limit)
    device = MfaDevice(
        account=call.account,
        serial=serial,
        seed=mfa.sealed(call.installation.keyring, call.account, serial, new.seed),
        created=call.time,
        tags=tagging.read(request.get("Tags", [])),
    )
    db.mfa_devices.put(device)
    answer: dict[str, Any] = {
        "SerialNumber": serial,
        "Base32StringSeed": mfa.base32(new.seed).encode(),
        "QRCodePNG": new.png,
    }
    if device.tags:
        answer["Tags"] = tagging.wire(device.tags)
    return {"VirtualMFADevice": answer}  # type: ignore[typeddict-item]


@iam.query(
    "ListVirtualMFADevices",
    access=(Needs("iam:ListVirtualMFADevices", on=mfa_records.listed),),
    slow=True,
)
def list_virtual_mfa_devices(
    db: Snapshot, call: Call, request: "ListVirtualMFADevicesRequest"
) -> "ListVirtualMFADevicesResponse":
    wanted = {"Assigned": (True,), "Unassigned": (False,)}.get(
        request.get("AssignmentStatus", "Any"), (True, False)
    )
    every = (one for one in db.mfa_devices.page(call.account) if (one.owner is not None) in wanted)
    found, end = mfa_records.page_of(call, request, every)
    return {"VirtualMFADevices": [mfa_records.virtual(db, call, one) for one in found], **end}


@iam.command("DeleteVirtualMFADevice", access=(Needs("iam:DeleteVirtualMFADevice", on=mfa_records.named),))
def delete_virtual_mfa_device(
    db: Transaction, call: Call, request: "DeleteVirtualMFADeviceRequest"
) -> Mapping[str, Any]:
    """Raises NoSuchEntity, DeleteConflict while it is enabled for somebody."""
    device = mfa_records.require(db, call, request["SerialNumber"])
    if device.owner is not None:
        raise ApiError("DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.")
    db.mfa_devices.delete(device.account, device.serial)
    return DONE


@iam.command(
    "TagMFADevice", access=(Needs("iam:TagMFADevice", on=mfa_records.named, keys=tagging.REQUEST_KEYS),)
)
def tag_mfa_device(db: Transaction, call: Call, request: "TagMFADeviceRequest") -> Mapping[str, Any]:
    device = mfa_records.require(db, call, request["SerialNumber"])
    tags = tagging.merged(call, device.tags, request["Tags"])
    db.mfa_devices.put(dataclasses.replace(device, tags=tags))
    return DONE


@iam.command(
    "UntagMFADevice", access=(Needs("iam:UntagMFADevice", on=mfa_records.named, keys=tagging.UNTAG_KEYS),)
)
def untag_mfa_device(db: Transaction, call: Call, request: "UntagMFADeviceRequest") -> Mapping[str, Any]:
    device = mfa_records.require(db, call, request["SerialNumber"])
    tags = tagging.remaining(device.tags, request["TagKeys"])
    db.mfa_devices.put(dataclasses.replace(device, tags=tags))
    return DONE


@iam.query("ListMFADeviceTags", access=(Needs("iam:ListMFADeviceTags", on=mfa_records.named),))
def list_mfa_device_tags(
    db: Snapshot, call: Call, request: "ListMFADeviceTagsRequest"
) -> "ListMFADeviceTagsResponse":
    tags, end = tagging.listed(call, request, mfa_records.require(db, call, request["SerialNumber"]).tags)
    return {"Tags": tags, **end}
