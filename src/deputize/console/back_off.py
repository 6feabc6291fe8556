"""Who may guess a password right now. Each guess is weighed before anything is computed for it.

A name that was guessed wrong too often answers nobody for a while, from wherever they come; an address from
which too much was guessed wrong, neither. A browser in which that very person signed in before has tries of
its own, so nobody can be locked out of their own browser. All of it is in memory, bounded, which the workers
share.
"""

import ipaddress
from dataclasses import dataclass

from deputize.console.known_browsers import KnownBrowser
from deputize.gateway.attempts import Guesses


@dataclass(frozen=True, slots=True)
class BackOff:
    """Wrong guesses by name, and by address."""

    guesses: Guesses

    def wait(self, guess: "Guess", now: float) -> float:
        """For how many seconds no guess of this kind is heard; 0: it is."""
        return max(self.guesses.names.wait(guess.name, now), self.guesses.addresses.wait(guess.address, now))

    def tried(self, guess: "Guess", now: float) -> None:
        """It counts as wrong until it is known to be right: many at a time are no more than one by one."""
        self.guesses.names.wrong(guess.name, now)

    def wrong(self, guess: "Guess", now: float) -> None:
        """The guess was wrong: that is also held against where it came from."""
        self.guesses.addresses.wrong(guess.address, now)

    def right(self, guess: "Guess") -> None:
        """The name is forgiven; the address is not, or who has one password could go on guessing others."""
        self.guesses.names.right(guess.name)


@dataclass(frozen=True, slots=True)
class Guess:
    """Under which name and from where somebody tries to sign in, in the forms that are counted."""

    name: str
    address: str


def guess(identity: str, owner: str | None, browser: KnownBrowser, peer: str) -> Guess:
    """A try as `identity`, whose password is `owner`'s (None: nobody's)."""
    known = owner is not None and owner in browser.owners
    return Guess(f"{browser.name}/{identity}" if known else identity, network_of(peer))


def network_of(peer: str) -> str:
    """An address of IPv4, or what one subscriber has of IPv6: 64 bits."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return peer
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))
