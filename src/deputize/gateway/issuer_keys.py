"""The public keys of token issuers, found by OpenID Connect Discovery and remembered for a while."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from deputize.config import Settings
from deputize.gateway import fetch
from deputize.gateway.fetch import FetchFailed, FetchRefused
from deputize.model.federation import OidcProvider

WELL_KNOWN = "/.well-known/openid-configuration"
# Seconds: keys are believed for so long, an unknown key is looked for again, a failure stands.
BELIEVED = 3600.0
UNKNOWN_AGAIN = 60.0
FAILED_AGAIN = 10.0
# How many issuers are remembered, and how many keys one may have.
MOST_ISSUERS = 256
MOST_KEYS = 100

Jwk = Mapping[str, Any]
Get = Callable[..., bytes]


@dataclass(slots=True)
class _Known:
    """What is known of one issuer. `error` is why the latest attempt at `at` (epoch seconds) failed."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    keys: tuple[Jwk, ...] = ()
    error: FetchRefused | FetchFailed | None = None
    at: float = float("-inf")

    def stands(self, kid: str | None, now: float) -> bool:
        """Whether nothing needs to be asked."""
        age = now - self.at
        if self.error is not None:
            return 0 <= age < FAILED_AGAIN
        known = kid is None or any(key.get("kid") == kid for key in self.keys)
        return 0 <= age < (BELIEVED if known else UNKNOWN_AGAIN)


class IssuerKeys:
    """Keys by issuer, and by the certificates that are believed of it: what one account believes counts for
    no other. Many threads may ask; of those who ask for one issuer, one goes to the network.
    """

    def __init__(self, get: Get = fetch.get) -> None:
        self._get = get
        self._known: dict[tuple[str, tuple[str, ...]], _Known] = {}
        self._lock = threading.Lock()

    def of(self, provider: OidcProvider, kid: str | None, now: float, settings: Settings) -> tuple[Jwk, ...]:
        """The issuer's keys; those of an hour ago at most, of a minute if `kid` is not among them.
        `settings` say whether this machine itself may be asked.

        Raises FetchRefused, FetchFailed. May take seconds.
        """
        known = self._entry(provider)
        with known.lock:
            if not known.stands(kid, now):
                self._renew(known, provider, now, settings)
            if known.error is not None:
                raise type(known.error)(str(known.error))
            return known.keys

    def _entry(self, provider: OidcProvider) -> _Known:
        place = (provider.issuer, provider.thumbprints)
        with self._lock:
            if place not in self._known and len(self._known) >= MOST_ISSUERS:
                self._known.clear()
            return self._known.setdefault(place, _Known())

    def _renew(self, known: _Known, provider: OidcProvider, now: float, settings: Settings) -> None:
        instead = settings.oidc_test_provider if provider.secure else None
        loopback = settings.insecure_oidc_loopback or instead is not None
        ask = partial(self._get, loopback=loopback, thumbprints=provider.thumbprints)
        known.at = now
        try:
            address = provider.issuer if instead is None else f"{instead}/{provider.url}"
            known.keys, known.error = _fetched(provider.issuer, address, ask), None
        except (FetchRefused, FetchFailed) as error:
            known.error = error


def _fetched(issuer: str, address: str, ask: Get) -> tuple[Jwk, ...]:
    """OpenID Connect Discovery 1.0, sections 4 and 3: the issuer's document, and the keys that it names. A
    test provider's document may name itself.
    """
    document = _json(ask, address.removesuffix("/") + WELL_KNOWN)
    if document.get("issuer") not in (issuer, address):
        raise FetchRefused("the document is another issuer's")
    keys = _json(ask, document.get("jwks_uri")).get("keys")
    if not isinstance(keys, list) or len(keys) > MOST_KEYS:
        raise FetchRefused("no set of keys")
    return tuple(key for key in keys if isinstance(key, dict))


def _json(ask: Get, url: Any) -> dict[str, Any]:
    if not isinstance(url, str):
        raise FetchRefused("no URL of keys")
    try:
        found = json.loads(ask(url))
    except (ValueError, RecursionError):
        raise FetchRefused("no JSON") from None
    if not isinstance(found, dict):
        raise FetchRefused("no JSON object")
    return found
