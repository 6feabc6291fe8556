"""The ways in which rights on IAM alone become all rights: what each needs, how it is gone, what is gained.

Collected from what has been published of privilege escalation in IAM (Rhino Security Labs and others). A way
is declared with exactly the rights that AWS demands for it.
"""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from tests.access.harness import policy, statement, trust
from tests.fix_world import Keys, TestAccount, World
from tests.state import dump
from tests.totp import App, enabled

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
# What Mallory is after.
SPOILS = statement("Allow", ["iam:CreateUser"])
BRAKE = statement("Deny", ["iam:CreateUser"])
EVERYTHING = json.dumps(policy(statement("Allow", ["*"])))
PASSWORD = "Correct-Horse-Battery-1"
_numbers = itertools.count(1)


def text(*statements: dict[str, Any]) -> str:
    return json.dumps(policy(*statements))


@dataclass
class Scene:
    """Mallory (`me`) in an account, and what is there to get hold of."""

    world: World
    account: TestAccount
    me: str = ""
    keys: Keys = field(default_factory=lambda: Keys("", ""))

    @property
    def admin(self) -> Any:
        return self.world.client("iam", self.account.admin)

    def iam(self, keys: Keys | None = None) -> Any:
        """As Mallory, or as whoever has `keys`."""
        return self.world.acting("iam", keys or self.keys)

    def arn(self, resource: str) -> str:
        return f"arn:aws:iam::{self.account.id}:{resource}"

    def named(self, name: str) -> str:
        """A name of this Mallory's own surroundings."""
        return f"{name}-{self.me}"

    def enter(self, *statements: dict[str, Any]) -> None:
        """Another Mallory, with these rights and no other."""
        self.me = f"mallory{next(_numbers)}"
        self.admin.create_user(UserName=self.me)
        self.keys = Keys.of(self.admin.create_access_key(UserName=self.me)["AccessKey"])
        if statements:
            self.give("rights", *statements)

    def give(self, name: str, *statements: dict[str, Any]) -> None:
        self.admin.put_user_policy(UserName=self.me, PolicyName=name, PolicyDocument=text(*statements))

    def managed(self, name: str, *statements: dict[str, Any]) -> str:
        made = self.admin.create_policy(PolicyName=self.named(name), PolicyDocument=text(*statements))
        arn: str = made["Policy"]["Arn"]
        return arn

    def fence(self, *statements: dict[str, Any]) -> None:
        """A permissions boundary for Mallory, in the place of any other."""
        arn = self.managed(f"fence{next(_numbers)}", *statements)
        self.admin.put_user_permissions_boundary(UserName=self.me, PermissionsBoundary=arn)

    def group(self, name: str, *statements: dict[str, Any], member: bool) -> str:
        group = self.named(name)
        self.admin.create_group(GroupName=group)
        if statements:
            self.admin.put_group_policy(GroupName=group, PolicyName="p", PolicyDocument=text(*statements))
        if member:
            self.admin.add_user_to_group(GroupName=group, UserName=self.me)
        return group

    def role(self, name: str, *statements: dict[str, Any], trusts: str | None = None) -> str:
        """A role that trusts Mallory, or another user."""
        role = self.named(name)
        trusted = trust(self.arn(f"user/{trusts or self.me}"))
        self.admin.create_role(RoleName=role, AssumeRolePolicyDocument=trusted)
        if statements:
            self.admin.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=text(*statements))
        return role

    def boss(self) -> str:
        boss = self.named("boss")
        self.admin.create_user(UserName=boss)
        self.admin.attach_user_policy(UserName=boss, PolicyArn=ADMINISTRATOR)
        return boss

    def assumed(self, role: str) -> Keys:
        sts = self.world.acting("sts", self.keys)
        made = sts.assume_role(RoleArn=self.arn(f"role/{self.named(role)}"), RoleSessionName="mallory")
        return Keys.of(made["Credentials"])


Attack = Callable[[Scene], Keys | None]
Prepare = Callable[[Scene], Any]


@dataclass(frozen=True, kw_only=True)
class Way:
    """`rights` are pairs of an action and the resource that it is needed on (`{}` is Mallory's name).

    `own`: what is gained are rights of Mallory's own, which a boundary limits. `attack` returns the
    credentials that were got hold of, if there are any; `touched` is the table in which the gain shows where
    it is not a right.
    """

    name: str
    rights: tuple[tuple[str, str], ...]
    prepare: Prepare
    attack: Attack
    own: bool = False
    touched: str | None = None

    def statements(self, scene_me: str) -> list[dict[str, Any]]:
        return [statement("Allow", [action], resource.format(scene_me)) for action, resource in self.rights]


def gained(scene: Scene, way: Way, got: Keys | None, before: dict[str, list[str]]) -> bool:
    """Whether Mallory has what Mallory was after."""
    if way.touched is not None:
        return dump(scene.world)[way.touched] != before[way.touched]
    try:
        scene.iam(got).create_user(UserName=f"spoils{next(_numbers)}")
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
        return False
    return True


WAYS: list[Way] = []


def way(
    *rights: tuple[str, str],
    prepare: Prepare = lambda _scene: None,
    own: bool = False,
    touched: str | None = None,
) -> Callable[[Attack], Attack]:
    """Declares the decorated function as the attack of a way that needs `rights`, resources without the
    beginning of their ARN.
    """

    def register(attack: Attack) -> Attack:
        found = tuple((f"iam:{action}", f"arn:aws:iam::*:{resource}") for action, resource in rights)
        WAYS.append(
            Way(
                name=attack.__name__,
                rights=found,
                prepare=prepare,
                attack=attack,
                own=own,
                touched=touched,
            )
        )
        return attack

    return register


# --- more for a policy that one has


def with_a_policy(scene: Scene) -> None:
    arn = scene.managed("dev", statement("Allow", ["s3:*"]))
    scene.admin.attach_user_policy(UserName=scene.me, PolicyArn=arn)


def with_an_older_version(scene: Scene) -> None:
    with_a_policy(scene)
    arn = scene.arn(f"policy/{scene.named('dev')}")
    scene.admin.create_policy_version(PolicyArn=arn, PolicyDocument=EVERYTHING, SetAsDefault=False)


@way(("CreatePolicyVersion", "policy/dev-{}"), prepare=with_a_policy, own=True)
def create_policy_version(scene: Scene) -> None:
    arn = scene.arn(f"policy/{scene.named('dev')}")
    scene.iam().create_policy_version(PolicyArn=arn, PolicyDocument=EVERYTHING, SetAsDefault=True)


@way(("SetDefaultPolicyVersion", "policy/dev-{}"), prepare=with_an_older_version, own=True)
def set_default_policy_version(scene: Scene) -> None:
    arn = scene.arn(f"policy/{scene.named('dev')}")
    scene.iam().set_default_policy_version(PolicyArn=arn, VersionId="v2")


# --- more policies for oneself


@way(("AttachUserPolicy", "user/{}"), own=True)
def attach_user_policy(scene: Scene) -> None:
    scene.iam().attach_user_policy(UserName=scene.me, PolicyArn=ADMINISTRATOR)


@way(("PutUserPolicy", "user/{}"), own=True)
def put_user_policy(scene: Scene) -> None:
    scene.iam().put_user_policy(UserName=scene.me, PolicyName="more", PolicyDocument=EVERYTHING)


@way(("AttachGroupPolicy", "group/team-{}"), prepare=lambda scene: scene.group("team", member=True), own=True)
def attach_group_policy(scene: Scene) -> None:
    scene.iam().attach_group_policy(GroupName=scene.named("team"), PolicyArn=ADMINISTRATOR)


@way(("PutGroupPolicy", "group/team-{}"), prepare=lambda scene: scene.group("team", member=True), own=True)
def put_group_policy(scene: Scene) -> None:
    scene.iam().put_group_policy(GroupName=scene.named("team"), PolicyName="more", PolicyDocument=EVERYTHING)


@way(
    ("AddUserToGroup", "group/admins-{}"),
    prepare=lambda scene: scene.group("admins", SPOILS, member=False),
    own=True,
)
def add_user_to_group(scene: Scene) -> None:
    scene.iam().add_user_to_group(GroupName=scene.named("admins"), UserName=scene.me)


# --- fewer policies that stop oneself


def braked_inline(scene: Scene) -> None:
    scene.give("base", SPOILS)
    scene.give("brake", BRAKE)


def braked_by_a_managed_policy(scene: Scene) -> None:
    scene.give("base", SPOILS)
    scene.admin.attach_user_policy(UserName=scene.me, PolicyArn=scene.managed("brake", BRAKE))


def braked_by_a_group(scene: Scene) -> None:
    scene.give("base", SPOILS)
    scene.group("braked", BRAKE, member=True)


def braked_by_a_groups_managed_policy(scene: Scene) -> None:
    scene.give("base", SPOILS)
    group = scene.group("braked", member=True)
    scene.admin.attach_group_policy(GroupName=group, PolicyArn=scene.managed("brake", BRAKE))


@way(("DeleteUserPolicy", "user/{}"), prepare=braked_inline, own=True)
def delete_user_policy(scene: Scene) -> None:
    scene.iam().delete_user_policy(UserName=scene.me, PolicyName="brake")


@way(("DetachUserPolicy", "user/{}"), prepare=braked_by_a_managed_policy, own=True)
def detach_user_policy(scene: Scene) -> None:
    scene.iam().detach_user_policy(UserName=scene.me, PolicyArn=scene.arn(f"policy/{scene.named('brake')}"))


@way(("DeleteGroupPolicy", "group/braked-{}"), prepare=braked_by_a_group, own=True)
def delete_group_policy(scene: Scene) -> None:
    scene.iam().delete_group_policy(GroupName=scene.named("braked"), PolicyName="p")


@way(("DetachGroupPolicy", "group/braked-{}"), prepare=braked_by_a_groups_managed_policy, own=True)
def detach_group_policy(scene: Scene) -> None:
    scene.iam().detach_group_policy(
        GroupName=scene.named("braked"), PolicyArn=scene.arn(f"policy/{scene.named('brake')}")
    )


@way(("RemoveUserFromGroup", "group/braked-{}"), prepare=braked_by_a_group, own=True)
def remove_user_from_group(scene: Scene) -> None:
    scene.iam().remove_user_from_group(GroupName=scene.named("braked"), UserName=scene.me)


# --- out of a boundary


def bounded(scene: Scene) -> None:
    """Only what concerns the boundary is within it."""
    scene.give("base", SPOILS)
    scene.fence(statement("Allow", ["iam:*UserPermissionsBoundary"]))


@way(("DeleteUserPermissionsBoundary", "user/{}"), prepare=bounded)
def delete_user_permissions_boundary(scene: Scene) -> None:
    scene.iam().delete_user_permissions_boundary(UserName=scene.me)


@way(("PutUserPermissionsBoundary", "user/{}"), prepare=bounded)
def put_user_permissions_boundary(scene: Scene) -> None:
    scene.iam().put_user_permissions_boundary(UserName=scene.me, PermissionsBoundary=ADMINISTRATOR)


# --- tags that policies ask for


def by_tag(scene: Scene) -> None:
    tagged = {"StringEquals": {"aws:PrincipalTag/team": "admins"}}
    scene.give("by-tag", {**SPOILS, "Condition": tagged})


def role_by_tag(scene: Scene) -> None:
    tagged = {"StringEquals": {"aws:PrincipalTag/team": "admins"}}
    scene.role("mine", {**SPOILS, "Condition": tagged})


TAGS = [{"Key": "team", "Value": "admins"}]


@way(("TagUser", "user/{}"), prepare=by_tag, own=True)
def tag_user(scene: Scene) -> None:
    scene.iam().tag_user(UserName=scene.me, Tags=TAGS)


@way(("TagRole", "role/mine-{}"), prepare=role_by_tag)
def tag_role(scene: Scene) -> Keys:
    scene.iam().tag_role(RoleName=scene.named("mine"), Tags=TAGS)
    return scene.assumed("mine")


# --- somebody else's credentials


def with_a_boss(scene: Scene) -> None:
    scene.boss()


def with_a_boss_who_signs_in(scene: Scene) -> None:
    scene.admin.create_login_profile(UserName=scene.boss(), Password=PASSWORD)


def with_a_bosss_old_key(scene: Scene) -> None:
    """Mallory has it; it was found out and made inactive."""
    boss = scene.boss()
    made = scene.admin.create_access_key(UserName=boss)["AccessKey"]
    scene.admin.update_access_key(UserName=boss, AccessKeyId=made["AccessKeyId"], Status="Inactive")
    OLD_KEYS[scene.me] = Keys.of(made)


OLD_KEYS: dict[str, Keys] = {}


@way(("CreateAccessKey", "user/boss-{}"), prepare=with_a_boss)
def create_access_key(scene: Scene) -> Keys:
    return Keys.of(scene.iam().create_access_key(UserName=scene.named("boss"))["AccessKey"])


@way(("UpdateAccessKey", "user/boss-{}"), prepare=with_a_bosss_old_key)
def update_access_key(scene: Scene) -> Keys:
    old = OLD_KEYS[scene.me]
    scene.iam().update_access_key(UserName=scene.named("boss"), AccessKeyId=old.id, Status="Active")
    return old


@way(("CreateLoginProfile", "user/boss-{}"), prepare=with_a_boss, touched="login_profiles")
def create_login_profile(scene: Scene) -> None:
    scene.iam().create_login_profile(UserName=scene.named("boss"), Password=PASSWORD)


@way(("UpdateLoginProfile", "user/boss-{}"), prepare=with_a_boss_who_signs_in, touched="login_profiles")
def update_login_profile(scene: Scene) -> None:
    scene.iam().update_login_profile(UserName=scene.named("boss"), Password=PASSWORD + "2")


@way(("CreateServiceSpecificCredential", "user/boss-{}"), prepare=with_a_boss, touched="service_credentials")
def create_service_specific_credential(scene: Scene) -> None:
    scene.iam().create_service_specific_credential(
        UserName=scene.named("boss"), ServiceName="codecommit.amazonaws.com"
    )


# --- somebody else's second factor


def with_a_bosss_device(scene: Scene) -> None:
    SERIALS[scene.me] = enabled(scene.admin, scene.boss(), scene.world.clock)


def with_a_device_for_the_boss(scene: Scene) -> None:
    scene.boss()
    made = scene.admin.create_virtual_mfa_device(VirtualMFADeviceName=scene.named("device"))
    device = made["VirtualMFADevice"]
    SERIALS[scene.me] = device["SerialNumber"], App.of(device, scene.world.clock)


SERIALS: dict[str, tuple[str, App]] = {}


@way(("DeactivateMFADevice", "user/boss-{}"), prepare=with_a_bosss_device, touched="mfa_devices")
def deactivate_mfa_device(scene: Scene) -> None:
    serial, _ = SERIALS[scene.me]
    scene.iam().deactivate_mfa_device(UserName=scene.named("boss"), SerialNumber=serial)


@way(("EnableMFADevice", "user/boss-{}"), prepare=with_a_device_for_the_boss, touched="mfa_devices")
def enable_mfa_device(scene: Scene) -> None:
    serial, app = SERIALS[scene.me]
    scene.iam().enable_mfa_device(UserName=scene.named("boss"), SerialNumber=serial, **app.pair())


@way(("ResyncMFADevice", "user/boss-{}"), prepare=with_a_bosss_device, touched="mfa_devices")
def resync_mfa_device(scene: Scene) -> None:
    serial, app = SERIALS[scene.me]
    app.ahead = 60
    scene.iam().resync_mfa_device(UserName=scene.named("boss"), SerialNumber=serial, **app.pair())


# --- roles that one may become


def with_a_role(scene: Scene) -> None:
    scene.role("mine")


def with_a_braked_role(scene: Scene) -> None:
    scene.role("mine", BRAKE)
    scene.admin.put_role_policy(RoleName=scene.named("mine"), PolicyName="base", PolicyDocument=text(SPOILS))


def with_a_role_braked_by_a_managed_policy(scene: Scene) -> None:
    role = scene.role("mine", SPOILS)
    scene.admin.attach_role_policy(RoleName=role, PolicyArn=scene.managed("brake", BRAKE))


def with_a_bounded_role(scene: Scene) -> None:
    role = scene.role("mine", SPOILS)
    arn = scene.managed("role-fence", statement("Allow", ["s3:*"]))
    scene.admin.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=arn)


@way(("AttachRolePolicy", "role/mine-{}"), prepare=with_a_role)
def attach_role_policy(scene: Scene) -> Keys:
    scene.iam().attach_role_policy(RoleName=scene.named("mine"), PolicyArn=ADMINISTRATOR)
    return scene.assumed("mine")


@way(("PutRolePolicy", "role/mine-{}"), prepare=with_a_role)
def put_role_policy(scene: Scene) -> Keys:
    scene.iam().put_role_policy(RoleName=scene.named("mine"), PolicyName="more", PolicyDocument=EVERYTHING)
    return scene.assumed("mine")


@way(("DeleteRolePolicy", "role/mine-{}"), prepare=with_a_braked_role)
def delete_role_policy(scene: Scene) -> Keys:
    scene.iam().delete_role_policy(RoleName=scene.named("mine"), PolicyName="p")
    return scene.assumed("mine")


@way(("DetachRolePolicy", "role/mine-{}"), prepare=with_a_role_braked_by_a_managed_policy)
def detach_role_policy(scene: Scene) -> Keys:
    brake = scene.arn(f"policy/{scene.named('brake')}")
    scene.iam().detach_role_policy(RoleName=scene.named("mine"), PolicyArn=brake)
    return scene.assumed("mine")


@way(("DeleteRolePermissionsBoundary", "role/mine-{}"), prepare=with_a_bounded_role)
def delete_role_permissions_boundary(scene: Scene) -> Keys:
    scene.iam().delete_role_permissions_boundary(RoleName=scene.named("mine"))
    return scene.assumed("mine")


@way(("PutRolePermissionsBoundary", "role/mine-{}"), prepare=with_a_bounded_role)
def put_role_permissions_boundary(scene: Scene) -> Keys:
    scene.iam().put_role_permissions_boundary(RoleName=scene.named("mine"), PermissionsBoundary=ADMINISTRATOR)
    return scene.assumed("mine")


@way(
    ("UpdateAssumeRolePolicy", "role/power-{}"),
    prepare=lambda scene: scene.role("power", SPOILS, trusts=scene.boss()),
)
def update_assume_role_policy(scene: Scene) -> Keys:
    scene.iam().update_assume_role_policy(
        RoleName=scene.named("power"), PolicyDocument=trust(scene.arn(f"user/{scene.me}"))
    )
    return scene.assumed("power")


# --- identity providers that roles trust


def with_a_provider(scene: Scene) -> None:
    scene.admin.create_open_id_connect_provider(
        Url=f"https://{scene.me}.example.com", ClientIDList=["trusted"], ThumbprintList=["0" * 40]
    )


@way(
    ("AddClientIDToOpenIDConnectProvider", "oidc-provider/{}.example.com"),
    prepare=with_a_provider,
    touched="oidc_providers",
)
def add_client_id(scene: Scene) -> None:
    arn = scene.arn(f"oidc-provider/{scene.me}.example.com")
    scene.iam().add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="mallory")


@way(
    ("UpdateOpenIDConnectProviderThumbprint", "oidc-provider/{}.example.com"),
    prepare=with_a_provider,
    touched="oidc_providers",
)
def update_thumbprints(scene: Scene) -> None:
    scene.iam().update_open_id_connect_provider_thumbprint(
        OpenIDConnectProviderArn=scene.arn(f"oidc-provider/{scene.me}.example.com"),
        ThumbprintList=["f" * 40],
    )


# --- new principals, and roles handed to services


@way(
    ("CreateUser", "user/puppet-{}"),
    ("AttachUserPolicy", "user/puppet-{}"),
    ("CreateAccessKey", "user/puppet-{}"),
)
def a_user_of_ones_own(scene: Scene) -> Keys:
    puppet = scene.named("puppet")
    scene.iam().create_user(UserName=puppet)
    scene.iam().attach_user_policy(UserName=puppet, PolicyArn=ADMINISTRATOR)
    return Keys.of(scene.iam().create_access_key(UserName=puppet)["AccessKey"])


@way(("CreateRole", "role/new-{}"), ("PutRolePolicy", "role/new-{}"))
def a_role_of_ones_own(scene: Scene) -> Keys:
    role, trusted = scene.named("new"), trust(scene.arn(f"user/{scene.me}"))
    scene.iam().create_role(RoleName=role, AssumeRolePolicyDocument=trusted)
    scene.iam().put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=EVERYTHING)
    return scene.assumed("new")


def with_an_instance_profile(scene: Scene) -> None:
    scene.role("power", SPOILS, trusts=scene.boss())
    scene.admin.create_instance_profile(InstanceProfileName=scene.named("web"))


@way(
    ("AddRoleToInstanceProfile", "instance-profile/web-{}"),
    ("PassRole", "role/power-{}"),
    prepare=with_an_instance_profile,
    touched="instance_profiles",
)
def pass_role_to_an_instance(scene: Scene) -> None:
    scene.iam().add_role_to_instance_profile(
        InstanceProfileName=scene.named("web"), RoleName=scene.named("power")
    )
