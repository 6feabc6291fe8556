"""A random life of a versioned bucket against lists: each key's versions, from old to new."""

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from deputize.model.storage import NULL, Blob, DeleteMarker, ListedVersion, StoredObject
from deputize.store.api import Snapshot
from deputize.store.sqlite import SqliteStore

BUCKET = 1
KEYS = st.sampled_from([b"a", b"a/b", b"a/c", b"b", "ö".encode()])
PREFIXES = st.sampled_from([b"", b"a", b"a/", b"b", b"c"])
Version = StoredObject | DeleteMarker


class VersionsMachine(RuleBasedStateMachine):
    """Puts, marks and deletes as a bucket does them that keeps versions, and as one does whose versioning is
    suspended or never was on.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = SqliteStore.open(Path(self.folder.name) / "test.db")
        self.now = 0
        self.keys: dict[bytes, list[Version]] = {}
        self.garbage: set[bytes] = set()

    def new_version(self, keeps: bool) -> str:
        self.now += 1
        return f"v{self.now}" if keeps else NULL

    def replaced(self, key: bytes, version: str) -> list[Version]:
        """The model's versions of `key` without this one, whose bytes are garbage."""
        kept = []
        for one in self.keys.get(key, []):
            if one.version != version:
                kept.append(one)
            elif isinstance(one, StoredObject) and one.size > 1:
                self.garbage.add(one.blob)
        return kept

    @rule(key=KEYS, keeps=st.booleans(), inline=st.booleans())
    def put(self, key: bytes, keeps: bool, inline: bool) -> None:
        version = self.new_version(keeps)
        blob = Blob(id=b"%d" % self.now, size=1 if inline else 2, data=b"x" if inline else None)
        record = StoredObject(
            bucket=BUCKET,
            key=key,
            size=blob.size,
            etag="e",
            modified=self.now,
            blob=blob.id,
            owner="me",
            version=version,
        )
        self.store.write(lambda db: db.objects.put(record, blob, self.now)).result(10)
        self.keys[key] = [*self.replaced(key, version), record]

    @rule(key=KEYS, keeps=st.booleans())
    def mark(self, key: bytes, keeps: bool) -> None:
        version = self.new_version(keeps)
        marker = DeleteMarker(bucket=BUCKET, key=key, version=version, modified=self.now, owner="me")
        self.store.write(lambda db: db.objects.mark(marker, self.now)).result(10)
        self.keys[key] = [*self.replaced(key, version), marker]

    @rule(key=KEYS, at=st.integers(0, 4))
    def delete(self, key: bytes, at: int) -> None:
        versions = self.keys.get(key, [])
        wanted = versions[at % len(versions)] if versions else None
        version = "none" if wanted is None else wanted.version
        assert (
            self.store.write(lambda db: db.objects.delete(BUCKET, key, version, self.now)).result(10)
            == wanted
        )
        self.keys[key] = self.replaced(key, version)

    @rule(key=KEYS, at=st.integers(0, 4))
    def amend(self, key: bytes, at: int) -> None:
        versions = [one for one in self.keys.get(key, []) if isinstance(one, StoredObject)]
        if not versions:
            return
        old = versions[at % len(versions)]
        self.now += 1
        changed = replace(old, metadata={"at": str(self.now)})
        self.store.write(lambda db: db.objects.amend(changed)).result(10)
        self.keys[key] = [changed if one == old else one for one in self.keys[key]]

    @invariant()
    def reads_agree(self) -> None:
        with self.store.snapshot() as db:
            for key, versions in self.keys.items():
                newest = versions[-1] if versions else None
                assert db.objects.get(BUCKET, key) == (newest if isinstance(newest, StoredObject) else None)
                assert db.objects.marker(BUCKET, key) == (
                    newest if isinstance(newest, DeleteMarker) else None
                )
                for one in versions:
                    assert db.objects.version(BUCKET, key, one.version) == one
                assert db.objects.version(BUCKET, key, "none") is None
            assert db.objects.empty(BUCKET) == (not any(self.keys.values()))
            assert set(db.objects.garbage(self.now + 1, 1000)) == self.garbage

    @rule(prefix=PREFIXES, delimiter=st.sampled_from([b"", b"/"]), limit=st.integers(1, 4))
    def list_all(self, prefix: bytes, delimiter: bytes, limit: int) -> None:
        with self.store.snapshot() as db:
            assert pages(db, prefix, delimiter, limit) == self.listed(prefix, delimiter)

    def listed(self, prefix: bytes, delimiter: bytes) -> list[ListedVersion | bytes]:
        found: list[ListedVersion | bytes] = []
        for key in sorted(self.keys):
            at = key.find(delimiter, len(prefix)) if delimiter else -1
            if not key.startswith(prefix) or not self.keys[key]:
                continue
            if at >= 0:
                rolled = key[: at + 1]
                found += [rolled] if rolled not in found else []
                continue
            newest = self.keys[key][-1]
            found += [ListedVersion(one, one is newest) for one in reversed(self.keys[key])]
        return found

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()


def pages(db: Snapshot, prefix: bytes, delimiter: bytes, limit: int) -> list[ListedVersion | bytes]:
    """The whole listing, page by page."""
    found: list[ListedVersion | bytes] = []
    after, version = b"", ""
    while True:
        page = db.objects.versions(
            BUCKET, prefix=prefix, delimiter=delimiter, after=after, after_version=version, limit=limit
        )
        found += page.entries
        if not page.truncated:
            return found
        last = page.entries[-1]
        after, version = (last, "") if isinstance(last, bytes) else (last.version.key, last.version.version)


TestVersions = VersionsMachine.TestCase
TestVersions.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
