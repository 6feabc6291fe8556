"""Range requests (RFC 9110, 14; S3 API, GetObject)."""

import re

from deputize.errors import ApiError

# Positions may have more digits than any object's (RFC 9110, 14.1.2), though not so many that reading them
# takes time.
_RANGE = re.compile(r"bytes=(\d{0,1000})-(\d{0,1000})", re.ASCII)


def selected(header: str | None, size: int) -> tuple[int, int] | None:
    """The first byte and the number of bytes that a Range header selects; None for all of them.

    A header that is malformed, or lists several ranges, selects all. Raises InvalidRange.
    """
    match = _RANGE.fullmatch((header or "").replace(" ", ""))
    if match is None or (not match[1] and not match[2]):
        return None
    if not match[1]:
        length = min(int(match[2]), size)
        if length == 0:
            raise _invalid(header or "", size)
        return size - length, length
    first = int(match[1])
    last = min(int(match[2]), size - 1) if match[2] else size - 1
    if match[2] and int(match[2]) < first:
        return None
    if first >= size:
        raise _invalid(header or "", size)
    return first, last - first + 1


def _invalid(header: str, size: int) -> ApiError:
    return ApiError(
        "InvalidRange",
        "The requested range is not satisfiable",
        status=416,
        RangeRequested=header,
        ActualObjectSize=str(size),
    )
