"""Signing certificates: UploadSigningCertificate, ListSigningCertificates, UpdateSigningCertificate,
DeleteSigningCertificate. Without a user name they are about the caller's own, the root user's too.
"""

import dataclasses
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.hashes import SHA256

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam import errors, x509
from deputize.iam.access_keys import owner, wanted_status
from deputize.iam.paging import page
from deputize.iam.quotas import limits
from deputize.iam.resources import caller_or_user
from deputize.iam.service import DONE, iam
from deputize.model import ids
from deputize.model.user_credentials import SigningCertificate
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        DeleteSigningCertificateRequest,
        ListSigningCertificatesRequest,
        ListSigningCertificatesResponse,
        UpdateSigningCertificateRequest,
        UploadSigningCertificateRequest,
        UploadSigningCertificateResponse,
    )

# How long the id of a certificate is (the model asks for 24 at least).
ID_LENGTH = 32


def require(db: Snapshot, call: Call, request: Mapping[str, Any]) -> SigningCertificate:
    """Raises NoSuchEntity."""
    owner_id, _ = owner(db, call, request)
    found = db.signing_certificates.get(request["CertificateId"])
    if found is None or found.account != call.account or found.owner != owner_id:
        raise ApiError("NoSuchEntity", f"The Certificate with id {request['CertificateId']} cannot be found.")
    return found


def described(record: SigningCertificate, name: str) -> Any:
    return {
        "UserName": name,
        "CertificateId": record.id,
        "CertificateBody": record.body,
        "Status": record.status,
        "UploadDate": record.uploaded,
    }


@iam.command("UploadSigningCertificate", access=(Needs("iam:UploadSigningCertificate", on=caller_or_user),))
def upload_signing_certificate(
    db: Transaction, call: Call, request: "UploadSigningCertificateRequest"
) -> "UploadSigningCertificateResponse":
    """Raises NoSuchEntity, LimitExceeded, MalformedCertificate, DuplicateCertificate for one that somebody in
    the account has already.
    """
    owner_id, name = owner(db, call, request)
    found = x509.certificate(request["CertificateBody"])
    x509.expiry(found, call.now)
    digest = found.fingerprint(SHA256()).hex()
    if db.signing_certificates.find("digest", call.account, digest):
        raise ApiError("DuplicateCertificate", "The certificate is already associated with an IAM user.")
    limit = limits(db, call).signing_certificates_per_user
    if len(db.signing_certificates.find("owner", call.account, owner_id)) >= limit:
        raise errors.over_quota("CertificatesPerUser", limit)
    record = SigningCertificate(
        id="".join(secrets.choice(ids.ALPHABET) for _ in range(ID_LENGTH)),
        account=call.account,
        owner=owner_id,
        body=request["CertificateBody"],
        digest=digest,
        uploaded=call.time,
    )
    db.signing_certificates.put(record)
    return {"Certificate": described(record, name)}


@iam.query("ListSigningCertificates", access=(Needs("iam:ListSigningCertificates", on=caller_or_user),))
def list_signing_certificates(
    db: Snapshot, call: Call, request: "ListSigningCertificatesRequest"
) -> "ListSigningCertificatesResponse":
    owner_id, name = owner(db, call, request)
    records = db.signing_certificates.find("owner", call.account, owner_id)
    found, end = page(call, request, records, lambda record: f"{record.uploaded:012d}{record.id}")
    return {"Certificates": [described(record, name) for record in found], **end}


@iam.command("UpdateSigningCertificate", access=(Needs("iam:UpdateSigningCertificate", on=caller_or_user),))
def update_signing_certificate(
    db: Transaction, call: Call, request: "UpdateSigningCertificateRequest"
) -> Mapping[str, Any]:
    record = require(db, call, request)
    db.signing_certificates.put(dataclasses.replace(record, status=wanted_status(request)))
    return DONE


@iam.command("DeleteSigningCertificate", access=(Needs("iam:DeleteSigningCertificate", on=caller_or_user),))
def delete_signing_certificate(
    db: Transaction, call: Call, request: "DeleteSigningCertificateRequest"
) -> Mapping[str, Any]:
    db.signing_certificates.delete(require(db, call, request).id)
    return DONE
