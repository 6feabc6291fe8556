"""CreateMultipartUpload, AbortMultipartUpload and ListMultipartUploads."""

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.caller import Caller
from deputize.gateway.operation import Needs
from deputize.model import ids
from deputize.model.multipart import MultipartUpload
from deputize.s3 import acl_forms, customer_keys, encryption, errors, grants, lifecycle, locks, tag_sets
from deputize.s3.headers import metadata, system
from deputize.s3.keys import ACL, REDIRECTS, has_acl, member
from deputize.s3.listings import echoed, encoder, limit
from deputize.s3.multipart import STEP, checksum_type, require_upload, upload_of
from deputize.s3.names import check_key
from deputize.s3.objects import new_object
from deputize.s3.resources import bucket_of, object_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        AbortMultipartUploadRequest,
        AbortMultipartUploadResponse,
        CreateMultipartUploadRequest,
        CreateMultipartUploadResponse,
        ListMultipartUploadsRequest,
        ListMultipartUploadsResponse,
    )


@s3.command(
    "CreateMultipartUpload",
    access=(
        Needs(
            "s3:PutObject",
            on=new_object,
            keys={
                **ACL,
                **STEP,
                **tag_sets.IN_HEADER,
                **locks.KEYS,
                **encryption.KEYS,
                **REDIRECTS,
                "s3:x-amz-storage-class": member("StorageClass"),
            },
        ),
        Needs("s3:PutObjectAcl", on=object_of, keys=ACL, when=has_acl),
        Needs("s3:PutObjectTagging", on=object_of, keys=tag_sets.IN_HEADER, when=tag_sets.has_header),
        Needs("s3:PutObjectRetention", on=object_of, keys=locks.RETENTION_KEYS, when=locks.asks_retention),
        Needs("s3:PutObjectLegalHold", on=object_of, keys=locks.HOLD_KEYS, when=locks.asks_hold),
    ),
)
def create_multipart_upload(
    db: Transaction, call: Call, request: "CreateMultipartUploadRequest"
) -> "CreateMultipartUploadResponse":
    """Raises InvalidRequest for a checksum that is none, AccessDenied for an unsigned request."""
    bucket = require_bucket(db, call, request)
    if call.caller.anonymous:
        raise errors.unsigned("initiate multipart uploads")
    chosen, customer = checksum_type(request), customer_keys.new(call, bucket, request)
    upload = MultipartUpload(
        bucket=bucket.id,
        key=check_key(request["Key"]),
        # Of one key's uploads the older one comes first in a listing.
        id=f"{int(call.now * 1000):012x}{secrets.token_hex(26)}",
        initiated=call.time,
        owner=grants.new_owner(call, bucket, request),
        acl=acl_forms.upload(db, call, bucket, request),
        initiator=call.caller.arn,
        initiator_account=call.account,
        initiator_id=_named_by(call.caller),
        algorithm=request.get("ChecksumAlgorithm"),
        checksum_type=chosen,
        headers=system(request),
        metadata=metadata(request),
        tags=tag_sets.of_header(request),
        lock=locks.of_upload(bucket, request, call.now) if locks.asks(request) else None,
        customer=customer_keys.verifier_of(call, customer),
    )
    db.uploads.put(upload)
    more = {**_checksum(upload), **lifecycle.told_upload(bucket, upload), **_encryption(call, customer)}
    return {"Bucket": request["Bucket"], "Key": request["Key"], "UploadId": upload.id, **more}  # type: ignore[typeddict-item]


def _named_by(caller: Caller) -> str | None:
    """What a stored policy names this caller by, and nobody else."""
    match caller.principal.kind:
        case "user":
            return caller.principal.unique_id
        case "root":
            return None
    return caller.arn


def _encryption(call: Call, customer: customer_keys.CustomerKey | None) -> dict[str, str]:
    """How the answer says what the parts will be sealed with."""
    if customer is not None:
        return customer.told
    return {"ServerSideEncryption": encryption.AES256} if call.installation.settings.encrypt_objects else {}


def _checksum(upload: MultipartUpload) -> dict[str, str]:
    """How answers name the checksum that was asked for."""
    if upload.algorithm is None or upload.checksum_type is None:
        return {}
    return {"ChecksumAlgorithm": upload.algorithm, "ChecksumType": upload.checksum_type}


@s3.command("AbortMultipartUpload", access=(Needs("s3:AbortMultipartUpload", on=upload_of),))
def abort_multipart_upload(
    db: Transaction, call: Call, request: "AbortMultipartUploadRequest"
) -> "AbortMultipartUploadResponse":
    """Raises NoSuchUpload, PreconditionFailed."""
    upload = require_upload(db, call, request)[1]
    if request.get("IfMatchInitiatedTime", upload.initiated) != upload.initiated:
        raise ApiError(
            "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold",
            status=412,
            Condition="x-amz-if-match-initiated-time",
        )
    db.uploads.remove(upload, call.time)
    return {}


def described(upload: MultipartUpload) -> dict[str, Any]:
    """What every listing says of an upload."""
    user = upload.initiator_id is not None
    initiator = upload.initiator if user else ids.canonical_id(upload.initiator_account)
    return {
        "Initiator": {"ID": initiator},
        "Owner": {"ID": grants.canonical_id(upload.owner)},
        "StorageClass": "STANDARD",
        **_checksum(upload),
    }


@s3.query("ListMultipartUploads", access=(Needs("s3:ListBucketMultipartUploads", on=bucket_of),))
def list_multipart_uploads(
    db: Snapshot, call: Call, request: "ListMultipartUploadsRequest"
) -> "ListMultipartUploadsResponse":
    """By key, and by age within a key; `UploadIdMarker` counts only beside a `KeyMarker`. Raises
    InvalidArgument.
    """
    bucket = require_bucket(db, call, request)
    write = encoder(request)
    marker, most = request.get("KeyMarker", ""), limit(request, "MaxUploads", "max-uploads")
    found = db.uploads.page(
        bucket.id,
        prefix=request.get("Prefix", "").encode(),
        delimiter=request.get("Delimiter", "").encode(),
        after=marker.encode(),
        after_id=request.get("UploadIdMarker", "") if marker else "",
        limit=most,
    )
    answer: dict[str, Any] = {
        "Bucket": request["Bucket"],
        "KeyMarker": write(marker),
        "UploadIdMarker": request.get("UploadIdMarker", "") if marker else "",
        "Prefix": write(request.get("Prefix", "")),
        "MaxUploads": most,
        "IsTruncated": found.truncated,
        "Uploads": [_listed(one, write) for one in found.entries if isinstance(one, MultipartUpload)],
        "CommonPrefixes": [
            {"Prefix": write(one.decode())} for one in found.entries if isinstance(one, bytes)
        ],
        **echoed(request, write),
    }
    if found.truncated:
        last = found.entries[-1]
        key, upload = (last, "") if isinstance(last, bytes) else (last.key, last.id)
        answer.update({"NextKeyMarker": write(key.decode()), "NextUploadIdMarker": upload})
    return answer  # type: ignore[return-value]


def _listed(upload: MultipartUpload, write: Callable[[str], str]) -> dict[str, Any]:
    return {
        "UploadId": upload.id,
        "Key": write(upload.key.decode()),
        "Initiated": upload.initiated,
        **described(upload),
    }
