"""Condition operators (IAM guide, "IAM JSON policy elements: Condition operators", "Creating a condition with
multiple keys or values", "Multivalued context keys").
"""

from typing import Any

import pytest
from tests.unit.policy.build import ROLE, ask, policy, statement

from deputize.policy.conditions import OPERATORS, Condition, moment, number, takes_variables
from deputize.policy.request import Context

Value = str | tuple[str, ...] | None
KEY = "test:Key"


def holds(operator: str, listed: Any, present: Value = None, context: Context | None = None) -> bool:
    found = dict(context or {})
    if present is not None:
        found["test:key"] = present
    condition = {operator: {KEY: listed}}
    return ask(identity=(policy(statement(Condition=condition)),), context=found).allowed


POSITIVE = {
    "StringEquals": ("a", "a", "b"),
    "StringEqualsIgnoreCase": ("A", "a", "b"),
    "StringLike": ("a*", "abc", "b"),
    "NumericEquals": ("10", "10.0", "11"),
    "NumericLessThan": ("10", "9.99", "10"),
    "NumericLessThanEquals": ("10", "10", "10.1"),
    "NumericGreaterThan": ("10", "11", "10"),
    "NumericGreaterThanEquals": ("10", "10", "9"),
    "DateEquals": ("2026-01-01", "2026-01-01T00:00:00Z", "2026-01-02"),
    "DateLessThan": ("2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", "2026-01-01"),
    "DateLessThanEquals": ("2026-01-01", "1767225600", "1767225601"),
    "DateGreaterThan": ("2026-01-01T01:00:00+01:00", "2026-01-01T00:00:01Z", "2026-01-01"),
    "DateGreaterThanEquals": ("2026-01", "2026-01-01", "2025-12-31"),
    "Bool": ("true", "TRUE", "false"),
    "BinaryEquals": ("aGk=", "aGk=", "aGo="),
    "IpAddress": ("192.0.2.0/24", "192.0.2.7", "192.0.3.1"),
    "ArnEquals": ("arn:aws:iam::*:role/*", ROLE, "arn:aws:iam::111111111111:user/ann"),
    "ArnLike": (ROLE, ROLE, "arn:aws:iam::111111111111:role/x"),
}
NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
# A listed value that the good one does not match, where the bad one would not do.
NEVER = {"NumericGreaterThan": "99", "NumericGreaterThanEquals": "99", "NumericLessThan": "1"}
ALL = {**POSITIVE, **{name: POSITIVE[positive] for name, positive in NEGATED.items()}}


def test_every_operator_is_here() -> None:
    assert {name.lower() for name in ALL} == set(OPERATORS)


@pytest.mark.parametrize("name", ALL)
class TestEveryOperator:
    """Table of the guide, for each operator: present, missing, several values, IfExists, quantifiers."""

    def test_on_a_present_value(self, name: str) -> None:
        listed, yes, no = ALL[name]
        assert holds(name, listed, yes) is (name not in NEGATED)
        assert holds(name, listed, no) is (name in NEGATED)

    def test_case_of_the_operators_and_the_keys_name_does_not_matter(self, name: str) -> None:
        listed, yes, _ = ALL[name]
        assert holds(name.upper(), listed, yes) is holds(name, listed, yes)

    def test_of_several_listed_values_one_must_match_or_none(self, name: str) -> None:
        listed, yes, no = ALL[name]
        assert holds(name, [NEVER.get(name.replace("Not", ""), no), listed], yes) is (name not in NEGATED)
        assert holds(name, [], yes) is (name in NEGATED)
        assert holds(name, [listed], no) is (name in NEGATED)

    def test_on_a_missing_key(self, name: str) -> None:
        listed = ALL[name][0]
        for missing in (None, ()):
            assert holds(name, listed, missing) is (name in NEGATED)
            assert holds(name + "IfExists", listed, missing)
            assert holds("ForAllValues:" + name, listed, missing)
            assert not holds("ForAnyValue:" + name, listed, missing)
            assert holds("ForAnyValue:" + name + "IfExists", listed, missing)

    def test_if_exists_asks_a_present_key(self, name: str) -> None:
        listed, yes, no = ALL[name]
        assert holds(name + "IfExists", listed, yes) is (name not in NEGATED)
        assert holds(name + "IfExists", listed, no) is (name in NEGATED)

    def test_a_multivalued_key_without_a_quantifier_never_matches(self, name: str) -> None:
        listed, yes, no = ALL[name]
        for present in ((yes,), (no,), (yes, no)):
            assert not holds(name, listed, present)
            assert not holds(name + "IfExists", listed, present)

    def test_quantifiers(self, name: str) -> None:
        listed, yes, no = ALL[name]
        good, bad = (no, yes) if name in NEGATED else (yes, no)
        assert holds("ForAllValues:" + name, listed, (good, good))
        assert not holds("ForAllValues:" + name, listed, (good, bad))
        assert holds("ForAnyValue:" + name, listed, (bad, good))
        assert not holds("ForAnyValue:" + name, listed, (bad, bad))
        assert holds("ForAnyValue:" + name, listed, good)
        for empty in ("", ("",)):
            assert holds("ForAllValues:" + name, listed, empty)
            assert not holds("ForAnyValue:" + name, listed, empty)


@pytest.mark.parametrize(
    ("listed", "present", "expected"),
    [
        ("true", None, True),
        ("true", (), True),
        ("true", "x", False),
        ("false", None, False),
        ("false", "x", True),
        ("false", ("x",), True),
        (True, None, True),
        ("TRUE", None, True),
        (["true", "false"], "x", True),
        ("maybe", None, False),
    ],
)
def test_null(listed: Any, present: Value, expected: bool) -> None:
    assert holds("Null", listed, present) is expected


@pytest.mark.parametrize(
    "name", ["NullIfExists", "ForAllValues:Null", "ForNoValue:StringEquals", "Equals", ""]
)
def test_what_is_no_operator_never_holds(name: str) -> None:
    for present in (None, "a", ("a",)):
        assert not holds(name, "a", present)


def test_all_operators_and_all_keys_must_hold() -> None:
    both = {"StringEquals": {"a:b": "1", "a:c": "2"}, "Bool": {"a:d": "true"}}
    own = policy(statement(Condition=both))
    good = {"a:b": "1", "a:c": "2", "a:d": "true"}
    assert ask(identity=(own,), context=good).allowed
    for key in good:
        assert not ask(identity=(own,), context={**good, key: "x"}).allowed
    assert ask(identity=(policy(statement(Condition={"StringEquals": {}})),)).allowed


@pytest.mark.parametrize(
    ("operator", "listed", "present", "context", "expected"),
    [
        ("StringEquals", "${aws:username}", "ann", {"aws:username": "ann"}, True),
        ("StringEquals", "a*", "abc", {}, False),
        ("StringEquals", "${*}", "*", {}, True),
        ("StringEquals", ["x", "${aws:username}"], "ann", {"aws:username": "ann"}, True),
        ("StringEquals", "${aws:username}", "ann", {}, False),
        ("StringNotEquals", "${aws:username}", "ann", {}, True),
        ("StringEqualsIgnoreCase", "${aws:username}", "ANN", {"aws:username": "ann"}, True),
        ("StringLike", "${aws:username}/*", "ann/x", {"aws:username": "ann"}, True),
        ("StringLike", "${aws:username}", "ann", {"aws:username": "*"}, False),
        ("StringLike", "${*}", "x", {}, False),
        ("StringLike", "${aws:username, 'ann'}", "ann", {}, True),
        ("StringNotLike", "${aws:username}", "ann", {}, True),
        (
            "ArnLike",
            "arn:aws:iam::1:user/${a:u}",
            "arn:aws:iam::1:user/ann",
            {"a:u": "ann"},
            True,
        ),
        ("ArnLike", "arn:aws:iam::1:user/${a:u}", "arn:aws:iam::1:user/ann", {}, False),
        ("ArnNotLike", "arn:aws:iam::1:user/${a:u}", "arn:aws:iam::1:user/ann", {}, True),
        ("ArnLike", "arn:aws:iam::1:user/${a:b, 'x:y'}", "arn:aws:iam::1:user/x:y", {}, True),
        ("ArnLike", "*", "arn:aws:iam::1:user/ann", {}, False),
        ("ArnNotLike", "*", "arn:aws:iam::1:user/ann", {}, False),
        ("ArnNotLike", "arn:aws:iam::1:user/ann", "ann", {}, False),
        ("ArnLike", "arn:aws:s3:::*", "arn:aws:s3:::b:c/d", {}, True),
        ("ArnLike", "arn:aws:*", "arn:aws:iam::1:user/ann", {}, False),
        ("StringLike", "arn:aws:*", "arn:aws:iam::1:user/ann", {}, True),
        # Neither numbers, dates, addresses nor booleans take variables.
        ("NumericEquals", "${a:n}", "1", {"a:n": "1"}, False),
        ("Bool", "${a:b}", "true", {"a:b": "true"}, False),
        ("Bool", "yes", "yes", {}, False),
        ("IpAddress", "${a:i}", "192.0.2.1", {"a:i": "192.0.2.1"}, False),
        # What cannot be read matches in neither form.
        ("NumericEquals", "ten", "10", {}, False),
        ("NumericNotEquals", "ten", "10", {}, False),
        ("NumericNotEquals", "10", "1e1", {}, False),
        ("NumericNotEquals", ["9", "ten"], "10", {}, False),
        ("DateNotEquals", "soon", "2026-01-01", {}, False),
        ("DateEquals", "2026-13-01", "2026-13-01", {}, False),
        ("NotIpAddress", "192.0.2.0/99", "192.0.2.1", {}, False),
        ("NotIpAddress", "192.0.2.0/24", "nowhere", {}, False),
        ("IpAddress", "192.0.2.0/255.255.255.0", "192.0.2.1", {}, False),
        ("BinaryEquals", "!", "!", {}, False),
        # Addresses of two families.
        ("IpAddress", "192.0.2.0/24", "2001:db8::1", {}, False),
        ("NotIpAddress", "192.0.2.0/24", "2001:db8::1", {}, True),
        ("IpAddress", ["192.0.2.0/24", "2001:db8::/32"], "2001:DB8:0::1", {}, True),
        ("IpAddress", "192.0.2.1", "192.0.2.1", {}, True),
        ("IpAddress", "192.0.2.1/24", "192.0.2.9", {}, True),
        ("NumericEquals", 10, "10", {}, True),
        ("NumericEquals", -1.50, "-1.5", {}, True),
        ("Bool", True, "true", {}, True),
    ],
)
def test_values(operator: str, listed: Any, present: str, context: Context, expected: bool) -> None:
    assert holds(operator, listed, present, context) is expected


def test_the_old_version_has_no_variables() -> None:
    condition = {"StringEquals": {KEY: "${aws:username}"}}
    own = policy(statement(Condition=condition), version="2008-10-17")
    assert ask(identity=(own,), context={"test:key": "${aws:username}"}).allowed
    assert not ask(identity=(own,), context={"test:key": "ann", "aws:username": "ann"}).allowed


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970", 0),
        ("1970-01", 0),
        ("1970-01-01", 0),
        ("1970-01-01T00:01Z", 60),
        ("1970-01-01t00:01:00z", 60),
        ("1970-01-01T01:00:00.5+01:00", 0.5),
        ("60", 60),
        ("12345", 12345),
        ("1970-1-1", None),
        ("1970-01-01T", None),
        ("", None),
        ("-1", None),
    ],
)
def test_dates(text: str, seconds: float | None) -> None:
    found = moment(text)
    assert (None if found is None else float(found)) == seconds


def test_numbers() -> None:
    assert [number(text) for text in ("", "x", "1e3", "0x1", "１", ".5", "5.")] == [None] * 7
    assert number("+1.50") == number("1.5")


def test_which_operators_take_variables() -> None:
    taking = {name for name in ALL if takes_variables(Condition.of(name, "a:b", ("x",), variables=True))}
    assert taking == {name for name in ALL if name.startswith(("String", "Arn"))}
