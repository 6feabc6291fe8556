"""Who signed: keys, sessions and what is wrong with them, with each family's code and words (IAM and S3,
error responses).
"""

import dataclasses
from typing import Any

import boto3
import pytest
from botocore.auth import S3SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from tests.access.harness import trust
from tests.fix_world import Keys, TestAccount, World
from tests.refusals import refused

from deputize.gateway import sessions
from deputize.model import ids
from deputize.model.credentials import Session

QUERY_INVALID = ("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
S3_UNKNOWN = (
    "InvalidAccessKeyId",
    "The AWS Access Key Id you provided does not exist in our records.",
    403,
)
S3_TOKEN = ("InvalidToken", "The provided token is malformed or otherwise invalid.", 400)


@pytest.fixture(scope="module")
def account(shared_world: World) -> TestAccount:
    return shared_world.account("Authentication")


def both(world: World, keys: Keys) -> tuple[tuple[str, str, int], tuple[str, str, int]]:
    """How STS and S3 refuse these credentials."""
    return (
        refused(world.client("sts", keys).get_caller_identity),
        refused(world.client("s3", keys).list_buckets),
    )


def session_of(world: World, keys: Keys) -> Keys:
    return Keys.of(world.client("sts", keys).get_session_token()["Credentials"])


def forged(world: World, **changed: Any) -> Keys:
    """Credentials sealed by the server itself, for sessions that no operation gives out yet."""
    key, secret = ids.access_key_id("ASIA", changed["account"]), ids.secret_key()
    now = int(world.clock.now)
    facts = {
        "key": key,
        "secret": secret,
        "partition": "aws",
        "issued": now,
        "expires": now + 900,
        "name": "bob",
    }
    session = Session(**{**facts, **changed})
    return Keys(key, secret, sessions.seal(world.opened.keyring, session))


def test_a_key_that_does_not_exist(shared_world: World) -> None:
    for key in ("test", "AKIAIOSFODNN7EXAMPLE"):
        assert both(shared_world, Keys(key, "secret")) == (QUERY_INVALID, S3_UNKNOWN)


def test_a_key_with_another_secret(shared_world: World, account: TestAccount) -> None:
    sts, s3 = both(shared_world, Keys(account.admin.id, account.admin.secret[::-1]))
    assert sts[0] == s3[0] == "SignatureDoesNotMatch"
    assert sts[2] == s3[2] == 403


def test_an_inactive_key(shared_world: World, account: TestAccount) -> None:
    keys = shared_world.user(account, "idle")
    iam = shared_world.client("iam", account.admin)
    iam.update_access_key(UserName="idle", AccessKeyId=keys.id, Status="Inactive")
    assert both(shared_world, keys) == (QUERY_INVALID, S3_UNKNOWN)
    iam.update_access_key(UserName="idle", AccessKeyId=keys.id, Status="Active")
    assert shared_world.client("sts", keys).get_caller_identity()["Account"] == account.id


def test_a_deleted_key(shared_world: World, account: TestAccount) -> None:
    keys = shared_world.user(account, "gone")
    shared_world.client("iam", account.admin).delete_access_key(UserName="gone", AccessKeyId=keys.id)
    assert both(shared_world, keys) == (QUERY_INVALID, S3_UNKNOWN)


def test_a_session_whose_user_is_gone(shared_world: World, account: TestAccount) -> None:
    keys = shared_world.user(account, "leaver")
    session = session_of(shared_world, keys)
    iam = shared_world.client("iam", account.admin)
    iam.delete_access_key(UserName="leaver", AccessKeyId=keys.id)
    iam.delete_user(UserName="leaver")
    assert both(shared_world, session) == (QUERY_INVALID, S3_UNKNOWN)


def test_a_session_of_a_role_that_was_made_anew(shared_world: World, account: TestAccount) -> None:
    iam, sts = shared_world.client("iam", account.admin), shared_world.client("sts", account.admin)

    def make() -> Any:
        return iam.create_role(RoleName="Anew", AssumeRolePolicyDocument=trust(account.id))["Role"]["Arn"]

    session = Keys.of(sts.assume_role(RoleArn=make(), RoleSessionName="test")["Credentials"])
    iam.delete_role(RoleName="Anew")
    make()
    assert both(shared_world, session) == (QUERY_INVALID, S3_UNKNOWN)


def test_a_temporary_key_without_with_a_foreign_and_with_a_changed_token(
    shared_world: World, account: TestAccount
) -> None:
    session = session_of(shared_world, account.admin)
    other = session_of(shared_world, account.admin)
    without = dataclasses.replace(session, token=None)
    assert both(shared_world, without) == (QUERY_INVALID, S3_UNKNOWN)
    assert both(shared_world, dataclasses.replace(session, token=other.token)) == (QUERY_INVALID, S3_UNKNOWN)
    token = session.token or ""
    middle = len(token) // 2
    flipped = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]
    for damaged in (token[:-1], token + "A", flipped, "x", token.lower()):
        assert both(shared_world, dataclasses.replace(session, token=damaged)) == (QUERY_INVALID, S3_TOKEN)


def test_a_long_term_key_with_a_token(shared_world: World, account: TestAccount) -> None:
    token = session_of(shared_world, account.admin).token
    assert both(shared_world, dataclasses.replace(account.admin, token=token)) == (QUERY_INVALID, S3_TOKEN)


def test_a_key_of_another_partitions_region(shared_world: World, account: TestAccount) -> None:
    china = shared_world.account("China of authentication", partition="aws-cn")
    for keys, region in ((account.admin, "cn-north-1"), (china.admin, "us-east-1"), (china.admin, "mars-1")):
        code, message, status = refused(shared_world.client("sts", keys, region=region).get_caller_identity)
        assert (code, message, status) == (
            "SignatureDoesNotMatch",
            "Credential should be scoped to a valid region. ",
            403,
        )
        assert (
            refused(shared_world.client("s3", keys, region=region).list_buckets)[0]
            == "AuthorizationHeaderMalformed"
        )
    assert (
        shared_world.client("sts", china.admin, region="cn-north-1")
        .get_caller_identity()["Arn"]
        .startswith("arn:aws-cn:")
    )


def test_the_roots_session_is_root(shared_world: World, account: TestAccount) -> None:
    session = session_of(shared_world, account.root)
    assert (
        shared_world.client("sts", session).get_caller_identity()["Arn"] == f"arn:aws:iam::{account.id}:root"
    )


def test_a_federated_user_calls_no_iam_and_little_of_sts(shared_world: World, account: TestAccount) -> None:
    user = shared_world.client("iam", account.admin).get_user(UserName="admin")["User"]
    keys = forged(shared_world, account=account.id, kind="federated", issuer=user["UserId"])
    sts = shared_world.client("sts", keys)
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:sts::{account.id}:federated-user/bob"
    assert sts.get_caller_identity()["UserId"] == f"{account.id}:bob"
    assert refused(shared_world.client("iam", keys).list_users) == QUERY_INVALID
    code, message, _ = refused(sts.get_access_key_info, AccessKeyId=account.admin.id)
    assert (code, message) == ("AccessDenied", "Cannot call GetAccessKeyInfo with session credentials")


def test_a_federated_user_without_a_session_policy_has_no_rights(
    shared_world: World, account: TestAccount
) -> None:
    user = shared_world.client("iam", account.admin).get_user(UserName="admin")["User"]
    bare = forged(shared_world, account=account.id, kind="federated", issuer=user["UserId"])
    _, message, _ = refused(shared_world.client("s3", bare).list_buckets)
    assert message.endswith("because no session policy allows the s3:ListAllMyBuckets action")
    text = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
    bounded = forged(
        shared_world, account=account.id, kind="federated", issuer=user["UserId"], policies=(text,)
    )
    assert shared_world.client("s3", bounded).list_buckets()["Buckets"] == []


def test_a_session_without_mfa_calls_no_iam(shared_world: World, account: TestAccount) -> None:
    session = session_of(shared_world, account.admin)
    assert refused(shared_world.client("iam", session).list_users) == QUERY_INVALID
    user = shared_world.client("iam", account.admin).get_user(UserName="admin")["User"]
    now = int(shared_world.clock.now)
    with_mfa = forged(shared_world, account=account.id, kind="user", issuer=user["UserId"], mfa_at=now)
    assert shared_world.client("iam", with_mfa).list_users()["Users"]


def test_an_account_that_is_suspended(shared_world: World) -> None:
    account = shared_world.account("Suspended")

    def suspend(db: Any) -> None:
        db.accounts.put(dataclasses.replace(db.accounts.get(account.id), status="SUSPENDED"))

    shared_world.opened.store.write(suspend).result()
    assert both(shared_world, account.admin) == (QUERY_INVALID, S3_UNKNOWN)


def test_a_key_whose_user_is_gone_all_the_same(shared_world: World, account: TestAccount) -> None:
    keys = shared_world.user(account, "torn")

    def tear(db: Any) -> None:
        db.users.delete(account.id, "torn")

    shared_world.opened.store.write(tear).result()
    assert both(shared_world, keys) == (QUERY_INVALID, S3_UNKNOWN)


class TestPresigned:
    def test_get_caller_identity_as_a_url(self, shared_world: World, account: TestAccount) -> None:
        """The form that others take as a proof of identity."""
        url = shared_world.client("sts", account.admin).generate_presigned_url(
            "get_caller_identity", HttpMethod="GET"
        )
        assert account.id in fetched(shared_world, url)

    def test_it_expires(self, shared_world: World, account: TestAccount) -> None:
        url = shared_world.client("sts", account.admin).generate_presigned_url(
            "get_caller_identity", ExpiresIn=60, HttpMethod="GET"
        )
        shared_world.clock.advance(60)
        answer = fetched(shared_world, url)
        assert "<Code>SignatureDoesNotMatch</Code>" in answer
        assert "Signature expired" in answer

    def test_of_s3(self, shared_world: World, account: TestAccount) -> None:
        s3 = shared_world.client("s3", account.admin, signature_version="s3v4")
        s3.create_bucket(Bucket="presigned-bucket")
        s3.put_object(Bucket="presigned-bucket", Key="a b+c", Body=b"meow")
        parameters = {"Bucket": "presigned-bucket", "Key": "a b+c"}
        url = s3.generate_presigned_url("get_object", Params=parameters, ExpiresIn=60)
        assert fetched(shared_world, url) == "meow"
        assert "<Code>SignatureDoesNotMatch</Code>" in fetched(shared_world, url.replace("a%20b", "a%20d"))
        shared_world.clock.advance(60)
        answer = fetched(shared_world, url)
        assert "<Code>AccessDenied</Code><Message>Request has expired</Message>" in answer

    def test_of_the_future(self, shared_world: World, account: TestAccount) -> None:
        s3 = shared_world.client("s3", account.admin, signature_version="s3v4")
        shared_world.clock.advance(3600)
        url = s3.generate_presigned_url("list_buckets", ExpiresIn=60)
        shared_world.clock.advance(-3600)
        assert "Request is not valid yet" in fetched(shared_world, url)

    @pytest.mark.parametrize(
        ("expires", "message"),
        [
            (-1, "X-Amz-Expires must be non-negative"),
            ("soon", "X-Amz-Expires should be a number"),
            (604801, "must be less than 604800 seconds"),
        ],
    )
    def test_lifetimes_that_cannot_be(
        self, shared_world: World, account: TestAccount, expires: Any, message: str
    ) -> None:
        request = AWSRequest("GET", f"{shared_world.url}/")
        credentials = Credentials(account.admin.id, account.admin.secret)
        SigV4QueryAuth(credentials, "s3", "us-east-1", expires=expires).add_auth(request)
        answer = fetched(shared_world, request.url)
        assert "<Code>AuthorizationQueryParametersError</Code>" in answer
        assert message in answer

    def test_a_missing_parameter(self, shared_world: World) -> None:
        answer = fetched(
            shared_world, f"{shared_world.url}/?X-Amz-Credential=AKIA/20260101/us-east-1/s3/aws4_request"
        )
        assert "Query-string authentication version 4 requires" in answer


class TestForms:
    """Forms of authentication that are not offered are refused, never taken for anonymous."""

    @pytest.mark.parametrize(
        ("headers", "code"),
        [
            ("Authorization: AWS AKIA:sig", "InvalidRequest"),
            ("Authorization: Bearer token", "InvalidRequest"),
            ("Authorization: Basic dTpw", "InvalidRequest"),
            ("Authorization: AWS4-ECDSA-P256-SHA256 Credential=a", "InvalidRequest"),
            ("Authorization:", "InvalidRequest"),
            ("Authorization: AWS4-HMAC-SHA256 Credential=a", "AuthorizationHeaderMalformed"),
            ("Authorization: AWS4-HMAC-SHA256 x\r\nAuthorization: AWS4-HMAC-SHA256 x", "InvalidArgument"),
        ],
    )
    def test_in_the_header(self, shared_world: World, headers: str, code: str) -> None:
        answer = shared_world.raw(f"GET / HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n".encode()).decode()
        assert f"<Code>{code}</Code>" in answer
        assert answer.startswith("HTTP/1.1 400 ")

    @pytest.mark.parametrize(
        "query", ["AWSAccessKeyId=AKIA&Signature=x&Expires=1", "X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256"]
    )
    def test_in_the_query(self, shared_world: World, query: str) -> None:
        answer = fetched(shared_world, f"{shared_world.url}/?{query}")
        assert "<Code>InvalidRequest</Code>" in answer

    def test_both_at_once(self, shared_world: World) -> None:
        lines = "GET /?X-Amz-Signature=x HTTP/1.1\r\nHost: x\r\nAuthorization: AWS4-HMAC-SHA256 x\r\n\r\n"
        assert "Only one auth mechanism allowed" in shared_world.raw(lines.encode()).decode()


def test_clocks_that_are_apart(shared_world: World, account: TestAccount) -> None:
    request = AWSRequest("GET", f"{shared_world.url}/", headers={})
    S3SigV4Auth(Credentials(account.admin.id, account.admin.secret), "s3", "us-east-1").add_auth(request)
    for ahead, accepted in ((900, True), (901, False), (-900, True), (-901, False)):
        shared_world.clock.advance(ahead)
        answer = sent(shared_world, request)
        shared_world.clock.advance(-ahead)
        assert ("<Code>RequestTimeTooSkewed</Code>" in answer) is not accepted


def test_an_unsigned_amz_header(shared_world: World, account: TestAccount) -> None:
    request = AWSRequest("GET", f"{shared_world.url}/", headers={})
    S3SigV4Auth(Credentials(account.admin.id, account.admin.secret), "s3", "us-east-1").add_auth(request)
    assert "ListAllMyBucketsResult" in sent(shared_world, request)
    request.headers["x-amz-acl"] = "public-read"
    answer = sent(shared_world, request)
    assert "There were headers present in the request which were not signed" in answer
    assert "<HeadersNotSigned>x-amz-acl</HeadersNotSigned>" in answer


def sent(world: World, request: AWSRequest) -> str:
    """A signed request as it stands."""
    path = request.url.removeprefix(world.url)
    lines = [f"{request.method} {path} HTTP/1.1", f"Host: 127.0.0.1:{world.port}"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    return world.raw("\r\n".join([*lines, "", ""]).encode()).decode()


def fetched(world: World, url: str) -> str:
    """The body of a GET, whatever the status."""
    path = url.removeprefix(world.url)
    lines = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{world.port}\r\n\r\n"
    return world.raw(lines.encode()).decode().partition("\r\n\r\n")[2]


def test_boto3_needs_no_more_than_the_endpoint(shared_world: World, account: TestAccount) -> None:
    session = boto3.Session(account.admin.id, account.admin.secret, region_name="eu-west-1")
    for service in ("iam", "sts", "s3"):
        client = session.client(service, endpoint_url=shared_world.url)
        call = {"iam": "list_users", "sts": "get_caller_identity", "s3": "list_buckets"}[service]
        assert getattr(client, call)()["ResponseMetadata"]["HTTPStatusCode"] == 200
        client.close()
