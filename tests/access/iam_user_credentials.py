"""Examples of IAM's operations on SSH keys, certificates and credentials for single services."""

from functools import partial

from tests.access.harness import Request, Stage, example
from tests.access.iam import TAGS, declare, user
from tests.fix_x509 import issued, rsa_key, some, ssh

from deputize.domain.accounts import set_quota

CODE_COMMIT = "codecommit.amazonaws.com"


def ssh_key(stage: Stage) -> Request:
    request = user(stage)
    made = stage.iam.upload_ssh_public_key(**request, SSHPublicKeyBody=ssh(rsa_key()))
    return {**request, "SSHPublicKeyId": made["SSHPublicKey"]["SSHPublicKeyId"]}


def signing_certificate(stage: Stage) -> Request:
    request = user(stage)
    made = stage.iam.upload_signing_certificate(**request, CertificateBody=issued(stage.name).pem)
    return {**request, "CertificateId": made["Certificate"]["CertificateId"]}


def server_certificate(stage: Stage) -> Request:
    stage.iam.upload_server_certificate(**upload_server_certificate(stage))
    return {"ServerCertificateName": stage.name}


def service_credential(stage: Stage) -> Request:
    request = user(stage)
    made = stage.iam.create_service_specific_credential(**request, ServiceName=CODE_COMMIT)
    credential = made["ServiceSpecificCredential"]["ServiceSpecificCredentialId"]
    return {**request, "ServiceSpecificCredentialId": credential}


@example("iam", "UploadSigningCertificate")
def upload_signing_certificate(stage: Stage) -> Request:
    return {**user(stage), "CertificateBody": issued(stage.name).pem}


@example("iam", "UploadServerCertificate", applies=("iam:TagServerCertificate",))
def upload_server_certificate(stage: Stage) -> Request:
    more_room = partial(
        set_quota, account_id=stage.account.id, quota="server_certificates", value=10_000, now=1
    )
    stage.world.opened.store.write(more_room).result()
    body = {"CertificateBody": some().pem, "PrivateKey": some().key_pem()}
    return {"ServerCertificateName": stage.name, **body, "Tags": TAGS}


declare("UploadSSHPublicKey", user, SSHPublicKeyBody=ssh(rsa_key()))
declare("GetSSHPublicKey", ssh_key, Encoding="PEM")
declare("ListSSHPublicKeys", user)
declare("UpdateSSHPublicKey", ssh_key, Status="Inactive")
declare("DeleteSSHPublicKey", ssh_key)
declare("ListSigningCertificates", user)
declare("UpdateSigningCertificate", signing_certificate, Status="Inactive")
declare("DeleteSigningCertificate", signing_certificate)
declare("GetServerCertificate", server_certificate)
declare("ListServerCertificates", lambda stage: {})
declare("UpdateServerCertificate", server_certificate, NewPath="/moved/")
declare("DeleteServerCertificate", server_certificate)
declare("TagServerCertificate", server_certificate, Tags=TAGS)
declare("UntagServerCertificate", server_certificate, TagKeys=["Team"])
declare("ListServerCertificateTags", server_certificate)
declare("CreateServiceSpecificCredential", user, ServiceName=CODE_COMMIT)
declare("ListServiceSpecificCredentials", user)
declare("UpdateServiceSpecificCredential", service_credential, Status="Inactive")
declare("ResetServiceSpecificCredential", service_credential)
declare("DeleteServiceSpecificCredential", service_credential)
