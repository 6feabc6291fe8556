"""T45 for what IAM makes and takes beside access keys: passwords and keys for single services, private keys
of certificates, sent where they belong and where they do not, and the credentials that the agent hands out.
"""

import json
import logging

import pytest
from tests.access.harness import policy
from tests.conformance.fix_agent import Agents
from tests.conformance.fix_iam import Home
from tests.fix_world import World
from tests.fix_x509 import issued, some
from tests.refusals import refused


@pytest.fixture
def home(world: World) -> Home:
    return Home(world, world.account("Home"))


def lines(key: str) -> list[str]:
    """The lines of a private key's text that are secret."""
    return [line for line in key.splitlines() if "-----" not in line]


def private_keys(home: Home) -> list[str]:
    """Sent rightly, with another's certificate, and in the places of certificates and public keys."""
    own, other = some(), issued("other")
    upload = {"ServerCertificateName": "x", "CertificateBody": own.pem}
    home.iam.upload_server_certificate(**upload, PrivateKey=own.key_pem())
    upload["ServerCertificateName"] = "y"
    refused(home.iam.upload_server_certificate, **upload, PrivateKey=other.key_pem())
    refused(
        home.iam.upload_server_certificate, **{**upload, "CertificateBody": other.key_pem()}, PrivateKey="-"
    )
    refused(home.iam.upload_signing_certificate, CertificateBody=own.pem + own.key_pem())
    refused(home.iam.upload_ssh_public_key, UserName="admin", SSHPublicKeyBody=other.key_pem())
    return lines(own.key_pem()) + lines(other.key_pem())


def service_credentials(home: Home) -> list[str]:
    told = []
    for service in ("codecommit.amazonaws.com", "bedrock.amazonaws.com"):
        made = home.iam.create_service_specific_credential(UserName="admin", ServiceName=service)
        number = made["ServiceSpecificCredential"]["ServiceSpecificCredentialId"]
        again = home.iam.reset_service_specific_credential(ServiceSpecificCredentialId=number)
        told += [made["ServiceSpecificCredential"], again["ServiceSpecificCredential"]]
        home.iam.delete_service_specific_credential(ServiceSpecificCredentialId=number)
    return [one.get("ServicePassword") or one["ServiceCredentialSecret"] for one in told]


def agents_credentials(home: Home, agents: Agents) -> list[str]:
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]},
        "Action": "sts:AssumeRole",
    }
    home.iam.create_role(RoleName="R", AssumeRolePolicyDocument=json.dumps(policy(allow)))
    home.iam.create_instance_profile(InstanceProfileName="P")
    home.iam.add_role_to_instance_profile(InstanceProfileName="P", RoleName="R")
    agent = agents(home.arn("instance-profile/P"), home.arn("role/R"))
    token = agent.metadata_token()
    answers = [
        json.loads(agent.get("/latest/meta-data/iam/security-credentials/R", token)[1]),
        json.loads(agent.send("GET", "/credentials", Authorization=str(agent.token))[1]),
    ]
    agent.send("GET", "/credentials", Authorization=f"x{agent.token}")
    secret = [answer[name] for answer in answers for name in ("SecretAccessKey", "Token")]
    return [token, str(agent.token), *secret]


def test_t45_iams_secrets_reach_no_log_no_record_and_no_file(
    home: Home, agents: Agents, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hidden = [*private_keys(home), *service_credentials(home), *agents_credentials(home, agents)]
    home.world.opened.store.write(lambda db: None).result()
    ours = [record for record in caplog.records if record.name.startswith("deputize")]
    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in ours)
    assert not [one for one in hidden if one in logged]
    files = {path: path.read_bytes() for path in home.world.data.rglob("*") if path.is_file()}
    assert not [(path, one) for path, content in files.items() for one in hidden if one.encode() in content]
    names = ("UploadServerCertificate", "ResetServiceSpecificCredential", "ecs-tasks.amazonaws.com")
    assert all(any(name.encode() in content for content in files.values()) for name in names)
