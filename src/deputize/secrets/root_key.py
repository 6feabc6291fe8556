"""The root key, from which all other keys are derived: a file of its owner's in the data directory, or the
environment.
"""

import base64
import binascii
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from deputize.durable import sync

FILE = "root.key"
VARIABLE = "DEPUTIZE_ROOT_KEY"
SIZE = 32


class RootKeyRefused(Exception):
    """There is no root key that could be used: what is wrong, and in `hint` what to do. Nothing was
    changed.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def load(data: Path, environ: Mapping[str, str], *, fresh: bool) -> bytes:
    """The root key's bytes; a new key is made only where the data directory is `fresh`.

    The environment's (base64 of 32 bytes) goes before the file. Raises RootKeyRefused.
    """
    given = environ.get(VARIABLE)
    if given is not None:
        return _decoded(given)
    path = data / FILE
    try:
        return _read(path)
    except FileNotFoundError:
        if not fresh:
            raise RootKeyRefused(
                f"{path} is missing, and the data cannot be read without it",
                f"restore the file, or give its key in {VARIABLE} (base64)",
            ) from None
    key = secrets.token_bytes(SIZE)
    _write(path, key)
    return key


def _decoded(text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != SIZE:
        raise RootKeyRefused(
            f"{VARIABLE} is not the base64 of {SIZE} bytes", "make one: head -c 32 /dev/urandom | base64"
        )
    return key


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o077:
            raise RootKeyRefused(f"{path} is open to other users", f"chmod 600 {path}")
        key = file.read(SIZE + 1)
    if len(key) != SIZE:
        raise RootKeyRefused(f"{path} is damaged: it holds {SIZE} bytes", "restore it from a backup")
    return key


def _write(path: Path, key: bytes) -> None:
    """Durable before anything is sealed with it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    sync(path.parent)
