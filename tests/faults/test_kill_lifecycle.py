"""kill -9 while lifecycle rules are applied: each object that is due is there whole or gone, and nothing else
is ever gone; applied again, the rules come to their end.

Rounds: `DEPUTIZE_LIFECYCLE_ROUNDS` (4; `make soak` runs 100).
"""

import datetime
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.faults.server import Server
from tests.faults.test_kill import orphans

ROUNDS = int(os.environ.get("DEPUTIZE_LIFECYCLE_ROUNDS", "4"))
BUCKET, OBJECTS = "expiring", 120
LARGE = 40_000
APPLY = """
import sys, pathlib
from deputize import app
from deputize.domain import lifecycle
with app.open_installation(pathlib.Path(sys.argv[1]), environ={}) as opened:
    print("applying", flush=True)
    print(lifecycle.apply(opened.store, float(sys.argv[2])), flush=True)
"""


def content(key: str) -> bytes:
    return key.encode() * (LARGE // len(key) if key.endswith("0") else 1)


def filled(s3: Any) -> dict[str, str]:
    """Versions, half of them due, some of these locked; returns the ids of those that must stay."""
    s3.create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
    expire = {
        "ID": "expire",
        "Status": "Enabled",
        "Filter": {"Prefix": "due/"},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
        "Expiration": {"Days": 1},
    }
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [expire]})
    until = datetime.datetime.fromtimestamp(time.time() + 99 * 86_400, datetime.UTC)
    stays = {}
    for number in range(OBJECTS):
        locked = number % 4 == 0
        lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until} if locked else {}
        for folder in ("due", "kept"):
            key = f"{folder}/{number}"
            made = s3.put_object(Bucket=BUCKET, Key=key, Body=content(key), **lock)
            if folder == "kept" or locked:
                stays[key] = made["VersionId"]
    return stays


def applied(data: Path, now: float, after: float | None) -> bool:
    """Apply the rules in a process of its own, that is killed after so many seconds; whether it was."""
    command = [sys.executable, "-c", APPLY, str(data), str(now)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "applying\n"
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.kill()
        return process.wait(30) == -signal.SIGKILL


@pytest.mark.slow
def test_rules_that_are_cut_off(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    rng, server = random.Random(0), Server.new(tmp_path / "data")
    server.start()
    s3 = server.client("s3")
    stays = filled(s3)
    now, killed = time.time(), 0
    days = 2
    for number in range(ROUNDS):
        # First the current versions become older ones behind markers, then those go.
        killed += applied(server.data, now + days * 86_400, rng.random() * 0.05)
        days += number % 2
        unharmed(s3, stays)
        left = orphans(server.data)
    for later in (days + 2, days + 4, days + 6):
        assert not applied(server.data, now + later * 86_400, None)
    unharmed(s3, stays)
    listed = s3.list_object_versions(Bucket=BUCKET, Prefix="due/", MaxKeys=1000)
    assert {one["VersionId"] for one in listed["Versions"]} == {
        version for key, version in stays.items() if key.startswith("due/")
    }
    assert server.kill(signal.SIGTERM) == 0
    s3.close()
    record_property(
        "figures", f"{ROUNDS} rounds, {killed} killed while rules were applied, 0 lost, {left} files left"
    )


def unharmed(s3: Any, stays: dict[str, str]) -> None:
    """What must stay is there whole, and so is whatever else is there."""
    listed = s3.list_object_versions(Bucket=BUCKET, MaxKeys=1000).get("Versions", [])
    there = {(one["Key"], one["VersionId"]) for one in listed}
    assert set(stays.items()) <= there
    for key, version in sorted(there)[:: max(1, len(there) // 40)]:
        found = s3.get_object(Bucket=BUCKET, Key=key, VersionId=version)
        assert found["Body"].read() == content(key)
