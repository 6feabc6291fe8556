"""T55: whatever is posted to the console's calls and endpoints is answered, and never by a failure."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.attacks.test_fuzz import FUZZ
from tests.conformance.browser import OWN, Browser, user_signed_in
from tests.conformance.fix_tutorial import DEVELOPMENT, PRODUCTION, Scene
from tests.fix_world import World

from deputize.console.calls import CALLS
from deputize.domain import passwords

NAMES = (
    "session", "kind", "account", "name", "email", "password", "mfaCode", "newPassword", "roleName",
    "displayName", "color", "requestId", "seconds", "everywhere",
)  # fmt: skip
LIKELY = (
    "user", "root", DEVELOPMENT, PRODUCTION, "David", "UpdateApp", "development@example.invalid",
    "PRODUCTION", "f2b0a9", "", "\ud800", "\x00", "%", "*", "a" * 65, "000000", "0" * 32,
)  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(LIKELY),
    st.text(st.characters(codec=None), max_size=70),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(), lambda inner: st.lists(inner, max_size=3)
    ),
)


@pytest.fixture(scope="module")
def quick() -> Iterator[None]:
    """Nobody's password takes time here, and none is right."""
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "check", lambda found, password: False)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def browser(shared_scene: Scene, quick: None) -> Browser:
    made = Browser(shared_scene.world)
    made.cookies = {}
    return made


def answered(world: World, status: int) -> None:
    """Time goes on, so that guessing is not all that is refused."""
    assert status < 500
    world.clock.advance(10)


@FUZZ
@given(
    call=st.sampled_from(sorted(CALLS)),
    members=st.dictionaries(st.sampled_from(NAMES), VALUES),
    own=st.booleans(),
)
def test_t55_the_console_s_calls(
    shared_scene: Scene, browser: Browser, call: str, members: dict[str, Any], own: bool
) -> None:
    """T55. Members of every form, half of the time in a session that goes on."""
    browser.cookies = {}
    if own:
        members["session"] = user_signed_in(browser, shared_scene.development, "David")
    body = json.dumps(members).encode()
    reply = browser.send("POST", f"/_console/api/{call}", body, {"Origin": browser.origin, **OWN})
    answered(shared_scene.world, reply.status)


@FUZZ
@given(body=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_t55_bodies_that_are_no_calls(shared_scene: Scene, browser: Browser, body: bytes) -> None:
    """T55. Bytes."""
    for call in ("sign-in", "credentials"):
        reply = browser.send("POST", f"/_console/api/{call}", body, {"Origin": browser.origin, **OWN})
        answered(shared_scene.world, reply.status)


PARAMETERS = st.dictionaries(
    st.sampled_from(
        (
            "Action",
            "Session",
            "SessionDuration",
            "SigninToken",
            "Destination",
            "SAMLResponse",
            "RelayState",
            "role",
        )
    ),
    st.sampled_from(
        (
            "getSigninToken",
            "login",
            "900",
            "PHg+",
            '{"sessionId":"x","sessionKey":"y","sessionToken":"IQoJ"}',
            "AQ==",
        )
    )
    | st.text(max_size=40),
)


@FUZZ
@given(parameters=PARAMETERS, path=st.sampled_from(("/federation", "/saml")), post=st.booleans())
def test_t55_the_endpoints_beside_them(
    shared_scene: Scene, browser: Browser, parameters: dict[str, str], path: str, post: bool
) -> None:
    """T55. The federation endpoint and the assertion consumer."""
    encoded = urlencode(parameters)
    if post:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        reply = browser.send("POST", path, encoded.encode(), form)
    else:
        reply = browser.send("GET", f"{path}?{encoded}")
    assert reply.status < 500


@FUZZ
@given(
    cookie=st.text(
        st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=120
    )
)
def test_t55_cookies_and_hosts(shared_scene: Scene, browser: Browser, cookie: str) -> None:
    """T55. Headers that only browsers should send."""
    prefix = f"deputize-{shared_scene.world.console_port}-"
    for value in (cookie, f"{prefix}{cookie}", f"{prefix}browser={cookie}", f"{prefix}{'0' * 32}={cookie}"):
        headers = {"Origin": browser.origin, **OWN, "Cookie": value.strip() or "x"}
        assert browser.send("POST", "/_console/api/sessions", b"{}", headers).status < 500
