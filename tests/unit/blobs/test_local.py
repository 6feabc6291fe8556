"""Blobs as files: whole or not there, under names that are nobody's."""

import os
from pathlib import Path

import pytest

from deputize.blobs.local import LocalBlobs


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "blobs")


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


def test_a_commit_that_fails_keeps_nothing(
    blobs: LocalBlobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged = blobs.stage()
    staged.write(b"x")

    def broken(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="Input/output"):
        staged.commit()
    monkeypatch.undo()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
