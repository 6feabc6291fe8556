"""Objects: PutObject, GetObject, HeadObject, DeleteObject, DeleteObjects."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.bodies import StoredBytes
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.storage import StoredObject
from deputize.protocol import checksums
from deputize.protocol.validate import MALFORMED_XML
from deputize.s3 import conditions, errors, ranges
from deputize.s3.names import check_key
from deputize.s3.resources import (
    bucket_of,
    check_version,
    has_no_version,
    has_version,
    key_is_missing,
    object_of,
    objects_of,
    require_bucket,
)
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        DeleteObjectRequest,
        DeleteObjectResponse,
        DeleteObjectsRequest,
        DeleteObjectsResponse,
        GetObjectRequest,
        GetObjectResponse,
        HeadObjectRequest,
        HeadObjectResponse,
        PutObjectRequest,
        PutObjectResponse,
    )

# The request's members that are kept, and given back under the same name.
SYSTEM = (
    "ContentType",
    "CacheControl",
    "ContentDisposition",
    "ContentEncoding",
    "ContentLanguage",
    "Expires",
)
# The parameters by which a signed read changes them.
OVERRIDES = {name: "Response" + name for name in SYSTEM}
DEFAULT_TYPE = "binary/octet-stream"
# The user's metadata, names and values together (S3 guide, "User-defined object metadata").
METADATA_BYTES = 2048
DELETE_MOST = 1000
# Canned ACLs that change nothing where the bucket's owner owns every object.
HARMLESS_ACLS = frozenset({"private", "bucket-owner-read", "bucket-owner-full-control"})
NOT_OFFERED = {
    "Tagging": "x-amz-tagging",
    "ServerSideEncryption": "x-amz-server-side-encryption",
    "SSEKMSKeyId": "x-amz-server-side-encryption-aws-kms-key-id",
    "SSEKMSEncryptionContext": "x-amz-server-side-encryption-context",
    "SSECustomerAlgorithm": "x-amz-server-side-encryption-customer-algorithm",
    "SSECustomerKey": "x-amz-server-side-encryption-customer-key",
    "WebsiteRedirectLocation": "x-amz-website-redirect-location",
    "ObjectLockMode": "x-amz-object-lock-mode",
    "ObjectLockRetainUntilDate": "x-amz-object-lock-retain-until-date",
    "ObjectLockLegalHoldStatus": "x-amz-object-lock-legal-hold",
    "WriteOffsetBytes": "x-amz-write-offset-bytes",
    "IfMatchLastModifiedTime": "x-amz-if-match-last-modified-time",
    "IfMatchSize": "x-amz-if-match-size",
    "BypassGovernanceRetention": "x-amz-bypass-governance-retention",
    "MFA": "x-amz-mfa",
}


def require_object(db: Snapshot, call: Call, request: Mapping[str, Any]) -> StoredObject:
    """The current object. Raises NoSuchBucket, NoSuchKey, InvalidArgument for another version than `null`."""
    check_version(request)
    bucket = require_bucket(db, call, request)
    found = db.objects.get(bucket.id, check_key(request["Key"]))
    if found is None:
        raise errors.no_such_key(request["Key"])
    return found


def refuse_not_offered(request: Mapping[str, Any]) -> None:
    """Raises for what a header asks for beyond what is built; passing over it would deceive the caller."""
    for member, header in NOT_OFFERED.items():
        if request.get(member):
            raise errors.header_not_offered(header)
    if request.get("StorageClass", "STANDARD") != "STANDARD":
        raise errors.header_not_offered("x-amz-storage-class")
    grants = any(name.startswith("Grant") for name in request)
    if grants or request.get("ACL", "private") not in HARMLESS_ACLS:
        raise errors.acls_off()


def acl(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str | None:
    value: str | None = request.get("ACL")
    return value


def if_none_match(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str | None:
    value: str | None = request.get("IfNoneMatch")
    return value


def if_match(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str | None:
    value: str | None = request.get("IfMatch")
    return value


def has_acl(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return "ACL" in request or any(name.startswith("Grant") for name in request)


def has_if_match(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return "IfMatch" in request


@s3.command(
    "PutObject",
    uploads=True,
    access=(
        Needs(
            "s3:PutObject",
            on=object_of,
            keys={"s3:x-amz-acl": acl, "s3:if-none-match": if_none_match, "s3:if-match": if_match},
        ),
        Needs("s3:PutObjectAcl", on=object_of, keys={"s3:x-amz-acl": acl}, when=has_acl),
        Needs("s3:GetObject", on=object_of, when=has_if_match),
    ),
)
def put_object(db: Transaction, call: Call, request: "PutObjectRequest") -> "PutObjectResponse":
    """The bytes were staged and verified before; the row makes them the object.

    Raises NotImplemented, KeyTooLongError, MetadataTooLarge, PreconditionFailed.
    """
    bucket = require_bucket(db, call, request)
    refuse_not_offered(request)
    key = check_key(request["Key"])
    metadata = _metadata(request)
    upload = call.upload
    if upload is None:
        raise LookupError("an upload without a staged body")
    conditions.check_write(db.objects.get(bucket.id, key), request, request["Key"])
    stored = StoredObject(
        bucket=bucket.id,
        key=key,
        size=upload.blob.size,
        etag=upload.md5,
        modified=call.time,
        blob=upload.blob.id,
        owner=bucket.account,
        headers=dict(_system(request)),
        metadata=metadata,
        checksums=upload.checksums,
    )
    db.objects.put(stored, upload.blob, call.time)
    return {"ETag": quoted(stored.etag), **_checksums(stored)}  # type: ignore[typeddict-item]


def quoted(etag: str) -> str:
    return f'"{etag}"'


def _metadata(request: Mapping[str, Any]) -> dict[str, str]:
    metadata: dict[str, str] = {name.lower(): value for name, value in request.get("Metadata", {}).items()}
    size = sum(len(name.encode()) + len(value.encode()) for name, value in metadata.items())
    if size > METADATA_BYTES:
        raise ApiError(
            "MetadataTooLarge",
            "Your metadata headers exceed the maximum allowed metadata size",
            Size=str(size),
            MaxSizeAllowed=str(METADATA_BYTES),
        )
    return metadata


def _system(request: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in SYSTEM:
        value = request.get(name)
        if value:
            yield name, str(value)


def _checksums(found: StoredObject) -> dict[str, str]:
    told = {f"Checksum{name}": value for name, value in found.checksums.items()}
    return {**told, "ChecksumType": "FULL_OBJECT"} if told else {}


READ = (
    Needs("s3:GetObject", on=object_of, when=has_no_version),
    Needs("s3:GetObjectVersion", on=object_of, when=has_version),
    Needs("s3:ListBucket", on=bucket_of, when=key_is_missing),
)


@s3.query("GetObject", access=READ)
def get_object(db: Snapshot, call: Call, request: "GetObjectRequest") -> "GetObjectResponse":
    """Whole, or a range of it. Raises NoSuchKey, InvalidRange, PreconditionFailed."""
    found = require_object(db, call, request)
    answer = described(call, request, found)
    if answer.get("StatusCode") != 304:
        start, length = answer.pop("selected")
        answer["Body"] = StoredBytes(found.blob, start, length)
    return answer  # type: ignore[return-value]


@s3.query("HeadObject", access=READ)
def head_object(db: Snapshot, call: Call, request: "HeadObjectRequest") -> "HeadObjectResponse":
    """As GetObject, without the bytes."""
    answer = described(call, request, require_object(db, call, request))
    answer.pop("selected", None)
    return answer  # type: ignore[return-value]


def described(call: Call, request: Mapping[str, Any], found: StoredObject) -> dict[str, Any]:
    """What a read answers beside the bytes; `selected` is which of them."""
    answer: dict[str, Any] = {"ETag": quoted(found.etag), "LastModified": found.modified}
    if conditions.not_modified(found, request):
        return {**answer, "StatusCode": 304}
    start, length = 0, found.size
    part = ranges.selected(request.get("Range"), found.size)
    if request.get("PartNumber", 1) != 1:
        raise ApiError("InvalidPartNumber", "The requested partnumber is not satisfiable", status=416)
    if part is not None:
        start, length = part
        answer["StatusCode"] = 206
        answer["ContentRange"] = f"bytes {start}-{start + length - 1}/{found.size}"
    elif request.get("ChecksumMode") == "ENABLED":
        answer.update(_checksums(found))
    answer.update({"ContentType": DEFAULT_TYPE, **found.headers})
    answer.update(_overridden(call, request))
    return {
        **answer,
        "AcceptRanges": "bytes",
        "ContentLength": length,
        "Metadata": found.metadata,
        "selected": (start, length),
    }


def _overridden(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Headers that the caller chose for this answer; an anonymous caller may not (S3 API, GetObject)."""
    chosen = {name: request[override] for name, override in OVERRIDES.items() if override in request}
    if chosen and call.caller.anonymous:
        raise ApiError(
            "InvalidRequest",
            "Request specific response headers cannot be used for anonymous GET requests.",
            status=400,
        )
    return chosen


@s3.command(
    "DeleteObject",
    access=(
        Needs("s3:DeleteObject", on=object_of, when=has_no_version),
        Needs("s3:DeleteObjectVersion", on=object_of, when=has_version),
        Needs("s3:GetObject", on=object_of, when=has_if_match),
    ),
)
def delete_object(db: Transaction, call: Call, request: "DeleteObjectRequest") -> "DeleteObjectResponse":
    """Deleting what is not there succeeds as well."""
    refuse_not_offered(request)
    check_version(request)
    bucket = require_bucket(db, call, request)
    key = check_key(request["Key"])
    conditions.check_write(db.objects.get(bucket.id, key), request, request["Key"])
    db.objects.delete(bucket.id, key, call.time)
    return {}


@s3.command("DeleteObjects", access=(Needs("s3:DeleteObject", on=objects_of, each=True),))
def delete_objects(db: Transaction, call: Call, request: "DeleteObjectsRequest") -> "DeleteObjectsResponse":
    """Up to 1000 keys, each deleted or refused by itself. Raises MalformedXML, InvalidRequest without a
    checksum.
    """
    bucket = require_bucket(db, call, request)
    refuse_not_offered(request)
    if checksums.content_md5(call.head) is None and checksums.requested(call.head) is None:
        raise ApiError(
            "InvalidRequest",
            "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
            status=400,
        )
    objects = request["Delete"]["Objects"]
    if not 1 <= len(objects) <= DELETE_MOST:
        raise ApiError("MalformedXML", MALFORMED_XML)
    deleted, failed = [], []
    for one in objects:
        error = call.refused.get(one["Key"]) or _unusable(one)
        if error is not None:
            failed.append({"Key": one["Key"], "Code": error.code, "Message": error.message})
            continue
        db.objects.delete(bucket.id, one["Key"].encode(), call.time)
        deleted.append({"Key": one["Key"]})
    answer: dict[str, Any] = {"Errors": failed} if failed else {}
    if not request["Delete"].get("Quiet"):
        answer["Deleted"] = deleted
    return answer  # type: ignore[return-value]


def _unusable(one: Mapping[str, Any]) -> ApiError | None:
    for member in ("ETag", "LastModifiedTime", "Size"):
        if member in one:
            return ApiError("NotImplemented", f"{member} is not offered in DeleteObjects.")
    try:
        check_version(one)
        check_key(one["Key"])
    except ApiError as error:
        return error
    return None
