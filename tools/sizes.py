"""Are files and functions as small as CONTRIBUTING.md asks? Prints what is over, and the figures."""

import ast
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path("src/deputize")
FILE_MEDIAN, FILE_MOST = 200, 600
FUNCTION_P90, FUNCTION_MOST = 25, 60


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Every function of a file, and its lines without decorators and docstring."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                lines -= (first.end_lineno or first.lineno) - first.lineno + 1
            yield f"{path}:{node.lineno} {node.name}", lines


def main() -> int:
    files = {path: len(path.read_text().splitlines()) for path in sorted(SOURCE.rglob("*.py"))}
    lengths = [found for path in files for found in functions(path)]
    median = statistics.median(files.values())
    p90 = statistics.quantiles([length for _, length in lengths], n=10)[-1]
    complaints = [f"{path}: {lines} lines" for path, lines in files.items() if lines > FILE_MOST]
    complaints += [f"{name}: {lines} lines" for name, lines in lengths if lines > FUNCTION_MOST]
    if median > FILE_MEDIAN:
        complaints.append(f"median file: {median} lines")
    if p90 > FUNCTION_P90:
        complaints.append(f"90 % of functions are up to {p90} lines")
    for complaint in complaints:
        print(f"too long: {complaint}")
    print(
        f"sizes: {len(files)} files, {sum(files.values())} lines, median {median:.0f}; "
        f"90 % of functions up to {p90:.0f}"
    )
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
