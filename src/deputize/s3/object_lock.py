"""Object Lock: a bucket's configuration, and the retention and legal hold of a version (S3 guide, "Locking
objects with Object Lock").
"""

import dataclasses
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.domain import notifications
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.storage import Lock, LockDefault, StoredObject
from deputize.protocol.validate import MALFORMED_XML
from deputize.s3 import digests, locks
from deputize.s3.keys import VERSION
from deputize.s3.reads import LISTS
from deputize.s3.resources import bucket_of, require_bucket, require_object, stored_of
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        GetObjectLegalHoldRequest,
        GetObjectLegalHoldResponse,
        GetObjectLockConfigurationRequest,
        GetObjectLockConfigurationResponse,
        GetObjectRetentionRequest,
        GetObjectRetentionResponse,
        PutObjectLegalHoldRequest,
        PutObjectLockConfigurationRequest,
        PutObjectRetentionRequest,
    )

DAYS_MOST, YEARS_MOST = 36_500, 100


@s3.query("GetObjectLockConfiguration", access=(Needs("s3:GetBucketObjectLockConfiguration", on=bucket_of),))
def get_object_lock_configuration(
    db: Snapshot, call: Call, request: "GetObjectLockConfigurationRequest"
) -> "GetObjectLockConfigurationResponse":
    """Raises ObjectLockConfigurationNotFoundError."""
    bucket = require_bucket(db, call, request)
    default = bucket.object_lock
    if default is None:
        raise ApiError(
            "ObjectLockConfigurationNotFoundError",
            "Object Lock configuration does not exist for this bucket",
            status=404,
            BucketName=bucket.name,
        )
    told: dict[str, Any] = {"ObjectLockEnabled": "Enabled"}
    if default.mode:
        period = {"Days": default.days} if default.days else {"Years": default.years}
        told["Rule"] = {"DefaultRetention": {"Mode": default.mode, **period}}
    return {"ObjectLockConfiguration": told}  # type: ignore[typeddict-item]


@s3.command(
    "PutObjectLockConfiguration", access=(Needs("s3:PutBucketObjectLockConfiguration", on=bucket_of),)
)
def put_object_lock_configuration(
    db: Transaction, call: Call, request: "PutObjectLockConfigurationRequest"
) -> Mapping[str, Any]:
    """Once on, Object Lock stays on; the default retention may change. Raises InvalidBucketState,
    MalformedXML, InvalidArgument.
    """
    digests.require(call)
    bucket = require_bucket(db, call, request)
    default = _default(request.get("ObjectLockConfiguration", {}))
    if bucket.versioning != "Enabled":
        raise ApiError(
            "InvalidBucketState",
            "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
            status=409,
        )
    db.buckets.put(dataclasses.replace(bucket, object_lock=default))
    return {}


def _default(given: Mapping[str, Any]) -> LockDefault:
    """The default retention of a configuration. Raises MalformedXML, InvalidArgument, NotImplemented."""
    if given.get("ObjectLockEnabled") != "Enabled":
        raise ApiError("MalformedXML", MALFORMED_XML)
    if "Rule" not in given:
        return LockDefault()
    rule = given["Rule"].get("DefaultRetention", {})
    if "DefaultEventHold" in rule:
        raise ApiError("NotImplemented", "DefaultEventHold is not offered.", status=501)
    days, years = rule.get("Days"), rule.get("Years")
    if "Mode" not in rule or (days is None) is (years is None):
        raise ApiError("MalformedXML", MALFORMED_XML)
    if (days or years or 0) < 1:
        raise ApiError(
            "InvalidArgument", "Default retention period must be a positive integer value", status=400
        )
    if (days or 0) > DAYS_MOST or (years or 0) > YEARS_MOST:
        raise ApiError("InvalidArgument", "Default retention period too large", status=400)
    return LockDefault(mode=rule["Mode"], days=days or 0, years=years or 0)


def _lockable_object(db: Snapshot, call: Call, request: Mapping[str, Any]) -> StoredObject:
    """Raises InvalidRequest if nothing can be locked here, and what `require_object` raises."""
    locks.require_lockable(require_bucket(db, call, request))
    return require_object(db, call, request)


def _without_lock() -> ApiError:
    return ApiError(
        "NoSuchObjectLockConfiguration",
        "The specified object does not have a ObjectLock configuration",
        status=404,
    )


@s3.query("GetObjectRetention", access=(Needs("s3:GetObjectRetention", on=stored_of, keys=VERSION), LISTS))
def get_object_retention(
    db: Snapshot, call: Call, request: "GetObjectRetentionRequest"
) -> "GetObjectRetentionResponse":
    """Raises NoSuchObjectLockConfiguration."""
    lock = _lockable_object(db, call, request).lock
    if lock is None or not lock.mode:
        raise _without_lock()
    return {"Retention": {"Mode": lock.mode, "RetainUntilDate": lock.until}}


@s3.command(
    "PutObjectRetention",
    access=(
        Needs("s3:PutObjectRetention", on=stored_of, keys={**locks.RETENTION_KEYS, **VERSION}),
        Needs(
            "s3:BypassGovernanceRetention",
            on=stored_of,
            keys={**locks.RETENTION_KEYS, **VERSION},
            when=locks.bypasses,
        ),
        LISTS,
    ),
)
def put_object_retention(
    db: Transaction, call: Call, request: "PutObjectRetentionRequest"
) -> Mapping[str, Any]:
    """Raises AccessDenied for what would weaken a lock that still holds, MalformedXML, InvalidArgument."""
    digests.require(call)
    found = _lockable_object(db, call, request)
    given = request["Retention"]
    if given.keys() - {"Mode", "RetainUntilDate"}:
        raise ApiError("NotImplemented", "EventHold is not offered.", status=501)
    mode, until = given.get("Mode"), given.get("RetainUntilDate")
    if (mode is None) is not (until is None):
        raise ApiError("MalformedXML", MALFORMED_XML)
    locks.check_retention(mode, until, call.now)
    lock = locks.retained(found.lock, mode or "", math.ceil(until or 0), request, call.now)
    db.objects.amend(dataclasses.replace(found, lock=lock))
    bucket = require_bucket(db, call, request)
    notifications.announce(db, bucket, "ObjectRetention:Put", found, notifications.by_call(call))
    return {}


@s3.query("GetObjectLegalHold", access=(Needs("s3:GetObjectLegalHold", on=stored_of, keys=VERSION), LISTS))
def get_object_legal_hold(
    db: Snapshot, call: Call, request: "GetObjectLegalHoldRequest"
) -> "GetObjectLegalHoldResponse":
    """Raises NoSuchObjectLockConfiguration for a version that no legal hold was ever put on or taken off."""
    lock = _lockable_object(db, call, request).lock
    if lock is None or lock.hold is None:
        raise _without_lock()
    return {"LegalHold": {"Status": "ON" if lock.hold else "OFF"}}


@s3.command(
    "PutObjectLegalHold",
    access=(Needs("s3:PutObjectLegalHold", on=stored_of, keys={**locks.HOLD_KEYS, **VERSION}), LISTS),
)
def put_object_legal_hold(
    db: Transaction, call: Call, request: "PutObjectLegalHoldRequest"
) -> Mapping[str, Any]:
    """Raises MalformedXML without a status."""
    digests.require(call)
    found = _lockable_object(db, call, request)
    status = request.get("LegalHold", {}).get("Status")
    if status is None:
        raise ApiError("MalformedXML", MALFORMED_XML)
    lock = dataclasses.replace(found.lock or Lock(), hold=status == "ON")
    db.objects.amend(dataclasses.replace(found, lock=lock))
    return {}
