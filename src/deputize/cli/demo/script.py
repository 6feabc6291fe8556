"""The tutorial as data: who types which command, and what must come of it.

AWS's tutorial "Delegate access across AWS accounts using IAM roles", its commands and everybody who must
be refused.
"""

import json
from dataclasses import dataclass, field
from typing import Any

DEVELOPMENT, PRODUCTION, VENDOR = "111111111111", "999999999999", "333333333333"
ROLE = f"arn:aws:iam::{PRODUCTION}:role/UpdateApp"
POLICY = f"arn:aws:iam::{PRODUCTION}:policy/read-write-app-bucket"
POWER_USER = "arn:aws:iam::aws:policy/PowerUserAccess"
LONG = 3600


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(account: str, **condition: Any) -> str:
    """A trust policy for an account."""
    allow = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}
    return document({**allow, **({"Condition": condition} if condition else {})})


# Files that commands refer to as file://NAME.
FILES = {
    "policy.json": document(
        {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": ["s3:ListBucket", "s3:GetBucketLocation"],
            "Resource": "arn:aws:s3:::productionapp",
        },
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            "Resource": "arn:aws:s3:::productionapp/*",
        },
    ),
    "trust.json": trust(DEVELOPMENT),
    "trust-unknown.json": trust("222222222222"),
    "trust-vendor.json": trust(VENDOR),
    "trust-external-id.json": trust(DEVELOPMENT, StringEquals={"sts:ExternalId": "12345"}),
    "trust-china.json": trust("arn:aws-cn:iam::444444444444:root"),
    "trust-itself.json": trust(PRODUCTION),
    "allow.json": json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE},
        }
    ),
    "deny.json": json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": ROLE},
        }
    ),
    "chain.json": document({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}),
    "app.txt": "version 1\n",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One command of `who`: a profile, or a session that an earlier step kept.

    `refusal` is the text that a refusal must contain; empty: the command must succeed. `shows` must stand
    in its answer. `keep` names the session that the answer's credentials become, `cut` how many characters
    its token loses.
    """

    who: str
    command: str
    refusal: str = ""
    shows: str = ""
    keep: str = ""
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the tutorial."""

    title: str
    steps: tuple[Step, ...] = field(default_factory=tuple)


def assume(
    role: str = "UpdateApp", account: str = PRODUCTION, name: str = "David-ProdUpdate", more: str = ""
) -> str:
    return f"sts assume-role --role-arn arn:aws:iam::{account}:role/{role} --role-session-name {name}{more}"


BARE = "not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::999999999999:role/"

CHAPTERS = (
    Chapter(
        "Before: each account has its own people and its own bucket",
        (
            Step("production", "s3 mb s3://productionapp", shows="make_bucket: productionapp"),
            Step("development", "s3 mb s3://devapp", shows="make_bucket: devapp"),
            Step("development", "s3 mb s3://productionapp", refusal="BucketAlreadyExists"),
            Step("development", "iam create-group --group-name Developers"),
            Step("development", "iam create-group --group-name Testers"),
            Step("development", f"iam attach-group-policy --group-name Developers --policy-arn {POWER_USER}"),
            Step("development", f"iam attach-group-policy --group-name Testers --policy-arn {POWER_USER}"),
            Step("development", "iam add-user-to-group --group-name Developers --user-name David"),
            Step("development", "iam add-user-to-group --group-name Testers --user-name Jane"),
        ),
    ),
    Chapter(
        "Step 1: a role in Production",
        (
            Step("david", "sts get-caller-identity", shows=DEVELOPMENT),
            Step(
                "production",
                "iam create-policy --policy-name read-write-app-bucket --policy-document file://policy.json",
                shows=POLICY,
            ),
            Step(
                "production",
                "iam create-role --role-name Nobody --assume-role-policy-document file://trust-unknown.json",
                refusal='Invalid principal in policy: "AWS":"222222222222"',
            ),
            Step(
                "production",
                "iam create-role --role-name China --assume-role-policy-document file://trust-china.json",
                refusal="Invalid principal in policy",
            ),
            Step(
                "production",
                "iam create-role --role-name UpdateApp --assume-role-policy-document file://trust.json",
                shows=ROLE,
            ),
            Step("production", f"iam attach-role-policy --role-name UpdateApp --policy-arn {POLICY}"),
        ),
    ),
    Chapter(
        "Step 2: who may use the role",
        (
            Step(
                "development",
                "iam put-group-policy --group-name Developers "
                "--policy-name allow-assume-S3-role-in-production --policy-document file://allow.json",
            ),
            Step(
                "development",
                "iam put-group-policy --group-name Testers --policy-name deny-assume-S3-role-in-production "
                "--policy-document file://deny.json",
            ),
        ),
    ),
    Chapter(
        "Step 3: David switches",
        (
            Step("david", "s3 ls s3://productionapp", refusal="AccessDenied"),
            Step("david", assume(), shows="David-ProdUpdate", keep="role"),
            Step("role", "sts get-caller-identity", shows="assumed-role/UpdateApp/David-ProdUpdate"),
            Step("role", "s3 ls s3://productionapp"),
            Step("role", "s3 cp app.txt s3://productionapp/app.txt", shows="upload: ./app.txt"),
            Step("role", "s3 ls s3://productionapp", shows="app.txt"),
            Step("role", "s3 cp s3://productionapp/app.txt -", shows="version 1"),
            Step("switched", "s3 ls s3://productionapp", shows="app.txt"),
            Step("role", "s3 rm s3://productionapp/app.txt", shows="delete: s3://productionapp/app.txt"),
        ),
    ),
    Chapter(
        "The role is no more than its policy",
        (
            Step("role", "s3 ls s3://devapp", refusal="AccessDenied"),
            Step(
                "role",
                "iam list-users",
                refusal="assumed-role/UpdateApp/David-ProdUpdate is not authorized to perform: iam:ListUsers "
                f"on resource: arn:aws:iam::{PRODUCTION}:user/ because no identity-based policy allows the "
                "iam:ListUsers action",
            ),
            Step(
                "role",
                "s3api get-bucket-policy --bucket productionapp",
                refusal="because no identity-based policy allows the s3:GetBucketPolicy action",
            ),
        ),
    ),
    Chapter(
        "Step 4: who must not",
        (
            Step("jane", assume(name="Jane"), refusal="with an explicit deny in an identity-based policy"),
            Step(
                "nobody",
                assume(name="Nobody"),
                refusal="because no identity-based policy allows the sts:AssumeRole action",
            ),
            Step("root", assume(name="Root"), refusal="Roles may not be assumed by root accounts."),
            Step("david", assume("Missing"), refusal=BARE + "Missing"),
            Step(
                "production",
                "iam create-role --role-name VendorOnly --assume-role-policy-document file://trust-vendor.json",
                shows="VendorOnly",
            ),
            Step("david", assume("VendorOnly"), refusal=BARE + "VendorOnly"),
            Step(
                "production",
                "iam create-role --role-name WithExternalId --assume-role-policy-document file://trust-external-id.json",
                shows="WithExternalId",
            ),
            Step("david", assume("WithExternalId"), refusal=BARE + "WithExternalId"),
            Step(
                "david",
                assume("WithExternalId", more=" --external-id 54321"),
                refusal=BARE + "WithExternalId",
            ),
            Step("david", assume("WithExternalId", more=" --external-id 12345"), shows="WithExternalId"),
            Step(
                "david",
                assume(more=" --duration-seconds 7200"),
                refusal="The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
            ),
            Step(
                "production",
                "iam create-role --role-name Chained --max-session-duration 43200 "
                "--assume-role-policy-document file://trust-itself.json",
                shows="Chained",
            ),
            Step(
                "production",
                "iam put-role-policy --role-name UpdateApp --policy-name chain --policy-document file://chain.json",
            ),
            Step(
                "role",
                assume("Chained", more=" --duration-seconds 7200"),
                refusal="exceeds the 1 hour session limit for roles assumed by role chaining.",
            ),
            Step("role", assume("Chained"), shows="assumed-role/Chained"),
            Step("david", assume(), shows="David-ProdUpdate", keep="cut", cut=1),
            Step("cut", "sts get-caller-identity", refusal="InvalidClientTokenId"),
            Step("cut", "s3 ls s3://productionapp", refusal="InvalidToken"),
            Step("anonymous", "s3 ls s3://productionapp --no-sign-request", refusal="AccessDenied"),
            Step("david", "s3 ls s3://productionapp", refusal="AccessDenied"),
        ),
    ),
)
