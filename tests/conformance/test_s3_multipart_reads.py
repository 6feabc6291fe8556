"""Reading objects of several parts: ranges over the borders of parts, single parts, and slow readers."""

import os
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conformance.fix_multipart import LEAST, begin, etag_of, patterned, uploaded
from tests.conformance.fix_s3 import Shop
from tests.fix_world import World
from tests.refusals import refused

from deputize import app
from deputize.domain import sweep
from deputize.s3 import completion

pytest_plugins = ("tests.conformance.fix_s3",)

PARTS = (patterned(LEAST, 1), patterned(LEAST + 100_000, 2), patterned(1000, 3))
WHOLE = b"".join(PARTS)
ENDS = (LEAST, 2 * LEAST + 100_000, len(WHOLE))


@pytest.fixture(scope="module")
def bucket(shop: Shop) -> str:
    """A bucket with the object `k` of three parts, the last one inline."""
    made = shop.bucket()
    uploaded(shop.s3, made, "k", *PARTS, ChecksumAlgorithm="SHA256")
    return made


def read(shop: Shop, bucket: str, **more: Any) -> bytes:
    body: bytes = shop.s3.get_object(Bucket=bucket, Key="k", **more)["Body"].read()
    return body


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (0, 0),
        (0, ENDS[0] - 1),
        (ENDS[0] - 1, ENDS[0] - 1),
        (ENDS[0] - 1, ENDS[0]),
        (ENDS[0], ENDS[0]),
        (ENDS[0] - 10, ENDS[1] + 10),
        (ENDS[1] - 1, ENDS[1]),
        (ENDS[1], ENDS[2] - 1),
        (0, ENDS[2] - 1),
        (ENDS[2] - 1, ENDS[2] - 1),
        (10, ENDS[2] + 1000),
    ],
)
def test_ranges_over_borders(shop: Shop, bucket: str, first: int, last: int) -> None:
    answer = shop.s3.get_object(Bucket=bucket, Key="k", Range=f"bytes={first}-{last}")
    body = answer["Body"].read()
    assert body == WHOLE[first : last + 1]
    assert answer["ContentRange"] == f"bytes {first}-{first + len(body) - 1}/{len(WHOLE)}"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206


def test_suffixes_and_open_ends(shop: Shop, bucket: str) -> None:
    assert read(shop, bucket, Range="bytes=-1500") == WHOLE[-1500:]
    assert read(shop, bucket, Range=f"bytes={ENDS[0] - 5}-") == WHOLE[ENDS[0] - 5 :]
    beyond = refused(shop.s3.get_object, Bucket=bucket, Key="k", Range=f"bytes={len(WHOLE)}-")
    assert beyond[::2] == ("InvalidRange", 416)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_single_parts(shop: Shop, bucket: str, number: int) -> None:
    start = sum(len(part) for part in PARTS[: number - 1])
    end = start + len(PARTS[number - 1]) - 1
    for call in (shop.s3.get_object, shop.s3.head_object):
        answer = call(Bucket=bucket, Key="k", PartNumber=number, ChecksumMode="ENABLED")
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206
        assert (answer["PartsCount"], answer["ContentLength"]) == (3, len(PARTS[number - 1]))
        assert answer["ETag"] == etag_of(*PARTS)
        part = shop.s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["ObjectParts"])
        assert answer["ChecksumSHA256"] == part["ObjectParts"]["Parts"][number - 1]["ChecksumSHA256"]
        if "Body" in answer:
            assert answer["ContentRange"] == f"bytes {start}-{end}/{len(WHOLE)}"
            assert answer["Body"].read() == PARTS[number - 1]


@pytest.mark.parametrize(("number", "code"), [(4, "InvalidPartNumber"), (0, "InvalidArgument")])
def test_parts_that_are_not_there(shop: Shop, bucket: str, number: int, code: str) -> None:
    refusal = refused(shop.s3.get_object, Bucket=bucket, Key="k", PartNumber=number)
    assert refusal[0] == code
    assert refused(shop.s3.head_object, Bucket=bucket, Key="k", PartNumber=number)[2] == refusal[2]


def test_a_part_and_a_range_exclude_each_other(shop: Shop, bucket: str) -> None:
    refusal = refused(shop.s3.get_object, Bucket=bucket, Key="k", PartNumber=1, Range="bytes=0-1")
    assert refusal[::2] == ("InvalidRequest", 400)


@pytest.mark.parametrize("size", [0, 5])
def test_an_object_that_came_in_one_piece_is_its_part_one(shop: Shop, size: int) -> None:
    bucket = shop.bucket()
    shop.s3.put_object(Bucket=bucket, Key="k", Body=b"x" * size)
    answer = shop.s3.get_object(Bucket=bucket, Key="k", PartNumber=1, ChecksumMode="ENABLED")
    assert answer["Body"].read() == b"x" * size
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == (206 if size else 200)
    assert "PartsCount" not in answer
    assert "ChecksumCRC32" in answer
    assert refused(shop.s3.get_object, Bucket=bucket, Key="k", PartNumber=2)[::2] == (
        "InvalidPartNumber",
        416,
    )


def test_a_sole_part_without_a_byte(shop: Shop) -> None:
    bucket = shop.bucket()
    uploaded(shop.s3, bucket, "k", b"")
    answer = shop.s3.get_object(Bucket=bucket, Key="k", PartNumber=1)
    assert (answer["Body"].read(), answer["PartsCount"]) == (b"", 1)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert refused(shop.s3.get_object, Bucket=bucket, Key="k", Range="bytes=0-0")[0] == "InvalidRange"


def test_attributes_list_the_parts(shop: Shop, bucket: str) -> None:
    wanted = {"Bucket": bucket, "Key": "k", "ObjectAttributes": ["ObjectParts", "Checksum", "ObjectSize"]}
    answer = shop.s3.get_object_attributes(**wanted)
    parts = answer["ObjectParts"]
    assert (parts["TotalPartsCount"], parts["IsTruncated"]) == (3, False)
    assert [part["Size"] for part in parts["Parts"]] == [len(part) for part in PARTS]
    assert [part["PartNumber"] for part in parts["Parts"]] == [1, 2, 3]
    assert answer["Checksum"]["ChecksumType"] == "COMPOSITE"
    assert answer["Checksum"]["ChecksumSHA256"].endswith("-3")
    page = shop.s3.get_object_attributes(**wanted, MaxParts=1, PartNumberMarker=1)["ObjectParts"]
    assert [part["PartNumber"] for part in page["Parts"]] == [2]
    assert (page["NextPartNumberMarker"], page["IsTruncated"], page["MaxParts"]) == (2, True, 1)


def test_attributes_only_count_parts_without_a_checksum_of_the_clients(shop: Shop) -> None:
    bucket = shop.bucket()
    uploaded(shop.s3, bucket, "k", b"x")
    answer = shop.s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["ObjectParts"])
    assert answer["ObjectParts"] == {"TotalPartsCount": 1}


@pytest.mark.parametrize("given_tag", ["right", "wrong"])
def test_conditions_know_the_tag_of_parts(shop: Shop, bucket: str, given_tag: str) -> None:
    tag = etag_of(*PARTS) if given_tag == "right" else etag_of(WHOLE)
    if given_tag == "right":
        assert read(shop, bucket, IfMatch=tag, Range="bytes=0-0") == WHOLE[:1]
    else:
        assert refused(shop.s3.get_object, Bucket=bucket, Key="k", IfMatch=tag)[0] == "PreconditionFailed"


# --- random sizes and ranges


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.sampled_from([1, 2, 1000, 32_768, 32_769, 70_000]), min_size=1, max_size=5),
    cuts=st.lists(st.tuples(st.integers(0, 400_000), st.integers(0, 400_000)), max_size=6),
)
def test_whatever_the_sizes_the_bytes_come_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, sizes: list[int], cuts: list[tuple[int, int]]
) -> None:
    monkeypatch.setattr(completion, "PART_LEAST", 0)
    bucket = shop.bucket()
    parts = [patterned(size, number) for number, size in enumerate(sizes)]
    whole = b"".join(parts)
    assert uploaded(shop.s3, bucket, "k", *parts)["ETag"] == etag_of(*parts)
    assert read(shop, bucket) == whole
    for first, last in (sorted(cut) for cut in cuts):
        if first < len(whole):
            assert read(shop, bucket, Range=f"bytes={first}-{last}") == whole[first : last + 1]


# --- files


def blob_files(world: World) -> list[Path]:
    return [path for path in (world.data / "blobs").rglob("*") if path.is_file()]


def descriptors(world: World) -> int:
    """Open files of this process, which the server is in, below the blobs."""
    found = 0
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found += str(world.data / "blobs") in str(entry.readlink())
        except FileNotFoundError:
            continue
    return found


def presigned(client: Any, bucket: str, **more: Any) -> tuple[str, str]:
    """Host and target of a signed GET."""
    url = client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k", **more})
    host, _, target = url.removeprefix("http://").partition("/")
    return host, "/" + target


def begun(world: World, client: Any, bucket: str) -> socket.socket:
    """A connection on which an answer has begun, of which nothing more is read."""
    host, target = presigned(client, bucket)
    connection = socket.socket()
    connection.settimeout(10)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 128 * 1024)
    connection.connect(("127.0.0.1", world.port))
    connection.sendall(f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert connection.recv(100).startswith(b"HTTP/1.1 200")
    return connection


@pytest.fixture
def stored(world: World) -> tuple[World, Any]:
    """A server of its own, with a client whose bucket `reads` has an object of parts."""
    client = world.client("s3", world.account("Reads").admin, signature_version="s3v4")
    client.create_bucket(Bucket="reads")
    uploaded(client, "reads", "k", *PARTS)
    return world, client


def test_one_file_is_open_at_a_time_and_none_when_the_client_leaves(stored: tuple[World, Any]) -> None:
    world, client = stored
    assert descriptors(world) == 0
    connection = begun(world, client, "reads")
    assert descriptors(world) == 1
    connection.close()
    for _ in range(1000):
        if not descriptors(world):
            break
        client.head_object(Bucket="reads", Key="k")
    assert descriptors(world) == 0
    assert client.get_object(Bucket="reads", Key="k")["Body"].read() == WHOLE
    client.head_object(Bucket="reads", Key="k")
    assert descriptors(world) == 0


def test_a_reader_has_the_parts_of_what_was_replaced(stored: tuple[World, Any]) -> None:
    world, client = stored
    connection = begun(world, client, "reads")
    client.put_object(Bucket="reads", Key="k", Body=b"new")
    app.clean(world.opened, world.clock.now, files=True)
    received = 0
    while piece := connection.recv(1 << 20):
        received += len(piece)
        if received >= len(WHOLE):
            break
    connection.close()
    assert received >= len(WHOLE)


def test_an_answer_whose_part_is_gone_is_cut_off(stored: tuple[World, Any]) -> None:
    """A reader slower than the grace of the sweep: better no end than a wrong one."""
    world, client = stored
    connection = begun(world, client, "reads")
    client.put_object(Bucket="reads", Key="k", Body=b"new")
    world.clock.advance(sweep.GRACE + 1)
    app.clean(world.opened, world.clock.now, files=True)
    received = 100
    try:
        while piece := connection.recv(1 << 20):
            received += len(piece)
    except ConnectionError:
        pass
    connection.close()
    assert received < len(WHOLE)
    assert descriptors(world) == 0


def test_the_files_of_parts_are_swept_and_no_others(stored: tuple[World, Any]) -> None:
    world, client = stored
    sending = begin(client, "reads", "l")
    sending.part(1, PARTS[0])
    sending.part(1, PARTS[1])
    sending.part(2, PARTS[1])
    sending.part(3, patterned(40_000))
    assert len(blob_files(world)) == 2 + 4
    for path in blob_files(world):
        os.utime(path, (1000, 1000))
    app.clean(world.opened, world.clock.now, files=True)
    assert len(blob_files(world)) == 2 + 4  # replaced ones are garbage, which has its hour
    sending.complete([sending.listed[1], sending.listed[2]])
    world.clock.advance(sweep.GRACE + 1)
    app.clean(world.opened, world.clock.now, files=True)
    assert len(blob_files(world)) == 2 + 2
    assert client.get_object(Bucket="reads", Key="l")["Body"].read() == PARTS[1] * 2
    client.delete_object(Bucket="reads", Key="k")
    begin(client, "reads", "m").part(1, PARTS[0])
    for upload in client.list_multipart_uploads(Bucket="reads")["Uploads"]:
        client.abort_multipart_upload(Bucket="reads", Key=upload["Key"], UploadId=upload["UploadId"])
    world.clock.advance(sweep.GRACE + 1)
    app.clean(world.opened, world.clock.now, files=True)
    assert len(blob_files(world)) == 2
    assert client.get_object(Bucket="reads", Key="l")["Body"].read() == PARTS[1] * 2
