"""A slow, obvious evaluator of policies, written from AWS's rules and sharing no code with the product.

It takes a case of `deputize evaluate` (plain JSON), goes through the layers in the order in which the IAM
guide explains them ("Policy evaluation logic"), and takes no short cuts. The property tests compare the
product with it, and every hand-written case of tests/cases is run through both. The halves on text,
conditions and principals stand in reference_*.py. Numbers in brackets name rules; docs/verification.md lists
them with their sources.
"""

from dataclasses import dataclass, field
from typing import Any

from tests.property.reference_conditions import conditions_hold
from tests.property.reference_match import (
    Asked,
    Context,
    action_applies,
    grammatical,
    listed,
    resource_applies,
)
from tests.property.reference_principals import Caller, caller_of, context_of, everyones, statement_ways

Json = Any
Case = dict[str, Any]

# Permissions that a role's trust policy decides; the principal asks them of the role (4.2).
ON_ROLES = (
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:tagsession",
    "sts:setsourceidentity",
    "sts:setcontext",
)
# What the root user may always do to the bucket policies of its account (4.7).
ALWAYS_ROOTS = ("s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy")
# What no policy can forbid: the first to whoever signs, the second to users and root (4.6).
FREE = {
    "sts:getcalleridentity": ("user", "root", "role session", "federated user"),
    "sts:getsessiontoken": ("user", "root"),
}
# Services whose resources control policies of resources reach (4.4); of those, the ones that cases name.
UNDER_RCPS = ("s3", "sts", "sqs", "kms", "secretsmanager")


@dataclass
class Said:
    """What the statements of one layer say together. `ways` are those in which its Allows name the caller."""

    allow: bool = False
    deny: bool = False
    ways: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Answer:
    """The decision; of a denial the layer that is told, and of a permission the path on which it came."""

    decision: str
    layer: str | None = None
    path: str | None = None


@dataclass(frozen=True)
class Question:
    """A case, read."""

    case: Case
    caller: Caller
    context: Context
    action: str
    resource: str

    @property
    def owner(self) -> str | None:
        """The account of the resource: as given, else as its ARN says, else the caller's."""
        parts = self.resource.split(":", 5)
        named = parts[4] if len(parts) == 6 else ""
        return self.case.get("resourceAccount") or named or self.caller.account

    @property
    def same_account(self) -> bool:
        return self.owner == self.caller.account

    @property
    def assumes(self) -> bool:
        return self.action.lower() in ON_ROLES

    @property
    def on_role(self) -> bool:
        """Session tags may also be asked for a federated user, who has no trust policy (4.6)."""
        return self.assumes and not self.resource.startswith("arn:aws:sts:")

    @property
    def on_key(self) -> bool:
        return self.action.lower().startswith("kms:") and ":key/" in self.resource


def decide(case: Case) -> str:
    """`allowed`, `explicitDeny` or `implicitDeny`."""
    return answer(case).decision


def answer(case: Case) -> Answer:
    caller = caller_of(case)
    question = Question(case, caller, context_of(case, caller), case["action"], case["resource"])
    if caller.kind in FREE.get(question.action.lower(), ()):
        return Answer("allowed", path="free")
    layers = layers_of(question)
    for name in ("scp", "rcp", "endpoint", "resource", "identity", "boundary", "session"):
        if any(said.deny for said in layers[name]):
            return Answer("explicitDeny", name)
    for name in ("scp", "endpoint"):
        if not all(said.allow for said in layers[name]):
            return Answer("implicitDeny", name)
    return combined(question, layers)


# --- the layers (4.1): each is a list of what its levels say, and without levels it has no word


def layers_of(question: Question) -> dict[str, list[Said]]:
    case = question.case
    organized = question.caller.signed and not case.get("serviceLinkedRole")
    scps = case.get("serviceControlPolicies", []) if organized and not case.get("managementAccount") else []
    rcps = case.get("resourceControlPolicies", []) if under_rcps(question) else []
    layers = {
        "scp": [pool(level, question) for level in scps],
        "rcp": [pool(level, question, principals=True) for level in rcps],
        "endpoint": levels_of_one(everyones(case.get("endpointPolicy")), question, principals=True),
        "resource": levels_of_one(
            case.get("resourcePolicy"), question, principals=True, trust=question.assumes
        ),
        "identity": [pool(case.get("identityPolicies", []), question)],
        "boundary": levels_of_one(case.get("permissionsBoundary"), question),
        "session": session_level(question),
    }
    if question.caller.kind == "root" and question.same_account and question.action.lower() in ALWAYS_ROOTS:
        for said in layers["resource"]:
            said.deny = False
    return layers


def under_rcps(question: Question) -> bool:
    """RCPs reach outsiders, anonymous callers and services, not resources of the management account, nor
    calls of service-linked roles, nor other services (4.4).
    """
    case = question.case
    owned_by_management = case.get("managementAccount") and question.same_account
    service = question.action.split(":")[0].lower()
    return service in UNDER_RCPS and not owned_by_management and not case.get("serviceLinkedRole")


def levels_of_one(
    policy: Json, question: Question, *, principals: bool = False, trust: bool = False
) -> list[Said]:
    return [] if policy is None else [pool([policy], question, principals=principals, trust=trust)]


def session_level(question: Question) -> list[Said]:
    """A federated user without session policies has no rights (4.6); all others are not limited then."""
    policies = question.case.get("sessionPolicies", [])
    return [pool(policies, question)] if policies or question.caller.kind == "federated user" else []


def pool(policies: list[Json], question: Question, *, principals: bool = False, trust: bool = False) -> Said:
    """All statements of all policies of one level together; in a `trust` policy they name no resource."""
    said = Said()
    for policy in policies:
        for statement in listed(policy["Statement"]):
            if not grammatical(policy, statement):
                said.deny = said.deny or means_to_deny(statement)
                continue
            ways = applies(policy, statement, question, principals=principals, trust=trust)
            if not ways:
                continue
            if statement["Effect"] == "Deny":
                said.deny = True
            else:
                said.allow = True
                said.ways |= ways
    return said


def means_to_deny(statement: Json) -> bool:
    """Of a statement that is not understood: it never allows, and denies everything if it says so."""
    effect = statement.get("Effect") if isinstance(statement, dict) else None
    return isinstance(effect, str) and effect.lower() == "deny"


def applies(policy: Json, statement: Json, question: Question, *, principals: bool, trust: bool) -> set[str]:
    """In which ways the statement applies to the question; empty: it does not."""
    ways = {"held"}
    if principals:
        bounded = question.case.get("permissionsBoundary") is not None
        ways = statement_ways(statement, question.caller, bounded=bounded)
    # Under version 2008-10-17, also where none is given, there are no variables (1.1).
    variables = policy.get("Version", "2008-10-17") == "2012-10-17"
    context, action = question.context, question.action
    if not action_applies(statement, action):
        return set()
    nameless = trust and "Resource" not in statement and "NotResource" not in statement
    asked = Asked(action, question.resource, question.caller.partition or "aws")
    if not nameless and not resource_applies(statement, asked, context, variables):
        return set()
    return ways if conditions_hold(statement.get("Condition", {}), context, variables) else set()


# --- how they combine (4.2)


def combined(question: Question, layers: dict[str, list[Said]]) -> Answer:
    """No Deny applies, and organization and endpoint allow."""
    caller = question.caller
    granted = {way for said in layers["resource"] for way in said.ways}
    if caller.kind == "vouched for":
        granted &= {
            "provider"
        }  # it has no identity of AWS yet: `*`, which stands under AWS, does not mean it
    if question.on_role and caller.kind == "root":
        return Answer("implicitDeny", "root")  # roles may not be assumed by root accounts (4.7)
    if not caller.signed:
        return Answer("allowed", path=caller.kind) if granted else Answer("implicitDeny", "resource")
    own = own_silence(layers, root=caller.kind == "root")
    caps = cap_silence(layers)
    if question.on_role:
        return on_role(question, granted, own, caps)
    if not question.same_account:
        silent = "resource" if not granted else own
        return Answer("implicitDeny", silent) if silent else Answer("allowed", path="cross-account")
    for path, way in (("B", "user"), ("D", "session"), ("F", "everyone")):
        if way in granted:
            return Answer("allowed", path=path)
    if granted & {"role", "parent"}:
        path = "C" if "role" in granted else "E"
        return Answer("implicitDeny", caps) if caps else Answer("allowed", path=path)
    if own is None and question.on_key and "account" not in granted:
        own = "resource"  # a key's policy must give the account before identity policies count
    if own is not None:
        return Answer("implicitDeny", own)
    return Answer("allowed", path="root" if caller.kind == "root" else "A")


def on_role(question: Question, granted: set[str], own: str | None, caps: str | None) -> Answer:
    """A trust policy must always allow; in one account a direct match stands in for identity policies, never
    for boundary and session policy. The own side is told first.
    """
    direct = question.same_account and granted - {"account"}
    silent = caps if direct else own
    if silent is None and not granted:
        silent = "resource"
    return Answer("implicitDeny", silent) if silent else Answer("allowed", path="trust")


def own_silence(layers: dict[str, list[Said]], *, root: bool) -> str | None:
    """Which of identity policies, boundary and session policies is silent first; root needs none (4.7)."""
    if not root and not any(said.allow for said in layers["identity"]):
        return "identity"
    return cap_silence(layers)


def cap_silence(layers: dict[str, list[Said]]) -> str | None:
    for name in ("boundary", "session"):
        if not all(said.allow for said in layers[name]):
            return name
    return None
