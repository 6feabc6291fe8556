"""`deputize scrub`: everything that is stored, verified while a server may be running."""

import dataclasses
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import click

from deputize.app import DATABASE, Opened
from deputize.cli.common import existing_data_option, opened, progress, require_installation
from deputize.domain import scrub as scrubbing
from deputize.domain.integrity import Verifier
from deputize.domain.scrub import Seen
from deputize.store.copying import quick_check


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each finding, and a sum.")
@existing_data_option
def scrub(as_json: bool, data: Path) -> None:
    """Verify every stored byte, and name what is wrong.

    The database is checked; each version of an object and each part of an upload must be there, have its
    size, open, and have the ETag and the checksums it was stored with. What is sealed with a client's own key
    opens with that alone: its bytes are read and counted. Files that nothing names are named too, once they
    are an hour old; a server removes them within a day.

    A server may be running. Nothing is changed. The exit code is 1 if anything is wrong.
    """
    require_installation(data)
    with opened(data) as installation:
        damage = quick_check(data / DATABASE)
        if damage:  # what its rows say is worth nothing
            found = [Seen(problem=f"the database is damaged: {one}", file=DATABASE) for one in damage]
            sums = _tell(found, as_json)
        else:
            sums = _verify(installation, as_json)
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(sums)))
    else:
        click.echo(
            f"Looked at {sums.looked} versions and parts of uploads: {sums.problems or 'no'} "
            f"problem{'' if sums.problems == 1 else 's'}."
        )
        if sums.closed:
            click.echo(f"{sums.closed} of them open with keys of clients' own alone: they were counted only.")
    sys.exit(1 if sums.problems else 0)


@dataclasses.dataclass(slots=True)
class Sums:
    """How much was looked at, what is wrong of it, and what only clients could open."""

    looked: int = 0
    problems: int = 0
    closed: int = 0


def _verify(installation: Opened, as_json: bool) -> Sums:
    """Show how far it is on stderr."""
    with installation.store.snapshot() as db:
        volume = db.objects.volume()
    with progress("Verifying", volume) as bar:
        verifier = Verifier(installation.store, installation.installation.vault, bar.update)
        return _tell(scrubbing.scrub(verifier, time.time()), as_json)


def _tell(found: Iterable[Seen], as_json: bool) -> Sums:
    """Print what is wrong as it comes."""
    sums = Sums()
    for seen in found:
        sums.looked += bool(seen.key)
        sums.closed += seen.closed
        if seen.problem is None:
            continue
        sums.problems += 1
        if sys.stderr.isatty():
            click.echo("\r\033[K", nl=False, err=True)  # the progress bar's line
        click.echo(json.dumps(_json(seen)) if as_json else _text(seen))
    return sums


def _json(seen: Seen) -> dict[str, object]:
    """Without what is empty."""
    found = {**dataclasses.asdict(seen), "key": seen.key.decode(errors="replace")}
    return {name: value for name, value in found.items() if value}


def _text(seen: Seen) -> str:
    """One line, whatever is in the key."""
    key = seen.key.decode(errors="replace")
    printable = "".join(one if one.isprintable() else repr(one)[1:-1] for one in key)
    place = f"{seen.bucket}/{printable}" if seen.key else seen.bucket or seen.file
    version = f" (version {seen.version})" if seen.version else ""
    part = f" (upload {seen.upload}, part {seen.part})" if seen.upload else ""
    return f"{place}{version}{part}: {seen.problem}"
