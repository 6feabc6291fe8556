"""Who does the background jobs: one process, and when it is gone, another."""

import signal
import subprocess
import sys
from pathlib import Path

from deputize.store.lock import JobLock

HOLDER = """
import sys
from pathlib import Path
from deputize.store.lock import JobLock
print(JobLock(Path(sys.argv[1])).take(), flush=True)
sys.stdin.read()
"""


def test_one_has_it_at_a_time(tmp_path: Path) -> None:
    first, second = JobLock(tmp_path / "lock"), JobLock(tmp_path / "lock")
    assert [first.take(), second.take(), first.take(), second.take()] == [True, False, True, False]
    first.close()
    assert second.take()
    assert not first.take()
    first.close()
    second.close()


def test_it_passes_on_when_its_holder_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "lock")]
    waiting = JobLock(tmp_path / "lock")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        assert not waiting.take()
        holder.send_signal(signal.SIGKILL)
        holder.wait(20)
        assert waiting.take()
    waiting.close()
