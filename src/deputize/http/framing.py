"""Where a request begins and ends, without I/O (RFC 9112). llhttp parses; what it lets through and we do
not is refused here.

Heads are cut at their blank line before they are parsed, bodies with a Content-Length are cut by counting,
and only chunked bodies go through the parser: it can be neither paused nor asked how far it read.
"""

import re
from dataclasses import dataclass

import httptools

from deputize.config import HttpLimits
from deputize.protocol.message import Head

METHODS = frozenset({"GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"})
END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(r"\d{1,18}", re.ASCII)


class Refused(Exception):
    """A request that cannot be taken: the status and a reason for the answer, after which the connection
    ends.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Framed:
    """A parsed head and how its body is framed: `length` bytes, or `chunked` with the parser that reads
    it.
    """

    head: Head
    length: int
    chunked: "ChunkedBody | None"
    keep_alive: bool
    expects_continue: bool


class _Collector:
    """What the parser calls back with."""

    def __init__(self) -> None:
        self.url = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self.messages = 0
        self.complete = 0
        self.body: list[bytes] = []

    def on_message_begin(self) -> None:
        self.messages += 1

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name, value))

    def on_body(self, body: bytes) -> None:
        self.body.append(body)

    def on_message_complete(self) -> None:
        self.complete += 1


def end_of_head(buffer: bytearray, start: int, limits: HttpLimits) -> int | None:
    """Where the head in `buffer` ends, searched from `start` on; None if it is not there yet. Raises
    Refused.
    """
    found = END_OF_HEAD.search(buffer, max(0, start - 3), limits.head + 4)
    if found is not None and found.end() <= limits.head:
        return found.end()
    if found is not None or len(buffer) > limits.head:
        # A request line that fills the room by itself is too long a target; else it is the headers.
        line = buffer.find(b"\n", 0, limits.head)
        raise Refused(414 if line < 0 else 431, "The head of the request is too long.")
    return None


def parse_head(raw: bytes, limits: HttpLimits, peer: str, secure: bool) -> Framed:
    """A request's head. `raw` is exactly that, its blank line included. Raises Refused."""
    collector = _Collector()
    parser = httptools.HttpRequestParser(collector)
    try:
        parser.feed_data(raw)
    except httptools.HttpParserUpgrade:
        _check_upgrade(collector)
    except httptools.HttpParserError as error:
        raise Refused(400, f"The request is malformed: {error}") from None
    method = parser.get_method().decode("latin-1")
    version = parser.get_http_version()
    if version not in ("1.0", "1.1"):
        raise Refused(505, "HTTP/1.1 is spoken here.")
    if method not in METHODS:
        raise Refused(501, f"The method {method} is not offered.")
    if len(collector.headers) > limits.headers:
        raise Refused(431, f"A request has at most {limits.headers} headers.")
    headers = tuple(
        (name.decode("latin-1").lower(), value.decode("latin-1").strip(" \t"))
        for name, value in collector.headers
    )
    path, _, query = _target(collector.url).partition("?")
    head = Head(method, path, query, headers, peer, secure)
    _check_host(head)
    length, chunked = _framing(head, version)
    return Framed(
        head=head,
        length=length,
        chunked=ChunkedBody(parser, collector, limits) if chunked else None,
        keep_alive=parser.should_keep_alive(),
        expects_continue=_expects_continue(head, version, length, chunked),
    )


def _check_upgrade(collector: _Collector) -> None:
    """Upgrade is passed over; but the parser hides what it says is the other protocol's, so a body cannot
    follow.
    """
    names = {name.lower(): value for name, value in collector.headers}
    if b"transfer-encoding" in names or names.get(b"content-length", b"0").strip() not in (b"", b"0"):
        raise Refused(400, "A request to upgrade has no body.")


def _target(url: bytes) -> str:
    """The request target in origin form, the raw bytes as latin-1."""
    if not url.startswith(b"/"):
        raise Refused(400, "The request target must be a path.")
    if b"#" in url:
        raise Refused(400, "A request target has no fragment.")
    return url.decode("latin-1")


def _check_host(head: Head) -> None:
    hosts = head.all("host")
    if len(hosts) != 1 or not hosts[0]:
        raise Refused(400, "A request has exactly one Host.")


def _framing(head: Head, version: str) -> tuple[int, bool]:
    """Content-Length, and whether the body is chunked."""
    codings, lengths = head.all("transfer-encoding"), head.all("content-length")
    if codings:
        if version == "1.0" or codings != ["chunked"] or lengths:
            raise Refused(400, "The only transfer coding is chunked, without a Content-Length.")
        return 0, True
    if not lengths:
        return 0, False
    if len(lengths) != 1 or not _LENGTH.fullmatch(lengths[0]):
        raise Refused(400, "Content-Length is one number.")
    return int(lengths[0]), False


def _expects_continue(head: Head, version: str, length: int, chunked: bool) -> bool:
    expected = head.get("expect")
    if expected is None:
        return False
    if expected.lower() != "100-continue":
        raise Refused(417, "The only expectation is 100-continue.")
    return version == "1.1" and (length > 0 or chunked)


class ChunkedBody:
    """A chunked body, fed piece by piece."""

    def __init__(
        self, parser: httptools.HttpRequestParser, collector: _Collector, limits: HttpLimits
    ) -> None:
        self._parser = parser
        self._collector = collector
        self._limits = limits
        self._headers = len(collector.headers)
        self._overhead = 0

    @property
    def done(self) -> bool:
        return self._collector.complete > 0

    @property
    def overrun(self) -> bool:
        """Whether bytes of a next request came along, which cannot be told apart any more."""
        return self._collector.messages > 1

    def feed(self, data: bytes) -> list[bytes]:
        """The body's bytes in `data`. Raises Refused."""
        self._collector.body = []
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            if not self.done:
                raise Refused(400, f"The chunked body is malformed: {error}") from None
            self._collector.messages += 1  # what follows the body is no request: the connection ends
        pieces = self._collector.body
        self._overhead = 0 if pieces else self._overhead + len(data)
        if self._overhead > self._limits.chunk_overhead:
            raise Refused(400, "The chunked body consists of extensions.")
        if len(self._collector.headers) - self._headers > self._limits.trailers and not self.overrun:
            raise Refused(431, "There are too many trailers.")
        return pieces
