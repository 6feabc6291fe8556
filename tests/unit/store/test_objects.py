"""Objects, the bytes they name, and what becomes of replaced bytes."""

from dataclasses import replace
from functools import partial

import apsw
import pytest
from tests.unit.store.samples import BUCKET, names, put, put_objects, stored

from deputize.model.storage import NULL, Blob, Listed
from deputize.store.api import Transaction
from deputize.store.sqlite import SqliteStore


def test_an_object_and_its_bytes_come_back(store: SqliteStore) -> None:
    record = replace(stored(b"k", b"id", 3), headers={"content-type": "text/plain"}, checksums={"CRC32": "x"})
    blob = Blob(id=b"id", size=3, data=b"abc", format="plain")
    store.write(lambda db: db.objects.put(record, blob, 1)).result()
    with store.snapshot() as db:
        assert db.objects.get(BUCKET, b"k") == record
        assert db.objects.blob(b"id") == blob
        assert db.objects.get(BUCKET + 1, b"k") is None


def test_replaced_inline_bytes_are_gone_at_once(store: SqliteStore) -> None:
    store.write(lambda db: put(db, b"k", b"one")).result()
    store.write(lambda db: put(db, b"k", b"two")).result()
    with store.snapshot() as db:
        assert db.objects.blob(b"one") is None
        assert db.objects.blob(b"two") is not None
        assert db.objects.garbage(100, 10) == []


@pytest.mark.parametrize("way", ["replaced", "deleted"])
def test_a_replaced_or_deleted_file_is_garbage_until_collected(store: SqliteStore, way: str) -> None:
    store.write(lambda db: put(db, b"k", b"one", data=None)).result()
    if way == "replaced":
        store.write(lambda db: put(db, b"k", b"two", now=50)).result()
    else:
        assert store.write(lambda db: db.objects.delete(BUCKET, b"k", NULL, 50)).result() is not None
    with store.snapshot() as db:
        assert db.objects.blob(b"one") is None
        assert db.objects.garbage(50, 10) == []
        assert db.objects.garbage(51, 10) == [b"one"]
    store.write(lambda db: db.objects.collected(b"one")).result()
    with store.snapshot() as db:
        assert db.objects.garbage(51, 10) == []


def delete(db: Transaction, key: bytes, now: int) -> None:
    db.objects.delete(BUCKET, key, NULL, now)


def test_garbage_is_given_oldest_first_and_no_more_than_asked_for(store: SqliteStore) -> None:
    for now, key in ((30, b"c"), (10, b"a"), (20, b"b")):
        store.write(partial(put, key=key, data=None, now=now)).result()
        store.write(partial(delete, key=key, now=now)).result()
    with store.snapshot() as db:
        assert db.objects.garbage(100, 2) == [b"a", b"b"]


def test_what_is_not_there_is_not_deleted(store: SqliteStore) -> None:
    assert store.write(lambda db: db.objects.delete(BUCKET, b"k", NULL, 1)).result() is None


def test_an_object_may_be_put_again_over_its_own_bytes(store: SqliteStore) -> None:
    store.write(lambda db: put(db, b"k", b"one", data=None)).result()
    changed = replace(stored(b"k", b"one"), etag="other")
    store.write(lambda db: db.objects.put(changed, Blob(id=b"one", size=1), 2)).result()
    with store.snapshot() as db:
        assert db.objects.get(BUCKET, b"k") == changed
        assert db.objects.blob(b"one") is not None
        assert db.objects.garbage(100, 10) == []


def test_bytes_belong_to_one_object(store: SqliteStore) -> None:
    store.write(lambda db: put(db, b"a", b"id")).result()
    with pytest.raises(apsw.ConstraintError):
        store.write(lambda db: put(db, b"b", b"id")).result()
    with store.snapshot() as db:
        assert names(db.objects) == [b"a"]


def test_an_object_that_names_other_bytes_is_refused(store: SqliteStore) -> None:
    with pytest.raises(ValueError, match="other bytes"):
        store.write(lambda db: db.objects.put(stored(b"k", b"id"), Blob(id=b"x", size=1), 1)).result()
    with pytest.raises(ValueError, match="other bytes"):
        store.write(lambda db: db.objects.put(stored(b"k", b"id"), Blob(id=b"id", size=2), 1)).result()


def test_a_bucket_is_empty_until_it_holds_something(store: SqliteStore) -> None:
    store.write(lambda db: put(db, b"k")).result()
    with store.snapshot() as db:
        assert db.objects.empty(BUCKET) is False
        assert db.objects.empty(BUCKET + 1) is True


def test_a_listing_sees_one_bucket(store: SqliteStore) -> None:
    store.write(lambda db: put(db, b"k")).result()
    other = replace(stored(b"l"), bucket=BUCKET + 1)
    store.write(lambda db: db.objects.put(other, Blob(id=b"l", size=1), 1)).result()
    with store.snapshot() as db:
        assert names(db.objects) == [b"k"]


def test_a_page_says_where_the_next_one_goes_on(store: SqliteStore) -> None:
    store.write(lambda db: put_objects(db, (b"a", b"b/1", b"b/2", b"c"))).result()
    with store.snapshot() as db:
        first = db.objects.page(BUCKET, delimiter=b"/", limit=2)
        assert (first.entries[1], first.last) == (b"b/", b"b/")
        assert names(db.objects, delimiter=b"/", after=b"b/") == [b"c"]
        assert db.objects.page(BUCKET, delimiter=b"/", limit=3).last is None
        assert db.objects.page(BUCKET, limit=0) == Listed(entries=(), last=None)


def test_a_listing_costs_one_descent_per_result_whatever_lies_between(store: SqliteStore) -> None:
    keys = [b"%s/%04d" % (folder, number) for folder in (b"a", b"b", b"c") for number in range(500)]
    store.write(lambda db: put_objects(db, keys)).result()
    with store.snapshot() as db:
        read = 0

        def trace(cursor: apsw.Cursor, row: tuple[object, ...]) -> tuple[object, ...]:
            nonlocal read
            read += 1
            return row

        db.objects._sql.connection.row_trace = trace  # type: ignore[attr-defined]
        assert names(db.objects, delimiter=b"/") == [b"a/", b"b/", b"c/"]
        assert read == 3
