"""What guesses are counted against, and how many may wait to be checked."""

import asyncio

import pytest

from deputize.console import doorkeeper
from deputize.console.api import ConsoleError
from deputize.console.back_off import BackOff, guess, network_of
from deputize.console.doorkeeper import Doorkeeper
from deputize.console.known_browsers import KnownBrowser
from deputize.gateway.attempts import Guesses

STRANGER = KnownBrowser("stranger", ())


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_a_subscriber_has_one_address_or_64_bits(peer: str, network: str) -> None:
    assert network_of(peer) == network


def test_a_browser_counts_for_those_alone_who_signed_in_there() -> None:
    known = KnownBrowser("browser", ("AIDA1",))
    assert guess("home/ann", "AIDA1", known, "192.0.2.1").name == "browser/home/ann"
    assert guess("home/bob", "AIDA2", known, "192.0.2.1").name == "home/bob"
    assert guess("home/nobody", None, known, "192.0.2.1").name == "home/nobody"


def test_a_right_guess_forgives_the_name_and_not_the_address() -> None:
    back_off = BackOff(Guesses())
    tried = guess("home/ann", None, STRANGER, "192.0.2.1")
    for _ in range(50):
        back_off.tried(tried, 0)
        back_off.wrong(tried, 0)
    back_off.right(tried)
    assert back_off.wait(tried, 0) == 1
    assert back_off.wait(guess("home/ann", None, STRANGER, "192.0.2.2"), 0) == 0


def test_too_many_at_a_time_are_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorkeeper, "WAITING", 1)

    async def crowd() -> str:
        door = Doorkeeper(BackOff(Guesses()))
        async with door.turn(), door.turn():
            waiting = asyncio.ensure_future(_through(door))
            await asyncio.sleep(0)
            with pytest.raises(ConsoleError) as refused:
                await _through(door)
            assert not waiting.done()
        await waiting
        await _through(door)
        return refused.value.code

    assert asyncio.run(crowd()) == "Busy"


async def _through(door: Doorkeeper) -> None:
    async with door.turn():
        pass
