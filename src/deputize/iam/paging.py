"""Lists in pages: `MaxItems`, `Marker`, `IsTruncated` (IAM API, every List operation).

A marker holds the operation it was made by and the last position it answered. It gives no right to
anything, since each page is authorized anew; it is checked so that a damaged one is an error and never a
wrong page.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypedDict, TypeVar

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.store.api import Records, Scalar

T = TypeVar("T")


class PageEnd(TypedDict, total=False):
    """What tells a client whether to ask on."""

    IsTruncated: bool
    Marker: str


DEFAULT_ITEMS = 100
# Rows fetched at once while a filter is looking for its matches.
BATCH = 200


def after(call: Call, request: Mapping[str, Any]) -> str | None:
    """The position that the request's marker says, None for the first page.

    Raises ValidationError for a marker that this operation did not make.
    """
    marker = request.get("Marker")
    if marker is None:
        return None
    try:
        operation, position = json.loads(base64.b64decode(marker.encode("ascii"), b"-_", validate=True))
        if operation != call.operation.name or not isinstance(position, str):
            raise _invalid()
        position.encode()  # JSON can write half a character, which no record's name has
    except (binascii.Error, ValueError, TypeError):
        raise _invalid() from None
    return position


def cut(
    call: Call, request: Mapping[str, Any], items: Iterable[T], position: Callable[[T], str]
) -> tuple[list[T], PageEnd]:
    """The page that `items` (in order, beyond the marker) begins with, and its `IsTruncated` and `Marker`."""
    limit: int = request.get("MaxItems", DEFAULT_ITEMS)
    found = list(islice(items, limit + 1))
    if len(found) <= limit:
        return found, {"IsTruncated": False}
    marker = json.dumps([call.operation.name, position(found[limit - 1])], ensure_ascii=False)
    return found[:limit], {
        "IsTruncated": True,
        "Marker": base64.urlsafe_b64encode(marker.encode()).decode(),
    }


def page(
    call: Call, request: Mapping[str, Any], items: Iterable[T], position: Callable[[T], str]
) -> tuple[list[T], PageEnd]:
    """The page of a list that is small enough to be read whole: sorted by `position`, beyond the marker."""
    last = after(call, request)
    ordered = sorted(items, key=position)
    return cut(call, request, (item for item in ordered if last is None or position(item) > last), position)


def walk(
    records: Records[T],
    *prefix: Scalar,
    start: str | None,
    position: Callable[[T], str],
    batch: int = BATCH,
) -> Iterator[T]:
    """The records under `prefix` beyond `start`, fetched so many at a time. `position` gives a record's next
    key column.
    """
    while found := records.page(*prefix, after=start, limit=batch):
        yield from found
        if len(found) < batch:
            return
        start = position(found[-1])


def batch_of(request: Mapping[str, Any]) -> int:
    """How many records a page needs, if none is left out: one more tells that there are more."""
    items: int = request.get("MaxItems", DEFAULT_ITEMS)
    return items + 1


def _invalid() -> ApiError:
    return ApiError("ValidationError", "Invalid marker.")
