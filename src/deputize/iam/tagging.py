"""What holds for tags wherever they are set: in a request, on a record, as condition keys (IAM guide,
"Tagging rules").

Keys compare ignoring case and keep the case they were last written with.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import KeyReader
from deputize.iam.paging import PageEnd, page
from deputize.model.identity import fold
from deputize.store.api import Snapshot

RESERVED = "aws:"


def read(tags: Iterable[Any]) -> dict[str, str]:
    """The tags of a request; raises InvalidInput for two keys that differ by case alone and for a reserved
    one.
    """
    found = [(tag["Key"], tag["Value"]) for tag in tags]
    if len({fold(key) for key, _ in found}) < len(found):
        raise ApiError(
            "InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        )
    if any(fold(key).startswith(RESERVED) for key, _ in found):
        raise ApiError("InvalidInput", "Tag keys that begin with aws: are reserved.")
    return dict(found)


def merged(call: Call, old: Mapping[str, str], tags: Iterable[Any]) -> dict[str, str]:
    """`old` with the tags of a request added; raises what `read` raises, and LimitExceeded for too many."""
    new = read(tags)
    result = {**remaining(old, new), **new}
    if len(result) > call.installation.settings.iam_quotas.tags:
        raise ApiError("LimitExceeded", "The number of tags has reached the maximum limit.")
    return result


def remaining(old: Mapping[str, str], keys: Iterable[str]) -> dict[str, str]:
    """`old` without the tags of these keys."""
    gone = {fold(key) for key in keys}
    return {key: value for key, value in old.items() if fold(key) not in gone}


def wire(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """As answers have them, sorted by key."""
    return [{"Key": key, "Value": tags[key]} for key in sorted(tags)]


def listed(call: Call, request: Mapping[str, Any], tags: Mapping[str, str]) -> tuple[Any, PageEnd]:
    """A page of a List...Tags operation. Markers count, since a key may be longer than a marker."""
    rows = list(enumerate(wire(tags)))
    found, end = page(call, request, rows, lambda row: f"{row[0]:03}")
    return [tag for _, tag in found], end


def _request_tags(_db: Snapshot, _call: Call, request: Mapping[str, Any]) -> Mapping[str, str]:
    return {tag["Key"]: tag["Value"] for tag in request.get("Tags", [])}


def _tag_keys(_db: Snapshot, _call: Call, request: Mapping[str, Any]) -> tuple[str, ...] | None:
    tags: Sequence[Mapping[str, str]] = request.get("Tags", [])
    return tuple(tag["Key"] for tag in tags) or None


def _untagged_keys(_db: Snapshot, _call: Call, request: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(request["TagKeys"])


def has_tags(_db: Snapshot, _call: Call, request: Mapping[str, Any]) -> bool:
    """Whether a Create operation sets tags, for which it needs the right to tag as well."""
    return bool(request.get("Tags"))


REQUEST_KEYS: Mapping[str, KeyReader] = {"aws:RequestTag/*": _request_tags, "aws:TagKeys": _tag_keys}
UNTAG_KEYS: Mapping[str, KeyReader] = {"aws:TagKeys": _untagged_keys}
