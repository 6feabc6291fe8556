"""Addresses that strangers write: where a sign-in leads, and what a Host makes of the pages' policy."""

from urllib.parse import urljoin, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from deputize.console.federation import destination
from deputize.console.pages import safe_headers
from deputize.console.site import Site, site_of
from deputize.protocol.message import Head

SITE = Site("https", "console.example.com", 443)
PIECES = (
    "/_console/",
    "//",
    "\\",
    "..",
    "%2e",
    "@",
    ":",
    "?",
    "#",
    "https:",
    "evil.example",
    "\r\n",
    "\t",
    " ",
    "api/",
)
places = st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join))


@given(places)
@example("/_console/x?y#z")
@example(SITE.origin + "/_console/x")
def test_a_sign_in_leads_to_a_page_of_the_console_s(wanted: str) -> None:
    found = destination(SITE, wanted)
    assert found.isascii() and found.isprintable() and " " not in found and "\\" not in found
    led = urlsplit(urljoin(SITE.origin, found))
    assert f"{led.scheme}://{led.netloc}" == SITE.origin
    assert led.path.startswith("/_console/") and not led.path.startswith("/_console/api/")


@given(st.one_of(st.text(), st.from_regex(r"\A[\[\]0-9a-z.:%;' ,-]{0,40}\Z")), st.booleans())
@example("localhost:4567", False)
@example("[::1]:4567", True)
@example("localhost; script-src *", False)
def test_a_host_says_nothing_else_in_the_pages_policy(host: str, secure: bool) -> None:
    site = site_of(Head("GET", "/_console/", "", (("host", host),), "", secure), ("localhost",))
    if site is not None:
        policy = dict(safe_headers(site))["content-security-policy"]
        scripts = next(one for one in policy.split("; ") if one.startswith("script-src "))
        scheme = "https" if secure else "http"
        assert scripts.removeprefix("script-src ") == f"{scheme}://{site.authority}/_console/assets/"
        assert not set(site.authority) & set(" ;,'\"\\/@?#")
        assert policy.count(";") == dict(safe_headers(SITE))["content-security-policy"].count(";")
