"""Each session has a cookie of its own: its name tells which one, its value proves that this browser signed
in.

Cookies are shared by all ports of a host (RFC 6265, 8.5), so their names tell the console's port as well.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator
from itertools import islice

from deputize.console.site import Site
from deputize.model.console import ConsoleSession
from deputize.protocol.message import Head

PATH = "/_console/"
# The most cookies that are looked at, whatever a browser sends.
MOST = 50
_ID = re.compile("[0-9a-f]{32}")


def new() -> tuple[str, str]:
    """The id of a new session and the value of its cookie: 128 and 256 random bits."""
    return secrets.token_hex(16), secrets.token_urlsafe(32)


def digest(value: str) -> str:
    """What is kept of a cookie's value."""
    return hashlib.sha256(value.encode()).hexdigest()


def presented(head: Head, site: Site) -> Iterator[tuple[str, str]]:
    """The sessions whose cookies came along: ids and values."""
    prefix = _prefix(site)
    pairs = (pair.strip() for line in head.all("cookie") for pair in line.split(";"))
    ours = (pair.removeprefix(prefix) for pair in pairs if pair.startswith(prefix))
    for pair in islice(ours, MOST):
        name, _, value = pair.partition("=")
        yield name, value


def is_session(name: str) -> bool:
    """Whether this is the id of a session, of this browser's or of none."""
    return _ID.fullmatch(name) is not None


def proves(value: str, row: ConsoleSession) -> bool:
    """Whether this is the value of the session's cookie."""
    return hmac.compare_digest(digest(value), row.token)


def given(site: Site, identity: str, value: str, seconds: int) -> str:
    """The Set-Cookie of a session: no script reads it, no other site's request carries it."""
    secure = "; Secure" if site.scheme == "https" else ""
    attributes = f"Path={PATH}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    return f"{_prefix(site)}{identity}={value}; {attributes}"


def taken(site: Site, identity: str) -> str:
    """The Set-Cookie that removes a session's."""
    return given(site, identity, "", 0)


def _prefix(site: Site) -> str:
    return f"deputize-{site.port}-"
