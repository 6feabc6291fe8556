"""What is remembered between requests never outlives a right: whatever takes it away holds from the next
request on, whether this server or another process did it.
"""

import dataclasses
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.fix_world import Keys, TestAccount, World

from deputize.app import DATABASE
from deputize.store.sqlite import SqliteStore


def policy(effect: str, action: str = "s3:*") -> str:
    statement = {"Effect": effect, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


TRUST = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}


@dataclass
class Scene:
    """A user with a managed policy, a session of a role with the same, and an object both may read."""

    world: World
    account: TestAccount
    iam: Any
    s3: Any
    arn: str
    user: Keys
    session: Keys

    def get(self, keys: Keys) -> str:
        """What reading the object comes to: the error's code, or `read`."""
        try:
            self.world.client("s3", keys).get_object(Bucket=self.bucket, Key="k")["Body"].read()
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "read"

    @property
    def bucket(self) -> str:
        return f"b{self.account.id}"


@pytest.fixture
def scene(shared_world: World) -> Scene:
    account = shared_world.account(secrets.token_hex(8))
    iam, s3 = shared_world.client("iam", account.admin), shared_world.client("s3", account.admin)
    arn = iam.create_policy(PolicyName="P", PolicyDocument=policy("Allow"))["Policy"]["Arn"]
    user = shared_world.user(account, "U")
    iam.attach_user_policy(UserName="U", PolicyArn=arn)
    trust = json.dumps({"Version": "2012-10-17", "Statement": [TRUST]})
    role = iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.attach_role_policy(RoleName="R", PolicyArn=arn)
    assumed = shared_world.client("sts", account.admin).assume_role(RoleArn=role, RoleSessionName="session")
    made = Scene(shared_world, account, iam, s3, arn, user, Keys.of(assumed["Credentials"]))
    s3.create_bucket(Bucket=made.bucket)
    s3.put_object(Bucket=made.bucket, Key="k", Body=b"x")
    return made


def set_key(scene: Scene, status: str) -> None:
    scene.iam.update_access_key(UserName="U", AccessKeyId=scene.user.id, Status=status)


def delete_key(scene: Scene) -> None:
    scene.iam.delete_access_key(UserName="U", AccessKeyId=scene.user.id)


def detach(scene: Scene) -> None:
    scene.iam.detach_user_policy(UserName="U", PolicyArn=scene.arn)
    scene.iam.detach_role_policy(RoleName="R", PolicyArn=scene.arn)


def new_version(scene: Scene) -> None:
    made = policy("Allow", "s3:List*")
    scene.iam.create_policy_version(PolicyArn=scene.arn, PolicyDocument=made, SetAsDefault=True)


def deny_inline(scene: Scene) -> None:
    scene.iam.put_user_policy(UserName="U", PolicyName="D", PolicyDocument=policy("Deny"))
    scene.iam.put_role_policy(RoleName="R", PolicyName="D", PolicyDocument=policy("Deny"))


def join_denied_group(scene: Scene) -> None:
    scene.iam.create_group(GroupName="G")
    scene.iam.put_group_policy(GroupName="G", PolicyName="D", PolicyDocument=policy("Deny"))
    scene.iam.add_user_to_group(GroupName="G", UserName="U")


def bound(scene: Scene) -> None:
    made = scene.iam.create_policy(PolicyName="B", PolicyDocument=policy("Allow", "iam:*"))
    scene.iam.put_user_permissions_boundary(UserName="U", PermissionsBoundary=made["Policy"]["Arn"])
    scene.iam.put_role_permissions_boundary(RoleName="R", PermissionsBoundary=made["Policy"]["Arn"])


def deny_in_bucket(scene: Scene) -> None:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{scene.bucket}/*",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    scene.s3.put_bucket_policy(Bucket=scene.bucket, Policy=document)


def delete_user(scene: Scene) -> None:
    delete_key(scene)
    scene.iam.detach_user_policy(UserName="U", PolicyArn=scene.arn)
    scene.iam.delete_user(UserName="U")


def delete_role(scene: Scene) -> None:
    scene.iam.detach_role_policy(RoleName="R", PolicyArn=scene.arn)
    scene.iam.delete_role(RoleName="R")


def expire(scene: Scene) -> None:
    scene.world.clock.advance(3600)


BOTH = ("user", "session")


@pytest.mark.parametrize(
    ("change", "ends", "code"),
    [
        (lambda scene: set_key(scene, "Inactive"), ("user",), "InvalidAccessKeyId"),
        (delete_key, ("user",), "InvalidAccessKeyId"),
        (detach, BOTH, "AccessDenied"),
        (new_version, BOTH, "AccessDenied"),
        (deny_inline, BOTH, "AccessDenied"),
        (join_denied_group, ("user",), "AccessDenied"),
        (bound, BOTH, "AccessDenied"),
        (deny_in_bucket, BOTH, "AccessDenied"),
        (delete_user, ("user",), "InvalidAccessKeyId"),
        (delete_role, ("session",), "InvalidAccessKeyId"),
        (expire, ("session",), "ExpiredToken"),
    ],
    ids=[
        "inactive key", "deleted key", "detached", "new version", "inline deny", "group", "boundary",
        "bucket policy", "deleted user", "deleted role", "expired",
    ],
)  # fmt: skip
def test_it_holds_at_the_next_request(
    scene: Scene, change: Callable[[Scene], None], ends: tuple[str, ...], code: str
) -> None:
    keys = {"user": scene.user, "session": scene.session}
    assert [scene.get(one) for one in keys.values() for _ in range(2)] == ["read"] * 4
    change(scene)
    for name, one in keys.items():
        expected = code if name in ends else "read"
        assert [scene.get(one), scene.get(one)] == [expected, expected]


def test_what_is_given_back_holds_as_well(scene: Scene) -> None:
    set_key(scene, "Inactive")
    assert scene.get(scene.user) == "InvalidAccessKeyId"
    set_key(scene, "Active")
    detach(scene)
    assert [scene.get(scene.user), scene.get(scene.session)] == ["AccessDenied", "AccessDenied"]
    scene.iam.attach_user_policy(UserName="U", PolicyArn=scene.arn)
    scene.iam.attach_role_policy(RoleName="R", PolicyArn=scene.arn)
    assert [scene.get(scene.user), scene.get(scene.session)] == ["read", "read"]


@pytest.mark.parametrize("table", ["access_keys", "users", "accounts"])
def test_another_process_ends_it_at_once(scene: Scene, table: str) -> None:
    """A store of its own on the same file is what another process has."""
    assert [scene.get(scene.user), scene.get(scene.user)] == ["read", "read"]
    other = SqliteStore.open(scene.world.data / DATABASE)

    def end(db: Any) -> None:
        if table == "accounts":
            found = db.accounts.get(scene.account.id)
            db.accounts.put(dataclasses.replace(found, status="SUSPENDED"))
        elif table == "users":
            db.users.delete(scene.account.id, "U")
        else:
            db.access_keys.delete(scene.user.id)

    try:
        other.write(end).result()
        assert scene.get(scene.user) == "InvalidAccessKeyId"
    finally:
        other.close()


def test_a_key_that_another_server_made_anew_signs_with_its_new_secret(scene: Scene) -> None:
    """The derived key is found by the sealed secret, not by the key's id."""
    assert scene.get(scene.user) == "read"
    keyring = scene.world.opened.keyring

    def change(db: Any) -> None:
        found = db.access_keys.get(scene.user.id)
        sealed = keyring.seal("access_key", found.account, found.id, b"another secret")
        db.access_keys.put(dataclasses.replace(found, secret=sealed))

    scene.world.opened.store.write(change).result()
    assert scene.get(scene.user) == "SignatureDoesNotMatch"
    assert scene.get(Keys(scene.user.id, "another secret")) == "read"
