"""A disk that fails or is full under a real server: nothing is acknowledged that is not there, and reads go
on.
"""

import contextlib
import errno
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import botocore.config
import pytest
from botocore.exceptions import ClientError
from tests.conformance.fix_multipart import begin
from tests.conformance.http_edge import wait_until
from tests.conformance.test_cli import children_of, create, serving
from tests.conformance.test_workers import stopped
from tests.faults.test_kill import orphans
from tests.fix_world import SESSION
from tests.refusals import refused

UNAVAILABLE = ("ServiceUnavailable", "The server cannot store anything right now.", 503)
LARGE = b"x" * 100_000
# In the database and in files.
SIZES = (100, 30_000, 40_000, 100_000)


def needed(program: str) -> str:
    """A program of the system; without it the test is skipped, in CI it fails."""
    found = shutil.which(program)
    if found is None:
        assert os.environ.get("CI") != "true", f"{program} is missing"
        pytest.skip(f"{program} is missing")
    return found


@contextmanager
def failing(
    process: int, calls: str, code: str, *, when: str = "1+", log: Path = Path(os.devnull)
) -> Iterator[None]:
    """These system calls of the process fail meanwhile, in every thread: those that `when` says, as strace
    has it. What it saw stands in `log`.
    """
    command = [needed("strace"), "-f", "-q", "-p", str(process), "-e", f"trace={calls}"]
    command += ["-e", f"inject={calls}:error={code}:when={when}", "-o", str(log)]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as tracer:
        try:
            wait_until(lambda: tracer.poll() is not None or traced(process))
            if tracer.poll() is not None:
                assert os.environ.get("CI") != "true", "strace may not trace"
                pytest.skip("strace may not trace here")
            yield
        finally:
            tracer.send_signal(signal.SIGINT)
            try:
                tracer.wait(5)
            except subprocess.TimeoutExpired:  # it may wait for a thread that ended meanwhile
                tracer.kill()


def traced(process: int) -> bool:
    """Whether every thread has a tracer."""
    return all(
        "TracerPid:\t0\n" not in (task / "status").read_text()
        for task in Path(f"/proc/{process}/task").iterdir()
    )


def only(process: int, processes: list[int]) -> AbstractContextManager[None]:
    """Of these, it alone takes connections meanwhile."""
    return stopped([one for one in processes if one != process])


@contextmanager
def client(url: str, key: dict[str, str]) -> Iterator[Any]:
    made = SESSION.client(
        "s3",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
        config=botocore.config.Config(retries={"total_max_attempts": 1}, read_timeout=30),
    )
    try:
        yield made
    finally:
        made.close()


def ready(url: str) -> bool:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", "/_health")
        return bool(json.load(connection.getresponse())["ready"])
    finally:
        connection.close()


def keys_of(s3: Any) -> set[str]:
    return {one["Key"] for one in s3.list_objects_v2(Bucket="disk").get("Contents", [])}


@pytest.mark.skipif(sys.platform != "linux", reason="strace")
@pytest.mark.parametrize(
    ("calls", "body"), [("fsync", LARGE), ("fdatasync", b"small")], ids=["a blob", "the database"]
)
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_failed_sync_is_not_acknowledged_and_stops_writes(
    tmp_path: Path, calls: str, body: bytes, workers: str
) -> None:
    """In every worker, until the server is started again; reads go on."""
    data = tmp_path / "data"
    admin = create(data, "Disk", "--admin", "admin")["Admin"]
    with serving(data, "--workers", workers) as (process, url, _), client(url, admin) as s3:
        s3.create_bucket(Bucket="disk")
        s3.put_object(Bucket="disk", Key="before", Body=LARGE)
        processes = children_of(process.pid) or [process.pid]
        assert ready(url)
        with only(processes[0], processes), failing(processes[0], calls, "EIO"), client(url, admin) as one:
            assert refused(one.put_object, Bucket="disk", Key="failed", Body=body) == UNAVAILABLE
        # The disk is well again, and nobody knows what it holds.
        for process_asked in processes:
            with only(process_asked, processes), client(url, admin) as one:
                for content in (b"small", LARGE):
                    assert refused(one.put_object, Bucket="disk", Key="later", Body=content) == UNAVAILABLE
                assert refused(one.delete_object, Bucket="disk", Key="before") == UNAVAILABLE
                assert one.get_object(Bucket="disk", Key="before")["Body"].read() == LARGE
                assert keys_of(one) == {"before"}
        assert not ready(url)
    with serving(data) as (_, url, _), client(url, admin) as s3:
        assert {"before"} <= keys_of(s3) <= {"before", "failed"}
        s3.put_object(Bucket="disk", Key="after", Body=LARGE)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own. Only root may mount."""
    folder.mkdir()
    done = subprocess.run(
        [needed("mount"), "-t", "tmpfs", "-o", f"size={megabytes}M", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        assert os.environ.get("CI") != "true", done.stderr
        pytest.skip(f"cannot mount: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(path: Path) -> None:
    """Until there is no room."""
    with path.open("wb", buffering=0) as file:
        for size in (64 * 1024, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError as error:
                assert error.errno == errno.ENOSPC


@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs")
def test_a_full_disk_refuses_and_recovers_without_a_new_start(tmp_path: Path) -> None:
    """Uploads, copies and parts are refused, and nothing of them is kept."""
    with small_disk(tmp_path / "disk", 8) as disk:
        data = disk / "data"
        admin = create(data, "Disk", "--admin", "admin")["Admin"]
        with serving(data) as (process, url, _), client(url, admin) as s3:
            s3.create_bucket(Bucket="disk")
            s3.put_object(Bucket="disk", Key="before", Body=LARGE)
            upload = begin(s3, "disk", "parts")
            upload.part(1, LARGE)
            fill(disk / "filler")
            for _ in range(3):
                assert refused(s3.put_object, Bucket="disk", Key="large", Body=LARGE) == UNAVAILABLE
                copy = {"Bucket": "disk", "Key": "copy", "CopySource": "disk/before"}
                assert refused(s3.copy_object, **copy) == UNAVAILABLE
                part = {**upload.names, "PartNumber": 2, "Body": LARGE}
                assert refused(s3.upload_part, **part) == UNAVAILABLE
                assert s3.get_object(Bucket="disk", Key="before")["Body"].read() == LARGE
            assert keys_of(s3) == {"before"}
            assert [one["PartNumber"] for one in s3.list_parts(**upload.names)["Parts"]] == [1]
            assert ready(url)
            assert list((data / "blobs" / "staging").iterdir()) == []
            (disk / "filler").unlink()
            s3.put_object(Bucket="disk", Key="large", Body=LARGE)
            upload.complete()
            for key in ("large", "parts"):
                assert s3.get_object(Bucket="disk", Key=key)["Body"].read() == LARGE
            assert keys_of(s3) == {"before", "large", "parts"}
            process.terminate()
            assert process.wait(20) == 0
            assert process.stderr is not None
            told = "the disk is full: uploads are refused until there is room"
            assert sum(told in line for line in process.stderr) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs")
def test_where_there_is_room_for_some_what_is_acknowledged_is_there(tmp_path: Path) -> None:
    """Until the disk is full to the last page, and in what order it may be."""
    with small_disk(tmp_path / "disk", 6) as disk:
        data = disk / "data"
        admin = create(data, "Disk", "--admin", "admin")["Admin"]
        known: dict[str, bytes] = {}
        with serving(data) as (_, url, _), client(url, admin) as s3:
            s3.create_bucket(Bucket="disk")
            stored = 0
            while stored < 1000 and len(known) == stored:
                key, body = f"k{stored}", bytes([stored % 251]) * SIZES[stored % len(SIZES)]
                stored += 1
                with contextlib.suppress(ClientError):
                    s3.put_object(Bucket="disk", Key=key, Body=body)
                    known[key] = body
            assert len(known) == stored - 1 > len(SIZES)
            assert keys_of(s3) == set(known)
        assert orphans(data) == 0
        with serving(data) as (_, url, _), client(url, admin) as s3:
            assert keys_of(s3) == set(known)
            for key, body in known.items():
                assert s3.get_object(Bucket="disk", Key=key)["Body"].read() == body
