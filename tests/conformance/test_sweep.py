"""What the background jobs take away, and what they leave."""

import json
import os
from pathlib import Path

import pytest
from tests.fix_world import TestAccount, World

from deputize import app
from deputize.domain import sweep

LARGE = b"x" * 100_000


@pytest.fixture
def account(world: World) -> TestAccount:
    made = world.account("Sweep")
    world.client("s3", made.admin).create_bucket(Bucket="swept")
    return made


def files(world: World) -> list[Path]:
    return [path for path in (world.data / "blobs").rglob("*") if path.is_file()]


def clean(world: World) -> None:
    app.clean(world.opened, world.clock.now, files=True)


def test_the_file_of_a_replaced_object_goes_when_no_reader_can_have_it(
    world: World, account: TestAccount
) -> None:
    s3 = world.client("s3", account.admin)
    for number in range(3):
        s3.put_object(Bucket="swept", Key="k", Body=LARGE + bytes([number]))
    clean(world)
    assert len(files(world)) == 3
    world.clock.advance(sweep.GRACE + 1)
    clean(world)
    assert len(files(world)) == 1
    assert s3.get_object(Bucket="swept", Key="k")["Body"].read() == LARGE + b"\2"
    s3.delete_object(Bucket="swept", Key="k")
    world.clock.advance(sweep.GRACE + 1)
    clean(world)
    clean(world)
    assert files(world) == []


def test_files_that_no_row_names_go(world: World, account: TestAccount) -> None:
    s3 = world.client("s3", account.admin)
    s3.put_object(Bucket="swept", Key="k", Body=LARGE)
    staged = world.opened.blobs.stage()
    staged.write(b"crashed before the row")
    orphan = staged.commit()
    unfinished = world.opened.blobs.stage()
    unfinished.write(b"crashed before the end")
    clean(world)
    assert len(files(world)) == 3
    for path in files(world):
        os.utime(path, (1000, 1000))
    clean(world)
    unfinished.abort()
    assert [path.name for path in files(world)] != [orphan.hex()]
    assert len(files(world)) == 1
    assert s3.get_object(Bucket="swept", Key="k")["Body"].read() == LARGE


def test_audit_records_are_kept_for_ninety_days(world: World, account: TestAccount) -> None:
    iam = world.client("iam", account.admin)
    iam.create_group(GroupName="old")
    world.clock.advance(90 * 86400)
    iam.create_group(GroupName="new")
    clean(world)
    with world.opened.store.snapshot() as db:
        kept = json.dumps([event.record for event in db.events.page(account.id)])
    assert '"new"' in kept
    world.clock.advance(1)
    clean(world)
    with world.opened.store.snapshot() as db:
        kept = json.dumps([event.record for event in db.events.page(account.id)])
    assert '"old"' not in kept
    assert '"new"' in kept
