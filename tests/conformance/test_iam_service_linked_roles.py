"""Service-linked roles: made as each service wants them, and nobody's to change."""

import json
from typing import Any

import pytest
from tests.access.harness import statement, trust
from tests.conformance.fix_iam import DOCUMENT, POWER_USER, Home, missing, over
from tests.conformance.test_quotas import set_quota
from tests.refusals import denied, refused

from deputize.iam.linked_services import LINKED_SERVICES

SPOT = "AWSServiceRoleForEC2Spot"


def create(home: Home, service: str = "spot.amazonaws.com", **more: str) -> Any:
    return home.iam.create_service_linked_role(AWSServiceName=service, **more)["Role"]


def invalid(message: str) -> tuple[str, str, int]:
    return "InvalidInput", message, 400


@pytest.mark.parametrize("service", LINKED_SERVICES)
def test_each_service_gets_its_role(home: Home, service: str) -> None:
    role = create(home, service)
    name = f"AWSServiceRoleFor{LINKED_SERVICES[service].role}"
    assert role["RoleName"] == name
    assert role["Path"] == f"/aws-service-role/{service}/"
    assert role["Arn"] == home.arn(f"role/aws-service-role/{service}/{name}")
    assert role["AssumeRolePolicyDocument"]["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    ]
    (attached,) = home.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert attached["PolicyArn"].startswith("arn:aws:iam::aws:policy/aws-service-role/")
    policy = home.iam.get_policy(PolicyArn=attached["PolicyArn"])["Policy"]
    assert policy["AttachmentCount"] == 1


def test_a_description_and_a_suffix(home: Home) -> None:
    service = "autoscaling.amazonaws.com"
    role = create(home, service, Description="for tests", CustomSuffix="one")
    assert role["RoleName"] == "AWSServiceRoleForAutoScaling_one"
    assert "Description" not in role
    assert home.iam.get_role(RoleName=role["RoleName"])["Role"]["Description"] == "for tests"
    create(home, service)
    create(home, service, CustomSuffix="two")
    assert refused(create, home=home, service=service, CustomSuffix="ONE") == invalid(
        "Service role name AWSServiceRoleForAutoScaling_ONE has been taken in this account, please try a "
        "different suffix."
    )
    assert refused(create, home=home, service=service, CustomSuffix="x" * 40)[0] == "InvalidInput"


def test_what_is_refused(home: Home) -> None:
    assert refused(create, home=home, CustomSuffix="x") == invalid(
        "Custom suffix is not allowed for spot.amazonaws.com"
    )
    assert refused(create, home=home, service="nothing.amazonaws.com") == invalid(
        "No service-linked role is known for nothing.amazonaws.com."
    )
    set_quota(home, "roles", 0)
    assert refused(create, home=home) == over("RolesPerAccount: 0")
    set_quota(home, "roles", None)
    create(home)
    assert refused(create, home=home) == invalid(
        f"Service role name {SPOT} has been taken in this account, please try a different suffix."
    )


def test_the_right_to_make_one_may_name_the_service_and_the_role(home: Home) -> None:
    create_right = statement("Allow", ["iam:CreateServiceLinkedRole"], home.arn("role/aws-service-role/*"))
    of_spot = {"StringLike": {"iam:AWSServiceName": "spot.*"}}
    user = home.user("u", {**create_right, "Condition": of_spot})
    assert refused(user.create_service_linked_role, AWSServiceName="ecs.amazonaws.com") == denied(
        home.arn("user/u"),
        "iam:CreateServiceLinkedRole",
        home.arn("role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"),
        "because no identity-based policy allows the iam:CreateServiceLinkedRole action",
    )
    user.create_service_linked_role(AWSServiceName="spot.amazonaws.com")


def test_nobody_else_makes_roles_under_its_path(home: Home) -> None:
    code = refused(
        home.iam.create_role,
        RoleName="R",
        Path="/aws-service-role/x/",
        AssumeRolePolicyDocument=trust(home.account.id),
    )
    assert code == invalid("Role paths under /aws-service-role/ are reserved for AWS services.")


CHANGES: dict[str, dict[str, Any]] = {
    "delete_role": {},
    "update_role": {"MaxSessionDuration": 7200},
    "update_assume_role_policy": {"PolicyDocument": DOCUMENT},
    "put_role_policy": {"PolicyName": "p", "PolicyDocument": DOCUMENT},
    "delete_role_policy": {"PolicyName": "p"},
    "attach_role_policy": {"PolicyArn": POWER_USER},
    "detach_role_policy": {
        "PolicyArn": "arn:aws:iam::aws:policy/aws-service-role/AWSEC2SpotServiceRolePolicy"
    },
    "put_role_permissions_boundary": {"PermissionsBoundary": POWER_USER},
    "delete_role_permissions_boundary": {},
    "add_role_to_instance_profile": {"InstanceProfileName": "P"},
    "remove_role_from_instance_profile": {"InstanceProfileName": "P"},
}


class TestNobodyElseChangesIt:
    @pytest.mark.parametrize("change", CHANGES)
    def test_not_even_the_administrator(self, home: Home, change: str) -> None:
        create(home)
        home.iam.create_instance_profile(InstanceProfileName="P")
        before = home.iam.get_role(RoleName=SPOT)["Role"]
        assert refused(getattr(home.iam, change), RoleName=SPOT, **CHANGES[change]) == (
            "UnmodifiableEntity",
            f"Cannot perform the operation on the protected role '{SPOT}' - this role is only modifiable "
            "by AWS",
            400,
        )
        assert home.iam.get_role(RoleName=SPOT)["Role"] == before

    def test_but_its_description_and_tags(self, home: Home) -> None:
        create(home)
        home.iam.update_role(RoleName=SPOT, Description="one")
        assert home.iam.get_role(RoleName=SPOT)["Role"]["Description"] == "one"
        assert home.iam.update_role_description(RoleName=SPOT, Description="two")["Role"]
        home.iam.tag_role(RoleName=SPOT, Tags=[{"Key": "a", "Value": "b"}])

    def test_nobody_of_an_account_becomes_it(self, home: Home) -> None:
        role = create(home)
        sts = home.as_(home.account.admin, "sts")
        assert refused(sts.assume_role, RoleArn=role["Arn"], RoleSessionName="me")[0] == "AccessDenied"

    @pytest.mark.parametrize("kind", ["Role", "User", "Group"])
    def test_a_services_policy_is_for_its_role_alone(self, home: Home, kind: str) -> None:
        arn = "arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy"
        more = {"AssumeRolePolicyDocument": trust(home.account.id)} if kind == "Role" else {}
        getattr(home.iam, f"create_{kind.lower()}")(**{f"{kind}Name": "x"}, **more)
        attach = getattr(home.iam, f"attach_{kind.lower()}_policy")
        assert refused(attach, **{f"{kind}Name": "x"}, PolicyArn=arn) == (
            "PolicyNotAttachable",
            f"Cannot attach a Service Role Policy to a Customer {kind}.",
            400,
        )

    @pytest.mark.parametrize("kind", ["Role", "User"])
    def test_and_bounds_nobody(self, home: Home, kind: str) -> None:
        arn = "arn:aws:iam::aws:policy/aws-service-role/AmazonECSServiceRolePolicy"
        more = {"AssumeRolePolicyDocument": trust(home.account.id)} if kind == "Role" else {}
        create_one = getattr(home.iam, f"create_{kind.lower()}")
        wanted = (
            "PolicyNotAttachable",
            f"Cannot attach a Service Role Policy to a Customer {kind}.",
            400,
        )
        assert refused(create_one, **{f"{kind}Name": "x"}, PermissionsBoundary=arn, **more) == wanted
        create_one(**{f"{kind}Name": "x"}, **more)
        put = getattr(home.iam, f"put_{kind.lower()}_permissions_boundary")
        assert refused(put, **{f"{kind}Name": "x"}, PermissionsBoundary=arn) == wanted


class TestDeletion:
    def test_it_is_done_and_its_task_says_so(self, home: Home) -> None:
        create(home)
        task = home.iam.delete_service_linked_role(RoleName=SPOT.lower())["DeletionTaskId"]
        assert task.startswith(f"task/aws-service-role/spot.amazonaws.com/{SPOT}/")
        status = home.iam.get_service_linked_role_deletion_status(DeletionTaskId=task)
        assert status["Status"] == "SUCCEEDED"
        assert refused(home.iam.get_role, RoleName=SPOT) == missing("role", SPOT)
        create(home)
        (attached,) = home.iam.list_attached_role_policies(RoleName=SPOT)["AttachedPolicies"]
        assert attached["PolicyName"] == "AWSEC2SpotServiceRolePolicy"
        home.iam.delete_service_linked_role(RoleName=SPOT)
        assert refused(home.iam.get_service_linked_role_deletion_status, DeletionTaskId=task) == (
            "NoSuchEntity",
            f"The deletion task {task} cannot be found.",
            404,
        )

    def test_roles_of_other_kinds_are_not_deleted_so(self, home: Home) -> None:
        home.iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(home.account.id))
        assert refused(home.iam.delete_service_linked_role, RoleName="R") == missing(
            "service-linked role", "R"
        )
        assert refused(home.iam.delete_service_linked_role, RoleName="N") == missing("role", "N")

    @pytest.mark.parametrize(
        "task",
        [
            "task",
            "task/aws-service-role/spot.amazonaws.com/x",
            "task/role/spot.amazonaws.com/x/1",
            "task/aws-service-role//x/1",
            "task/aws-service-role/spot.amazonaws.com//1",
            "task/aws-service-role/spot.amazonaws.com/x/",
            "a/task/aws-service-role/spot.amazonaws.com/x/1",
        ],
    )
    def test_ids_that_are_none(self, home: Home, task: str) -> None:
        assert refused(home.iam.get_service_linked_role_deletion_status, DeletionTaskId=task) == invalid(
            "The deletion task ID is not valid."
        )

    def test_a_task_of_another_account(self, home: Home) -> None:
        create(home)
        task = home.iam.delete_service_linked_role(RoleName=SPOT)["DeletionTaskId"]
        other = home.as_(home.world.account("Other").admin)
        code = refused(other.get_service_linked_role_deletion_status, DeletionTaskId=task)[0]
        assert code == "NoSuchEntity"

    def test_its_status_is_told_to_those_who_may_see_it(self, home: Home) -> None:
        create(home)
        task = home.iam.delete_service_linked_role(RoleName=SPOT)["DeletionTaskId"]
        right = statement(
            "Allow", ["iam:GetServiceLinkedRoleDeletionStatus"], home.arn("role/aws-service-role/ecs*")
        )
        assert refused(
            home.user("u", right).get_service_linked_role_deletion_status, DeletionTaskId=task
        ) == denied(
            home.arn("user/u"),
            "iam:GetServiceLinkedRoleDeletionStatus",
            f"role {SPOT}",
            "because no identity-based policy allows the iam:GetServiceLinkedRoleDeletionStatus action",
        )


def test_in_another_partition(home: Home) -> None:
    account = home.world.account("China", partition="aws-cn")
    iam = home.world.client("iam", account.admin, region="cn-north-1")
    role = iam.create_service_linked_role(AWSServiceName="ecs.amazonaws.com")["Role"]
    assert role["Arn"].startswith(f"arn:aws-cn:iam::{account.id}:role/aws-service-role/ecs.amazonaws.com/")
    (attached,) = iam.list_attached_role_policies(RoleName=role["RoleName"])["AttachedPolicies"]
    assert attached["PolicyArn"].startswith("arn:aws-cn:iam::aws:policy/aws-service-role/")
    assert json.dumps(role["AssumeRolePolicyDocument"]).count("ecs.amazonaws.com") == 1
