"""GetObject, HeadObject and GetObjectAttributes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.bodies import StoredBytes
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.storage import StoredObject
from deputize.s3 import conditions, errors, ranges
from deputize.s3.headers import DEFAULT_TYPE, checksums_of, named_checksums, overridden, quoted
from deputize.s3.keys import VERSION, has_no_version, has_version
from deputize.s3.listings import limit
from deputize.s3.parts import check_number
from deputize.s3.resources import bucket_of, key_is_missing, object_of, require_object
from deputize.s3.service import s3
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
READ = (
    Needs("s3:GetObject", on=object_of, when=has_no_version),
    Needs("s3:GetObjectVersion", on=object_of, keys=VERSION, when=has_version),
    Needs("s3:ListBucket", on=bucket_of, when=key_is_missing),
)


@s3.query("GetObject", access=READ)
def get_object(db: Snapshot, call: Call, request: "GetObjectRequest") -> "GetObjectResponse":
    """Whole, or a range of it. Raises NoSuchKey, InvalidRange, PreconditionFailed."""
    found = require_object(db, call, request)
    answer = _described(db, call, request, found)
    if answer.get("StatusCode") != 304:
        start, length = answer.pop("selected")
        answer["Body"] = StoredBytes(found.blob, start, length)
    return answer  # type: ignore[return-value]


@s3.query("HeadObject", access=READ)
def head_object(db: Snapshot, call: Call, request: "HeadObjectRequest") -> "HeadObjectResponse":
    """As GetObject, without the bytes."""
    answer = _described(db, call, request, require_object(db, call, request))
    answer.pop("selected", None)
    return answer  # type: ignore[return-value]


def _described(db: Snapshot, call: Call, request: Mapping[str, Any], found: StoredObject) -> dict[str, Any]:
    """What a read answers beside the bytes; `selected` is which of them."""
    _check(request)
    answer: dict[str, Any] = {"ETag": quoted(found.etag), "LastModified": found.modified}
    if conditions.not_modified(found, request):
        return {**answer, "StatusCode": 304}
    answer.update(_selected(db, call, request, found))
    answer.update({"ContentType": DEFAULT_TYPE, **found.headers})
    answer.update(overridden(call, request))
    start, length = answer["selected"]
    if answer.get("StatusCode") == 206:
        answer["ContentRange"] = f"bytes {start}-{start + length - 1}/{found.size}"
    return {**answer, "AcceptRanges": "bytes", "ContentLength": length, "Metadata": found.metadata}


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
            told = named_checksums(part.checksums) if checksums else {}
            return {**selected, **told, **({"StatusCode": 206} if part.size else {})}
    elif number == 1:
        told = checksums_of(found) if checksums else {}
        return {"selected": (0, found.size), **told, **({"StatusCode": 206} if found.size else {})}
    raise ApiError(
        "InvalidPartNumber",
        "The requested partnumber is not satisfiable",
        status=416,
        PartNumberRequested=str(number),
        ActualPartCount=str(found.parts or 1),
    )


def _check(request: Mapping[str, Any]) -> None:
    """Raises InvalidRequest for a key of the client's own, which no object here has, and for two ways to
    select bytes; InvalidArgument for a number that no part has.
    """
    if any(request.get(member) for member in ("SSECustomerAlgorithm", "SSECustomerKey", "SSECustomerKeyMD5")):
        raise ApiError(
            "InvalidRequest",
            "The encryption parameters are not applicable to this object.",
            status=400,
        )
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
        *READ,
        Needs("s3:GetObjectAttributes", on=object_of, when=has_no_version),
        Needs("s3:GetObjectVersionAttributes", on=object_of, keys=VERSION, when=has_version),
    ),
)
def get_object_attributes(
    db: Snapshot, call: Call, request: "GetObjectAttributesRequest"
) -> "GetObjectAttributesResponse":
    """Those attributes that were asked for. Raises NoSuchKey, InvalidArgument."""
    found = require_object(db, call, request)
    _check(request)
    told = {
        "ETag": found.etag,
        "Checksum": checksums_of(found) or None,
        "ObjectParts": _parts(db, request, found) if found.parts else None,
        "StorageClass": "STANDARD",
        "ObjectSize": found.size,
    }
    wanted = request["ObjectAttributes"]
    unknown = [name for name in wanted if name not in told]
    if unknown:
        raise errors.invalid_argument(
            "Invalid attribute name specified.", "x-amz-object-attributes", unknown[0]
        )
    return {"LastModified": found.modified, **{name: told[name] for name in wanted}}  # type: ignore[typeddict-item]


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
