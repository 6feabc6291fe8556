"""Proxies that are believed: what they say about the client they forward for, in X-Forwarded-For and
X-Forwarded-Proto.

From anybody else these headers are whatever a client made up, and count for nothing. `Forwarded` (RFC 7239)
and X-Forwarded-Host are never read.
"""

import dataclasses
import ipaddress
from collections.abc import Sequence

from deputize.http.framing import Refused
from deputize.protocol.message import Head

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def network(text: str) -> Network:
    """A network in CIDR notation, or one address. Raises ValueError, for everybody's networks too: then
    anybody could pretend to come from anywhere.
    """
    found = ipaddress.ip_network(text)
    if found.prefixlen == 0:
        raise ValueError(f"{text} would trust everybody")
    return found


class Proxies:
    """The networks in which proxies are believed."""

    def __init__(self, networks: Sequence[Network] = ()) -> None:
        self._networks = tuple(networks)

    def seen_through(self, head: Head) -> Head:
        """The head as the client behind a trusted proxy sent it; `head` itself if none forwarded it.

        The peer is the rightmost address that is no trusted proxy's: what stands left of it is hearsay. If
        all are trusted, it is the leftmost. It came by TLS only if every X-Forwarded-Proto says https;
        which version, nobody tells. Raises Refused for a value that cannot be read: passing over it would
        lend the client the proxy's own address.
        """
        if not self._networks or not self._trusted(_address(head.peer)):
            return head
        hops, schemes = _items(head, "x-forwarded-for"), _items(head, "x-forwarded-proto")
        if not hops and not schemes:
            return head
        if any(scheme.lower() not in ("http", "https") for scheme in schemes):
            raise Refused(400, "X-Forwarded-Proto is http or https.")
        secure = bool(schemes) and all(scheme.lower() == "https" for scheme in schemes)
        return dataclasses.replace(head, peer=self._client(hops, head.peer), secure=secure, tls=None)

    def _client(self, hops: Sequence[str], peer: str) -> str:
        for hop in reversed(hops):
            address = _address(_without_port(hop))
            if address is None:
                raise Refused(400, "X-Forwarded-For is a list of addresses.")
            peer = str(address)
            if not self._trusted(address):
                break
        return peer

    def _trusted(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._networks)


NOBODY = Proxies()


def _items(head: Head, name: str) -> list[str]:
    """A list header's items, which several lines may hold (RFC 9110, 5.3)."""
    return [item.strip() for value in head.all(name) for item in value.split(",")]


def _without_port(text: str) -> str:
    """Some proxies name the client's port: `192.0.2.1:4711`, `[2001:db8::1]:4711`."""
    if text.startswith("["):
        inside, bracket, port = text[1:].partition("]")
        return inside if bracket and (not port or _port(port)) else text
    host, colon, port = text.partition(":")
    return host if colon and _port(":" + port) else text


def _port(text: str) -> bool:
    return text.startswith(":") and text[1:].isascii() and text[1:].isdigit()


def _address(text: str) -> Address | None:
    """An address; one of IPv4 that is written as IPv6 (`::ffff:192.0.2.1`) is that of IPv4."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
