"""The AWS CLI and boto3 as pods and workflows run them: with a token in a file and nothing else."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.fix_idp import Federation
from tests.programs import PATH, need

BOTO3 = """
import boto3
print(boto3.client("sts").get_caller_identity()["Arn"])
print(len(boto3.client("s3").list_buckets()["Buckets"]))
"""


@pytest.fixture
def environment(federation: Federation, tmp_path: Path) -> dict[str, str]:
    """What is set in a pod with a service account (EKS), or by GitHub's action."""
    file = tmp_path / "token"
    file.write_text(federation.token())
    return {
        "PATH": PATH,
        "HOME": str(tmp_path),
        "AWS_ENDPOINT_URL": federation.world.url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ROLE_ARN": federation.role(),
        "AWS_ROLE_SESSION_NAME": "pod",
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(file),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def run(environment: dict[str, str], *line: str) -> Any:
    done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout.strip(), done.stderr.strip()


def test_the_aws_cli(federation: Federation, environment: dict[str, str]) -> None:
    need("aws")
    line = ("aws", "sts", "get-caller-identity", "--query", "Arn", "--output", "text")
    code, said, complaint = run(environment, *line)
    arn = f"arn:aws:sts::{federation.account.id}:assumed-role/Federated1/pod"
    assert (code, said) == (0, arn), complaint
    Path(environment["AWS_WEB_IDENTITY_TOKEN_FILE"]).write_text(federation.token(sub="x", aud="other"))
    code, _, complaint = run(environment, *line)
    assert code != 0
    assert "(InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation" in complaint
    assert "Incorrect token audience" in complaint


def test_a_profile_of_the_aws_cli(
    federation: Federation, environment: dict[str, str], tmp_path: Path
) -> None:
    need("aws")
    config = tmp_path / ".aws" / "config"
    config.parent.mkdir()
    config.write_text(
        f"[profile ci]\nrole_arn = {environment.pop('AWS_ROLE_ARN')}\n"
        f"web_identity_token_file = {environment.pop('AWS_WEB_IDENTITY_TOKEN_FILE')}\n"
        f"role_session_name = {environment.pop('AWS_ROLE_SESSION_NAME')}\n"
    )
    code, said, complaint = run(
        environment, "aws", "s3api", "list-buckets", "--profile", "ci", "--query", "Buckets"
    )
    assert (code, said) == (0, "[]"), complaint


def test_boto3(federation: Federation, environment: dict[str, str]) -> None:
    code, said, complaint = run(environment, sys.executable, "-c", BOTO3)
    arn = f"arn:aws:sts::{federation.account.id}:assumed-role/Federated1/pod"
    assert (code, said.split()) == (0, [arn, "0"]), complaint


def test_the_token_is_read_anew(federation: Federation, environment: dict[str, str]) -> None:
    """As the kubelet replaces it before it expires: what has expired is refused in AWS's words."""
    federation.world.clock.advance(300)
    code, _, complaint = run(environment, sys.executable, "-c", BOTO3)
    assert code != 0
    assert "ExpiredTokenException" in complaint
    assert os.fspath(federation.world.data) not in complaint
