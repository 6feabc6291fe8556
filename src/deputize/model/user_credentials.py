"""What users have beside access keys and passwords: SSH public keys, signing certificates, and credentials
for a single service. `owner` is the user's unique id.
"""

from dataclasses import dataclass
from typing import Literal

Status = Literal["Active", "Inactive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SshPublicKey:
    """An SSH public key. `body` is the text as it was sent, `fingerprint` the MD5 of the key (RFC 4716)."""

    id: str
    account: str
    owner: str
    body: str
    fingerprint: str
    uploaded: int
    status: Status = "Active"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningCertificate:
    """A signing certificate; `owner` is the account's id for its root user. `body` is the text as it was
    sent, `digest` the SHA-256 of the certificate (hex).
    """

    id: str
    account: str
    owner: str
    body: str
    digest: str
    uploaded: int
    status: Status = "Active"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCredential:
    """A credential for `service` alone, known there as `name`. Its secret was told once and is not kept:
    nothing here would compare it. `expires` is in epoch seconds, None for never.
    """

    id: str
    account: str
    owner: str
    service: str
    name: str
    created: int
    expires: int | None = None
    status: Status = "Active"
