"""Whether a request carries the signature that its secret makes: the canonical request, the key and the
comparison.

Source: IAM guide, "Create a signed AWS API request". Nothing is verified but over the raw path, query and
headers, exactly as they arrived.
"""

import hashlib
import hmac
import re
from urllib.parse import quote, unquote_to_bytes

from deputize.protocol.auth_errors import AuthProblem, Problem
from deputize.protocol.message import Head
from deputize.protocol.sigv4 import ALGORITHM, Claim, query_pairs
from deputize.protocol.sigv4_stream import Chain

# A signed header that holds a key: it is told to nobody, not even to who sent it.
SECRET = re.compile(r"^((?:x-amz-copy-source|x-amz)-server-side-encryption-customer-key:).*$", re.MULTILINE)
_BLANKS = re.compile(r"[ \t]+")
# A path that decoding and encoding leaves as it is.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/_.~-]+", re.ASCII)


def verify(stated: Claim, head: Head, key: bytes, payload_hash: str) -> None:
    """Raises AuthProblem unless the request is signed with `key`, which `signing_key` derived for its scope.

    `payload_hash` is `stated.payload` for S3, the hex SHA-256 of the body for other services.
    """
    canonical = canonical_request(stated, head, payload_hash)
    digest = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    to_sign = f"{ALGORITHM}\n{stated.moment}\n{stated.scope}\n{digest}"
    computed = hmac.digest(key, to_sign.encode(), "sha256").hex()
    if not hmac.compare_digest(computed.encode(), stated.signature.encode()):
        raise AuthProblem(
            Problem.BAD_SIGNATURE,
            AWSAccessKeyId=stated.access_key_id,
            StringToSign=to_sign,
            SignatureProvided=stated.signature,
            CanonicalRequest=SECRET.sub(r"\1", canonical),
        )


def chain(stated: Claim, key: bytes) -> Chain:
    """How the chunks of the request's body are signed, if it is one in signed chunks."""
    return Chain(
        sign=lambda text: hmac.digest(key, text.encode(), "sha256").hex(),
        moment=stated.moment,
        scope=stated.scope,
        seed=stated.signature,
    )


def signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    """The key that `secret` derives for a day, region and service."""
    key = ("AWS4" + secret).encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def canonical_request(stated: Claim, head: Head, payload_hash: str) -> str:
    """The canonical request, latin-1 for raw bytes. A header that is signed but was not sent is empty."""
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
    values = head.all(name)
    if len(values) == 1 and "  " not in values[0] and "\t" not in values[0]:
        return values[0].strip(" ")
    return ",".join(_BLANKS.sub(" ", value.strip(" \t")) for value in values)


def _canonical_path(path: str, service: str) -> str:
    """S3: decoded and encoded once, nothing normalised. Others: dot segments and double slashes resolved,
    encoded twice.
    """
    if service == "s3":
        if _PLAIN_PATH.fullmatch(path):
            return path
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
    if not query:
        return ""
    encoded = sorted(
        (_encoded(name), _encoded(value)) for name, value in query_pairs(query) if name != "X-Amz-Signature"
    )
    return "&".join(f"{name}={value}" for name, value in encoded)


def _encoded(text: str) -> str:
    return quote(text.encode("latin-1"), safe="-_.~")
