"""Findings for code review tools (SARIF 2.1.0, OASIS)."""

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from deputize.policy.findings.checks import CHECKS, Check, Severity
from deputize.policy.findings.finding import Finding, Location

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS: Mapping[Severity, str] = {
    Severity.ERROR: "error",
    Severity.SECURITY_WARNING: "warning",
    Severity.WARNING: "warning",
    Severity.SUGGESTION: "note",
}
_NUMBERS = {code: number for number, code in enumerate(CHECKS)}


def log(checked: Mapping[str, tuple[Finding, ...]]) -> dict[str, Any]:
    """A log with one run: every check as a rule, every finding of every file as a result."""
    driver = {
        "name": "Deputize",
        "version": version("deputize"),
        "rules": [_rule(check) for check in CHECKS.values()],
    }
    results = [_result(name, one) for name, made in checked.items() for one in made]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(check: Check) -> dict[str, Any]:
    tags = ["security"] if check.severity is Severity.SECURITY_WARNING else []
    return {
        "id": check.code,
        "shortDescription": {"text": check.says},
        "defaultConfiguration": {"level": LEVELS[check.severity]},
        "properties": {"findingType": check.severity.name, "tags": tags},
    }


def _result(name: str, finding: Finding) -> dict[str, Any]:
    first, *others = finding.locations
    result = {
        "ruleId": finding.check.code,
        "ruleIndex": _NUMBERS[finding.check.code],
        "level": LEVELS[finding.check.severity],
        "message": {"text": finding.details},
        "locations": [_location(name, first)],
    }
    if others:
        result["relatedLocations"] = [
            {"id": id_, **_location(name, one)} for id_, one in enumerate(others, 1)
        ]
    return result


def _location(name: str, location: Location) -> dict[str, Any]:
    start, end = location.start, location.end
    region = {
        "startLine": start.line,
        "startColumn": start.column + 1,
        "endLine": end.line,
        "endColumn": end.column + 1,
        "charOffset": start.offset,
        "charLength": end.offset - start.offset,
    }
    artifact = {"uri": quote(PurePath(name).as_posix())}
    path = "/".join(str(step.at) for step in location.path)
    logical = {"logicalLocations": [{"fullyQualifiedName": path}]} if path else {}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}, **logical}
