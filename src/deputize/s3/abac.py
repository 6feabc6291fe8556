"""Whether the tags of a bucket decide about access: GetBucketAbac, PutBucketAbac (S3 guide, "Enabling ABAC in
general purpose buckets").
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.storage import Bucket
from deputize.protocol.validate import MALFORMED_XML
from deputize.s3.resources import bucket_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        GetBucketAbacRequest,
        GetBucketAbacResponse,
        PutBucketAbacRequest,
    )

ON, OFF = "Enabled", "Disabled"


@s3.query("GetBucketAbac", access=(Needs("s3:GetBucketAbac", on=bucket_of),))
def get_bucket_abac(db: Snapshot, call: Call, request: "GetBucketAbacRequest") -> "GetBucketAbacResponse":
    """Off until it is turned on."""
    return {"AbacStatus": {"Status": ON if require_bucket(db, call, request).abac else OFF}}


@s3.command("PutBucketAbac", access=(Needs("s3:PutBucketAbac", on=bucket_of),))
def put_bucket_abac(db: Transaction, call: Call, request: "PutBucketAbacRequest") -> Mapping[str, Any]:
    """Raises MalformedXML for neither."""
    bucket, status = require_bucket(db, call, request), request["AbacStatus"].get("Status")
    if status is None:
        raise ApiError("MalformedXML", MALFORMED_XML)
    db.buckets.put(dataclasses.replace(bucket, abac=status == ON))
    return {}


def refuse_old_tagging(bucket: Bucket) -> None:
    """Raises MethodNotAllowed: such a bucket is tagged by TagResource and UntagResource alone (S3 API,
    PutBucketTagging).
    """
    if bucket.abac:
        raise ApiError(
            "MethodNotAllowed",
            "The specified method is not allowed against this resource. Attribute-based access control is "
            "enabled for the bucket: use TagResource and UntagResource.",
            status=405,
        )
