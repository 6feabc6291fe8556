"""What the operations of a multipart upload share: the upload, who may end or list it, and its checksum (S3
guide, "Uploading and copying objects using multipart upload").
"""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from deputize.gateway.bodies import DEFAULT_CHECKSUM
from deputize.gateway.call import Call
from deputize.gateway.operation import Resource
from deputize.model.multipart import MultipartUpload
from deputize.model.storage import Bucket
from deputize.protocol.checksums import COMBINED
from deputize.s3 import customer_keys, errors
from deputize.s3.resources import object_of, require_bucket
from deputize.store.api import Snapshot

NUMBER_MOST = 10_000
# The most parts, and the most uploads, of one page.
PAGE_MOST = 1000


def not_creates(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str:
    """`s3:ObjectCreationOperation`: a step of a multipart upload makes no object yet."""
    return "false"


STEP = {"s3:ObjectCreationOperation": not_creates, **customer_keys.KEYS}


def require_upload(db: Snapshot, call: Call, request: Mapping[str, Any]) -> tuple[Bucket, MultipartUpload]:
    """The upload that the request names, and its bucket. Raises NoSuchBucket, NoSuchUpload."""
    bucket = require_bucket(db, call, request)
    upload = db.uploads.get(bucket.id, request["Key"].encode(), request["UploadId"])
    if upload is None:
        raise errors.no_such_upload(request["UploadId"])
    return bucket, upload


def upload_of(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
    """The object that the upload will be, open to who began it. Raises NoSuchBucket.

    The initiator and the initiator's account may abort an upload and list its parts (S3 guide, "Multipart
    upload API and permissions"). That is a grant on the bucket's side like one in its policy: every Deny
    still holds, and so does whatever limits the caller.
    """
    resource = object_of(db, call, request)
    bucket = require_bucket(db, call, request)
    upload = db.uploads.get(bucket.id, request["Key"].encode(), request["UploadId"])
    if upload is None:
        return resource
    return dataclasses.replace(resource, policy=_with_grant(resource.policy, upload))


def _with_grant(policy: str | None, upload: MultipartUpload) -> str:
    document = json.loads(policy) if policy is not None else {"Version": "2012-10-17", "Statement": []}
    statements = document["Statement"]
    initiators = [one for one in (upload.initiator_account, upload.initiator_id) if one is not None]
    grant = {
        "Effect": "Allow",
        "Principal": {"AWS": initiators},
        "Action": ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
        "Resource": "*",
    }
    document["Statement"] = [*(statements if isinstance(statements, list) else [statements]), grant]
    return json.dumps(document)


def checksum_of(upload: MultipartUpload) -> tuple[str, str]:
    """The algorithm and the type of the object's checksum: what was asked for, else S3's default."""
    if upload.algorithm is None or upload.checksum_type is None:
        return DEFAULT_CHECKSUM, "FULL_OBJECT"
    return upload.algorithm, upload.checksum_type


def checksum_type(request: Mapping[str, Any]) -> str | None:
    """The type of checksum that a new upload asks for; None with no algorithm. Raises InvalidRequest for a
    type that the algorithm has not.
    """
    algorithm, asked = request.get("ChecksumAlgorithm"), request.get("ChecksumType")
    if algorithm is None:
        if asked is not None:
            raise errors.invalid_request(
                "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."
            )
        return None
    only_whole = algorithm == DEFAULT_CHECKSUM
    chosen: str = asked or ("FULL_OBJECT" if only_whole else "COMPOSITE")
    if (chosen == "COMPOSITE" and only_whole) or (chosen == "FULL_OBJECT" and algorithm not in COMBINED):
        raise errors.invalid_request(
            f"The {chosen} checksum type cannot be used with the {algorithm.lower()} checksum algorithm."
        )
    return chosen
