"""Findings as text: file, line and column, what is found, and the line of the policy marked."""

import collections
import os
import sys
from collections.abc import Iterator, Mapping

import click

from deputize.policy.findings.checks import Severity
from deputize.policy.findings.finding import Finding, Location

# As much of a line is shown, around what is marked.
WIDTH = 100
# Stands for what cannot be shown.
UNSHOWN = "\N{REPLACEMENT CHARACTER}"
NAMES: Mapping[Severity, str] = {severity: severity.name.lower().replace("_", " ") for severity in Severity}
COLOURS: Mapping[Severity, str] = {
    Severity.ERROR: "red",
    Severity.SECURITY_WARNING: "magenta",
    Severity.WARNING: "yellow",
    Severity.SUGGESTION: "cyan",
}


def render(checked: Mapping[str, tuple[str, tuple[Finding, ...]]]) -> Iterator[str]:
    """The lines of the report on each file's text and findings; the last one counts them."""
    counts: collections.Counter[Severity] = collections.Counter()
    for name, (text, made) in checked.items():
        lines = text.split("\n")
        for finding in made:
            counts[finding.check.severity] += 1
            yield from _finding(name, lines, finding)
            yield ""
    yield _summary(counts, len(checked))


def _finding(name: str, lines: list[str], finding: Finding) -> Iterator[str]:
    severity = finding.check.severity
    start = finding.locations[0].start
    place = f"{_safe(name)}:{start.line}:{start.column + 1}"
    yield f"{place}: {_styled(NAMES[severity], severity)} {finding.check.code}"
    yield f"  {finding.details}"
    yield from _marked(lines, finding.locations[0], severity)
    for other in finding.locations[1:4]:
        yield f"  see also line {other.start.line}, column {other.start.column + 1}"


def _marked(lines: list[str], location: Location, severity: Severity) -> Iterator[str]:
    """The line on which the place begins, cut to what surrounds it, and the place under it."""
    line = lines[location.start.line - 1]
    begin = location.start.column
    end = location.end.column if location.end.line == location.start.line else len(line)
    first = max(0, begin - WIDTH // 2) if len(line) > WIDTH else 0
    shown = line[first : first + WIDTH]
    width = max(1, min(end, first + len(shown)) - begin)
    number = f"{location.start.line:>6} | "
    yield number + _safe(shown)
    yield " " * (len(number) - 2) + "| " + " " * (begin - first) + _styled("^" * width, severity)


def _safe(text: str) -> str:
    """`text` with one visible character for each: nothing that a terminal obeys."""
    return "".join(
        one if one.isprintable() else " " if one in "\t\r" else "\N{REPLACEMENT CHARACTER}" for one in text
    )


def _summary(counts: Mapping[Severity, int], files: int) -> str:
    where = "1 file" if files == 1 else f"{files} files"
    if not any(counts.values()):
        return f"Nothing found in {where}."
    said = [
        f"{count} {NAMES[severity]}{'s' if count != 1 else ''}" for severity, count in sorted(counts.items())
    ]
    return f"{', '.join(said)} in {where}."


def _styled(text: str, severity: Severity) -> str:
    """Coloured on a terminal, unless NO_COLOR is set (no-color.org)."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return click.style(text, fg=COLOURS[severity], bold=severity is Severity.ERROR)
