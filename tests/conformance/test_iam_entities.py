"""Users, groups, roles and what hangs on them, as IAM answers boto3: names, paging, conflicts, texts."""

import json
from typing import Any

import pytest
from tests.access.harness import policy, statement, trust
from tests.fix_world import Keys, TestAccount, World
from tests.refusals import refused

DOCUMENT = json.dumps(policy(statement("Allow", ["s3:GetObject"])))
POWER_USER = "arn:aws:iam::aws:policy/PowerUserAccess"


@pytest.fixture
def account(shared_world: World) -> TestAccount:
    return shared_world.account(f"Entities {len(shared_world._clients)}")


@pytest.fixture
def iam(shared_world: World, account: TestAccount) -> Any:
    return shared_world.client("iam", account.admin)


class TestUsers:
    def test_a_user(self, iam: Any, account: TestAccount) -> None:
        made = iam.create_user(UserName="Ann", Path="/team/", Tags=[{"Key": "a", "Value": ""}])["User"]
        assert made["Arn"] == f"arn:aws:iam::{account.id}:user/team/Ann"
        assert made["UserId"].startswith("AIDA")
        assert iam.get_user(UserName="ann")["User"] == made
        assert refused(iam.create_user, UserName="ANN") == (
            "EntityAlreadyExists",
            "User with name ANN already exists.",
            409,
        )
        iam.update_user(UserName="Ann", NewUserName="Bob", NewPath="/")
        assert iam.get_user(UserName="Bob")["User"]["UserId"] == made["UserId"]
        assert refused(iam.get_user, UserName="Ann") == (
            "NoSuchEntity",
            "The user with name Ann cannot be found.",
            404,
        )
        iam.create_user(UserName="Ann")
        assert refused(iam.update_user, UserName="Ann", NewUserName="bob")[0] == "EntityAlreadyExists"

    def test_the_caller_without_a_name(self, shared_world: World, account: TestAccount, iam: Any) -> None:
        assert iam.get_user()["User"]["UserName"] == "admin"
        root = shared_world.client("iam", account.root).get_user()["User"]
        assert (root["UserId"], root["Arn"]) == (account.id, f"arn:aws:iam::{account.id}:root")

    def test_nothing_is_deleted_along_with_a_user(self, iam: Any) -> None:
        iam.create_user(UserName="u")
        iam.create_group(GroupName="g")
        obstacles: list[tuple[Any, Any, str]] = [
            (
                lambda: iam.attach_user_policy(UserName="u", PolicyArn=POWER_USER),
                lambda: iam.detach_user_policy(UserName="u", PolicyArn=POWER_USER),
                "detach all policies",
            ),
            (
                lambda: iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=DOCUMENT),
                lambda: iam.delete_user_policy(UserName="u", PolicyName="p"),
                "delete policies",
            ),
            (
                lambda: iam.add_user_to_group(UserName="u", GroupName="g"),
                lambda: iam.remove_user_from_group(UserName="u", GroupName="g"),
                "remove users from group",
            ),
        ]
        for put, take, words in obstacles:
            put()
            expected = ("DeleteConflict", f"Cannot delete entity, must {words} first.", 409)
            assert refused(iam.delete_user, UserName="u") == expected
            take()
        key = iam.create_access_key(UserName="u")["AccessKey"]["AccessKeyId"]
        assert (
            refused(iam.delete_user, UserName="u")[1]
            == "Cannot delete entity, must delete access keys first."
        )
        iam.delete_access_key(UserName="u", AccessKeyId=key)
        iam.delete_user(UserName="u")
        assert refused(iam.delete_user, UserName="u")[0] == "NoSuchEntity"

    def test_pages(self, iam: Any) -> None:
        names = {f"user{number:02}" for number in range(7)}
        for name in names:
            iam.create_user(UserName=name, Path="/paged/")
        pages = list(
            iam.get_paginator("list_users").paginate(PathPrefix="/paged/", PaginationConfig={"PageSize": 3})
        )
        assert [len(page["Users"]) for page in pages] == [3, 3, 1]
        assert {user["UserName"] for page in pages for user in page["Users"]} == names
        marker = iam.list_groups(MaxItems=1).get("Marker")
        assert marker is None
        code, _, _ = refused(iam.list_users, Marker="nonsense")
        assert code == "ValidationError"
        assert refused(iam.list_roles, Marker=pages[0]["Marker"])[0] == "ValidationError"

    @pytest.mark.parametrize("name", ["a b", "ü", "x" * 65, "a/b"])
    def test_names_that_cannot_be(self, iam: Any, name: str) -> None:
        code, message, status = refused(iam.create_user, UserName=name)
        assert (code, status) == ("ValidationError", 400)
        assert "at 'userName' failed to satisfy constraint: Member must" in message


class TestGroups:
    def test_a_group_and_its_members(self, iam: Any) -> None:
        made = iam.create_group(GroupName="Team")["Group"]
        iam.create_user(UserName="u1")
        iam.create_user(UserName="u2")
        for name in ("u1", "u2", "u1"):
            iam.add_user_to_group(GroupName="team", UserName=name)
        found = iam.get_group(GroupName="Team")
        assert found["Group"] == made
        assert [user["UserName"] for user in found["Users"]] == ["u1", "u2"]
        assert [group["GroupName"] for group in iam.list_groups_for_user(UserName="u1")["Groups"]] == ["Team"]
        assert refused(iam.delete_group, GroupName="Team")[0] == "DeleteConflict"
        iam.update_group(GroupName="Team", NewGroupName="Crew")
        assert iam.get_group(GroupName="Crew")["Group"]["GroupId"] == made["GroupId"]
        iam.remove_user_from_group(GroupName="Crew", UserName="u2")
        assert refused(iam.remove_user_from_group, GroupName="Crew", UserName="u2")[0] == "NoSuchEntity"

    def test_a_user_is_in_ten_groups_at_most(self, iam: Any) -> None:
        iam.create_user(UserName="busy")
        for number in range(11):
            iam.create_group(GroupName=f"g{number}")
        for number in range(10):
            iam.add_user_to_group(GroupName=f"g{number}", UserName="busy")
        assert refused(iam.add_user_to_group, GroupName="g10", UserName="busy") == (
            "LimitExceeded",
            "Cannot exceed quota for GroupsPerUser: 10",
            409,
        )


class TestRoles:
    def test_a_role(self, iam: Any, account: TestAccount) -> None:
        document = trust(account.id)
        made = iam.create_role(
            RoleName="R",
            Path="/app/",
            AssumeRolePolicyDocument=document,
            Description="d",
            MaxSessionDuration=7200,
        )["Role"]
        assert made["Arn"] == f"arn:aws:iam::{account.id}:role/app/R"
        expected = json.loads(document)
        expected["Statement"][0]["Principal"]["AWS"] = f"arn:aws:iam::{account.id}:root"
        assert made["AssumeRolePolicyDocument"] == expected
        role = iam.get_role(RoleName="R")["Role"]
        assert (role["MaxSessionDuration"], role["Description"], role["RoleLastUsed"]) == (7200, "d", {})
        iam.update_role(RoleName="R", Description="new", MaxSessionDuration=3600)
        iam.update_role_description(RoleName="R", Description="newer")
        role = iam.get_role(RoleName="R")["Role"]
        assert (role["MaxSessionDuration"], role["Description"]) == (3600, "newer")
        assert [role["RoleName"] for role in iam.list_roles(PathPrefix="/app/")["Roles"]] == ["R"]

    def test_a_deleted_and_created_user_is_not_trusted_again(
        self, shared_world: World, iam: Any, account: TestAccount
    ) -> None:
        keys = shared_world.user(account, "trusted")
        arn = f"arn:aws:iam::{account.id}:user/trusted"
        role = iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(arn))["Role"]["Arn"]
        sts = shared_world.client("sts", keys)
        assert sts.assume_role(RoleArn=role, RoleSessionName="test")
        principal = iam.get_role(RoleName="R")["Role"]["AssumeRolePolicyDocument"]["Statement"][0][
            "Principal"
        ]
        assert principal == {"AWS": arn}
        iam.delete_access_key(UserName="trusted", AccessKeyId=keys.id)
        iam.delete_user(UserName="trusted")
        again = shared_world.user(account, "trusted")
        principal = iam.get_role(RoleName="R")["Role"]["AssumeRolePolicyDocument"]["Statement"][0][
            "Principal"
        ]
        assert principal["AWS"].startswith("AIDA")
        assert refused(shared_world.client("sts", again).assume_role, RoleArn=role, RoleSessionName="test")[
            0
        ] == ("AccessDenied")

    def test_trust_policies_that_are_refused(self, iam: Any) -> None:
        for document, words in (
            (trust("222222222222"), 'Invalid principal in policy: "AWS":"222222222222"'),
            ("{}", "Syntax errors in policy."),
            (trust("*").replace("sts:AssumeRole", "s3:GetObject"), "may only specify STS AssumeRole actions"),
        ):
            code, message, _ = refused(iam.create_role, RoleName="Bad", AssumeRolePolicyDocument=document)
            assert code == "MalformedPolicyDocument"
            assert words in message
        assert refused(iam.get_role, RoleName="Bad")[0] == "NoSuchEntity"
        long = trust("*").replace('"Allow"', '"Allow", "Sid": "' + "x" * 2100 + '"')
        assert refused(iam.create_role, RoleName="Long", AssumeRolePolicyDocument=long) == (
            "LimitExceeded",
            "Cannot exceed quota for ACLSizePerRole: 2048",
            409,
        )

    def test_the_last_use_of_a_role_and_a_key(
        self, shared_world: World, iam: Any, account: TestAccount
    ) -> None:
        role = iam.create_role(RoleName="Used", AssumeRolePolicyDocument=trust(account.id))["Role"]["Arn"]
        sts = shared_world.client("sts", account.admin)
        session = Keys.of(sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"])
        shared_world.client("sts", session).get_caller_identity()
        iam.create_group(GroupName="flush")
        used = iam.get_role(RoleName="Used")["Role"]["RoleLastUsed"]
        assert used["Region"] == "us-east-1"
        last = iam.get_access_key_last_used(AccessKeyId=account.admin.id)
        assert last["UserName"] == "admin"
        assert last["AccessKeyLastUsed"]["ServiceName"] in ("iam", "sts")
        fresh = iam.create_access_key(UserName="admin")["AccessKey"]["AccessKeyId"]
        never = iam.get_access_key_last_used(AccessKeyId=fresh)["AccessKeyLastUsed"]
        assert (never["ServiceName"], never["Region"]) == ("N/A", "N/A")
        assert refused(iam.create_access_key, UserName="admin") == (
            "LimitExceeded",
            "Cannot exceed quota for AccessKeysPerUser: 2",
            409,
        )
        assert (
            refused(iam.update_access_key, UserName="admin", AccessKeyId=fresh, Status="Expired")[0]
            == "ValidationError"
        )
        assert refused(iam.delete_access_key, UserName="admin", AccessKeyId="A" * 20)[0] == "NoSuchEntity"


class TestManagedPolicies:
    def test_a_policy_and_its_versions(self, iam: Any, account: TestAccount) -> None:
        made = iam.create_policy(PolicyName="P", PolicyDocument=DOCUMENT, Description="d")["Policy"]
        arn = made["Arn"]
        assert (made["DefaultVersionId"], made["AttachmentCount"]) == ("v1", 0)
        assert refused(iam.create_policy, PolicyName="p", PolicyDocument=DOCUMENT)[1] == (
            "A policy called p already exists. Duplicate names are not allowed."
        )
        for number in range(2, 6):
            version = iam.create_policy_version(
                PolicyArn=arn, PolicyDocument=DOCUMENT, SetAsDefault=number == 3
            )
            assert version["PolicyVersion"]["VersionId"] == f"v{number}"
        code, message, _ = refused(iam.create_policy_version, PolicyArn=arn, PolicyDocument=DOCUMENT)
        assert (code, message[:45]) == ("LimitExceeded", "A managed policy can have up to 5 versions. B")
        assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v3"
        assert refused(iam.delete_policy_version, PolicyArn=arn, VersionId="v3") == (
            "DeleteConflict",
            "Cannot delete the default version of a policy.",
            409,
        )
        iam.delete_policy_version(PolicyArn=arn, VersionId="v5")
        assert (
            iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT)["PolicyVersion"]["VersionId"]
            == "v6"
        )
        versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
        assert [one["VersionId"] for one in versions] == ["v6", "v4", "v3", "v2", "v1"]
        iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
        assert refused(iam.delete_policy, PolicyArn=arn)[1].startswith(
            "This policy has more than one version."
        )
        assert refused(iam.get_policy_version, PolicyArn=arn, VersionId="v9")[0] == "NoSuchEntity"
        assert iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"][
            "Document"
        ] == json.loads(DOCUMENT)

    def test_a_policy_in_use_is_not_deleted(self, iam: Any) -> None:
        arn = iam.create_policy(PolicyName="Used", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
        iam.create_user(UserName="u")
        iam.create_group(GroupName="g")
        iam.attach_user_policy(UserName="u", PolicyArn=arn)
        iam.attach_group_policy(GroupName="g", PolicyArn=arn)
        entities = iam.list_entities_for_policy(PolicyArn=arn)
        assert [one["UserName"] for one in entities["PolicyUsers"]] == ["u"]
        assert [one["GroupName"] for one in entities["PolicyGroups"]] == ["g"]
        assert iam.list_entities_for_policy(PolicyArn=arn, EntityFilter="Role")["PolicyUsers"] == []
        assert refused(iam.delete_policy, PolicyArn=arn)[1] == "Cannot delete a policy attached to entities."
        assert [one["Arn"] for one in iam.list_policies(Scope="Local", OnlyAttached=True)["Policies"]] == [
            arn
        ]
        iam.detach_user_policy(UserName="u", PolicyArn=arn)
        iam.detach_group_policy(GroupName="g", PolicyArn=arn)
        iam.put_user_permissions_boundary(UserName="u", PermissionsBoundary=arn)
        found = iam.get_policy(PolicyArn=arn)["Policy"]
        assert (found["AttachmentCount"], found["PermissionsBoundaryUsageCount"]) == (0, 1)
        assert iam.list_entities_for_policy(PolicyArn=arn, PolicyUsageFilter="PermissionsBoundary")[
            "PolicyUsers"
        ]
        assert iam.list_policies(Scope="Local", PolicyUsageFilter="PermissionsBoundary")["Policies"]
        assert not iam.list_policies(Scope="Local", PolicyUsageFilter="PermissionsPolicy")["Policies"]
        assert refused(iam.delete_policy, PolicyArn=arn)[0] == "DeleteConflict"
        iam.delete_user_permissions_boundary(UserName="u")
        assert refused(iam.delete_user_permissions_boundary, UserName="u")[0] == "NoSuchEntity"
        iam.delete_policy(PolicyArn=arn)
        assert refused(iam.get_policy, PolicyArn=arn)[0] == "NoSuchEntity"
        assert refused(iam.attach_user_policy, UserName="u", PolicyArn=arn)[1].endswith(
            "does not exist or is not attachable."
        )
        assert refused(iam.detach_user_policy, UserName="u", PolicyArn=arn)[0] == "NoSuchEntity"

    def test_awss_own(self, iam: Any) -> None:
        found = iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")["Policy"]
        version = iam.get_policy_version(PolicyArn=found["Arn"], VersionId=found["DefaultVersionId"])[
            "PolicyVersion"
        ]
        assert version["Document"]["Statement"] == [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
        assert iam.list_policy_versions(PolicyArn=found["Arn"])["Versions"][0]["IsDefaultVersion"] is True
        names = {
            policy["PolicyName"]
            for page in iam.get_paginator("list_policies").paginate(Scope="AWS")
            for policy in page["Policies"]
        }
        wanted = (
            "AdministratorAccess PowerUserAccess ReadOnlyAccess SecurityAudit IAMFullAccess IAMReadOnlyAccess"
        )
        assert {*wanted.split(), "ViewOnlyAccess", "AmazonS3FullAccess", "AmazonS3ReadOnlyAccess"} <= names
        assert refused(iam.delete_policy, PolicyArn=found["Arn"])[0] == "AccessDenied"
        assert refused(iam.get_policy, PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicy")[0] == "NoSuchEntity"
        assert refused(iam.get_policy_version, PolicyArn=found["Arn"], VersionId="v99")[0] == "NoSuchEntity"

    def test_sizes(self, iam: Any) -> None:
        def sized(size: int) -> str:
            bare = json.dumps(policy(statement("Allow", ["s3:Get"])), separators=(",", ":"))
            return bare.replace("s3:Get", "s3:Get" + "x" * (size - len(bare)))

        iam.create_policy(PolicyName="fits", PolicyDocument=sized(6144).replace(",", " , "))
        assert refused(iam.create_policy, PolicyName="large", PolicyDocument=sized(6145)) == (
            "LimitExceeded",
            "Cannot exceed quota for PolicySize: 6144",
            409,
        )
        iam.create_user(UserName="u")
        iam.put_user_policy(UserName="u", PolicyName="a", PolicyDocument=sized(1024))
        iam.put_user_policy(UserName="u", PolicyName="b", PolicyDocument=sized(1024))
        assert refused(iam.put_user_policy, UserName="u", PolicyName="c", PolicyDocument=sized(100)) == (
            "LimitExceeded",
            "Maximum policy size of 2048 bytes exceeded for user u",
            409,
        )

    def test_ten_policies_at_most(self, iam: Any) -> None:
        iam.create_user(UserName="u")
        for number in range(11):
            arn = iam.create_policy(PolicyName=f"P{number}", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
            if number < 10:
                iam.attach_user_policy(UserName="u", PolicyArn=arn)
                iam.attach_user_policy(UserName="u", PolicyArn=arn)
        assert (
            refused(iam.attach_user_policy, UserName="u", PolicyArn=arn)[1]
            == "Cannot exceed quota for PoliciesPerUser: 10"
        )
        pages = iam.get_paginator("list_attached_user_policies").paginate(
            UserName="u", PaginationConfig={"PageSize": 4}
        )
        assert sum(len(page["AttachedPolicies"]) for page in pages) == 10

    def test_what_is_no_policy_arn(self, iam: Any) -> None:
        for text in (
            "x" * 20,
            "arn:aws:s3:::policy/something",
            "arn:aws-cn:iam::aws:policy/AdministratorAccess",
        ):
            assert refused(iam.get_policy, PolicyArn=text)[0] in ("ValidationError", "NoSuchEntity")


class TestInline:
    def test_documents_come_back_as_they_were_sent(
        self, iam: Any, shared_world: World, account: TestAccount
    ) -> None:
        iam.create_user(UserName="u")
        text = (
            '{"Version": "2012-10-17",\n "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
        )
        iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=text)
        assert iam.get_user_policy(UserName="u", PolicyName="p")["PolicyDocument"] == json.loads(text)
        with shared_world.opened.store.snapshot() as db:
            user = db.users.get(account.id, "u")
            assert user is not None
            assert [one.document for one in db.inline_policies.page(user.id)] == [text]
        assert iam.list_user_policies(UserName="u")["PolicyNames"] == ["p"]
        assert refused(iam.get_user_policy, UserName="u", PolicyName="q") == (
            "NoSuchEntity",
            "The user policy with name q cannot be found.",
            404,
        )
        assert refused(iam.delete_user_policy, UserName="u", PolicyName="q")[0] == "NoSuchEntity"
        assert refused(iam.put_user_policy, UserName="u", PolicyName="p", PolicyDocument="{}") == (
            "MalformedPolicyDocument",
            "Syntax errors in policy.",
            400,
        )


class TestTags:
    def test_keys_compare_ignoring_case(self, iam: Any) -> None:
        iam.create_user(UserName="u")
        iam.tag_user(UserName="u", Tags=[{"Key": "Team", "Value": "blue"}, {"Key": "b", "Value": ""}])
        iam.tag_user(UserName="u", Tags=[{"Key": "TEAM", "Value": "red"}])
        assert iam.list_user_tags(UserName="u")["Tags"] == [
            {"Key": "TEAM", "Value": "red"},
            {"Key": "b", "Value": ""},
        ]
        assert iam.get_user(UserName="u")["User"]["Tags"] == iam.list_user_tags(UserName="u")["Tags"]
        iam.untag_user(UserName="u", TagKeys=["team"])
        assert iam.list_user_tags(UserName="u")["Tags"] == [{"Key": "b", "Value": ""}]
        pages = iam.list_user_tags(UserName="u", MaxItems=1)
        assert pages["IsTruncated"] is False
        twice = [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}]
        assert refused(iam.tag_user, UserName="u", Tags=twice)[1] == (
            "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        )
        assert refused(iam.tag_user, UserName="u", Tags=[{"Key": "aws:x", "Value": ""}])[0] == "InvalidInput"
        many = [{"Key": f"k{number}", "Value": ""} for number in range(50)]
        assert refused(iam.tag_user, UserName="u", Tags=many)[0] == "LimitExceeded"


class TestAccountItself:
    def test_alias_and_summary(self, shared_world: World, iam: Any) -> None:
        assert iam.list_account_aliases()["AccountAliases"] == []
        iam.create_account_alias(AccountAlias="first-alias")
        iam.create_account_alias(AccountAlias="my-alias")
        assert iam.list_account_aliases()["AccountAliases"] == ["my-alias"]
        other = shared_world.client("iam", shared_world.account("Other alias").admin)
        assert refused(other.create_account_alias, AccountAlias="my-alias") == (
            "EntityAlreadyExists",
            "The account alias my-alias already exists.",
            409,
        )
        assert refused(iam.create_account_alias, AccountAlias="123456789012")[0] in (
            "InvalidInput",
            "ValidationError",
        )
        assert refused(iam.delete_account_alias, AccountAlias="first-alias")[0] == "NoSuchEntity"
        iam.delete_account_alias(AccountAlias="my-alias")
        summary = iam.get_account_summary()["SummaryMap"]
        assert (summary["Users"], summary["AccountAccessKeysPresent"], summary["UsersQuota"]) == (1, 1, 5000)
