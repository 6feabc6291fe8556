"""The clock jumps, backwards and forwards, while objects are written and read: no write is lost, what is
newest is told by the order of writes, and what is retained stays as long as the clock says so.
"""

import datetime
import os
import random
from collections.abc import Callable
from typing import Any

import pytest
from tests.conformance.fix_multipart import begin
from tests.fix_world import Keys, TestAccount, World
from tests.refusals import refused

from deputize.domain import lifecycle

DAY = 86_400
JUMPS = (-30 * DAY, -DAY, -3600, -1, 0, 1, 3600, DAY, 30 * DAY)
# Changes of a run, and runs.
STEPS, SEEDS = 100, int(os.environ.get("DEPUTIZE_CLOCK_SEEDS", "1"))


@pytest.fixture(scope="module")
def account(shared_world: World) -> TestAccount:
    return shared_world.account("Clock")


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("versioned", [False, True])
def test_no_write_is_lost(
    shared_world: World,
    account: TestAccount,
    seed: int,
    versioned: bool,
    record_property: Callable[[str, object], None],
) -> None:
    """Each read gives what was written last, whenever that was; versions stand in the order of writes."""
    rng, world, bucket = random.Random(seed), shared_world, f"clock-{seed}-{versioned}".lower()
    s3 = world.client("s3", account.admin)
    s3.create_bucket(Bucket=bucket)
    if versioned:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    start, order, jumps = world.clock.now, list[str](), 0
    current: bytes | None = None
    for number in range(STEPS):
        jump = rng.choice(JUMPS) if rng.random() < 0.5 else 0
        jumps += jump != 0
        world.clock.now = max(start - 60 * DAY, min(start + 60 * DAY, world.clock.now + jump))
        current, made = changed(s3, bucket, rng, number, current)
        order += [made["VersionId"]] if versioned else []
        assert read(s3, bucket) == current, number
        listed = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        assert [one["Size"] for one in listed] == ([] if current is None else [len(current)])
    world.clock.now = start
    if versioned:
        assert versions(s3, bucket) == order[::-1]
    record_property("figures", f"{STEPS} changes, {jumps} jumps of the clock, 0 lost")


def changed(
    s3: Any, bucket: str, rng: random.Random, number: int, current: bytes | None
) -> tuple[bytes | None, Any]:
    """One change of the key; returns what it holds then, and the answer."""
    names, body = {"Bucket": bucket, "Key": "k"}, b"%d" % number * rng.choice((1, 10_000))
    kind = rng.choice(("put", "delete", "replace", "copy", "parts"))
    if kind == "delete":
        return None, s3.delete_object(**names)
    if kind == "replace" and current is not None:
        tag = s3.head_object(**names)["ETag"]
        return body, s3.put_object(**names, Body=body, IfMatch=tag)
    if kind == "copy" and current is not None:
        again = {"CopySource": names, "MetadataDirective": "REPLACE"}
        return current, s3.copy_object(**names, **again)
    if kind == "parts":
        upload = begin(s3, bucket, "k")
        upload.part(1, body)
        return body, upload.complete()
    return body, s3.put_object(**names, Body=body)


def read(s3: Any, bucket: str) -> bytes | None:
    try:
        return bytes(s3.get_object(Bucket=bucket, Key="k")["Body"].read())
    except s3.exceptions.NoSuchKey:
        return None


def versions(s3: Any, bucket: str) -> list[str]:
    """The ids of all versions and markers as the listing has them, asked for one by one."""
    found: list[str] = []
    after: dict[str, Any] = {}
    while True:
        page = s3.list_object_versions(Bucket=bucket, MaxKeys=1, **after)
        found += [one["VersionId"] for name in ("Versions", "DeleteMarkers") for one in page.get(name, [])]
        if not page["IsTruncated"]:
            return found
        after = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}


def test_what_is_retained_stays_as_long_as_the_clock_says(shared_world: World, account: TestAccount) -> None:
    """A clock that is set back makes no retention shorter, and what went with it is not back."""
    world, s3 = shared_world, shared_world.client("s3", account.admin)
    s3.create_bucket(Bucket="clock-locks", ObjectLockEnabledForBucket=True)
    start = world.clock.now
    until = datetime.datetime.fromtimestamp(start + DAY, datetime.UTC)
    lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
    kept = s3.put_object(Bucket="clock-locks", Key="k", Body=b"kept", **lock)["VersionId"]
    names = {"Bucket": "clock-locks", "Key": "k", "VersionId": kept}
    for moved in (-30 * DAY, -1, 0, DAY - 1):
        world.clock.now = start + moved
        assert refused(s3.delete_object, **names, BypassGovernanceRetention=True)[0] == "AccessDenied"
        told = s3.get_object_retention(**names)["Retention"]
        assert (told["Mode"], told["RetainUntilDate"]) == ("COMPLIANCE", until)
    world.clock.now = start + DAY + 1
    s3.delete_object(**names)
    world.clock.now = start
    assert refused(s3.head_object, **names)[2] == 404


def test_a_session_is_good_between_its_ends(shared_world: World, account: TestAccount) -> None:
    """Whatever the clock did before."""
    world, sts = shared_world, shared_world.client("sts", account.admin)
    start = world.clock.now
    session = Keys.of(sts.get_session_token(DurationSeconds=900)["Credentials"])
    s3 = world.client("s3", session)
    for moved, good in ((899, True), (901, False), (10 * DAY, False), (0, True), (901, False)):
        world.clock.now = start + moved
        if good:
            s3.list_buckets()
        else:
            assert refused(s3.list_buckets)[0] == "ExpiredToken"
    world.clock.now = start


def test_rules_wait_for_the_clock(shared_world: World, account: TestAccount) -> None:
    """What was stored by a clock that was ahead expires later, and never at once."""
    world, s3 = shared_world, shared_world.client("s3", account.admin)
    s3.create_bucket(Bucket="clock-rules")
    rule = {"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 2}}
    s3.put_bucket_lifecycle_configuration(Bucket="clock-rules", LifecycleConfiguration={"Rules": [rule]})
    start = world.clock.now
    for key, moved in (("ahead", 10 * DAY), ("now", 0), ("behind", -DAY)):
        world.clock.now = start + moved
        s3.put_object(Bucket="clock-rules", Key=key, Body=b"x")
    gone = []
    for moved in (-DAY, 0, 3 * DAY + DAY, 0, 14 * DAY):
        world.clock.now = start + moved
        lifecycle.apply(world.opened.store, world.clock())
        gone.append(
            sorted(one["Key"] for one in s3.list_objects_v2(Bucket="clock-rules").get("Contents", []))
        )
    world.clock.now = start
    assert gone == [["ahead", "behind", "now"], ["ahead", "behind", "now"], ["ahead"], ["ahead"], []]
