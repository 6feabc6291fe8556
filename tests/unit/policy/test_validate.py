"""What may be saved, in AWS's order of checking and AWS's words (policy grammar; IAM's and S3's messages)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deputize.policy.document import MalformedDocument, parse
from deputize.policy.validate import QUOTAS, Kind, PolicyRefused, PolicyTooLarge, check, check_size

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "111111111111"}}
BUCKET = {
    "Effect": "Allow",
    "Action": "s3:GetObject",
    "Resource": "arn:aws:s3:::b/*",
    "Principal": {"AWS": "111111111111"},
}


def document(*statements: Any, **more: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **more})


def refusal(text: str, kind: Kind) -> str:
    with pytest.raises(PolicyRefused) as caught:
        check(text, kind, bucket="b")
    return str(caught.value)


@pytest.mark.parametrize("kind", [Kind.IDENTITY, Kind.BOUNDARY, Kind.SESSION])
def test_an_identity_policy(kind: Kind) -> None:
    assert check(document(ALLOW), kind).statements[0].allow
    assert len(check(json.dumps({"Version": "2012-10-17", "Statement": ALLOW}), kind).statements) == 1


SYNTAX = "Syntax errors in policy."
LEGACY = "The policy failed legacy parsing"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", SYNTAX),
        ("[]", SYNTAX),
        ("{", SYNTAX),
        ('{"Version": "2012-10-17", "Version": "2012-10-17", "Statement": []}', SYNTAX),
        (document(ALLOW, Extra=1), SYNTAX),
        (document(), SYNTAX),
        (document("x"), SYNTAX),
        (document({**ALLOW, "Extra": 1}), SYNTAX),
        (document({**ALLOW, "Effect": "Maybe"}), SYNTAX),
        (document({**ALLOW, "Effect": 1}), SYNTAX),
        (document({**ALLOW, "NotAction": "*"}), SYNTAX),
        (document({**ALLOW, "NotResource": "*"}), SYNTAX),
        (document({**ALLOW, "Action": 1}), SYNTAX),
        (document({**ALLOW, "Sid": "a b"}), SYNTAX),
        (document({**ALLOW, "Condition": {"StringMatches": {"a:b": "c"}}}), SYNTAX),
        (document({**ALLOW, "Condition": {"StringEquals": "x"}}), SYNTAX),
        (document({**ALLOW, "Condition": {"StringEquals": {"a:b": {}}}}), SYNTAX),
        (document({**ALLOW, "Condition": []}), SYNTAX),
        (document(ALLOW, Id=1), SYNTAX),
        (json.dumps({"Version": "2013-01-01", "Statement": [ALLOW]}), SYNTAX),
        (document({**ALLOW, "Sid": "\u0100"}), SYNTAX),
        (json.dumps({"Statement": [ALLOW]}), "Policy document must be version 2012-10-17 or greater."),
        (
            json.dumps({"Version": "2008-10-17", "Statement": [ALLOW]}),
            "Policy document must be version 2012-10-17 or greater.",
        ),
        (document({**ALLOW, "Effect": "allow"}), LEGACY),
        (document({**ALLOW, "Condition": {"DateEquals": {"aws:CurrentTime": "soon"}}}), LEGACY),
        (document({**ALLOW, "Condition": {"NumericEquals": {"s3:max-keys": "ten"}}}), LEGACY),
        (
            document({**ALLOW, "Sid": "a"}, {**ALLOW, "Sid": "a"}),
            "Statement IDs (SID) in a single policy must be unique.",
        ),
        (document({"Effect": "Allow", "Resource": "*"}), "Policy statement must contain actions."),
        (document({**ALLOW, "Action": []}), "Policy statement must contain actions."),
        (document({"Effect": "Allow", "Action": "*"}), "Policy statement must contain resources."),
        (document({**ALLOW, "Principal": "*"}), "Policy document should not specify a principal."),
        (document({**ALLOW, "Resource": "b"}), 'Resource b must be in ARN format or "*".'),
        (document({**ALLOW, "Resource": "arn:aws:s3"}), 'Resource arn:aws:s3 must be in ARN format or "*".'),
        (document({**ALLOW, "Resource": "arn:aws:s3::b"}), LEGACY),
        (document({**ALLOW, "Resource": "arn:aws:s3:b"}), LEGACY),
        (
            document({**ALLOW, "Resource": "arn:aws:sqs:q"}),
            'Resource arn:aws:sqs:q must be in ARN format or "*".',
        ),
        (document({**ALLOW, "Principal": 7}), SYNTAX),
        (document({**ALLOW, "Condition": {"StringEquals": {"a:b": []}}}), SYNTAX),
        (
            document({**ALLOW, "Resource": "arn:mars:s3:*"}),
            'Partition "mars" is not valid for resource "arn:mars:s3:*:*:*".',
        ),
        (
            document({**ALLOW, "Resource": "arn:mars:s3:::b"}),
            'Partition "mars" is not valid for resource "arn:mars:s3:::b".',
        ),
        (
            document({**ALLOW, "Resource": "arn:aws:s*:::b"}),
            "Resource vendor must be fully qualified and cannot contain regexes.",
        ),
        (
            document({**ALLOW, "Resource": "arn:aws:iam:us-east-1:111111111111:user/a"}),
            "IAM resource arn:aws:iam:us-east-1:111111111111:user/a cannot contain region information.",
        ),
        (
            document({**ALLOW, "Resource": "arn:aws:s3:us-east-1::b"}),
            "Resource arn:aws:s3:us-east-1::b can not contain region information.",
        ),
        (
            document({**ALLOW, "Action": "GetObject"}),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (document({**ALLOW, "Action": "s3:a:b"}), "Actions/Condition can contain only one colon."),
        (document({**ALLOW, "Action": "s*:GetObject"}), "Vendor s* is not valid"),
    ],
)
def test_identity_policies_that_are_refused(text: str, message: str) -> None:
    assert refusal(text, Kind.IDENTITY) == message


def test_an_iam_resource_begins_with_a_type_of_iams() -> None:
    text = document({**ALLOW, "Resource": "arn:aws:iam::111111111111:bucket/a"})
    assert refusal(text, Kind.IDENTITY).startswith(
        'IAM resource path must either be "*" or start with user/,'
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"Resource": "arn:aws:s3:::b/${aws:username}"},
        {"Resource": "arn:aws:iam::111111111111:*"},
        {"Resource": "arn:aws:iam::111111111111:root"},
        {"Resource": "arn:aws:sqs:*"},
        {"Action": "*"},
        {"Action": ["s3:Get*", "iam:?etUser"]},
        {"Condition": {}},
        {"Condition": {"StringEquals": {}}},
        {"Condition": {"NoSuchOperator": {}}},
        {"Condition": {"ForAllValues:StringLikeIfExists": {"a:b": "c"}, "Null": {"a:b": "true"}}},
        {"Condition": {"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}},
        {"Condition": {"NumericEquals": {"s3:max-keys": 10}, "Bool": {"a:b": True}}},
        {"Sid": ""},
    ],
)
def test_identity_policies_that_are_saved(changed: dict[str, Any]) -> None:
    assert check(document({**ALLOW, **changed}), Kind.IDENTITY).statements[0].broken is None


CONTROL = "The provided policy document does not meet the requirements of the specified policy type."
RCP = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*"}


@pytest.mark.parametrize(
    ("changed", "detail"),
    [
        ({"Effect": "Allow"}, "Effect must be Deny"),
        ({"Principal": {"AWS": "111111111111"}}, 'Principal must be "*"'),
        ({"Principal": ...}, 'Principal must be "*"'),
        ({"Principal": ..., "NotPrincipal": "*"}, 'Principal must be "*"'),
        ({"Action": ..., "NotAction": "s3:*"}, "NotAction is not supported"),
        ({"Action": ["s3:*", "*"]}, "an action must name its service"),
        ({"Action": []}, "Policy statement must contain actions."),
        ({"Resource": ...}, "Policy statement must contain resources."),
        ({"Action": "s*:Get"}, "Vendor s* is not valid"),
        ({"Resource": "b"}, 'Resource b must be in ARN format or "*".'),
        ({"Extra": 1}, "Syntax errors in policy."),
    ],
)
def test_resource_control_policies_deny_everybody_the_actions_of_a_service(
    changed: dict[str, Any], detail: str
) -> None:
    check(document(RCP), Kind.RCP)
    check(document({**RCP, "Principal": {"AWS": "*"}, "Resource": "arn:aws:s3:::b/*"}), Kind.RCP)
    statement = {name: value for name, value in {**RCP, **changed}.items() if value is not ...}
    with pytest.raises(PolicyRefused) as caught:
        check(document(statement), Kind.RCP)
    assert (str(caught.value), caught.value.detail) == (CONTROL, detail)


def test_service_control_policies_take_the_whole_language() -> None:
    """Organizations, "SCP syntax", since September 2025."""
    full = {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::b/*"}
    condition = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    assert check(document({**full, "Condition": condition}), Kind.SCP).statements[0].not_actions
    for text in (document({**ALLOW, "Principal": "*"}), json.dumps({"Statement": ALLOW}), document()):
        with pytest.raises(PolicyRefused) as caught:
            check(text, Kind.SCP)
        assert str(caught.value) == CONTROL
        assert caught.value.detail


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"Principal": ...}, "Missing required field Principal"),
        ({"Principal": {"AWS": "1"}}, "Invalid principal in policy"),
        ({"Action": []}, "Policy statement must contain actions."),
        ({"Resource": []}, "Policy statement must contain resources."),
    ],
)
def test_resource_policies_of_other_services(changed: dict[str, Any], message: str) -> None:
    good = {"Effect": "Allow", "Action": "sqs:SendMessage", "Principal": "*"}
    assert check(json.dumps({"Statement": good}), Kind.RESOURCE).statements[0].allow
    statement = {name: value for name, value in {**good, **changed}.items() if value is not ...}
    assert refusal(document(statement), Kind.RESOURCE) == message


@pytest.mark.parametrize("kind", Kind)
def test_quotas(kind: Kind) -> None:
    check_size("x" * QUOTAS[kind], kind)
    with pytest.raises(PolicyTooLarge, match=f"Cannot exceed quota for PolicySize: {QUOTAS[kind]}") as caught:
        check_size("x" * (QUOTAS[kind] + 1), kind)
    assert caught.value.detail == f"this has {QUOTAS[kind] + 1}"


def test_white_space_counts_for_some_kinds_and_bytes_for_buckets() -> None:
    check_size(" \t\r\n" * 10_000, Kind.IDENTITY)
    for kind in (Kind.SESSION, Kind.SCP, Kind.RCP, Kind.BUCKET):
        with pytest.raises(PolicyTooLarge):
            check_size(" " * (QUOTAS[kind] + 1), kind)
    with pytest.raises(PolicyTooLarge):
        check_size("\u00e9" * (QUOTAS[Kind.BUCKET] // 2 + 1), Kind.BUCKET)


def test_a_trust_policy() -> None:
    for principal in (
        {"AWS": "111111111111"},
        {"AWS": "*"},
        {"AWS": ["arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:user/path/ann"]},
        {"AWS": "arn:aws:sts::111111111111:assumed-role/Role/session"},
        {"Service": "ec2.amazonaws.com"},
        {"Federated": "accounts.google.com"},
        {"Federated": "arn:aws:iam::111111111111:saml-provider/Corp"},
    ):
        assert (
            check(document({**TRUST, "Principal": principal}), Kind.TRUST).statements[0].principals
            is not None
        )
    assert check(json.dumps({"Statement": TRUST}), Kind.TRUST).version == "2008-10-17"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", "This policy contains invalid Json"),
        (document(), "Could not parse the policy: Statement is empty!"),
        (document({"Effect": "Allow", "Action": "sts:AssumeRole"}), "Missing required field Principal"),
        (document({**TRUST, "Principal": {"AWS": []}}), "Missing required field Principal cannot be empty!"),
        (document({**TRUST, "Resource": "*"}), "Has prohibited field Resource"),
        (document({**TRUST, "NotResource": "*"}), "AssumeRole policy must not contain resources."),
        (
            document({**TRUST, "Action": "s3:GetObject"}),
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (document({**TRUST, "Action": "*"}), "AssumeRole policy may only specify STS AssumeRole actions."),
        (document({**TRUST, "Action": []}), "Policy statement must contain actions."),
        (
            document(
                {"Effect": "Allow", "Action": "sts:AssumeRole", "NotPrincipal": {"AWS": "111111111111"}}
            ),
            "Allow with NotPrincipal is not allowed.",
        ),
        (
            document({**TRUST, "Principal": "*"}),
            'AssumeRolepolicy contained an invalid principal: "STAR":"*".',
        ),
        *(
            (
                document({**TRUST, "Principal": {kind: value}}),
                f'Invalid principal in policy: "{kind if kind == "AWS" else kind.upper()}":"{value}"',
            )
            for kind, value in (
                ("AWS", "1"),
                ("AWS", "arn:aws:iam::111111111111:group/g"),
                ("AWS", "arn:aws:iam::111111111111:user/*"),
                ("AWS", "arn:aws:iam:us-east-1:111111111111:root"),
                ("AWS", "arn:aws:s3:::b"),
                ("Service", "ec2"),
                ("Service", "*"),
                ("Federated", "example.com"),
                ("CanonicalUser", "a" * 64),
                ("Nobody", "x"),
            )
        ),
    ],
)
def test_trust_policies_that_are_refused(text: str, message: str) -> None:
    assert refusal(text, Kind.TRUST) == message


def test_a_bucket_policy() -> None:
    for statement in (
        BUCKET,
        {**BUCKET, "Principal": "*", "Sid": "with blanks"},
        {**BUCKET, "Principal": {"CanonicalUser": "a" * 64}},
        {**BUCKET, "Action": "s3:*", "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]},
        {**BUCKET, "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b"},
        {**BUCKET, "Action": "s3:Get*", "Resource": "arn:aws:s3:::b*"},
    ):
        assert check(document(statement), Kind.BUCKET, bucket="b").statements[0].allow


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", "Policies must be valid JSON and the first byte must be '{'"),
        ("{x", "This policy contains invalid Json"),
        ("{}", "Missing required field Statement"),
        (document(), "Could not parse the policy: Statement is empty!"),
        (document("x"), "This policy contains invalid Json"),
        (
            json.dumps({"Version": "1", "Statement": [BUCKET]}),
            "The policy must contain a valid version string",
        ),
        (document(BUCKET, Extra=1), "Unknown field Extra"),
        (document({**BUCKET, "Extra": 1}), "Unknown field Extra"),
        (document({**BUCKET, "Effect": "allow"}), "Invalid effect: allow"),
        (document({**BUCKET, "Sid": "a_b"}), "Policy has an invalid Sid"),
        (document({**BUCKET, "Condition": {"No": {"a": "b"}}}), "This policy contains invalid Json"),
        (document({**BUCKET, "Principal": {"AWS": "1"}}), "Invalid principal in policy"),
        (document({**BUCKET, "Principal": {"AWS": []}}), "Invalid principal in policy"),
        (document({**BUCKET, "Principal": {"CanonicalUser": "x"}}), "Invalid principal in policy"),
        (document({**BUCKET, "Action": "iam:GetUser"}), "Policy has invalid action"),
        (document({**BUCKET, "Action": "s3:CreateBucket"}), "Policy has invalid action"),
        (document({**BUCKET, "Action": "s3:NoSuch"}), "Policy has invalid action"),
        (document({**BUCKET, "Resource": "*"}), "Policy has invalid resource"),
        (document({**BUCKET, "Resource": "arn:aws:s3:::c/*"}), "Policy has invalid resource"),
        (document({**BUCKET, "Resource": "arn:aws-cn:s3:::b/*"}), "Policy has invalid resource"),
        (
            document({**BUCKET, "Resource": "arn:aws:s3:::b"}),
            "Action does not apply to any resource(s) in statement",
        ),
        (
            document({**BUCKET, "Action": "s3:ListBucket"}),
            "Action does not apply to any resource(s) in statement",
        ),
        *(
            (
                document({key: value for key, value in BUCKET.items() if key != name}),
                f"Missing required field {name}",
            )
            for name in ("Effect", "Principal", "Action", "Resource")
        ),
    ],
)
def test_bucket_policies_that_are_refused(text: str, message: str) -> None:
    assert refusal(text, Kind.BUCKET) == message


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"Statement": ' + "[" * 50_000 + "]" * 50_000 + "}",
        json.dumps({"Statement": {**ALLOW, "Condition": {"NumericEquals": {"a:b": 7}}}}).replace(
            "7", "9" * 5000
        ),
        '{"Statement": NaN}',
        "x" * 1_000_000,
        '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Sid": "\\ud800"}}',
    ],
)
def test_monsters_are_refused_and_nothing_breaks(text: str) -> None:
    for kind in Kind:
        with pytest.raises(PolicyRefused):
            check(text, kind, bucket="b")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "Version",
                    "Statement",
                    "Effect",
                    "Action",
                    "Resource",
                    "Principal",
                    "NotPrincipal",
                    "Condition",
                    "Sid",
                    "x",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_no_json_raises_anything_else(value: Any) -> None:
    text = json.dumps(value)
    for kind in Kind:
        try:
            check(text, kind, bucket="b")
        except PolicyRefused:
            continue
    try:
        parse(text)
    except MalformedDocument:
        return


@given(st.text(max_size=50))
def test_no_text_raises_anything_else(text: str) -> None:
    for kind in Kind:
        with pytest.raises(PolicyRefused):
            check(text, kind, bucket="b")


POINT = "arn:aws:s3:us-west-2:111111111111:accesspoint/p"


def test_an_access_points_policy() -> None:
    for action, resource in (
        ("s3:GetObject", f"{POINT}/object/*"),
        ("s3:ListBucket", POINT),
        ("s3:*", [POINT, f"{POINT}/object/a/*"]),
        (["s3:ListBucket", "s3:PutObject"], f"{POINT}*"),
        ("s3:DeleteObject", f"{POINT}/*"),
    ):
        text = document({**BUCKET, "Action": action, "Resource": resource})
        assert check(text, Kind.ACCESS_POINT, bucket=POINT).statements[0].allow


@pytest.mark.parametrize(
    ("action", "resource", "message"),
    [
        ("s3:GetObject", "*", "Policy has invalid resource"),
        ("s3:GetObject", f"{POINT}x/object/*", "Policy has invalid resource"),
        ("s3:GetObject", [f"{POINT}/object/*", "arn:aws:s3:::b/*"], "Policy has invalid resource"),
        ("s3:GetObject", POINT, "Action does not apply to any resource(s) in statement"),
        ("s3:ListBucket", f"{POINT}/object/*", "Action does not apply to any resource(s) in statement"),
        ("s3:ReplicateObject", f"{POINT}/object/*", "Action does not apply to any resource(s) in statement"),
        ("s3:PutBucketPolicy", POINT, "Action does not apply to any resource(s) in statement"),
    ],
)
def test_access_points_policies_that_are_refused(action: str, resource: Any, message: str) -> None:
    with pytest.raises(PolicyRefused) as caught:
        check(document({**BUCKET, "Action": action, "Resource": resource}), Kind.ACCESS_POINT, bucket=POINT)
    assert str(caught.value) == message


def test_only_regional_resources_of_s3_name_a_region() -> None:
    assert check(document({**ALLOW, "Resource": f"{POINT}/object/*"}), Kind.IDENTITY).statements[0].allow
    refused = refusal(document({**ALLOW, "Resource": "arn:aws:s3:us-west-2::b/*"}), Kind.IDENTITY)
    assert refused.endswith("can not contain region information.")
