"""The server's names as clients use them: virtual hosts, regions' endpoints, and AWS's own names when they
are pointed here.
"""

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
import botocore.auth
import botocore.config
import pytest
import urllib3.util.connection
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from tests.fix_world import Clock, Keys, TestAccount, World, running

from deputize.config import BASE_HOSTS, Settings

NAME = "storage.example.org"


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, TestAccount]]:
    """A server with a name of the operator's, an account, and in it two buckets with an object each."""
    settings = Settings(base_hosts=(NAME, *BASE_HOSTS))
    with running(tmp_path_factory.mktemp("named") / "data", Clock(), settings=settings) as world:
        account = world.account("Named")
        s3 = world.client("s3", account.admin)
        for bucket in ("photos", "my.photos"):
            s3.create_bucket(Bucket=bucket)
            s3.put_object(Bucket=bucket, Key="a/b c", Body=bucket.encode())
        yield world, account
        for client in world._clients.values():
            client.close()


def signed_get(world: World, keys: Keys, service: str, host: str, path: str, body: str = "") -> Any:
    """Status and body of a request that names `host`, signed by botocore for it."""
    method = "POST" if body else "GET"
    request = AWSRequest(method=method, url=f"http://{host}{path}", data=body)
    if body:
        request.headers["Content-Type"] = "application/x-www-form-urlencoded"
    request.headers["Host"] = host
    signer = botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth
    signer(Credentials(keys.id, keys.secret), service, "eu-west-1").add_auth(request)
    connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=10)
    try:
        connection.request(method, path, body or None, dict(request.headers.items()))
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@contextmanager
def all_names_lead_here(port: int) -> Iterator[None]:
    """Every name resolves to the server, whatever port is asked for: what DNS does for a client elsewhere."""
    connect = urllib3.util.connection.create_connection

    def here(address: tuple[str, int], *arguments: Any, **options: Any) -> Any:
        return connect(("127.0.0.1", port), *arguments, **options)

    with mock.patch("urllib3.util.connection.create_connection", here):
        yield


@pytest.mark.parametrize(
    ("host", "path", "found"),
    [
        (NAME, "/photos/a/b%20c", "photos"),
        (f"s3.{NAME}", "/photos/a/b%20c", "photos"),
        (f"s3.eu-west-1.{NAME}:4566", "/photos/a/b%20c", "photos"),
        (f"s3.dualstack.eu-west-1.{NAME}", "/my.photos/a/b%20c", "my.photos"),
        (f"photos.{NAME}", "/a/b%20c", "photos"),
        (f"my.photos.{NAME}:8080", "/a/b%20c", "my.photos"),
        (f"PHOTOS.{NAME.upper()}.:80", "/a/b%20c", "photos"),
        (f"photos.s3.eu-west-1.{NAME}", "/a/b%20c", "photos"),
        (f"my.photos.s3.dualstack.eu-west-1.{NAME}", "/a/b%20c", "my.photos"),
        ("photos.localhost:4566", "/a/b%20c", "photos"),
        ("my.photos.s3.localhost", "/a/b%20c", "my.photos"),
        ("s3.eu-west-1.amazonaws.com", "/photos/a/b%20c", "photos"),
        ("my.photos.s3.eu-west-1.amazonaws.com", "/a/b%20c", "my.photos"),
        ("photos.s3-eu-west-1.amazonaws.com", "/a/b%20c", "photos"),
    ],
)
def test_signed_requests_find_their_bucket(
    named: tuple[World, TestAccount], host: str, path: str, found: str
) -> None:
    world, account = named
    assert signed_get(world, account.admin, "s3", host, path) == (200, found)


def test_a_host_is_what_was_signed(named: tuple[World, TestAccount]) -> None:
    """The bucket in a Host cannot be exchanged under a signature."""
    world, account = named
    request = AWSRequest(method="GET", url=f"http://photos.{NAME}/a/b%20c")
    botocore.auth.S3SigV4Auth(
        Credentials(account.admin.id, account.admin.secret), "s3", "eu-west-1"
    ).add_auth(request)
    headers = {**dict(request.headers.items()), "Host": f"my.photos.{NAME}"}
    connection = http.client.HTTPConnection("127.0.0.1", world.port, timeout=10)
    connection.request("GET", "/a/b%20c", headers=headers)
    answer = connection.getresponse()
    assert answer.status == 403
    assert b"SignatureDoesNotMatch" in answer.read()
    connection.close()


def test_endpoints_that_are_not_offered(named: tuple[World, TestAccount]) -> None:
    world, account = named
    host = "photos.s3-accelerate.amazonaws.com"
    status, body = signed_get(world, account.admin, "s3", host, "/photos/a/b%20c")
    assert status == 501
    assert "<Code>NotImplemented</Code>" in body


@pytest.mark.parametrize(
    "host", [f"sts.eu-west-1.{NAME}", f"sts.{NAME}:4566", "sts.eu-west-1.amazonaws.com", "photos.localhost"]
)
def test_the_signature_says_that_a_request_is_for_sts(named: tuple[World, TestAccount], host: str) -> None:
    world, account = named
    form = "Action=GetCallerIdentity&Version=2011-06-15"
    status, body = signed_get(world, account.admin, "sts", host, "/", form)
    assert status == 200
    assert f"<Account>{account.id}</Account>" in body


def test_the_same_of_iam(named: tuple[World, TestAccount]) -> None:
    world, account = named
    with all_names_lead_here(world.port):
        session = boto3.session.Session(account.admin.id, account.admin.secret, region_name="us-east-1")
        for endpoint in (f"http://iam.{NAME}", None):
            iam = session.client("iam", endpoint_url=endpoint, use_ssl=False)
            assert iam.get_user()["User"]["UserName"] == "admin"
            iam.close()


@pytest.mark.parametrize("endpoint", [f"http://{NAME}", f"http://s3.eu-west-1.{NAME}:81", None])
@pytest.mark.parametrize("style", ["virtual", "path"])
@pytest.mark.parametrize("dualstack", [False, True])
def test_boto3(
    named: tuple[World, TestAccount], endpoint: str | None, style: str, dualstack: bool, tmp_path: Path
) -> None:
    """Without an endpoint, boto3 asks AWS's own names."""
    if endpoint is not None and dualstack:
        endpoint = f"http://s3.dualstack.eu-west-1.{NAME}"
    world, account = named
    config = botocore.config.Config(
        s3={
            "addressing_style": style,
            "use_dualstack_endpoint": dualstack and endpoint is None,
        },
        retries={"total_max_attempts": 1},
    )
    with all_names_lead_here(world.port):
        session = boto3.session.Session(account.admin.id, account.admin.secret, region_name="eu-west-1")
        s3 = session.client("s3", endpoint_url=endpoint, use_ssl=False, config=config)
        for bucket in ("photos", "my.photos"):
            s3.put_object(Bucket=bucket, Key="new/key", Body=style.encode())
            assert s3.get_object(Bucket=bucket, Key="new/key")["Body"].read() == style.encode()
            assert [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [
                "a/b c",
                "new/key",
            ]
            s3.delete_object(Bucket=bucket, Key="new/key")
        s3.close()
