"""Encryption at rest: of every new object with keys of the server's (SSE-S3), as on AWS since January 2023,
unless the operator turned it off. No answer claims it of an object whose bytes are not sealed. Keys of
clients' own (`customer_keys`) are blocked in a bucket until somebody allows them there, as on AWS since April
2026.
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import KeyReader, Needs
from deputize.model.multipart import Part
from deputize.model.storage import CUSTOMER, SEALED, Blob, StoredObject
from deputize.protocol.validate import MALFORMED_XML
from deputize.s3 import customer_keys, errors
from deputize.s3.customer_keys import CustomerKey
from deputize.s3.keys import member
from deputize.s3.resources import bucket_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        DeleteBucketEncryptionRequest,
        GetBucketEncryptionRequest,
        GetBucketEncryptionResponse,
        PutBucketEncryptionRequest,
    )

AES256 = "AES256"
HEADER = "x-amz-server-side-encryption"
KEYS: Mapping[str, KeyReader] = {
    **customer_keys.KEYS,
    f"s3:{HEADER}": member("ServerSideEncryption"),
}
# What may be blocked, and the word for nothing.
SSE_C, NONE = "SSE-C", "NONE"


def told(stored: StoredObject | Part, key: CustomerKey | None = None) -> dict[str, str]:
    """How answers say that an object's bytes are encrypted at rest, and with a client's `key` where it
    brought one.
    """
    if stored.customer:
        return customer_keys.told_of(key)
    return {"ServerSideEncryption": AES256} if stored.encrypted else {}


def sealed(blob: Blob) -> bool:
    return blob.format in (SEALED, CUSTOMER)


def check(call: Call, request: Mapping[str, Any]) -> None:
    """Raises NotImplemented for what an upload cannot be given: keys of KMS, or any encryption where it is
    off.
    """
    wanted = request.get("ServerSideEncryption")
    if wanted is not None and (wanted != AES256 or not call.installation.settings.encrypt_objects):
        raise errors.header_not_offered(HEADER)


@s3.query("GetBucketEncryption", access=(Needs("s3:GetEncryptionConfiguration", on=bucket_of),))
def get_bucket_encryption(
    db: Snapshot, call: Call, request: "GetBucketEncryptionRequest"
) -> "GetBucketEncryptionResponse":
    """All that buckets differ in is whether they block keys of clients' own. Raises
    ServerSideEncryptionConfigurationNotFoundError where encryption is off.
    """
    bucket = require_bucket(db, call, request)
    if not call.installation.settings.encrypt_objects:
        raise ApiError(
            "ServerSideEncryptionConfigurationNotFoundError",
            "The server side encryption configuration was not found",
            status=404,
            BucketName=bucket.name,
        )
    rule: Any = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": AES256},
        "BucketKeyEnabled": False,
        "BlockedEncryptionTypes": {"EncryptionType": [NONE if bucket.customer_keys else SSE_C]},
    }
    return {"ServerSideEncryptionConfiguration": {"Rules": [rule]}}


@s3.command("PutBucketEncryption", access=(Needs("s3:PutEncryptionConfiguration", on=bucket_of),))
def put_bucket_encryption(
    db: Transaction, call: Call, request: "PutBucketEncryptionRequest"
) -> Mapping[str, Any]:
    """Keys of clients' own may be blocked or allowed, and are blocked where neither is said; of the rest,
    which may be left out, only what every bucket has may be asked for. Raises MalformedXML, NotImplemented.
    """
    bucket = require_bucket(db, call, request)
    rules = request["ServerSideEncryptionConfiguration"]["Rules"]
    rule = rules[0] if len(rules) == 1 else {}
    wanted = rule.get("ApplyServerSideEncryptionByDefault")
    if wanted is None and "BlockedEncryptionTypes" not in rule:
        raise ApiError("MalformedXML", MALFORMED_XML)
    here = call.installation.settings.encrypt_objects
    if wanted is not None and (wanted["SSEAlgorithm"] != AES256 or "KMSMasterKeyID" in wanted or not here):
        raise ApiError("NotImplemented", "The only default encryption offered is AES256.", status=501)
    if rule.get("BucketKeyEnabled"):
        raise ApiError("NotImplemented", "Bucket keys are not offered.", status=501)
    blocked = rule.get("BlockedEncryptionTypes", {}).get("EncryptionType", [SSE_C])
    if blocked not in ([SSE_C], [NONE]):
        raise ApiError("MalformedXML", MALFORMED_XML)
    db.buckets.put(dataclasses.replace(bucket, customer_keys=blocked == [NONE]))
    return {}


@s3.command("DeleteBucketEncryption", access=(Needs("s3:PutEncryptionConfiguration", on=bucket_of),))
def delete_bucket_encryption(
    db: Transaction, call: Call, request: "DeleteBucketEncryptionRequest"
) -> Mapping[str, Any]:
    """The bucket has what every new bucket has (S3 API)."""
    bucket = require_bucket(db, call, request)
    db.buckets.put(dataclasses.replace(bucket, customer_keys=False))
    return {}
