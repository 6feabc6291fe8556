"""T48 to T50: codes used twice, passwords guessed by the thousand, and names that nobody shall learn."""

import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.conformance.browser import OWN, Browser
from tests.conformance.test_console_sign_in import FAILED, WRONG, Home, home
from tests.state import unchanged
from tests.totp import App, enabled

from deputize.domain import passwords

__all__ = ["home"]


@pytest.fixture
def app(home: Home) -> App:
    _, app = enabled(home.iam, "Ann", home.world.clock)
    home.world.clock.advance(30)
    return app


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were hashed, which is quick here."""
    seen: list[str] = []

    def check(found: object, password: str) -> bool:
        seen.append(password)
        return found is not None and password == "Correct-Horse-1"

    monkeypatch.setattr(passwords, "check", check)
    return seen


def test_t48_a_code_lets_in_once(home: Home, app: App) -> None:
    code = app.code()
    home.browser.call("sign-in", **home.ann(mfaCode=code))
    with unchanged(home.world):
        assert home.browser.refused("sign-in", **home.ann(mfaCode=code)) == FAILED
        assert home.browser.refused("sign-in", **home.ann(mfaCode=app.code(-1))) == FAILED
    home.world.clock.advance(30)
    assert home.browser.call("sign-in", **home.ann(mfaCode=app.code()))["next"] == "done"


def test_t48_of_two_at_a_time_one_is_let_in(home: Home, app: App) -> None:
    form = home.ann(mfaCode=app.code())
    with ThreadPoolExecutor(4) as pool:
        tried = list(pool.map(lambda _: Browser(home.world).post("sign-in", **form).status, range(4)))
    assert sorted(tried) == [200, 401, 401, 401]


def test_t48_one_step_before_and_after_and_no_further(home: Home, app: App) -> None:
    for steps, status in ((-2, 401), (2, 401), (-1, 401), (1, 200), (0, 401)):
        reply = home.browser.post("sign-in", **home.ann(mfaCode=app.code(steps)))
        assert reply.status == status, steps


def test_t48_another_s_device_is_none(home: Home, app: App) -> None:
    home.iam.create_user(UserName="Bob")
    _, foreign = enabled(home.iam, "Bob", home.world.clock)
    home.world.clock.advance(30)
    with unchanged(home.world):
        assert home.browser.refused("sign-in", **home.ann(mfaCode=foreign.code())) == FAILED


def test_t48_codes_are_not_guessed_with_the_password_known(home: Home, app: App, checks: list[str]) -> None:
    """However many are tried, few are looked at."""
    for number in range(200):
        home.browser.post("sign-in", **home.ann(mfaCode=f"{number:06d}"))
        home.world.clock.advance(1)
    assert len(checks) <= 5 + 8


def test_t49_ten_thousand_guesses_are_few_hashes(home: Home, checks: list[str]) -> None:
    """Variants of one name, one a second: the wait doubles up to an hour."""
    variants = [home.ann(name=name) for name in ("Ann", "ann", " ANN", "aNN ")]
    variants += [home.ann(account=account) for account in ("home-alias", "HOME-ALIAS")]
    for number in range(1000):
        reply = home.browser.post(
            "sign-in", **{**variants[number % len(variants)], "password": f"guess-{number}"}
        )
        assert reply.status in (401, 429)
        home.world.clock.advance(10)
    assert len(checks) <= 5 + 12 + 3


def test_t49_one_address_does_not_try_all_names(home: Home, checks: list[str]) -> None:
    for number in range(300):
        home.browser.post("sign-in", **home.ann(name=f"user-{number}", password=WRONG))
        home.world.clock.advance(1)
    assert len(checks) <= 50 + 9


def test_t49_forwarded_addresses_of_strangers_do_not_count(home: Home, checks: list[str]) -> None:
    """Without a trusted proxy the header is hearsay."""
    for number in range(120):
        body = json.dumps(home.ann(name=f"user-{number}", password=WRONG)).encode()
        headers = {"Origin": home.browser.origin, **OWN, "X-Forwarded-For": f"192.0.2.{number}"}
        home.browser.send("POST", "/_console/api/sign-in", body, headers)
    assert len(checks) == 50


def test_t49_nobody_is_locked_out_for_ever(home: Home, checks: list[str]) -> None:
    """An hour after the last guess the right password counts; in the root user's own browser, at once."""
    home.browser.call("sign-in", **home.root())
    attacker = Browser(home.world)
    for _ in range(30):
        attacker.post("sign-in", **home.root(password=WRONG))
        home.world.clock.advance(600)
    assert attacker.post("sign-in", **home.root()).status == 429
    assert home.browser.call("sign-in", **home.root())["next"] == "done"
    home.world.clock.advance(3600)
    assert Browser(home.world).call("sign-in", **home.root())["next"] == "done"


def test_t49_many_at_a_time_are_no_more_than_one_by_one(home: Home) -> None:
    with ThreadPoolExecutor(12) as pool:
        form = home.ann(password=WRONG)
        tried = list(pool.map(lambda _: Browser(home.world).post("sign-in", **form).status, range(12)))
    assert sorted(tried) == [401] * 5 + [429] * 7


def test_t50_names_are_not_told_apart_by_time(home: Home) -> None:
    """The same hash is computed for nobody's password. On a busy machine single times say little: the medians
    of some, taken in turns, and a generous margin.
    """
    home.iam.create_user(UserName="NoPassword")
    forms = [
        home.ann(password=WRONG),
        home.ann(name="Nobody"),
        home.ann(name="NoPassword"),
        home.root(password=WRONG),
    ]
    times: list[list[float]] = [[] for _ in forms]
    for _ in range(9):
        for taken, form in zip(times, forms, strict=True):
            home.world.clock.advance(3600)
            began = time.perf_counter()
            assert home.browser.post("sign-in", **form).status == 401
            taken.append(time.perf_counter() - began)
    medians = [statistics.median(taken) for taken in times]
    assert max(medians) < 1.5 * min(medians), medians


def test_t50_names_are_not_told_apart_by_anything_else(home: Home) -> None:
    """Status, headers and body are the same, but for the time; so they are when too much was tried."""
    home.iam.create_user(UserName="NoPassword")
    names = ("Ann", "Nobody", "NoPassword", "<script>", "Ann' OR 1=1", "a" * 320)
    seen = set()
    for name in names:
        for _ in range(6):
            reply = home.browser.post("sign-in", **home.ann(name=name, password=WRONG))
            headers = {key: value for key, value in reply.headers.items() if key != "date"}
            seen.add((reply.status, json.dumps(headers), reply.body))
        home.world.clock.advance(3600)
    assert sorted(status for status, _, _ in seen) == [401, 429]
