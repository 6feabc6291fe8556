"""Acknowledged PUTs per fsync, and what one costs: counted by strace, in a run of its own that gives no other
figure.
"""

import re
import shutil
from pathlib import Path

from benchmarks import servers
from benchmarks.cases import Make
from benchmarks.load import drive

CLIENTS = 32
# `-f`: every thread; the filter stops the server at these calls alone, so that it runs at full speed.
STRACE = ("strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=fsync,fdatasync,sync_file_range,msync")
_SYNC = re.compile(r"\b(?:fsync|fdatasync|msync)\(")


def acknowledged_per_sync(data: Path, make: Make, total: int, log: Path) -> float | None:
    """How many of `total` acknowledged PUTs share one fsync or fdatasync; None without strace.

    Checkpoints and the sync that flushes notes are counted as well: it is every sync of the process.
    """
    if shutil.which("strace") is None:
        return None
    with servers.deputize(data, wrapper=(*STRACE, "-o", str(log))) as server:
        requests = make(server.port)
        # The last ones, so that a call that succeeds once is not sent twice.
        drive(server.port, requests[-CLIENTS:], CLIENTS, CLIENTS)
        before = _syncs(log)
        drive(server.port, requests, total, CLIENTS)
        return total / (_syncs(log) - before)


def _syncs(log: Path) -> int:
    return len(_SYNC.findall(log.read_text()))
