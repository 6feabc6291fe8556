"""What signatures are verified with: keys derived for a day, region and service, for at most a minute, in
place of the secrets they were derived from.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")

# For how long a derived key is used before its secret is unsealed anew (seconds), and how many are kept.
KEPT = 60.0
MOST = 4096


class SigningKeys:
    """Derived keys by their secret in its sealed form: another secret, or the same sealed anew, is not found.

    Whether the secret is still good to sign with is asked elsewhere, of the records.
    """

    def __init__(self) -> None:
        self._known: dict[Hashable, Any] = {}
        self._since = 0.0

    def recall(self, sealed: Hashable, now: float, derive: Callable[[], T]) -> T:
        """What `derive` makes of the secret that `sealed` names; `now` is in epoch seconds."""
        if not 0 <= now - self._since < KEPT or len(self._known) >= MOST:
            self._known.clear()
            self._since = now
        found: T | None = self._known.get(sealed)
        if found is None:
            found = self._known[sealed] = derive()
        return found
