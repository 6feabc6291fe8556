"""Multipart uploads: what is uploaded in parts is one object."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.attacks.wire import Request, Signer, code_of, host, send
from tests.conformance.fix_multipart import LEAST, Sending, begin, etag_of, patterned, uploaded
from tests.conformance.fix_s3 import Shop, grant
from tests.refusals import refused

pytest_plugins = ("tests.conformance.fix_s3",)

NO_UPLOAD = (
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been "
    "aborted or completed.",
    404,
)
INVALID_PART = (
    "InvalidPart",
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the "
    "specified entity tag may not match the part's entity tag.",
    400,
)
FIRST, SECOND, LAST = patterned(LEAST, 1), patterned(LEAST + 70_001, 2), b"the end"


def read(s3: Any, bucket: str, key: str, **more: Any) -> bytes:
    body: bytes = s3.get_object(Bucket=bucket, Key=key, **more)["Body"].read()
    return body


def detail(call: Any, **arguments: Any) -> dict[str, Any]:
    """The members of the error that this call must get."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error: dict[str, Any] = dict(caught.value.response["Error"])
    return error


def test_parts_make_an_object(shop: Shop) -> None:
    bucket = shop.bucket()
    sending = begin(
        shop.s3, bucket, "a/b", ContentType="text/plain", CacheControl="no-store", Metadata={"Colour": "red"}
    )
    assert sending.part(1, FIRST)["ETag"] == f'"{hashlib.md5(FIRST, usedforsecurity=False).hexdigest()}"'
    sending.part(2, SECOND)
    sending.part(3, LAST)
    assert refused(shop.s3.get_object, Bucket=bucket, Key="a/b")[0] == "NoSuchKey"
    answer = sending.complete()
    etag = etag_of(FIRST, SECOND, LAST)
    assert (answer["Bucket"], answer["Key"], answer["ETag"]) == (bucket, "a/b", etag)
    assert answer["Location"] == f"{shop.world.url}/{bucket}/a/b"
    found = shop.s3.get_object(Bucket=bucket, Key="a/b")
    assert found["Body"].read() == FIRST + SECOND + LAST
    assert (found["ETag"], found["ContentLength"]) == (etag, len(FIRST + SECOND + LAST))
    assert (found["ContentType"], found["CacheControl"]) == ("text/plain", "no-store")
    assert found["Metadata"] == {"colour": "red"}
    (listed,) = shop.s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert (listed["ETag"], listed["Size"]) == (etag, len(FIRST + SECOND + LAST))
    assert shop.s3.list_multipart_uploads(Bucket=bucket).get("Uploads") is None


@pytest.mark.parametrize("data", [b"", b"x", b"x" * 100_000])
def test_a_single_part_may_be_of_any_size(shop: Shop, data: bytes) -> None:
    bucket = shop.bucket()
    answer = uploaded(shop.s3, bucket, "k", data)
    assert answer["ETag"] == etag_of(data)
    assert read(shop.s3, bucket, "k") == data
    assert shop.s3.head_object(Bucket=bucket, Key="k")["ContentLength"] == len(data)


def test_parts_may_come_in_any_order_with_gaps_and_twice(shop: Shop) -> None:
    bucket = shop.bucket()
    sending = begin(shop.s3, bucket, "k")
    sending.part(10_000, LAST)
    sending.part(7, b"replaced")
    sending.part(500, b"not listed")
    sending.part(7, SECOND)
    by_number = {part["PartNumber"]: part for part in sending.listed}
    sending.complete([by_number[7], by_number[10_000]])
    assert read(shop.s3, bucket, "k") == SECOND + LAST
    assert read(shop.s3, bucket, "k", PartNumber=10_000) == LAST
    assert refused(shop.s3.get_object, Bucket=bucket, Key="k", PartNumber=1)[::2] == (
        "InvalidPartNumber",
        416,
    )


def test_completing_again_answers_the_same_until_the_object_is_another(shop: Shop) -> None:
    bucket = shop.bucket()
    sending = begin(shop.s3, bucket, "k")
    sending.part(1, b"once")
    first = sending.complete(IfNoneMatch="*")
    again = sending.complete(IfNoneMatch="*")
    told = ("ETag", "Location", "ChecksumCRC64NVME", "ChecksumType")
    assert [first[name] for name in told] == [again[name] for name in told]
    for other in (
        [{**sending.listed[0], "ETag": '"00"'}],
        [{**sending.listed[0], "ETag": "no hex"}],
        [{**sending.listed[0], "PartNumber": 2}],
    ):
        assert refused(sending.complete, parts=other) == NO_UPLOAD
    shop.s3.put_object(Bucket=bucket, Key="k", Body=b"another")
    assert refused(sending.complete) == NO_UPLOAD
    assert read(shop.s3, bucket, "k") == b"another"
    shop.s3.delete_object(Bucket=bucket, Key="k")
    assert refused(sending.complete) == NO_UPLOAD


def test_of_concurrent_completions_all_answer_the_same_object(shop: Shop) -> None:
    bucket = shop.bucket()
    sending = begin(shop.s3, bucket, "k")
    sending.part(1, FIRST)
    sending.part(2, LAST)
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(sending.complete) for _ in range(8)]
    assert {answer.result()["ETag"] for answer in answers} == {etag_of(FIRST, LAST)}
    assert read(shop.s3, bucket, "k") == FIRST + LAST


def test_of_concurrent_completions_with_other_parts_one_wins(shop: Shop) -> None:
    bucket = shop.bucket()
    sending = begin(shop.s3, bucket, "k")
    sending.part(1, b"one")
    sending.part(2, b"two")

    def attempt(number: int) -> str:
        try:
            return str(sending.complete([sending.listed[number]])["ETag"])
        except ClientError as error:
            return str(error.response["Error"]["Code"])

    with ThreadPoolExecutor(2) as pool:
        came = sorted(pool.map(attempt, (0, 1)))
    assert came[1] == "NoSuchUpload"
    assert came[0] in (etag_of(b"one"), etag_of(b"two"))
    assert shop.s3.head_object(Bucket=bucket, Key="k")["ETag"] == came[0]


# --- refusals of a completion


@pytest.fixture
def two(shop: Shop) -> Sending:
    """An upload of two parts that could be completed."""
    sending = begin(shop.s3, shop.bucket(), "k")
    sending.part(1, FIRST)
    sending.part(2, LAST)
    return sending


def unchanged(sending: Sending) -> None:
    """Nothing came of what was refused, and the upload goes on."""
    assert refused(sending.s3.get_object, Bucket=sending.bucket, Key="k")[0] == "NoSuchKey"
    parts = sending.s3.list_parts(**sending.names)["Parts"]
    assert [part["PartNumber"] for part in parts] == [one["PartNumber"] for one in sending.listed]
    sending.complete(sorted(sending.listed, key=lambda one: int(one["PartNumber"])))


@pytest.mark.parametrize("way", ["descending", "twice"])
def test_the_list_must_ascend(two: Sending, way: str) -> None:
    parts = two.listed[::-1] if way == "descending" else [two.listed[0], two.listed[0]]
    assert refused(two.complete, parts=parts) == (
        "InvalidPartOrder",
        "The list of parts was not in ascending order. Parts must be ordered by part number.",
        400,
    )
    unchanged(two)


def test_the_list_must_name_parts_that_are_there(two: Sending) -> None:
    missing = {**two.listed[1], "PartNumber": 3}
    assert refused(two.complete, parts=[two.listed[0], missing]) == INVALID_PART
    error = detail(two.complete, parts=[two.listed[0], missing])
    assert (error["PartNumber"], error["UploadId"]) == ("3", two.id)
    assert error["ETag"] == two.listed[1]["ETag"].strip('"')
    unchanged(two)


def test_a_part_must_have_the_entity_tag_that_is_listed(shop: Shop, two: Sending) -> None:
    """T32: the tag of another upload's part does not do."""
    other = begin(shop.s3, two.bucket, "k")
    other.part(1, SECOND)
    assert refused(two.complete, parts=[{**two.listed[0], "ETag": other.listed[0]["ETag"]}]) == INVALID_PART
    other.s3.abort_multipart_upload(**other.names)
    unchanged(two)


def test_entity_tags_may_come_without_quotes(two: Sending) -> None:
    two.complete([{**part, "ETag": part["ETag"].strip('"')} for part in two.listed])


def test_only_the_last_part_may_be_small(shop: Shop) -> None:
    sending = begin(shop.s3, shop.bucket(), "k")
    sending.part(1, FIRST)
    sending.part(2, patterned(LEAST - 1))
    sending.part(3, LAST)
    assert refused(sending.complete) == (
        "EntityTooSmall",
        "Your proposed upload is smaller than the minimum allowed size",
        400,
    )
    error = detail(sending.complete)
    assert (error["PartNumber"], error["ProposedSize"], error["MinSizeAllowed"]) == (
        "2",
        str(LEAST - 1),
        str(LEAST),
    )
    unchanged_list = sending.s3.list_parts(**sending.names)["Parts"]
    assert [part["Size"] for part in unchanged_list] == [LEAST, LEAST - 1, len(LAST)]
    sending.complete([sending.listed[0], sending.listed[1]])


@pytest.mark.parametrize("count", [0, 10_001])
def test_the_list_has_one_to_ten_thousand_parts(two: Sending, count: int) -> None:
    """T32."""
    parts = [{"PartNumber": number, "ETag": '"e"'} for number in range(1, count + 1)]
    assert refused(two.complete, parts=parts)[::2] == ("MalformedXML", 400)
    unchanged(two)


def test_a_part_is_listed_with_number_and_tag(two: Sending) -> None:
    for member in ("PartNumber", "ETag"):
        parts = [{name: value for name, value in two.listed[0].items() if name != member}]
        assert refused(two.complete, parts=parts)[0] == "MalformedXML"
    unchanged(two)


def test_the_size_may_be_promised(two: Sending) -> None:
    size = len(FIRST + LAST)
    assert refused(two.complete, MpuObjectSize=size + 1) == (
        "InvalidRequest",
        f"The provided 'x-amz-mp-object-size' header value {size + 1} does not match "
        f"what was computed: {size}",
        400,
    )
    unchanged(two)
    assert two.complete(MpuObjectSize=size)["ETag"] == etag_of(FIRST, LAST)


def test_conditions_hold_at_the_completion(shop: Shop, two: Sending) -> None:
    there = shop.s3.put_object(Bucket=two.bucket, Key="k", Body=b"there")["ETag"]
    assert refused(two.complete, IfNoneMatch="*")[::2] == ("PreconditionFailed", 412)
    assert refused(two.complete, IfMatch='"00"')[::2] == ("PreconditionFailed", 412)
    assert read(shop.s3, two.bucket, "k") == b"there"
    two.complete(IfMatch=there)
    assert read(shop.s3, two.bucket, "k") == FIRST + LAST


def test_if_match_needs_an_object(two: Sending) -> None:
    assert refused(two.complete, IfMatch='"00"')[0] == "NoSuchKey"
    unchanged(two)


# --- refusals of parts


@pytest.mark.parametrize("number", [0, -1, 10_001])
def test_numbers_go_from_one_to_ten_thousand(shop: Shop, number: int) -> None:
    sending = begin(shop.s3, shop.bucket(), "k")
    assert refused(sending.part, number=number, data=b"x") == (
        "InvalidArgument",
        "Part number must be an integer between 1 and 10000, inclusive",
        400,
    )
    assert detail(sending.part, number=number, data=b"x")["ArgumentName"] == "partNumber"
    assert "Parts" not in shop.s3.list_parts(**sending.names)


@pytest.mark.parametrize("way", ["never", "aborted", "completed", "another key", "another bucket"])
def test_every_step_needs_the_upload(shop: Shop, way: str) -> None:
    sending = begin(shop.s3, shop.bucket(), "k")
    sending.part(1, b"x")
    match way:
        case "never":
            sending.id = "none"
        case "aborted":
            shop.s3.abort_multipart_upload(**sending.names)
        case "completed":
            sending.complete()
        case "another key":
            sending.key = "l"
        case "another bucket":
            sending.bucket = shop.bucket()
    assert refused(sending.part, number=2, data=b"x") == NO_UPLOAD
    assert refused(shop.s3.list_parts, **sending.names) == NO_UPLOAD
    assert refused(shop.s3.abort_multipart_upload, **sending.names) == NO_UPLOAD
    assert detail(shop.s3.list_parts, **sending.names)["UploadId"] == sending.id
    if way != "completed":
        assert refused(sending.complete) == NO_UPLOAD


def test_a_refused_part_leaves_the_one_before(shop: Shop) -> None:
    sending = begin(shop.s3, shop.bucket(), "k")
    sending.part(1, b"right")
    wrong = {"ChecksumCRC32": "AAAAAA=="}
    assert refused(shop.s3.upload_part, **sending.names, PartNumber=1, Body=b"wrong", **wrong)[::2] == (
        "BadDigest",
        400,
    )
    sending.complete()
    assert read(shop.s3, sending.bucket, "k") == b"right"


# --- aborting


def test_an_aborted_upload_leaves_nothing(shop: Shop) -> None:
    bucket = shop.bucket()
    shop.s3.put_object(Bucket=bucket, Key="k", Body=b"before")
    sending = begin(shop.s3, bucket, "k")
    sending.part(1, FIRST)
    answer = shop.s3.abort_multipart_upload(**sending.names)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert read(shop.s3, bucket, "k") == b"before"
    assert "Uploads" not in shop.s3.list_multipart_uploads(Bucket=bucket)


def test_parts_that_come_in_while_the_upload_is_aborted_are_refused_or_gone(shop: Shop) -> None:
    sending = begin(shop.s3, shop.bucket(), "k")

    def send(number: int) -> str:
        try:
            sending.s3.upload_part(**sending.names, PartNumber=number, Body=patterned(300_000, number))
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "stored"

    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(send, number) for number in range(1, 25)]
        aborted = pool.submit(shop.s3.abort_multipart_upload, **sending.names)
    aborted.result()
    assert {one.result() for one in sent} <= {"stored", "NoSuchUpload"}
    assert refused(shop.s3.list_parts, **sending.names) == NO_UPLOAD
    with shop.world.opened.store.snapshot() as db:
        assert db.uploads.parts(sending.id) == []


def test_a_bucket_is_deleted_with_its_unfinished_uploads(shop: Shop) -> None:
    bucket = shop.bucket()
    sending = begin(shop.s3, bucket, "k")
    sending.part(1, b"x")
    shop.s3.delete_bucket(Bucket=bucket)
    shop.s3.create_bucket(Bucket=bucket)
    assert "Uploads" not in shop.s3.list_multipart_uploads(Bucket=bucket)
    with shop.world.opened.store.snapshot() as db:
        assert db.uploads.parts(sending.id) == []


def test_an_upload_that_began_at_another_time_is_not_aborted(shop: Shop) -> None:
    sending = begin(shop.s3, shop.bucket(), "k")
    (listed,) = shop.s3.list_multipart_uploads(Bucket=sending.bucket)["Uploads"]
    assert refused(
        shop.s3.abort_multipart_upload, **sending.names, IfMatchInitiatedTime="2020-01-01T00:00:00Z"
    )[::2] == ("PreconditionFailed", 412)
    # What cannot be read is no condition that holds.
    said = ("x-amz-if-match-initiated-time", "yesterday")
    path, query = f"/{sending.bucket}/k", (f"uploadId={sending.id}",)
    abort = Request("DELETE", path, query, (host(shop.world), said))
    reply = send(shop.world, Signer(shop.account.admin, shop.world.clock.now).sign(abort))
    assert (reply.status, code_of(reply)) == (400, "InvalidArgument")
    shop.s3.abort_multipart_upload(**sending.names, IfMatchInitiatedTime=listed["Initiated"])


# --- beginning


def test_what_is_not_offered_is_refused_at_the_beginning(shop: Shop) -> None:
    bucket = shop.bucket()
    create = shop.s3.create_multipart_upload
    for member, value in (
        ("StorageClass", "GLACIER"),
        ("ServerSideEncryption", "aws:kms"),
    ):
        assert refused(create, Bucket=bucket, Key="k", **{member: value})[::2] == ("NotImplemented", 501)
    assert refused(create, Bucket=bucket, Key="k", ACL="public-read")[0] == "AccessControlListNotSupported"
    assert refused(create, Bucket=bucket, Key="k" * 1025)[0] == "KeyTooLongError"
    assert refused(create, Bucket="nowhere", Key="k")[0] == "NoSuchBucket"
    assert refused(create, Bucket=bucket, Key="k", Metadata={"a": "b" * 2048})[0] == "MetadataTooLarge"
    assert "Uploads" not in shop.s3.list_multipart_uploads(Bucket=bucket)


def test_numbers_of_parts_begin_with_one(shop: Shop) -> None:
    bucket = shop.bucket()
    sending = begin(shop.s3, bucket, "k")
    etag = sending.part(1, b"x")["ETag"]
    assert refused(sending.complete, parts=[{"PartNumber": 0, "ETag": etag}]) == (
        "InvalidArgument",
        "PartNumber must be >= 1",
        400,
    )
    assert refused(shop.s3.list_parts, **sending.names, PartNumberMarker=-1) == (
        "InvalidArgument",
        "Argument part-number-marker must be an integer between 0 and 2147483647",
        400,
    )


def test_half_of_a_parts_address_overwrites_no_object(shop: Shop) -> None:
    bucket = shop.bucket()
    shop.fill(bucket, "k")
    sending = begin(shop.s3, bucket, "k")

    def without_number(params: dict[str, Any], **_: Any) -> None:
        params["url"] = re.sub("[?&]partNumber=1", "", params["url"]).replace("/k&", "/k?")

    shop.s3.meta.events.register("before-call.s3.UploadPart", without_number)
    try:
        found = refused(shop.s3.upload_part, **sending.names, PartNumber=1, Body=b"part")
    finally:
        shop.s3.meta.events.unregister("before-call.s3.UploadPart", without_number)
    assert found == ("InvalidArgument", "This operation does not accept uploadId.", 400)
    assert shop.s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"k"


def test_who_does_not_sign_begins_no_upload(shop: Shop) -> None:
    bucket = shop.bucket(blocked=False)
    shop.policy(bucket, grant("s3:PutObject", f"arn:aws:s3:::{bucket}/*", Principal="*"))
    shop.anonymous.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert refused(shop.anonymous.create_multipart_upload, Bucket=bucket, Key="k") == (
        "AccessDenied",
        "Anonymous users cannot initiate multipart uploads.  Please authenticate.",
        403,
    )
