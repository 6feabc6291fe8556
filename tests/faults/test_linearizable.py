"""Eight clients call two workers at once, on few keys: PUT, GET, DELETE, conditional PUTs and listings. Their
answers have an order in which they could have come from one place (`tests.faults.linear`).

Calls: `DEPUTIZE_LINEAR_CALLS` (5,000; `make soak` makes 200,000). `DEPUTIZE_LINEAR_SEED` repeats the choices
of a run.
"""

import hashlib
import http.client
import itertools
import os
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.attacks.wire import Request, Signer
from tests.conformance.test_cli import create, serving
from tests.faults.linear import Op, Value, violation
from tests.fix_world import Keys

CALLS = int(os.environ.get("DEPUTIZE_LINEAR_CALLS", "5000"))
SEED = int(os.environ.get("DEPUTIZE_LINEAR_SEED") or random.SystemRandom().randrange(2**32))
CLIENTS = 8
KEYS = [f"k{number}" for number in range(5)]
BUCKET = "linear"
# Bytes of an object: in the database, and once in a while in a file.
SIZES = (40, 40, 40, 40_000)
# Calls on one connection, so that each client comes to both workers.
CONNECTED = 40
LISTED = re.compile(rb'<Key>(\w+)</Key>.*?<ETag>"(\w+)"</ETag>', re.DOTALL)
KINDS = ["get"] * 8 + ["put"] * 3 + ["delete"] * 2 + ["replace"] * 4 + ["create"] * 2 + ["list"]
_numbers = itertools.count(1)


class Client:
    """One of them, with a connection of its own; `history` is what it saw of each key."""

    def __init__(self, port: int, targets: dict[tuple[str, str], str], seed: int, calls: int) -> None:
        self.port, self.targets, self.rng, self.left = port, targets, random.Random(seed), calls
        self.history: dict[str, list[Op]] = {key: [] for key in KEYS}
        self.kinds: Counter[str] = Counter()
        # What it last saw under each key, which is what it replaces.
        self.seen: dict[str, Value] = dict.fromkeys(KEYS)
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while self.left > 0:
                if self.left % CONNECTED == 0:
                    self.connection.close()
                self.left -= 1
                self.step(self.rng.choice(KINDS), self.rng.choice(KEYS))
        except BaseException as error:
            self.failure = error
        finally:
            self.connection.close()

    def step(self, kind: str, key: str) -> None:
        self.kinds[kind] += 1
        if kind == "list":
            self.list()
        elif kind in ("get", "delete"):
            self.plain(kind, key)
        else:
            self.write(kind, key)

    def call(
        self, method: str, key: str, body: bytes = b"", **headers: str
    ) -> tuple[float, float, int, dict[str, str], bytes]:
        """When it was called and answered; status, headers and body of the answer."""
        called = time.perf_counter()
        self.connection.request(method, self.targets[method, key], body=body, headers=headers)
        answer = self.connection.getresponse()
        content = answer.read()
        answered = time.perf_counter()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return called, answered, answer.status, told, content

    def plain(self, kind: str, key: str) -> None:
        called, answered, status, told, content = self.call(kind.upper(), key)
        value: Value = None
        if kind == "get" and status == 200:
            value = told["etag"].strip('"')
            assert value == tag(content), "an answer's bytes are not those of its tag"
        else:
            assert status == (404 if kind == "get" else 204), content
        self.saw(key, Op(kind, called, answered, value))

    def write(self, kind: str, key: str) -> None:
        """A body that is nobody else's, with the condition that this kind has."""
        number = b"%d " % next(_numbers)
        body = number * (self.rng.choice(SIZES) // len(number))
        expected = self.seen[key] if kind == "replace" else None
        condition = {}
        if kind == "create" or (kind == "replace" and expected is None):
            kind, condition = "create", {"If-None-Match": "*"}
        elif kind == "replace":
            condition = {"If-Match": f'"{expected}"'}
        called, answered, status, _, content = self.call("PUT", key, body, **condition)
        done = status == 200
        assert done or (condition and status in (404, 412)), (status, content)
        self.saw(key, Op(kind, called, answered, tag(body), expected, done))

    def list(self) -> None:
        called, answered, status, _, content = self.call("GET", "")
        assert status == 200, content
        assert content.count(b"<Key>") == len(LISTED.findall(content))
        found = {key.decode(): value.decode() for key, value in LISTED.findall(content)}
        for key in KEYS:
            self.saw(key, Op("get", called, answered, found.get(key)))

    def saw(self, key: str, op: Op) -> None:
        self.history[key].append(op)
        if op.done:
            self.seen[key] = op.value


def around(history: list[Op], wrong: Op) -> list[Op]:
    """What happened shortly before."""
    before = sorted((op for op in history if op.called <= wrong.answered), key=lambda op: op.called)
    return before[-30:]


def tag(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def targets(port: int, keys: Keys) -> dict[tuple[str, str], str]:
    """The presigned address of each call: nothing is signed while clients run."""
    signer = Signer(keys, time.time())
    host = (("Host", f"127.0.0.1:{port}"),)
    wanted = [(method, key, ()) for method in ("GET", "PUT", "DELETE") for key in KEYS]
    signed = {}
    for method, key, query in [*wanted, ("GET", "", ("list-type=2",))]:
        request = signer.presign(Request(method, f"/{BUCKET}/{key}", query, host), 604_800)
        signed[method, key] = f"{request.path}?{'&'.join(request.query)}"
    return signed


@pytest.mark.slow
def test_answers_have_an_order(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    print(f"DEPUTIZE_LINEAR_SEED={SEED}")
    data = tmp_path / "data"
    keys = Keys.of(create(data, "Linear", "--admin", "admin")["Admin"])
    with serving(data, "--workers", "2") as (_, url, _):
        port = int(url.rpartition(":")[2])
        signer, host = Signer(keys, time.time()), (("Host", f"127.0.0.1:{port}"),)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        made = signer.sign(Request("PUT", f"/{BUCKET}", headers=host))
        connection.request("PUT", made.path, headers=dict(made.headers))
        assert connection.getresponse().status == 200
        connection.close()
        signed = targets(port, keys)
        clients = [Client(port, signed, SEED + one, CALLS // CLIENTS) for one in range(CLIENTS)]
        began = time.monotonic()
        threads = [threading.Thread(target=client.run) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - began
    for client in clients:
        if client.failure is not None:
            raise client.failure
    checked = time.monotonic()
    histories = {key: [op for client in clients for op in client.history[key]] for key in KEYS}
    for key, history in histories.items():
        wrong = violation(history)
        assert wrong is None, "\n".join([key, *map(str, around(history, wrong))])
    kinds = sum((client.kinds for client in clients), Counter())
    refused = sum(op.done is False for history in histories.values() for op in history)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    record_property(
        "figures",
        f"seed {SEED}: {kinds.total()} calls by {CLIENTS} clients to two workers in {took:.0f} s ({told}; "
        f"{refused} conditions not met), 0 without an order; checked in {time.monotonic() - checked:.1f} s",
    )
