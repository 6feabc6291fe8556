"""Which bucket and key an S3 request addresses: path style (`/bucket/key`) or virtual host
(`bucket.host/key`).

The rule for hosts, for S3 alone (IAM and STS take a request under any name: its signature says whose it is).
The port, a trailing dot and the case of a Host never matter.

1. A base host is an endpoint, and so are, below it, S3's names on AWS: `s3`, `s3.REGION`,
   `s3.dualstack.REGION`, the same with `s3-fips`, and the old `s3-REGION`. What stands before an endpoint is
   the bucket, dots and all; before a base host, whatever is not one of these names is the bucket too. Of
   several readings, the longest base host and then the shortest endpoint count. A base host that is itself
   such a name (`s3.localhost`) has no further endpoints below it.
2. Below AWS's own domains, the same names are endpoints. Any other name there (access points, S3 Control,
   accelerated transfer) addresses in ways that are not offered, and is refused: read as path style, it would
   be another bucket.
3. Everything else (an IP address, an unknown name) is path style.

The region in a name does not count; the signature's does.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from deputize.config import BASE_HOSTS
from deputize.errors import ApiError
from deputize.protocol.message import Head
from deputize.protocol.partitions import DNS_SUFFIXES, partition_of

# Wider than any rule for new bucket names (AWS's oldest buckets had 255 of these characters), and narrow
# enough that no name can be mistaken for a path or change the meaning of an ARN.
_BUCKET = re.compile(r"[A-Za-z0-9._-]{1,255}", re.ASCII)
_ESCAPE_ERROR = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class Address:
    """The bucket and the key of a request; None where the request names none."""

    bucket: str | None = None
    key: str | None = None


def locate(head: Head, base_hosts: tuple[str, ...] = BASE_HOSTS) -> Address:
    """The address of an S3 request, its path percent-decoded exactly once and its slashes kept. `base_hosts`
    are names in lower case without port.

    Raises ApiError InvalidURI for a path that is no percent-encoded UTF-8, InvalidBucketName for a name that
    no bucket can have, NotImplemented for an endpoint of AWS's that is not offered.
    """
    bucket = virtual_bucket(head.get("host") or "", base_hosts)
    path = head.path.removeprefix("/")
    if bucket is None:
        bucket_part, slash, path = path.partition("/")
        if not bucket_part and slash:
            raise _invalid_uri()
        bucket = _decoded(bucket_part)
    if bucket and not _BUCKET.fullmatch(bucket):
        raise _invalid_bucket(bucket)
    return Address(bucket or None, _decoded(path) or None)


@lru_cache(maxsize=256)
def virtual_bucket(host: str, base_hosts: tuple[str, ...]) -> str | None:
    """The bucket that a Host names, by the rule above; None means path style. Raises ApiError."""
    name = bare_name(host)
    for base in sorted(base_hosts, key=len, reverse=True):
        if name == base:
            return None
        if name.endswith("." + base):
            labels = name[: -len(base) - 1].split(".")
            before = None if _of_s3(base.partition(".")[0]) else _before_endpoint(labels)
            return _bucket_name(labels if before is None else before)
    for domain in DNS_SUFFIXES:
        if name.endswith("." + domain):
            before = _before_endpoint(name[: -len(domain) - 1].split("."))
            if before is None:
                raise ApiError("NotImplemented", "This endpoint is not offered by this server.", status=501)
            return _bucket_name(before)
    return None


def _before_endpoint(labels: Sequence[str]) -> list[str] | None:
    """The labels before S3's own, which end a name; None if it does not end in such."""
    rest = list(labels)
    if partition_of(rest[-1]) is not None:
        rest.pop()
    if rest and rest[-1] == "dualstack":
        rest.pop()
    return rest[:-1] if rest and _of_s3(rest[-1]) else None


def _of_s3(label: str) -> bool:
    return label in ("s3", "s3-fips") or (label.startswith("s3-") and partition_of(label[3:]) is not None)


def _bucket_name(labels: Sequence[str]) -> str | None:
    if not labels:
        return None
    name = ".".join(labels)
    if not name:
        raise _invalid_bucket(name)
    return name


def bare_name(host: str) -> str:
    """A Host without its port and trailing dot, in lower case."""
    name = host.lower()
    if ":" in name and not name.endswith("]"):
        name = name.rpartition(":")[0]
    return name.removesuffix(".")


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


def _invalid_bucket(name: str) -> ApiError:
    return ApiError("InvalidBucketName", "The specified bucket is not valid.", BucketName=name)
