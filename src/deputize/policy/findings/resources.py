"""The ARNs of Resource and NotResource: their six parts, and the resource types that they can be of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from deputize.policy.findings import knowledge, regions
from deputize.policy.findings.finding import Found, found, shown
from deputize.policy.findings.knowledge import ResourceType
from deputize.policy.findings.overlap import Template
from deputize.policy.findings.patterns import VARIABLE, WILD
from deputize.policy.findings.reader import Node
from deputize.policy.findings.statements import BUCKET, Policy, Statement
from deputize.policy.findings.text import says

ELEMENTS = ("Resource", "NotResource")
PARTS = 6
# So many resources of a policy are compared with the forms of their service's ARNs.
LOOKED_UP = 1000
_STRUCTURE = "arn:partition:service:region:account:resource"
_ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)
_ACCOUNT_PATTERN = re.compile(r"[0-9*?]+", re.ASCII)
# What stands in place of an account in the ARNs of what AWS itself owns.
_OWNERS = frozenset({"aws", "aws-managed", "amazon", "cloudfront"})


@dataclass(frozen=True, slots=True)
class Parts:
    """An ARN's parts after `arn`."""

    partition: str
    service: str
    region: str
    account: str
    resource: str


def parts_of(text: str, *, variable: str = "*") -> Parts | None:
    """The parts of an ARN; None if there are too few. A `*` at the end stands for the missing ones,
    `variable` for each policy variable.
    """
    parts = VARIABLE.sub(variable, text).split(":", PARTS - 1)
    if len(parts) < PARTS and parts[-1].endswith("*"):
        parts += ["*"] * (PARTS - len(parts))
    return Parts(*parts[1:]) if len(parts) == PARTS else None


def check(policy: Policy) -> Iterator[Found]:
    """What is wrong with each resource."""
    left = LOOKED_UP
    for statement in policy.statements:
        services = _services(statement)
        for name in ELEMENTS:
            for node in statement.strings(name):
                left -= 1
                yield from _resource(policy, node, services, look_up=left >= 0)


def _services(statement: Statement) -> frozenset[str]:
    """The prefixes of the statement's actions."""
    names = (node.text for name in ("Action", "NotAction") for node in statement.strings(name))
    return frozenset(name.lower().partition(":")[0] for name in names)


def _resource(policy: Policy, node: Node, services: frozenset[str], *, look_up: bool) -> Iterator[Found]:
    text = node.text
    if text == "*":
        if policy.resource_type == BUCKET:
            yield _elsewhere(node)
        return
    if not VARIABLE.sub("*", text).startswith(("arn:", "*")):
        yield found(
            "INVALID_ARN_PREFIX",
            says("A resource is * or begins with arn: {resource}", resource=shown(text)),
            node,
        )
        return
    parts = parts_of(text)
    if parts is None:
        count = text.count(":") + 1
        yield found(
            "MISSING_ARN_FIELD",
            says("This ARN has {count} of {all} parts: {form}", count=count, all=PARTS, form=_STRUCTURE),
            node,
        )
        return
    yield from _names(node, parts)
    yield from _account(node, parts)
    if policy.resource_type == BUCKET and not (parts.service == "s3" and not parts.region + parts.account):
        yield _elsewhere(node)
    if look_up and not set(parts.service) & WILD and parts.service == parts.service.lower():
        yield from _known_service(node, parts, services)


def _elsewhere(node: Node) -> Found:
    return found(
        "UNSUPPORTED_RESOURCE_ARN_IN_POLICY",
        says("A bucket policy is about the bucket, arn:aws:s3:::NAME, and its objects, arn:aws:s3:::NAME/*."),
        node,
    )


def _names(node: Node, parts: Parts) -> Iterator[Found]:
    """Partition, service and region by themselves."""
    partition = parts.partition
    if partition not in regions.REGIONS and not set(partition) & WILD:
        known = ", ".join(regions.REGIONS)
        yield found(
            "INVALID_PARTITION",
            says(
                "There is no partition {partition}; there are {known}.",
                partition=shown(partition),
                known=known,
            ),
            node,
        )
        partition = "*"
    if parts.service != parts.service.lower():
        yield found("INVALID_ARN_SERVICE_CASE", says("An ARN's service is written in small letters."), node)
    if set(parts.service) & WILD and parts.service != "*":
        yield found(
            "WILDCARD_IN_SERVICE_NAME",
            says("Name the service: a wildcard reaches others of like names."),
            node,
        )
    if parts.region and not regions.known(parts.region, partition):
        yield found(
            "INVALID_ARN_REGION",
            says(
                "{partition} has no region {region}.", partition=shown(partition), region=shown(parts.region)
            ),
            node,
        )


def _account(node: Node, parts: Parts) -> Iterator[Found]:
    account = parts.account
    pattern = set(account) & WILD and _ACCOUNT_PATTERN.fullmatch(account)
    if account and not _ACCOUNT.fullmatch(account) and account not in _OWNERS and not pattern:
        yield found(
            "INVALID_ARN_ACCOUNT",
            says("An account id has 12 digits: {account}", account=shown(account)),
            node,
        )


def _known_service(node: Node, parts: Parts, services: frozenset[str]) -> Iterator[Found]:
    types = tuple(types_of(parts, services))
    if not types:
        if knowledge.service(parts.service) is None and parts.service not in knowledge.arn_services():
            yield found(
                "INVALID_SERVICE", says("There is no service {service}.", service=shown(parts.service)), node
            )
        return
    unlisted = knowledge.UNLISTED.get(parts.service, ())
    if any(Template(form).overlaps(parts.resource) for form in unlisted):
        return
    fitting = [one for one in types if one.resource.overlaps(parts.resource)]
    if not fitting:
        forms = ", ".join(sorted({one.resource.text for one in types})[:5])
        yield found(
            "INVALID_ARN_RESOURCE",
            says(
                "No resource of {service} is like {resource}; some are like {forms}.",
                service=parts.service,
                resource=shown(parts.resource),
                forms=forms,
            ),
            node,
        )
        return
    yield from _places(node, parts, fitting)


def types_of(parts: Parts, services: frozenset[str]) -> Iterator[ResourceType]:
    """The resource types whose ARNs name this service: its own, and those of the services in `services`."""
    for prefix in sorted({parts.service, *services}):
        service = knowledge.service(prefix)
        for one in service.types if service is not None else ():
            if one.service == parts.service:
                yield one


def _places(node: Node, parts: Parts, types: list[ResourceType]) -> Iterator[Found]:
    """Region and account, where all types that the resource can be of agree on them."""
    service = parts.service
    if parts.region not in ("", "*") and not any(one.region for one in types):
        none = says("The ARN of such a resource of {service} has no region.", service=service)
        yield found("ARN_REGION_NOT_ALLOWED", none, node)
    elif not parts.region and all(one.region for one in types):
        some = says("The ARN of such a resource of {service} has a region.", service=service)
        yield found("MISSING_ARN_REGION", some, node)
    if parts.account not in ("", "*") and not any(one.account for one in types):
        none = says("The ARN of such a resource of {service} has no account.", service=service)
        yield found("ARN_ACCOUNT_NOT_ALLOWED", none, node)
    elif not parts.account and service not in knowledge.OWNED_BY_AWS and all(one.account for one in types):
        some = says("The ARN of such a resource of {service} has an account.", service=service)
        yield found("MISSING_ARN_ACCOUNT", some, node)
