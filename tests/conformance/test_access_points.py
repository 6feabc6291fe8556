"""S3 through access points: how they are named, what may be done through them, and who may."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.attacks.wire import Request, Signer, send
from tests.conformance.fix_points import OPEN, Points
from tests.conformance.fix_s3 import grant, policy_text
from tests.conformance.test_explain import explained
from tests.refusals import refused

from deputize.app import services
from deputize.s3 import access_points

ALL = grant("s3:*", "*")
NO_IDENTITY = "because no identity-based policy allows the {} action"


class TestHowTheyAreNamed:
    def test_by_arn_and_by_alias(self, points: Points) -> None:
        point, s3 = points.point(), points.s3()
        for name in (point.arn, point.alias):
            assert s3.get_object(Bucket=name, Key="cat")["Body"].read() == b"meow"
        path_style = points.world.client("s3", points.account.admin)
        assert path_style.get_object(Bucket=point.alias, Key="cat")["Body"].read() == b"meow"

    def test_under_amazons_own_name(self, points: Points) -> None:
        """What SDKs send without an endpoint of one's own, where that is pointed here."""
        point = points.point()
        host = f"{point.name}-{points.account.id}.s3-accesspoint.us-east-1.amazonaws.com"
        request = Request("GET", "/cat", (), (("Host", host),))
        reply = send(points.world, Signer(points.account.admin, points.world.clock.now).sign(request))
        assert (reply.status, reply.body) == (200, b"meow")

    def test_names_of_none(self, points: Points) -> None:
        s3, account = points.s3(), points.account.id
        arn = f"arn:aws:s3:us-east-1:{account}:accesspoint/nothing"
        assert refused(s3.get_object, Bucket=arn, Key="cat")[::2] == ("NoSuchBucket", 404)
        alias = "nothing-abc-s3alias"
        code, message, status = refused(s3.get_object, Bucket=alias, Key="cat")
        assert (code, status) == ("InvalidAccessPointAliasError", 400)
        assert message == "The specified access point alias name is not valid."
        copy = refused(s3.copy_object, Bucket=points.bucket(), Key="k", CopySource=f"{arn}/object/cat")
        assert copy == ("NoSuchAccessPoint", "The specified accesspoint does not exist", 404)

    def test_the_region_is_part_of_the_name(self, points: Points) -> None:
        abroad = points.s3(region="eu-west-1")
        abroad.create_bucket(
            Bucket="in-ireland", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        abroad.put_object(Bucket="in-ireland", Key="cat", Body=b"miaow")
        here = points.point()
        points.control(region="eu-west-1").create_access_point(
            AccountId=points.account.id, Name=here.name, Bucket="in-ireland"
        )
        there = here.arn.replace("us-east-1", "eu-west-1")
        for client in (points.s3(), abroad):
            assert client.get_object(Bucket=here.arn, Key="cat")["Body"].read() == b"meow"
            assert client.get_object(Bucket=there, Key="cat")["Body"].read() == b"miaow"
        # Of several regions' none is meant where the request is of another; the only one of its name is.
        path_style = points.world.client("s3", points.account.admin, region="eu-north-1")
        name = f"{here.name}-{points.account.id}"
        assert refused(path_style.get_object, Bucket=name, Key="cat")[0] == "NoSuchBucket"
        points.control().delete_access_point(AccountId=points.account.id, Name=here.name)
        assert path_style.get_object(Bucket=name, Key="cat")["Body"].read() == b"miaow"

    def test_another_partition_does_not_see_it(self, points: Points) -> None:
        china = points.world.account("China", partition="aws-cn")
        s3 = points.world.client("s3", china.admin, region="cn-north-1")
        alias = points.point().alias
        assert refused(s3.get_object, Bucket=alias, Key="cat")[0] == "InvalidAccessPointAliasError"

    def test_no_bucket_has_its_host(self, points: Points) -> None:
        """Under an endpoint of one's own both would be addressed alike."""
        point, s3 = points.point(), points.s3()
        name = f"{point.name}-{points.account.id}"
        assert refused(s3.create_bucket, Bucket=name)[::2] == ("BucketAlreadyExists", 409)
        s3.create_bucket(Bucket=f"first-{points.account.id}")
        create = points.control().create_access_point
        code, message, _ = refused(create, AccountId=points.account.id, Name="first", Bucket=points.bucket())
        assert code == "InvalidRequest"
        assert f"first-{points.account.id}" in message


class TestWhatMayBeDone:
    def test_objects(self, points: Points) -> None:
        point, s3 = points.point(), points.s3()
        for name in (point.arn, point.alias):
            s3.put_object(Bucket=name, Key="dog", Body=b"woof", Tagging="loud=yes")
            assert s3.head_object(Bucket=name, Key="dog")["ContentLength"] == 4
            assert s3.get_object_tagging(Bucket=name, Key="dog")["TagSet"]
            s3.put_object_tagging(Bucket=name, Key="dog", Tagging={"TagSet": []})
            s3.delete_object_tagging(Bucket=name, Key="dog")
            assert s3.get_object_attributes(Bucket=name, Key="dog", ObjectAttributes=["ObjectSize"])
            assert s3.get_object_acl(Bucket=name, Key="dog")["Grants"]
            assert s3.delete_objects(Bucket=name, Delete={"Objects": [{"Key": "dog"}]})["Deleted"]
            s3.delete_object(Bucket=name, Key="dog")
        assert s3.list_objects_v2(Bucket=point.bucket)["KeyCount"] == 1

    def test_listings_name_what_was_asked(self, points: Points) -> None:
        point, s3 = points.point(), points.s3()
        assert s3.list_objects_v2(Bucket=point.alias)["Name"] == point.alias
        assert s3.list_objects(Bucket=point.alias)["Name"] == point.alias
        assert s3.list_object_versions(Bucket=point.alias)["Name"] == point.alias
        assert [one["Key"] for one in s3.list_objects_v2(Bucket=point.arn)["Contents"]] == ["cat"]

    def test_of_the_bucket(self, points: Points) -> None:
        point, s3 = points.point(), points.s3()
        assert "LocationConstraint" in s3.get_bucket_location(Bucket=point.alias)
        assert s3.get_bucket_acl(Bucket=point.alias)["Grants"]
        assert refused(s3.get_bucket_cors, Bucket=point.alias)[0] == "NoSuchCORSConfiguration"
        assert refused(s3.get_bucket_policy, Bucket=point.alias)[0] == "NoSuchBucketPolicy"
        by_alias, by_arn, itself = (
            s3.head_bucket(Bucket=name) for name in (point.alias, point.arn, point.bucket)
        )
        assert (by_alias["AccessPointAlias"], by_arn["AccessPointAlias"]) == (True, False)
        assert "BucketArn" not in by_alias and "BucketArn" not in by_arn
        assert itself["BucketArn"] == f"arn:aws:s3:::{point.bucket}"

    def test_uploads_in_parts(self, points: Points) -> None:
        point, s3 = points.point(), points.s3()
        begun = s3.create_multipart_upload(Bucket=point.arn, Key="big")
        assert begun["Bucket"] == f"{point.name}-{points.account.id}"
        of = {"Bucket": point.alias, "Key": "big", "UploadId": begun["UploadId"]}
        part = s3.upload_part(**of, PartNumber=1, Body=b"a" * 10)
        assert s3.list_parts(**of)["Parts"][0]["Size"] == 10
        assert s3.list_multipart_uploads(Bucket=point.alias)["Uploads"][0]["Key"] == "big"
        parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
        assert s3.complete_multipart_upload(**of, MultipartUpload=parts)["Bucket"] == point.alias
        again = s3.create_multipart_upload(Bucket=point.alias, Key="other")
        s3.abort_multipart_upload(Bucket=point.arn, Key="other", UploadId=again["UploadId"])
        assert s3.get_object(Bucket=point.bucket, Key="big")["ContentLength"] == 10

    def test_copies(self, points: Points) -> None:
        point, s3, bucket = points.point(), points.s3(), points.bucket()
        sources: list[Any] = [{"Bucket": name, "Key": "cat"} for name in (point.arn, point.alias)]
        for number, source in enumerate([*sources, f"{point.arn}/object/cat"]):
            s3.copy_object(Bucket=bucket, Key=f"copy{number}", CopySource=source)
            s3.copy_object(Bucket=point.arn, Key=f"copy{number}", CopySource={"Bucket": bucket, "Key": "cat"})
            assert s3.get_object(Bucket=bucket, Key=f"copy{number}")["Body"].read() == b"meow"

    def test_a_copy_to_itself_is_one_by_whatever_name(self, points: Points) -> None:
        point = points.point()
        source = {"Bucket": point.bucket, "Key": "cat"}
        refusal = refused(points.s3().copy_object, Bucket=point.arn, Key="cat", CopySource=source)
        assert refusal[0] == "InvalidRequest"

    @pytest.mark.parametrize("by", ["arn", "alias"])
    def test_nothing_else(self, points: Points, by: str) -> None:
        point, s3 = points.point(), points.s3()
        name = getattr(point, by)
        tags = {"TagSet": [{"Key": "a", "Value": "b"}]}
        for call, more in (
            (s3.put_bucket_policy, {"Policy": policy_text(ALL)}),
            (s3.put_bucket_tagging, {"Tagging": tags}),
            (s3.get_bucket_tagging, {}),
            (s3.get_bucket_versioning, {}),
            (s3.put_public_access_block, {"PublicAccessBlockConfiguration": OPEN}),
            (s3.delete_bucket, {}),
            (s3.delete_bucket_policy, {}),
        ):
            assert refused(call, Bucket=name, **more) == (
                "MethodNotAllowed",
                "The specified method is not allowed against this resource.",
                405,
            )
        assert refused(s3.create_bucket, Bucket=point.alias)[0] == "InvalidBucketName"

    def test_pages_of_other_origins(self, points: Points) -> None:
        """The bucket's rules hold for those who come through as well."""
        point = points.point()
        rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["https://example.com"]}
        points.s3().put_bucket_cors(Bucket=point.bucket, CORSConfiguration={"CORSRules": [rule]})
        origin = ("Origin", "https://example.com")
        asked = (("Host", "localhost"), origin, ("Access-Control-Request-Method", "GET"))
        for name in (point.alias, f"{point.name}-{points.account.id}"):
            preflight = send(points.world, Request("OPTIONS", f"/{name}/cat", (), asked))
            assert preflight.status == 200
            reply = send(points.world, Request("GET", f"/{name}/cat", (), (("Host", "localhost"), origin)))
            assert reply.status == 403
            assert reply.headers["access-control-allow-origin"] == "https://example.com"
        nobody = send(points.world, Request("OPTIONS", "/nobody-s3alias/cat", (), asked))
        assert nobody.status == 403


class TestWhoMay:
    def test_both_must_allow(self, points: Points) -> None:
        point = points.point()
        through, behind = (
            grant("s3:GetObject", point.objects),
            grant("s3:GetObject", f"arn:aws:s3:::{point.bucket}/*"),
        )
        reason = NO_IDENTITY.format("s3:GetObject")
        for statements, refusing in (
            ((behind,), f"{point.arn}/object/cat"),
            ((through,), f"arn:aws:s3:::{point.bucket}/cat"),
        ):
            s3 = points.user(*statements)
            code, message, status = refused(s3.get_object, Bucket=point.arn, Key="cat")
            assert (code, status) == ("AccessDenied", 403)
            assert f'on resource: "{refusing}" {reason}' in message
        s3 = points.user(through, behind)
        assert s3.get_object(Bucket=point.arn, Key="cat")["Body"].read() == b"meow"

    def test_a_bucket_that_delegates(self, points: Points) -> None:
        """The recommended way: the bucket's policy leaves all to the account's access points."""
        point = points.point()
        points.delegate(point)
        s3 = points.user()
        assert refused(s3.get_object, Bucket=point.alias, Key="cat")[2] == 403
        user = s3._request_signer._credentials.access_key
        name = points.world.client("iam", points.account.admin).get_access_key_last_used(AccessKeyId=user)
        arn = f"arn:aws:iam::{points.account.id}:user/{name['UserName']}"
        points.policy(point, grant("s3:GetObject", f"{point.arn}/object/c*", Principal={"AWS": arn}))
        assert s3.get_object(Bucket=point.alias, Key="cat")["Body"].read() == b"meow"
        assert refused(s3.get_object, Bucket=point.alias, Key="dog")[2] == 403
        assert refused(s3.get_object, Bucket=point.bucket, Key="cat")[2] == 403
        assert refused(s3.put_object, Bucket=point.alias, Key="cat", Body=b"")[2] == 403

    def test_what_it_denies_holds_through_it_alone(self, points: Points) -> None:
        point, s3 = points.point(), points.s3()
        points.policy(point, grant("s3:GetObject", point.objects, effect="Deny", Principal="*"))
        refusal = refused(s3.get_object, Bucket=point.arn, Key="cat")
        assert refusal[1].endswith("with an explicit deny in a resource-based policy")
        assert s3.get_object(Bucket=point.bucket, Key="cat")["Body"].read() == b"meow"

    def test_a_bucket_that_is_reached_through_one_alone(self, points: Points) -> None:
        """S3 guide: deny what does not come through the access point."""
        point, s3 = points.point(), points.s3()
        deny = grant(
            "s3:GetObject",
            f"arn:aws:s3:::{point.bucket}/*",
            effect="Deny",
            Principal="*",
            Condition={"ArnNotEquals": {"s3:DataAccessPointArn": point.arn}},
        )
        s3.put_bucket_policy(Bucket=point.bucket, Policy=policy_text(deny))
        assert refused(s3.get_object, Bucket=point.bucket, Key="cat")[2] == 403
        assert refused(s3.get_object, Bucket=points.point(point.bucket).arn, Key="cat")[2] == 403
        assert s3.get_object(Bucket=point.arn, Key="cat")["Body"].read() == b"meow"

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("s3:DataAccessPointArn", "{arn}"),
            ("s3:DataAccessPointAccount", "{account}"),
            ("s3:AccessPointNetworkOrigin", "Internet"),
            ("s3:AccessPointTag/Team", "blue"),
        ],
    )
    def test_its_condition_keys(self, points: Points, key: str, value: str) -> None:
        point = points.point(Tags=[{"Key": "Team", "Value": "blue"}])
        wanted = value.format(arn=point.arn, account=points.account.id)
        s3 = points.user(grant("s3:GetObject", "*", Condition={"StringEquals": {key: wanted}}))
        assert s3.get_object(Bucket=point.arn, Key="cat")["Body"].read() == b"meow"
        assert refused(s3.get_object, Bucket=point.bucket, Key="cat")[2] == 403
        other = points.user(grant("s3:GetObject", "*", Condition={"StringEquals": {key: "other"}}))
        assert refused(other.get_object, Bucket=point.arn, Key="cat")[2] == 403

    def test_each_object_of_a_batch_is_asked_of_both(self, points: Points) -> None:
        point = points.point()
        deny = grant("s3:DeleteObject", f"{point.arn}/object/cat", effect="Deny", Principal="*")
        points.policy(point, deny)
        wanted = {"Objects": [{"Key": "cat"}, {"Key": "dog"}]}
        answer = points.s3().delete_objects(Bucket=point.alias, Delete=wanted)
        assert [one["Key"] for one in answer["Errors"]] == ["cat"]
        assert [one["Key"] for one in answer["Deleted"]] == ["dog"]

    def test_each_condition_of_a_batch_is_asked_of_both(self, points: Points) -> None:
        point = points.point()
        unconditional = {"Null": {"s3:if-match": "true"}}
        deny = grant(
            "s3:DeleteObject", f"{point.arn}/object/*", effect="Deny", Principal="*", Condition=unconditional
        )
        points.policy(point, deny)
        points.s3().put_object(Bucket=point.alias, Key="dog", Body=b"woof")
        wanted = {"Objects": [{"Key": "cat"}, {"Key": "dog", "ETag": "*"}]}
        answer = points.s3().delete_objects(Bucket=point.alias, Delete=wanted)
        assert [(one["Key"], one["Code"]) for one in answer["Errors"]] == [("cat", "AccessDenied")]
        assert [one["Key"] for one in answer["Deleted"]] == ["dog"]

    def test_the_reason_is_kept(self, points: Points) -> None:
        point = points.point()
        s3 = points.user(grant("s3:GetObject", f"arn:aws:s3:::{point.bucket}/*"))
        with pytest.raises(ClientError) as caught:
            s3.get_object(Bucket=point.arn, Key="cat")
        request = caught.value.response["ResponseMetadata"]["RequestId"]
        told = explained(points.world, request).stdout
        assert f"{point.arn}/object/cat" in told
        assert "because no identity-based policy allows" in told


class TestOtherAccounts:
    def test_whose_access_point_it_is(self, points: Points) -> None:
        """An access point to a bucket of another account, whose policy must let it in."""
        bucket = points.bucket()
        point = points.point(bucket, points.other, BucketAccountId=points.account.id)
        foreign = points.s3(points.other.admin)
        assert refused(foreign.get_object, Bucket=point.arn, Key="cat") == (
            "AccessDenied",
            "Access Denied",
            403,
        )
        points.delegate(point, points.other)
        assert foreign.get_object(Bucket=point.arn, Key="cat")["Body"].read() == b"meow"
        assert refused(foreign.get_object, Bucket=bucket, Key="cat")[2] == 403
        # The bucket's own account needs the access point's word.
        assert refused(points.s3().get_object, Bucket=point.alias, Key="cat")[1] == "Access Denied"
        points.policy(point, grant("s3:GetObject", point.objects, Principal={"AWS": points.account.id}))
        assert points.s3().get_object(Bucket=point.alias, Key="cat")["Body"].read() == b"meow"

    def test_who_comes_through(self, points: Points) -> None:
        point = points.point()
        points.delegate(point)
        foreign = points.s3(points.other.admin)
        assert refused(foreign.get_object, Bucket=point.alias, Key="cat")[2] == 403
        points.policy(point, grant("s3:GetObject", point.objects, Principal={"AWS": points.other.id}))
        assert foreign.get_object(Bucket=point.alias, Key="cat")["Body"].read() == b"meow"
        nobody = points.user(owner=points.other)
        assert refused(nobody.get_object, Bucket=point.alias, Key="cat")[2] == 403


class TestBlockPublicAccess:
    EVERYBODY: Mapping[str, Any] = {"Principal": "*"}

    def test_it_is_on_at_first(self, points: Points) -> None:
        point = points.point()
        with pytest.raises(ClientError) as caught:
            points.policy(point, grant("s3:GetObject", point.objects, **self.EVERYBODY))
        assert caught.value.response["Error"]["Code"] == "AccessDenied"
        assert "BlockPublicPolicy setting in S3 Block Public Access" in str(caught.value)

    def test_of_the_bucket_of_the_same_account(self, points: Points) -> None:
        point = points.point(PublicAccessBlockConfiguration=OPEN)
        statement = grant("s3:GetObject", point.objects, **self.EVERYBODY)
        with pytest.raises(ClientError):
            points.policy(point, statement)
        points.s3().delete_public_access_block(Bucket=point.bucket)
        points.policy(point, statement)

    def test_of_a_bucket_elsewhere_says_nothing_of_policies(self, points: Points) -> None:
        bucket = points.bucket()
        more = {"BucketAccountId": points.account.id, "PublicAccessBlockConfiguration": OPEN}
        point = points.point(bucket, points.other, **more)
        points.policy(point, grant("s3:GetObject", point.objects, **self.EVERYBODY))

    def test_the_strictest_counts(self, points: Points) -> None:
        """Anonymous readers through a public access point, as each of the settings is turned on."""
        point, s3 = points.point(PublicAccessBlockConfiguration=OPEN), points.s3()
        s3.delete_public_access_block(Bucket=point.bucket)
        points.delegate(point)
        points.policy(point, grant("s3:GetObject", point.objects, **self.EVERYBODY))
        read = points.anonymous.get_object
        assert read(Bucket=point.alias, Key="cat")["Body"].read() == b"meow"
        restrict = {**OPEN, "RestrictPublicBuckets": True}
        s3.put_public_access_block(Bucket=point.bucket, PublicAccessBlockConfiguration=restrict)
        assert refused(read, Bucket=point.alias, Key="cat")[2] == 403
        assert s3.get_object(Bucket=point.alias, Key="cat")["Body"].read() == b"meow"
        s3.delete_public_access_block(Bucket=point.bucket)
        points.control().put_public_access_block(
            AccountId=points.account.id, PublicAccessBlockConfiguration=restrict
        )
        try:
            assert refused(read, Bucket=point.alias, Key="cat")[2] == 403
        finally:
            points.control().delete_public_access_block(AccountId=points.account.id)
        assert read(Bucket=point.alias, Key="cat")["Body"].read() == b"meow"

    def test_one_that_restricts_closes_a_public_bucket_to_those_who_come_through(
        self, points: Points
    ) -> None:
        point, s3 = points.point(), points.s3()
        s3.delete_public_access_block(Bucket=point.bucket)
        everything = grant("s3:GetObject", f"arn:aws:s3:::{point.bucket}/*", **self.EVERYBODY)
        s3.put_bucket_policy(Bucket=point.bucket, Policy=policy_text(everything))
        points.policy(point, grant("s3:GetObject", point.objects, Principal={"AWS": points.other.id}))
        foreign = points.s3(points.other.admin)
        assert foreign.get_object(Bucket=point.bucket, Key="cat")["Body"].read() == b"meow"
        with pytest.raises(ClientError) as caught:
            foreign.get_object(Bucket=point.alias, Key="cat")
        request = caught.value.response["ResponseMetadata"]["RequestId"]
        assert access_points.RESTRICTED in explained(points.world, request).stdout

    def test_lists(self, points: Points) -> None:
        bucket = points.bucket(ObjectOwnership="ObjectWriter")
        s3 = points.s3()
        s3.delete_public_access_block(Bucket=bucket)
        closed, open_one = points.point(bucket), points.point(bucket, PublicAccessBlockConfiguration=OPEN)
        refusal = refused(s3.put_object_acl, Bucket=closed.arn, Key="cat", ACL="public-read")
        assert "BlockPublicAcls" in refusal[1]
        s3.put_object_acl(Bucket=open_one.arn, Key="cat", ACL="public-read")
        for point in (closed, open_one):
            points.policy(point, grant("s3:GetObject", point.objects, Principal={"AWS": points.other.id}))
        foreign = points.s3(points.other.admin)
        assert foreign.get_object(Bucket=open_one.arn, Key="cat")["Body"].read() == b"meow"
        assert refused(foreign.get_object, Bucket=closed.arn, Key="cat")[2] == 403


class TestItsEnd:
    def test_from_a_vpc_alone(self, points: Points) -> None:
        """It is kept for programs that manage access points; nobody is in a VPC here."""
        point = points.point(VpcConfiguration={"VpcId": "vpc-1a2b3c"})
        with pytest.raises(ClientError) as caught:
            points.s3().get_object(Bucket=point.arn, Key="cat")
        answer = caught.value.response
        assert answer["Error"]["Code"] == "AccessDenied"
        assert (
            access_points.OUTSIDE in explained(points.world, answer["ResponseMetadata"]["RequestId"]).stdout
        )

    def test_a_bucket_that_is_gone(self, points: Points) -> None:
        """A new bucket of the name is not the one that was meant."""
        s3, bucket = points.s3(), points.bucket()
        point = points.point(bucket, points.other, BucketAccountId=points.account.id)
        s3.delete_object(Bucket=bucket, Key="cat")
        s3.delete_bucket(Bucket=bucket)
        foreign = points.s3(points.other.admin)
        for _ in range(2):
            assert refused(foreign.get_object, Bucket=point.alias, Key="cat")[::2] == ("NoSuchBucket", 404)
            s3.create_bucket(Bucket=bucket)

    def test_a_bucket_that_still_has_one(self, points: Points) -> None:
        point, s3 = points.point(), points.s3()
        s3.delete_object(Bucket=point.bucket, Key="cat")
        assert refused(s3.delete_bucket, Bucket=point.bucket)[::2] == ("BucketHasAccessPointsAttached", 400)
        points.control().delete_access_point(AccountId=points.account.id, Name=point.name)
        s3.delete_bucket(Bucket=point.bucket)

    def test_it_is_deleted(self, points: Points) -> None:
        point, s3 = points.point(), points.s3()
        points.control().delete_access_point(AccountId=points.account.id, Name=point.name)
        assert refused(s3.get_object, Bucket=point.alias, Key="cat")[0] == "InvalidAccessPointAliasError"
        assert refused(s3.get_object, Bucket=point.arn, Key="cat")[0] == "NoSuchBucket"


def test_what_may_be_done_is_offered() -> None:
    assert set(services()["s3"].operations) >= access_points.OPERATIONS
