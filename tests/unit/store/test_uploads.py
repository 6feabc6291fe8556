"""Multipart uploads, their parts, and what becomes of the bytes."""

from functools import partial

import pytest
from tests.unit.store.samples import ACCOUNT, BUCKET

from deputize.model.multipart import MultipartUpload, Part
from deputize.model.storage import Blob
from deputize.store.api import Transaction
from deputize.store.sqlite import SqliteStore


def upload(key: bytes, id: str, bucket: int = BUCKET) -> MultipartUpload:
    return MultipartUpload(
        bucket=bucket,
        key=key,
        id=id,
        initiated=1,
        owner=ACCOUNT,
        initiator="arn",
        initiator_account=ACCOUNT,
        headers={"ContentType": "text/plain"},
    )


def put_part(db: Transaction, id: str, number: int, blob: bytes, data: bytes | None = None) -> None:
    size = 1 if data is None else len(data)
    part = Part(
        upload=id, number=number, size=size, etag="e", modified=1, blob=blob, checksums={"CRC32": "x"}
    )
    db.uploads.put_part(part, Blob(id=blob, size=size, data=data), 5)


def test_an_upload_is_found_under_its_key_alone(store: SqliteStore) -> None:
    made = upload(b"k", "1")
    store.write(lambda db: db.uploads.put(made)).result()
    with store.snapshot() as db:
        assert db.uploads.get(BUCKET, b"k", "1") == made
        assert db.uploads.get(BUCKET, b"l", "1") is None
        assert db.uploads.get(BUCKET + 1, b"k", "1") is None
        assert db.uploads.get(BUCKET, b"k", "2") is None


@pytest.mark.parametrize("data", [None, b"inline"])
def test_a_replaced_part_is_garbage_if_it_is_a_file(store: SqliteStore, data: bytes | None) -> None:
    store.write(lambda db: db.uploads.put(upload(b"k", "1"))).result()
    store.write(lambda db: put_part(db, "1", 3, b"one", data)).result()
    store.write(lambda db: put_part(db, "1", 3, b"two", data)).result()
    with store.snapshot() as db:
        assert [part.blob for part in db.uploads.parts("1")] == [b"two"]
        assert db.objects.garbage(6, 10) == ([b"one"] if data is None else [])
        assert db.objects.known(b"one") == (data is None)


def test_parts_in_pages(store: SqliteStore) -> None:
    for number in (3, 1, 2):
        store.write(partial(put_part, id="1", number=number, blob=b"%d" % number)).result()
    with store.snapshot() as db:
        assert [part.number for part in db.uploads.parts("1")] == [1, 2, 3]
        assert [part.number for part in db.uploads.parts("1", after=1, limit=1)] == [2]
        assert db.uploads.parts("2") == []


def test_a_part_that_names_other_bytes_is_refused(store: SqliteStore) -> None:
    part = Part(upload="1", number=1, size=1, etag="e", modified=1, blob=b"id")
    for blob in (Blob(id=b"x", size=1), Blob(id=b"id", size=2)):
        with pytest.raises(ValueError, match="other bytes"):
            store.write(lambda db, blob=blob: db.uploads.put_part(part, blob, 1)).result()  # type: ignore[misc]


def test_the_uploads_of_one_bucket_are_cleared(store: SqliteStore) -> None:
    def begin(db: Transaction) -> None:
        for name, bucket in (("1", BUCKET), ("2", BUCKET), ("3", BUCKET + 1)):
            db.uploads.put(upload(b"k", name, bucket))
            put_part(db, name, 1, name.encode())

    store.write(begin).result()
    store.write(lambda db: db.uploads.clear(BUCKET, 9)).result()
    with store.snapshot() as db:
        assert db.uploads.page(BUCKET).entries == ()
        assert len(db.uploads.page(BUCKET + 1).entries) == 1
        assert sorted(db.objects.garbage(10, 10)) == [b"1", b"2"]
        assert db.uploads.parts("1") == []


def test_a_page_of_none(store: SqliteStore) -> None:
    store.write(lambda db: db.uploads.put(upload(b"k", "1"))).result()
    with store.snapshot() as db:
        page = db.uploads.page(BUCKET, limit=0)
        assert (page.entries, page.truncated) == ((), False)
