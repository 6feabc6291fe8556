"""Examples of IAM's operations on MFA devices."""

from tests.access.harness import Request, Stage, example
from tests.access.iam import TAGS, declare, user
from tests.totp import App, enabled


@example("iam", "CreateVirtualMFADevice", applies=("iam:TagMFADevice",))
def create_virtual_mfa_device(stage: Stage) -> Request:
    return {"VirtualMFADeviceName": stage.name, "Tags": TAGS}


def device(stage: Stage) -> Request:
    made = stage.iam.create_virtual_mfa_device(VirtualMFADeviceName=stage.name)
    return {"SerialNumber": made["VirtualMFADevice"]["SerialNumber"]}


def enabled_device(stage: Stage) -> Request:
    request = user(stage)
    serial, _ = enabled(stage.iam, stage.name, stage.world.clock)
    return {**request, "SerialNumber": serial}


declare("DeleteVirtualMFADevice", device)
declare("TagMFADevice", device, Tags=TAGS)
declare("UntagMFADevice", device, TagKeys=["Team"])
declare("ListMFADeviceTags", device)
declare("ListVirtualMFADevices", lambda stage: {})
declare("ListMFADevices", user)
declare("GetMFADevice", enabled_device)
declare("DeactivateMFADevice", enabled_device)


@example("iam", "EnableMFADevice")
def enable_mfa_device(stage: Stage) -> Request:
    request = user(stage)
    made = stage.iam.create_virtual_mfa_device(VirtualMFADeviceName=stage.name)["VirtualMFADevice"]
    app = App.of(made, stage.world.clock)
    return {**request, "SerialNumber": made["SerialNumber"], **app.pair()}


@example("iam", "ResyncMFADevice")
def resync_mfa_device(stage: Stage) -> Request:
    request = user(stage)
    serial, app = enabled(stage.iam, stage.name, stage.world.clock)
    app.ahead = 60
    return {**request, "SerialNumber": serial, **app.pair()}
