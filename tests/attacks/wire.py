"""Requests signed by hand (IAM guide, "Create a signed AWS API request"), so that every part can be changed
before, after or instead of signing; and what comes back.

Shares no code with the product or with botocore.
"""

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote_to_bytes

from tests.conformance.http_edge import Reply, replies
from tests.fix_world import Keys, World

from deputize.protocol.sigv4_stream import Chain

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
BLANKS = re.compile("[ \t]+")
Headers = tuple[tuple[str, str], ...]
# No answer may take longer (seconds): a server that hangs is an attack that succeeded.
PATIENCE = 10.0


@dataclass(frozen=True)
class Request:
    """A request as it goes over the wire. Text is latin-1 for raw bytes; `query` are encoded `name=value`;
    the answer must be there after `patience` seconds.
    """

    method: str = "GET"
    path: str = "/"
    query: tuple[str, ...] = ()
    headers: Headers = ()
    body: bytes = b""
    patience: float = PATIENCE

    def also(self, *headers: tuple[str, str]) -> "Request":
        """With further headers behind those that are there."""
        return replace(self, headers=self.headers + headers)

    def without(self, name: str) -> "Request":
        return replace(self, headers=tuple(one for one in self.headers if one[0].lower() != name))

    def instead(self, name: str, change: Callable[[str], str]) -> "Request":
        """With another value of a header that is there."""
        assert self.header(name)
        return replace(
            self, headers=tuple((n, change(v) if n.lower() == name else v) for n, v in self.headers)
        )

    def asking(self, *parameters: str) -> "Request":
        """With further query parameters behind those that are there."""
        return replace(self, query=self.query + parameters)

    def header(self, name: str) -> str:
        return ",".join(value.strip() for n, value in self.headers if n.lower() == name)

    def raw(self) -> bytes:
        """The bytes, with the body's length and a wish to close unless something else is said."""
        target = self.path + ("?" + "&".join(self.query) if self.query else "")
        lines = [f"{self.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers)]
        if not self.header("content-length") and not self.header("transfer-encoding"):
            lines.append(f"Content-Length: {len(self.body)}")
        if not self.header("connection"):
            lines.append("Connection: close")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


@dataclass(frozen=True)
class Signer:
    """Who signs, when and for what. `loose` headers are left out of the signature, `promised` ones are signed
    as if they were sent with that value. `day` is the scope's date where it is not the moment's.
    """

    keys: Keys
    at: float
    service: str = "s3"
    region: str = "us-east-1"
    terminator: str = "aws4_request"
    day: str | None = None
    loose: frozenset[str] = frozenset()
    promised: Headers = ()

    @property
    def moment(self) -> str:
        return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self.at))

    @property
    def scope(self) -> str:
        return f"{self.day or self.moment[:8]}/{self.region}/{self.service}/{self.terminator}"

    def sign(self, request: Request, payload: str | None = None) -> Request:
        """Signed in its header. `payload` stands for the body's hash."""
        stated = payload if payload is not None else hashlib.sha256(request.body).hexdigest()
        request = request.also(("X-Amz-Date", self.moment), ("X-Amz-Content-Sha256", stated))
        if self.keys.token is not None:
            request = request.also(("X-Amz-Security-Token", self.keys.token))
        names = self._names(request)
        signature = self.signature(request, names, stated)
        said = f"Credential={self.keys.id}/{self.scope}, SignedHeaders={names}, Signature={signature}"
        return request.also(("Authorization", f"{ALGORITHM} {said}"))

    def presign(self, request: Request, expires: object = 300, payload: str = UNSIGNED) -> Request:
        """Signed in its query; good for `expires` seconds, or whatever else is written there."""
        said = [
            ("X-Amz-Algorithm", ALGORITHM),
            ("X-Amz-Credential", f"{self.keys.id}/{self.scope}"),
            ("X-Amz-Date", self.moment),
            ("X-Amz-Expires", str(expires)),
            ("X-Amz-SignedHeaders", self._names(request)),
        ]
        if self.keys.token is not None:
            said.append(("X-Amz-Security-Token", self.keys.token))
        request = request.asking(*(f"{name}={quote(value, safe='-_.~')}" for name, value in said))
        signature = self.signature(request, self._names(request), payload)
        return request.asking(f"X-Amz-Signature={signature}")

    def signature(self, request: Request, names: str, payload: str) -> str:
        return self.mac(self.string_to_sign(request, names, payload))

    def string_to_sign(self, request: Request, names: str, payload: str) -> str:
        digest = hashlib.sha256(self._canonical(request, names, payload).encode("latin-1")).hexdigest()
        return f"{ALGORITHM}\n{self.moment}\n{self.scope}\n{digest}"

    def mac(self, text: str) -> str:
        key = b"AWS4" + self.keys.secret.encode()
        for part in (*self.scope.split("/"), text):
            key = hmac.digest(key, part.encode("latin-1"), "sha256")
        return key.hex()

    def chain(self, signed: Request) -> Chain:
        """How the chunks of a body go on from a signed head."""
        return Chain(
            sign=self.mac,
            moment=self.moment,
            scope=self.scope,
            seed=signed.header("authorization").rpartition("=")[2],
        )

    def _names(self, request: Request) -> str:
        names = {name.lower() for name, _ in request.headers + self.promised} - self.loose
        return ";".join(sorted(names))

    def _canonical(self, request: Request, names: str, payload: str) -> str:
        said = request.headers + self.promised
        values = {
            name: ",".join(BLANKS.sub(" ", value.strip(" \t")) for n, value in said if n.lower() == name)
            for name in names.split(";")
        }
        path = request.path if self.service != "s3" else _encoded(request.path, "/")
        query = sorted(
            "=".join(_encoded(part, "") for part in (name, value))
            for name, _, value in (one.partition("=") for one in request.query)
        )
        headers = "".join(f"{name}:{value}\n" for name, value in values.items())
        return "\n".join((request.method, path, "&".join(query), headers, names, payload))


def _encoded(text: str, safe: str) -> str:
    return quote(unquote_to_bytes(text.encode("latin-1")), safe="-_.~" + safe)


def host(world: World) -> tuple[str, str]:
    return ("Host", f"127.0.0.1:{world.port}")


def send(world: World, request: Request) -> Reply:
    """The answer to one request, which must come, in time, and be no failure of the server's."""
    head_only = request.method == "HEAD"
    (reply,) = exchange(world, request.raw(), head_only=head_only, patience=request.patience)
    return reply


def exchange(world: World, raw: bytes, *, head_only: bool = False, patience: float = PATIENCE) -> list[Reply]:
    """All answers to these bytes. 501 is what S3 says of what it does not offer; no other 5xx may come."""
    began = time.monotonic()
    found = replies(world.raw(raw, patience), head_only=head_only)
    assert time.monotonic() - began < patience
    for reply in found:
        assert reply.status < 500 or reply.status == 501, reply
    return found


def pipelined(world: World, requests: Iterable[Request]) -> Iterator[tuple[Request, Reply]]:
    """Each request (all or none are HEAD) with its answer: many on one connection, to be quick."""
    waiting, size = list(requests), 1
    while waiting:
        *others, last = waiting[:size]
        raw = b"".join(one.also(("Connection", "keep-alive")).raw() for one in others) + last.raw()
        answered = exchange(world, raw, head_only=last.method == "HEAD")
        yield from zip(waiting, answered, strict=False)
        # An answer that closes leaves what is behind it undone; of such ones fewer are sent at once.
        size = min(2 * size, 50) if len(answered) > len(others) else len(answered)
        waiting = waiting[len(answered) :]


def code_of(reply: Reply) -> str:
    """The error's code, empty if it is none."""
    return reply.body.partition(b"<Code>")[2].partition(b"</Code>")[0].decode()


def md5(body: bytes) -> str:
    """The Content-MD5 of a body."""
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()


def flipped(raw: bytes, bits: Iterable[int]) -> Iterable[bytes]:
    """`raw` with one bit changed, for each of `bits`."""
    for bit in bits:
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)
