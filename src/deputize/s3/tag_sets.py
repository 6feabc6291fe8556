"""The tags of objects and buckets as requests and answers have them, and as condition keys."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from deputize.domain.tags import OBJECT_MOST, checked
from deputize.gateway.call import Call
from deputize.gateway.operation import KeyReader
from deputize.model.storage import StoredObject
from deputize.s3 import errors
from deputize.s3.resources import named_object
from deputize.store.api import Snapshot

# What a header that cannot be read counts as: a tag without a name, which no header may have.
NAMELESS = [("", "")]


def of_body(request: Mapping[str, Any], most: int) -> dict[str, str]:
    """The tags of a Put...Tagging request. Raises what `checked` raises."""
    return checked(((tag["Key"], tag["Value"]) for tag in request["Tagging"]["TagSet"]), most)


def of_header(request: Mapping[str, Any]) -> dict[str, str]:
    """The tags of `x-amz-tagging`, written like a query string. Raises InvalidArgument, and what `checked`
    raises.
    """
    header = request.get("Tagging")
    if not header:
        return {}
    try:
        pairs = parse_qsl(header, keep_blank_values=True, errors="strict", max_num_fields=2 * OBJECT_MOST)
    except (ValueError, UnicodeDecodeError):
        pairs = NAMELESS
    if "" in dict(pairs) or len(dict(pairs)) < len(pairs):
        raise errors.invalid_argument(
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters "
            "without tag name duplicates.",
            "x-amz-tagging",
            header,
        )
    return checked(pairs, OBJECT_MOST)


def wire(tags: Mapping[str, str]) -> dict[str, Any]:
    """As answers have them."""
    return {"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]}


def has_header(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    """Whether an upload sets tags, which is a right of its own."""
    return bool(request.get("Tagging"))


def existing(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Mapping[str, str]:
    """The tags that the object has, for `s3:ExistingObjectTag`."""
    found = named_object(db, call, request)
    return found.tags if isinstance(found, StoredObject) else {}


def _header_tags(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Mapping[str, str]:
    return of_header(request)


def _header_keys(db: Snapshot, call: Call, request: Mapping[str, Any]) -> tuple[str, ...] | None:
    return tuple(of_header(request)) or None


def _body_tags(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Mapping[str, str]:
    return of_body(request, OBJECT_MOST)


def _body_keys(db: Snapshot, call: Call, request: Mapping[str, Any]) -> tuple[str, ...] | None:
    return tuple(of_body(request, OBJECT_MOST)) or None


EXISTING: Mapping[str, KeyReader] = {"s3:ExistingObjectTag/*": existing}
IN_HEADER: Mapping[str, KeyReader] = {
    "s3:RequestObjectTag/*": _header_tags,
    "s3:RequestObjectTagKeys": _header_keys,
}
IN_BODY: Mapping[str, KeyReader] = {
    "s3:RequestObjectTag/*": _body_tags,
    "s3:RequestObjectTagKeys": _body_keys,
}
