"""AWS's managed policies: their names, versions, dates and documents, loaded when first asked for.

The data is generated (tools/managed_policies.py): an archive with an index and, in blocks of a few policies,
the documents in force and, apart from them, the older ones.
"""

import base64
import datetime
import functools
import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

DATA = "policies.zip"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsPolicy:
    """A policy that AWS manages. `versions` maps each known version number to its date (epoch seconds)."""

    name: str
    path: str
    partition: str
    created: int
    updated: int
    default_version: int
    versions: Mapping[int, int]

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:iam::aws:policy{self.path}{self.name}"

    @property
    def id(self) -> str:
        """An id of AWS's form, derived from the name: the generated data does not hold AWS's own."""
        digest = hashlib.sha256(f"{self.path}{self.name}".encode()).digest()
        return "ANPA" + base64.b32encode(digest).decode()[:17]

    @property
    def document(self) -> str:
        """The text of the default version."""
        return _texts(self.name, "default", self.partition)[self.default_version]

    def text(self, version: int) -> str | None:
        """The text of version `version`; None if it is not known."""
        if version == self.default_version:
            return self.document
        return _texts(self.name, "older", self.partition).get(version)


def get(arn: str, partition: str) -> AwsPolicy | None:
    """The policy with exactly this ARN, path included, in `partition`; None if AWS has none that we know."""
    return _by_arn(partition).get(arn)


def all(partition: str) -> tuple[AwsPolicy, ...]:  # noqa: A001
    """Every policy of the catalogue as `partition` has it, ordered by name."""
    return tuple(_by_arn(partition).values())


def _member(name: str) -> Any:
    """A member of the archive, decoded. It is opened anew each time: processes that fork share no file."""
    with (
        resources.files("deputize.model.managed").joinpath(DATA).open("rb") as file,
        zipfile.ZipFile(file) as archive,
    ):
        return json.loads(archive.read(name))


@functools.cache
def _index() -> Mapping[str, Mapping[str, Any]]:
    policies: Mapping[str, Mapping[str, Any]] = _member("index.json")["policies"]
    return policies


@functools.cache
def _by_arn(partition: str) -> Mapping[str, AwsPolicy]:
    policies = (
        AwsPolicy(
            name=name,
            path=entry["path"],
            partition=partition,
            created=_seconds(entry["created"]),
            updated=_seconds(entry["updated"]),
            default_version=entry["default"],
            versions={int(number): _seconds(date) for number, date in entry["versions"].items()},
        )
        for name, entry in _index().items()
    )
    return {policy.arn: policy for policy in policies}


@functools.lru_cache(maxsize=256)
def _texts(name: str, part: str, partition: str) -> Mapping[int, str]:
    """The documents of one part of a policy as text, their ARNs in the partition they are read in."""
    found: dict[int, str] = {}
    for number, document in _member(f"{part}/{_index()[name]['block']}.json")[name].items():
        text = json.dumps(document, indent=4)
        found[int(number)] = text if partition == "aws" else text.replace("arn:aws:", f"arn:{partition}:")
    return found


def _seconds(date: str) -> int:
    """Epoch seconds of a date of the data file (ISO 8601)."""
    return int(datetime.datetime.fromisoformat(date).timestamp())
