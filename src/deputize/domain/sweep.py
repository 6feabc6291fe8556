"""What is taken away in the background: the files of replaced objects, and audit records past their time."""

from collections.abc import Sequence
from functools import partial

from deputize.blobs.api import BlobStore
from deputize.store.api import Store, Transaction

# A reader that opened an object just before it was replaced has this long to finish (seconds): of an object
# of several parts it opens one file after the other.
GRACE = 3600
# CloudTrail's event history reaches back 90 days (milliseconds).
HISTORY = 90 * 86400 * 1000
BATCH = 1000


def sweep(store: Store, blobs: BlobStore, now: float) -> int:
    """Delete the files that became garbage over `GRACE` seconds before `now`; returns how many.

    A file goes before the row that remembers it: after a crash in between, the next sweep deletes it again,
    harmlessly.
    """
    with store.snapshot() as db:
        garbage = db.objects.garbage(int(now) - GRACE, BATCH)
    for blob in garbage:
        blobs.delete(blob)
    if garbage:
        store.write(partial(_collected, garbage)).result()
    return len(garbage)


def orphans(store: Store, blobs: BlobStore, now: float) -> int:
    """Delete files that no row names, and uploads that never ended, both over `GRACE` seconds old; returns
    how many files. A crash between a file and its row leaves them.
    """
    blobs.clear_staged(now - GRACE)
    found = 0
    for blob in blobs.older(now - GRACE):
        with store.snapshot() as db:
            known = db.objects.known(blob)  # garbage has a grace of its own, that begins when it is dropped
        if not known:
            blobs.delete(blob)
            found += 1
    return found


def forget(store: Store, now: float) -> int:
    """Delete audit records older than the event history of each account; returns how many."""
    before = int(now * 1000) - HISTORY
    with store.snapshot() as db:
        old = [
            (event.account, event.at, event.id)
            for account in db.accounts.page()
            for event in db.events.page(account.id, limit=BATCH)
            if event.at < before
        ]
    if old:
        store.write(partial(_forgotten, old)).result()
    return len(old)


def _collected(garbage: Sequence[bytes], db: Transaction) -> None:
    for blob in garbage:
        db.objects.collected(blob)


def _forgotten(old: Sequence[tuple[str, int, str]], db: Transaction) -> None:
    for key in old:
        db.events.delete(*key)
