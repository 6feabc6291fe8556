"""Which bucket and key an S3 request addresses: path style (`/bucket/key`) or virtual host
(`bucket.host/key`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from deputize.errors import ApiError
from deputize.protocol.message import Head

BASE_HOSTS = ("s3.localhost", "localhost")
# Wider than any rule for new bucket names (AWS's oldest buckets had 255 of these characters), and narrow
# enough that no name can be mistaken for a path or change the meaning of an ARN.
_BUCKET = re.compile(r"[A-Za-z0-9._-]{1,255}", re.ASCII)
_ESCAPE_ERROR = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Address:
    """The bucket and the key of a request; None where the request names none."""

    bucket: str | None = None
    key: str | None = None


def locate(head: Head, base_hosts: Sequence[str] = BASE_HOSTS) -> Address:
    """The address of an S3 request, its path percent-decoded exactly once and its slashes kept.

    A Host below one of `base_hosts` (names without port) names the bucket; any other Host (a base host
    itself, an IP address, an unknown name) means path style. Raises ApiError InvalidURI for a path that is
    no percent-encoded UTF-8, and InvalidBucketName for a name that no bucket can have.
    """
    bucket = _virtual_bucket(head.get("host") or "", base_hosts)
    path = head.path.removeprefix("/")
    if bucket is None:
        bucket_part, slash, path = path.partition("/")
        if not bucket_part and slash:
            raise _invalid_uri()
        bucket = _decoded(bucket_part)
    if bucket and not _BUCKET.fullmatch(bucket):
        raise ApiError("InvalidBucketName", "The specified bucket is not valid.", BucketName=bucket)
    return Address(bucket or None, _decoded(path) or None)


def _virtual_bucket(host: str, base_hosts: Sequence[str]) -> str | None:
    name = host.lower()
    if not name.endswith("]"):
        name = name.rpartition(":")[0] if ":" in name else name
    name = name.removesuffix(".")
    if name in base_hosts:
        return None
    for base in sorted(base_hosts, key=len, reverse=True):
        if name.endswith("." + base):
            return name[: -len(base) - 1]
    return None


def _decoded(part: str) -> str:
    if "%" not in part and part.isascii():
        return part
    if _ESCAPE_ERROR.search(part):
        raise _invalid_uri()
    try:
        return unquote_to_bytes(part.encode("latin-1")).decode("utf-8")
    except UnicodeError:
        raise _invalid_uri() from None


def _invalid_uri() -> ApiError:
    return ApiError("InvalidURI", "Couldn't parse the specified URI.")
