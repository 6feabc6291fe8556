"""Blobs as files: whole or not there, under names that are nobody's."""

import errno
import itertools
import os
from pathlib import Path

import pytest

from deputize.blobs.errors import BlobsBroken, BlobsFull, BlobsUnavailable
from deputize.blobs.local import LocalBlobs
from deputize.latch import Latch


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "blobs", Latch())


def written(blobs: LocalBlobs, *pieces: bytes) -> bytes:
    staged = blobs.stage()
    for piece in pieces:
        staged.write(piece)
    return staged.commit()


def test_what_is_committed_is_there_whole(blobs: LocalBlobs) -> None:
    blob = written(blobs, b"hello ", b"", b"world" * 10_000)
    with blobs.open(blob) as file:
        assert file.read() == b"hello " + b"world" * 10_000
    assert len(blob) == 16
    assert blob != written(blobs, b"hello")


def test_nothing_is_there_before(blobs: LocalBlobs, tmp_path: Path) -> None:
    staged = blobs.stage()
    staged.write(b"x")
    assert list(blobs.older(float("inf"))) == []
    staged.abort()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_files_are_their_owners_alone(blobs: LocalBlobs) -> None:
    path = blobs.path_of(written(blobs, b"x"))
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_reader_finishes_what_is_deleted_meanwhile(blobs: LocalBlobs) -> None:
    blob = written(blobs, b"x")
    with blobs.open(blob) as file:
        blobs.delete(blob)
        blobs.delete(blob)
        assert file.read() == b"x"
    with pytest.raises(FileNotFoundError):
        blobs.open(blob)


def test_old_ones_are_found(blobs: LocalBlobs) -> None:
    old, new = written(blobs, b"1"), written(blobs, b"2")
    os.utime(blobs.path_of(old), (1000, 1000))
    assert list(blobs.older(2000)) == [old]
    assert set(blobs.older(float("inf"))) == {old, new}


def test_what_a_crash_left_is_cleared(blobs: LocalBlobs, tmp_path: Path) -> None:
    staged = blobs.stage()
    staged.write(b"x")
    blobs.clear_staged(0)
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
    blobs.clear_staged(float("inf"))
    staged.abort()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def fail(monkeypatch: pytest.MonkeyPatch, code: int, *, at: int = 1) -> None:
    """From its call `at` on, fsync fails with `code`."""
    calls = itertools.count(1)
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if next(calls) >= at:
            raise OSError(code, os.strerror(code))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_failed_fsync_keeps_nothing_and_stops_writes_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Of the file, of the folder that its folder is made in, of its folder."""
    latch = Latch()
    blobs = LocalBlobs(tmp_path / "blobs", latch)
    staged = blobs.stage()
    staged.write(b"x")
    fail(monkeypatch, errno.EIO, at=at)
    with pytest.raises(BlobsBroken):
        staged.commit()
    assert files_in(tmp_path) == []
    assert latch.closed
    monkeypatch.undo()
    with pytest.raises(BlobsBroken):
        blobs.stage()


def test_a_folder_that_another_process_has_just_made_is_synced(
    blobs: LocalBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there, and may be gone after a crash: whoever made it has not come so far yet."""
    staged = blobs.stage()
    folder = blobs.path_of(staged.id).parent
    folder.mkdir()
    synced: list[str] = []
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
    )
    staged.commit()
    assert synced[1:] == [str(folder.parent), str(folder)]
    another = blobs.stage()
    monkeypatch.setattr(another, "_final", folder / another.id.hex())
    another.commit()
    assert synced[4:] == [str(folder)]


@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_keeps_nothing_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, at: int
) -> None:
    latch = Latch()
    blobs = LocalBlobs(tmp_path / "blobs", latch)
    staged = blobs.stage()
    fail(monkeypatch, code, at=at)
    with pytest.raises(BlobsFull):
        staged.commit()
    assert files_in(tmp_path) == []
    monkeypatch.undo()
    assert not latch.closed
    assert blobs.full
    assert written(blobs, b"y")
    assert not blobs.full


def test_what_is_no_fault_of_the_disks_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    latch = Latch()
    blobs = LocalBlobs(tmp_path / "blobs", latch)

    def exhausted(*_: object) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(os, "open", exhausted)
    with pytest.raises(BlobsUnavailable) as caught:
        blobs.stage()
    assert type(caught.value) is BlobsUnavailable
    assert not latch.closed
