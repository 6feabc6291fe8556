"""With 100,000 objects, the server is ready again as soon as with none, after a kill in the midst of writing.

Kills: `DEPUTIZE_START_KILLS` (5; `make soak` makes 100).
"""

import os
import random
import signal
import statistics
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.faults.clients import BUCKET, Client, MixedObjects, Objects, prepare
from tests.faults.server import Server
from tests.faults.test_kill import orphans
from tests.faults.truth import Tally

from deputize import app
from deputize.model.storage import Blob, StoredObject
from deputize.store.api import Transaction
from deputize.store.sqlite import SqliteStore

KILLS = int(os.environ.get("DEPUTIZE_START_KILLS", "5"))
MANY, TOGETHER = 100_000, 5_000


def fill(data: Path) -> None:
    """Put the objects into the bucket's database, as quickly as it goes."""
    store = SqliteStore.open(data / app.DATABASE)
    with store.snapshot() as db:
        bucket = db.buckets.get(BUCKET)
    assert bucket is not None
    number = bucket.id

    def some(db: Transaction, first: int) -> None:
        for at in range(first, first + TOGETHER):
            blob = Blob(id=b"many%12d" % at, size=1, data=b"x")
            record = StoredObject(
                bucket=number,
                key=b"many/%06d" % at,
                size=1,
                etag="e",
                modified=1,
                blob=blob.id,
                owner=bucket.account,
            )
            db.objects.put(record, blob, 1)

    for first in range(0, MANY, TOGETHER):
        store.write(lambda db, first=first: some(db, first)).result(120)  # type: ignore[misc]
    store.close()


@pytest.mark.slow
def test_it_is_ready_again(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    server, tally, rng = Server.new(tmp_path / "data"), Tally(), random.Random(0)
    server.start()
    first = server.worked
    prepare(server)
    assert server.kill(signal.SIGTERM) == 0
    fill(server.data)
    server.start()
    clients: list[Client] = [
        Objects(server, tally, "small", rng),
        MixedObjects(server, tally, "mixed", rng),
    ]
    seconds, worked = [], []
    for _ in range(KILLS):
        threads = [threading.Thread(target=client.run) for client in clients]
        for thread in threads:
            thread.start()
        tally.reach(tally.acknowledged + 20)
        assert server.kill() == -signal.SIGKILL
        for thread in threads:
            thread.join(30)
        seconds.append(server.start())
        worked.append(server.worked)
        for client in clients:
            client.check()
        assert (tally.lost, tally.torn, tally.failures) == ([], [], [])
    listed = clients[0].s3.list_objects_v2(Bucket=BUCKET, Prefix="many/", StartAfter=f"many/{MANY - 2:06}")
    assert [one["Key"] for one in listed["Contents"]] == [f"many/{MANY - 1:06}"]
    left = orphans(server.data)
    assert server.kill(signal.SIGTERM) == 0
    for client in clients:
        client.close()
    record_property(
        "figures",
        f"{MANY} objects, {KILLS} kills, {tally.acknowledged} changes acknowledged, 0 lost, 0 torn; ready "
        f"again after {statistics.median(seconds):.2f} s (median), {max(seconds):.2f} s (most), "
        f"{statistics.median(worked):.2f} s of CPU, {first:.2f} s at first; {left} files left to the sweep",
    )
    # Objects make a start no dearer than the first, when there was none.
    assert statistics.median(worked) < 2 * first
