"""The principal of a case: a user, a role session, a federated user, root, a service or nobody known."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from deputize.policy.case.fields import CaseRefused, needed, text_of
from deputize.policy.request import Principal, PrincipalKind

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


def principal_of(raw: Mapping[str, Any], action: str) -> Principal:
    """Who asks; `action` in lower case tells whom an identity provider vouches for. Raises CaseRefused."""
    text = needed(raw, "principal")
    principal, role = _parsed_principal(text, action.startswith("sts:assumerolewith"))
    role_arn, parent = text_of(raw, "roleArn"), text_of(raw, "parentUser")
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
