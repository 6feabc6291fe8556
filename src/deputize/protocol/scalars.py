"""Single values to text and back, in the forms that AWS's protocols share (Smithy, "Timestamp
serialization", "XML bindings").
"""

import base64
import datetime
import email.utils
import math
from functools import lru_cache
from typing import Any

from deputize.protocol.model import Shape

# The moments that can be written again, all of them in the years from 1 to 9999 (UTC).
FIRST_SECOND, LAST_SECOND = -62_135_596_800, 253_402_300_799
INTEGERS = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}


class Unreadable(ValueError):
    """Text that is no value of its shape's type."""


def read(shape: Shape, text: str, timestamp_format: str | None = None) -> Any:
    """The value that `text` says: str, int, float, bool, bytes, or epoch seconds. Raises Unreadable."""
    try:
        match shape.type:
            case "integer" | "long":
                return _integer(shape.type, text)
            case "float" | "double":
                return _float(text)
            case "boolean":
                return _boolean(text)
            case "timestamp":
                return _timestamp(text, timestamp_format)
            case "blob":
                return base64.b64decode(text, validate=True)
            case _:
                return text
    except (ValueError, OverflowError, TypeError, IndexError):
        raise Unreadable(text) from None


def write(shape: Shape, value: Any, timestamp_format: str | None) -> str:
    """The text that says `value`."""
    match shape.type:
        case "boolean":
            return "true" if value else "false"
        case "timestamp":
            return write_timestamp(float(value), timestamp_format)
        case "blob":
            return base64.b64encode(value if isinstance(value, bytes) else str(value).encode()).decode()
        case "float" | "double":
            return repr(float(value))
        case _:
            return str(value)


@lru_cache(maxsize=1024)
def write_timestamp(at: float, timestamp_format: str | None) -> str:
    """`rfc822` (headers), `unixTimestamp`, `millis` (S3's bodies: ISO 8601 with fixed milliseconds) or ISO
    8601.
    """
    if timestamp_format == "rfc822":
        return email.utils.formatdate(int(at), usegmt=True)
    if timestamp_format == "unixTimestamp":
        return str(int(at))
    moment = datetime.datetime.fromtimestamp(int(at), datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z" if timestamp_format == "millis" else "%Y-%m-%dT%H:%M:%SZ")


def _integer(kind: str, text: str) -> int:
    if not text.isascii() or len(text) > 20 or "_" in text or text != text.strip():
        raise ValueError(text)
    least, most = INTEGERS[kind]
    value = int(text)
    if not least <= value <= most:
        raise ValueError(text)
    return value


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or not text.isascii() or "_" in text:
        raise ValueError(text)
    return value


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _timestamp(text: str, timestamp_format: str | None) -> float:
    if timestamp_format == "rfc822":
        moment = email.utils.parsedate_to_datetime(text)
    elif text.replace(".", "", 1).isdigit():
        moment = datetime.datetime.fromtimestamp(_float(text), datetime.UTC)
    else:
        moment = datetime.datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
    at = aware.timestamp()
    if not FIRST_SECOND <= at <= LAST_SECOND:
        raise ValueError(text)
    return at
