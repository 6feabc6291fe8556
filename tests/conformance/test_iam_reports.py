"""The account's summary and its credential report."""

import csv
from io import StringIO
from typing import Any

import botocore.session
from tests.access.harness import policy, statement
from tests.conformance.fix_iam import Home
from tests.fix_x509 import issued
from tests.refusals import refused
from tests.totp import enabled

from deputize.domain import passwords
from deputize.gateway.facts import moment

COLUMNS = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
    "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"
    "access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,"
    "cert_2_active,cert_2_last_rotated"
)


def report(home: Home) -> dict[str, dict[str, str]]:
    """Its rows by user."""
    answer = home.iam.get_credential_report()
    assert answer["ReportFormat"] == "text/csv"
    assert answer["GeneratedTime"].timestamp() == int(home.world.clock.now)
    text = answer["Content"].decode()
    assert text.splitlines()[0] == COLUMNS and not text.endswith("\n")
    return {row["user"]: row for row in csv.DictReader(StringIO(text))}


def sign_in(home: Home, name: str) -> None:
    def used(db: Any) -> None:
        profile = passwords.of_user(db, home.account.id, name)
        assert profile is not None
        passwords.used(db, profile, int(home.world.clock.now))

    home.world.opened.store.write(used).result()


class TestCredentialReport:
    def test_it_is_asked_for_and_fetched(self, home: Home) -> None:
        absent = ("ReportNotPresent", "No report exists. Please generate one first.", 410)
        assert refused(home.iam.get_credential_report) == absent
        begun = home.iam.generate_credential_report()
        words = "No report exists. Starting a new report generation task"
        assert (begun["State"], begun["Description"]) == ("STARTED", words)
        assert home.iam.generate_credential_report()["State"] == "COMPLETE"
        home.world.clock.advance(4 * 3600 - 1)
        home.iam.get_credential_report()
        home.world.clock.advance(1)
        assert refused(home.iam.get_credential_report)[::2] == ("ReportExpired", 410)
        assert home.iam.generate_credential_report()["State"] == "STARTED"
        home.iam.get_credential_report()

    def test_everybody_has_a_row(self, home: Home) -> None:
        home.iam.generate_credential_report()
        now = moment(home.world.clock.now)
        home.iam.create_user(UserName="ann")
        rows = report(home)
        assert list(rows) == ["<root_account>", "admin", "ann"]
        assert list(rows["ann"].values()) == [
            *("ann", home.arn("user/ann"), now, "false", "N/A", "N/A", "N/A", "false"),
            *["false", "N/A", "N/A", "N/A", "N/A"] * 2,
            *["false", "N/A"] * 2,
        ]
        assert list(rows["<root_account>"].values())[:9] == [
            *("<root_account>", home.arn("root"), now),
            *("not_supported", "no_information", "not_supported", "not_supported", "false", "true"),
        ]

    def test_passwords(self, home: Home) -> None:
        home.iam.generate_credential_report()
        created = moment(home.world.clock.now)
        home.iam.create_user(UserName="ann")
        home.iam.create_login_profile(UserName="ann", Password="Correct-Horse-7")
        row = report(home)["ann"]
        assert (row["password_enabled"], row["password_last_used"]) == ("true", "no_information")
        assert (row["password_last_changed"], row["password_next_rotation"]) == (created, "N/A")
        home.world.clock.advance(60)
        changed = home.world.clock.now
        home.iam.update_login_profile(UserName="ann", Password="Correct-Horse-8")
        home.iam.update_account_password_policy(MaxPasswordAge=30)
        sign_in(home, "ann")
        row = report(home)["ann"]
        assert row["password_last_used"] == row["password_last_changed"] == moment(changed)
        assert row["password_next_rotation"] == moment(changed + 30 * 86400)
        user = home.iam.get_user(UserName="ann")["User"]
        assert user["PasswordLastUsed"].timestamp() == int(changed)
        (listed,) = (one for one in home.iam.list_users()["Users"] if one["UserName"] == "ann")
        assert listed["PasswordLastUsed"] == user["PasswordLastUsed"]

    def test_keys_and_devices(self, home: Home) -> None:
        home.iam.generate_credential_report()
        first = home.world.user(home.account, "ann", policy(statement("Allow", ["*"])))
        created = moment(home.world.clock.now)
        home.world.clock.advance(60)
        second = home.iam.create_access_key(UserName="ann")["AccessKey"]["AccessKeyId"]
        home.world.client("s3", first, region="eu-west-1").list_buckets()
        home.iam.update_access_key(UserName="ann", AccessKeyId=second, Status="Inactive")
        enabled(home.iam, "ann", home.world.clock)
        row = report(home)["ann"]
        now = moment(home.world.clock.now)
        assert row["mfa_active"] == "true"
        assert [row[f"access_key_1_{name}"] for name in ("active", "last_rotated")] == ["true", created]
        used = [row[f"access_key_1_last_used_{name}"] for name in ("date", "region", "service")]
        assert used == [now, "eu-west-1", "s3"]
        assert [row[f"access_key_2_{name}"] for name in ("active", "last_rotated")] == ["false", now]
        assert row["access_key_2_last_used_date"] == "N/A"

    def test_certificates(self, home: Home) -> None:
        home.iam.generate_credential_report()
        upload = home.iam.upload_signing_certificate
        first = upload(UserName="admin", CertificateBody=issued("first").pem)["Certificate"]
        created = moment(home.world.clock.now)
        home.iam.update_signing_certificate(
            UserName="admin", CertificateId=first["CertificateId"], Status="Inactive"
        )
        home.world.clock.advance(60)
        upload(UserName="admin", CertificateBody=issued("second").pem)
        cells = [report(home)["admin"][name] for name in COLUMNS.split(",")[-4:]]
        assert cells == ["false", created, "true", moment(home.world.clock.now)]

    def test_a_name_is_data(self, home: Home) -> None:
        home.iam.generate_credential_report()
        home.iam.create_user(UserName="=cmd,x@y")
        assert report(home)["=cmd,x@y"]["arn"] == home.arn("user/=cmd,x@y")


def test_the_summary_counts_what_there_is(home: Home) -> None:
    def told() -> dict[str, int]:
        summary: dict[str, int] = home.iam.get_account_summary()["SummaryMap"]
        return summary

    mfa = ("AccountMFAEnabled", "MFADevices", "MFADevicesInUse")
    assert [told()[name] for name in mfa] == [0, 0, 0]
    home.iam.create_virtual_mfa_device(VirtualMFADeviceName="unassigned")
    enabled(home.iam, "admin", home.world.clock)
    assert [told()[name] for name in mfa] == [0, 2, 1]
    enabled(home.as_(home.account.root), home.account.id, home.world.clock, "root-account-mfa-device")
    assert [told()[name] for name in mfa] == [1, 3, 2]
    model = botocore.session.get_session().get_service_model("iam")
    assert set(told()) == set(model.shape_for("summaryKeyType").enum)
