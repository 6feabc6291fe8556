"""A case: one question with all the policies that have a say, as a JSON object (docs/policy.md describes it).

Documents are taken as they are, and what of them is not understood fails closed; all else must be as
described, so that a slip of the pen never decides.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from deputize.policy.decide import Decision, decide
from deputize.policy.document import Document, MalformedDocument, Number, load_json, understood
from deputize.policy.evaluate import Attached
from deputize.policy.layers import Level, Policies, ResourceKind
from deputize.policy.request import Principal, PrincipalKind, Request

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_ARN = re.compile(r"arn:([a-z0-9-]+):(iam|sts)::(\d{12}):(.+)", re.ASCII | re.DOTALL)
_ROOT = re.compile(r"(\d{12}):root", re.ASCII)
_NAME = r"[\w+=,.@-]+"
_FORMS: tuple[tuple[str, re.Pattern[str], PrincipalKind], ...] = (
    ("iam", re.compile("root"), "root"),
    ("iam", re.compile(rf"user/(?:[\x21-\x7e]*/)?({_NAME})", re.ASCII), "user"),
    ("iam", re.compile(r"(?:saml|oidc)-provider/.+"), "federated"),
    ("sts", re.compile(rf"assumed-role/({_NAME})/{_NAME}", re.ASCII), "role-session"),
    ("sts", re.compile(rf"federated-user/{_NAME}", re.ASCII), "federated-user"),
)
_ROLE = re.compile(rf"role/(?:[\x21-\x7e]*/)?({_NAME})", re.ASCII)
_HOST = re.compile(r"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+", re.ASCII)
_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+", re.ASCII)
# The actions by which somebody becomes a role: its trust policy is the resource policy.
ASSUMING = frozenset(
    {
        "sts:assumerole",
        "sts:assumerolewithsaml",
        "sts:assumerolewithwebidentity",
        "sts:setsourceidentity",
        "sts:tagsession",
    }
)
FIELDS = frozenset(
    {
        "action",
        "context",
        "endpointPolicy",
        "identityPolicies",
        "managementAccount",
        "parentUser",
        "permissionsBoundary",
        "principal",
        "resource",
        "resourceAccount",
        "resourceControlPolicies",
        "resourcePolicy",
        "roleArn",
        "serviceControlPolicies",
        "serviceLinkedRole",
        "sessionPolicies",
    }
)


class CaseRefused(ValueError):
    """A case that cannot be used: the place in it, and what is wrong there."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question that can be decided."""

    request: Request
    policies: Policies
    kind: ResourceKind

    def decide(self) -> Decision:
        return decide(self.request, self.policies, resource_kind=self.kind)


def parse(text: str, now: float, *, strict: bool = False) -> Case:
    """The case that `text` writes; `now` in epoch seconds is for the keys of time that it does not give.
    Raises CaseRefused; where `strict`, also for documents that AWS would refuse to save.
    """
    try:
        return read(load_json(text), now, strict=strict)
    except MalformedDocument as problem:
        raise CaseRefused(str(problem)) from None


def read(raw: Any, now: float, *, strict: bool = False) -> Case:
    """The case that a loaded JSON value is (`document.load_json`). Raises CaseRefused."""
    if not isinstance(raw, dict):
        raise CaseRefused("a case is a JSON object")
    unknown = raw.keys() - FIELDS
    if unknown:
        raise CaseRefused(f"{min(unknown)}: there is no such field")
    action = _needed(raw, "action")
    if not _ACTION.fullmatch(action):
        raise CaseRefused(f"action: service:Name is needed, not {action!r}")
    principal = _principal(raw, action.lower())
    resource = _needed(raw, "resource")
    request = Request(
        principal=principal,
        action=action,
        resource=resource,
        resource_account=_resource_account(raw, resource),
        context={**_derived(principal, int(now)), **_context(raw)},
    )
    case = Case(request, _policies(raw), _kind(action.lower(), resource))
    if strict:
        _check(raw, case)
    return case


def _kind(action: str, resource: str) -> ResourceKind:
    if action in ASSUMING:
        return ResourceKind.ROLE_TRUST
    parts = resource.split(":", 5)
    key = len(parts) == 6 and parts[2] == "kms" and parts[5].startswith("key/")
    return ResourceKind.KEY if key else ResourceKind.ORDINARY


def _needed(raw: Mapping[str, Any], name: str) -> str:
    value = _text(raw, name)
    if value is None:
        raise CaseRefused(f"{name}: is missing")
    return value


def _text(raw: Mapping[str, Any], name: str) -> str | None:
    value = raw.get(name)
    if value is not None and (type(value) is not str or not value):
        raise CaseRefused(f"{name}: a string is needed")
    return value


def _flag(raw: Mapping[str, Any], name: str) -> bool:
    value = raw.get(name, False)
    if type(value) is not bool:
        raise CaseRefused(f"{name}: true or false is needed")
    return value


def _resource_account(raw: Mapping[str, Any], resource: str) -> str | None:
    """The owner that is given, or that the ARN names; otherwise the resource is of the caller's account."""
    given = _text(raw, "resourceAccount")
    if given is not None:
        if not _ACCOUNT.fullmatch(given):
            raise CaseRefused("resourceAccount: an account id has 12 digits")
        return given
    parts = resource.split(":", 5)
    return parts[4] if len(parts) == 6 and _ACCOUNT.fullmatch(parts[4]) else None


# --- the principal


def _principal(raw: Mapping[str, Any], action: str) -> Principal:
    text = _needed(raw, "principal")
    principal, role = _parsed_principal(text, action.startswith("sts:assumerolewith"))
    role_arn, parent = _text(raw, "roleArn"), _text(raw, "parentUser")
    if role_arn is not None and principal.kind != "role-session":
        raise CaseRefused("roleArn: only a role session has one")
    if parent is not None and principal.kind != "federated-user":
        raise CaseRefused("parentUser: only a federated user has one")
    if principal.kind == "role-session":
        plain = f"arn:{principal.partition}:iam::{principal.account}:role/{role}"
        return _with(principal, role_arn=_role_arn(principal, role, role_arn) if role_arn else plain)
    return _with(principal, parent_arn=_parent_arn(principal, parent)) if parent else principal


@lru_cache(maxsize=4096)
def _parsed_principal(text: str, vouched_for: bool) -> tuple[Principal, str]:
    """The principal, and the name of a session's role."""
    if text == "anonymous":
        return Principal(kind="anonymous"), ""
    short = _ROOT.fullmatch(text)
    arn = _ARN.fullmatch(f"arn:aws:iam::{text}" if short else text)
    if arn is not None:
        for service, form, kind in _FORMS:
            named = form.fullmatch(arn[4])
            if service == arn[2] and named is not None:
                role = named[1] if kind == "role-session" else ""
                if kind == "federated":
                    return Principal(kind=kind, arn=text), role
                return Principal(kind=kind, account=arn[3], partition=arn[1], arn=arn[0]), role
    elif _HOST.fullmatch(text):
        return Principal(kind="federated" if vouched_for else "service", arn=text), ""
    raise CaseRefused(
        f"principal: {text!r} is no user, role session (arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION), "
        "federated user, ACCOUNT:root, service or anonymous"
    )


def _with(principal: Principal, *, role_arn: str | None = None, parent_arn: str | None = None) -> Principal:
    return Principal(
        kind=principal.kind,
        account=principal.account,
        partition=principal.partition,
        arn=principal.arn,
        role_arn=role_arn,
        parent_arn=parent_arn,
    )


def _role_arn(principal: Principal, role: str, given: str) -> str:
    arn = _ARN.fullmatch(given)
    named = _ROLE.fullmatch(arn[4]) if arn is not None and arn[2] == "iam" else None
    if arn is None or named is None or arn[3] != principal.account or named[1] != role:
        raise CaseRefused(f"roleArn: {given!r} is no ARN of the role {role} of {principal.account}")
    return given


def _parent_arn(principal: Principal, given: str) -> str:
    parent, _ = _parsed_principal(given, False)
    if parent.kind not in ("user", "root") or parent.account != principal.account or parent.arn is None:
        raise CaseRefused(f"parentUser: {given!r} is no user of {principal.account}")
    return parent.arn


# --- the context

TYPES = {
    "root": "Account",
    "user": "User",
    "federated-user": "FederatedUser",
    "role-session": "AssumedRole",
}


@lru_cache(maxsize=4096)
def _derived(principal: Principal, now: int) -> dict[str, str]:
    """The keys that follow from the principal and the time (IAM guide, "Global condition context keys")."""
    keys = {
        "aws:currenttime": datetime.datetime.fromtimestamp(now, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:epochtime": str(now),
    }
    if principal.kind == "anonymous":
        return {**keys, "aws:principalaccount": "anonymous", "aws:principaltype": "Anonymous"}
    if principal.kind == "federated":
        return keys
    service = principal.kind == "service"
    keys["aws:principalisawsservice"] = "true" if service else "false"
    if service:
        return {**keys, "aws:principalservicename": principal.arn or ""}
    keys["aws:principalarn"] = principal.role_arn or principal.arn or ""
    keys["aws:principalaccount"] = principal.account or ""
    keys["aws:principaltype"] = TYPES[principal.kind]
    if principal.kind == "user":
        keys["aws:username"] = keys["aws:principalarn"].rpartition("/")[2]
    return keys


def _context(raw: Mapping[str, Any]) -> dict[str, str | tuple[str, ...]]:
    given = raw.get("context")
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise CaseRefused("context: an object is needed")
    made = {key.lower(): _values(key, value) for key, value in given.items()}
    if len(made) != len(given):
        raise CaseRefused("context: a key stands twice, in other capitals")
    return made


def _values(key: str, value: Any) -> str | tuple[str, ...]:
    return tuple(_value(key, one) for one in value) if isinstance(value, list) else _value(key, value)


def _value(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        raise CaseRefused(f"context.{key}: a string or a list of strings is needed")
    return str(value) if isinstance(value, Number) else value


# --- the policies


def _policies(raw: Mapping[str, Any]) -> Policies:
    return Policies(
        identity=_pool(raw, "identityPolicies", "inline") or (),
        boundary=_single(raw, "permissionsBoundary", "managed"),
        # No policy passed is no limit, however it is written.
        session=_pool(raw, "sessionPolicies", "session") or None,
        resource=_single(raw, "resourcePolicy", "resource"),
        endpoint=_single(raw, "endpointPolicy", "endpoint"),
        scps=_levels(raw, "serviceControlPolicies"),
        rcps=_levels(raw, "resourceControlPolicies"),
        management_account=_flag(raw, "managementAccount"),
        service_linked_role=_flag(raw, "serviceLinkedRole"),
    )


def _single(raw: Mapping[str, Any], name: str, kind: str) -> Attached | None:
    value = raw.get(name)
    return None if value is None else _attached(value, name, kind)


def _pool(raw: Mapping[str, Any], name: str, kind: str) -> Level | None:
    value = raw.get(name)
    return None if value is None else _listed(value, name, kind)


def _levels(raw: Mapping[str, Any], name: str) -> tuple[Level, ...] | None:
    value = raw.get(name)
    if value is None:
        return None
    if not isinstance(value, list):
        raise CaseRefused(f"{name}: a list of levels is needed, root first, each a list of policies")
    return tuple(_listed(level, f"{name}[{place}]", "control") for place, level in enumerate(value))


def _listed(value: Any, name: str, kind: str) -> Level:
    if not isinstance(value, list):
        raise CaseRefused(f"{name}: a list of policies is needed")
    return tuple(_attached(one, f"{name}[{place}]", kind) for place, one in enumerate(value))


def _attached(value: Any, name: str, kind: str) -> Attached:
    if not isinstance(value, dict):
        raise CaseRefused(f"{name}: a policy is a JSON object")
    return Attached(_document(value), kind, name, None, None)


# Compiled documents by their content.
_DOCUMENTS: dict[str, Document] = {}
DOCUMENTS = 4096


def _document(raw: dict[str, Any]) -> Document:
    try:
        key = repr(raw)
    except RecursionError:
        raise CaseRefused("a policy is nested too deeply") from None
    found = _DOCUMENTS.get(key)
    if found is None:
        found = understood(raw)
        if len(_DOCUMENTS) >= DOCUMENTS:
            _DOCUMENTS.clear()
        _DOCUMENTS[key] = found
    return found


# --- what AWS would refuse to save


def _check(raw: Mapping[str, Any], case: Case) -> None:
    """Raises CaseRefused with AWS's message for the first document that cannot be saved."""
    for name, kind in (("identityPolicies", "IDENTITY"), ("sessionPolicies", "SESSION")):
        for place, document in enumerate(raw.get(name) or ()):
            _check_one(document, f"{name}[{place}]", kind, case)
    for name, kind in (("serviceControlPolicies", "SCP"), ("resourceControlPolicies", "RCP")):
        for place, level in enumerate(raw.get(name) or ()):
            for inner, document in enumerate(level):
                _check_one(document, f"{name}[{place}][{inner}]", kind, case)
    if raw.get("permissionsBoundary") is not None:
        _check_one(raw["permissionsBoundary"], "permissionsBoundary", "BOUNDARY", case)
    if raw.get("endpointPolicy") is not None:
        _check_one(raw["endpointPolicy"], "endpointPolicy", "RESOURCE", case)
    if raw.get("resourcePolicy") is not None:
        _check_one(raw["resourcePolicy"], "resourcePolicy", _resource_policy_kind(case), case)


def _resource_policy_kind(case: Case) -> str:
    if case.kind is ResourceKind.ROLE_TRUST:
        return "TRUST"
    return "BUCKET" if _bucket(case) else "RESOURCE"


def _bucket(case: Case) -> str | None:
    parts = case.request.resource.split(":", 5)
    return parts[5].partition("/")[0] if len(parts) == 6 and parts[2] == "s3" else None


def _check_one(document: dict[str, Any], place: str, kind: str, case: Case) -> None:
    from deputize.policy.validate import Kind, PolicyRefused, check_loaded

    partition = case.request.principal.partition or "aws"
    try:
        check_loaded(document, Kind[kind], bucket=_bucket(case), partition=partition)
    except PolicyRefused as refused:
        raise CaseRefused(f"{place}: {refused}") from None
