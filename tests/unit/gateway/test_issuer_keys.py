"""Issuers' keys: whose are believed, for how long, and how often somebody goes and asks."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest

from deputize.config import Settings
from deputize.gateway import issuer_keys
from deputize.gateway.fetch import FetchFailed, FetchRefused
from deputize.gateway.issuer_keys import IssuerKeys
from deputize.model.federation import OidcProvider

URL = "https://issuer.example.com"
KEY = {"kid": "a", "kty": "RSA"}


def provider(url: str = "issuer.example.com", **members: Any) -> OidcProvider:
    return OidcProvider(account="111122223333", partition="aws", url=url, created=1, **members)


class Network:
    """Answers by URL; a function is called."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.loopback: bool | None = None
        self.answers: dict[str, Any] = {
            f"{URL}/.well-known/openid-configuration": {"issuer": URL, "jwks_uri": f"{URL}/keys"},
            f"{URL}/keys": {"keys": [KEY, "no key"]},
        }

    def __call__(self, url: str, *, loopback: bool, thumbprints: Any) -> bytes:
        self.asked.append(url)
        self.loopback = loopback
        found = self.answers.get(url, FetchFailed)
        if isinstance(found, type):
            raise found("asked")
        answer = found() if callable(found) else found
        return answer if isinstance(answer, bytes) else json.dumps(answer).encode()


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def of(network: Network) -> Callable[..., Any]:
    keys = IssuerKeys(network)

    def ask(
        kid: str | None = "a",
        now: float = 0.0,
        who: OidcProvider | None = None,
        settings: Settings = Settings(),  # noqa: B008 - frozen
    ) -> Any:
        return keys.of(provider() if who is None else who, kid, now, settings)

    return ask


def test_they_are_believed_for_an_hour(network: Network, of: Callable[..., Any]) -> None:
    assert of(now=0) == of(now=3599.9) == of(None, now=5) == (KEY,)
    assert len(network.asked) == 2
    of(now=3600)
    of(now=0)  # a clock that was put back
    assert len(network.asked) == 6


def test_an_unknown_key_is_looked_for_once_a_minute(network: Network, of: Callable[..., Any]) -> None:
    of("b", now=0)
    of("b", now=59)
    assert len(network.asked) == 2
    of("b", now=60)
    assert len(network.asked) == 4


def test_a_failure_stands_for_ten_seconds(network: Network, of: Callable[..., Any]) -> None:
    network.answers[f"{URL}/keys"] = FetchFailed
    for now in (0, 9):
        with pytest.raises(FetchFailed):
            of(now=now)
    assert len(network.asked) == 2
    network.answers[f"{URL}/keys"] = {"keys": [KEY]}
    assert of(now=10) == (KEY,)


def test_keys_are_not_believed_beyond_their_time(network: Network, of: Callable[..., Any]) -> None:
    of(now=0)
    network.answers[f"{URL}/keys"] = FetchFailed
    with pytest.raises(FetchFailed):
        of(now=3600)


def test_what_one_account_believes_counts_for_no_other(network: Network, of: Callable[..., Any]) -> None:
    of(who=provider(thumbprints=("0" * 40,)))
    of(who=provider())
    assert len(network.asked) == 4


def test_a_trailing_slash_is_the_issuers(network: Network, of: Callable[..., Any]) -> None:
    """The path of the document has one slash; the issuer in it is compared as it is."""
    with pytest.raises(FetchRefused):
        of(who=provider("issuer.example.com/"))
    assert network.asked == [f"{URL}/.well-known/openid-configuration"]


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("/.well-known/openid-configuration", b"\xff"),
        ("/.well-known/openid-configuration", b"[]"),
        ("/.well-known/openid-configuration", b"[" * 100_000),
        (
            "/.well-known/openid-configuration",
            {"issuer": "https://other.example.com", "jwks_uri": f"{URL}/keys"},
        ),
        ("/.well-known/openid-configuration", {"issuer": URL}),
        ("/.well-known/openid-configuration", {"issuer": URL, "jwks_uri": ["x"]}),
        ("/keys", {"keys": "none"}),
        ("/keys", {}),
        ("/keys", {"keys": [KEY] * 101}),
    ],
)
def test_what_is_no_set_of_keys(network: Network, of: Callable[..., Any], url: str, answer: Any) -> None:
    network.answers[URL + url] = answer
    with pytest.raises(FetchRefused):
        of()


def test_how_many_are_remembered(
    network: Network, of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer_keys, "MOST_ISSUERS", 2)
    for number in range(3):
        with pytest.raises(FetchFailed):
            of(who=provider(f"issuer{number}.example.com"))
    of()
    assert len(network.asked) == 5


def test_one_asks_for_all_who_wait(network: Network) -> None:
    keys, go_on = IssuerKeys(network), threading.Event()

    def slowly() -> Any:
        go_on.wait(10)
        return {"keys": [KEY]}

    network.answers[f"{URL}/keys"] = slowly
    found: list[Any] = []
    threads = [
        threading.Thread(target=lambda: found.append(keys.of(provider(), "a", 0.0, Settings())))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert found == [(KEY,)] * 4
    assert len(network.asked) == 2


def test_a_test_provider_in_the_place_of_all_others(network: Network, of: Callable[..., Any]) -> None:
    """Under the issuer's host and path; the document may name either."""
    settings = Settings(oidc_test_provider="http://127.0.0.1:4590")
    there = "http://127.0.0.1:4590/issuer.example.com"
    for number, name in enumerate((URL, there)):
        network.answers[f"{there}/.well-known/openid-configuration"] = {
            "issuer": name,
            "jwks_uri": f"{there}/keys",
        }
        network.answers[f"{there}/keys"] = {"keys": [KEY]}
        assert of(settings=settings, now=3600.0 * number) == (KEY,)
    assert {url.startswith(there) for url in network.asked} == {True}
    assert network.loopback
    network.answers[f"{there}/.well-known/openid-configuration"] = {"issuer": "http://127.0.0.1:4590"}
    with pytest.raises(FetchRefused):
        of(settings=settings, now=7200)


def test_a_loopback_provider_is_asked_itself(network: Network, of: Callable[..., Any]) -> None:
    settings = Settings(oidc_test_provider="http://127.0.0.1:4590", insecure_oidc_loopback=True)
    with pytest.raises(FetchFailed):
        of(who=provider("127.0.0.1:1", secure=False), settings=settings)
    assert network.asked == ["http://127.0.0.1:1/.well-known/openid-configuration"]
    of()
    assert network.loopback is False
