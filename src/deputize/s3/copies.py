"""CopyObject and UploadPartCopy: the bytes are staged like those of an upload (docs/decisions)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from deputize.domain import notifications
from deputize.domain.objects import new_version
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Plan
from deputize.model.storage import StoredObject
from deputize.s3 import (
    acl_forms,
    conditions,
    customer_keys,
    encryption,
    errors,
    grants,
    lifecycle,
    locks,
    tag_sets,
)
from deputize.s3.copy_source import (
    READ_SOURCE,
    copied_bytes,
    named,
    require_source,
    source_has_no_version,
    source_has_version,
    source_of,
    source_version,
)
from deputize.s3.headers import (
    REDIRECT,
    checksums_of,
    metadata,
    named_checksums,
    quoted,
    redirect,
    system,
)
from deputize.s3.keys import member
from deputize.s3.multipart import STEP, checksum_of
from deputize.s3.names import check_key
from deputize.s3.objects import BESIDE, CREATES, new_object
from deputize.s3.parts import require_upload_for_part, secret_for_part, store_part
from deputize.s3.resources import object_of, require_bucket
from deputize.s3.service import s3
from deputize.s3.versioning import told
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
    here, there = require_bucket(db, call, request), require_bucket(db, call, source)
    itself = (there.id, source["Key"]) == (here.id, request["Key"])
    opened = customer_keys.require(call, found, request, customer_keys.OF_SOURCE)
    sealed = customer_keys.new(call, here, request)
    changes = (
        _replaces(request)
        or opened is not None
        or sealed is not None
        or any(request.get(name) for name in ("StorageClass", "ServerSideEncryption", REDIRECT))
    )
    if itself and "VersionId" not in source and not changes:
        raise errors.invalid_request(
            "This copy request is illegal because it is trying to copy an object to itself without changing "
            "the object's metadata, storage class, website redirect location or encryption attributes."
        )
    algorithm = request.get("ChecksumAlgorithm") or next(iter(found.checksums), None)
    return Plan(
        checksum=algorithm,
        source=copied_bytes(found, opened),
        copied=found,
        customer=customer_keys.secret_of(sealed),
    )


def _replaces(request: Mapping[str, Any]) -> bool:
    """Whether the copy has the request's metadata instead of the source's."""
    return bool(request.get("MetadataDirective") == "REPLACE")


def _copied(source: StoredObject) -> dict[str, str]:
    """The headers that go with a copy: where a website redirects to does not (S3 API, CopyObject)."""
    return {name: value for name, value in source.headers.items() if name != REDIRECT}


def _replaces_tags(request: Mapping[str, Any]) -> bool:
    return bool(request.get("TaggingDirective") == "REPLACE")


def copies_tags(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    """Whether the copy gets tags of its source, which is reading them there and setting them here."""
    return not _replaces_tags(request) and bool(tag_sets.existing(db, call, named(request)))


def copies_version_tags(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return source_has_version(db, call, request) and copies_tags(db, call, request)


def copies_current_tags(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return source_has_no_version(db, call, request) and copies_tags(db, call, request)


TAGS = (
    Needs("s3:GetObjectTagging", on=source_of, when=copies_current_tags),
    Needs("s3:GetObjectVersionTagging", on=source_of, when=copies_version_tags),
    Needs("s3:PutObjectTagging", on=object_of, when=copies_tags),
)


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
        *TAGS,
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
    customer = customer_keys.new(call, bucket, request)
    stored = StoredObject(
        bucket=bucket.id,
        key=key,
        version=new_version(bucket),
        size=staged.blob.size,
        etag=staged.etag,
        modified=call.time,
        blob=staged.blob.id,
        owner=grants.new_owner(call, bucket, request),
        acl=acl_forms.upload(db, call, bucket, request),
        headers=system(request) if _replaces(request) else _copied(source) | redirect(request),
        metadata=metadata(request) if _replaces(request) else source.metadata,
        checksums=staged.checksums,
        encrypted=encryption.sealed(staged.blob),
        customer=customer_keys.verifier_of(call, customer),
        tags=tag_sets.of_header(request) if _replaces_tags(request) else source.tags,
        lock=locks.of_upload(bucket, request, call.now),
    )
    db.objects.put(stored, staged.blob, call.time)
    notifications.announce(db, bucket, "ObjectCreated:Copy", stored, notifications.by_call(call))
    result = {"ETag": quoted(stored.etag), "LastModified": stored.modified, **checksums_of(stored)}
    versions = {
        **source_version(db, call, request, source),
        **told(bucket, stored.version),
        **lifecycle.told(bucket, stored),
        **encryption.told(stored, customer),
    }
    return {"CopyObjectResult": result, **versions}  # type: ignore[typeddict-item]


def plan_part_copy(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Plan:
    """Raises NoSuchUpload, NoSuchKey, PreconditionFailed, InvalidArgument, InvalidRequest."""
    upload = require_upload_for_part(db, call, request)
    found = require_source(db, call, request)
    opened = customer_keys.require(call, found, request, customer_keys.OF_SOURCE)
    return Plan(
        checksum=checksum_of(upload)[0],
        source=copied_bytes(found, opened, request.get("CopySourceRange")),
        copied=found,
        customer=secret_for_part(call, upload, request),
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
    if call.upload is None or call.copied is None:
        raise LookupError("a copy of nothing")
    upload, part = store_part(db, call, request, call.upload)
    checksums = named_checksums(part.checksums) if upload.algorithm is not None else {}
    result = {"ETag": quoted(part.etag), "LastModified": part.modified, **checksums}
    key = customer_keys.of(call, request)
    more = {**source_version(db, call, request, call.copied), **encryption.told(part, key)}
    return {"CopyPartResult": result, **more}  # type: ignore[typeddict-item]
