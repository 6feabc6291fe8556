"""What is looked up anew in each transaction, and records that contradict each other: refused or loud,
never let through.
"""

import asyncio
import dataclasses
from pathlib import Path
from typing import Any, cast

import pytest

from deputize.blobs.local import LocalBlobs
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
from deputize.protocol.message import FileSlice
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


def test_an_object_without_its_bytes_is_an_error(filled: SqliteStore, tmp_path: Path) -> None:
    wanted = bodies.StoredBytes(bytes(16), 0, 1)
    with filled.snapshot() as db, pytest.raises(LookupError):
        bodies.opened(cast(Any, db), LocalBlobs(tmp_path / "blobs", Latch()), wanted)


def test_a_piece_without_its_bytes_is_an_error(filled: SqliteStore, tmp_path: Path) -> None:
    whole = Blob(id=b"whole", size=1, format=PARTS)
    record = StoredObject(bucket=1, key=b"k", size=1, etag="e", modified=0, blob=whole.id, owner=HERE)
    piece = BlobPart(blob=whole.id, start=0, number=1, size=1, part=b"gone")
    filled.write(lambda db: db.objects.put(record, whole, 0, [piece])).result()
    wanted = bodies.StoredBytes(whole.id, 0, 1)
    with filled.snapshot() as db, pytest.raises(LookupError):
        bodies.opened(cast(Any, db), LocalBlobs(tmp_path / "blobs", Latch()), wanted)


def test_a_file_that_ends_early_is_not_copied(tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path / "blobs", Latch())
    short = tmp_path / "short"
    short.write_bytes(b"x" * 10)
    source = FileSlice(short.open("rb"), 0, 11)
    with pytest.raises(EOFError):
        asyncio.run(bodies.copy(source, blobs, None))
    assert source.file.closed
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []
