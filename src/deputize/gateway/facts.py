"""What a decision is made from: the policies that apply to this caller and the condition keys of this
request.

Each key is described in AWS's "Global condition context keys"; operation keys come from the operation's
declaration.
"""

import datetime
from collections.abc import Mapping
from functools import lru_cache

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.gateway.policies import policies_of
from deputize.policy.decide import Policies
from deputize.policy.request import Request
from deputize.protocol.sigv4 import UNSIGNED, Claim
from deputize.store.api import Snapshot

Context = dict[str, str | tuple[str, ...]]

# Services that answer in one region for the whole partition: aws:RequestedRegion names that one.
GLOBAL_SERVICES = {"iam": "us-east-1"}


def question(db: Snapshot, call: Call, need: Needs, resource: Resource, request: object) -> Request:
    """One question to the policy language: may this caller do this to that, under these conditions?"""
    context = request_keys(call)
    context.update(principal_keys(call))
    context.update(resource_keys(call, resource))
    context.update(operation_keys(db, call, need, request))
    return Request(
        principal=call.caller.principal,
        action=need.action,
        resource=resource.arn,
        resource_account=resource.account,
        context=context,
    )


def policies(db: Snapshot, call: Call, resource: Resource) -> Policies:
    """The policies that have a say: the caller's own and the resource's."""
    return policies_of(db, call, resource)


def moment(at: float) -> str:
    """Epoch seconds in the form in which date keys are compared."""
    return _second(int(at))


@lru_cache(maxsize=256)
def _second(at: int) -> str:
    return datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def flag(value: bool) -> str:
    return "true" if value else "false"


def request_keys(call: Call) -> Context:
    """Keys of the request itself and of how it was signed."""
    head = call.head
    context: Context = {
        "aws:currenttime": moment(call.now),
        "aws:epochtime": str(int(call.now)),
        "aws:securetransport": flag(head.secure),
        "aws:requestedregion": GLOBAL_SERVICES.get(call.operation.service, call.region),
        "aws:sourceip": head.peer,
        "aws:viaawsservice": "false",
    }
    for key, header in (("aws:useragent", "user-agent"), ("aws:referer", "referer")):
        value = head.get(header)
        if value is not None:
            context[key] = value
    if call.operation.service == "s3":
        if head.tls is not None:
            context["s3:tlsversion"] = head.tls
        if call.claim is not None:
            context.update(_s3_signature_keys(call, call.claim))
    return context


def _s3_signature_keys(call: Call, claim: Claim) -> Context:
    """How an S3 request was authenticated ("Bucket policy examples using condition keys", SigV4 keys)."""
    context: Context = {
        "s3:authtype": "REST-QUERY-STRING" if claim.presigned else "REST-HEADER",
        "s3:signatureversion": "AWS4-HMAC-SHA256",
        "s3:x-amz-content-sha256": claim.payload or UNSIGNED,
    }
    if claim.presigned:
        context["s3:signatureage"] = str(max(0, int((call.now - claim.signed_at) * 1000)))
    return context


PRINCIPAL_TYPES = {
    "root": "Account",
    "user": "User",
    "federated-user": "FederatedUser",
    "role-session": "AssumedRole",
    "anonymous": "Anonymous",
}


def principal_keys(call: Call) -> Context:
    """Keys of the caller."""
    caller = call.caller
    principal = caller.principal
    context: Context = {
        "aws:principalaccount": caller.account,
        "aws:principaltype": PRINCIPAL_TYPES[principal.kind],
        "aws:userid": caller.user_id,
    }
    if principal.kind == "anonymous":
        return context
    context["aws:principalisawsservice"] = "false"
    context["aws:principalarn"] = principal.role_arn or caller.arn
    if caller.name is not None:
        context["aws:username"] = caller.name
    for key, value in caller.tags.items():
        context[f"aws:principaltag/{key.lower()}"] = value
    context.update(_session_keys(call))
    return context


def _session_keys(call: Call) -> Context:
    """Keys that only temporary credentials have; long-term keys have no MFA flag at all, not a false one."""
    session = call.caller.session
    if session is None:
        return {}
    context: Context = {
        "aws:tokenissuetime": moment(session.issued),
        "aws:multifactorauthpresent": flag(session.mfa_at is not None),
    }
    if session.mfa_at is not None:
        context["aws:multifactorauthage"] = str(max(0, int(call.now) - session.mfa_at))
    if session.source_identity is not None:
        context["aws:sourceidentity"] = session.source_identity
    return context


def resource_keys(call: Call, resource: Resource) -> Context:
    """Keys of the resource."""
    context: Context = {}
    if resource.account is not None:
        context["aws:resourceaccount"] = resource.account
        if call.operation.service == "s3":
            context["s3:resourceaccount"] = resource.account
    for key, value in resource.tags.items():
        context[f"aws:resourcetag/{key.lower()}"] = value
        if call.operation.service == "iam":
            context[f"iam:resourcetag/{key.lower()}"] = value
    return context


def operation_keys(db: Snapshot, call: Call, need: Needs, request: object) -> Context:
    """The keys that the operation declares; a name that ends in `/*` stands for one key per entry of a
    mapping.
    """
    context: Context = {}
    for name, read in need.keys.items():
        value = read(db, call, request)
        if value is None:
            continue
        if isinstance(value, Mapping):
            stem = name.removesuffix("*").lower()
            context.update({stem + key.lower(): text for key, text in value.items()})
        else:
            context[name.lower()] = value
    return context
