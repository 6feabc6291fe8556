"""docs/attacks.md names tests that exist, and every test of an attack."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "attacks.md").read_text()
NAMED = re.findall(r"`(tests/[\w/]+\.py)::([\w:]+)`", DOCUMENT)
ATTACKS = sorted(Path(__file__).parent.glob("test_*.py"))


def held_by(path: Path) -> set[str]:
    """The tests of a file, those in classes by `Class::test`."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            inner = [one.name for one in node.body if isinstance(one, ast.FunctionDef)]
            found |= {f"{node.name}::{name}" for name in inner}
    return {name for name in found if name.rpartition("::")[2].startswith("test_")}


@pytest.mark.parametrize("path", sorted({path for path, _ in NAMED}))
def test_what_is_named_exists(path: str) -> None:
    assert {name for where, name in NAMED if where == path} <= held_by(ROOT / path)


@pytest.mark.parametrize(
    "path", [path for path in ATTACKS if path != Path(__file__)], ids=lambda path: path.stem
)
def test_what_exists_is_named_under_its_number(path: Path) -> None:
    sections = dict(re.findall(r"^- (T\d+):\n((?:  - .+\n)+)", DOCUMENT, re.MULTILINE))
    for name in held_by(path):
        number = name.partition("_")[2].partition("_")[0].upper()
        assert f"`tests/attacks/{path.name}::{name}`" in sections[number]
        assert f"\n| {number} | " in DOCUMENT
