"""SimulatePrincipalPolicy over the wire: whose policies, which boundary, whose trust."""

import json
from typing import Any

import pytest
from tests.access.harness import policy, statement, trust
from tests.conformance.fix_iam import Home, home
from tests.conformance.simulations import (
    ADMINISTRATOR,
    OBJECT,
    READ_TEXT,
    conditional,
    decision,
    entry,
    simulated,
    sources,
)
from tests.refusals import refused

__all__ = ["home"]


class TestPrincipal:
    def test_a_user_with_all_its_groups_policies(self, home: Home) -> None:
        home.user("ann", statement("Allow", ["s3:GetObject"], "arn:aws:s3:::photos/*"))
        home.iam.create_group(GroupName="staff")
        home.iam.add_user_to_group(GroupName="staff", UserName="ann")
        home.iam.put_group_policy(
            GroupName="staff",
            PolicyName="listing",
            PolicyDocument=json.dumps(policy(statement("Allow", ["s3:ListBucket"]))),
        )
        home.iam.attach_group_policy(GroupName="staff", PolicyArn=home.managed("reading"))
        read, listing, write = simulated(
            home, "user/ann", "s3:GetObject", "s3:ListBucket", "s3:PutObject", ResourceArns=[OBJECT]
        )
        assert [decision(one) for one in (read, listing, write)] == ["allowed", "allowed", "implicitDeny"]
        assert sources(read) == ["user_ann_test", "reading"]
        assert sources(listing) == ["group_staff_listing"]
        assert write["MatchedStatements"] == []
        assert {one["SourcePolicyType"] for one in read["MatchedStatements"]} == {"IAM Policy"}

    def test_a_group_and_a_role(self, home: Home) -> None:
        home.iam.create_group(GroupName="staff", Path="/a/")
        home.iam.attach_group_policy(GroupName="staff", PolicyArn=ADMINISTRATOR)
        home.iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust(home.account.id))
        home.iam.put_role_policy(RoleName="worker", PolicyName="reading", PolicyDocument=READ_TEXT)
        (group,) = simulated(home, "group/a/staff", "ec2:RunInstances")
        (role,) = simulated(home, "role/worker", "s3:GetObject", ResourceArns=[OBJECT])
        assert (decision(group), sources(group)) == ("allowed", ["AdministratorAccess"])
        assert (decision(role), sources(role)) == ("allowed", ["role_worker_reading"])

    def test_a_deny_is_the_only_statement_told(self, home: Home) -> None:
        home.user("ann", statement("Allow", ["*"]), statement("Deny", ["s3:*"]))
        (result,) = simulated(home, "user/ann", "s3:GetObject")
        assert decision(result) == "explicitDeny"
        assert len(result["MatchedStatements"]) == 1

    def test_what_is_known_of_the_principal_is_not_missing(self, home: Home) -> None:
        home.user("ann")
        home.iam.tag_user(UserName="ann", Tags=[{"Key": "Team", "Value": "blue"}])
        document = policy(
            {
                **statement("Allow", ["s3:GetObject"], "arn:aws:s3:::photos/${aws:username}/*"),
                "Condition": {
                    "StringEquals": {
                        "aws:PrincipalTag/team": "blue",
                        "aws:userid": home.iam.get_user(UserName="ann")["User"]["UserId"],
                        "aws:PrincipalAccount": home.account.id,
                        "aws:ResourceAccount": home.account.id,
                        "s3:ResourceAccount": home.account.id,
                    },
                    "DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"},
                    "IpAddress": {"aws:SourceIp": "10.0.0.0/8"},
                },
            }
        )
        home.iam.put_user_policy(UserName="ann", PolicyName="own", PolicyDocument=json.dumps(document))
        mine = "arn:aws:s3:::photos/ann/cat.jpg"
        (without,) = simulated(home, "user/ann", "s3:GetObject", ResourceArns=[mine])
        assert decision(without) == "implicitDeny"
        assert without["MissingContextValues"] == ["aws:SourceIp"]
        assert without["ResourceSpecificResults"][0]["MissingContextValues"] == ["aws:SourceIp"]
        inside = [entry("aws:sourceip", "10.1.2.3", kind="ip")]
        (given,) = simulated(home, "user/ann", "s3:GetObject", ResourceArns=[mine], ContextEntries=inside)
        assert decision(given) == "allowed"
        assert given["MissingContextValues"] == []
        other = [*inside, entry("aws:username", "bob")]
        (as_bob,) = simulated(home, "user/ann", "s3:GetObject", ResourceArns=[mine], ContextEntries=other)
        assert decision(as_bob) == "implicitDeny"

    def test_a_group_has_no_name_and_a_role_no_session(self, home: Home) -> None:
        home.iam.create_group(GroupName="staff")
        home.iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust(home.account.id))
        keys = ("aws:username", "aws:userid", "aws:PrincipalArn", "aws:PrincipalAccount")
        text = json.dumps(policy(*(conditional("StringLike", key, "*")["Statement"][0] for key in keys)))
        (group,) = simulated(home, "group/staff", "s3:GetObject", PolicyInputList=[text])
        (role,) = simulated(home, "role/worker", "s3:GetObject", PolicyInputList=[text])
        assert group["MissingContextValues"] == ["aws:username", "aws:userid", "aws:PrincipalArn"]
        assert role["MissingContextValues"] == ["aws:username", "aws:userid"]

    def test_further_policies(self, home: Home) -> None:
        home.user("ann")
        (result,) = simulated(
            home, "user/ann", "s3:GetObject", PolicyInputList=[READ_TEXT], ResourceArns=[OBJECT]
        )
        assert (decision(result), sources(result)) == ("allowed", ["PolicyInputList.1"])

    def test_as_another_caller(self, home: Home) -> None:
        """AWS's own example: calling as Bob, as if Bob had David's policies."""
        home.user("david", statement("Allow", ["s3:GetObject"], "arn:aws:s3:::photos/${aws:username}"))
        home.user("bob")
        mine = "arn:aws:s3:::photos/bob"
        (as_david,) = simulated(home, "user/david", "s3:GetObject", ResourceArns=[mine])
        bob = home.arn("user/bob")
        (as_bob,) = simulated(home, "user/david", "s3:GetObject", ResourceArns=[mine], CallerArn=bob)
        assert [decision(as_david), decision(as_bob)] == ["implicitDeny", "allowed"]

    def test_tags_of_the_accounts_own_things(self, home: Home) -> None:
        home.user(
            "ann",
            {
                **statement("Allow", ["iam:DeleteUser", "iam:DeletePolicyVersion"]),
                "Condition": {
                    "StringEquals": {"iam:ResourceTag/team": "blue", "aws:ResourceTag/Team": "blue"}
                },
            },
            {
                **statement("Allow", ["iam:DeletePolicy"]),
                "Condition": {
                    "StringEquals": {"aws:ResourceTag/Team": "blue"},
                    "Null": {"iam:ResourceTag/team": "true"},
                },
            },
        )
        tags = [{"Key": "Team", "Value": "blue"}]
        home.iam.create_user(UserName="tagged", Tags=tags)
        home.iam.create_user(UserName="plain")
        tagged = home.managed("reading", Tags=tags)
        (users,) = simulated(
            home, "user/ann", "iam:DeleteUser", ResourceArns=[home.arn("user/tagged"), home.arn("user/plain")]
        )
        words = [one["EvalResourceDecision"] for one in users["ResourceSpecificResults"]]
        assert words == ["allowed", "implicitDeny"]
        assert decision(users) == "implicitDeny"
        deleted = simulated(
            home, "user/ann", "iam:DeletePolicy", "iam:DeletePolicyVersion", ResourceArns=[tagged]
        )
        assert [decision(one) for one in deleted] == ["allowed", "implicitDeny"]


class TestBoundaries:
    def test_the_entitys_own(self, home: Home) -> None:
        home.user("ann", statement("Allow", ["s3:*"]))
        home.iam.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=home.managed("reading"))
        read, write = simulated(home, "user/ann", "s3:GetObject", "s3:PutObject")
        assert [decision(read), decision(write)] == ["allowed", "implicitDeny"]
        allowed = [
            one["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"] for one in (read, write)
        ]
        assert allowed == [True, False]

    def test_another_in_its_place(self, home: Home) -> None:
        home.user("ann", statement("Allow", ["s3:*"]))
        home.iam.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=home.managed("reading"))
        wide = json.dumps(policy(statement("Allow", ["s3:PutObject"]), statement("Deny", ["s3:GetObject"])))
        read, write = simulated(
            home, "user/ann", "s3:GetObject", "s3:PutObject", PermissionsBoundaryPolicyInputList=[wide]
        )
        assert [decision(read), decision(write)] == ["explicitDeny", "allowed"]
        assert read["MatchedStatements"] == []

    def test_there_is_but_one(self, home: Home) -> None:
        home.user("ann")
        code, message, _ = refused(
            home.iam.simulate_principal_policy,
            PolicySourceArn=home.arn("user/ann"),
            ActionNames=["s3:GetObject"],
            PermissionsBoundaryPolicyInputList=[READ_TEXT, READ_TEXT],
        )
        assert (code, message) == ("InvalidInput", "Only one permissions boundary policy can be given.")

    def test_per_resource(self, home: Home) -> None:
        home.user("ann", statement("Allow", ["s3:*"]))
        result = simulated(
            home,
            "user/ann",
            "s3:GetObject",
            ResourceArns=[OBJECT, "arn:aws:s3:::other/x"],
            PermissionsBoundaryPolicyInputList=[READ_TEXT],
        )[0]
        inside, outside = result["ResourceSpecificResults"]
        assert inside["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": True}
        assert outside["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
        assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}


class TestExclusions:
    @pytest.mark.parametrize(
        ("exclusion", "left"),
        [
            ({"PolicyType": "inline"}, ["AdministratorAccess", "reading"]),
            ({"PolicyType": "aws-managed"}, ["user_ann_test", "reading"]),
            ({"PolicyType": "user-managed"}, ["user_ann_test", "AdministratorAccess"]),
            ({"PolicyType": "scp"}, ["user_ann_test", "AdministratorAccess", "reading"]),
            ({"PolicyArn": "arn:aws:iam::aws:policy/Administrator*"}, ["user_ann_test", "reading"]),
            (
                {
                    "InlinePolicyIdentifier": {
                        "PolicyName": "test",
                        "AttachmentType": "user",
                        "AttachmentName": "a",
                    }
                },
                ["user_ann_test", "AdministratorAccess", "reading"],
            ),
        ],
    )
    def test_what_is_left(self, home: Home, exclusion: dict[str, Any], left: list[str]) -> None:
        home.user("ann", statement("Allow", ["s3:*"]))
        home.iam.attach_user_policy(UserName="ann", PolicyArn=ADMINISTRATOR)
        home.iam.attach_user_policy(UserName="ann", PolicyArn=home.managed("reading"))
        (result,) = simulated(home, "user/ann", "s3:GetObject", PolicyExclusionList=[exclusion])
        assert sorted(sources(result)) == sorted(left)

    def test_an_inline_policy_by_whose_it_is(self, home: Home) -> None:
        home.user("ann", statement("Allow", ["s3:*"]))
        named = {"PolicyName": "test", "AttachmentType": "user", "AttachmentName": "ann"}
        for one, word in ((named, "implicitDeny"), ({**named, "AttachmentType": "group"}, "allowed")):
            excluded = [{"InlinePolicyIdentifier": one}]
            (result,) = simulated(home, "user/ann", "s3:GetObject", PolicyExclusionList=excluded)
            assert decision(result) == word

    def test_the_boundary(self, home: Home) -> None:
        home.user("ann", statement("Allow", ["s3:*"]))
        home.iam.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=home.managed("reading"))
        (result,) = simulated(
            home, "user/ann", "s3:PutObject", PolicyExclusionList=[{"PolicyType": "permission-boundary"}]
        )
        assert decision(result) == "allowed"
        assert "PermissionsBoundaryDecisionDetail" not in result

    @pytest.mark.parametrize(
        "exclusion",
        [
            {"PolicyArn": "not an arn but long enough"},
            {"PolicyArn": "arn:aws:iam::*:policy/reading"},
            {"PolicyArn": "arn:aws:iam::aws:policy/*Admin*"},
            {"PolicyArn": "arn:aws:iam::aws:policy/Administrator*", "PolicyType": "scp"},
        ],
    )
    def test_identifiers_that_may_not_be(self, home: Home, exclusion: dict[str, Any]) -> None:
        home.user("ann")
        unchecked = home.world.client("iam", home.account.admin, parameter_validation=False)
        code, _, status = refused(
            unchecked.simulate_principal_policy,
            PolicySourceArn=home.arn("user/ann"),
            ActionNames=["s3:GetObject"],
            PolicyExclusionList=[exclusion],
        )
        assert (code, status) == ("InvalidInput", 400)


class TestTrust:
    """Roles of the account are assumed by their own trust policy, as they are there."""

    def test_both_sides_have_their_say(self, home: Home) -> None:
        home.user("ann", statement("Allow", ["sts:AssumeRole"], home.arn("role/*")))
        home.user("bob")
        home.iam.create_role(RoleName="ours", AssumeRolePolicyDocument=trust(home.account.id))
        home.iam.create_role(RoleName="hers", AssumeRolePolicyDocument=trust(home.arn("user/ann")))
        home.iam.create_role(RoleName="bobs", AssumeRolePolicyDocument=trust(home.arn("user/bob")))
        roles = [home.arn(f"role/{name}") for name in ("ours", "hers", "bobs", "missing")]
        (ann,) = simulated(home, "user/ann", "sts:AssumeRole", ResourceArns=roles)
        (bob,) = simulated(home, "user/bob", "sts:AssumeRole", ResourceArns=roles)
        words = [
            [result["EvalResourceDecision"] for result in one["ResourceSpecificResults"]]
            for one in (ann, bob)
        ]
        assert words == [
            ["allowed", "allowed", "implicitDeny", "implicitDeny"],
            ["implicitDeny", "implicitDeny", "allowed", "implicitDeny"],
        ]
        assert sources(ann["ResourceSpecificResults"][1]) == ["hers", "user_ann_test"]

    def test_positions_are_those_of_the_policy_as_it_is_shown(self, home: Home) -> None:
        home.user("ann")
        text = trust(home.arn("user/ann"))
        home.iam.create_role(RoleName="hers", AssumeRolePolicyDocument=text)
        (result,) = simulated(home, "user/ann", "sts:AssumeRole", ResourceArns=[home.arn("role/hers")])
        (matched,) = result["MatchedStatements"]
        assert matched["SourcePolicyType"] == "Resource Policy"
        assert matched["EndPosition"] == {"Line": 1, "Column": len(text) - 1}

    def test_external_ids_are_given(self, home: Home) -> None:
        home.user("ann")
        document = json.loads(trust(home.arn("user/ann")))
        document["Statement"][0]["Condition"] = {"StringEquals": {"sts:ExternalId": "secret"}}
        home.iam.create_role(RoleName="hers", AssumeRolePolicyDocument=json.dumps(document))
        role = [home.arn("role/hers")]
        (without,) = simulated(home, "user/ann", "sts:AssumeRole", ResourceArns=role)
        (given,) = simulated(
            home,
            "user/ann",
            "sts:AssumeRole",
            ResourceArns=role,
            ContextEntries=[entry("sts:ExternalId", "secret")],
        )
        assert [decision(without), decision(given)] == ["implicitDeny", "allowed"]
        assert without["MissingContextValues"] == ["sts:ExternalId"]
        assert without["ResourceSpecificResults"][0]["MissingContextValues"] == ["sts:ExternalId"]
        assert given["MissingContextValues"] == []

    def test_chained_roles(self, home: Home) -> None:
        home.iam.create_role(RoleName="first", AssumeRolePolicyDocument=trust(home.account.id))
        home.iam.create_role(RoleName="second", AssumeRolePolicyDocument=trust(home.arn("role/first")))
        (result,) = simulated(home, "role/first", "sts:AssumeRole", ResourceArns=[home.arn("role/second")])
        assert decision(result) == "allowed"

    def test_of_another_accounts_role_nothing_is_told_but_what_is_given(self, home: Home) -> None:
        other = home.world.account(f"Other than {home.account.id}")
        home.user("ann", statement("Allow", ["sts:AssumeRole"]))
        role = f"arn:aws:iam::{other.id}:role/theirs"
        trusting = trust(home.account.id)
        home.world.client("iam", other.admin).create_role(
            RoleName="theirs", AssumeRolePolicyDocument=trusting
        )
        (unknown,) = simulated(home, "user/ann", "sts:AssumeRole", ResourceArns=[role])
        (given,) = simulated(home, "user/ann", "sts:AssumeRole", ResourceArns=[role], ResourcePolicy=trusting)
        assert [decision(unknown), decision(given)] == ["implicitDeny", "allowed"]
        assert unknown["EvalDecisionDetails"] == {"IAM Policy": "allowed", "Resource Policy": "implicitDeny"}
        assert given["EvalDecisionDetails"] == {"IAM Policy": "allowed", "Resource Policy": "allowed"}

    def test_a_caller_of_another_account_opens_nothing_of_it(self, home: Home) -> None:
        """Neither whom its roles trust nor how its users are tagged."""
        other = home.world.account(f"Other than {home.account.id}")
        theirs = home.world.client("iam", other.admin)
        caller = f"arn:aws:iam::{other.id}:user/admin"
        theirs.create_role(RoleName="theirs", AssumeRolePolicyDocument=trust(caller))
        theirs.create_user(UserName="tagged", Tags=[{"Key": "Team", "Value": "blue"}])
        blue = {"StringEquals": {"aws:ResourceTag/Team": "blue"}}
        home.user(
            "ann",
            statement("Allow", ["sts:AssumeRole"]),
            {**statement("Allow", ["iam:DeleteUser"]), "Condition": blue},
        )
        role = f"arn:aws:iam::{other.id}:role/theirs"
        (assuming,) = simulated(home, "user/ann", "sts:AssumeRole", ResourceArns=[role], CallerArn=caller)
        assert "theirs" not in sources(assuming)
        tagged = [f"arn:aws:iam::{other.id}:user/tagged"]
        (deleting,) = simulated(home, "user/ann", "iam:DeleteUser", ResourceArns=tagged, CallerArn=caller)
        assert decision(deleting) == "implicitDeny"

    def test_another_accounts_caller_and_a_role_of_ones_own(self, home: Home) -> None:
        other = home.world.account(f"Other than {home.account.id}")
        home.user("ann", statement("Allow", ["sts:AssumeRole"]))
        role = home.arn("role/ours")
        for trusted, word in ((other.id, "allowed"), (home.account.id, "implicitDeny")):
            home.iam.create_role(RoleName="ours", AssumeRolePolicyDocument=trust(trusted))
            caller = f"arn:aws:iam::{other.id}:user/admin"
            (result,) = simulated(home, "user/ann", "sts:AssumeRole", ResourceArns=[role], CallerArn=caller)
            assert decision(result) == word
            home.iam.delete_role(RoleName="ours")


class TestResourcePolicies:
    def bucket_policy(self, effect: str, principal: Any) -> str:
        return json.dumps(policy({**statement(effect, ["s3:GetObject"], OBJECT), "Principal": principal}))

    def test_in_one_account_either_allows_and_any_denies(self, home: Home) -> None:
        home.user("ann")
        who = {"AWS": home.arn("user/ann")}
        for effect, word in (("Allow", "allowed"), ("Deny", "explicitDeny")):
            (result,) = simulated(
                home,
                "user/ann",
                "s3:GetObject",
                ResourceArns=[OBJECT],
                ResourcePolicy=self.bucket_policy(effect, who),
            )
            assert (decision(result), sources(result)) == (word, ["ResourcePolicy"])
            assert result["EvalDecisionDetails"] == {}
            assert "EvalDecisionDetails" not in result["ResourceSpecificResults"][0]

    def test_across_accounts_both_must_allow(self, home: Home) -> None:
        home.user("ann")
        home.user("bob", statement("Allow", ["s3:GetObject"]))
        for name, word, own in (("ann", "implicitDeny", "implicitDeny"), ("bob", "allowed", "allowed")):
            (result,) = simulated(
                home,
                f"user/{name}",
                "s3:GetObject",
                ResourceArns=[OBJECT],
                ResourceOwner="arn:aws:iam::222222222222:root",
                ResourcePolicy=self.bucket_policy("Allow", {"AWS": home.account.id}),
            )
            assert decision(result) == word
            assert result["EvalDecisionDetails"] == {"IAM Policy": own, "Resource Policy": "allowed"}
            (specific,) = result["ResourceSpecificResults"]
            assert specific["EvalDecisionDetails"] == result["EvalDecisionDetails"]

    def test_a_silent_boundary_across_accounts_is_told(self, home: Home) -> None:
        home.user("bob", statement("Allow", ["s3:GetObject"]))
        (result,) = simulated(
            home,
            "user/bob",
            "s3:GetObject",
            ResourceArns=[OBJECT],
            ResourceOwner="222222222222",
            ResourcePolicy=self.bucket_policy("Allow", {"AWS": home.account.id}),
            PermissionsBoundaryPolicyInputList=[json.dumps(policy(statement("Allow", ["s3:PutObject"])))],
        )
        assert decision(result) == "implicitDeny"
        assert result["EvalDecisionDetails"] == {
            "IAM Policy": "allowed",
            "Permissions Boundary Policy": "implicitDeny",
            "Resource Policy": "allowed",
        }

    def test_a_role_by_its_arn(self, home: Home) -> None:
        home.iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust(home.account.id))
        (result,) = simulated(
            home,
            "role/worker",
            "s3:GetObject",
            ResourceArns=[OBJECT],
            ResourcePolicy=self.bucket_policy("Allow", {"AWS": home.arn("role/worker")}),
        )
        assert decision(result) == "allowed"
