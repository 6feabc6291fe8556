"""One side of a case, measured: CPU per request of the server's processes, and requests per second."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.cases import Case, Side
from benchmarks.load import drive
from benchmarks.servers import Server

# Of a round, this part goes ahead unmeasured: caches fill, and the interpreter specialises its code.
WARM_UP = 10


@dataclass(frozen=True, slots=True)
class Figure:
    """`cpu` is in seconds per request, `rate` in requests per second."""

    cpu: float
    rate: float


def measure(server: Server, case: Case, side: Side, total: int) -> Figure:
    """Send `total` requests and look at the server's CPU clock before and after. Raises LoadFailed."""
    requests = side.make(server.port)
    drive(server.port, requests, max(1, total // WARM_UP), case.clients)
    before = server.cpu()
    driven = drive(server.port, requests, total, case.clients)
    return Figure((server.cpu() - before) / total, total / driven.seconds)


def median(figures: Sequence[Figure]) -> Figure:
    """The middle of the rounds, each figure by itself."""
    return Figure(
        statistics.median(figure.cpu for figure in figures),
        statistics.median(figure.rate for figure in figures),
    )


def ratio(figures: Sequence[Figure], baseline: Sequence[Figure]) -> float:
    """How many times the baseline's CPU, compared round by round: what disturbs one disturbs both."""
    return statistics.median(mine.cpu / other.cpu for mine, other in zip(figures, baseline, strict=True))
