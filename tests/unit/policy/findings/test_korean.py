"""The Korean catalogue has all that findings say, and nothing else."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from tests.unit.policy.findings.test_checks import cases, found

from deputize.policy import findings
from deputize.policy.findings.korean import KOREAN

HANGUL = re.compile("[가-힣]")
# Names: what holds an inner capital, two capitals, a digit, or a sign between letters.
NAME = re.compile(r"[a-z][A-Z]|[A-Z]{2}|\d|[A-Za-z][:./*]\S")
PLAIN_NAMES = {
    "Allow",
    "Deny",
    "Effect",
    "Null",
    "Principal",
    "Sid",
    "aud",
    "null",
    "sts",
    "true",
    "false",
    "vpc-",
    "vpce-",
}
# What Korean writes as English does.
SAME = {"null", "base64"}


def templates() -> Iterator[str]:
    """The templates of all findings: what `says` is called with, anywhere."""
    for path in Path(findings.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "says":
                (template,) = node.args
                assert isinstance(template, ast.Constant), f"{path.name}:{node.lineno}"
                assert isinstance(template.value, str)
                yield template.value


def places(template: str) -> set[str | None]:
    parts = list(Formatter().parse(template))
    assert all(not spec and not conversion for _, _, spec, conversion in parts)
    return {name for _, name, _, _ in parts if name is not None}


def names(template: str) -> set[str]:
    """The names in an English template."""
    bare = re.sub(r"\{\w+\}", " ", template).replace("{{", "{").replace("}}", "}")
    words = {word.strip("\"'()[]{}$,;:.?").removesuffix("'s") for word in bare.split()}
    return {re.sub(r"^([A-Z]+)s$", r"\1", one) for one in words if NAME.search(one) or one in PLAIN_NAMES}


def test_every_text_has_its_korean_one() -> None:
    assert set(templates()) == set(KOREAN)


@pytest.mark.parametrize("english", KOREAN)
def test_a_text(english: str) -> None:
    """Korean, in the polite style, with the same places and names."""
    korean = KOREAN[english]
    assert places(korean) == places(english)
    assert [one for one in names(english) if one not in korean] == []
    assert HANGUL.search(korean) or english in SAME
    if english.endswith((".", "?")):
        assert re.search(r"(니다|세요)\.$|까\?$|: \S.*$", korean)


def test_what_is_a_name() -> None:
    assert names('Beside {key} add "BoolIfExists": {{"aws:PrincipalIsAWSService": "{value}"}}.') == {
        "BoolIfExists",
        "aws:PrincipalIsAWSService",
    }
    assert names("Name the ARNs of Allow, as in repo:owner/name:*.") == {"ARN", "Allow", "repo:owner/name:*"}


@pytest.mark.parametrize(("code", "kind", "text"), list(cases("finds")))
def test_each_check_says_it_in_korean(code: str, kind: str, text: str) -> None:
    for one in found(kind, text):
        korean = one.wire(KOREAN)
        assert HANGUL.search(korean.pop("findingDetails"))
        english = one.wire()
        assert not HANGUL.search(english.pop("findingDetails"))
        assert korean == english


def test_values_stay_as_they_are() -> None:
    (one,) = [one for one in found("identity", '"Action": "s3:{GetObjcet}"') if "s3:{" in one.details]
    assert one.text.said(KOREAN) == (
        "s3 서비스에 s3:{GetObjcet} 작업은 없습니다. s3:GetObject을(를) 의도했습니까?"
    )
    (one,) = found("identity", '"Action": 1')
    assert one.text.said(KOREAN) == "여기에는 문자열 또는 목록 형식이 필요하지만 숫자 형식입니다."


def test_what_the_words_lack_is_said_in_english() -> None:
    (one,) = found("identity", '"Action": 1')
    assert one.text.said({"a number": "숫자"}) == "This is 숫자; a string or a list is needed here."


def test_the_catalogue_is_loaded_by_who_asks_for_it() -> None:
    program = (
        "import sys, deputize.policy.findings.validate, deputize.accessanalyzer.operations;"
        "sys.exit('deputize.policy.findings.korean' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
