"""Whom the server believes about where a client is."""

import ipaddress
from collections.abc import Sequence

import pytest

from deputize.http.framing import Refused
from deputize.http.proxies import NOBODY, Proxies, network
from deputize.protocol.message import Head

TRUSTED = Proxies([network("10.0.0.0/8"), network("2001:db8::/32"), network("127.0.0.1")])


def head(
    *, peer: str = "10.0.0.1", hops: Sequence[str] = (), schemes: Sequence[str] = (), tls: str | None = None
) -> Head:
    headers = [("x-forwarded-for", value) for value in hops] + [
        ("x-forwarded-proto", value) for value in schemes
    ]
    return Head("GET", "/", "", (("host", "x"), *headers), peer, tls is not None, tls)


@pytest.mark.parametrize(
    ("hops", "client"),
    [
        (["203.0.113.7"], "203.0.113.7"),
        (["203.0.113.7, 10.1.1.1"], "203.0.113.7"),
        # What stands left of the first that is not trusted is what that one said.
        (["192.0.2.1, 203.0.113.7, 10.1.1.1"], "203.0.113.7"),
        (["10.9.9.9, 203.0.113.7"], "203.0.113.7"),
        (["not an address, 203.0.113.7"], "203.0.113.7"),
        # Several lines are one list.
        (["192.0.2.1", "203.0.113.7", "10.1.1.1, 127.0.0.1"], "203.0.113.7"),
        # All trusted: the client is one of theirs.
        (["10.2.2.2, 10.1.1.1"], "10.2.2.2"),
        (["203.0.113.7:4711"], "203.0.113.7"),
        (["[2001:db9::7]:4711"], "2001:db9::7"),
        (["[2001:db9::7]"], "2001:db9::7"),
        (["2001:db9::7, 2001:db8::1"], "2001:db9::7"),
        (["::ffff:203.0.113.7"], "203.0.113.7"),
        (["203.0.113.7, ::ffff:10.1.1.1"], "203.0.113.7"),
    ],
)
def test_the_client_is_the_rightmost_that_is_not_trusted(hops: list[str], client: str) -> None:
    assert TRUSTED.seen_through(head(hops=hops)).peer == client


@pytest.mark.parametrize("peer", ["203.0.113.1", "11.0.0.1", "2001:db9::1", ""])
@pytest.mark.parametrize("hops", [["10.0.0.1"], ["203.0.113.7"], ["nonsense"]])
def test_from_anybody_else_it_counts_for_nothing(peer: str, hops: list[str]) -> None:
    sent = head(peer=peer, hops=hops, schemes=["https"])
    assert TRUSTED.seen_through(sent) is sent


def test_without_trusted_proxies_nobody_is_believed() -> None:
    sent = head(peer="127.0.0.1", hops=["203.0.113.7"], schemes=["https"])
    assert NOBODY.seen_through(sent) is sent


@pytest.mark.parametrize(
    "hops",
    [
        [""],
        ["unknown"],
        ["203.0.113.7, "],
        ["203.0.113.7,, 10.1.1.1"],
        ["203.0.113.7, _hidden"],
        ["203.0.113.256"],
        ["203.0.113.7:"],
        ["203.0.113.7:http"],
        ["[2001:db9::7"],
        ["[2001:db9::7]x"],
        ["203.0.113.0/24"],
        ["for=203.0.113.7"],
        ["203.0.113.7 10.1.1.1"],
        ["03.0.113.7"],
    ],
)
def test_what_cannot_be_read_is_refused(hops: list[str]) -> None:
    """Passed over, it would lend the client the proxy's own address."""
    with pytest.raises(Refused) as caught:
        TRUSTED.seen_through(head(hops=hops))
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("schemes", "secure"),
    [
        (["https"], True),
        (["HTTPS"], True),
        (["http"], False),
        (["https, https"], True),
        (["https, http"], False),
        (["http", "https"], False),
        ([], False),
    ],
)
def test_it_came_by_tls_only_if_every_proxy_says_so(schemes: list[str], secure: bool) -> None:
    """The hop from the proxy to here tells nothing of the client's."""
    for tls in (None, "1.3"):
        seen = TRUSTED.seen_through(head(hops=["203.0.113.7"], schemes=schemes, tls=tls))
        assert (seen.secure, seen.tls, seen.peer) == (secure, None, "203.0.113.7")


@pytest.mark.parametrize("scheme", ["", "on", "https,", "wss", "https http"])
def test_schemes_that_are_none(scheme: str) -> None:
    with pytest.raises(Refused):
        TRUSTED.seen_through(head(hops=["203.0.113.7"], schemes=[scheme]))


def test_a_proxy_that_speaks_for_itself_is_the_client() -> None:
    sent = head(tls="1.3")
    assert TRUSTED.seen_through(sent) is sent
    assert TRUSTED.seen_through(head(schemes=["https"])).peer == "10.0.0.1"


@pytest.mark.parametrize("text", ["0.0.0.0/0", "::/0", "10.0.0.1/8", "10.0.0.0/33", "proxy", ""])
def test_networks_that_nobody_may_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        network(text)


def test_one_address_is_a_network() -> None:
    assert network("192.0.2.1") == ipaddress.ip_network("192.0.2.1/32")
