"""AWS Signature Version 4: what a request claims of itself, in its header or its query.

`sigv4_checks` and `sigv4_verify` say whether the claim holds. Sources: IAM guide, "Create a signed AWS API
request"; S3 API, "Authenticating Requests (AWS Signature Version 4)".
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import field
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from deputize.errors import ApiError
from deputize.protocol.auth_errors import AuthProblem, Problem
from deputize.protocol.message import Head
from deputize.protocol.sigv4_stream import FORMS, UNSIGNED_TRAILER
from deputize.records import record

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
LONGEST_PRESIGNED = 604800
# How long a presigned request is good that does not say so (seconds); S3 demands that it does.
DEFAULT_PRESIGNED = 900
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MOMENT = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
# A field name (RFC 9110, 5.1) in lower case: none can stand for more than one line of what is signed.
_NAME = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+", re.ASCII)
# RFC 9110's form, and RFC 5322's for a time in UTC.
_HTTP_DATES = ("%a, %d %b %Y %H:%M:%S GMT", "%a, %d %b %Y %H:%M:%S -0000")
_COMPONENTS = ("Credential", "SignedHeaders", "Signature")
_HEADER_NEEDS = (
    "the authorization header requires three components: Credential, SignedHeaders, and Signature."
)
# A query with one of these, however spelt, asks to be authenticated by it ...
_QUERY_FORM = ("x-amz-algorithm", "x-amz-credential", "x-amz-signature")
# ... and so do those of Signature Version 2.
_QUERY_FORM_2 = ("AWSAccessKeyId", "Signature")
_PRESIGNED = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date", "X-Amz-SignedHeaders")
_PRESIGNED_NEEDS = (
    "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
    "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
)
_DAY_DIFFERS = "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP"
_CREDENTIAL_S3 = 'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'
_CREDENTIAL = (
    "Credential must have exactly 5 slash-delimited elements: keyid/date/region/service/aws4_request."
)
Pairs = tuple[tuple[str, str], ...]


@record(kw_only=True)
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
        return None if self.payload == UNSIGNED or self.payload in FORMS else self.payload

    @property
    def scope(self) -> str:
        """The credential scope."""
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


_FORM_FIELDS = frozenset({"x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"})
_FORM_NEEDS = (
    "A signed form has the fields policy, X-Amz-Algorithm, X-Amz-Credential, X-Amz-Date and X-Amz-Signature."
)
_MOMENT = re.compile(r"\d{8}T\d{6}Z", re.ASCII)


def claim(head: Head, service: str) -> Claim | None:
    """What a request to `service` claims; None if it is unsigned.

    Raises AuthProblem for a form that is malformed, doubled, or not offered (Signature Version 2, 4a, bearer
    tokens), ApiError for a payload that is not offered, signed or not.
    """
    pairs = query_pairs(head.query)
    authorization = head.all("authorization")
    if service == "s3":
        _check_streams(head, in_header=bool(authorization))
    in_query = bool(pairs) and any(name.lower() in _QUERY_FORM or name in _QUERY_FORM_2 for name, _ in pairs)
    if not authorization:
        return _presigned(head, pairs, service) if in_query else None
    if in_query or len(authorization) > 1:
        raise AuthProblem(Problem.TWO_FORMS)
    return _in_header(head, authorization[0], service)


def form_claim(fields: Mapping[str, str]) -> Claim | None:
    """What the fields of a browser's form claim (S3 API, "Calculating a Signature": what is signed is the
    policy); None if it is unsigned. Raises AuthProblem for half a signature, and for other versions.
    """
    if "policy" not in fields and not fields.keys() & _FORM_FIELDS:
        return None
    if fields.get("x-amz-algorithm", ALGORITHM) != ALGORITHM or not fields.keys() >= _FORM_FIELDS:
        raise AuthProblem(Problem.UNSUPPORTED if "signature" in fields else Problem.MALFORMED, _FORM_NEEDS)
    if "policy" not in fields or not _MOMENT.fullmatch(fields["x-amz-date"]):
        raise AuthProblem(Problem.MALFORMED, _FORM_NEEDS)
    return _claimed(
        "s3",
        credential=fields["x-amz-credential"],
        signed_headers="host",
        signature=fields["x-amz-signature"],
        moment=fields["x-amz-date"],
        token=fields.get("x-amz-security-token"),
        expires=None,
        payload=UNSIGNED,
    )


def _check_streams(head: Head, *, in_header: bool) -> None:
    """Raises ApiError for a body in chunks of a form that is not offered: it would be kept with its
    framing.

    Chunks that are signed go on from the signature in the header. What is not signed may come in chunks
    with trailers.
    """
    stated = head.get("x-amz-content-sha256") or ""
    encodings = {part.strip().lower() for value in head.all("content-encoding") for part in value.split(",")}
    if stated.startswith("STREAMING-"):
        if stated not in FORMS or (stated != UNSIGNED_TRAILER and not in_header):
            raise _not_offered(stated)
    elif "aws-chunked" in encodings or head.get("x-amz-trailer") is not None:
        raise _not_offered("aws-chunked")


def _not_offered(form: str) -> ApiError:
    return ApiError("NotImplemented", f"Uploads with {form} are not offered by this server.", status=501)


def _in_header(head: Head, authorization: str, service: str) -> Claim:
    algorithm, _, rest = authorization.partition(" ")
    if algorithm != ALGORITHM:
        raise AuthProblem(Problem.UNSUPPORTED)
    found = _components(rest)
    missing = [name for name in _COMPONENTS if name not in found]
    if missing:
        needs = " ".join(f"Authorization header requires '{name}' parameter." for name in missing)
        raise AuthProblem(Problem.MALFORMED, _HEADER_NEEDS if service == "s3" else needs)
    return _claimed(
        service,
        credential=found["Credential"],
        signed_headers=found["SignedHeaders"],
        signature=found["Signature"],
        moment=_stated_moment(head, service),
        token=head.get("x-amz-security-token"),
        expires=None,
        payload=head.get("x-amz-content-sha256"),
    )


def _components(text: str) -> dict[str, str]:
    """The header's components in whatever order; none where one is doubled, or is no component."""
    found: dict[str, str] = {}
    for part in text.split(","):
        name, _, value = part.strip(" ").partition("=")
        if name not in _COMPONENTS or name in found:
            return {}
        found[name] = value
    return found


def _stated_moment(head: Head, service: str) -> str:
    """When the request says it was signed: by X-Amz-Date, else by Date in one of its two forms."""
    stated = head.get("x-amz-date")
    if stated is None:
        date = head.get("date") or ""
        stated = date if _MOMENT.fullmatch(date) else _from_http_date(date)
    if stated is None or not _MOMENT.fullmatch(stated):
        if service == "s3":
            raise AuthProblem(Problem.NO_DATE)
        text = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        raise AuthProblem(Problem.MALFORMED, text)
    return stated


def _from_http_date(text: str) -> str | None:
    for form in _HTTP_DATES:
        try:
            return datetime.datetime.strptime(text, form).strftime("%Y%m%dT%H%M%SZ")
        except ValueError:
            continue
    return None


def _presigned(head: Head, pairs: Pairs, service: str) -> Claim:
    values: dict[str, str] = {}
    for name, value in pairs:
        values.setdefault(name, value)  # of a repeated parameter the first counts
    if "X-Amz-Algorithm" not in values and any(name in values for name in _QUERY_FORM_2):
        raise AuthProblem(Problem.UNSUPPORTED)
    if values.get("X-Amz-Algorithm", ALGORITHM) != ALGORITHM:
        raise AuthProblem(Problem.UNSUPPORTED)
    needed = (*_PRESIGNED, "X-Amz-Expires") if service == "s3" else _PRESIGNED
    if not all(name in values for name in needed):
        raise AuthProblem(Problem.MALFORMED, _PRESIGNED_NEEDS, True)
    if values.get("X-Amz-Content-Sha256", "").startswith("STREAMING-"):
        raise _not_offered(values["X-Amz-Content-Sha256"])
    if not _MOMENT.fullmatch(values["X-Amz-Date"]):
        text = "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""
        raise AuthProblem(Problem.MALFORMED, text, True)
    return _claimed(
        service,
        credential=values["X-Amz-Credential"],
        signed_headers=values["X-Amz-SignedHeaders"],
        signature=values["X-Amz-Signature"],
        moment=values["X-Amz-Date"],
        token=values.get("X-Amz-Security-Token"),
        expires=_expires(values.get("X-Amz-Expires", str(DEFAULT_PRESIGNED))),
        payload=head.get("x-amz-content-sha256") or values.get("X-Amz-Content-Sha256") or UNSIGNED,
    )


def _expires(text: str) -> int:
    if not re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
        raise AuthProblem(Problem.MALFORMED, "X-Amz-Expires should be a number", True)
    seconds = int(text)
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
    service: str,
    *,
    credential: str,
    signed_headers: str,
    signature: str,
    moment: str,
    token: str | None,
    expires: int | None,
    payload: str | None,
) -> Claim:
    """The claim whose parts were written so."""
    presigned = expires is not None
    access_key_id, date, region, signed_service = _scoped(credential, moment, service, presigned=presigned)
    names = _names(signed_headers)
    if names is None:
        text = "SignedHeaders must be in lower case, sorted, each header once."
        raise AuthProblem(Problem.MALFORMED, text, presigned)
    signed_at = _epoch(moment)
    if signed_at is None:
        raise AuthProblem(Problem.MALFORMED, "X-Amz-Date is no date", presigned)
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
        signed_at=signed_at,
        expires=expires,
        payload=_payload(payload) if service == "s3" else None,
    )


def _scoped(credential: str, moment: str, service: str, *, presigned: bool) -> tuple[str, str, str, str]:
    """Access key id, date, region and service."""
    parts = credential.rsplit("/", 4)
    if len(parts) != 5 or not all(parts) or parts[4] != "aws4_request":
        text = _CREDENTIAL_S3 if service == "s3" else _CREDENTIAL
        raise AuthProblem(Problem.MALFORMED, text, presigned)
    access_key_id, date, region, signed_service, _ = parts
    day = moment[:8]
    if date != day:
        if service == "s3":
            text = f'Invalid credential date "{date}". This date is not the same as X-Amz-Date: "{day}".'
        else:
            text = f"{_DAY_DIFFERS}: '{date}' != '{day}', from '{moment}'."
        raise AuthProblem(Problem.WRONG_DATE, text, presigned)
    return access_key_id, date, region, signed_service


@lru_cache(maxsize=64)
def _names(signed_headers: str) -> tuple[str, ...] | None:
    """The names of the headers that are signed; None if they are not written as they must be."""
    names = tuple(signed_headers.split(";"))
    return names if all(map(_NAME.fullmatch, names)) and list(names) == sorted(set(names)) else None


@lru_cache(maxsize=64)
def _epoch(moment: str) -> float | None:
    """Epoch seconds; None for what has the form of a date and is none."""
    try:
        parsed = datetime.datetime.strptime(moment, "%Y%m%dT%H%M%SZ")
    except ValueError:
        return None
    return parsed.replace(tzinfo=datetime.UTC).timestamp()


def _payload(stated: str | None) -> str:
    """What S3 signs for the body. Raises ApiError."""
    if stated is None:
        raise ApiError(
            "InvalidRequest", "Missing required header for this request: x-amz-content-sha256", status=400
        )
    if stated == UNSIGNED or stated in FORMS or _SHA256.fullmatch(stated):
        return stated
    raise ApiError(
        "InvalidArgument",
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 "
        "value.",
        status=400,
        ArgumentName="x-amz-content-sha256",
        ArgumentValue=stated,
    )


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
