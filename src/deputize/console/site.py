"""Under which name a browser sees the console, and whether it is one of the server's own.

A page of another site whose name was made to point here (DNS rebinding) is of the same origin to a browser,
but its Host tells: only addresses and the server's own names are answered on the console's port.
"""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass

from deputize.protocol.message import Head

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[0-9A-Za-z.-]+)(?::(\d{1,5}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Site:
    """The origin of a request to the console's port (RFC 6454): scheme, name and port."""

    scheme: str
    name: str
    port: int

    @property
    def authority(self) -> str:
        """Name and port as they stand in addresses, the scheme's own port left out."""
        usual = 443 if self.scheme == "https" else 80
        return self.name if self.port == usual else f"{self.name}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"


def site_of(head: Head, names: Collection[str]) -> Site | None:
    """Where the request was addressed to; None if its Host is neither an address nor one of `names`."""
    found = _HOST.fullmatch(head.get("host") or "")
    if found is None:
        return None
    name, port = found[1].lower(), found[2]
    if name not in names and not _address(name):
        return None
    scheme = "https" if head.secure else "http"
    return Site(scheme, name, int(port) if port is not None else 443 if head.secure else 80)


def _address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
