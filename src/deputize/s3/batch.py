"""DeleteObjects: many deletes in one request, each answered by itself."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.storage import Bucket
from deputize.s3 import conditions, digests, locks, not_offered
from deputize.s3.names import check_key
from deputize.s3.resources import (
    check_version,
    item,
    matched_of,
    names_etag,
    objects_of,
    require_bucket,
    versions_of,
)
from deputize.s3.service import s3
from deputize.s3.versioning import delete, keeps_none
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import DeleteObjectsRequest, DeleteObjectsResponse

# Conditions on single objects that only directory buckets know.
NOT_OFFERED = ("LastModifiedTime", "Size")


def names_versions(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return any("VersionId" in one for one in request["Delete"]["Objects"])


def names_etags(db: Snapshot, call: Call, request: Mapping[str, Any]) -> bool:
    return any(names_etag(one) for one in request["Delete"]["Objects"])


@s3.command(
    "DeleteObjects",
    access=(
        Needs("s3:DeleteObject", on=objects_of, each=True),
        Needs("s3:DeleteObjectVersion", on=versions_of, when=names_versions, each=True),
        *(
            Needs(action, on=on, when=keeps_none, each=True, denials_only=True)
            for action, on in (("s3:DeleteObjectVersion", objects_of), ("s3:DeleteObject", versions_of))
        ),
        Needs("s3:BypassGovernanceRetention", on=versions_of, when=locks.bypasses, each=True),
        Needs("s3:GetObject", on=matched_of, when=names_etags, each=True),
    ),
)
def delete_objects(db: Transaction, call: Call, request: "DeleteObjectsRequest") -> "DeleteObjectsResponse":
    """Up to 1000 keys, each deleted or refused by itself. Raises InvalidRequest without a checksum."""
    bucket = require_bucket(db, call, request)
    not_offered.refuse(request)
    digests.require(call)
    deleted, failed = [], []
    for one in request["Delete"]["Objects"]:
        named = _named(one)
        try:
            deleted.append({**named, **_deleted(_delete(db, call, bucket, request, one))})
        except ApiError as error:
            failed.append({**named, "Code": error.code, "Message": error.message})
    answer: dict[str, Any] = {"Errors": failed} if failed else {}
    if not request["Delete"].get("Quiet"):
        answer["Deleted"] = deleted
    return answer  # type: ignore[return-value]


def _delete(
    db: Transaction, call: Call, bucket: Bucket, request: Mapping[str, Any], one: Mapping[str, Any]
) -> dict[str, Any]:
    """Delete one of the objects, if it is what it must be: `ETag` is what If-Match is for DeleteObject (S3
    guide, "How to perform conditional deletes"). Raises ApiError, and then nothing has changed.
    """
    if item(one) in call.refused:
        raise call.refused[item(one)]
    for member in NOT_OFFERED:
        if member in one:
            raise ApiError("NotImplemented", f"{member} is not offered in DeleteObjects.")
    check_version(one)
    key = check_key(one["Key"])
    if "ETag" in one:
        conditions.check_write(db.objects.get(bucket.id, key), {"IfMatch": one["ETag"]}, one["Key"])
    bypass = {"BypassGovernanceRetention": locks.bypasses(db, call, request)}
    return delete(db, call, bucket, key, {**one, **bypass})


def _named(one: Mapping[str, Any]) -> dict[str, str]:
    """How the answer names the object."""
    return {member: one[member] for member in ("Key", "VersionId") if member in one}


def _deleted(outcome: Mapping[str, Any]) -> dict[str, Any]:
    """How the answer names a delete marker that was added or removed."""
    if "DeleteMarker" not in outcome:
        return {}
    return {"DeleteMarker": True, "DeleteMarkerVersionId": outcome["VersionId"]}
