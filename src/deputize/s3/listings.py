"""ListObjects and ListObjectsV2 (S3 API; S3 guide, "Organizing objects using prefixes")."""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model.storage import Bucket, DeleteMarker, Listed, StoredObject
from deputize.s3 import errors, grants
from deputize.s3.headers import quoted
from deputize.s3.keys import member
from deputize.s3.resources import bucket_of, require_bucket
from deputize.s3.service import s3
from deputize.store.api import Snapshot

if TYPE_CHECKING:
    from deputize.protocol.shapes.s3 import (
        ListObjectsRequest,
        ListObjectsResponse,
        ListObjectsV2Request,
        ListObjectsV2Response,
    )

MOST = 1000


def max_keys(db: Snapshot, call: Call, request: Mapping[str, Any]) -> str:
    return str(request.get("MaxKeys", MOST))


KEYS = {"s3:prefix": member("Prefix"), "s3:delimiter": member("Delimiter"), "s3:max-keys": max_keys}


def encoder(request: Mapping[str, Any]) -> Callable[[str], str]:
    """How keys are written: encoded where the client asked for that, since XML cannot say every character. As
    on AWS, a blank is a plus then.
    """
    return _quoted if request.get("EncodingType") == "url" else _plain


def _quoted(key: str) -> str:
    return quote_plus(key, safe="/-_.~*")


def _plain(key: str) -> str:
    return key


def limit(request: Mapping[str, Any], asked_in: str = "MaxKeys", argument: str = "maxKeys") -> int:
    """At most 1000. Raises InvalidArgument."""
    asked: int = request.get(asked_in, MOST)
    if not 0 <= asked < 2**31:
        raise errors.not_between(argument, asked)
    return min(asked, MOST)


def page(
    db: Snapshot, call: Call, request: Mapping[str, Any], after: str, *, owners: bool
) -> tuple[Listed, dict[str, Any]]:
    """A page of the bucket beyond `after`, and what both operations answer of it; with `owners`, whose each
    object is.
    """
    bucket = require_bucket(db, call, request)
    write = encoder(request)
    found = db.objects.page(
        bucket.id,
        prefix=request.get("Prefix", "").encode(),
        delimiter=request.get("Delimiter", "").encode(),
        after=after.encode(),
        limit=limit(request),
    )
    answer: dict[str, Any] = {
        "Name": request["Bucket"],
        "Prefix": write(request.get("Prefix", "")),
        "MaxKeys": limit(request),
        "IsTruncated": found.last is not None,
        "Contents": [
            {**content(one, write), **(owner(bucket, one) if owners else {})}
            for one in found.entries
            if isinstance(one, StoredObject)
        ],
        "CommonPrefixes": [
            {"Prefix": write(one.decode())} for one in found.entries if isinstance(one, bytes)
        ],
        "BucketRegion": bucket.region,
        **echoed(request, write),
    }
    return found, answer


def echoed(request: Mapping[str, Any], write: Callable[[str], str]) -> dict[str, str]:
    """What every listing repeats of its request, where it was said."""
    told = {"Delimiter": write(request["Delimiter"])} if request.get("Delimiter") else {}
    return {**told, "EncodingType": request["EncodingType"]} if "EncodingType" in request else told


def owner(bucket: Bucket, found: StoredObject | DeleteMarker) -> dict[str, Any]:
    """How every listing names the owner of a version."""
    return {"Owner": {"ID": grants.canonical_id(grants.owner_of(bucket, found))}}


def content(found: StoredObject, write: Callable[[str], str]) -> dict[str, Any]:
    """How every listing describes an object."""
    told: dict[str, Any] = {
        "Key": write(found.key.decode()),
        "LastModified": found.modified,
        "ETag": quoted(found.etag),
        "Size": found.size,
        "StorageClass": "STANDARD",
    }
    if found.checksums:
        told["ChecksumAlgorithm"] = list(found.checksums)
        told["ChecksumType"] = found.checksum_type
    return told


@s3.query("ListObjects", access=(Needs("s3:ListBucket", on=bucket_of, keys=KEYS),))
def list_objects(db: Snapshot, call: Call, request: "ListObjectsRequest") -> "ListObjectsResponse":
    """The first version of the listing: `Marker` is the last key or prefix of the page before."""
    marker = request.get("Marker", "")
    found, answer = page(db, call, request, marker, owners=True)
    answer["Marker"] = encoder(request)(marker)
    if found.last is not None and request.get("Delimiter"):
        answer["NextMarker"] = encoder(request)(found.last.decode())
    return answer  # type: ignore[return-value]


@s3.query("ListObjectsV2", access=(Needs("s3:ListBucket", on=bucket_of, keys=KEYS),))
def list_objects_v2(db: Snapshot, call: Call, request: "ListObjectsV2Request") -> "ListObjectsV2Response":
    """An empty continuation token begins as none does. Raises InvalidArgument for one that is none."""
    token = request.get("ContinuationToken")
    after = _position(token) if token else request.get("StartAfter", "")
    found, answer = page(db, call, request, after, owners=bool(request.get("FetchOwner")))
    answer["KeyCount"] = len(found.entries)
    if token is not None:
        answer["ContinuationToken"] = token
    if "StartAfter" in request:
        answer["StartAfter"] = encoder(request)(request["StartAfter"])
    if found.last is not None:
        answer["NextContinuationToken"] = base64.urlsafe_b64encode(b"1" + found.last).decode()
    return answer  # type: ignore[return-value]


def _position(token: str) -> str:
    try:
        decoded = base64.b64decode(token.encode("ascii"), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        decoded = ""
    if not decoded.startswith("1"):
        raise errors.invalid_argument(
            "The continuation token provided is incorrect", "continuation-token", token
        )
    return decoded[1:]
