"""Cases as JSON: who asks, what follows from it, which policies, and what cannot be used (docs/policy.md)."""

import json
from typing import Any

import pytest

from deputize.policy.case.fields import CaseRefused
from deputize.policy.case.read import Case, parse
from deputize.policy.decide import ResourceKind

NOW = 1_767_225_600.9
HERE, THERE = "111111111111", "222222222222"
ANN = f"arn:aws:iam::{HERE}:user/team/ann"
SESSION = f"arn:aws:sts::{HERE}:assumed-role/Reader/ann"
FEDERATED = f"arn:aws:sts::{HERE}:federated-user/bob"
ALL = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
NONE = {"Version": "2012-10-17", "Statement": []}
DENY = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}


def granting(principal: Any, action: str = "*") -> dict[str, Any]:
    made = {"Effect": "Allow", "Action": action, "Principal": principal}
    return {
        "Version": "2012-10-17",
        "Statement": made if action.startswith("sts") else {**made, "Resource": "*"},
    }


def case(**changed: Any) -> Case:
    plain = {"principal": ANN, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}
    found = {name: value for name, value in {**plain, **changed}.items() if value is not ...}
    return parse(json.dumps(found), NOW)


def word(**changed: Any) -> str:
    return case(**changed).decide().word


def refused(**changed: Any) -> str:
    with pytest.raises(CaseRefused) as caught:
        case(**changed)
    return str(caught.value)


TIME = {"aws:currenttime": "2026-01-01T00:00:00Z", "aws:epochtime": "1767225600"}


class TestPrincipals:
    """The forms, and the keys that follow from each."""

    @pytest.mark.parametrize(
        ("more", "keys"),
        [
            (
                {"principal": ANN},
                {
                    "aws:principalarn": ANN,
                    "aws:principalaccount": HERE,
                    "aws:principaltype": "User",
                    "aws:username": "ann",
                    "aws:principalisawsservice": "false",
                },
            ),
            (
                {"principal": SESSION},
                {
                    "aws:principalarn": f"arn:aws:iam::{HERE}:role/Reader",
                    "aws:principalaccount": HERE,
                    "aws:principaltype": "AssumedRole",
                    "aws:principalisawsservice": "false",
                },
            ),
            (
                {"principal": SESSION, "roleArn": f"arn:aws:iam::{HERE}:role/app/x/Reader"},
                {
                    "aws:principalarn": f"arn:aws:iam::{HERE}:role/app/x/Reader",
                    "aws:principalaccount": HERE,
                    "aws:principaltype": "AssumedRole",
                    "aws:principalisawsservice": "false",
                },
            ),
            (
                {"principal": FEDERATED},
                {
                    "aws:principalarn": FEDERATED,
                    "aws:principalaccount": HERE,
                    "aws:principaltype": "FederatedUser",
                    "aws:principalisawsservice": "false",
                },
            ),
            *(
                (
                    {"principal": root},
                    {
                        "aws:principalarn": f"arn:aws:iam::{HERE}:root",
                        "aws:principalaccount": HERE,
                        "aws:principaltype": "Account",
                        "aws:principalisawsservice": "false",
                    },
                )
                for root in (f"arn:aws:iam::{HERE}:root", f"{HERE}:root")
            ),
            (
                {"principal": "ec2.amazonaws.com"},
                {"aws:principalisawsservice": "true", "aws:principalservicename": "ec2.amazonaws.com"},
            ),
            (
                {"principal": "anonymous"},
                {"aws:principalaccount": "anonymous", "aws:principaltype": "Anonymous"},
            ),
            ({"principal": f"arn:aws:iam::{HERE}:oidc-provider/x.example/y"}, {}),
            ({"principal": "accounts.google.com", "action": "sts:AssumeRoleWithWebIdentity"}, {}),
        ],
    )
    def test_keys(self, more: dict[str, Any], keys: dict[str, str]) -> None:
        assert case(**more).request.context == {**TIME, **keys}

    @pytest.mark.parametrize(
        "text",
        [
            HERE,
            "ann",
            "*",
            "",
            "Anonymous",
            f"arn:aws:iam::{HERE}:role/Reader",
            f"arn:aws:iam::{HERE}:group/g",
            f"arn:aws:iam::{HERE}:user/",
            f"arn:aws:iam::{HERE}:user/a b",
            "arn:aws:iam::1:user/ann",
            f"arn:aws:iam:us-east-1:{HERE}:user/ann",
            f"arn:aws:sts::{HERE}:assumed-role/Reader",
            f"arn:aws:sts::{HERE}:assumed-role/a/b/c",
            f"arn:aws:sts::{HERE}:user/ann",
            f"arn:aws:iam::{HERE}:federated-user/bob",
            "arn:aws:s3:::b",
            7,
            None,
            [],
        ],
    )
    def test_what_is_no_principal(self, text: Any) -> None:
        assert refused(principal=text).startswith("principal: ")

    @pytest.mark.parametrize(
        "role",
        [
            f"arn:aws:iam::{HERE}:role/Writer",
            f"arn:aws:iam::{THERE}:role/Reader",
            f"arn:aws:iam::{HERE}:user/Reader",
            f"arn:aws:sts::{HERE}:role/Reader",
            "Reader",
        ],
    )
    def test_the_role_must_be_the_sessions(self, role: str) -> None:
        assert refused(principal=SESSION, roleArn=role).startswith("roleArn: ")

    def test_the_parent_must_be_of_the_account(self) -> None:
        for parent in (f"arn:aws:iam::{THERE}:user/ann", SESSION, "anonymous"):
            assert refused(principal=FEDERATED, parentUser=parent).startswith("parentUser: ")
        assert refused(parentUser=ANN) == "parentUser: only a federated user has one"
        assert refused(roleArn=ANN) == "roleArn: only a role session has one"

    def test_grants_by_role_parent_provider_and_service(self) -> None:
        role = f"arn:aws:iam::{HERE}:role/app/Reader"
        assert word(principal=SESSION, roleArn=role, resourcePolicy=granting({"AWS": role})) == "allowed"
        assert word(principal=SESSION, resourcePolicy=granting({"AWS": role})) == "implicitDeny"
        parent = granting({"AWS": ANN})
        asked = {"principal": FEDERATED, "resourcePolicy": parent, "sessionPolicies": [ALL]}
        assert word(parentUser=ANN, **asked) == "allowed"
        assert word(**asked) == "implicitDeny"
        service = granting({"Service": "ec2.amazonaws.com"})
        assert word(principal="ec2.amazonaws.com", resourcePolicy=service) == "allowed"
        trust = granting({"Federated": "accounts.google.com"}, "sts:AssumeRoleWithWebIdentity")
        asked = {"action": "sts:AssumeRoleWithWebIdentity", "resource": f"arn:aws:iam::{HERE}:role/R"}
        assert word(principal="accounts.google.com", resourcePolicy=trust, **asked) == "allowed"

    def test_a_federated_user_without_session_policy_has_no_rights(self) -> None:
        assert word(principal=FEDERATED, identityPolicies=[ALL]) == "implicitDeny"
        assert word(principal=FEDERATED, identityPolicies=[ALL], sessionPolicies=[ALL]) == "allowed"
        by_root = {"principal": FEDERATED, "parentUser": f"{HERE}:root", "sessionPolicies": [ALL]}
        assert word(**by_root) == "allowed"


class TestContext:
    """What the case gives wins over what follows."""

    def test_given_keys(self) -> None:
        given = {
            "AWS:UserName": "eve",
            "aws:TagKeys": ["a", "b"],
            "aws:EpochTime": 7,
            "aws:MultiFactorAuthPresent": True,
            "aws:SecureTransport": False,
            "aws:Empty": [],
        }
        context = case(context=given).request.context
        assert context["aws:username"] == "eve"
        assert context["aws:tagkeys"] == ("a", "b")
        assert context["aws:epochtime"] == "7"
        assert context["aws:multifactorauthpresent"] == "true"
        assert context["aws:securetransport"] == "false"
        assert context["aws:empty"] == ()
        assert case(context=None).request.context == case().request.context

    @pytest.mark.parametrize(
        ("context", "message"),
        [
            ([], "context: an object is needed"),
            ({"a:b": None}, "context.a:b: a string or a list of strings is needed"),
            ({"a:b": {"c": 1}}, "context.a:b: a string or a list of strings is needed"),
            ({"a:b": ["x", None]}, "context.a:b: a string or a list of strings is needed"),
            ({"a:b": "1", "A:B": "2"}, "context: a key stands twice, in other capitals"),
        ],
    )
    def test_what_is_no_context(self, context: Any, message: str) -> None:
        assert refused(context=context) == message


class TestResource:
    """Whose the resource is, and how its policy combines with the caller's."""

    def test_its_account(self) -> None:
        assert case(resourceAccount=THERE).request.resource_account == THERE
        assert case().request.resource_account is None
        assert case(resource=f"arn:aws:sqs:r:{THERE}:q").request.resource_account == THERE
        assert case(resource=f"arn:aws:iam::{THERE}:role/R").request.resource_account == THERE
        assert refused(resourceAccount="1") == "resourceAccount: an account id has 12 digits"

    @pytest.mark.parametrize(
        ("action", "resource", "kind"),
        [
            ("s3:GetObject", "arn:aws:s3:::b/k", ResourceKind.ORDINARY),
            ("sts:AssumeRole", f"arn:aws:iam::{HERE}:role/R", ResourceKind.ROLE_TRUST),
            ("STS:assumerole", f"arn:aws:iam::{HERE}:role/R", ResourceKind.ROLE_TRUST),
            ("sts:TagSession", f"arn:aws:iam::{HERE}:role/R", ResourceKind.ROLE_TRUST),
            ("sts:GetFederationToken", "*", ResourceKind.ORDINARY),
            ("kms:Decrypt", f"arn:aws:kms:r:{HERE}:key/k", ResourceKind.KEY),
            ("kms:ListKeys", "*", ResourceKind.ORDINARY),
            ("kms:DeleteAlias", f"arn:aws:kms:r:{HERE}:alias/k", ResourceKind.ORDINARY),
        ],
    )
    def test_its_kind(self, action: str, resource: str, kind: ResourceKind) -> None:
        assert case(action=action, resource=resource).kind is kind

    def test_the_trust_policy_decides_on_assume_role(self) -> None:
        role = {"action": "sts:AssumeRole", "resource": f"arn:aws:iam::{HERE}:role/R"}
        assert word(identityPolicies=[ALL], **role) == "implicitDeny"
        trust = granting({"AWS": HERE}, "sts:AssumeRole")
        assert word(identityPolicies=[ALL], resourcePolicy=trust, **role) == "allowed"


class TestPolicies:
    """Each field is the policy that its name says."""

    @pytest.mark.parametrize(
        ("field", "silent"),
        [
            ("identityPolicies", [NONE]),
            ("permissionsBoundary", NONE),
            ("sessionPolicies", [NONE]),
            ("serviceControlPolicies", [[ALL], [NONE]]),
            ("serviceControlPolicies", [[]]),
            ("endpointPolicy", NONE),
        ],
    )
    def test_each_must_allow(self, field: str, silent: Any) -> None:
        assert word(identityPolicies=[ALL]) == "allowed"
        assert word(**{"identityPolicies": [ALL], field: silent}) == "implicitDeny"

    @pytest.mark.parametrize("field", ["identityPolicies", "sessionPolicies"])
    def test_each_may_deny_in_a_pool(self, field: str) -> None:
        assert word(**{"identityPolicies": [ALL], field: [ALL, DENY]}) == "explicitDeny"

    @pytest.mark.parametrize("field", ["permissionsBoundary", "resourcePolicy", "endpointPolicy"])
    def test_each_may_deny(self, field: str) -> None:
        assert word(**{"identityPolicies": [ALL], field: DENY}) == "explicitDeny"

    @pytest.mark.parametrize("field", ["serviceControlPolicies", "resourceControlPolicies"])
    def test_each_level_may_deny(self, field: str) -> None:
        assert word(**{"identityPolicies": [ALL], field: [[ALL], [ALL, DENY]]}) == "explicitDeny"
        for exempt in ("managementAccount", "serviceLinkedRole"):
            spared = {"identityPolicies": [ALL], field: [[DENY]], exempt: True}
            assert word(**spared) == "allowed"

    @pytest.mark.parametrize(
        "absent",
        [
            {name: None}
            for name in (
                "permissionsBoundary",
                "sessionPolicies",
                "resourcePolicy",
                "endpointPolicy",
                "serviceControlPolicies",
                "resourceControlPolicies",
                "context",
                "resourceAccount",
            )
        ]
        + [{"sessionPolicies": []}, {"serviceControlPolicies": []}, {"resourceControlPolicies": [[]]}],
    )
    def test_what_is_absent_limits_nothing(self, absent: dict[str, Any]) -> None:
        assert word(identityPolicies=[ALL], **absent) == "allowed"

    def test_numbers_are_values_of_conditions_and_nothing_else(self) -> None:
        condition = {"NumericLessThan": {"s3:max-keys": 10}}
        number = {"Version": "2012-10-17", "Statement": {**ALL["Statement"], "Condition": condition}}  # type: ignore[dict-item]
        assert word(identityPolicies=[number], context={"s3:max-keys": 9}) == "allowed"
        assert word(identityPolicies=[number], context={"s3:max-keys": "10"}) == "implicitDeny"
        for action, expected in ((10, "explicitDeny"), ("10", "allowed")):
            deny = {"Statement": {"Effect": "Deny", "Action": action, "Resource": "*"}}
            assert word(identityPolicies=[ALL, deny]) == expected

    @pytest.mark.parametrize(
        ("field", "value", "message"),
        [
            ("identityPolicies", {}, "identityPolicies: a list of policies is needed"),
            ("identityPolicies", [ALL, "x"], "identityPolicies[1]: a policy is a JSON object"),
            ("sessionPolicies", 1, "sessionPolicies: a list of policies is needed"),
            ("permissionsBoundary", [], "permissionsBoundary: a policy is a JSON object"),
            ("resourcePolicy", "x", "resourcePolicy: a policy is a JSON object"),
            ("serviceControlPolicies", [ALL], "serviceControlPolicies[0]: a list of policies is needed"),
            (
                "resourceControlPolicies",
                [[ALL], [None]],
                "resourceControlPolicies[1][0]: a policy is a JSON object",
            ),
            ("managementAccount", "yes", "managementAccount: true or false is needed"),
            ("serviceLinkedRole", None, "serviceLinkedRole: true or false is needed"),
            ("permissionBoundary", ALL, "'permissionBoundary': there is no such field"),
            ("action", ..., "action: is missing"),
            ("resource", ..., "resource: is missing"),
            ("principal", ..., "principal: is missing"),
            ("resource", "", "resource: a string is needed"),
            ("action", "GetObject", "action: service:Name is needed, not 'GetObject'"),
            ("action", "s3:Get*", "action: service:Name is needed, not 's3:Get*'"),
        ],
    )
    def test_what_cannot_be_used(self, field: str, value: Any, message: str) -> None:
        assert refused(**{field: value}) == message

    def test_levels_are_a_list(self) -> None:
        assert refused(serviceControlPolicies={}).startswith(
            "serviceControlPolicies: a list of levels is needed"
        )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1: Expecting value"),
        ("[]", "a case is a JSON object"),
        (
            '{"action": "s3:GetObject", "action": "s3:PutObject"}',
            "the key 'action' stands twice in one object",
        ),
        ('{"context": NaN}', "NaN is no JSON"),
        ("[" * 100_000, "the document is nested too deeply"),
    ],
)
def test_what_is_no_case(text: str, message: str) -> None:
    with pytest.raises(CaseRefused) as caught:
        parse(text, NOW)
    assert str(caught.value) == message


@pytest.mark.parametrize("lines", [True, False])
def test_no_depth_of_nesting_breaks_anything(lines: bool) -> None:
    plain = json.dumps({"principal": ANN, "action": "s3:GetObject", "resource": "*", "identityPolicies": [7]})
    refusals = set()
    for depth in range(800, 1000):
        nested = '{"Statement": ' + "[" * depth + "]" * depth + "}"
        try:
            assert not parse(plain.replace("7", nested), NOW, lines=lines).decide().allowed
        except CaseRefused as refused:
            refusals.add(str(refused))
    assert refusals <= {"the case is nested too deeply", "the document is nested too deeply"}
    assert refusals


def test_many_documents_are_compiled_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deputize.policy.case.policies.DOCUMENTS", 2)
    for number in range(5):
        own = {"Id": str(number), **ALL}
        assert word(identityPolicies=[own, ALL]) == "allowed"


class TestStrict:
    """With strict, what AWS would refuse to save is refused, with the place and AWS's words."""

    @staticmethod
    def refusal(**changed: Any) -> str:
        plain = {"principal": ANN, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}
        with pytest.raises(CaseRefused) as caught:
            parse(json.dumps({**plain, **changed}), NOW, strict=True)
        return str(caught.value)

    @pytest.mark.parametrize(
        ("action", "message"),
        [
            ("s3:GetObjcet", "action: s3 has no action s3:GetObjcet. Did you mean s3:GetObject?"),
            ("s3:HeadObject", "Calls of that operation are authorized as s3:GetObject."),
            ("s4:GetObject", "action: There is no service s4."),
        ],
    )
    def test_an_action_that_aws_does_not_have(self, action: str, message: str) -> None:
        assert message in self.refusal(action=action)

    def test_good_ones_pass(self) -> None:
        bucket = {"Effect": "Allow", "Action": "s3:GetObject", "Principal": "*"}
        bucket["Resource"] = "arn:aws:s3:::b/*"
        rcp = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*"}
        endpoint = {"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}
        good = {
            "identityPolicies": [ALL],
            "permissionsBoundary": ALL,
            "sessionPolicies": [ALL],
            "serviceControlPolicies": [[ALL]],
            "resourceControlPolicies": [[{"Version": "2012-10-17", "Statement": rcp}]],
            "endpointPolicy": {"Version": "2012-10-17", "Statement": endpoint},
            "resourcePolicy": {"Version": "2012-10-17", "Statement": bucket},
        }
        plain = {"principal": ANN, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}
        assert parse(json.dumps({**plain, **good}), NOW, strict=True).decide().word == "explicitDeny"
        point = f"arn:aws:s3:us-west-2:{HERE}:accesspoint/p/object/k"
        through = {"Version": "2012-10-17", "Statement": {**bucket, "Resource": point}}
        asked = {**plain, "resource": point, "resourcePolicy": through}
        assert parse(json.dumps(asked), NOW, strict=True).decide().word == "allowed"

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"identityPolicies": [ALL, {}]}, "identityPolicies[1]: Syntax errors in policy."),
            (
                {"permissionsBoundary": {"Statement": ALL["Statement"]}},
                "permissionsBoundary: Policy document",
            ),
            ({"sessionPolicies": [{**ALL, "Id": "\u0100"}]}, "sessionPolicies[0]: Syntax errors in policy."),
            ({"sessionPolicies": [{**ALL, "Id": "x" * 2048}]}, "sessionPolicies[0]: Cannot exceed quota"),
            ({"resourcePolicy": granting("*")}, "resourcePolicy: Policy has invalid resource"),
            ({"endpointPolicy": ALL}, "endpointPolicy: Missing required field Principal"),
            (
                {"serviceControlPolicies": [[ALL, {}]]},
                "serviceControlPolicies[0][1]: The provided",
            ),
            ({"resourceControlPolicies": [[], [ALL]]}, "resourceControlPolicies[1][0]: The provided policy"),
            (
                {
                    "action": "sts:AssumeRole",
                    "resource": f"arn:aws:iam::{HERE}:role/R",
                    "resourcePolicy": granting("*"),
                },
                "resourcePolicy: Has prohibited field Resource",
            ),
            (
                {
                    "resource": f"arn:aws:s3:r:{HERE}:accesspoint/p/object/k",
                    "resourcePolicy": granting("*"),
                },
                "resourcePolicy: Policy has invalid resource",
            ),
            (
                {"resource": f"arn:aws:sqs:r:{HERE}:q", "resourcePolicy": granting({"AWS": "1"})},
                "resourcePolicy: Invalid principal in policy",
            ),
        ],
    )
    def test_bad_ones_are_told(self, changed: dict[str, Any], message: str) -> None:
        assert self.refusal(**changed).startswith(message)
