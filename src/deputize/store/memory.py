"""What was read of the tables that decide about access, remembered for as long as nothing in them changes."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")
Known = dict[Hashable, Any]

# How many readings are remembered before the memory starts anew.
MOST = 8192


class Memory:
    """Shared by all views of one store. A reading belongs to the generation that it was read in: a view of
    another one, older or newer, never meets it.
    """

    def __init__(self) -> None:
        self._latest: tuple[int, Known] = (0, {})

    def of(self, generation: int) -> Known:
        """What is known in `generation`: the latest forgets those before it; an older one, which some view
        may still stand at, begins with nothing and leaves nothing.
        """
        latest = self._latest
        if generation > latest[0]:
            self._latest = latest = (generation, {})
        return latest[1] if generation == latest[0] else {}


def recall(known: Known, name: Hashable, read: Callable[[], T]) -> T:
    """What is known by `name`, read if it is not known."""
    try:
        found: T = known[name]
    except KeyError:
        found = read()
        if len(known) >= MOST:
            known.clear()
        known[name] = found
    return found
