"""A policy as the checks look at it: whatever can be made out of it, however wrong the rest is."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field

from deputize.policy.findings.operators import Operator, operator_of
from deputize.policy.findings.reader import Node

TRUST = "AWS::IAM::AssumeRolePolicyDocument"
BUCKET = "AWS::S3::Bucket"
PAIRED = ("Principal", "Action", "Resource")


class PolicyType(enum.Enum):
    """What a policy is meant to be (Access Analyzer API, "ValidatePolicy")."""

    IDENTITY_POLICY = "identity policy"
    RESOURCE_POLICY = "resource-based policy"
    SERVICE_CONTROL_POLICY = "service control policy"
    RESOURCE_CONTROL_POLICY = "resource control policy"


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """One key under one operator of a Condition: the two keys' nodes and the listed values."""

    operator: Operator
    operator_node: Node
    key_node: Node
    value: Node

    @property
    def key(self) -> str:
        """The condition key in lower case."""
        return self.key_node.text.lower()

    @property
    def values(self) -> tuple[Node, ...]:
        """The listed values; a single one is a list of one."""
        return self.value.items if self.value.kind == "array" else (self.value,)

    @property
    def strings(self) -> tuple[Node, ...]:
        """The values as policies compare them: strings, and numbers and booleans as they are written."""
        return tuple(node for node in self.values if node.kind in ("string", "number", "boolean"))


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One value of a Principal: its kind (`AWS`, `Service` ...) and its node. `*` alone is of kind AWS."""

    kind: str
    node: Node

    @property
    def text(self) -> str:
        return self.node.text


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One statement; `node` is its object."""

    node: Node
    comparisons: tuple[Comparison, ...] = field(repr=False)

    def get(self, name: str) -> Node | None:
        """An element's node, or None."""
        return self.node.get(name)

    def strings(self, name: str) -> tuple[Node, ...]:
        """The strings of an element that holds a string or a list of them."""
        return strings(self.node.get(name))

    @property
    def allows(self) -> bool:
        return self._effect == "Allow"

    @property
    def denies(self) -> bool:
        return self._effect == "Deny"

    @property
    def _effect(self) -> str:
        node = self.node.get("Effect")
        return node.text if node is not None else ""

    @property
    def keys(self) -> frozenset[str]:
        """The condition keys of the statement, in lower case."""
        return frozenset(one.key for one in self.comparisons)

    def entries(self, name: str) -> Iterator[Entry]:
        """The values of Principal or NotPrincipal."""
        node = self.node.get(name)
        if node is None:
            return
        if node.kind == "string":
            yield Entry("AWS", node)
        for key, value in node.members:
            yield from (Entry(key.text, one) for one in strings(value))


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A whole policy: what it is meant to be, its text and its statements.

    `resource_type` is what a resource-based policy is attached to; accounts in `own` are no third parties.
    """

    type: PolicyType
    resource_type: str | None
    own: frozenset[str]
    text: str
    node: Node
    statements: tuple[Statement, ...]

    @property
    def trust(self) -> bool:
        return self.type is PolicyType.RESOURCE_POLICY and self.resource_type == TRUST

    @property
    def variables(self) -> bool:
        """Whether the policy's version has variables."""
        version = self.node.get("Version")
        return version is not None and version.text == "2012-10-17"


def strings(node: Node | None) -> tuple[Node, ...]:
    """A string, or the strings of a list."""
    if node is None:
        return ()
    return tuple(one for one in (node.items if node.kind == "array" else (node,)) if one.kind == "string")


def statements_of(node: Node) -> tuple[Statement, ...]:
    """The statements of a policy's object."""
    found = node.get("Statement")
    if found is None:
        return ()
    nodes = found.items if found.kind == "array" else (found,)
    return tuple(Statement(one, tuple(_comparisons(one))) for one in nodes if one.kind == "object")


def _comparisons(statement: Node) -> Iterator[Comparison]:
    condition = statement.get("Condition")
    for operator_node, keys in condition.members if condition is not None else ():
        for key_node, value in keys.members:
            yield Comparison(operator_of(operator_node.text), operator_node, key_node, value)
