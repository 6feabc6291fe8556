"""What a simulation is asked: actions, resources, condition keys and policies, read from the request.

AWS documents few of its messages here; where it does not, they are our own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deputize.gateway.call import Call
from deputize.gateway.facts import Context
from deputize.iam import errors
from deputize.policy.arn import Arn
from deputize.policy.conditions import Condition
from deputize.policy.layers import Attached, Level
from deputize.policy.principal_forms import ACCOUNT
from deputize.policy.validate import Kind, PolicyRefused, check

EVERYTHING = "*"
# The kinds of attached policies that a request brings with it.
GIVEN, RESOURCE = "given", "resource"
_ACTION = re.compile(r"[A-Za-z0-9.-]+:[A-Za-z0-9_-]+", re.ASCII)
# The operator that reads values of a type; strings need none.
_READERS = {
    "numeric": "NumericEquals",
    "boolean": "Bool",
    "ip": "IpAddress",
    "binary": "BinaryEquals",
    "date": "DateEquals",
}
# What must be among the resources of each kind of simulation (SimulatePrincipalPolicy,
# ResourceHandlingOption).
_INSTANCE = ("instance", "image", "security-group")
_HANDLING = {
    "EC2-VPC-InstanceStore": (*_INSTANCE, "network-interface"),
    "EC2-VPC-InstanceStore-Subnet": (*_INSTANCE, "network-interface", "subnet"),
    "EC2-VPC-EBS": (*_INSTANCE, "network-interface", "volume"),
    "EC2-VPC-EBS-Subnet": (*_INSTANCE, "network-interface", "subnet", "volume"),
}


def actions(request: Mapping[str, Any]) -> list[str]:
    """The actions, each named in full. Raises InvalidInput."""
    for action in request["ActionNames"]:
        if not _ACTION.fullmatch(action):
            raise errors.invalid_input(
                f"Invalid action name: {action}. An action is service:Name, without wildcards."
            )
    return list(dict.fromkeys(request["ActionNames"]))


def resources(request: Mapping[str, Any]) -> list[str]:
    """The ARNs; `*` alone if none are given. Raises InvalidInput."""
    found = list(dict.fromkeys(request.get("ResourceArns") or (EVERYTHING,)))
    for text in found:
        if text != EVERYTHING and Arn.parse(text) is None:
            raise errors.invalid_input(f'Invalid resource: {text} must be in ARN format or "*".')
    _check_handling(request, found)
    return found


def _check_handling(request: Mapping[str, Any], found: Sequence[str]) -> None:
    option = request.get("ResourceHandlingOption")
    if option is None:
        return
    if option not in _HANDLING:
        raise errors.invalid_input(f"Invalid resource handling option: {option}")
    present = {text.split(":", 5)[5].partition("/")[0] for text in found if text.startswith("arn:")}
    missing = [kind for kind in _HANDLING[option] if kind not in present]
    if missing:
        raise errors.invalid_input(f"{option} needs resources of these types: {', '.join(missing)}")


def owner(request: Mapping[str, Any]) -> str | None:
    """The account of resources whose ARN names none: as an id, or as the ARN of its root. Raises
    InvalidInput.
    """
    text = request.get("ResourceOwner")
    if text is None or ACCOUNT.fullmatch(text):
        return text
    arn = Arn.parse(text)
    if arn is None or arn.service != "iam" or arn.resource != "root" or not ACCOUNT.fullmatch(arn.account):
        raise errors.invalid_input(f"'{text}' is not a valid as a Resource Owner.")
    return arn.account


def context(request: Mapping[str, Any]) -> Context:
    """The condition keys that are given, in lower case. Raises InvalidInput."""
    found: Context = {}
    for entry in request.get("ContextEntries", []):
        if not {"ContextKeyName", "ContextKeyValues", "ContextKeyType"} <= set(entry):
            raise errors.invalid_input("A context entry needs a key name, values and a type.")
        name = entry["ContextKeyName"]
        if name.lower() in found:
            raise errors.invalid_input(f"Duplicate context key: {name}")
        found[name.lower()] = _values(name, entry["ContextKeyType"], tuple(entry["ContextKeyValues"]))
    return found


def _values(name: str, kind: str, values: tuple[str, ...]) -> str | tuple[str, ...]:
    base = kind.removesuffix("List")
    reader = _READERS.get(base)
    for value in values if reader is not None else ():
        if not Condition.of(reader or "", "it", (value,), variables=False).holds({"it": value}):
            raise errors.invalid_input(f"Invalid value for context key {name} of type {kind}: {value}")
    if kind != base:
        return values
    if len(values) != 1:
        raise errors.invalid_input(f"Context key {name} of type {kind} needs exactly one value.")
    return values[0]


def policies(call: Call, request: Mapping[str, Any]) -> Level:
    """The identity policies of `PolicyInputList`. Raises InvalidInput."""
    return tuple(_policies(call, request.get("PolicyInputList", []), "PolicyInputList", Kind.IDENTITY))


def boundary(call: Call, request: Mapping[str, Any]) -> Attached | None:
    """The permissions boundary that is given; an entity has but one. Raises InvalidInput."""
    name = "PermissionsBoundaryPolicyInputList"
    found = list(_policies(call, request.get(name, []), name, Kind.BOUNDARY))
    if len(found) > 1:
        raise errors.invalid_input("Only one permissions boundary policy can be given.")
    return found[0] if found else None


def control_policies(call: Call, request: Mapping[str, Any]) -> tuple[Level, ...] | None:
    """The service control policies, level by level; None if none are given. Raises InvalidInput."""
    levels = request.get("OrderedOrganizationPolicyInputList")
    if not levels:
        return None
    name = "ServiceControlPolicyInputList"
    return tuple(tuple(_policies(call, level.get(name, []), name, Kind.SCP)) for level in levels)


def resource_policy(call: Call, request: Mapping[str, Any]) -> Attached | None:
    """The policy that each resource is taken to have; a role's trust policy names no resource. Raises
    InvalidInput.
    """
    text = request.get("ResourcePolicy")
    if text is None:
        return None
    kind = Kind.RESOURCE if '"Resource"' in text or '"NotResource"' in text else Kind.TRUST
    (made,) = _policies(call, [text], "ResourcePolicy", kind)
    return Attached(made.document, RESOURCE, "ResourcePolicy", None, None)


def _policies(call: Call, texts: Sequence[str], member: str, kind: Kind) -> Iterator[Attached]:
    for number, text in enumerate(texts, 1):
        name = f"{member}.{number}"
        try:
            document = check(text, kind, partition=call.partition)
        except PolicyRefused as refused:
            raise errors.invalid_input(f"{name}: {refused}") from None
        yield Attached(document, GIVEN, name, None, None)
