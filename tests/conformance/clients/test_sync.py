"""A folder of a thousand files, synchronized twice: the second time nothing is copied."""

from pathlib import Path

import pytest
from tests.conformance.clients.clients import Client, said
from tests.conformance.clients.fix_clients import Site

pytestmark = pytest.mark.slow
FILES = 1000
# What is typed, and what each says when there is nothing to do.
SYNC = {
    "rclone": ("rclone sync -v --stats-one-line {folder} deputize:{bucket}", "There was nothing to transfer"),
    "s3cmd": ("s3cmd sync --stats {folder}/ s3://{bucket}/", "Done. Uploaded 0 bytes"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("thousand")
    for number in range(FILES):
        below = made / f"{number % 10}"
        below.mkdir(exist_ok=True)
        (below / f"{number}.txt").write_text(f"number {number}\n")
    return made


@pytest.mark.parametrize("name", list(SYNC))
def test_the_second_time_copies_nothing(name: str, site: Site, folder: Path, tmp_path: Path) -> None:
    command, idle = SYNC[name]
    bucket = site.bucket()
    client = Client(name, tmp_path / "home", site.url, site.admin)
    done = client.run(command, folder=folder, bucket=bucket)
    assert done.returncode == 0, said(done)
    assert idle not in said(done)
    before = site.state(bucket)
    assert len(before) == FILES
    asked = len(site.requests())
    done = client.run(command, folder=folder, bucket=bucket)
    assert done.returncode == 0, said(done)
    assert idle in said(done), said(done)
    assert {line["method"] for line in site.requests()[asked:]} <= {"GET", "HEAD"}
    assert site.state(bucket) == before
