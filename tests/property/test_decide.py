"""The laws of the policy language hold."""

import json
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from deputize.policy.decide import Decision, Policies, ResourceKind, decide
from deputize.policy.document import parse
from deputize.policy.evaluate import Attached
from deputize.policy.request import Principal, Request

Case = dict[str, Any]
HERE, THERE = "111111111111", "222222222222"
ANN = f"arn:aws:iam::{HERE}:user/ann"
ROLE = f"arn:aws:iam::{HERE}:role/app/Reader"
SESSION = f"arn:aws:sts::{HERE}:assumed-role/Reader/ann"
FEDERATED = f"arn:aws:sts::{HERE}:federated-user/bob"
LAWS = settings(max_examples=300, deadline=None, derandomize=True)


def caller(kind: str, arn: str, unique_id: str, **more: str) -> dict[str, Any]:
    known = {"kind": kind, "account": HERE, "arn": arn, "unique_id": unique_id}
    return {"role_arn": None, "parent_arn": None, **known, **more}


CALLERS = [
    caller("user", ANN, "AIDAANN"),
    caller("role-session", SESSION, "AROAREADER", role_arn=ROLE),
    caller("federated-user", FEDERATED, "AIDAANN", parent_arn=ANN),
    caller("root", f"arn:aws:iam::{HERE}:root", HERE),
    {**caller("service", "cloudtrail.amazonaws.com", ""), "account": None, "unique_id": None},
    {**caller("anonymous", "", ""), "account": None, "arn": None, "unique_id": None},
]
PRINCIPALS = [
    "*",
    HERE,
    THERE,
    f"arn:aws:iam::{HERE}:root",
    ANN,
    "AIDAANN",
    "AIDAGONE",
    ROLE,
    "AROAREADER",
    SESSION,
    FEDERATED,
]
ACTIONS = ["*", "s3:*", "s3:Get*", "s3:getobject", "s3:GetObject", "s3:?etObject", "iam:*", "sts:AssumeRole"]
RESOURCES = [
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::b",
    "arn:aws:s3:::${aws:username}/*",
    "arn:aws:s3:::b/${aws:PrincipalTag/Team, 'k'}",
    "arn:aws:s3:::b/${*}",
    "arn:aws:iam::*:role/*",
    f"arn:aws:iam::{THERE}:role/app/?",
]
ASKED = ["arn:aws:s3:::b/k", "arn:aws:s3:::b/*", "arn:aws:s3:::b", f"arn:aws:iam::{THERE}:role/app/R", "*"]
VALUES: dict[str, list[str]] = {
    "aws:username": ["ann", "b", "*", ""],
    "aws:principaltag/team": ["k", "a", "*"],
    "aws:tagkeys": ["a", "b", ""],
    "aws:sourceip": ["192.0.2.1", "2001:db8::1", "nowhere"],
    "aws:multifactorauthpresent": ["true", "false"],
    "s3:max-keys": ["10", "1e3", "-1", "10.0"],
    "aws:currenttime": ["2026-01-01T00:00:00Z", "1767225600", "soon"],
    "aws:principalarn": [ROLE, ANN, "x"],
}
LISTED: dict[str, list[Any]] = {
    "String": [
        "ann",
        "b",
        "ANN",
        "a*",
        "?",
        "*",
        "",
        "${aws:username}",
        "${aws:PrincipalTag/team, 'k'}",
        "${*}",
    ],
    "Numeric": [10, "10.0", "9", "x", -1],
    "Date": ["2026-01-01", "2026-01-01T01:00:00+01:00", "1767225601", "x"],
    "Bool": [True, "TRUE", "false", "x"],
    "Ip": ["192.0.2.0/24", "192.0.2.1", "2001:db8::/32", "10.0.0.0/8", "x"],
    "Arn": [ROLE, "arn:aws:iam::*:role/*", "arn:aws:iam::*:user/${aws:username}", "*", "x"],
}
OPERATORS = {
    "String": ["Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike"],
    "Numeric": ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"],
    "Date": ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"],
    "Arn": ["Equals", "NotEquals", "Like", "NotLike"],
}


# Strategies are made once: to make and validate them anew for each draw took longer than all draws.
@cache
def one(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


@cache
def several(least: int, most: int, strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(strategy, min_size=least, max_size=most)


@cache
def distinct(*values: Any) -> st.SearchStrategy[list[Any]]:
    return st.lists(one(*values), max_size=2, unique=True)


@cache
def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


def some(most: int, *values: Any) -> st.SearchStrategy[list[Any]]:
    return several(1, most, one(*values))


CALLER = st.sampled_from(CALLERS)
NAMED = st.one_of(
    some(3, *PRINCIPALS).map(lambda values: {"AWS": values}),
    st.just({"Service": "cloudtrail.amazonaws.com"}),
    st.just("*"),
)


@cache
@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for _ in range(draw(st.integers(0, 2))):
        family = draw(one(*sorted(LISTED)))
        if family == "Bool":
            name = "Bool"
        elif family == "Ip":
            name = draw(one("IpAddress", "NotIpAddress"))
        else:
            name = family + draw(one(*OPERATORS[family]))
        values = draw(some(3, *LISTED[family]))
        if draw(st.integers(0, 9)) == 0:
            name, values = "Null", [draw(one("true", "false"))]
        else:
            name = draw(one("", "", "ForAllValues:", "ForAnyValue:")) + name
            name += draw(one("", "", "", "IfExists"))
        # A quantified IfExists on a missing key is one of the points where AWS's pages disagree.
        key = draw(one(*sorted(VALUES)))
        made.setdefault(name, {})[key] = values if len(values) > 1 or draw(st.booleans()) else values[0]
    return made


@cache
@st.composite
def statements(draw: st.DrawFn, *, principal: bool, trust: bool = False) -> dict[str, Any]:
    made: dict[str, Any] = {"Effect": draw(one("Allow", "Allow", "Deny"))}
    if principal:
        element = draw(one("Principal", "Principal", "Principal", "NotPrincipal"))
        made[element] = draw(NAMED)
    element = draw(one("Action", "Action", "Action", "NotAction"))
    made[element] = draw(some(2, *ACTIONS))
    if not trust:
        element = draw(one("Resource", "Resource", "Resource", "NotResource"))
        made[element] = draw(some(2, *RESOURCES))
    found = draw(conditions())
    if found:
        made["Condition"] = found
    return made


@cache
@st.composite
def documents(draw: st.DrawFn, *, principal: bool = False, trust: bool = False) -> dict[str, Any]:
    version = draw(one("2012-10-17", "2012-10-17", "2008-10-17"))
    return {
        "Version": version,
        "Statement": draw(several(1, 3, statements(principal=principal, trust=trust))),
    }


@cache
@st.composite
def contexts(draw: st.DrawFn) -> dict[str, str | tuple[str, ...]]:
    made: dict[str, str | tuple[str, ...]] = {}
    for key, values in VALUES.items():
        if draw(st.booleans()):
            many = key == "aws:tagkeys" or draw(st.integers(0, 7)) == 0
            made[key] = tuple(draw(distinct(*values))) if many else draw(one(*values))
    return made


@cache
@st.composite
def cases(draw: st.DrawFn) -> Case:
    trust = draw(st.booleans())
    return {
        "caller": draw(CALLER),
        "action": "sts:AssumeRole" if trust else draw(one("s3:GetObject", "iam:GetUser")),
        "resource": f"arn:aws:iam::{THERE}:role/app/R" if trust else draw(one(*ASKED)),
        "owner": draw(one(HERE, HERE, THERE)),
        "context": draw(contexts()),
        "identity": draw(several(0, 2, documents())),
        "boundary": draw(maybe(documents())),
        "session": draw(maybe(several(0, 2, documents()))),
        "resource_policy": draw(maybe(documents(principal=True, trust=trust))),
        "trust": trust,
    }


def attached(document: Any) -> Attached:
    return Attached(parse(json.dumps(document)), "inline", "test", None, None)


def product(case: Case) -> Decision:
    known = {key: value for key, value in case["caller"].items() if value is not None}
    request = Request(
        principal=Principal(partition="aws" if "account" in known else None, **known),
        action=case["action"],
        resource=case["resource"],
        resource_account=case["owner"],
        context=case["context"],
    )
    policies = Policies(
        identity=tuple(map(attached, case["identity"])),
        boundary=None if case["boundary"] is None else attached(case["boundary"]),
        session=None if case["session"] is None else tuple(map(attached, case["session"])),
        resource=None if case["resource_policy"] is None else attached(case["resource_policy"]),
    )
    kind = ResourceKind.ROLE_TRUST if case["trust"] else ResourceKind.ORDINARY
    return decide(request, policies, resource_kind=kind)


ANYTHING = {"Action": "*", "Resource": "*"}


@LAWS
@given(cases())
def test_law_default_deny(case: Case) -> None:
    """Without any policy, only root does anything, and that in its own account."""
    bare = {**case, "identity": [], "resource_policy": None}
    own_root = case["caller"]["kind"] == "root" and case["owner"] == HERE and not case["trust"]
    assert product(bare).allowed is False or own_root


@LAWS
@given(cases(), documents())
def test_law_forbid_trumps_permit(case: Case, allow: Any) -> None:
    deny = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", **ANYTHING}}
    assert not product({**case, "identity": [*case["identity"], allow, deny]}).allowed


@LAWS
@given(cases())
def test_law_order_and_duplicates_do_not_matter(case: Case) -> None:
    turned = [
        {**document, "Statement": [*reversed(document["Statement"]), *document["Statement"]]}
        for document in reversed(case["identity"])
    ]
    assert product({**case, "identity": turned}).allowed is product(case).allowed


@LAWS
@given(cases(), statements(principal=False))
def test_law_adding_an_allow_never_turns_allow_into_deny(case: Case, extra: Any) -> None:
    more = {"Version": "2012-10-17", "Statement": [{**extra, "Effect": "Allow"}]}
    if product(case).allowed:
        assert product({**case, "identity": [*case["identity"], more]}).allowed


@LAWS
@given(cases(), statements(principal=False))
def test_law_adding_a_deny_never_turns_deny_into_allow(case: Case, extra: Any) -> None:
    more = {"Version": "2012-10-17", "Statement": [{**extra, "Effect": "Deny"}]}
    if not product(case).allowed:
        assert not product({**case, "identity": [*case["identity"], more]}).allowed


@LAWS
@given(cases(), documents())
def test_law_boundary_and_session_policy_never_widen(case: Case, cap: Any) -> None:
    free = {**case, "boundary": None, "session": None}
    if not product(free).allowed:
        assert not product({**free, "boundary": cap}).allowed
        assert not product({**free, "session": [cap]}).allowed


@LAWS
@given(
    st.sampled_from([(family, name) for family in OPERATORS for name in OPERATORS[family] if "Not" in name]),
    st.sampled_from(["ann", "b", "ANN", "10", "2026-01-01", ROLE]),
    st.data(),
)
def test_law_on_a_readable_value_exactly_one_of_an_operator_and_its_negation_holds(
    operator: tuple[str, str], present: str, data: st.DataObject
) -> None:
    family, name = operator
    readable = {
        "String": LISTED["String"][:7],
        "Numeric": [10, "10.0", "9"],
        "Date": LISTED["Date"][:3],
        "Arn": LISTED["Arn"][:2],
    }[family]
    values = data.draw(st.lists(st.sampled_from(readable), min_size=1, max_size=3))
    value = {"Numeric": "10", "Date": "2026-01-01", "Arn": ROLE}.get(family, present)

    def holds(operation: str) -> bool:
        condition = {family + operation: {"test:key": values}}
        text = json.dumps(
            {"Version": "2012-10-17", "Statement": {"Effect": "Allow", **ANYTHING, "Condition": condition}}
        )
        request = Request(
            principal=Principal(kind="anonymous"),
            action="s3:GetObject",
            resource="*",
            resource_account=None,
            context={"test:key": value},
        )
        return parse(text).statements[0].conditions_hold(request)

    assert holds(name) is not holds(name.replace("Not", ""))
