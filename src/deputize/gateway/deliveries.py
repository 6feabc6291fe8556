"""What the writer's thread has done, brought to the event loop: all that one commit finishes arrives
together, since waking the loop costs as much as a step of a request.
"""

import asyncio
import threading
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")


class Deliveries:
    """For one event loop; others may use it after that."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._arrived: list[tuple[asyncio.Future[Any], Future[Any]]] = []

    def of(self, future: "Future[T]") -> "asyncio.Future[T]":
        """`future` as the running loop awaits it; cancelling one cancels the other, as long as it waits."""
        loop = asyncio.get_running_loop()
        awaited: asyncio.Future[T] = loop.create_future()
        future.add_done_callback(partial(self._done, loop, awaited))
        awaited.add_done_callback(lambda ended: ended.cancelled() and future.cancel())
        return awaited

    def _done(
        self, loop: asyncio.AbstractEventLoop, awaited: "asyncio.Future[Any]", future: "Future[Any]"
    ) -> None:
        """Called in the thread that finished it."""
        if loop.is_closed():
            return
        with self._lock:
            self._arrived.append((awaited, future))
            first = len(self._arrived) == 1
        if first:
            loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        with self._lock:
            arrived, self._arrived = self._arrived, []
        for awaited, future in arrived:
            if awaited.done():
                continue
            error = future.exception()
            if error is not None:
                awaited.set_exception(error)
            else:
                awaited.set_result(future.result())
