"""Access control lists, whose uploads are, and Block Public Access (S3 guide, "Controlling ownership of
objects").
"""

import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conformance.fix_s3 import Shop, grant
from tests.refusals import refused

from deputize.model import ids

pytest_plugins = ["tests.conformance.fix_s3"]
PLAIN = ("AccessDenied", "Access Denied", 403)
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
SIGNED = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
ANONYMOUS = "65a011a29cdf8ec533ec3d1ccaae921c"


def open_bucket(shop: Shop, ownership: str = "ObjectWriter", **acl: str) -> str:
    """A bucket in which lists count and nothing is blocked."""
    bucket = shop.bucket(blocked=False)
    shop.s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": ownership}]}
    )
    if acl:
        shop.s3.put_bucket_acl(Bucket=bucket, **acl)
    return bucket


def grants_of(acl: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["Grantee"].get("URI") or one["Grantee"]["ID"], one["Permission"]) for one in acl["Grants"]]


def canonical(shop: Shop) -> tuple[str, str]:
    return ids.canonical_id(shop.account.id), ids.canonical_id(shop.other.id)


class TestForms:
    @pytest.mark.parametrize(
        ("name", "more"),
        [
            ("private", []),
            ("public-read", [(ALL_USERS, "READ")]),
            ("public-read-write", [(ALL_USERS, "READ"), (ALL_USERS, "WRITE")]),
            ("authenticated-read", [(SIGNED, "READ")]),
            (
                "log-delivery-write",
                [
                    ("http://acs.amazonaws.com/groups/s3/LogDelivery", "WRITE"),
                    ("http://acs.amazonaws.com/groups/s3/LogDelivery", "READ_ACP"),
                ],
            ),
        ],
    )
    def test_canned(self, shop: Shop, name: str, more: list[tuple[str, str]]) -> None:
        bucket, own = open_bucket(shop), canonical(shop)[0]
        # botocore's enumeration of a bucket's canned lists lacks one that S3 takes.
        shop.s3.put_bucket_acl(Bucket=bucket, ACL=name)
        acl = shop.s3.get_bucket_acl(Bucket=bucket)
        assert acl["Owner"]["ID"] == own
        assert grants_of(acl) == [(own, "FULL_CONTROL"), *more]

    def test_by_headers_as_sent(self, shop: Shop) -> None:
        bucket, (own, other) = open_bucket(shop), canonical(shop)
        shop.s3.put_bucket_acl(
            Bucket=bucket, GrantRead=f'id="{other}", uri="{ALL_USERS}"', GrantWriteACP=f"id={own}"
        )
        found = grants_of(shop.s3.get_bucket_acl(Bucket=bucket))
        assert sorted(found) == sorted([(other, "READ"), (ALL_USERS, "READ"), (own, "WRITE_ACP")])

    def test_in_the_body(self, shop: Shop) -> None:
        bucket, (own, other) = open_bucket(shop), canonical(shop)
        shop.fill(bucket, "k")
        grant_other = {"Grantee": {"Type": "CanonicalUser", "ID": other}, "Permission": "READ"}
        policy = {"Owner": {"ID": own}, "Grants": [grant_other]}
        shop.s3.put_object_acl(Bucket=bucket, Key="k", AccessControlPolicy=policy)
        assert grants_of(shop.s3.get_object_acl(Bucket=bucket, Key="k")) == [(other, "READ")]

    @pytest.mark.parametrize(
        ("acl", "code", "status"),
        [
            ({"ACL": "private", "GrantRead": f"uri={ALL_USERS}"}, "InvalidRequest", 400),
            ({"GrantRead": "id=" + "0" * 64}, "InvalidArgument", 400),
            ({"GrantRead": "uri=http://example.com/"}, "InvalidArgument", 400),
            ({"GrantRead": "nonsense"}, "InvalidArgument", 400),
            ({"GrantRead": "emailAddress=a@example.com"}, "MethodNotAllowed", 405),
            ({}, "MissingSecurityHeader", 400),
        ],
    )
    def test_bad_ones_change_nothing(self, shop: Shop, acl: dict[str, str], code: str, status: int) -> None:
        bucket = open_bucket(shop)
        found = refused(shop.s3.put_bucket_acl, Bucket=bucket, **acl)
        assert (found[0], found[2]) == (code, status)
        assert grants_of(shop.s3.get_bucket_acl(Bucket=bucket)) == [(canonical(shop)[0], "FULL_CONTROL")]

    @pytest.mark.parametrize(
        ("member", "value", "told"),
        [
            ("GrantFullControl", "nonsense", ("x-amz-grant-full-control", "nonsense")),
            ("GrantReadACP", "nonsense", ("x-amz-grant-read-acp", "nonsense")),
            ("GrantRead", "id=0123", ("id", "0123")),
        ],
    )
    def test_an_error_names_the_argument(
        self, shop: Shop, member: str, value: str, told: tuple[str, str]
    ) -> None:
        with pytest.raises(ClientError) as caught:
            shop.s3.put_bucket_acl(Bucket=open_bucket(shop), **{member: value})
        error: dict[str, Any] = {**caught.value.response["Error"]}
        assert (error["ArgumentName"], error["ArgumentValue"]) == told

    def test_bad_bodies(self, shop: Shop) -> None:
        bucket, (own, other) = open_bucket(shop), canonical(shop)
        one = {"Grantee": {"Type": "CanonicalUser", "ID": own}, "Permission": "READ"}
        put_acl = shop.s3.put_bucket_acl
        for policy, code in (
            ({"Grants": [one]}, "MalformedACLError"),
            ({"Owner": {"ID": own}}, "MalformedACLError"),
            ({"Owner": {"ID": other}, "Grants": [one]}, "AccessDenied"),
            ({"Owner": {"ID": own}, "Grants": [one] * 101}, "MalformedACLError"),
            ({"Owner": {"ID": own}, "Grants": [{"Permission": "READ"}]}, "MalformedACLError"),
            (
                {"Owner": {"ID": own}, "Grants": [{**one, "Grantee": {"Type": "Group"}}]},
                "MalformedACLError",
            ),
            (
                {
                    "Owner": {"ID": own},
                    "Grants": [
                        {**one, "Grantee": {"Type": "AmazonCustomerByEmail", "EmailAddress": "a@b.c"}}
                    ],
                },
                "MethodNotAllowed",
            ),
        ):
            assert refused(put_acl, Bucket=bucket, AccessControlPolicy=policy)[0] == code


class TestRights:
    def test_everybody_may_read_what_is_public(self, shop: Shop) -> None:
        bucket = open_bucket(shop)
        shop.s3.put_object(Bucket=bucket, Key="open", Body=b"open", ACL="public-read")
        shop.fill(bucket, "closed")
        assert shop.anonymous.get_object(Bucket=bucket, Key="open")["Body"].read() == b"open"
        assert shop.user().get_object(Bucket=bucket, Key="open")["Body"].read() == b"open"
        assert refused(shop.anonymous.get_object, Bucket=bucket, Key="closed") == PLAIN
        assert refused(shop.anonymous.list_objects_v2, Bucket=bucket) == PLAIN
        assert refused(shop.anonymous.put_object, Bucket=bucket, Key="new", Body=b"") == PLAIN
        assert refused(shop.anonymous.get_object_acl, Bucket=bucket, Key="open") == PLAIN

    def test_only_those_who_sign_are_authenticated(self, shop: Shop) -> None:
        bucket = open_bucket(shop)
        shop.s3.put_object(Bucket=bucket, Key="k", Body=b"k", ACL="authenticated-read")
        assert shop.foreign.get_object(Bucket=bucket, Key="k")["Body"].read() == b"k"
        assert refused(shop.anonymous.get_object, Bucket=bucket, Key="k") == PLAIN

    def test_an_account_needs_its_own_permission_as_well(self, shop: Shop) -> None:
        bucket, other = open_bucket(shop), canonical(shop)[1]
        shop.s3.put_object(Bucket=bucket, Key="k", Body=b"k", GrantRead=f"id={other}")
        assert shop.foreign.get_object(Bucket=bucket, Key="k")["Body"].read() == b"k"
        nobody = shop.world.client("s3", shop.world.user(shop.other, "no-rights", None))
        assert refused(nobody.get_object, Bucket=bucket, Key="k") == PLAIN
        assert refused(shop.foreign.get_object_acl, Bucket=bucket, Key="k") == PLAIN
        assert refused(shop.foreign.delete_object, Bucket=bucket, Key="k") == PLAIN

    @pytest.mark.parametrize("permission", ["GrantRead", "GrantWrite", "GrantReadACP", "GrantWriteACP"])
    def test_each_permission_on_a_bucket_allows_its_own(self, shop: Shop, permission: str) -> None:
        bucket = open_bucket(shop)
        own, other = canonical(shop)
        shop.s3.put_bucket_acl(Bucket=bucket, GrantFullControl=f"id={own}", **{permission: f"id={other}"})
        calls = {
            "GrantRead": lambda: shop.foreign.list_objects_v2(Bucket=bucket),
            "GrantWrite": lambda: shop.foreign.put_object(Bucket=bucket, Key="k", Body=b""),
            "GrantReadACP": lambda: shop.foreign.get_bucket_acl(Bucket=bucket),
            "GrantWriteACP": lambda: shop.foreign.put_bucket_acl(Bucket=bucket, ACL="private"),
        }
        for name, call in calls.items():
            if name != permission:
                assert refused(call) == PLAIN, name
        calls[permission]()

    def test_a_denial_of_the_policy_stands_above_a_list(self, shop: Shop) -> None:
        bucket = open_bucket(shop)
        shop.s3.put_object(Bucket=bucket, Key="k", Body=b"k", ACL="public-read")
        deny = grant("s3:GetObject", f"arn:aws:s3:::{bucket}/*", effect="Deny", Principal="*")
        shop.policy(bucket, deny)
        assert refused(shop.anonymous.get_object, Bucket=bucket, Key="k") == PLAIN

    def test_a_condition_may_prescribe_the_list(self, shop: Shop) -> None:
        bucket = open_bucket(shop)
        only = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
        writer = shop.user(grant(["s3:PutObject", "s3:PutObjectAcl"], "*", Condition=only))
        writer.put_object(Bucket=bucket, Key="k", Body=b"", ACL="bucket-owner-full-control")
        for acl in ({}, {"ACL": "public-read"}):
            assert refused(writer.put_object, Bucket=bucket, Key="k", Body=b"", **acl)[0] == "AccessDenied"


class TestOwnership:
    def foreign_write(self, shop: Shop, ownership: str, **acl: str) -> str:
        """A bucket in which another account has stored `k`."""
        bucket = open_bucket(shop, ownership, ACL="public-read-write")
        shop.foreign.put_object(Bucket=bucket, Key="k", Body=b"theirs", **acl)
        return bucket

    def test_a_writer_owns_its_objects(self, shop: Shop) -> None:
        bucket = self.foreign_write(shop, "ObjectWriter")
        own, other = canonical(shop)
        code, message, _ = refused(shop.s3.get_object, Bucket=bucket, Key="k")
        assert (code, "no resource-based policy allows" in message) == ("AccessDenied", True)
        assert shop.foreign.get_object(Bucket=bucket, Key="k")["Body"].read() == b"theirs"
        acl = shop.foreign.get_object_acl(Bucket=bucket, Key="k")
        assert (acl["Owner"]["ID"], grants_of(acl)) == (other, [(other, "FULL_CONTROL")])
        assert shop.s3.list_objects(Bucket=bucket)["Contents"][0]["Owner"]["ID"] == other
        assert own != other

    def test_the_buckets_policy_does_not_open_what_others_own(self, shop: Shop) -> None:
        bucket = self.foreign_write(shop, "ObjectWriter")
        shop.fill(bucket, "ours")
        shop.policy(bucket, grant("s3:GetObject", f"arn:aws:s3:::{bucket}/*", Principal="*"))
        assert shop.anonymous.get_object(Bucket=bucket, Key="ours")["Body"].read() == b"ours"
        assert refused(shop.anonymous.get_object, Bucket=bucket, Key="k") == PLAIN

    def test_the_buckets_owner_may_delete_and_deny(self, shop: Shop) -> None:
        bucket = self.foreign_write(shop, "ObjectWriter")
        deny = grant("s3:GetObject", f"arn:aws:s3:::{bucket}/*", effect="Deny", Principal="*")
        shop.policy(bucket, deny)
        assert refused(shop.foreign.get_object, Bucket=bucket, Key="k") == PLAIN
        shop.s3.delete_object(Bucket=bucket, Key="k")
        assert shop.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0

    def test_writers_replace_and_delete_only_their_own(self, shop: Shop) -> None:
        bucket = self.foreign_write(shop, "ObjectWriter")
        shop.fill(bucket, "ours")
        assert refused(shop.foreign.put_object, Bucket=bucket, Key="ours", Body=b"x") == PLAIN
        assert refused(shop.foreign.delete_object, Bucket=bucket, Key="ours") == PLAIN
        shop.foreign.put_object(Bucket=bucket, Key="k", Body=b"new")
        shop.foreign.delete_object(Bucket=bucket, Key="k")
        assert shop.s3.get_object(Bucket=bucket, Key="ours")["Body"].read() == b"ours"

    def test_who_gives_an_object_away(self, shop: Shop) -> None:
        given = {"ACL": "bucket-owner-full-control"}
        own, other = canonical(shop)
        preferred = self.foreign_write(shop, "BucketOwnerPreferred", **given)
        assert shop.s3.get_object_acl(Bucket=preferred, Key="k")["Owner"]["ID"] == own
        kept = self.foreign_write(shop, "ObjectWriter", **given)
        acl = shop.s3.get_object_acl(Bucket=kept, Key="k")
        assert acl["Owner"]["ID"] == other
        assert grants_of(acl) == [(other, "FULL_CONTROL"), (own, "FULL_CONTROL")]
        assert shop.s3.get_object(Bucket=kept, Key="k")["Body"].read() == b"theirs"

    def test_an_upload_without_a_signature_is_nobodys(self, shop: Shop) -> None:
        bucket = open_bucket(shop, ACL="public-read-write")
        shop.anonymous.put_object(Bucket=bucket, Key="k", Body=b"x")
        assert shop.s3.list_objects(Bucket=bucket)["Contents"][0]["Owner"]["ID"] == ANONYMOUS

    def test_enforcing_ends_lists_and_takes_all_objects(self, shop: Shop) -> None:
        bucket = self.foreign_write(shop, "ObjectWriter", ACL="public-read")
        enforce = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        put_ownership = shop.s3.put_bucket_ownership_controls
        assert refused(put_ownership, Bucket=bucket, OwnershipControls=enforce)[0] == (
            "InvalidBucketAclWithObjectOwnership"
        )
        owner = {"ID": canonical(shop)[0]}
        alone = {"Grantee": {"Type": "CanonicalUser", **owner}, "Permission": "FULL_CONTROL"}
        shop.s3.put_bucket_acl(Bucket=bucket, AccessControlPolicy={"Owner": owner, "Grants": [alone]})
        put_ownership(Bucket=bucket, OwnershipControls=enforce)
        assert shop.s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"theirs"
        assert refused(shop.anonymous.get_object, Bucket=bucket, Key="k") == PLAIN
        assert refused(shop.foreign.get_object, Bucket=bucket, Key="k") == PLAIN
        off = ("AccessControlListNotSupported", "The bucket does not allow ACLs", 400)
        assert refused(shop.s3.put_object_acl, Bucket=bucket, Key="k", ACL="private") == off
        assert refused(shop.s3.put_bucket_acl, Bucket=bucket, ACL="private") == off
        assert refused(shop.s3.put_object, Bucket=bucket, Key="k", Body=b"", ACL="public-read") == off

    def test_controls_can_be_deleted(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.s3.delete_bucket_ownership_controls(Bucket=bucket)
        missing = refused(shop.s3.get_bucket_ownership_controls, Bucket=bucket)
        assert (missing[0], missing[2]) == ("OwnershipControlsNotFoundError", 404)
        shop.s3.put_bucket_acl(Bucket=bucket, ACL="private")

    def test_rules_are_one(self, shop: Shop) -> None:
        bucket = shop.bucket()
        two = {"Rules": [{"ObjectOwnership": "ObjectWriter"}] * 2}
        call = refused(shop.s3.put_bucket_ownership_controls, Bucket=bucket, OwnershipControls=two)
        assert call[0] == "MalformedXML"


class TestNewBuckets:
    def test_a_bucket_is_made_with_a_list(self, shop: Shop) -> None:
        shop.s3.create_bucket(Bucket="made-with-list", ObjectOwnership="ObjectWriter", ACL="private")
        assert shop.s3.get_bucket_ownership_controls(Bucket="made-with-list")["OwnershipControls"] == {
            "Rules": [{"ObjectOwnership": "ObjectWriter"}]
        }
        for ownership, error in (
            (
                "ObjectWriter",
                (
                    "InvalidBucketAclWithBlockPublicAccessError",
                    "Bucket cannot have public ACLs set with BlockPublicAccess enabled",
                    400,
                ),
            ),
            (
                "BucketOwnerEnforced",
                (
                    "InvalidBucketAclWithObjectOwnership",
                    "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
                    400,
                ),
            ),
        ):
            call = refused(
                shop.s3.create_bucket, Bucket="not-public", ObjectOwnership=ownership, ACL="public-read"
            )
            assert call == error
        own, other = canonical(shop)
        shop.s3.create_bucket(Bucket="made-for-oneself", GrantFullControl=f"id={own}")
        call = refused(shop.s3.create_bucket, Bucket="not-public", GrantRead=f"id={other}")
        assert call[0] == "InvalidBucketAclWithObjectOwnership"
        assert refused(shop.s3.head_bucket, Bucket="not-public")[2] == 404

    def test_making_one_with_a_list_is_another_right(self, shop: Shop) -> None:
        s3 = shop.user(grant(["s3:CreateBucket", "s3:PutBucketOwnershipControls"], "*"))
        other = canonical(shop)[1]
        call = refused(
            s3.create_bucket, Bucket="not-made", ObjectOwnership="ObjectWriter", GrantRead=f"id={other}"
        )
        assert (call[0], "s3:PutBucketAcl on resource" in call[1]) == ("AccessDenied", True)


class TestBlockPublicAccess:
    def block(self, shop: Shop, bucket: str, **settings: bool) -> None:
        shop.s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=settings)

    def test_public_lists_are_refused(self, shop: Shop) -> None:
        bucket = open_bucket(shop)
        shop.fill(bucket, "k")
        self.block(shop, bucket, BlockPublicAcls=True)
        for call, more in (
            (shop.s3.put_bucket_acl, {}),
            (shop.s3.put_object_acl, {"Key": "k"}),
            (shop.s3.put_object, {"Key": "k", "Body": b"new"}),
            (shop.s3.create_multipart_upload, {"Key": "k"}),
        ):
            code, message, status = refused(call, Bucket=bucket, ACL="public-read", **more)
            assert (code, status) == ("AccessDenied", 403)
            assert "because public ACLs are prevented by the BlockPublicAcls setting" in message
        assert shop.s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"k"
        shop.s3.put_bucket_acl(Bucket=bucket, GrantRead=f"id={canonical(shop)[1]}")

    def test_public_grants_are_passed_over(self, shop: Shop) -> None:
        bucket = open_bucket(shop, ACL="public-read-write")
        shop.s3.put_object(Bucket=bucket, Key="k", Body=b"k", ACL="public-read")
        self.block(shop, bucket, IgnorePublicAcls=True)
        assert refused(shop.anonymous.get_object, Bucket=bucket, Key="k") == PLAIN
        assert refused(shop.anonymous.list_objects_v2, Bucket=bucket) == PLAIN
        assert refused(shop.anonymous.put_object, Bucket=bucket, Key="new", Body=b"") == PLAIN
        self.block(shop, bucket)
        assert shop.anonymous.get_object(Bucket=bucket, Key="k")["Body"].read() == b"k"


def test_a_public_object_is_read_by_a_plain_url(shop: Shop) -> None:
    bucket = open_bucket(shop)
    shop.s3.put_object(Bucket=bucket, Key="k", Body=b"k", ACL="public-read")
    with urllib.request.urlopen(f"{shop.world.url}/{bucket}/k") as answer:  # noqa: S310 - our own server
        assert answer.read() == b"k"
