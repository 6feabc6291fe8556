"""What must hold of a signed request before its signature is even computed: when it was signed, for which
service and region, and what of it was signed.

Sources: IAM guide, "Troubleshoot signed requests for AWS APIs"; S3 API, "Authenticating Requests (AWS
Signature Version 4)".
"""

import datetime

from deputize.protocol.auth_errors import AuthProblem, Problem
from deputize.protocol.message import Head
from deputize.protocol.model import load
from deputize.protocol.partitions import partition_of
from deputize.protocol.sigv4 import Claim

# How far clocks may be apart (seconds): S3 documents 15 minutes, IAM and STS name 5 in their message.
S3_SKEW = 900
QUERY_SKEW = 300
# S3 takes this header's word for the body's hash whether or not it is signed: the hash itself is.
_NEED_NOT_BE_SIGNED = "x-amz-content-sha256"


def check_time(stated: Claim, now: float, service: str) -> None:
    """Raises AuthProblem for a request signed too long ago or ahead, or a presigned one that has expired."""
    if stated.expires is not None:
        _check_presigned_time(stated, stated.expires, now)
        return
    allowed = S3_SKEW if service == "s3" else QUERY_SKEW
    if abs(now - stated.signed_at) > allowed:
        raise AuthProblem(
            Problem.SKEWED,
            _not_current(stated, now, allowed),
            RequestTime=stated.moment,
            ServerTime=_iso(now),
            MaxAllowedSkewMilliseconds=str(allowed * 1000),
        )


def _check_presigned_time(stated: Claim, expires: int, now: float) -> None:
    if stated.signed_at - now > S3_SKEW:
        raise AuthProblem(Problem.NOT_YET, _not_current(stated, now, S3_SKEW))
    until = stated.signed_at + expires
    if expires == 0 or now >= until:
        raise AuthProblem(
            Problem.EXPIRED,
            _not_current(stated, now, expires),
            **{"X-Amz-Expires": str(expires), "Expires": _iso(until), "ServerTime": _iso(now)},
        )


def _not_current(stated: Claim, now: float, allowed: int) -> str:
    """The query services' sentence."""
    minutes = f"{_compact(now)} {{}} {allowed // 60} min."
    if stated.signed_at > now:
        limit = f"{_compact(now + allowed)} ({minutes.format('+')})"
        return f"Signature not yet current: {stated.moment} is still later than {limit}"
    limit = f"{_compact(now - allowed)} ({minutes.format('-')})"
    return f"Signature expired: {stated.moment} is now earlier than {limit}"


def _iso(at: float) -> str:
    return datetime.datetime.fromtimestamp(int(at), datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _compact(at: float) -> str:
    return datetime.datetime.fromtimestamp(int(at), datetime.UTC).strftime("%Y%m%dT%H%M%SZ")


def check_scope(stated: Claim, service: str, expected: str, partition: str | None = None) -> None:
    """Raises AuthProblem unless the credential scope names `service` and a region (of `partition`, if one is
    given). `expected` is the region to name where another is wrong.

    One endpoint serves every region of a partition. S3's clients sign anew for the region that the element
    Region names; so none is named to those who signed for another partition.
    """
    signing = load(service).signing
    known = partition_of(stated.region)
    region_wrong = known is None or (partition is not None and known != partition)
    if not region_wrong and stated.service == signing:
        return
    problem = Problem.WRONG_REGION if region_wrong else Problem.WRONG_SERVICE
    if service != "s3":
        text = "Credential should be scoped to a valid region. " if region_wrong else ""
        if stated.service != signing:
            text += f"Credential should be scoped to correct service: '{signing}'. "
        raise AuthProblem(problem, text, stated.presigned)
    if not region_wrong:
        text = f'incorrect service "{stated.service}". This endpoint belongs to "s3".'
        raise AuthProblem(problem, text, stated.presigned)
    text = f"the region '{stated.region}' is wrong; expecting '{expected}'"
    raise AuthProblem(problem, text, stated.presigned, **({"Region": expected} if partition is None else {}))


def check_signed_headers(stated: Claim, head: Head, service: str) -> None:
    """Raises AuthProblem unless `host` is signed, and for S3 every x-amz-* header that was sent."""
    signed = stated.signed_headers
    loose = [] if "host" in signed else ["host"]
    if service == "s3":
        loose += [
            name
            for name in head.named
            if name.startswith("x-amz-") and name != _NEED_NOT_BE_SIGNED and name not in signed
        ]
    if loose:
        raise AuthProblem(
            Problem.HEADERS_NOT_SIGNED,
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
            HeadersNotSigned=", ".join(sorted(loose)),
        )
