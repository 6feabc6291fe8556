"""From a case's text to a question that can be decided.

Documents are taken as they are; all else must be as described, so that a slip of the pen never decides.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deputize.policy.case.context import given, implied
from deputize.policy.case.fields import CaseRefused, needed, text_of
from deputize.policy.case.policies import policies_of
from deputize.policy.case.principal import principal_of
from deputize.policy.decide import Decision, decide
from deputize.policy.document import MalformedDocument, load_json
from deputize.policy.layers import ASSUMING, Policies, ResourceKind
from deputize.policy.request import Request

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9]+", re.ASCII)
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


@dataclass(frozen=True, slots=True)
class Case:
    """A question that can be decided."""

    request: Request
    policies: Policies
    kind: ResourceKind

    def decide(self) -> Decision:
        return decide(self.request, self.policies, resource_kind=self.kind)


def parse(text: str, now: float, *, strict: bool = False, lines: bool = False) -> Case:
    """The case that `text` writes; `now` in epoch seconds is for the keys of time that it does not give.

    `strict` refuses documents that AWS would refuse to save, and an action that it does not have; with
    `lines`, a trace can tell where in its document each statement stands. Raises CaseRefused.
    """
    try:
        raw = load_json(text)
        return _read(raw, now, strict, text if lines else None)
    except MalformedDocument as problem:
        raise CaseRefused(str(problem)) from None
    except RecursionError:
        raise CaseRefused("the case is nested too deeply") from None


def _read(raw: Any, now: float, strict: bool, text: str | None) -> Case:
    if not isinstance(raw, dict):
        raise CaseRefused("a case is a JSON object")
    unknown = raw.keys() - FIELDS
    if unknown:
        raise CaseRefused(f"{min(unknown)!r}: there is no such field")
    action = needed(raw, "action")
    if not _ACTION.fullmatch(action):
        raise CaseRefused(f"action: service:Name is needed, not {action!r}")
    principal = principal_of(raw, action.lower())
    resource = needed(raw, "resource")
    request = Request(
        principal=principal,
        action=action,
        resource=resource,
        resource_account=_resource_account(raw, resource),
        context={**implied(principal, int(now)), **given(raw)},
    )
    policies, kind = policies_of(raw, text), _kind(action.lower(), resource)
    if strict:
        from deputize.policy.case.strict import check_action, check_documents

        check_action(action)
        check_documents(raw, request, kind)
    return Case(request, policies, kind)


def _kind(action: str, resource: str) -> ResourceKind:
    parts = resource.split(":", 5)
    if action in ASSUMING and parts[2:3] != ["sts"]:
        # Tags may also be passed to a federated user, who is no role (STS API, GetFederationToken).
        return ResourceKind.ROLE_TRUST
    key = len(parts) == 6 and parts[2] == "kms" and parts[5].startswith("key/")
    return ResourceKind.KEY if key else ResourceKind.ORDINARY


def _resource_account(raw: Mapping[str, Any], resource: str) -> str | None:
    """The owner that is given, or that the ARN names; otherwise the resource is of the caller's account."""
    owner = text_of(raw, "resourceAccount")
    if owner is not None:
        if not _ACCOUNT.fullmatch(owner):
            raise CaseRefused("resourceAccount: an account id has 12 digits")
        return owner
    parts = resource.split(":", 5)
    return parts[4] if len(parts) == 6 and _ACCOUNT.fullmatch(parts[4]) else None
