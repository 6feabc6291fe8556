"""GetObject, HeadObject and GetObjectAttributes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.bodies import StoredBytes
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.storage import StoredObject
from deputize.s3 import conditions, errors, ranges
from deputize.s3.headers import DEFAULT_TYPE, checksums_of, overridden, quoted
from deputize.s3.keys import VERSION, has_no_version, has_version
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
    answer = _described(call, request, found)
    if answer.get("StatusCode") != 304:
        start, length = answer.pop("selected")
        answer["Body"] = StoredBytes(found.blob, start, length)
    return answer  # type: ignore[return-value]


@s3.query("HeadObject", access=READ)
def head_object(db: Snapshot, call: Call, request: "HeadObjectRequest") -> "HeadObjectResponse":
    """As GetObject, without the bytes."""
    answer = _described(call, request, require_object(db, call, request))
    answer.pop("selected", None)
    return answer  # type: ignore[return-value]


def _described(call: Call, request: Mapping[str, Any], found: StoredObject) -> dict[str, Any]:
    """What a read answers beside the bytes; `selected` is which of them."""
    _check(request)
    answer: dict[str, Any] = {"ETag": quoted(found.etag), "LastModified": found.modified}
    if conditions.not_modified(found, request):
        return {**answer, "StatusCode": 304}
    start, length = 0, found.size
    part = None
    if conditions.range_applies(found, call.head.get("if-range")):
        part = ranges.selected(request.get("Range"), found.size)
    if part is not None:
        start, length = part
        answer["StatusCode"] = 206
        answer["ContentRange"] = f"bytes {start}-{start + length - 1}/{found.size}"
    elif request.get("ChecksumMode") == "ENABLED":
        answer.update(checksums_of(found))
    answer.update({"ContentType": DEFAULT_TYPE, **found.headers})
    answer.update(overridden(call, request))
    return {
        **answer,
        "AcceptRanges": "bytes",
        "ContentLength": length,
        "Metadata": found.metadata,
        "selected": (start, length),
    }


def _check(request: Mapping[str, Any]) -> None:
    """Raises InvalidRequest, InvalidPartNumber: every object here has one part, and no key of its
    client's.
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
    if request["PartNumber"] != 1:
        raise ApiError("InvalidPartNumber", "The requested partnumber is not satisfiable", status=416)


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
        "ObjectParts": None,
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
