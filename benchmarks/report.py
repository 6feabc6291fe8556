"""The results as a table in markdown."""

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.cases import Case, Side
from benchmarks.measure import Figure, median, ratio

Figures = Mapping[tuple[Case, Side], Sequence[Figure]]
BASELINES = ("nginx", "moto", "s3rver")


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What a run found. `starts` are seconds to the first answer and the CPU time until then; `idle` and
    `busy` are in bytes, before and after the load; `per_sync`: acknowledged PUTs per fsync, None if they
    could not be counted.
    """

    figures: Figures
    starts: Sequence[tuple[float, float]]
    idle: int
    busy: int
    per_sync: float | None


def markdown(results: Results) -> str:
    """The table, and the single figures below it."""
    starts = results.starts
    lines = [
        f"{platform.machine()}, {os.cpu_count()} cores, Linux {platform.release()}, "
        f"Python {platform.python_version()}",
        "",
        f"| what | server | who | CPU per request | requests/s | "
        f"{' | '.join(f'CPU to {name}' for name in BASELINES)} |",
        f"|---|---|---|--:|--:|{'--:|' * len(BASELINES)}",
        *(_row(case, side, results.figures) for case, side in results.figures),
        "",
        "| | |",
        "|---|--:|",
        f"| start to first answer, median of {len(starts)} | {_median(starts, 0):.2f} s |",
        f"| CPU time until then | {_median(starts, 1):.2f} s |",
        f"| resident memory, idle | {results.idle / 1e6:.0f} MB |",
        f"| resident memory, after the load | {results.busy / 1e6:.0f} MB |",
        f"| PUT 1 KiB at 32 clients: acknowledgements per fsync | {_per_sync(results.per_sync)} |",
    ]
    return "\n".join([*lines, ""])


def _row(case: Case, side: Side, figures: Figures) -> str:
    middle = median(figures[case, side])
    cells = [case.name, side.server, side.who, _time(middle.cpu), f"{middle.rate:,.0f}"]
    cells += [_ratio(case, side, baseline, figures) for baseline in BASELINES]
    return f"| {' | '.join(cells)} |"


def _ratio(case: Case, side: Side, baseline: str, figures: Figures) -> str:
    """The CPU of ours to the baseline's; empty where there is nothing to compare."""
    other = next((one for one in case.sides if one.server == baseline), None)
    if side.server != "deputize" or other is None or (case, other) not in figures:
        return ""
    return f"{ratio(figures[case, side], figures[case, other]):.3g}"


def _median(starts: Sequence[tuple[float, float]], place: int) -> float:
    return statistics.median(start[place] for start in starts)


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f} µs" if seconds < 0.01 else f"{seconds * 1e3:,.0f} ms"


def _per_sync(value: float | None) -> str:
    return "not counted: strace is missing" if value is None else f"{value:.1f}"
