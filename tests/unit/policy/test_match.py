"""Wildcards, and that no pattern takes long: the work is counted, not timed."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deputize.policy import match
from deputize.policy.match import Pattern, pattern

MOST = 2048


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("abc", ["abc"], ["ab", "abcd", "", "ABC"]),
        ("", [""], ["a"]),
        ("*", ["", "a", "a/b:c\n"], []),
        ("a*", ["a", "ab"], ["ba", ""]),
        ("*a", ["a", "ba"], ["ab"]),
        ("a*b*c", ["abc", "aXbYc", "abbc"], ["ac", "acb", "abcd"]),
        ("a?c", ["abc", "a?c"], ["ac", "abbc"]),
        ("?", ["a", "?"], ["", "ab"]),
        ("*?*", ["a", "abc"], [""]),
        ("*??*b?d*", ["xxbcd", "xyzbcd!"], ["xbcd", "xxbd"]),
        ("*a?*?b*", ["axxb", "--aXYZb--"], ["axb", "ab"]),
        ("aa*aa", ["aaaa", "aaXaa"], ["aaa"]),
        ("a**b", ["ab", "aXb"], ["a"]),
        ("*a?b*b", ["xa1bb", "a1bxb"], ["xa1b", "a1b"]),
        ("*a?b*c*", ["xxxxxxaXbc", "aXbxxxxxxc"], ["xxxxxxaXbd", "xxxxxxcaXb"]),
        ("*a?c?e*", ["abcde", "acabcde", "xxabcabcdex"], ["abcd", "aacce"[:4]]),
        ("*?ab*c*", ["xabc", "xxabXc"], ["abc", "xacb"]),
        ("x*a?b*a?b", ["xaXbaYb", "xaabaab"], ["xaXb", "xaXbYb"]),
        ("xyz*a?b*a?b", ["xyzaXbaYb"], ["xyzaXb"]),
    ],
)
def test_patterns(text: str, yes: list[str], no: list[str]) -> None:
    for one in yes:
        assert pattern(text).matches(one), one
    for one in no:
        assert not pattern(text).matches(one), one


def test_literal_parts_have_no_wildcards() -> None:
    literal = Pattern((("a", False), ("*?", True), ("?", False)))
    assert literal.matches("a*?x")
    assert not literal.matches("aXYx")
    assert Pattern((("*", False), ("*", True), ("*", False))).matches("a*b")
    assert not Pattern((("*", False), ("*", True), ("*", False))).matches("ab")
    between = Pattern((("*a", False), ("*?", True), ("b*c", False)))
    assert between.matches("xa*?bxc")
    assert not between.matches("xaXYbxc")
    mixed = Pattern((("*a?", False), ("?", True), ("b*", False)))
    assert mixed.matches("xaX?bx")
    assert not mixed.matches("xaXXbx")
    around = Pattern((("*a?", False), ("*", True), ("?b*", False)))
    assert around.matches("xaX*Xbx")
    assert not around.matches("xaXYXbx")
    halves = Pattern((("*a", False), ("b*", False)))
    assert halves.matches("xabx")
    assert not halves.matches("xacx")


@settings(max_examples=1500, derandomize=True, deadline=None)
@given(st.text("ab*?", max_size=14), st.text("abc\n", max_size=18))
def test_as_the_regular_expression_that_means_the_same(text: str, asked: str) -> None:
    expression = "".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in text)
    assert pattern(text).matches(asked) is (re.fullmatch(expression, asked, re.DOTALL) is not None)


class Counted(str):
    """A text that counts how much of it is looked at; comparing a run at one place is one look per 64
    characters, which is how C does it.
    """

    looked = 0

    def startswith(self, *arguments: object) -> bool:
        Counted.looked += 1 + len(str(arguments[0])) // 64
        return super().startswith(*arguments)  # type: ignore[arg-type]

    def find(self, part: str, start: int = 0, end: int = MOST) -> int:  # type: ignore[override]
        found = super().find(part, start, end)
        Counted.looked += (found if found >= 0 else end) - start + len(part)
        return found

    def __getitem__(self, place: object) -> str:
        piece = super().__getitem__(place)  # type: ignore[index]
        Counted.looked += len(piece)
        return piece


HOSTILE = [
    "*a" * (MOST // 2),
    "a*" * (MOST // 2) + "b",
    "*" + "a?" * (MOST // 2 - 1) + "b",
    "*" + "?a" * 500 + "*" + "a?" * 500 + "b*",
    "*" + "a" * 1000 + "?" + "a" * 1000 + "b*",
    "*?" * (MOST // 2),
    "*" * MOST,
    "?" * MOST,
    "*a?b" * (MOST // 4),
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("asked", ["a" * MOST, "ab" * (MOST // 2), "a" * (MOST - 1) + "b", "b" * MOST])
def test_no_pattern_looks_at_a_text_more_than_a_few_times(text: str, asked: str) -> None:
    Counted.looked = 0
    Pattern(((text[:MOST], False),)).matches(Counted(asked))
    assert Counted.looked <= 2 * MOST


def test_patterns_without_variables_are_compiled_once() -> None:
    assert pattern("s3:Get*") is match.pattern("s3:Get*")
