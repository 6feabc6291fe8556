"""Console passwords: made, changed by administrators and by their users, by the account's rules."""

import json

import pytest
from tests.access.harness import policy, statement
from tests.conformance.fix_iam import Home, conflict, missing
from tests.refusals import NO_IDENTITY, denied, refused

from deputize.domain import passwords
from deputize.model.sign_in import LoginProfile

FIRST, SECOND, THIRD = "Correct-Horse-1", "Correct-Horse-2", "Correct-Horse-3"
NOBODY = ("ValidationError", "Must specify userName when calling with non-User credentials", 400)
REUSED = "Policy constraint violation with password reuse prevention during password change"


def absent(user: str) -> tuple[str, str, int]:
    return "NoSuchEntity", f"Login Profile for User {user} cannot be found.", 404


def violated(words: str) -> tuple[str, str, int]:
    return "PasswordPolicyViolation", words, 400


def profile(home: Home, name: str) -> LoginProfile | None:
    with home.world.opened.store.snapshot() as db:
        return passwords.of_user(db, home.account.id, name)


def works(home: Home, name: str, password: str) -> bool:
    return passwords.check(profile(home, name), password)


@pytest.fixture
def ann(home: Home) -> Home:
    """A home with the user Ann, who has a password."""
    home.iam.create_user(UserName="Ann")
    home.iam.create_login_profile(UserName="Ann", Password=FIRST)
    return home


class TestProfiles:
    def test_one_is_made_and_told_without_its_password(self, home: Home) -> None:
        home.iam.create_user(UserName="Ann")
        made = home.iam.create_login_profile(UserName="ann", Password=FIRST, PasswordResetRequired=True)
        told = home.iam.get_login_profile(UserName="Ann")["LoginProfile"]
        assert made["LoginProfile"] == told
        assert told["CreateDate"].timestamp() == int(home.world.clock.now)
        assert {**told, "CreateDate": 0} == {
            "UserName": "Ann",
            "PasswordResetRequired": True,
            "CreateDate": 0,
        }
        assert works(home, "Ann", FIRST) and not works(home, "Ann", SECOND)
        assert FIRST not in repr(profile(home, "Ann")) and "argon2" not in repr(profile(home, "Ann"))

    def test_there_is_one_at_most(self, ann: Home) -> None:
        got = refused(ann.iam.create_login_profile, UserName="ann", Password=SECOND)
        assert got == ("EntityAlreadyExists", "Login Profile for user Ann already exists.", 409)
        assert works(ann, "Ann", FIRST)

    def test_a_password_is_needed(self, home: Home) -> None:
        home.iam.create_user(UserName="Ann")
        got = refused(home.iam.create_login_profile, UserName="Ann")
        assert got == ("ValidationError", "Password is required.", 400)

    def test_what_is_not_there(self, home: Home) -> None:
        for call in ("create_login_profile", "update_login_profile"):
            got = refused(getattr(home.iam, call), UserName="nobody", Password=FIRST)
            assert got == missing("user", "nobody")
        for call in ("get_login_profile", "delete_login_profile"):
            assert refused(getattr(home.iam, call), UserName="nobody") == missing("user", "nobody")
            assert refused(getattr(home.iam, call), UserName="admin") == absent("admin")
        assert refused(home.iam.update_login_profile, UserName="admin", Password=FIRST) == absent("admin")

    def test_an_update_changes_what_it_names(self, ann: Home) -> None:
        ann.world.clock.advance(5)
        ann.iam.update_login_profile(UserName="Ann", Password=SECOND)
        assert works(ann, "Ann", SECOND) and not works(ann, "Ann", FIRST)
        assert ann.iam.get_login_profile(UserName="Ann")["LoginProfile"]["PasswordResetRequired"] is False
        ann.iam.update_login_profile(UserName="Ann", PasswordResetRequired=True)
        told = ann.iam.get_login_profile(UserName="Ann")["LoginProfile"]
        assert told["PasswordResetRequired"] is True and works(ann, "Ann", SECOND)
        assert told["CreateDate"].timestamp() == int(ann.world.clock.now) - 5

    def test_how_long_a_sign_in_may_last(self, ann: Home) -> None:
        update, get = ann.iam.update_login_profile, ann.iam.get_login_profile
        update(UserName="Ann", MaxSigninSessionDuration=7200)
        assert get(UserName="Ann")["LoginProfile"]["MaxSigninSessionDuration"] == 7200
        both = {"MaxSigninSessionDuration": 3600, "ResetMaxSigninSessionDuration": True}
        assert refused(update, UserName="Ann", **both)[0] == "InvalidInput"
        update(UserName="Ann", ResetMaxSigninSessionDuration=True)
        assert "MaxSigninSessionDuration" not in get(UserName="Ann")["LoginProfile"]

    def test_its_user_is_not_deleted_before_it(self, ann: Home) -> None:
        assert refused(ann.iam.delete_user, UserName="Ann") == conflict("delete login profile")
        ann.iam.delete_login_profile(UserName="Ann")
        assert refused(ann.iam.get_login_profile, UserName="Ann") == absent("Ann")
        assert not works(ann, "Ann", FIRST)
        ann.iam.delete_user(UserName="Ann")

    def test_a_renamed_user_keeps_it(self, ann: Home) -> None:
        ann.iam.update_user(UserName="Ann", NewUserName="Bea")
        assert works(ann, "Bea", FIRST) and not works(ann, "Ann", FIRST)
        assert ann.iam.get_login_profile(UserName="Bea")["LoginProfile"]["UserName"] == "Bea"

    def test_without_a_name_it_is_the_callers_own(self, home: Home) -> None:
        iam = home.user("u", statement("Allow", ["iam:*LoginProfile"], home.arn("user/u")))
        assert iam.create_login_profile(Password=FIRST)["LoginProfile"]["UserName"] == "u"
        assert iam.get_login_profile()["LoginProfile"]["UserName"] == "u"
        iam.delete_login_profile()
        for call, more in (("create", {"Password": FIRST}), ("get", {}), ("delete", {})):
            root = home.as_(home.account.root)
            assert refused(getattr(root, f"{call}_login_profile"), **more) == NOBODY

    def test_two_updates_at_once(self, ann: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        """The one that was hashed for a password which is no longer there changes nothing."""
        real = passwords.seen_before

        def overtaken(found: LoginProfile, remembered: int, password: str) -> bool:
            if password == SECOND:
                ann.iam.update_login_profile(UserName="Ann", Password=THIRD)
            return real(found, remembered, password)

        monkeypatch.setattr(passwords, "seen_before", overtaken)
        got = refused(ann.as_(ann.account.root).update_login_profile, UserName="Ann", Password=SECOND)
        assert got[0] == "EntityTemporarilyUnmodifiable" and works(ann, "Ann", THIRD)


class TestChangingOnesOwn:
    def test_with_the_old_one(self, home: Home) -> None:
        iam = home.user("u", statement("Allow", ["iam:ChangePassword"], home.arn("user/u")))
        home.iam.create_login_profile(UserName="u", Password=FIRST, PasswordResetRequired=True)
        got = refused(iam.change_password, OldPassword=SECOND, NewPassword=THIRD)
        assert got == ("AccessDenied", "The old password was incorrect.", 403)
        iam.change_password(OldPassword=FIRST, NewPassword=SECOND)
        assert works(home, "u", SECOND)
        assert home.iam.get_login_profile(UserName="u")["LoginProfile"]["PasswordResetRequired"] is False

    def test_guessing_the_old_one(self, home: Home) -> None:
        """Five tries are free; then none is heard for a while, the right one neither."""
        iam = home.user("u", statement("Allow", ["iam:ChangePassword"], home.arn("user/u")))
        home.iam.create_login_profile(UserName="u", Password=FIRST)
        for _ in range(5):
            got = refused(iam.change_password, OldPassword=SECOND, NewPassword=THIRD)
            assert got == ("AccessDenied", "The old password was incorrect.", 403)
        got = refused(iam.change_password, OldPassword=FIRST, NewPassword=THIRD)
        assert got == ("Throttling", "Rate exceeded", 400)
        assert works(home, "u", FIRST)
        home.world.clock.advance(3600)
        iam.change_password(OldPassword=FIRST, NewPassword=THIRD)
        assert works(home, "u", THIRD)
        for old, new in ((THIRD, SECOND), (SECOND, FIRST)):  # all is forgiven
            iam.change_password(OldPassword=old, NewPassword=new)

    def test_who_has_none(self, home: Home) -> None:
        iam = home.user("u", statement("Allow", ["iam:ChangePassword"]))
        assert refused(iam.change_password, OldPassword=FIRST, NewPassword=SECOND) == absent("u")

    def test_users_alone(self, home: Home) -> None:
        session = home.session("R", statement("Allow", ["*"]))
        for keys in (home.account.root, session):
            got = refused(home.as_(keys).change_password, OldPassword=FIRST, NewPassword=SECOND)
            assert got == ("InvalidUserType", "Only IAM Users can change their own password", 400)

    def test_the_account_may_allow_it_to_all(self, home: Home) -> None:
        iam = home.user("u")
        home.iam.create_login_profile(UserName="u", Password=FIRST)
        change = {"OldPassword": FIRST, "NewPassword": SECOND}
        action = "iam:ChangePassword"
        no = denied(home.arn("user/u"), action, "user u", NO_IDENTITY.format(action))
        assert refused(iam.change_password, **change) == no
        home.iam.update_account_password_policy(AllowUsersToChangePassword=True)
        assert iam.get_account_password_policy()["PasswordPolicy"]["AllowUsersToChangePassword"] is True
        assert refused(iam.get_user)[0] == "AccessDenied"
        iam.change_password(**change)
        deny = policy(statement("Deny", ["iam:ChangePassword"]))
        home.iam.put_user_policy(UserName="u", PolicyName="no", PolicyDocument=json.dumps(deny))
        code, message, _ = refused(iam.change_password, OldPassword=SECOND, NewPassword=FIRST)
        assert code == "AccessDenied" and "explicit deny" in message

    def test_the_grant_ends_with_the_policy_that_gave_it(self, home: Home) -> None:
        iam = home.user("u")
        home.iam.create_login_profile(UserName="u", Password=FIRST)
        home.iam.update_account_password_policy(AllowUsersToChangePassword=True)
        iam.get_account_password_policy()
        home.iam.update_account_password_policy()
        assert refused(iam.get_account_password_policy)[0] == "AccessDenied"
        assert refused(iam.change_password, OldPassword=FIRST, NewPassword=SECOND)[0] == "AccessDenied"


class TestTheAccountsRules:
    def test_without_a_policy(self, home: Home) -> None:
        absent = (
            "NoSuchEntity",
            f"The Password Policy with domain name {home.account.id} cannot be found.",
            404,
        )
        assert refused(home.iam.get_account_password_policy) == absent
        assert refused(home.iam.delete_account_password_policy) == absent

    def test_what_is_left_out_goes_back_to_its_default(self, home: Home) -> None:
        get = home.iam.get_account_password_policy
        home.iam.update_account_password_policy(
            MinimumPasswordLength=12,
            RequireSymbols=True,
            RequireNumbers=True,
            RequireUppercaseCharacters=True,
            RequireLowercaseCharacters=True,
            AllowUsersToChangePassword=True,
            MaxPasswordAge=90,
            PasswordReusePrevention=5,
            HardExpiry=True,
        )
        told = get()["PasswordPolicy"]
        assert told.pop("MinimumPasswordLength") == 12
        assert (told.pop("MaxPasswordAge"), told.pop("PasswordReusePrevention")) == (90, 5)
        assert set(told.values()) == {True} and len(told) == 7
        home.iam.update_account_password_policy()
        told = get()["PasswordPolicy"]
        assert told.pop("MinimumPasswordLength") == 6
        assert set(told.values()) == {False} and len(told) == 7
        home.iam.delete_account_password_policy()
        assert refused(get)[0] == "NoSuchEntity"

    @pytest.mark.parametrize("word", ["Symbols", "Numbers", "UppercaseCharacters", "LowercaseCharacters"])
    def test_each_kind_of_character(self, home: Home, word: str) -> None:
        lacking = {
            "Symbols": ("aA1aA1", "symbol"),
            "Numbers": ("aA-aA-", "number"),
            "UppercaseCharacters": ("a1-a1-", "uppercase letter"),
            "LowercaseCharacters": ("A1-A1-", "lowercase letter"),
        }
        password, kind = lacking[word]
        home.iam.create_user(UserName="Ann")
        home.iam.update_account_password_policy(**{f"Require{word}": True})
        got = refused(home.iam.create_login_profile, UserName="Ann", Password=password)
        assert got == violated(f"Password should have at least one {kind}")
        home.iam.create_login_profile(UserName="Ann", Password="aA1-aA1-")

    def test_the_length(self, ann: Home) -> None:
        ann.iam.update_account_password_policy(MinimumPasswordLength=16)
        got = refused(ann.iam.update_login_profile, UserName="Ann", Password=FIRST)
        assert got == violated("Password should have a minimum length of 16")
        assert works(ann, "Ann", FIRST)

    def test_the_rules_without_a_policy(self, home: Home) -> None:
        home.iam.create_user(UserName="Ann")
        create = home.iam.create_login_profile
        assert refused(create, UserName="Ann", Password="aA1-aA1") == violated(
            "Password should have a minimum length of 8"
        )
        assert refused(create, UserName="Ann", Password="12345abcde") == violated(
            "Password should meet 1 more of the following requirements: "
            "Password should have at least one uppercase letter, Password should have at least one symbol"
        )
        create(UserName="Ann", Password="12345abcDE")

    def test_not_the_accounts_name(self, home: Home) -> None:
        account = home.world.account("Account-Name-1")
        iam = home.world.client("iam", account.admin)
        got = refused(iam.create_login_profile, UserName="admin", Password="ACCOUNT-name-1")
        assert got == violated("Password should not be the account's name or e-mail address")

    def test_former_passwords(self, ann: Home) -> None:
        update = ann.iam.update_login_profile
        update(UserName="Ann", Password=SECOND)
        update(UserName="Ann", Password=SECOND)
        ann.iam.update_account_password_policy(PasswordReusePrevention=2)
        assert refused(update, UserName="Ann", Password=SECOND) == violated(REUSED)
        update(UserName="Ann", Password=FIRST)
        update(UserName="Ann", Password=THIRD)
        assert refused(update, UserName="Ann", Password=FIRST) == violated(REUSED)

    def test_a_rule_that_comes_while_a_password_is_hashed(
        self, ann: Home, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = passwords.seen_before

        def overtaken(found: LoginProfile, remembered: int, password: str) -> bool:
            ann.iam.update_account_password_policy(MinimumPasswordLength=20)
            return real(found, remembered, password)

        monkeypatch.setattr(passwords, "seen_before", overtaken)
        got = refused(ann.as_(ann.account.root).update_login_profile, UserName="Ann", Password=SECOND)
        assert got == violated("Password should have a minimum length of 20") and works(ann, "Ann", FIRST)
