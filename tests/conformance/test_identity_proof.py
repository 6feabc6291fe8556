"""GetCallerIdentity as a proof of identity that is sent to somebody else, who asks STS who has signed it: the
way of EKS (a presigned URL with the cluster's name in a signed header) and of Vault (a signed form with the
server's name in one).
"""

import http.client
import json
import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from tests.access.harness import policy, statement, trust
from tests.fix_world import Keys, TestAccount, World

FORM = "Action=GetCallerIdentity&Version=2011-06-15"


def ask(world: World, method: str, url: str, headers: Mapping[str, str], body: str = "") -> tuple[int, str]:
    """What the one to whom the proof was given gets from STS."""
    target = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=10)
    try:
        connection.request(method, f"{target.path or '/'}?{target.query}", body, dict(headers))
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def presigned(world: World, keys: Keys, cluster: str, expires: int = 60) -> str:
    request = AWSRequest("GET", f"{world.url}/?{FORM}", headers={"x-k8s-aws-id": cluster})
    credentials = Credentials(keys.id, keys.secret, keys.token)
    SigV4QueryAuth(credentials, "sts", "us-east-1", expires=expires).add_auth(request)
    return str(request.url)


def arn_in(text: str) -> str:
    found = re.search("<Arn>(.*)</Arn>", text)
    assert found is not None, text
    return found[1]


@pytest.fixture
def account(shared_world: World) -> TestAccount:
    return shared_world.account(f"Proof {secrets.token_hex(4)}")


class TestAsEksDoes:
    def test_it_says_who_signed(self, shared_world: World, account: TestAccount) -> None:
        deny = shared_world.user(account, "silenced", policy(statement("Deny", ["*"])))
        url = presigned(shared_world, deny, "cluster")
        assert "x-k8s-aws-id" in url
        status, text = ask(shared_world, "GET", url, {"x-k8s-aws-id": "cluster"})
        assert status == 200
        assert arn_in(text) == f"arn:aws:iam::{account.id}:user/silenced"

    def test_a_sessions_proof_names_the_session(self, shared_world: World, account: TestAccount) -> None:
        iam = shared_world.client("iam", account.admin)
        role = iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(account.id))["Role"]["Arn"]
        sts = shared_world.client("sts", account.admin)
        session = Keys.of(sts.assume_role(RoleArn=role, RoleSessionName="pod")["Credentials"])
        url = presigned(shared_world, session, "cluster")
        _, text = ask(shared_world, "GET", url, {"x-k8s-aws-id": "cluster"})
        assert arn_in(text) == f"arn:aws:sts::{account.id}:assumed-role/R/pod"

    def test_in_json_as_its_authenticator_reads_it(self, shared_world: World, account: TestAccount) -> None:
        url = presigned(shared_world, account.admin, "cluster")
        headers = {"x-k8s-aws-id": "cluster", "accept": "application/json"}
        _, text = ask(shared_world, "GET", url, headers)
        said = json.loads(text)["GetCallerIdentityResponse"]
        identity = said["GetCallerIdentityResult"]
        assert identity["Arn"] == f"arn:aws:iam::{account.id}:user/admin"
        assert (identity["Account"], identity["UserId"][:4]) == (account.id, "AIDA")
        assert said["ResponseMetadata"]["RequestId"]
        status, text = ask(shared_world, "GET", url, {**headers, "x-k8s-aws-id": "another"})
        assert (status, json.loads(text)["Error"]["Code"]) == (403, "SignatureDoesNotMatch")

    @pytest.mark.parametrize("headers", [{}, {"x-k8s-aws-id": "another"}])
    def test_not_for_another_cluster(
        self, shared_world: World, account: TestAccount, headers: dict[str, str]
    ) -> None:
        url = presigned(shared_world, account.admin, "cluster")
        status, text = ask(shared_world, "GET", url, headers)
        assert status == 403
        assert "<Arn>" not in text

    def test_not_for_another_operation_nor_by_another_method(
        self, shared_world: World, account: TestAccount
    ) -> None:
        url = presigned(shared_world, account.admin, "cluster")
        headers = {"x-k8s-aws-id": "cluster"}
        other = url.replace("GetCallerIdentity", "GetSessionToken")
        assert ask(shared_world, "GET", other, headers)[0] == 403
        assert ask(shared_world, "POST", url, headers)[0] in (400, 403)

    def test_not_after_its_time(self, world: World) -> None:
        keys = world.account("Late").admin
        url = presigned(world, keys, "cluster")
        world.clock.advance(61)
        assert ask(world, "GET", url, {"x-k8s-aws-id": "cluster"})[0] == 403


class TestAsVaultDoes:
    def signed(self, world: World, keys: Keys) -> Any:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "X-Vault-AWS-IAM-Server-ID": "vault.example.com",
        }
        request = AWSRequest("POST", f"{world.url}/", data=FORM, headers=headers)
        SigV4Auth(Credentials(keys.id, keys.secret), "sts", "us-east-1").add_auth(request)
        return dict(request.headers.items())

    def test_it_says_who_signed(self, shared_world: World, account: TestAccount) -> None:
        headers = self.signed(shared_world, account.admin)
        status, text = ask(shared_world, "POST", "/", headers, FORM)
        assert status == 200
        assert arn_in(text) == f"arn:aws:iam::{account.id}:user/admin"

    def test_not_for_another_server(self, shared_world: World, account: TestAccount) -> None:
        headers = self.signed(shared_world, account.admin)
        headers["X-Vault-AWS-IAM-Server-ID"] = "other.example.com"
        assert ask(shared_world, "POST", "/", headers, FORM)[0] == 403
