"""The checker itself: it takes what one register could have answered, finds what none could, and agrees with
trying every order.
"""

import itertools
import math
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.faults.linear import Op, Value, violation

KINDS = ("put", "put", "get", "get", "get", "delete", "replace", "create")


def lived(rng: random.Random, count: int, clients: int) -> list[Op]:
    """What so many clients saw of a real register: each call happens at one moment of its own."""
    free = [0.0] * clients
    plans = []
    for number in range(count):
        client = rng.randrange(clients)
        called = free[client] + rng.random()
        happens = called + rng.random()
        free[client] = happens + rng.random()
        plans.append((happens, called, free[client], rng.choice(KINDS), f"v{number}"))
    now: Value = None
    ops: list[Op] = []
    old: list[Value] = [None]
    for _, called, answered, kind, value in sorted(plans):
        if kind == "get":
            ops.append(Op("get", called, answered, now))
        elif kind in ("put", "delete"):
            now = value if kind == "put" else None
            ops.append(Op(kind, called, answered, now))
        else:
            expected = rng.choice((now, rng.choice(old))) if kind == "replace" else None
            done = now == expected
            ops.append(Op(kind, called, answered, value, expected, done))
            now = value if done else now
        old.append(now)
    return ops


def explained(ops: Sequence[Op]) -> bool:
    """Whether any order of all calls is possible; those that were not answered may be left out."""
    unanswered = [op for op in ops if op.answered == math.inf]
    for left in itertools.chain.from_iterable(
        itertools.combinations(unanswered, size) for size in range(len(unanswered) + 1)
    ):
        kept = [op for op in ops if op not in left]
        if any(possible(order) for order in itertools.permutations(kept)):
            return True
    return False


def possible(order: Sequence[Op]) -> bool:
    if any(later.answered < one.called for one, later in itertools.combinations(order, 2)):
        return False
    values: set[Value] = {None}
    for op in order:
        values = {after for now in values for after in op.after(now)}
    return bool(values)


@pytest.mark.parametrize("seed", range(10))
def test_what_a_register_answered_is_taken(seed: int) -> None:
    assert violation(lived(random.Random(seed), 500, 8)) is None


@pytest.mark.parametrize("seed", range(120))
def test_it_agrees_with_trying_every_order(seed: int) -> None:
    """On small histories of which some answers were exchanged, and some never came."""
    rng = random.Random(seed)
    ops = lived(rng, 5, 3)
    values = [op.value for op in ops] + [None]
    for at, op in enumerate(ops):
        chance = rng.random()
        if op.kind == "get" and chance < 0.4:
            ops[at] = replace(op, value=rng.choice(values))
        elif op.kind in ("replace", "create") and chance < 0.3:
            ops[at] = replace(op, done=not op.done)
        elif op.kind != "get" and chance > 0.85:
            ops[at] = replace(op, answered=math.inf, done=None)
    assert (violation(ops) is None) == explained(ops)


def one_after_the_other(*ops: tuple[str, Value, Value, bool]) -> list[Op]:
    return [
        Op(kind, at, at + 0.5, value, expected, done) for at, (kind, value, expected, done) in enumerate(ops)
    ]


PUT_A, PUT_B = ("put", "a", None, True), ("put", "b", None, True)


@pytest.mark.parametrize(
    ("ops", "wrong"),
    [
        ([PUT_A, PUT_B, ("get", "a", None, True)], 2),
        ([PUT_A, ("get", None, None, True)], 1),
        ([PUT_A, ("delete", None, None, True), ("get", "a", None, True)], 2),
        ([PUT_A, ("replace", "x", "a", True), ("replace", "y", "a", True)], 2),
        ([PUT_A, ("replace", "x", "a", False)], 1),
        ([PUT_A, ("create", "x", None, True)], 1),
        ([("create", "x", None, True), ("create", "y", None, True)], 1),
        ([("create", "x", None, False)], 0),
        ([("get", "never", None, True)], 0),
    ],
    ids=[
        "stale read",
        "lost write",
        "deleted object back",
        "lost update",
        "refused for nothing",
        "created over another",
        "created twice",
        "not created for nothing",
        "read from nowhere",
    ],
)
def test_a_planted_violation_is_found(ops: list[tuple[str, Value, Value, bool]], wrong: int) -> None:
    """By itself, and in the midst of what eight clients saw."""
    history = one_after_the_other(*ops)
    assert violation(history) is history[wrong]
    before = lived(random.Random(0), 300, 8)
    end = max(op.answered for op in before) + 1
    last = Op("delete", end, end + 0.5)
    later = [replace(op, called=op.called + end + 1, answered=op.answered + end + 1) for op in history]
    assert violation([*before, last, *later]) is later[wrong]


def test_calls_that_overlap_may_come_in_either_order() -> None:
    for read in ("a", "b"):
        assert violation([Op("put", 0, 9, "a"), Op("put", 0, 9, "b"), Op("get", 10, 11, read)]) is None
    unknown = Op("put", 0, math.inf, "a", done=None)
    for found in ("a", None):
        assert violation([unknown, Op("get", 10, 11, found)]) is None
