"""What holds for locked versions (S3 guide, "Locking objects with Object Lock"): who may delete one, and who
may change its lock.
"""

import datetime
import math
from collections.abc import Mapping
from typing import Any

from deputize.domain.objects import GOVERNANCE, protected
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.facts import moment
from deputize.gateway.operation import KeyReader
from deputize.model.storage import Bucket, DeleteMarker, Lock, StoredObject
from deputize.s3 import errors
from deputize.s3.resources import named_object
from deputize.store.api import Snapshot

DAY = 86_400
COMPLIANCE = "COMPLIANCE"
NO_LOCK = Lock()


def require_lockable(bucket: Bucket) -> None:
    """Raises InvalidRequest for a bucket in which nothing can be locked."""
    if bucket.object_lock is None:
        raise errors.invalid_request("Bucket is missing Object Lock Configuration")


def refused() -> ApiError:
    return ApiError("AccessDenied", "Access Denied because object protected by object lock.")


def check_delete(found: StoredObject | DeleteMarker | None, request: Mapping[str, Any], now: float) -> None:
    """Raises AccessDenied if this version may not be deleted now. Whether the caller may bypass its
    governance is authorized elsewhere.
    """
    if protected(found, now, bypass=bool(request.get("BypassGovernanceRetention"))):
        raise refused()


def retained(lock: Lock | None, mode: str, until: int, request: Mapping[str, Any], now: float) -> Lock:
    """`lock` with another retention; empty and 0 take it away. Raises AccessDenied if that would weaken one
    that still holds: COMPLIANCE can be made longer alone, GOVERNANCE by those who bypass it.
    """
    old = lock or NO_LOCK
    if old.until > now:
        same_or_stronger = mode == old.mode and until >= old.until
        stronger = old.mode == GOVERNANCE and mode == COMPLIANCE and until >= old.until
        bypassed = old.mode == GOVERNANCE and bool(request.get("BypassGovernanceRetention"))
        if not (same_or_stronger or stronger or bypassed):
            raise refused()
    return Lock(mode=mode, until=until, hold=old.hold)


def check_retention(mode: str | None, until: float | None, now: float) -> None:
    """Raises InvalidArgument for a retention that is half given or already over."""
    if (mode is None) is not (until is None):
        raise ApiError(
            "InvalidArgument",
            "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
            status=400,
        )
    if until is not None and until <= now:
        raise ApiError("InvalidArgument", "The retain until date must be in the future!", status=400)


def check_headers(call: Call, bucket: Bucket, request: Mapping[str, Any]) -> None:
    """Raises InvalidRequest and InvalidArgument for what an upload cannot ask of its lock."""
    if not asks(request):
        return
    require_lockable(bucket)
    check_retention(request.get("ObjectLockMode"), request.get("ObjectLockRetainUntilDate"), call.now)


def asks(request: Mapping[str, Any]) -> bool:
    return any(
        request.get(name)
        for name in ("ObjectLockMode", "ObjectLockRetainUntilDate", "ObjectLockLegalHoldStatus")
    )


def locks_new(bucket: Bucket) -> bool:
    """Whether new objects are locked by default."""
    return bucket.object_lock is not None and bool(bucket.object_lock.mode)


def of_upload(bucket: Bucket, request: Mapping[str, Any], now: float) -> Lock | None:
    """The lock that an upload has: the one that it asks for, or else the bucket's default retention."""
    status = request.get("ObjectLockLegalHoldStatus")
    hold = status == "ON" if status else None
    mode, until = request.get("ObjectLockMode"), request.get("ObjectLockRetainUntilDate")
    if mode is not None and until is not None:
        return Lock(mode=mode, until=math.ceil(until), hold=hold)
    return by_default(bucket, hold, now)


def by_default(bucket: Bucket, hold: bool | None, now: float) -> Lock | None:
    """The lock of an object that is new now and has no retention of its own."""
    default = bucket.object_lock
    if default is None or not default.mode:
        return None if hold is None else Lock(hold=hold)
    if default.days:
        return Lock(mode=default.mode, until=int(now) + default.days * DAY, hold=hold)
    start = datetime.datetime.fromtimestamp(int(now), datetime.UTC)
    try:
        end = start.replace(year=start.year + default.years)
    except ValueError:  # 29 February
        end = start.replace(year=start.year + default.years, day=28)
    return Lock(mode=default.mode, until=int(end.timestamp()), hold=hold)


# --- condition keys (Service Authorization Reference, S3)


def _mode(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str | None:
    mode: str | None = request.get("ObjectLockMode") or request.get("Retention", {}).get("Mode")
    return mode


def _until(request: Mapping[str, Any]) -> float | None:
    retention = request.get("Retention", {})
    until: float | None = request.get("ObjectLockRetainUntilDate") or retention.get("RetainUntilDate")
    return until


def _until_date(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str | None:
    until = _until(request)
    return None if until is None else moment(until)


def _remaining_days(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str | None:
    """How many days the version would still be retained; a begun day counts."""
    until = _until(request)
    return None if until is None else str(max(0, math.ceil((until - call.now) / DAY)))


def _hold(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str | None:
    status: str | None = request.get("ObjectLockLegalHoldStatus") or request.get("LegalHold", {}).get(
        "Status"
    )
    return status


RETENTION_KEYS: Mapping[str, KeyReader] = {
    "s3:object-lock-mode": _mode,
    "s3:object-lock-retain-until-date": _until_date,
    "s3:object-lock-remaining-retention-days": _remaining_days,
}
HOLD_KEYS: Mapping[str, KeyReader] = {"s3:object-lock-legal-hold": _hold}
KEYS: Mapping[str, KeyReader] = {**RETENTION_KEYS, **HOLD_KEYS}


# --- which rights a request needs for what it asks


def asks_retention(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return bool(request.get("ObjectLockMode") or request.get("ObjectLockRetainUntilDate"))


def asks_hold(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return bool(request.get("ObjectLockLegalHoldStatus"))


def bypasses(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return bool(request.get("BypassGovernanceRetention"))


def has_retention(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    found = named_object(db, call, request)
    return isinstance(found, StoredObject) and found.lock is not None and bool(found.lock.mode)


def has_hold(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    """Whether a legal hold was ever put on the version, or taken off."""
    found = named_object(db, call, request)
    return isinstance(found, StoredObject) and found.lock is not None and found.lock.hold is not None
