"""Quotas: AWS's figures, and what the operator sets for one account in their place."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from tests.access.harness import trust
from tests.conformance.fix_iam import DOCUMENT, POWER_USER, Home, over
from tests.conformance.test_cli import run
from tests.fix_x509 import rsa_key, some, ssh
from tests.refusals import refused
from tests.totp import App

from deputize.config import IamQuotas
from deputize.domain import accounts


def set_quota(home: Home, quota: str, value: int | None) -> None:
    write = home.world.opened.store.write
    write(partial(accounts.set_quota, account_id=home.account.id, quota=quota, value=value, now=1)).result()


def user(home: Home) -> None:
    home.iam.create_user(UserName="u")


def role(home: Home) -> None:
    home.iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust(home.account.id))


def group(home: Home) -> None:
    home.iam.create_group(GroupName="g")


def user_and_group(home: Home) -> None:
    user(home)
    group(home)


def managed(home: Home) -> None:
    home.managed("p")


def enable(home: Home) -> Callable[[], Any]:
    """Enabling a device that there is."""
    device = home.iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")["VirtualMFADevice"]
    codes = App.of(device, home.world.clock).pair()
    serial = device["SerialNumber"]
    return partial(home.iam.enable_mfa_device, UserName="u", SerialNumber=serial, **codes)


def one_too_many(home: Home, name: str) -> Callable[[], Any]:
    iam, arn = home.iam, home.arn("policy/p")
    return {
        "users": lambda: iam.create_user(UserName="new"),
        "groups": lambda: iam.create_group(GroupName="new"),
        "roles": lambda: iam.create_role(RoleName="new", AssumeRolePolicyDocument=trust(home.account.id)),
        "policies": lambda: iam.create_policy(PolicyName="new", PolicyDocument=DOCUMENT),
        "instance_profiles": lambda: iam.create_instance_profile(InstanceProfileName="new"),
        "server_certificates": lambda: iam.upload_server_certificate(
            ServerCertificateName="new", CertificateBody=some().pem, PrivateKey=some().key_pem()
        ),
        "ssh_keys_per_user": lambda: iam.upload_ssh_public_key(UserName="u", SSHPublicKeyBody=ssh(rsa_key())),
        "signing_certificates_per_user": lambda: iam.upload_signing_certificate(
            UserName="u", CertificateBody=some().pem
        ),
        "service_credentials_per_user": lambda: iam.create_service_specific_credential(
            UserName="u", ServiceName="codecommit.amazonaws.com"
        ),
        "groups_per_user": lambda: iam.add_user_to_group(GroupName="g", UserName="u"),
        "access_keys_per_user": lambda: iam.create_access_key(UserName="u"),
        "policies_per_user": lambda: iam.attach_user_policy(UserName="u", PolicyArn=POWER_USER),
        "policies_per_group": lambda: iam.attach_group_policy(GroupName="g", PolicyArn=POWER_USER),
        "policies_per_role": lambda: iam.attach_role_policy(RoleName="r", PolicyArn=POWER_USER),
        "versions_per_policy": lambda: iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT),
        "policy_size": lambda: iam.create_policy(PolicyName="new", PolicyDocument=DOCUMENT),
        "mfa_devices_per_user": enable(home),
        "oidc_providers": lambda: iam.create_open_id_connect_provider(Url="https://one.example.com"),
        "client_ids_per_provider": lambda: iam.create_open_id_connect_provider(
            Url="https://two.example.com", ClientIDList=["me"]
        ),
        "trust_policy_size": lambda: iam.create_role(
            RoleName="new", AssumeRolePolicyDocument=trust(home.account.id)
        ),
        "user_inline_size": lambda: iam.put_user_policy(
            UserName="u", PolicyName="i", PolicyDocument=DOCUMENT
        ),
        "group_inline_size": lambda: iam.put_group_policy(
            GroupName="g", PolicyName="i", PolicyDocument=DOCUMENT
        ),
        "role_inline_size": lambda: iam.put_role_policy(
            RoleName="r", PolicyName="i", PolicyDocument=DOCUMENT
        ),
    }[name]


def nothing(home: Home) -> None:
    """There is nothing to do."""


# What stands before, and the words of the refusal when the quota is 0.
CASES: dict[str, tuple[Callable[[Home], Any], str]] = {
    "users": (nothing, "UsersPerAccount"),
    "groups": (nothing, "GroupsPerAccount"),
    "roles": (nothing, "RolesPerAccount"),
    "policies": (nothing, "PoliciesPerAccount"),
    "instance_profiles": (nothing, "InstanceProfilesPerAccount"),
    "server_certificates": (nothing, "ServerCertificatesPerAccount"),
    "ssh_keys_per_user": (user, "SSHPublicKeysPerUser"),
    "signing_certificates_per_user": (user, "CertificatesPerUser"),
    "service_credentials_per_user": (user, "ServiceSpecificCredentialsPerUser"),
    "groups_per_user": (user_and_group, "GroupsPerUser"),
    "access_keys_per_user": (user, "AccessKeysPerUser"),
    "mfa_devices_per_user": (user, "MFADevicesPerUser"),
    "oidc_providers": (nothing, "OpenIdConnectProvidersPerAccount"),
    "client_ids_per_provider": (nothing, "ClientIdsPerOpenIdConnectProvider"),
    "policies_per_user": (user, "PoliciesPerUser"),
    "policies_per_group": (group, "PoliciesPerGroup"),
    "policies_per_role": (role, "PoliciesPerRole"),
    "policy_size": (nothing, "PolicySize"),
    "trust_policy_size": (nothing, "ACLSizePerRole"),
}
IN_OTHER_WORDS: dict[str, tuple[Callable[[Home], Any], str]] = {
    "versions_per_policy": (managed, "A managed policy can have up to 0 versions."),
    "user_inline_size": (user, "Maximum policy size of 0 bytes exceeded for user u"),
    "group_inline_size": (group, "Maximum policy size of 0 bytes exceeded for group g"),
    "role_inline_size": (role, "Maximum policy size of 0 bytes exceeded for role r"),
}


@pytest.mark.parametrize("quota", CASES)
def test_nothing_goes_beyond_what_the_operator_set(home: Home, quota: str) -> None:
    prepare, words = CASES[quota]
    prepare(home)
    call = one_too_many(home, quota)
    set_quota(home, quota, 0)
    assert refused(call) == over(f"{words}: 0")
    set_quota(home, quota, None)
    call()


@pytest.mark.parametrize("quota", IN_OTHER_WORDS)
def test_those_that_are_told_in_other_words(home: Home, quota: str) -> None:
    prepare, words = IN_OTHER_WORDS[quota]
    prepare(home)
    call = one_too_many(home, quota)
    set_quota(home, quota, 0)
    code, message, status = refused(call)
    assert (code, status) == ("LimitExceeded", 409)
    assert message.startswith(words)
    set_quota(home, quota, None)
    call()


def test_it_is_one_accounts_and_may_be_more_than_awss(home: Home) -> None:
    set_quota(home, "access_keys_per_user", 3)
    neighbour = home.world.account("Neighbour")
    home.iam.create_user(UserName="u")
    for _ in range(3):
        home.iam.create_access_key(UserName="u")
    assert refused(home.iam.create_access_key, UserName="u") == over("AccessKeysPerUser: 3")
    assert home.iam.get_account_summary()["SummaryMap"]["AccessKeysPerUserQuota"] == 3
    theirs = home.as_(neighbour.admin).get_account_summary()["SummaryMap"]
    assert theirs["AccessKeysPerUserQuota"] == IamQuotas().access_keys_per_user


class TestTheCommand:
    def test_it_holds_while_the_server_runs_and_is_recorded(self, home: Home) -> None:
        account, data = home.account.id, str(home.world.data)
        done = run("account", "set-quota", account, "users", "1", "--data", data)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["Account"]["Quotas"] == {"users": 1}
        assert refused(home.iam.create_user, UserName="u") == over("UsersPerAccount: 1")
        with home.world.opened.store.snapshot() as db:
            records = [event.record for event in db.events.page(account)]
        (said,) = (record for record in records if record["eventName"] == "SetQuota")
        assert said["userIdentity"] == {"type": "Operator"}
        assert said["requestParameters"] == {"quota": "users", "value": 1}
        run("account", "set-quota", account, "groups", "7", "--data", data)
        done = run("account", "set-quota", account, "users", "default", "--data", data)
        assert json.loads(done.stdout)["Account"]["Quotas"] == {"groups": 7}
        home.iam.create_user(UserName="u")

    @pytest.mark.parametrize(
        ("arguments", "code", "said"),
        [
            (("222222222222", "users", "1"), 1, "there is no account 222222222222"),
            (("{external}", "users", "1"), 1, "there is no account {external}"),
            (("{own}", "tags", "1"), 2, "'tags' is not one of"),
            (("{own}", "users", "10000001"), 2, "10000001 is not in the range"),
            (("{own}", "users", "many"), 2, "'many' is not a valid integer"),
        ],
    )
    def test_refusals(self, home: Home, arguments: tuple[str, ...], code: int, said: str) -> None:
        store, known = home.world.opened.store, {"own": home.account.id, "external": ""}
        if "{external}" in arguments:
            name = f"Vendor of {home.account.id}"
            made = partial(accounts.create, name=name, external=True, root_password_hash=None, now=1)
            known["external"] = store.write(made).result().id
        words = [word.format(**known) for word in arguments]
        done = run("account", "set-quota", *words, "--data", str(home.world.data))
        assert (done.returncode, said.format(**known) in done.stderr) == (code, True), done.stderr
        with store.snapshot() as db:
            changed = [one for one in map(db.accounts.get, known.values()) if one is not None and one.quotas]
        assert changed == []
