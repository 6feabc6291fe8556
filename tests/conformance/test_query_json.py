"""IAM and STS answer in JSON to those who accept it before all else, as AWS does and no SDK asks."""

import base64
import http.client
import json
import secrets
import urllib.parse
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from tests.access.harness import trust
from tests.fix_world import TestAccount, World

JSON = "application/json"


@pytest.fixture(scope="module")
def account(shared_world: World) -> TestAccount:
    return shared_world.account(f"JSON {secrets.token_hex(4)}")


def ask(
    world: World, account: TestAccount, service: str, accept: str, **parameters: str
) -> tuple[int, str, str]:
    """Status, content type and body of a call that the account's administrator signs."""
    version = {"iam": "2010-05-08", "sts": "2011-06-15"}[service]
    form = urllib.parse.urlencode({**parameters, "Version": version})
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": accept}
    request = AWSRequest("POST", f"{world.url}/", data=form, headers=headers)
    SigV4Auth(Credentials(account.admin.id, account.admin.secret), service, "us-east-1").add_auth(request)
    connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=10)
    try:
        connection.request("POST", "/", form, dict(request.headers.items()))
        answer = connection.getresponse()
        return answer.status, answer.headers["content-type"], answer.read().decode()
    finally:
        connection.close()


def told(world: World, account: TestAccount, action: str, **parameters: str) -> Any:
    """What stands in the result of an action of IAM."""
    status, kind, text = ask(world, account, "iam", JSON, Action=action, **parameters)
    assert (status, kind) == (200, JSON), text
    answer = json.loads(text)[f"{action}Response"]
    assert answer["ResponseMetadata"]["RequestId"]
    return answer[f"{action}Result"]


def test_values_of_every_kind(shared_world: World, account: TestAccount) -> None:
    iam = shared_world.client("iam", account.admin)
    iam.create_role(RoleName="R", AssumeRolePolicyDocument=trust(account.id))
    users = told(shared_world, account, "ListUsers")
    assert users["IsTruncated"] is False
    assert [user["UserName"] for user in users["Users"]] == ["admin"]
    created = iam.get_user(UserName="admin")["User"]["CreateDate"]
    assert users["Users"][0]["CreateDate"] == created.timestamp()
    role = told(shared_world, account, "GetRole", RoleName="R")["Role"]
    document = role["AssumeRolePolicyDocument"]
    assert document.startswith("%7B")
    assert json.loads(urllib.parse.unquote(document))["Version"] == "2012-10-17"
    assert told(shared_world, account, "GetAccountSummary")["SummaryMap"]["Users"] == 1
    told(shared_world, account, "GenerateCredentialReport")
    report = told(shared_world, account, "GetCredentialReport")["Content"]
    assert base64.b64decode(report).startswith(b"user,arn,")


def test_an_operation_without_a_result(shared_world: World, account: TestAccount) -> None:
    _, _, text = ask(
        shared_world, account, "iam", JSON, Action="UpdateUser", UserName="admin", NewPath="/people/"
    )
    assert list(json.loads(text)["UpdateUserResponse"]) == ["ResponseMetadata"]


def test_errors(shared_world: World, account: TestAccount) -> None:
    status, kind, text = ask(shared_world, account, "iam", JSON, Action="GetUser", UserName="nobody")
    error = json.loads(text)
    assert (status, kind) == (404, JSON)
    assert error["Error"] == {
        "Code": "NoSuchEntity",
        "Message": "The user with name nobody cannot be found.",
        "Type": "Sender",
    }
    assert error["RequestId"]
    role = {"RoleArn": f"arn:aws:iam::{account.id}:role/R", "RoleSessionName": "session"}
    _, _, text = ask(
        shared_world, account, "sts", JSON, Action="AssumeRole", **role, DurationSeconds="9" * 12
    )
    assert json.loads(text)["Error"] == {"Code": "MalformedInput", "Type": "Sender"}
    _, _, text = ask(shared_world, account, "sts", JSON, Action="Nothing")
    assert json.loads(text)["Error"]["Code"] == "InvalidAction"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("Application/JSON;q=0.9, */*", JSON),
        ("*/*", "text/xml"),
        ("text/xml, application/json", "text/xml"),
        ("", "text/xml"),
    ],
)
def test_who_is_answered_so(shared_world: World, account: TestAccount, accept: str, kind: str) -> None:
    assert ask(shared_world, account, "sts", accept, Action="GetCallerIdentity")[1] == kind
