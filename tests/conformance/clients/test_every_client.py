"""Each client, as it comes, uploads, lists, downloads and deletes, and tells what it is refused."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.conformance.clients.clients import COMMANDS, Client, said
from tests.conformance.clients.fix_clients import Site, sha256
from tests.fix_world import Keys

MIB = 1024 * 1024
CLIENTS = list(COMMANDS)
KEYS = ["a b+c 100%/%2F-ünï-日本-😀.txt", "double//slash.txt", "dots/../up.txt"]
SENDS_CRC32 = ("AWS CLI", "boto3", "AWS SDK for JavaScript", "s3fs")
# Keys that a client cannot say: what it makes of them is its own doing.
LIMITS = [
    ("rclone", "double//slash.txt"),
    ("rclone", "dots/../up.txt"),
    ("obstore", "double//slash.txt"),
    ("obstore", "dots/../up.txt"),
    ("pyarrow", "double//slash.txt"),
    ("pyarrow", "dots/../up.txt"),
    ("minio-py", "dots/../up.txt"),
]

# How a client says that its signature is wrong: rclone begins with a HEAD, whose answers have no body.
WRONG = {"rclone": "status code: 403", "pyarrow": "SIGNATURE_DOES_NOT_MATCH"}


def left(name: str, key: str) -> list[str]:
    """What a client leaves where it took the only object away: pyarrow leaves its folder, an empty object."""
    folder = key.rpartition("/")[0]
    return [f"{folder}/"] if name == "pyarrow" and folder else []


def client(name: str, site: Site, tmp_path: Path, keys: Keys | None = None) -> Client:
    return Client(name, tmp_path / "home", site.url, keys or site.admin, site.authority)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of files that are named by their sizes."""
    folder = tmp_path_factory.mktemp("samples")
    for size in (0, 1, 8 * MIB, 100 * MIB):
        (folder / str(size)).write_bytes(os.urandom(size))
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("size", [0, 1, 8 * MIB, pytest.param(100 * MIB, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", CLIENTS)
def test_what_it_puts_is_what_it_gets(
    name: str, size: int, site: Site, samples: Path, tmp_path: Path
) -> None:
    sent, got, bucket = samples / str(size), tmp_path / "got", site.bucket()
    one = client(name, site, tmp_path)
    done = one.put(bucket, "a/file.bin", sent)
    assert done.returncode == 0, said(done)
    head = site.s3.head_object(Bucket=bucket, Key="a/file.bin", ChecksumMode="ENABLED")
    assert head["ContentLength"] == size
    # s3fs asks for none of an upload in parts, though it sends one with each.
    asked = name in SENDS_CRC32 and not (name == "s3fs" and size > 50 * MIB)
    assert ("ChecksumCRC32" in head) == asked
    done = one.get(bucket, "a/file.bin", got)
    assert done.returncode == 0, said(done)
    assert sha256(got) == sha256(sent)
    got.unlink()
    done = one.remove(bucket, "a/file.bin")
    assert done.returncode == 0, said(done)
    assert [key for key, _, _ in site.state(bucket)] == left(name, "a/file.bin")


@pytest.mark.parametrize(
    ("name", "key"), [(name, key) for name in CLIENTS for key in KEYS if (name, key) not in LIMITS]
)
def test_a_key_that_is_easily_broken(name: str, key: str, site: Site, samples: Path, tmp_path: Path) -> None:
    bucket, got = site.bucket(), tmp_path / "got"
    one = client(name, site, tmp_path)
    done = one.put(bucket, key, samples / "1")
    assert done.returncode == 0, said(done)
    assert [found for found, _, _ in site.state(bucket)] == [key]
    assert one.list(bucket) == [key]
    done = one.get(bucket, key, got)
    assert done.returncode == 0, said(done)
    assert sha256(got) == sha256(samples / "1")
    done = one.remove(bucket, key)
    assert done.returncode == 0, said(done)
    assert [found for found, _, _ in site.state(bucket)] == left(name, key)


@pytest.mark.parametrize(("name", "key"), LIMITS)
def test_a_key_that_the_client_cannot_say(
    name: str, key: str, site: Site, samples: Path, tmp_path: Path
) -> None:
    """It never asks the server for that key, which takes it from others."""
    bucket = site.bucket()
    client(name, site, tmp_path).put(bucket, key, samples / "1")
    asked = {request["path"] for request in site.requests()}
    path = f"/{bucket}/{quote(key)}"
    assert path not in asked
    site.s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    assert key in [found for found, _, _ in site.state(bucket)]
    assert path in {request["path"] for request in site.requests()}


@pytest.mark.parametrize("name", CLIENTS)
def test_it_moves_within_the_server(name: str, site: Site, tmp_path: Path) -> None:
    bucket = site.bucket()
    site.s3.put_object(Bucket=bucket, Key=KEYS[0], Body=b"moved", ContentType="text/x-moved")
    done = client(name, site, tmp_path).move(bucket, KEYS[0], f"to {KEYS[0]}")
    assert done.returncode == 0, said(done)
    assert [key for key, _, _ in site.state(bucket)] == [*left(name, KEYS[0]), f"to {KEYS[0]}"]
    moved = site.s3.get_object(Bucket=bucket, Key=f"to {KEYS[0]}")
    # s5cmd asks for the metadata to be replaced, and names none.
    kept = "binary/octet-stream" if name == "s5cmd" else "text/x-moved"
    assert (moved["Body"].read(), moved["ContentType"]) == (b"moved", kept)


@pytest.mark.parametrize("name", CLIENTS)
def test_over_tls(name: str, secure_site: Site, samples: Path, tmp_path: Path) -> None:
    bucket, got = secure_site.bucket(), tmp_path / "got"
    one = client(name, secure_site, tmp_path)
    for done in (one.put(bucket, KEYS[0], samples / "1"), one.get(bucket, KEYS[0], got)):
        assert done.returncode == 0, said(done)
    assert sha256(got) == sha256(samples / "1")
    assert one.list(bucket) == [KEYS[0]]


@pytest.mark.parametrize("name", CLIENTS)
def test_a_wrong_secret(name: str, site: Site, samples: Path, tmp_path: Path) -> None:
    bucket = site.bucket()
    site.s3.put_object(Bucket=bucket, Key="kept", Body=b"kept")
    before = site.state(bucket)
    forged = client(name, site, tmp_path, Keys(site.admin.id, "a" * 40))
    for key in ("new", "kept"):
        done = forged.put(bucket, key, samples / "1")
        assert done.returncode != 0
        assert WRONG.get(name, "SignatureDoesNotMatch") in said(done)
    for done in (forged.get(bucket, "kept", tmp_path / "got"), forged.remove(bucket, "kept")):
        assert done.returncode != 0, said(done)
    assert not (tmp_path / "got").exists() or not (tmp_path / "got").read_bytes()
    assert site.state(bucket) == before


@pytest.mark.parametrize("name", CLIENTS)
def test_who_may_only_read(name: str, site: Site, samples: Path, tmp_path: Path) -> None:
    bucket = site.bucket()
    site.s3.put_object(Bucket=bucket, Key="kept", Body=b"kept")
    before = site.state(bucket)
    reader = client(name, site, tmp_path, site.reader)
    assert reader.list(bucket) == ["kept"]
    done = reader.get(bucket, "kept", tmp_path / "got")
    assert done.returncode == 0, said(done)
    assert (tmp_path / "got").read_bytes() == b"kept"
    for key in ("new", "kept"):
        done = reader.put(bucket, key, samples / "1")
        assert done.returncode != 0
        assert "not authorized to perform: s3:PutObject on resource" in said(done)
    done = reader.remove(bucket, "kept")
    assert done.returncode != 0
    assert "not authorized to perform: s3:DeleteObject on resource" in said(done)
    done = reader.move(bucket, "kept", "moved")
    assert done.returncode != 0
    assert "not authorized to perform: s3:PutObject on resource" in said(done)
    assert site.state(bucket) == before
