"""Uploading by a browser: several files, by dropping too, large ones in parts, with a pause in between."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.conformance.fix_tutorial import PRODUCTION
from tests.console.fix_console import Person, Stage
from tests.console.test_buckets import BUCKET

MIB = 2**20
LARGE = bytes(range(256)) * (20 * MIB // 256)
# What drops a file on the page, as the browser does when somebody drags one there.
DROP = """() => {
  const data = new DataTransfer();
  data.items.add(new File(["dropped"], "dropped.txt", { type: "text/plain" }));
  const tell = (target, kind) => target.dispatchEvent(
    new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  tell(document.body, "dragenter");
  tell(document.body, "dragover");
  window.dropNow = () => {
    const words = [...document.querySelectorAll("div")].filter(one => one.textContent === "Drop files here");
    tell(words.at(-1), "drop");
  };
}"""


@pytest.fixture
def s3(stage: Stage) -> Any:
    made: Any = stage.world.client("s3", stage.keys[PRODUCTION])
    made.create_bucket(Bucket=BUCKET)
    return made


def choose(person: Person, folder: Path, **files: bytes) -> None:
    """Upload files by the dialog, by name without its end."""
    paths = [folder / f"{name}.bin" for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_bytes(content)
    person.button("Upload")
    person.page.locator("input[type=file]").set_input_files(paths)
    person.button("Upload", person.dialog())


def stored(s3: Any, key: str) -> bytes:
    content: bytes = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
    return content


def test_several_files_and_one_that_is_dropped(stage: Stage, s3: Any, tmp_path: Path) -> None:
    person = stage.admin(f"/s3/{BUCKET}?prefix=in%2F")
    person.sees("No objects here.")
    choose(person, tmp_path, one=b"1", empty=b"", large=LARGE)
    person.sees("large.bin")
    expect(person.page.get_by_role("row")).to_have_count(4)
    assert (stored(s3, "in/one.bin"), stored(s3, "in/empty.bin"), stored(s3, "in/large.bin")) == (
        b"1",
        b"",
        LARGE,
    )
    person.page.evaluate(DROP)
    person.sees("Drop files here")
    person.page.evaluate("dropNow()")
    person.button("Upload", person.dialog())
    expect(person.page.get_by_role("row")).to_have_count(5)
    assert stored(s3, "in/dropped.txt") == b"dropped"


def test_an_upload_pauses_goes_on_and_is_given_up(stage: Stage, s3: Any, tmp_path: Path) -> None:
    person = stage.admin(f"/s3/{BUCKET}")
    person.hold("partNumber=3")
    choose(person, tmp_path, large=LARGE)
    person.page.get_by_text("80%", exact=True).wait_for()
    person.button("Pause large.bin")
    person.sees("Paused")
    assert s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]
    person.release()
    sent: list[str] = []
    person.page.on("request", lambda request: sent.append(request.url))
    person.button("Resume large.bin")
    expect(person.page.get_by_role("link", name="large.bin")).to_be_visible()
    assert stored(s3, "large.bin") == LARGE
    # What was there already was not sent again.
    assert [url for url in sent if "partNumber=1" in url or "partNumber=2" in url] == []
    person.hold("partNumber=3")
    choose(person, tmp_path, other=LARGE)
    person.page.get_by_text("80%", exact=True).wait_for()
    person.button("Cancel other.bin")
    person.sees("Cancelled")
    person.button("Done", person.dialog())
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=BUCKET)
    assert [found["Key"] for found in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == ["large.bin"]


def test_a_part_that_is_refused_stops_the_upload_and_may_be_sent_again(
    stage: Stage, s3: Any, tmp_path: Path
) -> None:
    person = stage.admin(f"/s3/{BUCKET}")
    policy = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*",
    }
    person.hold("partNumber=3")
    choose(person, tmp_path, large=LARGE)
    person.page.get_by_text("80%", exact=True).wait_for()
    person.button("Pause large.bin")
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": policy}))
    person.release()
    with person.refused():
        person.button("Resume large.bin")
        person.sees("an explicit deny in a resource-based policy")
    s3.delete_bucket_policy(Bucket=BUCKET)
    person.button("Resume large.bin")
    expect(person.page.get_by_role("link", name="large.bin")).to_be_visible()
    assert stored(s3, "large.bin") == LARGE


def test_a_refused_upload_says_why(stage: Stage, s3: Any, tmp_path: Path) -> None:
    person = stage.somebody("s3:ListBucket")
    with person.refused():
        person.go(f"/s3/{BUCKET}")
        choose(person, tmp_path, one=b"1")
        person.sees("no identity-based policy allows the s3:PutObject action")
        person.sees("Failed")
        person.button("Cancel one.bin")
        person.sees("Cancelled")
