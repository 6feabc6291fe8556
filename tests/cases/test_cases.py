"""Every hand-written case, through the product and through the reference; and the whole corpus through the
command, as one who has no Python would use it.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cases.corpus import Written, written
from tests.property import reference

from deputize.policy import explain
from deputize.policy.case.read import parse

PROGRAM = str(Path(sys.executable).with_name("deputize"))
CASES = written()
each = pytest.mark.parametrize("one", CASES, ids=lambda one: one.id)


@each
def test_case(one: Written) -> None:
    decision = parse(json.dumps(one.case), 1_800_000_000.0).decide()
    assert decision.word == one.expect, one.source
    assert (one.because or "") in explain.because(decision)


@each
def test_the_reference_agrees(one: Written) -> None:
    assert reference.decide(one.case) == one.expect, one.source


def test_the_command_answers_the_corpus() -> None:
    """One case a line, one answer a line, in the same order."""
    lines = "".join(json.dumps(one.case) + "\n" for one in CASES)
    command = [PROGRAM, "evaluate", "--ndjson", "--brief"]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True, timeout=120)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["decision"] for answer in answers] == [one.expect for one in CASES]
    told = zip(answers, CASES, strict=True)
    assert all((one.because or "") in answer["because"] for answer, one in told)
    assert all(answer.keys() == {"decision", "because"} for answer in answers)


def test_the_tables_of_rules_name_cases() -> None:
    """docs/verification.md: each row of AWS's tables has its cases."""
    page = Path("docs/verification.md").read_text()
    tables = page[page.index("## Every row has its cases") : page.index("## The rules by number")]
    named = re.findall(r"`([a-z_]+: [^`]+)`", tables)
    assert len(named) > 100
    assert set(named) <= {one.id for one in CASES}


def test_the_corpus_is_large_and_says_its_sources() -> None:
    assert len(CASES) >= 400
    assert all(one.source.strip() for one in CASES)
