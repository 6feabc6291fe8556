"""Records to store, filled in but for what a test is about."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Event as Signal
from typing import Any, TypeVar

from deputize.model.event import Event
from deputize.model.identity import User
from deputize.model.storage import Blob, StoredObject
from deputize.store.api import Objects, Store, Table, Transaction

R = TypeVar("R")

ACCOUNT = "111122223333"
BUCKET = 7


def user(name: str, **members: Any) -> User:
    """A user of ACCOUNT whose id tells its name."""
    given = {"account": ACCOUNT, "partition": "aws", "path": "/", "id": f"AIDA{name}", "created": 1}
    return User(name=name, **{**given, **members})


def event(at: int, id: str = "e") -> Event:
    """An audit record of ACCOUNT; it decides about nothing."""
    return Event(account=ACCOUNT, at=at, id=id, record={"eventName": "CreateUser"})


def stored(key: bytes, blob: bytes = b"", size: int = 1) -> StoredObject:
    """An object of BUCKET, its bytes under `blob`, or else under its key."""
    return StoredObject(
        bucket=BUCKET, key=key, size=size, etag="e", modified=1, blob=blob or key, owner=ACCOUNT
    )


def put(db: Transaction, key: bytes, blob: bytes = b"", data: bytes | None = b"x", now: int = 1) -> None:
    """Store an object; `data` None keeps its bytes in a file."""
    record = stored(key, blob, 1 if data is None else len(data))
    db.objects.put(record, Blob(id=record.blob, size=record.size, data=data), now)


def put_all(table: Table[R], records: Iterable[R]) -> None:
    """Put every record."""
    for record in records:
        table.put(record)


def put_objects(db: Transaction, keys: Iterable[bytes]) -> None:
    """Store an object under every key."""
    for key in keys:
        put(db, key)


def names(objects: Objects, **page: Any) -> list[bytes]:
    """What a page shows: keys and common prefixes."""
    entries = objects.page(BUCKET, **page).entries
    return [entry if isinstance(entry, bytes) else entry.key for entry in entries]


@contextmanager
def one_batch(store: Store) -> Iterator[None]:
    """What is written inside waits, and then shares one transaction."""
    started, go_on = Signal(), Signal()

    def occupy(db: Transaction) -> None:
        started.set()
        go_on.wait(10)

    occupied = store.write(occupy)
    started.wait(10)
    try:
        yield
    finally:
        go_on.set()
        occupied.result(10)
