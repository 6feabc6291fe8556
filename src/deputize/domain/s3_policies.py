"""Policies of buckets and of access points as they are put."""

from deputize.domain import principals
from deputize.domain.principals import UnknownPrincipal
from deputize.domain.public_access import public
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.policy.validate import Kind, PolicyRefused, check
from deputize.store.api import Snapshot

# S3 guide, "Bucket policies" and "Access points restrictions and limitations": 20 KB.
POLICY_BYTES = 20 * 1024


def accepted(db: Snapshot, call: Call, text: str, kind: Kind, arn: str, *, blocked: bool) -> str:
    """The policy as it is stored for the bucket or the access point of this ARN; `blocked`: a public one is
    refused by Block Public Access.

    Raises PolicyTooLarge, MalformedPolicy, AccessDenied.
    """
    if len(text.encode("utf-8", "surrogateescape")) > POLICY_BYTES:
        raise ApiError("PolicyTooLarge", f"The policy is larger than {POLICY_BYTES} bytes.", status=400)
    holder = arn.removeprefix(f"arn:{call.partition}:s3:::")
    try:
        check(text, kind, bucket=holder, partition=call.partition)
        stored = principals.bind(db, text, partition=call.partition)
    except PolicyRefused as refused:
        raise ApiError("MalformedPolicy", str(refused)) from None
    except UnknownPrincipal as unknown:
        raise ApiError("MalformedPolicy", "Invalid principal in policy", Detail=unknown.value) from None
    if blocked and public(stored):
        action = call.operation.needs[0].action
        raise ApiError(
            "AccessDenied",
            f'User: {call.caller.arn} is not authorized to perform: {action} on resource: "{arn}" because '
            "public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.",
            status=403,
        )
    return stored
