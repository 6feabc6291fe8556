"""What holds for the versions of objects, whoever deletes them: a caller of S3, or a rule of the bucket."""

import secrets

from deputize.model.storage import NULL, Bucket, DeleteMarker, StoredObject
from deputize.store.api import Transaction

GOVERNANCE = "GOVERNANCE"


def new_version(bucket: Bucket) -> str:
    """The id of a version that is added to the bucket now."""
    return secrets.token_urlsafe(24) if bucket.versioning == "Enabled" else NULL


def protected(version: StoredObject | DeleteMarker | None, now: float, *, bypass: bool = False) -> bool:
    """Whether this version may not be deleted now: under a legal hold or COMPLIANCE by nobody, under
    GOVERNANCE by nobody who does not bypass it (S3 guide, "Locking objects with Object Lock").
    """
    lock = version.lock if isinstance(version, StoredObject) else None
    if lock is None:
        return False
    return bool(lock.hold) or (lock.until > now and not (bypass and lock.mode == GOVERNANCE))


def mark_deleted(db: Transaction, bucket: Bucket, key: bytes, now: int) -> DeleteMarker:
    """Add a delete marker to a bucket that keeps versions, or did."""
    marker = DeleteMarker(
        bucket=bucket.id, key=key, version=new_version(bucket), modified=now, owner=bucket.account
    )
    db.objects.mark(marker, now)
    return marker
