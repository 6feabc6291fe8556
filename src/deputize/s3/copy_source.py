"""The source of a copy: which object it is, who may read it, and on which conditions (S3 API, CopyObject,
"x-amz-copy-source").
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from deputize.errors import ApiError
from deputize.gateway.bodies import UPLOAD_LIMIT, StoredBytes
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource
from deputize.model.storage import DeleteMarker, StoredObject
from deputize.s3 import conditions, errors
from deputize.s3.customer_keys import CustomerKey, secret_of
from deputize.s3.resources import (
    bucket_of,
    key_is_missing,
    named_object,
    require_bucket,
    require_object,
    stored_of,
)
from deputize.store.api import Snapshot

HEADER = "x-amz-copy-source"
CONDITIONS = ("IfMatch", "IfNoneMatch", "IfModifiedSince", "IfUnmodifiedSince")
# What one copy may copy (S3 guide, "Copying objects"), as one PUT may bring it.
COPY_LIMIT = UPLOAD_LIMIT
# An object by the ARN of an access point.
_THROUGH = re.compile(
    r"(arn:[a-z-]+:s3:[a-z0-9-]+:\d{12}:accesspoint/[a-z0-9-]+)/object/(.+)", re.ASCII | re.DOTALL
)
_RANGE = re.compile(r"bytes=(\d{1,19})-(\d{1,19})", re.ASCII)


def named(request: Mapping[str, Any]) -> dict[str, Any]:
    """The source as a request to read it would name it: `bucket/key`, with or without a slash before it, each
    percent-encoded (a plus sign is a space), or the ARN of an object through an access point; then
    `?versionId=` if a version is meant. Raises InvalidArgument, NotImplemented.
    """
    sent: str = request["CopySource"]
    path, versioned, version = sent.partition("?versionId=")
    try:
        bucket, key = _parted(unquote_plus(path, errors="strict").removeprefix("/"))
        version = unquote_plus(version, errors="strict")
    except UnicodeDecodeError:
        bucket = key = ""
    if not bucket or not key:
        raise errors.invalid_argument(
            "Copy Source must mention the source bucket and key: sourcebucket/sourcekey", HEADER, sent
        )
    if versioned and not version:
        raise errors.invalid_argument("Version id cannot be the empty string", "versionId", "")
    source: dict[str, Any] = {"Bucket": bucket, "Key": key}
    if versioned:
        source["VersionId"] = version
    if "ExpectedSourceBucketOwner" in request:
        source["ExpectedBucketOwner"] = request["ExpectedSourceBucketOwner"]
    return source


def _parted(path: str) -> tuple[str, str]:
    """Bucket and key of a decoded source. Raises NotImplemented for other ARNs (of Outposts)."""
    if not path.startswith("arn:"):
        bucket, _, key = path.partition("/")
        return bucket, key
    match = _THROUGH.fullmatch(path)
    if match is None:
        raise errors.header_not_offered(HEADER)
    return match[1], match[2]


def source_of(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """The object to copy, whether there is one or not. Raises NoSuchBucket, InvalidArgument."""
    return stored_of(db, call, named(request))


def source_bucket_of(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """The bucket of the object to copy. Raises NoSuchBucket, InvalidArgument."""
    return bucket_of(db, call, named(request))


def version_of(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str | None:
    version: str | None = named(request).get("VersionId")
    return version


def source_has_version(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return "VersionId" in named(request)


def source_has_no_version(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return "VersionId" not in named(request)


def source_is_missing(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    """Whether there is nothing to copy, which who may not list the bucket must not learn."""
    return key_is_missing(db, call, named(request))


# What reading the object would need, and nothing less (T18).
READ_SOURCE = (
    Needs("s3:GetObject", on=source_of, when=source_has_no_version),
    Needs("s3:GetObjectVersion", on=source_of, keys={"s3:VersionId": version_of}, when=source_has_version),
    Needs("s3:ListBucket", on=source_bucket_of, when=source_is_missing),
)


def require_source(db: Snapshot, call: Call, request: Mapping[str, Any]) -> StoredObject:
    """The object to copy. Raises NoSuchBucket, NoSuchKey, InvalidArgument, PreconditionFailed, InvalidRequest
    for a version that is a delete marker, and AccessDenied for an unsigned request: all copies must be signed
    (S3 API, CopyObject, "Authentication and authorization").
    """
    if call.caller.anonymous:
        raise errors.unsigned("copy objects")
    source = named(request)
    if "VersionId" in source and isinstance(named_object(db, call, source), DeleteMarker):
        raise errors.invalid_request(
            "The source of a copy request may not specifically refer to a delete marker by version id."
        )
    found = require_object(db, call, source)
    asked = {name: request[f"CopySource{name}"] for name in CONDITIONS if f"CopySource{name}" in request}
    try:
        unchanged = conditions.not_modified(found, asked)
    except ApiError as error:
        raise errors.precondition_failed(f"{HEADER}-{error.detail['Condition']}") from None
    if unchanged:
        failed = "If-None-Match" if "IfNoneMatch" in asked else "If-Modified-Since"
        raise errors.precondition_failed(f"{HEADER}-{failed}")
    return found


def source_version(
    db: Snapshot, call: Call, request: Mapping[str, Any], found: StoredObject
) -> dict[str, str]:
    """How answers name the version that was copied."""
    bucket = require_bucket(db, call, named(request))
    return {"CopySourceVersionId": found.version} if bucket.versioning else {}


def copied_bytes(found: StoredObject, key: CustomerKey | None, header: str | None = None) -> StoredBytes:
    """The bytes to copy, opened with the client's `key`: all, or the range of an x-amz-copy-source-range.
    Raises InvalidArgument, InvalidRequest.
    """
    first, last = 0, found.size - 1
    if header is not None:
        match = _RANGE.fullmatch(header)
        if match is None:
            raise errors.invalid_argument(
                "The x-amz-copy-source-range value must be of the form bytes=first-last where first and "
                "last are the zero-based offsets of the first and last bytes to copy",
                f"{HEADER}-range",
                header,
            )
        first, last = int(match[1]), int(match[2])
        if not first <= last < found.size:
            raise errors.invalid_argument(
                f"Range specified is not valid for source object of size: {found.size}",
                f"{HEADER}-range",
                header,
            )
    if last - first + 1 > COPY_LIMIT:
        raise errors.invalid_request(
            "The specified copy source is larger than the maximum allowable size for a copy source: "
            f"{COPY_LIMIT}"
        )
    return StoredBytes(found.blob, first, last - first + 1, secret_of(key))
