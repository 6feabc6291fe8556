"""What a decision is made from: the policies that apply to this caller and the condition keys of this
request.

Each key is described in AWS's "Global condition context keys"; operation keys come from the operation's
declaration.
"""

import datetime
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.caller import Caller
from deputize.gateway.operation import Needs, Resource
from deputize.gateway.policies import policies_of
from deputize.policy.decide import Policies
from deputize.policy.request import Request
from deputize.protocol.partitions import IAM_REGIONS
from deputize.protocol.rest_route import S3_SERVICES
from deputize.protocol.sigv4 import UNSIGNED, Claim
from deputize.store.api import Snapshot

# Services that have a key of their own for the tags of users and roles, which are the only ones it is for.
TAGS_OF_IAM = frozenset({"iam", "sts"})
IDENTITIES = ("user/", "role/")
Value = str | tuple[str, ...]
Context = dict[str, Value]


def question(db: Snapshot, call: Call, need: Needs, resource: Resource, request: object) -> Request:
    """One question to the policy language: may this caller do this to that, under these conditions?"""
    return Request(
        principal=call.caller.principal,
        action=need.action,
        resource=resource.arn,
        resource_account=resource.account,
        context=Facts(db, call, need, resource, request),
    )


class Facts(Mapping[str, Value]):
    """The condition keys of one question. They are found out when a policy first asks for one, since most ask
    for none; those that the operation declares may take looks into the records. `db` must still stand then.
    """

    def __init__(self, db: Snapshot, call: Call, need: Needs, resource: Resource, request: object) -> None:
        self._asked = db, call, need, request
        self._resource = resource
        self._stems = need.stems

    def __getitem__(self, key: str) -> Value:
        if key.startswith(self._stems) and key in self._declared:
            return self._declared[key]
        return self._common[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._common | self._declared)

    def __len__(self) -> int:
        return len(self._common | self._declared)

    def settled(self) -> Context:
        """All keys, for when `db` is gone. Those that the operation declares are left out where they cannot
        be read: then the answer was found without them.
        """
        try:
            return self._common | self._declared
        except ApiError:
            return self._common

    @cached_property
    def _declared(self) -> Context:
        return operation_keys(*self._asked)

    @cached_property
    def _common(self) -> Context:
        _, call, _, _ = self._asked
        return request_keys(call) | principal_keys(call) | resource_keys(call, self._resource)


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
        "aws:requestedregion": requested_region(call),
        "aws:viaawsservice": "false",
    }
    if call.caller.principal.kind != "service":  # which comes from no address of anybody's
        context["aws:sourceip"] = head.peer
    for key, header in (("aws:useragent", "user-agent"), ("aws:referer", "referer")):
        value = head.get(header)
        if value is not None:
            context[key] = value
    if call.operation.service in S3_SERVICES:
        if head.tls is not None:
            context["s3:tlsversion"] = head.tls
        if call.claim is not None:
            context.update(_s3_signature_keys(call, call.claim))
    return context


def requested_region(call: Call) -> str:
    """A service that answers in one region for the whole partition names that one (IAM guide,
    `aws:RequestedRegion`).
    """
    return IAM_REGIONS[call.partition] if call.operation.service == "iam" else call.region


def _s3_signature_keys(call: Call, claim: Claim) -> Context:
    """How an S3 request was authenticated ("Bucket policy examples using condition keys", SigV4 keys)."""
    form = "POST" if call.operation.form else "REST-QUERY-STRING" if claim.presigned else "REST-HEADER"
    context: Context = {
        "s3:authtype": form,
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
    if principal.kind == "federated":
        return {"aws:federatedprovider": caller.arn, **caller.vouched}
    if principal.kind == "service":
        return service_keys(caller)
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


def service_keys(caller: Caller) -> Context:
    """Keys of a call that an AWS service makes itself, for the account whose resources it works on."""
    return {
        "aws:principalisawsservice": "true",
        "aws:principalservicename": caller.arn,
        "aws:principalservicenameslist": (caller.arn,),
        **caller.vouched,
    }


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
    if session.provider is not None:
        context["aws:federatedprovider"] = session.provider
    context.update(session.vouched)
    context.update(session.vouched_sets)
    return context


def resource_keys(call: Call, resource: Resource) -> Context:
    """Keys of the resource."""
    context: Context = {}
    if resource.account is not None:
        context["aws:resourceaccount"] = resource.account
        if call.operation.service in S3_SERVICES:
            context["s3:resourceaccount"] = resource.account
    context.update(tag_keys(call.operation.service, resource.arn, resource.tags))
    return {**context, **resource.context} if resource.context else context


def tag_keys(service: str, arn: str, tags: Mapping[str, str]) -> Context:
    """A resource's tags, as a call to `service` sees them (IAM guide, "IAM and AWS STS condition context
    keys", `iam:ResourceTag`).
    """
    context: Context = {f"aws:resourcetag/{key.lower()}": value for key, value in tags.items()}
    if tags and service in TAGS_OF_IAM and arn.split(":", 5)[-1].startswith(IDENTITIES):
        context |= {f"iam:resourcetag/{key.lower()}": value for key, value in tags.items()}
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
