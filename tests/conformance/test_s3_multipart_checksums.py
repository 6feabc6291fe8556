"""Checksums of parts and of what they make: COMPOSITE and FULL_OBJECT."""

import base64
import hashlib
from typing import Any

import pytest
from boto3.s3.transfer import TransferConfig
from tests.conformance.fix_multipart import LEAST, Sending, begin, patterned
from tests.conformance.fix_s3 import Shop
from tests.refusals import refused

from deputize.protocol.checksums import ALGORITHMS, COMBINED, hasher

pytest_plugins = ("tests.conformance.fix_s3",)

PARTS = (patterned(LEAST, 1), patterned(70_000, 2))
BAD_PART = "InvalidPart"
CLIENTS_OWN: dict[str, Any] = {
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}


def value(algorithm: str, data: bytes) -> str:
    computed = hasher(algorithm)
    computed.update(data)
    return computed.base64()


def composite(algorithm: str, *parts: bytes) -> str:
    digests = b"".join(base64.b64decode(value(algorithm, part)) for part in parts)
    return f"{value(algorithm, digests)}-{len(parts)}"


def quiet(shop: Shop) -> Any:
    """A client that sends no checksum unless it is told to."""
    return shop.world.client("s3", shop.account.admin, **CLIENTS_OWN)


@pytest.mark.parametrize("algorithm", [name for name in ALGORITHMS if name != "CRC64NVME"])
def test_composite(shop: Shop, algorithm: str) -> None:
    bucket = shop.bucket()
    sending = begin(shop.s3, bucket, "k", ChecksumAlgorithm=algorithm)
    for number, part in enumerate(PARTS, 1):
        # boto3 does not compute MD5.
        given = {"ChecksumMD5": value("MD5", part)} if algorithm == "MD5" else {}
        answer = sending.part(number, part, **given)
        assert answer[f"Checksum{algorithm}"] == value(algorithm, part)
    listed = shop.s3.list_parts(**sending.names)
    assert (listed["ChecksumAlgorithm"], listed["ChecksumType"]) == (algorithm, "COMPOSITE")
    assert [part[f"Checksum{algorithm}"] for part in listed["Parts"]] == [
        value(algorithm, part) for part in PARTS
    ]
    whole = composite(algorithm, *PARTS)
    answer = sending.complete(ChecksumType="COMPOSITE")
    assert (answer[f"Checksum{algorithm}"], answer["ChecksumType"]) == (whole, "COMPOSITE")
    head = shop.s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert (head[f"Checksum{algorithm}"], head["ChecksumType"]) == (whole, "COMPOSITE")
    (found,) = shop.s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert (found["ChecksumAlgorithm"], found["ChecksumType"]) == ([algorithm], "COMPOSITE")


@pytest.mark.parametrize("algorithm", COMBINED)
def test_full_object(shop: Shop, algorithm: str) -> None:
    bucket = shop.bucket()
    made = shop.s3.create_multipart_upload(
        Bucket=bucket, Key="k", ChecksumAlgorithm=algorithm, ChecksumType="FULL_OBJECT"
    )
    assert (made["ChecksumAlgorithm"], made["ChecksumType"]) == (algorithm, "FULL_OBJECT")
    sending = Sending(shop.s3, bucket, "k", made["UploadId"], algorithm)
    for number, part in enumerate(PARTS, 1):
        sending.part(number, part)
    whole = value(algorithm, b"".join(PARTS))
    name = f"Checksum{algorithm}"
    wrong: dict[str, Any] = {name: value(algorithm, b"other")}
    assert refused(sending.complete, **wrong) == (
        "BadDigest",
        f"The {algorithm} you specified did not match the calculated checksum.",
        400,
    )
    right: dict[str, Any] = {name: whole}
    answer = sending.complete(**right)
    assert (answer[name], answer["ChecksumType"]) == (whole, "FULL_OBJECT")
    found = shop.s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert (found[name], found["Body"].read()) == (whole, b"".join(PARTS))  # boto3 compares them too


def test_the_default_is_of_the_whole_object(shop: Shop) -> None:
    """Whatever the parts come with, CRC64NVME is what S3 computes when nothing was asked for."""
    bucket, whole = shop.bucket(), value("CRC64NVME", b"".join(PARTS))
    for number, more in enumerate(({}, {"ChecksumAlgorithm": "SHA1"})):
        sending = begin(quiet(shop), bucket, f"k{number}")
        told = [sending.part(at, part, **more) for at, part in enumerate(PARTS, 1)]
        name, algorithm = ("ChecksumSHA1", "SHA1") if more else ("ChecksumCRC64NVME", "CRC64NVME")
        assert [answer[name] for answer in told] == [value(algorithm, part) for part in PARTS]
        assert "ChecksumAlgorithm" not in shop.s3.list_parts(**sending.names)
        answer = sending.complete()
        assert (answer["ChecksumCRC64NVME"], answer["ChecksumType"]) == (whole, "FULL_OBJECT")


def test_parts_of_a_full_object_need_no_checksum(shop: Shop) -> None:
    bucket = shop.bucket()
    sending = begin(quiet(shop), bucket, "k", ChecksumAlgorithm="CRC64NVME")
    names = sending.names
    answer = sending.s3.upload_part(**names, PartNumber=1, Body=b"x")
    assert answer["ChecksumCRC64NVME"] == value("CRC64NVME", b"x")
    sending.complete([{"PartNumber": 1, "ETag": answer["ETag"]}])


@pytest.mark.parametrize(
    ("algorithm", "kind"), [("CRC64NVME", "COMPOSITE"), ("SHA256", "FULL_OBJECT"), ("XXHASH3", "FULL_OBJECT")]
)
def test_types_that_an_algorithm_has_not(shop: Shop, algorithm: str, kind: str) -> None:
    bucket = shop.bucket()
    call = {"Bucket": bucket, "Key": "k", "ChecksumAlgorithm": algorithm, "ChecksumType": kind}
    assert refused(shop.s3.create_multipart_upload, **call) == (
        "InvalidRequest",
        f"The {kind} checksum type cannot be used with the {algorithm.lower()} checksum algorithm.",
        400,
    )
    assert "Uploads" not in shop.s3.list_multipart_uploads(Bucket=bucket)


def test_a_type_needs_an_algorithm(shop: Shop) -> None:
    assert refused(
        quiet(shop).create_multipart_upload, Bucket=shop.bucket(), Key="k", ChecksumType="COMPOSITE"
    ) == (
        "InvalidRequest",
        "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
        400,
    )


def test_words_that_are_none(shop: Shop) -> None:
    create, bucket = shop.s3.create_multipart_upload, shop.bucket()
    refusal = refused(create, Bucket=bucket, Key="k", ChecksumAlgorithm="CRC32", ChecksumType="HALF")
    assert refusal == ("InvalidRequest", "Value for x-amz-checksum-type header is invalid.", 400)
    code, message, status = refused(create, Bucket=bucket, Key="k", ChecksumAlgorithm="CRC16")
    assert (code, status) == ("InvalidRequest", 400)
    assert message.startswith("Checksum algorithm provided is unsupported.")


def mismatch(expected: str, actual: str) -> tuple[str, str, int]:
    text = (
        f"Checksum Type mismatch occurred, expected checksum Type: {expected}, actual checksum Type: {actual}"
    )
    return "InvalidRequest", text, 400


def test_parts_carry_the_uploads_checksum(shop: Shop) -> None:
    bucket = shop.bucket()
    sending = begin(quiet(shop), bucket, "k", ChecksumAlgorithm="SHA256")
    call = {**sending.names, "PartNumber": 1, "Body": b"x"}
    assert refused(sending.s3.upload_part, **call, ChecksumAlgorithm="CRC32") == mismatch("sha256", "crc32")
    assert refused(sending.s3.upload_part, **call) == mismatch("sha256", "null")
    assert "Parts" not in shop.s3.list_parts(**sending.names)
    sending.part(1, b"x")
    sending.complete()


@pytest.fixture
def composed(shop: Shop) -> Sending:
    sending = begin(shop.s3, shop.bucket(), "k", ChecksumAlgorithm="SHA256")
    for number, part in enumerate(PARTS, 1):
        sending.part(number, part)
    return sending


def without_checksums(sending: Sending) -> list[dict[str, Any]]:
    return [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in sending.listed]


def test_a_composite_is_completed_with_the_checksum_of_each_part(composed: Sending) -> None:
    assert refused(composed.complete, parts=without_checksums(composed)) == (
        "InvalidRequest",
        "The upload was created using a sha256 checksum. The complete request must include the checksum for "
        "each part. It was missing for part 1 in the request.",
        400,
    )
    composed.complete()


def test_the_checksum_of_a_part_must_be_its(composed: Sending) -> None:
    wrong = [{**composed.listed[0], "ChecksumSHA256": value("SHA256", b"other")}, composed.listed[1]]
    assert refused(composed.complete, parts=wrong)[0] == BAD_PART
    other = [{**part, "ChecksumCRC32": "AAAAAA=="} for part in composed.listed]
    assert refused(composed.complete, parts=other)[0] == BAD_PART
    composed.complete()


def test_the_kind_of_checksum_must_be_the_uploads(composed: Sending) -> None:
    assert refused(composed.complete, ChecksumType="FULL_OBJECT") == (
        "InvalidRequest",
        "The upload was created using the COMPOSITE checksum mode. "
        "The complete request must use the same checksum mode.",
        400,
    )
    assert refused(composed.complete, ChecksumCRC32="AAAAAA==") == mismatch("sha256", "crc32")


@pytest.mark.parametrize("suffix", [True, False])
def test_the_composite_may_be_stated(composed: Sending, suffix: bool) -> None:
    whole = composite("SHA256", *PARTS)
    stated = whole if suffix else whole.split("-")[0]
    assert refused(composed.complete, ChecksumSHA256=f"{whole.split('-')[0]}-3")[0] == "BadDigest"
    assert refused(composed.complete, ChecksumSHA256=value("SHA256", b""))[0] == "BadDigest"
    assert composed.complete(ChecksumSHA256=stated)["ChecksumSHA256"] == whole


def test_checksums_that_were_not_asked_for_at_the_beginning(shop: Shop) -> None:
    sending = begin(shop.s3, shop.bucket(), "k")
    sending.part(1, b"x")
    stated = [{**sending.listed[0], "ChecksumCRC32": value("CRC32", b"x")}]
    assert refused(sending.complete, parts=stated)[0] == BAD_PART
    assert refused(sending.complete, ChecksumSHA1=value("SHA1", b"x")) == mismatch("null", "sha1")
    assert refused(sending.complete, ChecksumCRC64NVME=value("CRC64NVME", b"y"))[0] == "BadDigest"
    sending.complete(ChecksumCRC64NVME=value("CRC64NVME", b"x"))


def test_a_part_that_is_copied_gets_the_uploads_checksum(shop: Shop) -> None:
    bucket = shop.bucket()
    shop.fill(bucket, "source")
    sending = begin(shop.s3, bucket, "k", ChecksumAlgorithm="XXHASH128")
    result = shop.s3.upload_part_copy(**sending.names, PartNumber=1, CopySource=f"{bucket}/source")
    assert result["CopyPartResult"]["ChecksumXXHASH128"] == value("XXHASH128", b"source")


@pytest.mark.parametrize("algorithm", ["SHA512", "MD5", "XXHASH64", "XXHASH3", "XXHASH128"])
@pytest.mark.parametrize("way", ["header", "trailer"])
def test_newer_algorithms_of_a_single_put(shop: Shop, algorithm: str, way: str) -> None:
    bucket, name = shop.bucket(), f"Checksum{algorithm}"
    stated = way == "header" or algorithm == "MD5"  # boto3 does not compute MD5
    given = {name: value(algorithm, b"x")} if stated else {"ChecksumAlgorithm": algorithm}
    put = shop.s3.put_object(Bucket=bucket, Key="k", Body=b"x", **given)
    assert (put[name], put["ChecksumType"]) == (value(algorithm, b"x"), "FULL_OBJECT")
    assert shop.s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")[name] == put[name]
    attributes = shop.s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["Checksum"])
    assert attributes["Checksum"] == {name: put[name], "ChecksumType": "FULL_OBJECT"}
    wrong = {name: value(algorithm, b"y")}
    refusal = refused(shop.s3.put_object, Bucket=bucket, Key="l", Body=b"x", **wrong)
    assert refusal[::2] == ("BadDigest", 400)
    assert shop.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


def test_boto3_uploads_and_downloads_large_files(shop: Shop, tmp_path: Any) -> None:
    """`upload_file` and `copy` choose multipart by themselves, with checksums of their own."""
    bucket, data = shop.bucket(), patterned(3 * LEAST + 17)
    source = tmp_path / "source"
    source.write_bytes(data)
    transfer = TransferConfig(multipart_threshold=LEAST, multipart_chunksize=LEAST)
    shop.s3.upload_file(str(source), bucket, "k", Config=transfer)
    shop.s3.copy({"Bucket": bucket, "Key": "k"}, bucket, "copy", Config=transfer)
    shop.s3.download_file(bucket, "copy", str(tmp_path / "back"), Config=transfer)
    assert hashlib.sha256((tmp_path / "back").read_bytes()).digest() == hashlib.sha256(data).digest()
    assert shop.s3.head_object(Bucket=bucket, Key="copy", PartNumber=1)["PartsCount"] == 4
