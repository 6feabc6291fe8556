"""Listings, bucket policies and virtual hosts as boto3 sees them."""

import json
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from tests.fix_world import TestAccount, World
from tests.refusals import refused

KEYS = ["a", "a/1", "a/2", "b b+c&<d>", "c/1/x", "c/2", "d%2F", "ä", "z"]


@pytest.fixture(scope="module")
def account(shared_world: World) -> TestAccount:
    made = shared_world.account("Listings")
    s3 = shared_world.client("s3", made.admin)
    s3.create_bucket(Bucket="listings")
    for key in KEYS:
        s3.put_object(Bucket="listings", Key=key, Body=key.encode())
    return made


@pytest.fixture
def s3(shared_world: World, account: TestAccount) -> Any:
    return shared_world.client("s3", account.admin)


def code(call: Any, **arguments: Any) -> tuple[str, int]:
    """Code and status of the error that this call must get."""
    found, _, status = refused(call, **arguments)
    return found, status


ORDERED = sorted(KEYS, key=str.encode)


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2"])
def test_pages_of_any_size_give_all_keys_in_the_order_of_their_bytes(
    s3: Any, operation: str, size: int
) -> None:
    pages = list(s3.get_paginator(operation).paginate(Bucket="listings", PaginationConfig={"PageSize": size}))
    assert [one["Key"] for page in pages for one in page["Contents"]] == ORDERED
    assert all(len(page["Contents"]) <= size for page in pages)


@pytest.mark.parametrize("size", [1, 2, 1000])
@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2"])
def test_a_delimiter_rolls_up(s3: Any, operation: str, size: int) -> None:
    pages = list(
        s3.get_paginator(operation).paginate(
            Bucket="listings", Delimiter="/", PaginationConfig={"PageSize": size}
        )
    )
    keys = [one["Key"] for page in pages for one in page.get("Contents", [])]
    prefixes = [one["Prefix"] for page in pages for one in page.get("CommonPrefixes", [])]
    assert keys == [key for key in ORDERED if "/" not in key]
    assert prefixes == ["a/", "c/"]


def test_prefix_and_delimiter(s3: Any) -> None:
    found = s3.list_objects_v2(Bucket="listings", Prefix="c/", Delimiter="/")
    assert [one["Key"] for one in found["Contents"]] == ["c/2"]
    assert [one["Prefix"] for one in found["CommonPrefixes"]] == ["c/1/"]
    assert found["KeyCount"] == 2
    assert s3.list_objects_v2(Bucket="listings", Prefix="none")["KeyCount"] == 0


def test_what_an_entry_tells(s3: Any) -> None:
    (found,) = s3.list_objects_v2(Bucket="listings", Prefix="z", FetchOwner=True)["Contents"]
    head = s3.head_object(Bucket="listings", Key="z")
    assert (found["Size"], found["ETag"], found["StorageClass"]) == (1, head["ETag"], "STANDARD")
    assert len(found["Owner"]["ID"]) == 64
    assert found["LastModified"] == head["LastModified"]
    assert "Owner" not in s3.list_objects_v2(Bucket="listings", Prefix="z")["Contents"][0]
    assert "Owner" in s3.list_objects(Bucket="listings", Prefix="z")["Contents"][0]


def test_an_empty_token_is_none(s3: Any) -> None:
    found = s3.list_objects_v2(Bucket="listings", ContinuationToken="", StartAfter="b", MaxKeys=1)
    assert (found["ContinuationToken"], found["IsTruncated"]) == ("", True)
    assert [one["Key"] for one in found["Contents"]] == ["b b+c&<d>"]
    refusal = code(s3.list_objects_v2, Bucket="listings", ContinuationToken="none")
    assert refusal == ("InvalidArgument", 400)


def test_start_after_marker_and_limits(s3: Any) -> None:
    found = s3.list_objects_v2(Bucket="listings", StartAfter="c/2")
    assert [one["Key"] for one in found["Contents"]] == [key for key in ORDERED if key.encode() > b"c/2"]
    found = s3.list_objects(Bucket="listings", Marker="c/2", MaxKeys=1)
    assert ([one["Key"] for one in found["Contents"]], found["IsTruncated"]) == (["d%2F"], True)
    assert s3.list_objects_v2(Bucket="listings", MaxKeys=0)["KeyCount"] == 0
    assert code(s3.list_objects_v2, Bucket="listings", MaxKeys=-1) == ("InvalidArgument", 400)
    assert code(s3.list_objects_v2, Bucket="listings", ContinuationToken="nonsense") == (
        "InvalidArgument",
        400,
    )


def test_bucket_policies_come_back_as_they_were_sent(
    s3: Any, shared_world: World, account: TestAccount
) -> None:
    assert code(s3.get_bucket_policy, Bucket="listings") == ("NoSuchBucketPolicy", 404)
    assert code(s3.get_bucket_policy_status, Bucket="listings") == ("NoSuchBucketPolicy", 404)
    user = f"arn:aws:iam::{account.id}:user/admin"
    text = (
        '{"Version":"2012-10-17",\n"Statement":{"Effect":"Allow","Principal":{"AWS":"USER"},'
        '"Action":"s3:GetObject","Resource":"arn:aws:s3:::listings/*"}}'
    ).replace("USER", user)
    s3.put_bucket_policy(Bucket="listings", Policy=text)
    assert s3.get_bucket_policy(Bucket="listings")["Policy"] == text
    assert s3.get_bucket_policy_status(Bucket="listings")["PolicyStatus"]["IsPublic"] is False
    with shared_world.opened.store.snapshot() as db:
        bucket = db.buckets.get("listings")
        assert bucket is not None
        assert "AIDA" in (bucket.policy or "")
    half = text.replace('"Allow"', '"\\ud800"')  # a character that no answer can tell again
    for bad in ("x", "{}", text.replace(user, "222222222222"), text.replace("listings", "others"), half):
        assert code(s3.put_bucket_policy, Bucket="listings", Policy=bad) == ("MalformedPolicy", 400)
    long = json.dumps({"Version": "2012-10-17", "Statement": [], "Id": "x" * 21_000})
    assert code(s3.put_bucket_policy, Bucket="listings", Policy=long)[1] == 400
    assert s3.get_bucket_policy(Bucket="listings")["Policy"] == text
    s3.delete_bucket_policy(Bucket="listings")
    s3.delete_bucket_policy(Bucket="listings")


def test_another_account_never_touches_a_bucket_policy(
    shared_world: World, account: TestAccount, s3: Any
) -> None:
    other = shared_world.account("Meddlers")
    allow = {
        "Effect": "Allow",
        "Principal": {"AWS": other.id},
        "Action": ["s3:GetBucketPolicy", "s3:PutBucketPolicy"],
        "Resource": "arn:aws:s3:::listings",
    }
    meddler = shared_world.client("s3", other.admin)
    assert code(meddler.get_bucket_policy, Bucket="listings") == ("AccessDenied", 403)
    s3.put_bucket_policy(Bucket="listings", Policy=json.dumps({"Version": "2012-10-17", "Statement": allow}))
    assert code(meddler.get_bucket_policy, Bucket="listings") == ("MethodNotAllowed", 405)
    s3.delete_bucket_policy(Bucket="listings")


@pytest.mark.parametrize("host", ["listings.s3.localhost", "listings.localhost"])
def test_a_bucket_as_a_virtual_host(shared_world: World, account: TestAccount, host: str) -> None:
    request = AWSRequest("GET", f"http://{host}:{shared_world.port}/z", headers={})
    credentials = Credentials(account.admin.id, account.admin.secret)
    S3SigV4Auth(credentials, "s3", "us-east-1").add_auth(request)
    lines = ["GET /z HTTP/1.1", f"Host: {host}:{shared_world.port}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    answer = shared_world.raw("\r\n".join([*lines, "", ""]).encode())
    assert answer.startswith(b"HTTP/1.1 200")
    assert answer.endswith(b"\r\n\r\nz")
    moved = [line.replace(host, "other.localhost") for line in lines]
    answer = shared_world.raw("\r\n".join([*moved, "", ""]).encode())
    assert b"<Code>SignatureDoesNotMatch</Code>" in answer
