"""Conditional requests (RFC 9110, 13.2.2; S3 API, GetObject and PutObject)."""

import email.utils
from collections.abc import Mapping
from typing import Any

from deputize.errors import ApiError
from deputize.model.storage import StoredObject
from deputize.s3 import errors


def not_modified(found: StoredObject, request: Mapping[str, Any]) -> bool:
    """Whether a read is answered 304. Raises PreconditionFailed. If-Match goes before If-Unmodified-Since,
    and If-None-Match before If-Modified-Since.
    """
    match, none_match = request.get("IfMatch"), request.get("IfNoneMatch")
    since, unmodified = request.get("IfModifiedSince"), request.get("IfUnmodifiedSince")
    if match is not None:
        if not matches(match, found):
            raise errors.precondition_failed("If-Match")
    elif unmodified is not None and found.modified > unmodified:
        raise errors.precondition_failed("If-Unmodified-Since")
    if none_match is not None:
        return matches_weakly(none_match, found)
    return since is not None and found.modified <= since


def matches(tags: str, found: StoredObject) -> bool:
    """Whether a list of entity tags, or `*`, names exactly this object. A weak tag never does (RFC 9110,
    8.8.3.2).
    """
    return tags.strip() == "*" or any(tag.strip().strip('"') == found.etag for tag in tags.split(","))


def matches_weakly(tags: str, found: StoredObject) -> bool:
    """The same, where weak tags count as well: good enough to say that a cached copy will do."""
    return matches(",".join(tag.strip().removeprefix("W/") for tag in tags.split(",")), found)


def range_applies(found: StoredObject, if_range: str | None) -> bool:
    """Whether a Range header counts: If-Range says which object it was meant for (RFC 9110, 13.1.5). A date
    counts only if it is the exact one, a weak tag never.
    """
    if if_range is None:
        return True
    tag = if_range.strip()
    if tag.startswith('"'):
        return tag == f'"{found.etag}"'
    return tag == email.utils.formatdate(found.modified, usegmt=True)


def check_write(found: StoredObject | None, request: Mapping[str, Any], key: str) -> None:
    """If-None-Match: * (create only) and If-Match (replace only this). Raises PreconditionFailed,
    NoSuchKey, NotImplemented.
    """
    none_match, match = request.get("IfNoneMatch"), request.get("IfMatch")
    if none_match is not None:
        if none_match.strip() != "*":
            raise ApiError(
                "NotImplemented",
                "A header you provided implies functionality that is not implemented",
                status=501,
                Header="If-None-Match",
            )
        if found is not None:
            raise errors.precondition_failed("If-None-Match")
    if match is not None:
        if found is None:
            raise errors.no_such_key(key)
        if not matches(match, found):
            raise errors.precondition_failed("If-Match")
