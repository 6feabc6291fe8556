"""Virtual MFA devices: made, enabled for users and root users by two codes that follow each other; their seed
is told once.
"""

from io import BytesIO
from typing import Any

import pytest
import segno
from tests.access.harness import statement
from tests.conformance.fix_iam import Home, conflict, missing, over
from tests.conformance.test_quotas import set_quota
from tests.refusals import NO_IDENTITY, denied, refused
from tests.totp import App, enabled

INVALID = ("InvalidAuthenticationCode", "Authentication code for device is not valid.", 403)
NOT_THEIRS = ("NoSuchEntity", "MFA Device invalid for user.", 404)
IN_USE = ("EntityAlreadyExists", "MFA Device is already in use.", 409)


def absent(serial: str) -> tuple[str, str, int]:
    return "NoSuchEntity", f"VirtualMFADevice with serial number {serial} does not exist.", 404


def made(home: Home, name: str, **more: Any) -> dict[str, Any]:
    device: dict[str, Any] = home.iam.create_virtual_mfa_device(VirtualMFADeviceName=name, **more)[
        "VirtualMFADevice"
    ]
    return device


@pytest.fixture
def ann(home: Home) -> Home:
    home.iam.create_user(UserName="Ann")
    return home


class TestDevices:
    def test_one_is_made(self, home: Home) -> None:
        device = made(home, "phone", Path="/of/ann/")
        assert device["SerialNumber"] == home.arn("mfa/of/ann/phone")
        seed = device["Base32StringSeed"].decode()
        assert len(seed) == 64 and set(device) == {"SerialNumber", "Base32StringSeed", "QRCodePNG"}
        image = BytesIO()
        uri = f"otpauth://totp/phone%40{home.account.id}?secret={seed}"
        segno.make(uri, error="m").save(image, kind="png", scale=5)
        assert device["QRCodePNG"] == image.getvalue() and device["QRCodePNG"].startswith(b"\x89PNG")

    def test_the_image_names_the_account_by_its_alias(self, home: Home) -> None:
        alias = f"alias-{home.account.id}"
        home.iam.create_account_alias(AccountAlias=alias)
        device, image = made(home, "phone"), BytesIO()
        uri = f"otpauth://totp/phone%40{alias}?secret={device['Base32StringSeed'].decode()}"
        segno.make(uri, error="m").save(image, kind="png", scale=5)
        assert device["QRCodePNG"] == image.getvalue()

    def test_a_name_is_taken_once_under_its_path(self, home: Home) -> None:
        made(home, "phone")
        got = refused(home.iam.create_virtual_mfa_device, VirtualMFADeviceName="PHONE")
        words = "MFADevice entity at the same path and name already exists."
        assert got == ("EntityAlreadyExists", words, 409)
        made(home, "phone", Path="/other/")

    def test_a_name_must_fit_into_a_serial_number(self, home: Home) -> None:
        longest = 256 - len(home.arn("mfa/"))
        serials = [made(home, letter * longest)["SerialNumber"] for letter in "anz"]
        pages = home.iam.get_paginator("list_virtual_mfa_devices").paginate(PaginationConfig={"PageSize": 1})
        listed = [one["SerialNumber"] for page in pages for one in page["VirtualMFADevices"]]
        assert listed == serials
        for length in (longest + 1, 1_000_000):
            got = refused(home.iam.create_virtual_mfa_device, VirtualMFADeviceName="n" * length)
            assert got == (
                "ValidationError",
                "The serial number of the device would have more than 256 characters.",
                400,
            )

    def test_so_many_as_the_account_may_have_users(self, home: Home) -> None:
        made(home, "first")
        set_quota(home, "users", 1)
        got = refused(home.iam.create_virtual_mfa_device, VirtualMFADeviceName="second")
        assert got == over("VirtualMFADevicesPerAccount: 1")

    def test_tags(self, home: Home) -> None:
        device = made(home, "phone", Tags=[{"Key": "Team", "Value": "blue"}])
        assert device["Tags"] == [{"Key": "Team", "Value": "blue"}]
        serial = device["SerialNumber"]
        home.iam.tag_mfa_device(SerialNumber=serial, Tags=[{"Key": "team", "Value": "red"}])
        assert home.iam.list_mfa_device_tags(SerialNumber=serial)["Tags"] == [{"Key": "team", "Value": "red"}]
        only = {"StringEquals": {"aws:ResourceTag/team": "red"}}
        allow = {**statement("Allow", ["iam:DeleteVirtualMFADevice"]), "Condition": only}
        iam, other = home.user("u", allow), made(home, "other")["SerialNumber"]
        assert refused(iam.delete_virtual_mfa_device, SerialNumber=other)[0] == "AccessDenied"
        iam.delete_virtual_mfa_device(SerialNumber=serial)
        home.iam.untag_mfa_device(SerialNumber=other, TagKeys=["team"])
        got = refused(
            home.iam.create_virtual_mfa_device, VirtualMFADeviceName="x", Tags=[{"Key": "aws:x", "Value": ""}]
        )
        assert got[0] == "InvalidInput"

    def test_what_is_not_there(self, home: Home) -> None:
        serial = home.arn("mfa/nothing")
        for call, more in (
            ("delete_virtual_mfa_device", {}),
            ("list_mfa_device_tags", {}),
            ("tag_mfa_device", {"Tags": [{"Key": "a", "Value": "b"}]}),
            ("untag_mfa_device", {"TagKeys": ["a"]}),
        ):
            assert refused(getattr(home.iam, call), SerialNumber=serial, **more) == absent(serial)
        assert refused(home.iam.delete_virtual_mfa_device, SerialNumber="GAHT12345678") == absent(
            "GAHT12345678"
        )

    def test_another_accounts(self, home: Home) -> None:
        other = home.world.account(f"Other {home.account.name}")
        serial = home.world.client("iam", other.admin).create_virtual_mfa_device(
            VirtualMFADeviceName="phone"
        )["VirtualMFADevice"]["SerialNumber"]
        assert refused(home.iam.delete_virtual_mfa_device, SerialNumber=serial)[0] == "AccessDenied"

    def test_lists(self, ann: Home) -> None:
        serial, _ = enabled(ann.iam, "Ann", ann.world.clock)
        free = made(ann, "free")["SerialNumber"]
        listing = ann.iam.list_virtual_mfa_devices
        every = {one["SerialNumber"]: one for one in listing()["VirtualMFADevices"]}
        assert list(every) == [serial, free]
        assert every[free] == {"SerialNumber": free}
        assert every[serial]["User"]["UserName"] == "Ann"
        assert every[serial]["EnableDate"].timestamp() == int(ann.world.clock.now)
        assert listing(AssignmentStatus="Assigned")["VirtualMFADevices"] == [every[serial]]
        assert listing(AssignmentStatus="Unassigned")["VirtualMFADevices"] == [every[free]]
        pages = ann.iam.get_paginator("list_virtual_mfa_devices").paginate(PaginationConfig={"PageSize": 1})
        assert [len(page["VirtualMFADevices"]) for page in pages] == [1, 1]


class TestWhomTheyAreFor:
    def test_two_codes_that_follow_each_other(self, ann: Home) -> None:
        device = made(ann, "phone")
        serial, app = device["SerialNumber"], App.of(device, ann.world.clock)
        enable = {"UserName": "Ann", "SerialNumber": serial}
        for codes in (
            (app.code(), app.code()),
            (app.code(), app.code(-1)),
            (app.code(-2), app.code()),
            (app.code(-30), app.code(-29)),
            ("000000", app.code()),
        ):
            two = {"AuthenticationCode1": codes[0], "AuthenticationCode2": codes[1]}
            assert refused(ann.iam.enable_mfa_device, **enable, **two) == INVALID
        ann.iam.enable_mfa_device(**enable, **app.pair())
        (listed,) = ann.iam.list_mfa_devices(UserName="ann")["MFADevices"]
        assert listed.pop("EnableDate").timestamp() == int(ann.world.clock.now)
        assert listed == {"UserName": "Ann", "SerialNumber": serial}
        told = ann.iam.get_mfa_device(UserName="Ann", SerialNumber=serial)
        assert (told["UserName"], told["SerialNumber"]) == ("Ann", serial)

    def test_nobody_else_may_have_it_then(self, ann: Home) -> None:
        serial, app = enabled(ann.iam, "Ann", ann.world.clock)
        ann.world.clock.advance(60)
        for user in ("Ann", "admin"):
            got = refused(ann.iam.enable_mfa_device, UserName=user, SerialNumber=serial, **app.pair())
            assert got == IN_USE
        for call in ("get_mfa_device", "deactivate_mfa_device"):
            assert refused(getattr(ann.iam, call), UserName="admin", SerialNumber=serial) == NOT_THEIRS
        got = refused(ann.iam.resync_mfa_device, UserName="admin", SerialNumber=serial, **app.pair())
        assert got == NOT_THEIRS

    def test_eight_at_most(self, ann: Home) -> None:
        for number in range(8):
            enabled(ann.iam, "Ann", ann.world.clock, f"device{number}")
        device = made(ann, "ninth")
        codes = App.of(device, ann.world.clock).pair()
        got = refused(ann.iam.enable_mfa_device, UserName="Ann", SerialNumber=device["SerialNumber"], **codes)
        assert got == over("MFADevicesPerUser: 8")
        pages = ann.iam.get_paginator("list_mfa_devices").paginate(
            UserName="Ann", PaginationConfig={"PageSize": 3}
        )
        assert [len(page["MFADevices"]) for page in pages] == [3, 3, 2]

    def test_what_is_not_there(self, ann: Home) -> None:
        codes = {"AuthenticationCode1": "123456", "AuthenticationCode2": "123456"}
        nobody = {"UserName": "nobody", "SerialNumber": ann.arn("mfa/x")}
        assert refused(ann.iam.enable_mfa_device, **nobody, **codes) == missing("user", "nobody")
        assert refused(ann.iam.resync_mfa_device, **nobody, **codes) == missing("user", "nobody")
        assert refused(ann.iam.list_mfa_devices, UserName="nobody") == missing("user", "nobody")
        theirs = {"UserName": "Ann", "SerialNumber": ann.arn("mfa/x")}
        assert refused(ann.iam.enable_mfa_device, **theirs, **codes) == absent(ann.arn("mfa/x"))
        assert refused(ann.iam.resync_mfa_device, **theirs, **codes) == NOT_THEIRS
        assert refused(ann.iam.get_mfa_device, **theirs) == NOT_THEIRS

    def test_deactivated_and_deleted(self, ann: Home) -> None:
        serial, app = enabled(ann.iam, "Ann", ann.world.clock)
        got = refused(ann.iam.delete_virtual_mfa_device, SerialNumber=serial)
        assert got == ("DeleteConflict", "MFA VirtualDevice in use. Must deactivate first.", 409)
        assert refused(ann.iam.delete_user, UserName="Ann") == conflict("delete MFA device")
        ann.iam.deactivate_mfa_device(UserName="Ann", SerialNumber=serial)
        assert ann.iam.list_mfa_devices(UserName="Ann")["MFADevices"] == []
        assert refused(ann.iam.get_mfa_device, UserName="Ann", SerialNumber=serial) == NOT_THEIRS
        # Its codes stay spent.
        got = refused(ann.iam.enable_mfa_device, UserName="Ann", SerialNumber=serial, **app.pair())
        assert got == INVALID
        ann.iam.delete_virtual_mfa_device(SerialNumber=serial)
        ann.iam.delete_user(UserName="Ann")

    def test_a_renamed_user_keeps_it(self, ann: Home) -> None:
        serial, _ = enabled(ann.iam, "Ann", ann.world.clock)
        ann.iam.update_user(UserName="Ann", NewUserName="Bea")
        assert ann.iam.list_mfa_devices(UserName="Bea")["MFADevices"][0]["SerialNumber"] == serial
        (listed,) = ann.iam.list_virtual_mfa_devices()["VirtualMFADevices"]
        assert listed["User"]["UserName"] == "Bea"

    def test_ones_own(self, home: Home) -> None:
        """The policy of AWS's guide, "Allows IAM users to self-manage an MFA device"."""
        own = ["iam:EnableMFADevice", "iam:ListMFADevices", "iam:ResyncMFADevice", "iam:GetMFADevice"]
        iam = home.user(
            "u",
            statement("Allow", ["iam:CreateVirtualMFADevice"], "arn:aws:iam::*:mfa/*"),
            statement("Allow", own, "arn:aws:iam::*:user/${aws:username}"),
        )
        serial, _ = enabled(iam, "u", home.world.clock)
        assert [one["SerialNumber"] for one in iam.list_mfa_devices()["MFADevices"]] == [serial]
        assert iam.get_mfa_device(SerialNumber=serial)["UserName"] == "u"
        action = "iam:DeactivateMFADevice"
        got = refused(iam.deactivate_mfa_device, SerialNumber=serial)
        assert got == denied(home.arn("user/u"), action, "user u", NO_IDENTITY.format(action))
        assert refused(iam.list_mfa_devices, UserName="admin")[0] == "AccessDenied"
        action = "iam:ListVirtualMFADevices"
        got = refused(iam.list_virtual_mfa_devices)
        assert got == denied(home.arn("user/u"), action, home.arn("mfa/"), NO_IDENTITY.format(action))


class TestTheRootUser:
    def test_its_own_device(self, home: Home) -> None:
        root = home.as_(home.account.root)
        serial, app = enabled(root, home.account.id, home.world.clock, "root-account-mfa-device")
        assert [one["SerialNumber"] for one in root.list_mfa_devices()["MFADevices"]] == [serial]
        (listed,) = home.iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]
        assert (listed["User"]["UserId"], listed["User"]["Arn"]) == (home.account.id, home.arn("root"))
        assert root.get_mfa_device(SerialNumber=serial)["UserName"] == home.account.id
        home.world.clock.advance(60)
        root.resync_mfa_device(UserName=home.account.id, SerialNumber=serial, **app.pair())
        root.deactivate_mfa_device(SerialNumber=serial)
        root.delete_virtual_mfa_device(SerialNumber=serial)

    def test_no_administrator_reaches_it(self, home: Home) -> None:
        root = home.as_(home.account.root)
        serial, _ = enabled(root, home.account.id, home.world.clock, "root-account-mfa-device")
        assert refused(home.iam.deactivate_mfa_device, SerialNumber=serial) == NOT_THEIRS
        got = refused(home.iam.deactivate_mfa_device, UserName=home.account.id, SerialNumber=serial)
        assert got == missing("user", home.account.id)

    def test_it_manages_users_too(self, ann: Home) -> None:
        root = ann.as_(ann.account.root)
        serial, _ = enabled(root, "Ann", ann.world.clock)
        assert root.list_mfa_devices(UserName="Ann")["MFADevices"][0]["SerialNumber"] == serial
        assert root.list_mfa_devices()["MFADevices"] == []

    def test_a_role_has_none(self, home: Home) -> None:
        got = refused(home.as_(home.session("R", statement("Allow", ["iam:*"]))).list_mfa_devices)
        assert got == ("ValidationError", "Must specify userName when calling with non-User credentials", 400)
