"""Objects by clicks: versions, metadata, tags, locks, links, copies, and why one may not."""

import datetime
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.conformance.fix_tutorial import PRODUCTION
from tests.console.fix_console import Person, Stage
from tests.console.test_buckets import BUCKET

PAGE = f"/s3/{BUCKET}/object?key=notes%2Fplan.txt"
KEY = "notes/plan.txt"


@pytest.fixture
def s3(stage: Stage) -> Any:
    """A bucket with Object Lock, so with versions, and an object of two versions."""
    made: Any = stage.world.client("s3", stage.keys[PRODUCTION])
    made.create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
    for body in (b"first", b"second"):
        made.put_object(Bucket=BUCKET, Key=KEY, Body=body, ContentType="text/plain", Metadata={"by": "Ann"})
    return made


def act(person: Person, item: str) -> None:
    """Choose from the menu of actions."""
    person.button("Actions")
    person.page.get_by_role("menuitem", name=item).click()


def test_versions_are_listed_restored_and_deleted(stage: Stage, s3: Any) -> None:
    person = stage.admin(f"/s3/{BUCKET}?prefix=notes%2F")
    person.link("plan.txt")
    person.button("Preview")
    person.sees("second")
    person.tab("Versions")
    expect(person.page.get_by_role("row")).to_have_count(3)
    person.page.get_by_role("row").nth(2).locator("input").check()
    person.button("Restore")
    expect(person.page.get_by_role("row")).to_have_count(4)
    assert s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read() == b"first"
    act(person, "Delete")
    person.button("Delete", person.dialog())
    person.sees("No objects here.")
    person.page.get_by_label("Show versions").click()
    person.sees("Delete marker")
    person.page.get_by_role("row").nth(1).locator("input").check()
    act(person, "Delete")
    person.sees("These versions are deleted for good")
    person.button("Delete", person.dialog())
    expect(person.page.get_by_text("Delete marker")).to_have_count(0)
    assert s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read() == b"first"


def test_metadata_tags_and_locks(stage: Stage, s3: Any) -> None:
    person = stage.admin(PAGE)
    person.sees("x-amz-meta-by")
    person.button("Edit", person.panel("Metadata"))
    person.fill("Cache-Control", "no-store")
    person.button("Save", person.dialog())
    person.sees("no-store")
    head = s3.head_object(Bucket=BUCKET, Key=KEY)
    assert (head["CacheControl"], head["Metadata"]) == ("no-store", {"by": "Ann"})
    assert head["ContentType"] == "text/plain"
    person.button("Add", person.panel("Tags"))
    person.page.get_by_role("textbox", name="Key").fill("kind")
    person.save("Tags")
    assert s3.get_object_tagging(Bucket=BUCKET, Key=KEY)["TagSet"] == [{"Key": "kind", "Value": ""}]
    person.button("Place legal hold")
    person.button("Edit retention")
    person.page.get_by_label("Governance").check()
    person.page.get_by_placeholder("YYYY/MM/DD").fill("2099/01/31")
    person.button("Save", person.dialog())
    person.sees("Jan 31, 2099")
    assert s3.get_object_legal_hold(Bucket=BUCKET, Key=KEY)["LegalHold"]["Status"] == "ON"
    person.button("Edit retention")
    person.page.get_by_label("None").check()
    with person.refused():
        person.button("Save", person.dialog())
        person.sees("Access Denied")
    person.page.get_by_label("Bypass governance").check()
    person.button("Save", person.dialog())
    expect(person.panel("Object Lock")).not_to_contain_text("2099")


def test_a_link_a_copy_and_another_name(stage: Stage, s3: Any) -> None:
    person = stage.admin(PAGE)
    person.sees("x-amz-meta-by")
    act(person, "Share link")
    person.button("Make link")
    link = person.dialog().get_by_text("X-Amz-Signature").inner_text()
    shared = stage.person()
    shared.page.goto(link)
    shared.sees("second")
    person.button("Cancel", person.dialog())
    act(person, "Copy")
    person.fill("To key", "a copy.txt")
    person.button("Copy", person.dialog())
    person.heading("a copy.txt")
    act(person, "Rename or move")
    person.fill("To key", "notes/ä & b.txt")
    person.button("Rename or move", person.dialog())
    person.heading("ä & b.txt")
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert keys == [KEY, "notes/ä & b.txt"]
    act(person, "Copy")
    person.fill("To bucket", "nowhere")
    with person.refused():
        person.button("Copy", person.dialog())
        person.sees("The specified bucket does not exist")


def test_what_is_written_while_an_object_is_moved_stays(stage: Stage, s3: Any) -> None:
    person = stage.admin(PAGE)
    act(person, "Rename or move")
    person.fill("To key", "moved.txt")
    person.hold("x-id=DeleteObject")
    with person.page.expect_response(lambda answer: "x-id=CopyObject" in answer.url):
        person.button("Rename or move", person.dialog())
    s3.put_object(Bucket=BUCKET, Key=KEY, Body=b"third")
    with person.refused():
        person.release()
        person.sees("At least one of the pre-conditions you specified did not hold")
    assert s3.get_object(Bucket=BUCKET, Key=KEY)["Body"].read() == b"third"
    assert s3.get_object(Bucket=BUCKET, Key="moved.txt")["Body"].read() == b"second"


def test_an_object_page_says_what_one_may_not_do(stage: Stage, s3: Any) -> None:
    person = stage.somebody("s3:ListBucket")
    with person.refused():
        person.go(PAGE)
        person.sees("no identity-based policy allows the s3:GetObject action")
        person.go(f"/s3/{BUCKET}?prefix=notes%2F")
        person.choose("plan.txt")
        act(person, "Delete")
        person.button("Delete", person.dialog())
        person.sees("no identity-based policy allows the s3:DeleteObject action")
        person.button("Cancel", person.dialog())
        person.page.get_by_label("Show versions").click()
        person.sees("no identity-based policy allows the s3:ListBucketVersions action")
        person.page.get_by_label("Show versions").click()
        person.sees("plan.txt")


def test_a_delete_that_is_refused_says_why_and_may_be_tried_again(stage: Stage, s3: Any) -> None:
    person = stage.somebody("s3:ListBucket", "s3:GetObject")
    why = "no identity-based policy allows the s3:DeleteObject action"
    with person.refused():
        person.go(PAGE)
        person.sees("x-amz-meta-by")
        act(person, "Delete")
        person.button("Delete", person.dialog())
        expect(person.dialog().get_by_text(why).first).to_be_visible()
        person.go(f"/s3/{BUCKET}?prefix=notes%2F")
        person.choose("plan.txt")
        act(person, "Delete")
        for _ in range(2):
            person.button("Delete", person.dialog())
            expect(person.dialog().get_by_text(why).first).to_be_visible()
            expect(person.dialog().get_by_text(KEY, exact=True)).to_be_visible()


def test_another_mode_leaves_the_moment_until_which_a_version_is_kept(stage: Stage, s3: Any) -> None:
    until = datetime.datetime(2099, 1, 31, 12, 30, tzinfo=datetime.UTC)
    s3.put_object_retention(
        Bucket=BUCKET, Key=KEY, Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until}
    )
    person = stage.admin(PAGE)
    person.button("Edit retention")
    person.page.get_by_label("Compliance").check()
    person.button("Save", person.dialog())
    expect(person.panel("Object Lock")).to_contain_text("Compliance")
    retention = s3.get_object_retention(Bucket=BUCKET, Key=KEY)["Retention"]
    assert retention == {"Mode": "COMPLIANCE", "RetainUntilDate": until}


def test_metadata_that_the_dialog_does_not_show_stay(stage: Stage, s3: Any) -> None:
    expires = datetime.datetime(2099, 1, 31, 12, 30, tzinfo=datetime.UTC)
    s3.put_object(
        Bucket=BUCKET,
        Key=KEY,
        Expires=expires,
        WebsiteRedirectLocation="/else",
        ContentEncoding="gzip",
    )
    person = stage.admin(PAGE)
    person.button("Edit", person.panel("Metadata"))
    person.fill("Cache-Control", "no-store")
    person.button("Save", person.dialog())
    person.sees("no-store")
    head = s3.head_object(Bucket=BUCKET, Key=KEY)
    assert (head["CacheControl"], head["ContentEncoding"]) == ("no-store", "gzip")
    assert (head.get("Expires"), head.get("WebsiteRedirectLocation")) == (expires, "/else")
