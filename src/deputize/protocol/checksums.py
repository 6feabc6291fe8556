"""Checksums that clients send with a body, and S3 keeps (S3 guide, "Checking object integrity")."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from deputize.errors import ApiError
from deputize.protocol.message import Head

if TYPE_CHECKING:
    from awscrt.checksums import XXHash

PREFIX = "x-amz-checksum-"
# Headers of that prefix that are no checksums.
_OTHERS = frozenset({PREFIX + "mode", PREFIX + "type", PREFIX + "algorithm"})
_ALGORITHM_HEADERS = ("x-amz-sdk-checksum-algorithm", "x-amz-checksum-algorithm")


class Hasher(Protocol):
    """A checksum being computed."""

    def update(self, data: bytes) -> None: ...

    def base64(self) -> str:
        """The checksum so far, as S3's headers carry it."""


@cache
def _crt(name: str) -> Any:
    """A function or class of awscrt's; loaded with the first checksum, since it takes a while."""
    from awscrt import checksums

    return getattr(checksums, name)


class _Crc:
    """A CRC over awscrt's functions, each of which goes on from an earlier value."""

    def __init__(self, function: Callable[[bytes, int], int], size: int) -> None:
        self._function = function
        self._size = size
        self._value = 0

    def update(self, data: bytes) -> None:
        self._value = self._function(data, self._value)

    def base64(self) -> str:
        return base64.b64encode(self._value.to_bytes(self._size, "big")).decode()


class _Digest:
    def __init__(self, name: str) -> None:
        self._hash = hashlib.new(name, usedforsecurity=False)

    def update(self, data: bytes) -> None:
        self._hash.update(data)

    def base64(self) -> str:
        return base64.b64encode(self._hash.digest()).decode()


class _XxHash:
    """One of awscrt's xxHashes, which take nothing but bytes."""

    def __init__(self, new: "Callable[[], XXHash]") -> None:
        self._hash = new()

    def update(self, data: bytes) -> None:
        self._hash.update(data)

    def base64(self) -> str:
        return base64.b64encode(self._hash.finalize()).decode()


ALGORITHMS: dict[str, tuple[Callable[[], Hasher], int]] = {
    "CRC32": (lambda: _Crc(_crt("crc32"), 4), 4),
    "CRC32C": (lambda: _Crc(_crt("crc32c"), 4), 4),
    "CRC64NVME": (lambda: _Crc(_crt("crc64nvme"), 8), 8),
    "SHA1": (lambda: _Digest("sha1"), 20),
    "SHA256": (lambda: _Digest("sha256"), 32),
    "SHA512": (lambda: _Digest("sha512"), 64),
    "MD5": (lambda: _Digest("md5"), 16),
    "XXHASH64": (lambda: _XxHash(_crt("XXHash").new_xxhash64), 8),
    "XXHASH3": (lambda: _XxHash(_crt("XXHash").new_xxhash3_64), 8),
    "XXHASH128": (lambda: _XxHash(_crt("XXHash").new_xxhash3_128), 16),
}
# Those whose value of a whole follows from the values and lengths of its parts (a CRC is linear over GF(2)).
COMBINED: dict[str, str] = {
    "CRC32": "combine_crc32",
    "CRC32C": "combine_crc32c",
    "CRC64NVME": "combine_crc64nvme",
}


def hasher(algorithm: str) -> Hasher:
    """A new checksum; `algorithm` is one of ALGORITHMS."""
    return ALGORITHMS[algorithm][0]()


def composite(algorithm: str, parts: Sequence[str]) -> str:
    """The COMPOSITE checksum of parts with these checksums (base64): the algorithm's value of all of them in
    a row, and their number (S3 guide, "Checking object integrity").
    """
    whole = hasher(algorithm)
    for part in parts:
        whole.update(base64.b64decode(part))
    return f"{whole.base64()}-{len(parts)}"


def full_object(algorithm: str, parts: Iterable[tuple[str, int]]) -> str:
    """The FULL_OBJECT checksum of parts with these checksums (base64) and lengths (bytes); `algorithm` is one
    of COMBINED.
    """
    combine, size = _crt(COMBINED[algorithm]), ALGORITHMS[algorithm][1]
    value = 0
    for part, length in parts:
        value = combine(value, int.from_bytes(base64.b64decode(part), "big"), length)
    return base64.b64encode(value.to_bytes(size, "big")).decode()


@dataclass(frozen=True, slots=True)
class ChecksumHeader:
    """The checksum that a request's header states, base64."""

    algorithm: str
    value: str

    def verify(self, computed: Hasher) -> None:
        """Raises BadDigest unless `computed` is the stated value."""
        if computed.base64() != self.value:
            raise ApiError(
                "BadDigest",
                f"The {self.algorithm} you specified did not match the calculated checksum.",
                status=400,
            )


def requested(head: Head) -> ChecksumHeader | None:
    """The checksum that the request states, or None.

    Raises InvalidRequest for more than one, an algorithm that is not known, a value that cannot be one, and
    an announced algorithm without its value or beside another's.
    """
    stated = [
        (name, value) for name, value in head.headers if name.startswith(PREFIX) and name not in _OTHERS
    ]
    if not _named(head) <= ALGORITHMS.keys():
        raise _invalid(
            "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
            f"[{', '.join(sorted(ALGORITHMS))}]"
        )
    if len(stated) > 1:
        raise _invalid("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
    if not stated:
        if head.get("x-amz-sdk-checksum-algorithm") is not None and not _trailing(head):
            raise _invalid(
                "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or "
                "x-amz-trailer headers were found."
            )
        return None
    name, value = stated[0]
    algorithm = name.removeprefix(PREFIX).upper()
    if algorithm not in ALGORITHMS:
        raise _invalid(f"The algorithm type of {name} is not supported.")
    _refuse_another(head, algorithm)
    if _size(value) != ALGORITHMS[algorithm][1]:
        raise _invalid(f"Value for {name} header is invalid.")
    return ChecksumHeader(algorithm, value)


def announced(head: Head) -> str | None:
    """The algorithm of the checksum that comes as a trailer, or None.

    Raises InvalidRequest for more than one, beside one in a header, for an algorithm that is not known, and
    for another than a header says.
    """
    names = _trailing(head)
    if not names:
        return None
    algorithm = names[0].removeprefix(PREFIX).upper()
    stated = any(name.startswith(PREFIX) and name not in _OTHERS for name, _ in head.headers)
    if len(names) > 1 or stated:
        raise _invalid("Expecting a single x-amz-checksum- header")
    if algorithm not in ALGORITHMS:
        raise _invalid("The value specified in the x-amz-trailer header is not supported")
    _refuse_another(head, algorithm)
    return algorithm


def of_trailer(algorithm: str, trailers: Mapping[str, str]) -> ChecksumHeader:
    """The checksum that the trailers state. Raises InvalidRequest for a value that cannot be one."""
    name = PREFIX + algorithm.lower()
    value = trailers[name]
    if _size(value) != ALGORITHMS[algorithm][1]:
        raise _invalid(f"Value for {name} trailing header is invalid.")
    return ChecksumHeader(algorithm, value)


def _named(head: Head) -> set[str]:
    """The algorithms that headers say, known or not."""
    return {value.upper() for name in _ALGORITHM_HEADERS for value in head.all(name)}


def _refuse_another(head: Head, algorithm: str) -> None:
    """Raises InvalidRequest where a header says another algorithm than that of the checksum."""
    if _named(head) - {algorithm}:
        raise _invalid("Value for x-amz-sdk-checksum-algorithm header is invalid.")


def _trailing(head: Head) -> list[str]:
    """The checksums among the announced trailers."""
    names = [part.strip().lower() for value in head.all("x-amz-trailer") for part in value.split(",")]
    return [name for name in names if name.startswith(PREFIX)]


def content_md5(head: Head) -> bytes | None:
    """The MD5 that the Content-MD5 header states (RFC 1864), or None. Raises InvalidDigest."""
    values = head.all("content-md5")
    if not values:
        return None
    if len(values) > 1 or _size(values[0]) != 16:
        raise ApiError("InvalidDigest", "The Content-MD5 you specified was invalid.", status=400)
    return base64.b64decode(values[0])


def _size(value: str) -> int | None:
    try:
        return len(base64.b64decode(value, validate=True))
    except (binascii.Error, ValueError):
        return None


def _invalid(message: str) -> ApiError:
    return ApiError("InvalidRequest", message, status=400)
