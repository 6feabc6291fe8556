"""Listings against a model that sorts everything it has."""

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from deputize.model.storage import Blob, StoredObject
from deputize.store.api import Transaction
from deputize.store.sqlite import SqliteStore

# Few letters, so that prefixes, delimiters and keys meet; and the last byte, after which there is no other.
WORDS = st.lists(st.sampled_from([b"a", b"b", b"/", b"//", b"\xff", "é".encode()]), max_size=5).map(b"".join)
KEYS = st.frozensets(WORDS.filter(bool), max_size=25)
DELIMITERS = st.sampled_from([b"", b"/", b"a", b"//", b"\xff", b"/a"])
LIMITS = st.integers(0, 6)

buckets = count(1)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    """One database for all examples: each has a bucket of its own."""
    opened = SqliteStore.open(tmp_path_factory.mktemp("listing") / "test.db")
    yield opened
    opened.close()


def fill(store: SqliteStore, keys: frozenset[bytes]) -> int:
    """A new bucket with these keys; returns its number."""
    bucket = next(buckets)

    def command(db: Transaction) -> None:
        for key in keys:
            blob = Blob(id=b"%d %s" % (bucket, key), size=0, data=b"")
            record = StoredObject(bucket=bucket, key=key, size=0, etag="", modified=1, blob=blob.id, owner="")
            db.objects.put(record, blob, 1)

    store.write(command).result(10)
    return bucket


def page(
    store: SqliteStore, bucket: int, prefix: bytes, delimiter: bytes, after: bytes, limit: int
) -> tuple[list[tuple[str, bytes]], bytes | None]:
    """What the store shows, as kinds and names."""
    with store.snapshot() as db:
        listed = db.objects.page(bucket, prefix=prefix, delimiter=delimiter, after=after, limit=limit)
    entries = [
        ("prefix", entry) if isinstance(entry, bytes) else ("key", entry.key) for entry in listed.entries
    ]
    return entries, listed.last


def rolled_up(key: bytes, prefix: bytes, delimiter: bytes) -> tuple[str, bytes]:
    """AWS: "keys that contain the same string between the prefix and the first occurrence of the delimiter"
    are one result.
    """
    rest = key[len(prefix) :]
    if delimiter and delimiter in rest:
        return "prefix", prefix + rest.split(delimiter)[0] + delimiter
    return "key", key


def everything(keys: frozenset[bytes], prefix: bytes, delimiter: bytes) -> list[tuple[str, bytes]]:
    """The whole listing."""
    shown = {rolled_up(key, prefix, delimiter) for key in keys if key.startswith(prefix)}
    return sorted(shown, key=lambda entry: entry[1])


@settings(max_examples=300, deadline=None)
@given(KEYS, WORDS, DELIMITERS, WORDS, LIMITS)
@example(frozenset({b"a/b", b"a/c", b"b"}), b"", b"/", b"a/b", 5)
@example(frozenset({b"\xff\xff", b"\xff"}), b"", b"\xff", b"\xff", 5)
@example(frozenset({b"b"}), b"a", b"", b"ab", 5)
def test_a_page_is_what_a_sorted_list_would_show(
    store: SqliteStore, keys: frozenset[bytes], prefix: bytes, delimiter: bytes, after: bytes, limit: int
) -> None:
    bucket = fill(store, keys)
    beyond = [entry for entry in everything(keys, prefix, delimiter) if entry[1] > after]
    expected = beyond[:limit]
    last = expected[-1][1] if expected and len(beyond) > limit else None
    assert page(store, bucket, prefix, delimiter, after, limit) == (expected, last)


@settings(max_examples=150, deadline=None)
@given(KEYS, WORDS, DELIMITERS, st.integers(1, 4))
def test_pages_one_after_the_other_show_everything_once(
    store: SqliteStore, keys: frozenset[bytes], prefix: bytes, delimiter: bytes, limit: int
) -> None:
    bucket = fill(store, keys)
    shown: list[tuple[str, bytes]] = []
    after: bytes | None = b""
    while after is not None:
        entries, after = page(store, bucket, prefix, delimiter, after, limit)
        assert len(entries) == limit or after is None
        shown += entries
    assert shown == everything(keys, prefix, delimiter)
