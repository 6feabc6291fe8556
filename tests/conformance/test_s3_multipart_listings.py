"""ListParts and ListMultipartUploads: order, pages, prefixes."""

from typing import Any

import pytest
from tests.conformance.fix_multipart import Sending, begin
from tests.conformance.fix_s3 import Shop
from tests.refusals import refused

pytest_plugins = ("tests.conformance.fix_s3",)


def test_parts_in_pages(shop: Shop) -> None:
    sending = begin(shop.s3, shop.bucket(), "a b")
    for number in (3, 10_000, 1):
        sending.part(number, b"x" * number)
    whole = shop.s3.list_parts(**sending.names)
    assert [part["PartNumber"] for part in whole["Parts"]] == [1, 3, 10_000]
    assert [part["Size"] for part in whole["Parts"]] == [1, 3, 10_000]
    assert [part["ETag"] for part in whole["Parts"]] == [sending.listed[at]["ETag"] for at in (2, 0, 1)]
    assert (whole["Key"], whole["UploadId"], whole["StorageClass"]) == ("a b", sending.id, "STANDARD")
    assert (whole["MaxParts"], whole["IsTruncated"], whole["NextPartNumberMarker"]) == (1000, False, 10_000)
    assert whole["Parts"][0]["LastModified"].timestamp() == shop.world.clock.now
    first = shop.s3.list_parts(**sending.names, MaxParts=2)
    assert (first["IsTruncated"], first["NextPartNumberMarker"]) == (True, 3)
    rest = shop.s3.list_parts(**sending.names, PartNumberMarker=3)
    assert ([part["PartNumber"] for part in rest["Parts"]], rest["PartNumberMarker"]) == ([10_000], 3)
    none = shop.s3.list_parts(**sending.names, MaxParts=0)
    assert ("Parts" in none, none["IsTruncated"], none["MaxParts"]) == (False, False, 0)
    assert shop.s3.list_parts(**sending.names, MaxParts=5000)["MaxParts"] == 1000
    refusal = refused(shop.s3.list_parts, **sending.names, MaxParts=-1)
    assert refusal == (
        "InvalidArgument",
        "Argument max-parts must be an integer between 0 and 2147483647",
        400,
    )


@pytest.fixture(scope="module")
def uploads(shop: Shop) -> list[Sending]:
    """Uploads in the order in which they are listed; the first two to the same key."""
    bucket = shop.bucket()
    made = []
    for key in ("a", "a", "a/b", "a/c/d", "b/1", "b/2", "ä b"):
        shop.world.clock.advance(1)
        made.append(begin(shop.s3, bucket, key))
    return made


def listed(shop: Shop, uploads: list[Sending], **more: Any) -> list[str]:
    """What a page shows: keys, then common prefixes."""
    page = shop.s3.list_multipart_uploads(Bucket=uploads[0].bucket, **more)
    return [one["Key"] for one in page.get("Uploads", ())] + [
        one["Prefix"] for one in page.get("CommonPrefixes", ())
    ]


def test_by_key_and_then_by_age(shop: Shop, uploads: list[Sending]) -> None:
    page = shop.s3.list_multipart_uploads(Bucket=uploads[0].bucket)
    assert [(one["Key"], one["UploadId"]) for one in page["Uploads"]] == [
        (one.key, one.id) for one in uploads
    ]
    times = [one["Initiated"] for one in page["Uploads"]]
    assert times == sorted(times)
    assert (page["IsTruncated"], page["MaxUploads"], page["Bucket"]) == (False, 1000, uploads[0].bucket)


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7])
@pytest.mark.parametrize("delimiter", ["", "/"])
def test_pages_are_the_whole(shop: Shop, uploads: list[Sending], size: int, delimiter: str) -> None:
    more = {"Delimiter": delimiter} if delimiter else {}
    whole, found = sorted(listed(shop, uploads, **more)), []
    markers: dict[str, str] = {}
    while True:
        page = shop.s3.list_multipart_uploads(Bucket=uploads[0].bucket, MaxUploads=size, **more, **markers)
        found += [one["Key"] for one in page.get("Uploads", ())]
        found += [one["Prefix"] for one in page.get("CommonPrefixes", ())]
        if not page["IsTruncated"]:
            break
        markers = {"KeyMarker": page["NextKeyMarker"]}
        if page.get("NextUploadIdMarker"):
            markers["UploadIdMarker"] = page["NextUploadIdMarker"]
    assert sorted(found) == whole


def test_prefix_and_delimiter(shop: Shop, uploads: list[Sending]) -> None:
    assert listed(shop, uploads, Prefix="a/") == ["a/b", "a/c/d"]
    assert listed(shop, uploads, Delimiter="/") == ["a", "a", "ä b", "a/", "b/"]
    assert listed(shop, uploads, Prefix="a/", Delimiter="/") == ["a/b", "a/c/"]
    assert listed(shop, uploads, Prefix="none") == []


def test_markers(shop: Shop, uploads: list[Sending]) -> None:
    assert listed(shop, uploads, KeyMarker="a") == ["a/b", "a/c/d", "b/1", "b/2", "ä b"]
    assert listed(shop, uploads, KeyMarker="a", UploadIdMarker=uploads[0].id)[:2] == ["a", "a/b"]
    assert listed(shop, uploads, KeyMarker="a", UploadIdMarker=uploads[1].id)[0] == "a/b"
    assert len(listed(shop, uploads, UploadIdMarker=uploads[1].id)) == 7  # counts beside a key alone
    assert listed(shop, uploads, KeyMarker="b/", Delimiter="/", UploadIdMarker="0") == ["ä b"]
    assert listed(shop, uploads, KeyMarker="a", UploadIdMarker="0", Prefix="b") == ["b/1", "b/2"]


def test_limits(shop: Shop, uploads: list[Sending]) -> None:
    page = shop.s3.list_multipart_uploads(Bucket=uploads[0].bucket, MaxUploads=0)
    assert ("Uploads" in page, page["IsTruncated"]) == (False, False)
    assert shop.s3.list_multipart_uploads(Bucket=uploads[0].bucket, MaxUploads=9999)["MaxUploads"] == 1000
    assert refused(shop.s3.list_multipart_uploads, Bucket=uploads[0].bucket, MaxUploads=-1) == (
        "InvalidArgument",
        "Argument max-uploads must be an integer between 0 and 2147483647",
        400,
    )


def test_keys_are_encoded_on_demand(shop: Shop, uploads: list[Sending]) -> None:
    page = shop.s3.list_multipart_uploads(
        Bucket=uploads[0].bucket, EncodingType="url", KeyMarker="b/2", Prefix="ä ", Delimiter="ö"
    )
    assert page["EncodingType"] == "url"
    assert [one["Key"] for one in page["Uploads"]] == ["%C3%A4+b"]
    assert (page["Prefix"], page["Delimiter"]) == ("%C3%A4+", "%C3%B6")
    refusal = refused(shop.s3.list_multipart_uploads, Bucket=uploads[0].bucket, EncodingType="gzip")
    assert refusal == ("InvalidArgument", "Invalid Encoding Method specified in Request", 400)
