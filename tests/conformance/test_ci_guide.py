"""docs/ci.md: its pytest fixture and its script run as they stand there."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conformance.test_federation_guide import free_port
from tests.programs import PATH, need

GUIDE = Path(__file__).parents[2] / "docs" / "ci.md"
POLICY = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
}
CASE = {
    "principal": "arn:aws:iam::111111111111:user/ann",
    "action": "s3:DeleteObject",
    "resource": "arn:aws:s3:::photos/cat.jpg",
    "identityPolicies": [POLICY],
}


def blocks(language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)


def run(folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """With nothing of this process's environment but the programs."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{PATH}",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.slow
def test_the_fixture_and_the_test(tmp_path: Path) -> None:
    for name, text in zip(("conftest.py", "test_access.py"), blocks("python"), strict=True):
        (tmp_path / name).write_text(text)
    done = run(tmp_path, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir=.")
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


@pytest.mark.slow
def test_the_script(tmp_path: Path) -> None:
    need("aws", "sh", "curl", "jq")
    script, checks = blocks("sh")
    for folder, name, content in (("policies", "read", POLICY), ("cases", "nobody-deletes", CASE)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.json").write_text(json.dumps(content))
    port = free_port()
    script = script.replace("127.0.0.1:4566", f"127.0.0.1:{port}")
    script = script.replace("deputize serve", f"deputize serve --port {port} --console-port 0")
    done = run(tmp_path, "sh", "-c", f"{script}\n{checks}")
    assert done.returncode == 0, done.stderr
    assert "user/admin" in done.stdout
    assert '"decision": "implicitDeny"' in done.stdout


@pytest.mark.slow
def test_the_script_ends_where_the_server_cannot_start(tmp_path: Path) -> None:
    need("sh", "curl", "jq")
    script, _ = blocks("sh")
    port = free_port()
    script = script.replace("127.0.0.1:4566", f"127.0.0.1:{port}")
    script = script.replace("deputize serve", "deputize serve --base-host -")
    done = run(tmp_path, "sh", "-c", script)
    assert done.returncode != 0
    assert "is no DNS name" in done.stderr
