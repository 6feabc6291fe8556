"""Calls that a kind of temporary credentials cannot make, whatever its policies say (IAM guide, "Compare STS
credentials").

GetSessionToken credentials make no IAM call without MFA, and of STS only AssumeRole and GetCallerIdentity;
GetFederationToken credentials make no IAM call, and of STS only GetCallerIdentity. Those of the console are
not limited: whoever signs in there manages IAM.
"""

from deputize.errors import ApiError
from deputize.gateway.caller import Caller

STS_CALLS = {
    "user": frozenset({"AssumeRole", "GetCallerIdentity", "GetSessionToken", "GetFederationToken"}),
    "federated": frozenset({"GetCallerIdentity", "GetSessionToken", "GetFederationToken"}),
}


def check(caller: Caller, service: str, operation: str) -> None:
    """Raises InvalidClientTokenId for a call to IAM, AccessDenied for one to STS, that the caller's session
    cannot make.

    GetSessionToken and GetFederationToken refuse sessions in words of their own.
    """
    session = caller.session
    if session is None or session.kind == "role" or session.console is not None:
        return
    if service == "iam" and (session.kind == "federated" or session.mfa_at is None):
        raise ApiError(
            "InvalidClientTokenId", "The security token included in the request is invalid.", status=403
        )
    if service == "sts" and operation not in STS_CALLS[session.kind]:
        raise ApiError("AccessDenied", f"Cannot call {operation} with session credentials")
