"""kill -9 while eleven clients write: what was acknowledged is there, nothing is torn, what was deleted stays
away, and the server is ready again at once.

Rounds: `DEPUTIZE_KILL_ROUNDS` (100; `make soak` runs a thousand). `DEPUTIZE_KILL_SEED` repeats the
choices of a run.
"""

import os
import random
import signal
import statistics
import threading
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from tests.faults import version_clients
from tests.faults.clients import KINDS, Client, prepare
from tests.faults.server import Server
from tests.faults.truth import Tally

from deputize import app
from deputize.blobs.vault import kept_size
from deputize.model.storage import PARTS

ROUNDS = int(os.environ.get("DEPUTIZE_KILL_ROUNDS", "100"))
SEED = int(os.environ.get("DEPUTIZE_KILL_SEED") or random.SystemRandom().randrange(2**32))
# Acknowledgements after which the server is killed: at once, or in the thick of it.
MOST = 30
# Rounds between two looks at the whole database.
LOOK = 10


def orphans(data: Path) -> int:
    """The database must be sound, and every row of bytes have its file. Returns how many files no row names,
    which the sweep takes.
    """
    connection = apsw.Connection(str(data / app.DATABASE), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        assert list(connection.execute("PRAGMA integrity_check")) == [("ok",)]
        rows = 'SELECT "id", "size", "format" FROM "blobs" WHERE "data" IS NULL AND "format" <> ?'
        found = connection.execute(rows, (PARTS,))
        named: dict[str, int | None] = {blob.hex(): kept_size(size, form) for blob, size, form in found}
        named |= dict.fromkeys(blob.hex() for (blob,) in connection.execute('SELECT "blob" FROM "garbage"'))
    finally:
        connection.close()
    files = {path.name: path.stat().st_size for path in (data / "blobs").rglob("*") if path.is_file()}
    for name, size in named.items():
        assert size is None or files.get(name) == size, name
    return len(files.keys() - named.keys())


@pytest.mark.slow
def test_kill(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    rng, tally = random.Random(SEED), Tally()
    print(f"DEPUTIZE_KILL_SEED={SEED}")
    server = Server.new(tmp_path / "data")
    ready, worked = [server.start()], []
    first = server.worked
    prepare(server)
    version_clients.prepare(server)
    kinds = {**KINDS, **version_clients.KINDS}
    clients: list[Client] = [
        kind(server, tally, name, random.Random(rng.random())) for name, kind in kinds.items()
    ]
    left = 0
    for number in range(1, ROUNDS + 1):
        threads = [threading.Thread(target=client.run) for client in clients]
        for thread in threads:
            thread.start()
        tally.reach(tally.acknowledged + rng.randint(1, MOST))
        assert server.kill() == -signal.SIGKILL
        for thread in threads:
            thread.join(30)
        assert not tally.failures, tally.failures
        ready.append(server.start())
        worked.append(server.worked)
        for client in clients:
            client.check()
        assert (tally.lost, tally.torn) == ([], []), f"round {number}"
        if number % LOOK == 0 or number == ROUNDS:
            left = orphans(server.data)
    assert server.kill(signal.SIGTERM) == 0
    for client in clients:
        client.close()
    ready.sort()
    p99 = ready[int(len(ready) * 0.99)]
    record_property(
        "figures",
        f"seed {SEED}: {ROUNDS} rounds, {tally.acknowledged} changes acknowledged, {len(tally.lost)} lost, "
        f"{len(tally.torn)} torn; {tally.unknown} never answered, of which {tally.unknown_done} were done; "
        f"{left} files left to the sweep; ready again after {statistics.median(ready):.2f} s (median), "
        f"{p99:.2f} s (p99), {statistics.median(worked):.2f} s of CPU, {first:.2f} s at first",
    )
    # What a kill left behind makes a start little dearer than the first, when there was nothing. How long one
    # takes on a machine that does nothing else, `make bench` tells.
    assert statistics.median(worked) < 2 * first
