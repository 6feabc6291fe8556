"""Who may do which step of a multipart upload (T19)."""

import itertools
import json
from typing import Any

import pytest
from tests.conformance.fix_multipart import Sending, begin
from tests.conformance.fix_s3 import Shop, grant
from tests.fix_world import Keys
from tests.refusals import NO_IDENTITY, denied, refused

pytest_plugins = ("tests.conformance.fix_s3",)

PLAIN = ("AccessDenied", "Access Denied", 403)
_numbers = itertools.count(1)


def writes(bucket: str, **more: Any) -> dict[str, Any]:
    """Leave to upload, and to nothing else."""
    return grant("s3:PutObject", f"arn:aws:s3:::{bucket}/*", **more)


def abort(s3: Any, sending: Sending) -> Any:
    return s3.abort_multipart_upload(**sending.names)


def outsider(shop: Shop, *statements: dict[str, Any]) -> Any:
    """The client of a new user of the other account."""
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    keys = shop.world.user(shop.other, f"outsider{next(_numbers)}", policy if statements else None)
    return shop.world.client("s3", keys)


def session(
    shop: Shop, policy: dict[str, Any], *, limit: dict[str, Any] | None = None, role: str = ""
) -> Any:
    """The client of a session of `role`, or of a new one with this policy, under a session policy."""
    iam = shop.world.client("iam", shop.account.admin)
    name = role or f"role{next(_numbers)}"
    if not role:
        allow = {"Effect": "Allow", "Principal": {"AWS": shop.account.id}, "Action": "sts:AssumeRole"}
        trust = {"Version": "2012-10-17", "Statement": [allow]}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
        document = json.dumps({"Version": "2012-10-17", "Statement": [policy]})
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
    limits = {} if limit is None else {"Policy": json.dumps({"Version": "2012-10-17", "Statement": [limit]})}
    sts = shop.world.client("sts", shop.account.admin)
    arn = f"arn:aws:iam::{shop.account.id}:role/{name}"
    made = sts.assume_role(RoleArn=arn, RoleSessionName=f"s{next(_numbers)}", **limits)
    return shop.world.client("s3", Keys.of(made["Credentials"])), name


def test_a_part_is_refused_before_a_byte_is_stored(shop: Shop) -> None:
    bucket = shop.bucket()
    sending = begin(shop.s3, bucket, "k")
    files = [path for path in (shop.world.data / "blobs").rglob("*") if path.is_file()]
    user = shop.user(grant("s3:ListBucket", "*"))
    call = {**sending.names, "PartNumber": 1, "Body": b"x" * 300_000}
    code, message, status = refused(user.upload_part, **call)
    assert (code, status) == ("AccessDenied", 403)
    assert "is not authorized to perform: s3:PutObject" in message
    assert [path for path in (shop.world.data / "blobs").rglob("*") if path.is_file()] == files
    assert "Parts" not in shop.s3.list_parts(**sending.names)


def test_each_step_names_its_own_action(shop: Shop) -> None:
    bucket = shop.bucket()
    sending = begin(shop.s3, bucket, "k")
    sending.part(1, b"x")
    keys = shop.world.user(shop.account, "nobody")
    user = shop.world.client("s3", keys)
    who = f"arn:aws:iam::{shop.account.id}:user/nobody"
    on = f'"arn:aws:s3:::{bucket}/k"'
    put = denied(who, "s3:PutObject", on, NO_IDENTITY.format("s3:PutObject"))
    assert refused(user.create_multipart_upload, Bucket=bucket, Key="k") == put
    assert refused(user.upload_part, **sending.names, PartNumber=1, Body=b"y") == put
    parts = {"MultipartUpload": {"Parts": sending.listed}}
    assert refused(user.complete_multipart_upload, **sending.names, **parts) == put
    for call, action in (
        (user.abort_multipart_upload, "s3:AbortMultipartUpload"),
        (user.list_parts, "s3:ListMultipartUploadParts"),
    ):
        assert refused(call, **sending.names) == denied(who, action, on, NO_IDENTITY.format(action))
    action = "s3:ListBucketMultipartUploads"
    listing = denied(who, action, f'"arn:aws:s3:::{bucket}"', NO_IDENTITY.format(action))
    assert refused(user.list_multipart_uploads, Bucket=bucket) == listing
    sending.complete()


def test_who_may_not_see_an_upload_does_not_learn_that_it_is_missing(shop: Shop) -> None:
    sending = Sending(shop.s3, shop.bucket(), "k", "missing")
    assert refused(abort, s3=shop.user(grant("s3:GetObject", "*")), sending=sending)[0] == "AccessDenied"
    assert refused(abort, s3=shop.user(writes(sending.bucket)), sending=sending)[0] == "AccessDenied"


class TestInitiator:
    def test_may_abort_and_list_its_own_upload(self, shop: Shop) -> None:
        bucket = shop.bucket()
        user = shop.user(writes(bucket))
        sending = begin(user, bucket, "k")
        sending.part(1, b"x")
        assert len(user.list_parts(**sending.names)["Parts"]) == 1
        abort(user, sending)

    def test_others_of_the_account_need_the_right(self, shop: Shop) -> None:
        bucket = shop.bucket()
        sending = begin(shop.user(writes(bucket)), bucket, "k")
        stranger = shop.user(writes(bucket))
        assert refused(abort, s3=stranger, sending=sending)[0] == "AccessDenied"
        assert refused(stranger.list_parts, **sending.names)[0] == "AccessDenied"
        abort(shop.user(grant("s3:AbortMultipartUpload", f"arn:aws:s3:::{bucket}/*")), sending)

    def test_a_user_of_the_same_name_is_somebody_else(self, shop: Shop) -> None:
        bucket = shop.bucket()
        iam = shop.world.client("iam", shop.account.admin)
        policy = {"Version": "2012-10-17", "Statement": [writes(bucket)]}
        keys = shop.world.user(shop.account, "again", policy)
        sending = begin(shop.world.client("s3", keys), bucket, "k")
        iam.delete_access_key(UserName="again", AccessKeyId=keys.id)
        iam.delete_user_policy(UserName="again", PolicyName="test")
        iam.delete_user(UserName="again")
        other = shop.world.client("s3", shop.world.user(shop.account, "again", policy))
        assert refused(abort, s3=other, sending=sending)[0] == "AccessDenied"

    @pytest.mark.parametrize("where", ["identity", "bucket"])
    def test_a_deny_holds_for_it_too(self, shop: Shop, where: str) -> None:
        bucket = shop.bucket()
        deny = grant("s3:AbortMultipartUpload", f"arn:aws:s3:::{bucket}/*", effect="Deny")
        user = shop.user(writes(bucket), *([deny] if where == "identity" else []))
        sending = begin(user, bucket, "k")
        if where == "bucket":
            shop.policy(bucket, {**deny, "Principal": "*"})
        assert refused(abort, s3=user, sending=sending)[0] == "AccessDenied"
        assert "Parts" not in user.list_parts(**sending.names)

    def test_a_session_policy_limits_it(self, shop: Shop) -> None:
        bucket = shop.bucket()
        free, role = session(shop, writes(bucket))
        sending = begin(free, bucket, "k")
        abort(free, sending)
        limited, _ = session(shop, {}, limit=writes(bucket), role=role)
        other, _ = session(shop, {}, role=role)
        sending = begin(limited, bucket, "k")
        assert refused(abort, s3=other, sending=sending)[0] == "AccessDenied"

    def test_across_accounts_leave_to_upload_is_enough(self, shop: Shop) -> None:
        """Both for who began it and for the account of that user; a third account stays outside."""
        bucket = shop.bucket()
        shop.policy(bucket, writes(bucket, Principal={"AWS": shop.other.id}))
        user = outsider(shop, grant(["s3:PutObject", "s3:AbortMultipartUpload"], "*"))
        sending = begin(user, bucket, "k")
        assert refused(user.list_parts, **sending.names)[0] == "AccessDenied"  # its own side is silent
        assert "Parts" not in shop.foreign.list_parts(**sending.names)
        third = shop.world.account("Third")
        assert refused(abort, s3=shop.world.client("s3", third.admin), sending=sending) == PLAIN
        abort(user, sending)
        sending = begin(user, bucket, "k")
        abort(shop.foreign, sending)

    def test_across_accounts_its_own_side_must_allow_it(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.policy(bucket, writes(bucket, Principal={"AWS": shop.other.id}))
        user = outsider(shop, writes(bucket))
        sending = begin(user, bucket, "k")
        assert refused(abort, s3=user, sending=sending)[0] == "AccessDenied"

    def test_the_bucket_owners_account_may_end_foreign_uploads(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.policy(bucket, writes(bucket, Principal={"AWS": shop.other.id}))
        sending = begin(shop.foreign, bucket, "k")
        assert refused(abort, s3=shop.user(writes(bucket)), sending=sending)[0] == "AccessDenied"
        abort(shop.world.client("s3", shop.account.root), sending)

    def test_listings_name_it(self, shop: Shop) -> None:
        bucket = shop.bucket()
        sent = [
            begin(shop.s3, bucket, "a"),
            begin(shop.world.client("s3", shop.account.root), bucket, "b"),
        ]
        uploads = shop.s3.list_multipart_uploads(Bucket=bucket)["Uploads"]
        owner = uploads[0]["Owner"]["ID"]
        assert [one["Initiator"]["ID"] for one in uploads] == [
            f"arn:aws:iam::{shop.account.id}:user/admin",
            owner,
        ]
        assert shop.s3.list_parts(**sent[0].names)["Initiator"] == uploads[0]["Initiator"]


def test_an_upload_across_accounts_belongs_to_the_buckets_owner(shop: Shop) -> None:
    bucket = shop.bucket()
    shop.policy(bucket, writes(bucket, Principal={"AWS": shop.other.id}))
    sending = begin(shop.foreign, bucket, "k")
    sending.part(1, b"x")
    sending.complete()
    assert refused(shop.foreign.get_object, Bucket=bucket, Key="k") == PLAIN
    assert shop.s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


def test_an_expected_owner_is_asked_for_at_every_step(shop: Shop) -> None:
    bucket = shop.bucket()
    sending = begin(shop.s3, bucket, "k")
    sending.part(1, b"x")
    wrong = {"ExpectedBucketOwner": shop.other.id}
    parts = {"MultipartUpload": {"Parts": sending.listed}}
    assert refused(shop.s3.create_multipart_upload, Bucket=bucket, Key="k", **wrong) == PLAIN
    assert refused(shop.s3.upload_part, **sending.names, PartNumber=2, Body=b"y", **wrong) == PLAIN
    assert refused(shop.s3.complete_multipart_upload, **sending.names, **parts, **wrong) == PLAIN
    assert refused(shop.s3.abort_multipart_upload, **sending.names, **wrong) == PLAIN
    assert refused(shop.s3.list_parts, **sending.names, **wrong) == PLAIN
    assert refused(shop.s3.list_multipart_uploads, Bucket=bucket, **wrong) == PLAIN
    sending.complete(ExpectedBucketOwner=shop.account.id)


@pytest.mark.parametrize(("step", "value"), [("create", "false"), ("part", "false"), ("complete", "true")])
def test_which_steps_make_an_object(shop: Shop, step: str, value: str) -> None:
    """`s3:ObjectCreationOperation` lets a policy demand If-None-Match of those alone."""
    bucket = shop.bucket()
    sending = begin(shop.s3, bucket, "k")
    sending.part(1, b"x")
    names, parts = sending.names, {"MultipartUpload": {"Parts": sending.listed}}
    arguments: dict[str, tuple[str, dict[str, Any]]] = {
        "create": ("create_multipart_upload", {"Bucket": bucket, "Key": "k"}),
        "part": ("upload_part", {**names, "PartNumber": 1, "Body": b"x"}),
        "complete": ("complete_multipart_upload", {**names, **parts}),
    }
    method, call = arguments[step]
    for allowed in ("true", "false"):
        condition = {"Bool": {"s3:ObjectCreationOperation": allowed}}
        user = shop.user(writes(bucket, Condition=condition))
        if allowed == value:
            getattr(user, method)(**call)
        else:
            assert refused(getattr(user, method), **call)[0] == "AccessDenied"


def test_completing_on_a_condition_needs_to_read(shop: Shop) -> None:
    bucket = shop.bucket()
    etag = shop.s3.put_object(Bucket=bucket, Key="k", Body=b"there")["ETag"]
    sending = begin(shop.s3, bucket, "k")
    sending.part(1, b"x")
    parts = {"MultipartUpload": {"Parts": sending.listed}}
    user = shop.user(writes(bucket))
    assert (
        refused(user.complete_multipart_upload, **sending.names, **parts, IfMatch=etag)[0] == "AccessDenied"
    )
    both = shop.user(writes(bucket), grant("s3:GetObject", f"arn:aws:s3:::{bucket}/*"))
    both.complete_multipart_upload(**sending.names, **parts, IfMatch=etag)
