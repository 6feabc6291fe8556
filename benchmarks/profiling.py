"""Where the time goes: py-spy's samples of the server while it is under the load of one case."""

import collections
import subprocess
from collections.abc import Iterator
from pathlib import Path

from benchmarks.cases import Case, Side
from benchmarks.load import drive
from benchmarks.servers import HERE, Missing, Server

PY_SPY = HERE.parent / ".venv-bench" / "bin" / "py-spy"
SHOWN = 45


def profile(server: Server, case: Case, side: Side, home: Path) -> str:
    """The functions of ours with the largest part of the samples. Raises Missing."""
    if not PY_SPY.exists():
        raise Missing("py-spy is missing: make .venv-bench/.ready")
    requests = side.make(server.port)
    drive(server.port, requests, side.round, case.clients)
    raw = home / "samples"
    command = [str(PY_SPY), "record", "--pid", str(server.process.pid), "--format", "raw", "--rate", "500"]
    with subprocess.Popen(
        [*command, "--output", str(raw)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as spy:
        drive(server.port, requests, 2 * side.round, case.clients)
        spy.send_signal(2)
    return "\n".join(_shares(raw.read_text()))


def _shares(folded: str) -> Iterator[str]:
    """Each function's part of all samples: with what it calls, and by itself."""
    inclusive: collections.Counter[str] = collections.Counter()
    own: collections.Counter[str] = collections.Counter()
    total = 0
    for line in folded.splitlines():
        stack, _, count = line.rpartition(" ")
        frames = [frame.rpartition(":")[0] for frame in stack.split(";")]
        total += int(count)
        own[frames[-1]] += int(count)
        for frame in set(frames):
            inclusive[frame] += int(count)
    for name, samples in inclusive.most_common(SHOWN):
        yield f"{samples / total:6.1%} {own[name] / total:6.1%}  {name}"
