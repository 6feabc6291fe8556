"""SIGKILL just before the Nth system call of one change, for each that writes, syncs, renames or unlinks: the
change is there whole or not at all, and it is there if it was acknowledged.

CI tries some of them; with `DEPUTIZE_KILL_EVERY=1` (`make soak`) N goes from 1 to the last.
"""

import contextlib
import os
import random
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.faults.clients import Client, Objects, Policies, Uploads, prepare
from tests.faults.server import Server
from tests.faults.test_kill import orphans
from tests.faults.truth import Gone, Tally
from tests.programs import need

EVERY = os.environ.get("DEPUTIZE_KILL_EVERY") == "1"
# `write` is how a file of the blob store is filled, and how answers leave.
CALLS = ("pwrite64", "write", "fdatasync", "fsync", "rename", "unlink")
# What CI tries of each change; a call that the change does not make ends the round after one try.
SOME = {
    "inline": [("pwrite64", 2), ("fdatasync", 1), ("write", 1)],
    "file": [("write", 1), ("fsync", 1), ("rename", 1), ("fsync", 2), ("fdatasync", 1)],
    "complete": [("pwrite64", 1), ("pwrite64", 3), ("fdatasync", 1)],
    "policy": [("pwrite64", 1), ("fdatasync", 1)],
}
# No change makes more calls of one kind.
FAR = 200


def inline(client: Client) -> None:
    assert isinstance(client, Objects)
    client.put(f"{client.name}/0", 1000)


def file(client: Client) -> None:
    assert isinstance(client, Objects)
    client.put(f"{client.name}/0", 100_000)


def complete(client: Client) -> None:
    assert isinstance(client, Uploads)
    assert client.upload is not None
    client.complete(client.upload)


def policy(client: Client) -> None:
    assert isinstance(client, Policies)
    client.put(f"{client.name}/0")


CHANGES: dict[str, tuple[type[Client], Callable[[Client], None]]] = {
    "inline": (Objects, inline),
    "file": (Objects, file),
    "complete": (Uploads, complete),
    "policy": (Policies, policy),
}


@contextmanager
def killing(server: Server, call: str, when: int) -> Iterator[None]:
    """Within, the server dies as it is about to make its `when`th `call`."""
    assert server.process is not None
    options = ["-f", "-p", str(server.process.pid), "-o", os.devnull, "-e", f"trace={call}"]
    strace = subprocess.Popen(
        ["strace", *options, "-e", f"inject={call}:signal=SIGKILL:when={when}"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert strace.stderr is not None
    assert "attached" in strace.stderr.readline()
    try:
        yield
    except Gone:
        # It ends with the last thread of the server; told to let go in the meantime, it may wait for ever.
        strace.wait(30)
    else:
        strace.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        strace.wait(5)
    strace.kill()
    strace.wait()
    strace.stderr.close()


def killed(server: Server, client: Client, change: Callable[[Client], None], call: str, when: int) -> bool:
    """Make the change; whether the server died of it. Afterwards it runs again, and what it has is right."""
    client.version += 1
    if isinstance(client, Uploads):
        client.begin()
        client.fill([40_000])
    with killing(server, call, when):
        change(client)
    acknowledged = not client.truth.pending
    assert server.process is not None
    died = server.process.poll() is not None or not acknowledged
    if died:
        assert server.ended() == -signal.SIGKILL
        server.start()
    client.check()
    tally = client.truth.tally
    assert (tally.lost, tally.torn) == ([], []), f"{call} {when}"
    return died


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
def test_killed_before_a_system_call(
    tmp_path: Path, name: str, record_property: Callable[[str, object], None]
) -> None:
    need("strace")
    kind, change = CHANGES[name]
    server, tally = Server.new(tmp_path / "data"), Tally()
    server.start()
    prepare(server)
    client = kind(server, tally, name, random.Random(0))
    # The first change of all does more than any later one: it is not the one that is tried.
    client.version += 1
    if isinstance(client, Uploads):
        client.begin()
        client.fill([1000])
    change(client)
    points: list[str] = []
    if EVERY:
        for call in CALLS:
            made = 0
            while killed(server, client, change, call, made + 1):
                made += 1
                assert made < FAR
            points.append(f"{made} {call}")
    else:
        for call, when in SOME[name]:
            assert killed(server, client, change, call, when), f"{call} {when} did not come"
            points.append(f"{call} {when}")
    left = orphans(server.data)
    assert server.kill(signal.SIGTERM) == 0
    client.close()
    record_property(
        "figures",
        f"killed before {', '.join(points)}; {len(tally.lost)} lost, {len(tally.torn)} torn; "
        f"{tally.unknown} never answered, of which {tally.unknown_done} were done; "
        f"{left} files left to the sweep",
    )
