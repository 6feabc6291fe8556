"""`deputize restore`: a data directory of a backup."""

import base64
import os
import shutil
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

import click

from deputize.app import BLOBS, DATABASE, claim_directory
from deputize.blobs.copying import copy_file, lacking
from deputize.cli.backup import NAMED, copy_files, named, refuse_used
from deputize.cli.common import data_option, fail, refusing
from deputize.durable import sync
from deputize.secrets import root_key
from deputize.secrets.keyring import CHECK, Keyring
from deputize.store import copying


@click.command()
@click.argument("backup", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option(
    "--root-key",
    "key",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The installation's root.key, if it is neither in the backup nor in the environment.",
)
@data_option
def restore(backup: Path, key: Path | None, data: Path) -> None:
    """Make a new data directory of BACKUP, for `deputize serve`.

    The backup is looked at first: the database must be sound, every file there with its size, and the root
    key the right one. Then it is copied; nothing has the directory's name until all is there.

    \b
    deputize restore /backups/monday --data /srv/deputize
    deputize restore /backups/monday --root-key /safe/root.key --data /srv/deputize
    """
    with refusing(backup):
        if data.exists() and (not data.is_dir() or any(data.iterdir())):
            fail(f"{data} is not empty", "name a new directory: --data DIR", code=2)
        _verify(backup, _environment(key))
        _copy(backup, key or backup / root_key.FILE, data)
    click.echo(f"Restored into {data}.")
    if not (data / root_key.FILE).exists():
        click.echo(f"The root key is not in it: the server needs {root_key.VARIABLE} too.", err=True)


def _environment(key: Path | None) -> Mapping[str, str]:
    """Where the root key is looked for: a named file goes before the environment."""
    if key is None:
        return os.environ
    if key.stat().st_size != root_key.SIZE:
        fail(
            f"{key} is no root key, which has {root_key.SIZE} bytes",
            "name the installation's root.key",
            code=2,
        )
    return {root_key.VARIABLE: base64.b64encode(key.read_bytes()).decode()}


def _verify(backup: Path, environ: Mapping[str, str]) -> None:
    database = backup / DATABASE
    if not (backup / CHECK).exists() or not database.exists():
        fail(f"{backup} is no complete backup", "deputize backup --into completes an interrupted one", code=2)
    refuse_used(backup)
    try:
        Keyring.open(backup, environ)
    except root_key.RootKeyRefused as refused:
        fail(str(refused), f"{refused.hint}; or name the installation's key: --root-key FILE")
    copying.check_copy(database)
    lost = list(islice(lacking(copying.files_of(database), backup / BLOBS), NAMED + 1))
    if lost:
        fail(
            f"files are missing in {backup}, or have another size: {named(lost)}",
            "take another backup; if the data is still there, deputize backup --into mends this one",
        )


def _copy(backup: Path, key: Path, data: Path) -> None:
    """Beside the directory, which then takes its name."""
    partial = data.absolute().with_name(f"{data.absolute().name}.partial")
    if partial.exists():
        fail(f"{partial} is there already", "an interrupted restore leaves it: remove it", code=2)
    claim_directory(partial)
    try:
        lost = copy_files(backup / DATABASE, backup / BLOBS, partial / BLOBS)
        if lost:
            fail(f"files vanished while they were copied: {named(lost)}")
        for name in (DATABASE, CHECK):
            copy_file(backup / name, partial / name)
        if key.exists():
            copy_file(key, partial / root_key.FILE)
        sync(partial)
        partial.rename(data)
        sync(partial.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
