"""Which bucket and key an S3 request addresses: path style (`/bucket/key`) or virtual host
(`bucket.host/key`).

The rule for hosts, for S3 alone (IAM and STS take a request under any name: its signature says whose it is).
The port, a trailing dot and the case of a Host never matter.

Names of websites are none of these: before a base host or a domain of AWS's, `BUCKET.s3-website.REGION` and
`BUCKET.s3-website-REGION` name a bucket's website, which is served elsewhere (`website_bucket`).

1. A base host is an endpoint, and so are, below it, S3's names on AWS: `s3`, `s3.REGION`,
   `s3.dualstack.REGION`, the same with `s3-fips`, and the old `s3-REGION`. What stands before an endpoint is
   the bucket, dots and all; before a base host, whatever is not one of these names is the bucket too. Of
   several readings, the longest base host and then the shortest endpoint count. A base host that is itself
   such a name (`s3.localhost`) has no further endpoints below it.
2. Below AWS's own domains, the same names are endpoints. Any other name there (accelerated transfer)
   addresses in ways that are not offered, and is refused: read as path style, it would be another bucket.
3. `NAME-ACCOUNT.s3-accesspoint.REGION` (or `s3-accesspoint-fips`, `s3-accesspoint.dualstack`) below any of
   these is an access point, which stands for a bucket by its ARN. Here alone the region of the name counts.
4. Everything else (an IP address, an unknown name) is path style.

The region in a name does not count; the signature's does.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from deputize.config import BASE_HOSTS
from deputize.errors import ApiError
from deputize.protocol.message import Head
from deputize.protocol.partitions import DNS_SUFFIXES, partition_of
from deputize.records import record

# Wider than any rule for new bucket names (AWS's oldest buckets had 255 of these characters), and narrow
# enough that no name can be mistaken for a path or change the meaning of an ARN.
_BUCKET = re.compile(r"[A-Za-z0-9._-]{1,255}", re.ASCII)
_POINT = re.compile(r"([a-z0-9-]{3,50})-(\d{12})", re.ASCII)
_WEBSITE = "s3-website"
_ESCAPE_ERROR = re.compile(r"%(?![0-9A-Fa-f]{2})")


_POINT_SERVICES = frozenset(
    f"{service}{stack}"
    for service in ("s3-accesspoint", "s3-accesspoint-fips")
    for stack in ("", ".dualstack")
)


@record()
class Address:
    """The bucket, or the ARN of the access point that stands for it, and the key of a request; None where the
    request names none.
    """

    bucket: str | None = None
    key: str | None = None


def locate(head: Head, base_hosts: tuple[str, ...] = BASE_HOSTS) -> Address:
    """The address of an S3 request, its path percent-decoded exactly once and its slashes kept. `base_hosts`
    are names in lower case without port.

    Raises ApiError InvalidURI for a path that is no percent-encoded UTF-8, InvalidBucketName for a name that
    no bucket can have, NotImplemented for an endpoint of AWS's that is not offered.
    """
    host = head.get("host") or ""
    path = head.path.removeprefix("/")
    point = access_point(host, base_hosts)
    if point is not None:
        return Address(point, decoded(path) or None)
    bucket = virtual_bucket(host, base_hosts)
    if bucket is None:
        bucket_part, slash, path = path.partition("/")
        if not bucket_part and slash:
            raise _invalid_uri()
        bucket = decoded(bucket_part)
    if bucket and not _BUCKET.fullmatch(bucket):
        raise _invalid_bucket(bucket)
    return Address(bucket or None, decoded(path) or None)


@lru_cache(maxsize=256)
def website_bucket(host: str, base_hosts: tuple[str, ...]) -> str | None:
    """The bucket whose website a Host names (S3 guide, "Website endpoints"); empty for such an endpoint
    without a bucket, None for every other name.
    """
    name = bare_name(host)
    for base in (*base_hosts, *DNS_SUFFIXES):
        if name.endswith("." + base):
            before = _before_website(name[: -len(base) - 1].split("."))
            if before is not None:
                return ".".join(before)
    return None


def _before_website(labels: Sequence[str]) -> Sequence[str] | None:
    last, before = labels[-1], labels[:-1]
    if last.startswith(f"{_WEBSITE}-") and partition_of(last.removeprefix(f"{_WEBSITE}-")) is not None:
        return before
    if before and before[-1] == _WEBSITE and partition_of(last) is not None:
        return before[:-1]
    return None


@lru_cache(maxsize=256)
def access_point(host: str, base_hosts: tuple[str, ...]) -> str | None:
    """The ARN of the access point that a Host names, by the rule above; None if it names none."""
    name = bare_name(host)
    for base in (*base_hosts, *DNS_SUFFIXES):
        label, dot, rest = name.removesuffix("." + base).partition(".")
        match = _POINT.fullmatch(label)
        service, _, region = rest.rpartition(".")
        partition = partition_of(region)
        if dot and match is not None and partition is not None and service in _POINT_SERVICES:
            return f"arn:{partition}:s3:{region}:{match[2]}:accesspoint/{match[1]}"
    return None


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


def decoded(part: str) -> str:
    """A part of a path, percent-decoded. Raises InvalidURI for what is no UTF-8 then."""
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
