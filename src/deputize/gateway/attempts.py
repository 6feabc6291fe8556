"""Wrong guesses at secrets that are short enough to be guessed: each costs the next one time."""

import hashlib
import mmap
import secrets
import struct
from dataclasses import dataclass, field

# So many wrong guesses are free; then each doubles the wait for the next one, from a second to an hour.
FREE = 5
# Whole offices share an address.
FREE_OF_AN_ADDRESS = 50
LONGEST = 3600.0
# Secrets are remembered in so many places for sets of as many; in a full set the one that was not guessed at
# for the longest time is forgotten.
SETS, PLACES = 2048, 8
# A keyed hash of the secret's name, how many guesses were wrong, and when the last one was (epoch seconds).
_PLACE = struct.Struct("=16sId")


class Attempts:
    """What was guessed wrong lately, by a name of the secret. `free` guesses cost nothing.

    It lies in shared memory: processes that are forked after it was made count together. There is no lock: of
    guesses that two of them hear in the same instant, one may be counted.
    """

    def __init__(self, free: int = FREE) -> None:
        self._free = free
        # Nobody can know which names fall into one set.
        self._key = secrets.token_bytes(16)
        self._memory = mmap.mmap(-1, SETS * PLACES * _PLACE.size)

    def wait(self, secret: str, now: float) -> float:
        """For how many seconds no guess is heard; `now` is in epoch seconds."""
        _, count, last = self._find(secret)
        if count < self._free:
            return 0.0
        return max(0.0, last + min(2.0 ** min(count - self._free, 20), LONGEST) - now)

    def open(self, secret: str, now: float) -> bool:
        """Whether a guess is heard at all."""
        return self.wait(secret, now) == 0.0

    def wrong(self, secret: str, now: float) -> None:
        """A guess that was heard was wrong."""
        place, count, _ = self._find(secret)
        _PLACE.pack_into(self._memory, place, self._digest(secret), min(count + 1, 2**31), now)

    def right(self, secret: str) -> None:
        """A guess was right: all is forgiven."""
        place, count, _ = self._find(secret)
        if count:
            _PLACE.pack_into(self._memory, place, b"", 0, 0.0)

    def _find(self, secret: str) -> tuple[int, int, float]:
        """The secret's place, the number of its wrong guesses and the time of the last; the place that it
        would take, 0 and 0.0 if it has none.
        """
        digest = self._digest(secret)
        begin = int.from_bytes(digest[:8], "big") % SETS * PLACES * _PLACE.size
        places = range(begin, begin + PLACES * _PLACE.size, _PLACE.size)
        kept = [(*_PLACE.unpack_from(self._memory, place), place) for place in places]
        for known, count, last, place in kept:
            if known == digest and count:
                return place, count, last
        _, _, _, oldest = min(kept, key=lambda one: one[2])
        return oldest, 0, 0.0

    def _digest(self, secret: str) -> bytes:
        return hashlib.blake2b(secret.encode(errors="surrogatepass"), key=self._key, digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Guesses:
    """Wrong codes of MFA devices, and wrong passwords by name and by address."""

    devices: Attempts = field(default_factory=Attempts)
    names: Attempts = field(default_factory=Attempts)
    addresses: Attempts = field(default_factory=lambda: Attempts(FREE_OF_AN_ADDRESS))
