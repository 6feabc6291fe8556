"""docs/policy.md and README.md say what is so: their examples are run."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from deputize.cli.evaluate import evaluate
from deputize.cli.main import main
from deputize.policy.case.read import FIELDS

GUIDE = Path("docs/policy.md").read_text()
README = Path("README.md").read_text()


def block(name: str) -> str:
    """The one block of the guide that is marked so."""
    (found,) = re.findall(rf"^```{name}\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
    return str(found)


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(block("json case"))
    result = CliRunner().invoke(main, ["evaluate", "--brief", "--file", str(tmp_path / "case.json")])
    assert result.exit_code == 0
    assert result.stdout == block("json answer")


def test_the_api(capsys: pytest.CaptureFixture[str]) -> None:
    exec(block("python example"), {})  # noqa: S102 - the guide's own code
    assert capsys.readouterr().out == block("text output")


def test_the_readmes_example() -> None:
    (found,) = re.findall(
        r"deputize evaluate --brief <<'EOF'\n(.*?)^EOF\n(.*?)^```$", README, re.DOTALL | re.MULTILINE
    )
    case, expected = found
    assert CliRunner().invoke(main, ["evaluate", "--brief"], input=case).stdout == expected


def test_every_field_and_option_is_described() -> None:
    for field in FIELDS:
        assert f"`{field}`" in GUIDE
    for option in evaluate.params:
        assert f"`{option.opts[0]}" in GUIDE
