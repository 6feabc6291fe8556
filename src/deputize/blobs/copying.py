"""Files from one directory to another: whole, synced and open to their owner alone, or not there."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from deputize.blobs.local import file_of
from deputize.blobs.vault import kept_size
from deputize.durable import sync
from deputize.model.storage import Blob

# Bytes that are copied at once.
PIECE = 1024 * 1024


def copy_file(source: Path, target: Path) -> None:
    """The name is durable once the directory is synced. Raises OSError."""
    beside = target.with_name(target.name + ".new")
    with source.open("rb") as read:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as written:
            shutil.copyfileobj(read, written, PIECE)
            written.flush()
            os.fsync(written.fileno())
    beside.rename(target)


def lacking(blobs: Iterable[Blob], folder: Path) -> Iterator[Blob]:
    """Those whose file is missing, or has another size than it should."""
    return (blob for blob in blobs if not _is_there(folder, blob))


def copy_blobs(
    blobs: Iterable[Blob], source: Path, target: Path, advance: Callable[[int], None]
) -> Iterator[Blob]:
    """Copy those files that are not in `target` yet; `advance` is told their sizes. Yields the blobs whose
    file in `source` is missing or has another size. Raises OSError.
    """
    folders = {target}
    for blob in blobs:
        made = file_of(target, blob.id)
        if not _is_there(target, blob):
            folders.add(made.parent)
            made.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                copy_file(file_of(source, blob.id), made)
            except FileNotFoundError:
                yield blob
            else:
                if not _is_there(target, blob):
                    made.unlink()
                    yield blob
        advance(kept_size(blob.size, blob.format))
    for folder in folders:
        sync(folder)


def _is_there(folder: Path, blob: Blob) -> bool:
    try:
        size = file_of(folder, blob.id).stat().st_size
    except FileNotFoundError:
        return False
    return size == kept_size(blob.size, blob.format)
