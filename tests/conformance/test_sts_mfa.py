"""MFA codes on GetSessionToken and AssumeRole: what they open, and that each is good once."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.access.harness import policy, statement
from tests.conformance.fix_iam import Home
from tests.fix_world import Keys
from tests.refusals import refused
from tests.totp import enabled

WRONG = ("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ", 403)
UNKNOWN = (
    "AccessDenied",
    "MultiFactorAuthentication failed, unable to validate MFA code.  "
    "Please verify your MFA serial number is valid and associated with this user.",
    403,
)
INCOMPLETE = (
    "AccessDenied",
    "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
    403,
)
WITH_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def when(condition: dict[str, Any], action: str = "iam:ListUsers") -> dict[str, Any]:
    return {**statement("Allow", [action]), "Condition": condition}


class Person:
    """A user with an access key and an app."""

    def __init__(self, home: Home, name: str, *statements: dict[str, Any]) -> None:
        self.home, self.name, clock = home, name, home.world.clock
        self.key = home.world.user(home.account, name, policy(*statements) if statements else None)
        self.serial, self.app = enabled(home.iam, name, clock)
        clock.advance(30)

    @property
    def sts(self) -> Any:
        return self.home.as_(self.key, "sts")

    def session(self, **more: Any) -> Keys:
        code = self.app.code()
        answer = self.sts.get_session_token(SerialNumber=self.serial, TokenCode=code, **more)
        return Keys.of(answer["Credentials"])


class TestGetSessionToken:
    def test_it_opens_what_asks_for_it(self, home: Home) -> None:
        ann = Person(home, "Ann", when(WITH_MFA))
        assert refused(home.as_(ann.key).list_users)[0] == "AccessDenied"
        plain = Keys.of(ann.sts.get_session_token()["Credentials"])
        assert refused(home.as_(plain).list_users)[0] == "InvalidClientTokenId"
        iam = home.as_(ann.session())
        assert iam.list_users()["Users"]
        assert refused(iam.list_roles)[0] == "AccessDenied"

    def test_its_age(self, home: Home) -> None:
        young = {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}
        ann = Person(home, "Ann", when(young))
        iam = home.as_(ann.session(DurationSeconds=7200))
        home.world.clock.advance(3599)
        iam.list_users()
        home.world.clock.advance(1)
        assert refused(iam.list_users)[0] == "AccessDenied"

    def test_the_record_says_so(self, home: Home) -> None:
        home.as_(Person(home, "Ann", when(WITH_MFA)).session()).list_users()
        home.iam.create_group(GroupName="g")  # notes are written with the next commit
        with home.world.opened.store.snapshot() as db:
            records = [event.record for event in db.events.page(home.account.id)]
        (listed,) = (one for one in records if one["eventName"] == "ListUsers")
        (asked,) = (one for one in records if one["eventName"] == "GetSessionToken")
        (made,) = (one for one in records if one["eventName"] == "EnableMFADevice")
        assert set(made["requestParameters"]) == {"userName", "serialNumber"}
        assert listed["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"] == "true"
        assert "tokenCode" not in asked["requestParameters"] and asked["requestParameters"]["serialNumber"]

    def test_the_root_user(self, home: Home) -> None:
        root = home.as_(home.account.root)
        serial, app = enabled(root, home.account.id, home.world.clock, "root-account-mfa-device")
        sts = home.as_(home.account.root, "sts")
        answer = sts.get_session_token(SerialNumber=serial, TokenCode=app.code(1))
        assert home.as_(Keys.of(answer["Credentials"])).list_users()["Users"]
        assert refused(sts.get_session_token, SerialNumber=serial, TokenCode=app.code(1)) == WRONG


class TestCodes:
    def test_one_is_good_once(self, home: Home) -> None:
        ann = Person(home, "Ann")
        code = ann.app.code()
        ann.sts.get_session_token(SerialNumber=ann.serial, TokenCode=code)
        assert refused(ann.sts.get_session_token, SerialNumber=ann.serial, TokenCode=code) == WRONG
        # Nor is one that was shown before it.
        got = refused(ann.sts.get_session_token, SerialNumber=ann.serial, TokenCode=ann.app.code(-1))
        assert got == WRONG
        home.world.clock.advance(30)
        ann.session()

    def test_one_step_early_or_late_and_no_more(self, home: Home) -> None:
        ann = Person(home, "Ann")
        home.world.clock.advance(300)
        for steps in (-2, 2):
            code = ann.app.code(steps)
            assert refused(ann.sts.get_session_token, SerialNumber=ann.serial, TokenCode=code) == WRONG
        for steps in (-1, 0, 1):
            ann.sts.get_session_token(SerialNumber=ann.serial, TokenCode=ann.app.code(steps))

    def test_used_twice_at_once(self, home: Home) -> None:
        ann = Person(home, "Ann")
        code, sts = ann.app.code(), ann.sts

        def use(_: int) -> bool:
            try:
                sts.get_session_token(SerialNumber=ann.serial, TokenCode=code)
            except sts.exceptions.ClientError:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(use, range(8))) == 1

    def test_guesses_make_it_deaf(self, home: Home) -> None:
        ann = Person(home, "Ann")
        wrong = f"{(int(ann.app.code()) + 1) % 10**6:06d}"
        for _ in range(6):
            assert refused(ann.sts.get_session_token, SerialNumber=ann.serial, TokenCode=wrong) == WRONG
        assert refused(ann.sts.get_session_token, SerialNumber=ann.serial, TokenCode=ann.app.code()) == WRONG
        home.world.clock.advance(30)
        ann.session()

    def test_of_another_user_or_nobody(self, home: Home) -> None:
        ann, bob = Person(home, "Ann"), Person(home, "Bob")
        for serial in (bob.serial, home.arn("mfa/nothing"), "GAHT12345678"):
            got = refused(ann.sts.get_session_token, SerialNumber=serial, TokenCode=bob.app.code())
            assert got == UNKNOWN
        got = refused(ann.sts.get_session_token, SerialNumber=ann.serial, TokenCode=bob.app.code())
        assert got == WRONG
        home.iam.deactivate_mfa_device(UserName="Ann", SerialNumber=ann.serial)
        got = refused(ann.sts.get_session_token, SerialNumber=ann.serial, TokenCode=ann.app.code())
        assert got == UNKNOWN

    def test_half_of_it(self, home: Home) -> None:
        ann = Person(home, "Ann")
        assert refused(ann.sts.get_session_token, SerialNumber=ann.serial) == INCOMPLETE
        assert refused(ann.sts.get_session_token, TokenCode=ann.app.code()) == INCOMPLETE

    def test_a_clock_that_is_wrong(self, home: Home) -> None:
        ann = Person(home, "Ann")
        home.world.clock.advance(300)
        ann.app.ahead = 300
        assert refused(ann.session)[0] == "AccessDenied"
        resync = {"UserName": "Ann", "SerialNumber": ann.serial}
        home.iam.resync_mfa_device(**resync, **ann.app.pair())
        assert refused(ann.session)[0] == "AccessDenied"  # spent
        home.world.clock.advance(30)
        ann.session()
        ann.app.ahead = 3000
        assert (
            refused(home.iam.resync_mfa_device, **resync, **ann.app.pair())[0] == "InvalidAuthenticationCode"
        )


class TestAssumeRole:
    @pytest.fixture
    def role(self, home: Home) -> str:
        """A role that trusts the account's users when they show a code."""
        allow = {
            "Effect": "Allow",
            "Principal": {"AWS": home.account.id},
            "Action": "sts:AssumeRole",
            "Condition": WITH_MFA,
        }
        trust = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        arn: str = home.iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        within = policy(when({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}))
        home.iam.put_role_policy(RoleName="R", PolicyName="p", PolicyDocument=json.dumps(within))
        return arn

    def test_with_a_code(self, home: Home, role: str) -> None:
        ann = Person(home, "Ann", statement("Allow", ["sts:AssumeRole"]))
        assume = {"RoleArn": role, "RoleSessionName": "ann"}
        assert refused(ann.sts.assume_role, **assume)[0] == "AccessDenied"
        code = {"SerialNumber": ann.serial, "TokenCode": ann.app.code()}
        session = ann.sts.assume_role(**assume, **code)["Credentials"]
        # The session itself has none of it: the role's policy asks for that.
        assert home.as_(Keys.of(session)).list_users()["Users"]
        assert refused(ann.sts.assume_role, **assume, **code) == WRONG

    def test_with_a_session_that_had_one(self, home: Home, role: str) -> None:
        ann = Person(home, "Ann", statement("Allow", ["sts:AssumeRole"]))
        sts = home.as_(ann.session(), "sts")
        session = Keys.of(sts.assume_role(RoleArn=role, RoleSessionName="ann")["Credentials"])
        assert home.as_(session, "sts").get_caller_identity()["Arn"].endswith("assumed-role/R/ann")
        # Over a chain it is gone.
        got = refused(home.as_(session, "sts").assume_role, RoleArn=role, RoleSessionName="again")
        assert got[0] == "AccessDenied"

    def test_a_role_has_no_device(self, home: Home, role: str) -> None:
        ann = Person(home, "Ann")
        sts = home.as_(home.session("Other", statement("Allow", ["sts:AssumeRole"])), "sts")
        code = {"SerialNumber": ann.serial, "TokenCode": ann.app.code()}
        assert refused(sts.assume_role, RoleArn=role, RoleSessionName="other", **code) == UNKNOWN

    def test_what_is_refused_for_another_reason_spends_nothing(self, home: Home, role: str) -> None:
        ann = Person(home, "Ann")
        code = {"SerialNumber": ann.serial, "TokenCode": ann.app.code()}
        code_of = refused(ann.sts.assume_role, RoleArn=role, RoleSessionName="ann", **code)[1]
        assert "not authorized to perform: sts:AssumeRole" in code_of
        ann.session()

    def test_across_accounts(self, home: Home, role: str) -> None:
        abroad = home.world.account(f"Abroad {home.account.name}")
        ann = Person(Home(home.world, abroad), "Ann", statement("Allow", ["sts:AssumeRole"]))
        document = home.iam.get_role(RoleName="R")["Role"]["AssumeRolePolicyDocument"]
        document["Statement"][0]["Principal"] = {"AWS": abroad.id}
        home.iam.update_assume_role_policy(RoleName="R", PolicyDocument=json.dumps(document))
        assume = {"RoleArn": role, "RoleSessionName": "ann"}
        assert refused(ann.sts.assume_role, **assume)[0] == "AccessDenied"
        ann.sts.assume_role(**assume, SerialNumber=ann.serial, TokenCode=ann.app.code())
