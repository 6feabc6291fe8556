"""What is measured against: the tutorial's bucket with a user and a role who may use it, and the same bucket
on moto and s3rver.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from benchmarks.signing import REGION, Keys

BUCKET = "productionapp"
SMALL, LARGE = 1024, 64 * 1024 * 1024
SMALL_KEYS = tuple(f"small/{number:03}" for number in range(64))
LARGE_KEY = "large/0"
LISTED = 1000
CONTENT = b"\x00\x5a\xa5\xff" * (SMALL // 4)
LARGE_CONTENT = CONTENT * (LARGE // SMALL)
MOTO_KEYS = Keys("AKIAMOTO000000000000", "moto")
# The only ones that s3rver knows.
S3RVER_KEYS = Keys("S3RVER", "S3RVER")

READ_WRITE = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": ["s3:ListBucket", "s3:GetBucketLocation"],
            "Resource": f"arn:aws:s3:::{BUCKET}",
        },
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            "Resource": f"arn:aws:s3:::{BUCKET}/*",
        },
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/UpdateApp"},
    ],
}


@dataclass(frozen=True, slots=True)
class Scene:
    """Who asks: an IAM user with a customer managed policy, and a session of a role with the same policy."""

    user: Keys
    session: Keys
    role: str


def administrator(data: Path) -> Keys:
    """A new account's administrator in a new installation at `data`."""
    program = Path(sys.executable).with_name("deputize")
    command = [str(program), "account", "create", "Production", "--admin", "admin", "--data", str(data)]
    made = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return Keys(made["Admin"]["AccessKeyId"], made["Admin"]["SecretAccessKey"])


def build(port: int, admin: Keys) -> Scene:
    """Make the scene through the API."""
    iam = client("iam", port, admin)
    policy = iam.create_policy(PolicyName="read-write-app-bucket", PolicyDocument=json.dumps(READ_WRITE))
    arn = policy["Policy"]["Arn"]
    account = arn.split(":")[4]
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}],
    }
    role = iam.create_role(RoleName="UpdateApp", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.attach_role_policy(RoleName="UpdateApp", PolicyArn=arn)
    iam.create_user(UserName="David")
    iam.attach_user_policy(UserName="David", PolicyArn=arn)
    made = iam.create_access_key(UserName="David")["AccessKey"]
    user = Keys(made["AccessKeyId"], made["SecretAccessKey"])
    assumed = client("sts", port, user).assume_role(RoleArn=role, RoleSessionName="David-ProdUpdate")
    issued = assumed["Credentials"]
    session = Keys(issued["AccessKeyId"], issued["SecretAccessKey"], issued["SessionToken"])
    fill(port, admin)
    return Scene(user, session, role)


def fill(port: int, keys: Keys) -> None:
    """The bucket and its objects."""
    s3 = client("s3", port, keys)
    s3.create_bucket(Bucket=BUCKET)
    for key in SMALL_KEYS:
        s3.put_object(Bucket=BUCKET, Key=key, Body=CONTENT)
    for number in range(LISTED):
        s3.put_object(Bucket=BUCKET, Key=f"listed/{number:06}", Body=b"")
    s3.put_object(Bucket=BUCKET, Key=LARGE_KEY, Body=LARGE_CONTENT)


def files() -> dict[str, bytes]:
    """The same bytes for a server of files."""
    small = {f"{BUCKET}/{key}": CONTENT for key in SMALL_KEYS}
    return {**small, f"{BUCKET}/{LARGE_KEY}": LARGE_CONTENT}


def client(service: str, port: int, keys: Keys) -> Any:
    """A boto3 client of the server on `port`."""
    return boto3.client(
        service,
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name=REGION,
        aws_access_key_id=keys.id,
        aws_secret_access_key=keys.secret,
        aws_session_token=keys.token,
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
    )
