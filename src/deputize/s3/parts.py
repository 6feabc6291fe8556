"""UploadPart and ListParts."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.gateway.call import Call, Upload
from deputize.gateway.operation import Needs, Plan
from deputize.model.multipart import MultipartUpload, Part
from deputize.protocol import checksums
from deputize.s3 import customer_keys, digests, encryption, errors, lifecycle, locks, not_offered
from deputize.s3.headers import named_checksums, quoted
from deputize.s3.listings import limit
from deputize.s3.multipart import NUMBER_MOST, STEP, checksum_of, require_upload, upload_of
from deputize.s3.resources import object_of, require_bucket
from deputize.s3.service import s3
from deputize.s3.uploads import described
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        ListPartsRequest,
        ListPartsResponse,
        UploadPartRequest,
        UploadPartResponse,
    )


def check_number(request: Mapping[str, Any]) -> int:
    """The number of the part. Raises InvalidArgument."""
    number: int = request["PartNumber"]
    if not 1 <= number <= NUMBER_MOST:
        raise errors.invalid_argument(
            f"Part number must be an integer between 1 and {NUMBER_MOST}, inclusive",
            "partNumber",
            str(number),
        )
    return number


def require_upload_for_part(db: Snapshot, call: Call, request: Mapping[str, Any]) -> MultipartUpload:
    """The upload that takes such a part, whatever its bytes are. Raises NoSuchUpload, InvalidArgument,
    NotImplemented.
    """
    not_offered.refuse(request)
    check_number(request)
    return require_upload(db, call, request)[1]


def secret_for_part(call: Call, upload: MultipartUpload, request: Mapping[str, Any]) -> bytes | None:
    """The client's key that seals the part. Raises InvalidRequest, and what `customer_keys.of` raises."""
    return customer_keys.secret_of(customer_keys.of_part(call, upload, request))


def plan_part(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Plan:
    """Whatever forbids such a part is found out before its bytes are sent. Raises NoSuchUpload,
    InvalidArgument, NotImplemented, and InvalidRequest for a checksum that is not the upload's.
    """
    upload, bucket = require_upload_for_part(db, call, request), require_bucket(db, call, request)
    if upload.lock is not None or locks.locks_new(bucket):
        digests.require_for_lock(call, "Part")
    stated = checksums.requested(call.head)
    sent = stated.algorithm if stated is not None else checksums.announced(call.head)
    # S3 computes what it can combine by itself; of the others it wants to be told.
    computed = sent is None and upload.checksum_type != "COMPOSITE"
    if upload.algorithm not in (None, sent) and not computed:
        raise errors.checksum_mismatch(upload.algorithm, sent)
    return Plan(checksum=checksum_of(upload)[0], customer=secret_for_part(call, upload, request))


def store_part(
    db: Transaction, call: Call, request: Mapping[str, Any], staged: Upload
) -> tuple[MultipartUpload, Part]:
    """Make the staged bytes the part of the request's number; one of that number that was there is replaced.
    Raises NoSuchUpload, also when the upload ended while the bytes came in.
    """
    upload = require_upload(db, call, request)[1]
    algorithm = checksum_of(upload)[0]
    part = Part(
        upload=upload.id,
        number=check_number(request),
        size=staged.blob.size,
        etag=staged.etag,
        modified=call.time,
        blob=staged.blob.id,
        checksums={algorithm: staged.checksums[algorithm]},
        encrypted=encryption.sealed(staged.blob),
        customer=upload.customer,
    )
    db.uploads.put_part(part, staged.blob, call.time)
    return upload, part


@s3.command(
    "UploadPart",
    uploads=True,
    plans=plan_part,
    access=(Needs("s3:PutObject", on=object_of, keys=STEP),),
)
def upload_part(db: Transaction, call: Call, request: "UploadPartRequest") -> "UploadPartResponse":
    """The bytes were staged and verified before. Raises NoSuchUpload."""
    if call.upload is None:
        raise LookupError("an upload without a staged body")
    upload, part = store_part(db, call, request, call.upload)
    # The checksum that was stated and verified, which may be another than the default that is kept.
    told = part.checksums if upload.algorithm is not None else dict(list(call.upload.checksums.items())[:1])
    key = customer_keys.of(call, request)
    more = {**named_checksums(told), **encryption.told(part, key)}
    return {"ETag": quoted(part.etag), **more}  # type: ignore[typeddict-item]


@s3.query("ListParts", access=(Needs("s3:ListMultipartUploadParts", on=upload_of),))
def list_parts(db: Snapshot, call: Call, request: "ListPartsRequest") -> "ListPartsResponse":
    """By number. Raises NoSuchUpload, InvalidArgument."""
    bucket, upload = require_upload(db, call, request)
    customer_keys.check_stated(call, upload, request)
    most, marker = limit(request, "MaxParts", "max-parts"), request.get("PartNumberMarker", 0)
    if marker < 0:
        raise errors.not_between("part-number-marker", marker)
    found = db.uploads.parts(upload.id, after=marker, limit=most + 1)
    shown = found[:most]
    answer: dict[str, Any] = {
        "Bucket": request["Bucket"],
        "Key": request["Key"],
        "UploadId": upload.id,
        "PartNumberMarker": marker,
        "NextPartNumberMarker": shown[-1].number if shown else 0,
        "MaxParts": most,
        "IsTruncated": 0 < most < len(found),
        "Parts": [_listed(upload, part) for part in shown],
        **described(upload),
        **lifecycle.told_upload(bucket, upload),
    }
    return answer  # type: ignore[return-value]


def _listed(upload: MultipartUpload, part: Part) -> dict[str, Any]:
    told = named_checksums(part.checksums) if upload.algorithm is not None else {}
    return {
        "PartNumber": part.number,
        "LastModified": part.modified,
        "ETag": quoted(part.etag),
        "Size": part.size,
        **told,
    }
