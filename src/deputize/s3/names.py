"""Names of buckets and keys (S3 guide, "General purpose bucket naming rules", "Naming Amazon S3 objects")."""

import re

from deputize.errors import ApiError

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+", re.ASCII)
_RESERVED_BEGINNINGS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDINGS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an")
KEY_BYTES = 1024


def check_bucket_name(name: str) -> None:
    """Raises InvalidBucketName unless a bucket of this name may be made."""
    bad = (
        not _BUCKET.fullmatch(name)
        or ".." in name
        or _ADDRESS.fullmatch(name)
        or name.startswith(_RESERVED_BEGINNINGS)
        or name.endswith(_RESERVED_ENDINGS)
    )
    if bad:
        raise ApiError("InvalidBucketName", "The specified bucket is not valid.", BucketName=name)


def check_key(key: str) -> bytes:
    """The key as bytes. Raises KeyTooLongError, InvalidURI."""
    try:
        encoded = key.encode()
    except UnicodeEncodeError:
        raise ApiError("InvalidURI", "Couldn't parse the specified URI.") from None
    if len(encoded) > KEY_BYTES:
        raise ApiError(
            "KeyTooLongError", "Your key is too long", Size=str(len(encoded)), MaxSizeAllowed=str(KEY_BYTES)
        )
    return encoded
