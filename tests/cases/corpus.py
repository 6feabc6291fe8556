"""The hand-written cases of tests/cases/*.yaml, read.

A file has a `topic`, `defaults` (the parts of a case that its cases share) and `cases`: each a `name`, a
`source` (AWS's page, [?] where pages disagree or are silent), the `case` as `deputize evaluate` takes it,
what to `expect` and perhaps a part of `because`. To keep cases readable a policy may be given as its one
statement or as the list of them; it then is of version 2012-10-17.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Json = Any
HERE = Path(__file__).parent
DECISIONS = ("allowed", "implicitDeny", "explicitDeny")
SINGLE = ("permissionsBoundary", "resourcePolicy", "endpointPolicy")
POOLS = ("identityPolicies", "sessionPolicies")
LEVELS = ("serviceControlPolicies", "resourceControlPolicies")


@dataclass(frozen=True)
class Written:
    """One case. `because` is part of the reason that must be told, None where any will do."""

    id: str
    source: str
    case: Json
    expect: str
    because: str | None


def written() -> list[Written]:
    """All cases, in the order of files and lines; raises ValueError if one is not as it should be."""
    found = [one for path in sorted(HERE.glob("*.yaml")) for one in _file(path)]
    ids = [one.id for one in found]
    if len(ids) != len(set(ids)):
        raise ValueError(f"names given twice: {sorted({one for one in ids if ids.count(one) > 1})}")
    return found


def _file(path: Path) -> list[Written]:
    content = yaml.safe_load(path.read_text())
    defaults = content.get("defaults", {})
    return [_one(path.stem, defaults, item) for item in content["cases"]]


def _one(stem: str, defaults: Json, item: Json) -> Written:
    unknown = set(item) - {"name", "source", "case", "expect", "because"}
    if unknown or item["expect"] not in DECISIONS or not item["source"]:
        raise ValueError(f"{stem}: {item}")
    case = {key: _expanded(key, value) for key, value in {**defaults, **item["case"]}.items()}
    return Written(f"{stem}: {item['name']}", item["source"], case, item["expect"], item.get("because"))


def _expanded(key: str, value: Json) -> Json:
    if key in SINGLE:
        return _policy(value)
    if key in POOLS:
        return [_policy(one) for one in value]
    return [[_policy(one) for one in level] for level in value] if key in LEVELS else value


def _policy(value: Json) -> Json:
    if isinstance(value, dict) and "Statement" in value:
        return value
    return {"Version": "2012-10-17", "Statement": value}
