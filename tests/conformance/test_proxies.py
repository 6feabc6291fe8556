"""aws:SourceIp and aws:SecureTransport behind a proxy, and with a client that pretends to be one."""

import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from tests.fix_world import Clock, Keys, World, running

from deputize.http.proxies import network

CLIENT = "203.0.113.7"


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A server that trusts the proxies on this machine."""
    folder: Path = tmp_path_factory.mktemp("behind")
    with running(folder / "data", Clock(), trusted=[network("127.0.0.0/8")]) as made:
        yield made
        for client in made._clients.values():
            client.close()


def status(world: World, keys: Keys, **headers: str) -> int:
    """Of listing all buckets, with these headers added on the way: no signature covers them."""
    host = f"127.0.0.1:{world.port}"
    request = AWSRequest(method="GET", url=f"http://{host}/")
    request.headers["Host"] = host
    botocore.auth.S3SigV4Auth(Credentials(keys.id, keys.secret), "s3", "us-east-1").add_auth(request)
    added = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=10)
    try:
        connection.request("GET", "/", headers={**dict(request.headers.items()), **added})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def only(condition: dict[str, Any]) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition}
    return {"Version": "2012-10-17", "Statement": statement}


def test_a_policy_sees_the_client(behind: World) -> None:
    account = behind.account("Seen")
    keys = behind.user(account, "u", only({"IpAddress": {"aws:SourceIp": f"{CLIENT}/32"}}))
    assert status(behind, keys, X_Forwarded_For=CLIENT) == 200
    assert status(behind, keys, X_Forwarded_For=f"192.0.2.1, {CLIENT}, 127.0.0.2") == 200
    assert status(behind, keys, X_Forwarded_For=f"{CLIENT}, 192.0.2.1") == 403
    assert status(behind, keys) == 403
    assert status(behind, keys, X_Forwarded_For="nonsense") == 400
    assert status(behind, keys, Forwarded=f"for={CLIENT}") == 403
    assert status(behind, keys, X_Real_Ip=CLIENT) == 403


def test_the_proxys_own_address_is_lent_to_nobody(behind: World) -> None:
    account = behind.account("Lent")
    keys = behind.user(account, "u", only({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}))
    assert status(behind, keys) == 200
    assert status(behind, keys, X_Forwarded_For=CLIENT) == 403
    assert status(behind, keys, X_Forwarded_For="unknown") == 400


def test_a_policy_sees_how_the_client_came(behind: World) -> None:
    account = behind.account("Came")
    keys = behind.user(account, "u", only({"Bool": {"aws:SecureTransport": "true"}}))
    assert status(behind, keys, X_Forwarded_For=CLIENT, X_Forwarded_Proto="https") == 200
    assert status(behind, keys, X_Forwarded_For=CLIENT, X_Forwarded_Proto="http") == 403
    assert status(behind, keys, X_Forwarded_For=CLIENT) == 403
    assert status(behind, keys, X_Forwarded_Proto="https, http") == 403
    assert status(behind, keys, X_Forwarded_Proto="yes") == 400


def test_a_client_cannot_pretend(shared_world: World) -> None:
    """Nobody is trusted here."""
    account = shared_world.account("Pretending")
    there = shared_world.user(account, "there", only({"IpAddress": {"aws:SourceIp": CLIENT}}))
    secure = shared_world.user(account, "secure", only({"Bool": {"aws:SecureTransport": "true"}}))
    assert status(shared_world, there, X_Forwarded_For=CLIENT) == 403
    assert status(shared_world, secure, X_Forwarded_Proto="https") == 403
    assert status(shared_world, secure, X_Forwarded_For="nonsense", X_Forwarded_Proto="nonsense") == 403


def test_the_record_names_the_client(behind: World) -> None:
    """CloudTrail's sourceIPAddress."""
    account = behind.account("Recorded")
    assert status(behind, account.admin, X_Forwarded_For=CLIENT) == 200
    behind.client("iam", account.admin).create_user(UserName="later")  # its commit takes the note along
    with behind.opened.store.snapshot() as db:
        events = db.events.page(account.id)
    listed = [one.record for one in events if one.record["eventName"] == "ListBuckets"]
    assert [one["sourceIPAddress"] for one in listed] == [CLIENT], json.dumps(listed)
