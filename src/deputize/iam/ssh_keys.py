"""SSH public keys: UploadSSHPublicKey, GetSSHPublicKey, ListSSHPublicKeys, UpdateSSHPublicKey,
DeleteSSHPublicKey. RSA of at least 2048 bits, as OpenSSH or PEM writes them (IAM API).
"""

import base64
import dataclasses
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
    load_ssh_public_key,
)

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam import errors
from deputize.iam.access_keys import wanted_status
from deputize.iam.entities import USER
from deputize.iam.paging import page
from deputize.iam.quotas import limits
from deputize.iam.resources import caller_or_user
from deputize.iam.service import DONE, iam
from deputize.model import ids
from deputize.model.user_credentials import SshPublicKey
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        DeleteSSHPublicKeyRequest,
        GetSSHPublicKeyRequest,
        GetSSHPublicKeyResponse,
        ListSSHPublicKeysRequest,
        ListSSHPublicKeysResponse,
        UpdateSSHPublicKeyRequest,
        UploadSSHPublicKeyRequest,
        UploadSSHPublicKeyResponse,
    )

PREFIX = "APKA"
LEAST_BITS = 2048
PEM = "-----BEGIN "


def parsed(body: str) -> RSAPublicKey:
    """Raises UnrecognizedPublicKeyEncoding, InvalidPublicKey."""
    text = body.strip()
    if not text.startswith((PEM, "ssh-")):
        raise ApiError("UnrecognizedPublicKeyEncoding", "The public key is neither in SSH nor in PEM format.")
    load = load_pem_public_key if text.startswith(PEM) else load_ssh_public_key
    try:
        key = load(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise ApiError("InvalidPublicKey", "The public key is malformed.") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS:
        raise ApiError("InvalidPublicKey", f"The public key must be RSA of at least {LEAST_BITS} bits.")
    return key


def fingerprint(key: RSAPublicKey) -> str:
    """As `ssh-keygen -E md5 -l` shows it, without the algorithm's name."""
    blob = key.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).split(b" ")[1]
    return hashlib.md5(base64.b64decode(blob), usedforsecurity=False).digest().hex(":")


def require(db: Snapshot, call: Call, request: Mapping[str, Any]) -> SshPublicKey:
    """The key that the request names, of the user it names. Raises NoSuchEntity."""
    user = USER.require(db, call, request["UserName"])
    key = db.ssh_keys.get(request["SSHPublicKeyId"])
    if key is None or key.owner != user.id:
        raise ApiError("NoSuchEntity", f"The Public Key with id {request['SSHPublicKeyId']} cannot be found.")
    return key


def described(key: SshPublicKey, user: str) -> Any:
    """As lists answer it."""
    return {
        "UserName": user,
        "SSHPublicKeyId": key.id,
        "Status": key.status,
        "UploadDate": key.uploaded,
    }


def full(key: SshPublicKey, user: str, body: str) -> Any:
    """With its text in one of its encodings."""
    return {**described(key, user), "Fingerprint": key.fingerprint, "SSHPublicKeyBody": body}


@iam.command("UploadSSHPublicKey", access=(Needs("iam:UploadSSHPublicKey", on=USER.named),))
def upload_ssh_public_key(
    db: Transaction, call: Call, request: "UploadSSHPublicKeyRequest"
) -> "UploadSSHPublicKeyResponse":
    """Raises NoSuchEntity, LimitExceeded, InvalidPublicKey, UnrecognizedPublicKeyEncoding, and
    DuplicateSSHPublicKey for one that the user has already.
    """
    user = USER.require(db, call, request["UserName"])
    mark = fingerprint(parsed(request["SSHPublicKeyBody"]))
    others = db.ssh_keys.find("owner", user.id)
    if any(other.fingerprint == mark for other in others):
        raise ApiError(
            "DuplicateSSHPublicKey", f"The SSH public key is already associated with the user {user.name}."
        )
    limit = limits(db, call).ssh_keys_per_user
    if len(others) >= limit:
        raise errors.over_quota("SSHPublicKeysPerUser", limit)
    key = SshPublicKey(
        id=ids.unique_id(PREFIX, call.account),
        account=call.account,
        owner=user.id,
        body=request["SSHPublicKeyBody"].strip(),
        fingerprint=mark,
        uploaded=call.time,
    )
    db.ssh_keys.put(key)
    return {"SSHPublicKey": full(key, user.name, key.body)}


@iam.query("GetSSHPublicKey", access=(Needs("iam:GetSSHPublicKey", on=USER.named),))
def get_ssh_public_key(
    db: Snapshot, call: Call, request: "GetSSHPublicKeyRequest"
) -> "GetSSHPublicKeyResponse":
    """In the encoding that is asked for, whichever it was uploaded in. Raises NoSuchEntity."""
    key = require(db, call, request)
    public, form = parsed(key.body), (Encoding.OpenSSH, PublicFormat.OpenSSH)
    if request["Encoding"] == "PEM":
        form = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {"SSHPublicKey": full(key, request["UserName"], public.public_bytes(*form).decode())}


@iam.query("ListSSHPublicKeys", access=(Needs("iam:ListSSHPublicKeys", on=caller_or_user),))
def list_ssh_public_keys(
    db: Snapshot, call: Call, request: "ListSSHPublicKeysRequest"
) -> "ListSSHPublicKeysResponse":
    """Without a name, the caller's; the root user has none."""
    name = request.get("UserName", call.caller.name)
    keys = [] if name is None else db.ssh_keys.find("owner", USER.require(db, call, name).id)
    found, end = page(call, request, keys, lambda key: f"{key.uploaded:012d}{key.id}")
    return {"SSHPublicKeys": [described(key, str(name)) for key in found], **end}


@iam.command("UpdateSSHPublicKey", access=(Needs("iam:UpdateSSHPublicKey", on=USER.named),))
def update_ssh_public_key(
    db: Transaction, call: Call, request: "UpdateSSHPublicKeyRequest"
) -> Mapping[str, Any]:
    key = require(db, call, request)
    db.ssh_keys.put(dataclasses.replace(key, status=wanted_status(request)))
    return DONE


@iam.command("DeleteSSHPublicKey", access=(Needs("iam:DeleteSSHPublicKey", on=USER.named),))
def delete_ssh_public_key(
    db: Transaction, call: Call, request: "DeleteSSHPublicKeyRequest"
) -> Mapping[str, Any]:
    db.ssh_keys.delete(require(db, call, request).id)
    return DONE
