"""`deputize idp`: a test provider whose tokens and responses are taken or refused as real ones would be."""

import json
import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.fix_idp import trust
from tests.fix_world import Clock, TestAccount, World, running
from tests.programs import PATH, need
from tests.refusals import refused

from deputize.cli.idp import keys as idp_keys
from deputize.cli.idp.command import idp
from deputize.cli.main import main
from deputize.config import Settings

PROGRAM = str(Path(sys.executable).with_name("deputize"))
DAMAGED = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"


@dataclass(frozen=True)
class Provider:
    """A provider that serves: its folder, and its issuers' addresses by shape."""

    folder: Path
    issuers: dict[str, str]

    @property
    def port(self) -> str:
        return self.issuers["plain"].split(":")[2].split("/")[0]

    def token(self, shape: str, *options: str) -> str:
        return run("token", "--shape", shape, *options, "--folder", str(self.folder), "--port", self.port)

    def saml(self, *options: str) -> str:
        return run("saml", *options, "--folder", str(self.folder))


def run(*arguments: str, code: int = 0) -> str:
    """What the command prints, run in this process."""
    done = CliRunner().invoke(idp, arguments)
    assert done.exit_code == code, done.output
    return done.output.strip()


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """`deputize idp serve`, on a free port."""
    folder = tmp_path_factory.mktemp("idp") / "keys"
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    process = subprocess.Popen(
        [PROGRAM, "idp", "serve", "--folder", str(folder), "--port", str(port)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        issuers: dict[str, str] = {}
        for line in process.stdout:
            known = re.fullmatch(r"  (\w+) +(http://\S+)\n", line)
            if known is not None:
                issuers[known[1]] = known[2]
            if len(issuers) == 4:
                break
        yield Provider(folder, issuers)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
    assert process.returncode == 0


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with running(tmp_path / "data", Clock(), settings=Settings(insecure_oidc_loopback=True)) as made:
        yield made


@pytest.fixture
def account(world: World) -> TestAccount:
    return world.account("Trusting")


def role_for(world: World, account: TestAccount, url: str, client: str, **keys: str) -> str:
    """A role that trusts the issuer's tokens of these claims."""
    iam = world.client("iam", account.admin)
    arn = iam.create_open_id_connect_provider(Url=url, ClientIDList=[client])["OpenIDConnectProviderArn"]
    name = url.removeprefix("http://")
    condition = {"StringLike": {f"{name}:{key}": value for key, value in keys.items()}}
    document = trust(arn, condition=condition)
    role: str = iam.create_role(RoleName="Tried", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    return role


def assume(world: World, role: str, token: str) -> Any:
    sts = world.client("sts", None)
    return sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName="test", WebIdentityToken=token)


DENIED = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403)


class TestShapes:
    def test_github(self, provider: Provider, world: World, account: TestAccount) -> None:
        role = role_for(
            world,
            account,
            provider.issuers["github"],
            "sts.amazonaws.com",
            sub="repo:octo-org/octo-repo:environment:production",
            repository="octo-org/*",
            job_workflow_ref="octo-org/octo-repo/.github/workflows/deploy.yml@refs/heads/*",
        )
        good = ("--repo", "octo-org/octo-repo", "--environment", "production")
        made = assume(world, role, provider.token("github", *good))
        assert made["SubjectFromWebIdentityToken"] == "repo:octo-org/octo-repo:environment:production"
        for odd in (
            ("--repo", "octo-org/octo-repo"),
            ("--repo", "evil-org/octo-repo", "--environment", "production"),
            (*good, "--ref", "refs/tags/v1"),
            (*good, "--workflow", "other"),
        ):
            assert refused(assume, world=world, role=role, token=provider.token("github", *odd)) == DENIED, (
                odd
            )

    def test_eks(self, provider: Provider, world: World, account: TestAccount) -> None:
        role = role_for(
            world,
            account,
            provider.issuers["eks"],
            "sts.amazonaws.com",
            sub="system:serviceaccount:shop:cart",
            aud="sts.amazonaws.com",
        )
        good = ("--namespace", "shop", "--service-account", "cart")
        assert assume(world, role, provider.token("eks", *good))
        other = provider.token("eks", "--namespace", "shop", "--service-account", "payment")
        assert refused(assume, world=world, role=role, token=other) == DENIED

    def test_google(self, provider: Provider, world: World, account: TestAccount) -> None:
        role = role_for(world, account, provider.issuers["google"], "client", aud="client", oaud="client")
        assert assume(world, role, provider.token("google", "--audience", "client"))
        other = provider.token("google", "--audience", "another")
        assert refused(assume, world=world, role=role, token=other)[1] == "Incorrect token audience"

    def test_plain(self, provider: Provider, world: World, account: TestAccount) -> None:
        role = role_for(world, account, provider.issuers["plain"], "sts.amazonaws.com", sub="ann")
        told = provider.token(
            "plain", "--subject", "ann", "--claim", "https://aws.amazon.com/source_identity=ann"
        )
        assert assume(world, role, told)["SourceIdentity"] == "ann"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("expired", "ExpiredTokenException"),
        ("not-yet", "InvalidIdentityToken"),
        ("signature", "InvalidIdentityToken"),
        ("issuer", "InvalidIdentityToken"),
        ("audience", "InvalidIdentityToken"),
    ],
)
def test_wrong_tokens(provider: Provider, world: World, account: TestAccount, wrong: str, code: str) -> None:
    for shape in ("github", "google"):
        if shape == "github":
            role = role_for(world, account, provider.issuers[shape], "sts.amazonaws.com")
        else:
            world.client("iam", account.admin).create_open_id_connect_provider(
                Url=provider.issuers[shape], ClientIDList=["sts.amazonaws.com"]
            )
        token = provider.token(shape, "--wrong", wrong)
        assert refused(assume, world=world, role=role, token=token)[0] == code


def test_it_is_not_believed_where_the_switch_is_off(provider: Provider, tmp_path: Path) -> None:
    with running(tmp_path / "strict", Clock()) as strict:
        iam = strict.client("iam", strict.account("Strict").admin)
        code, _, _ = refused(iam.create_open_id_connect_provider, Url=provider.issuers["github"])
        assert code == "InvalidInput"


def test_policies_of_production(provider: Provider, tmp_path: Path) -> None:
    """A server that asks the test provider in the place of all others: real names, real policies."""
    there = Settings(oidc_test_provider=f"http://127.0.0.1:{provider.port}")
    with running(tmp_path / "data", Clock(), settings=there) as world:
        account = world.account("Production")
        url = "https://token.actions.githubusercontent.com"
        iam = world.client("iam", account.admin)
        arn = iam.create_open_id_connect_provider(Url=url, ClientIDList=["sts.amazonaws.com"])
        condition = {
            "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:repository": "octo-org/octo-repo",
            }
        }
        document = trust(arn["OpenIDConnectProviderArn"], condition=condition)
        role = iam.create_role(RoleName="Deploy", AssumeRolePolicyDocument=document)["Role"]["Arn"]
        assert assume(world, role, provider.token("github", "--issuer", url))
        other = provider.token("github", "--issuer", url, "--repo", "evil-org/octo-repo")
        assert refused(assume, world=world, role=role, token=other) == DENIED
        wrong = provider.token("github", "--issuer", url, "--wrong", "signature")
        assert refused(assume, world=world, role=role, token=wrong)[0] == "InvalidIdentityToken"
        assert refused(iam.create_open_id_connect_provider, Url="http://127.0.0.1:1")[0] == "InvalidInput"


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1:4590", "https://127.0.0.1:4590", "http://127.0.0.1", "http://127.0.0.1:1/x", "x"]
)
def test_a_test_provider_is_on_this_machine(url: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["serve", "--data", str(tmp_path / "d"), "--oidc-test-provider", url])
    assert done.exit_code == 2
    assert "is not on this machine" in done.output


class TestSaml:
    @pytest.fixture
    def arns(self, provider: Provider, world: World, account: TestAccount) -> tuple[str, str]:
        """A role, and the provider that it trusts."""
        iam = world.client("iam", account.admin)
        document = run("metadata", "--folder", str(provider.folder))
        arn = iam.create_saml_provider(Name="Test", SAMLMetadataDocument=document)["SAMLProviderArn"]
        role = iam.create_role(RoleName="Staff", AssumeRolePolicyDocument=trust(arn))["Role"]["Arn"]
        return role, arn

    def assume(self, world: World, arns: tuple[str, str], assertion: str) -> Any:
        sts = world.client("sts", None)
        return sts.assume_role_with_saml(RoleArn=arns[0], PrincipalArn=arns[1], SAMLAssertion=assertion)

    def options(self, arns: tuple[str, str], *more: str) -> tuple[str, ...]:
        return ("--role", arns[0], "--provider", arns[1], "--session-name", "ann", *more)

    def test_everything_that_it_can_say(
        self, provider: Provider, world: World, arns: tuple[str, str]
    ) -> None:
        more = (
            "--subject", "ann@example.com", "--tag", "Team=blue", "--transitive", "Team",
            "--source-identity", "ann", "--session-seconds", "7200", "--attribute", "urn:oid:2.5.4.3=Ann",
            "--recipient", "https://eu-west-1.signin.aws.amazon.com/saml",
        )  # fmt: skip
        made = self.assume(world, arns, provider.saml(*self.options(arns, *more)))
        assert (made["Subject"], made["SourceIdentity"]) == ("ann@example.com", "ann")
        assert made["AssumedRoleUser"]["Arn"].endswith("/Staff/ann")
        assert made["PackedPolicySize"] > 0

    @pytest.mark.parametrize(
        "wrong", ["expired", "not-yet", "signature", "audience", "recipient", "unsigned"]
    )
    def test_wrong_responses(
        self, provider: Provider, world: World, arns: tuple[str, str], wrong: str
    ) -> None:
        response = provider.saml(*self.options(arns, "--wrong", wrong))
        code, _, _ = refused(self.assume, world=world, arns=arns, assertion=response)
        assert code == ("ExpiredTokenException" if wrong == "expired" else "InvalidIdentityToken")


def test_the_aws_cli_with_a_token_in_a_file(
    provider: Provider, world: World, account: TestAccount, tmp_path: Path
) -> None:
    need("aws")
    role = role_for(world, account, provider.issuers["github"], "sts.amazonaws.com", sub="repo:octo-org/*")
    file = tmp_path / "token"
    file.write_text(provider.token("github"))
    environment = {
        "PATH": PATH,
        "HOME": str(tmp_path),
        "AWS_ENDPOINT_URL": world.url,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ROLE_ARN": role,
        "AWS_ROLE_SESSION_NAME": "ci",
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(file),
    }
    done = subprocess.run(
        ["aws", "sts", "get-caller-identity"], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["Arn"].endswith(":assumed-role/Tried/ci")


class TestServer:
    def ask(self, port: str, request: str) -> str:
        with socket.create_connection(("127.0.0.1", int(port)), timeout=10) as connection:
            connection.sendall(request.encode())
            connection.shutdown(socket.SHUT_WR)
            pieces = []
            while piece := connection.recv(65536):
                pieces.append(piece)
        return b"".join(pieces).decode()

    def test_by_its_own_address_alone(self, provider: Provider) -> None:
        path = "/plain/.well-known/openid-configuration"
        host = f"127.0.0.1:{provider.port}"
        assert " 200 " in self.ask(provider.port, f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n")
        assert " 403 " in self.ask(provider.port, f"GET {path} HTTP/1.1\r\nHost: evil.example.com\r\n\r\n")
        assert " 404 " in self.ask(provider.port, f"GET /keys HTTP/1.1\r\nHost: {host}\r\n\r\n")
        assert " 404 " in self.ask(
            provider.port, f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n"
        )

    def test_a_port_that_is_taken(self, provider: Provider) -> None:
        said = run("serve", "--folder", str(provider.folder), "--port", provider.port, code=1)
        assert "cannot listen on 127.0.0.1" in said


class TestKeys:
    def test_they_stay_and_are_their_owners_alone(self, tmp_path: Path) -> None:
        folder = tmp_path / "idp"
        first, second = idp_keys.opened(folder), idp_keys.opened(folder)
        assert first.certificate == second.certificate
        assert first.tokens.private_numbers() == second.tokens.private_numbers()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / idp_keys.TOKENS).stat().st_mode) == 0o600
        assert "private" not in repr(first)

    @pytest.mark.parametrize(
        "content", ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"]
    )
    def test_damaged(self, tmp_path: Path, content: str) -> None:
        (tmp_path / idp_keys.TOKENS).write_text(content)
        said = run("token", "--shape", "plain", "--folder", str(tmp_path), code=1)
        assert "cannot be used" in said

    def test_of_another_kind(self, tmp_path: Path) -> None:
        pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (tmp_path / idp_keys.TOKENS).write_bytes(pem)
        assert "no RSA key" in run("token", "--shape", "plain", "--folder", str(tmp_path), code=1)


def test_what_it_cannot_read(tmp_path: Path) -> None:
    folder = ("--folder", str(tmp_path))
    assert "no NAME=VALUE" in run("token", "--shape", "plain", "--claim", "x", *folder, code=2)
    assert "Invalid value for '--shape'" in run("token", "--shape", "odd", *folder, code=2)


def test_help_teaches() -> None:
    said = CliRunner().invoke(main, ["idp", "--help"]).output
    for word in ("--insecure-oidc-loopback", "idp token --shape github", "--wrong audience", ":sub"):
        assert word in said
    assert "idp" in CliRunner().invoke(main, ["--help"]).output
