"""T57: what a client says that it will send costs no memory, and what it sends is on the disk."""

import contextlib
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.attacks.fix_target import Target
from tests.attacks.wire import UNSIGNED, Request, Signer, code_of
from tests.conformance.http_edge import replies, rest_of, wait_until
from tests.faults.server import Server
from tests.fix_world import Keys
from tests.state import unchanged

MIB, GIB = 1 << 20, 1 << 30
UPLOADS = 100
# What each upload sends of the gibibyte that it promises: together three times what they may cost.
SENT = 2 * MIB
# The most by which the server may grow (T57).
GROWTH = 64 * MIB


def memory(server: Server, what: str) -> int:
    """Bytes: VmRSS is what it has now, VmHWM the most that it had since `reset`."""
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith(f"{what}:"))


def reset(server: Server) -> None:
    """Count the most from now on (proc(5), clear_refs)."""
    assert server.process is not None
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")


@contextlib.contextmanager
def connected(server: Server, count: int) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        address = ("127.0.0.1", server.port)
        yield [stack.enter_context(socket.create_connection(address, timeout=20)) for _ in range(count)]


def test_t57_a_hundred_uploads_of_a_gibibyte(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """T57. All of them at once; when their clients are gone, so is what they sent."""
    server = Server.new(tmp_path / "data")
    server.start()
    s3 = server.client("s3")
    s3.create_bucket(Bucket="large")
    s3.put_object(Bucket="large", Key="before", Body=bytes(SENT))
    s3.close()
    signer = Signer(Keys(server.keys["AccessKeyId"], server.keys["SecretAccessKey"]), time.time())
    staging = server.data / "blobs" / "staging"
    before = memory(server, "VmRSS")
    reset(server)
    with connected(server, UPLOADS) as connections:
        for number, connection in enumerate(connections):
            where = (("Host", f"127.0.0.1:{server.port}"), ("Content-Length", str(GIB)))
            head = signer.sign(Request("PUT", f"/large/{number}", headers=where), UNSIGNED)
            connection.sendall(head.raw() + bytes(SENT))
        wait_until(lambda: sum(path.stat().st_size for path in staging.iterdir()) > 0.95 * UPLOADS * SENT)
        assert len(list(staging.iterdir())) == UPLOADS
        grown = memory(server, "VmHWM") - before
    record_property("figures", f"{UPLOADS} uploads at once: {grown / MIB:.0f} MiB")
    wait_until(lambda: not list(staging.iterdir()))
    s3 = server.client("s3")
    assert [one["Key"] for one in s3.list_objects_v2(Bucket="large")["Contents"]] == ["before"]
    s3.close()
    assert server.kill(signal.SIGTERM) == 0
    assert grown < GROWTH


# What no upload may have, what fits no file system, and what no parser can count.
@pytest.mark.parametrize(
    ("length", "answer"),
    [
        (5 * GIB + 1, (400, "EntityTooLarge")),
        (10**17, (400, "EntityTooLarge")),
        (1 << 62, (413, "EntityTooLarge")),
        ((1 << 63) - 1, (413, "EntityTooLarge")),
        (1 << 64, (400, "BadRequest")),
    ],
)
def test_t57_lengths_beyond_all_limits(target: Target, length: int, answer: tuple[int, str]) -> None:
    """T57. Refused by the head alone, and the connection ends: there is no telling where the body would."""
    plain = target.request("PUT", "new", body=b"x")
    target.takes(target.signer.sign(plain, UNSIGNED))
    where = (("Content-Length", str(length)),)
    attack = target.signer.sign(target.request("PUT", "huge", headers=where), UNSIGNED)
    with (
        unchanged(target.world),
        socket.create_connection(("127.0.0.1", target.world.port), 10) as connection,
    ):
        connection.sendall(attack.raw())
        (reply,) = replies(rest_of(connection))
    assert (reply.status, code_of(reply)) == answer


@pytest.mark.parametrize("key", ["", "new"])
@pytest.mark.parametrize("size", [1, 4096])
def test_t57_chunks_without_end(target: Target, key: str, size: int) -> None:
    """T57. No operation reads more of them than it may have, and an upload without a length none."""
    how = (("Transfer-Encoding", "chunked"),)
    method, query = ("PUT", ()) if key else ("POST", ("delete",))
    attack = target.signer.sign(target.request(method, key, *query, headers=how), UNSIGNED)
    chunk = b"%x\r\n%s\r\n" % (size, b"x" * size)
    many = chunk * (MIB // len(chunk))
    sent = 0
    with (
        unchanged(target.world),
        socket.create_connection(("127.0.0.1", target.world.port), 10) as connection,
    ):
        connection.sendall(attack.raw())
        with contextlib.suppress(ConnectionError):
            while sent < GIB:
                connection.sendall(many)
                sent += len(many)
    assert sent < GROWTH
