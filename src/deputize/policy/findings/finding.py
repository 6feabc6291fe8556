"""A finding: which check, what it says, and where (Access Analyzer API, "ValidatePolicyFinding")."""

from dataclasses import dataclass
from typing import Any

from deputize.policy.findings.checks import CHECKS, Check
from deputize.policy.findings.reader import Node, Position, Source, Step
from deputize.policy.findings.text import ENGLISH, Text, Words

# Where each check is explained.
LINK = "docs/policy-checks.md#"
# How much of a value is repeated in a message.
SHOWN = 120


@dataclass(frozen=True, slots=True)
class Location:
    """A place: the path to it, and where it begins and ends. `substring` is (start, length) inside of a
    string.
    """

    path: tuple[Step, ...]
    start: Position
    end: Position
    substring: tuple[int, int] | None = None

    @property
    def wire(self) -> dict[str, Any]:
        """As Access Analyzer writes it."""
        path: list[dict[str, Any]] = [{step.kind: step.at} for step in self.path]
        if self.substring is not None:
            path.append({"substring": {"start": self.substring[0], "length": self.substring[1]}})
        return {"path": path, "span": {"start": self.start._asdict(), "end": self.end._asdict()}}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. The first location is the main one."""

    check: Check
    text: Text
    locations: tuple[Location, ...]

    @property
    def details(self) -> str:
        """What it says, in English."""
        return self.text.said()

    def wire(self, words: Words = ENGLISH) -> dict[str, Any]:
        """As Access Analyzer writes it, in the language of `words`."""
        return {
            "findingDetails": self.text.said(words),
            "findingType": self.check.severity.name,
            "issueCode": self.check.code,
            "learnMoreLink": f"{LINK}{self.check.code.lower()}",
            "locations": [location.wire for location in self.locations],
        }


@dataclass(frozen=True, slots=True)
class Found:
    """A finding before its offsets are positions: `nodes` are the places, `substring` a part of the first."""

    code: str
    text: Text
    nodes: tuple[Node, ...]
    substring: tuple[int, int] | None = None

    def placed(self, source: Source) -> Finding:
        """The finding with positions in `source`."""
        check = CHECKS[self.code]
        return Finding(check, self.text, tuple(self._location(source, node) for node in self.nodes))

    def _location(self, source: Source, node: Node) -> Location:
        start, end, part = node.start, node.end, self.substring if node is self.nodes[0] else None
        # With escapes in it, a string's characters have no plain places in the text.
        if part is not None and end - start == len(node.text) + 2:
            start, end = start + 1 + part[0], start + 1 + part[0] + part[1]
        return Location(node.path, source.position(start), source.position(end), part)


def found(code: str, text: Text, *nodes: Node, substring: tuple[int, int] | None = None) -> Found:
    """What check `code` has to say of `nodes`."""
    return Found(code, text, nodes, substring)


def shown(text: str) -> str:
    """`text` as a message may repeat it: short, and nothing in it that a terminal would obey."""
    cut = text if len(text) <= SHOWN else text[:SHOWN] + "..."
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in cut)
