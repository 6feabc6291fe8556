"""A random life of a store against dictionaries: what it says at every step, with refusals and restarts."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from deputize.model.identity import User
from deputize.model.multipart import BlobPart, MultipartUpload, Part
from deputize.model.storage import NULL, PARTS, Blob, StoredObject
from deputize.store.api import Transaction
from deputize.store.sqlite import SqliteStore

BUCKET = 1
KEYS = st.sampled_from([b"a", b"a/b", b"a/c", b"b", "ö".encode()])
NAMES = st.sampled_from(["bob", "Bob", "eve"])
PATHS = st.sampled_from(["/", "/x/"])


class Refused(Exception):
    """Ends a command after it did something."""


class StoreMachine(RuleBasedStateMachine):
    """Objects, multipart uploads, their bytes, garbage, users and the generation."""

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
        self.uploads: dict[tuple[bytes, str], tuple[MultipartUpload, dict[int, tuple[Part, Blob]]]] = {}
        # Of the objects that were uploaded in parts.
        self.pieces: dict[bytes, list[tuple[BlobPart, Blob]]] = {}

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
        if old is not None and old[1].format == PARTS:
            for _, blob in self.pieces.pop(old[1].id):
                self.throw(blob)
        elif old is not None:
            self.throw(old[1])
        return old is not None

    def throw(self, blob: Blob) -> None:
        """The model's bytes of `blob` are garbage if they are in a file."""
        if blob.data is None:
            self.garbage.append(blob.id)

    @rule(key=KEYS, data=st.none() | st.binary(max_size=3))
    def put(self, key: bytes, data: bytes | None) -> None:
        record, blob = self.make(key, data)
        self.store.write(lambda db: db.objects.put(record, blob, self.now)).result(10)
        self.drop(key)
        self.objects[key] = (record, blob)

    @rule(key=KEYS)
    def delete(self, key: bytes) -> None:
        self.now += 1
        deleted = self.store.write(lambda db: db.objects.delete(BUCKET, key, NULL, self.now)).result(10)
        assert (deleted is not None) == self.drop(key)

    @rule(key=KEYS)
    def begin(self, key: bytes) -> None:
        self.now += 1
        upload = MultipartUpload(
            bucket=BUCKET,
            key=key,
            id=f"{self.now:06}",
            initiated=self.now,
            owner="me",
            initiator="me",
            initiator_account="1",
        )
        self.store.write(lambda db: db.uploads.put(upload)).result(10)
        self.uploads[key, upload.id] = (upload, {})

    @rule(data=st.data(), number=st.integers(1, 3), content=st.none() | st.binary(min_size=1, max_size=3))
    def put_part(self, data: st.DataObject, number: int, content: bytes | None) -> None:
        if not self.uploads:
            return
        upload, parts = self.uploads[data.draw(st.sampled_from(sorted(self.uploads)))]
        self.now += 1
        blob = Blob(id=b"%d" % self.now, size=len(content or b"file"), data=content)
        part = Part(
            upload=upload.id, number=number, size=blob.size, etag="e", modified=self.now, blob=blob.id
        )
        self.store.write(lambda db: db.uploads.put_part(part, blob, self.now)).result(10)
        if number in parts:
            self.throw(parts[number][1])
        parts[number] = (part, blob)

    @rule(data=st.data(), complete=st.booleans())
    def end(self, data: st.DataObject, complete: bool) -> None:
        """Complete an upload with some of its parts, or abort it."""
        if not self.uploads:
            return
        upload, parts = self.uploads.pop(data.draw(st.sampled_from(sorted(self.uploads))))
        numbers = data.draw(st.sets(st.sampled_from(sorted(parts)))) if complete and parts else set()
        self.now += 1
        kept = [parts[number] for number in sorted(numbers)]
        blob = Blob(id=b"%d" % self.now, size=sum(part.size for part, _ in kept), format=PARTS)
        pieces, start = [], 0
        for part, bytes_ in kept:
            piece = BlobPart(blob=blob.id, start=start, number=part.number, size=part.size, part=part.blob)
            pieces.append((piece, bytes_))
            start += part.size
        record = StoredObject(
            bucket=BUCKET, key=upload.key, size=blob.size, etag="e", modified=1, blob=blob.id, owner="me"
        )

        def command(db: Transaction) -> None:
            if kept:
                db.objects.put(record, blob, self.now, [piece for piece, _ in pieces])
            db.uploads.remove(upload, self.now, kept={part.blob for part, _ in kept})

        self.store.write(command).result(10)
        if kept:
            self.drop(upload.key)
            self.objects[upload.key] = (record, blob)
            self.pieces[blob.id] = pieces
        for number in parts.keys() - numbers:
            self.throw(parts[number][1])

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
    def uploads_are_the_models(self) -> None:
        with self.store.snapshot() as db:
            page = db.uploads.page(BUCKET)
            assert page.entries == tuple(self.uploads[name][0] for name in sorted(self.uploads))
            for (key, name), (upload, parts) in self.uploads.items():
                assert db.uploads.get(BUCKET, key, name) == upload
                assert db.uploads.parts(name) == [parts[number][0] for number in sorted(parts)]
                assert all(db.objects.blob(blob.id) == blob for _, blob in parts.values())

    @invariant()
    def parts_of_objects_are_the_models(self) -> None:
        with self.store.snapshot() as db:
            for blob, pieces in self.pieces.items():
                listed = [piece for piece, _ in pieces]
                assert db.objects.parts(blob) == listed
                assert all(db.objects.part(blob, piece.number) == piece for piece in listed)
                assert all(db.objects.blob(one.id) == one for _, one in pieces)
                end = listed[-1].start + listed[-1].size
                for offset in range(end):
                    found = db.objects.pieces(blob, offset, 2)
                    assert found == [
                        one for one in listed if one.start < offset + 2 and offset < one.start + one.size
                    ]

    @invariant()
    def nothing_else_is_kept(self) -> None:
        """Every blob's row is named by something; every file that is not named is garbage."""
        named = {blob.id for _, blob in self.objects.values()}
        named |= {blob.id for pieces in self.pieces.values() for _, blob in pieces}
        named |= {blob.id for _, parts in self.uploads.values() for _, blob in parts.values()}
        with self.store.snapshot() as db:
            for number in range(1, self.now + 1):
                blob = b"%d" % number
                assert (db.objects.blob(blob) is not None) == (blob in named)
                assert db.objects.known(blob) == (blob in named or blob in self.garbage)

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
