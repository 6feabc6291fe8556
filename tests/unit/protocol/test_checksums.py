"""Checksums: known values, and what a request may promise."""

import base64
import hashlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.protocol.signing import head

from deputize.errors import ApiError
from deputize.protocol.checksums import (
    ALGORITHMS,
    COMBINED,
    ChecksumHeader,
    composite,
    content_md5,
    full_object,
    hasher,
    requested,
)

# The check values of "123456789": of CRCs by their catalogue, of xxHash by its own library, else by hashlib.
CHECK = b"123456789"
KNOWN = {
    "CRC32": "cbf43926",
    "CRC32C": "e3069283",
    "CRC64NVME": "ae8b14860a799888",
    "SHA1": hashlib.sha1(CHECK, usedforsecurity=False).hexdigest(),
    "SHA256": hashlib.sha256(CHECK).hexdigest(),
    "SHA512": hashlib.sha512(CHECK).hexdigest(),
    "MD5": hashlib.md5(CHECK, usedforsecurity=False).hexdigest(),
    "XXHASH64": "8cb841db40e6ae83",
    "XXHASH3": "72dcb18b67a17dff",
    "XXHASH128": "33119477ede5dcd5e9716427681d5860",
}
ALL = pytest.mark.parametrize("algorithm", KNOWN)


def encoded(algorithm: str, data: bytes) -> str:
    computed = hasher(algorithm)
    computed.update(data)
    return computed.base64()


def invalid(*headers: tuple[str, str]) -> str:
    """What is said of a request with these headers."""
    with pytest.raises(ApiError) as caught:
        requested(head("PUT", "/b/k", headers))
    assert (caught.value.code, caught.value.status) == ("InvalidRequest", 400)
    return caught.value.message


def test_these_are_all() -> None:
    assert set(KNOWN) == set(ALGORITHMS)


@ALL
def test_known_values(algorithm: str) -> None:
    assert base64.b64decode(encoded(algorithm, CHECK)).hex() == KNOWN[algorithm]


@ALL
def test_piece_by_piece(algorithm: str) -> None:
    data = bytes(range(256)) * 300
    computed = hasher(algorithm)
    for at in range(0, len(data), 1000):
        computed.update(data[at : at + 1000])
        computed.update(b"")
    assert computed.base64() == encoded(algorithm, data)
    assert computed.base64() == encoded(algorithm, data)  # asking changes nothing


def test_crc32_is_zlibs() -> None:
    for data in (b"", b"\0", b"a" * 70000):
        assert base64.b64decode(encoded("CRC32", data)) == zlib.crc32(data).to_bytes(4, "big")


def test_nothing_promised() -> None:
    assert requested(head("PUT", "/b/k")) is None
    others = [
        ("x-amz-checksum-mode", "ENABLED"),
        ("x-amz-checksum-type", "FULL_OBJECT"),
        ("x-amz-checksum-algorithm", "CRC32"),
    ]
    assert requested(head("GET", "/b/k", others)) is None


@ALL
@pytest.mark.parametrize("announced", [(), ("x-amz-sdk-checksum-algorithm",), ("x-amz-checksum-algorithm",)])
def test_a_promise(algorithm: str, announced: tuple[str, ...]) -> None:
    value = encoded(algorithm, CHECK)
    headers = [(f"x-amz-checksum-{algorithm.lower()}", value), *((name, algorithm) for name in announced)]
    stated = requested(head("PUT", "/b/k", headers))
    assert stated == ChecksumHeader(algorithm, value)
    kept = hasher(algorithm)
    kept.update(CHECK)
    stated.verify(kept)
    kept.update(b"more")
    with pytest.raises(ApiError) as caught:
        stated.verify(kept)
    assert (caught.value.code, caught.value.status) == ("BadDigest", 400)
    assert caught.value.message == f"The {algorithm} you specified did not match the calculated checksum."


CRC32 = ("x-amz-checksum-crc32", "y/Q5Jg==")


def test_two_promises() -> None:
    text = "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
    assert invalid(CRC32, ("x-amz-checksum-sha1", "x")) == text
    assert invalid(CRC32, CRC32) == text


@pytest.mark.parametrize(
    "value",
    [
        "",
        "y",
        "y/Q5Jg",
        "y/Q5Jg=",
        "y/Q5 Jg==",
        "!/Q5Jg==",
        "y_Q5Jg==",
        "AAAA",
        "AAAAAAAA",
        "cbf43926",
        "\u00e9",
    ],
)
def test_values_that_are_none(value: str) -> None:
    assert invalid(("x-amz-checksum-crc32", value)) == "Value for x-amz-checksum-crc32 header is invalid."


@ALL
def test_values_of_another_length(algorithm: str) -> None:
    size = ALGORITHMS[algorithm][1]
    name = f"x-amz-checksum-{algorithm.lower()}"
    for other in (0, size - 1, size + 1):
        value = base64.b64encode(bytes(other)).decode()
        assert invalid((name, value)) == f"Value for {name} header is invalid."


def test_a_value_that_only_decodes_alike_is_not_the_value() -> None:
    """The last character carries bits that no byte has."""
    kept = hasher("CRC32")
    kept.update(CHECK)
    with pytest.raises(ApiError, match="BadDigest"):
        ChecksumHeader("CRC32", "y/Q5Jh==").verify(kept)


@pytest.mark.parametrize(
    "name", ["x-amz-checksum-crc16", "x-amz-checksum-md4", "x-amz-checksum-", "x-amz-checksum-sha384"]
)
def test_unknown_algorithms_by_their_header(name: str) -> None:
    assert invalid((name, "AAAA")) == f"The algorithm type of {name} is not supported."


@pytest.mark.parametrize("name", ["x-amz-sdk-checksum-algorithm", "x-amz-checksum-algorithm"])
@pytest.mark.parametrize("value", ["", "MD4", "CRC-32", "XXHASH32"])
def test_unknown_algorithms_by_name(name: str, value: str) -> None:
    text = (
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
        "[CRC32, CRC32C, CRC64NVME, MD5, SHA1, SHA256, SHA512, XXHASH128, XXHASH3, XXHASH64]"
    )
    assert invalid((name, value)) == text
    assert invalid((name, value), CRC32) == text
    assert invalid(("x-amz-sdk-checksum-algorithm", "CRC32"), (name, value), CRC32) == text


def test_an_algorithm_without_its_value() -> None:
    assert invalid(("x-amz-sdk-checksum-algorithm", "CRC32")) == (
        "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer "
        "headers were found."
    )


@pytest.mark.parametrize("name", ["x-amz-sdk-checksum-algorithm", "x-amz-checksum-algorithm"])
def test_an_algorithm_beside_anothers_value(name: str) -> None:
    text = "Value for x-amz-sdk-checksum-algorithm header is invalid."
    assert invalid((name, "SHA256"), CRC32) == text
    assert invalid((name, "CRC32"), (name, "SHA256"), CRC32) == text


def test_content_md5() -> None:
    digest = hashlib.md5(CHECK, usedforsecurity=False).digest()
    value = base64.b64encode(digest).decode()
    assert content_md5(head()) is None
    assert content_md5(head(headers=[("Content-MD5", value)])) == digest


@pytest.mark.parametrize(
    "values",
    [
        [""],
        ["x"],
        ["25f9e794323b453885f5181f1b624d0b"],
        [base64.b64encode(bytes(15)).decode()],
        [base64.b64encode(bytes(17)).decode()],
        [base64.b64encode(bytes(16)).decode()] * 2,
    ],
)
def test_content_md5s_that_are_none(values: list[str]) -> None:
    with pytest.raises(ApiError) as caught:
        content_md5(head(headers=[("content-md5", value) for value in values]))
    assert (caught.value.code, caught.value.status) == ("InvalidDigest", 400)


@given(parts=st.lists(st.binary(max_size=300), max_size=6))
@pytest.mark.parametrize("algorithm", COMBINED)
def test_the_parts_tell_the_checksum_of_the_whole(algorithm: str, parts: list[bytes]) -> None:
    told = [(encoded(algorithm, part), len(part)) for part in parts]
    assert full_object(algorithm, told) == encoded(algorithm, b"".join(parts))


@ALL
def test_a_composite_is_the_checksum_of_checksums(algorithm: str) -> None:
    parts = [encoded(algorithm, part) for part in (b"a", b"", CHECK)]
    digests = b"".join(base64.b64decode(part) for part in parts)
    assert composite(algorithm, parts) == f"{encoded(algorithm, digests)}-3"
