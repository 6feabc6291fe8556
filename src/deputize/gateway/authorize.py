"""Asks every right that the operation declares, and says no in AWS's words."""

from collections.abc import Mapping
from typing import Any

from deputize.errors import ApiError
from deputize.gateway import facts
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.policy import explain
from deputize.policy.decide import Decision, Layer, Reason, ResourceKind, decide
from deputize.store.api import Snapshot


def authorize(db: Snapshot, call: Call, request: Any) -> Mapping[str, ApiError]:
    """Returns the refused items of an operation that answers item by item; raises AccessDenied for all
    others.
    """
    refused: dict[str, ApiError] = {}
    for need in call.operation.needs:
        if need.when is not None and not need.when(db, call, request):
            continue
        found = need.on(db, call, request)
        for resource in (found,) if isinstance(found, Resource) else found:
            refusal = _refusal(db, call, need, resource, request)
            if refusal is None:
                continue
            if not need.each or resource.item is None:
                raise refusal
            refused.setdefault(resource.item, refusal)
    return refused


def _refusal(db: Snapshot, call: Call, need: Needs, resource: Resource, request: Any) -> ApiError | None:
    if need.owner_root and call.caller.root and call.caller.account == resource.account:
        return None
    decision = judge(db, call, need, resource, request)
    return None if decision.allowed else denial(call, need, resource, decision)


def judge(db: Snapshot, call: Call, need: Needs, resource: Resource, request: Any) -> Decision:
    """The decision on one right."""
    decision = decide(
        facts.question(db, call, need, resource, request),
        facts.policies(db, call, resource),
        resource_kind=resource.kind,
    )
    principal = call.caller.principal
    if resource.sealed and principal.account != resource.account and principal.kind != "service":
        # RestrictPublicBuckets counts as an explicit deny of the resource (S3 guide, Block Public Access).
        return Decision(False, Reason(Layer.RESOURCE, explicit=True), explicit=True, asked=decision.asked)
    return decision


def denial(call: Call, need: Needs, resource: Resource, decision: Decision) -> ApiError:
    """AccessDenied, telling the caller no more than AWS does."""
    owned = resource.account is None or call.caller.principal.account == resource.account
    # A missing role is answered like another account's that does not trust the caller.
    missing = resource.kind is ResourceKind.ROLE_TRUST and resource.policy is None
    message = explain.denial(
        decision,
        caller_arn=call.caller.arn,
        action=need.action,
        resource_text=resource.arn if resource.shown is None else resource.shown,
        same_account=owned and not missing and not call.caller.anonymous,
        s3=call.operation.service == "s3",
        name_policies=call.installation.settings.denials_name_policies,
    )
    return ApiError("AccessDenied", message)
