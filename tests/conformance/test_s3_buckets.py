"""Buckets: made, found, listed and deleted by boto3."""

import pytest
from botocore.exceptions import ClientError
from tests.conformance.fix_s3 import Shop, grant
from tests.fix_world import World
from tests.refusals import NO_IDENTITY, denied, refused

TAKEN = (
    "BucketAlreadyExists",
    "The requested bucket name is not available. The bucket namespace is shared by all users of the system. "
    "Please select a different name and try again.",
    409,
)
OWNED = (
    "BucketAlreadyOwnedByYou",
    "Your previous request to create the named bucket succeeded and you already own it.",
    409,
)
ABSENT = ("NoSuchBucket", "The specified bucket does not exist", 404)


class TestCreate:
    def test_it_is_there_afterwards(self, shop: Shop) -> None:
        answer = shop.s3.create_bucket(Bucket="first-bucket")
        assert answer["Location"] == "/first-bucket"
        assert answer["BucketArn"] == "arn:aws:s3:::first-bucket"
        assert shop.s3.head_bucket(Bucket="first-bucket")["BucketRegion"] == "us-east-1"

    def test_again_changes_nothing_in_us_east_1(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "kept")
        shop.s3.create_bucket(Bucket=bucket)
        assert shop.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1

    def test_again_is_refused_in_other_regions(self, shop: Shop) -> None:
        s3 = shop.world.client("s3", shop.account.admin, region="eu-west-1")
        where = {"LocationConstraint": "eu-west-1"}
        s3.create_bucket(Bucket="again-europe", CreateBucketConfiguration=where)
        assert refused(s3.create_bucket, Bucket="again-europe", CreateBucketConfiguration=where) == OWNED

    def test_a_name_is_taken_for_all_accounts(self, shop: Shop) -> None:
        assert refused(shop.foreign.create_bucket, Bucket=shop.bucket()) == TAKEN

    def test_a_name_is_taken_for_other_partitions_as_well(self, shop: Shop) -> None:
        china = shop.world.account("China", partition="aws-cn")
        s3 = shop.world.client("s3", china.admin, region="cn-north-1")
        where = {"LocationConstraint": "cn-north-1"}
        bucket = shop.bucket()
        assert refused(s3.create_bucket, Bucket=bucket, CreateBucketConfiguration=where) == TAKEN
        assert refused(s3.list_objects_v2, Bucket=bucket) == ABSENT
        s3.create_bucket(Bucket="chinese-bucket", CreateBucketConfiguration=where)
        assert refused(shop.s3.list_objects_v2, Bucket="chinese-bucket") == ABSENT
        assert [found["BucketArn"] for found in s3.list_buckets()["Buckets"]] == [
            "arn:aws-cn:s3:::chinese-bucket"
        ]

    def test_a_deleted_name_is_free_for_all(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.s3.delete_bucket(Bucket=bucket)
        shop.foreign.create_bucket(Bucket=bucket)
        assert refused(shop.s3.list_objects_v2, Bucket=bucket) == ("AccessDenied", "Access Denied", 403)

    @pytest.mark.parametrize("name", ["ab", "two..dots", "192.168.5.4", "xn--name", "UPPER", "name-an"])
    def test_bad_names(self, shop: Shop, name: str) -> None:
        message = "The specified bucket is not valid."
        assert refused(shop.s3.create_bucket, Bucket=name) == ("InvalidBucketName", message, 400)

    def test_who_may_not_is_refused(self, shop: Shop) -> None:
        s3 = shop.user(grant("s3:CreateBucket", "arn:aws:s3:::mine-*"))
        s3.create_bucket(Bucket="mine-1")
        code, message, status = refused(s3.create_bucket, Bucket="yours-1")
        assert (code, status) == ("AccessDenied", 403)
        assert 's3:CreateBucket on resource: "arn:aws:s3:::yours-1" because no identity-based' in message

    def test_the_region_can_be_prescribed(self, shop: Shop) -> None:
        only = {"StringEquals": {"s3:LocationConstraint": "eu-west-1"}}
        keys = shop.world.user(
            shop.account,
            "european",
            {"Version": "2012-10-17", "Statement": [grant("s3:CreateBucket", "*", Condition=only)]},
        )
        s3 = shop.world.client("s3", keys)
        where = {"LocationConstraint": "eu-west-1"}
        s3.create_bucket(Bucket="prescribed", CreateBucketConfiguration=where)
        where = {"LocationConstraint": "eu-west-2"}
        assert refused(s3.create_bucket, Bucket="elsewhere", CreateBucketConfiguration=where)[2] == 403
        assert refused(s3.create_bucket, Bucket="elsewhere")[2] == 403


class TestRegion:
    @pytest.mark.parametrize(
        ("region", "constraint", "told"),
        [
            ("us-east-1", None, None),
            ("us-east-1", "eu-west-1", "eu-west-1"),
            ("us-east-1", "EU", "eu-west-1"),
            ("eu-central-1", "eu-central-1", "eu-central-1"),
        ],
    )
    def test_where_a_bucket_is(self, shop: Shop, region: str, constraint: str | None, told: str) -> None:
        name = f"in-{region}-{constraint or 'default'}".lower()
        s3 = shop.world.client("s3", shop.account.admin, region=region)
        where = {"CreateBucketConfiguration": {"LocationConstraint": constraint}} if constraint else {}
        s3.create_bucket(Bucket=name, **where)
        assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == told
        assert s3.head_bucket(Bucket=name)["BucketRegion"] == (told or "us-east-1")

    @pytest.mark.parametrize(
        ("region", "constraint", "code"),
        [
            ("eu-west-1", None, "IllegalLocationConstraintException"),
            ("eu-west-1", "eu-west-2", "IllegalLocationConstraintException"),
            ("us-east-1", "cn-north-1", "InvalidLocationConstraint"),
            ("us-east-1", "us-east-1", "InvalidLocationConstraint"),
            ("us-east-1", "moon-west-1", "InvalidLocationConstraint"),
        ],
    )
    def test_where_a_bucket_cannot_be(
        self, shop: Shop, region: str, constraint: str | None, code: str
    ) -> None:
        s3 = shop.world.client("s3", shop.account.admin, region=region)
        where = {"CreateBucketConfiguration": {"LocationConstraint": constraint}} if constraint else {}
        assert refused(s3.create_bucket, Bucket="nowhere", **where)[::2] == (code, 400)
        assert refused(shop.s3.head_bucket, Bucket="nowhere")[2] == 404


class TestNotOffered:
    @pytest.mark.parametrize(
        ("arguments", "code", "status"),
        [
            ({"ACL": "authenticated-read"}, "InvalidBucketAclWithObjectOwnership", 400),
            (
                {"GrantWrite": "uri=http://acs.amazonaws.com/groups/s3/LogDelivery"},
                "InvalidBucketAclWithObjectOwnership",
                400,
            ),
            ({"BucketNamespace": "account-regional"}, "NotImplemented", 501),
            (
                {"CreateBucketConfiguration": {"Tags": [{"Key": "k", "Value": v} for v in "ab"]}},
                "InvalidTag",
                400,
            ),
            (
                {"CreateBucketConfiguration": {"Location": {"Type": "LocalZone", "Name": "z"}}},
                "NotImplemented",
                501,
            ),
        ],
    )
    def test_other_kinds_of_buckets(
        self, shop: Shop, arguments: dict[str, object], code: str | None, status: int
    ) -> None:
        found = refused(shop.s3.create_bucket, Bucket="special", **arguments)
        assert found[2] == status
        assert code in (None, found[0])
        assert refused(shop.s3.head_bucket, Bucket="special")[2] == 404

    def test_what_new_buckets_are_anyway_may_be_asked_for(self, shop: Shop) -> None:
        shop.s3.create_bucket(
            Bucket="usual", ACL="private", ObjectOwnership="BucketOwnerEnforced", BucketNamespace="global"
        )


class TestList:
    def test_an_account_sees_its_own(self, world: World) -> None:
        one, two = world.account("One"), world.account("Two")
        for account, name in ((one, "b-one"), (two, "a-two"), (one, "a-one")):
            world.client("s3", account.admin).create_bucket(Bucket=name)
        listed = world.client("s3", one.admin).list_buckets()
        assert [bucket["Name"] for bucket in listed["Buckets"]] == ["a-one", "b-one"]
        assert len(listed["Owner"]["ID"]) == 64
        assert listed["Buckets"][0]["CreationDate"].timestamp() == int(world.clock.now)

    def test_pages_prefix_and_region(self, world: World) -> None:
        s3 = world.client("s3", world.account("One").admin)
        for number in range(5):
            s3.create_bucket(Bucket=f"page-{number}")
        s3.create_bucket(Bucket="page-eu", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        s3.create_bucket(Bucket="other")
        pages = s3.get_paginator("list_buckets").paginate(Prefix="page-", PaginationConfig={"PageSize": 4})
        names = [[bucket["Name"] for bucket in page["Buckets"]] for page in pages]
        assert names == [["page-0", "page-1", "page-2", "page-3"], ["page-4", "page-eu"]]
        european = s3.list_buckets(BucketRegion="eu-west-1")["Buckets"]
        assert [bucket["Name"] for bucket in european] == ["page-eu"]

    def test_a_made_up_continuation_token_is_refused(self, shop: Shop) -> None:
        assert refused(shop.s3.list_buckets, ContinuationToken="%%")[::2] == ("InvalidArgument", 400)

    def test_who_may_not_is_told_no_resource(self, shop: Shop) -> None:
        s3 = shop.user(grant("s3:ListBucket", "*"))
        code, message, status = refused(s3.list_buckets)
        assert (code, status) == ("AccessDenied", 403)
        reason = NO_IDENTITY.format("s3:ListAllMyBuckets")
        assert message.endswith(f"is not authorized to perform: s3:ListAllMyBuckets {reason}")

    def test_nobody_lists_no_buckets(self, shop: Shop) -> None:
        assert refused(shop.anonymous.list_buckets) == ("AccessDenied", "Access Denied", 403)


class TestHeadAndDelete:
    def test_a_missing_bucket(self, shop: Shop) -> None:
        assert refused(shop.s3.head_bucket, Bucket="missing-bucket")[2] == 404
        assert refused(shop.s3.delete_bucket, Bucket="missing-bucket") == ABSENT
        assert refused(shop.s3.get_bucket_location, Bucket="missing-bucket") == ABSENT

    def test_a_bucket_of_another_account(self, shop: Shop) -> None:
        bucket = shop.bucket()
        assert refused(shop.foreign.head_bucket, Bucket=bucket)[2] == 403
        assert refused(shop.foreign.delete_bucket, Bucket=bucket) == ("AccessDenied", "Access Denied", 403)
        assert shop.s3.head_bucket(Bucket=bucket)

    @pytest.mark.parametrize("who", ["foreign", "anonymous"])
    def test_its_region_is_told_to_everybody(self, shop: Shop, who: str) -> None:
        s3 = shop.world.client("s3", shop.account.admin, region="eu-central-1")
        name = f"asked-by-{who}"
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        with pytest.raises(ClientError) as caught:
            getattr(shop, who).head_bucket(Bucket=name)
        answer = caught.value.response["ResponseMetadata"]
        assert (answer["HTTPStatusCode"], answer["HTTPHeaders"]["x-amz-bucket-region"]) == (
            403,
            "eu-central-1",
        )

    def test_only_an_empty_bucket_is_deleted(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.fill(bucket, "k")
        expected = ("BucketNotEmpty", "The bucket you tried to delete is not empty", 409)
        assert refused(shop.s3.delete_bucket, Bucket=bucket) == expected
        shop.s3.delete_object(Bucket=bucket, Key="k")
        shop.s3.delete_bucket(Bucket=bucket)
        assert refused(shop.s3.list_objects_v2, Bucket=bucket) == ABSENT

    def test_versions_and_markers_must_be_deleted_as_well(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        marker = shop.s3.delete_object(Bucket=bucket, Key="k")["VersionId"]
        assert refused(shop.s3.delete_bucket, Bucket=bucket) == (
            "BucketNotEmpty",
            "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
            409,
        )
        shop.s3.delete_object(Bucket=bucket, Key="k", VersionId=marker)
        shop.s3.delete_bucket(Bucket=bucket)

    def test_a_new_bucket_of_the_same_name_holds_nothing_of_the_old_one(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.policy(
            bucket,
            grant("s3:ListBucket", f"arn:aws:s3:::{bucket}", Principal={"AWS": shop.other.id}),
        )
        assert shop.foreign.head_bucket(Bucket=bucket)
        shop.s3.delete_bucket(Bucket=bucket)
        shop.s3.create_bucket(Bucket=bucket)
        assert refused(shop.foreign.head_bucket, Bucket=bucket)[2] == 403

    def test_the_expected_owner(self, shop: Shop) -> None:
        bucket = shop.bucket()
        shop.s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=shop.account.id)
        plain = ("AccessDenied", "Access Denied", 403)
        for call in (shop.s3.list_objects_v2, shop.s3.delete_bucket, shop.s3.get_bucket_location):
            assert refused(call, Bucket=bucket, ExpectedBucketOwner=shop.other.id) == plain
            assert refused(call, Bucket=bucket, ExpectedBucketOwner="nobody") == (
                "InvalidBucketOwnerAWSAccountID",
                "The value of the expected bucket owner parameter must be an AWS account ID",
                400,
            )

    def test_deny_wins(self, shop: Shop) -> None:
        bucket = shop.bucket()
        arn = f"arn:aws:s3:::{bucket}"
        s3 = shop.user(grant("s3:*", "*"), grant("s3:DeleteBucket", arn, effect="Deny"))
        code, message, _ = refused(s3.delete_bucket, Bucket=bucket)
        assert code == "AccessDenied"
        assert message.endswith("with an explicit deny in an identity-based policy")
        who = message.split(" ")[1]
        assert (code, message, 403) == denied(
            who, "s3:DeleteBucket", f'"{arn}"', "with an explicit deny in an identity-based policy"
        )


def test_a_bucket_in_the_host_name(shop: Shop) -> None:
    """`bucket.localhost` names the bucket, as `localhost/bucket` does, and is as closed."""
    bucket = shop.bucket(blocked=False)
    shop.fill(bucket, "k")
    request = f"GET /k HTTP/1.1\r\nhost: {bucket}.localhost:{shop.world.port}\r\nconnection: close\r\n\r\n"
    assert shop.world.raw(request.encode()).startswith(b"HTTP/1.1 403 ")
    shop.policy(bucket, grant("s3:GetObject", f"arn:aws:s3:::{bucket}/*", Principal="*"))
    answer = shop.world.raw(request.encode())
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\nk")
