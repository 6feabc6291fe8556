"""Several workers: processes that share the listening sockets and the data, and their parent, which starts,
watches and stops them.

The parent opens nothing of the data and starts no thread: whatever it has, a worker inherits. It waits in one
place, `select`, for signals (they come as bytes through a pipe), for workers that say they are ready, and for
the time to start one again.
"""

import contextlib
import logging
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import click

log = logging.getLogger("deputize.workers")

# A worker that dies is started again at once, and one that dies again and again after ever longer (seconds).
BACK_OFF = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
# A worker that lived so long is taken to be well (seconds).
WELL = 30.0
STOPS = (signal.SIGTERM, signal.SIGINT)
WATCHED = (*STOPS, signal.SIGHUP, signal.SIGCHLD)

STOPPING = "Stopping: requests in flight are finished first."

# What a worker does: it is given what to call when it is ready, and a descriptor that ends with the parent.
Work = Callable[[Callable[[], None], int], None]


class WorkerFailed(Exception):
    """A worker ended before it was ready; it has said why."""


@dataclass(slots=True)
class Worker:
    """One of the workers: `process` is None between two lives."""

    process: int | None = None
    ready: int | None = None
    since: float = 0.0
    deaths: int = 0
    due: float = 0.0


class Supervisor:
    """Keeps `count` workers at `work` on `sockets`. `grace` is how long they may take to stop (seconds).
    SIGHUP is passed on to them.
    """

    def __init__(self, count: int, work: Work, sockets: Sequence[socket.socket], *, grace: float) -> None:
        self._workers = [Worker() for _ in range(count)]
        self._work = work
        self._sockets = sockets
        self._grace = grace
        self._stopping = False
        self._signals, self._wakeup = _pipe()
        self._lifeline, self._alive = os.pipe()

    def run(self, ready: Callable[[], None]) -> None:
        """Until SIGTERM or SIGINT; calls `ready` once all workers are. Raises WorkerFailed. In a worker, it
        ends with SystemExit.
        """
        with self._watching():
            for worker in self._workers:
                self._start(worker)
            try:
                while not all(worker.ready is None for worker in self._workers) and not self._stopping:
                    self._wait(starting=True)
                if not self._stopping:
                    ready()
                while not self._stopping:
                    self._wait(starting=False)
            finally:
                if self._alive >= 0:
                    self._stop()

    @contextlib.contextmanager
    def _watching(self) -> Iterator[None]:
        before = {one: signal.signal(one, _noted) for one in WATCHED}
        signal.set_wakeup_fd(self._wakeup)
        try:
            yield
        finally:
            signal.set_wakeup_fd(-1)
            for one, handler in before.items():
                signal.signal(one, handler)

    def _start(self, worker: Worker) -> None:
        """Signals wait until the worker has handlers of its own: the parent's would write into its pipe."""
        reading, writing = os.pipe()
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        process = os.fork()
        if process == 0:
            self._become_worker(reading, writing)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
        os.close(writing)
        worker.process, worker.ready, worker.since = process, reading, time.monotonic()

    def _become_worker(self, reading: int, writing: int) -> None:
        signal.set_wakeup_fd(-1)
        for one in WATCHED:
            signal.signal(one, signal.SIG_DFL)
        for descriptor in (reading, self._signals, self._wakeup, self._alive):
            os.close(descriptor)
        self._alive = -1
        for other in self._workers:
            if other.ready is not None:
                os.close(other.ready)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)

        def ready() -> None:
            os.write(writing, b"1")
            os.close(writing)

        self._work(ready, self._lifeline)
        raise SystemExit(0)

    def _wait(self, *, starting: bool, until: float | None = None) -> None:
        """Until something happens, and see to it."""
        dues = [worker.due for worker in self._workers if worker.process is None and not self._stopping]
        if until is not None:
            dues.append(until)
        patience = max(0.0, min(dues) - time.monotonic()) if dues else None
        waiting = {worker.ready: worker for worker in self._workers if worker.ready is not None}
        readable, _, _ = select.select([self._signals, *waiting], [], [], patience)
        for descriptor in readable:
            if descriptor == self._signals:
                for number in os.read(self._signals, 4096):
                    self._received(number)
            else:
                self._told(waiting[descriptor], starting)
        self._bury(starting)
        self._revive()

    def _received(self, number: int) -> None:
        if number in STOPS:
            if not self._stopping:
                click.echo(STOPPING, err=True)
            self._stopping = True
        elif number == signal.SIGHUP:
            self._signal(signal.SIGHUP)

    def _told(self, worker: Worker, starting: bool) -> None:
        """A worker says that it is ready, or its end of the pipe is closed: it is gone."""
        if worker.ready is None:
            return
        ready = os.read(worker.ready, 1)
        os.close(worker.ready)
        worker.ready = None
        if not ready and starting:
            raise WorkerFailed

    def _bury(self, starting: bool) -> None:
        for worker in self._workers:
            if worker.process is None:
                continue
            process, status = os.waitpid(worker.process, os.WNOHANG)
            if process == 0:
                continue
            worker.process = None
            if self._stopping:
                continue
            if starting:
                raise WorkerFailed
            now = time.monotonic()
            worker.deaths = 0 if now - worker.since > WELL else worker.deaths
            delay = BACK_OFF[min(worker.deaths, len(BACK_OFF) - 1)]
            worker.deaths += 1
            worker.due = now + delay
            code = os.waitstatus_to_exitcode(status)
            log.error("worker %d ended with %d; it is started again in %.1f s", process, code, delay)

    def _revive(self) -> None:
        for worker in self._workers:
            if worker.process is None and not self._stopping and time.monotonic() >= worker.due:
                if worker.ready is not None:
                    os.close(worker.ready)
                    worker.ready = None
                self._start(worker)

    def _signal(self, number: int) -> None:
        for worker in self._workers:
            if worker.process is not None:
                os.kill(worker.process, number)

    def _stop(self) -> None:
        """Let all finish, and end those that do not."""
        self._stopping = True
        for listener in self._sockets:
            listener.close()
        self._signal(signal.SIGTERM)
        until = time.monotonic() + self._grace
        while any(worker.process is not None for worker in self._workers):
            if time.monotonic() >= until:
                self._signal(signal.SIGKILL)
                until = float("inf")
            self._wait(starting=False, until=until if until != float("inf") else None)


def _pipe() -> tuple[int, int]:
    """For signals: writing never blocks."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    return reading, writing


def _noted(_number: int, _frame: object) -> None:
    """The wakeup descriptor has it."""
