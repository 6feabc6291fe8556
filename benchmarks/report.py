"""The results as a table in markdown."""

import os
import platform
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.cases import Case, Side
from benchmarks.measure import Figure, median, ratio

BASELINES = ("nginx", "moto")


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What a run found. `starts` are in seconds, `idle` and `busy` in bytes (before and after the load);
    `per_sync`: acknowledged PUTs per fsync, None if they could not be counted.
    """

    figures: Mapping[tuple[Case, Side], Sequence[Figure]]
    starts: Sequence[float]
    idle: int
    busy: int
    per_sync: float | None


def markdown(results: Results) -> str:
    """The table, and the single figures below it."""
    lines = [
        f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, "
        f"Python {platform.python_version()}",
        "",
        "| what | server | who | CPU per request | requests/s | CPU to nginx's | CPU to moto's |",
        "|---|---|---|--:|--:|--:|--:|",
        *_rows(results.figures),
        "",
        "| | |",
        "|---|--:|",
        f"| start to first answer, median of {len(results.starts)} | {statistics.median(results.starts):.2f} s |",
        f"| resident memory, idle | {results.idle / 1e6:.0f} MB |",
        f"| resident memory, after the load | {results.busy / 1e6:.0f} MB |",
        f"| PUT 1 KiB at 32 clients: acknowledgements per fsync | {_number(results.per_sync)} |",
    ]
    return "\n".join([*lines, ""])


def _rows(figures: Mapping[tuple[Case, Side], Sequence[Figure]]) -> Iterator[str]:
    for (case, side), found in figures.items():
        middle = median(found)
        ratios = (
            next((ratio(found, other) for (one, its), other in figures.items() if one is case and its.server == name), None)
            if side.server == "deputize" else None
            for name in BASELINES
        )
        shown = " | ".join("" if value is None else f"{value:.3g}" for value in ratios)
        yield f"| {case.name} | {side.server} | {side.who} | {_time(middle.cpu)} | {middle.rate:,.0f} | {shown} |"


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs" if seconds < 0.01 else f"{seconds * 1e3:,.0f} ms"


def _number(value: float | None) -> str:
    return "not counted: strace is missing" if value is None else f"{value:.1f}"
