"""Is there an order in which all calls to one key could have happened, each at one moment between its call
and its answer? The checker of Wing and Gong as Lowe improved it ("Testing for linearizability", 2016): calls
are put in order no sooner than the answer of one of them asks for it, and no configuration is tried twice.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

# What a key holds: the tag of its content, or None if it is not there.
Value = str | None
# A possible past: what the key holds, and which calls have happened that are not answered yet.
Configuration = tuple[Value, frozenset[int]]


@dataclass(frozen=True)
class Op:
    """A call to a key, from `called` to `answered` (infinite if no answer came).

    `kind` is put, get, delete, replace (if it holds `expected`) or create (if it is not there); a listing is
    a get of each key. `value` is what was written or read; `done` is None if nobody knows.
    """

    kind: str
    called: float
    answered: float
    value: Value = None
    expected: Value = None
    done: bool | None = True

    def after(self, now: Value) -> Iterator[Value]:
        """What the key may hold if this happened while it held `now`; nothing if it could not."""
        match self.kind:
            case "get":
                if self.done is None or now == self.value:
                    yield now
            case "put" | "delete":
                yield self.value
            case _:
                fits = now == self.expected
                if self.done is not False and fits:
                    yield self.value
                elif self.done is not True and not fits:
                    yield now


def violation(history: Iterable[Op], first: Value = None) -> Op | None:
    """The call whose answer no order explains, None if there is an order. `first` is what the key held."""
    ops = list(history)
    pending: set[int] = set()
    possible: set[Configuration] = {(first, frozenset())}
    for at, returns in _events(ops):
        if not returns:
            pending.add(at)
            continue
        possible = set(_answered(ops, pending, possible, at))
        if not possible:
            return ops[at]
        pending.remove(at)
    return None


def _events(ops: Sequence[Op]) -> list[tuple[int, bool]]:
    """Calls and answers in the order of time; of one moment, calls come first, so that they overlap."""
    called = [(op.called, False, at) for at, op in enumerate(ops)]
    answered = [(op.answered, True, at) for at, op in enumerate(ops) if op.answered < math.inf]
    return [(at, returns) for _, returns, at in sorted(called + answered)]


def _answered(
    ops: Sequence[Op], pending: set[int], possible: set[Configuration], at: int
) -> Iterator[Configuration]:
    """Every configuration in which the call has happened, which then needs not be remembered any more."""
    seen: set[Configuration] = set()
    stack = list(possible)
    while stack:
        now, happened = stack.pop()
        if (now, happened) in seen:
            continue
        seen.add((now, happened))
        if at in happened:
            yield now, happened - {at}
            continue
        for one in pending - happened:
            stack += [(value, happened | {one}) for value in ops[one].after(now)]
