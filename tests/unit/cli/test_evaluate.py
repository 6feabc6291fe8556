"""`deputize evaluate`: cases in, answers out, exit codes (docs/policy.md)."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from deputize.cli import evaluate as command
from deputize.cli.main import main

ALL = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
CASE: dict[str, Any] = {
    "principal": "arn:aws:iam::111111111111:user/ann",
    "action": "s3:GetObject",
    "resource": "arn:aws:s3:::b/k",
}
ALLOWED = {**CASE, "identityPolicies": [ALL]}
SILENT = "because no identity-based policy allows the s3:GetObject action"


def run(given: str | bytes, *options: str) -> Result:
    return CliRunner().invoke(main, ["evaluate", *options], input=given)


def test_a_case_on_standard_input() -> None:
    result = run(json.dumps(ALLOWED))
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer["decision"] == "allowed"
    assert answer["because"] == "because an identity-based policy allows the s3:GetObject action"
    assert [layer["layer"] for layer in answer["trace"]] == [
        "service control policies",
        "resource control policies",
        "endpoint policy",
        "resource policy",
        "identity policies",
        "permissions boundary",
        "session policies",
    ]


def test_a_case_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(json.dumps(CASE))
    result = run("", "--file", str(tmp_path / "case.json"), "--brief")
    assert json.loads(result.stdout) == {"decision": "implicitDeny", "because": SILENT}


def test_lines_of_a_document_are_those_of_its_own_text() -> None:
    text = json.dumps(ALLOWED, indent=1)
    (identity,) = [
        one for one in json.loads(run(text).stdout)["trace"] if one["layer"] == "identity policies"
    ]
    assert identity["policies"][0]["statements"][0]["lines"] == [3, 7]


@pytest.mark.parametrize(
    ("case", "expected", "code"),
    [
        (ALLOWED, "allowed", 0),
        (CASE, "implicitDeny", 0),
        (CASE, "explicitDeny", 1),
        (CASE, "allowed", 1),
    ],
)
def test_the_expected_decision_sets_the_exit_code(case: Any, expected: str, code: int) -> None:
    for options in (("--brief",), ("--brief", "--ndjson")):
        assert run(json.dumps(case) + "\n", "--expect", expected, *options).exit_code == code


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("{", "line 1, column 2: "),
        ("{}", "action: is missing"),
        (json.dumps({**CASE, "principal": "\ud800"}), "principal: '\\\\ud800' is no user"),
        (b"\xff", "byte 0: not UTF-8"),
        (json.dumps({**CASE, "identityPolicies": [[]]}), "identityPolicies[0]: a policy is a JSON object"),
    ],
)
def test_bad_input_exits_with_2_and_names_the_place(given: str | bytes, told: str) -> None:
    result = run(given)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: ")
    assert told in result.stderr


def test_strict_refuses_what_aws_would_not_save() -> None:
    case = json.dumps({**CASE, "identityPolicies": [{"Statement": []}]})
    assert run(case).exit_code == 0
    result = run(case, "--strict")
    assert result.exit_code == 2
    assert "identityPolicies[0]: Syntax errors in policy." in result.stderr


def test_one_answer_a_line_in_order() -> None:
    lines = [json.dumps(ALLOWED), "", "{", json.dumps(CASE), "\u00e9", json.dumps(ALLOWED)]
    answers = [json.loads(line) for line in run("\n".join(lines), "--ndjson", "--brief").stdout.splitlines()]
    assert [answer.get("decision") for answer in answers] == [
        "allowed",
        None,
        None,
        "implicitDeny",
        None,
        "allowed",
    ]
    assert all(set(answer) == {"error"} for answer in answers if "decision" not in answer)
    assert "trace" in json.loads(run(lines[0], "--ndjson").stdout)


def test_a_line_that_is_too_long_is_answered_in_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "SIZE_LIMIT", 400)
    long = json.dumps({**CASE, "context": {"a:b": "x" * 1500}})
    lines = [json.dumps(ALLOWED), long, json.dumps(CASE), long]
    answers = [json.loads(line) for line in run("\n".join(lines), "--ndjson", "--brief").stdout.splitlines()]
    too_long = {"error": "a case is at most 400 bytes long"}
    assert answers[1] == answers[3] == too_long
    assert [one.get("decision") for one in answers] == ["allowed", None, "implicitDeny", None]
    assert run(long).exit_code == 2


def test_a_program_may_ask_line_by_line_and_no_server_part_is_loaded() -> None:
    watched = (
        "import sys; from deputize.cli.main import main\n"
        "try: main()\n"
        "finally: print(sorted(m for m in sys.modules if m.startswith('deputize.')), file=sys.stderr)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", watched, "evaluate", "--ndjson", "--brief"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        for case, word in ((ALLOWED, "allowed"), (CASE, "implicitDeny")):
            process.stdin.write(json.dumps(case) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["decision"] == word
        process.stdin.close()
        loaded = process.stderr.read()
    for part in ("app", "store", "gateway", "http", "protocol", "policy.trace", "policy.validate"):
        assert f"'deputize.{part}" not in loaded
