"""CopyObject and UploadPartCopy: the bytes are staged like those of an upload (docs/decisions)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Plan
from deputize.model.storage import StoredObject
from deputize.s3 import conditions, errors
from deputize.s3.copy_source import READ_SOURCE, copied_bytes, named, require_source
from deputize.s3.headers import checksums_of, metadata, named_checksums, quoted, system
from deputize.s3.keys import member
from deputize.s3.multipart import STEP, checksum_of
from deputize.s3.names import check_key
from deputize.s3.objects import BESIDE, CREATES, new_object
from deputize.s3.parts import require_upload_for_part, store_part
from deputize.s3.resources import object_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        CopyObjectRequest,
        CopyObjectResponse,
        UploadPartCopyRequest,
        UploadPartCopyResponse,
    )


def decoded_source(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str:
    """`s3:x-amz-copy-source`: as it was sent, but decoded, or else an encoded letter would evade a Deny."""
    return unquote_plus(request["CopySource"])


COPY_SOURCE = {"s3:x-amz-copy-source": decoded_source}


def plan_copy(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Plan:
    """The object as it is now is what is copied, with the kind of checksum it has or another that is asked
    for. Raises NoSuchKey, PreconditionFailed, InvalidRequest.
    """
    found = require_source(db, call, request)
    source = named(request)
    itself = (source["Bucket"], source["Key"]) == (request["Bucket"], request["Key"])
    if itself and not _replaces(request) and "StorageClass" not in request:
        raise errors.invalid_request(
            "This copy request is illegal because it is trying to copy an object to itself without changing "
            "the object's metadata, storage class, website redirect location or encryption attributes."
        )
    algorithm = request.get("ChecksumAlgorithm") or next(iter(found.checksums), None)
    return Plan(checksum=algorithm, source=copied_bytes(found), copied=found)


def _replaces(request: Mapping[str, Any]) -> bool:
    """Whether the copy has the request's metadata instead of the source's."""
    return bool(request.get("MetadataDirective") == "REPLACE")


@s3.command(
    "CopyObject",
    plans=plan_copy,
    access=(
        *READ_SOURCE,
        Needs(
            "s3:PutObject",
            on=new_object,
            keys={
                **CREATES,
                **COPY_SOURCE,
                "s3:x-amz-metadata-directive": member("MetadataDirective"),
            },
        ),
        *BESIDE,
    ),
)
def copy_object(db: Transaction, call: Call, request: "CopyObjectRequest") -> "CopyObjectResponse":
    """One piece, however many its source has, so its entity tag may be another. Raises PreconditionFailed,
    NoSuchKey.
    """
    bucket = require_bucket(db, call, request)
    key = check_key(request["Key"])
    staged, source = call.upload, call.copied
    if staged is None or source is None:
        raise LookupError("a copy of nothing")
    conditions.check_write(db.objects.get(bucket.id, key), request, request["Key"])
    stored = StoredObject(
        bucket=bucket.id,
        key=key,
        size=staged.blob.size,
        etag=staged.md5,
        modified=call.time,
        blob=staged.blob.id,
        owner=bucket.account,
        headers=system(request) if _replaces(request) else source.headers,
        metadata=metadata(request) if _replaces(request) else source.metadata,
        checksums=staged.checksums,
    )
    db.objects.put(stored, staged.blob, call.time)
    result = {"ETag": quoted(stored.etag), "LastModified": stored.modified, **checksums_of(stored)}
    return {"CopyObjectResult": result}  # type: ignore[typeddict-item]


def plan_part_copy(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Plan:
    """Raises NoSuchUpload, NoSuchKey, PreconditionFailed, InvalidArgument, InvalidRequest."""
    upload = require_upload_for_part(db, call, request)
    found = require_source(db, call, request)
    return Plan(
        checksum=checksum_of(upload)[0],
        source=copied_bytes(found, request.get("CopySourceRange")),
        copied=found,
    )


@s3.command(
    "UploadPartCopy",
    plans=plan_part_copy,
    access=(*READ_SOURCE, Needs("s3:PutObject", on=object_of, keys={**STEP, **COPY_SOURCE})),
)
def upload_part_copy(
    db: Transaction, call: Call, request: "UploadPartCopyRequest"
) -> "UploadPartCopyResponse":
    """A part that comes from another object. Raises NoSuchUpload."""
    if call.upload is None:
        raise LookupError("a copy of nothing")
    upload, part = store_part(db, call, request, call.upload)
    told = named_checksums(part.checksums) if upload.algorithm is not None else {}
    result = {"ETag": quoted(part.etag), "LastModified": part.modified, **told}
    return {"CopyPartResult": result}  # type: ignore[typeddict-item]
