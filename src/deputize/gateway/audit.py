"""The CloudTrail record that a call leaves ("CloudTrail record contents").

A command's record is written in its own transaction; a query's and a refused call's go to the store's note
queue. Object-level S3 calls are data events, which a trail records only when asked: they leave none.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from deputize.errors import ApiError
from deputize.gateway import facts
from deputize.gateway.call import Call
from deputize.gateway.caller import Caller
from deputize.model.event import Event

SOURCES = {
    "iam": "iam.amazonaws.com",
    "sts": "sts.amazonaws.com",
    "s3": "s3.amazonaws.com",
    "s3control": "s3.amazonaws.com",
    "accessanalyzer": "access-analyzer.amazonaws.com",
}
# Parameters that never enter a record: secrets, bodies, and what is only looked at.
HIDDEN = frozenset(
    {
        "Body",
        "policyDocument",
        "Password",
        "NewPassword",
        "OldPassword",
        "TokenCode",
        "AuthenticationCode1",
        "AuthenticationCode2",
        "SecretAccessKey",
        "PrivateKey",
        "WebIdentityToken",
        "SAMLAssertion",
        "SSECustomerKey",
        "CopySourceSSECustomerKey",
    }
)
# A private key that somebody sends where none belongs enters no record either; CloudTrail's word for it.
PRIVATE, HIDDEN_VALUE = "PRIVATE KEY-----", "HIDDEN_DUE_TO_SECURITY_REASONS"
# In the names of S3's operations on objects and on parts of them.
DATA = ("Object", "Multipart", "Part")
IDENTITY_TYPES = {
    "root": "Root",
    "user": "IAMUser",
    "role-session": "AssumedRole",
    "federated-user": "FederatedUser",
}


def recorded(call: Call) -> bool:
    """Whether this call is a management event of somebody's account."""
    data_event = call.operation.service == "s3" and any(word in call.operation.name for word in DATA)
    return not data_event and not call.caller.anonymous


def event(call: Call, request: Mapping[str, Any], error: ApiError | None = None) -> Event:
    """The record of `call` in the caller's account."""
    record: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": identity(call.caller),
        "eventTime": facts.moment(call.now),
        "eventSource": SOURCES[call.operation.service],
        "eventName": call.operation.name,
        "awsRegion": call.region,
        "sourceIPAddress": call.head.peer,
        "userAgent": call.head.get("user-agent") or "",
        "requestParameters": _parameters(request) or None,
        "responseElements": None,
        "requestID": call.id,
        "eventID": str(uuid.uuid4()),
        "readOnly": not call.operation.writes,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": call.account,
        "eventCategory": "Management",
    }
    session = call.caller.session
    if session is not None and session.console is not None:
        record["sessionCredentialFromConsole"] = "true"
    if error is not None:
        record["errorCode"] = error.code
        record["errorMessage"] = error.message
    return Event(account=call.account, at=int(call.now * 1000), id=record["eventID"], record=record)


def identity(caller: Caller) -> dict[str, Any]:
    """The `userIdentity` of a record ("CloudTrail userIdentity element")."""
    if caller.principal.kind == "federated":
        return _vouched(caller)
    if caller.principal.kind == "service":
        return {"type": "AWSService", "invokedBy": caller.arn}
    found: dict[str, Any] = {
        "type": IDENTITY_TYPES[caller.principal.kind],
        "principalId": caller.user_id,
        "arn": caller.arn,
        "accountId": caller.account,
        "accessKeyId": caller.key,
    }
    if caller.name is not None:
        found["userName"] = caller.name
    session = caller.session
    if session is not None:
        attributes = {
            "creationDate": facts.moment(session.issued),
            "mfaAuthenticated": facts.flag(session.mfa_at is not None),
        }
        found["sessionContext"] = {"attributes": attributes}
        if session.source_identity is not None:
            found["sessionContext"]["sourceIdentity"] = session.source_identity
    return found


def _vouched(caller: Caller) -> dict[str, Any]:
    """Somebody from outside, in the words of the provider that vouches for them."""
    saml = ":saml-provider/" in caller.arn
    return {
        "type": "SAMLUser" if saml else "WebIdentityUser",
        "principalId": caller.user_id,
        "userName": caller.name,
        "identityProvider": caller.arn,
    }


def _parameters(value: Any) -> Any:
    """The request with lowerCamel names and without what must not be kept."""
    if isinstance(value, Mapping):
        return {
            name[:1].lower() + name[1:]: _parameters(member)
            for name, member in value.items()
            if name not in HIDDEN
        }
    if isinstance(value, list | tuple):
        return [_parameters(member) for member in value]
    if isinstance(value, str) and PRIVATE in value:
        return HIDDEN_VALUE
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
