"""The AWS CLI's transfers: folders, synchronization, moves, and links for those without keys."""

import os
import ssl
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from tests.conformance.clients.clients import Client, Done, said
from tests.conformance.clients.fix_clients import Site


@pytest.fixture(params=["site", "secure_site"])
def server(request: pytest.FixtureRequest) -> Site:
    """By HTTP and by TLS."""
    site: Site = request.getfixturevalue(request.param)
    return site


@pytest.fixture
def cli(server: Site, tmp_path: Path) -> Client:
    """In its home is the folder `album` with three files, one of them empty."""
    made = Client("AWS CLI", tmp_path / "home", server.url, server.admin, server.authority)
    for name, text in {"cat.txt": "meow", "dogs/rex & co.txt": "wuff", "dogs/empty": ""}.items():
        path = made.home / "album" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        # S3 keeps whole seconds: what is younger than that would be newer than its own upload.
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return made


def fine(done: Done) -> str:
    assert done.returncode == 0, said(done)
    return done.stdout


def names(site: Site, bucket: str) -> list[str]:
    return [key for key, _, _ in site.state(bucket)]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_goes_there_and_comes_back(cli: Client, server: Site) -> None:
    bucket = server.bucket()
    fine(cli.run("aws s3 cp --recursive album s3://{bucket}/2026", bucket=bucket))
    assert names(server, bucket) == ["2026/cat.txt", "2026/dogs/empty", "2026/dogs/rex & co.txt"]
    fine(cli.run("aws s3 cp --recursive s3://{bucket}/2026 back", bucket=bucket))
    assert files(cli.home / "back") == files(cli.home / "album")
    fine(cli.run("aws s3 rm --recursive s3://{bucket}/2026/dogs", bucket=bucket))
    assert names(server, bucket) == ["2026/cat.txt"]


def test_sync_copies_what_differs_and_deletes_when_told(cli: Client, server: Site) -> None:
    bucket = server.bucket()
    sync = "aws s3 sync album s3://{bucket} --delete"
    assert fine(cli.run(sync, bucket=bucket)).count("upload: ") == 3
    before = server.state(bucket)
    assert fine(cli.run(sync, bucket=bucket)) == ""
    assert server.state(bucket) == before
    (cli.home / "album" / "cat.txt").write_text("meow, meow")
    (cli.home / "album" / "dogs" / "empty").unlink()
    told = fine(cli.run(sync, bucket=bucket))
    assert (told.count("upload: "), told.count("delete: ")) == (1, 1)
    assert names(server, bucket) == ["cat.txt", "dogs/rex & co.txt"]
    fine(cli.run("aws s3 sync s3://{bucket} back", bucket=bucket))
    assert files(cli.home / "back") == files(cli.home / "album")


def test_mv_moves_up_across_and_down(cli: Client, server: Site) -> None:
    bucket, other = server.bucket(), server.bucket()
    fine(cli.run("aws s3 mv album/cat.txt s3://{bucket}/a+b.txt", bucket=bucket))
    assert not (cli.home / "album" / "cat.txt").exists()
    fine(cli.run("aws s3 mv s3://{bucket}/a+b.txt s3://{other}/ü/c%d.txt", bucket=bucket, other=other))
    assert (names(server, bucket), names(server, other)) == ([], ["ü/c%d.txt"])
    fine(cli.run("aws s3 mv s3://{other}/ü/c%d.txt down.txt", other=other))
    assert names(server, other) == []
    assert (cli.home / "down.txt").read_text() == "meow"


def test_a_presigned_link_needs_no_keys_and_opens_nothing_else(cli: Client, server: Site) -> None:
    bucket = server.bucket()
    fine(cli.run("aws s3 cp album s3://{bucket} --recursive", bucket=bucket))
    link = fine(cli.run("aws s3 presign s3://{bucket}/cat.txt --expires-in 600", bucket=bucket)).strip()
    trust = ssl.create_default_context(cafile=server.authority)
    with urllib.request.urlopen(link, context=trust) as answer:  # noqa: S310
        assert answer.read() == b"meow"
    for forged in (link.replace("cat.txt", "dogs/empty"), link.replace("Expires=600", "Expires=601")):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(forged, context=trust)  # noqa: S310
        assert refused.value.code == 403
        assert b"<Code>SignatureDoesNotMatch</Code>" in refused.value.read()


def test_it_trusts_the_authority_that_it_is_told_of_and_no_other(secure_site: Site, tmp_path: Path) -> None:
    site, bucket = secure_site, secure_site.bucket()
    cli = Client("AWS CLI", tmp_path / "home", site.url, site.admin)
    put = "s3api put-object --bucket {bucket} --key k"
    done = cli.run(f"aws {put}", bucket=bucket)
    assert done.returncode != 0
    assert "certificate verify failed" in said(done)
    assert site.state(bucket) == []
    fine(cli.run(f"aws --ca-bundle {{ca}} {put}", ca=site.authority, bucket=bucket))
    assert names(site, bucket) == ["k"]


def test_keys_of_its_own(secure_site: Site, tmp_path: Path) -> None:
    """A file of three parts, sealed with one key, copied to another, and fetched with that."""
    site, bucket = secure_site, secure_site.bucket()
    cli = Client("AWS CLI", tmp_path / "home", site.url, site.admin, site.authority)
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
        "BlockedEncryptionTypes": {"EncryptionType": ["NONE"]},
    }
    site.s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    content = os.urandom(20 * 1024 * 1024)
    for name, data in {"sent": content, "one": os.urandom(32), "two": os.urandom(32)}.items():
        (cli.home / name).write_bytes(data)
    seal = "--sse-c AES256 --sse-c-key fileb://{key}"
    fine(cli.run(f"aws s3 cp sent s3://{{bucket}}/k {seal}", bucket=bucket, key="one"))
    fine(cli.run(f"aws s3 cp s3://{{bucket}}/k got {seal}", bucket=bucket, key="one"))
    assert (cli.home / "got").read_bytes() == content
    opened = "--sse-c-copy-source AES256 --sse-c-copy-source-key fileb://one"
    copy = f"aws s3 cp s3://{{bucket}}/k s3://{{bucket}}/c {opened} {seal}"
    fine(cli.run(copy, bucket=bucket, key="two"))
    fine(cli.run(f"aws s3 cp s3://{{bucket}}/c copied {seal}", bucket=bucket, key="two"))
    assert (cli.home / "copied").read_bytes() == content
    wrong = cli.run(f"aws s3 cp s3://{{bucket}}/c wrong {seal}", bucket=bucket, key="one")
    assert wrong.returncode != 0
    assert "403" in said(wrong)
    assert not (cli.home / "wrong").exists()


def test_a_website(cli: Client, server: Site) -> None:
    bucket = server.bucket()
    fine(cli.run("aws s3 cp --recursive album s3://{bucket}", bucket=bucket))
    pages = "--index-document empty --error-document cat.txt"
    fine(cli.run(f"aws s3 website s3://{{bucket}} {pages}", bucket=bucket))
    found = server.s3.get_bucket_website(Bucket=bucket)
    assert (found["IndexDocument"], found["ErrorDocument"]) == ({"Suffix": "empty"}, {"Key": "cat.txt"})
