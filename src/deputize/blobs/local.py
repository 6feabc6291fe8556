"""Blobs as files: `blobs/ab/abcd...`, written beside, synced, renamed, and the directory synced."""

import contextlib
import errno
import logging
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from deputize.blobs.api import Staged
from deputize.blobs.errors import BlobsBroken, BlobsFull, BlobsUnavailable
from deputize.latch import Latch

log = logging.getLogger("deputize.blobs")

ID_SIZE = 16
STAGING = "staging"
# What a blob's file is named; whatever else lies there is somebody else's.
BLOB_NAME = re.compile(r"[0-9a-f]{32}")
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class LocalBlobs:
    """`blobs.api.BlobStore` over a directory, made for its owner alone. A disk error closes `latch`, and
    while it is closed nothing is written. `full`: the latest upload found no room.
    """

    def __init__(self, path: Path, latch: Latch) -> None:
        self._path = path
        self._latch = latch
        self.full = False
        self._staging = path / STAGING
        # Folders that are known to survive a crash: that one is there says nothing, for whoever made it may
        # not have synced it yet.
        self._durable: set[Path] = set()
        self._staging.mkdir(mode=0o700, parents=True, exist_ok=True)

    def stage(self) -> Staged:
        if self._latch.closed:
            raise BlobsBroken("a disk error stopped all writes")
        return StagedFile(self)

    def open(self, blob: bytes) -> BinaryIO:
        return self.path_of(blob).open("rb")

    def delete(self, blob: bytes) -> None:
        self.path_of(blob).unlink(missing_ok=True)

    def older(self, before: float) -> Iterator[bytes]:
        for folder in self._path.iterdir():
            if folder.name == STAGING or not folder.is_dir():
                continue
            for entry in os.scandir(folder):
                with contextlib.suppress(FileNotFoundError):
                    if BLOB_NAME.fullmatch(entry.name) and entry.stat().st_mtime < before:
                        yield bytes.fromhex(entry.name)

    def clear_staged(self, before: float) -> None:
        for entry in os.scandir(self._staging):
            with contextlib.suppress(FileNotFoundError):
                if entry.stat().st_mtime < before:
                    Path(entry.path).unlink()

    @contextlib.contextmanager
    def writing(self, *, syncing: bool = False) -> Iterator[None]:
        """Around what writes: OSErrors become errors of `blobs.errors`. An I/O error stops all writes, and so
        does whatever a sync fails of but want of room: an fsync tried again may succeed although the data
        is lost.
        """
        try:
            yield
        except OSError as error:
            if error.errno in NO_ROOM:
                if not self.full:
                    log.warning("the disk is full: uploads are refused until there is room")
                self.full = True
                raise BlobsFull(str(error)) from error
            if not syncing and error.errno != errno.EIO:
                raise BlobsUnavailable(str(error)) from error
            self._latch.close()
            log.critical("writing stops: %s", error, exc_info=error)
            raise BlobsBroken(str(error)) from error

    def path_of(self, blob: bytes) -> Path:
        """The file of a blob."""
        return file_of(self._path, blob)

    def staged_path(self, blob: bytes) -> Path:
        """The file of a blob that is still being written."""
        return self._staging / blob.hex()

    def make_folder(self, folder: Path) -> None:
        """Make one of blobs durable, if it is not known to be."""
        if folder not in self._durable:
            with self.writing():
                folder.mkdir(mode=0o700, exist_ok=True)
            self.sync_folder(self._path)
            self._durable.add(folder)

    def sync(self, descriptor: int) -> None:
        """Make what was written durable."""
        with self.writing(syncing=True):
            os.fsync(descriptor)

    def sync_folder(self, folder: Path) -> None:
        """Make the names in a folder durable."""
        with self.writing():
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self.sync(descriptor)
        finally:
            os.close(descriptor)


def file_of(folder: Path, blob: bytes) -> Path:
    """The file of a blob among those in `folder`."""
    name = blob.hex()
    return folder / name[:2] / name


class StagedFile:
    """A blob being written to a file of its own."""

    def __init__(self, blobs: LocalBlobs) -> None:
        self._blobs = blobs
        self.id = secrets.token_bytes(ID_SIZE)
        self._staged = blobs.staged_path(self.id)
        self._final = blobs.path_of(self.id)
        with blobs.writing():
            descriptor = os.open(self._staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._file = os.fdopen(descriptor, "wb", buffering=0)

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        with self._blobs.writing():
            while view:
                view = view[self._file.write(view) :]

    def commit(self) -> bytes:
        try:
            self._blobs.sync(self._file.fileno())
            with self._blobs.writing():
                self._file.close()
            self._blobs.make_folder(self._final.parent)
            with self._blobs.writing():
                self._staged.rename(self._final)
            self._blobs.sync_folder(self._final.parent)
            self._blobs.full = False
        except BaseException:
            self.abort()
            raise
        return self.id

    def abort(self) -> None:
        with contextlib.suppress(OSError):  # what stays is nobody's, and swept
            self._file.close()
        for path in (self._staged, self._final):  # the request may end while it is committed
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
