"""What holds for the tags of S3's buckets, objects and access points: keys compare exactly (S3 guide,
"Categorizing your objects using tags").
"""

from collections.abc import Iterable, Mapping
from typing import Any

import regex

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import KeyReader
from deputize.store.api import Snapshot

OBJECT_MOST = 10
BUCKET_MOST = 50
# Letters, numbers, what separates words but no line ends, and a few signs: the pattern of AWS's models.
KEY = regex.compile(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}")
VALUE = regex.compile(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}")
RESERVED = "aws:"


def _invalid(message: str, key: str, **more: str) -> ApiError:
    return ApiError("InvalidTag", message, status=400, TagKey=key, **more)


def checked(pairs: Iterable[tuple[str, str]], most: int) -> dict[str, str]:
    """The tags, each key once. Raises InvalidTag, BadRequest for too many."""
    found = list(pairs)
    if len(found) > most:
        what = "Object" if most == OBJECT_MOST else "Bucket"
        raise ApiError("BadRequest", f"{what} tags cannot be greater than {most}", status=400)
    for key, value in found:
        if not KEY.fullmatch(key):
            raise _invalid("The TagKey you have provided is invalid", key)
        if not VALUE.fullmatch(value):
            raise _invalid("The TagValue you have provided is invalid", key, TagValue=value)
        if key.lower().startswith(RESERVED):
            raise _invalid("System tags cannot be added/updated by requester", key)
    tags: dict[str, str] = {}
    for key, value in found:
        if key in tags:
            raise _invalid("Cannot provide multiple Tags with the same key", key)
        tags[key] = value
    return tags


def _sent(request: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The tags of a request as they were sent; CreateBucket's stand in its configuration."""
    tags = request.get("CreateBucketConfiguration", request).get("Tags", ())
    return [(tag["Key"], tag["Value"]) for tag in tags]


def set_by(request: Mapping[str, Any]) -> dict[str, str]:
    """The tags that a request sets. Raises what `checked` raises."""
    return checked(_sent(request), BUCKET_MOST)


def _request_tags(_db: Snapshot, _call: Call, request: Mapping[str, Any]) -> Mapping[str, str]:
    return dict(_sent(request))


def _tag_keys(_db: Snapshot, _call: Call, request: Mapping[str, Any]) -> tuple[str, ...] | None:
    return tuple(dict(_sent(request))) or None


def has_tags(_db: Snapshot, _call: Call, request: Mapping[str, Any]) -> bool:
    """Whether what is made is tagged at once, which is a right of its own."""
    return bool(_sent(request))


REQUEST_KEYS: Mapping[str, KeyReader] = {"aws:RequestTag/*": _request_tags, "aws:TagKeys": _tag_keys}
