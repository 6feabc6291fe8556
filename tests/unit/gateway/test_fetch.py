"""The guard in front of what the server asks of other machines: which URLs, which addresses, how much."""

import hashlib
import http.server
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.fix_hooks import hook
from tests.fix_idp import Answer, Issuer
from tests.fix_tls import make_certificate

from deputize.gateway import fetch
from deputize.gateway.fetch import FetchFailed, FetchRefused, allowed, get, post

INTERNET = ("8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8")
ELSEWHERE = (
    "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1",
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
)  # fmt: skip


@pytest.mark.parametrize("text", INTERNET)
def test_the_internets_addresses(text: str) -> None:
    assert allowed(ipaddress.ip_address(text), loopback=False)


@pytest.mark.parametrize("text", ELSEWHERE)
def test_t40_addresses_that_are_not(text: str) -> None:
    address = ipaddress.ip_address(text)
    assert not allowed(address, loopback=False)
    assert allowed(address, loopback=True) == (text in ("127.0.0.1", "::1", "::ffff:127.0.0.1"))


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Every name has these addresses; returns the names that are asked for."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def answer(host: str, port: int, *more: Any, **named: Any) -> Any:
        if host in addresses:
            return real(host, port, *more, **named)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


@pytest.fixture
def unconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody may connect anywhere."""

    def connect(*_: Any, **__: Any) -> socket.socket:
        raise AssertionError("connected")

    monkeypatch.setattr(socket, "create_connection", connect)


@pytest.mark.usefixtures("unconnected")
class TestT40Refused:
    @pytest.mark.parametrize(
        "url",
        [
            "http://example.com/",
            "file:///etc/passwd",
            "gopher://example.com/",
            "ftp://example.com/",
            "https://",
            "https://user@example.com/",
            "https://user:word@example.com/",
            "https://example.com:x/",
            "https://[/",
            "https://example.com/a b",
            "https://example.com/\r\nX: y",
            "https://exämple.com/",
        ],
    )
    def test_t40_urls(self, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = resolving(monkeypatch, "8.8.8.8")
        with pytest.raises(FetchRefused):
            get(url, loopback=False)
        assert asked == []

    @pytest.mark.parametrize(
        "host", ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost"]
    )
    def test_t40_this_machine_however_it_is_written(self, host: str) -> None:
        with pytest.raises((FetchRefused, FetchFailed)):
            get(f"https://{host}/", loopback=False)

    def test_t40_a_name_that_has_also_another_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        resolving(monkeypatch, "8.8.8.8", "10.0.0.1")
        with pytest.raises(FetchRefused):
            get("https://example.com/", loopback=False)

    def test_t40_other_ports_and_plain_http_beyond_this_machine(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        resolving(monkeypatch, "8.8.8.8")
        for url in ("https://example.com:8443/", "https://example.com:22/", "http://example.com/"):
            with pytest.raises(FetchRefused):
                get(url, loopback=True)

    def test_a_name_that_there_is_not(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def answer(*_: Any, **__: Any) -> Any:
            raise socket.gaierror("none")

        monkeypatch.setattr(socket, "getaddrinfo", answer)
        with pytest.raises(FetchFailed):
            get("https://example.com/", loopback=False)


def test_t40_the_address_that_was_checked_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that has another address a moment later (DNS rebinding) is not asked for again."""
    asked = resolving(monkeypatch, "8.8.8.8")
    connected: list[Any] = []

    def connect(place: Any, timeout: float) -> socket.socket:
        connected.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(FetchFailed):
        get("https://rebinding.example.com/", loopback=False)
    assert (asked, connected) == (["rebinding.example.com"], [("8.8.8.8", 443)])


def test_another_address_where_the_first_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three at most, each once; a machine may have no way to some of them."""
    tried: list[str] = []

    def connect(place: Any, timeout: float) -> socket.socket:
        tried.append(place[0])
        raise OSError("no way there")

    monkeypatch.setattr(socket, "create_connection", connect)
    resolving(monkeypatch, "8.8.8.8", "8.8.8.8", "1.1.1.1", "2606:4700::1111", "9.9.9.9")
    with pytest.raises(FetchFailed):
        get("https://example.com/", loopback=False)
    assert tried == ["8.8.8.8", "1.1.1.1", "2606:4700::1111"]


def test_the_first_that_answers(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    issuer.answers["/a"] = Answer(b"here")
    resolving(monkeypatch, "127.0.0.2", "127.0.0.1", "127.0.0.3")
    port = issuer.host.partition(":")[2]
    assert get(f"http://several.example.com:{port}/a", loopback=True) == b"here"


class TestAnswers:
    def test_what_is_taken(self, issuer: Issuer) -> None:
        issuer.answers["/a?b=c"] = Answer(b"{}")
        assert get(f"{issuer.url}/a?b=c", loopback=True) == b"{}"
        issuer.answers["/"] = Answer(b"root")
        assert get(issuer.url, loopback=True) == b"root"

    def test_t40_redirects_are_not_followed(self, issuer: Issuer) -> None:
        issuer.answers["/a"] = Answer(b"", 302, {"Location": f"{issuer.url}/b"})
        with pytest.raises(FetchRefused):
            get(f"{issuer.url}/a", loopback=True)
        assert issuer.asked == ["/a"]

    def test_too_long(self, issuer: Issuer) -> None:
        issuer.answers["/a"] = Answer(b"x" * (fetch.MOST + 1))
        with pytest.raises(FetchRefused):
            get(f"{issuer.url}/a", loopback=True)
        issuer.answers["/a"] = Answer(b"x" * fetch.MOST)
        assert len(get(f"{issuer.url}/a", loopback=True)) == fetch.MOST

    def test_too_late(self, issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
        """However often something comes."""
        issuer.answers["/a"] = Answer(b"{}")
        monkeypatch.setattr(fetch, "WHOLE", 0.0)
        with pytest.raises(FetchFailed):
            get(f"{issuer.url}/a", loopback=True)

    def test_no_answer_and_no_http(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fetch, "STEP", 0.05)
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
            with pytest.raises(FetchFailed):
                get(f"http://127.0.0.1:{port}/", loopback=True)
        with pytest.raises(FetchFailed):
            get(f"http://127.0.0.1:{port}/", loopback=True)


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[str, str, Path]]:
    """An https server: its URL, its certificate's thumbprint, and its authority's file."""
    made = make_certificate(tmp_path / "tls")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"secure")

        log_message: Callable[..., None] = lambda *_: None

    class Quiet(http.server.HTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.chain, made.key)
    server = Quiet(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    der = ssl.PEM_cert_to_DER_cert(made.chain.read_text())
    thumbprint = hashlib.sha1(der, usedforsecurity=False).hexdigest()
    yield f"https://127.0.0.1:{server.server_address[1]}/", thumbprint, made.authority
    server.shutdown()
    server.server_close()
    thread.join()


class TestTls:
    def test_an_authority_of_the_systems(
        self, secure: tuple[str, str, Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url, _, authority = secure
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        assert get(url, loopback=True) == b"secure"

    def test_a_thumbprint(self, secure: tuple[str, str, Path]) -> None:
        url, thumbprint, _ = secure
        assert get(url, loopback=True, thumbprints=("0" * 40, thumbprint)) == b"secure"

    @pytest.mark.parametrize("thumbprints", [(), ("0" * 40,)])
    def test_nobody_vouches_for_it(self, secure: tuple[str, str, Path], thumbprints: tuple[str, ...]) -> None:
        with pytest.raises(FetchFailed):
            get(secure[0], loopback=True, thumbprints=thumbprints)


class TestPost:
    """What is told to URLs that the operator chose: on any address, and as carefully."""

    def test_what_is_told(self) -> None:
        with hook() as made:
            post(made.url, b'{"a": 1}')
            headers, body = made.told.get(timeout=10)
        assert body == b'{"a": 1}'
        assert (headers["content-type"], headers["connection"]) == ("application/json", "close")

    @pytest.mark.parametrize("status", [199, 300, 307, 400, 404, 500, 503])
    def test_what_is_not_taken(self, status: int) -> None:
        with hook() as made, hook() as elsewhere:
            made.status, made.location = status, elsewhere.url
            with pytest.raises((FetchRefused, FetchFailed)):
                post(made.url, b"{}")
            assert elsewhere.silent()

    @pytest.mark.parametrize("status", [200, 202, 204, 299])
    def test_what_is_taken(self, status: int) -> None:
        with hook() as made:
            made.status = status
            post(made.url, b"{}")

    @pytest.mark.usefixtures("unconnected")
    @pytest.mark.parametrize("url", ["ftp://example.com/", "https://me:word@example.com/", "http://", "x"])
    def test_what_is_no_url(self, url: str) -> None:
        with pytest.raises(FetchRefused):
            post(url, b"{}")

    def test_nobody_is_there(self) -> None:
        with hook() as made:
            url = made.url
        with pytest.raises(FetchFailed):
            post(url, b"{}")
