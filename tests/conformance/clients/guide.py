"""docs/clients.md as the tests use it: its files and its commands."""

import re
from pathlib import Path

GUIDE = Path(__file__).parents[3] / "docs" / "clients.md"
URL = "http://127.0.0.1:4566"


def sections() -> dict[str, str]:
    """The text below each heading of the second level."""
    pieces = re.split(r"^## (.+)\n", GUIDE.read_text(), flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def commands(section: str) -> list[str]:
    return re.findall(r"^\$ (.+)$", section, re.MULTILINE)


def write_files(section: str, home: Path, url: str) -> None:
    """Write the files that a section shows (their names stand before them), for the server at `url`."""
    for name, text in re.findall(r"^`(\S+)`:\n\n```\w+\n(.*?)```", section, re.MULTILINE | re.DOTALL):
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(at(url, text))


def trusting(name: str, authority: Path) -> dict[str, str]:
    """The variable by which a client trusts the certificates in `authority`, as the first table says."""
    (variable,) = re.findall(rf"^\| {name} \|.*`(\w+)=ca\.pem` \|$", GUIDE.read_text(), re.MULTILINE)
    return {variable: str(authority)}


def at(url: str, text: str) -> str:
    """The text, with the address of the server at `url` in place of the guide's."""
    scheme, address = url.split("://")
    port = address.rpartition(":")[2]
    text = text.replace(URL, url).replace("http://localhost:4566", f"{scheme}://localhost:{port}")
    if scheme == "https":
        text = text.replace("use_https = False", "use_https = True")
    return text.replace("127.0.0.1:4566", address)
