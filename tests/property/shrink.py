"""Makes a failing case small: leaves out whatever can be left out."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

Json = Any


def shrunk(case: Json, fails: Callable[[Json], bool]) -> Json:
    """The smallest case that still fails and is reached by leaving out one part after the other."""
    while True:
        smaller = next((one for one in _smaller(case) if _still(fails, one)), None)
        if smaller is None:
            return case
        case = smaller


def _still(fails: Callable[[Json], bool], case: Json) -> bool:
    """What cannot be judged any more does not count."""
    try:
        return fails(case)
    except (KeyError, ValueError, TypeError, AttributeError):
        return False


def _smaller(value: Json) -> Iterator[Json]:
    """The value with one part left out, the large parts first."""
    if isinstance(value, list):
        if len(value) == 1:
            yield copy.deepcopy(value[0])
        for place in range(len(value)):
            yield value[:place] + value[place + 1 :]
        for place, one in enumerate(value):
            yield from ([*value[:place], less, *value[place + 1 :]] for less in _smaller(one))
    elif isinstance(value, dict):
        for key in value:
            yield {other: one for other, one in value.items() if other != key}
        for key, one in value.items():
            yield from ({**value, key: less} for less in _smaller(one))
