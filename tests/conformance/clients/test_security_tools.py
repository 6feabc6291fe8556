"""Security scanners, unmodified, and the AWS CLI's simulator, against an account with things to find."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.access.harness import policy, statement, trust
from tests.conformance.clients.clients import Client, Done, said
from tests.conformance.clients.fix_clients import Site, client, running
from tests.programs import need

# A way from these rights to all rights, and bytes of every bucket.
RISKY = policy(statement("Allow", ["iam:CreatePolicyVersion", "s3:GetObject"]))
EC2 = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}


@pytest.fixture(scope="module")
def risky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site whose account has risks: in an inline policy, in a group's managed one, in a role of EC2."""
    with running(tmp_path_factory.mktemp("risky")) as made:
        iam = client("iam", made.url, made.admin)
        document = json.dumps(RISKY)
        iam.create_user(UserName="ann")
        iam.put_user_policy(UserName="ann", PolicyName="inline", PolicyDocument=document)
        arn = iam.create_policy(PolicyName="managed", PolicyDocument=document)["Policy"]["Arn"]
        iam.create_group(GroupName="staff")
        iam.attach_group_policy(GroupName="staff", PolicyArn=arn)
        iam.add_user_to_group(GroupName="staff", UserName="ann")
        iam.create_role(RoleName="server", AssumeRolePolicyDocument=json.dumps(policy(EC2)))
        iam.attach_role_policy(RoleName="server", PolicyArn="arn:aws:iam::aws:policy/PowerUserAccess")
        account = arn.split(":")[4]
        iam.create_role(RoleName="nobodys", AssumeRolePolicyDocument=trust(account))
        iam.close()
        yield made


@pytest.fixture
def cli(risky: Site, tmp_path: Path) -> Client:
    return Client("AWS CLI", tmp_path / "home", risky.url, risky.admin)


def fine(done: Done) -> str:
    assert done.returncode == 0, said(done)
    return done.stdout


@pytest.fixture
def details(cli: Client) -> Path:
    """What `cloudsplaining download` gets: GetAccountAuthorizationDetails, all pages."""
    need("cloudsplaining")
    out = cli.home / "out"
    out.mkdir()
    fine(cli.run("cloudsplaining download --include-non-default-policy-versions --output {out}", out=out))
    return out / "default.json"


def test_cloudsplaining_finds_what_there_is_to_find(cli: Client, details: Path) -> None:
    held = json.loads(details.read_text())
    assert [one["UserName"] for one in held["UserDetailList"]] == ["admin", "ann", "reader"]
    assert [one["GroupName"] for one in held["GroupDetailList"]] == ["staff"]
    assert [one["RoleName"] for one in held["RoleDetailList"]] == ["nobodys", "server"]
    scan = "cloudsplaining scan --input-file {file} --output {out} --skip-open-report"
    fine(cli.run(scan, file=details, out=details.parent))
    results = json.loads((details.parent / "iam-results-default.json").read_text())
    (managed,) = results["customer_managed_policies"].values()
    (inline,) = (one for one in results["inline_policies"].values() if one["PolicyName"] == "inline")
    for found in (managed, inline):
        ways: list[dict[str, Any]] = found["PrivilegeEscalation"]["findings"]
        assert [way["type"] for way in ways] == ["CreateNewPolicyVersion"]
        assert found["DataExfiltration"]["findings"] == ["s3:GetObject"]
    (server,) = (one for one in results["roles"].values() if one["name"] == "server")
    assert server["assume_role_policy"]["PolicyDocument"]["Statement"][0]["Principal"] == EC2["Principal"]
    assert list(server["aws_managed_policies"].values()) == ["PowerUserAccess"]


def test_parliament_reads_every_policy(cli: Client, details: Path) -> None:
    need("parliament")
    told = cli.run("parliament --auth-details-file {file} --json", file=details).stdout
    findings = [json.loads(line) for line in told.splitlines()]
    starred = [one for one in findings if one["issue"] == "RESOURCE_STAR"]
    assert {one["location"]["filepath"].rpartition("/")[2] for one in starred} == {"managed", "ann", "reader"}
    assert not [one for one in findings if one["issue"] in {"MALFORMED_JSON", "INVALID_VERSION", "EXCEPTION"}]


def test_the_aws_cli_simulates_page_by_page(cli: Client, risky: Site) -> None:
    iam = client("iam", risky.url, risky.admin)
    ann = iam.get_user(UserName="ann")["User"]["Arn"]
    iam.close()
    simulate = (
        "aws iam simulate-principal-policy --policy-source-arn {ann} --page-size 1 --output text "
        "--action-names iam:CreatePolicyVersion s3:GetObject s3:PutObject "
        "--query EvaluationResults[].[EvalActionName,EvalDecision]"
    )
    assert fine(cli.run(simulate, ann=ann)).splitlines() == [
        "iam:CreatePolicyVersion\tallowed",
        "s3:GetObject\tallowed",
        "s3:PutObject\timplicitDeny",
    ]
    document = json.dumps(
        policy({**statement("Allow", ["s3:*"]), "Condition": {"Bool": {"aws:SecureTransport": "true"}}})
    )
    keys = cli.run("aws iam get-context-keys-for-custom-policy --policy-input-list {it}", it=document)
    assert json.loads(fine(keys))["ContextKeyNames"] == ["aws:SecureTransport"]
