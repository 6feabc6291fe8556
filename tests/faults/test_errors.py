"""EIO from the Nth system call of one change, for each that writes, syncs or renames: what was not stored is
not acknowledged, no more is written, reads go on, and a new start finds what was there.

CI tries some of them; with `DEPUTIZE_KILL_EVERY=1` (`make soak`) N goes from 1 to the last.
"""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.faults.clients import Client, Uploads, prepare
from tests.faults.server import Server
from tests.faults.test_disk import UNAVAILABLE, failing, ready
from tests.faults.test_kill import orphans
from tests.faults.test_syscalls import CHANGES, EVERY, FAR
from tests.faults.truth import Gone, Tally
from tests.refusals import refused

CALLS = ("pwrite64", "write", "fdatasync", "fsync", "rename")
SOME = {
    "inline": [("pwrite64", 1), ("fdatasync", 1)],
    "file": [("fsync", 1), ("rename", 1), ("fdatasync", 1)],
    "complete": [("pwrite64", 2), ("fdatasync", 1)],
    "policy": [("fdatasync", 1)],
}


def reads_go_on(client: Client) -> None:
    """What the change was not about is as it was, and what it was about is as before or as after."""
    truth = client.truth
    for name, value in truth.known.items():
        assert client.observe(name) in (value, truth.pending.get(name, value)), name


def writes_stop(server: Server, client: Client) -> bool:
    """Whether the server stores nothing any more, and says so."""
    if ready(f"http://127.0.0.1:{server.port}"):
        return False
    told = refused(client.s3.put_object, Bucket="kill", Key="later", Body=b"x")
    assert told == UNAVAILABLE
    assert refused(client.iam.create_user, UserName="later")[2] == 503
    return True


def struck(
    server: Server, client: Client, change: Callable[[Client], None], call: str, when: int, log: Path
) -> str:
    """Make the change while its `when`th `call` fails: `stopped`, `cut off`, `acknowledged`, `ended`, or
    `missed` if it makes no such call. Afterwards the server was started anew, and what it has is right.
    """
    client.version += 1
    if isinstance(client, Uploads):
        client.begin()
        client.fill([40_000])
    assert server.process is not None
    outcome = "acknowledged"
    with failing(server.process.pid, call, "EIO", when=str(when), log=log):
        try:
            change(client)
        except Gone:
            outcome = "cut off"
    if "(INJECTED)" not in log.read_text():
        assert outcome == "acknowledged"
        outcome = "missed"
    elif server.process.poll() is not None:
        # libuv ends the process when it cannot wake its own loop.
        assert call == "write", "the server ended"
        outcome = "ended"
        server.ended()
        server.start()
    else:
        reads_go_on(client)
        if writes_stop(server, client):
            assert outcome == "cut off", "a change was acknowledged whose storing failed"
            outcome = "stopped"
        else:
            # It was the answer that could not be written, or a call that nothing hangs on.
            assert call == "write" or outcome == "acknowledged", outcome
        server.kill()
        server.start()
    client.check()
    tally = client.truth.tally
    assert (tally.lost, tally.torn) == ([], []), f"{call} {when}"
    return outcome


@pytest.mark.slow
@pytest.mark.parametrize("name", CHANGES)
def test_a_system_call_that_fails(
    tmp_path: Path, name: str, record_property: Callable[[str, object], None]
) -> None:
    kind, change = CHANGES[name]
    server, tally = Server.new(tmp_path / "data"), Tally()
    server.start()
    prepare(server)
    client = kind(server, tally, name, random.Random(0))
    points: list[str] = []
    if EVERY:
        for call in CALLS:
            outcomes: list[str] = []
            while len(outcomes) < FAR:
                outcome = struck(server, client, change, call, len(outcomes) + 1, tmp_path / "log")
                if outcome == "missed":
                    break
                outcomes.append(outcome)
            assert len(outcomes) < FAR
            points += [f"{outcomes.count(one)} {call} {one}" for one in sorted(set(outcomes))]
    else:
        for call, when in SOME[name]:
            assert struck(server, client, change, call, when, tmp_path / "log") == "stopped", call
            points.append(f"{call} {when}")
    left = orphans(server.data)
    server.kill()
    client.close()
    record_property(
        "figures",
        f"EIO from {', '.join(points)}; {len(tally.lost)} lost, {len(tally.torn)} torn; {tally.unknown} not "
        f"acknowledged, of which {tally.unknown_done} were done after a new start; "
        f"{left} files left to the sweep",
    )
