"""Condition keys whose value is a member of the request, and when a right is asked ("Actions, resources, and
condition keys for Amazon S3").
"""

from collections.abc import Mapping
from typing import Any

from deputize.gateway.call import Call
from deputize.gateway.operation import KeyReader
from deputize.store.api import Snapshot


def member(name: str) -> KeyReader:
    """The reader of a key that has the value of this member as it was sent: absent when it was not sent,
    empty when it was sent empty.
    """

    def read(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str | None:
        value: str | None = request.get(name)
        return value

    return read


VERSION = {"s3:VersionId": member("VersionId")}
ACL = {
    "s3:x-amz-acl": member("ACL"),
    "s3:x-amz-grant-full-control": member("GrantFullControl"),
    "s3:x-amz-grant-read": member("GrantRead"),
    "s3:x-amz-grant-read-acp": member("GrantReadACP"),
    "s3:x-amz-grant-write": member("GrantWrite"),
    "s3:x-amz-grant-write-acp": member("GrantWriteACP"),
}
REDIRECTS = {"s3:x-amz-website-redirect-location": member("WebsiteRedirectLocation")}
IF_MATCH = {"s3:if-match": member("IfMatch")}


def has_version(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return "VersionId" in request


def has_no_version(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return "VersionId" not in request


def has_etag(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    """Whether a write depends on an entity tag, and so tells something of the object's content."""
    return bool(request.get("IfMatch", "*").strip() != "*")


def has_acl(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return "ACL" in request or any(name.startswith("Grant") for name in request)
