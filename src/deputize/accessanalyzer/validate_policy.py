"""ValidatePolicy: the findings of a policy's text, page by page."""

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING, Any

from deputize.accessanalyzer.service import accessanalyzer
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.store.api import Snapshot

if TYPE_CHECKING:
    from deputize.policy.findings.text import Words
    from deputize.protocol.shapes.accessanalyzer import ValidatePolicyRequest, ValidatePolicyResponse

# Findings in an answer, where the request does not say how many.
PAGE = 100


def no_resource(db: Snapshot, call: Call, request: "ValidatePolicyRequest") -> Resource:
    """Policies allow this on `*`; a denial prints the account's ARN."""
    shown = f"arn:{call.partition}:access-analyzer:{call.region}:{call.account}:*"
    return Resource(arn="*", account=None, shown=shown)


@accessanalyzer.query(
    "ValidatePolicy", access=(Needs("access-analyzer:ValidatePolicy", on=no_resource),), slow=True
)
def validate_policy(db: Snapshot, call: Call, request: "ValidatePolicyRequest") -> "ValidatePolicyResponse":
    """The caller's own account is no third party. Of the locales KO is answered in Korean, every other one in
    English. Raises ValidationException.
    """
    from deputize.policy.findings.statements import PolicyType  # loaded when they are asked for
    from deputize.policy.findings.validate import findings

    resource_type = request.get("validatePolicyResourceType")
    policy_type = PolicyType[request["policyType"]]
    if resource_type is not None and policy_type is not PolicyType.RESOURCE_POLICY:
        raise _refused("validatePolicyResourceType goes with the policy type RESOURCE_POLICY alone.")
    size = request.get("maxResults", PAGE)
    if size < 1:
        raise _refused("maxResults is at least 1.")
    document = request["policyDocument"]
    first = _first(request)
    made = findings(document, policy_type, resource_type=resource_type, own_accounts=[call.account])
    words = _words(request.get("locale"))
    page: list[Any] = [one.wire(words) for one in made[first : first + size]]
    answer: ValidatePolicyResponse = {"findings": page}
    if first + size < len(made):
        answer["nextToken"] = _token(first + size, request)
    return answer


def _words(locale: str | None) -> "Words":
    """In which language findings are told."""
    if locale == "KO":
        from deputize.policy.findings.korean import KOREAN  # loaded when it is asked for

        return KOREAN
    from deputize.policy.findings.text import ENGLISH

    return ENGLISH


def _token(first: int, request: "ValidatePolicyRequest") -> str:
    """Where the next page begins, and of which request: the findings are made anew for each page."""
    asked = (request["policyDocument"], request["policyType"], request.get("validatePolicyResourceType", ""))
    digest = hashlib.sha256("\0".join(asked).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return base64.urlsafe_b64encode(f"{first}.{digest}".encode()).decode()


def _first(request: "ValidatePolicyRequest") -> int:
    token = request.get("nextToken")
    if token is None:
        return 0
    try:
        first = int(base64.urlsafe_b64decode(token.encode()).partition(b".")[0])
    except (binascii.Error, ValueError):
        first = 0
    if first < 1 or token != _token(first, request):
        raise _refused("nextToken is not one of this request's.")
    return first


def _refused(message: str) -> ApiError:
    return ApiError("ValidationException", message, reason="fieldValidationFailed")
