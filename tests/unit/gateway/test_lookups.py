"""What is looked up anew in each transaction, and records that contradict each other: refused or loud,
never let through.
"""

import asyncio
import dataclasses
import os
import threading
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any, cast

import pytest

from deputize.blobs.local import LocalBlobs
from deputize.blobs.vault import Vault
from deputize.gateway import authenticate, bodies
from deputize.gateway.caller import Caller
from deputize.gateway.managed_policies import default_document, policy_by_arn
from deputize.latch import Latch
from deputize.model.account import Account
from deputize.model.credentials import AccessKey
from deputize.model.multipart import BlobPart
from deputize.model.policies import ManagedPolicy
from deputize.model.storage import PARTS, Blob, StoredObject
from deputize.protocol.auth_errors import AuthProblem, Problem
from deputize.protocol.message import FileSlice, Head
from deputize.secrets.keyring import Keyring
from deputize.secrets.segments import Segments
from deputize.store.sqlite import SqliteStore

HERE = "111111111111"
KEY = AccessKey(id="AKIA1", account=HERE, owner=HERE, secret=b"", created=0)
POLICY = ManagedPolicy(account=HERE, partition="aws", name="P", path="/", id="ANPAP", created=0, updated=0)


@pytest.fixture
def filled(store: SqliteStore) -> SqliteStore:
    def fill(db: Any) -> None:
        db.accounts.put(Account(id=HERE, name="A", email="a@example.com", partition="aws", created=0))
        db.access_keys.put(KEY)
        db.policies.put(POLICY)

    store.write(fill).result()
    return store


def caller(store: SqliteStore, key: str = KEY.id) -> Caller:
    with store.snapshot() as db:
        return authenticate.caller(db, key, None)


def test_a_key_is_looked_up_anew(filled: SqliteStore) -> None:
    known = caller(filled)
    assert known.root
    filled.write(lambda db: db.access_keys.put(dataclasses.replace(KEY, status="Inactive"))).result()
    with filled.snapshot() as db, pytest.raises(AuthProblem) as caught:
        authenticate.current(db, known)
    assert caught.value.problem is Problem.INACTIVE_KEY
    filled.write(lambda db: db.access_keys.delete(KEY.id)).result()
    with filled.snapshot() as db, pytest.raises(AuthProblem) as caught:
        authenticate.current(db, known)
    assert caught.value.problem is Problem.UNKNOWN_KEY


def test_the_anonymous_caller_stays_anonymous(filled: SqliteStore) -> None:
    with filled.snapshot() as db:
        assert authenticate.current(db, authenticate.ANONYMOUS) is authenticate.ANONYMOUS
    assert authenticate.ANONYMOUS.account == "anonymous"


def test_only_an_exact_arn_names_a_policy(filled: SqliteStore) -> None:
    with filled.snapshot() as db:
        assert policy_by_arn(db, POLICY.arn, "aws") == POLICY
        for text in (
            "nonsense",
            POLICY.arn + "x",
            POLICY.arn.replace("/P", "/x/P"),
            POLICY.arn.replace("policy", "role"),
        ):
            assert policy_by_arn(db, text, "aws") is None


def test_a_policy_without_its_version_is_an_error(filled: SqliteStore) -> None:
    with filled.snapshot() as db, pytest.raises(LookupError):
        default_document(db, POLICY)


def vault(tmp_path: Path) -> Vault:
    return Vault(store=LocalBlobs(tmp_path / "blobs", Latch()), keyring=Keyring(bytes(32)), seals=True)


def test_an_object_without_its_bytes_is_an_error(filled: SqliteStore, tmp_path: Path) -> None:
    wanted = bodies.StoredBytes(bytes(16), 0, 1)
    with filled.snapshot() as db, pytest.raises(LookupError):
        bodies.opened(cast(Any, db), vault(tmp_path), wanted)


def test_a_piece_without_its_bytes_is_an_error(filled: SqliteStore, tmp_path: Path) -> None:
    whole = Blob(id=b"whole", size=1, format=PARTS)
    record = StoredObject(bucket=1, key=b"k", size=1, etag="e", modified=0, blob=whole.id, owner=HERE)
    piece = BlobPart(blob=whole.id, start=0, number=1, size=1, part=b"gone")
    filled.write(lambda db: db.objects.put(record, whole, 0, [piece])).result()
    wanted = bodies.StoredBytes(whole.id, 0, 1)
    with filled.snapshot() as db, pytest.raises(LookupError):
        bodies.opened(cast(Any, db), vault(tmp_path), wanted)


def test_a_file_that_ends_early_is_not_copied(tmp_path: Path) -> None:
    short = tmp_path / "short"
    short.write_bytes(b"x" * 10)
    source = FileSlice(short.open("rb"), 0, 11)
    with pytest.raises(EOFError):
        asyncio.run(bodies.copy(source, vault(tmp_path), None))
    assert source.file.closed
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []


def test_a_copy_that_is_cut_off_lets_its_thread_end_and_closes_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, go_on = threading.Event(), threading.Event()
    pread = os.pread

    def slowly(descriptor: int, size: int, at: int) -> bytes:
        reading.set()
        assert go_on.wait(10)
        return pread(descriptor, size, at)

    async def cut_off(source: FileSlice, keeping: Vault) -> None:
        task = asyncio.ensure_future(bodies.copy(source, keeping, None))
        await asyncio.to_thread(reading.wait, 10)
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        assert not source.file.closed
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert source.file.closed

    latch = Latch()
    keeping = Vault(store=LocalBlobs(tmp_path / "blobs", latch), keyring=Keyring(bytes(32)), seals=True)
    (tmp_path / "long").write_bytes(b"x" * (bodies.INLINE_LIMIT + 1))
    monkeypatch.setattr(os, "pread", slowly)
    asyncio.run(cut_off(FileSlice((tmp_path / "long").open("rb"), 0, bodies.INLINE_LIMIT + 1), keeping))
    assert not latch.closed
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []


class WholeBody:
    """A body of two pieces, each so long that a thread takes it."""

    length = 4 * bodies.THREAD_PIECE

    async def read(self, limit: int) -> bytes:
        raise AssertionError("an upload is read piece by piece")

    async def chunks(self) -> AsyncIterator[bytes]:
        for _ in range(2):
            yield bytes(self.length // 2)


def staged(way: str, vault: Vault) -> Coroutine[Any, Any, Any]:
    """The upload of a PUT or of a browser's form."""
    head, body = Head("PUT", "/b/k", "", (), "192.0.2.1", False), WholeBody()
    if way == "PUT":
        return bodies.stage(head, body, vault, sha256=None, chain=None)
    return bodies.stage_file(head, body.chunks(), vault, (0, body.length))


def open_below(folder: Path) -> list[str]:
    """The files in it that this process has open."""
    links = [entry for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]
    return [str(link.readlink()) for link in links if str(link.readlink()).startswith(str(folder))]


@pytest.mark.parametrize("way", ["PUT", "form"])
@pytest.mark.parametrize(
    ("call", "when"), [("write", 1), ("write", 2), ("fsync", 1), ("fsync", 2), ("rename", 1)]
)
def test_an_upload_that_is_cut_off_lets_its_thread_end_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, call: str, when: int
) -> None:
    """While it is written, synced or named: its file is closed by nobody else meanwhile, and nobody writes
    to it afterwards.
    """
    working, go_on = threading.Event(), threading.Event()
    owner: Any = {"write": Segments, "fsync": os, "rename": Path}[call]
    name = "seal" if call == "write" else call
    real, made, late = getattr(owner, name), 0, []

    def slowly(*arguments: Any, **named: Any) -> Any:
        nonlocal made
        made += 1
        if made == when:
            working.set()
            assert go_on.wait(10)
        late.extend([name] if done else [])
        return real(*arguments, **named)

    async def cut_off(vault: Vault) -> None:
        task = asyncio.ensure_future(staged(way, vault))
        await asyncio.to_thread(working.wait, 10)
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        assert open_below(tmp_path) or call == "rename"
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        done.append(True)

    done: list[bool] = []
    latch = Latch()
    vault = Vault(store=LocalBlobs(tmp_path / "blobs", latch), keyring=Keyring(bytes(32)), seals=True)
    monkeypatch.setattr(owner, name, slowly)
    asyncio.run(cut_off(vault))
    assert made >= when
    assert late == []
    assert not latch.closed
    assert open_below(tmp_path) == []
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []
