"""What an object carries beside its bytes: system headers, the user's metadata, checksums."""

from collections.abc import Mapping
from typing import Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.model.storage import StoredObject

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
REDIRECT = "WebsiteRedirectLocation"
LOCATION_MOST = 2048
# What an answer's header may hold as it is.
PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
DEFAULT_TYPE = "binary/octet-stream"
# The user's metadata, names and values together (S3 guide, "User-defined object metadata").
METADATA_BYTES = 2048


def system(request: Mapping[str, Any]) -> dict[str, str]:
    """The system headers to keep. `aws-chunked` was the form of the upload and is none of the object's
    encodings.
    """
    kept = {name: str(request[name]) for name in SYSTEM if request.get(name)} | redirect(request)
    if "ContentEncoding" in kept:
        codings = [part.strip() for part in kept.pop("ContentEncoding").split(",")]
        codings = [coding for coding in codings if coding.lower() != "aws-chunked"]
        if codings:
            kept["ContentEncoding"] = ",".join(codings)
    return kept


def redirect(request: Mapping[str, Any]) -> dict[str, str]:
    """Where the bucket's website sends those who ask for the object, if it does (S3 guide, "Setting an object
    redirect"). Raises InvalidRedirectLocation.
    """
    location: str = request.get(REDIRECT) or ""
    if not location:
        return {}
    if not location.startswith(("/", "http://", "https://")):
        raise _bad_redirect(
            "The website redirect location must have a prefix of 'http://' or 'https://' or '/'."
        )
    if len(location) > LOCATION_MOST:
        raise _bad_redirect("The length of website redirect location cannot exceed 2,048 characters.")
    return {REDIRECT: location}


def _bad_redirect(message: str) -> ApiError:
    return ApiError("InvalidRedirectLocation", message, status=400)


def metadata(request: Mapping[str, Any]) -> dict[str, str]:
    """The user's metadata to keep, names in lower case. Raises MetadataTooLarge."""
    kept: dict[str, str] = {name.lower(): value for name, value in request.get("Metadata", {}).items()}
    size = sum(len(name.encode()) + len(value.encode()) for name, value in kept.items())
    if size > METADATA_BYTES:
        raise ApiError(
            "MetadataTooLarge",
            "Your metadata headers exceed the maximum allowed metadata size",
            Size=str(size),
            MaxSizeAllowed=str(METADATA_BYTES),
        )
    return kept


def overridden(call: Call, request: Mapping[str, Any]) -> dict[str, Any]:
    """Headers that the caller chose for this answer. Raises InvalidRequest for an anonymous one, who may not
    (S3 API, GetObject).
    """
    chosen = {name: request[override] for name, override in OVERRIDES.items() if override in request}
    if chosen and call.caller.anonymous:
        raise ApiError(
            "InvalidRequest",
            "Request specific response headers cannot be used for anonymous GET requests.",
            status=400,
        )
    return chosen


def checksums_of(found: StoredObject) -> dict[str, str]:
    """The checksums as answers name them; empty if there are none."""
    told = named_checksums(found.checksums)
    return {**told, "ChecksumType": found.checksum_type} if told else {}


def named_checksums(checksums: Mapping[str, str]) -> dict[str, str]:
    """Checksums by algorithm, under the names of their members in requests and answers."""
    return {f"Checksum{name}": value for name, value in checksums.items()}


def quoted(etag: str) -> str:
    return f'"{etag}"'
