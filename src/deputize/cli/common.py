"""What the commands share: where the data is, and errors that say what to do next."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from deputize.app import DATABASE, DataRefused, Opened, open_installation
from deputize.config import Settings
from deputize.domain.accounts import AccountRefused
from deputize.gateway.attempts import Guesses
from deputize.latch import Latch
from deputize.secrets.keyring import CHECK
from deputize.secrets.root_key import RootKeyRefused
from deputize.store.errors import StoreUnavailable, StoreUnusable

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

F = TypeVar("F", bound=Callable[..., Any])
# A TCP port to listen on; 0 takes a free one.
PORT = click.IntRange(0, 65535)


def default_data() -> Path:
    """`$DEPUTIZE_DATA`, else under `$XDG_DATA_HOME` (XDG Base Directory Specification)."""
    given = os.environ.get("DEPUTIZE_DATA")
    if given:
        return Path(given)
    home = os.environ.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "deputize"


def _data_option(text: str) -> Callable[[F], F]:
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        default=default_data,
        show_default="$DEPUTIZE_DATA or ~/.local/share/deputize",
        help=text,
    )


# `--data DIR`, of commands that make an installation, and of those that need one (`require_installation`).
data_option = _data_option("The data directory; made if it is missing, open to its owner alone.")
existing_data_option = _data_option("The data directory.")


def fail(message: str, hint: str | None = None, *, code: int = 1) -> NoReturn:
    """End with exit code `code` (2 for bad input), saying what is wrong and what to do."""
    click.secho(f"error: {message}", err=True, fg="red" if sys.stderr.isatty() else None)
    if hint is not None:
        click.echo(f"       {hint}", err=True)
    sys.exit(code)


def require_installation(data: Path) -> None:
    """End the command unless there is an installation in `data`: what only looks makes none."""
    if not (data / CHECK).exists() or not (data / DATABASE).exists():
        fail(f"there is no installation in {data}", "name another: --data DIR", code=2)


@contextmanager
def progress(label: str, length: int) -> Iterator["ProgressBar[int]"]:
    """A bar on stderr, if that is a terminal."""
    with click.progressbar(
        length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        yield bar


@contextmanager
def opened(
    data: Path,
    settings: Settings = Settings(),  # noqa: B008 - frozen
    latch: Latch | None = None,
    guesses: Guesses | None = None,
) -> Iterator[Opened]:
    """The installation in `data`; what stands in the way ends the command with its hint."""
    with (
        refusing(data),
        open_installation(data, settings=settings, latch=latch, guesses=guesses) as installation,
    ):
        yield installation


@contextmanager
def refusing(data: Path) -> Iterator[None]:
    """What stands in the way of work on `data` ends the command with its hint."""
    try:
        yield
    except (DataRefused, RootKeyRefused) as refused:
        fail(str(refused), refused.hint)
    except AccountRefused as refused:
        fail(str(refused))
    except StoreUnusable as unusable:
        fail(str(unusable), "the message says what is needed; nothing was changed")
    except StoreUnavailable as unavailable:
        fail(str(unavailable), "nothing was changed; is the disk full?")
    except OSError as error:
        fail(f"{error.filename or data}: {error.strerror}")
