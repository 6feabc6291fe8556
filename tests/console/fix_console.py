"""`stage`: the accounts of the tutorial with passwords for the console, and people with real browsers."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)
from tests.conformance.fix_tutorial import DEVELOPMENT, PRODUCTION
from tests.fix_world import Keys, World
from tests.programs import need

from deputize.console.pages import BUILT
from deputize.domain import accounts
from deputize.secrets.passwords import hashed
from deputize.store.api import Transaction

PASSWORD = "Correct-Horse-1"
HASH = hashed(PASSWORD)
ADMINS = {DEVELOPMENT: ("Development", "dev-admin"), PRODUCTION: ("Production", "prod-admin")}
# Where screenshots go, by hand (`make tour`).
TOUR = os.environ.get("DEPUTIZE_TOUR")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
# What Chromium says on its console of every answer that is an error; the answers themselves are looked at.
ECHO = "Failed to load resource"
# How long anything may take to show (ms): much more than it does, for machines that are busy.
PATIENCE = 30_000
# What is answered 404 when there is none, which is no failure.
ABSENT = ("Action=GetAccountPasswordPolicy", "Action=GetLoginProfile", "Action=DeleteLoginProfile")
ABSENT_IN_S3 = (
    *("cors", "lifecycle", "object-lock", "policy", "publicAccessBlock", "tagging"),
    *("retention", "legal-hold"),
)
ABSENT_OF_ACCOUNT = "/v20180820/configuration/publicAccessBlock"
# Asked about a refusal alone, which is looked at itself; it may be answered when that is long shown.
EXPLAIN = "/_console/api/explain"

# Requests whose address has a part in it do not get on until they are let go, or are given up.
HOLD = """part => {
  const send = window.fetch, waiting = [];
  window.letGo = () => {
    window.fetch = send;
    waiting.forEach(go => go());
  };
  window.fetch = (request, ...more) =>
    String(request.url).includes(part)
      ? new Promise((go, fail) => {
          request.signal.addEventListener("abort", () => fail(request.signal.reason));
          waiting.push(() => request.signal.aborted || go(send(request, ...more)));
        })
      : send(request, ...more);
}"""


@dataclass
class Person:
    """Somebody with a browser of their own. What goes wrong in it is noted, and fails the test at the end."""

    page: Page
    origin: str
    wrong: list[str] = field(default_factory=list)
    refusable: bool = False

    def __post_init__(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.wrong.append(f"exception: {error}"))
        self.page.on("response", self._answered)
        self.page.on("requestfailed", self._failed)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(ECHO):
            self.wrong.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        # What a page was still asking when it was left is given up.
        if request.failure != "net::ERR_ABORTED":
            self.wrong.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        asked = response.request
        none = response.status == 404 and (
            any(name in (asked.post_data or "") for name in ABSENT)
            or asked.url.partition("?")[2].rstrip("=") in ABSENT_IN_S3
            or asked.url.endswith((ABSENT_OF_ACCOUNT, EXPLAIN))
        )
        if response.status >= 400 and not self.refusable and not none:
            self.wrong.append(f"{response.status}: {asked.method} {asked.url} {(asked.post_data or '')[:60]}")

    @contextmanager
    def refused(self) -> Iterator[None]:
        """In here the server may say no."""
        self.refusable = True
        yield
        self.page.wait_for_load_state("networkidle")
        self.refusable = False

    def open(self, path: str) -> None:
        self.page.goto(f"{self.origin}/_console{path}")

    def go(self, path: str) -> None:
        """To another page as its links lead there: without loading the console anew."""
        self.page.evaluate(
            "path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')); }",
            f"/_console{path}",
        )

    def sign_in(self, account: str, name: str, password: str = PASSWORD) -> None:
        """By the form; ends on the dashboard."""
        self.open("/signin")
        self.fill("Account ID or alias", account)
        self.fill("User name", name)
        self.fill("Password", password)
        self.button("Sign in")
        expect(self.page.get_by_role("heading", name="Who you are")).to_be_visible()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).first.fill(text)

    def button(self, name: str, within: Locator | None = None) -> None:
        (within or self.page).get_by_role("button", name=name, exact=True).first.click()

    def link(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).click()

    def identity(self, item: str) -> None:
        """Choose from the menu of who one is, once the page has what it asked for."""
        self.page.wait_for_load_state("networkidle")
        self.page.locator(".identity button").first.click()
        self.page.get_by_role("menuitem", name=item).first.click()

    def write_policy(self, text: str) -> None:
        """Replace what the policy editor holds."""
        self.page.locator(".json-editor").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Escape")

    def dialog(self) -> Locator:
        """The dialog that is open."""
        return self.page.get_by_role("dialog")

    def panel(self, title: str) -> Locator:
        """The part of a page that has this title."""
        return self.page.get_by_role("region", name=title)

    def save(self, panel: str) -> None:
        """Save what was changed in a panel; ends when the server has it."""
        with self.page.expect_response(lambda answer: answer.request.method == "PUT"):
            self.button("Save", self.panel(panel))

    def hold(self, part: str) -> None:
        """Requests of the page with this in their address wait from now on."""
        self.page.evaluate(HOLD, part)

    def release(self) -> None:
        """They go on."""
        self.page.evaluate("letGo()")

    def choose(self, *rows: str) -> None:
        """Tick rows of a table that are shown."""
        for row in rows:
            self.page.get_by_role("row", name=row).first.locator("input").first.check()

    def sees(self, text: str) -> None:
        expect(self.page.get_by_text(text).first).to_be_visible()

    def heading(self, name: str) -> None:
        expect(self.page.get_by_role("heading", name=name).first).to_be_visible()

    def shot(self, name: str) -> None:
        """A picture for docs/tour, when one is being made."""
        if TOUR is not None:
            self.page.wait_for_load_state("networkidle")
            self.page.wait_for_timeout(300)
            self.page.screenshot(path=Path(TOUR) / f"{name}.png")


@dataclass
class Stage:
    """A server with the two accounts and nothing in them, and a browser."""

    world: World
    browser: Browser
    # Access keys of the administrators by account, for what must be there before a test.
    keys: dict[str, Keys]
    people: list[Person] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.world.console_port}"

    def person(self, *, width: int = 1280, dark: bool = False, language: str = "en-US") -> Person:
        """Somebody new, with cookies and storage of their own."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            locale=language,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        made = Person(context.new_page(), self.origin)
        self.people.append(made)
        return made

    def admin(self, path: str) -> Person:
        """Production's administrator, on a page."""
        made = self.person()
        made.sign_in(PRODUCTION, ADMINS[PRODUCTION][1])
        made.go(path)
        return made

    def visitor(self, **how: Any) -> Person:
        """Production's administrator with such a browser, whatever its language; on the dashboard."""
        english = self.person()
        english.sign_in(PRODUCTION, ADMINS[PRODUCTION][1])
        made = self.person(**how)
        made.page.context.add_cookies(english.page.context.cookies())  # type: ignore[arg-type]
        made.open("/")
        made.page.wait_for_load_state("networkidle")
        return made

    def user(self, name: str, *actions: str) -> None:
        """A user of Production with PASSWORD, who may do this alone."""
        iam: Any = self.world.client("iam", self.keys[PRODUCTION])
        iam.create_user(UserName=name)
        iam.create_login_profile(UserName=name, Password=PASSWORD)
        allowed = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        iam.put_user_policy(UserName=name, PolicyName="some", PolicyDocument=document)

    def somebody(self, *actions: str) -> Person:
        """Signed in as a user who may do this alone."""
        self.user("Rita", *actions)
        made = self.person()
        with made.refused():
            made.sign_in(PRODUCTION, "Rita")
            made.sees("You may not see this account's summary")
        return made


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    need("chromium")
    if not (BUILT / "index.html").exists():
        pytest.fail("the console's pages are not built: make web", pytrace=False)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def stage(world: World, chromium: Browser) -> Iterator[Stage]:
    """The accounts with their administrators and root users, who all have PASSWORD."""

    def create(db: Transaction) -> dict[str, Keys]:
        now, keys = int(world.clock.now), {}
        for number, (name, admin) in ADMINS.items():
            account = accounts.create(
                db, name=name, id=number, partition="aws", root_password_hash=HASH, now=now
            )
            key = accounts.add_admin(db, account, admin, world.opened.keyring, password_hash=HASH, now=now)
            keys[number] = Keys(key.id, key.secret)
        return keys

    made = Stage(world, chromium, world.opened.store.write(create).result())
    yield made
    for person in made.people:
        person.page.context.close()
    wrong = [line for person in made.people for line in person.wrong]
    assert not wrong, "\n".join(wrong)
