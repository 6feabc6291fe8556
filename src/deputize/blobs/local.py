"""Blobs as files: `blobs/ab/abcd...`, written beside, synced, renamed, and the directory synced."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from deputize.blobs.api import Staged

ID_SIZE = 16
STAGING = "staging"


class LocalBlobs:
    """`blobs.api.BlobStore` over a directory, made for its owner alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._staging = path / STAGING
        self._staging.mkdir(mode=0o700, parents=True, exist_ok=True)

    def stage(self) -> Staged:
        return StagedFile(self)

    def open(self, blob: bytes) -> BinaryIO:
        return self.path_of(blob).open("rb")

    def delete(self, blob: bytes) -> None:
        self.path_of(blob).unlink(missing_ok=True)

    def older(self, before: float) -> Iterator[bytes]:
        for folder in self._path.iterdir():
            if folder.name == STAGING:
                continue
            for entry in os.scandir(folder):
                with contextlib.suppress(FileNotFoundError):
                    if entry.stat().st_mtime < before:
                        yield bytes.fromhex(entry.name)

    def clear_staged(self, before: float) -> None:
        for entry in os.scandir(self._staging):
            with contextlib.suppress(FileNotFoundError):
                if entry.stat().st_mtime < before:
                    Path(entry.path).unlink()

    def path_of(self, blob: bytes) -> Path:
        """The file of a blob."""
        name = blob.hex()
        return self._path / name[:2] / name

    def staged_path(self, blob: bytes) -> Path:
        """The file of a blob that is still being written."""
        return self._staging / blob.hex()


class StagedFile:
    """A blob being written to a file of its own."""

    def __init__(self, blobs: LocalBlobs) -> None:
        self._id = secrets.token_bytes(ID_SIZE)
        self._staged = blobs.staged_path(self._id)
        self._final = blobs.path_of(self._id)
        descriptor = os.open(self._staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._file = os.fdopen(descriptor, "wb", buffering=0)

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]

    def commit(self) -> bytes:
        try:
            os.fsync(self._file.fileno())
            self._file.close()
            folder = self._final.parent
            if not folder.exists():
                folder.mkdir(mode=0o700, exist_ok=True)
                _sync(folder.parent)
            self._staged.rename(self._final)
            _sync(folder)
        except BaseException:
            self.abort()
            raise
        return self._id

    def abort(self) -> None:
        self._file.close()
        self._staged.unlink(missing_ok=True)


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
