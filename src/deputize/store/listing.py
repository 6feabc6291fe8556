"""A page of a bucket's keys with prefix and delimiter, at the cost of one index descent per result.

What S3 says: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html
"""

from collections.abc import Callable, Generator
from typing import TypeVar

T = TypeVar("T")
# From a key (included) on, the keys and what is under them, in order.
Scan = Callable[[bytes], Generator[tuple[bytes, T], None, None]]


def successor(prefix: bytes) -> bytes | None:
    """The least bytes that are beyond everything that begins with `prefix`, None if nothing is."""
    trimmed = prefix.rstrip(b"\xff")
    return trimmed[:-1] + bytes([trimmed[-1] + 1]) if trimmed else None


def common_prefix(key: bytes, prefix: bytes, delimiter: bytes) -> bytes | None:
    """What `key` is rolled up into: itself up to the first `delimiter` after `prefix`; None if it stands
    alone.
    """
    if not delimiter:
        return None
    at = key.find(delimiter, len(prefix))
    return None if at < 0 else key[: at + len(delimiter)]


def start(prefix: bytes, delimiter: bytes, after: bytes) -> bytes | None:
    """Where a listing beyond `after` begins; None if nothing can be there.

    A common prefix that does not sort after `after` is left out with all its keys, so that a page may go on
    after one that ended in a common prefix.
    """
    if not after or after < prefix:
        return prefix
    rolled = common_prefix(after, prefix, delimiter)
    return after + b"\0" if rolled is None else successor(rolled)


def entries(
    scan: Scan[T], *, prefix: bytes, delimiter: bytes, after: bytes
) -> Generator[tuple[bytes, T | None], None, None]:
    """Names in order, each with what is under it, common prefixes with None; read no further than they are
    asked for.
    """
    position = start(prefix, delimiter, after)
    while position is not None:
        rows = scan(position)
        try:
            position = None
            for key, found in rows:
                if not key.startswith(prefix):
                    return
                rolled = common_prefix(key, prefix, delimiter)
                if rolled is None:
                    yield key, found
                else:
                    yield rolled, None
                    position = successor(rolled)
                    break
        finally:
            rows.close()
