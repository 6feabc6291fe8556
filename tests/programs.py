"""Programs that tests run beside the server: those of `.venv`, and those of the system
(`tools/test_clients.sh` installs them).
"""

import os
import shutil
import sys
from pathlib import Path

import pytest

# Where a program is looked for, the tests' own `.venv` first; also the PATH that child processes get.
PATH = f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}"


def need(*programs: str) -> None:
    """Skip the test, loudly, if one of `programs` is missing; with CI=true that is a failure."""
    missing = [program for program in programs if shutil.which(program, path=PATH) is None]
    if not missing:
        return
    said = f"not installed: {', '.join(missing)} (`make clients` as root installs what tests drive)"
    if os.environ.get("CI") == "true":
        pytest.fail(said, pytrace=False)
    pytest.skip(said)
