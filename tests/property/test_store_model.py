"""A random life of a store against dictionaries: what it says at every step, with refusals and restarts."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from deputize.model.identity import User
from deputize.model.storage import Blob, StoredObject
from deputize.store.api import Transaction
from deputize.store.sqlite import SqliteStore

BUCKET = 1
KEYS = st.sampled_from([b"a", b"a/b", b"a/c", b"b", "ö".encode()])
NAMES = st.sampled_from(["bob", "Bob", "eve"])
PATHS = st.sampled_from(["/", "/x/"])


class Refused(Exception):
    """Ends a command after it did something."""


class StoreMachine(RuleBasedStateMachine):
    """Objects, their bytes, garbage, users and the generation."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = SqliteStore.open(Path(self.folder.name) / "test.db")
        self.now = 0
        self.objects: dict[bytes, tuple[StoredObject, Blob]] = {}
        # Oldest first, but for what one moment left behind.
        self.garbage: list[bytes] = []
        self.users: dict[str, User] = {}
        self.generation = 1

    def make(self, key: bytes, data: bytes | None) -> tuple[StoredObject, Blob]:
        """An object with new bytes; in a file if `data` is None."""
        self.now += 1
        blob = Blob(id=b"%d" % self.now, size=len(data or b"file"), data=data)
        record = StoredObject(
            bucket=BUCKET, key=key, size=blob.size, etag="e", modified=self.now, blob=blob.id, owner="me"
        )
        return record, blob

    def drop(self, key: bytes) -> bool:
        """The model forgets what is under `key`."""
        old = self.objects.pop(key, None)
        if old is not None and old[1].data is None:
            self.garbage.append(old[1].id)
        return old is not None

    @rule(key=KEYS, data=st.none() | st.binary(max_size=3))
    def put(self, key: bytes, data: bytes | None) -> None:
        record, blob = self.make(key, data)
        self.store.write(lambda db: db.objects.put(record, blob, self.now)).result(10)
        self.drop(key)
        self.objects[key] = (record, blob)

    @rule(key=KEYS)
    def delete(self, key: bytes) -> None:
        self.now += 1
        deleted = self.store.write(lambda db: db.objects.delete(BUCKET, key, self.now)).result(10)
        assert deleted == self.drop(key)

    @rule(name=NAMES, path=PATHS)
    def put_user(self, name: str, path: str) -> None:
        user = User(account="1", partition="aws", name=name, path=path, id="AIDA" + name.lower(), created=1)
        self.store.write(lambda db: db.users.put(user)).result(10)
        self.users[name.lower()] = user
        self.generation += 1

    @rule(name=NAMES)
    def delete_user(self, name: str) -> None:
        deleted = self.store.write(lambda db: db.users.delete("1", name)).result(10)
        assert deleted == (self.users.pop(name.lower(), None) is not None)
        self.generation += deleted

    @rule(key=KEYS, name=NAMES)
    def refuse(self, key: bytes, name: str) -> None:
        record, blob = self.make(key, b"refused")

        def command(db: Transaction) -> None:
            db.objects.put(record, blob, self.now)
            db.users.delete("1", name)
            raise Refused

        with pytest.raises(Refused):
            self.store.write(command).result(10)

    @rule(keys=st.lists(KEYS, max_size=4))
    def put_together(self, keys: list[bytes]) -> None:
        """Whether or not they meet in one batch, it is as if they came one by one."""
        made = [self.make(key, b"together") for key in keys]
        futures = [
            self.store.write(lambda db, record=record, blob=blob: db.objects.put(record, blob, self.now))  # type: ignore[misc]
            for record, blob in made
        ]
        for record, blob in made:
            self.drop(record.key)
            self.objects[record.key] = (record, blob)
        assert [future.result(10) for future in futures] == [None] * len(futures)

    @rule()
    def collect(self) -> None:
        if self.garbage:
            oldest = self.garbage.pop(0)
            self.store.write(lambda db: db.objects.collected(oldest)).result(10)

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.store = SqliteStore.open(self.store.path)

    @invariant()
    def objects_are_the_models(self) -> None:
        with self.store.snapshot() as db:
            listed = db.objects.page(BUCKET).entries
            assert listed == tuple(self.objects[key][0] for key in sorted(self.objects))
            assert db.objects.empty(BUCKET) == (not self.objects)
            for record, blob in self.objects.values():
                assert db.objects.get(BUCKET, record.key) == record
                assert db.objects.blob(record.blob) == blob
            assert sorted(db.objects.garbage(self.now + 1, 1000)) == sorted(self.garbage)

    @invariant()
    def users_are_the_models(self) -> None:
        with self.store.snapshot() as db:
            assert db.users.page("1") == [self.users[name] for name in sorted(self.users)]
            assert db.users.count("1") == len(self.users)
            for name, user in self.users.items():
                assert db.users.get("1", name.upper()) == user
                assert db.users.find("id", user.id) == [replace(user)]
            assert db.generation == self.generation

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


TestStore = StoreMachine.TestCase
TestStore.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
