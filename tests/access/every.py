"""Every example there is: the files beside this one register theirs when they are imported."""

import importlib
import pkgutil
from pathlib import Path

for found in pkgutil.iter_modules([str(Path(__file__).parent)]):
    if not found.name.startswith("test_") and found.name != "every":
        importlib.import_module(f"tests.access.{found.name}")
