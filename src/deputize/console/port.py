"""The console's port: the pages under `/_console/`, and at the root the API, so that the pages call it within
their own origin.

What is stored is never shown on this origin: an object that a browser would open as a page, a script, a
worker or a frame is refused, and every answer of the API is sealed off.
"""

import dataclasses
import logging
from dataclasses import dataclass

from deputize.console import federation, saml
from deputize.console.api import PREFIX, ConsoleApi
from deputize.console.desk import Desk
from deputize.console.pages import ROOT, Pages
from deputize.console.site import Site, site_of
from deputize.gateway.spine import Gateway
from deputize.protocol.message import Answer, Body, Head
from deputize.store.errors import StoreUnavailable

log = logging.getLogger("deputize.console")

# How a browser may use an answer of the API (Fetch Metadata, `Sec-Fetch-Dest`): as data, and as what cannot
# run. Programs that are no browsers do not say.
HARMLESS = frozenset({None, "empty", "image", "audio", "video"})
SEALED = (("content-security-policy", "sandbox"), ("x-content-type-options", "nosniff"))
TEXT = ("content-type", "text/plain; charset=utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolePort:
    """What answers on the console's port."""

    desk: Desk
    pages: Pages
    api: ConsoleApi

    @property
    def gateway(self) -> Gateway:
        return self.desk.gateway

    async def answer(self, head: Head, body: Body) -> Answer:
        """The answer to any request; raises nothing but ConnectionError, when the client went away."""
        try:
            return await self._answer(head, body)
        except ConnectionError:
            raise
        except StoreUnavailable:
            return _told(503, b"The server cannot store anything right now.\n")
        except Exception:
            log.exception("a request to the console failed")
            return _told(500, b"The server failed. Please try again.\n")

    async def _answer(self, head: Head, body: Body) -> Answer:
        site = site_of(head, self.gateway.installation.settings.base_hosts)
        if site is None:
            return _told(421, b"This server is not known by that name here: --base-host makes it known.\n")
        if head.path.startswith(PREFIX):
            return await self.api.answer(head, body, site)
        if head.path.startswith(ROOT):
            return self.pages.answer(head, site)
        return await self._root(head, body, site)

    async def _root(self, head: Head, body: Body, site: Site) -> Answer:
        use = head.get("sec-fetch-dest")
        if head.path == ROOT[:-1] or (head.path == "/" and use == "document" and head.method == "GET"):
            return Answer(302, (*SEALED, ("location", ROOT), ("cache-control", "no-store")))
        if federation.asks(head):
            return await federation.answer(self.desk, head, body, site, self.gateway.clock())
        if saml.asks(head):
            return await saml.answer(self.desk, head, body, site, self.gateway.clock())
        if use not in HARMLESS:
            return _told(403, b"Objects are not shown on the console's own origin.\n")
        answer = await self.gateway.answer(head, body)
        return dataclasses.replace(answer, headers=(*answer.headers, *SEALED))


def _told(status: int, text: bytes) -> Answer:
    return Answer(status, (*SEALED, TEXT), text)
