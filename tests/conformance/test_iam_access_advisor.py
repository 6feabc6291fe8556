"""The access advisor: what somebody can reach, and what was really tried."""

import contextlib
import json
from typing import Any

import pytest
from tests.access.harness import policy, statement
from tests.conformance.fix_iam import POWER_USER, Home, missing
from tests.fix_world import Keys
from tests.refusals import refused

S3_AND_IAM = policy(statement("Allow", ["s3:Get*", "s3:List*", "iam:ListUsers"]))


def details(iam: Any, arn: str, level: str = "SERVICE_LEVEL", **more: Any) -> dict[str, Any]:
    job = iam.generate_service_last_accessed_details(Arn=arn, Granularity=level)["JobId"]
    found: dict[str, Any] = iam.get_service_last_accessed_details(JobId=job, **more)
    assert (found["JobStatus"], found["JobType"]) == ("COMPLETED", level)
    return found


def services(iam: Any, arn: str, level: str = "SERVICE_LEVEL") -> dict[str, Any]:
    return {one["ServiceNamespace"]: one for one in details(iam, arn, level)["ServicesLastAccessed"]}


def entities(iam: Any, arn: str, service: str, **more: Any) -> list[Any]:
    job = iam.generate_service_last_accessed_details(Arn=arn)["JobId"]
    answer = iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace=service, **more)
    found: list[Any] = answer["EntityDetailsList"]
    return found


@pytest.fixture
def ann(home: Home) -> Keys:
    return home.world.user(home.account, "ann", S3_AND_IAM)


def lists_buckets(home: Home, keys: Keys) -> None:
    """Tries, whether permitted or not, and lets the notes be written."""
    client = home.world.client("s3", keys, region="eu-west-1")
    with contextlib.suppress(client.exceptions.ClientError):
        client.list_buckets()
    home.iam.tag_user(UserName="admin", Tags=[{"Key": "t", "Value": str(home.world.clock.now)}])


class TestReports:
    def test_of_a_user(self, home: Home, ann: Keys) -> None:
        arn = home.arn("user/ann")
        never = services(home.iam, arn)
        assert list(never) == ["iam", "s3"]
        assert never["s3"] == {
            "ServiceName": "Amazon S3",
            "ServiceNamespace": "s3",
            "TotalAuthenticatedEntities": 0,
        }
        lists_buckets(home, ann)
        used = services(home.iam, arn)["s3"]
        assert used["LastAuthenticated"].timestamp() == int(home.world.clock.now)
        assert (used["LastAuthenticatedEntity"], used["LastAuthenticatedRegion"]) == (arn, "eu-west-1")
        assert used["TotalAuthenticatedEntities"] == 1

    def test_by_action(self, home: Home, ann: Keys) -> None:
        lists_buckets(home, ann)
        refused(home.world.client("s3", ann).create_bucket, Bucket=f"b-{home.account.id}")
        lists_buckets(home, ann)
        found = services(home.iam, home.arn("user/ann"), "ACTION_LEVEL")
        actions = {one["ActionName"]: one for one in found["s3"]["TrackedActionsLastAccessed"]}
        assert list(actions) == ["CreateBucket", "ListAllMyBuckets"]  # the refused one was tried, too
        assert actions["ListAllMyBuckets"]["LastAccessedRegion"] == "eu-west-1"
        assert found["iam"]["TrackedActionsLastAccessed"] == []

    def test_of_a_group_and_a_policy(self, home: Home, ann: Keys) -> None:
        iam = home.iam
        home.world.user(home.account, "bob")
        iam.create_group(GroupName="devs")
        arn = iam.create_policy(PolicyName="p", PolicyDocument=json.dumps(S3_AND_IAM))["Policy"]["Arn"]
        iam.attach_group_policy(GroupName="devs", PolicyArn=arn)
        iam.attach_user_policy(UserName="bob", PolicyArn=arn)
        for name in ("ann", "bob"):
            iam.add_user_to_group(GroupName="devs", UserName=name)
        lists_buckets(home, ann)
        for about in (home.arn("group/devs"), arn):
            assert services(iam, about)["s3"]["LastAuthenticatedEntity"] == home.arn("user/ann")
            first, second = entities(iam, about, "s3")
            assert first["EntityInfo"]["Arn"] == home.arn("user/ann") and first["LastAuthenticated"]
            assert (second["EntityInfo"]["Name"], second["EntityInfo"]["Type"]) == ("bob", "USER")
            assert "LastAuthenticated" not in second

    def test_of_a_role(self, home: Home) -> None:
        session = home.session("R", statement("Allow", ["s3:*"]))
        lists_buckets(home, session)
        (found,) = entities(home.iam, home.arn("role/R"), "s3")
        assert found["EntityInfo"]["Type"] == "ROLE" and found["LastAuthenticated"]
        assert home.iam.get_role(RoleName="R")["Role"]["RoleLastUsed"]["Region"] == "eu-west-1"

    def test_of_a_policy_of_aws(self, home: Home) -> None:
        names = {one["ServiceNamespace"] for one in self.whole(home, POWER_USER)}
        assert {"s3", "ec2", "iam"} <= names
        assert entities(home.iam, POWER_USER, "s3") == []

    def whole(self, home: Home, arn: str) -> list[Any]:
        job = home.iam.generate_service_last_accessed_details(Arn=arn)["JobId"]
        found: list[Any] = []
        more: dict[str, Any] = {}
        while True:
            answer = home.iam.get_service_last_accessed_details(JobId=job, MaxItems=150, **more)
            found += answer["ServicesLastAccessed"]
            if not answer["IsTruncated"]:
                return found
            more = {"Marker": answer["Marker"]}

    def test_what_is_denied_altogether_is_not_reached(self, home: Home) -> None:
        home.user(
            "u",
            statement("Allow", ["*"]),
            statement("Deny", ["s3:*", "ec2:RunInstances"]),
            {"Effect": "Deny", "NotAction": ["ec2:*", "iam:*", "s3:*", "sqs:*"], "Resource": "*"},
            {**statement("Deny", ["sqs:*"]), "Resource": "arn:aws:sqs:*:*:one"},
        )
        assert list(services(home.iam, home.arn("user/u"))) == ["ec2", "iam", "sqs"]
        allow = {"Effect": "Allow", "NotAction": ["s3:*", "iam:CreateUser"], "Resource": "*"}
        home.user("v", allow, {"Effect": "Deny", "NotAction": "*", "Resource": "*"})
        names = {one["ServiceNamespace"] for one in self.whole(home, home.arn("user/v"))}
        assert "iam" in names and "ec2" in names and "s3" not in names
        home.user("w", statement("Allow", ["*"]), statement("Deny", ["*"]))
        assert services(home.iam, home.arn("user/w")) == {}

    def test_whose_it_is(self, home: Home, ann: Keys) -> None:
        arn = home.arn("user/ann")
        job = home.iam.generate_service_last_accessed_details(Arn=arn)["JobId"]
        assert home.iam.generate_service_last_accessed_details(Arn=arn)["JobId"] == job
        stranger = home.as_(home.account.root)
        absent = ("NoSuchEntity", f"No job with id {job} was found.", 404)
        assert refused(stranger.get_service_last_accessed_details, JobId=job) == absent
        got = refused(
            stranger.get_service_last_accessed_details_with_entities, JobId=job, ServiceNamespace="s3"
        )
        assert got == absent

    def test_what_is_not_there(self, home: Home) -> None:
        generate = home.iam.generate_service_last_accessed_details
        assert refused(generate, Arn=home.arn("user/nobody")) == missing("user", "nobody")
        assert refused(generate, Arn=home.arn("policy/none"))[0] == "NoSuchEntity"
        assert refused(generate, Arn="arn:aws:s3:::bucket-name-of-20")[0] in {"AccessDenied", "InvalidInput"}

    def test_a_deleted_users_past_is_forgotten(self, home: Home, ann: Keys) -> None:
        lists_buckets(home, ann)
        iam = home.iam
        iam.delete_access_key(UserName="ann", AccessKeyId=ann.id)
        iam.delete_user_policy(UserName="ann", PolicyName="test")
        user = iam.get_user(UserName="ann")["User"]["UserId"]
        with home.world.opened.store.snapshot() as db:
            assert db.action_uses.page(user)
        iam.delete_user(UserName="ann")
        with home.world.opened.store.snapshot() as db:
            assert not db.action_uses.page(user)


class TestGrantingPolicies:
    def test_of_a_user_and_its_groups(self, home: Home) -> None:
        home.user("u", statement("Allow", ["s3:GetObject"]))
        home.iam.create_group(GroupName="g")
        home.iam.put_group_policy(
            GroupName="g", PolicyName="in", PolicyDocument=json.dumps(policy(statement("Allow", ["s3:*"])))
        )
        home.iam.add_user_to_group(GroupName="g", UserName="u")
        home.iam.attach_user_policy(UserName="u", PolicyArn=POWER_USER)
        answer = home.iam.list_policies_granting_service_access(
            Arn=home.arn("user/u"), ServiceNamespaces=["s3", "account"]
        )
        s3, account = answer["PoliciesGrantingServiceAccess"]
        by_name = {one["PolicyName"]: one for one in s3["Policies"]}
        assert by_name == {
            "test": {
                "PolicyName": "test",
                "PolicyType": "INLINE",
                "EntityType": "USER",
                "EntityName": "u",
            },
            "PowerUserAccess": {
                "PolicyName": "PowerUserAccess",
                "PolicyType": "MANAGED",
                "PolicyArn": POWER_USER,
            },
            "in": {"PolicyName": "in", "PolicyType": "INLINE", "EntityType": "GROUP", "EntityName": "g"},
        }
        assert [one["PolicyName"] for one in account["Policies"]] == ["PowerUserAccess"]
        got = refused(
            home.iam.list_policies_granting_service_access,
            Arn=home.arn("user/nobody"),
            ServiceNamespaces=["s3"],
        )
        assert got == missing("user", "nobody")
