"""CompleteMultipartUpload: the rows of the parts become the object's, and no byte is copied."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from deputize.domain import notifications
from deputize.domain.objects import new_version
from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.multipart import BlobPart, MultipartUpload, Part
from deputize.model.storage import PARTS, Blob, Bucket, StoredObject
from deputize.protocol import checksums
from deputize.protocol.validate import MALFORMED_XML
from deputize.s3 import conditions, customer_keys, encryption, errors, grants, lifecycle, locks, not_offered
from deputize.s3.headers import checksums_of, quoted
from deputize.s3.keys import IF_MATCH, has_etag, member
from deputize.s3.multipart import NUMBER_MOST, checksum_of
from deputize.s3.names import check_key
from deputize.s3.objects import creates
from deputize.s3.resources import object_of, require_bucket, stored_of
from deputize.s3.service import s3
from deputize.s3.versioning import told
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import CompleteMultipartUploadRequest, CompleteMultipartUploadResponse

# Every part but the last has this many bytes at least (S3 guide, "Amazon S3 multipart upload limits"). Its
# other limit, of the whole object, follows from those of a part and of their number.
PART_LEAST = 5 * 1024**2

# A part as the request lists it.
Wanted = Mapping[str, Any]


@s3.command(
    "CompleteMultipartUpload",
    access=(
        Needs(
            "s3:PutObject",
            on=object_of,
            keys={
                **IF_MATCH,
                **customer_keys.KEYS,
                "s3:if-none-match": member("IfNoneMatch"),
                "s3:ObjectCreationOperation": creates,
            },
        ),
        Needs("s3:GetObject", on=stored_of, when=has_etag),
    ),
)
def complete_multipart_upload(
    db: Transaction, call: Call, request: "CompleteMultipartUploadRequest"
) -> "CompleteMultipartUploadResponse":
    """The listed parts in a row are the object; those not listed are gone. Raises NoSuchUpload, MalformedXML,
    InvalidPart, InvalidPartOrder, EntityTooSmall, InvalidRequest, BadDigest, PreconditionFailed, NoSuchKey.

    Asked once more for the same list, it answers the same, as long as the object is there: its row names the
    upload that made it. A client whose connection broke may so find out.
    """
    bucket = require_bucket(db, call, request)
    key = check_key(request["Key"])
    not_offered.refuse(request)
    wanted = _wanted(request)
    found = db.objects.get(bucket.id, key)
    upload = db.uploads.get(bucket.id, key, request["UploadId"])
    if upload is None:
        if found is None or found.upload != request["UploadId"] or not _made_of(db, found, wanted):
            raise errors.no_such_upload(request["UploadId"])
        return _answer(call, request, bucket, found)
    customer_keys.check_stated(call, upload, request)
    parts = _chosen(db, upload, wanted)
    _check_sizes(parts, request)
    whole = _checked(upload, parts, request)
    conditions.check_write(found, request, request["Key"])
    return _answer(call, request, bucket, _complete(db, call, bucket, upload, parts, whole))


def _wanted(request: Mapping[str, Any]) -> Sequence[Wanted]:
    """The list of parts. Raises MalformedXML, InvalidArgument, InvalidPartOrder."""
    listed: Sequence[Wanted] = request["MultipartUpload"].get("Parts", ())
    if not 1 <= len(listed) <= NUMBER_MOST or any(
        "PartNumber" not in one or "ETag" not in one for one in listed
    ):
        raise ApiError("MalformedXML", MALFORMED_XML)
    least = min(one["PartNumber"] for one in listed)
    if least < 1:
        raise errors.invalid_argument("PartNumber must be >= 1", "PartNumber", str(least))
    if any(before["PartNumber"] >= after["PartNumber"] for before, after in pairwise(listed)):
        raise ApiError(
            "InvalidPartOrder",
            "The list of parts was not in ascending order. Parts must be ordered by part number.",
            status=400,
            UploadId=request["UploadId"],
        )
    return listed


def _chosen(db: Snapshot, upload: MultipartUpload, wanted: Sequence[Wanted]) -> list[Part]:
    """The uploaded parts that the list names. Raises InvalidPart, InvalidRequest."""
    uploaded = {part.number: part for part in db.uploads.parts(upload.id)}
    chosen = []
    for one in wanted:
        number, etag = one["PartNumber"], one["ETag"].strip('"')
        part = uploaded.get(number)
        stated = {name: one[f"Checksum{name}"] for name in checksums.ALGORITHMS if f"Checksum{name}" in one}
        if upload.algorithm is not None and upload.checksum_type == "COMPOSITE" and not stated:
            raise errors.invalid_request(
                f"The upload was created using a {upload.algorithm.lower()} checksum. The complete request "
                "must include the checksum for each part. "
                f"It was missing for part {number} in the request."
            )
        if part is None or part.etag != etag or not stated.items() <= dict(part.checksums).items():
            raise errors.invalid_part(upload.id, number, etag)
        chosen.append(part)
    return chosen


def _check_sizes(parts: Sequence[Part], request: Mapping[str, Any]) -> None:
    """Raises EntityTooSmall, InvalidRequest."""
    for part in parts[:-1]:
        if part.size < PART_LEAST:
            raise ApiError(
                "EntityTooSmall",
                "Your proposed upload is smaller than the minimum allowed size",
                status=400,
                ProposedSize=str(part.size),
                MinSizeAllowed=str(PART_LEAST),
                PartNumber=str(part.number),
                ETag=part.etag,
            )
    size = sum(part.size for part in parts)
    if request.get("MpuObjectSize", size) != size:
        raise errors.invalid_request(
            f"The provided 'x-amz-mp-object-size' header value {request['MpuObjectSize']} does not match "
            f"what was computed: {size}"
        )


def _checked(upload: MultipartUpload, parts: Sequence[Part], request: Mapping[str, Any]) -> str:
    """The object's checksum, which is the stated one if one is stated. Raises InvalidRequest, BadDigest."""
    algorithm, kind = checksum_of(upload)
    if request.get("ChecksumType", kind) != kind:
        raise errors.invalid_request(
            f"The upload was created using the {kind} checksum mode. "
            "The complete request must use the same checksum mode."
        )
    values = [part.checksums[algorithm] for part in parts]
    if kind == "COMPOSITE":
        whole = checksums.composite(algorithm, values)
    else:
        sizes = (part.size for part in parts)
        whole = checksums.full_object(algorithm, zip(values, sizes, strict=True))
    for name in checksums.ALGORITHMS:
        stated = request.get(f"Checksum{name}")
        if stated is None:
            continue
        if name != algorithm:
            raise errors.checksum_mismatch(upload.algorithm, name)
        # The number of parts behind a composite value may be left out.
        if stated not in (whole, whole.partition("-")[0]):
            raise ApiError(
                "BadDigest", f"The {name} you specified did not match the calculated checksum.", status=400
            )
    return whole


def _complete(
    db: Transaction,
    call: Call,
    bucket: Bucket,
    upload: MultipartUpload,
    parts: Sequence[Part],
    checksum: str,
) -> StoredObject:
    """The object, made of these parts; the upload is over."""
    blob = Blob(id=secrets.token_bytes(16), size=sum(part.size for part in parts), format=PARTS)
    algorithm, kind = checksum_of(upload)
    stored = StoredObject(
        bucket=bucket.id,
        key=upload.key,
        version=new_version(bucket),
        size=blob.size,
        etag=_etag(part.etag for part in parts),
        modified=call.time,
        blob=blob.id,
        owner=bucket.account if grants.enforced(bucket) else upload.owner,
        acl=None if grants.enforced(bucket) else upload.acl,
        headers=upload.headers,
        metadata=upload.metadata,
        tags=upload.tags,
        encrypted=all(part.encrypted for part in parts),
        customer=upload.customer,
        lock=upload.lock or locks.by_default(bucket, None, call.now),
        checksums={algorithm: checksum},
        checksum_type=kind,
        upload=upload.id,
        parts=len(parts),
    )
    db.objects.put(stored, blob, call.time, _pieces(upload, blob, parts))
    db.uploads.remove(upload, call.time, kept={part.blob for part in parts})
    cause = notifications.by_call(call)
    notifications.announce(db, bucket, "ObjectCreated:CompleteMultipartUpload", stored, cause)
    return stored


def _pieces(upload: MultipartUpload, blob: Blob, parts: Sequence[Part]) -> Iterator[BlobPart]:
    start = 0
    for part in parts:
        yield BlobPart(
            blob=blob.id,
            start=start,
            number=part.number,
            size=part.size,
            part=part.blob,
            checksums=part.checksums if upload.algorithm is not None else {},
        )
        start += part.size


def _etag(md5s: Iterator[str]) -> str:
    """The MD5 of the parts' MD5s, and their number."""
    digests = [bytes.fromhex(md5) for md5 in md5s]
    return f"{hashlib.md5(b''.join(digests), usedforsecurity=False).hexdigest()}-{len(digests)}"


def _made_of(db: Snapshot, found: StoredObject, wanted: Sequence[Wanted]) -> bool:
    """Whether the object was made of these very parts."""
    numbers = [part.number for part in db.objects.parts(found.blob, limit=NUMBER_MOST)]
    if numbers != [one["PartNumber"] for one in wanted]:
        return False
    try:
        return _etag(one["ETag"].strip('"') for one in wanted) == found.etag
    except ValueError:
        return False


def _answer(
    call: Call, request: Mapping[str, Any], bucket: Bucket, stored: StoredObject
) -> "CompleteMultipartUploadResponse":
    head = call.head
    answer: dict[str, Any] = {
        "Location": f"http{'s' if head.secure else ''}://{head.get('host') or ''}{head.path}",
        "Bucket": request["Bucket"],
        "Key": request["Key"],
        "ETag": quoted(stored.etag),
    }
    answer.update(checksums_of(stored))
    answer.update(told(bucket, stored.version))
    answer.update(lifecycle.told(bucket, stored))
    answer.update(encryption.told(stored))
    return answer  # type: ignore[return-value]
