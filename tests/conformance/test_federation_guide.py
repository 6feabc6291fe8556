"""docs/federation.md: its commands run in a shell, one after the other, as they stand there."""

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.programs import PATH, need

GUIDE = Path(__file__).parents[2] / "docs" / "federation.md"
# Ready before the next command; ended with the shell.
WAIT = 'for try in $(seq 100); do python3 -c "{}" 2>/dev/null && break; sleep 0.1; done'
OPEN = "import socket; socket.create_connection(('127.0.0.1', {})).close()"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def script(api: int, idp: int) -> str:
    """All commands of the guide, on other ports."""
    blocks = re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    text = "\n".join(blocks)
    text = text.replace("deputize serve", f"deputize serve --port {api} --console-port 0")
    text = text.replace("idp serve", f"idp serve --port {idp}").replace(
        "idp token", f"idp token --port {idp}"
    )
    text = text.replace("127.0.0.1:4566", f"127.0.0.1:{api}").replace("127.0.0.1:4590", f"127.0.0.1:{idp}")
    waits = "\n".join(WAIT.format(OPEN.format(port)) for port in (api, idp))
    text = text.replace("\n\nexport AWS_ENDPOINT_URL", f"\n{waits}\nexport AWS_ENDPOINT_URL", 1)
    assert waits in text
    return f"set -e\ntrap 'kill $(jobs -p)' EXIT\n{text}"


@pytest.mark.slow
def test_its_commands(tmp_path: Path) -> None:
    need("aws", "bash", "python3")
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{PATH}",
        "HOME": str(tmp_path),
        "DEPUTIZE_DATA": str(tmp_path / "data"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    done = subprocess.run(
        ["bash", "-c", script(free_port(), free_port())],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r'"Arn": "arn:aws:sts::\d{12}:assumed-role/Deploy/botocore-session-\d+"', done.stdout)
    assert "refused: another branch" in done.stdout
    assert "refused: signed by somebody else" in done.stdout
    assert "Not authorized to perform sts:AssumeRoleWithWebIdentity" in done.stderr
    assert "could not be validated" in done.stderr
