"""Asks every right that the operation declares, and says no in AWS's words."""

import dataclasses
from collections.abc import Mapping
from typing import Any, cast

from deputize.errors import ApiError
from deputize.gateway import facts
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.policy import explain
from deputize.policy.decide import Decision, Layer, Policies, Reason, ResourceKind, decide
from deputize.policy.request import Request
from deputize.protocol.rest_route import S3_SERVICES
from deputize.store.api import Snapshot


class Denied(ApiError):
    """AccessDenied, with what was asked and how it was decided, which the caller is not told.

    `note` says what held the caller off whatever policies allow.
    """

    def __init__(
        self, message: str, *, action: str, resource: Resource, decision: Decision, note: str | None
    ) -> None:
        super().__init__("AccessDenied", message, resource.refused_with)
        self.action = action
        self.resource = resource
        self.decision = decision
        self.note = note


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
                refusal.decision = _settled(refusal.decision)
                raise refusal
            refused.setdefault(resource.item, refusal)
    return refused


def _refusal(db: Snapshot, call: Call, need: Needs, resource: Resource, request: Any) -> Denied | None:
    """The refusal of what is asked, if it is one. Through an access point, both it and what it leads to must
    allow (S3 guide, "Configuring IAM policies for using access points").
    """
    for asked in (resource,) if resource.via is None else (resource.via, resource):
        decision = judge(db, call, need, asked, request)
        if not (decision.allowed or (need.denials_only and not _denied_by_resource(decision))):
            return denial(call, need, asked, decision)
    return None


def _denied_by_resource(decision: Decision) -> bool:
    reason = decision.because
    return reason is not None and reason.explicit and reason.layer is Layer.RESOURCE


def judge(db: Snapshot, call: Call, need: Needs, resource: Resource, request: Any) -> Decision:
    """The decision on one right."""
    decision = decide(
        facts.question(db, call, need, resource, request),
        facts.policies(db, call, resource),
        resource_kind=resource.kind,
    )
    if _held_off(call, resource) is not None:
        # RestrictPublicBuckets counts as an explicit deny of the resource (S3 guide, Block Public Access).
        return Decision(False, Reason(Layer.RESOURCE, explicit=True), explicit=True, asked=decision.asked)
    return decision


def _held_off(call: Call, resource: Resource) -> str | None:
    """What holds the caller off whatever policies allow; None if nothing does."""
    principal, seal = call.caller.principal, resource.seal
    if seal is None or principal.account in seal.accounts or principal.kind == "service":
        return None
    return seal.why


def denial(call: Call, need: Needs, resource: Resource, decision: Decision) -> Denied:
    """AccessDenied, telling the caller no more than AWS does."""
    return Denied(
        _told(call, need, resource, decision),
        action=need.action,
        resource=resource,
        decision=decision,
        note=_held_off(call, resource),
    )


def _settled(decision: Decision) -> Decision:
    """The decision with its facts read, so that it can be explained once this view of the records is gone."""
    request, policies, kind = cast("tuple[Request, Policies, ResourceKind]", decision.asked)
    context = cast(facts.Facts, request.context).settled()
    return dataclasses.replace(
        decision, asked=(dataclasses.replace(request, context=context), policies, kind)
    )


def _told(call: Call, need: Needs, resource: Resource, decision: Decision) -> str:
    if call.caller.principal.kind == "federated":
        # Whom a provider vouches for learns nothing of the account (AWS's words for both operations).
        return f"Not authorized to perform {need.action}"
    owned = resource.holder is None or call.caller.principal.account == resource.holder
    # A missing role is answered like another account's that does not trust the caller.
    missing = resource.kind is ResourceKind.ROLE_TRUST and resource.policy is None
    return explain.denial(
        decision,
        caller_arn=call.caller.arn,
        action=need.action,
        resource_text=resource.arn if resource.shown is None else resource.shown,
        same_account=owned and not missing and not call.caller.anonymous,
        s3=call.operation.service in S3_SERVICES,
        name_policies=call.installation.settings.denials_name_policies,
    )
