"""What may be saved: the grammar of each kind of policy, in AWS's order of checking and AWS's words.

Sources: IAM guide, "Grammar of the IAM JSON policy language"; the messages are those of IAM's and S3's
replies.
"""

import enum
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from deputize.policy import s3_actions
from deputize.policy.conditions import moment, number, operator_of
from deputize.policy.document import (
    ELEMENTS,
    NEW,
    OLD,
    Document,
    MalformedDocument,
    condition_values,
    load,
    parse,
    principal_entries,
    raw_statements,
    strings,
)
from deputize.policy.match import pattern
from deputize.policy.principal_forms import well_formed


class Kind(enum.Enum):
    """What a policy is saved as."""

    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"
    TRUST = "trust"
    BUCKET = "bucket"
    ACCESS_POINT = "access point"
    RESOURCE = "resource"
    SCP = "service control policy"
    RCP = "resource control policy"


class PolicyRefused(ValueError):
    """A policy that cannot be saved; the text is AWS's message, `detail` says more where AWS does not."""

    def __init__(self, message: str, detail: str | None = None) -> None:
        super().__init__(message)
        self.detail = detail


class PolicyTooLarge(PolicyRefused):
    """A policy over the quota of its kind."""


SYNTAX = "Syntax errors in policy."
LEGACY = "The policy failed legacy parsing"
INVALID_JSON = "This policy contains invalid Json"
# What Organizations says to whatever is wrong.
NOT_OF_THE_TYPE = "The provided policy document does not meet the requirements of the specified policy type."
# How long a document may be at most, in characters (IAM and Organizations quotas; S3 guide: 20 KB). Of
# identity policies the widest quota, that of a role's inline policies; IAM's operations know the others.
QUOTAS = {
    Kind.IDENTITY: 10_240,
    Kind.BOUNDARY: 6_144,
    Kind.SESSION: 2_048,
    Kind.TRUST: 8_192,
    Kind.BUCKET: 20_480,
    Kind.ACCESS_POINT: 20_480,
    Kind.RESOURCE: 32_768,
    Kind.SCP: 10_240,
    Kind.RCP: 5_120,
}
# Those of S3, which counts bytes; only IAM does not count white space.
_OF_S3 = frozenset({Kind.BUCKET, Kind.ACCESS_POINT})
_UNCOUNTED = frozenset({Kind.IDENTITY, Kind.BOUNDARY, Kind.TRUST})
_WHITE = str.maketrans("", "", " \t\r\n")
IAM_PATHS = (
    "user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/",
    "policy/",    "sms-mfa/", "saml-provider/", "oidc-provider/", "report/", "access-report/",
)  # fmt: skip
# Resources of S3 that are of a region, as buckets are not by their ARN.
S3_REGIONAL = ("accesspoint/", "access-grants/", "async-request/", "job/", "storage-lens")
PARTITIONS = frozenset(
    {"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"}
)
_SID = re.compile(r"[A-Za-z0-9]*", re.ASCII)
_S3_SID = re.compile(r"[A-Za-z0-9 ]*", re.ASCII)
_VENDOR = re.compile(r"[A-Za-z0-9.-]+", re.ASCII)
NOTHING: frozenset[str] = frozenset()
_CHARACTERS = re.compile(r"[\t\n\r\u0020-\u00ff]*")


def check(text: str, kind: Kind, *, bucket: str | None = None, partition: str = "aws") -> Document:
    """The document, if it may be saved as `kind`; `bucket` is the one whose policy it is, or the ARN of the
    access point.

    Raises PolicyRefused with AWS's message for the first thing that is wrong.
    """
    check_text(text)
    if kind in _OF_S3 and not text.startswith("{"):
        raise PolicyRefused("Policies must be valid JSON and the first byte must be '{'")
    message = INVALID_JSON if kind in _OF_S3 or kind is Kind.TRUST else SYNTAX
    try:
        check_loaded(load(text), kind, bucket=bucket, partition=partition)
        return parse(text)
    except MalformedDocument:
        raise PolicyRefused(message) from None


def check_text(text: str) -> None:
    """Raises PolicyRefused for characters that no policy may hold."""
    if not _CHARACTERS.fullmatch(text):
        raise PolicyRefused(SYNTAX)


def check_loaded(
    document: Mapping[str, Any], kind: Kind, *, bucket: str | None = None, partition: str = "aws"
) -> None:
    """The same for a JSON object that was loaded already (`document.load`). Raises PolicyRefused."""
    match kind:
        case Kind.BUCKET:
            _check_bucket(document, partial(_in_bucket, bucket or "", partition))
        case Kind.ACCESS_POINT:
            _check_bucket(document, partial(_at_point, bucket or ""))
        case Kind.TRUST:
            _check_trust(document)
        case Kind.RESOURCE:
            _check_resource_policy(document)
        case Kind.SCP | Kind.RCP:
            _check_control(document, kind)
        case _:
            _check_identity(document)


def check_size(text: str, kind: Kind) -> None:
    """Raises PolicyTooLarge for a text over the quota of its kind."""
    counted = text.translate(_WHITE) if kind in _UNCOUNTED else text
    length = len(counted.encode()) if kind in _OF_S3 else len(counted)
    if length > QUOTAS[kind]:
        raise PolicyTooLarge(f"Cannot exceed quota for PolicySize: {QUOTAS[kind]}", f"this has {length}")


# --- identity, boundary and session policies


def _check_identity(document: Mapping[str, Any]) -> None:
    statements = _checked(document)
    for statement in statements:
        if "Principal" in statement or "NotPrincipal" in statement:
            raise PolicyRefused("Policy document should not specify a principal.")
        if not _any(statement, "Action", "NotAction"):
            raise PolicyRefused("Policy statement must contain actions.")
        if not _any(statement, "Resource", "NotResource"):
            raise PolicyRefused("Policy statement must contain resources.")
    for statement in statements:
        _check_resources(statement)
    for statement in statements:
        _check_actions(statement)


def _checked(document: Mapping[str, Any], version: str = NEW) -> list[dict[str, Any]]:
    """The statements, after the checks that come first for every kind; `version` is the oldest allowed."""
    statements = _statements(document)
    if version == NEW and document.get("Version") != NEW:
        raise PolicyRefused("Policy document must be version 2012-10-17 or greater.")
    _check_legacy(statements)
    _check_sids(statements)
    return statements


def _check_actions_and_resources(statement: Mapping[str, Any]) -> None:
    if not _any(statement, "Action", "NotAction"):
        raise PolicyRefused("Policy statement must contain actions.")
    if not _any(statement, "Resource", "NotResource"):
        raise PolicyRefused("Policy statement must contain resources.")
    _check_resources(statement)
    _check_actions(statement)


def _check_resources(statement: Mapping[str, Any]) -> None:
    for resource in _strings(statement, "Resource", "NotResource"):
        _check_resource(resource)


def _check_actions(statement: Mapping[str, Any]) -> None:
    for action in _strings(statement, "Action", "NotAction"):
        _check_action(action)


def _statements(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The statements, after the checks that make a "syntax error"."""
    try:
        statements = raw_statements(document)
    except MalformedDocument:
        raise PolicyRefused(SYNTAX) from None
    if not statements or not set(document) <= {"Version", "Id", "Statement"}:
        raise PolicyRefused(SYNTAX)
    if document.get("Version", OLD) not in (OLD, NEW) or type(document.get("Id", "")) is not str:
        raise PolicyRefused(SYNTAX)
    for statement in statements:
        if not _well_formed(statement):
            raise PolicyRefused(SYNTAX)
    return statements


def _well_formed(statement: Mapping[str, Any]) -> bool:
    effect, sid = statement.get("Effect"), statement.get("Sid", "")
    if not set(statement) <= ELEMENTS or not isinstance(effect, str) or type(sid) is not str:
        return False
    if effect.lower() not in ("allow", "deny") or not _SID.fullmatch(sid):
        return False
    for name in ("Principal", "Action", "Resource"):
        if name in statement and "Not" + name in statement:
            return False
    try:
        for name in ("Action", "NotAction", "Resource", "NotResource"):
            strings(statement.get(name, []))
        for name in ("Principal", "NotPrincipal"):
            list(principal_entries(statement.get(name, "*")))
        return _well_formed_conditions(statement.get("Condition", {}))
    except MalformedDocument:
        return False


def _well_formed_conditions(conditions: Any) -> bool:
    if not isinstance(conditions, dict) or not all(isinstance(keys, dict) for keys in conditions.values()):
        return False
    for name, keys in conditions.items():
        operator = operator_of(name)
        if keys and operator.compare is None and not operator.null:
            return False
        for values in keys.values():
            if not condition_values(values):
                return False
    return True


def _check_legacy(statements: list[dict[str, Any]]) -> None:
    """What the older parser refuses."""
    for statement in statements:
        if statement["Effect"] not in ("Allow", "Deny"):
            raise PolicyRefused(LEGACY)
        for name, keys in statement.get("Condition", {}).items():
            base = name.lower().rpartition(":")[2]
            read = moment if base.startswith("date") else number if base.startswith("numeric") else None
            values = [value for listed in keys.values() for value in condition_values(listed)]
            if read is not None and any(read(value) is None for value in values):
                raise PolicyRefused(LEGACY)
        if any(_cut_short(resource) for resource in _strings(statement, "Resource", "NotResource")):
            raise PolicyRefused(LEGACY)


def _cut_short(resource: str) -> bool:
    """Whether it is an ARN of S3 in which a colon or two are missing."""
    parts = resource.split(":", 5)
    return parts[0] == "arn" and 3 < len(parts) < 6 and parts[1] in PARTITIONS and parts[2] == "s3"


def _check_sids(statements: list[dict[str, Any]]) -> None:
    sids = [statement["Sid"] for statement in statements if statement.get("Sid")]
    if len(set(sids)) != len(sids):
        raise PolicyRefused("Statement IDs (SID) in a single policy must be unique.")


def _any(statement: Mapping[str, Any], positive: str, negated: str) -> bool:
    return bool(_strings(statement, positive, negated))


def _strings(statement: Mapping[str, Any], positive: str, negated: str) -> tuple[str, ...]:
    return strings(statement.get(positive, statement.get(negated, [])))


def _check_action(action: str) -> None:
    if action == "*":
        return
    vendor, colon, name = action.partition(":")
    if not colon or not vendor:
        raise PolicyRefused("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
    if ":" in name:
        raise PolicyRefused("Actions/Condition can contain only one colon.")
    if not _VENDOR.fullmatch(vendor) or not name:
        raise PolicyRefused(f"Vendor {vendor} is not valid")


def _check_resource(resource: str) -> None:
    if resource == "*":
        return
    parts = resource.split(":", 5)
    if parts[0] != "arn" or (len(parts) < 6 and not (len(parts) > 2 and resource.endswith("*"))):
        raise PolicyRefused(f'Resource {resource} must be in ARN format or "*".')
    parts += ["*"] * (6 - len(parts))
    _, partition, vendor, region, _account, path = parts
    if partition not in PARTITIONS:
        raise PolicyRefused(f'Partition "{partition}" is not valid for resource "{":".join(parts)}".')
    if not _VENDOR.fullmatch(vendor):
        raise PolicyRefused("Resource vendor must be fully qualified and cannot contain regexes.")
    if vendor == "iam":
        _check_iam_resource(resource, region, path)
    if vendor == "s3" and region not in ("", "*") and not path.startswith(S3_REGIONAL):
        raise PolicyRefused(f"Resource {resource} can not contain region information.")


def _check_iam_resource(resource: str, region: str, path: str) -> None:
    if region not in ("", "*"):
        raise PolicyRefused(f"IAM resource {resource} cannot contain region information.")
    if path not in ("*", "root") and not path.startswith(IAM_PATHS):
        raise PolicyRefused(f'IAM resource path must either be "*" or start with {", ".join(IAM_PATHS)}.')


# --- control policies


def _check_control(document: Mapping[str, Any], kind: Kind) -> None:
    """SCPs take the whole language of identity policies (since September 2025); RCPs deny, to everybody, the
    actions of named services (Organizations guide, "SCP syntax", "RCP syntax").
    """
    try:
        if kind is Kind.SCP:
            _check_identity(document)
        else:
            for statement in _checked(document):
                _check_rcp_statement(statement)
    except PolicyRefused as refused:
        raise PolicyRefused(NOT_OF_THE_TYPE, refused.detail or str(refused)) from None


def _check_rcp_statement(statement: Mapping[str, Any]) -> None:
    if statement["Effect"] != "Deny":
        raise PolicyRefused(SYNTAX, "Effect must be Deny")
    if statement.get("Principal") not in ("*", {"AWS": "*"}, {"AWS": ["*"]}):
        raise PolicyRefused(SYNTAX, 'Principal must be "*"')
    if "NotAction" in statement:
        raise PolicyRefused(SYNTAX, "NotAction is not supported")
    if "*" in _strings(statement, "Action", "NotAction"):
        raise PolicyRefused(SYNTAX, "an action must name its service")
    _check_actions_and_resources(statement)


# --- resource policies of other services


def _check_resource_policy(document: Mapping[str, Any]) -> None:
    """Services word their refusals differently; what all of them ask is asked in IAM's words."""
    for statement in _checked(document, version=OLD):
        element = statement.get("Principal", statement.get("NotPrincipal"))
        if element is None:
            raise PolicyRefused("Missing required field Principal")
        if not all(well_formed(entry) for entry in principal_entries(element)):
            raise PolicyRefused("Invalid principal in policy")
        _check_actions_and_resources({"Resource": "*", **statement})


# --- trust policies


def _check_trust(document: Mapping[str, Any]) -> None:
    if document.get("Statement") in ([], {}):
        raise PolicyRefused("Could not parse the policy: Statement is empty!")
    statements = _statements(document)
    _check_legacy(statements)
    _check_sids(statements)
    for statement in statements:
        _check_trust_statement(statement)


def _check_trust_statement(statement: Mapping[str, Any]) -> None:
    if "Resource" in statement:
        raise PolicyRefused("Has prohibited field Resource")
    if "NotResource" in statement:
        raise PolicyRefused("AssumeRole policy must not contain resources.")
    if "NotPrincipal" in statement and statement["Effect"] == "Allow":
        raise PolicyRefused("Allow with NotPrincipal is not allowed.")
    element = statement.get("Principal", statement.get("NotPrincipal"))
    if element is None:
        raise PolicyRefused("Missing required field Principal")
    if element == "*":
        raise PolicyRefused('AssumeRolepolicy contained an invalid principal: "STAR":"*".')
    entries = tuple(principal_entries(element))
    if not entries:
        raise PolicyRefused("Missing required field Principal cannot be empty!")
    for entry in entries:
        if entry.kind == "CanonicalUser" or not well_formed(entry):
            raise PolicyRefused(f'Invalid principal in policy: "{_type(entry.kind)}":"{entry.value}"')
    actions = _strings(statement, "Action", "NotAction")
    if not actions:
        raise PolicyRefused("Policy statement must contain actions.")
    if not all(action.lower().startswith("sts:") and action.count(":") == 1 for action in actions):
        raise PolicyRefused("AssumeRole policy may only specify STS AssumeRole actions.")


def _type(kind: str) -> str:
    return kind if kind == "AWS" else kind.upper()


# --- policies of buckets and of access points


# Which actions are done to the resources that a statement names; None if it may not name them.
Reach = Callable[[tuple[str, ...]], frozenset[str] | None]


def _check_bucket(document: Mapping[str, Any], reach: Reach) -> None:
    if document.get("Version", OLD) not in (OLD, NEW):
        raise PolicyRefused("The policy must contain a valid version string")
    if "Statement" not in document:
        raise PolicyRefused("Missing required field Statement")
    if document["Statement"] in ([], {}):
        raise PolicyRefused("Could not parse the policy: Statement is empty!")
    try:
        statements = raw_statements(document)
    except MalformedDocument:
        raise PolicyRefused(INVALID_JSON) from None
    if not set(document) <= {"Version", "Id", "Statement"}:
        raise PolicyRefused("Unknown field " + min(set(document) - {"Version", "Id", "Statement"}))
    for statement in statements:
        _check_bucket_statement(statement, reach)
    _check_sids(statements)


def _check_bucket_statement(statement: Mapping[str, Any], reach: Reach) -> None:
    for name, negated in (
        ("Effect", ""),
        ("Principal", "NotPrincipal"),
        ("Action", "NotAction"),
        ("Resource", "NotResource"),
    ):
        if name not in statement and negated not in statement:
            raise PolicyRefused(f"Missing required field {name}")
    unknown = set(statement) - ELEMENTS
    if unknown:
        raise PolicyRefused("Unknown field " + min(unknown))
    if statement["Effect"] not in ("Allow", "Deny"):
        raise PolicyRefused(f"Invalid effect: {statement['Effect']}")
    sid = statement.get("Sid", "")
    if not isinstance(sid, str) or not _S3_SID.fullmatch(sid):
        raise PolicyRefused("Policy has an invalid Sid")
    if not _well_formed({**statement, "Sid": ""}):
        raise PolicyRefused(INVALID_JSON)
    element = statement.get("Principal", statement.get("NotPrincipal"))
    entries = tuple(principal_entries(element))
    if not entries or not all(well_formed(entry) for entry in entries):
        raise PolicyRefused("Invalid principal in policy")
    actions = _strings(statement, "Action", "NotAction")
    if not actions or not all(_is_s3_action(action) for action in actions):
        raise PolicyRefused("Policy has invalid action")
    resources = _strings(statement, "Resource", "NotResource")
    reached = reach(resources) if resources else None
    if reached is None:
        raise PolicyRefused("Policy has invalid resource")
    _check_pairs(actions, reached)
    keys = [key for keys in statement.get("Condition", {}).values() for key in keys]
    if keys:
        _check_keys(keys, actions if "Action" in statement else (), reached)


def _is_s3_action(action: str) -> bool:
    if action in ("*", "s3:*"):
        return True
    vendor, _, name = action.lower().partition(":")
    known = s3_actions.OBJECT | s3_actions.BUCKET
    if vendor != "s3" or action.lower() in s3_actions.ELSEWHERE:
        return False
    return (
        any(pattern(action.lower()).matches(one) for one in known)
        if set(name) & set("*?")
        else action.lower() in known
    )


def _in_bucket(bucket: str, partition: str, resources: tuple[str, ...]) -> frozenset[str] | None:
    if not all(_is_in_bucket(resource, bucket, partition) for resource in resources):
        return None
    of_bucket = any(pattern(resource).matches(f"arn:{partition}:s3:::{bucket}") for resource in resources)
    of_objects = any("/" in resource.partition(":::")[2] or resource.endswith("*") for resource in resources)
    return (s3_actions.BUCKET if of_bucket else NOTHING) | (s3_actions.OBJECT if of_objects else NOTHING)


def _at_point(arn: str, resources: tuple[str, ...]) -> frozenset[str] | None:
    """The access point itself, or objects through it: `ARN/object/KEY`."""
    ends = [resource.removeprefix(arn) for resource in resources if resource.startswith(arn)]
    if len(ends) < len(resources) or not all(
        end in ("", "*", "/*") or end.startswith("/object/") for end in ends
    ):
        return None
    of_point = any(end in ("", "*") for end in ends)
    of_objects = any(end != "" for end in ends)
    return (s3_actions.POINT if of_point else NOTHING) | (s3_actions.POINT_OBJECT if of_objects else NOTHING)


def _is_in_bucket(resource: str, bucket: str, partition: str) -> bool:
    """Whether the ARN is the bucket's, or one inside it; a pattern must begin with the bucket's own name
    or match it.
    """
    head = f"arn:{partition}:s3:::"
    if not resource.startswith(head):
        return False
    name, _, _ = resource.removeprefix(head).partition("/")
    return name == bucket or (bool(set(name) & set("*?")) and pattern(name).matches(bucket))


def _check_pairs(actions: tuple[str, ...], reached: frozenset[str]) -> None:
    """Each action must fit at least one resource of its statement: be `reached`, or match one that is."""
    for action in actions:
        if action not in ("*", "s3:*") and not _matched(action, reached):
            raise PolicyRefused("Action does not apply to any resource(s) in statement")


def _check_keys(keys: list[str], actions: tuple[str, ...], reached: frozenset[str]) -> None:
    """Each condition key must be carried by each action of the statement."""
    from deputize.policy import bucket_keys  # a server starts without what is known of services' keys

    refused = bucket_keys.refusal(keys, (_matched(action, reached) for action in actions))
    if refused is not None:
        raise PolicyRefused(refused)


def _matched(action: str, names: frozenset[str]) -> frozenset[str]:
    """Those of the actions `names` that an entry of Action stands for."""
    wanted = pattern(action.lower())
    return frozenset(name for name in names if wanted.matches(name))
