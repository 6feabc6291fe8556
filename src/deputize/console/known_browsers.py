"""Browsers in which somebody signed in before: guesses made elsewhere, however many, do not keep them out
(OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
"""

import json
import secrets
from dataclasses import dataclass

from deputize.console import cookies
from deputize.console.site import Site
from deputize.protocol.message import Head
from deputize.secrets.envelope import Damaged
from deputize.secrets.keyring import Keyring

NAME = "browser"
SECONDS = 180 * 86400
# Of how many identities a browser remembers that they signed in.
MOST = 8
_PLACE = ("known_browser", "", "")


@dataclass(frozen=True, slots=True)
class KnownBrowser:
    """A browser by a name of its own, and who signed in there: owners of passwords."""

    name: str
    owners: tuple[str, ...]


def recall(keyring: Keyring, head: Head, site: Site) -> KnownBrowser:
    """The browser that its cookie tells; a new one if it has none."""
    for name, value in cookies.presented(head, site):
        if name == NAME:
            try:
                told = json.loads(keyring.unseal(*_PLACE, bytes.fromhex(value)))
            except (Damaged, ValueError):
                continue
            return KnownBrowser(told["name"], tuple(told["owners"]))
    return KnownBrowser(secrets.token_hex(8), ())


def remember(keyring: Keyring, site: Site, browser: KnownBrowser, owner: str) -> str:
    """The Set-Cookie by which this browser is known as one in which `owner` signed in."""
    owners = [owner, *(one for one in browser.owners if one != owner)][:MOST]
    content = json.dumps({"name": browser.name, "owners": owners}).encode()
    return cookies.given(site, NAME, keyring.seal(*_PLACE, content).hex(), SECONDS)
