"""Lets people in by turns: checking a password is slow work, in threads, for a few at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from deputize.console.api import ConsoleError
from deputize.console.back_off import BackOff

# How many passwords are hashed at once, each with 64 MiB of memory, and how many may wait for it.
AT_ONCE, WAITING = 2, 32


@dataclass(slots=True)
class Doorkeeper:
    """What keeps guessing slow and cheap for the server."""

    back_off: BackOff
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _waiting: int = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One's turn to hash. Raises ConsoleError when too many wait."""
        if self._waiting >= WAITING:
            raise ConsoleError(503, "Busy", "Too many people are signing in right now. Please try again.")
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turns.release()
