"""The `aws-chunked` form of a body: chunks, each with its signature where they are signed, and trailers
(S3 API, "Transferring payload in multiple chunks" and "Signature calculations for trailing headers").

    10000;chunk-signature=<hex>\\r\\n<bytes>\\r\\n ... 0;chunk-signature=<hex>\\r\\n[name:value\\r\\n
    ...]\\r\\n

Sans-IO: feed bytes, get the payload back. Nothing of it may become visible before `finish` has returned.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from deputize.errors import ApiError
from deputize.protocol.auth_errors import AuthProblem, Problem
from deputize.protocol.message import Head

SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
FORMS = frozenset({SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER})
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
# S3 refuses signed chunks smaller than this, but for the last.
LEAST_CHUNK = 8192
# The longest line that frames a chunk, and all trailers together.
LINE_LIMIT = 256
TRAILERS_LIMIT = 4096
TRAILER_SIGNATURE = "x-amz-trailer-signature"
_SIGNED_LINE = re.compile(rb"([0-9a-fA-F]{1,8});chunk-signature=([0-9a-f]{64})")
_LINE = re.compile(rb"([0-9a-fA-F]{1,8})")
_TRAILER = re.compile(rb"([A-Za-z0-9-]{1,64}):([\x21-\x7e]*)")
_LENGTH = re.compile(r"\d{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Chain:
    """How chunks are signed, each over the signature before it: `sign` makes the hex signature of a string
    to sign, `seed` is the signature of the head.
    """

    sign: Callable[[str], str] = field(repr=False)
    moment: str
    scope: str
    seed: str


@dataclass(frozen=True, slots=True)
class Form:
    """What a head says of its aws-chunked body: the payload's length, and the trailers that it announces."""

    name: str
    length: int
    trailers: frozenset[str]


def form_of(head: Head) -> Form | None:
    """The form of an aws-chunked body, None for any other. Raises ApiError for a length or trailers that
    cannot be.
    """
    name = head.get("x-amz-content-sha256")
    if name not in FORMS:
        return None
    length = head.get("x-amz-decoded-content-length")
    if length is None:
        raise ApiError("MissingContentLength", "You must provide the Content-Length HTTP header.", status=411)
    if not _LENGTH.fullmatch(length):
        raise ApiError(
            "InvalidArgument",
            "x-amz-decoded-content-length is no length",
            ArgumentName="x-amz-decoded-content-length",
            ArgumentValue=length,
        )
    announced = {part.strip().lower() for value in head.all("x-amz-trailer") for part in value.split(",")}
    if name == SIGNED and announced:
        raise malformed()
    return Form(name, int(length), frozenset(announced))


class ChunkedPayload:
    """A decoder of one body; `chain` is None where chunks are not signed."""

    def __init__(self, form: Form, chain: Chain | None) -> None:
        self._form = form
        self._chain = chain
        self._previous = chain.seed if chain is not None else ""
        self._remaining = form.length
        self._buffer = bytearray()
        self._step: Callable[[list[bytes]], bool] = self._size_line
        self._left = 0
        self._signature = ""
        self._short = False
        self._hash = hashlib.sha256()
        self._trailers: dict[str, str] = {}
        self._done = False

    def feed(self, data: bytes) -> list[bytes]:
        """The payload's bytes in `data`. Raises ApiError, AuthProblem as soon as something is wrong."""
        self._buffer += data
        payload: list[bytes] = []
        while self._step(payload):
            pass
        return payload

    def finish(self) -> Mapping[str, str]:
        """The trailers, by names in lower case, at the end of the body. Raises IncompleteBody if it ended
        early.
        """
        if not self._done:
            raise incomplete()
        return self._trailers

    def _line(self, limit: int) -> bytes | None:
        end = self._buffer.find(b"\r\n", 0, limit + 2)
        if end < 0:
            if len(self._buffer) > limit:
                raise malformed()
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    def _size_line(self, _payload: list[bytes]) -> bool:
        line = self._line(LINE_LIMIT)
        if line is None:
            return False
        match = (_LINE if self._chain is None else _SIGNED_LINE).fullmatch(line)
        if match is None:
            raise malformed()
        self._left = int(match[1], 16)
        if self._chain is not None:
            self._signature = match[2].decode()
            self._hash = hashlib.sha256()
            if self._left and self._short:
                raise ApiError(
                    "InvalidChunkSizeError",
                    f"Only the last chunk is allowed to have a size less than {LEAST_CHUNK} bytes",
                    status=403,
                )
        if self._left > self._remaining:
            raise incomplete()
        self._short = self._left < LEAST_CHUNK
        self._step = self._chunk if self._left else self._last_chunk
        return True

    def _chunk(self, payload: list[bytes]) -> bool:
        piece = bytes(self._buffer[: self._left])
        del self._buffer[: len(piece)]
        self._left -= len(piece)
        self._remaining -= len(piece)
        if self._chain is not None:
            self._hash.update(piece)
        if piece:
            payload.append(piece)
        if self._left:
            return False
        self._step = self._end_of_chunk
        return True

    def _end_of_chunk(self, _payload: list[bytes]) -> bool:
        if len(self._buffer) < 2:
            return False
        if self._buffer[:2] != b"\r\n":
            raise malformed()
        del self._buffer[:2]
        self._check_chunk()
        self._step = self._size_line
        return True

    def _last_chunk(self, _payload: list[bytes]) -> bool:
        if self._remaining:
            raise incomplete()
        self._check_chunk()
        self._step = self._trailer
        return True

    def _trailer(self, _payload: list[bytes]) -> bool:
        line = self._line(TRAILERS_LIMIT)
        if line is None:
            return False
        if not line:
            self._check_trailers()
            self._done = True
            self._step = self._beyond
            return True
        match = _TRAILER.fullmatch(line.rstrip(b"\n"))
        name = match[1].decode().lower() if match is not None else ""
        if match is None or name in self._trailers or name not in {*self._form.trailers, TRAILER_SIGNATURE}:
            raise malformed()
        self._trailers[name] = match[2].decode()
        return True

    def _beyond(self, _payload: list[bytes]) -> bool:
        if self._buffer:
            raise malformed()
        return False

    def _check_chunk(self) -> None:
        if self._chain is not None:
            hashes = f"{EMPTY_SHA256}\n{self._hash.hexdigest()}"
            self._check(self._chain, "PAYLOAD", hashes, self._signature)

    def _check_trailers(self) -> None:
        """All that were announced must be there, and signed where the chunks are."""
        stated = self._trailers.pop(TRAILER_SIGNATURE, "")
        if self._trailers.keys() != self._form.trailers:
            raise malformed()
        if self._chain is not None and self._form.name == SIGNED_TRAILER:
            lines = "".join(f"{name}:{value}\n" for name, value in sorted(self._trailers.items()))
            self._check(self._chain, "TRAILER", hashlib.sha256(lines.encode()).hexdigest(), stated)

    def _check(self, chain: Chain, what: str, hashes: str, stated: str) -> None:
        to_sign = f"AWS4-HMAC-SHA256-{what}\n{chain.moment}\n{chain.scope}\n{self._previous}\n{hashes}"
        computed = chain.sign(to_sign)
        if not hmac.compare_digest(computed.encode(), stated.encode()):
            raise AuthProblem(Problem.BAD_SIGNATURE, StringToSign=to_sign, SignatureProvided=stated)
        self._previous = computed


def malformed() -> ApiError:
    return ApiError(
        "MalformedTrailerError",
        "The request contained trailing data that was not well-formed or did not conform to our published "
        "schema.",
        status=400,
    )


def incomplete() -> ApiError:
    return ApiError("IncompleteBody", "The request body terminated unexpectedly", status=400)
