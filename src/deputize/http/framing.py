"""Where a request begins and ends, without I/O (RFC 9112). llhttp parses; what it lets through and we do
not is refused here.

Heads are cut at their blank line before they are parsed, bodies with a Content-Length are cut by counting,
and only chunked bodies go through the parser: it can be neither paused nor asked how far it read.
"""

import re

import httptools

from deputize.config import HttpLimits
from deputize.protocol.message import Head
from deputize.records import record

METHODS = frozenset({"GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"})
# RFC 9112, 3: single spaces. llhttp is looser, and speaks RTSP besides.
_REQUEST_LINE = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([^\x00-\x20\x7f]+) HTTP/(\d\.\d)\r\n", re.ASCII)
# Longer numbers fit no file system, and not every parser's integers.
_LENGTH_DIGITS = 18
# Framing may be this many times the bytes that it frames: a chunk of one byte takes six more.
_FRAMING_RATIO = 8


class Refused(Exception):
    """A request that cannot be taken: the status and a reason for the answer, after which the connection
    ends.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@record()
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
        self.headers: list[tuple[str, str]] = []
        self.messages = 0
        self.head_done = False
        self.done = False
        self.body: list[bytes] = []

    def on_message_begin(self) -> None:
        self.messages += 1

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.done:
            self.headers.append((name.decode("latin-1").lower(), value.decode("latin-1").strip(" \t")))

    def on_headers_complete(self) -> None:
        self.head_done = True

    def on_body(self, body: bytes) -> None:
        # The parser reads on into a next request, whose body is none of this one's.
        if not self.done:
            self.body.append(body)

    def on_message_complete(self) -> None:
        self.done = True


def end_of_head(buffer: bytearray, start: int, limits: HttpLimits) -> int | None:
    """Where the head in `buffer` ends, searched from `start` on; None if it is not there yet. Raises
    Refused.
    """
    end = _blank_line(buffer, max(0, start - 2), limits.head + 3)
    if end is not None and end <= limits.head:
        return end
    if end is not None or len(buffer) > limits.head:
        # A request line that fills the room by itself is too long a target; else it is the headers.
        line = buffer.find(b"\n", 0, limits.head)
        raise Refused(414 if line < 0 else 431, "The head of the request is too long.")
    return None


def _blank_line(buffer: bytearray, start: int, stop: int) -> int | None:
    """Where the first blank line between two places ends. Bare line feeds end lines here, to be refused when
    the head is parsed.
    """
    proper = buffer.find(b"\n\r\n", start, stop)
    bare = buffer.find(b"\n\n", start, stop if proper < 0 else proper + 1)
    if bare >= 0:
        return bare + 2
    return proper + 3 if proper >= 0 else None


def parse_head(raw: bytes, limits: HttpLimits, peer: str, secure: bool, tls: str | None = None) -> Framed:
    """A request's head. `raw` is exactly that, its blank line included. Raises Refused."""
    raw = raw.removeprefix(b"\r\n")  # an empty line before a request is passed over (RFC 9112, 2.2)
    method, target, version = _request_line(raw)
    collector = _Collector()
    parser = httptools.HttpRequestParser(collector)
    try:
        parser.feed_data(raw)
    except httptools.HttpParserUpgrade:
        _check_upgrade(collector)
    except httptools.HttpParserError as error:
        raise Refused(400, f"The request is malformed: {error}") from None
    if not collector.head_done or collector.messages != 1:
        raise Refused(400, "The request is malformed.")
    if len(collector.headers) > limits.headers:
        raise Refused(431, f"A request has at most {limits.headers} headers.")
    path, _, query = target.partition("?")
    head = Head(method, path, query, tuple(collector.headers), peer, secure, tls)
    _check_host(head)
    length, chunked = _framing(head, version)
    return Framed(
        head=head,
        length=length,
        chunked=ChunkedBody(parser, collector, limits) if chunked else None,
        keep_alive=_keep_alive(head, version),
        expects_continue=_expects_continue(head, version, length, chunked),
    )


def _request_line(raw: bytes) -> tuple[str, str, str]:
    """Method, target in origin form (the raw bytes as latin-1) and version. Raises Refused."""
    line = _REQUEST_LINE.match(raw.decode("latin-1"))
    if line is None:
        raise Refused(400, "The request line is malformed.")
    method, target, version = line.groups()
    if version not in ("1.0", "1.1"):
        raise Refused(505, "HTTP/1.1 is spoken here.")
    if method not in METHODS:
        raise Refused(501, "A method that you provided is not offered.")
    if not target.startswith("/"):
        raise Refused(400, "The request target must be a path.")
    if "#" in target:
        raise Refused(400, "A request target has no fragment.")
    return method, target, version


def _keep_alive(head: Head, version: str) -> bool:
    """RFC 9112, 9.3. The parser forgets the answer once a message without a body is complete."""
    if "connection" not in head.named:
        return version == "1.1"
    options = {part.strip().lower() for value in head.all("connection") for part in value.split(",")}
    if "close" in options:
        return False
    return version == "1.1" or "keep-alive" in options


def _check_upgrade(collector: _Collector) -> None:
    """Upgrade is passed over; but the parser hides what it says is the other protocol's, so a body cannot
    follow.
    """
    names = dict(collector.headers)
    if "transfer-encoding" in names or names.get("content-length", "0") not in ("", "0"):
        raise Refused(400, "A request to upgrade has no body.")


def _check_host(head: Head) -> None:
    hosts = head.all("host")
    if len(hosts) != 1 or not hosts[0]:
        raise Refused(400, "A request has exactly one Host.")


def _framing(head: Head, version: str) -> tuple[int, bool]:
    """Content-Length, and whether the body is chunked."""
    codings, lengths = head.all("transfer-encoding"), head.all("content-length")
    if codings:
        if version == "1.0" or [*codings] != ["chunked"] or lengths:
            raise Refused(400, "The only transfer coding is chunked, without a Content-Length.")
        return 0, True
    if not lengths:
        return 0, False
    # ASCII digits, and nothing that int() takes besides; the parser agrees, but this must not hang on it.
    if len(lengths) != 1 or not (lengths[0].isascii() and lengths[0].isdigit()):
        raise Refused(400, "Content-Length is one number.")
    if len(lengths[0]) > _LENGTH_DIGITS:
        raise Refused(413, "The body is too large.")
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
        return self._collector.done

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
        if len(self._collector.headers) - self._headers > self._limits.trailers:
            raise Refused(431, "There are too many trailers.")
        if not self.overrun:
            self._weigh(len(data), sum(map(len, pieces)))
        return pieces

    def _weigh(self, fed: int, framed: int) -> None:
        """Extensions and trailers may be as long as the limit says; the body's own bytes make up for more."""
        self._overhead = max(0, self._overhead + fed - (1 + _FRAMING_RATIO) * framed)
        if self._overhead > self._limits.chunk_overhead:
            raise Refused(400, "The chunked body consists of extensions.")
