"""boto3's transfer manager: parts in threads, and bodies whose length nobody knows beforehand."""

import io
import os
from pathlib import Path
from typing import Any

import pytest
from boto3.s3.transfer import TransferConfig
from tests.conformance.clients.fix_clients import Site

MIB = 1024 * 1024
THREADS = TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB, max_concurrency=8)
BYTES = os.urandom(23 * MIB + 1)


class Pipe(io.RawIOBase):
    """Bytes that can be read once, from the beginning to the end."""

    def __init__(self, content: bytes) -> None:
        self._rest = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._rest.readinto(buffer)


@pytest.fixture(scope="module")
def bucket(site: Site) -> str:
    return site.bucket()


def test_parts_in_threads(site: Site, bucket: str, tmp_path: Path) -> None:
    (tmp_path / "sent").write_bytes(BYTES)
    site.s3.upload_file(str(tmp_path / "sent"), bucket, "file", Config=THREADS)
    head = site.s3.head_object(Bucket=bucket, Key="file")
    assert head["ContentLength"] == len(BYTES)
    assert head["ETag"].endswith('-5"')
    site.s3.download_file(bucket, "file", str(tmp_path / "got"), Config=THREADS)
    assert (tmp_path / "got").read_bytes() == BYTES
    assert site.s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []


def test_a_stream(site: Site, bucket: str) -> None:
    site.s3.upload_fileobj(Pipe(BYTES), bucket, "stream", Config=THREADS)
    into = io.BytesIO()
    site.s3.download_fileobj(bucket, "stream", into, Config=THREADS)
    assert into.getvalue() == BYTES


def test_an_upload_that_fails_leaves_nothing(site: Site, bucket: str) -> None:
    """The manager aborts it; parts that it sent are gone with it."""

    class Torn(Pipe):
        def readinto(self, buffer: Any) -> int:
            if self._rest.tell() > 12 * MIB:
                raise OSError("the pipe broke")
            return super().readinto(buffer)

    with pytest.raises(OSError, match="the pipe broke"):
        site.s3.upload_fileobj(Torn(BYTES), bucket, "torn", Config=THREADS)
    assert "torn" not in [key for key, _, _ in site.state(bucket)]
    assert site.s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []


def test_a_copy_in_parts(site: Site, bucket: str) -> None:
    site.s3.put_object(Bucket=bucket, Key="from ü+%", Body=BYTES)
    site.s3.copy({"Bucket": bucket, "Key": "from ü+%"}, bucket, "to", Config=THREADS)
    copied = site.s3.get_object(Bucket=bucket, Key="to")
    assert copied["ETag"].endswith('-5"')
    assert copied["Body"].read() == BYTES
