"""How long a piece of work takes on one core."""

import statistics
import time
from collections.abc import Callable


def median(work: Callable[[], object], times: int, rounds: int = 15) -> float:
    """Microseconds of CPU that `work` takes: the median of the rounds, each of so many times."""
    taken = []
    for _ in range(rounds):
        begun = time.thread_time()
        for _ in range(times):
            work()
        taken.append((time.thread_time() - begun) / times * 1e6)
    return statistics.median(taken)
