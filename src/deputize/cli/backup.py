"""`deputize backup`: a copy of the data directory, while a server may be running."""

import os
from contextlib import closing
from itertools import islice
from pathlib import Path

import click

from deputize.app import BLOBS, DATABASE, claim_directory
from deputize.blobs.copying import copy_blobs, copy_file
from deputize.blobs.vault import kept_size
from deputize.cli.common import existing_data_option, fail, progress, refusing, require_installation
from deputize.durable import sync
from deputize.model.storage import Blob
from deputize.secrets import root_key
from deputize.secrets.keyring import CHECK
from deputize.store import copying
from deputize.store.lock import JobLock

LOCK = "backup-lock"
# So many files are named when some are missing.
NAMED = 5


@click.command()
@click.argument("target", type=click.Path(path_type=Path, file_okay=False))
@click.option("--into", is_flag=True, help="TARGET is an earlier backup of this data: copy only what is new.")
@click.option(
    "--with-root-key",
    is_flag=True,
    help="Put the root key beside the data. Whoever has such a backup can read all of it.",
)
@existing_data_option
def backup(target: Path, into: bool, with_root_key: bool, data: Path) -> None:
    """Copy everything into the directory TARGET, as it is at one moment.

    A server may be running, and clients may write. `deputize restore` makes a data directory of the copy.

    \b
    deputize backup /backups/monday
    deputize backup /backups/monday --into      again, what is new
    """
    require_installation(data)
    with refusing(target):
        _claim(target, data, into)
        with closing(JobLock(target / LOCK)) as lock:
            if not lock.take():
                fail(f"another backup is being made in {target}", "wait until it has ended")
            copy_file(data / CHECK, target / CHECK)
            if with_root_key:
                _copy_root_key(data, target)
            _copy_data(data, target)
    click.echo(f"Backed up into {target}.")
    if not (target / root_key.FILE).exists():
        click.echo(
            "The root key is not in it, and without it nobody can restore it: keep "
            f"{data / root_key.FILE}, or {root_key.VARIABLE}, in another place.",
            err=True,
        )


def _claim(target: Path, data: Path, into: bool) -> None:
    """The directory to write to; what is there and no backup of this data is left alone."""
    if target.resolve().is_relative_to(data.resolve()):
        fail(f"{target} is in the data directory", "name a directory outside of it", code=2)
    if into:
        check = target / CHECK
        if not check.exists() or check.read_bytes() != (data / CHECK).read_bytes():
            fail(
                f"{target} is no backup of {data}", "leave out --into to make one in a new directory", code=2
            )
        refuse_used(target)
    elif target.exists() and any(target.iterdir()):
        fail(f"{target} is not empty", "name a new directory, or add to a backup: --into", code=2)
    claim_directory(target)
    sync(target.resolve().parent)


def refuse_used(folder: Path) -> None:
    """End the command if a server has written to the backup: its database is not alone any more."""
    log = folder / f"{DATABASE}-wal"
    if log.exists() and log.stat().st_size:
        fail(
            f"a server has run on {folder}, so it is no backup any more", "take a new one of the data", code=2
        )


def _copy_root_key(data: Path, target: Path) -> None:
    if not (data / root_key.FILE).exists():
        fail(f"the root key is not in {data}", f"it is what {root_key.VARIABLE} holds; keep that", code=2)
    copy_file(data / root_key.FILE, target / root_key.FILE)


def _copy_data(data: Path, target: Path) -> None:
    """The database first, then the files that it names. The sweep of a running server leaves files that are
    replaced meanwhile for an hour; if some are gone after all, the database is copied once more: then they
    are named no more, and most files are there already. A file that is missing twice is really missing.

    The copy of the database gets its name last, so an earlier backup stands until this one is complete.
    """
    draft, missing = target / f"{DATABASE}.new", set[bytes]()
    while True:
        _copy_database(data / DATABASE, draft)
        lost = copy_files(draft, data / BLOBS, target / BLOBS)
        if not lost:
            break
        if missing & {blob.id for blob in lost}:
            fail(
                f"files are missing in {data}, or have another size: {named(lost)}",
                "deputize scrub says whose they are; delete or restore those objects, and begin again",
            )
        missing = {blob.id for blob in lost}
    draft.rename(target / DATABASE)
    sync(target)
    _prune(target)


def _copy_database(source: Path, draft: Path) -> None:
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    with progress("Copying the database", 0) as bar:

        def advance(remaining: int, pages: int) -> None:
            bar.length = pages
            bar.update(pages - remaining - bar.pos)

        copying.copy(source, draft, advance)
    copying.check_copy(draft)
    sync(draft)


def copy_files(database: Path, source: Path, target: Path) -> list[Blob]:
    """Copy those that the database names and `target` has not; returns those that could not be copied."""
    target.mkdir(mode=0o700, exist_ok=True)
    volume = sum(kept_size(blob.size, blob.format) for blob in copying.files_of(database))
    with progress("Copying files", volume) as bar:
        return list(copy_blobs(copying.files_of(database), source, target, bar.update))


def named(blobs: list[Blob]) -> str:
    """The first of them, for an error."""
    more = f" and {len(blobs) - NAMED} more" if len(blobs) > NAMED else ""
    return ", ".join(blob.id.hex() for blob in islice(blobs, NAMED)) + more


def _prune(target: Path) -> None:
    """Remove what an earlier backup, or an interrupted one, has left."""
    for folder in (target / BLOBS).glob("[0-9a-f][0-9a-f]"):
        kept = {blob.id.hex() for blob in copying.files_of(target / DATABASE, bytes.fromhex(folder.name))}
        for file in folder.iterdir():
            if file.name not in kept:
                file.unlink()
