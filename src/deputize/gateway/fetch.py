"""The only way by which the server itself asks something of another machine, or tells it something.

`get` asks a URL that others chose. So that nobody makes the server reach what only it can reach (SSRF): https
and port 443 alone, addresses are resolved once, checked, and connected to as they were checked; no redirects,
no proxies, little time, little memory. On loopback addresses plain http and other ports are taken where the
operator has allowed that.

`post` tells something to a URL that the operator chose and nobody else can: any address will do. For the rest
it is as careful.
"""

import hashlib
import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import SplitResult, urlsplit

# Seconds for one step on the network, and for the whole.
STEP = 3.0
WHOLE = 8.0
# Bytes of an answer; addresses of a name that are tried.
MOST = 256 * 1024
MOST_ADDRESSES = 3
HTTPS_PORT = 443
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class FetchRefused(Exception):
    """A URL that the server does not ask, or an answer that it does not take. Asking again is no use."""


class FetchFailed(Exception):
    """The other machine could not be reached, or did not answer in time."""


def get(url: str, *, loopback: bool, thumbprints: Collection[str] = ()) -> bytes:
    """The body of a 200 answer. `loopback`: whether this machine itself may be asked. `thumbprints` are SHA-1
    hashes (hex) of certificates that are believed though no authority of the system's vouches for them.

    Raises FetchRefused, FetchFailed.
    """
    parts = checked(url, plain=loopback)
    addresses = _resolved(parts)
    if not all(allowed(address, loopback=loopback) for address in addresses):
        raise FetchRefused("an address that is not the internet's")
    usual = parts.scheme == "https" and _port(parts) == HTTPS_PORT
    if not usual and not all(address.is_loopback for address in addresses):
        raise FetchRefused("plain http, or another port")
    with _answered(parts, addresses, None, thumbprints) as answer:
        if answer.status != http.client.OK:
            raise FetchRefused(f"status {answer.status}")
        content = answer.read(MOST + 1)
    if len(content) > MOST:
        raise FetchRefused("too long")
    return content


def post(url: str, content: bytes) -> None:
    """Tell `content`, which is JSON. Raises FetchRefused for any answer but a 2xx, FetchFailed."""
    parts = checked(url, plain=True)
    with _answered(parts, _resolved(parts), content) as answer:
        if answer.status // 100 != 2:
            raise FetchRefused(f"status {answer.status}")


@contextmanager
def _answered(
    parts: SplitResult,
    addresses: Sequence[Address],
    content: bytes | None,
    thumbprints: Collection[str] = (),
) -> Iterator[http.client.HTTPResponse]:
    """The head of the answer to a GET, or to a POST of `content`; its body can be read. Raises
    FetchFailed.
    """
    deadline = time.monotonic() + WHOLE
    try:
        tcp = _connected(addresses, _port(parts))
        stream = tcp if parts.scheme == "http" else _secured(tcp, parts.hostname or "", thumbprints)
        with stream:
            stream.sendall(_request(parts, content))
            answer = http.client.HTTPResponse(
                _Timed(stream, deadline),  # type: ignore[arg-type]
                method="GET" if content is None else "POST",
            )
            answer.begin()
            yield answer
    except (OSError, http.client.HTTPException) as error:
        raise FetchFailed(type(error).__name__) from None


def _port(parts: SplitResult) -> int:
    return parts.port or (http.client.HTTP_PORT if parts.scheme == "http" else HTTPS_PORT)


def checked(url: str, *, plain: bool) -> SplitResult:
    """The parts of a URL that may be asked; http ones may where `plain`. Raises FetchRefused."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise FetchRefused("no URL") from None
    printable = url.isascii() and url.isprintable() and " " not in url
    schemes = ("https", "http") if plain else ("https",)
    if not printable or parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc:
        raise FetchRefused("no URL that may be asked")
    return parts


def _resolved(parts: SplitResult) -> list[Address]:
    """The addresses that the name has. Raises FetchFailed."""
    try:
        found = socket.getaddrinfo(parts.hostname or "", _port(parts), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchFailed("no such name") from None
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    return list(dict.fromkeys(addresses))


def _connected(addresses: Sequence[Address], port: int) -> socket.socket:
    """To the first that answers: a machine may have no way to some."""
    *others, last = addresses[:MOST_ADDRESSES]
    for address in others:
        with suppress(OSError):
            return socket.create_connection((str(address), port), STEP)
    return socket.create_connection((str(last), port), STEP)


def allowed(address: Address, *, loopback: bool) -> bool:
    """Whether the server may connect there: to the internet's addresses, none that stand for others."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return allowed(address.ipv4_mapped, loopback=loopback)
        if address.sixtofour is not None or address.teredo is not None or address in NAT64:
            return False
    return (address.is_global and not address.is_multicast) or (loopback and address.is_loopback)


def _secured(tcp: socket.socket, host: str, thumbprints: Collection[str]) -> ssl.SSLSocket:
    """TLS with a certificate that the system's authorities vouch for, or else with one of `thumbprints`."""
    context, place = ssl.create_default_context(), tcp.getpeername()
    try:
        return context.wrap_socket(tcp, server_hostname=host)
    except ssl.SSLCertVerificationError:
        if not thumbprints:
            raise
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    again = socket.create_connection(place[:2], STEP)
    secured = context.wrap_socket(again, server_hostname=host)
    certificate = secured.getpeercert(binary_form=True) or b""
    if hashlib.sha1(certificate, usedforsecurity=False).hexdigest() not in thumbprints:
        secured.close()
        raise ssl.SSLCertVerificationError("another certificate")
    return secured


class _Timed(io.RawIOBase):
    """What comes from `stream`, until `deadline`, on the monotonic clock: drops do not make it later."""

    def __init__(self, stream: socket.socket, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._stream.settimeout(min(STEP, left))
        return self._stream.recv_into(buffer)

    def makefile(self, mode: str) -> io.BufferedReader:  # noqa: ARG002 - a socket's signature
        return io.BufferedReader(self)


def _request(parts: SplitResult, content: bytes | None) -> bytes:
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    lines = [f"{'GET' if content is None else 'POST'} {target} HTTP/1.1", f"Host: {parts.netloc}"]
    if content is None:
        lines.append("Accept: application/json")
    else:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    head = "".join(f"{line}\r\n" for line in (*lines, "Connection: close", ""))
    return head.encode("ascii") + (content or b"")
