"""S3 Control: access points and their policies."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conformance.fix_points import OPEN, Point, Points
from tests.conformance.fix_s3 import grant, policy_text
from tests.fix_world import Keys
from tests.refusals import refused
from tests.state import unchanged

from deputize.s3control import access_points


@pytest.fixture
def control(points: Points) -> Any:
    return points.control()


def of(point: Point) -> dict[str, str]:
    return {"AccountId": point.account, "Name": point.name}


class TestCreate:
    def test_it_is_told_as_it_was_made(self, points: Points, control: Any) -> None:
        point = points.point()
        told = control.get_access_point(**of(point))
        assert told["CreationDate"].timestamp() == int(points.world.clock.now)
        del told["ResponseMetadata"], told["CreationDate"]
        assert told == {
            "Name": point.name,
            "Bucket": point.bucket,
            "BucketAccountId": points.account.id,
            "NetworkOrigin": "Internet",
            "PublicAccessBlockConfiguration": dict.fromkeys(OPEN, True),
            "Alias": point.alias,
            "AccessPointArn": f"arn:aws:s3:us-east-1:{points.account.id}:accesspoint/{point.name}",
            "Endpoints": {
                "ipv4": "s3-accesspoint.us-east-1.amazonaws.com",
                "dualstack": "s3-accesspoint.dualstack.us-east-1.amazonaws.com",
                "fips": "s3-accesspoint-fips.us-east-1.amazonaws.com",
                "fips_dualstack": "s3-accesspoint-fips.dualstack.us-east-1.amazonaws.com",
            },
        }

    def test_what_is_asked_for(self, points: Points, control: Any) -> None:
        block = {**OPEN, "IgnorePublicAcls": True}
        point = points.point(VpcConfiguration={"VpcId": "vpc-1a2b3c"}, PublicAccessBlockConfiguration=block)
        told = control.get_access_point(**of(point))
        assert told["PublicAccessBlockConfiguration"] == block
        assert (told["NetworkOrigin"], told["VpcConfiguration"]) == ("VPC", {"VpcId": "vpc-1a2b3c"})

    def test_the_alias_could_be_a_buckets_name(self, points: Points, control: Any) -> None:
        name = "a" * 19 + "-" + "b" * 30
        made = control.create_access_point(AccountId=points.account.id, Name=name, Bucket=points.bucket())
        assert made["Alias"].startswith("a" * 19 + "-")
        assert made["Alias"].endswith("-s3alias")
        assert len(made["Alias"]) <= 63

    @pytest.mark.parametrize("name", ["Abc", "a_b_c", "a.b.c", "-abc", "abc-", "a" * 51, "abc-s3alias"])
    def test_names_that_none_has(self, points: Points, control: Any, name: str) -> None:
        with unchanged(points.world):
            assert refused(
                control.create_access_point, AccountId=points.account.id, Name=name, Bucket="any"
            ) == ("InvalidAccessPoint", "The specified access point name or account is not valid.", 400)

    def test_twice(self, points: Points, control: Any) -> None:
        point = points.point()
        assert refused(control.create_access_point, **of(point), Bucket=point.bucket) == (
            "AccessPointAlreadyOwnedByYou",
            "Your previous request to create the named accesspoint succeeded and you already own it.",
            409,
        )

    def test_buckets_that_it_cannot_lead_to(self, points: Points, control: Any) -> None:
        asked = {"AccountId": points.account.id, "Name": "nowhere"}
        foreign = points.s3(points.other.admin)
        foreign.create_bucket(Bucket="foreign-one")
        bucket = points.bucket()
        with unchanged(points.world):
            refusal = refused(control.create_access_point, **asked, Bucket="missing-bucket")
            assert refusal == ("NoSuchBucket", "The specified bucket does not exist", 404)
            refusal = refused(control.create_access_point, **asked, Bucket="foreign-one")
            assert refusal == ("AccessDenied", "Access Denied", 403)
            abroad = points.control(region="eu-west-1").create_access_point
            assert refused(abroad, **asked, Bucket=bucket)[::2] == ("InvalidRequest", 400)
        named = {"Bucket": "foreign-one", "BucketAccountId": points.other.id}
        control.create_access_point(**asked, **named)
        assert control.get_access_point(**asked)["BucketAccountId"] == points.other.id

    def test_what_is_for_directory_buckets(self, points: Points, control: Any) -> None:
        scope = {"Prefixes": ["a/"], "Permissions": ["GetObject"]}
        asked = {"AccountId": points.account.id, "Name": "scoped", "Bucket": points.bucket()}
        assert refused(control.create_access_point, **asked, Scope=scope)[::2] == ("InvalidRequest", 400)

    def test_how_many(self, points: Points, control: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        point = points.point()
        monkeypatch.setattr(access_points, "MOST", 1)
        asked = {"AccountId": points.account.id, "Name": "one-more", "Bucket": point.bucket}
        assert refused(control.create_access_point, **asked)[::2] == ("TooManyAccessPoints", 400)

    def test_tags_that_none_has(self, points: Points, control: Any) -> None:
        asked = {"AccountId": points.account.id, "Name": "tagged", "Bucket": points.bucket()}
        tags = [{"Key": "aws:mine", "Value": ""}]
        assert refused(control.create_access_point, **asked, Tags=tags)[::2] == ("InvalidTag", 400)


class TestList:
    def test_by_name_and_bucket(self, points: Points, control: Any) -> None:
        account = points.account.id
        bucket = points.bucket()
        made = sorted([points.point(bucket).name for _ in range(3)])
        points.point()
        listed = control.list_access_points(AccountId=account, Bucket=bucket)["AccessPointList"]
        assert [one["Name"] for one in listed] == made
        assert {one["Bucket"] for one in listed} == {bucket}
        everything = control.list_access_points(AccountId=account)["AccessPointList"]
        assert {one["Name"] for one in everything} > set(made)
        assert (
            points.control(region="eu-west-1").list_access_points(AccountId=account)["AccessPointList"] == []
        )
        first = control.list_access_points(AccountId=account, Bucket=bucket, MaxResults=2)
        rest = control.list_access_points(AccountId=account, Bucket=bucket, NextToken=first["NextToken"])
        assert "NextToken" not in rest
        found = [[one["Name"] for one in page["AccessPointList"]] for page in (first, rest)]
        assert found == [made[:2], made[2:]]

    def test_what_is_no_page(self, points: Points, control: Any) -> None:
        asked = {"AccountId": points.account.id}
        assert refused(control.list_access_points, **asked, NextToken="?")[::2] == ("InvalidRequest", 400)
        refusal = refused(control.list_access_points, **asked, DataSourceId="fsvol-1")
        assert refusal[::2] == ("InvalidRequest", 400)


class TestPolicy:
    def test_it_is_kept_as_it_was_put(self, points: Points, control: Any) -> None:
        point = points.point()
        text = policy_text(grant("s3:GetObject", point.objects, Principal={"AWS": points.account.id}))
        assert refused(control.get_access_point_policy, **of(point)) == (
            "NoSuchAccessPointPolicy",
            "The specified accesspoint policy does not exist",
            404,
        )
        control.put_access_point_policy(**of(point), Policy=text)
        kept = json.loads(control.get_access_point_policy(**of(point))["Policy"])
        principal = kept["Statement"][0].pop("Principal")
        assert principal == {"AWS": f"arn:aws:iam::{points.account.id}:root"}
        assert control.get_access_point_policy_status(**of(point))["PolicyStatus"] == {"IsPublic": False}
        for _ in range(2):
            control.delete_access_point_policy(**of(point))
        for read in (control.get_access_point_policy, control.get_access_point_policy_status):
            assert refused(read, **of(point))[0] == "NoSuchAccessPointPolicy"

    def test_whether_it_is_public(self, points: Points, control: Any) -> None:
        point = points.point(PublicAccessBlockConfiguration=OPEN)
        points.s3().delete_public_access_block(Bucket=point.bucket)
        points.policy(point, grant("s3:GetObject", point.objects, Principal="*"))
        assert control.get_access_point_policy_status(**of(point))["PolicyStatus"] == {"IsPublic": True}

    @pytest.mark.parametrize(
        ("statement", "message"),
        [
            (grant("s3:GetObject", "arn:aws:s3:::bucket/*", Principal="*"), "Policy has invalid resource"),
            (grant("s3:GetObject", "{arn}2/object/*", Principal="*"), "Policy has invalid resource"),
            (grant("s3:GetObject", "{arn}/cat", Principal="*"), "Policy has invalid resource"),
            (grant("sqs:*", "{arn}", Principal="*"), "Policy has invalid action"),
            (grant("s3:GetObject", "{arn}", Principal="*"), "Action does not apply to any resource"),
            (grant("s3:PutBucketPolicy", "{arn}", Principal="*"), "Action does not apply to any resource"),
            (grant("s3:GetObject", "{arn}/object/*", Principal={"AWS": "1" * 12}), "Invalid principal"),
            (grant("s3:GetObject", "{arn}/object/*"), "Missing required field Principal"),
        ],
    )
    def test_what_cannot_be_put(
        self, points: Points, control: Any, statement: dict[str, Any], message: str
    ) -> None:
        point = points.point()
        put = {**of(point), "Policy": policy_text(statement).replace("{arn}", point.arn)}
        with unchanged(points.world):
            code, told, status = refused(control.put_access_point_policy, **put)
        assert (code, status) == ("MalformedPolicy", 400)
        assert told.startswith(message)

    def test_what_is_no_policy_or_too_long(self, points: Points, control: Any) -> None:
        point = points.point()
        refusal = refused(control.put_access_point_policy, **of(point), Policy="[]")
        assert refusal[0] == "MalformedPolicy"
        refusal = refused(control.put_access_point_policy, **of(point), Policy="{" + " " * 20480)
        assert refusal[::2] == ("PolicyTooLarge", 400)


class TestWhose:
    def test_none_is_there(self, points: Points, control: Any) -> None:
        asked = {"AccountId": points.account.id, "Name": "nobodys"}
        for call in (
            control.get_access_point,
            control.delete_access_point,
            control.get_access_point_policy,
            control.get_access_point_policy_status,
            control.delete_access_point_policy,
        ):
            assert refused(call, **asked) == (
                "NoSuchAccessPoint",
                "The specified accesspoint does not exist",
                404,
            )
        refusal = refused(control.put_access_point_policy, **asked, Policy="{}")
        assert refusal[0] == "NoSuchAccessPoint"

    def test_of_another_account(self, points: Points) -> None:
        point = points.point()
        foreign = points.control(points.other.admin)
        assert refused(foreign.get_access_point, **of(point))[::2] == ("AccessDenied", 403)
        asked = {"AccountId": points.other.id, "Name": point.name}
        assert refused(foreign.get_access_point, **asked)[0] == "NoSuchAccessPoint"

    def test_its_tags_and_keys_decide(self, points: Points) -> None:
        """`aws:ResourceTag` and `s3:DataAccessPointArn` of the access point that is asked about."""
        blue = points.point(Tags=[{"Key": "team", "Value": "blue"}])
        red = points.point(Tags=[{"Key": "team", "Value": "red"}])
        for condition in (
            {"StringEquals": {"aws:ResourceTag/team": "blue"}},
            {"StringEquals": {"s3:AccessPointTag/team": "blue"}},
            {"ArnEquals": {"s3:DataAccessPointArn": blue.arn}},
        ):
            policy = {"Version": "2012-10-17", "Statement": [grant("s3:*", "*", Condition=condition)]}
            name = f"reader-{len(json.dumps(condition))}"
            keys: Keys = points.world.user(points.account, name, policy)
            control = points.control(keys)
            control.get_access_point(**of(blue))
            with pytest.raises(ClientError) as caught:
                control.get_access_point(**of(red))
            assert caught.value.response["Error"]["Code"] == "AccessDenied"

    def test_what_is_asked_of_who_creates(self, points: Points) -> None:
        """The origin, the tags, and the rights that come beside."""
        bucket = points.bucket()
        asked = {"AccountId": points.account.id, "Bucket": bucket}

        def may(name: str, *statements: dict[str, Any], **more: Any) -> bool:
            policy = {"Version": "2012-10-17", "Statement": list(statements)}
            control = points.control(points.world.user(points.account, name, policy))
            try:
                control.create_access_point(**asked, Name=name, **more)
            except ClientError as error:
                assert error.response["Error"]["Code"] == "AccessDenied"
                return False
            return True

        vpc = {"VpcConfiguration": {"VpcId": "vpc-1"}}
        inside = grant(
            "s3:CreateAccessPoint", "*", Condition={"StringEquals": {"s3:AccessPointNetworkOrigin": "VPC"}}
        )
        create = grant("s3:CreateAccessPoint", f"arn:aws:s3:us-east-1:{points.account.id}:accesspoint/maker*")
        tags = {"Tags": [{"Key": "team", "Value": "blue"}]}
        assert may("maker1", inside, **vpc)
        assert not may("maker2", inside)
        assert may("maker3", create)
        assert not may("other4", create)
        assert not may("maker5", create, PublicAccessBlockConfiguration=OPEN)
        assert may(
            "maker6",
            create,
            grant("s3:PutAccessPointPublicAccessBlock", "*"),
            PublicAccessBlockConfiguration=OPEN,
        )
        blue = grant("s3:*", "*", Condition={"StringEquals": {"aws:RequestTag/team": "blue"}})
        assert may("maker7", blue, **tags)
        assert not may("maker8", create, **tags)
