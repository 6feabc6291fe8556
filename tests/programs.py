"""Programs that tests run beside the server: those of `.venv`, the scanners of `.venv-tools` (`make tools`),
client libraries with a Python of their own (`make clients`), and those of the system
(`tools/test_clients.sh` installs them).
"""

import os
import shutil
import sys
from pathlib import Path

import pytest

# Where a program is looked for, the tests' own `.venv` first; also the PATH that child processes get.
TOOLS = Path(__file__).parents[1] / ".venv-tools" / "bin"
LIBRARIES = Path(__file__).parents[1] / ".venv-clients" / "bin" / "python"
PATH = f"{Path(sys.executable).parent}:{TOOLS}:{os.environ.get('PATH', os.defpath)}"


def need(*programs: str) -> None:
    """Skip the test, loudly, if one of `programs` is missing; with CI=true that is a failure."""
    missing = [program for program in programs if shutil.which(program, path=PATH) is None]
    if not missing:
        return
    hint = "`make tools`, and `make clients` as root, install what tests drive"
    said = f"not installed: {', '.join(missing)} ({hint})"
    if os.environ.get("CI") == "true":
        pytest.fail(said, pytrace=False)
    pytest.skip(said)
