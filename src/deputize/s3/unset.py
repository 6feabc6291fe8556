"""Settings that no bucket here has: what is read is that they were never set, as programs ask that manage
buckets; setting them is not offered.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.s3.resources import bucket_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        GetBucketAccelerateConfigurationRequest,
        GetBucketReplicationRequest,
    )


@s3.query("GetBucketAccelerateConfiguration", access=(Needs("s3:GetAccelerateConfiguration", on=bucket_of),))
def get_bucket_accelerate_configuration(
    db: Snapshot, call: Call, request: "GetBucketAccelerateConfigurationRequest"
) -> Mapping[str, Any]:
    """Empty (S3 API)."""
    require_bucket(db, call, request)
    return {}


@s3.query("GetBucketReplication", access=(Needs("s3:GetReplicationConfiguration", on=bucket_of),))
def get_bucket_replication(
    db: Snapshot, call: Call, request: "GetBucketReplicationRequest"
) -> Mapping[str, Any]:
    """Raises ReplicationConfigurationNotFoundError."""
    bucket = require_bucket(db, call, request)
    raise ApiError(
        "ReplicationConfigurationNotFoundError",
        "The replication configuration was not found",
        BucketName=bucket.name,
    )


def _already(db: Transaction, call: Call, request: Any) -> Mapping[str, Any]:
    """What was never set is deleted."""
    require_bucket(db, call, request)
    return {}


for name, action in (("DeleteBucketReplication", "s3:PutReplicationConfiguration"),):
    s3.command(name, access=(Needs(action, on=bucket_of),))(_already)
