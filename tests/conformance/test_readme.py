"""README's examples run as they stand: its shell blocks in order, and its Python test against the same
server.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from tests.access.harness import policy, statement
from tests.conformance.test_cli import create, serving
from tests.fix_world import Keys, World

from deputize.policy.findings.checks import CHECKS

README = Path(__file__).parents[2] / "README.md"


def blocks(language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(), re.DOTALL)


def commands(block: str) -> list[str]:
    return [line.removeprefix("$ ") for line in block.splitlines() if line.startswith("$ ")]


def test_the_shell_examples(tmp_path: Path) -> None:
    """`serve` of the first block is started by the test, on a free port, and the keys are filled in."""
    first, second, _ = (commands(block) for block in blocks("console"))
    assert first == [
        ".venv/bin/deputize account create Development --admin admin",
        ".venv/bin/deputize serve",
    ]
    data = tmp_path / "data"
    admin = create(data, *first[0].split()[3:])["Admin"]
    with serving(data) as (_, url, _):
        script = "\n".join(second).replace("http://127.0.0.1:4566", url)
        script = script.replace("AWS_ACCESS_KEY_ID=...", f"AWS_ACCESS_KEY_ID={admin['AccessKeyId']}")
        script = script.replace(
            "AWS_SECRET_ACCESS_KEY=...", f"AWS_SECRET_ACCESS_KEY={admin['SecretAccessKey']}"
        )
        done = subprocess.run(
            ["sh", "-e", "-c", script],
            cwd=tmp_path,
            env={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    assert "user/admin" in done.stdout
    assert "make_bucket: photos" in done.stdout


def test_the_policy_check() -> None:
    *_, block = blocks("console")
    (command,) = commands(block)
    deputize = str(Path(sys.executable).with_name("deputize"))
    done = subprocess.run(
        ["sh", "-c", command.replace(".venv/bin/deputize", deputize)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == block.partition("\n")[2]


def test_the_number_of_checks() -> None:
    assert f"[{len(CHECKS)} checks](docs/policy-checks.md)" in README.read_text()


def test_the_python_example(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = blocks("python")
    account = world.account("Readme")
    world.client("s3", account.admin).create_bucket(Bucket="photos")
    keys: Keys = world.user(
        account, "application", policy(statement("Allow", ["s3:GetObject", "s3:PutObject"]))
    )
    session = boto3.Session(keys.id, keys.secret, region_name="us-east-1")
    scope: dict[str, object] = {}
    exec(compile(example.replace("http://127.0.0.1:4566", world.url), "README.md", "exec"), scope)  # noqa: S102
    test = scope["test_the_application_cannot_delete"]
    assert callable(test)
    test(session)


def test_every_target_and_page_that_it_names_exists() -> None:
    text = README.read_text()
    makefile = (README.parent / "Makefile").read_text()
    for target in re.findall(r"make ([a-z]+)", text):
        assert f"\n{target}:" in makefile, target
    for page in re.findall(r"\]\(([^)#]+)\)", text):
        assert (README.parent / page).exists(), page
