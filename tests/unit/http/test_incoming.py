"""The deadline of a connection's reading side, on the event loop that the server runs on."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import uvloop

from deputize.http.incoming import Incoming, TimedOut


def on_loop(told: Callable[[Incoming], Awaitable[None]]) -> None:
    async def run() -> None:
        incoming = Incoming(asyncio.get_running_loop(), asyncio.Transport())
        try:
            await told(incoming)
        finally:
            incoming.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(asyncio.wait_for(run(), 10))


def test_a_deadline_that_is_past_when_it_is_set() -> None:
    """Whose time was up while the server was busy is told so as anybody else, and may be given more."""

    async def told(incoming: Incoming) -> None:
        incoming.deadline_in(-1)
        incoming.deadline_in(-2)
        with pytest.raises(TimedOut):
            await incoming.more()

    on_loop(told)


def test_a_deadline_that_is_moved_nearer() -> None:
    async def told(incoming: Incoming) -> None:
        incoming.deadline_in(3600)
        incoming.deadline_in(0.01)
        with pytest.raises(TimedOut):
            await incoming.more()

    on_loop(told)


def test_a_deadline_that_is_moved_away() -> None:
    async def told(incoming: Incoming) -> None:
        incoming.deadline_in(0.01)
        incoming.deadline_in(0.05)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        with pytest.raises(TimedOut):
            await incoming.more()
        assert loop.time() - begun >= 0.04

    on_loop(told)
