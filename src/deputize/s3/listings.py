"""ListObjects and ListObjectsV2 (S3 API; S3 guide, "Organizing objects using prefixes")."""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.model import ids
from deputize.model.storage import Listed, StoredObject
from deputize.s3 import errors
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
    """How keys are written: percent-encoded where the client asked for that, since XML cannot say every
    character.
    """
    return _quoted if request.get("EncodingType") == "url" else _plain


def _quoted(key: str) -> str:
    return quote(key, safe="/-_.~*")


def _plain(key: str) -> str:
    return key


def limit(request: Mapping[str, Any], asked_in: str = "MaxKeys", argument: str = "maxKeys") -> int:
    """At most 1000. Raises InvalidArgument."""
    asked: int = request.get(asked_in, MOST)
    if not 0 <= asked < 2**31:
        raise errors.invalid_argument(
            f"Argument {argument} must be an integer between 0 and 2147483647", argument, str(asked)
        )
    return min(asked, MOST)


def page(db: Snapshot, call: Call, request: Mapping[str, Any], after: str) -> tuple[Listed, dict[str, Any]]:
    """A page of the bucket beyond `after`, and what both operations answer of it."""
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
        "Name": bucket.name,
        "Prefix": write(request.get("Prefix", "")),
        "MaxKeys": limit(request),
        "IsTruncated": found.last is not None,
        "Contents": [_content(one, write) for one in found.entries if isinstance(one, StoredObject)],
        "CommonPrefixes": [
            {"Prefix": write(one.decode())} for one in found.entries if isinstance(one, bytes)
        ],
        "BucketRegion": bucket.region,
    }
    if request.get("Delimiter"):
        answer["Delimiter"] = write(request["Delimiter"])
    if "EncodingType" in request:
        answer["EncodingType"] = request["EncodingType"]
    return found, answer


def _content(found: StoredObject, write: Callable[[str], str]) -> dict[str, Any]:
    content: dict[str, Any] = {
        "Key": write(found.key.decode()),
        "LastModified": found.modified,
        "ETag": quoted(found.etag),
        "Size": found.size,
        "StorageClass": "STANDARD",
    }
    if found.checksums:
        content["ChecksumAlgorithm"] = list(found.checksums)
        content["ChecksumType"] = found.checksum_type
    return content


def _with_owners(answer: dict[str, Any], account: str) -> None:
    for content in answer["Contents"]:
        content["Owner"] = {"ID": ids.canonical_id(account)}


@s3.query("ListObjects", access=(Needs("s3:ListBucket", on=bucket_of, keys=KEYS),))
def list_objects(db: Snapshot, call: Call, request: "ListObjectsRequest") -> "ListObjectsResponse":
    """The first version of the listing: `Marker` is the last key or prefix of the page before."""
    marker = request.get("Marker", "")
    found, answer = page(db, call, request, marker)
    _with_owners(answer, require_bucket(db, call, request).account)
    answer["Marker"] = encoder(request)(marker)
    if found.last is not None and request.get("Delimiter"):
        answer["NextMarker"] = encoder(request)(found.last.decode())
    return answer  # type: ignore[return-value]


@s3.query("ListObjectsV2", access=(Needs("s3:ListBucket", on=bucket_of, keys=KEYS),))
def list_objects_v2(db: Snapshot, call: Call, request: "ListObjectsV2Request") -> "ListObjectsV2Response":
    """Raises InvalidArgument for a continuation token that is none."""
    token = request.get("ContinuationToken")
    after = request.get("StartAfter", "") if token is None else _position(token)
    found, answer = page(db, call, request, after)
    answer["KeyCount"] = len(found.entries)
    if request.get("FetchOwner"):
        _with_owners(answer, require_bucket(db, call, request).account)
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
