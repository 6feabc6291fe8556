"""People with the AWS CLI: passwords, devices, codes typed at its prompt."""

import base64
import json
import os
import pty
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.access.harness import policy, statement, trust
from tests.conformance.fix_iam import Home
from tests.fix_world import Keys
from tests.programs import PATH, need
from tests.totp import App, enabled

TRUST_WITH_MFA = {
    "Effect": "Allow",
    "Action": "sts:AssumeRole",
    "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
}


@dataclass(frozen=True)
class Cli:
    """The CLI in a home of its own."""

    folder: Path
    url: str
    keys: Keys

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": PATH,
            "HOME": str(self.folder),
            "AWS_ENDPOINT_URL": self.url,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_DEFAULT_OUTPUT": "json",
        }

    def __post_init__(self) -> None:
        need("aws")
        (self.folder / ".aws").mkdir(parents=True)
        self.credentials(self.keys)

    def credentials(self, keys: Keys) -> None:
        lines = ["[default]", f"aws_access_key_id={keys.id}", f"aws_secret_access_key={keys.secret}"]
        lines += [f"aws_session_token={keys.token}"] if keys.token is not None else []
        (self.folder / ".aws" / "credentials").write_text("\n".join(lines))

    def run(self, *words: str) -> Any:
        """What the command prints, read as JSON."""
        done = subprocess.run(
            ["aws", *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    def typed(self, answer: str, *words: str) -> tuple[Any, str]:
        """The same at a terminal, on which `answer` is typed when it is asked for; and what was written
        there.
        """
        ours, theirs = pty.openpty()
        with subprocess.Popen(
            ["aws", *words],
            cwd=self.folder,
            env=self.environment,
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=theirs,
            start_new_session=True,
        ) as process:
            os.close(theirs)
            try:
                shown = os.read(ours, 65536)  # the prompt; what was typed before it would be thrown away
                os.write(ours, answer.encode() + b"\n")
                printed, _ = process.communicate(timeout=60)
            finally:
                process.kill()
                os.close(ours)
        assert process.returncode == 0
        return json.loads(printed), shown.decode()


@pytest.fixture
def cli(home: Home, tmp_path: Path) -> Cli:
    return Cli(tmp_path / "home", home.world.url, home.account.admin)


def test_a_user_becomes_a_person(cli: Cli, home: Home) -> None:
    cli.run("iam", "create-user", "--user-name", "ann")
    made = cli.run("iam", "create-login-profile", "--user-name", "ann", "--password", "Correct-Horse-7")
    assert made["LoginProfile"]["UserName"] == "ann"
    for method in ("Base32StringSeed", "QRCodePNG"):
        device = cli.run(
            *("iam", "create-virtual-mfa-device", "--virtual-mfa-device-name", method),
            *("--bootstrap-method", method, "--outfile", method),
        )
    assert (cli.folder / "QRCodePNG").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    serial = home.arn("mfa/Base32StringSeed")
    assert device["VirtualMFADevice"]["SerialNumber"] == home.arn("mfa/QRCodePNG")
    codes = App((cli.folder / "Base32StringSeed").read_text(), home.world.clock).pair()
    cli.run(
        *("iam", "enable-mfa-device", "--user-name", "ann", "--serial-number", serial),
        *("--authentication-code1", codes["AuthenticationCode1"]),
        *("--authentication-code2", codes["AuthenticationCode2"]),
    )
    (listed,) = cli.run("iam", "list-mfa-devices", "--user-name", "ann")["MFADevices"]
    assert listed["SerialNumber"] == serial


def test_a_profile_with_mfa_serial(cli: Cli, home: Home) -> None:
    key = home.world.user(home.account, "ann", policy(statement("Allow", ["sts:AssumeRole"])))
    serial, app = enabled(home.iam, "ann", home.world.clock)
    trust = {
        "Version": "2012-10-17",
        "Statement": [{**TRUST_WITH_MFA, "Principal": {"AWS": home.arn("user/ann")}}],
    }
    role = home.iam.create_role(RoleName="R", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    cli.credentials(key)
    (cli.folder / ".aws" / "config").write_text(
        f"[profile r]\nrole_arn={role}\nsource_profile=default\nmfa_serial={serial}\nrole_session_name=ann\n"
    )
    told, shown = cli.typed(app.code(1), "sts", "get-caller-identity", "--profile", "r")
    assert told["Arn"].endswith(":assumed-role/R/ann")
    assert serial in shown
    # The session is kept: no code is asked again.
    assert cli.run("sts", "get-caller-identity", "--profile", "r") == told


def test_a_chain_of_sessions(cli: Cli, home: Home) -> None:
    """GetSessionToken with a code, with that session a role that asks for one, with the role another one."""
    key = home.world.user(home.account, "ann", policy(statement("Allow", ["sts:AssumeRole"])))
    serial, app = enabled(home.iam, "ann", home.world.clock)
    allow = {**TRUST_WITH_MFA, "Principal": {"AWS": home.account.id}}
    trusted = {"Version": "2012-10-17", "Statement": [allow]}
    first = home.iam.create_role(RoleName="First", AssumeRolePolicyDocument=json.dumps(trusted))["Role"]
    everything = json.dumps(policy(statement("Allow", ["sts:AssumeRole"])))
    home.iam.put_role_policy(RoleName="First", PolicyName="p", PolicyDocument=everything)
    second = home.iam.create_role(RoleName="Second", AssumeRolePolicyDocument=trust(first["Arn"]))["Role"]
    cli.credentials(key)
    code = ("--serial-number", serial, "--token-code", app.code(1))
    session = Keys.of(cli.run("sts", "get-session-token", *code)["Credentials"])
    cli.credentials(session)
    (cli.folder / ".aws" / "config").write_text(
        f"[profile first]\nrole_arn={first['Arn']}\nsource_profile=default\n"
        f"[profile second]\nrole_arn={second['Arn']}\nsource_profile=first\nrole_session_name=chained\n"
    )
    told = cli.run("sts", "get-caller-identity", "--profile", "second")
    assert told["Arn"].endswith(":assumed-role/Second/chained")


def test_the_credential_report(cli: Cli, home: Home) -> None:
    assert cli.run("iam", "generate-credential-report")["State"] == "STARTED"
    assert cli.run("iam", "generate-credential-report")["State"] == "COMPLETE"
    report = cli.run("iam", "get-credential-report")
    first, *rows = base64.b64decode(report["Content"]).decode().splitlines()
    assert first.startswith("user,arn,user_creation_time,password_enabled,")
    assert [row.partition(",")[0] for row in rows] == ["<root_account>", "admin"]
