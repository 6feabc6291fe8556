"""DeleteObjects: many deletes in one request, each answered by itself."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.protocol import checksums
from deputize.s3 import not_offered
from deputize.s3.names import check_key
from deputize.s3.resources import check_version, objects_of, require_bucket, versions_of
from deputize.s3.service import s3
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import DeleteObjectsRequest, DeleteObjectsResponse

# Conditions on single objects, which are not offered.
CONDITIONS = ("ETag", "LastModifiedTime", "Size")


def names_versions(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return any("VersionId" in one for one in request["Delete"]["Objects"])


@s3.command(
    "DeleteObjects",
    access=(
        Needs("s3:DeleteObject", on=objects_of, each=True),
        Needs("s3:DeleteObjectVersion", on=versions_of, when=names_versions, each=True),
    ),
)
def delete_objects(db: Transaction, call: Call, request: "DeleteObjectsRequest") -> "DeleteObjectsResponse":
    """Up to 1000 keys, each deleted or refused by itself. Raises InvalidRequest without a checksum."""
    bucket = require_bucket(db, call, request)
    not_offered.refuse(request)
    if checksums.content_md5(call.head) is None and checksums.requested(call.head) is None:
        raise ApiError(
            "InvalidRequest",
            "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
            status=400,
        )
    deleted, failed = [], []
    for one in request["Delete"]["Objects"]:
        named = _named(one)
        error = call.refused.get(one["Key"]) or _unusable(one)
        if error is not None:
            failed.append({**named, "Code": error.code, "Message": error.message})
            continue
        db.objects.delete(bucket.id, one["Key"].encode(), call.time)
        deleted.append(named)
    answer: dict[str, Any] = {"Errors": failed} if failed else {}
    if not request["Delete"].get("Quiet"):
        answer["Deleted"] = deleted
    return answer  # type: ignore[return-value]


def _named(one: Mapping[str, Any]) -> dict[str, str]:
    """How the answer names the object."""
    return {member: one[member] for member in ("Key", "VersionId") if member in one}


def _unusable(one: Mapping[str, Any]) -> ApiError | None:
    """Why this object cannot be deleted, whoever asks."""
    for member in CONDITIONS:
        if member in one:
            return ApiError("NotImplemented", f"{member} is not offered in DeleteObjects.")
    try:
        check_version(one)
        check_key(one["Key"])
    except ApiError as error:
        return error
    return None
