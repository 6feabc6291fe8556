"""Tags of buckets and access points that decide about access, and the operations that set them."""

import itertools
from typing import Any

import pytest
from tests.conformance.fix_points import Points
from tests.conformance.fix_s3 import grant, policy_text
from tests.refusals import refused
from tests.state import unchanged

_numbers = itertools.count(1)


def tags(**given: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in given.items()]


def of(points: Points, arn: str) -> dict[str, str]:
    return {"AccountId": points.account.id, "ResourceArn": arn}


def tagged(points: Points, *, on: bool = True, **given: str) -> str:
    """A new bucket with these tags, which decide if `on`."""
    bucket = points.bucket(CreateBucketConfiguration={"Tags": tags(**given)} if given else {})
    if on:
        points.s3().put_bucket_abac(Bucket=bucket, AbacStatus={"Status": "Enabled"})
    return bucket


class TestTheSwitch:
    def test_it_is_off_at_first(self, points: Points) -> None:
        s3, bucket = points.s3(), points.bucket()
        for status in (None, "Enabled", "Disabled"):
            if status is not None:
                s3.put_bucket_abac(Bucket=bucket, AbacStatus={"Status": status})
            wanted = {"Status": status or "Disabled"}
            assert s3.get_bucket_abac(Bucket=bucket)["AbacStatus"] == wanted

    def test_what_is_neither(self, points: Points) -> None:
        s3, bucket = points.s3(), points.bucket()
        with unchanged(points.world):
            for given in ({}, {"Status": "Maybe"}):
                assert refused(s3.put_bucket_abac, Bucket=bucket, AbacStatus=given)[0] == "MalformedXML"
        assert refused(s3.get_bucket_abac, Bucket="no-such-bucket")[0] == "NoSuchBucket"

    def test_the_older_operations_end_with_it(self, points: Points) -> None:
        s3, bucket = points.s3(), tagged(points, team="blue")
        with unchanged(points.world):
            for call, more in (
                (s3.put_bucket_tagging, {"Tagging": {"TagSet": tags(team="red")}}),
                (s3.delete_bucket_tagging, {}),
            ):
                code, message, status = refused(call, Bucket=bucket, **more)
                assert (code, status) == ("MethodNotAllowed", 405)
                assert "TagResource" in message
        assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == tags(team="blue")
        s3.put_bucket_abac(Bucket=bucket, AbacStatus={"Status": "Disabled"})
        s3.delete_bucket_tagging(Bucket=bucket)


@pytest.mark.parametrize("key", ["aws:ResourceTag/Team", "s3:BucketTag/team"])
class TestDecisions:
    def reader(self, points: Points, key: str) -> Any:
        condition = {"StringEquals": {key: "blue"}}
        return points.user(grant(["s3:GetObject", "s3:PutObject", "s3:ListBucket"], "*", Condition=condition))

    def test_where_it_is_on(self, points: Points, key: str) -> None:
        blue, red = tagged(points, Team="blue"), tagged(points, Team="red")
        silent = tagged(points, on=False, Team="blue")
        s3 = self.reader(points, key)
        assert s3.get_object(Bucket=blue, Key="cat")["Body"].read() == b"meow"
        assert s3.list_objects_v2(Bucket=blue)["KeyCount"] == 1
        s3.put_object(Bucket=blue, Key="dog", Body=b"")
        for bucket in (red, silent):
            assert refused(s3.get_object, Bucket=bucket, Key="cat")[2] == 403
            assert refused(s3.list_objects_v2, Bucket=bucket)[2] == 403

    def test_a_bucket_policy(self, points: Points, key: str) -> None:
        bucket = tagged(points, on=False, Team="blue")
        deny = grant(
            "s3:GetObject",
            f"arn:aws:s3:::{bucket}/*",
            effect="Deny",
            Principal="*",
            Condition={"StringEquals": {key: "blue"}},
        )
        s3 = points.s3()
        s3.put_bucket_policy(Bucket=bucket, Policy=policy_text(deny))
        s3.get_object(Bucket=bucket, Key="cat")
        s3.put_bucket_abac(Bucket=bucket, AbacStatus={"Status": "Enabled"})
        assert refused(s3.get_object, Bucket=bucket, Key="cat")[2] == 403
        points.control().untag_resource(**of(points, f"arn:aws:s3:::{bucket}"), TagKeys=["Team"])
        s3.get_object(Bucket=bucket, Key="cat")


def test_through_an_access_point(points: Points) -> None:
    """The bucket's tags are known there as `s3:BucketTag`; `aws:ResourceTag` is of what is asked about."""
    point = points.point(tagged(points, team="blue"), Tags=tags(team="green"))
    both = points.user(grant("s3:GetObject", "*", Condition={"StringEquals": {"s3:BucketTag/team": "blue"}}))
    assert both.get_object(Bucket=point.arn, Key="cat")["Body"].read() == b"meow"
    for color in ("blue", "green"):
        condition = {"StringEquals": {"aws:ResourceTag/team": color}}
        s3 = points.user(grant("s3:GetObject", "*", Condition=condition))
        assert refused(s3.get_object, Bucket=point.arn, Key="cat")[2] == 403
    both_colors = {"StringEquals": {"aws:ResourceTag/team": ["blue", "green"]}}
    s3 = points.user(grant("s3:GetObject", "*", Condition=both_colors))
    assert s3.get_object(Bucket=point.arn, Key="cat")["Body"].read() == b"meow"


class TestTagging:
    def test_of_both_kinds(self, points: Points) -> None:
        control, point = points.control(), points.point()
        for arn in (f"arn:aws:s3:::{point.bucket}", point.arn):
            assert control.list_tags_for_resource(**of(points, arn))["Tags"] == []
            control.tag_resource(**of(points, arn), Tags=tags(team="blue", cost="1"))
            control.tag_resource(**of(points, arn), Tags=tags(team="red"))
            assert control.list_tags_for_resource(**of(points, arn))["Tags"] == tags(team="red", cost="1")
            control.untag_resource(**of(points, arn), TagKeys=["cost", "other"])
            assert control.list_tags_for_resource(**of(points, arn))["Tags"] == tags(team="red")
        assert points.s3().get_bucket_tagging(Bucket=point.bucket)["TagSet"] == tags(team="red")

    def test_what_is_not_there(self, points: Points) -> None:
        control, account = points.control(), points.account.id
        point = f"arn:aws:s3:us-east-1:{account}:accesspoint/none"
        for arn, code in (("arn:aws:s3:::none-at-all", "NoSuchBucket"), (point, "NoSuchAccessPoint")):
            for call, more in (
                (control.list_tags_for_resource, {}),
                (control.tag_resource, {"Tags": tags(a="b")}),
                (control.untag_resource, {"TagKeys": ["a"]}),
            ):
                assert refused(call, **of(points, arn), **more)[::2] == (code, 404)

    @pytest.mark.parametrize(
        "arn",
        [
            "arn:aws:s3:::bucket/key",
            "arn:aws:s3:us-east-1:111122223333:job/x",
            "arn:aws-cn:s3:::bucket",
        ],
    )
    def test_what_has_no_tags_here(self, points: Points, arn: str) -> None:
        refusal = refused(points.control().list_tags_for_resource, **of(points, arn))
        assert refusal[::2] == ("InvalidRequest", 400)

    def test_of_another_account(self, points: Points) -> None:
        foreign, point = points.control(points.other.admin), points.point()
        for arn in (f"arn:aws:s3:::{point.bucket}", point.arn):
            for account in (points.account.id, points.other.id):
                asked = {"AccountId": account, "ResourceArn": arn}
                assert refused(foreign.list_tags_for_resource, **asked)[::2] == ("AccessDenied", 403)

    def test_bad_tags(self, points: Points) -> None:
        control, arn = points.control(), f"arn:aws:s3:::{points.bucket()}"
        control.tag_resource(**of(points, arn), Tags=tags(**{f"k{one}": "" for one in range(49)}))
        with unchanged(points.world):
            for given, code in (
                ([*tags(a="1"), *tags(a="2")], "InvalidTag"),
                (tags(**{"aws:a": "1"}), "InvalidTag"),
                (tags(a="1", b="2"), "BadRequest"),
            ):
                assert refused(control.tag_resource, **of(points, arn), Tags=given)[::2] == (code, 400)

    def test_its_condition_keys(self, points: Points) -> None:
        """`aws:RequestTag` and `aws:TagKeys`; `aws:ResourceTag` of a bucket whose tags decide."""
        bucket = tagged(points, team="blue")
        arn = f"arn:aws:s3:::{bucket}"

        def control(*statements: dict[str, Any]) -> Any:
            policy = {"Version": "2012-10-17", "Statement": list(statements)}
            return points.control(points.world.user(points.account, f"tagger{next(_numbers)}", policy))

        own = control(grant("s3:*", arn, Condition={"StringEquals": {"aws:ResourceTag/team": "blue"}}))
        own.list_tags_for_resource(**of(points, arn))
        other = control(grant("s3:*", arn, Condition={"StringEquals": {"aws:ResourceTag/team": "red"}}))
        assert refused(other.list_tags_for_resource, **of(points, arn))[2] == 403
        cost = control(grant("s3:*", arn, Condition={"ForAllValues:StringEquals": {"aws:TagKeys": ["cost"]}}))
        cost.tag_resource(**of(points, arn), Tags=tags(cost="1"))
        assert refused(cost.tag_resource, **of(points, arn), Tags=tags(cost="1", team="red"))[2] == 403
        assert refused(cost.untag_resource, **of(points, arn), TagKeys=["team"])[2] == 403
        cost.untag_resource(**of(points, arn), TagKeys=["cost"])
        one = control(grant("s3:*", arn, Condition={"StringEquals": {"aws:RequestTag/cost": "1"}}))
        one.tag_resource(**of(points, arn), Tags=tags(cost="1"))
        assert refused(one.tag_resource, **of(points, arn), Tags=tags(cost="2"))[2] == 403

    def test_the_buckets_policy_has_its_say(self, points: Points) -> None:
        bucket = points.bucket()
        deny = grant("s3:TagResource", f"arn:aws:s3:::{bucket}", effect="Deny", Principal="*")
        points.s3().put_bucket_policy(Bucket=bucket, Policy=policy_text(deny))
        asked = of(points, f"arn:aws:s3:::{bucket}")
        assert refused(points.control().tag_resource, **asked, Tags=tags(a="b"))[2] == 403


def test_a_bucket_is_tagged_as_it_is_made(points: Points) -> None:
    """Who may do so may be limited by the tags (S3 guide, "Using tags with S3 general purpose buckets")."""
    condition = {"StringEquals": {"aws:RequestTag/project": "Trinity"}}
    s3 = points.user(grant(["s3:CreateBucket", "s3:TagResource"], "*", Condition=condition))
    right = {"Tags": tags(project="Trinity")}
    s3.create_bucket(Bucket="tagged-right", CreateBucketConfiguration=right)
    assert points.s3().get_bucket_tagging(Bucket="tagged-right")["TagSet"] == right["Tags"]
    wrong = {"Tags": tags(project="Neo")}
    for name, configuration in (("tagged-wrong", wrong), ("not-tagged", {})):
        refusal = refused(s3.create_bucket, Bucket=name, CreateBucketConfiguration=configuration)
        assert refusal[2] == 403
    only = points.user(grant("s3:CreateBucket", "*"))
    refusal = refused(only.create_bucket, Bucket="tagged-anyway", CreateBucketConfiguration=right)
    assert "s3:TagResource" in refusal[1]
