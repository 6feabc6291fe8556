"""What another thread finished arrives on the event loop, all of it at once."""

import asyncio
import threading
from concurrent.futures import Future
from unittest.mock import Mock

import pytest

from deputize.gateway.deliveries import Deliveries


def in_a_thread(*steps: "Future[int]") -> None:
    def finish() -> None:
        for number, step in enumerate(steps):
            step.set_result(number)

    thread = threading.Thread(target=finish)
    thread.start()
    thread.join()


def test_what_finishes_together_wakes_the_loop_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        wake = Mock(wraps=loop.call_soon_threadsafe)
        monkeypatch.setattr(loop, "call_soon_threadsafe", wake)
        deliveries = Deliveries()
        futures: list[Future[int]] = [Future() for _ in range(3)]
        awaited = [deliveries.of(future) for future in futures]
        in_a_thread(*futures)
        assert await asyncio.gather(*awaited) == [0, 1, 2]
        assert wake.call_count == 1
        late: Future[int] = Future()
        again = deliveries.of(late)
        in_a_thread(late)
        assert await again == 0
        assert wake.call_count == 2

    asyncio.run(run())


def test_what_a_command_raises_arrives_too() -> None:
    async def run() -> None:
        refused: Future[int] = Future()
        refused.set_exception(LookupError("no"))
        with pytest.raises(LookupError, match="no"):
            await Deliveries().of(refused)

    asyncio.run(run())


def test_who_gives_up_waiting_takes_the_command_back() -> None:
    async def run() -> None:
        deliveries = Deliveries()
        waiting: Future[int] = Future()
        running: Future[int] = Future()
        running.set_running_or_notify_cancel()
        awaited = [deliveries.of(waiting), deliveries.of(running)]
        for one in awaited:
            one.cancel()
        await asyncio.sleep(0)
        assert waiting.cancelled()
        assert not running.cancelled()
        in_a_thread(running)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    asyncio.run(run())


def test_nobody_is_told_when_the_loop_has_ended() -> None:
    deliveries, late = Deliveries(), Future[int]()

    async def leave() -> None:
        deliveries.of(late)

    async def come_again() -> None:
        future: Future[int] = Future()
        awaited = deliveries.of(future)
        in_a_thread(future)
        assert await asyncio.wait_for(awaited, 10) == 0

    asyncio.run(leave())
    in_a_thread(late)
    asyncio.run(come_again())
