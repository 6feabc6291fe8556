"""Server certificates: UploadServerCertificate, GetServerCertificate, ListServerCertificates,
UpdateServerCertificate, DeleteServerCertificate.
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from deputize.errors import ApiError
from deputize.gateway.call import Call
from deputize.gateway.operation import Needs
from deputize.iam import tagging, wire, x509
from deputize.iam.named import Named
from deputize.iam.service import DONE, iam
from deputize.model import ids
from deputize.model.server_certificate import ServerCertificate
from deputize.store.api import Snapshot, Transaction

if TYPE_CHECKING:
    from deputize.protocol.shapes.iam import (
        DeleteServerCertificateRequest,
        GetServerCertificateRequest,
        GetServerCertificateResponse,
        ListServerCertificatesRequest,
        ListServerCertificatesResponse,
        UpdateServerCertificateRequest,
        UploadServerCertificateRequest,
        UploadServerCertificateResponse,
    )

CERTIFICATE: Named[ServerCertificate] = Named(
    word="server-certificate",
    title="ServerCertificate",
    parameter="ServerCertificateName",
    prefix="ASCA",
    missing=lambda name: ApiError(
        "NoSuchEntity", f"The Server Certificate with name {name} cannot be found."
    ),
    taken=lambda name: ApiError(
        "EntityAlreadyExists", f"The Server Certificate with name {name} already exists."
    ),
    read=lambda db: db.server_certificates,
    write=lambda db: db.server_certificates,
    quota=lambda quotas: quotas.server_certificates,
)


def metadata(record: ServerCertificate) -> Any:
    return {
        "Path": record.path,
        "ServerCertificateName": record.name,
        "ServerCertificateId": record.id,
        "Arn": record.arn,
        "UploadDate": record.uploaded,
        "Expiration": record.expires,
    }


@iam.command(
    "UploadServerCertificate",
    access=(
        Needs("iam:UploadServerCertificate", on=CERTIFICATE.fresh, keys=tagging.REQUEST_KEYS),
        Needs(
            "iam:TagServerCertificate",
            on=CERTIFICATE.fresh,
            keys=tagging.REQUEST_KEYS,
            when=tagging.has_tags,
        ),
    ),
)
def upload_server_certificate(
    db: Transaction, call: Call, request: "UploadServerCertificateRequest"
) -> "UploadServerCertificateResponse":
    """Raises EntityAlreadyExists, LimitExceeded, MalformedCertificate, KeyPairMismatch, InvalidInput for the
    tags. The private key is compared and forgotten.
    """
    CERTIFICATE.check_free(db, call, request["ServerCertificateName"])
    CERTIFICATE.check_room(db, call)
    found = x509.certificate(request["CertificateBody"])
    x509.check_private_key(found, request["PrivateKey"])
    if "CertificateChain" in request:
        x509.check_chain(found, request["CertificateChain"])
    record = ServerCertificate(
        account=call.account,
        partition=call.partition,
        name=request["ServerCertificateName"],
        path=request.get("Path", "/"),
        id=ids.unique_id(CERTIFICATE.prefix, call.account),
        uploaded=call.time,
        expires=x509.expiry(found, call.now),
        body=request["CertificateBody"],
        chain=request.get("CertificateChain"),
        tags=tagging.read(request.get("Tags", [])),
    )
    db.server_certificates.put(record)
    return {"ServerCertificateMetadata": metadata(record), **wire.tags(record.tags)}  # type: ignore[typeddict-item]


@iam.query("GetServerCertificate", access=(Needs("iam:GetServerCertificate", on=CERTIFICATE.named),))
def get_server_certificate(
    db: Snapshot, call: Call, request: "GetServerCertificateRequest"
) -> "GetServerCertificateResponse":
    """With its chain, and never with its key."""
    record = CERTIFICATE.require(db, call, request["ServerCertificateName"])
    answer: Any = {
        "ServerCertificateMetadata": metadata(record),
        "CertificateBody": record.body,
        **wire.tags(record.tags),
    }
    if record.chain is not None:
        answer["CertificateChain"] = record.chain
    return {"ServerCertificate": answer}


@iam.query("ListServerCertificates", access=(Needs("iam:ListServerCertificates", on=CERTIFICATE.listed),))
def list_server_certificates(
    db: Snapshot, call: Call, request: "ListServerCertificatesRequest"
) -> "ListServerCertificatesResponse":
    found, end = CERTIFICATE.page(db, call, request)
    return {"ServerCertificateMetadataList": [metadata(record) for record in found], **end}


@iam.command(
    "UpdateServerCertificate", access=(Needs("iam:UpdateServerCertificate", on=CERTIFICATE.both_names),)
)
def update_server_certificate(
    db: Transaction, call: Call, request: "UpdateServerCertificateRequest"
) -> Mapping[str, Any]:
    """A new name or path. Raises NoSuchEntity, EntityAlreadyExists."""
    record = CERTIFICATE.require(db, call, request["ServerCertificateName"])
    renamed = dataclasses.replace(
        record,
        name=request.get("NewServerCertificateName", record.name),
        path=request.get("NewPath", record.path),
    )
    CERTIFICATE.rename(db, call, record, renamed)
    return DONE


@iam.command("DeleteServerCertificate", access=(Needs("iam:DeleteServerCertificate", on=CERTIFICATE.named),))
def delete_server_certificate(
    db: Transaction, call: Call, request: "DeleteServerCertificateRequest"
) -> Mapping[str, Any]:
    record = CERTIFICATE.require(db, call, request["ServerCertificateName"])
    db.server_certificates.delete(record.account, record.name)
    return DONE
