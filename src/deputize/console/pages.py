"""The console's pages: built files, and the headers that keep them to themselves.

Every path that names no file is the application's own and gets its one page, which changes nothing by being
opened.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from deputize.console.site import Site
from deputize.protocol.message import Answer, FileSlice, Head

BUILT = Path(__file__).with_name("static")
ROOT = "/_console/"
ASSETS = ROOT + "assets/"
# One folder, no other: nothing of a path reaches the file system but a name of this form.
_NAME = re.compile(r"[0-9A-Za-z_][0-9A-Za-z_.-]*\.([0-9a-z]+)", re.ASCII)
TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "ico": "image/x-icon",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "woff2": "font/woff2",
}
# The build's files have the hash of their content in their names.
FOR_EVER = "public, max-age=31536000, immutable"
NOT_BUILT = b"The console's pages are not part of this installation. The API answers here all the same.\n"


@dataclass(frozen=True, slots=True)
class Pages:
    """The files in `folder`, where the build put them."""

    folder: Path = BUILT

    def answer(self, head: Head, site: Site) -> Answer:
        """The file or the page that a request under `/_console/` asks for."""
        headers = safe_headers(site)
        if head.method not in ("GET", "HEAD"):
            return Answer(405, (*headers, ("allow", "GET, HEAD")))
        if head.path.startswith(ASSETS):
            return self._file("assets/", head.path.removeprefix(ASSETS), head, headers, FOR_EVER) or Answer(
                404, headers
            )
        name = head.path.removeprefix(ROOT)
        found = self._file("", name, head, headers, "no-cache") if name != "index.html" else None
        return found or self._file("", "index.html", head, headers, "no-cache") or _not_built(headers)

    def _file(
        self, under: str, name: str, head: Head, headers: tuple[tuple[str, str], ...], cached: str
    ) -> Answer | None:
        """The built file, compressed if the build did so and the browser takes it; None if there is none."""
        form = _NAME.fullmatch(name)
        if form is None or form[1] not in TYPES:
            return None
        path = self.folder / under / name
        answer = (
            *headers,
            ("content-type", TYPES[form[1]]),
            ("cache-control", cached),
            ("vary", "accept-encoding"),
        )
        if "gzip" in (head.get("accept-encoding") or ""):
            packed = _opened(path.with_name(path.name + ".gz"))
            if packed is not None:
                return Answer(200, (*answer, ("content-encoding", "gzip")), packed)
        plain = _opened(path)
        return None if plain is None else Answer(200, answer, plain)


def _opened(path: Path) -> FileSlice | None:
    try:
        file = path.open("rb")
    except OSError:
        return None
    return FileSlice(file, 0, path.stat().st_size)


def _not_built(headers: tuple[tuple[str, str], ...]) -> Answer:
    return Answer(501, (*headers, ("content-type", "text/plain; charset=utf-8")), NOT_BUILT)


def safe_headers(site: Site) -> tuple[tuple[str, str], ...]:
    """What every answer of the console says to browsers: nothing runs but the build's scripts, nobody frames
    or embeds it, nothing is guessed, and its addresses are told to no other site (Content Security Policy
    Level 3; Fetch, `Cross-Origin-Resource-Policy`).
    """
    policy = (
        "default-src 'none'",
        f"script-src {site.origin}{ASSETS}",
        f"worker-src {site.origin}{ASSETS}",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'none'",
    )
    return (
        ("content-security-policy", "; ".join(policy)),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    )
