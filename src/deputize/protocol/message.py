"""One HTTP request and its answer as values: what the HTTP edge hands to the spine and gets back."""

from collections.abc import AsyncIterator, Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol

from deputize.records import record


@record()
class Head:
    """A request's head exactly as it arrived; SigV4 is verified over these very characters.

    `path` and `query` are the raw request target split at the first `?`, percent-escapes and all (latin-1
    decoded, so every byte is one character). `headers` keep their order; names are lower case, values are
    stripped of surrounding blanks and otherwise untouched. `peer` is the address the rules about addresses
    apply to, `secure` whether the client came by TLS, `tls` the protocol's version ("1.3") where it is known.
    """

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    peer: str
    secure: bool
    tls: str | None = None
    # The same headers: the values of each name, in order.
    named: Mapping[str, Sequence[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        named: dict[str, list[str]] = {}
        for name, value in self.headers:
            named.setdefault(name, []).append(value)
        object.__setattr__(self, "named", named)

    def get(self, name: str) -> str | None:
        """The first value of header `name` (given in lower case), or None."""
        values = self.named.get(name)
        return None if values is None else values[0]

    def all(self, name: str) -> Sequence[str]:
        """Every value of header `name` (given in lower case), in order."""
        return self.named.get(name, ())


class Body(Protocol):
    """A request's body, not read yet. The first read sends `100 Continue` if the client waits for it."""

    @property
    def length(self) -> int | None:
        """Content-Length; None when the body is chunked."""

    async def read(self, limit: int) -> bytes:
        """The whole body; raises ApiError EntityTooLarge, before allocating it, if it is longer than
        `limit` bytes.
        """

    def chunks(self) -> AsyncIterator[bytes]:
        """The body piece by piece, as it arrives."""


@dataclass(frozen=True, slots=True)
class FileSlice:
    """`length` bytes of `file` from `offset`, sent by the HTTP edge, which closes the file afterwards."""

    file: BinaryIO
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Pieces:
    """A body of several pieces one after the other, `length` bytes in all. `opened` opens each when its turn
    comes; who takes a piece closes its file before taking the next, and closes `opened` in the end.
    """

    opened: Generator[bytes | FileSlice, None, None]
    length: int


Content = bytes | FileSlice | Pieces


def let_go(content: Content) -> None:
    """Let go of the files of a body, whether or not it was sent."""
    if isinstance(content, FileSlice):
        content.file.close()
    elif isinstance(content, Pieces):
        content.opened.close()


@record()
class Answer:
    """A response. `Content-Length` is set by the HTTP edge from `body`, or from `length` when the body is
    left out (HEAD). `sent` is called when it was sent, or could not be: with the number of bytes of the body
    that were, the seconds since the request's head came, and those until there was an answer.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: Content = field(default=b"", repr=False)
    length: int | None = None
    sent: Callable[[int, float, float], None] | None = field(default=None, repr=False, compare=False)
