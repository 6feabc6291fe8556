"""ListObjectVersions (S3 API): every version and delete marker, by key, from new to old."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.storage import Bucket, DeleteMarker, ListedVersion, StoredObject
from deputize.protocol.rest_xml import IN_ORDER
from deputize.s3 import errors
from deputize.s3.listings import KEYS, content, echoed, encoder, limit, owner
from deputize.s3.resources import bucket_of, check_version, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import ListObjectVersionsRequest, ListObjectVersionsResponse


@s3.query("ListObjectVersions", access=(Needs("s3:ListBucketVersions", on=bucket_of, keys=KEYS),))
def list_object_versions(
    db: Snapshot, call: Call, request: "ListObjectVersionsRequest"
) -> "ListObjectVersionsResponse":
    """Versions and delete markers are mixed as they came to be: of one key within a second, nothing else
    tells which was first. A version marker counts beside a key marker alone. Raises InvalidArgument.
    """
    bucket = require_bucket(db, call, request)
    write, most = encoder(request), limit(request)
    marker, version = request.get("KeyMarker", ""), request.get("VersionIdMarker", "")
    if version and not marker:
        raise errors.invalid_argument(
            "A version-id marker cannot be specified without a key marker.", "version-id-marker", version
        )
    if version:
        check_version({"VersionId": version})
    found = db.objects.versions(
        bucket.id,
        prefix=request.get("Prefix", "").encode(),
        delimiter=request.get("Delimiter", "").encode(),
        after=marker.encode(),
        after_version=version,
        limit=most,
    )
    entries = [one for one in found.entries if isinstance(one, ListedVersion)]
    answer: dict[str, Any] = {
        "Name": request["Bucket"],
        "Prefix": write(request.get("Prefix", "")),
        "KeyMarker": write(marker),
        "VersionIdMarker": version,
        "MaxKeys": most,
        "IsTruncated": found.truncated,
        IN_ORDER: [
            {"DeleteMarkers" if markers else "Versions": _listed(bucket, run, write)}
            for markers, run in groupby(entries, key=lambda one: isinstance(one.version, DeleteMarker))
        ],
        "CommonPrefixes": [
            {"Prefix": write(one.decode())} for one in found.entries if isinstance(one, bytes)
        ],
        **echoed(request, write),
    }
    if found.truncated:
        last = found.entries[-1]
        if isinstance(last, bytes):
            answer["NextKeyMarker"] = write(last.decode())
        else:
            answer["NextKeyMarker"] = write(last.version.key.decode())
            answer["NextVersionIdMarker"] = last.version.version
    return answer  # type: ignore[return-value]


def _listed(
    bucket: Bucket, run: Iterable[ListedVersion], write: Callable[[str], str]
) -> list[dict[str, Any]]:
    """Versions that follow each other, or delete markers."""
    return [
        {
            **(content(one.version, write) if isinstance(one.version, StoredObject) else {}),
            **_described(bucket, one, write),
        }
        for one in run
    ]


def _described(bucket: Bucket, one: ListedVersion, write: Callable[[str], str]) -> dict[str, Any]:
    """What is said of a version, be it an object or a delete marker."""
    version = one.version
    return {
        "Key": write(version.key.decode()),
        "VersionId": version.version,
        "IsLatest": one.latest,
        "LastModified": version.modified,
        **owner(bucket, version),
    }
