"""Who pays for requests to a bucket (S3 API, PutBucketRequestPayment). `payer` holds requests to it."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.s3.resources import bucket_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        GetBucketRequestPaymentRequest,
        GetBucketRequestPaymentResponse,
        PutBucketRequestPaymentRequest,
    )

OWNER, REQUESTER = "BucketOwner", "Requester"


@s3.query("GetBucketRequestPayment", access=(Needs("s3:GetBucketRequestPayment", on=bucket_of),))
def get_bucket_request_payment(
    db: Snapshot, call: Call, request: "GetBucketRequestPaymentRequest"
) -> "GetBucketRequestPaymentResponse":
    return {"Payer": REQUESTER if require_bucket(db, call, request).requester_pays else OWNER}


@s3.command("PutBucketRequestPayment", access=(Needs("s3:PutBucketRequestPayment", on=bucket_of),))
def put_bucket_request_payment(
    db: Transaction, call: Call, request: "PutBucketRequestPaymentRequest"
) -> Mapping[str, Any]:
    bucket = require_bucket(db, call, request)
    requester = request["RequestPaymentConfiguration"]["Payer"] == REQUESTER
    db.buckets.put(dataclasses.replace(bucket, requester_pays=requester))
    return {}
