"""A Decision in AWS's words (IAM guide, "Troubleshoot access denied error messages")."""

from deputize.policy.decide import (
    Decision,
    Layer,
    Reason,
    ResourceKind,
    all_powerful,
    hear,
    needs_no_permission,
)
from deputize.policy.evaluate import IDENTITY_ALLOWS

ROOT_ASSUMES_NOTHING = "Roles may not be assumed by root accounts."
_ARTICLES = {Layer.IDENTITY: "an", Layer.TRUST: "the"}
_RESOURCE_SIDE = (Layer.RCP, Layer.RESOURCE, Layer.TRUST)


def denial(
    decision: Decision,
    *,
    caller_arn: str,
    action: str,
    resource_text: str,
    same_account: bool,
    s3: bool,
    name_policies: bool = False,
) -> str:
    """The message of an AccessDenied error.

    `resource_text` is what stands after `on resource:`; empty leaves it out. S3 tells callers of other
    accounts nothing, and quotes ARNs; elsewhere the resource's side is told to its own account alone.
    `name_policies` appends the ARN of a managed policy that denies, as AWS does since January 2026.
    """
    if s3 and not same_account:
        return "Access Denied"
    words = f"User: {caller_arn} is not authorized to perform: {action}"
    if resource_text:
        words += f' on resource: "{resource_text}"' if s3 else f" on resource: {resource_text}"
    reason = decision.because
    if reason is not None and reason.layer is Layer.ROOT:
        return ROOT_ASSUMES_NOTHING
    if reason is None or (reason.layer in _RESOURCE_SIDE and not same_account):
        return words
    named = (
        f": {reason.policy_arn}" if name_policies and same_account and reason.policy_arn is not None else ""
    )
    return f"{words} {cause(reason, action)}{named}"


def cause(reason: Reason, action: str) -> str:
    """The last part of the message: which kind of policy denies."""
    if reason.layer is Layer.ROOT:
        return ROOT_ASSUMES_NOTHING
    if reason.explicit:
        return f"with an explicit deny in {_article(reason.layer)} {reason.layer.value}"
    return f"because no {reason.layer.value} allows the {action} action"


def because(decision: Decision) -> str:
    """Why it was so decided, for those who may read all policies: AWS's words for a denial, and in the same
    manner who allowed.
    """
    if decision.asked is None:
        raise ValueError("a decision that was not decided has no reasons")
    request, policies, kind = decision.asked
    if decision.because is not None:
        return cause(decision.because, request.action)
    if needs_no_permission(request):
        return f"because {request.action} needs no permission"
    heard = hear(request, policies)
    by_identity = heard.own & IDENTITY_ALLOWS and not all_powerful(request.principal)
    resource = Layer.TRUST if kind is ResourceKind.ROLE_TRUST else Layer.RESOURCE
    allowing = [
        f"{_article(layer)} {layer.value}"
        for layer, says in ((Layer.IDENTITY, by_identity), (resource, heard.ways))
        if says
    ]
    if not allowing:
        return "because the root user needs no policy in its own account"
    verb = "allows" if len(allowing) == 1 else "allow"
    return f"because {' and '.join(allowing)} {verb} the {request.action} action"


def _article(layer: Layer) -> str:
    return _ARTICLES.get(layer, "a")
