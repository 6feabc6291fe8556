"""docs/clients.md: the commands of each section run in a shell, with the files that it shows."""

from pathlib import Path

import pytest
from tests.conformance.clients import guide
from tests.conformance.clients.clients import COMMANDS, HERE, Client, said
from tests.conformance.clients.fix_clients import Site

CAT = b"meow" * 1000


def test_it_has_a_section_of_each_client_and_of_no_other() -> None:
    assert list(guide.sections()) == list(COMMANDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_its_examples(name: str, site: Site, tmp_path: Path) -> None:
    section = guide.sections()[name]
    client = Client(name, tmp_path / "home", site.url, site.admin)
    (client.home / "cat.jpg").write_bytes(CAT)
    (client.home / "node_modules").symlink_to(HERE / "js" / "node_modules")
    site.s3.create_bucket(Bucket="photos")
    done = client.shell("\n".join(guide.commands(section)))
    assert done.returncode == 0, said(done)
    put = [line for line in site.requests() if line["method"] == "PUT" and "cat.jpg" in line["path"]]
    assert put
    assert {line["status"] for line in put} == {200}
    for copy in client.home.glob("copy/**/cat.jpg"):
        assert copy.read_bytes() == CAT
    for key, _, _ in site.state("photos"):
        site.s3.delete_object(Bucket="photos", Key=key)
    site.s3.delete_bucket(Bucket="photos")
