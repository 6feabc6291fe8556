"""The reading side of a connection: a buffer with back-pressure, somebody who waits for more, and a
deadline.
"""

import asyncio
import contextlib

# Bytes that are read at once.
READ = 64 * 1024
# Reading pauses while more than this waits to be taken, so at most this and READ do: of a hundred uploads at
# once, each has so much waiting, and another piece in work.
HIGH = READ


class TimedOut(Exception):
    """The deadline passed before anything more came."""


class ClientGone(ConnectionError):
    """The client went away in the middle: there is nobody to answer."""


class Incoming:
    """What came in on `transport`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport) -> None:
        self.buffer = bytearray()
        # Whether nothing more comes; whether nobody is there to be answered, either.
        self.ended = False
        self.gone = False
        self._loop = loop
        self._transport = transport
        self._waiter: asyncio.Future[None] | None = None
        self._deadline: float | None = None
        self._since = 0.0
        # The timer that rings next, and when: what call_at gives for a moment that is past already does not
        # know (uvloop).
        self._timer: asyncio.Handle | None = None
        self._rings_at = 0.0
        self._paused = False

    def arrived(self, data: memoryview) -> None:
        """More bytes; `data` is copied."""
        self.buffer += data
        if len(self.buffer) > HIGH and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def end(self) -> None:
        """The other side sends no more."""
        self.ended = True
        self._wake()

    def take(self, most: int) -> bytes:
        """Up to `most` bytes from the front."""
        with memoryview(self.buffer) as view:
            taken = bytes(view[:most])
        del self.buffer[:most]
        if self._paused and len(self.buffer) <= HIGH // 2:
            self._paused = False
            with contextlib.suppress(RuntimeError):  # closed meanwhile
                self._transport.resume_reading()
        return taken

    async def more(self) -> None:
        """Until more bytes came, or the end. Raises TimedOut, and ClientGone after the end."""
        if self.ended:
            raise ClientGone("the client went away")
        if self._deadline is not None:
            # What the server did meanwhile took none of the client's time.
            self._set_deadline(self._deadline + self._loop.time() - self._since)
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None
            self._since = self._loop.time()

    def send(self, data: bytes) -> None:
        """Write at once, beside the answers."""
        self._transport.write(data)

    def deadline_in(self, seconds: float) -> None:
        """From here on, waiting ends after `seconds`. The timer is moved lazily, as most deadlines never
        come.
        """
        self._since = self._loop.time()
        self._set_deadline(self._since + seconds)

    def no_deadline(self) -> None:
        self._deadline = None

    def close(self) -> None:
        """The connection is gone."""
        self.gone = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.end()

    def _set_deadline(self, at: float) -> None:
        self._deadline = at
        if self._timer is not None and self._rings_at > at:
            self._timer.cancel()
            self._timer = None
        if self._timer is None:
            self._ring_at(at)

    def _ring_at(self, at: float) -> None:
        self._rings_at = at
        self._timer = self._loop.call_at(at, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._deadline is None:
            return
        if self._loop.time() < self._deadline:
            self._ring_at(self._deadline)
        elif self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(TimedOut())

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
