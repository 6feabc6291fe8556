"""Where the server's CPU time goes, by the steps of a request's path: sampled by py-spy under the load."""

import contextlib
import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.cases import Case, Side
from benchmarks.load import drive
from benchmarks.measure import measure
from benchmarks.servers import Missing, Server

SPY = Path(__file__).parent.parent / ".venv-bench" / "bin" / "py-spy"
RATE = 500
# The least CPU time that a profile samples (seconds): 2,000 samples tell a hundredth from noise.
LEAST = 4.0
# A sample belongs to its innermost frame that is of one of these; the first that fits a frame counts.
# Helpers that several steps share are of none, and count for whoever called them.
STEPS: Mapping[str, re.Pattern[str]] = {
    step: re.compile(frame)
    for step, frame in (
        ("HTTP: framing", r"deputize/http/(framing|proxies)\.py"),
        ("HTTP: access log", r"deputize/http/access_log\.py"),
        ("HTTP: connection", r"deputize/http/(connection|incoming|bodies|health|server)\.py"),
        ("HTTP: writing", r"deputize/http/"),
        ("route", r"deputize/(protocol/(route|rest_route|address|families)|gateway/arrival)\.py"),
        ("SigV4", r"deputize/protocol/sigv4"),
        ("authenticate", r"deputize/(gateway/(authenticate|sessions|signing_keys|session_limits)|secrets/)"),
        ("parse", r"Codec\._?(parse|body|elements) |deputize/protocol/(located|validate|constraints)"),
        ("serialize", r"deputize/protocol/(rest_xml|rest_json|query|xml|xml_writer)\.py"),
        ("facts", r"deputize/gateway/(facts|policies)\.py"),
        ("decide", r"deputize/policy/"),
        ("authorize", r"deputize/gateway/authorize\.py"),
        ("audit", r"deputize/gateway/(audit|last_use)\.py"),
        ("body: hash and stage", r"deputize/(gateway/bodies|protocol/checksums|blobs/)"),
        ("store: commit", r"Sql\.commit \(deputize/store/"),
        ("store: writer's queue", r"deputize/store/(writer|queue|batch|lock)\.py"),
        ("store: statements", r"deputize/store/"),
        ("the operation itself", r"deputize/(s3|iam|sts|domain)/"),
        ("spine", r"deputize/gateway/"),
    )
}
BESIDE = "event loop and sockets"
# Innermost frames of threads that wait for work, which py-spy may take for such as have some.
WAITING = re.compile(r"Condition\.wait \(threading\.py|_worker \(concurrent/futures/thread\.py")


def profile(server: Server, case: Case, side: Side, samples: Path) -> dict[str, float]:
    """CPU per request (seconds) by step, all of which add up to what the server takes without a profiler.
    `samples` is a file for py-spy's use. Raises LoadFailed, Missing.
    """
    if not SPY.exists():
        raise Missing("py-spy is missing: make .venv-bench/.ready")
    _hurry(server.process.pid)
    cpu = measure(server, case, side, side.round).cpu
    command = [str(SPY), "record", "--pid", str(server.process.pid), "--rate", str(RATE)]
    with subprocess.Popen(
        [*command, "--format", "raw", "--output", str(samples)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as spy:
        drive(server.port, side.make(server.port), max(side.round, int(LEAST / cpu)), case.clients)
        spy.send_signal(signal.SIGINT)
        _, said = spy.communicate()
    if not samples.exists():
        raise Missing(f"py-spy sampled nothing: {said.decode()}")
    counted = by_step(samples.read_text().splitlines())
    return {step: cpu * count / counted.total() for step, count in counted.items()}


def _hurry(pid: int) -> None:
    """A thread that waits for a CPU is sampled as one that has it, so none should wait (root alone may)."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, int(task.name), -20)


def by_step(collapsed: Sequence[str]) -> "Counter[str]":
    """Samples by step, of lines `frame;frame;frame count`, outermost frame first."""
    counted: Counter[str] = Counter()
    for line in collapsed:
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        if not WAITING.match(frames[-1]):
            counted[_step(frames)] += int(count)
    return counted


def _step(stack: Sequence[str]) -> str:
    for frame in reversed(stack):
        for step, expression in STEPS.items():
            if expression.search(frame):
                return step
    return BESIDE


def markdown(found: Mapping[str, Mapping[str, float]]) -> str:
    """A table of microseconds: a column for each case, a row for each step that shows in any of them."""
    rows = [step for step in (*STEPS, BESIDE) if any(steps.get(step) for steps in found.values())]
    lines = [
        f"| µs of CPU per request | {' | '.join(found)} |",
        f"|---|{'--:|' * len(found)}",
        *(
            f"| {row} | {' | '.join(_micros(steps.get(row, 0)) for steps in found.values())} |"
            for row in rows
        ),
        f"| all | {' | '.join(_micros(sum(steps.values())) for steps in found.values())} |",
    ]
    return "\n".join([*lines, ""])


def _micros(seconds: float) -> str:
    return f"{seconds * 1e6:,.0f}"
