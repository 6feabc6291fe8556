"""Where a request must bring a digest of its body, by which damage on the way is found: its MD5, or a
checksum in a header or as a trailer (S3 API, "Content-MD5").
"""

from deputize.gateway.call import Call
from deputize.protocol import checksums
from deputize.protocol.message import Head
from deputize.s3 import errors


def require(call: Call) -> None:
    """Raises InvalidRequest."""
    if not _brought(call.head):
        raise errors.invalid_request(
            "Missing required header for this request: Content-MD5 OR x-amz-checksum-*"
        )


def require_for_lock(call: Call, what: str) -> None:
    """For an `Object` or a `Part` that will be locked. Raises InvalidRequest."""
    if not _brought(call.head):
        raise errors.invalid_request(
            f"Content-MD5 OR x-amz-checksum- HTTP header is required for Put {what} requests with Object "
            "Lock parameters"
        )


def _brought(head: Head) -> bool:
    return (
        checksums.content_md5(head) is not None
        or checksums.requested(head) is not None
        or checksums.announced(head) is not None
    )
