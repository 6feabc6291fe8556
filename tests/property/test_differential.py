"""The product decides every generated case as the reference does.

5,000 cases are made here each time; `make compare` makes 200,000 (DEPUTIZE_DIFFERENTIAL_CASES) and
prints what they covered. The cases follow from their numbers, so that a run can be repeated; Hypothesis
drives the same generator besides, and shrinks what it finds.
"""

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property import reference
from tests.property.case_generator import OPERATORS, Cases
from tests.property.reference_principals import caller_of
from tests.property.shrink import shrunk

from deputize.policy import explain
from deputize.policy.case.read import parse

Json = Any
CASES = int(os.environ.get("DEPUTIZE_DIFFERENTIAL_CASES", "5000"))
BATCH = 1000
NAMES = {
    "scp": "service control policy",
    "rcp": "resource control policy",
    "endpoint": "VPC endpoint policy",
    "resource": "resource-based policy",
    "identity": "identity-based policy",
    "boundary": "permissions boundary",
    "session": "session policy",
}
LAYERS = [
    "identityPolicies", "permissionsBoundary", "sessionPolicies", "resourcePolicy", "endpointPolicy",
    "serviceControlPolicies", "resourceControlPolicies", "managementAccount", "serviceLinkedRole", "roleArn",
    "parentUser",
]  # fmt: skip


def numbered(number: int) -> Json:
    return Cases(random.Random(number)).case()  # noqa: S311 - nothing is secret here


def decided(case: Json) -> tuple[str, str | None]:
    decision = parse(json.dumps(case), 0.0).decide()
    return decision.word, explain.because(decision)


def difference(case: Json) -> str | None:
    """How the two differ over the case; None where they agree on the decision and the layer that is told."""
    word, because = decided(case)
    expected = reference.answer(case)
    if word != expected.decision:
        return f"product: {word} ({because}), reference: {expected}"
    # Of a refused AssumeRole, the words follow a table of their own, which the hand-written cases pin.
    trust = case["action"].startswith("sts:")
    if expected.layer in NAMES and not trust and NAMES[expected.layer] not in (because or ""):
        return f"{word} because: product: {because}, reference: {expected}"
    return None


def features(case: Json) -> Iterator[str]:
    """What of the language a case touches, and how it was decided."""
    answer = reference.answer(case)
    yield f"decision {answer.decision}: {answer.layer or 'path ' + str(answer.path)}"
    yield f"caller {caller_of(case).kind}"
    yield from (f"layer {name}" for name in LAYERS if case.get(name))
    text = json.dumps(case)
    yield from (
        f"element {name}" for name in ("NotPrincipal", "NotAction", "NotResource") if f'"{name}"' in text
    )
    for condition in conditions(case):
        for operator in condition:
            quantifier, _, name = operator.lower().rpartition(":")
            yield f"operator {name.removesuffix('ifexists')}"
            yield f"set operator {quantifier or 'none'}{' ifexists' if name.endswith('ifexists') else ''}"


def conditions(value: Json) -> Iterator[Json]:
    """Every Condition in the value that is a map."""
    if isinstance(value, list):
        for one in value:
            yield from conditions(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key == "Condition" and isinstance(one, dict):
                yield one
            else:
                yield from conditions(one)


@pytest.fixture(scope="module")
def covered() -> Iterator[Counter[str]]:
    """Counts features; prints them when all is done (seen with pytest -s)."""
    counted: Counter[str] = Counter()
    yield counted
    for feature, times in sorted(counted.items()):
        print(f"{times:>9}  {feature}")  # noqa: T201 - the coverage of the generator is asked for


@pytest.mark.parametrize("batch", range(CASES // BATCH))
def test_the_product_decides_as_the_reference(batch: int, covered: Counter[str]) -> None:
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        case = numbered(number)
        covered.update(set(features(case)))
        found = difference(case)
        if found is not None:
            least = shrunk(case, lambda tried: difference(tried) is not None)
            pytest.fail(f"case {number}\n{json.dumps(least)}\n{difference(least)}", pytrace=False)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False))
def test_the_product_decides_as_the_reference_whatever_hypothesis_thinks_of(choices: random.Random) -> None:
    case = Cases(choices).case()
    assert difference(case) is None, json.dumps(case)


def test_the_generator_covers_the_language() -> None:
    """Every operator and set operator, layer, kind of caller and path is among the cases that always run."""
    counted: Counter[str] = Counter()
    for number in range(5000):
        counted.update(set(features(numbered(number))))
    paths = ["A", "B", "C", "D", "E", "F", "cross-account", "trust", "root", "service", "anonymous", "free"]
    paths += ["vouched for"]
    wanted = {f"decision allowed: path {path}" for path in paths}
    wanted |= {f"decision explicitDeny: {layer}" for layer in NAMES}
    wanted |= {f"decision implicitDeny: {layer}" for layer in NAMES if layer != "rcp"}
    kinds = ["user", "role session", "federated user", "root", "service", "anonymous", "vouched for"]
    wanted |= {f"caller {kind}" for kind in kinds} | {f"layer {name}" for name in LAYERS}
    wanted |= {f"operator {name.lower()}" for name in (*OPERATORS, "StringMatches", "NotBool")}
    sets = ["none", "forallvalues", "foranyvalue"]
    wanted |= {f"set operator {name}{form}" for name in sets for form in ("", " ifexists")}
    wanted |= {"element NotPrincipal", "element NotAction", "element NotResource"}
    assert not wanted - counted.keys()
