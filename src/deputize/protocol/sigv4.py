"""AWS Signature Version 4: what a request claims, and whether it is signed with the secret it should be.

Sources: IAM guide, "Create a signed AWS API request"; S3 API, "Authenticating Requests (AWS Signature Version
4)". Nothing is verified but over the raw path, query and headers, exactly as they arrived.
"""

import datetime
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes

from deputize.errors import ApiError
from deputize.protocol.auth_errors import AuthProblem, Problem
from deputize.protocol.message import Head
from deputize.protocol.partitions import partition_of

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
# How far clocks may be apart (seconds): S3 documents 15 minutes, IAM and STS name 5 in their message.
S3_SKEW = 900
QUERY_SKEW = 300
LONGEST_PRESIGNED = 604800
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MOMENT = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_HEADER = re.compile(
    rf"{ALGORITHM} +Credential=([^,\s]+) *, *SignedHeaders=([^,\s]+) *, *Signature=([^,\s]*)", re.ASCII
)
# A query with one of these asks to be authenticated by it; the last ones belong to Signature Version 2.
_QUERY_FORMS = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "AWSAccessKeyId", "Signature")
_PRESIGNED = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date", "X-Amz-SignedHeaders")
_PRESIGNED_NEEDS = (
    "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
    "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
)
_BLANKS = re.compile(r" {2,}")
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a signed request says of itself; nothing of it is verified yet.

    `date`, `region` and `service` are the credential scope. `moment` is the time of signing as written,
    `signed_at` the same in epoch seconds. `expires` is for how long a presigned request is good (seconds),
    None otherwise. `payload` is what S3 signs in place of the body's hash; `payload_sha256` is that hash
    (hex) where it was signed. Both are None for other services.
    """

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str = field(repr=False)
    session_token: str | None = field(repr=False)
    presigned: bool
    moment: str
    signed_at: float
    expires: int | None
    payload: str | None

    @property
    def payload_sha256(self) -> str | None:
        return None if self.payload == UNSIGNED else self.payload

    @property
    def scope(self) -> str:
        """The credential scope."""
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


def claim(head: Head, service: str) -> Claim | None:
    """What the request claims; None if it is unsigned.

    Raises AuthProblem for a form that is malformed, doubled, or not offered (Signature Version 2, 4a, bearer
    tokens), ApiError for a payload that is not offered.
    """
    authorization = head.all("authorization")
    pairs = query_pairs(head.query)
    in_query = any(name in _QUERY_FORMS for name, _ in pairs)
    if not authorization:
        return _presigned(head, pairs, service) if in_query else None
    if in_query or len(authorization) > 1:
        raise AuthProblem(Problem.TWO_FORMS)
    return _in_header(head, authorization[0], service)


def _in_header(head: Head, authorization: str, service: str) -> Claim:
    if not authorization.startswith(ALGORITHM + " "):
        raise AuthProblem(Problem.UNSUPPORTED)
    match = _HEADER.fullmatch(authorization)
    if match is None:
        raise AuthProblem(
            Problem.MALFORMED,
            "the authorization header requires three components: Credential, SignedHeaders, Signature.",
        )
    moment = head.get("x-amz-date") or _from_http_date(head.get("date"))
    if moment is None or not _MOMENT.fullmatch(moment):
        raise AuthProblem(Problem.MALFORMED, "a valid X-Amz-Date or Date header is needed.")
    return _claimed(
        head,
        service,
        credential=match[1],
        signed_headers=match[2],
        signature=match[3],
        moment=moment,
        token=head.get("x-amz-security-token"),
        expires=None,
        presigned=False,
    )


def _presigned(head: Head, pairs: Pairs, service: str) -> Claim:
    values: dict[str, str] = {}
    for name, value in pairs:
        values.setdefault(name, value)  # of a repeated parameter the first counts
    if "X-Amz-Algorithm" not in values and ("AWSAccessKeyId" in values or "Signature" in values):
        raise AuthProblem(Problem.UNSUPPORTED)
    if values.get("X-Amz-Algorithm", ALGORITHM) != ALGORITHM:
        raise AuthProblem(Problem.UNSUPPORTED)
    needed = (*_PRESIGNED, "X-Amz-Expires") if service == "s3" else _PRESIGNED
    if not all(values.get(name) for name in needed):
        raise AuthProblem(Problem.MALFORMED, _PRESIGNED_NEEDS, True)
    if not _MOMENT.fullmatch(values["X-Amz-Date"]):
        text = "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""
        raise AuthProblem(Problem.MALFORMED, text, True)
    return _claimed(
        head,
        service,
        credential=values["X-Amz-Credential"],
        signed_headers=values["X-Amz-SignedHeaders"],
        signature=values["X-Amz-Signature"],
        moment=values["X-Amz-Date"],
        token=values.get("X-Amz-Security-Token"),
        expires=_expires(values.get("X-Amz-Expires", str(S3_SKEW))),
        presigned=True,
    )


def _expires(text: str) -> int:
    try:
        seconds = int(text) if re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII) else None
    except ValueError:
        seconds = None
    if seconds is None:
        raise AuthProblem(Problem.MALFORMED, "X-Amz-Expires should be a number", True)
    if seconds < 0:
        raise AuthProblem(Problem.MALFORMED, "X-Amz-Expires must be non-negative", True)
    if seconds > LONGEST_PRESIGNED:
        text = (
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be "
            f"less than {LONGEST_PRESIGNED} seconds"
        )
        raise AuthProblem(Problem.MALFORMED, text, True)
    return seconds


def _claimed(
    head: Head,
    service: str,
    *,
    credential: str,
    signed_headers: str,
    signature: str,
    moment: str,
    token: str | None,
    expires: int | None,
    presigned: bool,
) -> Claim:
    parts = credential.rsplit("/", 4)
    if len(parts) != 5 or not all(parts) or parts[4] != "aws4_request":
        text = 'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'
        raise AuthProblem(Problem.MALFORMED, text, presigned)
    access_key_id, date, region, signed_service, _ = parts
    if date != moment[:8]:
        text = f'Invalid credential date "{date}". This date is not the same as X-Amz-Date: "{moment[:8]}".'
        raise AuthProblem(Problem.MALFORMED, text, presigned)
    names = tuple(signed_headers.split(";"))
    if "host" not in names or list(names) != sorted(set(names)) or signed_headers != signed_headers.lower():
        text = "SignedHeaders must name host, in lower case, sorted, each header once."
        raise AuthProblem(Problem.MALFORMED, text, presigned)
    return Claim(
        access_key_id=access_key_id,
        date=date,
        region=region,
        service=signed_service,
        signed_headers=names,
        signature=signature,
        session_token=token or None,
        presigned=presigned,
        moment=moment,
        signed_at=_epoch(moment, presigned),
        expires=expires,
        payload=_payload(head, presigned) if service == "s3" else None,
    )


def _epoch(moment: str, presigned: bool) -> float:
    try:
        parsed = datetime.datetime.strptime(moment, "%Y%m%dT%H%M%SZ")
    except ValueError:
        raise AuthProblem(Problem.MALFORMED, "X-Amz-Date is no date", presigned) from None
    return parsed.replace(tzinfo=datetime.UTC).timestamp()


def _from_http_date(text: str | None) -> str | None:
    try:
        parsed = datetime.datetime.strptime(text or "", "%a, %d %b %Y %H:%M:%S GMT")
    except ValueError:
        return None
    return parsed.strftime("%Y%m%dT%H%M%SZ")


def _payload(head: Head, presigned: bool) -> str:
    """What S3 signs for the body. Raises ApiError."""
    stated = head.get("x-amz-content-sha256")
    if stated is None:
        if presigned:
            return UNSIGNED
        raise ApiError(
            "InvalidRequest", "Missing required header for this request: x-amz-content-sha256", status=400
        )
    if stated == UNSIGNED or _SHA256.fullmatch(stated):
        return stated
    if stated.startswith("STREAMING-"):
        raise ApiError("NotImplemented", f"Uploads with {stated} are not offered by this server.", status=501)
    raise ApiError(
        "InvalidArgument",
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 "
        "value.",
        status=400,
        ArgumentName="x-amz-content-sha256",
        ArgumentValue=stated,
    )


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
    if now >= until:
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


def check_scope(stated: Claim, service: str, partition: str | None = None) -> None:
    """Raises AuthProblem unless the credential scope names `service` and a region (of `partition`, if one is
    given).

    One endpoint serves every region of a partition.
    """
    known = partition_of(stated.region)
    region_wrong = known is None or (partition is not None and known != partition)
    service_wrong = stated.service != service
    if not region_wrong and not service_wrong:
        return
    if service == "s3":
        text = (
            f"the region '{stated.region}' is wrong"
            if region_wrong
            else f'incorrect service "{stated.service}". This endpoint belongs to "s3".'
        )
    else:
        text = "Credential should be scoped to a valid region. " if region_wrong else ""
        text += f"Credential should be scoped to correct service: '{service}'. " if service_wrong else ""
    problem = Problem.WRONG_REGION if region_wrong else Problem.WRONG_SERVICE
    raise AuthProblem(problem, text, stated.presigned)


def check_signed_headers(stated: Claim, head: Head) -> None:
    """S3: every x-amz-* header that is sent must be signed. Raises AuthProblem."""
    loose = {
        name for name, _ in head.headers if name.startswith("x-amz-") and name not in stated.signed_headers
    }
    if loose:
        raise AuthProblem(Problem.HEADERS_NOT_SIGNED, HeadersNotSigned=", ".join(sorted(loose)))


def verify(stated: Claim, head: Head, secret: str, payload_hash: str) -> None:
    """Raises AuthProblem unless the request is signed with `secret`.

    `payload_hash` is `claim.payload` for S3, the hex SHA-256 of the body for other services.
    """
    canonical = canonical_request(stated, head, payload_hash)
    digest = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    to_sign = f"{ALGORITHM}\n{stated.moment}\n{stated.scope}\n{digest}"
    key = signing_key(secret, stated.date, stated.region, stated.service)
    computed = hmac.digest(key, to_sign.encode(), "sha256").hex()
    if not hmac.compare_digest(computed.encode(), stated.signature.encode()):
        raise AuthProblem(
            Problem.BAD_SIGNATURE,
            AWSAccessKeyId=stated.access_key_id,
            StringToSign=to_sign,
            SignatureProvided=stated.signature,
            CanonicalRequest=canonical,
        )


@lru_cache(maxsize=4096)
def signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    """The key that `secret` derives for a day, region and service."""
    key = ("AWS4" + secret).encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def canonical_request(stated: Claim, head: Head, payload_hash: str) -> str:
    """The canonical request, latin-1 for raw bytes."""
    headers = "".join(f"{name}:{_canonical_value(head, name)}\n" for name in stated.signed_headers)
    return "\n".join(
        (
            head.method,
            _canonical_path(head.path, stated.service),
            _canonical_query(head.query),
            headers,
            ";".join(stated.signed_headers),
            payload_hash,
        )
    )


def _canonical_value(head: Head, name: str) -> str:
    return ",".join(_BLANKS.sub(" ", value.strip()) for value in head.all(name))


def _canonical_path(path: str, service: str) -> str:
    """S3: decoded and encoded once, nothing normalised. Others: dot segments and double slashes resolved,
    encoded twice.
    """
    if service == "s3":
        return quote(unquote_to_bytes(path.encode("latin-1")), safe="/-_.~") or "/"
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            segments = segments[:-1]
        elif segment not in ("", "."):
            segments.append(segment)
    resolved = "/" + "/".join(segments) + ("/" if segments and path.endswith("/") else "")
    return quote(resolved.encode("latin-1"), safe="/-_.~")


def _canonical_query(query: str) -> str:
    encoded = sorted(
        (_encoded(name), _encoded(value)) for name, value in query_pairs(query) if name != "X-Amz-Signature"
    )
    return "&".join(f"{name}={value}" for name, value in encoded)


def _encoded(text: str) -> str:
    return quote(text.encode("latin-1"), safe="-_.~")


@lru_cache(maxsize=64)
def query_pairs(query: str) -> Pairs:
    """Name and value of each parameter, decoded to latin-1 for raw bytes; `+` is a blank, as for those who
    parse the query.
    """
    return tuple(
        (_decoded(name), _decoded(value))
        for name, _, value in (part.partition("=") for part in query.split("&") if part)
    )


def _decoded(text: str) -> str:
    if "%" not in text and "+" not in text:
        return text
    return unquote_to_bytes(text.replace("+", " ").encode("latin-1")).decode("latin-1")
