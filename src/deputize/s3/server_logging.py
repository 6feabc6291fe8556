"""Where a bucket's server access log goes (S3 API, PutBucketLogging). `gateway.server_log` writes its lines,
`log_delivery` delivers them.
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.storage import Bucket, Logging, LogKeys
from deputize.protocol.validate import MALFORMED_XML
from deputize.s3 import acl_forms, errors, grants
from deputize.s3.log_delivery import LONGEST
from deputize.s3.names import check_key
from deputize.s3.resources import bucket_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        GetBucketLoggingRequest,
        GetBucketLoggingResponse,
        PutBucketLoggingRequest,
    )


@s3.query("GetBucketLogging", access=(Needs("s3:GetBucketLogging", on=bucket_of),))
def get_bucket_logging(
    db: Snapshot, call: Call, request: "GetBucketLoggingRequest"
) -> "GetBucketLoggingResponse":
    """Nothing where no log is written."""
    logging = require_bucket(db, call, request).logging
    if logging is None:
        return {}
    told: dict[str, Any] = {"TargetBucket": logging.target, "TargetPrefix": logging.prefix}
    if logging.grants:
        told["TargetGrants"] = acl_forms.shown_grants(logging.grants)
    if logging.keys == "Simple":
        told["TargetObjectKeyFormat"] = {"SimplePrefix": {}}
    elif logging.keys:
        told["TargetObjectKeyFormat"] = {"PartitionedPrefix": {"PartitionDateSource": logging.keys}}
    return {"LoggingEnabled": told}  # type: ignore[typeddict-item]


@s3.command("PutBucketLogging", access=(Needs("s3:PutBucketLogging", on=bucket_of),))
def put_bucket_logging(db: Transaction, call: Call, request: "PutBucketLoggingRequest") -> Mapping[str, Any]:
    """Without a target, no log is written any more. Whether the target lets logs in is found out when one is
    delivered. Raises InvalidTargetBucketForLogging, CrossLocationLoggingProhibited, MalformedXML,
    AccessControlListNotSupported, KeyTooLongError, InvalidArgument.
    """
    bucket = require_bucket(db, call, request)
    given = request["BucketLoggingStatus"].get("LoggingEnabled")
    logging = None if given is None else _read(db, bucket, given)
    db.buckets.put(dataclasses.replace(bucket, logging=logging))
    return {}


def _read(db: Snapshot, bucket: Bucket, given: Mapping[str, Any]) -> Logging:
    target = _target(db, bucket, given["TargetBucket"])
    given_grants = given.get("TargetGrants", ())
    if given_grants and grants.enforced(target):
        raise errors.acls_off()
    check_key(given["TargetPrefix"] + "x" * LONGEST)
    return Logging(
        target=target.name,
        prefix=given["TargetPrefix"],
        keys=_keys(given.get("TargetObjectKeyFormat", {})),
        grants=acl_forms.target_grants(db, given_grants),
    )


def _target(db: Snapshot, bucket: Bucket, name: str) -> Bucket:
    target = db.buckets.get(name)
    if target is None or target.partition != bucket.partition:
        raise _unfit("The target bucket for logging does not exist", name)
    if target.account != bucket.account:
        raise _unfit("The owner for the bucket to be logged and the target bucket must be the same.", name)
    if target.region != bucket.region:
        raise ApiError(
            "CrossLocationLoggingProhibited",
            "Cross S3 location logging not allowed.",
            status=403,
            TargetBucketLocation=target.region,
        )
    return target


def _unfit(message: str, name: str) -> ApiError:
    return ApiError("InvalidTargetBucketForLogging", message, status=400, TargetBucket=name)


def _keys(given: Mapping[str, Any]) -> LogKeys:
    if len(given) > 1:
        raise ApiError("MalformedXML", MALFORMED_XML)
    if "PartitionedPrefix" in given:
        return cast(LogKeys, given["PartitionedPrefix"].get("PartitionDateSource", "EventTime"))
    return "Simple" if given else ""
