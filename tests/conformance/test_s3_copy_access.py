"""Who may copy: the rights to read the source, to write the copy, and to do both (T18)."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from tests.conformance.fix_multipart import begin
from tests.conformance.fix_s3 import Shop, grant
from tests.conformance.test_s3_copy import naming
from tests.refusals import refused

from deputize.gateway import bodies

pytest_plugins = ("tests.conformance.fix_s3",)

PLAIN = ("AccessDenied", "Access Denied", 403)
# Makes the copy as a client; returns the call.
Copy = Callable[[Any, dict[str, Any]], Any]


def copy_of(shop: Shop, operation: str, bucket: str) -> Copy:
    """A CopyObject or an UploadPartCopy to `bucket`."""
    if operation == "CopyObject":
        return lambda s3, source: s3.copy_object(Bucket=bucket, Key="copy", CopySource=source)
    sending = begin(shop.s3, bucket, "copy")
    return lambda s3, source: s3.upload_part_copy(**sending.names, PartNumber=1, CopySource=source)


def nothing_came(shop: Shop, bucket: str) -> None:
    assert shop.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    for upload in shop.s3.list_multipart_uploads(Bucket=bucket).get("Uploads", ()):
        names = {"Bucket": bucket, "Key": upload["Key"], "UploadId": upload["UploadId"]}
        assert "Parts" not in shop.s3.list_parts(**names)


@pytest.mark.parametrize("operation", ["CopyObject", "UploadPartCopy"])
@pytest.mark.parametrize("version", [None, "null"])
@pytest.mark.parametrize(("reads", "writes", "named"), list(itertools.product((True, False), repeat=3)))
def test_all_of_them_are_needed(
    shop: Shop, operation: str, version: str | None, reads: bool, writes: bool, named: bool
) -> None:
    """T18: read the source, write the copy, and from there."""
    source, bucket = shop.bucket(), shop.bucket()
    shop.fill(source, "public/k")
    action = "s3:GetObject" if version is None else "s3:GetObjectVersion"
    allowed = f"{source}/{'public' if named else 'elsewhere'}/*"
    condition = {"StringLike": {"s3:x-amz-copy-source": allowed}}
    user = shop.user(
        grant(action if reads else "s3:GetObjectAcl", f"arn:aws:s3:::{source}/*"),
        grant(
            "s3:PutObject" if writes else "s3:PutObjectAcl", f"arn:aws:s3:::{bucket}/*", Condition=condition
        ),
    )
    copy = copy_of(shop, operation, bucket)
    what = {"Bucket": source, "Key": "public/k", **({} if version is None else {"VersionId": version})}
    if reads and writes and named:
        copy(user, what)
        return
    code, message, status = _refused(copy, user, what)
    assert (code, status) == ("AccessDenied", 403)
    missing = action if not reads else "s3:PutObject"
    assert f"is not authorized to perform: {missing} on" in message
    nothing_came(shop, bucket)


def _refused(copy: Copy, s3: Any, source: dict[str, Any]) -> tuple[str, str, int]:
    return refused(lambda: copy(s3, source))


@pytest.mark.parametrize("operation", ["CopyObject", "UploadPartCopy"])
@pytest.mark.parametrize("version", [None, "null"])
def test_one_right_to_read_does_not_stand_for_the_other(
    shop: Shop, operation: str, version: str | None
) -> None:
    source, bucket = shop.bucket(), shop.bucket()
    shop.fill(source, "k")
    other = "s3:GetObjectVersion" if version is None else "s3:GetObject"
    user = shop.user(grant([other, "s3:PutObject"], "*"))
    what = {"Bucket": source, "Key": "k", **({} if version is None else {"VersionId": version})}
    assert _refused(copy_of(shop, operation, bucket), user, what)[0] == "AccessDenied"
    nothing_came(shop, bucket)


@pytest.mark.parametrize("operation", ["CopyObject", "UploadPartCopy"])
def test_a_missing_source_is_told_to_those_who_may_list(shop: Shop, operation: str) -> None:
    source, bucket = shop.bucket(), shop.bucket()
    both = grant(["s3:GetObject", "s3:PutObject"], "*")
    copy, what = copy_of(shop, operation, bucket), {"Bucket": source, "Key": "missing"}
    code, message, _ = _refused(copy, shop.user(both), what)
    assert code == "AccessDenied"
    assert f's3:ListBucket on resource: "arn:aws:s3:::{source}"' in message
    lister = shop.user(both, grant("s3:ListBucket", f"arn:aws:s3:::{source}"))
    assert _refused(copy, lister, what)[::2] == ("NoSuchKey", 404)


@pytest.mark.parametrize("operation", ["CopyObject", "UploadPartCopy"])
class TestAcrossAccounts:
    def test_from_a_bucket_that_lets_read(self, shop: Shop, operation: str) -> None:
        source = shop.bucket()
        shop.fill(source, "k")
        shop.foreign.create_bucket(Bucket=f"{source}-to")
        what = {"Bucket": source, "Key": "k"}

        def copy() -> Any:
            if operation == "CopyObject":
                return shop.foreign.copy_object(Bucket=f"{source}-to", Key="copy", CopySource=what)
            sending = begin(shop.foreign, f"{source}-to", "copy")
            return shop.foreign.upload_part_copy(**sending.names, PartNumber=1, CopySource=what)

        assert refused(copy) == PLAIN
        read = grant("s3:GetObject", f"arn:aws:s3:::{source}/*", Principal={"AWS": shop.other.id})
        shop.policy(source, read)
        copy()
        shop.policy(source, read, {**read, "Effect": "Deny"})
        assert refused(copy)[0] == "AccessDenied"

    def test_into_a_bucket_that_lets_write(self, shop: Shop, operation: str) -> None:
        bucket = shop.bucket()
        shop.foreign.create_bucket(Bucket=f"{bucket}-from")
        shop.foreign.put_object(Bucket=f"{bucket}-from", Key="k", Body=b"x")
        what, copy = {"Bucket": f"{bucket}-from", "Key": "k"}, copy_of(shop, operation, bucket)
        assert _refused(copy, shop.foreign, what) == PLAIN
        nothing_came(shop, bucket)
        shop.policy(
            bucket, grant("s3:PutObject", f"arn:aws:s3:::{bucket}/*", Principal={"AWS": shop.other.id})
        )
        copy(shop.foreign, what)
        if operation == "CopyObject":  # it is the bucket owner's
            assert shop.s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == b"x"
            assert refused(shop.foreign.get_object, Bucket=bucket, Key="copy") == PLAIN


@pytest.mark.parametrize("operation", ["CopyObject", "UploadPartCopy"])
def test_who_does_not_sign_copies_nothing(shop: Shop, operation: str) -> None:
    bucket = shop.bucket(blocked=False)
    shop.fill(bucket, "k")
    copy = copy_of(shop, operation, bucket)
    shop.policy(bucket, grant("s3:*Object", f"arn:aws:s3:::{bucket}/*", Principal="*"))
    shop.anonymous.put_object(Bucket=bucket, Key="other", Body=b"x")
    assert _refused(copy, shop.anonymous, {"Bucket": bucket, "Key": "k"}) == (
        "AccessDenied",
        "Anonymous users cannot copy objects.  Please authenticate.",
        403,
    )


def test_expected_owners_of_both_buckets(shop: Shop) -> None:
    source, bucket = shop.bucket(), shop.bucket()
    shop.fill(source, "k")
    call = {"Bucket": bucket, "Key": "copy", "CopySource": f"{source}/k"}
    mine, theirs = shop.account.id, shop.other.id
    assert refused(shop.s3.copy_object, **call, ExpectedSourceBucketOwner=theirs) == PLAIN
    assert refused(shop.s3.copy_object, **call, ExpectedBucketOwner=theirs) == PLAIN
    nothing_came(shop, bucket)
    shop.s3.copy_object(**call, ExpectedSourceBucketOwner=mine, ExpectedBucketOwner=mine)


@pytest.mark.parametrize("sent", ["{}/secret/k", "{}/%73ecret/k", "{}/secret%2Fk"])
def test_an_encoded_letter_evades_no_deny(shop: Shop, sent: str) -> None:
    source, bucket = shop.bucket(), shop.bucket()
    shop.fill(source, "secret/k")
    condition = {"StringLike": {"s3:x-amz-copy-source": f"{source}/secret/*"}}
    user = shop.user(grant("s3:*", "*"), grant("s3:PutObject", "*", effect="Deny", Condition=condition))
    with naming(user, sent.format(source)):
        assert refused(user.copy_object, Bucket=bucket, Key="copy", CopySource="x/x")[0] == "AccessDenied"
    nothing_came(shop, bucket)


@pytest.mark.parametrize("directive", ["COPY", "REPLACE", None])
def test_a_policy_may_fix_the_directive(shop: Shop, directive: str | None) -> None:
    source, bucket = shop.bucket(), shop.bucket()
    shop.fill(source, "k")
    condition = {"StringEquals": {"s3:x-amz-metadata-directive": "REPLACE"}}
    user = shop.user(grant("s3:GetObject", "*"), grant("s3:PutObject", "*", Condition=condition))
    given = {"MetadataDirective": directive} if directive else {}
    call = {"Bucket": bucket, "Key": "copy", "CopySource": f"{source}/k", **given}
    if directive == "REPLACE":
        user.copy_object(**call)
    else:
        assert refused(user.copy_object, **call)[0] == "AccessDenied"


def test_an_acl_is_another_right(shop: Shop) -> None:
    bucket = shop.bucket()
    shop.fill(bucket, "k")
    user = shop.user(grant(["s3:GetObject", "s3:PutObject"], "*"))
    call = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/k"}
    message = refused(user.copy_object, **call, ACL="bucket-owner-full-control")[1]
    assert "s3:PutObjectAcl" in message
    user.copy_object(**call)


def test_rights_are_asked_again_when_the_bytes_are_staged(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is taken away while a copy is under way is gone."""
    source, bucket = shop.bucket(), shop.bucket()
    shop.fill(source, "k")
    user = shop.user(grant("s3:*", "*"))
    finish = bodies.Staging.finish

    def deny_first(self: bodies.Staging) -> Any:
        deny = grant("s3:GetObject", f"arn:aws:s3:::{source}/*", effect="Deny", Principal="*")
        shop.policy(source, deny)
        return finish(self)

    monkeypatch.setattr(bodies.Staging, "finish", deny_first)
    assert refused(user.copy_object, Bucket=bucket, Key="copy", CopySource=f"{source}/k")[0] == "AccessDenied"
    nothing_came(shop, bucket)
