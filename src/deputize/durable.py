"""What is written is durable only once it is synced, and its name once its directory is (fsync(2))."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Make a file's bytes, or a directory's names, durable. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
