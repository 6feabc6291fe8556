"""Services that this server does not have: their clients are told so in their own protocol, whoever signs."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.attacks.wire import Request, Signer, host, send
from tests.fix_world import Keys, TestAccount, World
from tests.state import unchanged

CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    # JSON
    "organizations": ("list_accounts", {}),
    "dynamodb": ("list_tables", {}),
    "cloudtrail": ("lookup_events", {}),
    "kms": ("list_keys", {}),
    "sqs": ("list_queues", {}),
    # query
    "sns": ("list_topics", {}),
    "rds": ("describe_db_instances", {}),
    "ec2": ("describe_instances", {}),
    # REST
    "lambda": ("invoke", {"FunctionName": "f", "Payload": b"{}"}),
    "eks": ("list_clusters", {}),
    "route53": ("list_hosted_zones", {}),
    "cloudfront": ("list_distributions", {}),
    # CBOR, by the clients of the one; those of the other still speak JSON
    "eventbridgev2": ("list_event_buses", {}),
    "cloudwatch": ("list_metrics", {}),
}
XML = {"sns", "rds", "ec2", "route53", "cloudfront"}


@pytest.fixture(scope="module")
def account(shared_world: World) -> TestAccount:
    return shared_world.account("Here")


def refused(world: World, keys: Keys | None, service: str) -> tuple[Any, ClientError]:
    """The client whose call was refused, with nothing changed, and its error."""
    operation, request = CALLS[service]
    client = world.client(service, keys)
    with unchanged(world), pytest.raises(ClientError) as caught:
        getattr(client, operation)(**request)
    return client, caught.value


@pytest.mark.parametrize("service", CALLS)
def test_their_clients_are_told(shared_world: World, account: TestAccount, service: str) -> None:
    client, error = refused(shared_world, account.admin, service)
    assert error.response["Error"]["Code"] == (
        "NotImplemented" if service in XML else "NotImplementedException"
    )
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    name = client.meta.service_model.signing_name
    assert error.response["Error"]["Message"] == f"The service {name} is not offered by this server."
    assert error.response["ResponseMetadata"]["RequestId"]


@pytest.mark.parametrize(
    "keys", [Keys("AKIANOBODY0000000000", "wrong"), Keys("ASIANOBODY0000000000", "x", "y")]
)
@pytest.mark.parametrize("service", CALLS)
def test_whoever_signs(shared_world: World, account: TestAccount, service: str, keys: Keys) -> None:
    _, known = refused(shared_world, account.admin, service)
    _, unknown = refused(shared_world, keys, service)
    assert unknown.response["Error"] == known.response["Error"]


@pytest.mark.parametrize(
    ("service", "named"), [("organizations", "AWSOrganizationsV20161128"), ("dynamodb", "DynamoDB_20120810")]
)
def test_unsigned_by_the_target(shared_world: World, service: str, named: str) -> None:
    _, error = refused(shared_world, None, service)
    assert error.response["Error"]["Code"] == "NotImplementedException"
    assert error.response["Error"]["Message"] == f"The service {named} is not offered by this server."


def test_the_bytes_of_json(shared_world: World, account: TestAccount) -> None:
    headers = (
        host(shared_world),
        ("X-Amz-Target", "AWSOrganizationsV20161128.ListAccounts"),
        ("Content-Type", "application/x-amz-json-1.1"),
    )
    signer = Signer(account.admin, shared_world.clock.now, service="organizations")
    reply = send(shared_world, signer.sign(Request("POST", "/", (), headers, b"{}")))
    assert reply.status == 501
    assert reply.headers["content-type"] == "application/x-amz-json-1.1"
    assert reply.headers["x-amzn-errortype"] == "NotImplementedException"
    assert reply.body == (
        b'{"__type": "NotImplementedException", '
        b'"message": "The service organizations is not offered by this server."}'
    )


def test_the_answer_to_head_has_no_body(shared_world: World, account: TestAccount) -> None:
    signer = Signer(account.admin, shared_world.clock.now, service="lambda")
    reply = send(
        shared_world, signer.sign(Request("HEAD", "/2015-03-31/functions", (), (host(shared_world),)))
    )
    assert (reply.status, reply.body) == (501, b"")


@pytest.mark.parametrize("service", ["ec2", "organizations", "sqs", "mars", ""])
def test_what_is_none_of_theirs_is_refused_by_s3(
    shared_world: World, account: TestAccount, service: str
) -> None:
    """Services without paths have no `/bucket/key`: S3's words, as for any wrong scope."""
    signer = Signer(account.admin, shared_world.clock.now, service=service)
    reply = send(shared_world, signer.sign(Request("GET", "/bucket/key", (), (host(shared_world),))))
    assert reply.status == 400
    assert b"<Code>AuthorizationHeaderMalformed</Code>" in reply.body


def test_a_large_body_is_not_waited_for(shared_world: World, account: TestAccount) -> None:
    headers = (host(shared_world), ("Content-Length", str(10**12)))
    signer = Signer(account.admin, shared_world.clock.now, service="lambda")
    request = Request("POST", "/2015-03-31/functions", (), headers, b"{}")
    assert send(shared_world, signer.sign(request)).status == 501
