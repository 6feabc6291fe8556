"""Mutation testing of the policy engine, by hand: do its tests notice when one thing in its code is changed?

    PYTHONPATH=. nice -n 19 .venv/bin/python tools/mutation.py [--minutes N] [MODULE | MODULE#NUMBER ...]

Each mutant changes one comparison, boolean or arithmetic operator, condition, constant or statement of one
module, in memory alone. A forked process decides the hand-written and some generated cases with it, and if
nothing is noticed runs the engine's fast tests; a mutant under which they all pass has survived and is
printed. docs/mutation.md explains those that do.
"""

import argparse
import ast
import collections
import contextlib
import importlib.abc
import importlib.machinery
import json
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import CodeType, ModuleType

import hypothesis.strategies  # noqa: F401 - imported here, once for the tests of all mutants
import pytest
from tests.cases import corpus
from tests.property import reference
from tests.property.case_generator import Cases

SOURCE = Path("src/deputize/policy")
MODULES = ["match", "variables", "principals", "index", "layers", "evaluate", "decide", "conditions"]
# The tests of what only reads texts are left out; of the generated cases 1,000 are decided.
TESTS = [
    "-x", "-q", "-n", "0", "--noconftest", "-p", "no:cacheprovider",
    "-W", "ignore::pytest.PytestAssertRewriteWarning",
    "tests/cases", "tests/unit/policy", "tests/property/test_differential.py",
    "--deselect=tests/property/test_differential.py::test_the_generator_covers_the_language",
    "--deselect=tests/unit/policy/test_case.py::test_no_depth_of_nesting_breaks_anything",
    "--ignore=tests/unit/policy/findings", "--ignore=tests/unit/policy/test_docs.py",
    "--ignore=tests/unit/policy/test_validate.py",
]  # fmt: skip
# Seconds of CPU after which a mutant counts as caught in a loop, several times what all tests take.
SECONDS, SEED = 60, 20261126
SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or,
    ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
}  # fmt: skip
# What types and slots say changes nothing that a test could see.
UNSEEN = frozenset(
    {
        "__slots__", "__all__", "Outcome", "Compare", "Test", "Single", "Documents", "Check", "Candidate",
        "Part", "Level", "Word",
    }
)  # fmt: skip
# Cases, the decision that is expected, and a part of its reason.
QUESTIONS: list[tuple[str, str, str]] = []
GENERATED = 1000
Change = Callable[[], ast.AST]


def changes(node: ast.AST) -> Iterator[Change]:
    """What can be changed about the node: each makes the node that takes its place."""
    match node:
        case ast.Compare(ops=ops):
            yield from (partial(_swapped_in, node, ops, place) for place, one in enumerate(ops))
        case ast.BoolOp(values=values):
            yield partial(_swapped, node)
            yield from (partial(_without, node, values, place) for place in range(len(values)))
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in SWAPPED:
            yield partial(_swapped, node)
        case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
            yield lambda: operand
        case ast.Break():
            yield ast.Continue
        case ast.Continue():
            yield ast.Break
        case ast.If() | ast.IfExp() | ast.While():
            yield partial(_negated, node)
        case ast.comprehension(ifs=[_, *_]):
            yield partial(_unfiltered, node)
        case ast.Constant(value=bool() | int() | str() as value):
            yield partial(ast.Constant, _other(value))
        case ast.Expr(value=ast.Call()):
            yield ast.Pass
        case ast.Return(value=ast.expr() as value) if not _is_none(value):
            yield partial(ast.Return, ast.Constant(None))


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _other(value: bool | int | str) -> bool | int | str:
    if isinstance(value, str):
        return f"{value}~"
    return not value if isinstance(value, bool) else value + 1


def _swapped_in(node: ast.AST, ops: list[ast.cmpop], place: int) -> ast.AST:
    ops[place] = SWAPPED[type(ops[place])]()  # type: ignore[call-overload]
    return node


def _swapped(node: ast.BoolOp | ast.BinOp | ast.AugAssign) -> ast.AST:
    node.op = SWAPPED[type(node.op)]()  # type: ignore[assignment]
    return node


def _without(node: ast.AST, values: list[ast.expr], place: int) -> ast.AST:
    del values[place]
    return node if len(values) > 1 else values[0]


def _negated(node: ast.If | ast.IfExp | ast.While) -> ast.AST:
    node.test = ast.UnaryOp(ast.Not(), node.test)
    return node


def _unfiltered(node: ast.comprehension) -> ast.AST:
    node.ifs = []
    return node


class Mutator:
    """Makes the change of the number `wanted` (from 0), and counts all. `told` says what it was."""

    def __init__(self, wanted: int | None = None) -> None:
        self.wanted = wanted
        self.count = 0
        self.told = ""

    def visit(self, node: ast.AST) -> ast.AST:
        """The node, or what takes its place."""
        for change in changes(node):
            self.count += 1
            if self.count - 1 == self.wanted:
                was = ast.unparse(node)
                made = change()
                self.told = f"{getattr(node, 'lineno', 0)}: {_short(was)}  ->  {_short(ast.unparse(made))}"
                return ast.copy_location(made, node)
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list"):
                continue
            if isinstance(value, list):
                value[:] = [self._child(one) for one in value]
            else:
                setattr(node, name, self._child(value))
        return node

    def _child(self, value: object) -> object:
        return self.visit(value) if isinstance(value, ast.AST) and not _unseen(value) else value


def _unseen(node: ast.AST) -> bool:
    """Docstrings, imports, types and slots."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.ImportFrom() | ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]):
            return name in UNSEEN
    return False


def _short(code: str) -> str:
    line = " ".join(code.split())
    return line if len(line) < 90 else f"{line[:87]}..."


class Instead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module other code when it is imported."""

    def __init__(self, name: str, path: Path, code: CodeType) -> None:
        self.name, self.path, self.code = name, path, code

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(fullname, self) if fullname == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, module.__dict__)


def survives(module: str, number: int | None) -> bool | None:
    """Whether all tests pass with the change; None where they did not come to an end in time."""
    child = os.fork()
    if child == 0:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
        try:
            os._exit(_tested(module, number))
        finally:
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return None if status == -signal.SIGXCPU else status == 0


def _tested(module: str, number: int | None) -> int:
    path = SOURCE / f"{module}.py"
    tree = ast.parse(path.read_text())
    Mutator(number).visit(tree)
    with contextlib.suppress(SyntaxError):
        code = compile(ast.fix_missing_locations(tree), str(path), "exec")
        sys.meta_path.insert(0, Instead(f"deputize.policy.{module}", path, code))
        return 0 if _as_expected() and pytest.main(TESTS) == 0 else 1
    return 1


def _as_expected() -> bool:
    """Whether the cases are decided as they should be; what raises is noticed, too."""
    from deputize.policy import explain  # the change is in what is imported here
    from deputize.policy.case.read import parse

    for case, expected, because in QUESTIONS:
        decision = parse(case, 1_800_000_000.0).decide()
        if decision.word != expected or because not in explain.because(decision):
            return False
    return True


def _questions() -> Iterator[tuple[str, str, str]]:
    for one in corpus.written():
        yield json.dumps(one.case), one.expect, one.because or ""
    for number in range(GENERATED):
        case = Cases(random.Random(number)).case()
        yield json.dumps(case), reference.decide(case), ""


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Which changes of the policy engine do its tests not notice?"
    )
    parser.add_argument("--minutes", type=float, default=60, help="stop after so many (60)")
    parser.add_argument("modules", nargs="*", default=MODULES, help="modules, or single mutants: match#12")
    options = parser.parse_args()
    os.environ["DEPUTIZE_DIFFERENTIAL_CASES"] = "1000"
    cases = corpus.written()  # reading YAML takes long
    corpus.written = lambda: cases
    QUESTIONS.extend(_questions())
    mutants = [(one.partition("#")[0], int(one.partition("#")[2])) for one in options.modules if "#" in one]
    for module in (one for one in options.modules if "#" not in one):
        counter = Mutator()
        counter.visit(ast.parse((SOURCE / f"{module}.py").read_text()))
        mutants += [(module, number) for number in range(counter.count)]
    # In an order by chance, the same each time: a run that is stopped has tried a fair sample.
    random.Random(SEED).shuffle(mutants)
    if not survives(MODULES[0], None):
        sys.exit("the tests fail without any change")
    print(f"{len(mutants)} mutants", flush=True)
    begun, ends = time.monotonic(), collections.Counter[str]()
    for module, number in mutants:
        if time.monotonic() - begun > options.minutes * 60:
            break
        lives = survives(module, number)
        ends["timed out" if lives is None else "survived" if lives else "killed"] += 1
        if lives or lives is None:
            mutator = Mutator(number)
            mutator.visit(ast.parse((SOURCE / f"{module}.py").read_text()))
            print(f"{'SURVIVED' if lives else 'TIMED OUT'} {module}#{number} {mutator.told}", flush=True)
    print(f"{ends.total()} tried: {dict(ends)} in {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
