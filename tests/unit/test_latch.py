"""The latch that stops all writes."""

import subprocess
import sys

from deputize.latch import Latch

FORKING = """
import os
from deputize.latch import Latch
latch = Latch()
child = os.fork()
if child == 0:
    latch.close()
    os._exit(0)
os.waitpid(child, 0)
print(latch.closed)
"""


def test_it_is_open_until_it_is_closed() -> None:
    latch, other = Latch(), Latch()
    seen = [latch.closed]
    for _ in range(2):
        latch.close()
        seen.append(latch.closed)
    assert seen == [False, True, True]
    assert not other.closed


def test_processes_share_it_over_a_fork() -> None:
    assert subprocess.check_output([sys.executable, "-c", FORKING], text=True, timeout=20) == "True\n"
