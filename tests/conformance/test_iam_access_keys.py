"""Access keys: two at most, told once, on and off from the next request on; whose they are when none is
named.
"""

import base64

import pytest
from tests.access.harness import statement, trust
from tests.conformance.fix_iam import POWER_USER, Home, conflict, missing, over
from tests.fix_world import Keys
from tests.refusals import NO_IDENTITY, denied, refused

NOBODY = ("ValidationError", "Must specify userName when calling with non-User credentials", 400)


def new(home: Home, user: str) -> Keys:
    return Keys.of(home.iam.create_access_key(UserName=user)["AccessKey"])


def absent(key: str) -> tuple[str, str, int]:
    return "NoSuchEntity", f"The Access Key with id {key} cannot be found.", 404


@pytest.fixture
def ann(home: Home) -> Home:
    """A home with the user Ann, who has no key."""
    home.iam.create_user(UserName="Ann")
    return home


class TestOneUsersKeys:
    def test_a_key(self, ann: Home) -> None:
        made = ann.iam.create_access_key(UserName="ann")["AccessKey"]
        assert (made["UserName"], made["Status"], made["AccessKeyId"][:4]) == ("Ann", "Active", "AKIA")
        assert len(made["AccessKeyId"]) == 20
        assert len(base64.b64decode(made["SecretAccessKey"], validate=True)) == 30
        (listed,) = ann.iam.list_access_keys(UserName="Ann")["AccessKeyMetadata"]
        assert listed == {name: value for name, value in made.items() if name != "SecretAccessKey"}
        account = ann.as_(ann.account.admin, "sts").get_access_key_info(AccessKeyId=made["AccessKeyId"])
        assert account["Account"] == ann.account.id

    def test_two_at_most_inactive_ones_included(self, ann: Home) -> None:
        first = new(ann, "Ann")
        ann.iam.update_access_key(UserName="Ann", AccessKeyId=first.id, Status="Inactive")
        new(ann, "Ann")
        assert refused(ann.iam.create_access_key, UserName="Ann") == over("AccessKeysPerUser: 2")
        ann.iam.delete_access_key(UserName="Ann", AccessKeyId=first.id)
        new(ann, "Ann")

    def test_off_and_on_again(self, ann: Home) -> None:
        key = new(ann, "Ann")
        sts = ann.as_(key, "sts")
        assert sts.get_caller_identity()["Arn"] == ann.arn("user/Ann")
        ann.iam.update_access_key(UserName="Ann", AccessKeyId=key.id, Status="Inactive")
        assert ann.iam.list_access_keys(UserName="Ann")["AccessKeyMetadata"][0]["Status"] == "Inactive"
        assert refused(sts.get_caller_identity)[0] == "InvalidClientTokenId"
        ann.iam.update_access_key(UserName="Ann", AccessKeyId=key.id, Status="Active")
        assert sts.get_caller_identity()["Arn"] == ann.arn("user/Ann")
        ann.iam.delete_access_key(UserName="Ann", AccessKeyId=key.id)
        assert refused(sts.get_caller_identity)[0] == "InvalidClientTokenId"
        assert refused(ann.iam.delete_access_key, UserName="Ann", AccessKeyId=key.id) == absent(key.id)

    def test_a_renamed_user_keeps_them(self, ann: Home) -> None:
        key = new(ann, "Ann")
        ann.iam.update_user(UserName="Ann", NewUserName="Bea")
        assert ann.as_(key, "sts").get_caller_identity()["Arn"] == ann.arn("user/Bea")
        assert ann.iam.get_access_key_last_used(AccessKeyId=key.id)["UserName"] == "Bea"

    def test_a_user_with_a_key_is_not_deleted(self, ann: Home) -> None:
        key = new(ann, "Ann")
        assert refused(ann.iam.delete_user, UserName="Ann") == conflict("delete access keys")
        ann.iam.delete_access_key(UserName="Ann", AccessKeyId=key.id)
        ann.iam.delete_user(UserName="Ann")

    def test_what_is_not_there(self, ann: Home) -> None:
        for call in ("create_access_key", "list_access_keys"):
            assert refused(getattr(ann.iam, call), UserName="nobody") == missing("user", "nobody")
        for key in ("AKIA" + "A" * 16, ann.account.admin.id, ann.account.root.id):
            for call, more in (("delete_access_key", {}), ("update_access_key", {"Status": "Inactive"})):
                got = refused(getattr(ann.iam, call), UserName="Ann", AccessKeyId=key, **more)
                assert got == absent(key)
        assert ann.iam.list_access_keys(UserName="Ann")["AccessKeyMetadata"] == []

    def test_a_key_expires_by_itself_alone(self, ann: Home) -> None:
        key = new(ann, "Ann")
        got = refused(ann.iam.update_access_key, UserName="Ann", AccessKeyId=key.id, Status="Expired")
        assert got == ("ValidationError", "A credential is set Active or Inactive.", 400)


class TestOnesOwn:
    def test_a_user(self, home: Home) -> None:
        own = ["iam:CreateAccessKey", "iam:ListAccessKeys", "iam:UpdateAccessKey", "iam:DeleteAccessKey"]
        iam = home.user("u", statement("Allow", own, home.arn("user/${aws:username}")))
        made = iam.create_access_key()["AccessKey"]
        assert made["UserName"] == "u"
        assert len(iam.list_access_keys()["AccessKeyMetadata"]) == 2
        iam.update_access_key(AccessKeyId=made["AccessKeyId"], Status="Inactive")
        iam.delete_access_key(AccessKeyId=made["AccessKeyId"])
        action = "iam:CreateAccessKey"
        assert refused(iam.create_access_key, UserName="admin") == denied(
            home.arn("user/u"), action, "user admin", NO_IDENTITY.format(action)
        )

    def test_the_root_user(self, home: Home) -> None:
        iam = home.as_(home.account.root)
        (listed,) = iam.list_access_keys()["AccessKeyMetadata"]
        assert (listed["AccessKeyId"], listed["UserName"]) == (home.account.root.id, "root")
        second = Keys.of(iam.create_access_key()["AccessKey"])
        assert home.as_(second, "sts").get_caller_identity()["Arn"] == home.arn("root")
        assert refused(iam.create_access_key) == over("AccessKeysPerUser: 2")
        assert iam.get_access_key_last_used(AccessKeyId=second.id)["UserName"] == "root"
        iam.delete_access_key(AccessKeyId=second.id)
        iam.create_access_key(UserName="admin")

    def test_a_role_has_none(self, home: Home) -> None:
        made = home.iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(home.account.id))["Role"]
        home.iam.attach_role_policy(RoleName="R", PolicyArn=POWER_USER.replace("PowerUser", "Administrator"))
        sts = home.as_(home.account.admin, "sts")
        session = sts.assume_role(RoleArn=made["Arn"], RoleSessionName="test")["Credentials"]
        iam = home.as_(Keys.of(session))
        for call in ("create_access_key", "list_access_keys", "get_user"):
            assert refused(getattr(iam, call)) == NOBODY
        assert iam.create_access_key(UserName="admin")["AccessKey"]["UserName"] == "admin"


class TestLastUse:
    def test_never_and_then(self, home: Home) -> None:
        key = new(home, "admin")
        never = home.iam.get_access_key_last_used(AccessKeyId=key.id)
        assert never["UserName"] == "admin"
        assert never["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
        home.world.client("s3", key, region="eu-west-1").list_buckets()
        home.iam.create_group(GroupName="g")  # notes are written with the next commit
        used = home.iam.get_access_key_last_used(AccessKeyId=key.id)["AccessKeyLastUsed"]
        assert (used["ServiceName"], used["Region"]) == ("s3", "eu-west-1")
        assert used["LastUsedDate"].timestamp() == int(home.world.clock.now)

    def test_of_a_key_of_another_account_nothing_is_told(self, home: Home) -> None:
        other = home.world.account(f"Foreign {home.account.name}")
        for key in (other.admin.id, other.root.id, "AKIA" + "A" * 16):
            assert refused(home.iam.get_access_key_last_used, AccessKeyId=key) == denied(
                home.arn("user/admin"), "iam:GetAccessKeyLastUsed", f"access key {key}"
            )

    def test_it_may_be_granted_for_one_user(self, home: Home) -> None:
        iam = home.user("u", statement("Allow", ["iam:GetAccessKeyLastUsed"], home.arn("user/Ann")))
        home.iam.create_user(UserName="Ann")
        key = new(home, "Ann")
        assert iam.get_access_key_last_used(AccessKeyId=key.id)["UserName"] == "Ann"
        for one in (home.account.admin.id, home.account.root.id):
            assert refused(iam.get_access_key_last_used, AccessKeyId=one)[2] == 403
