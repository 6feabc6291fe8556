"""GetObject, HeadObject and GetObjectAttributes."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.bodies import StoredBytes
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs, Resource, ResourceReader
from deputize.model.storage import StoredObject
from deputize.s3 import conditions, customer_keys, encryption, lifecycle, locks, ranges, tag_sets
from deputize.s3.headers import DEFAULT_TYPE, checksums_of, named_checksums, overridden, quoted
from deputize.s3.keys import VERSION, has_no_version, has_version
from deputize.s3.listings import limit
from deputize.s3.parts import check_number
from deputize.s3.resources import bucket_of, key_is_missing, require_bucket, require_object, stored_of
from deputize.s3.service import s3
from deputize.s3.versioning import told
from deputize.store.api import Snapshot

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        GetObjectAttributesRequest,
        GetObjectAttributesResponse,
        GetObjectRequest,
        GetObjectResponse,
        HeadObjectRequest,
        HeadObjectResponse,
    )

# A named version is another right, and who may not list must not learn that a key is missing (S3 API,
# GetObject, "Permissions").
LISTS = Needs("s3:ListBucket", on=bucket_of, when=key_is_missing)
READ = (
    Needs("s3:GetObject", on=stored_of, keys=tag_sets.EXISTING, when=has_no_version),
    Needs("s3:GetObjectVersion", on=stored_of, keys={**tag_sets.EXISTING, **VERSION}, when=has_version),
    LISTS,
)


def _if_permitted(action: str) -> ResourceReader:
    """The object, if what this right is asked for is only left out of the answer without it."""

    def on(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Resource:
        return dataclasses.replace(stored_of(db, call, request), item=action)

    return on


def has_tags(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return bool(tag_sets.existing(db, call, request))


# What is told to those alone who may read it (S3 API, GetObject, "x-amz-tagging-count" and "x-amz-object-
# lock-mode").
COUNT_TAGS, RETENTION, HOLD = "s3:GetObjectTagging", "s3:GetObjectRetention", "s3:GetObjectLegalHold"
DESCRIBED = (
    *READ,
    Needs(COUNT_TAGS, on=_if_permitted(COUNT_TAGS), keys=tag_sets.EXISTING, when=has_tags, each=True),
    Needs(RETENTION, on=_if_permitted(RETENTION), when=locks.has_retention, each=True),
    Needs(HOLD, on=_if_permitted(HOLD), when=locks.has_hold, each=True),
)


@s3.query("GetObject", access=DESCRIBED)
def get_object(db: Snapshot, call: Call, request: "GetObjectRequest") -> "GetObjectResponse":
    """Whole, or a range of it. Raises NoSuchKey, InvalidRange, PreconditionFailed."""
    found = require_object(db, call, request)
    answer = _described(db, call, request, found)
    if answer.get("StatusCode") != 304:
        start, length = answer.pop("selected")
        key = customer_keys.of(call, request)
        answer["Body"] = StoredBytes(found.blob, start, length, customer_keys.secret_of(key))
    return answer  # type: ignore[return-value]


@s3.query("HeadObject", access=DESCRIBED)
def head_object(db: Snapshot, call: Call, request: "HeadObjectRequest") -> "HeadObjectResponse":
    """As GetObject, without the bytes."""
    answer = _described(db, call, request, require_object(db, call, request))
    answer.pop("selected", None)
    return answer  # type: ignore[return-value]


def _described(db: Snapshot, call: Call, request: Mapping[str, Any], found: StoredObject) -> dict[str, Any]:
    """What a read answers beside the bytes; `selected` is which of them."""
    _check(request)
    key = customer_keys.require(call, found, request)
    bucket = require_bucket(db, call, request)
    answer: dict[str, Any] = {
        "ETag": quoted(found.etag),
        "LastModified": found.modified,
        **told(bucket, found.version),
        **(lifecycle.told(bucket, found) if _is_current(db, request, found) else {}),
        **encryption.told(found, key),
    }
    if conditions.not_modified(found, request):
        return {**answer, "StatusCode": 304}
    answer.update(_selected(db, call, request, found))
    answer.update({"ContentType": DEFAULT_TYPE, **found.headers})
    answer.update(overridden(call, request))
    start, length = answer["selected"]
    if answer.get("StatusCode") == 206:
        answer["ContentRange"] = f"bytes {start}-{start + length - 1}/{found.size}"
    answer.update(_if_told(call, found))
    return {**answer, "AcceptRanges": "bytes", "ContentLength": length, "Metadata": found.metadata}


def _is_current(db: Snapshot, request: Mapping[str, Any], found: StoredObject) -> bool:
    """Whether what is read is the current version, which alone expires as objects do."""
    if "VersionId" not in request:
        return True
    current = db.objects.get(found.bucket, found.key)
    return current is not None and current.version == found.version


def _if_told(call: Call, found: StoredObject) -> dict[str, Any]:
    """What not everybody is told who may read the object."""
    answer: dict[str, Any] = {}
    if found.tags and COUNT_TAGS not in call.refused:
        answer["TagCount"] = len(found.tags)
    if found.lock is not None and found.lock.mode and RETENTION not in call.refused:
        answer["ObjectLockMode"] = found.lock.mode
        answer["ObjectLockRetainUntilDate"] = found.lock.until
    if found.lock is not None and found.lock.hold is not None and HOLD not in call.refused:
        answer["ObjectLockLegalHoldStatus"] = "ON" if found.lock.hold else "OFF"
    return answer


def _selected(db: Snapshot, call: Call, request: Mapping[str, Any], found: StoredObject) -> dict[str, Any]:
    """Which bytes are read, and what is answered only of these: the status and the checksums. Raises
    InvalidRange, InvalidPartNumber.
    """
    wanted = request.get("ChecksumMode") == "ENABLED"
    if "PartNumber" in request:
        return _part(db, found, request["PartNumber"], wanted)
    bounds = None
    if conditions.range_applies(found, call.head.get("if-range")):
        bounds = ranges.selected(request.get("Range"), found.size)
    if bounds is not None:
        return {"selected": bounds, "StatusCode": 206}
    return {"selected": (0, found.size), **(checksums_of(found) if wanted else {})}


def _part(db: Snapshot, found: StoredObject, number: int, checksums: bool) -> dict[str, Any]:
    """One part of an object, with the part's own checksum; an object that came in one piece is its part 1."""
    if found.parts:
        part = db.objects.part(found.blob, number)
        if part is not None:
            selected = {"selected": (part.start, part.size), "PartsCount": found.parts}
            verified = named_checksums(part.checksums) if checksums else {}
            return {**selected, **verified, **({"StatusCode": 206} if part.size else {})}
    elif number == 1:
        verified = checksums_of(found) if checksums else {}
        return {"selected": (0, found.size), **verified, **({"StatusCode": 206} if found.size else {})}
    raise ApiError(
        "InvalidPartNumber",
        "The requested partnumber is not satisfiable",
        status=416,
        PartNumberRequested=str(number),
        ActualPartCount=str(found.parts or 1),
    )


def _check(request: Mapping[str, Any]) -> None:
    """Raises InvalidRequest for two ways to select bytes, InvalidArgument for a number that no part has."""
    if "PartNumber" not in request:
        return
    if "Range" in request:
        raise ApiError(
            "InvalidRequest", "Cannot specify both Range header and partNumber query parameter", status=400
        )
    check_number(request)


@s3.query(
    "GetObjectAttributes",
    access=(
        Needs("s3:GetObject", on=stored_of, when=has_no_version),
        Needs("s3:GetObjectVersion", on=stored_of, keys=VERSION, when=has_version),
        LISTS,
        Needs("s3:GetObjectAttributes", on=stored_of, when=has_no_version),
        Needs("s3:GetObjectVersionAttributes", on=stored_of, keys=VERSION, when=has_version),
    ),
)
def get_object_attributes(
    db: Snapshot, call: Call, request: "GetObjectAttributesRequest"
) -> "GetObjectAttributesResponse":
    """Those attributes that were asked for. Raises NoSuchKey."""
    found = require_object(db, call, request)
    customer_keys.require(call, found, request)
    _check(request)
    attributes = {
        "ETag": found.etag,
        "Checksum": checksums_of(found) or None,
        "ObjectParts": _parts(db, request, found) if found.parts else None,
        "StorageClass": "STANDARD",
        "ObjectSize": found.size,
    }
    version = told(require_bucket(db, call, request), found.version)
    chosen = {name: attributes[name] for name in request["ObjectAttributes"]}
    return {"LastModified": found.modified, **version, **chosen}  # type: ignore[typeddict-item]


def _parts(db: Snapshot, request: Mapping[str, Any], found: StoredObject) -> dict[str, Any]:
    """A page of an object's parts; S3 lists them only if a checksum was asked for when it was uploaded."""
    most, marker = limit(request, "MaxParts", "max-parts"), request.get("PartNumberMarker", 0)
    parts = db.objects.parts(found.blob, after=marker, limit=most + 1)
    shown = [part for part in parts[:most] if part.checksums]
    if not shown:
        return {"TotalPartsCount": found.parts}
    return {
        "TotalPartsCount": found.parts,
        "PartNumberMarker": marker,
        "NextPartNumberMarker": shown[-1].number,
        "MaxParts": most,
        "IsTruncated": len(parts) > most,
        "Parts": [
            {"PartNumber": part.number, "Size": part.size, **named_checksums(part.checksums)}
            for part in shown
        ],
    }
