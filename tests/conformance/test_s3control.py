"""S3 Control: Block Public Access of an account, and that it holds for every bucket of it."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.attacks.wire import Request, Signer, host, send
from tests.conformance.fix_s3 import grant, policy_text
from tests.fix_world import Clock, TestAccount, World, running
from tests.state import unchanged

from deputize.config import Settings

PATH = "/v20180820/configuration/publicAccessBlock"
NAMES = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
NONE = dict.fromkeys(NAMES, False)
SPACE = 'xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"'
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Owner:
    """An account with its clients."""

    world: World
    account: TestAccount

    @property
    def control(self) -> Any:
        return self.world.client("s3control", self.account.admin)

    @property
    def s3(self) -> Any:
        return self.world.client("s3", self.account.admin)

    @property
    def anonymous(self) -> Any:
        return self.world.client("s3", None)

    def block(self, *names: str) -> None:
        """Turn these settings of the account on, and the others off."""
        settings = {**NONE, **dict.fromkeys(names, True)}
        self.control.put_public_access_block(
            AccountId=self.account.id, PublicAccessBlockConfiguration=settings
        )

    def blocked(self) -> Any:
        answer = self.control.get_public_access_block(AccountId=self.account.id)
        return answer["PublicAccessBlockConfiguration"]

    def bucket(self) -> str:
        """A new bucket with the object `cat`; lists count in it, and it blocks nothing itself."""
        name = f"open-{next(_numbers)}-{self.account.id}"
        self.s3.create_bucket(Bucket=name, ObjectOwnership="BucketOwnerPreferred")
        self.s3.delete_public_access_block(Bucket=name)
        self.s3.put_object(Bucket=name, Key="cat", Body=b"meow")
        return name

    def user(self, *statements: dict[str, Any]) -> Any:
        """S3 Control's client of a new user with these statements."""
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        return self.world.client("s3control", self.world.user(self.account, f"user{next(_numbers)}", policy))

    def send(self, method: str, *headers: tuple[str, str], path: str = PATH, body: bytes = b"") -> Any:
        """A request that is signed by hand, with only these headers."""
        request = Request(method, path, (), (host(self.world), *headers), body)
        return send(self.world, Signer(self.account.admin, self.world.clock.now).sign(request))


@pytest.fixture
def owner(shared_world: World) -> Iterator[Owner]:
    """A new account."""
    yield Owner(shared_world, shared_world.account(f"Owner{next(_numbers)}"))


@pytest.fixture(scope="module")
def stranger(shared_world: World) -> Owner:
    return Owner(shared_world, shared_world.account("Stranger"))


def refused(code: str, status: int, call: Any, **request: Any) -> ClientError:
    with pytest.raises(ClientError) as caught:
        call(**request)
    found = caught.value.response
    assert (found["Error"]["Code"], found["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    return caught.value


def public_policy(bucket: str) -> str:
    return policy_text(grant("s3:GetObject", f"arn:aws:s3:::{bucket}/*", Principal="*"))


class TestSettings:
    def test_there_are_none_at_first(self, owner: Owner) -> None:
        error = refused(
            "NoSuchPublicAccessBlockConfiguration",
            404,
            owner.control.get_public_access_block,
            AccountId=owner.account.id,
        )
        assert error.response["Error"]["Message"] == "The public access block configuration was not found"
        assert error.response["Error"]["AccountId"] == owner.account.id
        no_such = owner.control.exceptions.NoSuchPublicAccessBlockConfiguration
        assert isinstance(error, no_such)

    @pytest.mark.parametrize("name", NAMES)
    def test_each_is_kept(self, owner: Owner, name: str) -> None:
        owner.block(name)
        assert owner.blocked() == {**NONE, name: True}

    def test_what_is_left_out_is_off(self, owner: Owner) -> None:
        owner.block(*NAMES)
        owner.control.put_public_access_block(
            AccountId=owner.account.id, PublicAccessBlockConfiguration={"IgnorePublicAcls": True}
        )
        assert owner.blocked() == {**NONE, "IgnorePublicAcls": True}

    def test_deleting_them_also_twice(self, owner: Owner) -> None:
        owner.block(*NAMES)
        for _ in range(2):
            owner.control.delete_public_access_block(AccountId=owner.account.id)
            refused(
                "NoSuchPublicAccessBlockConfiguration",
                404,
                owner.control.get_public_access_block,
                AccountId=owner.account.id,
            )

    def test_they_are_one_accounts(self, owner: Owner, stranger: Owner) -> None:
        owner.block(*NAMES)
        refused(
            "NoSuchPublicAccessBlockConfiguration",
            404,
            stranger.control.get_public_access_block,
            AccountId=stranger.account.id,
        )


class TestAccess:
    def test_the_root_user(self, owner: Owner) -> None:
        owner.block("BlockPublicAcls")
        root = owner.world.client("s3control", owner.account.root)
        root.delete_public_access_block(AccountId=owner.account.id)
        with pytest.raises(ClientError):
            owner.blocked()

    @pytest.mark.parametrize("operation", ["get", "put", "delete"])
    @pytest.mark.parametrize("who", ["admin", "root"])
    def test_nobody_from_another_account(
        self, owner: Owner, stranger: Owner, operation: str, who: str
    ) -> None:
        owner.block("BlockPublicAcls")
        client = owner.world.client("s3control", getattr(stranger.account, who))
        request: dict[str, Any] = {"AccountId": owner.account.id}
        if operation == "put":
            request["PublicAccessBlockConfiguration"] = NONE
        with unchanged(owner.world):
            error = refused(
                "AccessDenied", 403, getattr(client, f"{operation}_public_access_block"), **request
            )
        assert error.response["Error"]["Message"] == "Access Denied"

    def test_an_account_that_is_not_there_is_answered_the_same(self, owner: Owner) -> None:
        get = owner.control.get_public_access_block
        error = refused("AccessDenied", 403, get, AccountId="999999999999")
        assert error.response["Error"]["Message"] == "Access Denied"

    def test_the_rights_of_buckets_are_others(self, owner: Owner) -> None:
        owner.block("BlockPublicAcls")
        actions = ["s3:GetBucketPublicAccessBlock", "s3:PutBucketPublicAccessBlock"]
        client = owner.user(grant(actions, "*"))
        get = client.get_public_access_block
        error = refused("AccessDenied", 403, get, AccountId=owner.account.id)
        assert "is not authorized to perform: s3:GetAccountPublicAccessBlock because" in str(error)
        refused("AccessDenied", 403, client.delete_public_access_block, AccountId=owner.account.id)

    def test_the_right_takes_no_resource(self, owner: Owner) -> None:
        owner.block("BlockPublicAcls")
        client = owner.user(grant("s3:*", ["arn:aws:s3:::open*", "arn:aws:s3:::*/*"]))
        refused("AccessDenied", 403, client.get_public_access_block, AccountId=owner.account.id)

    @pytest.mark.parametrize(
        ("condition", "holds"),
        [
            ({"StringEquals": {"s3:authType": "REST-HEADER"}}, True),
            ({"StringEquals": {"s3:authType": "REST-QUERY-STRING"}}, False),
            ({"StringEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"}}, True),
            ({"StringEquals": {"s3:ResourceAccount": "${aws:PrincipalAccount}"}}, True),
            ({"StringEquals": {"s3:ResourceAccount": "999999999999"}}, False),
        ],
    )
    def test_keys_of_s3(self, owner: Owner, condition: dict[str, Any], holds: bool) -> None:
        owner.block("BlockPublicAcls")
        client = owner.user(grant("s3:GetAccountPublicAccessBlock", "*", Condition=condition))
        if holds:
            client.get_public_access_block(AccountId=owner.account.id)
        else:
            refused("AccessDenied", 403, client.get_public_access_block, AccountId=owner.account.id)

    def test_changes_are_recorded(self, owner: Owner) -> None:
        owner.block(*NAMES)
        with owner.world.opened.store.snapshot() as db:
            records = [dict(event.record) for event in db.events.page(owner.account.id)]
        found = [one for one in records if one["eventName"] == "PutPublicAccessBlock"]
        assert [one["eventSource"] for one in found] == ["s3.amazonaws.com"]
        assert found[0]["requestParameters"]["accountId"] == owner.account.id
        assert found[0]["readOnly"] is False


class TestItHoldsForEveryBucket:
    @pytest.mark.parametrize("when", ["before", "after"])
    def test_restrict_public_buckets(self, owner: Owner, stranger: Owner, when: str) -> None:
        """Whether the bucket was made before or after; as soon as it is off again, the policy counts."""
        if when == "after":
            owner.block("RestrictPublicBuckets")
        bucket = owner.bucket()
        owner.s3.put_bucket_policy(Bucket=bucket, Policy=public_policy(bucket))
        if when == "before":
            assert owner.anonymous.get_object(Bucket=bucket, Key="cat")["Body"].read() == b"meow"
            owner.block("RestrictPublicBuckets")
        for client in (owner.anonymous, stranger.s3):
            refused("AccessDenied", 403, client.get_object, Bucket=bucket, Key="cat")
        assert owner.s3.get_object(Bucket=bucket, Key="cat")["Body"].read() == b"meow"
        owner.control.delete_public_access_block(AccountId=owner.account.id)
        assert owner.anonymous.get_object(Bucket=bucket, Key="cat")["Body"].read() == b"meow"

    def test_block_public_policy(self, owner: Owner) -> None:
        owner.block("BlockPublicPolicy")
        bucket = owner.bucket()
        put = owner.s3.put_bucket_policy
        with unchanged(owner.world):
            refused("AccessDenied", 403, put, Bucket=bucket, Policy=public_policy(bucket))
        private = policy_text(
            grant("s3:GetObject", f"arn:aws:s3:::{bucket}/*", Principal={"AWS": owner.account.id})
        )
        put(Bucket=bucket, Policy=private)
        owner.block()
        put(Bucket=bucket, Policy=public_policy(bucket))

    def test_block_public_acls(self, owner: Owner) -> None:
        owner.block("BlockPublicAcls")
        bucket = owner.bucket()
        s3 = owner.s3
        with unchanged(owner.world):
            refused("AccessDenied", 403, s3.put_bucket_acl, Bucket=bucket, ACL="public-read")
            refused("AccessDenied", 403, s3.put_object_acl, Bucket=bucket, Key="cat", ACL="public-read")
            refused("AccessDenied", 403, s3.put_object, Bucket=bucket, Key="new", ACL="public-read")
        owner.block()
        s3.put_object_acl(Bucket=bucket, Key="cat", ACL="public-read")

    def test_ignore_public_acls(self, owner: Owner) -> None:
        bucket = owner.bucket()
        owner.s3.put_object_acl(Bucket=bucket, Key="cat", ACL="public-read")
        assert owner.anonymous.get_object(Bucket=bucket, Key="cat")["Body"].read() == b"meow"
        owner.block("IgnorePublicAcls")
        refused("AccessDenied", 403, owner.anonymous.get_object, Bucket=bucket, Key="cat")
        owner.block()
        assert owner.anonymous.get_object(Bucket=bucket, Key="cat")["Body"].read() == b"meow"

    @pytest.mark.parametrize("of_account", [True, False])
    @pytest.mark.parametrize("of_bucket", [True, False])
    def test_the_stricter_one_counts(self, owner: Owner, of_account: bool, of_bucket: bool) -> None:
        bucket = owner.bucket()
        owner.s3.put_bucket_policy(Bucket=bucket, Policy=public_policy(bucket))
        owner.s3.put_public_access_block(
            Bucket=bucket,
            PublicAccessBlockConfiguration={**NONE, "RestrictPublicBuckets": of_bucket},
        )
        owner.block(*(["RestrictPublicBuckets"] if of_account else []))
        if of_account or of_bucket:
            refused("AccessDenied", 403, owner.anonymous.get_object, Bucket=bucket, Key="cat")
        else:
            owner.anonymous.get_object(Bucket=bucket, Key="cat")

    def test_a_buckets_own_settings_are_told_as_they_are(self, owner: Owner) -> None:
        bucket = owner.bucket()
        owner.block(*NAMES)
        refused(
            "NoSuchPublicAccessBlockConfiguration",
            404,
            owner.s3.get_public_access_block,
            Bucket=bucket,
        )

    def test_another_accounts_buckets_are_not_touched(self, owner: Owner, stranger: Owner) -> None:
        owner.block(*NAMES)
        bucket = stranger.bucket()
        stranger.s3.put_bucket_policy(Bucket=bucket, Policy=public_policy(bucket))
        assert owner.anonymous.get_object(Bucket=bucket, Key="cat")["Body"].read() == b"meow"


def test_buckets_that_begin_open(tmp_path: Path) -> None:
    """Where new buckets block nothing themselves, the account's settings hold from the first request on."""
    settings = Settings(new_buckets="legacy")
    with running(tmp_path / "data", Clock(), settings=settings) as world:
        owner = Owner(world, world.account("Legacy"))
        create = owner.s3.create_bucket
        create(Bucket="before", ACL="public-read-write")
        owner.anonymous.put_object(Bucket="before", Key="theirs", Body=b"meow")
        owner.block(*NAMES)
        with unchanged(world):
            refused("AccessDenied", 403, create, Bucket="after", ACL="public-read")
            refused("AccessDenied", 403, owner.anonymous.list_objects_v2, Bucket="before")
            refused("AccessDenied", 403, owner.anonymous.put_object, Bucket="before", Key="k", Body=b"")
        create(Bucket="after")
        refused("AccessDenied", 403, owner.s3.put_bucket_acl, Bucket="after", ACL="public-read")
        policy = public_policy("after")
        refused("AccessDenied", 403, owner.s3.put_bucket_policy, Bucket="after", Policy=policy)


class TestTheWire:
    def test_answers(self, owner: Owner) -> None:
        account = ("x-amz-account-id", owner.account.id)
        body = (
            f"<PublicAccessBlockConfiguration {SPACE}><BlockPublicAcls>true</BlockPublicAcls>"
            "</PublicAccessBlockConfiguration>"
        )
        reply = owner.send("PUT", account, body=body.encode())
        assert (reply.status, reply.body) == (200, b"")
        reply = owner.send("GET", account)
        assert reply.status == 200
        assert (
            reply.body
            == (
                f'<?xml version="1.0" encoding="UTF-8"?>\n<PublicAccessBlockConfiguration {SPACE}>'
                "<BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls>"
                "<BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets>"
                "</PublicAccessBlockConfiguration>"
            ).encode()
        )

    def test_errors_stand_in_an_element_of_their_own(self, owner: Owner) -> None:
        reply = owner.send("GET", ("x-amz-account-id", owner.account.id))
        assert reply.status == 404
        assert (
            f"<ErrorResponse {SPACE}><Error><Code>NoSuchPublicAccessBlockConfiguration</Code>"
            in reply.body.decode()
        )
        assert reply.body.endswith(b"</HostId></ErrorResponse>")

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"", "MissingRequestBodyError"),
            (b"<PublicAccessBlockConfiguration>", "MalformedXML"),
            (b"<Other/>", "MalformedXML"),
            (
                b"<PublicAccessBlockConfiguration><BlockPublicAcls>maybe</BlockPublicAcls>"
                b"</PublicAccessBlockConfiguration>",
                "MalformedXML",
            ),
        ],
    )
    def test_bad_bodies_change_nothing(self, owner: Owner, body: bytes, code: str) -> None:
        with unchanged(owner.world):
            reply = owner.send("PUT", ("x-amz-account-id", owner.account.id), body=body)
        assert reply.status == 400
        assert f"<Code>{code}</Code>" in reply.body.decode()

    @pytest.mark.parametrize("account", ["", "1", "12345678901a", "*"])
    def test_what_is_no_account(self, owner: Owner, account: str) -> None:
        with unchanged(owner.world):
            reply = owner.send("DELETE", ("x-amz-account-id", account))
        assert reply.status in (400, 403)

    def test_without_the_header_it_is_a_bucket(self, owner: Owner) -> None:
        reply = owner.send("GET")
        assert reply.status == 404
        assert b"<Error><Code>NoSuchBucket</Code>" in reply.body

    def test_a_bucket_may_be_called_so(self, owner: Owner) -> None:
        owner.s3.create_bucket(Bucket="v20180820")
        owner.s3.put_object(Bucket="v20180820", Key="configuration/publicAccessBlock", Body=b"mine")
        assert owner.send("GET").body == b"mine"
        owner.s3.delete_object(Bucket="v20180820", Key="configuration/publicAccessBlock")
        owner.s3.delete_bucket(Bucket="v20180820")

    def test_the_header_must_be_signed(self, owner: Owner) -> None:
        """Nobody makes another request of one that was signed for S3, by adding a header."""
        signed = Signer(owner.account.admin, owner.world.clock.now).sign(
            Request("DELETE", PATH, (), (host(owner.world),))
        )
        owner.block(*NAMES)
        with unchanged(owner.world):
            reply = send(owner.world, signed.also(("x-amz-account-id", owner.account.id)))
        assert reply.status == 403
        assert b"There were headers present in the request which were not signed" in reply.body

    def test_unsigned(self, owner: Owner) -> None:
        request = Request("DELETE", PATH, (), (host(owner.world), ("x-amz-account-id", owner.account.id)))
        with unchanged(owner.world):
            reply = send(owner.world, request)
        assert reply.status == 403
        assert b"<Error><Code>AccessDenied</Code>" in reply.body

    def test_a_wrong_signature(self, owner: Owner) -> None:
        request = Request("GET", PATH, (), (host(owner.world), ("x-amz-account-id", owner.account.id)))
        signed = Signer(owner.account.admin, owner.world.clock.now).sign(request)
        other = signed.instead("x-amz-account-id", lambda _: "999999999999")
        reply = send(owner.world, other)
        assert reply.status == 403
        assert b"<ErrorResponse" in reply.body and b"<Code>SignatureDoesNotMatch</Code>" in reply.body

    def test_what_is_not_offered(self, owner: Owner) -> None:
        error = refused("NotImplemented", 501, owner.control.list_jobs, AccountId=owner.account.id)
        assert error.response["Error"]["Message"] == "s3control:ListJobs is not offered by this server."

    def test_what_is_no_operation(self, owner: Owner) -> None:
        account = ("x-amz-account-id", owner.account.id)
        for method, path in (("POST", PATH), ("GET", "/v20180820/nothing")):
            reply = owner.send(method, account, path=path)
            assert reply.status == 405
            assert b"<Code>MethodNotAllowed</Code>" in reply.body

    def test_under_awss_own_name(self, owner: Owner) -> None:
        name = f"{owner.account.id}.s3-control.us-east-1.amazonaws.com"
        owner.block(*NAMES)
        request = Request("GET", PATH, (), (("Host", name), ("x-amz-account-id", owner.account.id)))
        reply = send(owner.world, Signer(owner.account.admin, owner.world.clock.now).sign(request))
        assert reply.status == 200, reply
