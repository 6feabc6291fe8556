"""Keys of clients' own (SSE-C): each request brings the key, and nothing is kept but what verifies it (S3
guide, "Using server-side encryption with customer-provided keys").
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import KeyReader, Plan
from deputize.model.multipart import MultipartUpload
from deputize.model.storage import Bucket, StoredObject
from deputize.s3 import errors
from deputize.s3.keys import member
from deputize.s3.resources import require_bucket
from deputize.store.api import Snapshot

AES256 = "AES256"
KEY_SIZE = 32
KEYS: Mapping[str, KeyReader] = {
    "s3:x-amz-server-side-encryption-customer-algorithm": member("SSECustomerAlgorithm")
}
# How the members begin that bring the key of a copy's source.
OF_SOURCE = "CopySource"
_REQUESTS = "Requests specifying Server Side Encryption with Customer provided keys must"


@dataclass(frozen=True, slots=True)
class CustomerKey:
    """A key that a request brought, and its MD5 (base64) that it brought too."""

    secret: bytes = field(repr=False)
    md5: str

    @property
    def told(self) -> dict[str, str]:
        """How answers say that this key was used."""
        return {"SSECustomerAlgorithm": AES256, "SSECustomerKeyMD5": self.md5}


def of(call: Call, request: Mapping[str, Any], prefix: str = "") -> CustomerKey | None:
    """The key that the request brings, if it does. Raises InvalidRequest where it did not come by TLS,
    InvalidArgument and InvalidEncryptionAlgorithmError for one that is none.
    """
    algorithm, key, md5 = brought = _brought(request, prefix)
    if not any(brought):
        return None
    if not call.head.secure:
        raise errors.invalid_request(f"{_REQUESTS} be made over a secure connection.")
    if not algorithm:
        raise _invalid(f"{_REQUESTS} provide a valid encryption algorithm.")
    if algorithm != AES256:
        raise ApiError(
            "InvalidEncryptionAlgorithmError",
            "The Encryption request you specified is not valid. Supported value: AES256.",
            status=400,
            ArgumentName="x-amz-server-side-encryption",
            ArgumentValue=algorithm,
        )
    if not key:
        raise _invalid(f"{_REQUESTS} provide an appropriate secret key.")
    if not md5:
        raise _invalid(f"{_REQUESTS} provide the client calculated MD5 of the secret key.")
    return CustomerKey(_decoded(key, md5), md5)


def _brought(request: Mapping[str, Any], prefix: str = "") -> tuple[str, str, str]:
    """What the request says of a key: its algorithm, the key and its MD5, as they came; empty where it says
    nothing.
    """
    return (
        request.get(f"{prefix}SSECustomerAlgorithm") or "",
        request.get(f"{prefix}SSECustomerKey") or "",
        request.get(f"{prefix}SSECustomerKeyMD5") or "",
    )


def _decoded(key: str, md5: str) -> bytes:
    try:
        secret = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != KEY_SIZE:
        raise _invalid("The secret key was invalid for the specified algorithm.")
    computed = base64.b64encode(hashlib.md5(secret, usedforsecurity=False).digest())
    if not hmac.compare_digest(computed, md5.encode()):
        raise _invalid("The calculated MD5 hash of the key did not match the hash that was provided.")
    return secret


def _invalid(message: str) -> ApiError:
    """As AWS has it, the argument is not told."""
    return errors.invalid_argument(message, "x-amz-server-side-encryption", "null")


# --- what is written


def new(call: Call, bucket: Bucket, request: Mapping[str, Any]) -> CustomerKey | None:
    """The key of a new object. Raises AccessDenied where the bucket blocks such, and what `of` raises."""
    if not any(_brought(request)):
        return None
    if request.get("ServerSideEncryption"):
        raise errors.invalid_argument(
            "Server Side Encryption with Customer provided key is incompatible with the encryption method "
            "specified",
            "x-amz-server-side-encryption",
            request["ServerSideEncryption"],
        )
    if not bucket.customer_keys:
        raise _blocked(call, bucket, request)
    return of(call, request)


def _blocked(call: Call, bucket: Bucket, request: Mapping[str, Any]) -> ApiError:
    """In the words that AWS has for callers of the bucket's account (S3 guide, "Troubleshoot access
    denied")."""
    if call.account != bucket.account:
        return ApiError("AccessDenied", "Access Denied")
    return ApiError(
        "AccessDenied",
        f"User: {call.caller.arn} is not authorized to perform: s3:PutObject on resource: "
        f'"{bucket.arn}/{request["Key"]}" because this bucket has blocked upload requests that specify '
        "Server Side Encryption with Customer provided keys (SSE-C). Please specify a different server-side "
        "encryption type",
    )


def secret_of(key: CustomerKey | None) -> bytes | None:
    return None if key is None else key.secret


def told_of(key: CustomerKey | None) -> dict[str, str]:
    return {} if key is None else key.told


def verifier_of(call: Call, key: CustomerKey | None) -> bytes:
    """What is kept of the key."""
    return b"" if key is None else call.installation.keyring.verifier(key.secret)


def plan_upload(db: Snapshot, call: Call, request: Mapping[str, Any]) -> Plan:
    """What is staged for an upload in one piece: the body, sealed with the client's key if it brings one."""
    return Plan(customer=secret_of(new(call, require_bucket(db, call, request), request)))


# --- what is read


def require(
    call: Call, found: StoredObject, request: Mapping[str, Any], prefix: str = ""
) -> CustomerKey | None:
    """The key that opens the object; None if it is sealed with none of a client's. Raises InvalidRequest if
    there is none and should be, or the other way round, AccessDenied for the wrong one, and what `of` raises.
    """
    key = of(call, request, prefix)
    if not found.customer:
        if key is not None:
            raise errors.invalid_request("The encryption parameters are not applicable to this object.")
        return None
    if key is None:
        raise errors.invalid_request(
            "The object was stored using a form of Server Side Encryption. The correct parameters must be "
            "provided to retrieve the object."
        )
    if not call.installation.keyring.verifies(found.customer, key.secret):
        raise ApiError("AccessDenied", f"{_REQUESTS} provide the correct secret key.")
    return key


# --- multipart uploads


def of_part(call: Call, upload: MultipartUpload, request: Mapping[str, Any]) -> CustomerKey | None:
    """The key of a part, which is the upload's. Raises InvalidRequest if it is not, and what `of` raises."""
    if upload.customer and not request.get("SSECustomerAlgorithm"):
        raise errors.invalid_request(
            "The multipart upload initiate requested encryption. Subsequent part requests must include the "
            "appropriate encryption parameters."
        )
    return check_stated(call, upload, request)


def check_stated(call: Call, upload: MultipartUpload, request: Mapping[str, Any]) -> CustomerKey | None:
    """The upload's key, where a request may name it and need not. Raises what `of_part` raises."""
    key = of(call, request)
    if key is None:
        return None
    if not upload.customer:
        raise errors.invalid_request(
            "The multipart upload initiate did not request encryption. Please resend the request without "
            "sending encryption parameters."
        )
    if not call.installation.keyring.verifies(upload.customer, key.secret):
        raise errors.invalid_request(
            "The provided encryption parameters did not match the ones used originally."
        )
    return key
