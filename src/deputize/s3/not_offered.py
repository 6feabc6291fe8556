"""What a request may ask for beyond what is built. It is refused, never passed over: the caller relies on
it.
"""

from collections.abc import Mapping
from typing import Any

from deputize.s3 import errors

# Members of requests for objects, and the headers that bring them.
HEADERS = {
    "Tagging": "x-amz-tagging",
    "ServerSideEncryption": "x-amz-server-side-encryption",
    "SSEKMSKeyId": "x-amz-server-side-encryption-aws-kms-key-id",
    "SSEKMSEncryptionContext": "x-amz-server-side-encryption-context",
    "SSECustomerAlgorithm": "x-amz-server-side-encryption-customer-algorithm",
    "SSECustomerKey": "x-amz-server-side-encryption-customer-key",
    "SSECustomerKeyMD5": "x-amz-server-side-encryption-customer-key-md5",
    "CopySourceSSECustomerAlgorithm": "x-amz-copy-source-server-side-encryption-customer-algorithm",
    "CopySourceSSECustomerKey": "x-amz-copy-source-server-side-encryption-customer-key",
    "CopySourceSSECustomerKeyMD5": "x-amz-copy-source-server-side-encryption-customer-key-MD5",
    "BucketKeyEnabled": "x-amz-server-side-encryption-bucket-key-enabled",
    "WebsiteRedirectLocation": "x-amz-website-redirect-location",
    "ObjectLockMode": "x-amz-object-lock-mode",
    "ObjectLockRetainUntilDate": "x-amz-object-lock-retain-until-date",
    "ObjectLockLegalHoldStatus": "x-amz-object-lock-legal-hold",
    "ObjectLockEventHold": "x-amz-object-lock-event-hold",
    "ObjectLockEventHoldDurationDays": "x-amz-object-lock-event-hold-duration-days",
    "ObjectLockEventHoldDurationYears": "x-amz-object-lock-event-hold-duration-years",
    "WriteOffsetBytes": "x-amz-write-offset-bytes",
    "IfMatchLastModifiedTime": "x-amz-if-match-last-modified-time",
    "IfMatchSize": "x-amz-if-match-size",
    "BypassGovernanceRetention": "x-amz-bypass-governance-retention",
    "MFA": "x-amz-mfa",
}
# Canned ACLs that change nothing where the bucket's owner owns every object.
HARMLESS_ACLS = frozenset({"private", "bucket-owner-read", "bucket-owner-full-control"})


def refuse(request: Mapping[str, Any]) -> None:
    """Raises NotImplemented, and AccessControlListNotSupported for ACLs."""
    for member, header in HEADERS.items():
        if _asks(request.get(member)):
            raise errors.header_not_offered(header)
    if request.get("StorageClass", "STANDARD") != "STANDARD":
        raise errors.header_not_offered("x-amz-storage-class")
    grants = any(name.startswith("Grant") for name in request)
    if grants or request.get("ACL", "private") not in HARMLESS_ACLS:
        raise errors.acls_off()


def _asks(value: object) -> bool:
    """An empty header and a flag that is off ask for nothing; zero is a number like any other."""
    return value is not None and value is not False and value != ""
