"""SimulateCustomPolicy, the form of results, refusals, and the keys of policies, over the wire."""

import json
from typing import Any

import pytest
from tests.access.harness import policy, statement, trust
from tests.conformance.fix_iam import Home, home, missing
from tests.conformance.simulations import (
    ADMINISTRATOR,
    OBJECT,
    READ,
    READ_TEXT,
    conditional,
    custom,
    decision,
    entry,
)
from tests.refusals import NO_IDENTITY, denied, refused

__all__ = ["home"]


class TestCustom:
    def test_positions(self, home: Home) -> None:
        """AWS's answers: the first from the AWS CLI's documentation, the others seen."""
        alone = (
            '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",'
            '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}'
        )
        later = [entry("aws:CurrentTime", "2019-04-25T11:00:00Z", kind="date")]
        result = custom(home, alone, action="dynamodb:CreateBackup", ContextEntries=later)
        (matched,) = result["MatchedStatements"]
        assert matched == {
            "SourcePolicyId": "PolicyInputList.1",
            "SourcePolicyType": "IAM Policy",
            "StartPosition": {"Line": 1, "Column": 38},
            "EndPosition": {"Line": 1, "Column": 167},
        }
        administrator = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "*",
      "Resource": "*"
    },
    {
      "Effect": "Allow",
      "Action": "s3:*",
      "Resource": "*"
    }
  ]
}"""
        first, second = custom(home, administrator)["MatchedStatements"]
        assert first["StartPosition"] == {"Line": 3, "Column": 17}
        assert first["EndPosition"] == second["StartPosition"] == {"Line": 8, "Column": 6}
        assert second["EndPosition"] == {"Line": 13, "Column": 6}

    def test_nothing_is_known_but_what_is_given(self, home: Home) -> None:
        mine = policy(statement("Allow", ["s3:GetObject"], "arn:aws:s3:::photos/${aws:username}"))
        timed = conditional("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z")
        result = custom(home, mine, timed, ResourceArns=["arn:aws:s3:::photos/admin"])
        assert decision(result) == "implicitDeny"
        assert result["MissingContextValues"] == ["aws:username", "aws:CurrentTime"]
        caller = home.arn("user/ann")
        named = custom(home, mine, ResourceArns=["arn:aws:s3:::photos/ann"], CallerArn=caller)
        assert (decision(named), named["MissingContextValues"]) == ("allowed", [])

    def test_missing_keys_of_other_statements_are_told_too(self, home: Home) -> None:
        """As AWS does (seen)."""
        tagged = {
            **statement("Allow", ["s3:ListBucket"]),
            "Condition": {"StringLike": {"aws:PrincipalTag/a": "b"}},
        }
        other = statement("Allow", ["s3:GetObject"], "arn:aws:s3:::b/${aws:username}")
        result = custom(home, policy(tagged, other), action="s3:ListBucket")
        assert result["MissingContextValues"] == ["aws:PrincipalTag/a", "aws:username"]

    def test_assuming_a_role_asks_its_trust_where_that_is_given(self, home: Home) -> None:
        allow = policy(statement("Allow", ["sts:AssumeRole"]))
        role = [home.arn("role/any")]
        caller = home.arn("user/ann")
        unknown = custom(home, allow, action="sts:AssumeRole", ResourceArns=role)
        for who, word in ((caller, "allowed"), (home.arn("user/bob"), "implicitDeny")):
            trusted = custom(
                home,
                allow,
                action="sts:AssumeRole",
                ResourceArns=role,
                CallerArn=caller,
                ResourcePolicy=trust(who),
            )
            assert decision(trusted) == word
        assert decision(unknown) == "allowed"

    def test_a_group_as_caller_is_an_unnamed_member(self, home: Home) -> None:
        result = custom(
            home,
            READ,
            ResourceArns=[OBJECT],
            CallerArn=home.arn("group/staff"),
            ResourcePolicy=json.dumps(
                policy({**statement("Deny", ["s3:*"]), "Principal": {"AWS": home.account.id}})
            ),
        )
        assert decision(result) == "explicitDeny"

    def test_a_key_needs_its_own_policy_to_give_the_account(self, home: Home) -> None:
        key = [f"arn:aws:kms:us-east-1:{home.account.id}:key/1"]
        caller = home.arn("role/worker")
        allow = policy(statement("Allow", ["kms:Decrypt"]))
        for who, word in ((home.account.id, "allowed"), (home.arn("user/bob"), "implicitDeny")):
            result = custom(
                home,
                allow,
                action="kms:Decrypt",
                ResourceArns=key,
                CallerArn=caller,
                ResourcePolicy=json.dumps(
                    policy({**statement("Allow", ["kms:*"]), "Principal": {"AWS": who}})
                ),
            )
            assert decision(result) == word

    def test_levels_of_service_control_policies(self, home: Home) -> None:
        everything = json.dumps(policy(statement("Allow", ["*"])))
        no_s3 = json.dumps(policy(statement("Deny", ["s3:*"]), statement("Allow", ["*"])))
        for account, word in ((everything, "allowed"), (no_s3, "explicitDeny"), (None, "implicitDeny")):
            levels = [
                {"ServiceControlPolicyInputList": [everything]},
                {"ServiceControlPolicyInputList": [account] if account else []},
            ]
            result = custom(home, READ, OrderedOrganizationPolicyInputList=levels, ResourceArns=[OBJECT])
            assert decision(result) == word
            assert result["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": word == "allowed"}
            assert ("EvalDecisionDetails" in result) is (word == "allowed")

    @pytest.mark.parametrize(
        ("operator", "listed", "kind", "values", "word"),
        [
            ("NumericLessThan", "10", "numeric", ["9"], "allowed"),
            ("Bool", "true", "boolean", ["true"], "allowed"),
            ("IpAddress", "10.0.0.0/8", "ip", ["10.1.1.1"], "allowed"),
            ("BinaryEquals", "AQID", "binary", ["AQID"], "allowed"),
            ("DateLessThan", "2030-01-01T00:00:00Z", "date", ["2029-01-01T00:00:00Z"], "allowed"),
            ("StringEquals", "a", "stringList", ["a"], "implicitDeny"),
            ("ForAnyValue:StringEquals", "a", "stringList", ["a", "b"], "allowed"),
            ("ForAllValues:StringEquals", "a", "stringList", ["a", "b"], "implicitDeny"),
            ("ForAnyValue:NumericEquals", "1", "numericList", ["1", "2"], "allowed"),
            ("ForAnyValue:Bool", "true", "booleanList", ["false"], "implicitDeny"),
            ("ForAnyValue:IpAddress", "10.0.0.0/8", "ipList", ["1.1.1.1", "10.0.0.1"], "allowed"),
            ("ForAnyValue:BinaryEquals", "AQID", "binaryList", ["AQID"], "allowed"),
            ("ForAnyValue:DateEquals", "2029-01-01", "dateList", ["2029-01-01"], "allowed"),
        ],
    )
    def test_every_type_of_context_key(
        self, home: Home, operator: str, listed: str, kind: str, values: list[str], word: str
    ) -> None:
        entries = [entry("test:Key", *values, kind=kind)]
        result = custom(home, conditional(operator, "test:Key", listed), ContextEntries=entries)
        assert decision(result) == word
        assert result["MissingContextValues"] == []


class TestResults:
    def test_one_for_each_action_and_in_it_one_for_each_resource(self, home: Home) -> None:
        resources = [OBJECT, "arn:aws:s3:::other/x"]
        result = custom(home, READ, ResourceArns=[*resources, OBJECT])
        assert decision(result) == "implicitDeny"
        assert result["EvalResourceName"] == "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
        assert [one["EvalResourceName"] for one in result["ResourceSpecificResults"]] == resources
        words = [one["EvalResourceDecision"] for one in result["ResourceSpecificResults"]]
        assert words == ["allowed", "implicitDeny"]
        assert result["MatchedStatements"] == []
        every = custom(home, policy(statement("Allow", ["*"])), ResourceArns=resources)
        assert len(every["MatchedStatements"]) == 1

    def test_without_resources_it_is_about_all(self, home: Home) -> None:
        result = custom(home, READ)
        assert (decision(result), result["EvalResourceName"]) == ("implicitDeny", "*")
        assert "ResourceSpecificResults" not in result
        assert "EvalDecisionDetails" not in result

    def test_actions_that_aws_does_not_have_and_actions_in_other_capitals(self, home: Home) -> None:
        for action in ("s3api:list-buckets", "xray:puttracesegments", "s3:Nothing", "nothing:Nothing"):
            result = custom(home, policy(statement("Allow", ["*"])), action=action, ResourceArns=[OBJECT])
            assert (result["EvalActionName"], decision(result)) == (action, "allowed")
            assert result["EvalResourceName"] in ("*", "arn:${Partition}:s3:::${BucketName}/${ObjectName}")

    def test_pages(self, home: Home) -> None:
        actions = [f"s3:Action{number}" for number in range(7)]
        request = {"PolicyInputList": [READ_TEXT], "ActionNames": actions}
        first = home.iam.simulate_custom_policy(**request, MaxItems=3)
        assert first["IsTruncated"] is True
        pages = home.iam.get_paginator("simulate_custom_policy").paginate(
            **request, PaginationConfig={"PageSize": 3}
        )
        found = [one["EvalActionName"] for page in pages for one in page["EvaluationResults"]]
        assert found == actions
        code, _, _ = refused(home.iam.simulate_custom_policy, **request, Marker="nonsense")
        assert code == "ValidationError"

    def test_much_work_comes_in_shorter_pages_and_too_much_not_at_all(self, home: Home) -> None:
        large = json.dumps(policy(*(statement("Allow", [f"s3:Get{number}"]) for number in range(999))))
        actions = [f"s3:Action{number}" for number in range(30)]
        request = {"PolicyInputList": [large], "ActionNames": actions}
        resources = [f"arn:aws:s3:::photos/{number}" for number in range(10)]
        page = home.iam.simulate_custom_policy(**request, ResourceArns=resources)
        assert (len(page["EvaluationResults"]), page["IsTruncated"]) == (2, True)
        more = [f"arn:aws:s3:::photos/{number}" for number in range(21)]
        code, message, _ = refused(home.iam.simulate_custom_policy, **request, ResourceArns=more)
        assert (code, message) == (
            "InvalidInput",
            "The policies and resources are too many for one simulation.",
        )


class TestRefusals:
    @pytest.mark.parametrize(
        ("more", "message"),
        [
            (
                {"ActionNames": ["s3:*"]},
                "Invalid action name: s3:*. An action is service:Name, without wildcards.",
            ),
            (
                {"ActionNames": ["GetObject"]},
                "Invalid action name: GetObject. An action is service:Name, without wildcards.",
            ),
            ({"ResourceArns": ["photos"]}, 'Invalid resource: photos must be in ARN format or "*".'),
            ({"ResourceOwner": "me"}, "'me' is not a valid as a Resource Owner."),
            (
                {"ResourceOwner": "arn:aws:iam::222222222222:user/x"},
                "'arn:aws:iam::222222222222:user/x' is not a valid as a Resource Owner.",
            ),
            ({"PolicyInputList": ["{"]}, "PolicyInputList.1: Syntax errors in policy."),
            (
                {"PolicyInputList": [READ_TEXT, trust("*")]},
                "PolicyInputList.2: Policy document should not specify a principal.",
            ),
            (
                {"PermissionsBoundaryPolicyInputList": ["x"]},
                "PermissionsBoundaryPolicyInputList.1: Syntax errors in policy.",
            ),
            ({"ResourcePolicy": READ_TEXT}, "ResourcePolicy.1: Missing required field Principal"),
            (
                {"CallerArn": "arn:aws:sts::111111111111:assumed-role/a/b"},
                "Invalid Entity Arn: arn:aws:sts::111111111111:assumed-role/a/b does not clearly define "
                "entity type and name.",
            ),
            (
                {"CallerArn": "nobody"},
                "Invalid Entity Arn: nobody does not clearly define entity type and name.",
            ),
            ({"ResourceHandlingOption": "EC2"}, "Invalid resource handling option: EC2"),
            (
                {
                    "ResourceHandlingOption": "EC2-VPC-EBS",
                    "ResourceArns": [
                        "arn:aws:ec2:us-east-1:111111111111:instance/i-1",
                        "arn:aws:ec2:us-east-1::image/ami-1",
                    ],
                },
                "EC2-VPC-EBS needs resources of these types: security-group, network-interface, volume",
            ),
            (
                {"ContextEntries": [entry("a:Number", "x", kind="numeric")]},
                "Invalid value for context key a:Number of type numeric: x",
            ),
            (
                {"ContextEntries": [entry("a:Date", "1", "x", kind="dateList")]},
                "Invalid value for context key a:Date of type dateList: x",
            ),
            (
                {"ContextEntries": [entry("a:Key", "x", "y")]},
                "Context key a:Key of type string needs exactly one value.",
            ),
            (
                {"ContextEntries": [entry("a:Key", "x"), entry("A:KEY", "y")]},
                "Duplicate context key: A:KEY",
            ),
            (
                {"ContextEntries": [{"ContextKeyName": "a:Key"}]},
                "A context entry needs a key name, values and a type.",
            ),
        ],
    )
    def test_what_cannot_be_simulated(self, home: Home, more: dict[str, Any], message: str) -> None:
        request = {"PolicyInputList": [READ_TEXT], "ActionNames": ["s3:GetObject"], **more}
        if "ResourcePolicy" in more:
            request["CallerArn"] = home.arn("user/ann")
        assert refused(home.iam.simulate_custom_policy, **request) == ("InvalidInput", message, 400)

    def test_a_resource_policy_without_a_caller(self, home: Home) -> None:
        code, message, _ = refused(
            home.iam.simulate_custom_policy,
            PolicyInputList=[READ_TEXT],
            ActionNames=["s3:GetObject"],
            ResourcePolicy=trust("*"),
        )
        assert (code, message) == ("InvalidInput", "A CallerArn is needed with a ResourcePolicy.")

    @pytest.mark.parametrize("resource", ["user/nobody", "group/nobody", "role/nobody", "user/path/ann"])
    def test_entities_that_are_not_there(self, home: Home, resource: str) -> None:
        home.user("ann")
        word, _, rest = resource.partition("/")
        wanted = missing(word, rest.rpartition("/")[2])
        arn = home.arn(resource)
        assert refused(home.iam.get_context_keys_for_principal_policy, PolicySourceArn=arn) == wanted
        request = {"PolicySourceArn": arn, "ActionNames": ["s3:GetObject"]}
        assert refused(home.iam.simulate_principal_policy, **request) == wanted

    @pytest.mark.parametrize("arn", ["user/ann-but-no-arn-at-all", "root", "instance-profile/web", "user/"])
    def test_arns_of_nobody(self, home: Home, arn: str) -> None:
        text = home.arn(arn) if not arn.endswith("all") else arn
        code, message, status = refused(
            home.iam.simulate_principal_policy, PolicySourceArn=text, ActionNames=["s3:GetObject"]
        )
        words = f"Invalid Entity Arn: {text} does not clearly define entity type and name."
        assert (code, message, status) == ("InvalidInput", words, 400)

    def test_the_right_is_one_on_the_principal(self, home: Home) -> None:
        own = statement("Allow", ["iam:SimulatePrincipalPolicy", "iam:GetContextKeysForPrincipalPolicy"], "*")
        own["Resource"] = home.arn("user/${aws:username}")
        ann = home.user("ann", own)
        home.user("bob")
        ann.simulate_principal_policy(PolicySourceArn=home.arn("user/ann"), ActionNames=["s3:GetObject"])
        ann.get_context_keys_for_principal_policy(PolicySourceArn=home.arn("user/ann"))
        bob, action = home.arn("user/bob"), "iam:SimulatePrincipalPolicy"
        assert refused(
            ann.simulate_principal_policy, PolicySourceArn=bob, ActionNames=["s3:GetObject"]
        ) == denied(home.arn("user/ann"), action, bob, NO_IDENTITY.format(action))
        custom_action = "iam:SimulateCustomPolicy"
        assert refused(
            ann.simulate_custom_policy, PolicyInputList=[READ_TEXT], ActionNames=["s3:GetObject"]
        ) == denied(home.arn("user/ann"), custom_action, "*", NO_IDENTITY.format(custom_action))

    def test_nobody_simulates_the_principals_of_another_account(self, home: Home) -> None:
        other = home.world.account(f"Other than {home.account.id}")
        theirs = f"arn:aws:iam::{other.id}:user/admin"
        for client in (home.iam, home.world.client("iam", home.account.root)):
            request = {"PolicySourceArn": theirs, "ActionNames": ["s3:GetObject"]}
            assert refused(client.simulate_principal_policy, **request)[0] == "AccessDenied"


class TestContextKeys:
    def test_of_policies(self, home: Home) -> None:
        """Keys of conditions and of variables, each once; escapes and defaults are none."""
        document = policy(
            {
                **statement(
                    "Allow", ["s3:*"], "arn:aws:s3:::b/${aws:username}/${*}/${aws:PrincipalTag/Team, 'x'}"
                ),
                "Condition": {
                    "StringLike": {"s3:prefix": ["${aws:userid}/*", "${AWS:USERNAME}"]},
                    "NumericEquals": {"s3:max-keys": "10"},
                },
            }
        )
        old = {
            **policy(statement("Allow", ["s3:*"], "arn:aws:s3:::b/${aws:SourceIp}")),
            "Version": "2012-10-17",
        }
        names = home.iam.get_context_keys_for_custom_policy(
            PolicyInputList=[json.dumps(document), json.dumps(old)]
        )["ContextKeyNames"]
        assert sorted(names) == [
            "aws:PrincipalTag/Team",
            "aws:SourceIp",
            "aws:userid",
            "aws:username",
            "s3:max-keys",
            "s3:prefix",
        ]

    def test_of_a_principal(self, home: Home) -> None:
        home.user("ann", conditional("Bool", "aws:SecureTransport", "true")["Statement"][0])
        home.iam.create_group(GroupName="staff")
        home.iam.add_user_to_group(GroupName="staff", UserName="ann")
        home.iam.put_group_policy(
            GroupName="staff",
            PolicyName="p",
            PolicyDocument=json.dumps(conditional("StringEquals", "aws:PrincipalTag/a", "b")),
        )
        home.iam.attach_user_policy(UserName="ann", PolicyArn=ADMINISTRATOR)
        answer = home.iam.get_context_keys_for_principal_policy(
            PolicySourceArn=home.arn("user/ann"),
            PolicyInputList=[json.dumps(conditional("IpAddress", "aws:SourceIp", "10.0.0.0/8"))],
        )
        assert answer["ContextKeyNames"] == ["aws:SecureTransport", "aws:PrincipalTag/a", "aws:SourceIp"]

    def test_policies_that_are_none(self, home: Home) -> None:
        code, message, _ = refused(home.iam.get_context_keys_for_custom_policy, PolicyInputList=["[]"])
        assert (code, message) == ("InvalidInput", "PolicyInputList.1: Syntax errors in policy.")
