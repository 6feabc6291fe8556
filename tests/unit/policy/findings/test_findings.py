"""Findings as a whole: their places, their order, their bounds, and texts that would harm."""

import json
import time

import pytest
from botocore.loaders import Loader
from hypothesis import given, settings
from hypothesis import strategies as st

from deputize.policy import match
from deputize.policy.findings import knowledge, regions
from deputize.policy.findings.finding import shown
from deputize.policy.findings.overlap import Template
from deputize.policy.findings.statements import BUCKET, TRUST, PolicyType
from deputize.policy.findings.validate import MOST, findings

TEXT = """{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:GetObjcet", "s3:${aws:username}"],
            "Resource": "*"
        }
    ]
}"""
KINDS = [
    (PolicyType.IDENTITY_POLICY, None),
    (PolicyType.RESOURCE_POLICY, None),
    (PolicyType.RESOURCE_POLICY, BUCKET),
    (PolicyType.RESOURCE_POLICY, TRUST),
    (PolicyType.SERVICE_CONTROL_POLICY, None),
    (PolicyType.RESOURCE_CONTROL_POLICY, None),
]

WORDS = [
    "Version",
    "Statement",
    "Effect",
    "Allow",
    "Deny",
    "Action",
    "NotAction",
    "Resource",
    "Principal",
    "AWS",
    "Service",
    "Federated",
    "Condition",
    "StringEquals",
    "ForAllValues:StringLike",
    "IpAddress",
    "Bool",
    "Null",
    "DateLessThan",
    "aws:SourceIp",
    "aws:TagKeys",
    "s3:prefix",
    "s3:GetObject",
    "iam:PassRole",
    "*",
    "${aws:username}",
    "${",
    "arn:aws:s3:::b/*",
    "arn:aws:iam::1:role/x",
    "2012-10-17",
    "true",
    "1",
]


def test_a_place_as_access_analyzer_says_it() -> None:
    """Quotes are part of a value's span; lines count from 1, columns and offsets from 0; the end is after."""
    first, *_ = findings(TEXT, PolicyType.IDENTITY_POLICY)
    assert first.check.code == "INVALID_ACTION"
    assert first.details == "s3 has no action s3:GetObjcet. Did you mean s3:GetObject?"
    (location,) = first.locations
    assert location.wire == {
        "path": [{"value": "Statement"}, {"index": 0}, {"value": "Action"}, {"index": 0}],
        "span": {
            "start": {"line": 6, "column": 23, "offset": 114},
            "end": {"line": 6, "column": 37, "offset": 128},
        },
    }
    assert TEXT[114:128] == '"s3:GetObjcet"'
    assert first.wire() == {
        "findingDetails": first.details,
        "findingType": "ERROR",
        "issueCode": "INVALID_ACTION",
        "learnMoreLink": "docs/policy-checks.md#invalid_action",
        "locations": [location.wire],
    }


def test_a_part_of_a_string_has_a_place() -> None:
    (finding,) = [
        one
        for one in findings(TEXT, PolicyType.IDENTITY_POLICY)
        if one.check.code == "VARIABLE_UNSUPPORTED_IN_ELEMENT"
    ]
    (location,) = finding.locations
    assert TEXT[location.start.offset : location.end.offset] == "${aws:username}"
    assert location.wire["path"][-1] == {"substring": {"start": 3, "length": 15}}


def test_with_escapes_the_place_is_the_whole_string() -> None:
    text = TEXT.replace("s3:${", "s3:\\u0024{")
    (finding,) = [
        one
        for one in findings(text, PolicyType.IDENTITY_POLICY)
        if one.check.code == "VARIABLE_UNSUPPORTED_IN_ELEMENT"
    ]
    (location,) = finding.locations
    assert text[location.start.offset : location.end.offset] == '"s3:\\u0024{aws:username}"'


def test_the_order_is_the_texts() -> None:
    made = findings(TEXT, PolicyType.IDENTITY_POLICY)
    offsets = [one.locations[0].start.offset for one in made]
    assert offsets == sorted(offsets)


def test_there_is_a_most() -> None:
    many = [{"Effect": "allow"}] * 600
    text = json.dumps({"Version": "2012-10-17", "Statement": many})
    assert len(findings(text, PolicyType.IDENTITY_POLICY)) == MOST


def test_what_leads_to_more_rights_is_named_with_its_places() -> None:
    listed = ["iam:GetUser", "iam:Put*", "iam:TagUser"]
    statement = {"Effect": "Allow", "Action": listed, "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": statement})
    (made,) = findings(text, PolicyType.IDENTITY_POLICY)
    assert made.check.code == "PRIVILEGE_ESCALATION"
    assert "iam:PutGroupPolicy, iam:PutRolePermissionsBoundary, " in made.details
    assert " and 1 more " in made.details
    places = [text[one.start.offset : one.end.offset] for one in made.locations]
    assert places == ['"iam:Put*"', '"iam:TagUser"']


def test_a_control_policy_gives_no_rights_that_could_lead_to_more() -> None:
    statement = {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": statement})
    assert findings(text, PolicyType.SERVICE_CONTROL_POLICY) == ()


def test_own_accounts_are_no_third_parties() -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = findings(text, PolicyType.RESOURCE_POLICY, resource_type=TRUST)
    assert [one.check.code for one in made] == ["TRUST_WITHOUT_CONDITION"]
    own = ["111122223333"]
    assert findings(text, PolicyType.RESOURCE_POLICY, resource_type=TRUST, own_accounts=own) == ()


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"Statement":' * 100_000,
        "\0",
        "\ud800",
        '{"Version": "\\ud800", "Statement": [{"Effect": "\\ud800", "Action": "\\ud800:\\ud800"}]}',
        '{"Version": 1e999, "Statement": [{"Condition": {"NumericEquals": {"aws:EpochTime": 1e999999999}}}]}',
        '{"Statement": [{"Action": "../../../etc/passwd:x", "Resource": "arn:aws:../../x:::y"}]}',
        '{"Statement": {"Statement": {"Condition": {"": {"": {}}}}}}',
        '{"Statement": [{"Condition": {"IpAddress": {"aws:SourceIp": ["::/129", "1.2.3.4/x", 7]}}}]}',
        '{"Statement": [{"Condition": {"IpAddress": {"aws:SourceIp": ["fe80::1%x", true, ""]}}}]}',
        '{"Statement": [{"Principal": {"AWS": {"AWS": []}}, "NotPrincipal": [], "Resource": {}}]}',
    ],
)
@pytest.mark.parametrize(("policy_type", "resource_type"), KINDS)
def test_no_text_does_harm(text: str, policy_type: PolicyType, resource_type: str | None) -> None:
    made = findings(text, policy_type, resource_type=resource_type)
    assert made
    assert json.dumps([location.wire for one in made for location in one.locations])


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_shape_of_a_policy(data: st.DataObject) -> None:
    """Elements and values in any combination raise nothing."""
    words = st.sampled_from(WORDS)
    tree = st.recursive(
        words | st.booleans() | st.none() | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
        max_leaves=25,
    )
    statement = st.dictionaries(words, tree, max_size=6)
    document = {"Version": "2012-10-17", "Statement": data.draw(st.lists(statement | tree, max_size=3))}
    policy_type, resource_type = data.draw(st.sampled_from(KINDS))
    findings(json.dumps(document), policy_type, resource_type=resource_type)


@pytest.mark.parametrize(
    ("element", "entry"),
    [
        ("Action", '"ec2:*{n}*a*b*c"'),
        ("Action", '"x{n}:y"'),
        ("Action", '"ec2:Nothing{n}"'),
        ("Action", '"s3:Get*{n}"'),
        ("Resource", '"arn:aws:ec2:*:*:*{n}*"'),
        ("Resource", '"arn:aws:ec2:*:*:instance/*{n}"'),
        ("Resource", '"arn:*:*:*{n}"'),
        ("Sid", "{n}"),
        ("Resource", '"${${${${${${${${${${${${${${${${${${"'),
    ],
)
def test_a_large_policy_takes_bounded_time(element: str, entry: str) -> None:
    """A text as long as any may be, of entries that are as dear as any: what is quadratic is cut off."""
    entries = ", ".join(entry.replace("{n}", str(n)) for n in range(200_000 // len(entry)))
    statement = (
        f'{{"{element}": [{entries}], "Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"}}'
    )
    text = f'{{"Version": "2012-10-17", "Statement": [{statement}]}}'
    before = time.process_time()
    findings(text, PolicyType.IDENTITY_POLICY)
    assert time.process_time() - before < 20


def test_many_pairs_take_bounded_time() -> None:
    statement = {
        "Effect": "Allow",
        "Resource": "*",
        "Action": ["ec2:RunInstances", "ec2:DescribeTags"] * 1500,
        "Condition": {"StringEquals": {f"ec2:ResourceTag/{number}": "x" for number in range(1500)}},
    }
    before = time.process_time()
    made = findings(json.dumps({"Statement": [statement]}), PolicyType.IDENTITY_POLICY)
    assert time.process_time() - before < 20
    codes = {one.check.code for one in made}
    assert "REDUNDANT_ACTION" in codes
    assert "UNSUPPORTED_ACTION_FOR_CONDITION_KEY" not in codes


def test_a_text_of_beginnings_is_searched_once() -> None:
    text = json.dumps(
        {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "arn:" + "${" * 100_000}]}
    )
    before = time.process_time()
    assert findings(text, PolicyType.IDENTITY_POLICY)
    assert time.process_time() - before < 20


def test_nothing_of_a_policy_stays_in_memory() -> None:
    """No cache is keyed by what a text holds: neither ours nor those of the policies that decide."""
    before = match.pattern.cache_info().currsize
    text = json.dumps({"Statement": [{"Effect": "Allow", "Action": [f"x{n}:y*" for n in range(900)]}]})
    findings(text, PolicyType.IDENTITY_POLICY)
    assert match.pattern.cache_info().currsize == before


def test_messages_hold_nothing_that_a_terminal_obeys() -> None:
    assert shown("a\x1b[31m\n\u202e\ud800b") == "a\\x1b[31m\\n\\u202e\\ud800b"
    assert len(shown("x" * 1000)) < 200


@pytest.mark.parametrize(("policy_type", "resource_type"), KINDS)
def test_no_part_of_a_policy_brings_it_into_a_message(
    policy_type: PolicyType, resource_type: str | None
) -> None:
    evil = "\x1b[31m" + "x" * 1000
    statement = {
        evil: evil,
        "Sid": evil,
        "Effect": evil,
        "Principal": {evil: [], "AWS": evil, "Service": evil, "Federated": evil},
        "Action": [evil, f"s3:{evil}", f"${{{evil}}}", f"{evil}:x", "s3:GetObject"],
        "Resource": [
            evil,
            *(":".join(("arn", *[evil] * count)) for count in range(7)),
            f"arn:aws:s3:::{evil}/x",
        ],
        "Condition": {
            "IpAddress": {"aws:SourceIp": [evil, f"fe80::1%{evil}/128", f"fe80::1%{evil}/64"], evil: evil},
            "DateEquals": {"aws:CurrentTime": evil},
            "StringEquals": {f"aws:{evil}": evil, f"s3:{evil}": evil, f"aws:ResourceTag/{evil}": evil},
            evil: {evil: [evil, ""]},
        },
    }
    text = json.dumps({"Version": evil, evil: evil, "Statement": [statement, statement]})
    made = findings(text, policy_type, resource_type=resource_type)
    assert len(made) > 20
    for one in made:
        assert one.details.isprintable(), one
        assert len(one.details) < 1000, one


@pytest.mark.parametrize(
    ("form", "pattern", "overlaps"),
    [
        ("role/*", "role/x", True),
        ("role/*", "r*", True),
        ("role/*", "r?le/x", True),
        ("role/*", "rol?", False),
        ("role/*", "user/x", False),
        ("role/*", "*", True),
        ("role/*", "*x", True),
        ("*/*", "a", False),
        ("*/*", "a*", True),
        ("a", "", False),
        ("", "", True),
        ("**", "x", True),
        ("table/*/index/*", "table/${aws:username}", True),
        ("table/*/index/*", "table/a/stream", False),
    ],
)
def test_forms_and_patterns(form: str, pattern: str, overlaps: bool) -> None:
    assert Template(form).overlaps(pattern) is overlaps


def test_a_bucket_has_no_slash() -> None:
    assert not Template("*", "/").overlaps("a/b")
    assert Template("*", "/").overlaps("a*")


def test_the_regions_are_botocores() -> None:
    partitions = Loader().load_data("partitions")["partitions"]
    known = {
        one["id"]: {region for region in one["regions"] if not region.endswith("-global")}
        for one in partitions
    }
    assert dict(regions.REGIONS) == known


def test_closed_services_are_closed() -> None:
    assert not knowledge.RETIRED & knowledge.prefixes()


def test_a_resource_type_without_an_arn_is_passed_over() -> None:
    service = knowledge.Service({}, {"odd": {"key": "odd", "arn": "none"}}, {})
    assert service.types == ()
