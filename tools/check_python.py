"""Says in one line what a machine lacks before the environment is made, and the command that brings it."""

import importlib.util
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python runs this file to be told
    sys.exit(
        f"error: Python 3.11 or newer is needed, this is {sys.version.split()[0]}\n"
        "       name a newer one: make PYTHON=python3.12 install"
    )
if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
    sys.exit("error: Python's venv module is missing\n       apt-get install python3-venv")
